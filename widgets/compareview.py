"""Packets side by side as a table: a field, its value in every part, and what a difference means.

Under it the bytes of the field in each part, where they stand there.
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from rich.cells import cell_len
from rich.segment import Segment
from textual.geometry import Size

from app.engine.snapshot import State
from app.packet.compare.comparison import Comparison, Part, Row
from app.packet.compare.remark import Weight
from app.packet.layout import Span
from app.packet.text import safe
from widgets.canvas import Canvas, fit
from widgets.glyphs import UNICODE, Glyphs
from widgets.hexlayout import bit_pieces
from widgets.lines import LineView
from widgets.treelines import TITLES, place_words

#: A row of the table: a field, or the title of a layer over its fields.
Line: TypeAlias = Row | str

_SIGN = 3  #: cells of the sign before a row
_GAP = 2
_MEANING = {0: 28, 100: 44, 160: 64}  #: the least for the meaning, by the width of the table
_INKS = {Weight.NONE: "muted", Weight.EXPECTED: "expected", Weight.NOTABLE: "notable", Weight.ALARMING: "alarming"}
_STATES = {Weight.NOTABLE: State.LOSING, Weight.ALARMING: State.DOWN}
_LEAST_CELL = 9
_CONTEXT = 4  #: bytes shown before a field
_MOST_BYTES = 24


def shown(span: Span | None) -> str:
    """A value in one stretch; nothing where a part has no such field."""
    return " ".join(safe(span.shown).split()) if span is not None else ""


@dataclass(frozen=True, slots=True)
class Columns:
    """How wide the field, the values and the meaning are."""

    field: int
    cells: tuple[int, ...]
    meaning: int

    @classmethod
    def fitting(cls, width: int, comparison: Comparison, rows: Sequence[Row]) -> "Columns":
        """As wide as the rows need, as far as the meaning keeps its room."""
        meaning = max(least for edge, least in _MEANING.items() if width >= edge)
        room = width - _SIGN - meaning
        field = min(max((len(row.name) for row in rows), default=5), max(12, room // 3)) + _GAP
        count = len(comparison.parts)
        each = max(_LEAST_CELL, (room - field) // max(1, count))
        cells = []
        for index, part in enumerate(comparison.parts):
            longest = max((cell_len(shown(row.cells[index])) for row in rows), default=0)
            cells.append(min(each, max(longest, len(part.title)) + _GAP))
        return cls(field, tuple(cells), max(0, width - _SIGN - field - sum(cells) - 1))


class CompareView(LineView):
    """The table."""

    HEADINGS = 1

    def __init__(self, glyphs: Glyphs = UNICODE, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._glyphs = glyphs
        self._comparison: Comparison | None = None
        self._rows: tuple[Line, ...] = ()
        self._columns: tuple[int, Columns] | None = None

    INKS = LineView.INKS | {"expected", "notable", "alarming", "differs"}

    def show(self, comparison: Comparison, *, is_all: bool) -> None:
        """Show the differences, or all fields under the titles of their layers."""
        before = self.selected
        self._comparison, self._columns = comparison, None
        self._rows = tuple(_titled(comparison.rows)) if is_all else comparison.differences
        wanted = before.name if before is not None else ""
        places = [index for index, row in enumerate(self._rows) if isinstance(row, Row) and row.name == wanted]
        first = next((index for index, row in enumerate(self._rows) if isinstance(row, Row)), 0)
        self.cursor = places[0] if places else first
        self.redraw()
        self.update_rows()

    @property
    def selected(self) -> Row | None:
        """The field under the cursor."""
        row = self._rows[self.cursor] if self.cursor < len(self._rows) else None
        return row if isinstance(row, Row) else None

    def next_difference(self, by: int) -> None:
        """Put the cursor on the next row that differs, or on the one before; round the end."""
        places = [index for index, row in enumerate(self._rows) if isinstance(row, Row) and row.is_difference]
        if places:
            ahead = [place for place in places if (place - self.cursor) * by > 0]
            ends = places if by > 0 else places[::-1]
            self.cursor = (min(ahead) if by > 0 else max(ahead)) if ahead else ends[0]

    # Lines

    def lines(self) -> int:
        """Fields and titles; one line that says so where nothing differs."""
        return len(self._rows) or 1

    def row_key(self, index: int) -> Hashable:
        """Rows are made once for each comparison."""
        return id(self._rows[index]) if self._rows else 0

    def _widths(self, width: int) -> Columns:
        assert self._comparison is not None
        if self._columns is None or self._columns[0] != width:
            rows = [row for row in self._rows if isinstance(row, Row)]
            self._columns = width, Columns.fitting(width, self._comparison, rows)
        return self._columns[1]

    def render_heading(self, y: int, width: int) -> Sequence[Segment]:
        """The titles of the parts."""
        if self._comparison is None:
            return ()
        columns = self._widths(width)
        pieces = [fit("field", columns.field)]
        for part, cells in zip(self._comparison.parts, columns.cells, strict=True):
            title = part.title if len(part.title) < cells else part.role.value
            pieces.append(fit(title, cells - 1) + " ")
        return [Segment(" " * _SIGN), Segment("".join([*pieces, "meaning"]), self.ink("heading"))]

    def render_row(self, index: int, width: int, *, selected: bool) -> Sequence[Segment]:
        """A title, or a field with its values and the meaning."""
        if not self._rows or self._comparison is None:
            return (Segment("   nothing differs in what these packets both have", self.ink("up")),)
        row = self._rows[index]
        if isinstance(row, str):
            return (Segment(f" {row}", self.ink("strong")),)
        columns = self._widths(width)
        state = _STATES.get(row.weight)
        sign = self._glyphs.states[state] if state is not None and row.is_difference else " "
        ink = self.ink(_INKS[row.weight])
        is_known = row.is_difference or row.weight
        segments = [Segment(f" {sign} ", ink)]
        segments.append(
            Segment(fit(row.name, columns.field - 1) + " ", self.ink("strong" if row.is_difference else "muted"))
        )
        for number, (span, cells) in enumerate(zip(row.cells, columns.cells, strict=True)):
            differs = row.differs[number]
            text = fit(shown(span), cells - 1).rstrip()
            name = (
                "differs" if differs and span is not None else "plain" if row.is_difference and not number else "muted"
            )
            segments += [Segment(text, self.ink(name)), Segment(" " * (cells - cell_len(text)))]
        meaning = self._comparison.meaning(row) if is_known else ""
        return [*segments, Segment(fit(meaning, columns.meaning), ink)]


def _titled(rows: Sequence[Row]) -> Sequence[Line]:
    """The rows, each layer's behind its title."""
    lines: list[Line] = []
    layer = None
    for row in rows:
        if row.layer is not layer:
            layer = row.layer
            lines.append(TITLES.get(layer.name, layer.title))
        lines.append(row)
    return lines


class PartBytes(Canvas):
    """The bytes of one field in every part, with some before and behind; a part of them lit to the bit."""

    def __init__(self, parts: Sequence[Part]) -> None:
        super().__init__()
        self._parts = parts
        self._row: Row | None = None

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """A line for each part."""
        return len(self._parts)

    def show(self, row: Row | None) -> None:
        """Show a field."""
        self._row = row
        self.refresh()

    def paint(self, y: int, width: int) -> Sequence[Segment]:
        """One part: its title, where the field stands in it, and its bytes."""
        if y >= len(self._parts):
            return ()
        part = self._parts[y]
        head = Segment(
            fit(f" {part.title}", 1 + max(len(each.title) for each in self._parts) + _GAP), self.ink("muted")
        )
        span = self._row.cells[y] if self._row is not None else None
        if span is None:
            return (head, Segment("not there" if self._row is not None else "", self.ink("faint")))
        words = place_words(span.start_bit, span.stop_bit)
        segments = [head, Segment(fit(words, 19), self.ink("faint"))]
        return [*segments, *self._digits(part.dissection.data, span, width - sum(len(each.text) for each in segments))]

    def _digits(self, data: bytes, span: Span, room: int) -> Sequence[Segment]:
        """Hexadecimal digits of whole bytes; the bits of a field that is less."""
        start, stop = span.start_bit, span.stop_bit
        if start % 8 or stop % 8:
            pieces = bit_pieces(data, start, stop)
            return [Segment(text, self.ink("match" if is_lit else "muted")) for text, is_lit in pieces]
        skipped = self._skipped(stop // 8 - start // 8)
        first, last = start // 8 + skipped, stop // 8
        count = min(_MOST_BYTES, max(1, (room - _CONTEXT * 3 - 6) // 3))
        before = data[max(0, first - _CONTEXT) : first]
        margin = ("… " if first > _CONTEXT else "  ") + "   " * (_CONTEXT - len(before))
        segments = [Segment(margin), Segment(before.hex(" ") + " " if before else "", self.ink("faint"))]
        segments += self._own(data[first : min(last, first + count)], skipped)
        behind = " …" if first + count < last else " " + data[last : last + _CONTEXT].hex(" ")
        return [*segments, Segment(behind, self.ink("faint"))]

    def _own(self, own: bytes, skipped: int) -> Sequence[Segment]:
        """The field's bytes: where parts differ, those that do stand out from those that do not."""
        values = self._values()
        if len(set(values)) < 2:
            return [Segment(own.hex(" "), self.ink("match"))]
        columns = [{value[place : place + 1] for value in values} for place in range(skipped, skipped + len(own))]
        pieces: list[tuple[bool, str]] = []
        for byte, column in zip(own, columns, strict=True):
            differs = len(column) > 1
            if pieces and pieces[-1][0] == differs:
                pieces[-1] = (differs, f"{pieces[-1][1]} {byte:02x}")
            else:
                pieces.append((differs, f"{byte:02x}"))
        inks = {True: self.ink("match"), False: self.ink("focused")}
        segments = []
        for number, (differs, text) in enumerate(pieces):
            segments += [Segment(" " if number else "", inks[False]), Segment(text, inks[differs])]
        return segments

    def _values(self) -> list[bytes]:
        """The bytes of the field in every part that has it."""
        cells = zip(self._row.cells, self._parts, strict=True) if self._row is not None else ()
        return [
            part.dissection.data[span.start_bit // 8 : span.stop_bit // 8] for span, part in cells if span is not None
        ]

    def _skipped(self, size: int) -> int:
        """How many bytes of a long field are passed over to show where the parts begin to differ."""
        values = self._values()
        columns = enumerate(zip(*values, strict=False))
        first = next((place for place, column in columns if len(set(column)) > 1), 0)
        return max(0, first - _CONTEXT) if size > _MOST_BYTES // 2 else 0
