"""What every program on the glass has: its looks, help, a clean end, and what the packet screens ask for.

`app.explorer` measures, `app.inspector` reads a capture.
"""

import asyncio
import signal
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePath
from typing import ClassVar
from weakref import WeakKeyDictionary

from textual import strip
from textual.binding import Binding, BindingType
from textual.driver import Driver
from textual.drivers.linux_driver import LinuxDriver
from textual.filter import LineFilter

import styles
from app.config import Config
from app.engine.notebook import Notebook
from app.engine.packetlog import Packet
from app.engine.packetsource import PacketSource
from app.interpreter import settle
from app.keystrokes import Keystrokes
from app.packet.text import safe
from app.screens.help import HelpScreen
from app.screens.page import Page
from app.terminal import Terminal
from widgets.filterbar import FilterHistory
from widgets.filters import AsciiOnly, ControlGuard
from widgets.glyphs import ASCII, UNICODE

THEME = "tokyo-night"
#: Those with a stylesheet of their own.
SCREENS = ("packets", "compare", "trace", "listen", "links", "errors", "compose", "engine")
STYLES = Path(styles.__file__).parent
#: All at once: a sheet that is read when its screen is first shown holds the program up for 0.3 s (measured).
SHEETS = tuple(STYLES / f"{name}.tcss" for name in ("theme", "layout", *SCREENS))


class Program(Keystrokes):
    """A program of screens."""

    TITLE = "hopscope"
    CSS_PATH: ClassVar[list[str | PurePath]] = list(SHEETS)
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("question_mark", "help", "Help", key_display="?", id="app.help", tooltip="What the keys do"),
        Binding("f1", "help", "Help", id="app.help-too", tooltip="What the keys do, wherever you are", show=False),
        Binding("q,ctrl+c", "quit", "Quit", id="app.quit", tooltip="End the program", show=False),
    ]

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.glyphs = ASCII if config.ascii else UNICODE
        self.filters = FilterHistory()
        self._notebooks: WeakKeyDictionary[PacketSource, Notebook] = WeakKeyDictionary()
        self._excepthook = threading.excepthook
        self._guards: list[LineFilter] = [ControlGuard()]
        if config.ascii:
            self._guards.append(AsciiOnly())
        self.theme = config.theme if config.theme in self.available_themes else THEME
        self.set_keymap(dict(config.keys))

    def get_driver_class(self) -> type[Driver]:
        """Our own in place of the usual one."""
        usual = super().get_driver_class()
        return Terminal if usual is LinuxDriver else usual

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
        """After the first paint: tune the interpreter, then begin."""
        if not self.is_headless:
            tune()
        self.begin()

    def begin(self) -> None:
        """Do what the program is for."""

    def on_unmount(self) -> None:
        """Threads that die from now on say so where they always do."""
        threading.excepthook = self._excepthook

    def _thread_died(self, args: threading.ExceptHookArgs) -> None:
        """Say so on the glass: what a thread prints could not be seen."""
        name = args.thread.name if args.thread is not None else "a thread"
        self.tell_trouble(safe(f"{name} ended early: {args.exc_type.__name__}: {args.exc_value}"))

    def tell_trouble(self, sentence: str) -> None:
        """Show what went wrong; called by any thread."""
        self.call_later(self.notify, sentence, severity="error", markup=False)

    # What the screens ask for, see Navigator

    def open_compose(self, packet: Packet | None) -> None:
        """A program over no network sends nothing."""
        self.notify("there is no network here to send packets into: hopscope send --hex FILE sends what y copies")

    def notebook(self, source: PacketSource) -> Notebook:
        """The marks and notes by the packets of a source."""
        return self._notebooks.setdefault(source, Notebook())

    @property
    def is_recording(self) -> bool:
        """A program that receives nothing records nothing."""
        return False

    def record(self, path: str | None) -> str:
        """Say so."""
        return "there is nothing to record here: x writes packets into a file"

    def export(self, source: PacketSource, numbers: Sequence[int], notes: Mapping[int, str], path: str) -> str:
        """Write packets into a new file."""
        from app.exporting import export  # no start-up time for what few runs do

        return export(source, numbers, notes, Path(path).expanduser())

    # Keys

    def action_help(self) -> None:
        """Say what the keys do."""
        if isinstance(self.screen, Page):
            self.push_screen(HelpScreen(self.screen, self.glyphs))


def tune() -> None:
    """Settings of the interpreter that keep the engines punctual beside the screens (measured)."""
    settle()
    vars(strip)["FIFOCache"] = lambda size: _FORGETFUL


class _Forgetful:
    """The memory of a strip that has none. Our lines are drawn once, and a strip that remembers itself is a cycle.

    Textual's memories made 14,000 objects a second while packets passed by, which only the garbage collector
    could find; without them it has nearly nothing to do, and drawing takes no longer (measured).
    """

    def get(self, key: object) -> None:
        """Nothing is known."""

    def __setitem__(self, key: object, value: object) -> None:
        """Nothing is kept."""


_FORGETFUL = _Forgetful()
