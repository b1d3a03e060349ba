"""Probing as fast as the answers come: adaptive, and flood.

Each row has a window of probes that nothing was heard of yet; an answer makes room in it, and with it for every older
probe, as ping counts. Adaptive is that alone: on a path that answers, one probe is on its way at any time. A flood goes
on after 10 ms in any case, so that it sends "as fast as they come back or one hundred times per second, whichever is
more" (ping(8)). A row whose probes are missed is asked no faster than its interval, or 100 times a second in a flood:
who refuses everything at once is not hammered. Over all rows stands one budget.
"""

from collections.abc import Iterable, Iterator
from heapq import heappop, heappush
from typing import Generic, TypeVar

from app.engine.pacing.pacing import Turn

R = TypeVar("R")

#: A flood goes on after so long, whatever was answered.
FLOOD_WAIT = 10_000_000
#: So much of the budget may be used at once, in nanoseconds of it.
_BURST = 5_000_000
_SECOND = 1_000_000_000


class _Flow:
    """The probes of one row."""

    __slots__ = ("acknowledged", "due_at", "interval", "is_resting", "last", "sent")

    def __init__(self, interval: int | None) -> None:
        self.interval = interval
        self.sent = 0
        self.acknowledged = 0  #: probes before this one are waited for no more
        self.last: int | None = None  #: when the newest was sent
        self.due_at: int | None = None
        self.is_resting = False

    @property
    def in_flight(self) -> int:
        """Probes that nothing was heard of, nor of one behind them."""
        return self.sent - self.acknowledged


class ClosedLoop(Generic[R]):
    """Pacing by the answers. `window` probes of a row are in flight, `gap` is the least time from one to the next.

    `rate` is the budget in probes a second over all rows. `wait` is how long a row waits at most, answered or not;
    None: as long as its probes do.
    """

    def __init__(
        self, interval: int, *, window: int = 1, gap: int = 0, rate: int | None = None, wait: int | None = None
    ) -> None:
        self._interval = interval
        self._window = window
        self._gap = gap
        self._cost = 0 if rate is None else -(-_SECOND // rate)
        self._wait = wait
        self._spent_until = 0  # the budget is used up to this moment, if no more is sent
        self._flows: dict[R, _Flow] = {}
        self._queue: list[tuple[int, int, R]] = []  # what was due when it was entered; checked when it comes up
        self._entries = 0

    @property
    def interval(self) -> int:
        """Nanoseconds between two probes of a row that does not answer."""
        return self._interval if self._wait is None else self._wait

    @property
    def stretch(self) -> float:
        """Whoever waits for answers has its budget in the queue."""
        return 1.0

    def own(self, row: R) -> int | None:
        """The same of one row, where it has its own."""
        flow = self._flows.get(row)
        return None if flow is None or self._wait is not None else flow.interval

    def extend(self, rows: Iterable[R], now: int, interval: int | None = None) -> None:
        """Take many rows in."""
        for row in rows:
            self.add(row, now, interval)

    def add(self, row: R, now: int, interval: int | None = None) -> None:
        """Take a row in."""
        self._flows[row] = _Flow(interval)
        self._enter(row, self._flows[row], now)

    def remove(self, row: R, now: int) -> None:
        """Leave a row out from now on."""
        self._flows.pop(row, None)

    def change(self, interval: int, now: int, row: R | None = None) -> None:
        """Wait longer, or less long, after a missed probe."""
        if row is None:
            self._interval = interval
        elif (flow := self._flows.get(row)) is not None:
            flow.interval = interval

    def _enter(self, row: R, flow: _Flow, at: int) -> None:
        """A row is due at that moment, unless it is sooner."""
        if flow.is_resting or (flow.due_at is not None and flow.due_at <= at):
            return
        flow.due_at = at
        self._entries += 1
        heappush(self._queue, (at, self._entries, row))

    def _first(self) -> tuple[int, R, _Flow] | None:
        """Who is due first, and when."""
        while self._queue:
            at, _, row = self._queue[0]
            flow = self._flows.get(row)
            if flow is not None and flow.due_at == at and not flow.is_resting:
                return at, row, flow
            heappop(self._queue)
        return None

    def _allowed_at(self) -> int:
        return self._spent_until - _BURST if self._cost else 0

    def due(self, now: int) -> Iterator[Turn[R]]:
        """The turns that are due, as far as the budget goes."""
        while (first := self._first()) is not None:
            at, row, flow = first
            planned = max(at, self._allowed_at())
            if planned > now:
                return
            heappop(self._queue)
            self._spent_until = max(self._spent_until, now) + self._cost
            self._launch(row, flow, now)
            yield planned, (row,)

    def _launch(self, row: R, flow: _Flow, now: int) -> None:
        is_filling = flow.sent + 1 < self._window  # the first window goes out at once
        flow.sent += 1
        flow.last = now
        flow.due_at = None
        if is_filling:
            self._enter(row, flow, now)
        elif flow.in_flight < self._window:
            self._enter(row, flow, now + self._gap)
        elif self._wait is not None:
            self._enter(row, flow, now + max(self._wait, self._gap))

    def answered(self, row: R, number: int, at: int) -> None:
        """Room for one more."""
        self._acknowledge(row, number, at, self._gap)

    def missed(self, row: R, number: int, at: int) -> None:
        """Room for one more, when it is time for one."""
        flow = self._flows.get(row)
        interval = self._interval if flow is None or flow.interval is None else flow.interval
        self._acknowledge(row, number, at, max(self._gap, interval if self._wait is None else self._wait))

    def _acknowledge(self, row: R, number: int, at: int, least: int) -> None:
        flow = self._flows.get(row)
        if flow is None or flow.last is None:
            return
        flow.acknowledged = max(flow.acknowledged, min(number + 1, flow.sent))
        if flow.in_flight < self._window:
            self._enter(row, flow, max(at, flow.last + least))

    def revived(self, row: R) -> None:
        """Nothing is waited for on its account."""

    def rest(self, row: R) -> None:
        """A row has no more turns until it is reset."""
        if (flow := self._flows.get(row)) is not None:
            flow.is_resting, flow.due_at = True, None

    def reset(self, row: R, now: int) -> None:
        """Whatever is in flight will never be told of."""
        if (flow := self._flows.get(row)) is not None:
            flow.is_resting, flow.acknowledged = False, flow.sent
            self._enter(row, flow, now if flow.last is None else max(now, flow.last + self._gap))

    def deadline(self) -> int | None:
        """When the next turn is due; None where that depends on answers."""
        first = self._first()
        return None if first is None else max(first[0], self._allowed_at())

    def tick(self, moment: int) -> int:
        """This very moment: an answer is waited for in any case."""
        return moment
