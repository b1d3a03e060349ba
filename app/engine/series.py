"""The probes of one row: what became of each, in columns, and the ledger over all of them.

Probes are numbered from 0 in the order of sending and never renumbered. The newest `kept` of them are
remembered one by one (25 bytes each, arrays that the garbage collector does not look into); of older ones
only the counts remain. A probe still in flight is never dropped, so a series may for a while be longer.
"""

from array import array

from app.engine.snapshot import Ledger, Outcome, Samples
from app.engine.stats import RttStatistics
from app.engine.sweep import Sweep

KEPT = 3_600  #: an hour at one probe a second
_OUTCOMES = tuple(Outcome)  # by value; calling an enum costs ten times as much


class Series:
    """The history, ledger and RTT statistics of one row, owned by the engine's thread.

    `token` is the name of probe number 0; probe n is called `token + n`.
    """

    __slots__ = ("_counts", "_kept", "_outcomes", "_rtts", "_sent_at", "_start", "_token", "_tokens", "duplicates",
                 "following", "rtt", "sweep")  # fmt: skip

    def __init__(self, token: int, *, first: int = 0, kept: int = KEPT, sweep: Sweep | None = None) -> None:
        self.following = first  #: the number that the next probe will have
        self.rtt = RttStatistics()
        self.duplicates = 0
        self.sweep = sweep  #: the same by the size of the probes; None where all have one
        self._token = token
        self._kept = kept
        self._start = 0  # of the columns' entries, how many at the front are forgotten already
        self._counts = [0] * len(Outcome)
        self._sent_at, self._rtts, self._tokens = array("q"), array("q"), array("q")
        self._outcomes = bytearray()

    @property
    def first(self) -> int:
        """The number of the oldest probe that is still remembered."""
        return self.following - len(self._outcomes) + self._start

    @property
    def in_flight(self) -> int:
        """How many probes wait for an answer."""
        return self._counts[Outcome.IN_FLIGHT]

    @property
    def sent(self) -> int:
        """How many probes were entered, those that failed included."""
        return sum(self._counts)

    @property
    def replied(self) -> int:
        """How many probes were answered in time."""
        return self._counts[Outcome.REPLIED]

    def launch(self, sent_at: int) -> int:
        """Enter a probe that is sent now, and say its number."""
        self._sent_at.append(sent_at)
        self._rtts.append(-1)
        self._tokens.append(self._token + self.following)
        self._outcomes.append(Outcome.IN_FLIGHT)
        self._counts[Outcome.IN_FLIGHT] += 1
        self.following += 1
        if self.sweep is not None:
            self.sweep.launch(self.following - 1)
        self._forget_oldest()
        return self.following - 1

    def _forget_oldest(self) -> None:
        while len(self._outcomes) - self._start > self._kept and self._outcomes[self._start] != Outcome.IN_FLIGHT:
            if self._outcomes[self._start] == Outcome.REPLIED:
                self.rtt.forget(self._rtts[self._start])
            self._start += 1
        if self._start > max(64, self._kept // 4):  # moving the rest down costs less, the rarer it is done
            for column in (self._sent_at, self._rtts, self._tokens, self._outcomes):
                del column[: self._start]
            self._start = 0

    def outcome(self, number: int) -> Outcome | None:
        """What became of a probe; None where it is no longer, or not yet, known."""
        index = number - self.following + len(self._outcomes)
        return _OUTCOMES[self._outcomes[index]] if self._start <= index < len(self._outcomes) else None

    def sent_at(self, number: int) -> int:
        """When a remembered probe left, by the best stamp so far."""
        return self._sent_at[self._index(number)]

    def restamp(self, number: int, sent_at: int) -> None:
        """Say better when a remembered probe left."""
        self._sent_at[self._index(number)] = sent_at

    def decide(self, number: int, outcome: Outcome, rtt: int = -1) -> None:
        """Move a remembered probe to another column of the ledger."""
        index = self._index(number)
        if self.sweep is not None:
            self.sweep.decide(number, _OUTCOMES[self._outcomes[index]], outcome)
        self._counts[self._outcomes[index]] -= 1
        self._counts[outcome] += 1
        self._outcomes[index] = outcome
        self._rtts[index] = rtt

    def settle(self, number: int, rtt: int) -> None:
        """Take the RTT of a probe that was replied to into the statistics: once, when its stamps are final."""
        if number >= self.first:
            self._rtts[self._index(number)] = rtt
            self.rtt.add(rtt)
            if self.sweep is not None:
                self.sweep.settle(number, rtt)

    def _index(self, number: int) -> int:
        return number - self.following + len(self._outcomes)

    def ledger(self) -> Ledger:
        """Where every probe of this row went."""
        counts = self._counts
        return Ledger(
            sent=sum(counts),
            replied=counts[Outcome.REPLIED],
            lost=counts[Outcome.LOST] + counts[Outcome.LATE],
            in_flight=counts[Outcome.IN_FLIGHT],
            failed=counts[Outcome.FAILED] + counts[Outcome.UNKNOWN],
            late=counts[Outcome.LATE],
            duplicates=self.duplicates,
            unknown=counts[Outcome.UNKNOWN],
        )

    def samples(self, newest: int | None = None) -> Samples:
        """The `newest` probes, or all that are remembered, as columns of their own."""
        start = self._start if newest is None else max(self._start, len(self._outcomes) - newest)
        return Samples(self._sent_at[start:], self._rtts[start:], bytes(self._outcomes[start:]), self._tokens[start:])
