"""What all screens share: the two lines on top, the keys at the bottom, a frame timer and a frozen picture."""

from abc import abstractmethod
from collections.abc import Iterable
from contextlib import suppress
from typing import ClassVar, cast

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.css.query import NoMatches
from textual.reactive import reactive
from textual.screen import Screen
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Footer, Static

from app.engine.snapshot import State
from app.engine.wording import clock
from app.screens.navigator import Navigator
from app.screens.recording import RecordScreen
from widgets.masthead import Masthead, Status, Words

FRAMES_PER_SECOND = 10
SMALLEST = (60, 15)
NARROW = 110  #: columns below which panes stand one above another
WIDE = 160  #: columns from which on panes stand side by side
TALL = 45  #: lines from which on there is room for more than the essentials


class Page(Screen[None]):
    """A screen of the program. A subclass gives `compose_page` and `show_frame`."""

    MODE: ClassVar[str]  #: the title of its mode in the line on top
    _had_keys: Widget | None = None  #: what had the keys before there was no room for it
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "space",
            "freeze",
            "Freeze",
            key_display="Space",
            id="page.freeze",
            tooltip="Hold the picture; measuring goes on",
        ),
        Binding(
            "w", "record", "Record", id="page.record", tooltip="Record all packets, or end the recording", show=False
        ),
        Binding(
            "escape",
            "back",
            "Back",
            key_display="Esc",
            id="page.back",
            tooltip="Back to where you came from",
            show=False,
        ),
    ]

    is_frozen = reactive(default=False)
    frames: Timer

    @property
    def navigator(self) -> Navigator:
        """The program around this screen."""
        return cast("Navigator", self.app)

    def compose_page(self) -> Iterable[Widget]:
        """The widgets between the two lines on top and the keys at the bottom."""
        raise NotImplementedError

    @abstractmethod
    def show_frame(self) -> None:
        """Show what the engines know now. Called ten times a second; costs nothing where nothing changed."""

    def words(self) -> tuple[Words, Words]:
        """What the second line says at its left and right end."""
        return (), ()

    def compose(self) -> ComposeResult:
        """The frame around every screen."""
        yield Masthead()
        yield Status()
        yield from self.compose_page()
        yield Footer(show_command_palette=False, compact=True)
        yield Static(id="too-small", markup=False)

    def on_mount(self) -> None:
        """Begin to show."""
        self.frames = self.set_interval(1 / FRAMES_PER_SECOND, self._tick)
        self.poll()

    def on_screen_suspend(self) -> None:
        """Nobody looks: draw nothing."""
        self.frames.pause()

    def on_screen_resume(self) -> None:
        """Somebody looks again."""
        self.frames.resume()

    def _tick(self) -> None:
        # While a program ends, a screen loses its widgets before its timer: there is nothing left to draw on.
        with suppress(NoMatches):
            self.poll()

    def poll(self) -> None:
        """One frame."""
        if not self.is_frozen:
            self.show_frame()
        navigator = self.navigator
        self.query_one(Masthead).show(
            modes=navigator.mode_titles(),
            mode=self.MODE,
            badge=navigator.network.badge,
            elapsed=clock(navigator.elapsed()),
        )
        left, right = self.words()
        if navigator.is_recording:
            left = (("down", "recording  "), *left)
        if alarm := navigator.alarm:
            left = (("losing", f"{navigator.glyphs.states[State.LOSING]} {alarm}  "), *left)
        if self.is_frozen:
            left = (("frozen", f"{navigator.glyphs.frozen} frozen, measuring goes on  "), *left)
        self.query_one(Status).show(left, right)

    def on_resize(self, event: events.Resize) -> None:
        """Say so where there is no room for anything else."""
        width, height = SMALLEST
        is_too_small = event.size.width < width or event.size.height < height
        if is_too_small:
            self._had_keys = self.focused or self._had_keys  # what is hidden loses them
        elif self.has_class("-too-small"):
            self.call_after_refresh(self._give_keys_back)
        self.set_class(is_too_small, "-too-small")
        self.set_class(event.size.width < NARROW, "-narrow")
        self.set_class(event.size.width >= WIDE, "-wide")
        self.set_class(event.size.height >= TALL, "-tall")
        if is_too_small:
            self.query_one("#too-small", Static).update(
                f"terminal too small: {event.size.width}x{event.size.height}, needs {width}x{height}"
            )

    def _give_keys_back(self) -> None:
        if self._had_keys is not None and self._had_keys.is_attached:
            self.set_focus(self._had_keys)
        elif self.focused is None:
            self.focus_next()
        self._had_keys = None

    def action_freeze(self) -> None:
        """Hold the picture or let it go on."""
        self.is_frozen = not self.is_frozen
        self.poll()

    def action_record(self) -> None:
        """Ask where to record, or end the recording."""
        if self.navigator.is_recording:
            self.notify(self.navigator.record(None), markup=False)
        else:
            self.app.push_screen(RecordScreen(), self._record)

    def _record(self, path: str | None) -> None:
        if path is not None:
            self.notify(self.navigator.record(path), markup=False)

    def action_packets(self) -> None:
        """Show the packets behind this screen; a screen of packets shows them already."""

    def action_back(self) -> None:
        """Leave this screen."""
        if len(self.app.screen_stack) > 1:
            self.app.pop_screen()
