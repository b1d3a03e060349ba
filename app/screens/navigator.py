"""What a screen may ask of the program around it, and the screens of one another only through it."""

from typing import Protocol

from app.engine.command import Target
from app.engine.feed import Feed
from app.engine.packetlog import PacketLog
from app.engine.snapshot import PingSnapshot
from app.net.network import Network
from widgets.glyphs import Glyphs


class Navigator(Protocol):
    """The program, as its screens know it."""

    network: Network
    glyphs: Glyphs

    def elapsed(self) -> int:
        """How long the program has been measuring, in nanoseconds."""

    def mode_titles(self) -> tuple[tuple[str, str], ...]:
        """The key and the title of each mode, as the line on top shows them."""

    def start_ping(self) -> None:
        """Begin to ping, if that has not begun."""

    def open_target(self, feed: Feed[PingSnapshot], target: Target) -> None:
        """Show one target of the ping engine."""

    def open_trace(self, target: Target) -> None:
        """Show the path to a target, from a trace that is running or a new one."""

    def open_packets(self, log: PacketLog, row: str | None, token: int | None, title: str = "") -> None:
        """Show the packets of a log: of one row or all, with the cursor on those of one probe."""
