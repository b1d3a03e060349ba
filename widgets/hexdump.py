"""The bytes of one packet as hex digits and text, with the bits of one field lit and a cursor on one byte.

A field that does not fill a hex digit lights it half; `BitLine` under the dump then shows its bits.
Bytes that the kernel did not hand over are drawn faint.
"""

from collections.abc import Sequence
from itertools import groupby
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.reactive import reactive

from widgets.canvas import Canvas, fit
from widgets.hexlayout import HexLayout, bit_pieces, digit_cover

_CURSOR = Style(underline=True, bold=True)


class HexDump(Canvas, can_focus=True):
    """A packet's bytes. Moving the cursor says so; being told to light a field does not."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,h", "move(-1)", "Left", id="bytes.left", tooltip="The byte before", show=False),
        Binding("right,l", "move(1)", "Right", id="bytes.right", tooltip="The byte after", show=False),
        Binding("up,k", "line(-1)", "Up", id="bytes.up", tooltip="The byte above", show=False),
        Binding("down,j", "line(1)", "Down", id="bytes.down", tooltip="The byte below", show=False),
        Binding("pageup", "page(-1)", "Page up", id="bytes.page-up", tooltip="One page up", show=False),
        Binding("pagedown", "page(1)", "Page down", id="bytes.page-down", tooltip="One page down", show=False),
        Binding("home", "go(0)", "First", id="bytes.first", tooltip="The first byte", show=False),
        Binding("end", "go(-1)", "Last", id="bytes.last", tooltip="The last byte", show=False),
    ]

    top = reactive(0)  #: the first visible line

    class Moved(Message):
        """The user put the cursor on a byte."""

        def __init__(self, byte: int) -> None:
            super().__init__()
            self.byte = byte

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._data = b""
        self._rebuilt = 0
        self._lit = (0, 0)
        self._near = (0, 0)
        self.byte = 0  #: the byte under the cursor

    def show(self, data: bytes, rebuilt: int) -> None:
        """Show these bytes; the first `rebuilt` of them did not come from the wire."""
        self._data, self._rebuilt = data, rebuilt
        self.byte = max(0, min(self.byte, len(data) - 1))
        self._lit = self._near = (0, 0)
        self.top = self._nearest_top(self.top)
        self.refresh()

    def light(self, start_bit: int, stop_bit: int, near: tuple[int, int]) -> None:
        """Light a field's bits; the bytes `near` it, those of its layer, stand out a little."""
        self._lit, self._near = (start_bit, stop_bit), near
        if stop_bit > start_bit and not start_bit // 8 <= self.byte < -(-stop_bit // 8):
            self.byte = min(start_bit // 8, max(0, len(self._data) - 1))
        self._into_sight()
        self.refresh()

    @property
    def layout_of_bytes(self) -> HexLayout:
        """How the bytes stand at the present width."""
        return HexLayout.fitting(self.size.width)

    # Drawing

    def paint(self, y: int, width: int) -> Sequence[Segment]:
        """One line: offset, digits, text, in runs of one ink."""
        layout = HexLayout.fitting(width)
        line = self.top + y
        if line >= layout.lines(len(self._data)):
            return ()
        text = layout.text(self._data, line)
        inks = ["faint"] * len(text)
        start = line * layout.columns
        for column, byte in enumerate(range(start, min(start + layout.columns, len(self._data)))):
            self._ink_byte(inks, layout, column, byte)
        runs = groupby(zip(inks, text, strict=True), lambda cell: cell[0])
        return [Segment("".join(sign for _, sign in run), self._style(name)) for name, run in runs]

    def _ink_byte(self, inks: list[str], layout: HexLayout, column: int, byte: int) -> None:
        start, stop = self._lit
        cell = layout.cell(column)
        plain = "faint" if byte < self._rebuilt else "plain" if self._near[0] <= byte < self._near[1] else "muted"
        inks[cell] = inks[cell + 1] = plain
        for digit, bits in enumerate(digit_cover(start, stop, byte)):
            if bits:
                inks[cell + digit] = "match" if bits == 4 else "focused"
        # The gap between two bytes of one field is lit too: a field is one stretch.
        if start < byte * 8 < stop and column and column != 8:
            inks[cell - 1] = "match"
        if layout.has_text:
            is_lit = start < byte * 8 + 8 and byte * 8 < stop
            inks[layout.text_cell(column)] = "match" if is_lit else plain
        if byte == self.byte and self.has_focus:
            for place in (cell, cell + 1):
                inks[place] += " cursor"

    def _style(self, name: str) -> Style:
        base, _, cursor = name.partition(" ")
        return self.ink(base) + _CURSOR if cursor else self.ink(base)

    # Moving

    @property
    def _columns(self) -> int:
        return self.layout_of_bytes.columns

    def _nearest_top(self, top: int) -> int:
        return max(0, min(top, self.layout_of_bytes.lines(len(self._data)) - self.size.height))

    def _into_sight(self) -> None:
        line = self.byte // self._columns
        if line < self.top:
            self.top = line
        elif self.size.height and line >= self.top + self.size.height:
            self.top = line - self.size.height + 1

    def on_resize(self) -> None:
        """Keep the cursor in sight."""
        self.top = self._nearest_top(self.top)
        self._into_sight()

    def watch_has_focus(self, _has_focus: bool) -> None:  # noqa: FBT001 - Textual calls it so
        """The cursor is seen only with the focus."""
        super().watch_has_focus(_has_focus)
        self.refresh()

    def put(self, byte: int) -> None:
        """The user's cursor goes to a byte."""
        if self._data:
            self.byte = max(0, min(byte, len(self._data) - 1))
            self._into_sight()
            self.refresh()
            self.post_message(self.Moved(self.byte))

    def action_move(self, by: int) -> None:
        """Move by some bytes."""
        self.put(self.byte + by)

    def action_line(self, by: int) -> None:
        """Move by some lines, in the same column."""
        byte = self.byte + by * self._columns
        if 0 <= byte < len(self._data):
            self.put(byte)

    def action_page(self, by: int) -> None:
        """Move by some pages."""
        self.put(self.byte + by * self._columns * max(1, self.size.height - 1))

    def action_go(self, byte: int) -> None:
        """Move to a byte; -1 is the last."""
        self.put(byte % max(1, len(self._data)))

    def on_click(self, event: events.Click) -> None:
        """A click on digits or text puts the cursor there."""
        column = self.layout_of_bytes.column_at(event.x)
        byte = (self.top + event.y) * self._columns + (column or 0)
        if column is not None and byte < len(self._data):
            self.put(byte)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Scroll without moving the cursor."""
        event.stop()
        self.top = self._nearest_top(self.top + 3)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Scroll without moving the cursor."""
        event.stop()
        self.top = self._nearest_top(self.top - 3)


class BitLine(Canvas):
    """The bits of the bytes that a field touches, those of the field lit; and what was not on the wire."""

    def __init__(self) -> None:
        super().__init__()
        self._pieces: list[tuple[str, bool]] = []
        self._remark = ""

    def show(self, data: bytes, start_bit: int, stop_bit: int, remark: str) -> None:
        """Show the bits of a field that is small enough to be read bit by bit."""
        is_small = 0 < stop_bit - start_bit <= 32
        self._pieces = bit_pieces(data, start_bit, stop_bit) if is_small else []
        self._remark = remark
        self.refresh()

    def paint(self, y: int, width: int) -> Sequence[Segment]:
        """The only line: what is said about it gives way where there is no room."""
        segments = [Segment("  bits ", self.ink("faint"))] if self._pieces else []
        segments += [Segment(text, self.ink("match" if is_lit else "muted")) for text, is_lit in self._pieces]
        used = sum(len(segment.text) for segment in segments)
        if self._remark and used + 3 < width:
            segments.append(Segment("  " + fit(self._remark, width - used - 2), self.ink("faint")))
        return segments
