"""What the names of protocols mean on the wire, for whoever is asked to hear them.

The names are those of the command line, which are the display filter's where it has one. What a name means stands
in one table: a type of Ethernet, a protocol of IP, messages of ICMP, ports, and the groups that its packets are sent
to.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from ipaddress import ip_address

from app.engine.hearing import Hearing, UnknownProtocolError
from app.packet.compose import Address
from app.packet.link.numbers import EtherType, ServiceAccessPoint
from app.packet.registry import Protocol

_NOTHING: frozenset[int] = frozenset()
_CARRIERS = {Protocol.TCP, Protocol.UDP, Protocol.ESP, Protocol.AH, Protocol.GRE, Protocol.SCTP}


@dataclass(frozen=True, slots=True)
class InIp:
    """What is wanted of the datagrams of one IP version: any of these."""

    protocols: frozenset[int] = _NOTHING
    icmp: frozenset[int] = _NOTHING  #: types of the version's ICMP
    udp: frozenset[int] = _NOTHING  #: ports, on either side
    tcp: frozenset[int] = _NOTHING
    groups: frozenset[Address] = frozenset()  #: where they are sent to, for who must join to hear them

    def __or__(self, other: "InIp") -> "InIp":
        return InIp(
            self.protocols | other.protocols,
            self.icmp | other.icmp,
            self.udp | other.udp,
            self.tcp | other.tcp,
            self.groups | other.groups,
        )

    def __bool__(self) -> bool:
        return bool(self.protocols or self.icmp or self.udp or self.tcp)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is wanted of the frames of a link: any of these."""

    ether_types: frozenset[int] = _NOTHING
    services: frozenset[int] = _NOTHING  #: access points of LLC (IEEE 802.2)
    ip: Mapping[int, InIp] = field(default_factory=dict)  #: by IP version

    @property
    def is_narrow(self) -> bool:
        """Whether none of it is what carries the data of a network."""
        protocols = {number for inner in self.ip.values() for number in inner.protocols}
        return not (protocols & _CARRIERS or self.ether_types & {EtherType.IPV4, EtherType.IPV6})

    def __or__(self, other: "Wanted") -> "Wanted":
        versions = self.ip.keys() | other.ip.keys()
        return Wanted(
            self.ether_types | other.ether_types,
            self.services | other.services,
            {version: self.ip.get(version, InIp()) | other.ip.get(version, InIp()) for version in versions},
        )


def _ip(
    number: int = 0,
    *,
    versions: Iterable[int] = (4, 6),
    icmp: Iterable[int] = (),
    udp: Iterable[int] = (),
    tcp: Iterable[int] = (),
    groups: str = "",
) -> Wanted:
    """A protocol over IP, or some of its messages; `groups` of either version, each with its own."""
    joined = [ip_address(group) for group in groups.split()]
    return Wanted(
        ip={
            version: InIp(
                frozenset((number,) if number else ()),
                frozenset(icmp),
                frozenset(udp),
                frozenset(tcp),
                frozenset(group for group in joined if group.version == version),
            )
            for version in versions
        }
    )


def _frames(*types: int) -> Wanted:
    return Wanted(ether_types=frozenset(types))


_NAMES: dict[str, Wanted] = {
    # IP protocols
    "icmp": _ip(Protocol.ICMP, versions=(4,), groups="224.0.0.1"),
    "icmpv6": _ip(Protocol.IPV6_ICMP, versions=(6,), groups="ff02::1 ff02::2 ff02::16"),
    "igmp": _ip(Protocol.IGMP, versions=(4,), groups="224.0.0.1 224.0.0.2 224.0.0.22"),
    "tcp": _ip(Protocol.TCP),
    "udp": _ip(Protocol.UDP),
    "udplite": _ip(Protocol.UDPLITE),
    "dccp": _ip(Protocol.DCCP),
    "sctp": _ip(Protocol.SCTP),
    "gre": _ip(Protocol.GRE),
    "esp": _ip(Protocol.ESP),
    "ah": _ip(Protocol.AH),
    "rsvp": _ip(Protocol.RSVP),
    "eigrp": _ip(Protocol.EIGRP, groups="224.0.0.10 ff02::a"),
    "ospf": _ip(Protocol.OSPF, groups="224.0.0.5 224.0.0.6 ff02::5 ff02::6"),
    "pim": _ip(Protocol.PIM, groups="224.0.0.13 ff02::d"),
    "vrrp": _ip(Protocol.VRRP, groups="224.0.0.18 ff02::12"),
    "l2tp": _ip(Protocol.L2TP),
    # Messages of ICMP
    "mld": _ip(versions=(6,), icmp=(130, 131, 132, 143), groups="ff02::1 ff02::2 ff02::16"),
    "nd": _ip(versions=(6,), icmp=(133, 134, 135, 136, 137), groups="ff02::1 ff02::2"),
    "irdp": _ip(versions=(4,), icmp=(9, 10), groups="224.0.0.1 224.0.0.2"),
    "icmp-errors": _ip(versions=(4,), icmp=(3, 4, 5, 11, 12)) | _ip(versions=(6,), icmp=(1, 2, 3, 4, 137)),
    # Over UDP and TCP
    "babel": _ip(udp=(6696,), groups="224.0.0.111 ff02::1:6"),
    "bfd": _ip(udp=(3784, 3785, 4784)),
    "bgp": _ip(tcp=(179,)),
    "dhcp": _ip(versions=(4,), udp=(67, 68)),
    "dhcpv6": _ip(versions=(6,), udp=(546, 547), groups="ff02::1:2"),
    "dns": _ip(udp=(53,), tcp=(53,)),
    "hsrp": _ip(udp=(1985, 2029), groups="224.0.0.2 224.0.0.102 ff02::66"),
    "ldp": _ip(udp=(646,), tcp=(646,), groups="224.0.0.2 ff02::2"),
    "llmnr": _ip(udp=(5355,), tcp=(5355,), groups="224.0.0.252 ff02::1:3"),
    "mdns": _ip(udp=(5353,), groups="224.0.0.251 ff02::fb"),
    "ntp": _ip(udp=(123,)),
    "rip": _ip(versions=(4,), udp=(520,), groups="224.0.0.9"),
    "ripng": _ip(versions=(6,), udp=(521,), groups="ff02::9"),
    "snmp": _ip(udp=(161, 162)),
    "tftp": _ip(udp=(69,)),
    # Frames
    "arp": _frames(EtherType.ARP),
    "rarp": _frames(EtherType.REVERSE_ARP),
    "ip": _frames(EtherType.IPV4),
    "ipv6": _frames(EtherType.IPV6),
    "lldp": _frames(EtherType.LLDP),
    "mpls": _frames(EtherType.MPLS, EtherType.MPLS_UPSTREAM_ASSIGNED),
    "pppoe": _frames(EtherType.PPPOE_DISCOVERY, EtherType.PPPOE_SESSION),
    "eapol": _frames(EtherType.EAP_OVER_LAN),
    "lacp": _frames(EtherType.SLOW_PROTOCOLS),
    "ptp": _frames(EtherType.PRECISION_TIME) | _ip(udp=(319, 320), groups="224.0.1.129 ff0e::181"),
    "stp": Wanted(services=frozenset((ServiceAccessPoint.SPANNING_TREE,))),
    "isis": Wanted(services=frozenset((ServiceAccessPoint.ISO_CLNS_IS_8473,))),
}

#: All that routers, queriers and speakers say to their links.
_SPEAKERS = ("nd", "mld", "irdp", "igmp", "ospf", "pim", "vrrp", "eigrp", "rip", "ripng", "bfd", "hsrp", "lldp", "arp")
_NAMES["neighbourhood"] = Wanted()
for _name in _SPEAKERS:
    _NAMES["neighbourhood"] |= _NAMES[_name]

#: The names that a user may give, beside numbers of IP protocols.
PROTOCOL_NAMES = tuple(_NAMES)


def wanted_of(protocols: Iterable[str]) -> Wanted | None:
    """What names and numbers mean together; None where none is given: everything. Raises UnknownProtocolError."""
    wanted: Wanted | None = None
    for name in protocols:
        meant = _meaning(name)
        wanted = meant if wanted is None else wanted | meant
    return wanted


def _meaning(name: str) -> Wanted:
    if name.isascii() and name.isdecimal():
        if len(name) > 3 or int(name) > 255:
            raise UnknownProtocolError(f"{name[:20]} is no IP protocol: they are 0 to 255")
        # Protocol 0 is a header of IPv6, which alone carries it.
        return Wanted(ip={version: InIp(frozenset((int(name),))) for version in (4, 6)})
    known = _NAMES.get(name.lower())
    if known is not None:
        return known
    alike = get_close_matches(name.lower()[:40], PROTOCOL_NAMES, 1)
    hint = (
        f"did you mean {alike[0]}?" if alike else "icmp, igmp, ospf and arp are some, and any number of an IP protocol"
    )
    raise UnknownProtocolError(f"no protocol is called {name[:40]}: {hint}")


def for_raw_sockets(hearing: Hearing) -> Mapping[int, InIp]:
    """What raw sockets are to hear, by IP version. Raises UnknownProtocolError for what they cannot: frames."""
    for name in hearing.protocols:
        if not _meaning(name).ip:
            raise UnknownProtocolError(f"{name} is no protocol over IP, and raw sockets hear no other: leave out --raw")
    wanted = wanted_of(hearing.protocols or _RAW_DEFAULTS)
    return {} if wanted is None else wanted.ip


#: What raw sockets hear when nothing is named: the protocols that the kernel itself has little use for, and ICMP.
_RAW_DEFAULTS = ("icmp", "icmpv6", "igmp", "ospf", "pim", "vrrp", "gre", "rsvp", "eigrp", "sctp", "esp", "ah")


@dataclass(frozen=True, slots=True)
class WireNames:
    """What the numbers on the wire are called: the table above, read the other way round."""

    ether_types: Mapping[int, str]
    services: Mapping[int, str]  #: of LLC
    protocols: Mapping[int, str]
    ports: Mapping[int, Mapping[int, str]]  #: of UDP and TCP, by the protocol's number


def wire_names() -> WireNames:
    """The names of what can be told apart by one number."""
    ether_types: dict[int, str] = {}
    services: dict[int, str] = {}
    protocols: dict[int, str] = {}
    ports: dict[int, dict[int, str]] = {Protocol.UDP: {}, Protocol.TCP: {}}
    for name, wanted in _NAMES.items():
        if name == "neighbourhood":
            continue
        ether_types |= dict.fromkeys(wanted.ether_types, name)
        services |= dict.fromkeys(wanted.services, name)
        for inner in wanted.ip.values():
            protocols |= dict.fromkeys(inner.protocols, name)
            ports[Protocol.UDP] |= dict.fromkeys(inner.udp, name)
            ports[Protocol.TCP] |= dict.fromkeys(inner.tcp, name)
    return WireNames(ether_types, services, protocols, ports)
