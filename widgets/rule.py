"""A line between two panes, with a title in it where a title helps."""

from collections.abc import Sequence

from rich.segment import Segment

from widgets.canvas import Canvas
from widgets.glyphs import UNICODE, Glyphs


class Rule(Canvas):
    """A horizontal line."""

    def __init__(self, glyphs: Glyphs = UNICODE, title: str = "", *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._glyphs = glyphs
        self._title = title

    def show(self, title: str) -> None:
        """Change the title."""
        if title != self._title:
            self._title = title
            self.refresh()

    def paint(self, y: int, width: int) -> Sequence[Segment]:
        """The only line."""
        if not self._title:
            return (Segment(self._glyphs.rule * width, self.ink("rule")),)
        title = f" {self._title} "
        return (
            Segment(self._glyphs.rule, self.ink("rule")),
            Segment(title, self.ink("heading")),
            Segment(self._glyphs.rule * max(0, width - len(title) - 1), self.ink("rule")),
        )
