"""When a trace asks which TTL: the pace of its rounds, and how long to wait before asking again.

Measured over chains with loss, silence and 288 ms of distance; the numbers are judgements from there.
"""

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from operator import attrgetter
from typing import NamedTuple, Self

from app.engine.tracing.hop import Hop

NEAR, NEAR_PACE, FAR_PACE = 8, 1_000_000, 3_500_000  #: TTL 1..8 a millisecond apart, the others about four
AHEAD, AHEAD_PACE = 16, 60_000_000  #: so far beyond the last that answered the path has probably ended
BEYOND = 4  #: TTLs that are asked at once where a path is longer than another one was
LEAST_PATIENCE = 10_000_000
JITTER = 2_000_000  #: what an RTT may be longer by, beside a quarter of itself
TAIL_PATIENCE = 500_000_000
HOLE_TRIES, TAIL_TRIES = 3, 2
_STALL = 20_000_000  #: who was held up for so long begins again at the usual pace, without a burst


class Turn(NamedTuple):
    """A TTL is to be asked, by a probe of a flow."""

    at: int
    ttl: int
    flow: int = 0


class Lead(NamedTuple):
    """How far a trace may ask for now, as another that goes ahead has found the path."""

    last: int
    patience: int  #: after so long without an answer it goes on by itself


class Sweep:
    """The first round: TTLs one after another, paced so that a router's ICMP limit is not met by a burst."""

    def __init__(self, now: int, first: int, last: int) -> None:
        self.following: int | None = first  #: the TTL to ask next; None where that was all
        self.at = now  #: and when
        self.is_held = False  #: it waits for an answer before it goes on
        self._last = last
        self._sent_at = now
        self._allowed = 0

    def due(self, now: int, farthest: int, lead: Lead | None = None) -> list[Turn]:
        """The turns that are due. `farthest` is the last TTL that answered."""
        turns = []
        if self.is_held or now - self.at > _STALL:
            self.at = now
        self._hold(now, lead)
        while self.following is not None and self.at <= now:
            turns.append(Turn(self.at, self.following))
            self._sent_at = now
            self.at += self._pace(self.following, farthest)
            self.following = self.following + 1 if self.following < self._last else None
            self._hold(now, lead)
        return turns

    def _hold(self, now: int, lead: Lead | None) -> None:
        """Wait, where it has gone as far as it may, until its patience is over."""
        self.is_held = False
        if lead is None or self.following is None or self.following <= max(lead.last, self._allowed):
            return
        if now >= self._sent_at + lead.patience:
            self._allowed = self.following + BEYOND - 1
        else:
            self.at, self.is_held = self._sent_at + lead.patience, True

    @staticmethod
    def _pace(ttl: int, farthest: int) -> int:
        if ttl - farthest >= AHEAD:
            return AHEAD_PACE
        return NEAR_PACE if ttl <= NEAR else FAR_PACE

    def end(self, last: int) -> None:
        """Ask no TTL beyond `last`."""
        self._last = last
        if self.following is not None and self.following > last:
            self.following = None


def later_round(start: int, interval: int, turns: Iterable[tuple[int, int]]) -> deque[Turn]:
    """Turns of TTL and flow, spread evenly over the interval."""
    turns = list(turns)
    return deque(Turn(start + index * interval // len(turns), *turn) for index, turn in enumerate(turns))


def flow_by_flow(first: int, lengths: Mapping[int, int]) -> list[tuple[int, int]]:
    """Each TTL of each flow, as (TTL, flow). `lengths` has the last TTL of each flow.

    One flow after the other: so a router, which may answer once a second only, is asked at even intervals.
    """
    return [(ttl, flow) for flow, last in lengths.items() for ttl in range(first, max(last, first) + 1)]


def due_turns(plan: deque[Turn], now: int) -> list[Turn]:
    """Take the turns that are due off a plan."""
    due = []
    while plan and plan[0].at <= now:
        due.append(plan.popleft())
    return due


@dataclass(frozen=True, slots=True)
class Question:
    """What to do about a TTL that has not answered: at that moment ask again, or else give up."""

    at: int
    is_resend: bool

    @classmethod
    def about(cls, hop: Hop, rtt_above: int | None, timeout: int, *, tries: int = HOLE_TRIES) -> Self:
        """`rtt_above` is the RTT of the next farther hop that answered: a hole below it should have by then.

        Where no farther hop has answered there is nothing to go by but the timeout. `tries` are those of a hole.
        """
        if rtt_above is not None:
            patience = max(LEAST_PATIENCE, rtt_above * 5 // 4 + JITTER)
            return cls(hop.last_sent_at + min(patience, timeout), hop.tries < tries)
        if hop.tries < TAIL_TRIES and timeout > TAIL_PATIENCE:
            return cls(hop.last_sent_at + TAIL_PATIENCE, is_resend=True)
        return cls(hop.first_sent_at + timeout, is_resend=False)


class Questions:
    """The questions that the first round still has; found again only after something has changed."""

    def __init__(self, hops: Mapping[int, Hop], timeout: int) -> None:
        self._hops = hops
        self._timeout = timeout
        self._open: list[tuple[Hop, Question]] | None = None

    def change(self) -> None:
        """A TTL was asked, answered or given up: other questions are open now."""
        self._open = None

    def open(self) -> list[tuple[Hop, Question]]:
        """The TTLs that nobody has answered for and what to do about each."""
        if self._open is None:
            self._open = questions(self._hops.values(), self._timeout)
        return self._open

    def end(self) -> None:
        """Ask no more of them, and give none up."""
        self._hops, self._open = {}, None

    def again(self, now: int) -> list[Turn]:
        """The turns of those that are to be asked again now."""
        return [Turn(now, hop.ttl) for hop, question in self.open() if question.at <= now and question.is_resend]

    def vain(self, now: int) -> list[Hop]:
        """The hops that are to be given up now."""
        return [hop for hop, question in self.open() if question.at <= now and not question.is_resend]

    def moments(self) -> list[int]:
        """When there is something to do about them."""
        return [question.at for _, question in self.open()]


_TTL = attrgetter("ttl")


def questions(hops: Iterable[Hop], timeout: int) -> list[tuple[Hop, Question]]:
    """The hops that were asked, that nobody has answered for and that are not given up, and what to do about each."""
    hops = sorted(hops, key=_TTL, reverse=True)
    # Where one has answered only when it was asked again, another may be no silent hop either.
    tries = HOLE_TRIES + any(hop.tries > 1 and hop.has_answered for hop in hops)
    rtt_above: int | None = None
    asked = []
    for hop in hops:
        if hop.tries and not hop.is_given_up and not hop.has_answered:
            asked.append((hop, Question.about(hop, rtt_above, timeout, tries=tries)))
        rtt_above = hop.longest_rtt if hop.longest_rtt is not None else rtt_above
    return asked
