"""All targets at once: how each stands, and what happened.

The table has the keys; what is under it, and from 160 columns on beside it, follows the table's cursor.
"""

from collections import Counter
from collections.abc import Iterable
from typing import ClassVar

from textual import on, work
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widget import Widget

from app.engine.command import AddTarget, Focus, RemoveTarget, Reset, SetInterval, Target
from app.engine.datagram import Clock
from app.engine.feed import Feed
from app.engine.snapshot import PingSnapshot, State, TargetRow
from app.packet.text import safe
from app.screens.aside import aside
from app.screens.pace import every, faster, faster_here, slower, slower_here
from app.screens.page import Page
from widgets.chart import RttChart
from widgets.eventlog import EventLog
from widgets.histogram import RttHistogram
from widgets.ledger import LedgerPane
from widgets.lines import LineView
from widgets.masthead import Words
from widgets.prompt import Prompt
from widgets.rule import Rule
from widgets.targets import TargetTable
from widgets.windows import LossWindows

STATE_WORDS = {
    State.UP: "up",
    State.SLOW: "slow",
    State.LOSING: "losing",
    State.DOWN: "down",
    State.WAITING: "waiting",
    State.UNKNOWN: "unknown",
}
STATE_INKS = {State.UP: "up", State.SLOW: "slow", State.LOSING: "losing", State.DOWN: "down"}


class DashboardScreen(Page):
    """The ping dashboard."""

    MODE = "Ping"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("t", "trace", "Trace", id="dashboard.trace", tooltip="Show the path to this target, hop by hop"),
        Binding("i", "packets", "Packets", id="dashboard.packets", tooltip="Show this target's packets"),
        Binding("a", "add", "Add", id="dashboard.add", tooltip="Measure one more target"),
        Binding(
            "slash", "filter", "Filter", key_display="/", id="dashboard.filter", tooltip="Show the rows with a text"
        ),
        Binding("r", "reset", "Reset", id="dashboard.reset", tooltip="Forget what was measured here", show=False),
        Binding("R", "reset_all", "Reset all", id="dashboard.reset-all", tooltip="Forget all measurements", show=False),
        Binding(
            "x,delete", "remove", "Remove", id="dashboard.remove", tooltip="Stop measuring this target", show=False
        ),
        Binding("plus,equals_sign", "faster", "Faster", id="dashboard.faster", tooltip="Probe more often", show=False),
        Binding("minus", "slower", "Slower", id="dashboard.slower", tooltip="Probe less often", show=False),
        Binding(
            "greater_than_sign",
            "faster_here",
            "Faster here",
            key_display=">",
            id="dashboard.faster-here",
            tooltip="Probe this target more often",
            show=False,
        ),
        Binding(
            "less_than_sign",
            "slower_here",
            "Slower here",
            key_display="<",
            id="dashboard.slower-here",
            tooltip="Probe this target less often",
            show=False,
        ),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.feed: Feed[PingSnapshot] | None = None
        self.trouble = ""  #: why there is no feed, as a sentence
        self._shown: PingSnapshot | None = None
        self._focus: str | None = None

    def compose_page(self) -> Iterable[Widget]:
        """The table, and under it the selected target and what happened."""
        glyphs = self.navigator.glyphs
        with Horizontal(id="dashboard"):
            with Vertical(id="all"):
                yield TargetTable(glyphs, id="targets")
                yield Rule(glyphs)
                yield LedgerPane(glyphs)
                yield LossWindows()
                yield Rule(glyphs, "events", id="events-rule")
                yield EventLog(id="log")
            with Vertical(id="selected"):
                yield Rule(glyphs, "round-trip time")
                yield RttChart(glyphs)
                yield Rule(glyphs, "how often")
                yield RttHistogram(glyphs)
        yield Prompt()

    def on_screen_resume(self) -> None:
        """Measure from the first time that somebody looks."""
        super().on_screen_resume()
        self.navigator.start_ping()

    # Showing

    def attach(self, feed: Feed[PingSnapshot]) -> None:
        """Show this feed from now on."""
        self.feed = feed
        self.poll()

    def show_frame(self) -> None:
        """Show the newest snapshot, if it is new."""
        if self.feed is None or self.feed.latest is self._shown:
            return
        self._shown = snapshot = self.feed.latest
        self.query_one(TargetTable).show(snapshot.rows, at=snapshot.at)
        self._show_selected()

    def _show_selected(self) -> None:
        if (snapshot := self._shown) is None:
            return
        row = self.query_one(TargetTable).selected
        name = None if row is None else self.navigator.network.names.name(row.target.address)
        self.query_one(LedgerPane).show(row, snapshot, name)
        hosts = {each.target.key: each.target.host for each in snapshot.rows}
        self.query_one(EventLog).show(snapshot.log, started_at=snapshot.started_at, hosts=hosts)
        if self.feed is not None and row is not None and row.target.key != self._focus:
            self._focus = row.target.key
            self.feed.tell(Focus(row.target.key))
        if row is not None and self.has_class("-wide"):
            history = snapshot.focus
            samples = history.samples if history is not None and history.key == row.target.key else row.recent
            self.query_one(RttChart).show(samples, row.rtt, sent=row.ledger.sent, at=snapshot.at)
            self.query_one(RttHistogram).show(samples, row.rtt)
            self.query_one(LossWindows).show(samples, row.ledger, at=snapshot.at)

    def words(self) -> tuple[Words, Words]:
        """How many targets there are and how they stand."""
        if self.trouble:
            return (("down", self.trouble),), ()
        if (snapshot := self._shown) is None or self.feed is None:
            return (("muted", "starting"),), ()
        if self.feed.failure is not None:
            return (("down", self.feed.failure),), ()
        counts = Counter(row.state for row in snapshot.rows)
        standing: list[tuple[str, str]] = []
        for state, word in STATE_WORDS.items():
            if counts[state]:
                separator = " · " if standing else ""
                standing += [("faint", separator), (STATE_INKS.get(state, "muted"), f"{counts[state]} {word}")]
        return self._measuring(snapshot), standing

    def _measuring(self, snapshot: PingSnapshot) -> Words:
        table = self.query_one(TargetTable)
        count = f"{len(snapshot.rows)} target{'' if len(snapshot.rows) == 1 else 's'}"
        answered = [row for row in snapshot.rows if row.rtt is not None]
        clocks = {each for row in answered for each in (row.sent_clock, row.received_clock) if each is not None}
        stamped = "" if not clocks else " · kernel clock" if clocks == {Clock.KERNEL} else " · user clock"
        words = [("muted", count)]
        if table.filter:
            words = [("accent", f"{table.lines()} of {count} with “{table.filter}”")]
        words.append(("muted", f" · {every(snapshot.interval)}"))
        if table.order is not None:
            words.append(("muted", f" · by {table.order.title}"))
        return (*words, ("muted", stamped))

    @on(LineView.Moved)
    def follow(self, _event: LineView.Moved) -> None:
        """Show the target under the cursor."""
        self._show_selected()

    # Where one can go from here

    @property
    def target(self) -> Target | None:
        """The target under the cursor."""
        return row.target if (row := self.selected) is not None else None

    @property
    def selected(self) -> TargetRow | None:
        """The row under the cursor."""
        return self.query_one(TargetTable).selected

    @on(LineView.Chosen)
    def open(self, _event: LineView.Chosen) -> None:
        """Open the target under the cursor."""
        if (row := self.selected) is not None and self.feed is not None:
            self.navigator.open_target(self.feed, row.target)

    def action_trace(self) -> None:
        """Trace the path to the selected target."""
        if (row := self.selected) is not None:
            self.navigator.open_trace(row.target)

    def action_packets(self) -> None:
        """Show the packets of the selected target."""
        if (row := self.selected) is not None and self.feed is not None:
            self.navigator.open_packets(self.feed.packets, row.target.key, None, row.target.host)

    @on(RttChart.Chosen)
    def open_sample(self, event: RttChart.Chosen) -> None:
        """Show the packets of the probe under the chart's cursor."""
        if (row := self.selected) is not None and self.feed is not None:
            self.navigator.open_packets(self.feed.packets, row.target.key, event.token, row.target.host)

    # What one can tell the engine

    def action_reset(self) -> None:
        """Forget what was measured of the selected target."""
        if (row := self.selected) is not None and self.feed is not None:
            self.feed.tell(Reset(row.target.key))

    def action_reset_all(self) -> None:
        """Forget all that was measured."""
        if self.feed is not None:
            self.feed.tell(Reset())

    def action_remove(self) -> None:
        """Stop measuring the selected target."""
        if (row := self.selected) is not None and self.feed is not None:
            self.feed.tell(RemoveTarget(row.target.key))

    def action_faster(self) -> None:
        """Take the next shorter interval."""
        if self.feed is not None:
            self.feed.tell(SetInterval(faster(self.feed.latest.interval)))

    def action_slower(self) -> None:
        """Take the next longer interval."""
        if self.feed is not None:
            self.feed.tell(SetInterval(slower(self.feed.latest.interval)))

    def action_faster_here(self) -> None:
        """Take the next shorter interval for the selected target alone."""
        if (row := self.selected) is not None and self.feed is not None:
            self.feed.tell(faster_here(row, self.feed.latest))

    def action_slower_here(self) -> None:
        """Take the next longer interval for the selected target alone."""
        if (row := self.selected) is not None and self.feed is not None:
            self.feed.tell(slower_here(row, self.feed.latest))

    # Questions

    def action_add(self) -> None:
        """Ask for one more target."""
        self._ask_for_target()

    def _ask_for_target(self, text: str = "") -> None:
        self.query_one(Prompt).ask("add", "a name or an address to measure", text)

    def action_filter(self) -> None:
        """Ask for the text that rows must have."""
        self.query_one(Prompt).ask("filter", "show the targets with this text", self.query_one(TargetTable).filter)

    @on(Prompt.Answered)
    def answered(self, event: Prompt.Answered) -> None:
        """Filter while the text is typed; add a target once it is."""
        if event.question == "filter":
            self._filter(event.text)
        elif event.is_final and event.text:
            self.add_target(event.text)
        if event.is_final:
            self.query_one(TargetTable).focus()

    @on(Prompt.Abandoned)
    def abandoned(self, event: Prompt.Abandoned) -> None:
        """Back to the table; a filter that was taken back shows all rows again."""
        if event.question == "filter":
            self._filter("")
        self.query_one(TargetTable).focus()

    def _filter(self, text: str) -> None:
        table = self.query_one(TargetTable)
        table.filter = text
        table.order_rows()
        self._show_selected()
        self.poll()

    @work
    async def add_target(self, host: str) -> None:
        """Resolve a host, which may take its time, and begin to measure it."""
        try:
            address = (await aside(lambda: self.navigator.network.resolve(host), name="resolve"))[0]
        except OSError as error:  # a LinkError, whose sentence says what is wrong
            self.notify(safe(str(error)), severity="error", markup=False)
            if self.is_current:
                self._ask_for_target(host)
            return
        if self.feed is not None:
            name = safe(host)
            self._filter("")  # what is added must be seen
            self.query_one(TargetTable).select(name)
            self.feed.tell(AddTarget(Target(key=name, host=name, address=address)))
