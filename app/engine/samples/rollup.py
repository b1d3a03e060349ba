"""What is left of probes that nobody remembers one by one: a summary a minute for a day, an hour beyond.

One is kept in 28 bytes and four for each bucket of its sketch, some 80 for a steady host and 33 of Python's own; what
falls out of the minutes is added up to hours. Moments are those of sending, as far as the history knew them.
"""

import struct
from collections import deque
from dataclasses import dataclass

from app.engine.samples.rttcode import time_of
from app.engine.samples.sketch import COARSE, Sketch
from app.engine.snapshot import Outcome

MINUTE, HOUR = 60_000_000_000, 3_600_000_000_000
MINUTES, HOURS = 1_440, 8_784  #: of each that are kept: a day, and the hours of a year
_PACKED = struct.Struct(
    "<QIIIIHH"
)  # sum of the RTTs, which one it is, replied, lost, failed, shortest and longest code
_MOST = 0xFFFFFFFF


@dataclass(frozen=True, slots=True, eq=False)
class RollUp:
    """The probes that were sent within `span` nanoseconds from `at` on, and what became of them.

    RTTs in nanoseconds, each within 0.05 %; None where nobody replied. `failed` counts the unknown as well.
    """

    at: int
    span: int
    replied: int
    lost: int
    failed: int
    minimum: int | None
    maximum: int | None
    mean: float | None
    spread: Sketch

    @property
    def sent(self) -> int:
        """How many probes they were."""
        return self.replied + self.lost + self.failed

    @property
    def loss(self) -> float | None:
        """Lost to decided, 0..1; None where nothing was decided."""
        return self.lost / decided if (decided := self.lost + self.replied) else None

    def percentile(self, percent: int) -> int | None:
        """The smallest RTT that at least `percent` % do not exceed, within 1.6 %."""
        if self.minimum is None or self.maximum is None:
            return None
        return max(self.minimum, min(self.spread.percentiles((percent,))[0], self.maximum))


class _Tally:
    """A minute or an hour that is still being added to."""

    __slots__ = ("_failed", "_lost", "_maximum", "_minimum", "_replied", "_spread", "_total", "index")

    def __init__(self, index: int) -> None:
        self.index = index  #: minutes or hours since the epoch
        self._replied = self._lost = self._failed = self._total = 0
        self._minimum, self._maximum = 0xFFFF, 0
        self._spread = Sketch(COARSE)

    def add(self, outcome: Outcome, code: int) -> None:
        """One probe more, and the code of its RTT where it replied."""
        if outcome is Outcome.REPLIED:
            self._replied += 1
            self._minimum, self._maximum = min(self._minimum, code), max(self._maximum, code)
            self._total += time_of(code)
            self._spread.add(code)
        elif outcome in (Outcome.LOST, Outcome.LATE):
            self._lost += 1
        else:
            self._failed += 1

    def merge(self, packed: bytes) -> None:
        """All that a finer one has counted."""
        total, _, replied, lost, failed, minimum, maximum = _PACKED.unpack_from(packed)
        self._total += total
        self._replied, self._lost, self._failed = self._replied + replied, self._lost + lost, self._failed + failed
        self._minimum, self._maximum = min(self._minimum, minimum), max(self._maximum, maximum)
        self._spread.merge(Sketch.load(packed[_PACKED.size :], COARSE))

    def packed(self) -> bytes:
        """In bytes."""
        counts = (min(count, _MOST) for count in (self._replied, self._lost, self._failed))
        return _PACKED.pack(self._total, self.index, *counts, self._minimum, self._maximum) + self._spread.dump()


class RollUps:
    """The minutes and hours of one row, fed in the order of sending. Owned by the engine's thread."""

    __slots__ = ("_hour", "_hours", "_kept", "_minute", "_minutes", "_view")

    def __init__(self, minutes: int = MINUTES) -> None:
        self._kept = minutes
        self._minutes: deque[bytes] = deque()
        self._hours: deque[bytes] = deque(maxlen=HOURS)
        self._minute: _Tally | None = None
        self._hour: _Tally | None = None
        self._view: tuple[RollUp, ...] | None = ()

    def add(self, sent_at: int, outcome: Outcome, code: int) -> None:
        """A probe is no longer remembered by itself."""
        index = sent_at // MINUTE
        if self._minute is None or self._minute.index < index:
            self._close()
            self._minute = _Tally(index)
        self._minute.add(outcome, code)

    def _close(self) -> None:
        """The running minute is over."""
        if self._minute is None:
            return
        self._minutes.append(self._minute.packed())
        self._view = None
        if len(self._minutes) > self._kept:
            self._age(self._minutes.popleft())

    def _age(self, packed: bytes) -> None:
        """A minute is old enough to be a part of its hour."""
        index = _PACKED.unpack_from(packed)[1] * MINUTE // HOUR
        if self._hour is None or self._hour.index < index:
            if self._hour is not None:
                self._hours.append(self._hour.packed())
            self._hour = _Tally(index)
        self._hour.merge(packed)

    def view(self) -> tuple[RollUp, ...]:
        """All that are complete and the hour that is not yet, oldest first; the same object while no minute ends."""
        if self._view is None:
            hours = [*self._hours, *([self._hour.packed()] if self._hour is not None else [])]
            minutes = [_unpacked(packed, MINUTE) for packed in self._minutes]
            self._view = (*(_unpacked(packed, HOUR) for packed in hours), *minutes)
        return self._view


def _unpacked(packed: bytes, span: int) -> RollUp:
    total, index, replied, lost, failed, minimum, maximum = _PACKED.unpack_from(packed)
    return RollUp(
        at=index * span,
        span=span,
        replied=replied,
        lost=lost,
        failed=failed,
        minimum=time_of(minimum) if replied else None,
        maximum=time_of(maximum) if replied else None,
        mean=total / replied if replied else None,
        spread=Sketch.load(packed[_PACKED.size :], COARSE),
    )
