"""What this host knows of itself and of its links: interfaces, the neighbour cache, routes. Read by `app.net`."""

from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv4Interface, IPv4Network, IPv6Interface, IPv6Network
from typing import TypeAlias

from app.packet.compose import Address

InterfaceAddress: TypeAlias = IPv4Interface | IPv6Interface
Prefix: TypeAlias = IPv4Network | IPv6Network


@dataclass(frozen=True, slots=True)
class Interface:
    """One network interface."""

    name: str
    index: int
    addresses: tuple[InterfaceAddress, ...] = ()
    mac: str | None = None  #: as "02:00:00:00:00:01"; None where the link has none
    mtu: int | None = None
    is_up: bool = True
    is_loopback: bool = False
    is_multicast: bool = True  #: the link carries multicast


@dataclass(frozen=True, slots=True)
class CachedNeighbour:
    """An entry of the kernel's neighbour cache (ARP, RFC 826; neighbour discovery, RFC 4861)."""

    interface: str
    address: Address
    mac: str | None
    state: str  #: in the kernel's word, such as "reachable", "stale", "failed"
    is_router: bool = False  #: it has said so itself (RFC 4861, section 4.4)


@dataclass(frozen=True, slots=True)
class Route:
    """A route of the main table."""

    prefix: Prefix
    interface: str
    via: Address | None = None
    metric: int | None = None
    protocol: str = ""  #: who made it, such as "kernel", "static", "ra", "ospf"


@dataclass(frozen=True, slots=True, eq=False)
class Surroundings:
    """All of it at one moment. `missing` says in a sentence what could not be read, and why."""

    interfaces: tuple[Interface, ...] = ()
    neighbours: tuple[CachedNeighbour, ...] = ()
    routes: tuple[Route, ...] = ()
    missing: str = ""

    def by(self, names: Collection[str]) -> "Surroundings":
        """What of it belongs to these interfaces."""
        return Surroundings(
            interfaces=tuple(each for each in self.interfaces if each.name in names),
            neighbours=tuple(each for each in self.neighbours if each.interface in names),
            routes=tuple(each for each in self.routes if each.interface in names),
            missing=self.missing,
        )

    def interface(self, name: str) -> Interface | None:
        """The interface of a name."""
        return next((interface for interface in self.interfaces if interface.name == name), None)


@lru_cache(1)
def gateways(around: Surroundings) -> frozenset[tuple[str, Address]]:
    """The interfaces and addresses that default routes of this host lead to."""
    return frozenset(
        (route.interface, route.via) for route in around.routes if route.via is not None and not route.prefix.prefixlen
    )


def is_same(one: Surroundings, other: Surroundings) -> bool:
    """Whether nothing has changed between two moments."""
    return (one.interfaces, one.neighbours, one.routes, one.missing) == (
        other.interfaces,
        other.neighbours,
        other.routes,
        other.missing,
    )
