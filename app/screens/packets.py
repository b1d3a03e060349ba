"""The packets behind the numbers: a list, the fields of one of them, and its bytes, joined to the bit.

A field selected in the tree lights its bytes; a byte under the cursor selects its field.
"""

from collections.abc import Iterable
from typing import ClassVar

from textual import on, work
from textual.binding import Binding, BindingType
from textual.widget import Widget

from app.engine.capturelog import CaptureLog
from app.engine.dissecting import dissected
from app.engine.packetlog import Packet, PacketLog
from app.engine.packetsource import PacketSource
from app.engine.verdict import Meaning
from app.engine.wording import duration
from app.packet.compare.comparison import parts_of
from app.packet.copying import Copied
from app.packet.text import safe
from app.screens.aside import aside
from app.screens.beside import earlier_quotations, hop_of
from app.screens.compare import CompareScreen
from app.screens.copying import CopyScreen
from app.screens.filtering import Filtering
from app.screens.finding import ByteScreen
from app.screens.headerpage import HeaderScreen
from app.screens.panes import Panes
from widgets.fieldbar import FieldBar, field_words
from widgets.fieldtree import FieldTree
from widgets.filterbar import FilterBar
from widgets.hexdump import BitLine, HexDump
from widgets.lines import LineView
from widgets.masthead import Words
from widgets.prompt import Prompt
from widgets.rule import Rule


class PacketsScreen(Filtering):
    """The packets of a row of a source, or of all; the cursor begins on one, or those of a probe, or the newest."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("c", "compare", "Compare", id="packets.compare", tooltip="With its partner, or two marked packets"),
        Binding("e", "edit", "Edit", id="packets.edit", tooltip="Edit a copy of this packet, and send it"),
        Binding("y", "copy", "Copy", id="packets.copy", tooltip="The packet or this field, in many forms"),
        Binding(
            "question_mark",
            "reference",
            "Header",
            key_display="?",
            id="packets.reference",
            tooltip="All of this header: its fields, their values, its RFC",
        ),
        Binding("x", "export", "Export", id="packets.export", tooltip="Write marked packets, or all shown", show=False),
        Binding("escape", "back", "Back", key_display="Esc", id="page.back", tooltip="Stop what goes on, or leave"),
    ]

    def __init__(
        self,
        source: PacketSource,
        row: str | None = None,
        token: int | None = None,
        title: str = "",
        *,
        number: int | None = None,
        expression: str = "",
    ) -> None:
        super().__init__(source, row, token, title, number=number)
        self.expression = expression
        self._packet: Packet | None = None

    def compose_page(self) -> Iterable[Widget]:
        """The panes; what is under their cursors."""
        glyphs = self.navigator.glyphs
        yield Panes(glyphs)
        yield Rule(glyphs)
        yield FieldBar()
        yield FilterBar(self.navigator.filters, glyphs)
        yield Prompt()

    def begin(self) -> None:
        """Show the packet under the cursor from the first frame on."""
        super().begin()
        self.show_packet()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A capture is a recording already."""
        if action == "record":
            return isinstance(self.source, PacketLog)
        if action == "reference":
            return self.is_mounted and self.query_one(Panes).pane == "tree"
        return super().check_action(action, parameters)

    # Showing

    def show_frame(self) -> None:
        """Take what is new; a packet that got a better stamp is shown again."""
        super().show_frame()
        packets = self.packets
        if packets.selected is not self._packet and not (packets.follows and packets.lines()):
            self.show_packet()

    @on(LineView.Moved, "#list")
    def show_packet(self) -> None:
        """Show the packet under the list's cursor."""
        packet = self.packets.selected
        if packet is self._packet or (packet is None and self.is_sifting):
            return  # while a filter has found nothing yet, the field that it was made from stays selected
        self._packet = packet
        self.query_one(FieldTree).show(None if packet is None else dissected(packet))
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
        self.query_one(HexDump).light_line(line)
        self.query_one(BitLine).show(packet.data, line.start_bit, line.stop_bit, _remark(packet))
        self.query_one(FieldBar).show(field_words(line), self.proof(packet))

    @on(HexDump.Moved)
    def select_field(self, event: HexDump.Moved) -> None:
        """The byte under the cursor selects its innermost field."""
        self.query_one(FieldTree).select_bit(event.bit)
        self._show_field()

    @on(HexDump.Asked)
    def ask_for_byte(self, event: HexDump.Asked) -> None:
        """A byte is to be named."""
        self.app.push_screen(ByteScreen(event.here, event.size), self._go_to_byte)

    def _go_to_byte(self, byte: int | None) -> None:
        if byte is not None:
            self.query_one(HexDump).put(byte)

    def proof(self, packet: Packet) -> Words:
        """What the packet was to the statistics; of a question, what became of it."""
        note = self.packets.notebook.note(packet)
        if note:
            return (("badge", safe(note)),)
        if packet.text:
            return (("accent", safe(packet.text)),)
        if packet.meaning is not Meaning.NOTHING:
            return (("muted", packet.meaning.value),)
        index = self.packets.index
        other = index.partner(packet)
        if other is None:
            return ()
        if other.number > packet.number:
            return (("muted", f"answered by #{other.number} after {duration(index.rtt(other))}"),)
        return (("muted", f"answers #{other.number} after {duration(index.rtt(packet))}"),)

    def words(self) -> tuple[Words, Words]:
        """Whose packets these are, how the filter gets on, and where in the list one is."""
        packets, capture = self.packets, self.capture
        left = self._whose()
        if capture is not None and capture.fault is not None:
            left = (("down", safe(capture.fault)),)
        count = packets.lines()
        place = ("muted", f"{packets.cursor + 1 if count else 0:,} of {count:,}")
        if progress := self.progress_words():
            return left, (*progress, ("muted", "  "), place)
        if not count:
            has_ended = capture is not None and capture.progress.is_complete
            waiting = "no packet yet" if self.row is None else "nothing sent or received yet"
            return left, (("muted", "no packet" if has_ended else waiting),)
        if packets.follows and (capture is None or not capture.progress.is_complete):
            return left, (("up", "following the newest"),)
        return left, (place,)

    def _whose(self) -> Words:
        source = self.source
        count = source.last - source.first + 1 if self.expression else self.packets.lines()
        counted = f"{count:,} packet{'' if count == 1 else 's'}"
        if self.capture is not None:
            return (("muted", counted), *_loading(self.capture))
        whose = "all rows" if self._all_rows or not self._title else self._title
        return ("strong", safe(whose)), ("muted", f"  {counted}")

    # Keys

    @on(LineView.Chosen, "#list")
    def open_fields(self, _event: LineView.Chosen) -> None:
        """Enter on a packet goes to its fields."""
        self.query_one(Panes).action_pane(1)

    @on(Panes.Entered)
    def entered(self) -> None:
        """Whoever reads a packet is not carried off to the next."""
        packets = self.packets
        packets.follows = self.query_one(Panes).pane == "list" and packets.is_on_newest
        self.refresh_bindings()

    def action_compare(self) -> None:
        """What was sent beside what came back; or two marked packets."""
        packets = self.packets
        packet = self.packets.selected
        marked = [self.source.get(number) for number in sorted(packets.notebook.marks)]
        chosen = [each for each in marked if each is not None]
        if len(chosen) != 2:
            partner = None if packet is None else packets.index.partner(packet)
            if packet is None or partner is None:
                self.notify("nothing answers this packet: mark two packets by m to compare them", markup=False)
                return
            chosen = sorted((packet, partner), key=lambda each: each.number)
        sent, reply = chosen
        is_answer = packets.index.question(reply) is sent
        parts = parts_of(dissected(sent), dissected(reply), numbers=(sent.number, reply.number), is_answer=is_answer)
        earlier = earlier_quotations(packets.index, self.source, reply) if is_answer else ()
        self.app.push_screen(CompareScreen(parts, hop=hop_of(reply), earlier=earlier))

    def action_edit(self) -> None:
        """Compose a packet that begins as this one."""
        self.navigator.open_compose(self.packets.selected)

    def action_copy(self) -> None:
        """Choose a form to copy the packet or the field in."""
        packet, line = self.packets.selected, self.query_one(FieldTree).selected
        if packet is None:
            return
        at = None if packet.clock is None else packet.at
        span = None if line is None else line.span
        copied = Copied(dissected(packet), span, packet.number, at, packet.length, packet.link.words)
        self.app.push_screen(CopyScreen(copied))

    def action_reference(self) -> None:
        """Show all that is known of the header that the selected field is in."""
        line = self.query_one(FieldTree).selected
        page = None if line is None else HeaderScreen.of(line)
        if page is None:
            self.notify("no header is declared for these bytes", markup=False)
        else:
            self.app.push_screen(page)

    # Files

    def action_export(self) -> None:
        """Ask where to write the marked packets, or those that are shown."""
        which, numbers = self.marked_or_shown()
        if not numbers:
            self.notify("there is no packet to write", markup=False)
            return
        self.ask("export", f"a new file for {len(numbers):,} {which} packets: .pcapng, .pcap, .txt or .jsonl")

    def answer(self, question: str, text: str) -> None:
        """Write where it was said."""
        if question == "export" and text:
            self.export(text)
        else:
            super().answer(question, text)
            self._show_field()

    @work
    async def export(self, path: str) -> None:
        """Write packets into a file, which may take its time."""
        _, numbers = self.marked_or_shown()
        notes = dict(self.packets.notebook.notes)
        said = await aside(lambda: self.navigator.export(self.source, numbers, notes, path), name="export")
        self.notify(said, markup=False)


def _loading(source: CaptureLog) -> Words:
    """How much of a capture has been read; nothing once it is all there."""
    progress = source.progress
    if progress.is_complete or source.fault is not None:
        return ()
    total = progress.total
    if total:
        return (("accent", f" so far · {100 * progress.taken // total} % read"),)
    return (("accent", " so far · waiting for more"),)


def _remark(packet: Packet) -> str:
    """What of a packet is not here, or was not on the wire."""
    if packet.rebuilt:
        return f"the first {packet.rebuilt} bytes are rebuilt from what the kernel told"
    if packet.wire_length > len(packet.data):
        return f"{len(packet.data)} of {packet.wire_length} bytes were captured"
    return ""
