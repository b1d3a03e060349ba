"""Who has an address, by what it says of itself: what a trace tells of its first hop. Pure."""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache

from app.engine.host import gateways
from app.engine.neighbourhood.facts import (
    Bfd,
    Bootstrap,
    Lldp,
    Ospf,
    Pim,
    Querier,
    Rip,
    RoleKind,
    RouterAdvertisement,
    RouterDiscovery,
    Vrrp,
)
from app.engine.neighbourhood.snapshot import Neighbour, NeighbourhoodSnapshot, Role
from app.engine.neighbourhood.wording import TITLES, designated, label
from app.packet.compose import Address

#: What is said of who does several things: first how it knows its way, then what it offers.
_ORDER = (RoleKind.OSPF, RoleKind.OSPF6, *(kind for kind in RoleKind if kind not in (RoleKind.OSPF, RoleKind.OSPF6)))


def what_it_is(snapshot: NeighbourhoodSnapshot, address: Address, now: int) -> str:
    """Who has an address, in short: "OSPF neighbour 1.1.1.1, DR, RA lifetime 1800 s"; "" where nothing is known.

    Several may claim it: it is the first of whom something holds that can be believed.
    """
    for neighbour in _by_address(snapshot.neighbours).get(address, ()):
        if names := _names(neighbour, now):
            return ", ".join(dict.fromkeys(names))
    return "gateway" if any(address == each for _, each in gateways(snapshot.surroundings)) else ""


@lru_cache(1)
def _by_address(neighbours: tuple[Neighbour, ...]) -> Mapping[Address, Sequence[Neighbour]]:
    """Who claims which address. A trace asks for all of its hops, ten times a second."""
    claimed: dict[Address, list[Neighbour]] = {}
    for neighbour in neighbours:
        for address in neighbour.addresses:
            claimed.setdefault(address, []).append(neighbour)
    return claimed


def _names(neighbour: Neighbour, now: int) -> Sequence[str]:
    """What a neighbour does, in short; of one that does nothing with a name of its own, what it is in one word."""
    roles = [role for role in sorted(neighbour.roles, key=lambda each: _ORDER.index(each.kind)) if _holds(role, now)]
    names = [", ".join(name) for role in roles if (name := _SHORT[type(role.facts)](neighbour, role))]
    return names or ([label(neighbour)] if roles or neighbour.is_gateway else [])


def _holds(role: Role, now: int) -> bool:
    is_over = role.gone_at is not None or (role.expires_at is not None and role.expires_at <= now)
    return not is_over and not role.suspicious


def _short_ospf(neighbour: Neighbour, role: Role) -> Sequence[str]:
    assert isinstance(role.facts, Ospf)
    place = designated(neighbour, role.facts)
    return (f"{TITLES[role.kind]} neighbour {role.facts.router_id}", *((place,) if place in ("DR", "BDR") else ()))


def _short_advertisement(_neighbour: Neighbour, role: Role) -> Sequence[str]:
    assert isinstance(role.facts, RouterAdvertisement)
    return (f"RA lifetime {role.facts.router_lifetime_s} s",)


def _short_discovery(_neighbour: Neighbour, role: Role) -> Sequence[str]:
    assert isinstance(role.facts, RouterDiscovery)
    return (f"RFC 1256 lifetime {role.facts.lifetime_s} s",)


def _short_vrrp(_neighbour: Neighbour, role: Role) -> Sequence[str]:
    assert isinstance(role.facts, Vrrp)
    return (f"VRRP master of group {role.facts.group}",)


def _short_pim(_neighbour: Neighbour, role: Role) -> Sequence[str]:
    assert isinstance(role.facts, Pim)
    return ("PIM DR" if role.facts.dr else "PIM neighbour",)


def _short_lldp(_neighbour: Neighbour, role: Role) -> Sequence[str]:
    assert isinstance(role.facts, Lldp)
    return (role.facts.system_name,) if role.facts.system_name else ()


_SHORT: Mapping[type, Callable[[Neighbour, Role], Sequence[str]]] = {
    RouterAdvertisement: _short_advertisement,
    RouterDiscovery: _short_discovery,
    Ospf: _short_ospf,
    Querier: lambda _neighbour, role: (f"{TITLES[role.kind]} querier",),
    Pim: _short_pim,
    Bootstrap: lambda _neighbour, _role: (),
    Vrrp: _short_vrrp,
    Rip: lambda _neighbour, role: (f"{TITLES[role.kind]} speaker",),
    Bfd: lambda _neighbour, _role: ("BFD peer",),
    Lldp: _short_lldp,
}
