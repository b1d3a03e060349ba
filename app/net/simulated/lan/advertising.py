"""What routers say of themselves to hosts: router advertisements of IPv6 (RFC 4861) and IPv4 (RFC 1256)."""

from collections.abc import Iterator
from dataclasses import replace
from ipaddress import IPv4Address, IPv6Address, IPv6Network

from app.net.simulated.lan.framing import icmp
from app.net.simulated.lan.manners import SECOND, PrefixTold, RouterAdvertising, RouterDiscovery, RouteTold
from app.net.simulated.lan.voice import Room, Said, Voice
from app.net.simulated.toml import Prefix
from app.net.simulated.zone import domain_name
from app.packet.icmp.neighbour import (
    PREF64_LENGTHS,
    DnsServerOption,
    LinkAddressOption,
    MtuOption,
    Pref64Option,
    PrefixOption,
    RouteOption,
    SearchListOption,
)
from app.packet.icmp.neighbouroption import OptionType
from app.packet.icmp.types import IcmpType, Icmpv6Type
from app.packet.icmp.v4messages import AdvertisedRouter
from app.packet.icmp.v4messages import RouterAdvertisement as RouterAdvertisement4
from app.packet.icmp.v6messages import RouterAdvertisement

ALL_NODES = IPv6Address("ff02::1")
ALL_SYSTEMS = IPv4Address("224.0.0.1")
#: RFC 4191, section 2.1: two bits in two's complement.
PREFERENCES = {"high": 1, "medium": 0, "low": 3}
_CODES = {length: code for code, length in PREF64_LENGTHS.items()}


def advertise(voice: Voice, manner: RouterAdvertising, _: Room, __: int) -> Iterator[Said]:
    """A router advertisement with its options."""
    head = RouterAdvertisement(
        type=Icmpv6Type.ROUTER_ADVERTISEMENT,
        hop_limit=manner.hop_limit,
        managed=int(manner.managed),
        other=int(manner.other),
        preference=PREFERENCES[manner.preference],
        lifetime=manner.lifetime // SECOND,
        reachable=manner.reachable // 1_000_000,
        retransmit=manner.retransmit // 1_000_000,
    )
    message = head.build() + b"".join(_options(voice, manner))
    yield voice.to_group(ALL_NODES, icmp(voice.envelope(ALL_NODES, manner.ttl), message))


def stop_advertising(voice: Voice, manner: RouterAdvertising, room: Room, at: int) -> Iterator[Said]:
    """The last advertisement of a router that ceases to be one: lifetime 0 (RFC 4861, section 6.2.5)."""
    return advertise(voice, replace(manner, lifetime=0), room, at)


def _options(voice: Voice, manner: RouterAdvertising) -> Iterator[bytes]:
    yield LinkAddressOption(type=OptionType.SOURCE_LINK_LAYER_ADDRESS, address=voice.mac).build()
    if manner.mtu is not None:
        yield MtuOption(type=OptionType.MTU, mtu=manner.mtu).build()
    yield from map(_prefix, manner.prefixes)
    yield from map(_route, manner.routes)
    lifetime = manner.lifetime // SECOND
    servers = b"".join(address.packed for address in manner.rdnss)
    if servers:
        length = 1 + len(servers) // 8
        yield DnsServerOption(type=OptionType.RECURSIVE_DNS_SERVER, length=length, lifetime=lifetime).build() + servers
    names = b"".join(map(domain_name, manner.dnssl))
    if names:
        names += bytes(-len(names) % 8)
        length = 1 + len(names) // 8
        yield SearchListOption(type=OptionType.DNS_SEARCH_LIST, length=length, lifetime=lifetime).build() + names
    for prefix in manner.pref64:
        yield _pref64(prefix, lifetime)


def _prefix(told: PrefixTold) -> bytes:
    return PrefixOption(
        type=OptionType.PREFIX_INFORMATION,
        length=4,
        prefix_length=told.prefix.prefixlen,
        on_link=int(told.on_link),
        autonomous=int(told.autonomous),
        valid=told.valid // SECOND,
        preferred=told.preferred // SECOND,
        prefix=told.prefix.network_address,
    ).build()


def _route(told: RouteTold) -> bytes:
    """A route information option; of the prefix as many octets as matter (RFC 4191, section 2.3)."""
    octets = -(-told.prefix.prefixlen // 64) * 8
    head = RouteOption(
        type=OptionType.ROUTE_INFORMATION,
        length=1 + octets // 8,
        prefix_length=told.prefix.prefixlen,
        preference=PREFERENCES[told.preference],
        lifetime=told.lifetime // SECOND,
    )
    return head.build() + told.prefix.network_address.packed[:octets]


def _pref64(prefix: Prefix, lifetime: int) -> bytes:
    """Units of eight seconds, and the first 96 bits of the prefix (RFC 8781, section 4)."""
    scaled = min(lifetime // 8, 0x1FFF)
    head = Pref64Option(type=OptionType.PREF64, length=2, lifetime=scaled, code=_CODES[prefix.prefixlen])
    assert isinstance(prefix, IPv6Network)
    return head.build() + prefix.network_address.packed[:12]


def discover(voice: Voice, manner: RouterDiscovery, _: Room, __: int, to: IPv4Address = ALL_SYSTEMS) -> Iterator[Said]:
    """An advertisement of RFC 1256 with the router's one address, to all systems."""
    yield voice.to_group(to, router_discovery(voice, manner, to))


def stop_discovering(voice: Voice, manner: RouterDiscovery, room: Room, at: int) -> Iterator[Said]:
    """Its last one: lifetime 0 (RFC 1256, section 4.3)."""
    return discover(voice, replace(manner, lifetime=0), room, at)


def router_discovery(voice: Voice, manner: RouterDiscovery, to: IPv4Address) -> bytes:
    """The datagram of an advertisement, whoever it goes to."""
    head = RouterAdvertisement4(type=IcmpType.ROUTER_ADVERTISEMENT, count=1, lifetime=manner.lifetime // SECOND)
    entry = AdvertisedRouter(address=voice.address4(), preference=manner.preference)
    return icmp(voice.envelope(to, 1), head.build() + entry.build())
