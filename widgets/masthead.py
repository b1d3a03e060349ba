"""The two lines on top of every screen: where you are, and how things stand, in words."""

from collections.abc import Sequence
from typing import TypeAlias

from rich.cells import cell_len
from rich.segment import Segment

from widgets.canvas import Canvas, Palette, fit

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
        """The only line; where the modes want the room, the badge is its first word."""
        right = self._right
        if _cells(self._left) + len(GAP) + _cells(right) > width:
            right = [(ink, text.partition(" ")[0] if ink == "badge" else text) for ink, text in right]
        return both_ends(self, self._left, right, width)


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


def both_ends(palette: Palette, left: Words, right: Words, width: int, *, yields: str = "left") -> Sequence[Segment]:
    """One line with words at either end; where there is no room for both, pieces of the end that `yields` go.

    A piece is shown whole or not at all, and one that ends in a blank only with the next; but the first is cut.
    """
    if yields == "left":
        right = _fitting(right, width)
        left = _fitting(left, max(0, width - _cells(right) - len(GAP) * bool(right)))
    else:
        left = _fitting(left, width)
        right = _fitting(right, max(0, width - _cells(left) - len(GAP)))
    between = " " * max(0, width - _cells(left) - _cells(right))
    return [Segment(text, palette.ink(name)) for name, text in (*left, ("plain", between), *right)]


def _cells(words: Words) -> int:
    return sum(cell_len(text) for _, text in words)


def _fitting(words: Words, room: int) -> Words:
    """The first pieces that fit."""
    fitting: list[tuple[str, str]] = []
    group: list[tuple[str, str]] = []
    for piece in words:
        group.append(piece)
        if piece[1].endswith(" ") and piece is not words[-1]:
            continue
        if (length := _cells(group)) > room:
            break
        fitting += group
        room -= length
        group = []
    if not fitting and group:
        name, text = group[-1]
        fitting = [*group[:-1], (name, fit(text, room - _cells(group[:-1])))]
    return fitting
