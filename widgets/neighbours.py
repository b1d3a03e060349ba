"""The neighbourhood as a list that folds: interfaces, who is on them, and the tables below.

The cursor belongs to a line by its key: whatever comes or goes above, it stays on what it was put on. What says a
lifetime or an age is drawn anew once a second, and nothing else that did not change.
"""

from collections.abc import Hashable, Mapping, Sequence
from typing import ClassVar

from rich.segment import Segment
from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message

from app.engine.neighbourhood.snapshot import NeighbourhoodSnapshot
from app.engine.neighbourhood.wording import SECOND
from app.packet.compose import Address
from widgets.glyphs import UNICODE, Glyphs
from widgets.lines import LineView
from widgets.neighbourink import ROLE_INKS, Ink, changes_with_time, draw
from widgets.neighbourlines import Folds, Line, Wanted
from widgets.neighbourpage import NeighbourLines

#: Columns below which a role needs the room more than the addresses do.
ROOMY = 100
ADDRESS_ROOMS = (18, 26)


class FoldedLines(LineView):
    """Lines with headings that fold. A subclass gives `lines_of` and `form`."""

    INKS = LineView.INKS | {f"role-{name}" for name in ROLE_INKS}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "choose", "Packet", key_display="Enter", id="links.packet", tooltip="The packet that says so"),
        Binding("left", "close", "Fold", id="links.close", tooltip="Close this part, or go to its heading", show=False),
        Binding("right", "open", "Unfold", id="links.open", tooltip="Open this part", show=False),
    ]

    class Opened(Message):
        """The packet that proves a line was asked for."""

        def __init__(self, line: Line) -> None:
            super().__init__()
            self.line = line

    def __init__(self, glyphs: Glyphs = UNICODE, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._glyphs = glyphs
        self._lines: Sequence[Line] = ()
        self._snapshot: NeighbourhoodSnapshot | None = None
        self._arranged_for: Hashable = None
        self._now = 0
        self.folds = Folds()

    def lines_of(self, snapshot: NeighbourhoodSnapshot) -> Sequence[Line]:
        """The lines of a snapshot."""
        raise NotImplementedError

    def form(self) -> Hashable:
        """What the lines depend on besides the snapshot."""
        raise NotImplementedError

    def show(self, snapshot: NeighbourhoodSnapshot, now: int) -> None:
        """Show a snapshot at a moment."""
        self._now = now
        how = self.form()
        if snapshot is self._snapshot and how == self._arranged_for:
            self.update_rows()
            return
        self._snapshot, self._arranged_for = snapshot, how
        before = self.selected
        self._lines = self.lines_of(snapshot)
        if before is not None:
            self._return_to(before)
        self.update_rows()

    def rearrange(self) -> None:
        """The way of showing changed."""
        if self._snapshot is not None:
            snapshot, self._snapshot = self._snapshot, None
            self.show(snapshot, self._now)

    def _return_to(self, before: Line) -> None:
        """Keep the cursor on its line; where that is gone, on the heading that it stood under, or where it was."""
        if self.cursor < len(self._lines) and self._lines[self.cursor].key == before.key:
            return
        places = {line.key: index for index, line in reversed(list(enumerate(self._lines)))}
        place = places.get(before.key, places.get(before.fold))
        if place is not None:
            # What comes above pushes nothing: the lines in sight move with the cursor's.
            offset = self.cursor - self.top
            self.set_reactive(LineView.top, self.validate_top(place - offset))
            self.cursor = place

    @property
    def selected(self) -> Line | None:
        """The line under the cursor."""
        return self._lines[self.cursor] if self.cursor < len(self._lines) else None

    def lines(self) -> int:
        """A line a line."""
        return len(self._lines)

    def row_key(self, index: int) -> Hashable:
        """What is told is the same object until something about it changed; some of it counts the seconds."""
        line = self._lines[index]
        second = self._now // SECOND if changes_with_time(line) else 0
        is_open = line.is_heading and self.folds.is_open(line.key)
        return line.key, line.subject, line.part, line.place, line.text, is_open, second

    def render_row(self, index: int, width: int, *, selected: bool) -> Sequence[Segment]:
        """One line."""
        line = self._lines[index]
        mark = Segment(self._glyphs.cursor if selected and self.has_mark else " ", self.ink("lit"))
        is_open = line.is_heading and self.folds.is_open(line.key)
        ink = Ink(self, self._glyphs, self._now, width - 1, self.address_room, selected and self.has_mark, is_open)
        return [mark, *draw(line, ink)]

    @property
    def has_mark(self) -> bool:
        """Whether the cursor's line is marked."""
        return True

    @property
    def address_room(self) -> int:
        """Cells of the addresses beside the roles."""
        return ADDRESS_ROOMS[self.size.width >= ROOMY]

    def on_resize(self, event: events.Resize | None = None) -> None:
        """Another width has room for other lines."""
        super().on_resize()
        if self._snapshot is not None and self.form() != self._arranged_for:
            self.rearrange()

    # Keys

    def action_choose(self) -> None:
        """Fold a heading, or ask for the packet that proves a line."""
        line = self.selected
        if line is not None and line.is_heading:
            self._fold(line.key, to=not self.folds.is_open(line.key))
        elif line is not None:
            self.post_message(self.Opened(line))

    def action_close(self) -> None:
        """Close what is open under the cursor; from a line below it, go to the heading."""
        line = self.selected
        if line is None:
            return
        if line.is_heading and self.folds.is_open(line.key):
            self._fold(line.key, to=False)
        elif line.fold:
            self.cursor = next((index for index, each in enumerate(self._lines) if each.key == line.fold), self.cursor)

    def action_open(self) -> None:
        """Open what is closed under the cursor."""
        line = self.selected
        if line is not None and line.is_heading:
            self._fold(line.key, to=True)

    def _fold(self, key: str, *, to: bool) -> None:
        self.folds.touched[key] = to
        self.rearrange()


class NeighbourTable(FoldedLines):
    """Interfaces, who is on them, and their tables."""

    def __init__(self, glyphs: Glyphs = UNICODE, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(glyphs, id=id)
        self._source = NeighbourLines()
        self.filter = ""
        self.has_groups = True
        self.hops: Mapping[Address, str] = {}  #: what traces know of addresses here

    def form(self) -> Hashable:
        """The filter, what stands elsewhere, and the room."""
        return self.filter, self.has_groups, self.address_room, tuple(self.hops.items())

    def lines_of(self, snapshot: NeighbourhoodSnapshot) -> Sequence[Line]:
        """All of it, in its order."""
        wanted = Wanted(self.folds, self.filter.lower(), self.address_room, self.has_groups, self.hops)
        return self._source.of(snapshot, wanted)
