"""One packet as one line: which columns there are at a width, and what stands in them."""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum

from rich.cells import cell_len
from rich.segment import Segment

from app.engine.datagram import Direction
from app.engine.packetlog import Packet
from app.engine.verdict import Meaning
from app.engine.wording import NOTHING_YET, milliseconds
from app.packet.dissection import CheckStatus, Dissection, Severity
from app.packet.link.linktype import LinkType
from app.packet.text import safe
from widgets.canvas import Palette, fit
from widgets.columns import aligned
from widgets.glyphs import Glyphs

#: Columns from which on both ends of a packet are shown, and from which on nothing is short.
BOTH_ENDS_FROM = 96
ROOMY_FROM = 150
#: How wide addresses may stand: IPv4, MAC addresses, most of IPv6, all of IPv6.
ENDS = (15, 17, 22, 39)
MOST_HOPS = 48  #: a packet sent with a TTL up to this is a trace's, and its TTL is what it asks for
_SECOND = 1_000_000_000

_INKS = {
    Meaning.REPLY: "up",
    Meaning.LATE: "late",
    Meaning.DUPLICATE: "muted",
    Meaning.ERROR: "slow",
    Meaning.STRANGER: "faint",
    Meaning.FORGED: "down",
    Meaning.NOTHING: "muted",
}
#: Of a capture nobody knows what a packet meant: its protocol has the colour.
_PROTOCOL_INKS = {
    "icmp": "rtt",
    "icmpv6": "rtt",
    "udp": "plain",
    "tcp": "up",
    "dns": "accent",
    "arp": "late",
    "igmp": "raised",
    "pim": "raised",
    "ospf": "raised",
}


class TimeForm(Enum):
    """What the time of a packet is counted from."""

    RELATIVE = "since the first packet"
    DELTA = "since the packet above"
    ABSOLUTE = "time of day, UTC"
    SINCE = "since the packet under the cursor"


@dataclass(frozen=True, slots=True)
class LineForm:
    """The columns of a list at a width."""

    width: int
    glyphs: Glyphs
    digits: int  #: of the greatest number
    addresses: int  #: cells for an address
    has_directions: bool  #: whether it is known of any packet which way it went
    is_capture: bool  #: whether nobody knows which end is this host
    time: TimeForm

    @property
    def has_both_ends(self) -> bool:
        """Both ends are shown where there is room, and where nobody knows which end is this host."""
        return self.width >= BOTH_ENDS_FROM or self.is_capture

    @property
    def has_rtt(self) -> bool:
        """Without a column of its own, an RTT stands behind the summary."""
        return self.width >= BOTH_ENDS_FROM or not self.is_capture

    @property
    def widest_end(self) -> int:
        """The most cells that an address may have."""
        return 39 if self.width >= ROOMY_FROM else 22 if self.width >= BOTH_ENDS_FROM else 15

    @property
    def end_width(self) -> int:
        """Cells for an address."""
        return min(self.addresses, self.widest_end) if self.has_both_ends else min(self.addresses, 22)

    @property
    def gap(self) -> str:
        """Between two columns of words."""
        return "  " if self.width >= BOTH_ENDS_FROM or not self.is_capture else " "

    @property
    def time_places(self) -> int:
        """Digits behind the point of a second."""
        return 6 if self.width >= 110 else 4 if self.width >= BOTH_ENDS_FROM else 3

    @property
    def time_width(self) -> int:
        """Cells for a time: hours, minutes and seconds, or seconds up to 9999."""
        return 9 + self.time_places if self.time is TimeForm.ABSOLUTE else self.time_places + 6 - (self.width < 96)


@dataclass(frozen=True, slots=True)
class Line:
    """What one line says."""

    packet: Packet
    read: Dissection
    source: str
    destination: str
    time: int | None  #: nanoseconds since whatever the form counts from
    rtt: int | None
    question: Packet | None  #: what it answers
    is_marked: bool
    note: str
    is_selected: bool


def heading(form: LineForm, base: int | None) -> str:
    """The titles of the columns."""
    time = {TimeForm.DELTA: "delta s", TimeForm.ABSOLUTE: "UTC", TimeForm.SINCE: f"#{base} +s"}.get(form.time, "time s")
    titles = ("source", "destination") if form.has_both_ends else ("with",)
    ends = "".join(f"{title:<{form.end_width}}{form.gap}" for title in titles)
    rtt = f" {'RTT ms':>8}" if form.has_rtt else ""
    arrow = "   " if form.has_directions else form.gap
    size = f"{'len':>5}  " if form.width >= BOTH_ENDS_FROM else ""
    front = f" {'#':>{form.digits}}  {time[-form.time_width :]:>{form.time_width}}{rtt}"
    return f"{front}{arrow}{ends}{'proto':<7}{size}summary"


def line_segments(line: Line, form: LineForm, palette: Palette) -> list[Segment]:
    """The line, at most as wide as its form."""
    ink, packet = palette.ink, line.packet
    is_ours = packet.meaning not in (Meaning.STRANGER, Meaning.FORGED)
    words, side = ("plain", "muted") if is_ours else ("faint", "faint")
    segments = [
        Segment(form.glyphs.cursor if line.is_selected else " ", ink("lit")),
        Segment(f"{packet.number:>{form.digits}}", ink("strong" if line.is_selected else side)),
        Segment(form.glyphs.mark if line.is_marked else " ", ink("badge")),
        Segment(f" {time_words(line.time, form):>{form.time_width}}", ink(side)),
    ]
    if form.has_rtt:
        rtt = "" if line.rtt is None else aligned(milliseconds(line.rtt), whole=4, fraction=3)
        is_told = packet.meaning in (Meaning.REPLY, Meaning.NOTHING)
        segments.append(Segment(f" {rtt:>8}", ink("rtt" if is_told else "muted")))
    segments.append(_arrow(packet, form, palette))
    ends = (fit(shortened(end, form.end_width), form.end_width) + form.gap for end in _ends(line, form))
    segments += [Segment(end, ink(side)) for end in ends]
    size = f"{packet.wire_length:>5}  " if form.width >= BOTH_ENDS_FROM else ""
    segments.append(Segment(fit(safe(line.read.protocol), 7), ink(protocol_ink(line) if is_ours else side)))
    segments.append(Segment(size, ink(side)))
    room = form.width - sum(cell_len(segment.text) for segment in segments)
    return [*segments, *_words(line, form, room, palette, words)]


def _arrow(packet: Packet, form: LineForm, palette: Palette) -> Segment:
    if not form.has_directions:
        return Segment(form.gap, palette.ink("plain"))
    if packet.direction is Direction.OUT:
        return Segment(f" {form.glyphs.arrow} ", palette.ink("accent"))
    arrow = form.glyphs.back_arrow if packet.direction is Direction.IN else form.glyphs.flight
    return Segment(f" {arrow} ", palette.ink(_INKS[packet.meaning]))


def _ends(line: Line, form: LineForm) -> tuple[str, ...]:
    """Who sent it and to whom; where there is room for one, the end that is not this host."""
    if form.has_both_ends:
        return line.source, line.destination
    return (line.destination if line.packet.direction is Direction.OUT else line.source,)


def protocol_ink(line: Line) -> str:
    """Bad checksums and contradictions first, then errors of routers, then the protocol's own."""
    read = line.read
    if any(check.status is CheckStatus.BAD for check in read.checks):
        return "down"
    if any(note.severity is Severity.ERROR for note in read.notes):
        return "slow"
    return _PROTOCOL_INKS.get(read.protocol.lower(), "muted")


def time_words(time: int | None, form: LineForm) -> str:
    """A time as its column shows it."""
    if time is None:
        return NOTHING_YET
    if form.time is not TimeForm.ABSOLUTE:
        return f"{time / _SECOND:.{form.time_places}f}"
    seconds, rest = divmod(time, _SECOND)
    fraction = f"{rest:09d}"[: form.time_places]
    return f"{datetime.fromtimestamp(seconds % 86_400, UTC):%H:%M:%S}.{fraction}"


def _words(line: Line, form: LineForm, room: int, palette: Palette, ink: str) -> list[Segment]:
    """The summary, what it answers, and what is said of it: a note first, for somebody wrote it."""
    packet = line.packet
    summary = safe(line.read.summary).removeprefix(f"{line.read.protocol} ")
    is_datagram = packet.link is LinkType.RAW
    if is_datagram and packet.direction is Direction.OUT and (limit := _hop_limit(packet.data)) <= MOST_HOPS:
        summary += f", ttl {limit}"
    tail = f"  #{line.question.number}" if line.question is not None else ""
    if tail and not form.has_rtt and line.rtt is not None:
        tail += f" {milliseconds(line.rtt)} ms"
    note = f"  {line.note}" if line.note else ""
    if note:
        note = fit(note, min(cell_len(note), max(12, room // 2)))
    elif packet.text and room >= len(summary) + len(tail) + len(packet.text) + 3:
        tail += f" · {safe(packet.text)}"
    elif line.question is None and packet.meaning in (Meaning.STRANGER, Meaning.FORGED):
        tail = f"  {packet.meaning.value}"
    room = max(0, room - cell_len(tail) - cell_len(note))
    return [
        Segment(fit(summary, room).rstrip(), palette.ink(ink)),
        Segment(tail, palette.ink("faint")),
        Segment(note, palette.ink("badge")),
    ]


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
