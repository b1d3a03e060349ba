"""A screen around a list of packets: what it shows, how times and ends are told, marks and notes.

What a filter or a search adds to it stands in `app.screens.filtering`, fields and bytes in
`app.screens.packets`.
"""

from collections.abc import Callable
from functools import lru_cache
from ipaddress import ip_address
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType

from app.engine.capturelog import CaptureLog
from app.engine.packetlog import Packet
from app.engine.packetsource import PacketSource
from app.engine.pairing import Pairing
from app.packet.compose import Address
from app.screens.going import NoPlaceError, going_to
from app.screens.page import Page
from app.screens.panes import Panes
from widgets.packetindex import Found, PacketIndex
from widgets.packetline import TimeForm
from widgets.packetlist import PacketList
from widgets.prompt import Prompt


class Listing(Page):
    """The packets of a row of a source, or of all; the cursor begins on one, or those of a probe, or the newest."""

    MODE = "Packets"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "space",
            "freeze",
            "Freeze",
            key_display="Space",
            id="page.freeze",
            tooltip="Hold the list; measuring goes on",
            show=False,
        ),
        Binding("p", "partner", "Partner", id="packets.partner", tooltip="From a question to its answer, and back"),
        Binding(
            "t",
            "time",
            "Time",
            id="packets.time",
            tooltip="Since the first, the one above, this one; or UTC",
            show=False,
        ),
        Binding("m", "mark", "Mark", id="packets.mark", tooltip="Mark this packet, or take its mark back", show=False),
        Binding("M", "next_mark", "Next mark", id="packets.next-mark", tooltip="To the next marked one", show=False),
        Binding("o", "note", "Note", id="packets.note", tooltip="Write a note by this packet", show=False),
        Binding("g", "go", "Go to", id="packets.go", tooltip="To a packet by its number or its time", show=False),
        Binding("r", "names", "Names", id="packets.names", tooltip="Names instead of addresses", show=False),
        Binding(
            "a", "all", "All rows", id="packets.all", tooltip="The packets of all rows, or of this one", show=False
        ),
    ]

    def __init__(
        self,
        source: PacketSource,
        row: str | None = None,
        token: int | None = None,
        title: str = "",
        *,
        number: int | None = None,
    ) -> None:
        super().__init__()
        self.source = source
        self.capture = source if isinstance(source, CaptureLog) else None
        self.pairing = None if self.capture is None else Pairing()
        self._row = row
        self._all_rows = row is None
        self._token = token
        self._number = number
        self._title = title

    @property
    def packets(self) -> PacketList:
        """The list."""
        return self.query_one(PacketList)

    @property
    def row(self) -> str | None:
        """The row whose packets are shown; None while all are."""
        return None if self._all_rows else self._row

    def begin(self) -> None:
        """Begin on the packets of the probe that was asked for, its answer if it has one; a file at its start."""
        packets = self.packets
        packets.notebook = self.navigator.notebook(self.source)
        packets.follows = self.capture is None or self.capture.progress.total is None
        packets.show(self.index())
        numbers = packets.index.of_probe(self._token) if self._token is not None else []
        if numbers:
            packets.select(numbers[1] if len(numbers) > 1 else numbers[0])
        if self._number is not None and not packets.hold(self._number):
            self.notify(f"packet {self._number} has fallen out of the log: newer ones took its place")
        packets.focus()

    def index(self, found: Found | None = None) -> PacketIndex:
        """The packets to show."""
        return PacketIndex(self.source, self.row, found=found, pairing=self.pairing)

    def show_index(self) -> None:
        """Show other packets than before."""
        self.packets.show(self.index())

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What belongs to no row has no other rows."""
        if action == "all":
            return self._row is not None
        return super().check_action(action, parameters)

    # Keys

    def action_partner(self) -> None:
        """From a question to its answer, and back."""
        packets = self.packets
        packet = packets.selected
        partner = None if packet is None else packets.index.partner(packet)
        if partner is None:
            self.notify("nothing here answers this packet, or is answered by it" if packet else "no packet yet")
        elif not packets.select(partner.number):
            self.notify(f"packet {partner.number} is the one, but the filter hides it")

    def action_time(self) -> None:
        """Tell times from another beginning; `since` counts from the packet under the cursor."""
        forms = list(TimeForm)
        packets = self.packets
        packets.time = forms[(forms.index(packets.time) + 1) % len(forms)]
        selected = packets.selected
        packets.base_number = None if selected is None else selected.number
        if packets.time is TimeForm.SINCE and selected is None:
            packets.time = TimeForm.RELATIVE
        packets.redraw()
        self.notify(f"times are told {_told(packets)}")

    def action_names(self) -> None:
        """Names instead of addresses, as they become known."""
        packets = self.packets
        packets.name_of = name_of(self.navigator.network.names.name) if packets.name_of is None else None
        packets.redraw()

    def action_all(self) -> None:
        """The packets of all rows, strangers too, or those of the row that one came from."""
        if self._row is not None:
            self._all_rows = not self._all_rows
            self.show_index()

    # Marks and notes

    def action_mark(self) -> None:
        """Mark the packet under the cursor, or take its mark back."""
        packets = self.packets
        if (packet := packets.selected) is not None:
            packets.notebook.turn(packet.number)
            packets.update_rows()

    def action_next_mark(self) -> None:
        """Go to the next marked packet that is shown."""
        packets = self.packets
        number = packets.selected.number if packets.selected is not None else 0
        for _ in packets.notebook.marks:
            following = packets.notebook.next_mark(number)
            if following is None or packets.select(following):
                return
            number = following
        self.notify("no packet that is shown is marked: m marks one")

    def action_note(self) -> None:
        """Ask for the note by the packet under the cursor."""
        if (packet := self.packets.selected) is not None:
            self.ask("note", f"a note by packet {packet.number}", self.packets.notebook.note(packet))

    def action_go(self) -> None:
        """Ask where to go."""
        self.ask("go", "a number such as 412, a time such as 12.5 s or 09:41:07.25, last")

    # Questions

    def ask(self, question: str, hint: str, text: str = "") -> None:
        """Ask in the line at the bottom; `answer` gets what is typed."""
        self.query_one(Prompt).ask(question, hint, text)

    @on(Prompt.Answered)
    def answered(self, event: Prompt.Answered) -> None:
        """Only what was confirmed counts."""
        if event.is_final:
            self.back_to_panes()
            self.answer(event.question, event.text)

    @on(Prompt.Abandoned)
    def back_to_panes(self) -> None:
        """The pane that had the keys has them again."""
        panes = self.query_one(Panes)
        panes.enter(panes.pane)

    def answer(self, question: str, text: str) -> None:
        """Do what was asked."""
        packets = self.packets
        if question == "note" and (packet := packets.selected) is not None:
            packets.notebook.write(packet.number, text)
            packets.update_rows()
        elif question == "go" and text:
            try:
                packets.cursor = going_to(text, packets.index)
            except NoPlaceError as error:
                self.notify(str(error), severity="warning", markup=False)

    def marked_or_shown(self) -> tuple[str, list[int]]:
        """What a file is to get, in a word and by numbers: the marked packets, else all that are shown."""
        packets = self.packets
        if packets.notebook.marks:
            return "marked", sorted(packets.notebook.marks)
        return "shown", list(packets.index.numbers)

    def selected_packet(self) -> Packet | None:
        """The packet under the cursor, with its note."""
        packet = self.packets.selected
        return None if packet is None else self.packets.notebook.noted(packet)


def _told(packets: PacketList) -> str:
    form = packets.time
    if form is TimeForm.SINCE:
        return f"since packet {packets.base_number}"
    return f"as {form.value}" if form is TimeForm.ABSOLUTE else form.value


def name_of(look_up: Callable[[Address], str | None]) -> Callable[[str], str | None]:
    """Names by the text of an address; what is no IP address has none."""

    def named(text: str) -> str | None:
        address = _address(text)
        return None if address is None else look_up(address)

    return named


@lru_cache(4_096)
def _address(text: str) -> Address | None:
    try:
        return ip_address(text)
    except ValueError:
        return None
