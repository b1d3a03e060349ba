"""Routes told by distance vector: responses of RIPv2 (RFC 2453) and RIPng (RFC 2080)."""

from collections.abc import Iterator
from dataclasses import replace
from ipaddress import IPv4Address, IPv6Address

from app.net.simulated.lan.framing import udp
from app.net.simulated.lan.manners import Rip, RouteTold
from app.net.simulated.lan.voice import Room, Said, Voice
from app.packet.routing.rip import Rip as RipHead
from app.packet.routing.rip import RouteV2
from app.packet.routing.ripng import Ripng, RouteTableEntry

_RIP, _RIPNG = IPv4Address("224.0.0.9"), IPv6Address("ff02::9")
_RIP_PORT, _RIPNG_PORT = 520, 521
_RESPONSE, _VERSION = 2, 2
#: RIPv2 stays on the link by its TTL; RIPng shows by it that it did (RFC 2080, section 2.5).
_RIP_TTL, _RIPNG_TTL = 1, 255
_INFINITY = 16
#: Entries in one response (RFC 2453, section 4).
_MOST = 25
#: A route table entry that tells the next hop of those behind it (RFC 2080, section 2.1.1).
_NEXT_HOP = 0xFF


def say_routes(voice: Voice, manner: Rip, _: Room, __: int) -> Iterator[Said]:
    """All routes, in responses of each IP version that there are routes of."""
    routes4 = [route for route in manner.routes if route.prefix.version == 4]
    routes6 = [route for route in manner.routes if route.prefix.version == 6]
    for some in _portions(routes4):
        body = RipHead(command=_RESPONSE, version=_VERSION).build() + b"".join(map(_route, some))
        yield voice.to_group(_RIP, udp(voice.envelope(_RIP, _RIP_TTL), (_RIP_PORT, _RIP_PORT), body))
    for some in _portions(routes6):
        body = Ripng(command=_RESPONSE).build() + b"".join(map(_entry, some))
        yield voice.to_group(_RIPNG, udp(voice.envelope(_RIPNG, _RIPNG_TTL), (_RIPNG_PORT, _RIPNG_PORT), body))


def withdraw(voice: Voice, manner: Rip, room: Room, at: int) -> Iterator[Said]:
    """All of them unreachable: a metric of 16."""
    gone = tuple(replace(route, metric=_INFINITY) for route in manner.routes)
    return say_routes(voice, replace(manner, routes=gone), room, at)


def _portions(routes: list[RouteTold]) -> Iterator[list[RouteTold]]:
    for start in range(0, len(routes), _MOST):
        yield routes[start : start + _MOST]


def _route(route: RouteTold) -> bytes:
    return RouteV2(
        address=IPv4Address(int(route.prefix.network_address)),
        netmask=IPv4Address(int(route.prefix.netmask)),
        next_hop=IPv4Address(0 if route.next_hop is None else int(route.next_hop)),
        metric=min(route.metric, _INFINITY),
    ).build()


def _entry(route: RouteTold) -> bytes:
    front = b""
    if route.next_hop is not None:
        hop = IPv6Address(int(route.next_hop))
        front = RouteTableEntry(prefix=hop, tag=0, length=0, metric=_NEXT_HOP).build()
    network = IPv6Address(int(route.prefix.network_address))
    metric = min(route.metric, _INFINITY)
    return front + RouteTableEntry(prefix=network, tag=0, length=route.prefix.prefixlen, metric=metric).build()
