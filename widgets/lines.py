"""A list of any length of which only the visible lines are ever drawn.

It knows a cursor, a first visible line and the keys that move them. It asks its subclass for one line at
a time and remembers what it drew under that line's key: an unchanged line costs one comparison.
"""

from collections.abc import Hashable, Sequence
from typing import ClassVar

from rich.segment import Segment
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip

from widgets.canvas import Canvas


class LineView(Canvas, can_focus=True):
    """Lines with a cursor. A subclass gives `lines`, `row_key` and `render_row`; and `render_heading`, if it has any.

    After its data changed, a subclass calls `update_rows`: the visible lines whose key changed are drawn again.
    """

    HEADINGS = 0  #: lines at the top that do not scroll
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", "Up", id="lines.up", tooltip="One line up", show=False),
        Binding("down,j", "move(1)", "Down", id="lines.down", tooltip="One line down", show=False),
        Binding("pageup", "page(-1)", "Page up", id="lines.page-up", tooltip="One page up", show=False),
        Binding("pagedown", "page(1)", "Page down", id="lines.page-down", tooltip="One page down", show=False),
        Binding("home", "first", "First", id="lines.first", tooltip="To the first line", show=False),
        Binding("end,G", "last", "Last", id="lines.last", tooltip="To the last line", show=False),
        Binding(
            "enter", "choose", "Open", key_display="Enter", id="lines.choose", tooltip="Open this line", show=False
        ),
    ]

    cursor = reactive(0, repaint=False)
    top = reactive(0, repaint=False)  #: the first visible line

    class Moved(Message):
        """The cursor came to another line."""

        def __init__(self, view: "LineView", index: int) -> None:
            super().__init__()
            self.view = view
            self.index = index

        @property
        def control(self) -> "LineView":
            """The list whose cursor moved."""
            return self.view

    class Chosen(Moved):
        """A line was asked for: Enter, or a click on the line under the cursor."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id, classes=classes)
        self._drawn: dict[int, tuple[Hashable, Strip]] = {}
        self._shown: list[Hashable] = []
        self._count = 0
        self.follows_newest = False  #: whether a cursor on the last line stays on the last line

    def lines(self) -> int:
        """How many lines there are."""
        raise NotImplementedError

    def row_key(self, index: int) -> Hashable:
        """What the line shows, by identity or version: while it is equal, the line is not drawn again."""
        raise NotImplementedError

    def render_row(self, index: int, width: int, *, selected: bool) -> Sequence[Segment]:
        """One line."""
        raise NotImplementedError

    def render_heading(self, y: int, width: int) -> Sequence[Segment]:
        """One of the lines that stay at the top."""
        raise NotImplementedError

    @property
    def page(self) -> int:
        """How many lines can be seen at once."""
        return max(1, self.size.height - self.HEADINGS)

    # Drawing

    def update_rows(self) -> None:
        """The data changed: draw the visible lines that are not what they were."""
        count = self.lines()
        grew, self._count = count - self._count, count
        if self.follows_newest and grew > 0 and self.cursor == count - grew - 1:
            self.cursor = count - 1
        self.cursor = self.validate_cursor(self.cursor)
        self.top = self.validate_top(self.top)
        before, self._shown = self._shown, self._visible_keys()
        changed = [
            Region(0, y + self.HEADINGS, self.size.width, 1)
            for y in range(max(len(before), len(self._shown)))
            if y >= len(before) or y >= len(self._shown) or before[y] != self._shown[y]
        ]
        if len(changed) * 2 > self.page:
            self.refresh()
        elif changed:
            self.refresh(*changed)

    def redraw(self) -> None:
        """Forget what was drawn: the way of showing changed, not only the data."""
        self._drawn.clear()
        self.refresh()

    def _visible_keys(self) -> list[Hashable]:
        return [self.row_key(index) for index in range(self.top, min(self.top + self.page, self.lines()))]

    def strip(self, y: int, width: int) -> Strip:
        """A heading, a line, or the empty space below the last one."""
        base = self.base
        if y < self.HEADINGS:
            return Strip(self.render_heading(y, width)).adjust_cell_length(width).apply_style(base)
        index = self.top + y - self.HEADINGS
        if index >= self.lines():
            return Strip.blank(width, base)
        selected = index == self.cursor
        key = (self.row_key(index), selected, self.has_focus, width)
        if (drawn := self._drawn.get(index)) is not None and drawn[0] == key:
            return drawn[1]
        if selected:
            base += self.ink("focused" if self.has_focus else "cursor")
        segments = self.render_row(index, width, selected=selected)
        strip = Strip(segments).adjust_cell_length(width).apply_style(base)
        if len(self._drawn) > 4 * self.page:
            self._drawn.clear()
        self._drawn[index] = (key, strip)
        return strip

    def notify_style_update(self) -> None:
        """Draw everything in the new inks."""
        super().notify_style_update()
        self._drawn.clear()

    # Moving

    def validate_cursor(self, cursor: int) -> int:
        """The cursor never leaves the lines."""
        return max(0, min(cursor, self.lines() - 1))

    def validate_top(self, top: int) -> int:
        """No empty space is shown below the last line while there are lines above."""
        return max(0, min(top, self.lines() - self.page))

    def watch_cursor(self, before: int, after: int) -> None:
        """Bring the line into sight and say where the cursor is."""
        if after < self.top:
            self.top = after
        elif after >= self.top + self.page:
            self.top = after - self.page + 1
        for index in (before, after):
            if self.top <= index < self.top + self.page:
                self.refresh(Region(0, index - self.top + self.HEADINGS, self.size.width, 1))
        self.post_message(self.Moved(self, after))

    def watch_top(self) -> None:
        """Everything visible moved."""
        self._shown = self._visible_keys()
        self.refresh()

    def on_resize(self) -> None:
        """Keep the cursor in sight."""
        self.top = self.validate_top(max(self.top, self.cursor - self.page + 1))

    def watch_has_focus(self, _has_focus: bool) -> None:  # noqa: FBT001 - Textual calls it so
        """The cursor line looks different with the focus."""
        super().watch_has_focus(_has_focus)
        self.refresh()

    def action_move(self, by: int) -> None:
        """Move the cursor by some lines."""
        self.cursor += by

    def action_page(self, by: int) -> None:
        """Move the cursor by some pages."""
        self.cursor += by * self.page

    def action_first(self) -> None:
        """Move the cursor to the first line."""
        self.cursor = 0

    def action_last(self) -> None:
        """Move the cursor to the last line."""
        self.cursor = self.lines() - 1

    def action_choose(self) -> None:
        """Ask for the line under the cursor."""
        if self.lines():
            self.post_message(self.Chosen(self, self.cursor))

    def on_click(self, event: events.Click) -> None:
        """A click moves the cursor; a click on the cursor's line asks for it."""
        index = self.top + event.y - self.HEADINGS
        if event.y < self.HEADINGS or index >= self.lines():
            return
        if index == self.cursor and event.chain > 1:
            self.action_choose()
        self.cursor = index

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Scroll without moving the cursor."""
        event.stop()
        self.top += 3

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Scroll without moving the cursor."""
        event.stop()
        self.top -= 3
