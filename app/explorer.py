"""The program on the glass: starts the engines after the first paint, shows one screen over another, ends clean.

It knows which screen follows which, and nothing of how they draw. Engines run in threads of their own
and are looked at ten times a second; nothing here is called for a packet.
"""

import asyncio
import codecs
import gc
import signal
import sys
import threading
from collections.abc import Sequence
from functools import partial
from pathlib import Path, PurePath
from typing import ClassVar

from textual.app import App
from textual.binding import Binding, BindingType
from textual.drivers import linux_driver
from textual.filter import LineFilter
from textual.screen import Screen

import styles
from app.config import Config
from app.engine.command import Target
from app.engine.feed import Feed
from app.engine.packetlog import PacketLog
from app.engine.snapshot import PingSnapshot, TraceSnapshot
from app.engines import Engines, LiveEngines
from app.net.link import LinkError
from app.net.network import Network
from app.packet.text import safe
from app.screens.dashboard import DashboardScreen
from app.screens.help import HelpScreen
from app.screens.packets import PacketsScreen
from app.screens.page import Page
from app.screens.target import TargetScreen
from app.screens.trace import TraceScreen
from widgets.filters import AsciiOnly, ControlGuard
from widgets.glyphs import ASCII, UNICODE

MODES = (("1", "Ping"), ("2", "Trace"), ("3", "Packets"))
THEME = "tokyo-night"
STYLES = Path(styles.__file__).parent


class Explorer(App[None]):
    """The screens over a network; `opens` is the mode to begin in, "ping" or "trace"."""

    TITLE = "hopscope"
    CSS_PATH: ClassVar[list[str | PurePath]] = [STYLES / "theme.tcss", STYLES / "layout.tcss"]
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("1", "mode('ping')", "Ping", id="app.ping", tooltip="All targets", show=False),
        Binding("2", "mode('trace')", "Trace", id="app.trace", tooltip="The path to a target", show=False),
        Binding("3", "mode('packets')", "Packets", id="app.packets", tooltip="The packets themselves", show=False),
        Binding("question_mark", "help", "Help", key_display="?", id="app.help", tooltip="What the keys do"),
        Binding("q,ctrl+c", "quit", "Quit", id="app.quit", tooltip="End the program", show=False),
    ]

    def __init__(
        self,
        network: Network,
        targets: Sequence[Target],
        config: Config,
        *,
        engines: Engines | None = None,
        opens: str = "ping",
    ) -> None:
        super().__init__()
        tolerate_stray_bytes()
        self.network = network
        self.glyphs = ASCII if config.ascii else UNICODE
        self._targets = tuple(targets)
        self._engines = engines or LiveEngines(network, config)
        self._opens = opens
        self._dashboard = DashboardScreen()
        self._is_ready = False
        self._traced: Target | None = None
        self._trace: Feed[TraceSnapshot] | None = None
        self._excepthook = threading.excepthook
        self._guards: list[LineFilter] = [ControlGuard()]
        if config.ascii:
            self._guards.append(AsciiOnly())
        self.theme = config.theme if config.theme in self.available_themes else THEME
        self.set_keymap(dict(config.keys))

    def get_default_screen(self) -> Screen[None]:
        """The dashboard is below every other screen."""
        return self._dashboard

    def get_line_filters(self) -> Sequence[LineFilter]:
        """The filters of every widget, and the guards."""
        return [*super().get_line_filters(), *self._guards]

    # Beginning and ending

    def on_mount(self) -> None:
        """End clean when told to from outside."""
        loop = asyncio.get_running_loop()
        for each in (signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(each, self.exit, None, 128 + each)
        self._excepthook, threading.excepthook = threading.excepthook, self._thread_died

    def on_ready(self) -> None:
        """After the first paint: tune the interpreter, then start to measure."""
        if not self.is_headless:
            tune()
        self._is_ready = True
        if self._opens == "trace" and self._targets:
            self.open_trace(self._targets[0])
        else:
            self.start_ping()

    def start_ping(self) -> None:
        """Begin to ping, if that has not begun; what is in the way is said on the dashboard."""
        if self._dashboard.feed is not None or not self._is_ready:
            return
        try:
            self._dashboard.attach(self._engines.ping(self._targets))
        except LinkError as error:
            self._dashboard.trouble = safe(str(error))

    def on_unmount(self) -> None:
        """End the engines."""
        self._engines.close()
        threading.excepthook = self._excepthook

    def _thread_died(self, args: threading.ExceptHookArgs) -> None:
        """Say so on the glass: what a thread prints could not be seen."""
        name = args.thread.name if args.thread is not None else "a thread"
        self._dashboard.trouble = safe(f"{name} ended early: {args.exc_type.__name__}: {args.exc_value}")

    # What the screens ask for, see Navigator

    def elapsed(self) -> int:
        """The time since the first engine started."""
        feed = self._dashboard.feed or self._trace
        return 0 if feed is None else feed.latest.at - feed.latest.started_at

    def mode_titles(self) -> tuple[tuple[str, str], ...]:
        """The modes there are."""
        return MODES

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
        self._traced = target
        self.push_screen(TraceScreen(self._trace, self._engines.methods))

    def open_packets(self, log: PacketLog, row: str | None, token: int | None, title: str = "") -> None:
        """Show packets."""
        self.push_screen(PacketsScreen(log, row, token, title))

    # Keys

    def action_help(self) -> None:
        """Say what the keys do."""
        if isinstance(self.screen, Page):
            self.push_screen(HelpScreen(self.screen, self.glyphs))

    def action_mode(self, mode: str) -> None:
        """Go to a mode: to its screen where there is one already, or to a new one."""
        here = self.screen
        is_here = here is self._dashboard if mode == "ping" else isinstance(here, Page) and here.MODE.lower() == mode
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


def tolerate_stray_bytes() -> None:
    """Let the terminal send bytes that are no UTF-8: Textual's reader of keys ends the program over one."""
    tolerant = partial(codecs.getincrementaldecoder("utf-8"), errors="ignore")
    vars(linux_driver)["getincrementaldecoder"] = lambda encoding: tolerant


def tune() -> None:
    """Settings of the interpreter that keep the engines punctual beside the screens (measured)."""
    sys.setswitchinterval(0.001)
    # What was loaded so far stays for good: a full collection over it stalled frames by 50 to 190 ms.
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
