"""What the neighbourhood engine hands out: frozen, and the same object as before where nothing changed.

Moments are nanoseconds on the link's clock. `packet` is the number in the engine's packet log of the packet that
proves the line it stands in.
"""

from dataclasses import dataclass, field

from app.engine.host import CachedNeighbour, Interface, Surroundings
from app.engine.neighbourhood.facts import Facts, MulticastPath, MulticastRouter, RoleKind
from app.engine.snapshot import LogLine
from app.packet.compose import Address


@dataclass(frozen=True, slots=True, eq=False)
class Role:
    """What a neighbour does, as it said last."""

    kind: RoleKind
    facts: Facts
    first_heard: int
    last_heard: int
    expires_at: int | None
    suspicious: tuple[str, ...] = ()
    is_goodbye: bool = False  #: its last packet said that it stops
    gone_at: int | None = None  #: when it was given up, which is shown for a while
    packet: int | None = None
    instance: str = ""  #: tells roles of one kind apart


@dataclass(frozen=True, slots=True, eq=False)
class Neighbour:
    """One MAC address on one interface; where no MAC address was seen, one IP address."""

    key: str
    interface: str
    addresses: tuple[Address, ...]
    mac: str | None
    roles: tuple[Role, ...]
    cached: tuple[CachedNeighbour, ...] = ()  #: what the kernel knows of it
    is_gateway: bool = False  #: a default route of this host leads there


@dataclass(frozen=True, slots=True, eq=False)
class Group:
    """A multicast group with members on a link."""

    interface: str
    group: Address
    reporters: tuple[Address, ...]  #: the last one first
    last_heard: int
    suspicious: tuple[str, ...] = ()
    packet: int | None = None


@dataclass(frozen=True, slots=True, eq=False)
class HeardLsa:
    """One entry of the link-state table; its age goes on from `heard_at`."""

    interface: str
    version: int
    area: str
    type: int
    type_words: str
    id: str
    advertising_router: str
    sequence: int
    age: int
    heard_at: int
    summary: str = ""
    packet: int | None = None


@dataclass(frozen=True, slots=True, eq=False)
class NeighbourFinding:
    """Something that an engineer would want to be told. `kind` is one of the JSON's words, such as "ospf-mismatch"."""

    kind: str
    interface: str
    text: str
    since: int
    neighbours: tuple[str, ...] = ()  #: keys of those that it is about
    packet: int | None = None


@dataclass(frozen=True, slots=True)
class ChosenRouter:
    """The router of RFC 1256 that a host on this link takes: the most preferred one of its subnet."""

    interface: str
    address: Address
    preference: int
    neighbour: str  #: the key of whoever told


@dataclass(frozen=True, slots=True)
class Omitted:
    """What did not fit the bounds: "and N more"."""

    neighbours: int = 0
    groups: int = 0
    lsas: int = 0
    findings: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class NeighbourhoodSnapshot:
    """All that is known."""

    at: int
    started_at: int
    interfaces: tuple[Interface, ...] = ()
    neighbours: tuple[Neighbour, ...] = ()
    groups: tuple[Group, ...] = ()
    lsas: tuple[HeardLsa, ...] = ()
    findings: tuple[NeighbourFinding, ...] = ()
    surroundings: Surroundings = field(default_factory=Surroundings)
    omitted: Omitted = Omitted()
    log: tuple[LogLine, ...] = ()
    heard: int = 0  #: packets that said something
    asked: int = 0  #: packets that were sent
    chosen: tuple[ChosenRouter, ...] = ()
    mrinfo: tuple[MulticastRouter, ...] = ()  #: routers that answered when asked, the last one first
    mtrace: tuple[MulticastPath, ...] = ()  #: ways that were answered when asked, the last one first
