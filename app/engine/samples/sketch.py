"""How times are spread, in few bytes: counts in logarithmic buckets, which can be added up and taken away.

As DDSketch (Masson, Rim, Lee; VLDB 2019) it promises a relative error and not a rank error, and sketches of parts are
a sketch of the whole. A bucket holds the times whose codes (`app.engine.samples.rttcode`) have the same upper bits:
1,024 codes are an octave, so a bucket of 2^b codes is at most 2^b/1024 of its time wide, and its middle is no farther
than 2^b/2048 from all that is in it: 0.4 % for the 8 codes of `FINE`, 1.6 % for the 32 of `COARSE`.
"""

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import Self

from app.engine.samples.rttcode import time_code, time_of

_MOST = 0xFFFF  #: that a bucket counts in a dump
FINE, COARSE = 3, 5  #: of a code, how many lower bits a bucket does not look at


class Sketch:
    """Counts of times by bucket, the shortest first; only buckets that hold something are kept."""

    __slots__ = ("bits", "buckets", "counts")

    def __init__(self, bits: int = FINE) -> None:
        self.bits = bits
        self.buckets = array("H")
        self.counts = array("I")

    @classmethod
    def of(cls, times: Iterable[int], bits: int = FINE) -> Self:
        """The sketch of these times."""
        sketch = cls(bits)
        for time in times:
            sketch.add(time_code(time))
        return sketch

    def __len__(self) -> int:
        return sum(self.counts)

    def copy(self) -> Self:
        """The same, to be kept as it is."""
        copied = type(self)(self.bits)
        copied.buckets, copied.counts = self.buckets[:], self.counts[:]
        return copied

    def add(self, code: int, count: int = 1) -> None:
        """Count times of one code."""
        bucket = code >> self.bits
        index = bisect_left(self.buckets, bucket)
        if index < len(self.buckets) and self.buckets[index] == bucket:
            self.counts[index] += count
        else:
            self.buckets.insert(index, bucket)
            self.counts.insert(index, count)

    def remove(self, code: int) -> None:
        """Count a time of that code no more, if one was counted."""
        index = bisect_left(self.buckets, code >> self.bits)
        if index == len(self.buckets) or self.buckets[index] != code >> self.bits:
            return
        self.counts[index] -= 1
        if not self.counts[index]:
            del self.buckets[index], self.counts[index]

    def merge(self, other: "Sketch") -> None:
        """Add what a sketch counted whose buckets are as fine as these, or finer."""
        for bucket, count in zip(other.buckets, other.counts, strict=True):
            self.add(bucket << other.bits, count)

    def percentiles(self, percents: Sequence[int]) -> list[int]:
        """For each, the middle of the bucket of the smallest time that so many % do not exceed; not of an empty one."""
        sums = list(accumulate(self.counts))
        half = (1 << self.bits) - 1
        ranks = (max(1, -(-percent * sums[-1] // 100)) for percent in percents)
        first_codes = (self.buckets[bisect_left(sums, rank)] << self.bits for rank in ranks)
        return [(time_of(code) + time_of(code + half)) // 2 for code in first_codes]

    def dump(self) -> bytes:
        """All of it in bytes: buckets and counts of 16 bits each, divided alike where one would not fit."""
        divisor = max(self.counts, default=0) // _MOST + 1
        counts = array("H", (-(-count // divisor) for count in self.counts))
        return self.buckets.tobytes() + counts.tobytes()

    @classmethod
    def load(cls, dumped: bytes, bits: int) -> Self:
        """The sketch that was dumped."""
        sketch = cls(bits)
        half = len(dumped) // 2
        sketch.buckets.frombytes(dumped[:half])
        counts = array("H")
        counts.frombytes(dumped[half:])
        sketch.counts.extend(counts.tolist())
        return sketch
