"""Round numbers for axes: where the labels of a chart stand and what they say. Nanoseconds throughout."""

from collections.abc import Sequence
from itertools import pairwise
from math import ceil, floor, log10

SECOND = 1_000_000_000
_STEPS = tuple(seconds * SECOND for seconds in (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400))


def round_step(span: float, most: int) -> float:
    """The smallest of 1, 2, 5 times a power of ten of which at most `most` fit into `span`."""
    least = max(span / max(1, most), 1.0)
    power: float = 10 ** floor(log10(least))
    return next(factor * power for factor in (1, 2, 5, 10) if factor * power >= least * 0.999)


def levels(low: float, high: float, most: int) -> tuple[float, ...]:
    """Round values from at or below `low` to at or above `high`, evenly spaced."""
    step = round_step(max(high - low, 1.0), most)
    first, last = floor(low / step), ceil(high / step)
    return tuple(index * step for index in range(first, max(last, first + 1) + 1))


def time_step(span: int, most: int) -> int:
    """The distance between labels of time, so that at most `most` of them stand in `span`."""
    return next((step for step in _STEPS if span / step <= most), _STEPS[-1])


def ago(nanoseconds: int) -> str:
    """A moment before now, as short as can be: "now", "−30 s", "−5 min", "−2 h"."""
    seconds = round(nanoseconds / SECOND)
    if seconds <= 0:
        return "now"
    for scale, unit in ((3600, "h"), (60, "min")):
        if seconds % scale == 0:
            return f"−{seconds // scale} {unit}"
    minutes, seconds = divmod(seconds, 60)
    return f"−{minutes}:{seconds:02d}" if minutes else f"−{seconds} s"


def level_labels(values: Sequence[float]) -> list[str]:
    """Labels of round durations, all in the unit of the greatest, with as many decimals as they need."""
    greatest = max(values)
    scale, unit = next((pair for pair in ((1e9, "s"), (1e6, "ms"), (1e3, "µs")) if greatest >= pair[0]), (1e3, "µs"))
    step = min(b - a for a, b in pairwise(values)) if len(values) > 1 else greatest
    decimals = max(0, -floor(log10(step / scale))) if step > 0 else 0
    return [f"{value / scale:.{decimals}f} {unit}" for value in values]
