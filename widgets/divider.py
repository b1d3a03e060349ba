"""A line between two panes that can be dragged: how the room is shared is the user's."""

from collections.abc import Sequence

from rich.segment import Segment
from textual import events
from textual.message import Message

from widgets.canvas import Canvas
from widgets.glyphs import UNICODE, Glyphs


class Divider(Canvas):
    """A horizontal line, or an upright one. It moves nothing itself: it says how far it was dragged."""

    class Dragged(Message):
        """The line was pulled by some cells, down or to the right where they are positive."""

        def __init__(self, divider: "Divider", by: int) -> None:
            super().__init__()
            self.divider = divider
            self.by = by

        @property
        def control(self) -> "Divider":
            """The line that was pulled."""
            return self.divider

    def __init__(self, glyphs: Glyphs = UNICODE, *, id: str, is_upright: bool = False) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id, classes="-upright" if is_upright else "-level")
        self._glyphs = glyphs
        self.is_upright = is_upright
        self._is_held = False

    def paint(self, y: int, width: int) -> Sequence[Segment]:
        """The same sign on every cell; another ink while it is held."""
        sign = self._glyphs.edge if self.is_upright else self._glyphs.rule * width
        return (Segment(sign, self.ink("lit" if self._is_held else "rule")),)

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Take hold of the line."""
        event.stop()
        self._is_held = True
        self.capture_mouse()
        self.refresh()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Pull it: each move counts from where the line stands by now."""
        if not self._is_held:
            return
        event.stop()
        by = event.screen_x - self.region.x if self.is_upright else event.screen_y - self.region.y
        if by:
            self.post_message(self.Dragged(self, by))

    def on_mouse_up(self, event: events.MouseUp) -> None:
        """Let go."""
        event.stop()
        self._is_held = False
        self.release_mouse()
        self.refresh()
