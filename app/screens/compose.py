"""A packet made by hand: its fields and bytes edited in place, sent once or many times, and what answers it below.

What the kernel would change is said before, and what it did change behind it. What is dangerous is asked for twice.
"""

from collections.abc import Iterable
from typing import ClassVar

from textual import events, on
from textual.binding import Binding, BindingType
from textual.containers import Container, Vertical
from textual.widget import Widget

from app.engine.command import Transmit
from app.engine.sending.composer import Composer, transmit
from app.engine.sending.machine import ROW, SendSnapshot
from app.engine.sending.wording import change_words, way_words
from app.packet.composing.draft import Draft
from app.packet.errors import PacketError
from app.packet.filter.names import SCALES
from app.packet.layout import Span
from app.packet.link.linktype import LinkType
from app.packet.text import safe
from app.screens.finding import ByteScreen
from app.screens.page import Page
from app.screens.panes import NARROW, WIDE
from app.screens.sending import ConfirmScreen, TimesScreen
from widgets.editing import EditDump, EditTree
from widgets.fieldbar import FieldBar, field_words
from widgets.hexdump import BitLine, HexDump
from widgets.lines import LineView
from widgets.masthead import Words
from widgets.packetindex import PacketIndex
from widgets.packetlist import PacketList
from widgets.prompt import Prompt
from widgets.rule import Rule

_PANES = ("tree", "bytes", "list")
_EXAMPLE = "ip/icmp ip.dst=192.0.2.1"
_MOST_UNDONE = 200


class ComposeScreen(Page):
    """A draft of a packet over what sends it; without bytes, a template is asked for."""

    MODE = "Compose"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("s", "send", "Send", id="compose.send", tooltip="Send it once"),
        Binding("S", "send_many", "Many", id="compose.send-many", tooltip="Send it so many times, at a rate"),
        Binding("a", "automatic", "Auto", id="compose.automatic", tooltip="Lengths and checksums right, or as is"),
        Binding("u", "undo", "Undo", id="compose.undo", tooltip="Take the last change back"),
        Binding(
            "space",
            "freeze",
            "Freeze",
            key_display="Space",
            id="page.freeze",
            tooltip="Hold the answers; they come all the same",
            show=False,
        ),
        Binding("t", "template", "Template", id="compose.template", tooltip="Begin with another template"),
        Binding("tab", "pane(1)", "Pane", key_display="Tab", id="compose.next", tooltip="Fields, bytes, answers"),
        Binding("shift+tab", "pane(-1)", "Pane before", id="compose.before", tooltip="The pane before", show=False),
    ]

    def __init__(self, composer: Composer, data: bytes = b"", link: LinkType = LinkType.RAW) -> None:
        super().__init__()
        self._composer = composer
        self.draft: Draft | None = Draft.of(data, link) if data else None
        self._fault = ""
        self._before: list[Draft | None] = []
        self._pane = "tree"
        self._snapshot: SendSnapshot | None = None

    def compose_page(self) -> Iterable[Widget]:
        """Fields and bytes above, what was sent and what came back below."""
        glyphs = self.navigator.glyphs
        with Container(id="composing"):
            with Container(id="draft"):
                yield EditTree(glyphs, id="tree")
                with Vertical(id="bytes-pane"):
                    yield EditDump(id="bytes")
                    yield BitLine()
            yield Rule(glyphs)
            yield FieldBar()
            yield FieldBar()
            yield PacketList(glyphs, id="list")
        yield Prompt()

    def on_mount(self) -> None:
        """Show the draft; ask for a template where there is none."""
        self._composer.look()
        log = self.query_one(PacketList)
        log.notebook = self.navigator.notebook(self._composer.feed.packets)
        log.show(PacketIndex(self._composer.feed.packets, ROW))
        if self.draft is None:
            self.action_template()
        else:
            self.show_draft()
            self.query_one(EditTree).focus()

    def on_unmount(self) -> None:
        """Nobody waits for answers any more."""
        self._composer.close()

    def on_resize(self, event: events.Resize) -> None:
        """Fields and bytes beside each other, or in turn."""
        super().on_resize(event)
        composing = self.query_one("#composing")
        composing.set_class(event.size.width < NARROW, "-narrow")
        composing.set_class(event.size.width >= WIDE, "-wide")

    # Showing

    def show_frame(self) -> None:
        """Take what was sent and what came back."""
        self._snapshot = self._composer.feed.latest
        self.query_one(PacketList).poll()

    def show_draft(self) -> None:
        """Show the packet as it is now, and how it would leave."""
        draft = self.draft
        self.query_one(EditTree).show(None if draft is None else draft.dissection)
        self.query_one(EditDump).show(b"" if draft is None else draft.data)
        self._show_way()
        self._show_field()

    def _show_way(self) -> None:
        bar = self.query(FieldBar).last()
        if self._fault:
            bar.show((("down", safe(self._fault)),), ())
            return
        if self.draft is None:
            bar.show((), ())
            return
        shot = self._composer.shot(self.draft.packet)
        ink = "down" if shot.trouble else "muted"
        changes = (
            ()
            if shot.trouble
            else (("slow" if shot.predicted else "muted", change_words(shot.predicted, "would change")),)
        )
        bar.show(((ink, safe(way_words(shot))),), changes)

    @on(LineView.Moved, "#tree")
    def _show_field(self) -> None:
        line, draft = self.query_one(EditTree).selected, self.draft
        bar = self.query(FieldBar).first()
        if line is None or draft is None:
            bar.show((), ())
            self.query_one(BitLine).show(b"", 0, 0, "")
            return
        self.query_one(EditDump).light_line(line)
        self.query_one(BitLine).show(draft.data, line.start_bit, line.stop_bit, "")
        bar.show(field_words(line), ())

    @on(HexDump.Moved)
    def select_field(self, event: HexDump.Moved) -> None:
        """The byte under the cursor selects its innermost field."""
        self.query_one(EditTree).select_bit(event.bit)
        self._show_field()

    @on(HexDump.Asked)
    def ask_for_byte(self, event: HexDump.Asked) -> None:
        """A byte is to be named."""
        self.app.push_screen(ByteScreen(event.here, event.size), self._go_to_byte)

    def _go_to_byte(self, byte: int | None) -> None:
        if byte is not None:
            self.query_one(EditDump).put(byte)

    def words(self) -> tuple[Words, Words]:
        """Whether it is automatic; what was sent and what came back."""
        draft, snapshot = self.draft, self._snapshot
        if draft is None:
            return (("muted", "no packet yet: t begins with a template"),), ()
        ink = "up" if draft.is_automatic else "slow"
        said = (
            "lengths and checksums are made right" if draft.is_automatic else "lengths and checksums stay as they are"
        )
        left: Words = (("strong", f"{len(draft.data):,} bytes"), ("muted", "  "), (ink, said))
        if snapshot is None or not (snapshot.sent or snapshot.failed):
            return left, (("muted", "nothing sent yet"),)
        ledger = f"{snapshot.sent:,} sent  {snapshot.answered:,} answered  {snapshot.failed:,} failed"
        if snapshot.rows and snapshot.rows[-1].failure is not None:
            return left, (("down", f"{snapshot.rows[-1].failure[1]}  "), ("muted", ledger))
        changed = snapshot.rows[-1].changed if snapshot.rows else None
        seen = () if changed is None else (("slow" if changed else "muted", f"{change_words(changed)}  "),)
        return left, (*seen, ("muted", ledger))

    # Editing

    @on(EditTree.Asked)
    def ask_for_value(self, event: EditTree.Asked) -> None:
        """Ask for the value of a field, with the one that it has."""
        span = event.line.span
        if span is not None:
            self.query_one(Prompt).ask("value", f"another value of {span.field.name}", _value_text(span))

    @on(EditDump.Typed)
    def overwrite(self, event: EditDump.Typed) -> None:
        """Digits were typed."""
        if self.draft is not None:
            self._take(self.draft.with_bits(event.start_bit, event.count, event.value))

    def take(self, data: bytes, link: LinkType) -> None:
        """Go on with another packet; what was edited can be taken back."""
        self._take(Draft.of(data, link))

    def _take(self, draft: Draft) -> None:
        self._before.append(self.draft)
        del self._before[:-_MOST_UNDONE]
        self.draft = draft
        self._fault = ""
        self.show_draft()

    @on(Prompt.Answered)
    def answered(self, event: Prompt.Answered) -> None:
        """Do what was typed, or say why that cannot be."""
        if not event.is_final:
            return
        try:
            if event.question == "template":
                self._begin(event.text)
            else:
                self._set_value(event.text)
        except PacketError as error:
            self._fault = str(error)
            self._show_way()
            prompt = self.query_one(Prompt)
            prompt.ask(event.question, prompt.placeholder, event.text)
        else:
            self._back_to_pane()

    def _begin(self, text: str) -> None:
        if not text:
            return
        template, *fields = text.split()
        pairs = [(name, value) for name, _, value in (each.partition("=") for each in fields)]
        self._composer.look()
        made = self._composer.made(template, pairs)
        self._take(Draft(made.data, made.link, made.kept, zone=made.zone))

    def _set_value(self, text: str) -> None:
        line = self.query_one(EditTree).selected
        if line is not None and line.span is not None and self.draft is not None:
            self._take(self.draft.with_text(line.span, text))

    @on(Prompt.Abandoned)
    def _abandon(self) -> None:
        self._fault = ""
        self._show_way()
        self._back_to_pane()

    def _back_to_pane(self) -> None:
        self._enter(self._pane)

    def action_automatic(self) -> None:
        """Make lengths and checksums right, or leave them as they are."""
        if self.draft is not None:
            self._take(self.draft.turned())

    def action_undo(self) -> None:
        """Take the last change back."""
        if not self._before:
            self.notify("there is nothing to take back")
            return
        self.draft = self._before.pop()
        self._fault = ""
        self.show_draft()

    def action_template(self) -> None:
        """Ask for a template."""
        self.query_one(Prompt).ask("template", f"a template, and fields of it: {_EXAMPLE}", "")

    # Panes

    def action_pane(self, by: int) -> None:
        """Give the keys to the next pane."""
        self._enter(_PANES[(_PANES.index(self._pane) + by) % len(_PANES)])

    def _enter(self, pane: str) -> None:
        self._pane = pane
        self.query_one("#composing").set_class(pane == "bytes", "-bytes-turn")
        self.call_after_refresh(self.query_one(f"#{pane}").focus)

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """A click moves the focus too, and takes a question back."""
        if event.widget.id in _PANES:
            self.query_one(Prompt).display = False
            self._pane = event.widget.id
            self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Among the bytes, its key is a digit."""
        if action == "automatic" and self._pane == "bytes":
            return False
        return super().check_action(action, parameters)

    @on(LineView.Chosen, "#list")
    def open_answer(self) -> None:
        """Show a packet that was sent or came back in the inspector."""
        packet = self.query_one(PacketList).selected
        if packet is not None:
            log = self._composer.feed.packets
            self.navigator.open_packets(log, ROW, packet.token, "sent by hand", number=packet.number)

    # Sending

    def action_send(self) -> None:
        """Send it once."""
        self._send(1, 1)

    def action_send_many(self) -> None:
        """Ask how many times."""
        if self.draft is not None:
            self.app.push_screen(TimesScreen(), self._many)

    def _many(self, answer: tuple[int, int] | None) -> None:
        if answer is not None:
            self._send(*answer)

    def _send(self, count: int, rate: int) -> None:
        if self.draft is None:
            return
        self._composer.look()
        packet = self.draft.packet
        command = transmit(self._composer.shot(packet), count, rate)
        why = self._composer.danger(packet)
        if why:
            self.app.push_screen(ConfirmScreen(why), lambda is_meant: self._confirmed(command, is_meant=is_meant))
        else:
            self._confirmed(command, is_meant=True)

    def _confirmed(self, command: Transmit, *, is_meant: bool | None) -> None:
        if is_meant:
            self._composer.feed.tell(command)


def _value_text(span: Span) -> str:
    """The value of a field as one would type it."""
    value = span.value
    if isinstance(value, bytes):
        return value.hex(":")
    if isinstance(value, int):
        is_hex = span.field.style == "hex"
        return f"0x{value:0{(span.field.width + 3) // 4}x}" if is_hex else str(value * SCALES.get(span.field.name, 1))
    return "" if value is None else str(value)
