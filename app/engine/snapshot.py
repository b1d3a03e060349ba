"""What an engine hands out: frozen, built for reading, equal only to itself.

Durations and moments are integers in nanoseconds on the link's clock. None is what is not known; 0 is
a measured zero. A row that did not change since the last snapshot is the very same object.
"""

import math
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from enum import Enum, IntEnum
from typing import TYPE_CHECKING, overload

from app.engine.command import Method, Target
from app.engine.datagram import Clock
from app.engine.pacing.making import Mode
from app.packet.answer import InterfaceInformation, MplsEntry
from app.packet.compose import Address

if TYPE_CHECKING:
    from app.engine.samples.rollup import RollUp


class Outcome(IntEnum):
    """What became of one probe. A late reply leaves its probe lost in the ledger, and shows its RTT."""

    IN_FLIGHT = 0
    REPLIED = 1
    LOST = 2
    LATE = 3
    FAILED = 4
    UNKNOWN = 5  #: its answer may be among the packets that our own buffer had no room for: our failure, not a loss


@dataclass(frozen=True, slots=True, eq=False)
class Samples:
    """Consecutive probes of one row, oldest first, as parallel columns of equal length.

    `sent_at` and `rtt` are nanoseconds ('q'); `rtt` is -1 where there is none; `outcome` holds Outcome
    values as bytes; `token` names each probe in the packet log. Older samples are exact as far as
    `app.engine.samples.series` keeps them.
    """

    sent_at: "array[int]" = field(default_factory=lambda: array("q"))
    rtt: "array[int]" = field(default_factory=lambda: array("q"))
    outcome: bytes = b""
    token: Sequence[int] = ()

    def __len__(self) -> int:
        return len(self.outcome)


@dataclass(frozen=True, slots=True, eq=False)
class Ledger:
    """Where every probe of a row went: sent = replied + lost + in_flight + failed, always.

    `late` counts replies after the deadline, whose probes stay lost; `duplicates` counts second replies. `unknown`
    counts, among the failed, those that were sent and whose answers this host itself may have dropped.
    """

    sent: int = 0
    replied: int = 0
    lost: int = 0
    in_flight: int = 0
    failed: int = 0
    late: int = 0
    duplicates: int = 0
    unknown: int = 0

    @property
    def loss(self) -> float | None:
        """Lost / (lost + replied), 0..1 (RFC 6673); None before the first probe was decided."""
        decided = self.lost + self.replied
        return self.lost / decided if decided else None


@dataclass(frozen=True, slots=True, eq=False)
class RttSummary:
    """Round-trip times of the replies in time, in nanoseconds (RFC 2681)."""

    last: int
    minimum: int
    maximum: int
    mean: float
    stddev: float  #: of the population, as ping's mdev
    median: int
    p95: int
    p99: int
    jitter: float  #: RFC 3550, section 6.4.1, over successive RTTs


@dataclass(frozen=True, slots=True, eq=False)
class SizeRow:
    """The probes of one size, of a row that is swept: `size` is in bytes of payload."""

    size: int
    ledger: Ledger
    rtt: RttSummary | None


@dataclass(frozen=True, slots=True, eq=False)
class ErrorCount:
    """One kind of ICMP error about a row's probes, by whom it was sent."""

    source: Address
    type: int
    code: int
    text: str
    count: int


@dataclass(frozen=True, slots=True, eq=False)
class LogLine:
    """A line of the event log. `row` is a row's key, None for the link itself."""

    at: int
    row: str | None
    text: str


class State(Enum):
    """How a target is doing, by the latest samples."""

    WAITING = "waiting"  #: no answer yet
    UP = "up"
    SLOW = "slow"  #: answers, far above its own median
    LOSING = "losing"
    DOWN = "down"  #: the last probes went unanswered or unsent
    UNKNOWN = "unknown"  #: cannot be known: nothing could be sent


@dataclass(frozen=True, slots=True, eq=False)
class TargetRow:
    """One target of the ping engine."""

    target: Target
    state: State
    ledger: Ledger
    rtt: RttSummary | None  #: None before the first reply in time
    recent: Samples  #: the newest samples, enough for a sparkline
    errors: tuple[ErrorCount, ...] = ()
    reply_ttl: int | None = None
    late_rtt: int | None = None  #: RTT of the last late reply
    sent_clock: Clock | None = None
    received_clock: Clock | None = None
    down_since: int | None = None
    host: int | None = None  #: median time that our own machine added, as a user's clock would have measured it
    interval: int | None = None  #: its own, where it is not that of all
    sweep: tuple[SizeRow, ...] = ()  #: of a row whose probes have many sizes, by size


STATES = tuple(State)  #: by their place in `TargetRows.states`


TIMES = frozenset(entry.name for entry in fields(RttSummary))  #: columns of round-trip times


def _number(row: TargetRow, name: str) -> float | None:
    """What stands in a row's column of numbers."""
    if name in TIMES:
        return None if row.rtt is None else getattr(row.rtt, name)
    value: float | None = row.host if name == "host" else getattr(row.ledger, name)
    return value


class TargetRows(Sequence[TargetRow]):
    """The rows of a snapshot. What a screen asks of thousands at once stands in columns, by place.

    An engine of many targets makes a row only when it is looked at; one that did not change since is the very same
    object. `recent` is empty in a row that nobody watches (see `command.Watch`) where there are more than `WATCHED`.
    """

    WATCHED = 256  #: so many rows are all watched, without being asked for

    def __init__(self, rows: Iterable[TargetRow] = ()) -> None:
        self._rows = tuple(rows)
        self.targets = tuple(row.target for row in self._rows)  #: the same object while targets neither come nor go
        self._places: dict[str, int] | None = None

    @overload
    def __getitem__(self, place: int) -> TargetRow: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[TargetRow]: ...
    def __getitem__(self, place: int | slice) -> TargetRow | Sequence[TargetRow]:
        return self._rows[place]

    def __len__(self) -> int:
        return len(self.targets)

    def __iter__(self) -> Iterator[TargetRow]:
        return map(self.__getitem__, range(len(self)))

    def place(self, key: str) -> int | None:
        """Where the row of that key stands."""
        if self._places is None:
            self._places = {target.key: place for place, target in enumerate(self.targets)}
        return self._places.get(key)

    @property
    def states(self) -> bytes:
        """How each row is doing: a place in STATES."""
        return bytes(STATES.index(row.state) for row in self._rows)

    @property
    def last(self) -> "array[int]":
        """The newest RTT of each row; -1 before the first."""
        return array("q", (-1 if row.rtt is None else row.rtt.last for row in self._rows))

    def column(self, name: str) -> "array[float]":
        """One number of each row: a field of RttSummary or Ledger, "loss" or "host"; nan where it is not known."""
        return array("d", (math.nan if (value := _number(row, name)) is None else value for row in self._rows))

    @property
    def versions(self) -> Sequence[int]:
        """A number for each row that is another one whenever something about the row is."""
        return [id(row) for row in self._rows]

    def standing(self) -> Mapping[State, int]:
        """How many rows are in each state."""
        states = self.states
        return {state: states.count(place) for place, state in enumerate(STATES)}


@dataclass(frozen=True, slots=True, eq=False)
class History:
    """The whole kept history of the row in focus, and its log."""

    key: str
    samples: Samples
    log: tuple[LogLine, ...]
    rollups: "tuple[RollUp, ...]" = ()  #: of what the samples do not hold any more, oldest first


@dataclass(frozen=True, slots=True, eq=False)
class PingSnapshot:
    """All that the ping engine knows."""

    at: int
    started_at: int
    interval: int
    rows: "TargetRows"
    log: tuple[LogLine, ...] = ()  #: the newest lines of all rows
    focus: History | None = None
    strangers: int = 0  #: datagrams that matched no probe
    forged: int = 0  #: datagrams that named a probe and failed its secret
    is_finished: bool = False
    dropped: int = 0  #: packets that had arrived and found our own buffer full
    mode: Mode = Mode.TIMED  #: what the next probe of a row waits for
    stretch: float = 1.0  #: how many times longer all intervals are than they were asked for, by the budget


class End(Enum):
    """Why a trace does not go further."""

    REACHED = "reached"
    UNREACHABLE = "unreachable"
    PROHIBITED = "prohibited"
    LOOP = "loop"
    MAX_HOPS = "max-hops"
    SILENT = "silent"


@dataclass(frozen=True, slots=True, eq=False)
class Responder:
    """One address that answered at a hop."""

    address: Address
    replied: int
    rtt: RttSummary | None
    type: int | None  #: ICMP type and code of its last answer; None for TCP
    code: int | None
    text: str  #: the answer in words; "" for a plain "time exceeded in transit"
    is_target: bool
    reply_ttl: int | None
    quoted_ttl: int | None
    mtu: int | None = None
    mpls: tuple[MplsEntry, ...] = ()
    interface: InterfaceInformation | None = None
    nat: bool | None = None  #: whether the quote shows our source or checksum rewritten; None: cannot be known


@dataclass(frozen=True, slots=True, eq=False)
class HopRow:
    """One TTL of a trace. `key` is what the packet log calls it."""

    key: str
    ttl: int
    ledger: Ledger
    rtt: RttSummary | None
    recent: Samples
    responders: tuple[Responder, ...]  #: in the order in which they first answered
    inferred_from: str | None = None  #: not asked: RTTs and responders are those of the path to that host, up to here
    inferred_row: str | None = None  #: what the packet log calls that
    interval: int | None = None  #: its own, where it is not that of all
    host: int | None = None  #: median time that our own machine added, as a user's clock would have measured it


@dataclass(frozen=True, slots=True, eq=False)
class Finding:
    """Something worth saying about a path; `kind` as docs/json.md lists them."""

    kind: str
    ttl: int | None
    text: str


@dataclass(frozen=True, slots=True, eq=False)
class TraceSnapshot:
    """All that a trace knows."""

    at: int
    started_at: int
    interval: int
    target: Target
    method: Method
    round: int
    asked: tuple[int, int] | None  #: first and last TTL asked while the first round runs
    hops: tuple[HopRow, ...]
    end: End | None  #: None until the first round has ended
    paths: tuple[tuple[Address | None, ...], ...] = ()
    findings: tuple[Finding, ...] = ()
    log: tuple[LogLine, ...] = ()
    path_mtu: int | None = None  #: as searched for; without a search, the least that a router named
    flows: int = 1  #: so many at once
    mtu_story: str = ""  #: what came of a search for the path MTU, a clause; "" before its end
    port: int | None = None  #: where probes go to; None for ICMP, which has no ports
    strangers: int = 0
    forged: int = 0
    is_finished: bool = False
    dropped: int = 0  #: packets that had arrived and found our own buffer full
    ended_at: int | None = None  #: when nothing was left to do
    row: str | None = None  #: what the packet log calls all of its rows together; None where it has no others


@dataclass(frozen=True, slots=True, eq=False)
class TracesSnapshot:
    """What an engine of many traces knows: the latest of each, by the key of its target."""

    at: int
    started_at: int
    traces: Mapping[str, TraceSnapshot]
    is_finished: bool = False
    dropped: int = 0  #: packets that had arrived and found our own buffer full
