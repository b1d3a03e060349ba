"""Statistics of round-trip times: each number with the formula that it stands for.

Times come in as integers in nanoseconds, one at a time. Nothing is sampled or approximated: mean and
deviation are of all RTTs ever added, the percentiles exact over those not yet forgotten.
"""

from array import array
from bisect import bisect_left, insort
from math import sqrt

from app.engine.snapshot import RttSummary


class RttStatistics:
    """The running statistics of one row's RTTs, kept by the engine's thread."""

    __slots__ = ("_deviations", "_jitter", "_last", "_maximum", "_mean", "_minimum", "_ordered", "_summary", "count")

    def __init__(self) -> None:
        self.count = 0
        self._mean = 0.0
        self._deviations = 0.0
        self._jitter = 0.0
        self._last = self._minimum = self._maximum = 0
        self._ordered = array("q")
        self._summary: RttSummary | None = None

    def add(self, rtt: int) -> None:
        """Take one more RTT, in the order in which the replies were read.

        Mean and sum of squared deviations by Welford's recurrence (Technometrics 4 (3), 1962), which
        does not cancel. Jitter is RFC 3550, section 6.4.1, J += (|D| - J) / 16, with D the difference
        of successive RTTs; the first RTT has no predecessor and is no jitter.
        """
        if self.count == 0:
            self._minimum = self._maximum = rtt
        else:
            self._jitter += (abs(rtt - self._last) - self._jitter) / 16
            self._minimum = min(self._minimum, rtt)
            self._maximum = max(self._maximum, rtt)
        self.count += 1
        difference = rtt - self._mean
        self._mean += difference / self.count
        self._deviations += difference * (rtt - self._mean)
        self._last = rtt
        insort(self._ordered, rtt)
        self._summary = None

    def forget(self, rtt: int) -> None:
        """Leave one RTT out of the percentiles from now on. It was added before, and stays in all else."""
        index = bisect_left(self._ordered, rtt)
        if index < len(self._ordered) and self._ordered[index] == rtt:
            del self._ordered[index]
            self._summary = None

    def percentile(self, percent: int) -> int:
        """The smallest RTT that at least `percent` % do not exceed (nearest rank, RFC 2330, section 11.3).

        At least one RTT must have been added and not forgotten.
        """
        rank = -(-percent * len(self._ordered) // 100)
        return self._ordered[max(rank, 1) - 1]

    def summary(self) -> RttSummary | None:
        """All of it, frozen; None before the first RTT. The same object until something changes."""
        if self._summary is None and self._ordered:
            self._summary = RttSummary(
                last=self._last,
                minimum=self._minimum,
                maximum=self._maximum,
                mean=self._mean,
                stddev=sqrt(self._deviations / self.count),
                median=self.percentile(50),
                p95=self.percentile(95),
                p99=self.percentile(99),
                jitter=self._jitter,
            )
        return self._summary
