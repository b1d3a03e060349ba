"""What the speakers of a LAN say, as frozen records; no packet and no clock is known here.

The fields are the keys of the scenario file, told in docs/simulation.md. Durations are nanoseconds.
"""

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Network
from typing import TypeAlias

from app.net.simulated.schedule import Change
from app.net.simulated.toml import Prefix
from app.packet.compose import Address

SECOND = 1_000_000_000
_MINUTE = 60 * SECOND
_HOUR = 60 * _MINUTE
#: RFC 2328, section 1.2.
BACKBONE = IPv4Address(0)


@dataclass(frozen=True, slots=True)
class PrefixTold:
    """A prefix information option (RFC 4861, section 4.6.2)."""

    prefix: IPv6Network
    on_link: bool = True
    autonomous: bool = True
    valid: int = 24 * _HOUR
    preferred: int = 4 * _HOUR


@dataclass(frozen=True, slots=True)
class RouteTold:
    """A route: of a router advertisement (RFC 4191, section 2.3), of RIP, or of an OSPF router's LSA."""

    prefix: Prefix
    metric: int = 1
    preference: str = "medium"
    lifetime: int = 30 * _MINUTE
    next_hop: Address | None = None


@dataclass(frozen=True, slots=True)
class RouterAdvertising:
    """Router advertisements (RFC 4861, section 4.2). `ttl` is what they are sent with, `hop_limit` what they say."""

    every: int = 10 * SECOND
    ttl: int = 255
    lifetime: int = 30 * _MINUTE
    hop_limit: int = 64
    managed: bool = False
    other: bool = False
    preference: str = "medium"
    reachable: int = 0
    retransmit: int = 0
    mtu: int | None = None
    prefixes: tuple[PrefixTold, ...] = ()
    rdnss: tuple[Address, ...] = ()
    dnssl: tuple[str, ...] = ()
    routes: tuple[RouteTold, ...] = ()
    pref64: tuple[Prefix, ...] = ()


@dataclass(frozen=True, slots=True)
class RouterDiscovery:
    """Router advertisements of IPv4 (RFC 1256, section 3)."""

    every: int = 10 * SECOND
    lifetime: int = 30 * _MINUTE
    preference: int = 0


@dataclass(frozen=True, slots=True)
class Ospf:
    """A router of OSPFv2 or v3. `every` is the hello interval, `refresh` how often it says its LSAs anew."""

    router_id: IPv4Address
    area: IPv4Address = BACKBONE
    every: int = 10 * SECOND
    dead: int = 40 * SECOND
    priority: int = 1
    mtu: int = 1500
    metric: int = 10
    password: str = ""
    refresh: int = 30 * _MINUTE
    routes: tuple[RouteTold, ...] = ()


@dataclass(frozen=True, slots=True)
class Querier:
    """General queries of IGMP (RFC 3376, section 4.1) or MLD (RFC 3810, section 5.1)."""

    every: int = 125 * SECOND
    version: int | None = None
    response: int = 10 * SECOND
    robustness: int = 2


@dataclass(frozen=True, slots=True)
class Bootstrap:
    """What the bootstrap router of a PIM domain says (RFC 7761; RFC 5059, section 4.1)."""

    rp: Address
    groups: Prefix
    priority: int = 64
    hold: int = 150 * SECOND


@dataclass(frozen=True, slots=True)
class Pim:
    """PIM hellos (RFC 7761, section 4.9.2), over IPv4 and IPv6."""

    every: int = 30 * SECOND
    hold: int = 105 * SECOND
    priority: int = 1
    bootstrap: tuple[Bootstrap, ...] = ()
    bootstrap_every: int = 60 * SECOND


@dataclass(frozen=True, slots=True)
class Vrrp:
    """A virtual router (RFC 9568), of which the one with the highest priority that is there is active."""

    group: int
    address: tuple[Address, ...]
    version: int = 3
    priority: int = 100
    every: int = SECOND
    virtual_mac: bool = False


@dataclass(frozen=True, slots=True)
class Rip:
    """Responses of RIPv2 (RFC 2453) and RIPng (RFC 2080), each with the routes of its IP version."""

    routes: tuple[RouteTold, ...]
    every: int = 30 * SECOND


@dataclass(frozen=True, slots=True)
class Bfd:
    """A session of one hop (RFC 5881) with another speaker; it is up while both are there."""

    peer: str
    every: int = SECOND
    multiplier: int = 3


@dataclass(frozen=True, slots=True)
class Lldp:
    """LLDP data units (IEEE 802.1AB, section 8.2)."""

    every: int = 30 * SECOND
    port: str = "eth0"
    name: str = ""
    description: str = ""


@dataclass(frozen=True, slots=True)
class Mdns:
    """Multicast DNS (RFC 6762): service types that are offered, and asked for."""

    every: int = 60 * SECOND
    offers: tuple[str, ...] = ()
    asks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Dhcp:
    """A client that asks `server` for its address (RFC 2131, section 3.1)."""

    server: str
    every: int = 10 * _MINUTE
    lease: int = 20 * _MINUTE


@dataclass(frozen=True, slots=True)
class Resolving:
    """Asks for the MAC address of others, by ARP (RFC 826) and neighbour solicitations (RFC 4861, section 4.3)."""

    of: tuple[str, ...]
    every: int = 45 * SECOND


@dataclass(frozen=True, slots=True)
class MulticastInterface:
    """An interface of a multicast router, as mrinfo shows it."""

    address: IPv4Address
    metric: int = 1
    threshold: int = 1
    flags: tuple[str, ...] = ("pim",)
    neighbours: tuple[IPv4Address, ...] = ()


@dataclass(frozen=True, slots=True)
class MulticastRouter:
    """Answers mrinfo with its interfaces, and mtrace."""

    interfaces: tuple[MulticastInterface, ...]
    version: str = "3.255"


Manner: TypeAlias = (
    RouterAdvertising
    | RouterDiscovery
    | Ospf
    | Querier
    | Pim
    | Vrrp
    | Rip
    | Bfd
    | Lldp
    | Mdns
    | Dhcp
    | Resolving
    | MulticastRouter
)


@dataclass(frozen=True, slots=True)
class Speaker:
    """A node of the LAN, and what it says. What is None it does not say."""

    key: str
    mac: bytes
    link_local: Address
    down: bool = False  #: it says nothing; the node answers all the same
    goodbye: bool = False  #: before it falls silent it says so, where its protocols have words for that
    groups: tuple[Address, ...] = ()
    router_advertisement: RouterAdvertising | None = None
    router_discovery: RouterDiscovery | None = None
    ospf: Ospf | None = None
    ospf6: Ospf | None = None
    igmp_querier: Querier | None = None
    mld_querier: Querier | None = None
    pim: Pim | None = None
    vrrp: tuple[Vrrp, ...] = ()
    rip: Rip | None = None
    bfd: Bfd | None = None
    lldp: Lldp | None = None
    mdns: Mdns | None = None
    dhcp: Dhcp | None = None
    resolve: Resolving | None = None
    multicast_router: MulticastRouter | None = None
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True)
class Lan:
    """The network that `here` is on. The first speaker is `here` itself."""

    prefixes: tuple[Prefix, ...]
    mtu: int
    gateway: str
    speakers: tuple[Speaker, ...]

    def owners(self) -> dict[Address, str]:
        """Who answers for the addresses that only the LAN knows: link-local ones, and those of virtual routers."""
        owners: dict[Address, str] = {speaker.link_local: speaker.key for speaker in self.speakers}
        groups = [(vrrp.priority, speaker.key, vrrp) for speaker in self.speakers for vrrp in speaker.vrrp]
        for _, key, vrrp in sorted(groups, key=lambda group: -group[0]):
            for address in vrrp.address:
                owners.setdefault(address, key)
        return owners

    def is_on_link(self, address: Address) -> bool:
        """Whether an address is within one of the LAN's prefixes."""
        return any(address.version == prefix.version and address in prefix for prefix in self.prefixes)

    def prefix(self, version: int) -> Prefix | None:
        """The prefix of an IP version."""
        return next((prefix for prefix in self.prefixes if prefix.version == version), None)
