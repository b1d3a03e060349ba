"""Rows of one interval: spread evenly over it, by computed slots instead of timers.

With N rows, slot s is due at epoch + s * interval / N: no heap, no drift, no burst, and a cost that does not grow with
N. Where slots are closer than a tick they are gathered into steps, whose rows are due together: what left when is the
kernel's to say, and waking up costs more than a probe does (measured). A row's turns stay exactly an interval apart.
After a stall whole intervals are skipped and the rows go on where they were, at the pace they had: nobody wants a burst
of stale probes, nobody is passed over, and no row has two turns closer than half its interval.
"""

from collections.abc import Iterator, Sequence
from typing import Generic, TypeVar

R = TypeVar("R")

#: Slots overdue by no more than this, or by half an interval where that is less, are made up for. A busy interface
#: may hold up an engine's thread for up to about 0.2 s (a pass of the garbage collector); that is not yet worth moving
#: all the later ones.
PATIENCE = 250_000_000


class Ring(Generic[R]):
    """Rows in turn, each once an interval; owned by the engine's thread. A tick is the least time between two steps."""

    def __init__(self, interval: int, tick: int, *, is_spread: bool = True) -> None:
        self._interval = interval
        self._tick = tick
        self._is_spread = is_spread
        self._rows: list[R] = []
        self._cursor = 0  # where in the rows the next one stands
        self._epoch = 0
        self._step = 0  # the next one since the epoch
        self._taken = 0  # turns since the epoch
        self._steps = 1  # in an interval

    def __len__(self) -> int:
        return len(self._rows)

    @property
    def interval(self) -> int:
        """Nanoseconds between two turns of the same row."""
        return self._interval

    def append(self, rows: Sequence[R], now: int) -> None:
        """Take rows in behind the present ones, whose turns come in their order."""
        due = self.deadline()
        self._rows = [*self._rows[self._cursor :], *self._rows[: self._cursor], *rows]
        self._restart(now if due is None else due)

    def insert(self, row: R, now: int) -> None:
        """Take a row in whose turn is next, and at once; that of the others where they have it together."""
        due = self.deadline()
        self._rows.insert(self._cursor, row)
        self._restart(now if self._is_spread or due is None else due, self._cursor)

    def remove(self, row: R) -> int:
        """Leave a row out from now on, where it is in; how many are left."""
        due = self.deadline()
        if due is not None and row in self._rows:
            place = self._rows.index(row)
            del self._rows[place]
            self._restart(due, self._cursor - (place < self._cursor))
        return len(self._rows)

    def due_at(self, row: R) -> int:
        """The planned moment of a row's next turn."""
        slot = self._taken + (self._rows.index(row) - self._cursor) % len(self._rows)
        if not self._is_spread:
            return self._moment(slot // len(self._rows))
        return self._moment(-(-slot * self._steps // len(self._rows)))

    def pace(self, interval: int, tick: int, now: int) -> None:
        """Turn at another pace; the next turn comes no later than it would have."""
        if (interval, tick) == (self._interval, self._tick):
            return
        due = self.deadline()
        is_faster = interval < self._interval
        self._interval, self._tick = interval, tick
        if due is not None:
            step = interval // len(self._rows) if self._is_spread else interval
            self._restart(min(due, now + step) if is_faster else due, self._cursor)

    def _restart(self, epoch: int, cursor: int = 0) -> None:
        self._epoch, self._step, self._taken = epoch, 0, 0
        count = len(self._rows)
        self._cursor = cursor % count if count else 0
        self._steps = min(count, -(-self._interval // self._tick)) if self._is_spread and count else 1

    def _moment(self, step: int) -> int:
        return self._epoch + step * self._interval // self._steps

    def _end(self, step: int) -> int:
        """How many turns there are since the epoch when a step is over."""
        if self._is_spread:
            return step * len(self._rows) // self._steps + 1
        return (step + 1) * len(self._rows)

    def deadline(self) -> int | None:
        """When the next turn is due; None where there is nobody."""
        return self._moment(self._step) if self._rows else None

    def tick(self, moment: int) -> int:
        """The next moment at which one wakes up for turns anyway; this very moment where turns are rare."""
        if not self._is_spread or self._steps == len(self._rows):
            return moment
        step = -(-(moment - self._epoch) * self._steps // self._interval)
        return self._epoch - (-step * self._interval // self._steps)

    def due(self, now: int) -> Iterator[tuple[int, Sequence[R]]]:
        """The steps that are due, each with its planned moment and its rows; a row stands in one of them at most."""
        if not self._rows:
            return
        late = self._resume(now)
        while (moment := self._moment(self._step)) <= now:
            end = self._end(self._step)
            yield moment - late, self._take(end - self._taken)
            self._taken = end
            self._step += 1
            late = 0

    def _take(self, count: int) -> Sequence[R]:
        start, stop = self._cursor, self._cursor + count
        rows = self._rows[start:stop]
        if stop >= len(self._rows):
            stop -= len(self._rows)
            rows += self._rows[:stop]
        self._cursor = stop
        return rows

    def _resume(self, now: int) -> int:
        """After a stall, go on from now; by how much the next step is later than it was planned."""
        whole, overdue = divmod(now - self._moment(self._step), self._interval)
        if whole > 0:
            self._step += whole * self._steps
            self._taken += whole * len(self._rows)
        if whole < 0 or overdue <= min(PATIENCE, self._interval // 2):
            return 0
        self._epoch += overdue
        return overdue
