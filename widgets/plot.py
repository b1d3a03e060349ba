"""A target's round-trip times over time, as dots: pure geometry, which the chart then inks.

Time runs to the right in whole dots, so that the picture moves by a dot at a time and never shimmers.
Between two answered probes the line holds the first one's level; a probe that was not answered leaves a gap.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from app.engine.snapshot import Outcome, Samples
from widgets.axis import levels
from widgets.braille import Dots
from widgets.glyphs import Glyphs


@dataclass(frozen=True, slots=True)
class View:
    """The part of time that is shown, in nanoseconds: `span` up to `until`."""

    until: int
    span: int

    def snapped(self, columns: int) -> "View":
        """The same view with its right edge on a whole dot."""
        dot = max(1, self.span // max(1, columns))
        return View(-(-self.until // dot) * dot, dot * columns)

    def column(self, moment: int, columns: int) -> int:
        """The column of dots that a moment falls into; outside of 0..columns-1 where it is not in view."""
        return (moment - self.until + self.span) * columns // self.span


@dataclass(frozen=True, slots=True)
class Plot:
    """What is in view: dots of answers in time and late, a sign a cell for what was not answered."""

    view: View
    answered: Dots
    area: Dots  #: what lies under the answers
    late: Dots
    marks: str
    low: float
    high: float
    ticks: tuple[float, ...]  #: round values of the vertical axis, rising

    def dot(self, rtt: float) -> int:
        """The dot row of a round-trip time."""
        return round((rtt - self.low) / (self.high - self.low) * (self.answered.rows - 1))

    def answer(self, x: int, low: int, high: int) -> None:
        """Set the dots of answers in a column, and those of the area under them."""
        self.answered.rise(x, low, high)
        self.area.rise(x, 0, high)

    def line_of(self, rtt: float) -> int:
        """The line of cells, counted from the top, in which a round-trip time lies."""
        return self.answered.height - 1 - self.dot(rtt) // 4


def plot(samples: Samples, view: View, *, width: int, height: int, glyphs: Glyphs, from_zero: bool) -> Plot:
    """Draw the samples in view into `width` by `height` cells."""
    view = view.snapped(width * 2)
    first, last = _in_view(samples, view)
    # What answered late would press all others flat: it is drawn up to the edge.
    pairs = zip(samples.outcome[first:last], samples.rtt[first:last], strict=True)
    rtts = [rtt for outcome, rtt in pairs if outcome == Outcome.REPLIED and rtt > 0]
    lowest, highest = (min(rtts), max(rtts)) if rtts else (0, 1_000_000)
    # A scale from zero wastes a far host's picture: where all answers lie close together, look closer.
    if from_zero or lowest < highest / 2:
        lowest = 0
    else:
        margin = max((highest - lowest) / 4, highest * 0.01)
        lowest, highest = max(0, int(lowest - margin)), int(highest + margin)
    ticks = levels(lowest, highest, max(2, height // 3))
    empty = (Dots(width, height), Dots(width, height), Dots(width, height))
    result = Plot(view, *empty, "", ticks[0], ticks[-1], ticks)
    return replace(result, marks=_draw(result, samples, range(first, last), glyphs))


def _in_view(samples: Samples, view: View) -> tuple[int, int]:
    """The samples that lie in view, and one before them, from which the line comes."""
    start = view.until - view.span
    first = next((i for i in range(len(samples) - 1, -1, -1) if samples.sent_at[i] < start), 0)
    last = len(samples)
    while last > first and samples.sent_at[last - 1] > view.until:
        last -= 1
    return first, last


def _draw(target: Plot, samples: Samples, indices: Sequence[int], glyphs: Glyphs) -> str:
    """Set the dots; the signs of what was not answered are the result."""
    columns = target.answered.columns
    signs = {
        Outcome.IN_FLIGHT: glyphs.flight,
        Outcome.UNKNOWN: glyphs.unknown,
        Outcome.FAILED: glyphs.failed,
        Outcome.LOST: glyphs.lost,
    }
    urgency = {" ": 0, **{sign: place for place, sign in enumerate(signs.values(), start=1)}}
    marks = [" "] * target.answered.width
    before: tuple[int, int] | None = None
    for index in indices:
        x = target.view.column(samples.sent_at[index], columns)
        outcome, rtt = Outcome(samples.outcome[index]), samples.rtt[index]
        if outcome == Outcome.REPLIED and rtt > 0:
            y = target.dot(rtt)
            if before is not None:
                for between in range(max(0, before[0] + 1), x):
                    target.answer(between, before[1], before[1])
                target.answer(x, min(before[1], y), max(before[1], y))
            target.answer(x, y, y)
            before = (x, y)
            continue
        before = None
        if outcome == Outcome.LATE and rtt > 0:
            target.late.rise(x, 0, target.dot(rtt))
        if 0 <= x < columns and urgency[sign := signs.get(outcome, glyphs.lost)] > urgency[marks[x // 2]]:
            marks[x // 2] = sign
    return "".join(marks)
