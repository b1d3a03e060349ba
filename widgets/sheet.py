"""Lines of words that are read and not chosen from: keys move the text, and there is no cursor."""

from collections.abc import Hashable, Sequence

from rich.segment import Segment
from textual.geometry import Size
from textual.strip import Strip

from widgets.lines import LineView
from widgets.masthead import Words


class Sheet(LineView):
    """The lines, as high as they are where there is room."""

    def __init__(self, content: Sequence[Words], *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._content = content

    def show(self, content: Sequence[Words]) -> None:
        """Show other lines."""
        self._content = content
        self.redraw()
        self.refresh(layout=True)

    def lines(self) -> int:
        """As many as there are."""
        return len(self._content)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As high as its content, where there is room."""
        return len(self._content)

    def row_key(self, index: int) -> Hashable:
        """Lines change all at once, or not at all."""
        return index

    def render_row(self, index: int, width: int, *, selected: bool) -> Sequence[Segment]:
        """The words of one line."""
        return [Segment(text, self.ink(name)) for name, text in self._content[index]]

    def strip(self, y: int, width: int) -> Strip:
        """A line, or the empty space below the last one."""
        index = self.top + y
        segments = self.render_row(index, width, selected=False) if index < self.lines() else ()
        return Strip(segments).adjust_cell_length(width).apply_style(self.base)

    def action_move(self, by: int) -> None:
        """Scroll by some lines."""
        self.top += by

    def action_page(self, by: int) -> None:
        """Scroll by some pages."""
        self.top += by * self.page

    def action_first(self) -> None:
        """Scroll to the top."""
        self.top = 0

    def action_last(self) -> None:
        """Scroll to the bottom."""
        self.top = self.lines()
