"""Who lives on my links: who routes, queries and speaks there, how long that holds, and what is odd about it."""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import ClassVar

from textual import events, on
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widget import Widget

from app.engine.command import AskMulticastRouter, Solicit
from app.engine.feed import Feed
from app.engine.neighbourhood.snapshot import Neighbour, NeighbourhoodSnapshot
from app.engine.neighbourhood.wording import counted
from app.engine.snapshot import State, TraceSnapshot
from app.packet.compose import Address
from app.screens.page import WIDE, Page
from widgets.attention import Attention
from widgets.lines import LineView
from widgets.masthead import Words
from widgets.neighbourdetail import Detail
from widgets.neighbourlines import Kind, Line
from widgets.neighbours import FoldedLines, NeighbourTable
from widgets.prompt import Prompt
from widgets.rule import Rule

_OF_THE_KERNEL = (Kind.ROUTE, Kind.CACHED)


def _no_traces() -> Sequence[TraceSnapshot]:
    return ()


class LinksScreen(Page):
    """The neighbourhood. `trouble` says why no packets are heard, "" while they are.

    `traces` gives the newest snapshot of each trace there is; `clock` counts nanoseconds between two snapshots.
    """

    MODE = "Links"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("s", "solicit", "Solicit", id="links.solicit", tooltip="Ask routers to advertise themselves, now"),
        Binding("m", "ask", "mrinfo", id="links.ask", tooltip="Ask this router for its multicast neighbours"),
        Binding("slash", "filter", "Filter", key_display="/", id="links.filter", tooltip="Show what has this text"),
        Binding("tab", "pane", "Pane", id="links.pane", tooltip="To the findings, and back", show=False),
        Binding("i", "packets", "All packets", id="links.packets", tooltip="All packets that were heard", show=False),
    ]

    def __init__(
        self,
        feed: Feed[NeighbourhoodSnapshot],
        traces: Callable[[], Sequence[TraceSnapshot]] = _no_traces,
        *,
        trouble: str = "",
        clock: Callable[[], int] = time.monotonic_ns,
    ) -> None:
        super().__init__()
        self.feed = feed
        self._traces = traces
        self._trouble = trouble
        self._clock = clock
        self._shown: NeighbourhoodSnapshot | None = None
        self._shown_at = 0
        self._answered: frozenset[Address] = frozenset()

    def compose_page(self) -> Iterable[Widget]:
        """The links; what is odd beside or below them; at the bottom what is under the cursor, told whole."""
        glyphs = self.navigator.glyphs
        with Vertical(id="links"):
            with Horizontal(id="links-panes"):
                table = NeighbourTable(glyphs, id="neighbours")
                table.folds.opens_kernel = bool(self._trouble)
                yield table
                with Vertical(id="odd"):
                    yield Rule(glyphs, "findings", id="odd-rule")
                    yield Attention(glyphs, id="attention")
            yield Detail(glyphs)
        yield Prompt()

    def on_mount(self) -> None:
        """The keys are the table's."""
        super().on_mount()
        self.query_one(NeighbourTable).focus()

    def on_resize(self, event: events.Resize) -> None:
        """Where there is room, groups stand beside the links."""
        super().on_resize(event)
        is_wide = event.size.width >= WIDE
        self.query_one(NeighbourTable).has_groups = not is_wide
        self.query_one(Attention).has_groups = is_wide
        self.poll()

    # Showing

    @property
    def now(self) -> int:
        """This moment on the link's clock, as far as the newest snapshot tells."""
        assert self._shown is not None
        return self._shown.at + max(0, self._clock() - self._shown_at)

    def show_frame(self) -> None:
        """Show the newest snapshot, or how much time has passed since."""
        if (snapshot := self.feed.latest) is not self._shown:
            self._tell_answers(snapshot)
            self._shown, self._shown_at = snapshot, self._clock()
        now = self.now
        table, attention = self.query_one(NeighbourTable), self.query_one(Attention)
        table.hops = hops_of_traces(self._traces())
        attention.trouble = tuple(filter(None, (self.feed.failure, self._trouble, snapshot.surroundings.missing)))
        table.show(snapshot, now)
        attention.show(snapshot, now)
        self.query_one("#odd-rule", Rule).show(
            "findings" if snapshot.findings else "what is in the way" if attention.trouble else "groups"
        )
        self.query_one("#odd").set_class(not attention.lines(), "-empty")
        self._show_detail()

    def _show_detail(self) -> None:
        if self._shown is not None:
            pane = self.query_one(Attention) if self.query_one(Attention).has_focus else self.query_one(NeighbourTable)
            self.query_one(Detail).show(pane.selected, self.now, self._shown.started_at)

    def _tell_answers(self, snapshot: NeighbourhoodSnapshot) -> None:
        """Say so when a router has answered."""
        answered = {each.router: len(each.interfaces) for each in snapshot.mrinfo}
        for router in answered.keys() - self._answered:
            if self._shown is not None:
                count = counted(answered[router], "interface")
                self.notify(f"{router} answered: a multicast router of {count}", markup=False)
        self._answered = frozenset(answered)

    def words(self) -> tuple[Words, Words]:
        """What is done and what is not; what came of it."""
        snapshot = self._shown or self.feed.latest
        quiet = "only listens; s asks routers to speak"
        left: Words = (("muted", quiet),)
        if self._trouble or self.feed.failure is not None:
            left = (("losing", "hears nothing"), ("muted", ": the kernel's tables alone"))
        if text := self.query_one(NeighbourTable).filter:
            left = (("accent", f"with {text!r}  "), *left)
        right: list[tuple[str, str]] = [
            ("muted", f"heard {counted(snapshot.heard, 'packet')}, asked {snapshot.asked:,}")
        ]
        if count := len(snapshot.findings) + snapshot.omitted.findings:
            right.append(("losing", f"  {self.navigator.glyphs.states[State.LOSING]} {count:,}"))
        return left, right

    # Where one can go from here

    @on(LineView.Moved)
    def moved(self) -> None:
        """Tell of another line."""
        self._show_detail()

    @on(FoldedLines.Opened)
    def open_line(self, event: FoldedLines.Opened) -> None:
        """Show the packet that proves a line."""
        line = event.line
        if line.packet is not None:
            self.navigator.open_packets(self.feed.packets, None, None, "links", number=line.packet)
        elif line.kind in _OF_THE_KERNEL:
            self.notify("no packet says so: it is what this host's kernel knows", markup=False)
        else:
            self.notify("there is no packet behind this line", markup=False)

    def action_packets(self) -> None:
        """Show all packets that were heard."""
        self.navigator.open_packets(self.feed.packets, None, None, "links")

    def action_pane(self) -> None:
        """Give the keys to the other pane, where there is one."""
        table, attention = self.query_one(NeighbourTable), self.query_one(Attention)
        (attention if table.has_focus and attention.lines() else table).focus()
        self.call_after_refresh(self._show_detail)

    # What one can tell the engine

    def action_solicit(self) -> None:
        """Ask the routers to advertise themselves."""
        if self._is_deaf():
            return
        self.feed.tell(Solicit())
        asked = "asked all routers: a router solicitation (RFC 4861) and one of RFC 1256 on each link"
        self.notify(asked, markup=False)

    def action_ask(self) -> None:
        """Ask the router under the cursor for its multicast neighbours."""
        line = self.query_one(NeighbourTable).selected
        router = None if line is None else _router_of(line)
        if router is None:
            self.notify("put the cursor on a router with an IPv4 address: mrinfo asks one of them", markup=False)
        elif not self._is_deaf():
            self.feed.tell(AskMulticastRouter(router))
            self.notify(f"asked {router} for its multicast neighbours (mrinfo)", markup=False)

    def _is_deaf(self) -> bool:
        """Whether nothing can be asked because no answer would be heard; it is said so."""
        if self._trouble:
            self.notify("nothing can be asked: no answer would be heard", severity="warning", markup=False)
        return bool(self._trouble)

    # The filter

    def action_filter(self) -> None:
        """Ask for the text that lines must have."""
        self.query_one(Prompt).ask("filter", "show what has this text", self.query_one(NeighbourTable).filter)

    @on(Prompt.Answered)
    def answered(self, event: Prompt.Answered) -> None:
        """Filter while the text is typed."""
        self._filter(event.text)
        if event.is_final:
            self.query_one(NeighbourTable).focus()

    @on(Prompt.Abandoned)
    def abandoned(self, _event: Prompt.Abandoned) -> None:
        """Everything is shown again."""
        self._filter("")
        self.query_one(NeighbourTable).focus()

    def _filter(self, text: str) -> None:
        self.query_one(NeighbourTable).filter = text
        self.poll()


def hops_of_traces(traces: Sequence[TraceSnapshot]) -> dict[Address, str]:
    """What each first hop is to the traces there are: "hop 1 of 11 traces"."""
    counts: Counter[Address] = Counter()
    for trace in traces:
        first = next((hop for hop in trace.hops if hop.ttl == 1), None)
        counts.update(responder.address for responder in (first.responders if first is not None else ()))
    return {address: f"hop 1 of {counted(count, 'trace')}" for address, count in sorted(counts.items(), key=str)}


def _router_of(line: Line) -> Address | None:
    """The IPv4 address of the neighbour that a line is about: mrinfo knows no other."""
    if not isinstance(line.subject, Neighbour):
        return None
    return next((address for address in line.subject.addresses if address.version == 4), None)
