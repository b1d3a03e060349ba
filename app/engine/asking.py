"""When a trace asks which TTL: the pace of its rounds, and how long to wait before asking again.

Measured over chains with loss, silence and 288 ms of distance; the numbers are judgements from there.
"""

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple, Self

from app.engine.hop import Hop

NEAR, NEAR_PACE, FAR_PACE = 8, 1_000_000, 4_000_000  #: TTL 1..8 a millisecond apart, the others four
LEAST_PATIENCE = 20_000_000
TAIL_PATIENCE = 500_000_000
HOLE_TRIES, TAIL_TRIES = 3, 2


class Turn(NamedTuple):
    """A TTL is to be asked, by a probe of a flow."""

    at: int
    ttl: int
    flow: int = 0


def first_round(now: int, first: int, last: int) -> deque[Turn]:
    """All TTLs at once, by the first flow, paced so that a router's ICMP limit is not met by a burst."""
    plan: deque[Turn] = deque()
    for ttl in range(first, last + 1):
        plan.append(Turn(now, ttl))
        now += NEAR_PACE if ttl <= NEAR else FAR_PACE
    return plan


def later_round(start: int, interval: int, first: int, lengths: Mapping[int, int]) -> deque[Turn]:
    """Each TTL of each flow, spread evenly over the interval. `lengths` has the last TTL of each flow.

    One flow after the other: so a router, which may answer once a second only, is asked at even intervals.
    """
    turns = [(ttl, flow) for flow, last in lengths.items() for ttl in range(first, max(last, first) + 1)]
    return deque(Turn(start + index * interval // len(turns), *turn) for index, turn in enumerate(turns))


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
    def about(cls, hop: Hop, rtt_above: int | None, timeout: int) -> Self:
        """`rtt_above` is the RTT of the next farther hop that answered: a hole below it should have by then.

        Where no farther hop has answered there is nothing to go by but the timeout.
        """
        if rtt_above is not None:
            patience = max(LEAST_PATIENCE, rtt_above * 3 // 2)
            return cls(hop.last_sent_at + min(patience, timeout), hop.tries < HOLE_TRIES)
        if hop.tries < TAIL_TRIES and timeout > TAIL_PATIENCE:
            return cls(hop.last_sent_at + TAIL_PATIENCE, is_resend=True)
        return cls(hop.first_sent_at + timeout, is_resend=False)


def questions(hops: Iterable[Hop], timeout: int) -> list[tuple[Hop, Question]]:
    """The hops that nobody has answered for and that are not given up, and what to do about each."""
    rtt_above: int | None = None
    asked = []
    for hop in sorted(hops, key=lambda hop: hop.ttl, reverse=True):
        if not hop.has_answered and not hop.is_given_up:
            asked.append((hop, Question.about(hop, rtt_above, timeout)))
        rtt_above = hop.longest_rtt if hop.longest_rtt is not None else rtt_above
    return asked
