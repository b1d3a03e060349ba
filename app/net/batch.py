"""Reading sockets: many messages a call, never more than a bound, with what the kernel notes beside each."""

import socket
from collections.abc import Iterator
from dataclasses import dataclass

from app.net.family import Notes

#: A flood must not keep an engine from sending: what is left waits for the next turn.
MOST = 512

_CONTROL = 512
#: The flag as a plain number: or-ing and passing on an IntFlag costs as much as the system call.
ERROR_QUEUE = int(socket.MSG_ERRQUEUE)
_LARGEST = 65_536  #: bytes of a datagram


@dataclass(frozen=True, slots=True)
class Message:
    """One message as `recvmsg` gave it."""

    data: bytes
    sender: object  #: the socket address, if there was one
    notes: Notes


class Reader:
    """Reads sockets into one buffer. Belongs to one thread."""

    def __init__(self) -> None:
        self._buffer = bytearray(_LARGEST)

    def read(self, sock: socket.socket, flags: int = 0, most: int = MOST) -> Iterator[Message]:
        """The messages that wait in a socket that does not block. OSError where it has an error to tell."""
        view = memoryview(self._buffer)
        for _ in range(most):
            try:
                size, ancillary, _, sender = sock.recvmsg_into([self._buffer], _CONTROL, flags)
            except BlockingIOError:
                return
            yield Message(bytes(view[:size]), sender, {(level, kind): note for level, kind, note in ancillary})
