"""The real links' clock: nanoseconds since the epoch that never go back, whatever is done to the wall clock.

It is CLOCK_MONOTONIC, anchored to the epoch once, when this module is imported. The kernel stamps packets by
CLOCK_REALTIME; `WallClock` brings those stamps over.
"""

import time
from collections.abc import Callable

_ANCHOR = time.time_ns() - time.monotonic_ns()

#: How far both clocks may drift apart unnoticed: what adjtime may slew (500 ppm), and the noise of reading both.
_SLEW = 0.001
_NOISE = 1_000_000
#: So long after the wall clock was set no stamp is believed: some of what is read may have come before.
_DOUBT = 1_000_000_000


def now() -> int:
    """The clock of all real links of this process."""
    return time.monotonic_ns() + _ANCHOR


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


def difference() -> tuple[int, int]:
    """How far the wall clock is ahead of the links' clock, and when that was read; the closest of three readings."""
    readings = []
    for _ in range(3):
        before = now()
        wall = time.time_ns()
        after = now()
        readings.append((after - before, wall - (before + after) // 2, after))
        if after - before < 2_000:
            break
    _, ahead, at = min(readings)
    return ahead, at
