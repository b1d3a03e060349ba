"""The engines that run: what each costs, how fast it is and how late, and a minute of that."""

from collections.abc import Callable, Hashable, Sequence

from rich.cells import cell_len
from rich.segment import Segment
from textual.geometry import Size

from app.engine.ailments import is_late
from app.engine.condition import Lateness
from app.engine.snapshot import State
from app.engine.wording import NOTHING_YET, percent, significant
from widgets.canvas import fit
from widgets.columns import DURATION_WIDTH, GAP, Column, columns_that_fit, unit_duration
from widgets.gauge import trail
from widgets.glyphs import INK_OF_STATE, UNICODE, Glyphs
from widgets.lines import LineView
from widgets.pulse import Pulse

NAME_WIDTHS = (13, 30)
SHORTEST_TRAIL = 12


def _late(read: Callable[[Lateness], int]) -> Callable[[Pulse], str]:
    return lambda pulse: unit_duration(None if pulse.now.lateness is None else read(pulse.now.lateness))


def _lateness_ink(pulse: Pulse) -> str:
    return "losing" if is_late(pulse.now) else "plain"


COLUMNS: tuple[Column[Pulse], ...] = (
    Column("CPU", 6, lambda pulse: percent(pulse.cpu[-1]) if pulse.cpu else NOTHING_YET),
    Column("probes/s", 8, lambda pulse: significant(pulse.now.rate) if pulse.now.sent else NOTHING_YET),
    Column("tick", DURATION_WIDTH, lambda pulse: unit_duration(pulse.now.tick), priority=2, ink=lambda _: "muted"),
    Column("late p50", 8, _late(lambda late: late.median), priority=3),
    Column("p99", DURATION_WIDTH, _late(lambda late: late.p99), priority=1, ink=_lateness_ink),
    Column("most", DURATION_WIDTH, _late(lambda late: late.most), priority=4, ink=lambda _: "muted"),
    Column(
        "dropped",
        8,
        lambda pulse: f"{pulse.now.link.dropped:,}",
        ink=lambda pulse: "losing" if pulse.now.link.dropped else "faint",
    ),
    Column("sent", 11, lambda pulse: f"{pulse.now.sent:,}", priority=5, ink=lambda _: "muted"),
    Column("received", 11, lambda pulse: f"{pulse.now.received:,}", priority=6, ink=lambda _: "muted"),
)


class EngineTable(LineView):
    """A line an engine."""

    HEADINGS = 1

    def __init__(self, glyphs: Glyphs = UNICODE, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._glyphs = glyphs
        self._rows: Sequence[Pulse] = ()
        self._look = 0

    def show(self, rows: Sequence[Pulse], *, look: int) -> None:
        """Show the engines as they are at a look."""
        if len(rows) != len(self._rows):
            self.call_after_refresh(self.refresh, layout=True)
        self._rows, self._look = rows, look
        self.update_rows()

    @property
    def selected(self) -> Pulse | None:
        """The engine under the cursor."""
        return self._rows[self.cursor] if self.cursor < len(self._rows) else None

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """No higher than its rows."""
        return self.HEADINGS + max(1, len(self._rows))

    def lines(self) -> int:
        """As many as there are engines."""
        return len(self._rows)

    def row_key(self, index: int) -> Hashable:
        """All change at each look."""
        return self._rows[index].now.name, self._look

    def render_row(self, index: int, width: int, *, selected: bool) -> Sequence[Segment]:
        """One engine."""
        pulse = self._rows[index]
        name_width, columns, trail_width = self._layout(width)
        state = State.LOSING if pulse.now.link.dropped or is_late(pulse.now) else State.UP
        return [
            Segment(self._glyphs.cursor if selected else " ", self.ink("lit")),
            Segment(f"{self._glyphs.states[state]} ", self.ink(INK_OF_STATE[state])),
            Segment(fit(pulse.now.name, name_width), self.ink("strong" if selected else "plain")),
            *(Segment(" " * GAP + column.cell(pulse), self.ink(column.ink(pulse))) for column in columns),
            Segment(" " * GAP + trail(self._glyphs, pulse.rate, trail_width)[0], self.ink("rtt")),
        ]

    def render_heading(self, y: int, width: int) -> Sequence[Segment]:
        """The titles of the columns."""
        name_width, columns, trail_width = self._layout(width)
        titles = "".join(" " * GAP + column.heading("") for column in columns)
        last = fit("probes/s" if trail_width < 18 else "probes/s, a minute", trail_width)
        return [Segment(f"   {fit('engine', name_width)}{titles}{' ' * GAP}{last}", self.ink("heading"))]

    def _layout(self, width: int) -> tuple[int, tuple[Column[Pulse], ...], int]:
        """The width of the names, the columns there is room for, and the width of the trail."""
        shortest, longest = NAME_WIDTHS
        name_width = max(shortest, min(longest, max((cell_len(row.now.name) for row in self._rows), default=0)))
        columns = columns_that_fit(COLUMNS, width - 3 - name_width - GAP - SHORTEST_TRAIL - 1)
        used = 3 + name_width + sum(column.width + GAP for column in columns) + GAP
        return name_width, columns, min(60, max(0, width - used - 1))
