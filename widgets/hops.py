"""The hop table: one line a hop that builds itself downwards, with numbers, a range on a common scale and a sparkline.

The cursor belongs to a line, not to a place: whatever appears above, it stays on the hop it was put on.
"""

from collections.abc import Hashable, Iterator, Sequence
from typing import ClassVar

from rich.segment import Segment
from textual.binding import Binding, BindingType

from app.engine.snapshot import HopRow, RttSummary, TraceSnapshot
from app.engine.wording import duration, percent
from widgets.canvas import fit
from widgets.columns import GAP, Column, aligned_milliseconds, columns_that_fit
from widgets.glyphs import UNICODE, Glyphs
from widgets.hoplines import HopLine, Kind, NameOf, hop_lines, host, silence
from widgets.lines import LineView
from widgets.sparkline import sparkline
from widgets.whisker import scale_end, whisker

TTL_WIDTH = 5
HOST_WIDTHS = (24, 46)  #: the narrowest and the widest
PICTURES_FROM = 56  #: cells beyond the essentials from which on the range is drawn
LOSING = 0.02


def _time(title: str, read: "RttReader", priority: int) -> Column[RttSummary]:
    return Column(title, 8, lambda rtt: aligned_milliseconds(read(rtt)), priority=priority)


class RttReader:
    """Reads one number of a summary by its name."""

    def __init__(self, attribute: str) -> None:
        self._attribute = attribute

    def __call__(self, rtt: RttSummary) -> float:
        """The number, in nanoseconds."""
        return float(getattr(rtt, self._attribute))


TIMES: tuple[Column[RttSummary], ...] = (
    _time("last", RttReader("last"), 0),
    _time("mean", RttReader("mean"), 1),
    _time("best", RttReader("minimum"), 3),
    _time("worst", RttReader("maximum"), 2),
    _time("p95", RttReader("p95"), 6),
    _time("stddev", RttReader("stddev"), 4),
    _time("jitter", RttReader("jitter"), 5),
)
