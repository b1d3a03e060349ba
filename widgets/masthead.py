"""The two lines on top of every screen: where you are, and how things stand, in words."""

from collections.abc import Sequence
from typing import TypeAlias

from rich.cells import cell_len
from rich.segment import Segment

from widgets.canvas import Canvas, fit

Words: TypeAlias = Sequence[tuple[str, str]]  #: pieces of text, each with its ink

GAP = "  "


class Masthead(Canvas):
    """The program, its modes, the network that is measured and for how long."""

    def __init__(self) -> None:
        super().__init__()
        self._left: Words = ()
        self._right: Words = ()

    def show(self, *, modes: Sequence[tuple[str, str]], mode: str, badge: str, elapsed: str) -> None:
        """Tell what stands on the line; it is drawn again only where that changed."""
        names: list[tuple[str, str]] = [("strong", " hopscope")]
        for key, title in modes:
            is_here = title == mode
            names += [("faint", GAP + key), ("lit" if is_here else "muted", " " + title)]
        right: Words = (("badge", badge), ("muted", GAP + elapsed + " "))
        if (names, right) != (self._left, self._right):
            self._left, self._right = names, right
            self.refresh()

    def paint(self, y: int, width: int) -> Sequence[Segment]:
        """The only line."""
        return both_ends(self, self._left, self._right, width)


class Status(Canvas):
    """What is measured, and how it stands."""

    def __init__(self) -> None:
        super().__init__()
        self._left: Words = ()
        self._right: Words = ()

    def show(self, left: Words, right: Words = ()) -> None:
        """Tell what stands at either end of the line."""
        if (tuple(left), tuple(right)) != (self._left, self._right):
            self._left, self._right = tuple(left), tuple(right)
            self.refresh()

    def paint(self, y: int, width: int) -> Sequence[Segment]:
        """The only line."""
        return both_ends(self, (("plain", " "), *self._left), (*self._right, ("plain", " ")), width)


def both_ends(canvas: Canvas, left: Words, right: Words, width: int) -> Sequence[Segment]:
    """One line with words at either end; where there is no room for both, the left gives way."""
    tail = sum(cell_len(text) for _, text in right)
    room = max(0, width - tail - len(GAP)) if tail else width
    segments = []
    for name, text in left:
        if room <= 0:
            break
        shown = text if cell_len(text) <= room else fit(text, room)
        segments.append(Segment(shown, canvas.ink(name)))
        room -= cell_len(shown)
    if right:
        segments.append(Segment(" " * (room + len(GAP))))
        segments += [Segment(text, canvas.ink(name)) for name, text in right]
    return segments
