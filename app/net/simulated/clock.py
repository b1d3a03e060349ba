"""The two clocks of a simulation: one that jumps to the next event, one that lets time pass."""

import threading
from typing import Protocol

from app.net import clock


class SimulationClock(Protocol):
    """What a simulated link needs of a clock."""

    def now(self) -> int:
        """Nanoseconds since the epoch, never going back."""

    def wait(self, until: int) -> None:
        """Return when the clock shows `until`, or earlier when woken."""

    def wake(self) -> None:
        """End a wait, or the next one, at once. May be called from any thread."""


class VirtualClock:
    """Time that passes only while somebody waits, and then at once. Belongs to one link."""

    def __init__(self, now: int) -> None:
        self._now = now
        self._is_woken = threading.Event()

    def now(self) -> int:
        """The moment that the last wait led to."""
        return self._now

    def wait(self, until: int) -> None:
        """Jump to `until`, unless woken."""
        if self._is_woken.is_set():
            self._is_woken.clear()
        else:
            self._now = max(self._now, until)

    def wake(self) -> None:
        """Make the next wait return without a jump."""
        self._is_woken.set()


class WallClock:
    """Real time."""

    def __init__(self) -> None:
        self._is_woken = threading.Event()

    def now(self) -> int:
        """The clock that the real links have too."""
        return clock.now()

    def wait(self, until: int) -> None:
        """Sleep until `until`, unless woken."""
        if self._is_woken.wait(max(0, until - clock.now()) / 1e9):
            self._is_woken.clear()

    def wake(self) -> None:
        """End the sleep."""
        self._is_woken.set()
