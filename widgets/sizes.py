"""A sweep, size by size: how many probes of each were lost, and how long they took, as bars over one scale."""

from collections.abc import Sequence

from rich.segment import Segment

from app.engine.snapshot import SizeRow
from app.engine.wording import percent
from widgets.canvas import Canvas
from widgets.columns import unit_duration
from widgets.glyphs import UNICODE, Glyphs

_HEADING = f" {'size':>6}{'sent':>7}{'loss':>9}{'p50':>10}"


def spread(sizes: Sequence[SizeRow], lines: int) -> Sequence[SizeRow]:
    """As many sizes as there are lines, the first and the last among them, evenly over all."""
    if len(sizes) <= lines or lines < 2:
        return sizes[: max(lines, 0)]
    return [sizes[place * (len(sizes) - 1) // (lines - 1)] for place in range(lines)]


class SizeTable(Canvas):
    """The sizes of one target's sweep."""

    def __init__(self, glyphs: Glyphs = UNICODE) -> None:
        super().__init__()
        self._bar = "█" if glyphs.has_braille else "#"
        self._sizes: Sequence[SizeRow] = ()
        self._longest = 1

    def show(self, sizes: Sequence[SizeRow]) -> None:
        """Show these."""
        self._sizes = sizes
        self._longest = max((size.rtt.median for size in sizes if size.rtt is not None), default=1)
        self.refresh()

    def paint(self, y: int, width: int) -> Sequence[Segment]:
        """The heading, or one size."""
        if y == 0:
            return (Segment(_HEADING, self.ink("heading")),)
        seen = spread(self._sizes, self.size.height - 1)
        if y > len(seen):
            return ()
        size = seen[y - 1]
        median = None if size.rtt is None else size.rtt.median
        room = max(0, width - len(_HEADING) - 3)
        return (
            Segment(f" {size.size:>6}", self.ink("strong")),
            Segment(f"{size.ledger.sent:>7}", self.ink("plain")),
            Segment(f"{percent(size.ledger.loss):>9}", self.ink("losing" if size.ledger.lost else "plain")),
            Segment(f"   {unit_duration(median)}  ", self.ink("plain")),
            Segment(self._bar * round((median or 0) * room / max(self._longest, 1)), self.ink("rtt")),
        )
