"""The packets of a source as a list, newest last. Only the lines that are seen are dissected.

The cursor belongs to a packet. On the newest it stays with the newest, until it is moved away.
"""

from collections.abc import Callable, Hashable, Sequence

from rich.segment import Segment

from app.engine.dissecting import dissected
from app.engine.notebook import Notebook
from app.engine.packetlog import Packet, PacketLog
from app.packet.text import safe
from widgets.glyphs import UNICODE, Glyphs
from widgets.lines import LineView
from widgets.packetindex import PacketIndex
from widgets.packetline import ENDS, Line, LineForm, TimeForm, heading, line_segments


class PacketList(LineView):
    """Packets, a line each."""

    HEADINGS = 1

    def __init__(self, glyphs: Glyphs = UNICODE, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._glyphs = glyphs
        self._number: int | None = None  #: the packet under the cursor
        self._wanted: int | None = None  #: the packet that the cursor was on before there was a filter
        self._is_steered = False
        self._addresses = ENDS[0]
        self._has_directions = False
        self.index = PacketIndex(PacketLog())
        self.notebook = Notebook()
        self.follows = True  #: whether the cursor goes with the newest packet
        self.time = TimeForm.RELATIVE
        self.base_number: int | None = None  #: the packet that times are counted from in TimeForm.SINCE
        self.name_of: Callable[[str], str | None] | None = None  #: names instead of addresses

    def show(self, index: PacketIndex) -> None:
        """Show these packets; the cursor stays on its packet, or where that would stand among them."""
        if self._number is None and len(self.index):
            self._number = self.index.number(self.cursor)  # the first packet of a file came under a cursor that stood
        number = self._number if self._wanted is None else self._wanted
        self.index = index
        index.update()
        self._drawn.clear()
        if self.follows:
            self._steer(self.lines() - 1)
        elif number is not None:
            self._wanted = number
            self._steer(index.nearest(number))
        self.top = self.cursor - self.page // 2
        self.redraw()
        self.update_rows()

    def poll(self) -> None:
        """Take what is new in the source."""
        count = len(self.index)
        fallen = self.index.update()
        if not fallen and len(self.index) == count:
            self.update_rows()
            return
        if fallen:
            self._drawn.clear()
        if self.follows:
            self._steer(self.lines() - 1)
        elif self._wanted is not None:
            self._steer(self.index.nearest(self._wanted))
        elif fallen:
            self.set_reactive(LineView.top, self.validate_top(self.top - fallen))
            self._steer(0 if self._number is None else self.index.nearest(self._number))
        self.update_rows()

    @property
    def selected(self) -> Packet | None:
        """The packet under the cursor."""
        return self.index.packet(self.cursor)

    @property
    def is_on_newest(self) -> bool:
        """Whether the cursor was put on the last line, not just left there by a filter."""
        return self._wanted is None and self.cursor >= self.lines() - 1

    def select(self, number: int) -> bool:
        """Put the cursor on a packet; False where it is not in the list."""
        place = self.index.place(number)
        if place is not None:
            self.cursor = place
        return place is not None

    def hold(self, number: int) -> bool:
        """Put the cursor on a packet and keep it there while newer ones come; False where it is not in the list."""
        is_here = self.select(number)
        if is_here:
            self.follows, self._wanted = False, number
        return is_here

    def _steer(self, place: int) -> None:
        """Move the cursor on the list's own account: nobody has left the newest, or the packet that is wanted."""
        follows, wanted = self.follows, self._wanted
        self._is_steered = True
        self.cursor = place
        self._is_steered = False
        self.follows, self._wanted = follows, wanted
        # The packets under a cursor that stands still may be others than before.
        self._number = self.index.number(self.cursor) if len(self.index) else self._number

    def watch_cursor(self, before: int, after: int) -> None:
        """The packet under the cursor is remembered; on the last line, it follows the newest."""
        self._number = self.index.number(after) if 0 <= after < len(self.index) else None
        if not self._is_steered:
            self._wanted = None
            self.follows = after == len(self.index) - 1
        super().watch_cursor(before, after)

    # Lines

    def lines(self) -> int:
        """A line a packet."""
        return len(self.index)

    def row_key(self, index: int) -> Hashable:
        """A packet that got a better stamp is another object; so is its probe."""
        packet = self.index.packet(index)
        if packet is None:
            return None
        before = self.index.packet(index - 1) if self.time is TimeForm.DELTA else None
        names = self._ends(packet) if self.name_of is not None else ()
        marks = packet.number in self.notebook.marks, self.notebook.note(packet)
        return packet, self.index.partner(packet), before, names, marks

    def render_row(self, index: int, width: int, *, selected: bool) -> Sequence[Segment]:
        """One packet."""
        packet = self.index.packet(index)
        if packet is None:
            mark = Segment(self._glyphs.cursor if selected else " ", self.ink("lit"))
            return [mark, Segment(f"{self.index.number(index):>6}  no longer kept", self.ink("faint"))]
        read = dissected(packet)
        source, destination = self._ends(packet)
        self._learn(packet, (source, destination), width)
        question = self.index.question(packet)
        line = Line(
            packet,
            read,
            source,
            destination,
            self._time(packet, index),
            None if question is None or question.clock is None else packet.at - question.at,
            question,
            is_marked=packet.number in self.notebook.marks,
            note=safe(self.notebook.note(packet)),
            is_selected=selected,
        )
        return line_segments(line, self._form(width), self)

    def _ends(self, packet: Packet) -> tuple[str, str]:
        read = dissected(packet)
        ends = safe(read.source), safe(read.destination)
        if self.name_of is None:
            return ends
        source, destination = (self.name_of(end) or end for end in ends)
        return source, destination

    def _time(self, packet: Packet, index: int) -> int | None:
        """The time that the line shows: since the epoch, or since another packet."""
        if packet.clock is None:
            return None
        if self.time is TimeForm.ABSOLUTE:
            return packet.at
        if self.time is TimeForm.DELTA:
            before = self.index.packet(index - 1)
            return 0 if before is None or before.clock is None else packet.at - before.at
        base = None
        if self.time is TimeForm.SINCE and self.base_number is not None:
            base = self.index.source.get(self.base_number)
        origin = self.index.origin if base is None or base.clock is None else base.at
        return packet.at - (packet.at if origin is None else origin)

    def _learn(self, packet: Packet, ends: tuple[str, str], width: int) -> None:
        """The columns of addresses are as wide as what was seen so far needs, and never narrower again."""
        longest = max(map(len, ends))
        room = self._form(width).widest_end
        wanted = next((step for step in ENDS if step >= min(longest, room)), ENDS[-1])
        has_directions = self._has_directions or packet.direction is not None
        if wanted > self._addresses or has_directions != self._has_directions:
            self._addresses = max(self._addresses, wanted)
            self._has_directions = has_directions
            self.call_later(self.redraw)

    def _form(self, width: int) -> LineForm:
        return LineForm(
            width,
            self._glyphs,
            digits=max(6, len(str(self.index.source.last))),
            addresses=self._addresses,
            has_directions=self._has_directions,
            is_capture=self.index.is_capture,
            time=self.time,
        )

    def render_heading(self, y: int, width: int) -> Sequence[Segment]:
        """The titles of the columns."""
        return (Segment(heading(self._form(width), self.base_number), self.ink("heading")),)
