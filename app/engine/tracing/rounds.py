"""The rounds of a trace: which hop is asked when, by which flow. It knows no packet and no answer."""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field

from app.engine.tracing.asking import Lead, Sweep, Turn, due_turns, flow_by_flow, later_round
from app.engine.tracing.hop import Hop
from app.engine.tracing.table import Table


@dataclass(slots=True)
class Pace:
    """How often hops are asked once the path is known, in nanoseconds. It outlives a restart of its trace."""

    interval: int  #: of all
    own: dict[int, int] = field(default_factory=dict)  #: of single TTLs


class Rounds:
    """The rounds since a restart; `first` and `most` are the first and last TTL that may be asked."""

    def __init__(self, pace: Pace, first: int, most: int, flows: int) -> None:
        self.number = 0  #: of the round that goes on; 0 before the first
        self.is_charted = False  #: the first round has ended
        self.highest = 0  #: the last TTL that was asked
        self._pace = pace
        self._first = first
        self._most = most
        self._flows = flows
        self._at = 0
        self._sweep: Sweep | None = None
        self._plan: deque[Turn] = deque()
        self._asked: dict[int, int] = {}  # by flow: the last TTL that it was asked
        self._own_at: dict[int, int] = {}  # when a TTL with an interval of its own is due

    @property
    def is_over(self) -> bool:
        """Whether all turns of this round are taken."""
        return not self._plan and (self._sweep is None or self._sweep.following is None)

    @property
    def is_held(self) -> bool:
        """Whether the first round waits for an answer before it goes on."""
        return self._sweep is not None and self._sweep.is_held

    def open(self, now: int, start: int) -> None:
        """Begin the first round at TTL `start`."""
        self.number, self._at = 1, now
        self._sweep = Sweep(now, start, self._most)

    def is_due(self, now: int) -> bool:
        """Whether another round is to begin."""
        return self.is_charted and not self._plan and now >= self._at + self._pace.interval

    def go_on(self, now: int, table: Table) -> None:
        """Begin another round."""
        on_time = self._at + self._pace.interval
        self._at = on_time if now - on_time < self._pace.interval else now
        self.number += 1
        self._spread(self._at, table, range(self._flows))

    def chart(self, now: int, table: Table, *, is_last: bool) -> None:
        """The first round is over; of several flows the others follow now."""
        self.is_charted, self._sweep = True, None
        if self._flows > 1 and not is_last:
            self._at = now
            self._spread(now, table, range(1, self._flows))

    def _spread(self, start: int, table: Table, flows: Iterable[int]) -> None:
        lengths = {flow: table.length(flow) for flow in flows}
        turns = (turn for turn in flow_by_flow(self._first, lengths) if turn[0] not in self._pace.own)
        self._plan = later_round(start, self._pace.interval, turns)

    def ask(self, now: int, ttls: Iterable[int]) -> None:
        """Ask these TTLs as soon as may be."""
        self._plan.extendleft(Turn(now, ttl) for ttl in ttls)

    def is_sweep_due(self, now: int) -> bool:
        """Whether the first round may go on to another TTL, if it is allowed to."""
        return self._sweep is not None and (self._sweep.is_held or self._sweep.at <= now)

    def due(self, now: int, table: Table, lead: Lead | None = None) -> list[Turn]:
        """The turns that are due, within what is known of the path's length."""
        turns = [*due_turns(self._plan, now), *self._own_turns(now, table)]
        if self._sweep is not None and self.is_sweep_due(now):
            turns += self._sweep.due(now, table.answered, lead)
        limit = table.limit if turns else 0
        return [turn for turn in turns if turn.ttl <= limit]

    def _own_turns(self, now: int, table: Table) -> list[Turn]:
        if not self.is_charted:
            return []
        turns = []
        for ttl, interval in self._pace.own.items():
            at = self._own_at.setdefault(ttl, now)
            if ttl in table.hops and at <= now:
                turns += [Turn(now, ttl, flow) for flow in range(self._flows)]
                self._own_at[ttl] = at + interval if now - at < interval else now + interval
        return turns

    def repaced(self, ttl: int, now: int) -> None:
        """A TTL has an interval of its own from now on, or another one."""
        self._own_at[ttl] = min(self._own_at.get(ttl, now), now + self._pace.own[ttl])
        self._plan = deque(turn for turn in self._plan if turn.ttl != ttl)

    def put_back(self, turns: Iterable[Turn]) -> None:
        """Turns that there was no room for now come first the next time."""
        self._plan.extendleft(reversed(list(turns)))

    def took(self, turn: Turn) -> None:
        """A turn was taken."""
        self.highest = max(self.highest, turn.ttl)
        self._asked[turn.flow] = max(self._asked.get(turn.flow, 0), turn.ttl)

    def follow(self, hop: Hop, flow: int, now: int, limit: int) -> None:
        """A flow that was not at its end where the path of the first one ends is asked on, TTL by TTL."""
        is_last = flow > 0 and hop.ttl == self._asked.get(flow) and hop.ttl < limit
        if is_last and hop.tracks[flow].end is None and all(turn.flow != flow for turn in self._plan):
            self._plan.appendleft(Turn(now, hop.ttl + 1, flow))

    def withdraw(self, last: int) -> None:
        """Ask nothing beyond `last`."""
        if self._sweep is not None:
            self._sweep.end(last)
        if any(turn.ttl > last for turn in self._plan):
            self._plan = deque(turn for turn in self._plan if turn.ttl <= last)

    def cancel(self) -> None:
        """Take no more turns."""
        self._sweep = None
        self._plan.clear()

    def deadline(self, table: Table) -> int | None:
        """When the next turn is due, or the next round; None while the first one waits for answers."""
        moments = [self._plan[0].at] if self._plan else []
        if self._sweep is not None and self._sweep.following is not None:
            moments.append(self._sweep.at)
        if self.is_charted:
            moments += [self._own_at.get(ttl, 0) for ttl in self._pace.own if ttl in table.hops]
            if not self._plan:
                moments.append(self._at + self._pace.interval)
        return min(moments, default=None)
