"""Whose turn it is by the clock: a ring of rows for each distinct interval, and one budget over them all.

Where all rows together would ask for more probes a second than the budget, every interval is stretched by the same
factor. The tick follows the rate: few turns need no wake-up of their own, and many at once would be a burst.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Generic, TypeVar

from app.engine.pacing.backoff import Backoff
from app.engine.pacing.pacing import Turn
from app.engine.pacing.ring import Ring

R = TypeVar("R")

#: The time between two steps, up to which rate in turns a second. A wake-up costs more than a probe, kernel stamps do
#: not age, and lateness is measured from a turn's step: at a thousand a second a probe costs 31 us in steps of 50 ms
#: and 25 in steps of 100, which is a frame of the glass (measured). What bounds a step is the burst: 256 packets at
#: the most, which the smallest receive buffer holds the answers of.
TICKS = ((1_000, 100_000_000), (4_000, 50_000_000), (12_800, 20_000_000), (25_600, 10_000_000), (10**12, 5_000_000))
_SECOND = 1_000_000_000


class Rota(Generic[R]):
    """Pacing by the clock: each row once an interval. `rate` is the budget in probes a second over all rows.

    `preload` probes of each row are sent at its first turn, as far as the budget has room for them.
    """

    def __init__(
        self,
        interval: int,
        *,
        is_spread: bool = True,
        rate: int | None = None,
        preload: int = 1,
        backoff: Backoff[R] | None = None,
    ) -> None:
        self._interval = interval
        self._is_spread = is_spread
        self._rate = rate
        self._preload = preload
        self._backoff = backoff
        self._rings: dict[int | None, Ring[R]] = {}  # by the rows' own interval; None: that of all
        self._own: dict[R, int] = {}
        self._fresh: set[R] = set()  # whose preload is to come
        self._resting: set[R] = set()
        self._stretch = 1.0

    @property
    def interval(self) -> int:
        """Nanoseconds between two turns of a row, as far as the budget allows."""
        return self._stretched(self._interval)

    @property
    def stretch(self) -> float:
        """How many times longer the intervals are than they were asked for."""
        return self._stretch

    def own(self, row: R) -> int | None:
        """A row's own interval, as far as the budget allows; None where it has that of all."""
        interval = self._own.get(row)
        return None if interval is None else self._stretched(interval)

    def extend(self, rows: Iterable[R], now: int, interval: int | None = None) -> None:
        """Take many rows in, whose turns come in their order, behind the present ones."""
        rows = list(rows)
        self._welcome(rows, interval)
        self._ring(interval).append(rows, now)
        self._adjust(now)

    def add(self, row: R, now: int, interval: int | None = None) -> None:
        """Take a row in; its turn is next, and at once."""
        self._welcome([row], interval)
        self._ring(interval).insert(row, now)
        self._adjust(now)

    def remove(self, row: R, now: int) -> None:
        """Leave a row out from now on."""
        self._leave(row)
        self._fresh.discard(row)
        self._resting.discard(row)
        self.revived(row)
        self._adjust(now)

    def change(self, interval: int, now: int, row: R | None = None) -> None:
        """Turn at another pace. The next turn comes no later than it would have, nor sooner than the new interval."""
        if row is None:
            self._interval = interval
        else:
            self._move(row, interval, now)
        self._adjust(now)

    def _welcome(self, rows: Sequence[R], interval: int | None) -> None:
        if self._preload > 1:
            self._fresh.update(rows)
        if interval is not None:
            self._own.update(dict.fromkeys(rows, interval))

    def _leave(self, row: R) -> None:
        interval = self._own.pop(row, None)
        if (ring := self._rings.get(interval)) is not None and not ring.remove(row):
            del self._rings[interval]

    def _move(self, row: R, interval: int, now: int) -> None:
        ring = self._rings[self._own.get(row)]
        due = min(ring.due_at(row), now + interval)
        self._leave(row)
        self._own[row] = interval
        self._ring(interval).append([row], due)

    def _ring(self, interval: int | None) -> Ring[R]:
        if interval not in self._rings:
            span = self._stretched(self._interval if interval is None else interval)
            self._rings[interval] = Ring(span, self._tick(), is_spread=self._is_spread)
        return self._rings[interval]

    # The budget.

    def _stretched(self, interval: int) -> int:
        return interval if self._stretch == 1 else round(interval * self._stretch)

    def _wanted(self) -> float:
        """Turns a second without a budget."""
        spans = ((len(ring), interval or self._interval) for interval, ring in self._rings.items())
        return sum(count * _SECOND / span for count, span in spans)

    def _tick(self) -> int:
        rate = self._wanted() if self._rate is None else min(self._wanted(), self._rate)
        return next(tick for most, tick in TICKS if rate <= most)

    def _adjust(self, now: int) -> None:
        """Let every ring turn as the budget and the rate of all want it."""
        self._stretch = 1.0 if self._rate is None else max(1.0, self._wanted() / self._rate)
        tick = self._tick()
        for interval, ring in self._rings.items():
            ring.pace(self._stretched(self._interval if interval is None else interval), tick, now)

    # Turns.

    def due(self, now: int) -> Iterator[Turn[R]]:
        """The turns that are due, in the order of their planned moments."""
        if len(self._rings) == 1:
            (ring,) = self._rings.values()
            turns: Iterable[Turn[R]] = ring.due(now)
        else:
            turns = sorted((turn for ring in self._rings.values() for turn in ring.due(now)), key=_moment)
        for moment, rows in turns:
            if self._fresh or self._resting or self._backoff:
                rows = self._chosen(rows)  # what is left of them, and what is added
            if rows:
                yield moment, rows

    def _chosen(self, rows: Sequence[R]) -> Sequence[R]:
        """Those of the rows that are to be probed, some more than once."""
        chosen: list[R] = []
        for row in rows:
            if row in self._resting or (self._backoff is not None and not self._backoff.takes(row)):
                continue
            if row in self._fresh:
                self._fresh.discard(row)
                chosen.extend([row] * self._allowed_preload)
            else:
                chosen.append(row)
        return chosen

    @property
    def _allowed_preload(self) -> int:
        if self._rate is None:
            return self._preload
        return max(1, min(self._preload, int(self._rate / self._wanted())))

    def answered(self, row: R, number: int, at: int) -> None:
        """A row that answers is not silent any more."""
        if self._backoff is not None:
            self._backoff.answered(row)

    def missed(self, row: R, number: int, at: int) -> None:
        """A row that is silent may be asked less often."""
        if self._backoff is not None:
            self._backoff.missed(row, self.own(row) or self.interval)

    def revived(self, row: R) -> None:
        """A late answer is one."""
        if self._backoff is not None:
            self._backoff.answered(row)

    def rest(self, row: R) -> None:
        """A row has no more turns until it is reset."""
        self._resting.add(row)

    def reset(self, row: R, now: int) -> None:
        """A row begins anew."""
        self._resting.discard(row)
        self.revived(row)

    def deadline(self) -> int | None:
        """When the next turn is due; None where there is nobody."""
        return min((due for ring in self._rings.values() if (due := ring.deadline()) is not None), default=None)

    def tick(self, moment: int) -> int:
        """The next moment at which one wakes up for turns anyway; this very moment where turns are rare."""
        return min((ring.tick(moment) for ring in self._rings.values()), default=moment)


def _moment(turn: Turn[R]) -> int:
    return turn[0]
