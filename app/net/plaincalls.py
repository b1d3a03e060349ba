"""The same as `mmsg`, message by message by Python's own calls: for machines where batches cannot be had."""

import socket
from collections.abc import Sequence

from app.net.family import FAMILIES
from app.net.message import AT_ONCE, MOST, Message, control_message, control_messages, name_of, socket_address_of

_FAMILIES = {family.number: family for family in FAMILIES}
_LARGEST, _CONTROL = 65_536, 320  #: bytes


class PlainCalls:
    """The calls with a buffer of their own. Belongs to one thread."""

    words = "sendmsg, recvmsg"

    def __init__(self) -> None:
        self._buffer = bytearray(_LARGEST)

    def send(
        self, sock: socket.socket, names: Sequence[bytes], data: Sequence[bytes], controls: Sequence[bytes] = ()
    ) -> int:
        """Send messages in turn, AT_ONCE at most, and say how many of them the kernel took.

        Raises OSError where not even the first was taken; what keeps a later one from leaving is told when that is
        the first.
        """
        taken = 0
        for index in range(min(len(names), AT_ONCE)):
            beside = list(control_messages(controls[index])) if controls else []
            try:
                sock.sendmsg([data[index]], beside, 0, socket_address_of(names[index]))
            except OSError:
                if not taken:
                    raise
                break
            taken += 1
        return taken

    def read(self, sock: socket.socket, flags: int = 0, most: int = MOST) -> list[Message]:
        """The messages that wait in a socket that does not block, `most` of them at most.

        Raises OSError where an error is all that it has to tell.
        """
        messages: list[Message] = []
        view, family = memoryview(self._buffer), _FAMILIES.get(sock.family)
        while len(messages) < most:
            try:
                size, beside, _, sender = sock.recvmsg_into([self._buffer], _CONTROL, flags)
            except BlockingIOError:
                break
            except OSError:
                if not messages:
                    raise
                break
            name = b"" if family is None else name_of(family, sender)
            messages.append(Message(bytes(view[:size]), name, b"".join(control_message(*note) for note in beside)))
        return messages
