"""Sentences, each behind a sign, broken into as many lines as the width asks for."""

from collections.abc import Sequence
from textwrap import wrap

from rich.segment import Segment
from textual.geometry import Size

from widgets.canvas import Canvas


class Sentences(Canvas):
    """A few sentences; nothing where there are none."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._sentences: tuple[str, ...] = ()
        self._sign = ""
        self._ink = "plain"

    def show(self, sentences: Sequence[str], *, sign: str, ink: str) -> None:
        """Show other sentences."""
        if (shown := (tuple(sentences), sign, ink)) != (self._sentences, self._sign, self._ink):
            self._sentences, self._sign, self._ink = shown
            self.refresh(layout=True)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As many lines as they need."""
        return max(1, len(self._lines(width)))

    def _lines(self, width: int) -> list[tuple[str, str]]:
        broken = (wrap(sentence, max(10, width - 4)) for sentence in self._sentences)
        return [(" " if number else self._sign, line) for lines in broken for number, line in enumerate(lines)]

    def paint(self, y: int, width: int) -> Sequence[Segment]:
        """One line of one of them."""
        lines = self._lines(width)
        if y >= len(lines):
            return ()
        sign, text = lines[y]
        return (Segment(f" {sign} ", self.ink(self._ink)), Segment(text, self.ink("plain")))
