"""The table of targets: a row each, with its state, its numbers and its newest samples.

It is given the rows of a snapshot and shows those that pass the filter in the order asked for. The cursor
belongs to a row, not to a place: whatever the order, it stays on the target that it was put on. Of thousands of
rows it looks at those on the glass alone; to sort or to filter them it reads columns, once a second at most.
"""

import math
from collections.abc import Callable, Hashable, Mapping, Sequence
from operator import attrgetter
from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message

from app.engine.command import Target
from app.engine.snapshot import STATES, RttSummary, State, TargetRow, TargetRows
from app.engine.wording import percent
from widgets.blocks import Block
from widgets.canvas import fit
from widgets.columns import DURATION_WIDTH, GAP, Column, columns_that_fit, unit_duration
from widgets.glyphs import INK_OF_STATE, UNICODE, Glyphs
from widgets.lines import LineView
from widgets.sparkline import Scale, in_time, scale_of, sparkline

SHORTEST_SPARKLINE = 24
LAST = "last"
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
_SEVERITIES = bytes(SEVERITY[state] for state in STATES).ljust(256, b"\0")
_DOWN = STATES.index(State.DOWN)


def _summary(number: str) -> Callable[[TargetRow], float | None]:
    read: Callable[[RttSummary], float] = attrgetter(number)
    return lambda row: None if row.rtt is None else read(row.rtt)


def _last(row: TargetRow) -> float | None:
    """The newest RTT; none while the target is down, when the last one would only look like news."""
    return None if row.rtt is None or row.state is State.DOWN else row.rtt.last


def _time(title: str, number: str, priority: int) -> Column[TargetRow]:
    read = _last if title == LAST else _summary(number)
    return Column(
        title,
        DURATION_WIDTH,
        lambda row: unit_duration(read(row)),
        priority=priority,
        ink=lambda row: "faint" if read(row) is None else ("plain" if row.state is not State.SLOW else "slow"),
        number=number,
    )


def _beside(title: str, number: str, priority: int) -> Column[TargetRow]:
    read = _summary(number)
    return Column(
        title,
        DURATION_WIDTH,
        lambda row: unit_duration(read(row)),
        priority=priority,
        ink=lambda row: "faint" if read(row) is None else "muted",
        number=number,
    )


def _loss_ink(row: TargetRow) -> str:
    loss = row.ledger.loss
    return "faint" if not loss else ("down" if row.state is State.DOWN else "losing")


COLUMNS: tuple[Column[TargetRow], ...] = (
    Column(
        "address",
        15,
        lambda row: str(row.target.address),
        priority=7,
        ink=lambda _row: "muted",
        is_left=True,
    ),
    _time(LAST, "last", 0),
    _time("mean", "mean", 0),
    _beside("min", "minimum", 3),
    _beside("p95", "p95", 4),
    _beside("max", "maximum", 8),
    _beside("stddev", "stddev", 9),
    _beside("jitter", "jitter", 5),
    Column(
        "our host",
        8,
        lambda row: unit_duration(row.host),
        number="host",
        priority=10,
        ink=lambda row: "faint" if row.host is None else "muted",
    ),
    Column(
        "loss",
        6,
        lambda row: percent(row.ledger.loss),
        ink=_loss_ink,
        number="loss",
    ),
    Column(
        "sent",
        6,
        lambda row: str(row.ledger.sent),
        priority=6,
        ink=lambda _row: "muted",
        number="sent",
    ),
)

NAME: Column[TargetRow] = Column("target", 0, lambda row: row.target.host)
STATE: Column[TargetRow] = Column("state", 0, lambda row: row.state.value)
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
        self._all = TargetRows()
        self._longest = 0  #: cells of the longest name
        self._order: Sequence[int] = ()  #: the places of the rows that are shown
        self._texts: Sequence[str] | None = None  #: what a filter looks for in each target
        self._key: str | None = None  #: the target that the cursor is on
        self._wanted: str | None = None  #: the target that it shall be on once that appears
        self._sorted_at = 0
        self._scale: Scale | None = None
        self.filter = ""
        self.block: Block | None = None  #: only the targets of this one are shown
        self.order: Column[TargetRow] | None = None
        self.is_descending = False
        self.has_common_scale = False

    # What is shown

    def show(self, rows: TargetRows, *, at: int) -> None:
        """Show the rows of a snapshot taken at `at`; the order is renewed once a second, so that it can be read."""
        is_same_set = rows.targets is self._all.targets or rows.targets == self._all.targets
        self._all = rows
        if not is_same_set:
            # Later, for a layout that is due already may have been worked out for the rows before.
            self.call_after_refresh(self.refresh, layout=True)
            self._longest = max((cell_len(target.host) for target in rows.targets), default=0)
            self._texts = None
        elif not self._is_moving or at - self._sorted_at < 1_000_000_000:
            self._update()
            return
        self._sorted_at = at
        self.order_rows()

    @property
    def _is_moving(self) -> bool:
        """Whether rows come, go or change their places as they are measured."""
        return self.order is not None or bool(self.filter and _states_with(self.filter.casefold()))

    def order_rows(self) -> None:
        """Filter and sort anew; the cursor stays on its target."""
        rows, order = self._all, self._matching()
        if self.order is not None:
            keys = _sort_keys(rows, self.order)
            order = sorted(order, key=keys.__getitem__, reverse=self.is_descending)
        self._order = order
        if self._wanted is not None and self._index(self._wanted) is not None:
            self._key, self._wanted = self._wanted, None
        index = None if self._key is None else self._index(self._key)
        if index is not None:
            self.cursor = index
        self._update()
        if index is None and (row := self.selected) is not None:
            self._key = row.target.key

    def _matching(self) -> Sequence[int]:
        """The places of the rows that are in the block and have the text in name, address or state."""
        targets, wanted = self._all.targets, self.filter.casefold()
        places: Sequence[int] = range(len(targets))
        if self.block is not None:
            places = [place for place in places if self.block.holds(targets[place].address)]
        if wanted:
            if self._texts is None:
                self._texts = [_text(target) for target in targets]
            texts, states, meant = self._texts, self._all.states, _states_with(wanted)
            places = [place for place in places if wanted in texts[place] or states[place] in meant]
        return places

    def _index(self, key: str) -> int | None:
        """Which of the lines has a target."""
        place = self._all.place(key)
        return self._order.index(place) if place is not None and place in self._order else None

    def _row(self, index: int) -> TargetRow:
        return self._all[self._order[index]]

    def near(self) -> Sequence[TargetRow]:
        """The rows on the glass, and as many before and behind them."""
        first, end = max(0, self.top - self.page), min(self.top + 2 * self.page, self.lines())
        return [self._row(index) for index in range(first, end)]

    def _update(self) -> None:
        if self.has_common_scale:
            rows = self._all if len(self._all) <= TargetRows.WATCHED else self.near()
            self._scale = scale_of(rtt for row in rows for rtt in in_time(row.recent, SHORTEST_SPARKLINE))
        self.update_rows()

    @property
    def selected(self) -> TargetRow | None:
        """The row under the cursor."""
        return self._row(self.cursor) if self.cursor < len(self._order) else None

    def select(self, key: str) -> None:
        """Put the cursor on a target as soon as it is there."""
        self._wanted = key
        if self._all.place(key) is not None:
            self.order_rows()

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
        return len(self._order)

    def row_key(self, index: int) -> Hashable:
        """A row is the same object until something about it changed."""
        return self._row(index), self._scale if self.has_common_scale else None

    def render_row(self, index: int, width: int, *, selected: bool) -> Sequence[Segment]:
        """One target."""
        row = self._row(index)
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


def _text(target: Target) -> str:
    """What a filter looks for in a target."""
    return f"{target.host}\n{target.address}".casefold()


def _states_with(wanted: str) -> Sequence[int]:
    """The states that have a text in their names, by their places in STATES."""
    return [place for place, state in enumerate(STATES) if wanted in state.value]


def _sort_keys(rows: TargetRows, column: Column[TargetRow]) -> Sequence[float] | Sequence[str]:
    """What each row is sorted by; what is not known comes behind everything that is."""
    if column is STATE:
        return rows.states.translate(_SEVERITIES)
    if column is NAME:
        return [target.host for target in rows.targets]
    if column is COLUMNS[0]:
        return [target.address.packed.hex() for target in rows.targets]
    if column.title == LAST:
        pairs = zip(rows.states, rows.last, strict=True)
        return [math.inf if state == _DOWN or rtt < 0 else rtt for state, rtt in pairs]
    return [math.inf if math.isnan(number) else number for number in rows.column(column.number)]
