"""The real links' clock: nanoseconds since the epoch that never go back, whatever is done to the wall clock.

It is CLOCK_BOOTTIME, anchored to the epoch once, when this module is imported: it goes on while the machine sleeps, as
the network does, so that an answer from before is as old as it is. The kernel stamps packets by CLOCK_REALTIME;
`WallClock` brings those stamps over. `Sleep` says how long the machine has slept.
"""

import time
from collections.abc import Callable

_ANCHOR = time.time_ns() - time.clock_gettime_ns(time.CLOCK_BOOTTIME)

#: How far both clocks may drift apart unnoticed: what adjtime may slew (500 ppm), and the noise of reading both.
_SLEW = 0.001
_NOISE = 1_000_000
_CLOSE = 2_000  #: so soon after each other two clocks are read at the same time
#: So long after the wall clock was set no stamp is believed: some of what is read may have come before.
_DOUBT = 1_000_000_000


def now() -> int:
    """The clock of all real links of this process."""
    return time.clock_gettime_ns(time.CLOCK_BOOTTIME) + _ANCHOR


class WallClock:
    """Brings CLOCK_REALTIME stamps over to the links' clock, and refuses to where a step makes them lies."""

    def __init__(self, compare: Callable[[], tuple[int, int]] | None = None) -> None:
        self._compare = compare or difference
        self._last, self._at = self._compare()
        self._doubted_until = self._at
        self.ahead: int | None = self._last  #: the wall clock before the links'; None where it was just set

    def refresh(self) -> None:
        """Compare both clocks. Stamps that are read until the next refresh are brought over by this."""
        ahead, at = self._compare()
        if abs(ahead - self._last) > _NOISE + (at - self._at) * _SLEW:
            self._doubted_until = at + _DOUBT
        self._last, self._at = ahead, at
        self.ahead = ahead if at >= self._doubted_until else None

    def bring(self, stamp: int | None) -> int | None:
        """A kernel stamp on the links' clock; None where there is none (None, 0), or the wall clock was just set."""
        return None if not stamp or self.ahead is None else stamp - self.ahead


class Sleep:
    """Notices that the machine has slept: CLOCK_MONOTONIC stands still meanwhile, CLOCK_BOOTTIME does not."""

    def __init__(self, compare: Callable[[], int] | None = None) -> None:
        self._compare = compare or _standstill
        self._stood = self._compare()

    def look(self) -> int:
        """How long it has slept since this was last asked, in nanoseconds; 0 where it was awake."""
        before, self._stood = self._stood, self._compare()
        return slept if (slept := self._stood - before) > _NOISE else 0


def _standstill() -> int:
    """How long CLOCK_MONOTONIC has stood still; the least of three readings, as a thread may be held up between two."""
    least = time.clock_gettime_ns(time.CLOCK_BOOTTIME) - time.monotonic_ns()
    for _ in range(2):
        before = time.monotonic_ns()
        both = time.clock_gettime_ns(time.CLOCK_BOOTTIME) - before
        if time.monotonic_ns() - before < _CLOSE:
            return both
        least = min(least, both)
    return least


def difference() -> tuple[int, int]:
    """How far the wall clock is ahead of the links' clock, and when that was read; the closest of three readings."""
    readings = []
    for _ in range(3):
        before = now()
        wall = time.time_ns()
        after = now()
        readings.append((after - before, wall - (before + after) // 2, after))
        if after - before < _CLOSE:
            break
    _, ahead, at = min(readings)
    return ahead, at
