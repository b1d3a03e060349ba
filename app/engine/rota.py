"""Whose turn it is: rows spread evenly over an interval, by computed slots instead of timers.

With N rows, slot s is due at epoch + s * interval / N: no heap, no drift, no burst, and a cost that does
not grow with N. Where slots are closer than a tick, they wait for the next tick and are due together: what
left when is the kernel's to say, and waking up costs more than a probe does (measured). A row's turns stay
exactly an interval apart. After a stall the missed slots are skipped: nobody wants a burst of stale probes.
"""

from collections import deque
from typing import Generic, TypeVar

R = TypeVar("R")

#: A slot overdue by more than this is skipped. A busy interface may hold up an engine's thread for up
#: to about 0.2 s (a pass of the garbage collector); that is not yet worth a hole in the history.
PATIENCE = 250_000_000

#: The time between two ticks, up to which rate in turns a second. Some ten turns a tick make waking up cheap;
#: more would be a burst.
TICKS = ((400, 50_000_000), (2_000, 20_000_000), (10**12, 5_000_000))
_SECOND = 1_000_000_000


class Rota(Generic[R]):
    """Rows in turn, each once an interval; owned by the engine's thread."""

    def __init__(self, interval: int, *, is_spread: bool = True) -> None:
        self._interval = interval
        self._is_spread = is_spread
        self._rows: deque[R] = deque()  # the next one first
        self._epoch = 0
        self._slot = 0

    @property
    def interval(self) -> int:
        """Nanoseconds between two turns of the same row."""
        return self._interval

    def __len__(self) -> int:
        return len(self._rows)

    def add(self, row: R, now: int) -> None:
        """Take a row in; its turn is next, and at once."""
        self._restart(now if self._is_spread or not self._rows else self._due(self._slot))
        self._rows.appendleft(row)

    def extend(self, rows: list[R], now: int) -> None:
        """Take many rows in, whose turns come in their order, behind the present ones."""
        self._restart(self._due(self._slot) if self._rows else now)
        self._rows.extend(rows)

    def remove(self, row: R) -> None:
        """Leave a row out from now on."""
        if self._rows:
            self._restart(self._due(self._slot))
            self._rows.remove(row)

    def change(self, interval: int, now: int) -> None:
        """Turn at another pace; the next turn comes no later than it would have."""
        due = self._due(self._slot) if self._rows else now
        self._interval = interval
        step = interval // max(len(self._rows), 1) if self._is_spread else interval
        self._restart(min(due, now + step))

    def _restart(self, epoch: int) -> None:
        self._epoch, self._slot = epoch, 0

    @property
    def _steps(self) -> int:
        """In how many steps an interval is gone through: a step a row, or a step a tick where there are more rows."""
        if not self._is_spread:
            return 1
        rate = len(self._rows) * _SECOND / self._interval
        tick = next(tick for most, tick in TICKS if rate <= most)
        return min(len(self._rows), -(-self._interval // tick))

    def _due(self, slot: int) -> int:
        if self._is_spread:
            steps = self._steps
            return self._epoch + -(-slot * steps // len(self._rows)) * self._interval // steps
        return self._epoch + slot // len(self._rows) * self._interval

    def tick(self, moment: int) -> int:
        """The next moment at which one wakes up for turns anyway; this very moment where turns are rare."""
        steps = self._steps
        if steps == len(self._rows) or not self._is_spread:
            return moment
        step = -(-(moment - self._epoch) * steps // self._interval)
        return self._epoch - (-step * self._interval // steps)

    def due(self, now: int) -> list[R]:
        """The rows whose turn it is, at most once each."""
        turns: list[R] = []
        if not self._rows:
            return turns
        self._skip(now)
        while self._due(self._slot) <= now and len(turns) < len(self._rows):
            turns.append(self._rows[0])
            self._rows.rotate(-1)
            self._slot += 1
        return turns

    def _skip(self, now: int) -> None:
        """Leave out the slots that were missed by more than `PATIENCE`."""
        overdue = now - PATIENCE - self._due(self._slot)
        if overdue <= 0:
            return
        if self._is_spread:
            missed = -(-overdue * len(self._rows) // self._interval)
        else:
            missed = -(-overdue // self._interval) * len(self._rows)
        self._rows.rotate(-(missed % len(self._rows)))
        self._slot += missed

    def deadline(self) -> int | None:
        """When the next turn is due; None where there is nobody."""
        return self._due(self._slot) if self._rows else None
