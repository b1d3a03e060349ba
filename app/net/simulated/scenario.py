"""What a scenario file says, as frozen records; no packet and no clock is known here.

`read_scenario` turns TOML into a `Scenario` or raises ScenarioError with file, key and reason. How to
write one is told in docs/simulation.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from app.net.simulated.schedule import Change
from app.net.simulated.toml import Prefix
from app.packet.compose import Address

if TYPE_CHECKING:
    from app.net.simulated.lan.manners import Lan
    from app.net.simulated.programs import Program

#: The name of the machine that the program runs on.
HERE = "here"

#: The words for refusals: the codes of "destination unreachable" in ICMP and ICMPv6 (IANA's registries).
REFUSALS = {
    "no-route": (0, 0),
    "host-unreachable": (1, 3),
    "protocol-unreachable": (2, 4),
    "port-unreachable": (3, 4),
    "source-route-failed": (5, 0),
    "net-unknown": (6, 0),
    "host-unknown": (7, 3),
    "net-prohibited": (9, 1),
    "host-prohibited": (10, 1),
    "prohibited": (13, 1),
    "beyond-scope": (0, 2),
    "policy-failed": (13, 5),
    "reject-route": (13, 6),
}


@dataclass(frozen=True, slots=True)
class RateLimit:
    """A token bucket: `rate` messages a second in the long run, `burst` at once."""

    rate: float
    burst: int = 6


@dataclass(frozen=True, slots=True)
class Late:
    """A part of the answers that comes late by `delay`."""

    share: float
    delay: int


@dataclass(frozen=True, slots=True)
class Nat:
    """Translation of IPv4 source addresses for packets that come in from the neighbours `inside`.

    `forward` is the host that gets what nobody inside asked for. Where `sloppy_quote`, quoted datagrams
    get their address and port back, but not the checksum of their transport header.
    """

    inside: tuple[str, ...]
    forward: str | None = None
    sloppy_quote: bool = False


@dataclass(frozen=True, slots=True)
class Node:
    """A router or host, and its manners."""

    key: str
    name: str | None
    addresses: tuple[Address, ...]
    forwards: bool
    ttl: int
    down: bool = False
    silent: bool = False  #: sends no ICMP error
    echo: bool = True
    tcp: tuple[int, ...] = ()
    udp: tuple[int, ...] = ()
    closed: str = "answer"  #: what closed ports do: "answer" or "drop"
    late: Late | None = None
    duplicates: float = 0.0
    limit: RateLimit | None = None  #: of ICMP errors
    ecmp: str = "flow"
    interface_info: bool = False
    dscp: int | None = None  #: what it writes over the DSCP of all that it forwards
    networks: tuple[Prefix, ...] = ()
    routes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    nat: Nat | None = None
    dns: bool = False  #: knows the names of the scenario
    block: tuple[Prefix, ...] = ()  #: prefixes whose every address is its own, beside `addresses`
    changes: tuple[Change, ...] = ()

    def address(self, version: int) -> Address | None:
        """The first address of an IP version."""
        return next((address for address in self.addresses if address.version == version), None)


@dataclass(frozen=True, slots=True)
class Line:
    """One direction of a link. Jitter is the mean of a waiting time that is distributed exponentially."""

    delay: int = 1_000_000
    jitter: int = 0
    loss: float = 0.0
    mtu: int = 1500
    cost: int = 1
    down: bool = False


@dataclass(frozen=True, slots=True)
class Wire:
    """A line between two nodes, and what changes on it."""

    start: str
    end: str
    line: Line
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True)
class Tunnel:
    """An MPLS label switched path: the labels on each of its links, none where the last hop was popped."""

    path: tuple[str, ...]
    labels: tuple[tuple[int, ...], ...]
    propagate_ttl: bool


@dataclass(frozen=True, slots=True)
class Filter:
    """What a router does not let pass: `to` those nodes (all where empty), of `protocols` (all where empty)."""

    at: str
    to: tuple[str, ...]
    protocols: tuple[str, ...]
    answer: str  #: a word of REFUSALS, "drop" or "reset"


@dataclass(frozen=True, slots=True)
class Scenario:
    """A whole simulated internet, as it was written."""

    title: str
    seed: int
    convergence: int  #: how long after a change routers go on using their old routes
    targets: tuple[str, ...]
    nodes: Mapping[str, Node]
    wires: tuple[Wire, ...]
    tunnels: tuple[Tunnel, ...]
    filters: tuple[Filter, ...]
    lan: "Lan | None" = None  #: the network that `here` is on
    programs: "tuple[Program, ...]" = ()
