"""The seam between a packet and what is known: a reader makes sayings of a packet, the machine keeps them.

A reader is a pure function, one for each protocol, found by the name of the layer that it reads. It says what
the packet says and what is wrong with it; how long that holds, and who it is, are told with it.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeAlias

from app.engine.neighbourhood.facts import Facts, MulticastPath, MulticastRouter, RoleKind
from app.packet.compose import Address
from app.packet.dissection import Dissection, Layer


@dataclass(frozen=True, slots=True)
class Heard:
    """A packet as a reader gets it, and the layer that it is asked about. Moments are nanoseconds."""

    dissection: Dissection
    layer: Layer
    at: int
    interface: str
    source: Address | None = None
    destination: Address | None = None
    ttl: int | None = None  #: TTL or hop limit; None where there is no IP header
    mac: str | None = None  #: the sender's; None where the link's header was not seen
    is_ours: bool = False  #: this host sent it
    is_rebuilt: bool = False  #: the kernel did not hand over the IP header, so that its options are not known


@dataclass(frozen=True, slots=True)
class Saying:
    """What a neighbour says of itself. `lifetime` is in nanoseconds; None: nothing says how long it holds."""

    kind: RoleKind
    facts: Facts
    lifetime: int | None
    suspicious: tuple[str, ...] = ()  #: why it should not be believed, a clause each
    is_goodbye: bool = False  #: it says that it stops: lifetime, hold time or priority 0
    instance: str = ""  #: tells roles of one kind apart that one neighbour may have: a VRRP group, a BFD session


@dataclass(frozen=True, slots=True)
class Membership:
    """Somebody is in a group, or leaves it (IGMP, MLD)."""

    group: Address
    is_member: bool
    suspicious: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LinkState:
    """The header of an LSA that was heard (RFC 2328, A.4.1). `age` in seconds, as it was when it was heard."""

    version: int
    area: str
    type: int
    type_words: str
    id: str
    advertising_router: str
    sequence: int
    age: int
    summary: str = ""


@dataclass(frozen=True, slots=True)
class MtuTold:
    """The interface MTU in an OSPF database description: a difference keeps an adjacency from forming."""

    kind: RoleKind
    router_id: str
    mtu: int


Said: TypeAlias = Saying | Membership | LinkState | MtuTold | MulticastRouter | MulticastPath
Reader: TypeAlias = Callable[[Heard], Iterable[Said]]
