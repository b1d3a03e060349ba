"""The program on the glass: starts the engines after the first paint, shows one screen over another, ends clean.

It knows which screen follows which, and nothing of how they draw. Engines run in threads of their own
and are looked at ten times a second; nothing here is called for a packet.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.screen import Screen

from app.config import Config
from app.engine.command import Target
from app.engine.errors.snapshot import ErrorsSnapshot
from app.engine.feed import Feed
from app.engine.listen import ListenSnapshot
from app.engine.neighbourhood.identity import what_it_is
from app.engine.neighbourhood.snapshot import NeighbourhoodSnapshot
from app.engine.packetlog import Packet, PacketLog
from app.engine.snapshot import PingSnapshot, TraceSnapshot
from app.engines import Engines, LiveEngines
from app.net.link import LinkError
from app.net.logrecording import LogRecording, start_recording
from app.net.network import Network
from app.packet.compose import Address
from app.packet.link.linktype import LinkType
from app.packet.text import safe
from app.program import Program
from app.screens.alarm import Alarm
from app.screens.compose import ComposeScreen
from app.screens.dashboard import DashboardScreen
from app.screens.engine import EngineScreen
from app.screens.errors import ErrorsScreen
from app.screens.links import LinksScreen
from app.screens.listen import ListenScreen
from app.screens.packets import PacketsScreen
from app.screens.page import Page
from app.screens.target import TargetScreen
from app.screens.trace import TraceScreen

MODES = (("1", "Ping"), ("2", "Trace"), ("3", "Packets"), ("4", "Listen"), ("5", "Links"))
#: Seconds between two looks at how the engine that pings is doing.
ALARM_PACE = 2.0


class Explorer(Program):
    """The screens over a network; `opens` is the mode to begin in: "ping", "trace", "listen" or "links".

    `expression` is the filter that the listen screen begins with; `allows` says whether so many nanoseconds may be
    between two probes to each of so many targets; where `is_map`, the dashboard begins with a map.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("1", "mode('ping')", "Ping", id="app.ping", tooltip="All targets", show=False),
        Binding("2", "mode('trace')", "Trace", id="app.trace", tooltip="The path to a target", show=False),
        Binding("3", "mode('packets')", "Packets", id="app.packets", tooltip="The packets themselves", show=False),
        Binding("4,l", "mode('listen')", "Listen", id="app.listen", tooltip="All that this host hears", show=False),
        Binding(
            "exclamation_mark",
            "mode('errors')",
            "Errors",
            key_display="!",
            id="app.errors",
            tooltip="ICMP errors, and the programs that they are about",
            show=False,
        ),
        Binding("E", "engine", "Engine", id="app.engine", tooltip="How this program itself is doing", show=False),
        Binding("e", "compose", "Compose", id="app.compose", tooltip="Make a packet by hand and send it", show=False),
        Binding("5,n", "mode('links')", "Links", id="app.links", tooltip="Who speaks on its links", show=False),
    ]

    def __init__(
        self,
        network: Network,
        targets: Sequence[Target],
        config: Config,
        *,
        engines: Engines | None = None,
        opens: str = "ping",
        expression: str = "",
        allows: Callable[[int, int], bool] = lambda *_: True,
        is_map: bool = False,
    ) -> None:
        super().__init__(config)
        self.network = network
        self._targets = tuple(targets)
        self._engines = engines or LiveEngines(network, config)
        self._opens = opens
        self._expression = expression
        self._dashboard = DashboardScreen(allows, is_map=is_map)
        self._is_ready = False
        self._alarm = Alarm()
        self._traced: Target | None = None
        self._trace: Feed[TraceSnapshot] | None = None
        self._neighbourhood: Feed[NeighbourhoodSnapshot] | None = None
        self._links: LinksScreen | None = None
        self._listening: Feed[ListenSnapshot] | None = None
        self._errors: Feed[ErrorsSnapshot] | None = None
        self._logs: list[PacketLog] = []
        self._recording: LogRecording | None = None

    def get_default_screen(self) -> Screen[None]:
        """The dashboard is below every other screen."""
        return self._dashboard

    # Beginning and ending

    def begin(self) -> None:
        """Start to measure."""
        self._is_ready = True
        self.set_interval(ALARM_PACE, self._look_for_alarm)
        if self._opens == "trace" and self._targets:
            for target in reversed(self._targets[1:]):
                self._trace_aside(target)
            self.open_trace(self._targets[0])
        elif self._opens in _OPENED:
            self._open(self._opens)
        else:
            self.start_ping()

    def _look_for_alarm(self) -> None:
        feed = self._dashboard.feed
        self._alarm.look(None if feed is None else feed.condition)

    def start_ping(self) -> None:
        """Begin to ping, if that has not begun; what is in the way is said on the dashboard."""
        # Whoever goes from one mode to another passes the dashboard, and does not ask it to measure.
        if self._dashboard.feed is not None or not self._is_ready or self.screen is not self._dashboard:
            return
        try:
            feed = self._engines.ping(self._targets)
        except LinkError as error:
            self._dashboard.trouble = safe(str(error))
        else:
            self._dashboard.attach(feed)
            self._logged(feed)

    def on_unmount(self) -> None:
        """End the engines, and the recording behind them."""
        self._engines.close()
        if self._recording is not None:
            self._recording.close()

    def tell_trouble(self, sentence: str) -> None:
        """The dashboard says it: every other screen may be gone by then."""
        self._dashboard.trouble = sentence

    # What the screens ask for, see Navigator

    @property
    def alarm(self) -> str:
        """What the engine that pings says of itself, where that is a reason for alarm."""
        return self._alarm.text

    def elapsed(self) -> int:
        """How long the engine that works longest has been at it."""
        feeds = (self._dashboard.feed, self._trace, self._listening, self._neighbourhood, self._errors)
        return max((feed.latest.at - feed.latest.started_at for feed in feeds if feed is not None), default=0)

    def mode_titles(self) -> tuple[tuple[str, str], ...]:
        """The modes there are."""
        return MODES

    def role_of(self, address: Address) -> str:
        """What the neighbourhood knows of a host."""
        if self._neighbourhood is None:
            return ""
        latest = self._neighbourhood.latest
        return safe(what_it_is(latest, address, latest.at))

    def open_target(self, feed: Feed[PingSnapshot], target: Target) -> None:
        """Show one target."""
        self.push_screen(TargetScreen(feed, target))

    def open_trace(self, target: Target) -> None:
        """Show the path to a target, from the trace of it that runs or a new one."""
        try:
            self._trace = self._engines.trace(target)
        except LinkError as error:
            self.notify(safe(str(error)), severity="error", markup=False)
            return
        self._logged(self._trace)
        self._hear_neighbours()  # the first hop is a neighbour
        self._traced = target
        self.push_screen(TraceScreen(self._trace, self._engines.methods))

    def _trace_aside(self, target: Target) -> None:
        """Begin to trace what is looked at later; what is in the way is said then."""
        with suppress(LinkError):
            self._engines.trace(target)

    def open_packets(
        self, log: PacketLog, row: str | None, token: int | None, title: str = "", *, number: int | None = None
    ) -> None:
        """Show packets."""
        self.push_screen(PacketsScreen(log, row, token, title, number=number))

    def _hear_neighbours(self) -> Feed[NeighbourhoodSnapshot]:
        """Who speaks on the links, from now on."""
        if self._neighbourhood is None:
            self._neighbourhood = self._engines.neighbourhood()
        return self._neighbourhood

    def _open(self, mode: str) -> None:
        """Show what is no measurement; what is in the way is said where one is."""
        try:
            screen = _OPENED[mode](self)
        except LinkError as error:
            self.notify(safe(str(error)), severity="error", markup=False)
        else:
            self.push_screen(screen)

    def links_screen(self) -> Page:
        """The neighbourhood, on a screen that keeps what was folded while others are shown. Raises LinkError."""
        if self._links is None:
            feed = self._hear_neighbours()
            self._links = LinksScreen(feed, self._engines.traced, trouble=self._engines.deafness)
            self.install_screen(self._links, "links")
        return self._links

    def listen_screen(self) -> Page:
        """All that is heard, on a new screen. Raises LinkError."""
        self._listening = self._engines.listen()
        self._logged(self._listening)
        return ListenScreen(self._listening, expression=self._expression)

    def errors_screen(self) -> Page:
        """ICMP errors, on a new screen. Raises LinkError."""
        self._errors = self._engines.errors()
        self._logged(self._errors)
        return ErrorsScreen(self._errors)

    def open_compose(self, packet: Packet | None) -> None:
        """Make a packet by hand, from one that is there or from a template; where that is being done, go on with it."""
        below = next((screen for screen in self.screen_stack if isinstance(screen, ComposeScreen)), None)
        if below is not None:
            while self.screen is not below:
                self.pop_screen()
            if packet is not None:
                below.take(packet.data, packet.link)
            return
        try:
            composer = self._engines.composer()
        except LinkError as error:
            self.notify(safe(str(error)), severity="error", markup=False)
            return
        self._logged(composer.feed)
        data, link = (b"", LinkType.RAW) if packet is None else (packet.data, packet.link)
        self.push_screen(ComposeScreen(composer, data, link))

    # Recording

    def _logged(self, feed: Feed[object]) -> None:
        """There is one more engine with packets; a recording that goes on gets them as well."""
        if all(log is not feed.packets for log in self._logs):
            self._logs.append(feed.packets)
        if self._recording is not None:
            self._recording.add(feed.packets)

    @property
    def is_recording(self) -> bool:
        """Whether packets are being recorded since somebody asked for it on a screen."""
        return self._recording is not None and self._recording.failure is None

    def record(self, path: str | None) -> str:
        """Begin to record what all engines have logged and will log, or end that."""
        if self._recording is not None:
            recording, self._recording = self._recording, None
            recording.close()
            if path is None:
                return safe(recording.failure or f"{recording.count:,} packets are in {recording.path}")
        if path is None:
            return "nothing is being recorded"
        place = Path(path).expanduser()
        if place.exists():
            return safe(f"{path} exists already: choose another name")
        try:
            self._recording = start_recording(self._logs, place)
        except (OSError, ValueError) as error:
            return safe(f"{path} cannot be written: {getattr(error, 'strerror', None) or error}")
        return safe(f"recording into {path}: w ends it")

    # Keys

    def action_compose(self) -> None:
        """Make a packet from a template."""
        if isinstance(self.screen, Page) and not isinstance(self.screen, ComposeScreen):
            self.open_compose(None)

    def action_engine(self) -> None:
        """Show what the engines cost, how late they send and what they dropped."""
        if isinstance(self.screen, Page) and not isinstance(self.screen, EngineScreen):
            self.push_screen(EngineScreen(self._engines.condition))

    def action_mode(self, mode: str) -> None:
        """Go to a mode: to its screen where there is one already, or to a new one."""
        here = self.screen
        is_here = here is self._dashboard if mode == "ping" else isinstance(here, _SCREENS[mode])
        if is_here or not isinstance(here, Page):
            return
        if mode == "packets":
            here.action_packets()
            return
        while len(self.screen_stack) > 1 and self.screen is not self._dashboard:
            self.pop_screen()
        if mode == "trace":
            target = self._traced or self._dashboard.target
            if target is not None:
                self.open_trace(target)
        elif mode in _OPENED:
            self._open(mode)


#: The screens of the modes above the dashboard, and how a new one is made of those that measure nothing.
_SCREENS: Mapping[str, type[Page]] = {
    "trace": TraceScreen,
    "packets": PacketsScreen,
    "listen": ListenScreen,
    "links": LinksScreen,
    "errors": ErrorsScreen,
}
_OPENED: Mapping[str, Callable[[Explorer], Page]] = {
    "listen": Explorer.listen_screen,
    "links": Explorer.links_screen,
    "errors": Explorer.errors_screen,
}
