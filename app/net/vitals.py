"""What a runner notes of its own work, and the condition that is made of it when somebody asks.

All of it belongs to the running thread but for `ask`. It costs a few additions a batch, and system calls only while
somebody asks.
"""

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from app.engine.datagram import Outgoing
from app.net.link import Link

if TYPE_CHECKING:
    from app.engine.condition import EngineCondition, Lateness

#: What "the last while" is: between one and two of these, in nanoseconds.
WHILE = 5_000_000_000

#: A condition is made no sooner than so many nanoseconds after the one before.
LEAST = 250_000_000

#: So many probes of a batch are looked at, evenly spread, for how late the whole batch was.
LOOKS = 8

#: Steps to each doubling of a lateness: what is told is true to a sixteenth.
_STEPS = 8
_LONGEST = (1 << 40) - 1  #: nanoseconds: a quarter of an hour


class Tally:
    """How late how many probes were, in steps of an eighth of a doubling; the most is kept exactly."""

    def __init__(self) -> None:
        self.counts = [0] * (41 * _STEPS)
        self.probes = 0
        self.most = 0

    def add(self, lateness: int, probes: int) -> None:
        """So many probes were handed over so many nanoseconds after their moment."""
        bounded = min(max(lateness, _STEPS), _LONGEST)
        doublings = bounded.bit_length() - 4
        self.counts[doublings * _STEPS + (bounded >> doublings)] += probes
        self.probes += probes
        self.most = max(self.most, lateness)

    def merged(self, other: "Tally") -> "Tally":
        """What both have counted."""
        both = Tally()
        both.counts = [one + two for one, two in zip(self.counts, other.counts, strict=True)]
        both.probes, both.most = self.probes + other.probes, max(self.most, other.most)
        return both

    def quantile(self, share: float) -> int:
        """The lateness that so great a share of the probes did not exceed; 0 where there were none."""
        left = share * self.probes
        for place, count in enumerate(self.counts):
            left -= count
            if count and left <= 0:
                doublings, step = divmod(place, _STEPS)
                # A place holds what begins with the same four bits; its middle stands for it.
                doublings, step = doublings - 1, step + _STEPS
                return min(self.most, (step << doublings) + (1 << doublings >> 1))
        return self.most


class Vitals:
    """The work of one runner, counted."""

    def __init__(self, name: str, now: int) -> None:
        self.condition: EngineCondition | None = None  #: the newest that was made
        self._name = name
        self._is_asked = False
        self._sent = self._turns = 0
        self._late, self._later = Tally(), Tally()  # of this while and of the one before
        self._mark = self._before = (now, 0, 0)  # when the two began, with what had been sent and how many turns

    def ask(self) -> bool:
        """Somebody wants to know, from any thread; whether nobody had asked yet since the last answer."""
        is_news, self._is_asked = not self._is_asked, True
        return is_news

    def handed(self, batch: Sequence[Outgoing], now: int) -> None:
        """A batch was handed to the link; its probes are in the order of their moments."""
        count = len(batch)
        self._sent += count
        looks = min(count, LOOKS)
        for look in range(looks):
            first, behind = look * count // looks, (look + 1) * count // looks
            if (due_at := batch[first].due_at) is not None:
                self._late.add(now - due_at, behind - first)

    def turned(self, now: int) -> None:
        """One more turn was made."""
        self._turns += 1
        if now - self._mark[0] >= WHILE:
            self._before, self._mark = self._mark, (now, self._sent, self._turns)
            self._late, self._later = Tally(), self._late

    def answer(self, link: Link, now: int, logged: int) -> None:
        """Make the condition anew where somebody asked; `logged` packets were sent or received so far."""
        if not self._is_asked or (self.condition is not None and now - self.condition.at < LEAST):
            return
        from app.engine.condition import EngineCondition  # most runs are never asked

        self._is_asked = False
        began, sent, turns = self._before
        span = max(now - began, 1)
        self.condition = EngineCondition(
            name=self._name,
            at=now,
            cpu=time.thread_time_ns(),
            sent=self._sent,
            received=max(0, logged - self._sent),
            rate=(self._sent - sent) * 1e9 / span,
            tick=span // (self._turns - turns) if self._turns > turns + 1 else None,
            lateness=self._lateness(),
            link=link.condition(),
        )

    def _lateness(self) -> "Lateness | None":
        from app.engine.condition import Lateness

        late = self._late.merged(self._later)
        return Lateness(late.quantile(0.5), late.quantile(0.99), late.most) if late.probes else None
