"""What a cell of a map says of a target: one byte, whose table has the sign, the ink and the words for it.

Bytes are ordered from good to bad, so that a cell of many targets is the greatest of theirs. What never
answered is no news in a block that nobody filled: it comes before all that ever did.
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from app.engine.snapshot import STATES, State
from widgets.glyphs import Glyphs

#: The upper ends of the classes of RTT, in nanoseconds: the same for every network, so that maps can be compared.
RTT_CLASSES = (100_000, 300_000, 1_000_000, 3_000_000, 10_000_000, 30_000_000, 100_000_000)
#: The upper ends of the classes of loss above none and below all, as a share.
LOSS_CLASSES = (0.01, 0.05, 0.10, 0.25, 0.50)


class Look(Enum):
    """What the cells are drawn by."""

    STATE = "state"
    RTT = "RTT"
    LOSS = "loss"


@dataclass(frozen=True, slots=True)
class Kind:
    """What one byte means. `sign` is a State of the glyphs, a place in their `heat`, or None for `silent`."""

    word: str
    ink: str
    sign: State | int | None

    def glyph(self, glyphs: Glyphs) -> str:
        """The sign of it."""
        if isinstance(self.sign, State):
            return glyphs.states[self.sign]
        return glyphs.silent if self.sign is None else glyphs.heat[self.sign]


BLANK = 0  #: nobody is measured there
_SILENT = Kind("never answered", "silent", None)
_WAITING = Kind("waiting", "waiting", State.WAITING)
_UNKNOWN = Kind("unknown", "unknown", State.UNKNOWN)
_DOWN = Kind("down", "down", State.DOWN)

#: For each look what its bytes from 1 on mean.
KINDS: dict[Look, tuple[Kind, ...]] = {
    Look.STATE: (
        _SILENT,
        _WAITING,
        Kind("up", "well", State.UP),
        _UNKNOWN,
        Kind("slow", "slow", State.SLOW),
        Kind("losing", "losing", State.LOSING),
        _DOWN,
    ),
    Look.RTT: (
        _SILENT,
        _WAITING,
        Kind("<0.1 ms", "heat-1", 0),
        Kind("<0.3 ms", "heat-2", 1),
        Kind("<1 ms", "heat-3", 2),
        Kind("<3 ms", "heat-4", 3),
        Kind("<10 ms", "heat-5", 4),
        Kind("<30 ms", "heat-6", 5),
        Kind("<100 ms", "heat-7", 6),
        Kind(">100 ms", "heat-8", 7),
        _UNKNOWN,
        _DOWN,
    ),
    Look.LOSS: (
        _SILENT,
        _WAITING,
        Kind("none lost", "heat-1", 0),
        Kind("<1 %", "heat-3", 1),
        Kind("<5 %", "heat-4", 2),
        Kind("<10 %", "heat-5", 3),
        Kind("<25 %", "heat-6", 4),
        Kind("<50 %", "heat-7", 6),
        Kind(">50 %", "heat-8", 7),
        _UNKNOWN,
        _DOWN,
    ),
}
_PLACES = {look: {kind.sign: place for place, kind in enumerate(kinds, 1)} for look, kinds in KINDS.items()}
_SILENT_BYTE = 1
_NONE_LOST = 3
_FASTEST = 3


def _table(look: Look) -> bytes:
    """From a place in STATES to a byte; where the look tells answering targets apart by a number, to 0."""
    places = _PLACES[look]
    return bytes(places.get(state, 0) for state in STATES).ljust(256, b"\0")


_TABLES = {look: _table(look) for look in Look}
_DOWN_BYTES = {look: _PLACES[look][State.DOWN] for look in Look}


def cells_of(look: Look, states: bytes, last: Sequence[int], loss: Sequence[float]) -> bytes:
    """A byte for each target by the columns of a snapshot: states, newest RTT (-1: none), loss (a share, or nan)."""
    codes = bytearray(states.translate(_TABLES[look]))
    down = _DOWN_BYTES[look]
    if look is Look.STATE:
        if down in codes:
            for place, code in enumerate(codes):
                if code == down and last[place] < 0:
                    codes[place] = _SILENT_BYTE
        return bytes(codes)
    for place, code in enumerate(codes):
        if code == down:
            codes[place] = _SILENT_BYTE if last[place] < 0 else down
        elif not code:
            codes[place] = _rtt_byte(last[place]) if look is Look.RTT else _loss_byte(loss[place])
    return bytes(codes)


def _rtt_byte(rtt: int) -> int:
    return _FASTEST + bisect_left(RTT_CLASSES, rtt)


def _loss_byte(loss: float) -> int:
    return _NONE_LOST + 1 + bisect_left(LOSS_CLASSES, loss) if loss > 0 else _NONE_LOST
