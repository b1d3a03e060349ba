"""All that was measured of a target as a strip: a line of medians over one of losses, the newest at the right.

Each sign is of a round period of the clock on the wall, repeated where the glass is wider, and stands for all probes
that were sent in it. A period without an answer has a sign for why: lost, or not sent (or unknown). Where nothing was
measured there is nothing.
"""

from bisect import bisect
from collections.abc import Callable, Iterable, Sequence
from datetime import tzinfo
from itertools import groupby, pairwise

from rich.segment import Segment

from app.engine.samples.periods import SPANS, fitting_span, periods
from app.engine.samples.rollup import RollUp
from app.engine.wording import duration, percent
from widgets.canvas import Canvas, Palette, fit
from widgets.glyphs import UNICODE, Glyphs
from widgets.moments import moment, offset_of, span_words
from widgets.sparkline import RAISED, scale_of

GUTTER = 9  #: cells left of the strip, as the chart above it has
ROOMY = 100  #: columns from which on the words at the right have figures
BRIEF, FULL = 19, 27  #: cells of the words at the right, without and with figures
LEAST = GUTTER + BRIEF + 8  #: columns that a strip needs
LABEL = 12  #: cells for each time under the strip, at least
#: Where one bar of loss ends and the next begins.
LOSS_STEPS = (0.003, 0.01, 0.03, 0.1, 0.2, 0.4, 0.7)


def worst_of(cells: Iterable[RollUp]) -> RollUp | None:
    """The one that lost most, or where nothing was lost has the longest p95; None where nothing was decided."""
    decided = [cell for cell in cells if cell.loss is not None]
    return max(decided, key=lambda cell: (cell.loss or 0.0, cell.percentile(95) or 0), default=None)


class Strip:
    """The periods of a history, at least one part, in lines of `width` cells; at least LEAST."""

    def __init__(self, parts: Sequence[RollUp], width: int, glyphs: Glyphs, zone: tzinfo | None = None) -> None:
        self._glyphs = glyphs
        self._zone = zone
        self._beside = FULL if width >= ROOMY else BRIEF
        self._room = room = width - GUTTER - self._beside
        self._until = parts[-1].at + parts[-1].span
        self._offset = offset_of(self._until, zone)
        self.span = fitting_span(parts, room, offset=self._offset)
        known = periods(parts, self.span, offset=self._offset)
        newest = known[-1].at
        known = tuple(cell for cell in known if cell.at > newest - room * self.span)
        self.since = known[0].at
        by_place = {(cell.at - self.since) // self.span: cell for cell in known}
        self.cells = [by_place.get(place) for place in range(max(by_place) + 1)]
        count = len(self.cells)
        self._starts = [place * room // count for place in range(count + 1)]  # where each begins on the glass
        self.worst = worst_of(known)
        medians = sorted(median for cell in known if (median := cell.percentile(50)) is not None)
        self._scale = scale_of(medians)
        self._raised = medians[len(medians) // 2] * RAISED if medians else 0.0

    def line(self, palette: Palette, y: int) -> Sequence[Segment]:
        """Medians, losses or times."""
        if y == 0:
            return self._inked(palette, "p50", self._median, ("since", self._moment(self.since), "plain"))
        if y == 1:
            return self._inked(palette, "loss", self._loss, self._worst())
        times = Segment(" " * GUTTER + self._times(), palette.ink("muted"))
        return (times, *self._words(palette, ("each sign", span_words(self.span), "plain")))

    def _inked(
        self,
        palette: Palette,
        title: str,
        look: Callable[[RollUp], tuple[str, str]],
        beside: tuple[str, str, str],
    ) -> Sequence[Segment]:
        """A line of cells; those of one ink are one segment."""
        looks = [(" ", "plain") if cell is None else look(cell) for cell in self.cells]
        wide = [
            (name, sign * (end - start))
            for (sign, name), (start, end) in zip(looks, pairwise(self._starts), strict=True)
        ]
        return (
            Segment(fit(title, GUTTER - 2, right=True) + " ", palette.ink("muted")),
            Segment(self._glyphs.edge, palette.ink("rule")),
            *(
                Segment("".join(signs for _, signs in run), palette.ink(name))
                for name, run in groupby(wide, lambda each: each[0])
            ),
            *self._words(palette, beside),
        )

    def _words(self, palette: Palette, words: tuple[str, str, str]) -> Sequence[Segment]:
        """What stands right of a line: a title and a value with its ink."""
        title, value, ink = words
        before = f" {title} " if title else " "
        return Segment(before, palette.ink("muted")), Segment(fit(value, self._beside - len(before)), palette.ink(ink))

    def _median(self, cell: RollUp) -> tuple[str, str]:
        """The sign and the ink of a period's median."""
        median = cell.percentile(50)
        if median is None:
            return (self._glyphs.lost, "loss") if cell.lost else (self._glyphs.failed, "failed")
        return self._glyphs.bars[self._scale.level(median)], "raised" if median > self._raised else "rtt"

    def _loss(self, cell: RollUp) -> tuple[str, str]:
        """The sign and the ink of a period's loss; nothing where there is none."""
        if not cell.loss:
            return (self._glyphs.failed, "failed") if cell.failed else (" ", "plain")
        return self._glyphs.lost if cell.loss == 1 else self._glyphs.bars[bisect(LOSS_STEPS, cell.loss)], "loss"

    def _worst(self) -> tuple[str, str, str]:
        if (worst := self.worst) is None:
            return "", "nothing is known", "failed"
        figure = percent(worst.loss) if worst.lost else duration(worst.percentile(95))
        words = self._moment(worst.at) + (f" {figure}" if self._beside == FULL else "")
        return "worst", words, "losing" if worst.lost else "plain"

    def _moment(self, at: int) -> str:
        return moment(at, until=self._until, span=self.span, zone=self._zone)

    def _times(self) -> str:
        """Times under the cells in which they fall."""
        line, count = "", len(self.cells)
        most = self._room // LABEL
        step = next((each for each in SPANS if each >= self.span and count * self.span // each <= most), SPANS[-1])
        for place in range(1, count):
            at = self.since + place * self.span
            if (at + self._offset) // step == (at - self.span + self._offset) // step:
                continue
            label = self._glyphs.edge + moment(at, until=self._until, span=step, zone=self._zone)
            start = self._starts[place]
            if start > len(line) and start + len(label) <= self._room:
                line = line.ljust(start) + label
        return line.ljust(self._room)


class EarlierStrip(Canvas):
    """The strip; its third line, of times, where it is as high."""

    def __init__(self, glyphs: Glyphs = UNICODE) -> None:
        super().__init__()
        self._glyphs = glyphs
        self._parts: Sequence[RollUp] = ()
        self._strip: Strip | None = None

    def show(self, parts: Sequence[RollUp]) -> None:
        """Show the roll-ups of a history, oldest first; the same object is the same picture."""
        if parts is not self._parts:
            self._parts, self._strip = parts, None
            self.refresh()

    def on_resize(self) -> None:
        """Another width has other cells."""
        self._strip = None

    def paint(self, y: int, width: int) -> Sequence[Segment]:
        """One of the lines."""
        if width < LEAST or not self._parts:
            return ()
        if self._strip is None:
            self._strip = Strip(self._parts, width, self._glyphs)
        return self._strip.line(self, y)
