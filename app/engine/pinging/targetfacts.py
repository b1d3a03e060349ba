"""The rows of a ping snapshot, made when they are looked at: of ten thousand targets a screen shows fifty.

The engine's thread freezes what is known of a row that changed into `TargetFacts`, which costs a fraction of the row;
the screen's thread makes the row. What a screen asks of all rows at once stands in columns that are copied whole.
"""

import math
from array import array
from collections.abc import Mapping, Sequence
from typing import overload

from app.engine.command import Target
from app.engine.datagram import Clock
from app.engine.samples.added import Added
from app.engine.samples.series import Counts
from app.engine.samples.stats import RttMoment
from app.engine.snapshot import (
    TIMES,
    ErrorCount,
    Outcome,
    RttSummary,
    Samples,
    SizeRow,
    State,
    TargetRow,
    TargetRows,
)


class TargetFacts:
    """What is known of one target at one moment; the row that says so is made once, when it is asked for."""

    __slots__ = ("_added", "_clocks", "_counts", "_down_since", "_errors", "_late_rtt", "_recent", "_reply_ttl", "_row",
                 "_sweep", "_target", "interval", "rtt", "state")  # fmt: skip

    def __init__(
        self,
        target: Target,
        state: State,
        counts: Counts,
        rtt: RttMoment | None,
        recent: Samples,
        errors: tuple[ErrorCount, ...],
        reply_ttl: int | None,
        late_rtt: int | None,
        clocks: tuple[Clock | None, Clock | None],
        down_since: int | None,
        added: Added,
        interval: int | None,
        sweep: tuple[SizeRow, ...],
    ) -> None:
        self._target = target
        self.state = state
        self._counts = counts
        self.rtt = rtt
        self._recent = recent
        self._errors = errors
        self._reply_ttl = reply_ttl
        self._late_rtt = late_rtt
        self._clocks = clocks
        self._down_since = down_since
        self._added = added
        self.interval = interval
        self._sweep = sweep
        self._row: TargetRow | None = None

    @property
    def _summary(self) -> RttSummary | None:
        return None if self.rtt is None else self.rtt.summary()

    def row(self) -> TargetRow:
        """The row; the same object each time."""
        if self._row is None:
            self._row = TargetRow(
                target=self._target,
                state=self.state,
                ledger=self._counts.ledger(),
                rtt=self._summary,
                recent=self._recent,
                errors=self._errors,
                reply_ttl=self._reply_ttl,
                late_rtt=self._late_rtt,
                sent_clock=self._clocks[0],
                received_clock=self._clocks[1],
                down_since=self._down_since,
                host=self._added.median,
                interval=self.interval,
                sweep=self._sweep,
            )
        return self._row

    def number(self, name: str) -> float:
        """What stands in a column of numbers, see `TargetRows.column`."""
        value: float | None
        if name in TIMES:
            value = None if self.rtt is None else getattr(self._summary, name)
        elif name == "sent":
            value = self._counts.sent
        elif name == "loss":
            decided = self._counts.decided
            lost, replied = decided[Outcome.LOST] + decided[Outcome.LATE], decided[Outcome.REPLIED]
            value = lost / (lost + replied) if lost or replied else None
        else:
            value = self.row().host if name == "host" else getattr(self._counts.ledger(), name)
        return math.nan if value is None else value


class Columns:
    """What is asked of all rows at once, a number for each, by place; kept up by the engine's thread."""

    __slots__ = ("last", "states", "versions")

    def __init__(self, size: int) -> None:
        self.states = bytearray(size)
        self.last = array("q", (-1,)) * size
        self.versions = array("q", (0,)) * size

    def copy(self) -> "Columns":
        """The same, to be handed out."""
        copied = Columns(0)
        copied.states, copied.last, copied.versions = self.states[:], self.last[:], self.versions[:]
        return copied


class LiveRows(TargetRows):
    """The rows of a running engine."""

    def __init__(
        self, facts: Sequence[TargetFacts], targets: tuple[Target, ...], places: Mapping[str, int], columns: Columns
    ) -> None:
        super().__init__()
        self.targets = targets
        self._facts = facts
        self._by_key = places
        self._columns = columns

    @overload
    def __getitem__(self, place: int) -> TargetRow: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[TargetRow]: ...
    def __getitem__(self, place: int | slice) -> TargetRow | Sequence[TargetRow]:
        if isinstance(place, slice):
            return tuple(facts.row() for facts in self._facts[place])
        return self._facts[place].row()

    def place(self, key: str) -> int | None:
        """Where the row of that key stands."""
        return self._by_key.get(key)

    @property
    def states(self) -> bytes:
        """How each row is doing: a place in STATES."""
        return bytes(self._columns.states)

    @property
    def last(self) -> "array[int]":
        """The newest RTT of each row; -1 before the first."""
        return self._columns.last

    def column(self, name: str) -> "array[float]":
        """One number of each row."""
        return array("d", [facts.number(name) for facts in self._facts])

    @property
    def versions(self) -> Sequence[int]:
        """A number for each row that is another one whenever something about the row is."""
        return self._columns.versions
