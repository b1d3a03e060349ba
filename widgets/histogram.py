"""How often each round-trip time was measured: one line a bin, the bins rising by equal ratios."""

from bisect import bisect
from collections.abc import Sequence
from dataclasses import dataclass

from rich.segment import Segment

from app.engine.snapshot import Outcome, RttSummary, Samples
from app.engine.wording import duration
from widgets.canvas import Canvas
from widgets.glyphs import UNICODE, Glyphs
from widgets.sparkline import RAISED

_EIGHTHS = " ▏▎▍▌▋▊▉"
_LABEL = 10


@dataclass(frozen=True, slots=True)
class Bin:
    """The answers from `low` nanoseconds on, up to the next bin."""

    low: float
    count: int


def histogram(rtts: Sequence[int], bins: int) -> tuple[Bin, ...]:
    """Bins from the shortest to the longest time; their edges rise by equal ratios."""
    if not rtts or bins < 1:
        return ()
    low, high = float(min(rtts)), float(max(rtts))
    # A steady host's few per cent are worth a picture too, but below that only noise is left.
    high = max(high, low * 1.02)
    ratio = (high / low) ** (1 / bins)
    edges = [low * ratio**index for index in range(1, bins)]
    counts = [0] * bins
    for rtt in rtts:
        counts[bisect(edges, rtt)] += 1
    return tuple(Bin(low * ratio**index, count) for index, count in enumerate(counts))


class RttHistogram(Canvas):
    """The distribution of one target's answers."""

    def __init__(self, glyphs: Glyphs = UNICODE) -> None:
        super().__init__()
        self._glyphs = glyphs
        self._samples = Samples()
        self._rtts: list[int] = []
        self._median = 0
        self._bins: tuple[Bin, ...] = ()

    def show(self, samples: Samples, rtt: RttSummary | None) -> None:
        """Show the answers of a history."""
        if samples is self._samples:
            return
        self._samples = samples
        pairs = zip(samples.outcome, samples.rtt, strict=True)
        self._rtts = [value for outcome, value in pairs if outcome == Outcome.REPLIED and value > 0]
        self._median = rtt.median if rtt is not None else 0
        self._bins = ()
        self.refresh()

    def on_resize(self) -> None:
        """As many bins as lines."""
        self._bins = ()

    def paint(self, y: int, width: int) -> Sequence[Segment]:
        """One bin."""
        if not self._bins:
            self._bins = histogram(self._rtts, self.size.height)
        if y >= len(self._bins):
            return ()
        each = self._bins[y]
        count = str(each.count) if each.count else ""
        room = max(1, width - _LABEL - 3 - len(str(len(self._rtts))))
        eighths = round(each.count / max(one.count for one in self._bins) * room * 8)
        bar = self._bar(eighths, has_any=each.count > 0)
        ink = "raised" if each.low > self._median * RAISED else "rtt"
        label = duration(each.low)
        if y and label == duration(self._bins[y - 1].low):
            label = ""
        return (
            Segment(f"{label:>{_LABEL - 1}} ", self.ink("muted")),
            Segment(self._glyphs.edge, self.ink("rule")),
            Segment(bar, self.ink(ink)),
            Segment(f" {count}", self.ink("muted")),
        )

    def _bar(self, eighths: int, *, has_any: bool) -> str:
        """A bar of that length; what was measured at all is never invisible."""
        if not self._glyphs.has_braille:
            return "#" * max(round(eighths / 8), int(has_any))
        whole, rest = divmod(max(eighths, int(has_any)), 8)
        return "█" * whole + (_EIGHTHS[rest] if rest else "")
