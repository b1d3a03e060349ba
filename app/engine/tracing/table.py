"""The rows of a trace: which TTLs there are, where the path ends, and the paths that were seen.

It knows who answered at which TTL, and nothing of how they were asked.
"""

from collections.abc import Callable, Iterator
from typing import TypeAlias

from app.engine.snapshot import End
from app.engine.tracing.hop import Hop, Inference
from app.engine.tracing.path import loop
from app.packet.compose import Address

PATHS = 64  #: distinct paths that are remembered
TAIL = 3  #: rows shown and asked behind the last hop that answers, where the target does not
HOP_BITS = 32  #: a token is the number of a hop's row, then this many bits of the probe's

Path: TypeAlias = tuple[Address | None, ...]


class Table:
    """All rows of one trace between two restarts; owned by the engine's thread.

    Each row gets a number that no other ever had, so that a token of a row before a restart, or of another trace of
    the same engine, names none of these. `whose` is what the key of a row says beside its TTL.
    """

    def __init__(self, first: int, most: int, number: Callable[[], int], *, flows: int = 1, whose: str = "") -> None:
        self.hops: dict[int, Hop] = {}
        self.loop: tuple[int, int] | None = None
        self.has_end = False  #: whether it is known where the path ends
        self.answered = first - 1  #: the last TTL that was answered; the one before the first where none was
        self.longest_rtt = 0  #: in time, at any hop; 0 before the first
        self.first = first  #: the first TTL that may be asked
        self._most = most
        self._number = number
        self._flows = flows
        self._whose = whose
        self._ends: set[int] = set()  # the TTLs at which it ends for every flow that comes as far
        self._seen: list[Path] = []
        self._numbered: dict[int, Hop] = {}

    @property
    def limit(self) -> int:
        """The last TTL worth asking, as far as is known: of the target, of a refusal, of a loop."""
        end = min(self._ends, default=self._most)
        return end if self.loop is None else min(end, self.loop[1])

    @property
    def is_known(self) -> bool:
        """Whether the first round has nothing left to find out at any of its TTLs."""
        return all(hop.is_known for hop in self.hops.values())

    @property
    def standing(self) -> tuple[int, bool]:
        """How far answers have come, and whether that is the end."""
        return self.answered, self.has_end

    def heard(self, hop: Hop) -> None:
        """A TTL was answered."""
        self.answered = max(self.answered, hop.ttl)
        if hop.end is None:
            self._ends.discard(hop.ttl)
        else:
            self._ends.add(hop.ttl)

    def timed(self, rtt: int) -> None:
        """A probe was answered in time."""
        self.longest_rtt = max(self.longest_rtt, rtt)

    @property
    def reach(self) -> int:
        """The last TTL that has a row once the first round is over: silence is not listed without end."""
        return min(self.limit, self.answered + TAIL)

    @property
    def last(self) -> Hop | None:
        """The hop at which the path ends: for all flows, or else for one."""
        ends = [hop for hop in self.hops.values() if hop.ends]
        return min(ends, key=lambda hop: (hop.end is None, hop.ttl), default=None)

    @property
    def end(self) -> End:
        """How the path ends, as far as is known."""
        if self.last is not None:
            return self.last.ends[0]
        if self.loop is not None:
            return End.LOOP
        highest = self.hops.get(self._most)
        return End.MAX_HOPS if highest is not None and highest.has_answered else End.SILENT

    def hop(self, ttl: int) -> Hop:
        """The row of a TTL, made where there is none."""
        if ttl not in self.hops:
            number = self._number()
            self.hops[ttl] = self._numbered[number] = Hop(ttl, number << HOP_BITS, self._whose)
        return self.hops[ttl]

    def infer(self, ttl: int, inference: Inference) -> None:
        """Take the row of a TTL over from another trace."""
        hop = self.hop(ttl)
        hop.inference = inference
        hop.changed()

    def owns(self, number: int) -> bool:
        """Whether a row of this number is one of these."""
        return number in self._numbered

    def probe(self, token: int) -> tuple[Hop, int] | None:
        """The hop and number of a probe that is still remembered."""
        number = token & (1 << HOP_BITS) - 1
        hop = self._numbered.get(token >> HOP_BITS)
        return None if hop is None or hop.series.outcome(number) is None else (hop, number)

    def survey(self) -> None:
        """Look for the end anew, and for a loop in the path of the first flow: a mixture of paths may look like one."""
        tracks = {ttl: hop.tracks[0] for ttl, hop in self.hops.items() if 0 in hop.tracks}
        said = {ttl: track.latest for ttl, track in tracks.items() if track.ends[-1] is None}
        self.loop = loop({ttl: speaker.address for ttl, speaker in said.items() if speaker is not None})
        self.has_end = self.loop is not None or bool(self._ends)

    def withdraw(self, last: int) -> None:
        """Take the rows behind `last` away."""
        for ttl in [ttl for ttl in self.hops if ttl > last]:
            hop = self.hops.pop(ttl)
            hop.withdraw()
            del self._numbered[hop.token >> HOP_BITS]
            self._ends.discard(ttl)
        if self.answered > last:
            answered = (ttl for ttl, hop in self.hops.items() if hop.has_answered)
            self.answered = max(answered, default=self.first - 1)

    def length(self, flow: int) -> int:
        """The last TTL of a flow's path, as far as is known."""
        tracks = ((ttl, hop.tracks.get(flow)) for ttl, hop in self.hops.items())
        return min((ttl for ttl, track in tracks if track and track.end is not None), default=self.reach)

    def path(self, flow: int) -> Path:
        """Who answered a flow, from TTL 1 on."""
        hops = (self.hops.get(ttl) for ttl in range(1, self.length(flow) + 1))
        return tuple(None if hop is None else hop.address(flow) for hop in hops)

    def paths(self) -> list[Path]:
        """The distinct paths that were seen, those of now included."""
        return [*self._seen, *self._fresh()]

    def note_paths(self) -> None:
        """Remember the paths as they are now; one that was inferred in part may never have been one."""
        if all(hop.inference is None for hop in self.hops.values()):
            self._seen += self._fresh()

    def _fresh(self) -> list[Path]:
        """Paths of now that were not seen before. Of several flows, one with holes is none where it fits another."""
        if self._flows == 1:
            path = self.path(0)
            return [path] if path not in self._seen and len(self._seen) < PATHS else []
        fresh: list[Path] = []
        for path in sorted(map(self.path, range(self._flows)), key=lambda path: path.count(None)):
            known = [*self._seen, *fresh]
            if len(known) < PATHS and not any(_fits(path, other) for other in known):
                fresh.append(path)
        return fresh

    def switches(self) -> dict[int, int]:
        """How often the responder of each TTL changed within one flow."""
        return {ttl: hop.switches for ttl, hop in self.hops.items()}

    def abreast(self) -> dict[int, list[Address]]:
        """The TTLs at which flows come by different routers, and these."""
        return {ttl: routers for ttl, hop in sorted(self.hops.items()) if len(routers := hop.abreast) > 1}

    def hops_of(self, address: Address) -> Iterator[Hop]:
        """The hops at which an address has answered, nearest first."""
        for ttl in sorted(self.hops):
            if address.packed in self.hops[ttl].speakers:
                yield self.hops[ttl]


def _fits(path: Path, other: Path) -> bool:
    """Whether what is known of a path is the same in another, which is as long."""
    return len(path) == len(other) and all(one in (None, two) for one, two in zip(path, other, strict=True))
