"""Columns of numbers that stand still: widths by priority, units and decimal points one under the other."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from app.engine.wording import NOTHING_YET, duration
from widgets.canvas import fit

R = TypeVar("R")

GAP = 2
DURATION_WIDTH = 7


@dataclass(frozen=True, slots=True)
class Column(Generic[R]):
    """One column of a table whose rows are of type R.

    `text` gives the cell, already as wide as its alignment wants; `number` is what a snapshot of many rows calls its
    column of these numbers. Columns of lower `priority` are the first to be shown.
    """

    title: str
    width: int
    text: Callable[[R], str]
    priority: int = 0
    ink: Callable[[R], str] = lambda _row: "plain"
    is_left: bool = False
    number: str = ""

    def cell(self, row: R) -> str:
        """The cell in exactly the column's width."""
        return fit(self.text(row), self.width, right=not self.is_left)

    def heading(self, mark: str) -> str:
        """The title over the column, with a mark where the rows are sorted by it."""
        return fit(self.title + mark, self.width, right=not self.is_left)


def columns_that_fit(columns: Sequence[Column[R]], room: int) -> tuple[Column[R], ...]:
    """As many columns as `room` cells hold, the important ones first, in the order they were given in."""
    chosen = set()
    for column in sorted(columns, key=lambda each: each.priority):
        if (needed := column.width + GAP) > room:
            break
        room -= needed
        chosen.add(column.title)
    return tuple(column for column in columns if column.title in chosen)


def aligned(text: str, *, whole: int = 3, fraction: int = 2) -> str:
    """A number with its decimal point in a fixed place, so that a column of them can be read downwards."""
    before, point, after = text.partition(".")
    return before.rjust(whole) + (point + after).ljust(fraction + 1)


def unit_duration(nanoseconds: float | None) -> str:
    """A duration in 7 cells: units stand in one column, each number directly before its own: " 410 µs", "1.92 ms"."""
    if nanoseconds is None:
        return f"{NOTHING_YET:>{DURATION_WIDTH}}"
    number, _, unit = duration(nanoseconds).partition(" ")
    return f"{number:>4} {unit:>2}"
