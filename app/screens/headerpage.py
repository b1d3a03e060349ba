"""The reference page of a header: its bit diagram, its fields, the values of the one selected, its RFC.

The page is the one of `docs/headers.md`, made from the declaration; here the selected field is lit in it.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import ClassVar, Self

from textual.binding import Binding, BindingType
from textual.widget import Widget

from app.packet.layout import Field, Header, Layout, Span, Value
from app.packet.reference import headers, page
from app.packet.text import safe
from app.screens.page import Page
from widgets.masthead import Words
from widgets.sheet import Sheet
from widgets.treelines import TreeLine

_DIAGRAM_HEAD = 3  #: lines of a diagram before its first word: two of the ruler, one of the edge
_WORD = 32
_FENCE = "```"
_GAP = "  "


class HeaderScreen(Page):
    """A header's page. Make it by `of`, from a line of the field tree."""

    MODE = "Packets"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "back", "Back", key_display="Esc", id="page.back", tooltip="Back to the packet"),
    ]

    def __init__(self, record: type[Header], field: Field | None = None, value: Value | None = None) -> None:
        super().__init__()
        self.record = record
        self.field = field
        self._lines = list(page_lines(record, field, value))

    @classmethod
    def of(cls, line: TreeLine) -> Self | None:
        """The page of the header that a line of the tree stands in; None where no declaration tells of it."""
        span = line.span
        while span is not None and span.field not in _records() and span.children:
            span = span.children[0]
        if span is not None and span.field in _records():
            is_own = span is line.span
            return cls(_records()[span.field], span.field if is_own else None, span.value if is_own else None)
        record = None if line.layer is None else _record_of(line.layer.layout, line.layer.spans)
        return None if record is None else cls(record)

    def compose_page(self) -> Iterable[Widget]:
        """The page."""
        yield Sheet(self._lines)

    def on_mount(self) -> None:
        """Show the selected field, if there is one."""
        lines = self.query_one(Sheet)
        lines.focus()
        lit = next((index for index, line in enumerate(self._lines) if any(ink == "match" for ink, _ in line)), 0)
        self.call_after_refresh(self._reveal, lit)

    def _reveal(self, index: int) -> None:
        lines = self.query_one(Sheet)
        lines.top = max(0, index - lines.page + 2)

    def show_frame(self) -> None:
        """A page does not change."""

    def words(self) -> tuple[Words, Words]:
        """Whose page this is."""
        layout = self.record.LAYOUT
        return (("strong", layout.title), ("muted", f"  {layout.name}")), (("muted", layout.reference),)


@lru_cache(maxsize=1)
def _records() -> dict[Field, type[Header]]:
    """The header that declares a field."""
    return {field: record for record in headers() for field in record.LAYOUT.fields}


def _record_of(layout: Layout, spans: Sequence[Span]) -> type[Header] | None:
    """The header of a layer: that of its layout, or of its first field."""
    first = _records().get(spans[0].field) if spans else None
    return next((record for record in headers() if record.LAYOUT is layout), first)


def page_lines(record: type[Header], field: Field | None, value: Value | None) -> Iterator[Words]:
    """The page in inks: the field lit in the diagram and in the table, and the values of its registry below."""
    diagram: list[str] | None = None
    table: list[list[str]] = []
    for line in page(record):
        if line == _FENCE:
            if diagram is not None:
                yield from _diagram(diagram, field)
            diagram = [] if diagram is None else None
        elif diagram is not None:
            diagram.append(line)
        elif line.startswith("|"):
            table.append([cell.strip() for cell in line.strip("|").split("|")])
        elif table:
            yield from _table(table, field)
            table = []
            yield ()
        elif not line.startswith("## "):  # the line on top of the screen says it
            yield from _paragraph(line)
    yield from _table(table, field)
    if field is not None and field.registry is not None:
        yield from _values(field, value)


def _paragraph(line: str, width: int = 76) -> Iterator[Words]:
    """Prose, broken at blanks."""
    text = ""
    for word in line.replace("`", "").split(" "):
        if len(text) + len(word) >= width:
            yield (("muted", text),)
            text = ""
        text += f" {word}"
    yield (("muted", text.rstrip()),)


def _diagram(lines: Sequence[str], field: Field | None) -> Iterator[Words]:
    for number, line in enumerate(lines):
        ink = "faint" if number < _DIAGRAM_HEAD else "muted"
        word, is_edge = divmod(number - _DIAGRAM_HEAD, 2)
        first, last = word * _WORD, word * _WORD + _WORD
        if field is None or number < _DIAGRAM_HEAD or is_edge or field.offset >= last or _end(field) <= first:
            yield (("plain", _GAP), (ink, line))
            continue
        start, stop = 2 * (max(field.offset, first) - first) + 1, 2 * (min(_end(field), last) - first)
        yield (("plain", _GAP), (ink, line[:start]), ("match", line[start:stop]), (ink, line[stop:]))


def _end(field: Field) -> int:
    return field.offset + field.width


def _table(rows: Sequence[Sequence[str]], field: Field | None) -> Iterator[Words]:
    """A table in columns; the heading faint, the row of the field lit."""
    cells = [[cell.strip("`") for cell in row] for row in rows if not set("".join(row)) <= set("- ")]
    widths = [max(map(len, column)) for column in zip(*cells, strict=False)]
    for number, row in enumerate(cells):
        text = [cell.ljust(width) for cell, width in zip(row, widths, strict=False)]
        is_own = field is not None and number and row[0].partition("-")[0] == str(field.offset) and row[2] == field.name
        if not number:
            yield (("heading", _GAP + _GAP.join(text).rstrip()),)
        elif is_own:
            yield (("plain", _GAP), ("match", _GAP.join(text)))
        else:
            yield (("muted", f"{_GAP}{text[0]}"), ("plain", f"{_GAP}{text[1]}"), ("muted", _GAP + _GAP.join(text[2:])))


def _values(field: Field, value: Value | None) -> Iterator[Words]:
    """The values that the registry of the field knows, that of the packet lit, also where nobody assigned it."""
    assert field.registry is not None
    known = list(field.registry)
    if isinstance(value, int) and value not in known:
        known.append(field.registry(value))
    yield ()
    yield (("strong", f" values of {safe(field.label)}"),)
    width = max((len(str(int(member))) for member in known), default=1)
    for member in sorted(known):
        text = f"{int(member):>{width}}  {member.words}"
        yield (("plain", _GAP), ("match", text)) if member == value else (("plain", f"{_GAP}{text}"),)
