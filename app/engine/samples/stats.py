"""Statistics of round-trip times: each number with the formula that it stands for.

Times come in as integers in nanoseconds, one at a time. Mean, deviation, extremes and jitter are of all RTTs
ever added. The percentiles are over those not yet forgotten: exact up to `EXACT` of them; of more, within
0.4 % by a sketch (`app.engine.samples.sketch`), which takes a fraction of the room.
"""

from array import array
from bisect import bisect_left, insort
from math import sqrt

from app.engine.samples.rttcode import time_code
from app.engine.samples.sketch import Sketch
from app.engine.snapshot import RttSummary

EXACT = 240  #: RTTs of which the percentiles are exact
_PERCENTS = (50, 95, 99)


class RttStatistics:
    """The running statistics of one row's RTTs, kept by the engine's thread."""

    __slots__ = ("_deviations", "_jitter", "_maximum", "_mean", "_ordered", "_sketch", "_summary", "count", "last",
                 "minimum")  # fmt: skip

    def __init__(self) -> None:
        self.count = 0
        self.last = 0  #: the newest; 0 before the first
        self.minimum = 0  #: the shortest; 0 before the first
        self._mean = 0.0
        self._deviations = 0.0
        self._jitter = 0.0
        self._maximum = 0
        self._ordered: array[int] | None = array("q")  # None once there are too many
        self._sketch: Sketch | None = None  # then
        self._summary: RttSummary | None = None

    def add(self, rtt: int) -> None:
        """Take one more RTT, in the order in which the replies were read.

        Mean and sum of squared deviations by Welford's recurrence (Technometrics 4 (3), 1962), which
        does not cancel. Jitter is RFC 3550, section 6.4.1, J += (|D| - J) / 16, with D the difference
        of successive RTTs; the first RTT has no predecessor and is no jitter.
        """
        count = self.count
        if count == 0:
            self.minimum = self._maximum = rtt
        else:
            self._jitter += (abs(rtt - self.last) - self._jitter) / 16
            if rtt < self.minimum:
                self.minimum = rtt
            elif rtt > self._maximum:
                self._maximum = rtt
        self.count = count = count + 1
        difference = rtt - self._mean
        self._mean = mean = self._mean + difference / count
        self._deviations += difference * (rtt - mean)
        self.last = rtt
        self._summary = None
        if self._ordered is None:
            assert self._sketch is not None
            self._sketch.add(time_code(rtt))
        else:
            insort(self._ordered, rtt)
            if len(self._ordered) > EXACT:
                self._sketch, self._ordered = Sketch.of(self._ordered), None

    def forget(self, rtt: int) -> None:
        """Leave one RTT, or one that has the same code, out of the percentiles. It was added, and stays in all else."""
        if self._sketch is not None:
            self._sketch.remove(time_code(rtt))
        elif self._ordered is not None:
            index = self._nearest(self._ordered, rtt)
            if index is None:
                return
            del self._ordered[index]
        self._summary = None

    @staticmethod
    def _nearest(ordered: "array[int]", rtt: int) -> int | None:
        """Where an RTT stands, or else one beside it that has the same code."""
        index, code = bisect_left(ordered, rtt), time_code(rtt)
        for beside in (index, index - 1):
            if 0 <= beside < len(ordered) and time_code(ordered[beside]) == code:
                return beside
        return None

    def percentile(self, percent: int) -> int:
        """The smallest RTT that at least `percent` % do not exceed (nearest rank, RFC 2330, section 11.3).

        At least one RTT must have been added and not forgotten.
        """
        return self._percentiles((percent,))[0]

    def _percentiles(self, percents: tuple[int, ...]) -> list[int]:
        if self._sketch is not None:
            return [max(self.minimum, min(rtt, self._maximum)) for rtt in self._sketch.percentiles(percents)]
        ordered = self._ordered
        assert ordered is not None
        return [ordered[max(-(-percent * len(ordered) // 100), 1) - 1] for percent in percents]

    def summary(self) -> RttSummary | None:
        """All of it, frozen; None before the first RTT. The same object until something changes."""
        if self._summary is None and (self._ordered or (self._sketch is not None and self._sketch.buckets)):
            median, p95, p99 = self._percentiles(_PERCENTS)
            self._summary = RttSummary(
                last=self.last,
                minimum=self.minimum,
                maximum=self._maximum,
                mean=self._mean,
                stddev=sqrt(self._deviations / self.count),
                median=median,
                p95=p95,
                p99=p99,
                jitter=self._jitter,
            )
        return self._summary
