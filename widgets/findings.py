"""What is worth saying about a path, in words: what asks for attention first."""

from collections.abc import Sequence

from rich.segment import Segment
from textual.geometry import Size

from app.engine.snapshot import Finding, State
from widgets.canvas import Canvas
from widgets.glyphs import UNICODE, Glyphs
from widgets.hoplines import FindingLine, finding_lines


class Findings(Canvas):
    """The findings of a trace; no line high while there are none."""

    def __init__(self, glyphs: Glyphs = UNICODE) -> None:
        super().__init__()
        self._glyphs = glyphs
        self._findings: tuple[Finding, ...] = ()
        self._lines: list[FindingLine] = []
        self._width = 0

    def show(self, findings: tuple[Finding, ...]) -> None:
        """Show these; the pane grows and shrinks with them."""
        if [(each.kind, each.ttl, each.text) for each in findings] == [
            (each.kind, each.ttl, each.text) for each in self._findings
        ]:
            return
        self._findings = findings
        self._width = 0
        self.refresh(layout=True)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As many lines as the findings need at this width."""
        return len(self._wrapped(width))

    def _wrapped(self, width: int) -> list[FindingLine]:
        if width != self._width:
            self._width = width
            self._lines = finding_lines(self._findings, width)
        return self._lines

    def paint(self, y: int, width: int) -> Sequence[Segment]:
        """One line of a finding."""
        lines = self._wrapped(width)
        if y >= len(lines):
            return ()
        line = lines[y]
        sign = self._glyphs.states[State.LOSING] if line.is_alarming else "?"
        return (
            Segment(f" {sign if line.place else ' '} ", self.ink("losing" if line.is_alarming else "unknown")),
            Segment(f"{line.place:<8}", self.ink("muted")),
            Segment(line.text, self.ink("plain" if line.is_alarming else "muted")),
        )
