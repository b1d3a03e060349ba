"""What was measured of a target, period by period, the newest first: as many lines as there are hold all of it."""

from collections.abc import Sequence
from datetime import tzinfo

from rich.segment import Segment

from app.engine.samples.periods import fitting_span, periods
from app.engine.samples.rollup import RollUp
from app.engine.wording import percent
from widgets.canvas import Canvas, Palette, fit
from widgets.columns import DURATION_WIDTH, GAP, Column, columns_that_fit, unit_duration
from widgets.moments import moment, offset_of, span_words

TIME_WIDTH = 12
COLUMNS: tuple[Column[RollUp], ...] = (
    Column("sent", 7, lambda row: str(row.sent), 1),
    Column("loss", 6, lambda row: percent(row.loss), 1, ink=lambda row: "losing" if row.lost else "plain"),
    Column("failed", 6, lambda row: str(row.failed), 3, ink=lambda row: "failed" if row.failed else "plain"),
    Column("min", DURATION_WIDTH, lambda row: unit_duration(row.minimum), 4),
    Column("p50", DURATION_WIDTH, lambda row: unit_duration(row.percentile(50)), 1),
    Column("p95", DURATION_WIDTH, lambda row: unit_duration(row.percentile(95)), 2),
    Column("max", DURATION_WIDTH, lambda row: unit_duration(row.maximum), 2),
)


class Periods:
    """A history, at least one part, in at most `most` lines, each a period as short as that allows.

    `failed` has a column where something was not sent, or is unknown.
    """

    def __init__(self, parts: Sequence[RollUp], most: int, zone: tzinfo | None = None) -> None:
        self._zone = zone
        self._until = parts[-1].at + parts[-1].span
        offset = offset_of(self._until, zone)
        longest = max(part.span for part in parts)
        self.span = fitting_span(parts, most, offset=offset, shortest=longest)
        self.rows = periods(parts, self.span, offset=offset)[: -most - 1 : -1]
        has_failed = any(row.failed for row in self.rows)
        self._columns = [column for column in COLUMNS if has_failed or column.title != "failed"]

    def line(self, palette: Palette, y: int, width: int) -> Sequence[Segment]:
        """The heading, or one period."""
        columns = columns_that_fit(self._columns, width - 1 - TIME_WIDTH)
        if y == 0:
            titles = "".join(" " * GAP + column.heading("") for column in columns)
            return (Segment(f" {fit(span_words(self.span) + ' from', TIME_WIDTH)}{titles}", palette.ink("heading")),)
        if y > len(self.rows):
            return ()
        row = self.rows[y - 1]
        began = moment(row.at, until=self._until, span=self.span, zone=self._zone)
        cells = [Segment(" " * GAP + column.cell(row), palette.ink(column.ink(row))) for column in columns]
        return (Segment(f" {fit(began, TIME_WIDTH)}", palette.ink("strong")), *cells)


class PeriodTable(Canvas):
    """The table of periods."""

    def __init__(self) -> None:
        super().__init__()
        self._parts: Sequence[RollUp] = ()
        self._periods: Periods | None = None

    def show(self, parts: Sequence[RollUp]) -> None:
        """Show the roll-ups of a history, oldest first; the same object is the same picture."""
        if parts is not self._parts:
            self._parts, self._periods = parts, None
            self.refresh()

    def on_resize(self) -> None:
        """Other lines hold other periods."""
        self._periods = None

    def paint(self, y: int, width: int) -> Sequence[Segment]:
        """The heading, or one period."""
        if not self._parts or (most := self.size.height - 1) < 1:
            return ()
        if self._periods is None:
            self._periods = Periods(self._parts, most)
        return self._periods.line(self, y, width)
