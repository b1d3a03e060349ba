"""The rows of a trace: which TTLs there are, where the path ends, and the paths that were seen.

It knows who answered at which TTL, and nothing of how they were asked.
"""

from collections.abc import Iterator

from app.engine.hop import Hop
from app.engine.path import loop
from app.engine.snapshot import End
from app.packet.compose import Address

PATHS = 64  #: distinct paths that are remembered
TAIL = 3  #: rows shown and asked behind the last hop that answers, where the target does not
HOP_BITS = 32  #: a token is the number of a hop's row, then this many bits of the probe's


class Table:
    """All rows of one trace between two restarts; owned by the engine's thread.

    Rows are numbered from `first_number` on, so that a token of the rows before a restart names none of these.
    """

    def __init__(self, first: int, most: int, first_number: int = 0) -> None:
        self.hops: dict[int, Hop] = {}
        self.loop: tuple[int, int] | None = None
        self.paths: list[tuple[Address | None, ...]] = []
        self._first = first
        self._most = most
        self._first_number = first_number
        self._numbered: list[Hop | None] = []

    @property
    def following(self) -> int:
        """The number that the next row will have."""
        return self._first_number + len(self._numbered)

    @property
    def limit(self) -> int:
        """The last TTL worth asking, as far as is known: of the target, of a refusal, of a loop."""
        ends = [ttl for ttl, hop in self.hops.items() if hop.end is not None]
        if self.loop is not None:
            ends.append(self.loop[1])
        return min(ends, default=self._most)

    @property
    def reach(self) -> int:
        """The last TTL that has a row once the first round is over: silence is not listed without end."""
        answered = max((ttl for ttl, hop in self.hops.items() if hop.has_answered), default=self._first - 1)
        return min(self.limit, answered + TAIL)

    @property
    def end(self) -> End:
        """How the path ends, as far as is known."""
        ends = [hop for hop in self.hops.values() if hop.end is not None]
        if ends:
            return min(ends, key=lambda hop: hop.ttl).end or End.SILENT
        if self.loop is not None:
            return End.LOOP
        highest = self.hops.get(self._most)
        return End.MAX_HOPS if highest is not None and highest.has_answered else End.SILENT

    def hop(self, ttl: int) -> Hop:
        """The row of a TTL, made where there is none."""
        if ttl not in self.hops:
            self.hops[ttl] = Hop(ttl, self.following << HOP_BITS)
            self._numbered.append(self.hops[ttl])
        return self.hops[ttl]

    def probe(self, token: int) -> tuple[Hop, int] | None:
        """The hop and number of a probe that is still remembered."""
        index, number = (token >> HOP_BITS) - self._first_number, token & (1 << HOP_BITS) - 1
        hop = self._numbered[index] if 0 <= index < len(self._numbered) else None
        return None if hop is None or hop.series.outcome(number) is None else (hop, number)

    def survey(self) -> None:
        """Look for a loop anew."""
        self.loop = loop(
            {ttl: hop.latest.address for ttl, hop in self.hops.items() if hop.latest and hop.ends[-1] is None}
        )

    def withdraw(self, last: int) -> None:
        """Take the rows behind `last` away."""
        for ttl in [ttl for ttl in self.hops if ttl > last]:
            hop = self.hops.pop(ttl)
            hop.withdraw()
            self._numbered[(hop.token >> HOP_BITS) - self._first_number] = None

    def note_path(self) -> None:
        """Remember the path as it is now."""
        latest = {ttl: hop.latest.address for ttl, hop in self.hops.items() if hop.latest is not None}
        path = tuple(latest.get(ttl) for ttl in range(1, self.reach + 1))
        if path not in self.paths and len(self.paths) < PATHS:
            self.paths.append(path)

    def hops_of(self, address: Address) -> Iterator[Hop]:
        """The hops at which an address has answered, nearest first."""
        for ttl in sorted(self.hops):
            if address.packed in self.hops[ttl].speakers:
                yield self.hops[ttl]
