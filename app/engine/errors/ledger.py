"""What is kept of the errors that came: the newest rows, and counts by destination and reason. All of it bounded."""

from collections import OrderedDict, deque
from collections.abc import Hashable
from dataclasses import replace
from typing import Generic, TypeVar

from app.engine.errors.snapshot import ErrorRow, ErrorsSnapshot, Omitted, PathMtu, RedirectRow, Tally
from app.packet.compose import Address

MOST_ROWS = 1000
MOST_TALLIES = 512
MOST_MTUS = MOST_REDIRECTS = 256

T = TypeVar("T")


class _Newest(Generic[T]):
    """A table that forgets the lines that were not touched for longest, and knows how many it forgot."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._lines: OrderedDict[Hashable, T] = OrderedDict()
        self._frozen: tuple[T, ...] | None = ()
        self.forgotten = 0

    def get(self, key: Hashable) -> T | None:
        """The line of a key."""
        return self._lines.get(key)

    def put(self, key: Hashable, line: T) -> None:
        """Have a line, as the newest."""
        self._lines[key] = line
        self._lines.move_to_end(key)
        self._frozen = None
        if len(self._lines) > self._most:
            self._lines.popitem(last=False)
            self.forgotten += 1

    def lines(self) -> tuple[T, ...]:
        """All, the newest first; the same object while nothing changes."""
        if self._frozen is None:
            self._frozen = tuple(reversed(self._lines.values()))
        return self._frozen


class Ledger:
    """The counts of one engine. Belongs to its thread."""

    def __init__(self) -> None:
        self.passing = 0
        self._seen = self._known = 0
        self._rows: deque[ErrorRow] = deque(maxlen=MOST_ROWS)
        self._tallies: _Newest[Tally] = _Newest(MOST_TALLIES)
        self._mtus: _Newest[PathMtu] = _Newest(MOST_MTUS)
        self._redirects: _Newest[RedirectRow] = _Newest(MOST_REDIRECTS)

    def enter(self, row: ErrorRow) -> None:
        """Count one more error."""
        self._seen += 1
        self._known += row.known
        self._rows.append(row)
        destination = None if row.flow is None else row.flow.remote
        self._count(destination, row)
        if row.mtu is not None and destination is not None:
            self._learn_mtu(destination, row.mtu, row)
        if row.redirect is not None:
            self._learn_redirect(row)

    def _count(self, destination: Address | None, row: ErrorRow) -> None:
        key = destination, row.version, row.type, row.code
        before = self._tallies.get(key) or Tally(destination, row.reason, 0, 0, row.at, row.packet)
        after = replace(
            before,
            count=before.count + 1,
            known=before.known + row.known,
            last_at=row.at,
            packet=row.packet,
        )
        self._tallies.put(key, after)

    def _learn_mtu(self, destination: Address, mtu: int, row: ErrorRow) -> None:
        before = self._mtus.get(destination)
        count = 1 if before is None else before.count + 1
        told = PathMtu(destination, row.source, mtu, row.cached_mtu, row.known, count, row.at, row.packet)
        self._mtus.put(destination, told)

    def _learn_redirect(self, row: ErrorRow) -> None:
        assert row.redirect is not None
        key = row.source, row.redirect.destination
        before = self._redirects.get(key)
        count = 1 if before is None else before.count + 1
        self._redirects.put(key, RedirectRow(row.source, row.redirect, count, row.at, row.packet))

    def snapshot(self, now: int, started_at: int) -> ErrorsSnapshot:
        """All of it, frozen."""
        return ErrorsSnapshot(
            at=now,
            started_at=started_at,
            rows=tuple(self._rows),
            tallies=self._tallies.lines(),
            mtus=self._mtus.lines(),
            redirects=self._redirects.lines(),
            seen=self._seen,
            known=self._known,
            passing=self.passing,
            omitted=Omitted(
                rows=self._seen - len(self._rows),
                tallies=self._tallies.forgotten,
                mtus=self._mtus.forgotten,
                redirects=self._redirects.forgotten,
            ),
        )
