"""Which probes may have had answers that this host itself had no room for: those are unknown, and no loss.

A receive buffer that was full says how many packets it dropped and since when, not whose they were. So every probe that
waited for an answer at that time and has none is one of which nothing can be known.
"""

from collections import deque
from collections.abc import Sequence
from typing import Generic

from app.engine.datagram import Drops
from app.engine.flights import O
from app.engine.samples.series import Series
from app.engine.snapshot import Outcome

#: How long after a probe's deadline its host may tell that it dropped something.
_PATIENCE = 2_500_000_000


class OwnDrops(Generic[O]):
    """The times in which packets were dropped here, and the probes that were given up lately."""

    def __init__(self, timeout: int) -> None:
        self._timeout = timeout
        self.packets = 0  #: so many in all
        self._times: deque[tuple[int, int]] = deque()
        self._lost: deque[tuple[int, O, Series, int]] = deque()

    def tell(self, drops: Drops) -> Sequence[tuple[O, int]]:
        """Packets were dropped; the probes that count as lost and may have been answered by one of them."""
        self.packets += drops.packets
        since = drops.since
        while self._times and since <= self._times[-1][1]:
            since = min(since, self._times.pop()[0])
        self._times.append((since, drops.at))
        while self._times[0][1] < drops.at - self._timeout - _PATIENCE:
            self._times.popleft()
        hit: list[tuple[int, O, Series, int]] = []
        others: list[tuple[int, O, Series, int]] = []
        for entry in self._lost:
            (hit if self._waited(entry[0], drops.since, drops.at) else others).append(entry)
        self._lost = deque(others)
        return [
            (row, number)
            for _, row, series, number in hit
            if row.series is series and series.outcome(number) is Outcome.LOST
        ]

    def _waited(self, sent_at: int, since: int, until: int) -> bool:
        return sent_at <= until and since <= sent_at + self._timeout

    def may_have_hit(self, sent_at: int) -> bool:
        """Whether the answer to a probe may be among them."""
        return any(self._waited(sent_at, since, until) for since, until in self._times)

    def lost(self, row: O, number: int, sent_at: int) -> None:
        """A probe went unanswered, as far as is known now."""
        self._lost.append((sent_at, row, row.series, number))
        while self._lost[0][0] < sent_at - _PATIENCE:
            self._lost.popleft()

    def forget(self) -> None:
        """Count anew."""
        self.packets = 0
        self._times.clear()
        self._lost.clear()
