"""The table of targets: a row each, with its state, its numbers and its newest samples.

It is given the rows of a snapshot and shows those that pass the filter in the order asked for. The cursor
belongs to a row, not to a place: whatever the order, it stays on the target that it was put on.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message

from app.engine.snapshot import RttSummary, State, TargetRow
from app.engine.wording import percent
from widgets.canvas import fit
from widgets.columns import DURATION_WIDTH, GAP, Column, columns_that_fit, unit_duration
from widgets.glyphs import INK_OF_STATE, UNICODE, Glyphs
from widgets.lines import LineView
from widgets.sparkline import Scale, in_time, scale_of, sparkline

SHORTEST_SPARKLINE = 24
NAME_WIDTHS = (10, 24)

#: The worst first, as who sorts by state wants to see them.
SEVERITY: Mapping[State, int] = {
    State.DOWN: 0,
    State.LOSING: 1,
    State.SLOW: 2,
    State.UNKNOWN: 3,
    State.WAITING: 4,
    State.UP: 5,
}


def _summary(read: Callable[[RttSummary], float]) -> Callable[[TargetRow], float | None]:
    return lambda row: None if row.rtt is None else read(row.rtt)


def _last(row: TargetRow) -> float | None:
    """The newest RTT; none while the target is down, when the last one would only look like news."""
    return None if row.rtt is None or row.state is State.DOWN else row.rtt.last


def _known_first(read: Callable[[TargetRow], float | None]) -> Callable[[TargetRow], float]:
    """What is not known sorts behind everything that is."""
    return lambda row: float("inf") if (value := read(row)) is None else value


def _time(title: str, read: Callable[[TargetRow], float | None], priority: int) -> Column[TargetRow]:
    return Column(
        title,
        DURATION_WIDTH,
        lambda row: unit_duration(read(row)),
        order=_known_first(read),
        priority=priority,
        ink=lambda row: "faint" if read(row) is None else ("plain" if row.state is not State.SLOW else "slow"),
    )


def _beside(title: str, read: Callable[[TargetRow], float | None], priority: int) -> Column[TargetRow]:
    return Column(
        title,
        DURATION_WIDTH,
        lambda row: unit_duration(read(row)),
        order=_known_first(read),
        priority=priority,
        ink=lambda row: "faint" if read(row) is None else "muted",
    )


def _loss_ink(row: TargetRow) -> str:
    loss = row.ledger.loss
    return "faint" if not loss else ("down" if row.state is State.DOWN else "losing")


COLUMNS: tuple[Column[TargetRow], ...] = (
    Column(
        "address",
        15,
        lambda row: str(row.target.address),
        order=lambda row: row.target.address.packed.hex(),
        priority=7,
        ink=lambda _row: "muted",
        is_left=True,
    ),
    _time("last", _last, 0),
    _time("mean", _summary(lambda rtt: rtt.mean), 0),
    _beside("min", _summary(lambda rtt: rtt.minimum), 3),
    _beside("p95", _summary(lambda rtt: rtt.p95), 4),
    _beside("max", _summary(lambda rtt: rtt.maximum), 8),
    _beside("stddev", _summary(lambda rtt: rtt.stddev), 9),
    _beside("jitter", _summary(lambda rtt: rtt.jitter), 5),
    Column(
        "loss",
        6,
        lambda row: percent(row.ledger.loss),
        order=_known_first(lambda row: row.ledger.loss),
        ink=_loss_ink,
    ),
    Column(
        "sent",
        6,
        lambda row: str(row.ledger.sent),
        order=lambda row: row.ledger.sent,
        priority=6,
        ink=lambda _row: "muted",
    ),
)

NAME: Column[TargetRow] = Column("target", 0, lambda row: row.target.host, order=lambda row: row.target.host)
STATE: Column[TargetRow] = Column("state", 0, lambda row: row.state.value, order=lambda row: SEVERITY[row.state])
ORDERS: tuple[Column[TargetRow] | None, ...] = (None, STATE, NAME, *COLUMNS[1:], COLUMNS[0])


class TargetTable(LineView):
    """Rows of targets, filtered and sorted."""

    HEADINGS = 1
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "enter",
            "choose",
            "Open",
            key_display="Enter",
            id="targets.open",
            tooltip="Open this target: chart, windows, events",
        ),
        Binding("s", "sort(1)", "Sort", id="targets.sort", tooltip="Sort by the next column"),
        Binding("S", "reverse", "Reverse", id="targets.reverse", tooltip="Turn the order round", show=False),
        Binding(
            "y", "scale", "Scale", id="targets.scale", tooltip="One scale for all rows, or each its own", show=False
        ),
    ]

    class Sorted(Message):
        """The order of the rows was changed by its user."""

    def __init__(self, glyphs: Glyphs = UNICODE, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._glyphs = glyphs
        self._all: Sequence[TargetRow] = ()
        self._longest = 0  #: cells of the longest name
        self._rows: list[TargetRow] = []
        self._places: dict[str, int] = {}
        self._key: str | None = None  #: the target that the cursor is on
        self._wanted: str | None = None  #: the target that it shall be on once that appears
        self._sorted_at = 0
        self._scale: Scale | None = None
        self.filter = ""
        self.order: Column[TargetRow] | None = None
        self.is_descending = False
        self.has_common_scale = False

    # What is shown

    def show(self, rows: Sequence[TargetRow], *, at: int) -> None:
        """Show the rows of a snapshot taken at `at`; the order is renewed once a second, so that it can be read."""
        is_same_set = [row.target for row in rows] == [row.target for row in self._all]
        self._all = rows
        if not is_same_set:
            # Later, for a layout that is due already may have been worked out for the rows before.
            self.call_after_refresh(self.refresh, layout=True)
            self._longest = max((cell_len(row.target.host) for row in rows), default=0)
        if is_same_set and self.order is not None and at - self._sorted_at < 1_000_000_000:
            newest = {row.target.key: row for row in rows}
            if newest.keys() >= self._places.keys():
                self._rows = [newest[row.target.key] for row in self._rows]
                self._update()
                return
        self._sorted_at = at
        self.order_rows()

    def order_rows(self) -> None:
        """Filter and sort anew; the cursor stays on its target."""
        wanted = self.filter.casefold()
        rows = [row for row in self._all if _matches(row, wanted)] if wanted else list(self._all)
        if self.order is not None and self.order.order is not None:
            rows.sort(key=self.order.order, reverse=self.is_descending)
        self._rows = rows
        self._places = {row.target.key: place for place, row in enumerate(rows)}
        if self._wanted in self._places:
            self._key, self._wanted = self._wanted, None
        if self._key is not None and (place := self._places.get(self._key)) is not None:
            self.cursor = place
        self._update()

    def _update(self) -> None:
        if self.has_common_scale:
            self._scale = scale_of(rtt for row in self._rows for rtt in in_time(row.recent, SHORTEST_SPARKLINE))
        self.update_rows()
        if self._key not in self._places and (row := self.selected) is not None:
            self._key = row.target.key

    @property
    def selected(self) -> TargetRow | None:
        """The row under the cursor."""
        return self._rows[self.cursor] if self.cursor < len(self._rows) else None

    def select(self, key: str) -> None:
        """Put the cursor on a target as soon as it is there."""
        self._wanted = key

    def watch_cursor(self, before: int, after: int) -> None:
        """The cursor's row is remembered by its key."""
        if (row := self.selected) is not None:
            self._key = row.target.key
        super().watch_cursor(before, after)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """No higher than its rows, so that what is under it gets the rest."""
        return self.HEADINGS + max(1, len(self._all))

    # Lines

    def lines(self) -> int:
        """A line a target."""
        return len(self._rows)

    def row_key(self, index: int) -> Hashable:
        """A row is the same object until something about it changed."""
        return self._rows[index], self._scale if self.has_common_scale else None

    def render_row(self, index: int, width: int, *, selected: bool) -> Sequence[Segment]:
        """One target."""
        row = self._rows[index]
        name_width, columns, spark_width = self._layout(width)
        state = self.ink(INK_OF_STATE[row.state])
        mark = Segment(self._glyphs.cursor if selected else " ", self.ink("lit"))
        segments = [
            mark,
            Segment(f"{self._glyphs.states[row.state]} ", state),
            Segment(fit(row.target.host, name_width), self.ink("strong" if selected else "plain")),
        ]
        segments += [Segment(" " * GAP + column.cell(row), self.ink(column.ink(row))) for column in columns]
        segments.append(Segment(" " * GAP))
        scale = self._scale if self.has_common_scale else None
        median = None if row.rtt is None else row.rtt.median
        segments += sparkline(self, self._glyphs, row.recent, spark_width, scale=scale, median=median)
        return segments

    def render_heading(self, y: int, width: int) -> Sequence[Segment]:
        """The titles of the columns; the one that the rows are sorted by is lit."""
        name_width, columns, spark_width = self._layout(width)
        segments = [Segment("   "), self._title(NAME, fit(NAME.title + self._mark(NAME), name_width))]
        segments += [self._title(column, " " * GAP + column.heading(self._mark(column))) for column in columns]
        scale = ", one scale" if self.has_common_scale else ""
        segments.append(Segment(" " * GAP + fit(f"last {spark_width} probes{scale}", spark_width), self.ink("heading")))
        return segments

    def _title(self, column: Column[TargetRow], text: str) -> Segment:
        return Segment(text, self.ink("lit" if column is self.order else "heading"))

    def _mark(self, column: Column[TargetRow]) -> str:
        if column is not self.order:
            return ""
        return self._glyphs.descending if self.is_descending else self._glyphs.ascending

    def _layout(self, width: int) -> tuple[int, tuple[Column[TargetRow], ...], int]:
        """The width of the names, the columns there is room for, and the width of the sparkline."""
        shortest, longest = NAME_WIDTHS
        name_width = max(shortest, min(longest, self._longest))
        room = width - 3 - name_width - GAP - SHORTEST_SPARKLINE - 1
        columns = columns_that_fit(COLUMNS, room)
        used = 3 + name_width + sum(column.width + GAP for column in columns) + GAP
        return name_width, columns, max(0, width - used - 1)

    # Keys

    def action_sort(self, by: int) -> None:
        """Sort by the next of the columns, or as the targets were given."""
        place = ORDERS.index(self.order)
        self._sort_by(ORDERS[(place + by) % len(ORDERS)])

    def action_reverse(self) -> None:
        """Turn the order round."""
        self.is_descending = not self.is_descending
        self._sort_by(self.order)

    def action_scale(self) -> None:
        """One scale for all sparklines, or each its own."""
        self.has_common_scale = not self.has_common_scale
        self._update()
        self.redraw()

    def _sort_by(self, order: Column[TargetRow] | None) -> None:
        self.order = order
        self.order_rows()
        self.redraw()
        self.post_message(self.Sorted())

    def on_click(self, event: events.Click) -> None:
        """A click on a title sorts by it."""
        if event.y >= self.HEADINGS:
            super().on_click(event)
            return
        name_width, columns, _ = self._layout(self.size.width)
        edge = 3 + name_width
        clicked: Column[TargetRow] | None = NAME if event.x < edge else None
        for column in columns:
            if edge <= event.x < (edge := edge + GAP + column.width):
                clicked = column
        if clicked is not None and clicked is self.order:
            self.action_reverse()
        elif clicked is not None:
            self._sort_by(clicked)


def _matches(row: TargetRow, wanted: str) -> bool:
    """Whether a row has the text in its name, address or state."""
    return any(wanted in text.casefold() for text in (row.target.host, str(row.target.address), row.state.value))
