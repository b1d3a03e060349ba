"""The line that says what is under the cursor: the field, its place, its value, its RFC; and what the packet proves."""

from collections.abc import Sequence

from rich.segment import Segment

from widgets.canvas import Canvas
from widgets.masthead import Words, both_ends


class FieldBar(Canvas):
    """One line below the panes."""

    def __init__(self) -> None:
        super().__init__()
        self._left: Words = ()
        self._right: Words = ()

    def show(self, left: Words, right: Words) -> None:
        """Say it."""
        if (left, right) != (self._left, self._right):
            self._left, self._right = left, right
            self.refresh()

    def paint(self, y: int, width: int) -> Sequence[Segment]:
        """The only line."""
        return both_ends(self, (("plain", " "), *self._left), (*self._right, ("plain", " ")), width)


class Edge(Canvas):
    """A vertical line between two panes."""

    def __init__(self, sign: str = "│", *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._sign = sign

    def paint(self, y: int, width: int) -> Sequence[Segment]:
        """The same sign on every line."""
        return (Segment(self._sign, self.ink("rule")),)
