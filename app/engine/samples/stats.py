"""Statistics of round-trip times: each number with the formula that it stands for.

Times come in as integers in nanoseconds, one at a time. Mean, deviation, extremes and jitter are of all RTTs
ever added. The percentiles are over those not yet forgotten: exact up to `EXACT` of them; of more, within
0.4 % by a sketch (`app.engine.samples.sketch`), which takes a fraction of the room.
"""

from array import array
from bisect import bisect_left, insort
from collections.abc import Sequence
from math import sqrt

from app.engine.samples.rttcode import time_code
from app.engine.samples.sketch import Sketch
from app.engine.snapshot import RttSummary

EXACT = 240  #: RTTs of which the percentiles are exact
_PERCENTS = (50, 95, 99)


class RttStatistics:
    """The running statistics of one row's RTTs, kept by the engine's thread."""

    __slots__ = ("_deviations", "_jitter", "_maximum", "_mean", "_moment", "_ordered", "_sketch", "count", "last",
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
        self._moment: RttMoment | None = None

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
        self._moment = None
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
        self._moment = None

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
        spread = self._ordered if self._sketch is None else self._sketch
        assert spread is not None
        return _percentiles(spread, (percent,), self.minimum, self._maximum)[0]

    def frozen(self) -> "RttMoment | None":
        """All of it as it is now; None before the first RTT. The same object until something changes."""
        if self._moment is None and (self._ordered or (self._sketch is not None and self._sketch.buckets)):
            spread = self._ordered[:] if self._ordered is not None else self._sketch.copy() if self._sketch else None
            assert spread is not None
            self._moment = RttMoment(
                self.count, self.last, self.minimum, self._maximum, self._mean, self._deviations, self._jitter, spread
            )
        return self._moment

    def summary(self) -> RttSummary | None:
        """The same in figures."""
        moment = self.frozen()
        return None if moment is None else moment.summary()


class RttMoment:
    """The statistics of one moment: of most nobody reads the figures, so they are made when somebody does, and once."""

    __slots__ = ("_count", "_deviations", "_jitter", "_maximum", "_mean", "_minimum", "_spread", "_summary", "last")

    def __init__(
        self,
        count: int,
        last: int,
        minimum: int,
        maximum: int,
        mean: float,
        deviations: float,
        jitter: float,
        spread: "array[int] | Sketch",
    ) -> None:
        self.last = last
        self._count = count
        self._minimum = minimum
        self._maximum = maximum
        self._mean = mean
        self._deviations = deviations
        self._jitter = jitter
        self._spread = spread
        self._summary: RttSummary | None = None

    def summary(self) -> RttSummary:
        """Its figures; the same object each time."""
        if self._summary is None:
            median, p95, p99 = _percentiles(self._spread, _PERCENTS, self._minimum, self._maximum)
            self._summary = RttSummary(
                last=self.last,
                minimum=self._minimum,
                maximum=self._maximum,
                mean=self._mean,
                stddev=sqrt(self._deviations / self._count),
                median=median,
                p95=p95,
                p99=p99,
                jitter=self._jitter,
            )
        return self._summary


def _percentiles(spread: "array[int] | Sketch", percents: tuple[int, ...], minimum: int, maximum: int) -> Sequence[int]:
    if isinstance(spread, Sketch):
        return [max(minimum, min(rtt, maximum)) for rtt in spread.percentiles(percents)]
    return [spread[max(-(-percent * len(spread) // 100), 1) - 1] for percent in percents]
