"""What is painted when: a frame costs the lines that changed."""

import asyncio
from collections.abc import Sequence

from rich.segment import Segment
from textual.app import App, ComposeResult
from textual.geometry import Region

from widgets.canvas import Canvas


class Counted(Canvas):
    """Remembers which lines it was asked for."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text
        self.asked: list[int] = []

    def paint(self, y: int, width: int) -> Sequence[Segment]:
        self.asked.append(y)
        return (Segment(self.text),)


class TwoCanvases(App[None]):
    """One above the other."""

    CSS = "Counted { height: 3; }"

    def __init__(self) -> None:
        super().__init__()
        self.upper, self.lower = Counted("upper"), Counted("lower")

    def compose(self) -> ComposeResult:
        yield self.upper
        yield self.lower


def asked_after(*regions: Region) -> tuple[list[int], list[int]]:
    """The lines that both were asked for once the upper one was refreshed."""
    app = TwoCanvases()

    async def perform() -> None:
        async with app.run_test(size=(20, 6)) as pilot:
            await pilot.pause()
            app.upper.asked.clear()
            app.lower.asked.clear()
            app.upper.refresh(*regions)
            await pilot.pause()

    asyncio.run(perform())
    return sorted(set(app.upper.asked)), app.lower.asked


def test_only_the_lines_that_changed_are_painted_again() -> None:
    assert asked_after(Region(0, 1, 20, 1)) == ([1], [])


def test_a_refresh_of_one_canvas_paints_no_other() -> None:
    assert asked_after() == ([0, 1, 2], [])
