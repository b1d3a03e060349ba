"""The map of targets: a cell an address, or a cell for some of them, by the worst; in lines that are blocks.

It is given the rows of a snapshot and reads their columns alone. A line whose part of the columns is what it was is
neither worked out nor drawn again, so that a frame costs what changed.
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter
from typing import Any, ClassVar

from rich.segment import Segment
from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.reactive import reactive

from app.engine.snapshot import TargetRow, TargetRows
from widgets.blocks import Block, Line, Map, map_of
from widgets.canvas import Canvas, fit
from widgets.cells import BLANK, KINDS, Kind, Look, cells_of
from widgets.glyphs import UNICODE, Glyphs
from widgets.lines import LineView
from widgets.masthead import Words, both_ends

#: How many addresses one looks at as rows: a /24.
ROWS = 256
#: By so much smaller is the block that one looks into.
ZOOM = 16
#: A mark on the ruler every so many cells: the first that it has room for.
MARKS = (4, 8, 16, 32, 64)
LOOKS = tuple(Look)
SECOND = 1_000_000_000


@dataclass(slots=True)
class _Drawn:
    """What is known of a line: the part of the columns that it was made of, a byte a target and a byte a cell."""

    source: tuple[Any, ...] | None = None
    codes: bytes = b""
    cells: bytes = b""
    counts: tuple[int, ...] = field(default=())


class TargetGrid(LineView):
    """Targets as a map."""

    HEADINGS = 1
    INKS = Canvas.INKS | {"well", "silent", "chosen", *(f"heat-{each}" for each in range(1, 9))}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,h", "step(-1)", "Left", id="grid.left", tooltip="The address before", show=False),
        Binding("right,l", "step(1)", "Right", id="grid.right", tooltip="The next address", show=False),
        Binding(
            "enter",
            "choose",
            "Open",
            key_display="Enter",
            id="grid.open",
            tooltip="Open this target, or its block",
            show=False,
        ),
        Binding("z", "zoom", "Zoom", id="grid.zoom", tooltip="Look into the block under the cursor; at last as rows"),
        Binding("backspace", "out", "Out", id="grid.out", tooltip="Back to the block around", show=False),
        Binding("c", "look", "Colour", id="grid.look", tooltip="By state, round-trip time or loss"),
    ]

    column = reactive(0, repaint=False)  #: the cell of the line that the cursor is on

    class Entered(Message):
        """A block is to be seen as rows; None: all targets."""

        def __init__(self, block: Block | None) -> None:
            super().__init__()
            self.block = block

    def __init__(self, glyphs: Glyphs = UNICODE, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._glyphs = glyphs
        self._rows = TargetRows()
        self._map = Map()
        self._drawn_lines: list[_Drawn] = []
        self._blocks: list[Block] = []  #: those that one looked into, the smallest last
        self._place: int | None = None  #: the target that the cursor is on
        self._mapped: tuple[object, ...] = ()  #: what the map was made of
        self._lost: Sequence[float] = ()  #: the loss of each target, as it was at `_lost_at`
        self._lost_at = self._shown_at = 0
        self.look = Look.STATE

    # What is shown

    def show(self, rows: TargetRows, *, at: int) -> None:
        """Show the rows of a snapshot taken at `at`; losses are read once a second, as they cost more to tell."""
        is_same_set = rows.targets is self._rows.targets or rows.targets == self._rows.targets
        self._rows = rows
        if self.look is Look.LOSS and not (is_same_set and 0 <= at - self._lost_at < SECOND and self._lost):
            self._lost, self._lost_at = rows.column("loss"), at
        self._shown_at = at
        self._show_again()

    def _show_again(self) -> None:
        self._remap()
        self._read()
        self.update_rows()

    def _remap(self) -> None:
        """Arrange the targets where these or the room are not what they were."""
        wanted = (self._rows.targets, self.block, self.size)
        if len(self._mapped) == len(wanted) and all(
            a is b or a == b for a, b in zip(wanted, self._mapped, strict=True)
        ):
            return
        targets, block = self._rows.targets, self.block
        places: Sequence[int] = range(len(targets))
        if block is not None:
            places = [place for place in places if block.holds(targets[place].address)]
        self._map = map_of(targets, places, self.size.width, self.page)
        self._mapped = wanted
        self._drawn_lines = [_Drawn() for _ in self._map.lines]
        self.cursor, self.column = (self._place is not None and self._map.find(self._place)) or (0, 0)
        if self._place is None and self._map.lines:
            self.column = self._map.lines[0].cells[0]
        self.redraw()

    def _read(self) -> None:
        """Work out the lines whose targets changed."""
        rows = self._rows
        states, last = rows.states, rows.last
        loss: Sequence[float] = self._lost if self.look is Look.LOSS else last
        for line, drawn in zip(self._map.lines, self._drawn_lines, strict=True):
            source = (_part(states, line.places), _part(last, line.places), _part(loss, line.places))
            if source != drawn.source:
                drawn.source = source
                codes = cells_of(self.look, bytes(source[0]), source[1], source[2])
                if codes != drawn.codes:
                    drawn.codes, drawn.cells = codes, _cells(line, codes, self._map.columns)
                    drawn.counts = tuple(map(codes.count, range(1, len(KINDS[self.look]) + 1)))

    @property
    def block(self) -> Block | None:
        """The block that one looked into; None while all is shown."""
        return self._blocks[-1] if self._blocks else None

    @property
    def share(self) -> int:
        """How many addresses a cell stands for."""
        return self._map.share

    def count(self) -> Sequence[tuple[int, int]]:
        """The bytes that are on the map, and how many targets have each."""
        columns = zip(*(drawn.counts for drawn in self._drawn_lines if drawn.counts), strict=True)
        return [(code, total) for code, each in enumerate(columns, 1) if (total := sum(each))]

    @property
    def cell(self) -> Block | None:
        """The addresses of the cell under the cursor."""
        if self.cursor >= len(self._map.lines) or (block := self._map.lines[self.cursor].block) is None:
            return None
        return Block(block.version, block.first + self.column * self.share, self.share)

    @property
    def selected(self) -> TargetRow | None:
        """The target under the cursor, the worst of its cell; None where nobody is measured."""
        if self.cursor >= len(self._map.lines):
            return None
        line, codes = self._map.lines[self.cursor], self._drawn_lines[self.cursor].codes
        members = [each for each, cell in enumerate(line.cells) if cell == self.column]
        if not members or not codes:
            return None
        self._place = line.places[max(members, key=codes.__getitem__)]
        return self._rows[self._place]

    def select(self, key: str) -> None:
        """Put the cursor on a target, where it is on the map."""
        if (place := self._rows.place(key)) is not None and (found := self._map.find(place)) is not None:
            self._place = place
            self.cursor, self.column = found

    # Lines

    def lines(self) -> int:
        """A line a block."""
        return len(self._map.lines)

    def row_key(self, index: int) -> Hashable:
        """The cells; and where the cursor is."""
        return self._drawn_lines[index].cells, self.look, self.column if index == self.cursor else None

    def render_row(self, index: int, width: int, *, selected: bool) -> Sequence[Segment]:
        """One block."""
        line, cells = self._map.lines[index], self._drawn_lines[index].cells
        mark = self._glyphs.cursor if selected else " "
        label = fit(line.label, self._map.margin - 1)
        segments = [Segment(mark, self.ink("lit")), Segment(label, self.ink("strong" if selected else "muted"))]
        at = 0
        for code, run in groupby(cells):
            length = len(list(run))
            is_here = selected and at <= self.column < at + length
            segments += self._run(code, length, self.column - at if is_here else None)
            at += length
        return segments

    def _run(self, code: int, length: int, here: int | None) -> Sequence[Segment]:
        """Cells of one kind, one after the other; the cursor may be on one of them."""
        kind = KINDS[self.look][code - 1] if code != BLANK else None
        glyph, ink = (" ", "plain") if kind is None else (kind.glyph(self._glyphs), kind.ink)
        gap = " " * (self._map.pitch - 1)
        style = self.ink(ink)
        if here is None:
            return (Segment((glyph + gap) * length, style),)
        return (
            Segment((glyph + gap) * here, style),
            Segment(glyph, style + self.ink("chosen")),
            Segment(gap + (glyph + gap) * (length - here - 1), style),
        )

    def render_heading(self, y: int, width: int) -> Sequence[Segment]:
        """How far the cells are from the first address of their lines."""
        grid = self._map
        if not grid.lines or grid.lines[0].block is None:
            return (Segment("  from", self.ink("heading")),)
        form = "d" if grid.lines[0].block.version == 4 else "x"
        step = next(each for each in MARKS if each * grid.pitch > len(f"{grid.columns * grid.share:{form}}") + 1)
        marks = (f"+{cell * grid.share:{form}}" for cell in range(0, grid.columns, step))
        ruler = "".join(fit(mark, step * grid.pitch) for mark in marks)
        return (
            Segment(fit(f" {self.block or grid.around or ''}", grid.margin), self.ink("heading")),
            Segment(ruler, self.ink("faint")),
        )

    # Moving

    def validate_column(self, column: int) -> int:
        """The cursor never leaves the line."""
        return max(0, min(column, self._map.columns - 1))

    def watch_column(self) -> None:
        """The cursor came to another cell of its line."""
        self.update_rows()
        self.post_message(self.Moved(self, self.cursor))

    def watch_has_focus(self, _has_focus: bool) -> None:  # noqa: FBT001 - Textual calls it so
        """The cursor looks the same without the focus."""
        super().watch_has_focus(_has_focus)

    def on_resize(self) -> None:
        """Another room, another map."""
        self._show_again()
        super().on_resize()

    def action_step(self, by: int) -> None:
        """Go to the next address, or the one before; over the end of a line."""
        column = self.column + by
        if 0 <= column < self._map.columns:
            self.column = column
        elif 0 <= self.cursor + by < self.lines():
            self.cursor += by
            self.column = 0 if by > 0 else self._map.columns - 1

    def on_click(self, event: events.Click) -> None:
        """A click moves the cursor; a double one opens."""
        index = self.top + event.y - self.HEADINGS
        column = (event.x - self._map.margin) // self._map.pitch
        if event.y >= self.HEADINGS and index < self.lines() and 0 <= column < self._map.columns:
            self.cursor, self.column = index, column
            if event.chain > 1:
                self.action_choose()

    # Near and far

    def action_choose(self) -> None:
        """Open a cell: the target, or the block where there is more than one address."""
        if self.share > 1:
            self.action_zoom()
        else:
            super().action_choose()

    def action_zoom(self) -> None:
        """Look into a block around the cursor that has fewer targets; into the smallest as rows."""
        outer = self.block or self._map.around
        cell = self.cell
        if outer is None or cell is None or outer.count <= ROWS:
            self.post_message(self.Entered(outer))
            return
        targets = self._rows.targets
        inside = [target.address for target in targets if outer.holds(target.address)]
        size, address = outer.count, type(inside[0])(cell.first)
        while size > ROWS:
            size = max(ROWS, size // ZOOM)
            inner = outer.part(size, address)
            if sum(map(inner.holds, inside)) < len(inside):
                break
        self._look_into([*self._blocks, inner])

    def action_out(self) -> None:
        """Back to the block around."""
        self._look_into(self._blocks[:-1])

    def _look_into(self, blocks: list[Block]) -> None:
        _ = self.selected  # the cursor stays on its target
        self._blocks = blocks
        self._show_again()
        self.post_message(self.Moved(self, self.cursor))

    def action_look(self) -> None:
        """Draw the cells by something else."""
        self.look = LOOKS[(LOOKS.index(self.look) + 1) % len(LOOKS)]
        self._drawn_lines = [_Drawn() for _ in self._map.lines]
        self._lost = ()
        self.show(self._rows, at=self._shown_at)
        self.redraw()
        self.post_message(self.Moved(self, self.cursor))


class GridLegend(Canvas):
    """What the signs of a map mean, and how many of each there are."""

    INKS = TargetGrid.INKS

    def __init__(self, glyphs: Glyphs = UNICODE) -> None:
        super().__init__()
        self._glyphs = glyphs
        self._kinds: Sequence[tuple[Kind, int]] = ()

    def show(self, grid: TargetGrid) -> None:
        """Tell of what is on a map."""
        kinds = [(KINDS[grid.look][code - 1], count) for code, count in grid.count()]
        if kinds != self._kinds:
            self._kinds = kinds
            self.refresh()

    def paint(self, y: int, width: int) -> Sequence[Segment]:
        """The only line; without the numbers, where there is no room for them."""
        words = self._words(has_counts=True)
        if sum(len(text) for _, text in words) > width:
            words = self._words(has_counts=False)
        return both_ends(self, words, (), width)

    def _words(self, *, has_counts: bool) -> Words:
        words: list[tuple[str, str]] = []
        for kind, count in self._kinds:
            words += [(kind.ink, f" {kind.glyph(self._glyphs)} "), ("muted", kind.word)]
            words += [("plain", f" {count:,} ")] if has_counts else []
        return words


def _part(column: Any, places: Sequence[int]) -> Any:
    """What a column says of some rows; a slice where they follow one another."""
    if isinstance(places, range):
        return column[places.start : places.stop]
    return itemgetter(*places)(column) if len(places) > 1 else (column[places[0]],)


def _cells(line: Line, codes: bytes, columns: int) -> bytes:
    """A byte a cell: the greatest of its targets'."""
    if isinstance(line.cells, range):
        return codes.rjust(line.cells.stop, b"\0").ljust(columns, b"\0")
    cells = bytearray(columns)
    for cell, code in zip(line.cells, codes, strict=True):
        cells[cell] = max(cells[cell], code)
    return bytes(cells)
