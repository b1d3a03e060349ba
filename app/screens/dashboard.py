"""All targets at once, as a table or as a map: how each stands, and what happened.

The table or the map has the keys; what is under it, and from 160 columns on beside the table, follows its cursor.
However many targets there are, a frame looks at those that are on the glass.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import ClassVar

from textual import events, on, work
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widget import Widget

from app.engine.command import AddTarget, Focus, Target, Watch
from app.engine.datagram import Clock
from app.engine.feed import Feed
from app.engine.snapshot import PingSnapshot, TargetRow, TargetRows
from app.packet.text import safe
from app.screens.aside import aside
from app.screens.standing import number_of, pace, standing
from app.screens.steering import Steered
from widgets.blocks import Block
from widgets.chart import RttChart
from widgets.eventlog import EventLog
from widgets.grid import GridLegend, TargetGrid
from widgets.histogram import RttHistogram
from widgets.ledger import LedgerPane
from widgets.lines import LineView
from widgets.masthead import Words
from widgets.prompt import Prompt
from widgets.rule import Rule
from widgets.targets import TargetTable
from widgets.windows import LossWindows

ROOMY = 32  #: lines from which on events stand below a map


class DashboardScreen(Steered):
    """The ping dashboard."""

    MODE = "Ping"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("g", "map", "Map", id="dashboard.map", tooltip="A cell an address, or a row a target"),
        Binding("t", "trace", "Trace", id="dashboard.trace", tooltip="Show the path to this target, hop by hop"),
        Binding("i", "packets", "Packets", id="dashboard.packets", tooltip="Show this target's packets"),
        Binding("a", "add", "Add", id="dashboard.add", tooltip="Measure one more target"),
        Binding(
            "slash", "filter", "Filter", key_display="/", id="dashboard.filter", tooltip="Show the rows with a text"
        ),
    ]

    def __init__(self, allows: Callable[[int, int], bool] = lambda *_: True, *, is_map: bool = False) -> None:
        super().__init__(allows)
        self.trouble = ""  #: why there is no feed, as a sentence
        self._shown: PingSnapshot | None = None
        self._focus: str | None = None
        self._watched: tuple[str, ...] = ()
        self._hosts: tuple[Sequence[Target], dict[str, str]] = ((), {})  #: of these targets, by key
        self.set_class(is_map, "-map")

    def compose_page(self) -> Iterable[Widget]:
        """The table, and under it the selected target and what happened."""
        glyphs = self.navigator.glyphs
        with Horizontal(id="dashboard"):
            with Vertical(id="all"):
                yield TargetTable(glyphs, id="targets")
                yield TargetGrid(glyphs, id="grid")
                yield GridLegend(glyphs)
                yield Rule(glyphs, id="under-table")
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

    def on_mount(self) -> None:
        """The keys are the map's, where it begins with one."""
        super().on_mount()
        if self.is_map:
            self.call_after_refresh(self._view.focus)

    def on_resize(self, event: events.Resize) -> None:
        """Below a map there is room for what happened from some height on."""
        super().on_resize(event)
        self.set_class(event.size.height >= ROOMY, "-roomy")

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
        self._shown = self.feed.latest
        self._show_rows()

    def _show_rows(self) -> None:
        if (snapshot := self._shown) is None:
            return
        if self.is_map:
            self.query_one(TargetGrid).show(snapshot.rows, at=snapshot.at)
        else:
            self.query_one(TargetTable).show(snapshot.rows, at=snapshot.at)
        self._show_selected()

    def _show_selected(self) -> None:
        if (snapshot := self._shown) is None:
            return
        if self.is_map:
            self.query_one(GridLegend).show(self.query_one(TargetGrid))
        self._watch(snapshot.rows)
        row = self.selected
        name = None if row is None else self.navigator.network.names.name(row.target.address)
        self.query_one(LedgerPane).show(row, snapshot, name)
        if self._hosts[0] is not snapshot.rows.targets:
            self._hosts = snapshot.rows.targets, {each.key: each.host for each in snapshot.rows.targets}
        self.query_one(EventLog).show(snapshot.log, started_at=snapshot.started_at, hosts=self._hosts[1])
        if self.feed is not None and row is not None and row.target.key != self._focus:
            self._focus = row.target.key
            self.feed.tell(Focus(row.target.key))
        if row is not None and self.has_class("-wide"):
            history = snapshot.focus
            samples = history.samples if history is not None and history.key == row.target.key else row.recent
            self.query_one(RttChart).show(samples, row.rtt, sent=row.ledger.sent, at=snapshot.at)
            self.query_one(RttHistogram).show(samples, row.rtt)
            self.query_one(LossWindows).show(samples, row.ledger, at=snapshot.at)

    def _watch(self, rows: TargetRows) -> None:
        """Ask for the newest samples of the rows in sight, where those of all would be too many."""
        if self.feed is None or len(rows) <= TargetRows.WATCHED:
            return
        keys = tuple(row.target.key for row in self._near())
        if keys != self._watched:
            self._watched = keys
            self.feed.tell(Watch(keys))

    def _near(self) -> Sequence[TargetRow]:
        """The rows in sight, and some around them; of a map the one under the cursor."""
        if not self.is_map:
            return self.query_one(TargetTable).near()
        return () if (row := self.selected) is None else (row,)

    def words(self) -> tuple[Words, Words]:
        """How many targets there are and how they stand."""
        if self.trouble:
            return (("down", self.trouble),), ()
        if (snapshot := self._shown) is None or self.feed is None:
            return (("muted", "starting"),), ()
        if self.feed.failure is not None:
            return (("down", self.feed.failure),), ()
        if self.is_map:
            cell = self.query_one(TargetGrid).cell
            return self._mapping(snapshot), (("strong", "" if cell is None else str(cell)),)
        return self._measuring(snapshot), standing(snapshot.rows)

    def _mapping(self, snapshot: PingSnapshot) -> Words:
        grid = self.query_one(TargetGrid)
        words = [("muted", f"{number_of(snapshot.rows)}{pace(snapshot)} · by {grid.look.value}")]
        if grid.share > 1:
            words.append(("muted", f" · worst of {grid.share}"))
        return words

    def _measuring(self, snapshot: PingSnapshot) -> Words:
        table = self.query_one(TargetTable)
        answered = [row for row in self._near() if row.rtt is not None]
        clocks = {each for row in answered for each in (row.sent_clock, row.received_clock) if each is not None}
        stamped = "" if not clocks else " · kernel clock" if clocks == {Clock.KERNEL} else " · user clock"
        count = number_of(snapshot.rows)
        words = [("muted", count)]
        if table.filter:
            words = [("accent", f"{table.lines()} of {count} with “{table.filter}”")]
        elif table.block is not None:
            words = [("accent", f"{table.lines()} of {count} in {table.block}")]
        words.append(("muted", pace(snapshot)))
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
        return self._view.selected

    @property
    def is_map(self) -> bool:
        """Whether targets are cells of a map."""
        return self.has_class("-map")

    @property
    def _view(self) -> TargetTable | TargetGrid:
        """What has the keys."""
        return self.query_one(TargetGrid) if self.is_map else self.query_one(TargetTable)

    def _turn(self, *, is_map: bool) -> None:
        """Show a map or a table; the cursor stays on its target."""
        row = self.selected
        self.set_class(is_map, "-map")
        self._show_rows()
        if row is not None:
            self._view.select(row.target.key)
        self.call_after_refresh(self._turned)

    def _turned(self) -> None:
        self._show_rows()
        if not self.query_one(Prompt).display:
            self._view.focus()
        self.poll()

    def action_map(self) -> None:
        """Turn from the table to the map, or back."""
        self._show_block(None)
        self._turn(is_map=not self.is_map)

    @on(TargetGrid.Entered)
    def enter_block(self, event: TargetGrid.Entered) -> None:
        """Show a block of the map as rows."""
        self._show_block(event.block)
        self._turn(is_map=False)

    def _show_block(self, block: Block | None) -> None:
        table = self.query_one(TargetTable)
        if block != table.block:
            table.block = block
            table.order_rows()

    def action_back(self) -> None:
        """From rows back to the map that they are a block of; on the map to the block around."""
        if self.is_map and self.query_one(TargetGrid).block is not None:
            self.query_one(TargetGrid).action_out()
        elif self.query_one(TargetTable).block is not None:
            self.action_map()
        else:
            super().action_back()

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

    # Questions

    def action_add(self) -> None:
        """Ask for one more target."""
        self._ask_for_target()

    def _ask_for_target(self, text: str = "") -> None:
        self.query_one(Prompt).ask("add", "a name or an address to measure", text)

    def action_filter(self) -> None:
        """Ask for the text that rows must have."""
        if self.is_map:
            self._turn(is_map=False)
        self.query_one(Prompt).ask("filter", "show the targets with this text", self.query_one(TargetTable).filter)

    @on(Prompt.Answered)
    def answered(self, event: Prompt.Answered) -> None:
        """Filter while the text is typed; add a target once it is."""
        if event.question == "filter":
            self._filter(event.text)
        elif event.is_final and event.text:
            self.add_target(event.text)
        if event.is_final:
            self._view.focus()

    @on(Prompt.Abandoned)
    def abandoned(self, event: Prompt.Abandoned) -> None:
        """Back to the table; a filter that was taken back shows all rows again."""
        if event.question == "filter":
            self._filter("")
        self._view.focus()

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
            if "/" in host:
                raise OSError(f"{host} is no single host: blocks are named when hopscope starts")
            address = (await aside(lambda: self.navigator.network.resolve(host), name="resolve"))[0]
        except OSError as error:  # its sentence says what is wrong
            self.notify(safe(str(error)), severity="error", markup=False)
            if self.is_current:
                self._ask_for_target(host)
            return
        if self.feed is not None:
            name = safe(host)
            self._filter("")  # what is added must be seen
            self._view.select(name)
            self.feed.tell(AddTarget(Target(key=name, host=name, address=address)))
