"""What ICMP says about the programs of this host: each error with its socket and process, and what they add up to."""

from collections.abc import Iterable
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.widget import Widget

from app.engine.command import Reset
from app.engine.errors.snapshot import ErrorsSnapshot
from app.engine.feed import Feed
from app.packet.text import safe
from app.screens.page import Page
from widgets.errortable import ErrorDetail, ErrorSums, ErrorTable
from widgets.lines import LineView
from widgets.masthead import Words
from widgets.rule import Rule


class ErrorsScreen(Page):
    """The errors of an engine that listens."""

    MODE = "Listen"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "pane", "Pane", id="errors.pane", key_display="Tab", tooltip="To the counts, and back"),
        Binding("i", "packets", "All packets", id="errors.packets", tooltip="The packets of all errors"),
        Binding("R", "reset", "Count anew", id="errors.reset", tooltip="Forget all errors and begin anew", show=False),
        Binding("escape", "back", "Back", key_display="Esc", id="page.back", tooltip="Back to where you came from"),
    ]

    def __init__(self, feed: Feed[ErrorsSnapshot]) -> None:
        super().__init__()
        self.feed = feed
        self._shown: ErrorsSnapshot | None = None

    def compose_page(self) -> Iterable[Widget]:
        """The errors; below them, or at their right, the counts; at the bottom the one under the cursor."""
        glyphs = self.navigator.glyphs
        with Container(id="errors-panes"):
            yield ErrorTable(glyphs, id="errors")
            yield Rule(glyphs, "in sum", id="sums-rule")
            yield ErrorSums(id="sums")
        yield Rule(glyphs, id="detail-rule")
        yield ErrorDetail()

    def on_mount(self) -> None:
        """The keys are the table's."""
        super().on_mount()
        self.query_one(ErrorTable).focus()

    def show_frame(self) -> None:
        """Show the newest snapshot, if it is new."""
        if (snapshot := self.feed.latest) is self._shown:
            return
        self._shown = snapshot
        self.query_one(ErrorTable).show(snapshot)
        sums = self.query_one(ErrorSums)
        sums.show(snapshot)
        self.query_one("#errors-panes").set_class(not sums.lines(), "-empty")
        self._show_detail()

    def words(self) -> tuple[Words, Words]:
        """How many came and whose they were."""
        if self.feed.failure is not None:
            return (("down", safe(self.feed.failure)),), ()
        snapshot = self.feed.latest
        if not snapshot.seen:
            return (("muted", "ICMP errors to this host: none has come yet"),), ()
        left: Words = (
            ("strong", "1 error" if snapshot.seen == 1 else f"{snapshot.seen:,} errors"),
            ("muted", f"  {snapshot.known:,} about sockets of this host"),
        )
        strangers = snapshot.seen - snapshot.known
        return left, ((("unknown", f"{strangers:,} forged or too late"),) if strangers else ())

    @on(LineView.Moved)
    def _show_detail(self) -> None:
        self.query_one(ErrorDetail).show(self.query_one(ErrorTable).selected)

    @on(LineView.Chosen)
    def open_packet(self, event: LineView.Chosen) -> None:
        """Show the packet that proves a line."""
        view = event.view
        if isinstance(view, ErrorTable | ErrorSums) and (number := view.packet(event.index)) is not None:
            self.navigator.open_packets(self.feed.packets, None, None, "errors", number=number)

    def action_packets(self) -> None:
        """Show the packets of all errors."""
        self.navigator.open_packets(self.feed.packets, None, None, "errors")

    def action_pane(self) -> None:
        """Go from the errors to the counts, or back."""
        table, sums = self.query_one(ErrorTable), self.query_one(ErrorSums)
        (sums if table.has_focus and sums.lines() else table).focus()

    def action_reset(self) -> None:
        """Forget all errors; their packets stay."""
        self.feed.tell(Reset())
