"""The rows of the ping engine: who they are, whose probe a token names, which have changed since the last snapshot."""

from collections.abc import Collection, Iterable, Sequence

from app.engine.command import Target
from app.engine.pinging.pingconfig import PingConfig
from app.engine.pinging.targetfacts import Columns, LiveRows, TargetFacts
from app.engine.pinging.targetrow import Row
from app.engine.pinging.template import ROW_BITS
from app.engine.samples.rollup import MINUTES
from app.engine.snapshot import STATES, TargetRows

FIRST_SEQUENCE = 1  #: as ping counts
#: Offset of the sequence numbers of the next row with the same address: far from all others.
_OFFSET_STEP = 40_503
#: Minutes that are rolled up, in all rows: so a week of 10,000 targets takes 0.5 GB and not 2.
_MINUTES_IN_ALL, _LEAST_MINUTES = 1_500_000, 60
_PLACE_OF = {state: place for place, state in enumerate(STATES)}


class Roster:
    """All rows, in the order in which they came. Owned by the engine's thread."""

    def __init__(self, targets: Collection[Target], config: PingConfig) -> None:
        self.rows: dict[str, Row] = {}  #: by key
        self._config = config
        self._minutes = max(_LEAST_MINUTES, min(MINUTES, _MINUTES_IN_ALL // max(1, len(targets))))
        self._by_number: list[Row | None] = []  # a token's upper bits are an index here
        self._by_address: dict[bytes, tuple[Row, ...]] = {}
        self._offsets: dict[bytes, int] = {}  # of the next row, where an address has or had several
        self._changed: list[Row] = []
        self._wanted: frozenset[str] = frozenset()  # the keys that are watched, of many
        self._are_all_watched = True
        self._is_sorted = False  # the columns have a place for each row
        self._facts: list[TargetFacts] = []
        self._columns = Columns(0)
        self._targets: tuple[Target, ...] = ()
        self._places: dict[str, int] = {}
        self._frozen: TargetRows | None = None
        for target in targets:
            self.enter(target)

    def __len__(self) -> int:
        return len(self.rows)

    def enter(self, target: Target, *, origin: int = 0) -> Row | None:
        """Take a target in; None where its key is known."""
        if target.key in self.rows:
            return None
        address, config = target.address.packed, self._config
        others = self._by_address.get(address, ())
        offset = self._offsets.get(address, FIRST_SEQUENCE + (_OFFSET_STEP if others else 0))
        if others or address in self._offsets:
            self._offsets[address] = offset + _OFFSET_STEP
        token = len(self._by_number) << ROW_BITS
        row = Row(target, token, offset=offset, kept=config.kept, minutes=self._minutes, sizes=config.sizes)
        row.health.origin = origin
        self.rows[target.key] = row
        self._by_number.append(row)
        self._by_address[address] = (*others, row)
        self._is_sorted = False
        return row

    def remove(self, key: str) -> Row | None:
        """Forget a target; None where it was not known. What is in flight is nobody's from now on."""
        row = self.rows.pop(key, None)
        if row is None:
            return None
        address = row.target.address.packed
        self._by_number[row.token >> ROW_BITS] = None
        self._by_address[address] = tuple(other for other in self._by_address[address] if other is not row)
        self._offsets.setdefault(address, row.offset + _OFFSET_STEP)
        row.reset(origin=0)
        self._is_sorted = False
        return row

    def at(self, address: bytes) -> Sequence[Row]:
        """The rows of an address."""
        return self._by_address.get(address, ())

    def row_of(self, token: int) -> Row | None:
        """The row that a token belongs to, if it is here still."""
        index = token >> ROW_BITS
        return self._by_number[index] if 0 <= index < len(self._by_number) else None

    def probe(self, token: int) -> tuple[Row, int] | None:
        """The row and number of a probe that is still remembered."""
        row = self.row_of(token)
        if row is None or row.series.outcome(token - row.token) is None:
            return None
        return row, token - row.token

    # What is looked at

    def watch(self, keys: Iterable[str]) -> None:
        """Of many rows, have the newest samples of these in the snapshots."""
        before, self._wanted = self._wanted, frozenset(keys)
        if not self._are_all_watched:
            self._look(self.rows[key] for key in before ^ self._wanted if key in self.rows)

    def _look(self, rows: Iterable[Row]) -> None:
        for row in rows:
            row.watch(self._are_all_watched or row.key in self._wanted)
            self.touch(row)

    def touch(self, row: Row) -> None:
        """Something about a row is not what the last snapshot said."""
        if not row.is_changed:
            row.is_changed = True
            self._changed.append(row)

    def freeze(self) -> TargetRows:
        """The rows as they are now; the same object as long as nothing about any of them changes."""
        if self._is_sorted and not self._changed and self._frozen is not None:
            return self._frozen
        self._sort()
        facts, columns = self._facts, self._columns
        for row in self._changed:
            row.is_changed = False
            if row.key not in self._places or self.rows[row.key] is not row:
                continue
            place = row.place
            facts[place] = known = row.facts()
            columns.states[place] = _PLACE_OF[known.state]
            columns.last[place] = -1 if known.rtt is None else known.rtt.last
            columns.versions[place] += 1
        self._changed.clear()
        self._frozen = LiveRows(facts[:], self._targets, self._places, columns.copy())
        return self._frozen

    def _sort(self) -> None:
        """Give each row its place, where rows came or went."""
        if self._is_sorted:
            return
        self._is_sorted = True
        rows = list(self.rows.values())
        if self._are_all_watched is not (len(rows) <= TargetRows.WATCHED) or self._frozen is None:
            self._are_all_watched = len(rows) <= TargetRows.WATCHED
            self._look(rows)
        before, columns = self._columns, Columns(len(rows))
        known = [self._facts[row.place] if row.place >= 0 else row.facts() for row in rows]
        newest = max(before.versions, default=0) + 1
        for place, row in enumerate(rows):
            if row.place < 0:
                columns.versions[place] = newest
                self._look((row,))
            else:
                columns.states[place] = before.states[row.place]
                columns.last[place] = before.last[row.place]
                columns.versions[place] = before.versions[row.place]
            row.place = place
        self._facts, self._columns = known, columns
        self._targets = tuple(row.target for row in rows)
        self._places = {row.key: row.place for row in rows}
