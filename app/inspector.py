"""The packets of one capture on the glass, and nothing else: no engine, no socket, no privilege."""

from collections.abc import Sequence
from pathlib import PurePath

from textual.screen import Screen

from app.config import Config
from app.engine.capturelog import CaptureLog
from app.engine.command import Target
from app.engine.feed import Feed
from app.engine.packetlog import PacketLog
from app.engine.snapshot import PingSnapshot
from app.net.intake import Intake
from app.net.link import LinkError
from app.packet.compose import Address
from app.packet.text import safe
from app.program import Program
from app.screens.packets import PacketsScreen


class CaptureNames:
    """The names that a capture file tells; nobody is asked for others."""

    def __init__(self, capture: CaptureLog) -> None:
        self._capture = capture

    def name(self, address: Address) -> str | None:
        """The name of an address."""
        name = self._capture.names.get(str(address))
        return None if name is None else safe(name)

    def close(self) -> None:
        """There is nothing to end."""


class Replayed:
    """What a capture is to the screens."""

    def __init__(self, capture: CaptureLog) -> None:
        self.badge = f"REPLAY {PurePath(capture.progress.name).name}"
        self.names = CaptureNames(capture)

    def resolve(self, host: str) -> Sequence[Address]:
        """Nobody is asked."""
        raise LinkError(f"{host}: a capture resolves no names")


class Inspector(Program):
    """The inspector alone, over a capture that may still be growing."""

    def __init__(self, intake: Intake, config: Config, *, expression: str = "") -> None:
        super().__init__(config)
        self._intake = intake
        self._capture = CaptureLog(intake.catalogue, intake)
        self._packets = PacketsScreen(self._capture, expression=expression)
        self.network = Replayed(self._capture)

    def get_default_screen(self) -> Screen[None]:
        """The packets."""
        return self._packets

    def on_mount(self) -> None:
        """Begin to read while the first frame is drawn."""
        self._intake.start()

    def on_unmount(self) -> None:
        """Read no more."""
        self._intake.close()

    # What the screens ask for, see Navigator

    @property
    def alarm(self) -> str:
        """A capture is what it is."""
        return ""

    def elapsed(self) -> int:
        """From the first packet to the last, by their own times."""
        catalogue = self._capture.catalogue
        if not len(catalogue):
            return 0
        first, last = catalogue.time_ns(0), catalogue.time_ns(len(catalogue) - 1)
        return 0 if first is None or last is None else max(0, last - first)

    def mode_titles(self) -> tuple[tuple[str, str], ...]:
        """There is but one."""
        return (("", "Packets"),)

    def role_of(self, address: Address) -> str:
        """Nobody listens."""
        return ""

    def start_ping(self) -> None:
        """Nothing is measured."""

    def open_target(self, feed: Feed[PingSnapshot], target: Target) -> None:
        """Nothing is measured."""

    def open_trace(self, target: Target) -> None:
        """Nothing is measured."""

    def open_packets(
        self, log: PacketLog, row: str | None, token: int | None, title: str = "", *, number: int | None = None
    ) -> None:
        """They are shown already."""
