"""One target: when did it go wrong, and how sure can one be."""

from collections.abc import Iterable
from typing import ClassVar

from textual import events, on
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widget import Widget

from app.engine.command import Focus, Reset, Target
from app.engine.condition import clock_words
from app.engine.feed import Feed
from app.engine.samples.periods import minutes_of
from app.engine.samples.rollup import RollUp
from app.engine.snapshot import History, PingSnapshot, Samples, TargetRow
from app.engine.wording import percent
from app.screens.pace import faster_here, how_often, slower_here
from app.screens.page import Page
from widgets.chart import RttChart
from widgets.earlier import EarlierStrip
from widgets.eventlog import EventLog
from widgets.glyphs import INK_OF_STATE
from widgets.histogram import RttHistogram
from widgets.ledger import LedgerPane
from widgets.masthead import Words
from widgets.periods import PeriodTable
from widgets.rule import Rule
from widgets.sizes import SizeTable
from widgets.windows import LossWindows

SHORT = 20  #: lines below which there is no room for what was earlier
ROOMY = 30  #: lines from which on there is room for a table of it


class TargetScreen(Page):
    """A target's chart over time, its loss by windows, and its events."""

    MODE = "Ping"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("t", "trace", "Trace", id="target.trace", tooltip="Show the path to this target, hop by hop"),
        Binding(
            "i", "packets", "All packets", id="target.packets", tooltip="Show all packets of this target", show=False
        ),
        Binding("r", "reset", "Reset", id="target.reset", tooltip="Forget what was measured here", show=False),
        Binding(
            "greater_than_sign",
            "faster_here",
            "Faster here",
            key_display=">",
            id="target.faster-here",
            tooltip="Probe this target more often",
            show=False,
        ),
        Binding(
            "less_than_sign",
            "slower_here",
            "Slower here",
            key_display="<",
            id="target.slower-here",
            tooltip="Probe this target less often",
            show=False,
        ),
        Binding("escape", "back", "Back", key_display="Esc", id="page.back", tooltip="Back to all targets"),
    ]

    def __init__(self, feed: Feed[PingSnapshot], target: Target) -> None:
        super().__init__()
        self.feed = feed
        self.target = target
        self._shown: PingSnapshot | None = None
        self._row: TargetRow | None = None
        self._rollups: tuple[RollUp, ...] = ()

    def compose_page(self) -> Iterable[Widget]:
        """The chart; under it who it is, the windows and the events; where there is room, a histogram or a sweep.

        What was earlier, as a strip and a table, is there once something is rolled up.
        """
        glyphs = self.navigator.glyphs
        yield RttChart(glyphs)
        yield EarlierStrip(glyphs)
        yield Rule(glyphs)
        yield LedgerPane(glyphs)
        with Horizontal(id="target-below"):
            with Vertical(id="target-numbers"):
                yield LossWindows()
                yield PeriodTable()
                yield RttHistogram(glyphs)
                yield SizeTable(glyphs)
            yield EventLog(names_rows=False, id="log")

    def on_mount(self) -> None:
        """Ask for the whole history."""
        super().on_mount()
        self.feed.tell(Focus(self.target.key))

    def on_resize(self, event: events.Resize) -> None:
        """Show of what was earlier what there is room for."""
        self.set_class(event.size.height < SHORT, "-short")
        self.set_class(event.size.height >= ROOMY, "-roomy")

    def show_frame(self) -> None:
        """Show the newest snapshot, if it is new."""
        if (snapshot := self.feed.latest) is self._shown:
            return
        self._shown = snapshot
        key, row = self.target.key, self._find()
        if row is None:
            self._row = None
            return
        history = snapshot.focus if snapshot.focus is not None and snapshot.focus.key == key else None
        if history is not None:
            self._show_earlier(history)
        if row is not self._row:
            self._show_row(row, history.samples if history else row.recent, snapshot)
        log = history.log if history else tuple(line for line in snapshot.log if line.row == key)
        self.query_one(EventLog).show(log, started_at=snapshot.started_at, hosts={})
        # A history that has not come yet comes with a later snapshot of the same row.
        self._row = row if history else None

    def _show_row(self, row: TargetRow, samples: Samples, snapshot: PingSnapshot) -> None:
        at = snapshot.at
        self.query_one(RttChart).show(samples, row.rtt, sent=row.ledger.sent, at=at)
        self.query_one(LossWindows).show(samples, row.ledger, at=at)
        self.query_one(RttHistogram).show(samples, row.rtt)
        self.query_one(SizeTable).show(row.sweep)
        self.set_class(bool(row.sweep), "-swept")
        self.query_one(LedgerPane).show(row, snapshot, self.navigator.network.names.name(row.target.address))

    def _show_earlier(self, history: History) -> None:
        """What is rolled up, and the minutes since; once a minute, as that changes."""
        if history.rollups is self._rollups:
            return
        self._rollups = history.rollups
        parts = (*history.rollups, *minutes_of(history.samples)) if history.rollups else ()
        self.set_class(bool(parts), "-rolled")
        self.query_one(EarlierStrip).show(parts)
        self.query_one(PeriodTable).show(parts)

    def words(self) -> tuple[Words, Words]:
        """How it is measured, and how it stands."""
        if self.feed.failure is not None:
            return (("down", self.feed.failure),), ()
        snapshot, row = self._shown, self._find()
        if snapshot is None or row is None:
            return (("muted", f"{self.target.host} is not measured any more"),), ()
        how = ("icmp echo", how_often(snapshot, row), clock_words(row.sent_clock, row.received_clock))
        left: Words = (
            ("strong", row.target.host),
            ("muted", f"  {row.target.address}  {' · '.join(filter(None, how))}"),
        )
        sign = self.navigator.glyphs.states[row.state]
        return left, ((INK_OF_STATE[row.state], f"{sign} {row.state.value}  loss {percent(row.ledger.loss)}"),)

    def _find(self) -> TargetRow | None:
        if self._shown is None or (place := self._shown.rows.place(self.target.key)) is None:
            return None
        return self._shown.rows[place]

    @on(RttChart.Chosen)
    def open_sample(self, event: RttChart.Chosen) -> None:
        """Show the packets of the probe under the cursor."""
        self.navigator.open_packets(self.feed.packets, self.target.key, event.token, self.target.host)

    def action_packets(self) -> None:
        """Show all packets of this target."""
        self.navigator.open_packets(self.feed.packets, self.target.key, None, self.target.host)

    def action_trace(self) -> None:
        """Trace the path to this target."""
        self.navigator.open_trace(self.target)

    def action_faster_here(self) -> None:
        """Take the next shorter interval for this target."""
        if (row := self._find()) is not None:
            self.feed.tell(faster_here(row, self.feed.latest))

    def action_slower_here(self) -> None:
        """Take the next longer interval for this target."""
        if (row := self._find()) is not None:
            self.feed.tell(slower_here(row, self.feed.latest))

    def action_reset(self) -> None:
        """Forget what was measured of this target."""
        self.feed.tell(Reset(self.target.key))
