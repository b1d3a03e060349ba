"""Round-trip times over time, tall, with a cursor that stands on one probe.

It can be zoomed and panned; while the right edge is now, it moves with the time.
"""

from bisect import bisect_left
from collections.abc import Sequence
from itertools import groupby
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message

from app.engine.snapshot import Outcome, RttSummary, Samples
from app.engine.wording import duration
from widgets.axis import ago, level_labels, time_step
from widgets.canvas import Canvas, fit
from widgets.columns import unit_duration
from widgets.glyphs import UNICODE, Glyphs
from widgets.masthead import Words, both_ends
from widgets.plot import Plot, View, plot
from widgets.sparkline import RAISED

SECOND = 1_000_000_000
SPANS = tuple(seconds * SECOND for seconds in (30, 60, 120, 300, 600, 1800, 3600, 4 * 3600, 24 * 3600))
BELOW = 4  #: lines under the plot: marks, axis, labels, readout
MARGIN = 13  #: cells right of the plot, for the percentiles
LONGEST_AT_FIRST = 600 * SECOND  #: what is shown before anybody zooms: all there is, up to this

OUTCOME_WORDS = {
    Outcome.IN_FLIGHT: "in flight",
    Outcome.REPLIED: "answered",
    Outcome.LOST: "not answered in time",
    Outcome.LATE: "answered late",
    Outcome.FAILED: "could not be sent",
    Outcome.UNKNOWN: "unknown: its answer may have been dropped here",
}

OUTCOME_INKS = {Outcome.REPLIED: "plain", Outcome.LATE: "late", Outcome.IN_FLIGHT: "flight", Outcome.UNKNOWN: "unknown"}


def fitting_span(age: int) -> int:
    """The shortest span that shows a history of that age, up to ten minutes."""
    return next((each for each in SPANS if age <= each or each == LONGEST_AT_FIRST), LONGEST_AT_FIRST)


def _cell(answered: str, area: str, late: str, ink: str) -> tuple[str, str]:
    """The sign and the ink of one cell: answers before late ones, and both before what lies under them."""
    if answered != " ":
        return area, ink
    return (late, "late") if late != " " else (area, "area")


class RttChart(Canvas, can_focus=True):
    """The chart of one target."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "enter",
            "choose",
            "Packets",
            key_display="Enter",
            id="chart.packets",
            tooltip="The packets of the probe under the cursor",
        ),
        Binding(
            "left_square_bracket", "walk(-1)", "Cursor", key_display="[ ]", id="chart.back", tooltip="One probe back"
        ),
        Binding("right_square_bracket", "walk(1)", "On", id="chart.on", tooltip="One probe on", show=False),
        Binding("left,h", "pan(-1)", "Pan", key_display="← →", id="chart.earlier", tooltip="Earlier"),
        Binding("right,l", "pan(1)", "Later", id="chart.later", tooltip="Later", show=False),
        Binding("plus,equals_sign,up", "zoom(-1)", "Zoom", key_display="+ −", id="chart.in", tooltip="A shorter time"),
        Binding("minus,down", "zoom(1)", "Zoom out", id="chart.out", tooltip="A longer time", show=False),
        Binding("end,n", "now", "Now", id="chart.now", tooltip="Back to now, without a cursor", show=False),
        Binding("y", "zero", "Zero", id="chart.zero", tooltip="Draw from zero, or look closer", show=False),
    ]

    class Chosen(Message):
        """The packets of a probe are wanted."""

        def __init__(self, token: int | None) -> None:
            super().__init__()
            self.token = token

    def __init__(self, glyphs: Glyphs = UNICODE) -> None:
        super().__init__()
        self._glyphs = glyphs
        self._samples = Samples()
        self._rtt: RttSummary | None = None
        self._sent = 0
        self._at = 0
        self._until: int | None = None  #: None while the right edge is now
        self._plot: Plot | None = None
        self._gutter = 0
        self._labels: dict[int, str] = {}
        self.span = SPANS[0]
        self._fits = True  #: whether the span grows with the history, until somebody zooms
        self.token: int | None = None  #: the probe under the cursor
        self.from_zero = False

    def show(self, samples: Samples, rtt: RttSummary | None, *, sent: int, at: int) -> None:
        """Show a history as it stood at `at`, of `sent` probes in all; drawn anew where a dot of it may move."""
        has_moved = at - self._at >= self._dot
        if has_moved or samples is not self._samples or rtt is not self._rtt or sent != self._sent:
            self._samples, self._rtt, self._sent, self._at = samples, rtt, sent, at
            if self._fits and len(samples):
                self.span = fitting_span(at - samples.sent_at[0])
            self._redraw()

    @property
    def _dot(self) -> int:
        """The time that a column of dots stands for.

        At least half a second, which is soon enough for the eye; at most one, as the readout says how long ago.
        """
        return 0 if self._plot is None else min(max(self.span // self._plot.answered.columns, SECOND // 2), SECOND)

    def _redraw(self) -> None:
        self._plot = None
        self.refresh()

    def on_resize(self) -> None:
        """Another size is another plot."""
        self._redraw()

    # Painting

    def paint(self, y: int, width: int) -> Sequence[Segment]:
        """One line: of the plot, or of what is under it."""
        height = max(1, self.size.height - BELOW)
        if self._plot is None:
            self._prepare(width, height)
        if self._plot is None:
            return ()
        if y < height:
            return self._plot_line(self._plot, y)
        below = (self._mark_line, self._axis_line, self._label_line, self._readout_line)
        return below[y - height](self._plot, width)

    def _prepare(self, width: int, height: int) -> None:
        """Draw the plot, and lay its labels out beside it."""
        view = View(self._until if self._until is not None else self._at, self.span)
        gutter = 9
        if width - gutter - MARGIN < 8:
            return
        self._gutter = gutter
        self._plot = plot(
            self._samples,
            view,
            width=width - gutter - MARGIN,
            height=height,
            glyphs=self._glyphs,
            from_zero=self.from_zero,
        )
        self._labels = {}
        if self._rtt is not None:
            rtt = self._rtt
            for title, value in (("p50", rtt.median), ("min", rtt.minimum), ("p95", rtt.p95), ("p99", rtt.p99)):
                line = self._plot.line_of(value)
                if 0 <= line < height:
                    self._labels.setdefault(line, f"{title} {unit_duration(value)}")

    def _plot_line(self, drawn: Plot, y: int) -> Sequence[Segment]:
        labels = level_labels(drawn.ticks)
        here = {drawn.line_of(value): label for value, label in zip(drawn.ticks, labels, strict=True)}
        label = here.get(y)
        edge = self._glyphs.level if label else self._glyphs.edge
        has_braille = self._glyphs.has_braille
        answered = drawn.answered.line(y, braille=has_braille)
        area = drawn.area.line(y, braille=True) if has_braille else answered
        late = drawn.late.line(y, braille=has_braille)
        bottom = drawn.low + (drawn.high - drawn.low) * (drawn.answered.height - 1 - y) / drawn.answered.height
        is_raised = self._rtt is not None and bottom > self._rtt.median * RAISED
        ink = "raised" if is_raised else "rtt"
        cells = [_cell(*signs, ink) for signs in zip(answered, area, late, strict=True)]
        return [
            Segment(fit(label or "", self._gutter - 2, right=True) + " ", self.ink("muted")),
            Segment(edge, self.ink("rule")),
            *self._inked(drawn, cells),
            *self._percentile(y),
        ]

    def _percentile(self, y: int) -> Sequence[Segment]:
        if (label := self._labels.get(y)) is None:
            return (Segment(" " * MARGIN),)
        title, _, value = label.partition(" ")
        return (Segment(f" {title} ", self.ink("muted")), Segment(value, self.ink("plain")))

    def _inked(self, drawn: Plot, cells: Sequence[tuple[str, str]]) -> list[Segment]:
        """Cells as segments, with the cursor's column behind them."""
        at = self._cursor_cell(drawn)
        segments = []
        position = 0
        parts = (cells[:at], cells[at : at + 1], cells[at + 1 :]) if at is not None else (cells,)
        for number, part in enumerate(parts):
            under = self.ink("focused") if number == 1 else Style.null()
            for name, run in groupby(part, lambda cell: cell[1]):
                text = "".join(sign for sign, _ in run)
                segments.append(Segment(text, self.ink(name) + under))
                position += len(text)
        return segments

    def _mark_line(self, drawn: Plot, _width: int) -> Sequence[Segment]:
        glyphs = self._glyphs
        inks = {glyphs.lost: "loss", glyphs.failed: "failed", glyphs.unknown: "unknown", glyphs.flight: "flight"}
        cells = [(sign, inks.get(sign, "plain")) for sign in drawn.marks]
        return [
            Segment(fit("loss", self._gutter - 2, right=True) + " ", self.ink("muted")),
            Segment(self._glyphs.level, self.ink("rule")),
            *self._inked(drawn, cells),
        ]

    def _ticks(self, drawn: Plot) -> dict[int, str]:
        """The cells of the horizontal axis that have a label."""
        step = time_step(drawn.view.span, max(2, drawn.answered.width // 14))
        newest = -(-max(0, self._at - drawn.view.until) // step) * step
        ticks = {}
        for back in range(newest, newest + drawn.view.span + step, step):
            column = drawn.view.column(self._at - back, drawn.answered.columns)
            # Where now falls on the very edge, its label stands on the last dot.
            if 0 <= column <= drawn.answered.columns:
                ticks[min(column, drawn.answered.columns - 1) // 2] = ago(back)
        return ticks

    def _axis_line(self, drawn: Plot, _width: int) -> Sequence[Segment]:
        line = [self._glyphs.rule] * drawn.answered.width
        for cell in self._ticks(drawn):
            line[cell] = self._glyphs.tick
        return [Segment(" " * (self._gutter - 1)), Segment(self._glyphs.corner + "".join(line), self.ink("rule"))]

    def _label_line(self, drawn: Plot, width: int) -> Sequence[Segment]:
        line = [" "] * width
        for cell, label in sorted(self._ticks(drawn).items(), reverse=True):
            start = min(self._gutter + cell - len(label) // 2, width - len(label))
            if start >= 0 and all(sign == " " for sign in line[max(0, start - 1) : start + len(label) + 1]):
                line[start : start + len(label)] = label
        return [Segment("".join(line), self.ink("muted"))]

    def _readout_line(self, _drawn: Plot, width: int) -> Sequence[Segment]:
        return both_ends(self, *self.readout(), width)

    # The cursor

    @property
    def _index(self) -> int | None:
        """The place of the cursor's probe among the samples; None once it has fallen out."""
        if self.token is None:
            return None
        index = bisect_left(self._samples.token, self.token)
        return index if index < len(self._samples) and self._samples.token[index] == self.token else None

    def _cursor_cell(self, drawn: Plot) -> int | None:
        if (index := self._index) is None:
            return None
        column = drawn.view.column(self._samples.sent_at[index], drawn.answered.columns)
        return column // 2 if 0 <= column < drawn.answered.columns else None

    def readout(self) -> tuple[Words, Words]:
        """The probe under the cursor in words, with the answers around it."""
        if (index := self._index) is None:
            return (("muted", f" RTT, last {ago(self.span)[1:]}"), ("faint", "   [ and ] walk from probe to probe")), ()
        samples = self._samples
        outcome = Outcome(samples.outcome[index])
        number = self._sent - len(samples) + index + 1
        back = (self._at - samples.sent_at[index]) / SECOND
        said = duration(samples.rtt[index]) if samples.rtt[index] > 0 else ""
        ink = OUTCOME_INKS.get(outcome, "loss")
        left: Words = (
            ("muted", f" {back:.1f} s ago  "),
            ("strong", f"#{number}  "),
            (ink, f"{OUTCOME_WORDS[outcome]}{' after ' + said if said else ''}"),
            ("muted", self._around(index, number)),
        )
        return left, (("muted", "Enter: its packets "),)

    def _around(self, index: int, number: int) -> str:
        """The nearest answers before and after."""
        samples = self._samples
        replied = [i for i in (index - 1, index + 1) if 0 <= i < len(samples) and samples.rtt[i] > 0]
        if not replied:
            return ""
        return "   beside " + ", ".join(f"#{number + i - index} {duration(samples.rtt[i])}" for i in replied)

    # Keys

    def action_walk(self, by: int) -> None:
        """Move the cursor to the probe before or after, and into sight."""
        if not len(self._samples):
            return
        index = self._index
        index = len(self._samples) - 1 if index is None else max(0, min(len(self._samples) - 1, index + by))
        self.token = self._samples.token[index]
        moment = self._samples.sent_at[index]
        until = self._at if self._until is None else self._until
        if not until - self.span <= moment <= until:
            self._until = min(self._at, moment + self.span // 2)
        self._redraw()

    def action_pan(self, by: int) -> None:
        """Move by a quarter of what is shown; at the right end the chart goes with the time again."""
        until = (self._at if self._until is None else self._until) + by * self.span // 4
        oldest = self._samples.sent_at[0] if len(self._samples) else self._at
        self._until = None if until >= self._at else max(until, min(self._at, oldest + self.span // 4))
        self._redraw()

    def action_zoom(self, by: int) -> None:
        """Show a shorter or a longer time; around the cursor where there is one in sight."""
        place = SPANS.index(self.span) if self.span in SPANS else 2
        self.span, self._fits = SPANS[max(0, min(len(SPANS) - 1, place + by))], False
        if self._until is not None and (index := self._index) is not None:
            self._until = min(self._at, self._samples.sent_at[index] + self.span // 2)
        self._redraw()

    def action_now(self) -> None:
        """Back to now."""
        self._until, self.token = None, None
        self._redraw()

    def action_zero(self) -> None:
        """Draw from zero, or look closer where all answers lie close together."""
        self.from_zero = not self.from_zero
        self._redraw()

    def action_choose(self) -> None:
        """Ask for the packets of the probe under the cursor."""
        self.post_message(self.Chosen(self.token))

    def on_click(self, event: events.Click) -> None:
        """Put the cursor on the probe nearest to the click."""
        if self._plot is None or not len(self._samples):
            return
        view, columns = self._plot.view, self._plot.answered.columns
        moment = view.until - view.span + (event.x - self._gutter) * 2 * view.span // columns
        index = min(bisect_left(self._samples.sent_at, moment), len(self._samples) - 1)
        self.token = self._samples.token[index]
        self._redraw()
