"""The packets of a log as a list, newest last. Only the lines that are seen are dissected.

The cursor belongs to a packet. On the newest it stays with the newest, until it is moved away.
"""

from collections.abc import Hashable, Sequence

from rich.segment import Segment

from app.engine.packetlog import Direction, Packet, PacketLog
from app.engine.verdict import Meaning
from app.engine.wording import milliseconds
from app.packet.dissect import dissect
from app.packet.text import safe
from widgets.canvas import fit
from widgets.columns import aligned
from widgets.glyphs import UNICODE, Glyphs
from widgets.lines import LineView
from widgets.packetindex import PacketIndex

#: Columns from which on both ends of a packet are shown.
BOTH_ENDS_FROM = 96
ADDRESS_WIDTHS = {4: 15, 6: 22}
MOST_HOPS = 48  #: a packet sent with a TTL up to this is a trace's, and its TTL is what it asks for

_INKS = {
    Meaning.REPLY: "up",
    Meaning.LATE: "late",
    Meaning.DUPLICATE: "muted",
    Meaning.ERROR: "slow",
    Meaning.STRANGER: "faint",
    Meaning.FORGED: "down",
    Meaning.NOTHING: "muted",
}


class PacketList(LineView):
    """Packets, a line each."""

    HEADINGS = 1

    def __init__(self, glyphs: Glyphs = UNICODE, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._glyphs = glyphs
        self._number: int | None = None  #: the packet under the cursor
        self.index = PacketIndex(PacketLog(), None)
        self.follows = True  #: whether the cursor goes with the newest packet

    def show(self, log: PacketLog, row: str | None) -> None:
        """Show the packets of a row, or of all; the cursor stays on its packet if that is among them."""
        number = self._number
        self.index = PacketIndex(log, row)
        self.index.update()
        place = None if number is None else self.index.place(number)
        self.redraw()
        self.cursor = self.lines() - 1 if place is None or self.follows else place
        self.top = self.cursor
        self.update_rows()

    def poll(self) -> None:
        """Take what is new in the log."""
        count = len(self.index)
        fallen = self.index.update()
        if not fallen and len(self.index) == count:
            self.update_rows()
            return
        if fallen:
            self._drawn.clear()
        if self.follows:
            self.cursor = self.lines() - 1
        elif fallen:
            self.set_reactive(LineView.top, self.validate_top(self.top - fallen))
            place = None if self._number is None else self.index.place(self._number)
            self.cursor = place or 0
        self.update_rows()

    @property
    def selected(self) -> Packet | None:
        """The packet under the cursor."""
        return self.index.packet(self.cursor)

    def select(self, number: int) -> bool:
        """Put the cursor on a packet; False where it is not in the list."""
        place = self.index.place(number)
        if place is not None:
            self.cursor = place
        return place is not None

    def watch_cursor(self, before: int, after: int) -> None:
        """The packet under the cursor is remembered; on the last line, it follows the newest."""
        self._number = self.index.number(after) if 0 <= after < len(self.index) else None
        self.follows = after == len(self.index) - 1
        super().watch_cursor(before, after)

    # Lines

    def lines(self) -> int:
        """A line a packet."""
        return len(self.index)

    def row_key(self, index: int) -> Hashable:
        """A packet that got a better stamp is another object; so is its probe."""
        packet = self.index.packet(index)
        return packet, None if packet is None else self.index.partner(packet)

    def render_row(self, index: int, width: int, *, selected: bool) -> Sequence[Segment]:
        """One packet."""
        packet = self.index.packet(index)
        mark = Segment(self._glyphs.cursor if selected else " ", self.ink("lit"))
        if packet is None:
            return [mark, Segment(f"{self.index.number(index):>6}  no longer kept", self.ink("faint"))]
        read = dissect(packet.data)
        is_ours = packet.meaning not in (Meaning.STRANGER, Meaning.FORGED)
        words, side = ("plain", "muted") if is_ours else ("faint", "faint")
        since = (packet.at - (self.index.origin or packet.at)) / 1_000_000_000
        rtt = self.index.rtt(packet)
        is_wide = width >= BOTH_ENDS_FROM
        is_out = packet.direction is Direction.OUT
        arrow = self._glyphs.arrow if is_out else self._glyphs.back_arrow
        delta = "" if rtt is None else aligned(milliseconds(rtt), whole=4, fraction=3)
        segments = [
            mark,
            Segment(f"{packet.number:>6}", self.ink("strong" if selected else side)),
            Segment(f" {since:>10.4f}" if is_wide else f" {since:>8.3f}", self.ink(side)),
            Segment(f" {delta:>8}", self.ink("rtt" if packet.meaning is Meaning.REPLY else "muted")),
            Segment(f" {arrow} ", self.ink("accent" if is_out else _INKS[packet.meaning])),
        ]
        segments += self._ends(safe(read.source), safe(read.destination), width, is_out=is_out, ink=side)
        size = f"{len(packet.data):>5}  " if is_wide else ""
        segments.append(Segment(f"{fit(safe(read.protocol), 7)}{size}", self.ink(side)))
        room = width - sum(len(segment.text) for segment in segments)
        return [*segments, *self._words(packet, safe(read.summary).removeprefix(f"{read.protocol} "), room, words)]

    def _ends(self, source: str, destination: str, width: int, *, is_out: bool, ink: str) -> list[Segment]:
        """Who sent it and to whom; where there is room for one, the end that is not this host."""
        ends = (source, destination) if width >= BOTH_ENDS_FROM else (destination if is_out else source,)
        wide = self._address_width()
        return [Segment(f"{shortened(end, wide):<{wide}}  ", self.ink(ink)) for end in ends]

    def _address_width(self) -> int:
        newest = self.index.packet(len(self.index) - 1)
        is_old = newest is None or newest.data[:1] < b"\x50"
        return ADDRESS_WIDTHS[4 if is_old else 6]

    def _words(self, packet: Packet, summary: str, room: int, ink: str) -> list[Segment]:
        if packet.direction is Direction.OUT and (limit := _hop_limit(packet.data)) <= MOST_HOPS:
            summary += f", ttl {limit}"
        probe = self.index.partner(packet) if packet.direction is Direction.IN else None
        tail = f"  #{probe.number}" if probe is not None else ""
        if packet.text and room >= len(summary) + len(tail) + len(packet.text) + 3:
            tail += f" · {safe(packet.text)}"
        elif not probe and packet.meaning in (Meaning.STRANGER, Meaning.FORGED):
            tail = f"  {packet.meaning.value}"
        room = max(0, room - len(tail))
        return [Segment(fit(summary, room).rstrip(), self.ink(ink)), Segment(tail, self.ink("faint"))]

    def render_heading(self, y: int, width: int) -> Sequence[Segment]:
        """The titles of the columns."""
        wide = self._address_width()
        is_wide = width >= BOTH_ENDS_FROM
        titles = ("source", "destination") if is_wide else ("with",)
        ends = "".join(f"{title:<{wide}}  " for title in titles)
        size = f"{'len':>5}  " if is_wide else ""
        line = f" {'#':>6} {'time s':>{10 if is_wide else 8}} {'RTT ms':>8}   {ends}{'proto':<7}{size}summary"
        return (Segment(line, self.ink("heading")),)


def _hop_limit(data: bytes) -> int:
    """The TTL or the hop limit of a datagram; 0 where it is too short to have one."""
    place = 8 if data[:1] < b"\x50" else 7
    return data[place] if len(data) > place else 0


def shortened(address: str, width: int) -> str:
    """An address in at most `width` characters: what is cut is its middle, both ends tell more."""
    if len(address) <= width:
        return address
    head = (width - 1) // 2
    return f"{address[:head]}…{address[len(address) - (width - 1 - head) :]}"
