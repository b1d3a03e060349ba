"""The strip above the packets: what was heard, by protocol and by sender."""

from collections.abc import Sequence

from rich.segment import Segment
from textual import events
from textual.geometry import Size

from app.engine.listen import ListenSnapshot
from widgets.canvas import Canvas
from widgets.glyphs import Glyphs
from widgets.masthead import Words
from widgets.trafficlines import NARROW_LINES, TABLE_LINES, TABLES, TALL_LINES, Strip, strip_lines

_TALL = 45  #: lines of the terminal from which on the strip takes more of them


class TrafficStrip(Canvas):
    """As high as its width and the terminal allow."""

    def __init__(self, glyphs: Glyphs) -> None:
        super().__init__(id="traffic")
        self._glyphs = glyphs
        self._snapshot: ListenSnapshot | None = None
        self._lines: list[Words] | None = None

    def show(self, snapshot: ListenSnapshot) -> None:
        """Show it; nothing is drawn where nothing changed."""
        if snapshot is not self._snapshot:
            self._snapshot = snapshot
            self._lines = None
            self.refresh()

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Three lines where it is narrow, else a table."""
        if width < TABLES:
            return NARROW_LINES
        return TALL_LINES if viewport.height >= _TALL else TABLE_LINES

    def on_resize(self, _event: events.Resize) -> None:
        """Other lines."""
        self._lines = None
        self.refresh()

    def paint(self, y: int, width: int) -> Sequence[Segment]:
        """One line."""
        if self._snapshot is None:
            return ()
        if self._lines is None:
            self._lines = strip_lines(self._snapshot, Strip(width, self.size.height, self._glyphs))
        if y >= len(self._lines):
            return ()
        return [Segment(text, self.ink(ink)) for ink, text in self._lines[y]]
