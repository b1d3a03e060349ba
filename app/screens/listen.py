"""What this host hears, live: packets in the inspector's panes, under a strip of what they are and who sends them."""

from collections.abc import Iterable
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.widget import Widget

from app.engine.command import Reset
from app.engine.feed import Feed
from app.engine.listen import ListenSnapshot
from app.engine.packetlog import Packet
from app.engine.pairing import Pairing
from app.packet.text import safe
from app.screens.background import Job
from app.screens.packets import PacketsScreen
from app.screens.sieve import LogPairer
from widgets.masthead import Words
from widgets.rule import Rule
from widgets.traffic import TrafficStrip
from widgets.trafficlines import status_words


class ListenScreen(PacketsScreen):
    """The packets of an engine that listens; begins with the packets that `expression` lets through."""

    MODE = "Listen"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "T",
            "traffic",
            "Traffic",
            id="listen.traffic",
            tooltip="Counts by protocol and sender, or their room for the packets",
            show=False,
        ),
        Binding("R", "reset", "Count anew", id="listen.reset", tooltip="Begin all counts at nothing", show=False),
    ]

    def __init__(self, feed: Feed[ListenSnapshot], *, expression: str = "") -> None:
        super().__init__(feed.packets, title="heard", expression=expression)
        self.feed = feed
        self.pairing = self._pairing = Pairing(feed.packets.first)

    def pairer(self) -> Job | None:
        """Nobody knows which packets belong together but by their bytes."""
        return LogPairer(self.source, self._pairing)

    def compose_page(self) -> Iterable[Widget]:
        """The strip, then the panes."""
        glyphs = self.navigator.glyphs
        yield TrafficStrip(glyphs)
        yield Rule(glyphs, id="traffic-rule")
        yield from super().compose_page()

    def show_frame(self) -> None:
        """Take what is new."""
        self.query_one(TrafficStrip).show(self.feed.latest)
        super().show_frame()

    def words(self) -> tuple[Words, Words]:
        """How many were heard and dropped, and by which ear; where in the list one is."""
        _, right = super().words()
        if self.feed.failure is not None:
            return (("down", safe(self.feed.failure)),), right
        latest = self.feed.latest
        if latest.log:
            return (*status_words(latest), ("muted", "  "), ("slow", safe(latest.log[-1].text))), right
        return status_words(latest), right

    def proof(self, packet: Packet) -> Words:
        """By which interface it came or went."""
        way = "" if packet.direction is None else f" {packet.direction.value}"
        return *super().proof(packet), ("muted", f"  {safe(packet.interface)}{way}")

    def action_traffic(self) -> None:
        """Show the strip, or give its room to the packets."""
        self.toggle_class("-bare")

    def action_reset(self) -> None:
        """Count from nothing again; the packets stay."""
        self.feed.tell(Reset())
