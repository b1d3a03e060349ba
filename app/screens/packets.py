"""The packets behind the numbers: a list, the fields of one of them, and its bytes, joined to the bit.

A field selected in the tree lights its bytes; a byte under the cursor selects its field.
"""

from collections.abc import Iterable
from typing import ClassVar

from textual import events, on
from textual.binding import Binding, BindingType
from textual.containers import Container, Vertical
from textual.reactive import reactive
from textual.widget import Widget

from app.engine.packetlog import Direction, Packet, PacketLog
from app.engine.verdict import Meaning
from app.engine.wording import duration
from app.packet.dissect import dissect
from app.packet.dissection import CheckStatus
from app.packet.text import safe
from app.screens.page import Page
from widgets.fieldbar import Edge, FieldBar
from widgets.fieldtree import FieldTree, check_words
from widgets.hexdump import BitLine, HexDump
from widgets.lines import LineView
from widgets.masthead import Words
from widgets.packetlist import PacketList
from widgets.rule import Rule
from widgets.treelines import TreeLine, place

NARROW = 100  #: columns below which the tree and the bytes take turns
PANES = ("list", "tree", "bytes")


class PacketsScreen(Page):
    """The packets of one row of a log, or of all; the cursor begins on those of one probe, or on the newest."""

    MODE = "Packets"
    CSS_PATH = "../../styles/packets.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "tab", "pane(1)", "Next pane", id="packets.next-pane", key_display="Tab", tooltip="List, fields, bytes"
        ),
        Binding(
            "shift+tab", "pane(-1)", "Pane before", id="packets.pane-before", tooltip="Bytes, fields, list", show=False
        ),
        Binding("p", "partner", "Partner", id="packets.partner", tooltip="From a probe to its answer, and back"),
        Binding("z", "zoom", "Zoom", id="packets.zoom", tooltip="This pane alone, or all of them"),
        Binding("a", "all", "All rows", id="packets.all", tooltip="The packets of all rows, or of this one alone"),
        Binding("escape", "back", "Back", key_display="Esc", id="page.back", tooltip="Back to where you came from"),
    ]

    pane = reactive("list")  #: the one that has the keys
    is_zoomed = reactive(default=False)

    def __init__(self, log: PacketLog, row: str | None = None, token: int | None = None, title: str = "") -> None:
        super().__init__()
        self.log_of_packets = log
        self._row = row
        self._all_rows = row is None
        self._token = token
        self._title = title
        self._packet: Packet | None = None

    def compose_page(self) -> Iterable[Widget]:
        """The list; the fields and the bytes of the packet under its cursor; what is under theirs."""
        glyphs = self.navigator.glyphs
        with Container(id="packets"):
            yield PacketList(glyphs, id="list")
            yield Rule(glyphs)
            yield Edge(glyphs.edge, id="list-edge")
            with Container(id="packet"):
                yield FieldTree(glyphs, id="tree")
                yield Rule(glyphs, id="tree-rule")
                yield Edge(glyphs.edge, id="tree-edge")
                with Vertical(id="bytes-pane"):
                    yield HexDump(id="bytes")
                    yield BitLine()
        yield Rule(glyphs)
        yield FieldBar()

    def on_mount(self) -> None:
        """Begin on the packets of the probe that was asked for, its answer if it has one."""
        packets = self.query_one(PacketList)
        packets.show(self.log_of_packets, self._row)
        numbers = packets.index.of_probe(self._token) if self._token is not None else []
        if numbers:
            packets.select(numbers[1] if len(numbers) > 1 else numbers[0])
        packets.focus()
        self._show_packet()

    # Showing

    def show_frame(self) -> None:
        """Take what is new; a packet that got a better stamp is shown again."""
        packets = self.query_one(PacketList)
        packets.poll()
        if packets.selected is not self._packet and not packets.follows:
            self._show_packet()

    @on(LineView.Moved, "#list")
    def _show_packet(self) -> None:
        packet = self.query_one(PacketList).selected
        if packet is self._packet:
            return
        self._packet = packet
        self.query_one(FieldTree).show(None if packet is None else dissect(packet.data))
        self.query_one(HexDump).show(b"" if packet is None else packet.data, packet.rebuilt if packet else 0)
        self._show_field()

    @on(LineView.Moved, "#tree")
    def _show_field(self) -> None:
        """Light the field under the tree's cursor and say what it is."""
        line, packet = self.query_one(FieldTree).selected, self._packet
        if line is None or packet is None:
            self.query_one(FieldBar).show((), ())
            self.query_one(BitLine).show(b"", 0, 0, "")
            return
        near = (line.layer.start, line.layer.stop) if line.layer is not None else (0, 0)
        self.query_one(HexDump).light(line.start_bit, line.stop_bit, near)
        remark = f"the first {packet.rebuilt} bytes are rebuilt from what the kernel told" if packet.rebuilt else ""
        self.query_one(BitLine).show(packet.data, line.start_bit, line.stop_bit, remark)
        self.query_one(FieldBar).show(_about(line, packet.data), self._proof(packet))

    def _proof(self, packet: Packet) -> Words:
        """What the packet was to the statistics; of a probe, what became of it."""
        if packet.text:
            return (("accent", safe(packet.text)),)
        if packet.meaning is not Meaning.NOTHING:
            return (("muted", packet.meaning.value),)
        index = self.query_one(PacketList).index
        answer = index.partner(packet) if packet.direction is Direction.OUT else None
        if answer is None:
            return ()
        return (("muted", f"answered by #{answer.number} after {duration(index.rtt(answer))}"),)

    @on(HexDump.Moved)
    def _select_field(self, event: HexDump.Moved) -> None:
        self.query_one(FieldTree).select_bit(event.byte * 8)
        self._show_field()

    def words(self) -> tuple[Words, Words]:
        """Whose packets these are, and where in the list one is."""
        packets = self.query_one(PacketList)
        whose = "all rows" if self._all_rows or not self._title else self._title
        count = packets.lines()
        left: Words = (("strong", safe(whose)), ("muted", f"  {count} packet{'' if count == 1 else 's'}"))
        if not count:
            return left, (("muted", "nothing sent or received yet"),)
        if packets.follows:
            return left, (("up", "following the newest"),)
        return left, (("muted", f"{packets.cursor + 1} of {count}"),)

    # Panes

    def on_resize(self, event: events.Resize) -> None:
        """In a narrow terminal the tree and the bytes take turns."""
        self.set_class(event.size.width < NARROW, "-narrow")

    def watch_pane(self, _before: str, after: str) -> None:
        """The stylesheet shows one pane alone by these classes."""
        for pane in PANES:
            self.set_class(pane == after, f"-{pane}")
        self.set_class(after == "bytes", "-bytes-turn")

    def watch_is_zoomed(self) -> None:
        """One pane alone, or all."""
        self.set_class(self.is_zoomed, "-zoomed")

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """A click moves the focus too; whoever reads a packet is not carried off to the next."""
        if event.widget.id in PANES:
            self.pane = event.widget.id
            packets = self.query_one(PacketList)
            packets.follows = self.pane == "list" and packets.cursor == packets.lines() - 1

    def action_pane(self, by: int) -> None:
        """Give the keys to the next pane."""
        self.pane = PANES[(PANES.index(self.pane) + by) % len(PANES)]
        self.call_after_refresh(self.query_one(f"#{self.pane}").focus)

    def action_zoom(self) -> None:
        """This pane alone, or all of them."""
        self.is_zoomed = not self.is_zoomed

    # Keys

    @on(LineView.Chosen, "#list")
    def open_fields(self, _event: LineView.Chosen) -> None:
        """Enter on a packet goes to its fields."""
        self.action_pane(1)

    def action_partner(self) -> None:
        """From a probe to its answer, and back."""
        packets = self.query_one(PacketList)
        partner = None if self._packet is None else packets.index.partner(self._packet)
        if partner is None or not packets.select(partner.number):
            self.notify("nothing answered this packet" if self._packet else "no packet yet", markup=False)

    def action_all(self) -> None:
        """The packets of all rows, strangers too, or those of the row that one came from."""
        if self._row is not None:
            self._all_rows = not self._all_rows
            self.query_one(PacketList).show(self.log_of_packets, None if self._all_rows else self._row)
            self._show_packet()


def _about(line: TreeLine, data: bytes) -> Words:
    """A field's filter name, place, bytes, value, verdict and reference."""
    if line.note is not None:
        return (("slow", line.shown), ("muted", f" · byte {line.note.position}"))
    name = line.span.field.name if line.span is not None else line.layer.name if line.layer is not None else ""
    words: list[tuple[str, str]] = [("lit", safe(name)), ("muted", f" · {place(line)}")]
    start, stop = line.start_bit // 8, -(-line.stop_bit // 8)
    if line.span is not None and stop - start <= 4:
        words.append(("muted", f" · 0x{data[start:stop].hex()}"))
    words.append(("plain", f" · {line.shown}"))
    if line.check is not None:
        is_bad = line.check.status is CheckStatus.BAD
        words.append(("down" if is_bad else "up", f" · {check_words(line.check)}"))
    if line.layer is not None and line.layer.reference:
        words.append(("muted", f" · {line.layer.reference}"))
    return words
