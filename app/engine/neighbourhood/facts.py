"""What a neighbour says of itself in each protocol. Field names are those of the JSON; None is what was not said."""

from dataclasses import dataclass
from enum import Enum
from ipaddress import IPv4Address
from typing import TypeAlias

from app.engine.host import Prefix
from app.packet.compose import Address


class RoleKind(Enum):
    """What a neighbour does; the values are the JSON's words."""

    ROUTER_ADVERTISEMENT = "router-advertisement"
    ROUTER_DISCOVERY = "router-discovery"
    OSPF = "ospf"
    OSPF6 = "ospf6"
    IGMP_QUERIER = "igmp-querier"
    MLD_QUERIER = "mld-querier"
    PIM = "pim"
    PIM_BOOTSTRAP = "pim-bootstrap"
    VRRP = "vrrp"
    RIP = "rip"
    RIPNG = "ripng"
    BFD = "bfd"
    LLDP = "lldp"


@dataclass(frozen=True, slots=True)
class AdvertisedPrefix:
    """A prefix information option (RFC 4861, section 4.6.2)."""

    prefix: Prefix
    on_link: bool
    autonomous: bool
    valid_s: int
    preferred_s: int


@dataclass(frozen=True, slots=True)
class AdvertisedRoute:
    """A route information option (RFC 4191, section 2.3)."""

    prefix: Prefix
    preference: str
    lifetime_s: int


@dataclass(frozen=True, slots=True)
class RouterAdvertisement:
    """RFC 4861, section 4.2, and its options."""

    router_lifetime_s: int
    hop_limit: int
    managed: bool
    other: bool
    preference: str  #: "high", "medium" or "low" (RFC 4191)
    reachable_ms: int
    retransmit_ms: int
    mtu: int | None
    prefixes: tuple[AdvertisedPrefix, ...] = ()
    rdnss: tuple[Address, ...] = ()
    dnssl: tuple[str, ...] = ()
    routes: tuple[AdvertisedRoute, ...] = ()
    pref64: tuple[Prefix, ...] = ()


@dataclass(frozen=True, slots=True)
class AdvertisedRouter:
    """One address of an RFC 1256 advertisement; the preference is signed, the highest is to be taken."""

    address: Address
    preference: int


@dataclass(frozen=True, slots=True)
class RouterDiscovery:
    """RFC 1256, section 3."""

    lifetime_s: int
    routers: tuple[AdvertisedRouter, ...]


@dataclass(frozen=True, slots=True)
class Ospf:
    """A hello of OSPFv2 (RFC 2328, A.3.2) or OSPFv3 (RFC 5340, A.3.2), which knows no mask."""

    router_id: str
    area: str
    priority: int
    dr: str
    bdr: str
    hello_s: int
    dead_s: int
    mask: str | None
    auth: str  #: "none", "simple" or "cryptographic"
    neighbours: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Querier:
    """A general query of IGMP (RFC 3376, section 4.1) or MLD (RFC 3810, section 5.1)."""

    version: int
    interval_s: int | None
    max_response_ms: int
    robustness: int | None


@dataclass(frozen=True, slots=True)
class Pim:
    """A PIM hello (RFC 7761, section 4.9.2); whether it is the DR follows from all hellos on the link."""

    holdtime_s: int | None
    dr_priority: int | None
    generation_id: int | None
    dr: bool = False


@dataclass(frozen=True, slots=True)
class Bootstrap:
    """A PIM bootstrap message (RFC 5059, section 4.1), which every PIM router hands on; `bsr` is who was elected."""

    bsr: Address
    priority: int
    rendezvous_points: tuple[Address, ...] = ()


@dataclass(frozen=True, slots=True)
class Vrrp:
    """An advertisement (RFC 5798, section 5.2; version 2: RFC 3768)."""

    version: int
    group: int
    priority: int
    interval_ms: int
    addresses: tuple[Address, ...] = ()


@dataclass(frozen=True, slots=True)
class HeardRoute:
    """A route that a distance-vector protocol told."""

    prefix: Prefix
    metric: int
    next_hop: Address | None


@dataclass(frozen=True, slots=True)
class Rip:
    """A response of RIP (RFC 2453) or RIPng (RFC 2080)."""

    routes: tuple[HeardRoute, ...] = ()
    version: int = 2  #: of the protocol: 1 or 2 of RIP, 1 of RIPng


@dataclass(frozen=True, slots=True)
class Bfd:
    """A control packet (RFC 5880, section 4.1)."""

    state: str
    my_discriminator: int
    detect_multiplier: int


@dataclass(frozen=True, slots=True)
class Lldp:
    """An LLDP data unit (IEEE 802.1AB)."""

    chassis: str
    port: str
    system_name: str | None


@dataclass(frozen=True, slots=True)
class MulticastInterface:
    """An interface of a multicast router (draft-ietf-idmr-dvmrp-v3-11, appendix B.4)."""

    address: IPv4Address
    metric: int
    threshold: int
    flags: tuple[str, ...] = ()
    neighbours: tuple[IPv4Address, ...] = ()


@dataclass(frozen=True, slots=True)
class MulticastRouter:
    """What a router answers to mrinfo. It is no role: it is told to who asks."""

    router: IPv4Address  #: as it was asked
    version: str  #: the major number, a dot, the minor number
    flags: tuple[str, ...] = ()
    interfaces: tuple[MulticastInterface, ...] = ()
    suspicious: tuple[str, ...] = ()  #: why it should not be believed, a clause each
    packet: int | None = None


@dataclass(frozen=True, slots=True)
class MulticastHop:
    """What one router says of the way of a source's packets (draft-fenner-traceroute-ipm, section 4)."""

    incoming: IPv4Address | None
    outgoing: IPv4Address | None
    previous: IPv4Address | None  #: the router before it
    protocol: str
    threshold: int  #: the TTL that a packet needs to be forwarded
    code: str  #: why the way ends here, or "no error"
    packets_in: int | None = None
    packets_out: int | None = None
    packets: int | None = None  #: of this source and group


@dataclass(frozen=True, slots=True)
class MulticastPath:
    """The answer to mtrace: the way back from the receiver, its own router first."""

    source: IPv4Address
    group: IPv4Address
    receiver: IPv4Address
    identifier: int
    hops: tuple[MulticastHop, ...] = ()
    packet: int | None = None


Facts: TypeAlias = RouterAdvertisement | RouterDiscovery | Ospf | Querier | Pim | Bootstrap | Vrrp | Rip | Bfd | Lldp
