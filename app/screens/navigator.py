"""What a screen may ask of the program around it, and the screens of one another only through it."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from app.engine.command import Target
from app.engine.feed import Feed
from app.engine.notebook import Notebook
from app.engine.packetlog import Packet, PacketLog
from app.engine.packetsource import PacketSource
from app.engine.snapshot import PingSnapshot
from app.net.network import Names
from app.packet.compose import Address
from widgets.filterbar import FilterHistory
from widgets.glyphs import Glyphs


class Measured(Protocol):
    """What the screens show: a network, or a capture of one."""

    badge: str  #: what stands on the glass

    @property
    def names(self) -> Names:
        """Names of addresses on it."""

    def resolve(self, host: str) -> Sequence[Address]:
        """The addresses of a name or literal. May wait; raises LinkError."""


class Navigator(Protocol):
    """The program, as its screens know it."""

    network: Measured
    glyphs: Glyphs
    filters: FilterHistory  #: the packet filters of this session

    def elapsed(self) -> int:
        """How long the program has been measuring, in nanoseconds."""

    def mode_titles(self) -> tuple[tuple[str, str], ...]:
        """The key and the title of each mode, as the line on top shows them."""

    @property
    def alarm(self) -> str:
        """How this host itself spoils what is measured, a clause; empty while it does not."""

    def role_of(self, address: Address) -> str:
        """What a host is to the links of this one, in words, safe to show; empty where nothing is known."""

    def start_ping(self) -> None:
        """Begin to ping, if that has not begun."""

    def open_target(self, feed: Feed[PingSnapshot], target: Target) -> None:
        """Show one target of the ping engine."""

    def open_trace(self, target: Target) -> None:
        """Show the path to a target, from a trace that is running or a new one."""

    def open_packets(
        self, log: PacketLog, row: str | None, token: int | None, title: str = "", *, number: int | None = None
    ) -> None:
        """Show the packets of a log: of one row or all, with the cursor on those of one probe, or on one of them."""

    def open_compose(self, packet: Packet | None) -> None:
        """Edit a copy of a packet and send it; None begins with a template."""

    # Of packets

    def notebook(self, source: PacketSource) -> Notebook:
        """The marks and notes by the packets of a source."""

    @property
    def is_recording(self) -> bool:
        """Whether packets are being recorded since somebody asked for it on a screen."""

    def record(self, path: str | None) -> str:
        """Begin to record into a file, or end it where there is no path; a sentence on how that went."""

    def export(self, source: PacketSource, numbers: Sequence[int], notes: Mapping[int, str], path: str) -> str:
        """Write packets into a new file, in the format that its name asks for; a sentence on how that went. Waits."""
