"""Kernel timestamps of what leaves and what arrives (SO_TIMESTAMPING), and which datagram each belongs to.

A departure stamp comes by the error queue under a key that counts the datagrams of its socket. The queue
shares the receive buffer, so it must be drained always. Keys go out of step where a send fails after the
kernel has counted it (a packet filter refuses it): then the counter is set to 0 again, by off and on.
"""

import errno
import socket
import struct
from collections.abc import Iterable

from app.engine.datagram import Clock, Departure
from app.net.batch import Message
from app.net.clock import WallClock
from app.net.family import Family, Notes

_SO_TIMESTAMPING = 37
_TX_SOFTWARE, _RX_SOFTWARE, _SOFTWARE, _OPT_ID, _OPT_TSONLY = 2, 8, 16, 128, 2048
_ARRIVALS = _RX_SOFTWARE | _SOFTWARE
_BOTH = _ARRIVALS | _TX_SOFTWARE | _OPT_ID | _OPT_TSONLY

_TIMESPEC = struct.Struct("@ll")
EXTENDED_ERROR = struct.Struct("@IBBBBII")  #: errno, origin, type, code, pad, info, data
_ORIGIN_TIMESTAMPING = 4

#: Sends that fail so fail in routing, or tell of an earlier probe, before the kernel counts them (measured).
_UNCOUNTED = {
    errno.ENETUNREACH,
    errno.EHOSTUNREACH,
    errno.EACCES,
    errno.EINVAL,
    errno.EMSGSIZE,
    errno.ECONNREFUSED,
    errno.EPROTO,
    errno.ENOPROTOOPT,
    errno.EOPNOTSUPP,
    errno.EHOSTDOWN,
    errno.ENONET,
}

#: Departures that still may be stamped; a packet whose neighbour does not resolve never is.
_MOST = 8_192
#: A stamp may lie before the moment at which Python let go of its datagram by the error of reading two clocks.
_EARLY = 100_000


def stamp_arrivals(sock: socket.socket) -> bool:
    """Ask for a stamp on each packet that arrives; whether the kernel gives any."""
    return _set(sock, _ARRIVALS)


def stamp(notes: Notes) -> int | None:
    """The kernel's software stamp beside a message, CLOCK_REALTIME in nanoseconds; None where there is none."""
    note = notes.get((socket.SOL_SOCKET, _SO_TIMESTAMPING))
    if note is None or len(note) < _TIMESPEC.size:
        return None
    seconds, nanoseconds = _TIMESPEC.unpack_from(note)
    return (seconds * 1_000_000_000 + nanoseconds) or None


def _set(sock: socket.socket, flags: int) -> bool:
    try:
        sock.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPING, flags)
    except OSError:
        return False
    return True


class Departures:
    """Tells when the datagrams of one socket left. Belongs to one thread."""

    def __init__(self, family: Family, sock: socket.socket, wall: WallClock) -> None:
        self._note = (family.level, family.receive_errors)
        self._sock = sock
        self._wall = wall
        self._left: dict[int, tuple[int, int]] = {}  # key -> token, and when Python let go of it
        self._untold: dict[int, int] = {}  # token -> the same moment
        self._key = 0
        self._is_in_step = False

    def get_in_step(self) -> bool:
        """Begin to count keys at 0, if they went astray. Drain the error queue before; whether there are stamps."""
        if self._is_in_step:
            return True
        _set(self._sock, _ARRIVALS)
        self._left.clear()
        self._key = 0
        self._is_in_step = _set(self._sock, _BOTH)
        return self._is_in_step

    def sent(self, token: int, at: int) -> None:
        """A datagram went out; `at` is the moment before it was handed over."""
        self._left[self._key] = token, at
        self._untold[token] = at
        self._key = (self._key + 1) & 0xFFFFFFFF
        if len(self._left) > _MOST:
            del self._left[next(iter(self._left))]

    def refused(self, number: int) -> None:
        """A send failed with this errno."""
        self._is_in_step &= number in _UNCOUNTED

    @property
    def awaits_stamps(self) -> bool:
        """Whether the error queue may hold anything: a stamp comes for nothing else."""
        return bool(self._left)

    @property
    def is_in_step(self) -> bool:
        """Whether the kernel's keys are known; if not, drain and call `get_in_step` before the next send."""
        return self._is_in_step

    def tell(self, stamps: Iterable[Message]) -> list[Departure]:
        """Departures by what the error queue held, then by the user's clock those that no stamp has come for yet."""
        stamped = (self._stamped(message) for message in stamps)
        departures = [departure for departure in stamped if departure is not None]
        departures += [Departure(token, at, Clock.USER) for token, at in self._untold.items()]
        self._untold.clear()
        return departures

    def _stamped(self, message: Message) -> Departure | None:
        note = message.notes.get(self._note)
        if note is None or len(note) < EXTENDED_ERROR.size:
            return None
        _, origin, _, _, _, _, key = EXTENDED_ERROR.unpack_from(note)
        if origin != _ORIGIN_TIMESTAMPING or key not in self._left:
            return None
        token, let_go = self._left.pop(key)
        sent_at = self._wall.bring(stamp(message.notes))
        if sent_at is None:
            return None
        if sent_at < let_go - _EARLY:  # the stamp of another datagram
            self._is_in_step = False
            return None
        self._untold.pop(token, None)
        return Departure(token, sent_at, Clock.KERNEL)
