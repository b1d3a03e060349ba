"""A sweep: the probes of a row have one size after another, and every size has a ledger of its own.

Which size a probe has is a matter of its number (`app.engine.pinging.template`).
"""

from collections import deque
from collections.abc import Sequence

from app.engine.samples.stats import RttStatistics
from app.engine.snapshot import Ledger, Outcome, SizeRow

_KEPT = 600  #: RTTs of a size that its percentiles are over


class _Size:
    """What became of the probes of one size."""

    __slots__ = ("counts", "kept", "rtt")

    def __init__(self) -> None:
        self.counts = [0] * len(Outcome)
        self.rtt = RttStatistics()
        self.kept: deque[int] = deque()

    def ledger(self) -> Ledger:
        counts = self.counts
        return Ledger(
            sent=sum(counts),
            replied=counts[Outcome.REPLIED],
            lost=counts[Outcome.LOST] + counts[Outcome.LATE],
            in_flight=counts[Outcome.IN_FLIGHT],
            failed=counts[Outcome.FAILED] + counts[Outcome.UNKNOWN],
            late=counts[Outcome.LATE],
            unknown=counts[Outcome.UNKNOWN],
        )


class Sweep:
    """The ledgers and RTT statistics of a row by the size of its probes, owned by the engine's thread."""

    __slots__ = ("_by_place", "_sizes")

    def __init__(self, sizes: Sequence[int]) -> None:
        self._sizes = sizes
        self._by_place = [_Size() for _ in sizes]

    @staticmethod
    def of(sizes: Sequence[int]) -> "Sweep | None":
        """A sweep through sizes; None where there are none."""
        return Sweep(sizes) if sizes else None

    def _of(self, number: int) -> _Size:
        return self._by_place[number % len(self._sizes)]

    def launch(self, number: int) -> None:
        """Probe `number` of the row is entered."""
        self._of(number).counts[Outcome.IN_FLIGHT] += 1

    def decide(self, number: int, before: Outcome, after: Outcome) -> None:
        """It moves to another column of its ledger."""
        counts = self._of(number).counts
        counts[before] -= 1
        counts[after] += 1

    def settle(self, number: int, rtt: int) -> None:
        """Its RTT is final."""
        size = self._of(number)
        size.rtt.add(rtt)
        size.kept.append(rtt)
        if len(size.kept) > _KEPT:
            size.rtt.forget(size.kept.popleft())

    def rows(self) -> tuple[SizeRow, ...]:
        """The sizes that were sent, each with what became of its probes."""
        pairs = zip(self._sizes, self._by_place, strict=True)
        return tuple(SizeRow(size, each.ledger(), each.rtt.summary()) for size, each in pairs if any(each.counts))
