"""The path to one target, hop by hop: where does it go wrong?"""

from collections.abc import Callable, Iterable
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.reactive import reactive
from textual.widget import Widget

from app.engine.command import Method, Reset, SetInterval, SetMethod
from app.engine.feed import Feed
from app.engine.snapshot import End, TraceSnapshot
from app.engine.wording import every
from app.packet.compose import Address
from app.screens.pace import faster, slower
from app.screens.page import Page
from widgets.eventlog import EventLog
from widgets.findings import Findings
from widgets.hoplines import end_words
from widgets.hops import HopTable
from widgets.ledger import dropped_here
from widgets.lines import LineView
from widgets.masthead import Words
from widgets.rule import Rule

METHODS = tuple(Method)


class TraceScreen(Page):
    """The hop table and what it says in words. `methods` are those that the link can send."""

    MODE = "Trace"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("m", "method", "Method", id="trace.method", tooltip="Ask in another way: ICMP echo, UDP, TCP SYN"),
        Binding("n", "names", "Names", id="trace.names", tooltip="Names and addresses, or addresses alone"),
        Binding(
            "r", "restart", "Restart", id="trace.restart", tooltip="Forget what was measured and find the path anew"
        ),
        Binding("i", "packets", "All packets", id="trace.packets", tooltip="The packets of all hops", show=False),
        Binding("plus,equals_sign", "faster", "Faster", id="trace.faster", tooltip="More rounds a second", show=False),
        Binding("minus", "slower", "Slower", id="trace.slower", tooltip="Fewer rounds a second", show=False),
        Binding(
            "greater_than_sign",
            "faster_here",
            "Faster here",
            key_display=">",
            id="trace.faster-here",
            tooltip="Ask this hop more often than the others",
            show=False,
        ),
        Binding(
            "less_than_sign",
            "slower_here",
            "Slower here",
            key_display="<",
            id="trace.slower-here",
            tooltip="Ask this hop less often than the others",
            show=False,
        ),
        Binding("escape", "back", "Back", key_display="Esc", id="page.back", tooltip="Back to where you came from"),
    ]

    has_names = reactive(default=True)

    def __init__(self, feed: Feed[TraceSnapshot], methods: tuple[Method, ...] = METHODS) -> None:
        super().__init__()
        self.feed = feed
        self._methods = methods
        self._shown: TraceSnapshot | None = None
        self._known: tuple[int, dict[Address, str]] = (0, {})

    def compose_page(self) -> Iterable[Widget]:
        """The table takes what it needs, the findings stand under it."""
        glyphs = self.navigator.glyphs
        with Vertical(id="path"):
            yield HopTable(glyphs, id="hops")
            yield Rule(glyphs, "findings", id="findings-rule")
            yield Findings(glyphs)
            yield Rule(glyphs, "events", id="events-rule")
            yield EventLog(names_rows=False, id="log")

    # Showing

    def show_frame(self) -> None:
        """Show the newest snapshot; and the same one again where a name or a neighbour's role came in meanwhile."""
        snapshot = self.feed.latest
        addresses = _addresses(snapshot)
        known = sum(1 for address in addresses if self._name_of(address) is not None)
        roles = {address: self.navigator.role_of(address) for address in addresses}
        if snapshot is self._shown and (known, roles) == self._known:
            return
        self._shown, self._known = snapshot, (known, roles)
        self.query_one(HopTable).show(snapshot, self._name_of, lambda address: roles.get(address, ""))
        self.query_one(Findings).show(snapshot.findings)
        self.query_one("#findings-rule").display = bool(snapshot.findings)
        self.query_one("#events-rule").display = bool(snapshot.log)
        self.query_one(EventLog).display = bool(snapshot.log)
        self.query_one(EventLog).show(snapshot.log, started_at=snapshot.started_at, hosts={})

    def _name_of(self, address: Address) -> str | None:
        """The name of a host on the path; the target's is the one that the user wrote."""
        if not self.has_names:
            return None
        target = self.feed.latest.target
        if address == target.address and target.host != str(address):
            return target.host
        return self.navigator.network.names.name(address)

    def words(self) -> tuple[Words, Words]:
        """Who is asked and how; how far the path goes, and why no further."""
        if self.feed.failure is not None:
            return (("down", self.feed.failure),), ()
        snapshot = self._shown or self.feed.latest
        target = snapshot.target
        left = [("strong", target.host)]
        if str(target.address) != target.host:
            left.append(("muted", f"  {target.address}"))
        flows = "one flow" if snapshot.flows == 1 else f"{snapshot.flows} flows"
        left += [("plain", f"  {_asked_by(snapshot)}"), ("muted", f", {flows}")]
        left.append(("muted", f" · round {snapshot.round} · {every(snapshot.interval)}"))
        if snapshot.dropped:
            left.append(("losing", f" · {dropped_here(snapshot.dropped)}"))
        if snapshot.strangers or snapshot.forged:
            left.append(("faint", f" · strangers {snapshot.strangers}, forged {snapshot.forged}"))
        ink = "waiting" if snapshot.end is None else "up" if snapshot.end is End.REACHED else "losing"
        return left, ((ink, end_words(snapshot)),)

    # Where one can go from here

    @on(LineView.Chosen)
    def open_hop(self, _event: LineView.Chosen) -> None:
        """Show the packets of the hop under the cursor; of one that was not asked, those that it was inferred from."""
        line = self.query_one(HopTable).selected
        if line is not None:
            title = f"hop {line.hop.ttl} to {line.hop.inferred_from or self.feed.latest.target.host}"
            self.navigator.open_packets(self.feed.packets, line.hop.inferred_row or line.hop.key, None, title)

    def action_packets(self) -> None:
        """Show the packets of the whole trace."""
        latest = self.feed.latest
        self.navigator.open_packets(self.feed.packets, latest.row, None, f"trace to {latest.target.host}")

    # What one can tell the engine

    def action_method(self) -> None:
        """Ask in the next way that the link can."""
        now = self.feed.latest.method
        place = self._methods.index(now) if now in self._methods else -1
        self.feed.tell(SetMethod(self._methods[(place + 1) % len(self._methods)]))

    def action_names(self) -> None:
        """Show names, or addresses alone."""
        self.has_names = not self.has_names
        self._shown = None
        self.show_frame()

    def action_restart(self) -> None:
        """Find the path anew, from an empty table."""
        self.feed.tell(Reset())

    def action_faster(self) -> None:
        """Take the next shorter interval."""
        self.feed.tell(SetInterval(faster(self.feed.latest.interval)))

    def action_slower(self) -> None:
        """Take the next longer interval."""
        self.feed.tell(SetInterval(slower(self.feed.latest.interval)))

    def action_faster_here(self) -> None:
        """Ask the hop under the cursor more often."""
        self._set_pace(faster)

    def action_slower_here(self) -> None:
        """Ask the hop under the cursor less often."""
        self._set_pace(slower)

    def _set_pace(self, step: Callable[[int], int]) -> None:
        if (line := self.query_one(HopTable).selected) is not None:
            usual = self.feed.latest.interval
            self.feed.tell(SetInterval(step(line.hop.interval or usual), line.hop.key))


def _asked_by(snapshot: TraceSnapshot) -> str:
    return " ".join(filter(None, (snapshot.method.value, str(snapshot.port or ""))))


def _addresses(snapshot: TraceSnapshot) -> set[Address]:
    return {responder.address for hop in snapshot.hops for responder in hop.responders}
