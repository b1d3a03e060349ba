"""The interfaces of this host as they come, go and are renamed: rtnetlink(7) says when to look again.

Reading is left to the C library; of a message only that it came is used, as thousands may be lost in a storm.
"""

import errno
import socket
from collections.abc import Iterable
from contextlib import ExitStack, suppress

from app.net.family import forget_interfaces
from app.packet.text import safe

_LINKS = 1  #: RTMGRP_LINK
_MOST = 4_096  #: interfaces that are gone and remembered, as their last packets may still be unread


class InterfaceWatch:
    """Names by index, looked up when the kernel has told of a change. Belongs to one thread."""

    def __init__(self) -> None:
        self.names: dict[int, str] = {}  #: of the interfaces that there are
        self._known: dict[int, str] = {}
        self._missing: set[str] = set()
        with ExitStack() as opened:
            kind = socket.SOCK_RAW | socket.SOCK_NONBLOCK
            self._sock = opened.enter_context(socket.socket(socket.AF_NETLINK, kind, socket.NETLINK_ROUTE))
            self._sock.bind((0, _LINKS))
            self._read()
            opened.pop_all()

    def fileno(self) -> int:
        """What can be waited for."""
        return self._sock.fileno()

    def look(self) -> None:
        """Take the news."""
        while True:
            try:
                if not self._sock.recv(1 << 16):
                    break
            except OSError as error:
                if error.errno != errno.ENOBUFS:  # else some news did not fit in; all is read again anyway
                    break
        forget_interfaces()
        with suppress(OSError):  # for want of a descriptor: what is known stays
            self._read()

    def news(self, chosen: Iterable[str]) -> list[str]:
        """Which of the chosen interfaces have gone or come back since this was asked last, a sentence each."""
        missing = set(chosen) - set(self.names.values())
        gone, back = missing - self._missing, self._missing - missing
        self._missing = missing
        return [
            *(f"{safe(name)} is gone: nothing is heard there until it comes back" for name in sorted(gone)),
            *(f"{safe(name)} is back" for name in sorted(back)),
        ]

    def _read(self) -> None:
        self.names = dict(socket.if_nameindex())
        if len(self._known) > _MOST:
            self._known.clear()
        self._known |= {index: safe(name) for index, name in self.names.items()}

    def name(self, index: int) -> str:
        """The name, safe to show: the last one of an interface that is gone; its number where it was never seen."""
        if index not in self._known:
            with suppress(OSError):
                self._read()
            if index not in self._known:
                return self._known.setdefault(index, f"interface {index}")
        return self._known[index]

    def close(self) -> None:
        """Watch no more."""
        self._sock.close()
