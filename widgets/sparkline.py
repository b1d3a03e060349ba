"""A row's newest samples as one line of signs, a cell a probe, the newest at the right.

Bars are round-trip times; a lost probe, one in flight, one that answered late and one that was never sent
each have a sign or an ink of their own. Bars rise by equal ratios, not by equal differences: a
doubling looks the same at 1 ms and at 100 ms, and the noise of a steady host stays flat.
"""

from bisect import bisect
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from rich.segment import Segment

from app.engine.snapshot import Outcome, Samples
from widgets.canvas import Palette
from widgets.glyphs import Glyphs

#: The shortest scale spans this ratio, so that what varies by a few per cent does not look rugged.
SHORTEST = 6.0
#: A bar this many times above the row's median is drawn in the ink of what is raised.
RAISED = 2.0


@dataclass(frozen=True, slots=True)
class Scale:
    """Where one bar ends and the next begins: seven round-trip times in nanoseconds, rising."""

    steps: tuple[float, ...]

    def level(self, rtt: int) -> int:
        """The bar of a round-trip time, 0..7."""
        return bisect(self.steps, rtt)


def scale_of(rtts: Iterable[int]) -> Scale:
    """The scale on which these round-trip times, of one row or of many, are told apart best."""
    measured = [rtt for rtt in rtts if rtt > 0]
    if not measured:
        return Scale(())
    # Half a step below the lowest, so that a steady row stands on the second bar and not on the floor.
    low = min(measured) / 1.35
    high = max(max(measured), low * SHORTEST)
    ratio = (high / low) ** (1 / 8)
    return Scale(tuple(low * ratio**step for step in range(1, 8)))


def in_time(samples: Samples, newest: int) -> list[int]:
    """The RTTs of the newest samples that were answered in time: a late one would press all others flat."""
    pairs = zip(samples.outcome[-newest:], samples.rtt[-newest:], strict=True)
    return [rtt for outcome, rtt in pairs if outcome == Outcome.REPLIED]


def sparkline(
    palette: Palette,
    glyphs: Glyphs,
    samples: Samples,
    width: int,
    *,
    scale: Scale | None = None,
    median: int | None = None,
) -> Sequence[Segment]:
    """The newest `width` samples, right-aligned; on the row's own scale where none is given."""
    first = max(0, len(samples) - width)
    rtts, outcomes = samples.rtt[first:], samples.outcome[first:]
    own = scale or scale_of(in_time(samples, width))
    raised = (median or _median(rtts)) * RAISED
    cells = [_cell(glyphs, own, raised, outcome, rtt) for outcome, rtt in zip(outcomes, rtts, strict=True)]
    blank = Segment(" " * (width - len(cells)))
    runs = [
        Segment("".join(sign for _, sign in run), palette.ink(name))
        for name, run in groupby(cells, lambda cell: cell[0])
    ]
    return [blank, *runs] if blank.text else runs


def _cell(glyphs: Glyphs, scale: Scale, raised: float, outcome: int, rtt: int) -> tuple[str, str]:
    """The ink and the sign of one probe."""
    if outcome == Outcome.REPLIED:
        return ("raised" if rtt > raised else "rtt"), glyphs.bars[scale.level(rtt)]
    if outcome == Outcome.LATE and rtt > 0:
        return "late", glyphs.bars[scale.level(rtt)]
    if outcome == Outcome.IN_FLIGHT:
        return "flight", glyphs.flight
    if outcome == Outcome.FAILED:
        return "failed", glyphs.failed
    if outcome == Outcome.UNKNOWN:
        return "unknown", glyphs.unknown
    return "loss", glyphs.lost


def _median(rtts: Sequence[int]) -> int:
    measured = sorted(rtt for rtt in rtts if rtt > 0)
    return measured[len(measured) // 2] if measured else 0
