"""Sending and reading many messages a turn: by one system call where this machine has it, else one by one."""

import socket
from collections.abc import Sequence
from typing import Protocol

from app.net import mmsg
from app.net.message import MOST, Message
from app.net.plaincalls import PlainCalls

#: The flag as a plain number: or-ing and passing on an IntFlag costs as much as the system call.
ERROR_QUEUE = int(socket.MSG_ERRQUEUE)


class Calls(Protocol):
    """A way to move batches of messages. Each belongs to one thread."""

    words: str  #: the names of the system calls

    def send(
        self, sock: socket.socket, names: Sequence[bytes], data: Sequence[bytes], controls: Sequence[bytes] = ()
    ) -> int:
        """Send messages in turn, as many as go in one call, and say how many of them the kernel took.

        All names have one size, and all control messages. Raises OSError where not even the first was taken; what
        keeps a later one from leaving is told when that is the first.
        """

    def read(self, sock: socket.socket, flags: int = 0, most: int = MOST) -> list[Message]:
        """The messages that wait in a socket that does not block, about `most` of them at most.

        Raises OSError where an error is all that it has to tell.
        """


def open_calls() -> Calls:
    """The best calls there are."""
    return mmsg.BatchedCalls() if mmsg.is_there() else PlainCalls()


def drain(calls: Calls, sock: socket.socket) -> None:
    """Throw away what waits in a socket, and in its error queue."""
    for flags in (0, ERROR_QUEUE):
        while calls.read(sock, flags):
            pass
