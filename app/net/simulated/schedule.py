"""What changes with time, asked by time: a value whose parts are replaced while scheduled events are active.

Times are nanoseconds since the simulation began. Nothing here remembers what was asked before, other
than to answer faster: a packet that travels far asks about later moments than the next one sent.
"""

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

FOREVER = 1 << 62

R = TypeVar("R", bound="DataclassInstance")


@dataclass(frozen=True, slots=True)
class Schedule:
    """When an event is active: from `at` on, for `lasts`, again `every` so often."""

    at: int
    lasts: int = FOREVER
    every: int | None = None

    def window(self, moment: int) -> tuple[bool, int, int]:
        """Whether it is active at `moment`, and since and until when (exclusive) that stays so."""
        if moment < self.at:
            return False, -FOREVER, self.at
        start = self.at if self.every is None else moment - (moment - self.at) % self.every
        stop = start + self.lasts
        if moment < stop:
            return True, start, stop
        return False, stop, FOREVER if self.every is None else start + self.every


@dataclass(frozen=True, slots=True)
class Change:
    """Fields that have other values while a schedule is active."""

    schedule: Schedule
    values: Mapping[str, Any]


class Timeline(Generic[R]):
    """A frozen record over time. Of two active changes of one field the later one in the file counts."""

    def __init__(self, usual: R, changes: Sequence[Change]) -> None:
        self._usual = usual
        self._changes = changes
        self._value = usual
        self._since = self._until = 0 if changes else FOREVER
        if not changes:
            self._since = -FOREVER

    def at(self, moment: int) -> R:
        """The record as it is at `moment`."""
        if not self._since <= moment < self._until:
            self._look(moment)
        return self._value

    def stays_until(self, moment: int) -> int:
        """Until when, exclusively, the record stays as it is at `moment`; FOREVER where no change follows."""
        self.at(moment)
        return self._until

    def _look(self, moment: int) -> None:
        since, until = -FOREVER, FOREVER
        values: dict[str, Any] = {}
        for change in self._changes:
            is_active, start, stop = change.schedule.window(moment)
            since, until = max(since, start), min(until, stop)
            if is_active:
                values.update(change.values)
        self._value = dataclasses.replace(self._usual, **values)
        self._since, self._until = since, until
