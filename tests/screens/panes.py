"""A stage for the inspector's panes alone: the fields and the bytes of one packet, joined as a screen joins them."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path, PurePath
from typing import ClassVar

from textual import on
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.pilot import Pilot
from textual.screen import Screen

import styles
from app.net.network import Network
from app.packet.dissect import dissect
from app.packet.dissection import Dissection
from tests.screens.still import StillNetwork
from widgets.fieldbar import Edge, FieldBar, field_words
from widgets.fieldtree import FieldTree
from widgets.glyphs import UNICODE, Glyphs
from widgets.hexdump import BitLine, HexDump
from widgets.lines import LineView

STYLES = Path(styles.__file__).parent
Scene = Callable[[Pilot[None]], Awaitable[None]]


class Panes(App[None]):
    """Tree and bytes of a packet; what a screen asks of the program around it is answered with next to nothing."""

    CSS_PATH: ClassVar[list[str | PurePath]] = [STYLES / "theme.tcss", STYLES / "layout.tcss", STYLES / "compare.tcss"]
    CSS = """
    FieldTree, HexDump { width: 1fr; height: 1fr; }
    #bytes-pane { width: 1fr; }
    Edge { width: 1; }
    BitLine, FieldBar { height: 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("tab", "app.focus_next", show=False)]
    is_recording = False
    alarm = ""

    def __init__(self, data: bytes, *, rebuilt: int = 0, opens: Screen[None] | None = None) -> None:
        super().__init__()
        self.network: Network = StillNetwork()
        self.glyphs: Glyphs = UNICODE
        self.dissection: Dissection = dissect(data)
        self.rebuilt = rebuilt
        self._first = opens
        self.theme = "tokyo-night"
        self.animation_level = "none"

    def elapsed(self) -> int:
        return 0

    def mode_titles(self) -> tuple[tuple[str, str], ...]:
        return (("1", "Ping"), ("2", "Trace"), ("3", "Packets"))

    def compose(self) -> ComposeResult:
        with Horizontal():
            yield FieldTree()
            yield Edge()
            with Vertical(id="bytes-pane"):
                yield HexDump()
                yield BitLine()
        yield FieldBar()

    def on_mount(self) -> None:
        self.show(self.dissection)
        self.query_one(FieldTree).focus()
        if self._first is not None:
            self.push_screen(self._first)

    def show(self, dissection: Dissection) -> None:
        self.dissection = dissection
        self.query_one(FieldTree).show(dissection)
        self.query_one(HexDump).show(dissection.data, self.rebuilt)
        self.light()

    @on(LineView.Moved)
    def light(self) -> None:
        line = self.query_one(FieldTree).selected
        if line is not None:
            self.query_one(HexDump).light_line(line)
            self.query_one(BitLine).show(self.dissection.data, line.start_bit, line.stop_bit, "")
            self.query_one(FieldBar).show(field_words(line), ())

    @on(HexDump.Moved)
    def select(self, event: HexDump.Moved) -> None:
        self.query_one(FieldTree).select_bit(event.bit)
        self.light()


def play(app: App[None], scene: Scene, size: tuple[int, int] = (120, 35)) -> None:
    """Run the panes, and the scene in them."""

    async def perform() -> None:
        async with app.run_test(size=size) as pilot:
            await pilot.pause()
            await scene(pilot)

    asyncio.run(perform())


def glass(app: App[None]) -> str:
    """What is to be read, line by line."""
    strips = app.screen._compositor.render_strips(app.size)
    return "\n".join("".join(segment.text for segment in strip).rstrip() for strip in strips)
