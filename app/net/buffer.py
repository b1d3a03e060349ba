"""The receive buffer of a socket: what waits in it, how full it has been, and what found it full (SO_MEMINFO).

The kernel's count of drops is an upper bound: while a buffer is full, raw sockets of newer kernels count what their
filters would have refused as well. Some sockets count damaged packets at any time: there the count is believed where
the buffer is seen to be crowded, or was just read to the bound. It need not be full: a large packet finds no room in a
buffer of UDP (Linux 6.18) where a small one does.
"""

import socket
import struct
from typing import TYPE_CHECKING

from app.engine.datagram import Drops
from app.net.options import ROOM

if TYPE_CHECKING:
    from app.engine.condition import BufferUse

_SO_MEMINFO, _MEMINFO = 55, struct.Struct("@9I")  #: linux/sock_diag.h: bytes waiting, room for them, ..., drops
_SO_RCVBUFFORCE, _SO_SNDBUFFORCE = 33, 32
_COUNTS = 1 << 32
_LARGEST_STAMP = 4_096  #: bytes of memory that a message of an error queue takes, at the most


def enlarge(sock: socket.socket, room: int) -> None:
    """Ask for so many bytes for what waits to be read, and for many for what waits to leave.

    Where that is allowed, it is more than users may have.
    """
    sizes = (_SO_RCVBUFFORCE, socket.SO_RCVBUF, room), (_SO_SNDBUFFORCE, socket.SO_SNDBUF, ROOM)
    for force, option, size in sizes:
        try:
            sock.setsockopt(socket.SOL_SOCKET, force, size // 2)  # the kernel doubles it, for what is around data
        except PermissionError:
            sock.setsockopt(socket.SOL_SOCKET, option, size // 2)


class Buffer:
    """Watches the buffer of one socket. Look at it before each reading: then nobody has emptied it meanwhile."""

    def __init__(self, sock: socket.socket, name: str, *, counts_damage: bool) -> None:
        self.sock = sock
        self.name = name
        self.dropped = 0  #: packets that found it full, so far
        self._counts_damage = counts_damage
        self._waiting, self.room, self._counted = self._memory()
        self._most = self._waiting
        self._whole_at: int | None = None  # the last moment at which nothing was missing

    def _memory(self) -> tuple[int, int, int]:
        waiting, room, *_, counted = _MEMINFO.unpack(
            self.sock.getsockopt(socket.SOL_SOCKET, _SO_MEMINFO, _MEMINFO.size)
        )
        return waiting, room, counted

    @property
    def _is_crowded(self) -> bool:
        """Whether a packet may have found no room before it was last looked at."""
        return self._waiting * 2 >= self.room

    @property
    def may_lack_stamps(self) -> bool:
        """Whether a stamp may have found no room: the kernel keeps none that would fill the buffer."""
        return self._waiting + _LARGEST_STAMP >= self.room

    def look(self, now: int, *, was_read_to_the_bound: bool = False) -> Drops | None:
        """What has been dropped since the last look, if anything has."""
        self._waiting, self.room, counted = self._memory()
        if self._waiting > self._most:
            self._most = self._waiting
        lost, since = (counted - self._counted) % _COUNTS, self._whole_at
        self._counted, self._whole_at = counted, now
        # A buffer that was never half full did not fill up while it was read: then what is counted was damaged.
        may_have_filled = was_read_to_the_bound and self._most * 2 >= self.room
        if not lost or (self._counts_damage and not self._is_crowded and not may_have_filled):
            return None
        self.dropped += lost
        return Drops(now, now if since is None else since, lost)

    def was_empty(self, at: int) -> None:
        """Nothing waited in it later than `at`, and nobody has read since: so nothing was missing at that moment."""
        self._whole_at = at if self._whole_at is None else max(at, self._whole_at)

    def use(self) -> "BufferUse":
        """How much of it is used."""
        from app.engine.condition import BufferUse

        return BufferUse(self.name, self._waiting, self._most, self.room, self.dropped)
