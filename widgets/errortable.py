"""ICMP errors, a line each, the newest last; what they add up to; and the one under the cursor, told whole."""

from collections.abc import Hashable, Sequence
from textwrap import wrap

from rich.segment import Segment
from textual.geometry import Size

from app.engine.errors.snapshot import ErrorRow, ErrorsSnapshot
from widgets.canvas import Canvas, fit
from widgets.errorlines import CELLS, SumLine, detail, fields, moment, sign, sums
from widgets.glyphs import UNICODE, Glyphs
from widgets.lines import LineView


class ErrorTable(LineView):
    """The errors. The cursor stays with its error, or with the newest once it was put there."""

    HEADINGS = 1

    def __init__(self, glyphs: Glyphs = UNICODE, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._glyphs = glyphs
        self._rows: tuple[ErrorRow, ...] = ()
        self._started_at = 0
        self._omitted = 0

    def show(self, snapshot: ErrorsSnapshot) -> None:
        """Show these; what the oldest leave behind moves up under a cursor that stays."""
        fallen = snapshot.omitted.rows - self._omitted
        is_on_newest = self.cursor >= len(self._rows) - 1
        self._rows, self._started_at, self._omitted = snapshot.rows, snapshot.started_at, snapshot.omitted.rows
        if fallen > 0:
            self._drawn.clear()
            self.set_reactive(LineView.top, self.validate_top(self.top - fallen))
        self.cursor = len(self._rows) - 1 if is_on_newest else self.cursor - max(0, fallen)
        self.update_rows()

    @property
    def selected(self) -> ErrorRow | None:
        """The error under the cursor."""
        return self._rows[self.cursor] if self.cursor < len(self._rows) else None

    def packet(self, index: int) -> int | None:
        """The packet that a line is about."""
        return self._rows[index].packet if index < len(self._rows) else None

    def lines(self) -> int:
        """A line an error."""
        return len(self._rows)

    def row_key(self, index: int) -> Hashable:
        """An error does not change."""
        return self._rows[index]

    def render_row(self, index: int, width: int, *, selected: bool) -> Sequence[Segment]:
        """One error."""
        row = self._rows[index]
        state, ink = sign(row)
        mark = Segment(self._glyphs.cursor if selected else " ", self.ink("lit"))
        segments = [
            mark,
            Segment(f"{self._glyphs.states[state]} ", self.ink(ink)),
            Segment(f"{moment(row, self._started_at)}  ", self.ink("faint")),
        ]
        for field in fields(width):
            cell = fit(CELLS[field.title](row), field.width - 2) + "  "
            segments.append(Segment(cell, self.ink(_ink(field.title, row))))
        return segments

    def render_heading(self, y: int, width: int) -> Sequence[Segment]:
        """The titles of the columns."""
        titles = "".join(fit(field.title, field.width) for field in fields(width))
        return (Segment(f"   {'at':<10}{titles}", self.ink("heading")),)


def _ink(title: str, row: ErrorRow) -> str:
    if title == "what":
        return "plain" if row.known else "muted"
    if title == "whose":
        return "strong" if row.owner is not None and row.owner.process is not None else "muted"
    return "muted"


class ErrorSums(LineView):
    """Counts by destination and reason, path MTUs, redirects; each line opens the newest packet behind it."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._sums: list[SumLine] = []

    def show(self, snapshot: ErrorsSnapshot) -> None:
        """Show what they add up to."""
        before, self._sums = len(self._sums), sums(snapshot)
        self.update_rows()
        if len(self._sums) != before:
            self.refresh(layout=True)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As many lines as there are, where there is room."""
        return len(self._sums)

    def packet(self, index: int) -> int | None:
        """The newest packet behind a line."""
        return self._sums[index].packet if index < len(self._sums) else None

    def lines(self) -> int:
        """Titles and lines."""
        return len(self._sums)

    def row_key(self, index: int) -> Hashable:
        """The record behind the line; a title by its words."""
        return self._sums[index]

    def render_row(self, index: int, width: int, *, selected: bool) -> Sequence[Segment]:
        """One line."""
        line = self._sums[index]
        if line.packet is None:
            return (Segment(fit(f" {line.text}", width), self.ink(line.ink)),)
        room = max(0, width - 9)
        return (
            Segment(f"{line.count:>7}  ", self.ink("strong" if line.ink == "plain" else "muted")),
            Segment(fit(line.text, room), self.ink(line.ink)),
        )


class ErrorDetail(Canvas):
    """The error under the cursor, told whole."""

    def __init__(self) -> None:
        super().__init__()
        self._row: ErrorRow | None = None

    def show(self, row: ErrorRow | None) -> None:
        """Tell of this one."""
        if row is not self._row:
            self._row = row
            self.refresh()

    def paint(self, y: int, width: int) -> Sequence[Segment]:
        """The sentence, then the rest; a sentence that is too long goes on in the next line."""
        if self._row is None:
            return ()
        text, known = detail(self._row)
        room = max(1, width - 2)
        lines = wrap(text, room)[:2]
        lines.append(known)
        if y >= len(lines):
            return ()
        ink = "muted" if y == len(lines) - 1 else "plain"
        return (Segment(f" {fit(lines[y], room)}", self.ink(ink)),)
