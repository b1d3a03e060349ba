"""The bytes of one packet as digits and text, with the bits of one field lit and a cursor on one byte or bit.

A field that does not fill a hex digit marks it as its own in part; `BitLine` under the dump shows its bits, and so
does the dump itself when its digits are bits. Bytes that the kernel did not hand over are drawn faint.
"""

from bisect import bisect_left
from collections.abc import Sequence
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.reactive import reactive

from app.packet.finding import byte_at
from widgets.canvas import Canvas, fit
from widgets.hexink import CLASSES, LAYER_SHADE, SHADES, STATES, LineInks, Stretch, shades_of, split
from widgets.hexlayout import HexLayout, bit_pieces
from widgets.treelines import TreeLine

_CURSOR = Style(underline=True, bold=True)
#: What the digits are, in the order of the key: bytes a line as fit, or so many, or bits.
WIDTHS = ("auto", "8", "16", "32", "bits")


class HexDump(Canvas, can_focus=True):
    """A packet's bytes. Moving the cursor says so; being told to light a field does not."""

    INKS = Canvas.INKS | {*CLASSES, *SHADES[1:], *STATES[1:]}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,h", "move(-1)", "Left", id="bytes.left", tooltip="The byte before", show=False),
        Binding("right,l", "move(1)", "Right", id="bytes.right", tooltip="The byte after", show=False),
        Binding("up,k", "line(-1)", "Up", id="bytes.up", tooltip="The byte above", show=False),
        Binding("down,j", "line(1)", "Down", id="bytes.down", tooltip="The byte below", show=False),
        Binding("pageup", "page(-1)", "Page up", id="bytes.page-up", tooltip="One page up", show=False),
        Binding("pagedown", "page(1)", "Page down", id="bytes.page-down", tooltip="One page down", show=False),
        Binding("home", "go(0)", "First", id="bytes.first", tooltip="The first byte", show=False),
        Binding("end", "go(-1)", "Last", id="bytes.last", tooltip="The last byte", show=False),
        Binding("b", "width", "Width", id="bytes.width", tooltip="Bytes a line: as fit, 8, 16, 32, or bits"),
        Binding("g", "ask", "Go to", id="bytes.go-to", tooltip="Go to a byte: 31, 0x1f, +8, -4"),
    ]

    top = reactive(0)  #: the first visible line
    width_mode = reactive("auto")  #: one of WIDTHS

    class Moved(Message):
        """The user put the cursor on a byte, or on a bit of it."""

        def __init__(self, byte: int, bit: int | None = None) -> None:
            super().__init__()
            self.byte = byte
            self.bit = byte * 8 if bit is None else bit  #: counted from the first bit of the packet

    class Asked(Message):
        """The user wants to name a byte to go to: answer with `HexDump.go_to`."""

        def __init__(self, here: int, size: int) -> None:
            super().__init__()
            self.here = here
            self.size = size

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._data = b""
        self._rebuilt = 0
        self._lit: Stretch = (0, 0)
        self._shades: Sequence[tuple[Stretch, int]] = ()
        self._found: Sequence[Stretch] = ()
        self._longest = 0  #: bits of the longest that was found
        self._styles: dict[int | None, Style] = {}
        self.bit = 0  #: the bit under the cursor; of the byte, where digits are no bits

    @property
    def byte(self) -> int:
        """The byte under the cursor."""
        return self.bit // 8

    def show(self, data: bytes, rebuilt: int = 0) -> None:
        """Show these bytes; the first `rebuilt` of them did not come from the wire."""
        self._data, self._rebuilt = data, rebuilt
        self.bit = max(0, min(self.bit, len(data) * 8 - 1))
        self._lit, self._shades, self._found = (0, 0), (), ()
        self.top = self._nearest_top(self.top)
        self.refresh()

    def light(self, start_bit: int, stop_bit: int, near: Stretch = (0, 0), groups: Sequence[Stretch] = ()) -> None:
        """Light a field's bits. The bytes `near` it, those of its layer, and the bits of its `groups` are shaded.

        The cursor goes to the field, unless the user holds it.
        """
        self._lit, self._shades = (start_bit, stop_bit), shades_of(near, groups)
        here = self.bit if self.layout_of_bytes.is_bits else self.bit - self.bit % 8
        reach = 1 if self.layout_of_bytes.is_bits else 8
        if not self.has_focus and stop_bit > start_bit and not (here < stop_bit and start_bit < here + reach):
            self.bit = min(start_bit, max(0, len(self._data) * 8 - 1))
        self._into_sight()
        self.refresh()

    def light_line(self, line: TreeLine) -> None:
        """Light what a line of the field tree stands for; a layer is shaded, for it may be all there is."""
        near = (line.layer.start, line.layer.stop) if line.layer is not None else (0, 0)
        self.light(line.start_bit, line.stop_bit, near, line.groups)
        if line.span is None and line.note is None:
            self._lit, self._shades = (0, 0), (((line.start_bit, line.stop_bit), LAYER_SHADE),)

    def mark(self, places: Sequence[Stretch]) -> None:
        """Mark what was found, as bits in their order; nothing, where there is nothing any more."""
        self._found = places
        self._longest = max((stop - start for start, stop in places), default=0)
        self.refresh()

    def go_to(self, text: str) -> None:
        """Put the user's cursor on the byte that `text` names. Raises PacketError with a sentence."""
        self.put(byte_at(text, self.byte, len(self._data)))

    @property
    def layout_of_bytes(self) -> HexLayout:
        """How the bytes stand at the present width."""
        return self._layout_at(self.size.width)

    def _layout_at(self, width: int) -> HexLayout:
        columns = int(self.width_mode) if self.width_mode.isdigit() else None
        is_bits = self.width_mode == "bits"
        return HexLayout.fitting(width, columns=columns, is_bits=is_bits, size=len(self._data))

    # Drawing

    def notify_style_update(self) -> None:
        """Mix the looks anew: the theme changed."""
        super().notify_style_update()
        self._styles.clear()

    def paint(self, y: int, width: int) -> Sequence[Segment]:
        """One line: offset, digits, text, in runs of one look."""
        layout = self._layout_at(width)
        line = self.top + y
        if line >= layout.lines(len(self._data)):
            return ()
        first = line * layout.columns
        inks = LineInks(layout, self._data[first : first + layout.columns], first, self._rebuilt)
        for stretch, level in self._shades:
            inks.shade(stretch, level)
        for stretch in self._found_on(first * 8, (first + layout.columns) * 8):
            inks.state(stretch, "found")
        inks.state(self._lit, "match")
        if self.has_focus:
            inks.cursor(self.bit)
        return [Segment(text, self._style(code)) for text, code in inks.pieces(layout.text(self._data, line))]

    def _found_on(self, start: int, stop: int) -> Sequence[Stretch]:
        first, last = bisect_left(self._found, (start - self._longest, 0)), bisect_left(self._found, (stop, 0))
        return [stretch for stretch in self._found[first:last] if start < stretch[1]]

    def _style(self, code: int | None) -> Style:
        if (style := self._styles.get(code)) is None:
            style = self._styles[code] = self.ink("faint") if code is None else self._mixed(*split(code))
        return style

    def _mixed(self, name: str, shade: str, state: str, is_cursor: bool) -> Style:  # noqa: FBT001 - what split gives
        style = self.ink(name)
        if shade:
            style += Style.from_color(None, self.ink(shade).bgcolor)
        if state:
            style += self.ink(state)
        if is_cursor:
            style += _CURSOR if state else self.ink("focused") + _CURSOR
        return style

    # Moving

    def _nearest_top(self, top: int) -> int:
        return max(0, min(top, self.layout_of_bytes.lines(len(self._data)) - self.size.height))

    def _into_sight(self) -> None:
        line = self.byte // self.layout_of_bytes.columns
        if line < self.top:
            self.top = line
        elif self.size.height and line >= self.top + self.size.height:
            self.top = line - self.size.height + 1

    def on_resize(self) -> None:
        """Keep the cursor in sight."""
        self.top = self._nearest_top(self.top)
        self._into_sight()

    def watch_width_mode(self) -> None:
        """Other lines now; the cursor stays on its byte and in sight."""
        self.top = self._nearest_top(self.top)
        self._into_sight()
        self.refresh()

    def watch_has_focus(self, _has_focus: bool) -> None:  # noqa: FBT001 - Textual calls it so
        """The cursor is seen only with the focus."""
        super().watch_has_focus(_has_focus)
        self.refresh()

    def put(self, byte: int) -> None:
        """The user's cursor goes to a byte."""
        self.put_bit(max(0, byte) * 8)

    def put_bit(self, bit: int) -> None:
        """The user's cursor goes to a bit."""
        if self._data:
            self.bit = max(0, min(bit, len(self._data) * 8 - 1))
            self._into_sight()
            self.refresh()
            self.post_message(self.Moved(self.byte, self.bit))

    def action_move(self, by: int) -> None:
        """Move by some digits: bits, or bytes where digits are hexadecimal."""
        if self.layout_of_bytes.is_bits:
            self.put_bit(self.bit + by)
        else:
            self.put(self.byte + by)

    def action_line(self, by: int) -> None:
        """Move by some lines, in the same column."""
        bit = self.bit + by * self.layout_of_bytes.columns * 8
        if 0 <= bit < len(self._data) * 8:
            self.put_bit(bit)

    def action_page(self, by: int) -> None:
        """Move by some pages."""
        self.put(self.byte + by * self.layout_of_bytes.columns * max(1, self.size.height - 1))

    def action_go(self, byte: int) -> None:
        """Move to a byte; -1 is the last."""
        self.put(byte % max(1, len(self._data)))

    def action_width(self) -> None:
        """Another width, of those that fit; bits after the last."""
        now = WIDTHS.index(self.width_mode)
        for step in range(1, len(WIDTHS)):
            mode = WIDTHS[(now + step) % len(WIDTHS)]
            if not mode.isdigit() or HexLayout(int(mode), has_text=False).width <= self.size.width:
                self.width_mode = mode
                return

    def action_ask(self) -> None:
        """Ask which byte to go to."""
        if self._data:
            self.post_message(self.Asked(self.byte, len(self._data)))

    def on_click(self, event: events.Click) -> None:
        """A click on a digit or on text puts the cursor there."""
        layout = self.layout_of_bytes
        inside = layout.bit_at(event.x)
        bit = (self.top + event.y) * layout.columns * 8 + (inside or 0)
        if inside is not None and bit < len(self._data) * 8:
            self.put_bit(bit)

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
