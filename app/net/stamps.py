"""Kernel timestamps of what leaves and what arrives (SO_TIMESTAMPING), and which datagram each belongs to.

A departure stamp comes by the error queue under a key. Where the kernel has SCM_TS_OPT_ID the key is given with
each datagram; where not, it counts the datagrams of the socket, and goes out of step where a send fails after the
kernel has counted it (a packet filter refuses it): then the counter is set to 0 again, by off and on.

The queue shares the receive buffer, so it must be drained always. A way out that has stamped what left by it stamps
all that leaves: what goes out there and gets no stamp has not left this host.
"""

import errno
import socket
import struct
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache, partial
from itertools import repeat

from app.engine.datagram import Clock, Departure, Outgoing
from app.net.beside import stamps
from app.net.clock import WallClock
from app.net.family import SO_TIMESTAMPING, Family
from app.net.message import Layout, Message, notes_of
from app.net.ways import Ways

_TX_HARDWARE, _TX_SOFTWARE, _RX_HARDWARE, _RX_SOFTWARE, _SOFTWARE, _RAW_HARDWARE = 1, 2, 4, 8, 16, 64
_OPT_ID, _OPT_TSONLY, _OPT_TX_SWHW = 128, 2048, 16_384
#: A card stamps only where somebody has told its driver to (hwstamp_ctl, SIOCSHWTSTAMP): that is not ours to do.
_ARRIVALS = _RX_SOFTWARE | _SOFTWARE | _RX_HARDWARE | _RAW_HARDWARE
_BOTH = _ARRIVALS | _TX_SOFTWARE | _TX_HARDWARE | _OPT_TX_SWHW | _OPT_ID | _OPT_TSONLY
_SCM_TS_OPT_ID = 81
_KEY = struct.Struct("@NiiI4x")
_KEY_SIZE = 20
_KEYS = 1 << 32

EXTENDED_ERROR = struct.Struct("@IBBBBII")  #: errno, origin, type, code, pad, info, data
_OF_KERNEL = (socket.SOL_SOCKET, SO_TIMESTAMPING, "qq32x")  #: the first of the times in `STAMP_FORM`
_ORIGIN_TIMESTAMPING = 4
_OFFENDER = {4: 16, 6: 28}  #: bytes of the address behind an error
_SECOND = 1_000_000_000

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
_MOST = 16_384
#: A stamp may lie before the moment at which Python let go of its datagram by the error of reading two clocks.
_EARLY = 100_000


def stamp_arrivals(sock: socket.socket) -> bool:
    """Ask for a stamp on each packet that arrives; whether the kernel gives any."""
    return _set(sock, _ARRIVALS)


def _set(sock: socket.socket, flags: int) -> bool:
    try:
        sock.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPING, flags)
    except OSError:
        return False
    return True


@lru_cache(maxsize=1)
def may_give_keys() -> bool:
    """Whether the kernel takes a key with each datagram (SCM_TS_OPT_ID, Linux 6.13).

    It is asked with one that it refuses: it reads control messages before it sees that nobody may send to the
    broadcast address, so nothing is sent.
    """
    key = (socket.SOL_SOCKET, _SCM_TS_OPT_ID, bytes(4))
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK) as sock:
            if not _set(sock, _BOTH):
                return False
            sock.sendmsg([b""], [key], 0, ("255.255.255.255", 9))
    except OSError as error:
        return error.errno in (errno.EACCES, errno.ENETUNREACH)
    return False


#: A Departure of all its fields, without a function of Python's between: a third of the time.
_departure: Callable[[tuple[object, ...]], Departure] = partial(tuple.__new__, Departure)


class Departures:
    """Tells when the datagrams of one socket left. Belongs to one thread."""

    def __init__(
        self, family: Family, sock: socket.socket, wall: WallClock, ways: Ways, *, gives_keys: bool | None = None
    ) -> None:
        self._sock = sock
        self._wall = wall
        self._ways = ways
        self._gives_keys = may_give_keys() if gives_keys is None else gives_keys
        self._note = (family.level, family.receive_errors)
        #: A stamp of the kernel's as the error queue tells it: all that is to be known of it, read in one go.
        self._layout = Layout(_OF_KERNEL, (*self._note, f"4xB7xI{_OFFENDER[family.version]}x"))
        self._left: dict[int, tuple[Outgoing, int]] = {}  # key -> what left, and when it was handed over
        self._fresh: list[int] = []  # keys of those of which nothing was told yet
        self._promised: set[int] = set()  # keys of those that were told to be stamped
        self._withdrawn: list[Departure] = []
        self._is_doubtful = False  # whether a stamp of what nothing was told of yet may be lost
        self._by_kernel: dict[int, Outgoing] = {}  # key -> what the kernel has stamped, and the card may yet
        self.others: list[Message] = []  #: what the last `tell` was given that is no stamp
        self._key = 0
        self._is_in_step = False

    def get_in_step(self) -> bool:
        """Begin to count keys at 0, if they went astray. Drain the error queue before; whether there are stamps."""
        if self._is_in_step:
            return True
        self.doubt()
        _set(self._sock, _ARRIVALS)
        if not self._gives_keys:
            self._left.clear()
            self._by_kernel.clear()
            self._key = 0
        self._is_in_step = _set(self._sock, _BOTH)
        return self._is_in_step

    def keys(self, count: int) -> list[bytes]:
        """A control message with a key for each of the datagrams that are sent next; none where the kernel counts."""
        if not self._gives_keys:
            return []
        pack, level, kind = _KEY.pack, socket.SOL_SOCKET, _SCM_TS_OPT_ID
        return [pack(_KEY_SIZE, level, kind, key % _KEYS) for key in range(self._key, self._key + count)]

    def sent(self, batch: Sequence[Outgoing], at: int) -> None:
        """Datagrams went out in turn; `at` is the moment before they were handed over."""
        end = self._key + len(batch)
        keys = range(self._key, end) if end < _KEYS else [key % _KEYS for key in range(self._key, end)]
        self._left.update(zip(keys, zip(batch, repeat(at), strict=False), strict=True))
        self._fresh += keys
        self._key = end % _KEYS
        while len(self._left) > _MOST:
            key = next(iter(self._left))
            if key in self._promised:
                self._withdraw(key)
                self._promised.remove(key)
            del self._left[key]

    def refused(self, number: int) -> None:
        """A send failed with this errno."""
        self._is_in_step &= self._gives_keys or number in _UNCOUNTED

    def doubt(self) -> None:
        """Stamps may have been lost: of nothing that has left so far can it be said that a stamp is due."""
        for key in self._promised & self._left.keys():
            self._withdraw(key)
        self._promised.clear()
        self._is_doubtful |= bool(self._fresh)

    def _withdraw(self, key: int) -> None:
        """Tell that no stamp is due for this one after all: whether it has left cannot be known."""
        outgoing, at = self._left[key]
        self._withdrawn.append(Departure(outgoing.token, at, Clock.USER, at))

    @property
    def awaits_stamps(self) -> bool:
        """Whether the error queue may hold anything: a stamp comes for nothing else."""
        return bool(self._left)

    @property
    def is_in_step(self) -> bool:
        """Whether the kernel's keys are known; if not, drain and call `get_in_step` before the next send."""
        return self._is_in_step

    def tell(self, messages: Iterable[Message]) -> list[Departure]:
        """Departures by what the error queue held, then by the user's clock those that no stamp has come for yet."""
        told, self._withdrawn = self._withdrawn, []
        left, ahead, kernel, stamping = self._left, self._wall.ahead, Clock.KERNEL, self._ways.stamping
        size, unpack, heads = self._layout.size, self._layout.unpack, self._layout.heads
        self.others = others = []
        last_at, has_cards, promised = 0, self._ways.has_cards, self._promised
        for message in messages:
            stamp, key, control = 0, 0, message[2]
            if len(control) == size:
                one, seconds, rest, other, origin, key = unpack(control)
                if (one, other) == heads and origin == _ORIGIN_TIMESTAMPING:
                    stamp = seconds * _SECOND + rest
            if not stamp:
                stamp, card, key = self._noted(control)
                if card:
                    told += self._carded(key, card)
                elif not stamp:
                    others.append(message)
                if not stamp:
                    continue
            if (known := left.pop(key, None)) is None:
                continue
            if promised:
                promised.discard(key)
            outgoing, at = known
            if ahead is None or stamp - ahead < at - _EARLY:
                self._is_in_step &= self._gives_keys or ahead is None  # else it is the stamp of another datagram
                told.append(Departure(outgoing.token, at, Clock.USER, at))
                continue
            if at != last_at:  # one of a batch will do
                stamping.add(Ways.source(outgoing.data))
                last_at = at
            if has_cards:
                self._await_card(key, outgoing)
            told.append(_departure((outgoing.token, stamp - ahead, kernel, at, False)))
        return told + self._unstamped()

    def _noted(self, control: bytes) -> tuple[int, int, int]:
        """The kernel's stamp, the card's, and the key, in control messages that are not the usual ones; or 0."""
        notes = notes_of(control)
        note = notes.get(self._note, b"")
        if len(note) < EXTENDED_ERROR.size:
            return 0, 0, 0
        _, origin, _, _, _, _, key = EXTENDED_ERROR.unpack_from(note)
        return (*(stamps(notes) if origin == _ORIGIN_TIMESTAMPING else (0, 0)), key)

    def _await_card(self, key: int, outgoing: Outgoing) -> None:
        """Remember it for its second stamp."""
        self._by_kernel[key] = outgoing
        if len(self._by_kernel) > _MOST:
            del self._by_kernel[next(iter(self._by_kernel))]

    def _carded(self, key: int, card: int) -> list[Departure]:
        """A departure by the card's clock: it is told behind that of the kernel."""
        self._ways.has_cards = True
        outgoing = self._by_kernel.pop(key, None)
        return [] if outgoing is None else [Departure(outgoing.token, card, Clock.HARDWARE)]

    def _unstamped(self) -> list[Departure]:
        """Those that nothing was told of yet, by the user's clock, and whether a stamp is due."""
        fresh, self._fresh = self._fresh, []
        told = []
        for key in fresh:
            if key not in self._left:
                continue
            outgoing, at = self._left[key]
            source = Ways.source(outgoing.data)
            is_due = self._is_in_step and not self._is_doubtful and source in self._ways.stamping
            if is_due:
                self._promised.add(key)
            else:
                self._ways.silent.add(source)
            told.append(Departure(outgoing.token, at, Clock.USER, at, is_due))
        self._is_doubtful = False
        return told
