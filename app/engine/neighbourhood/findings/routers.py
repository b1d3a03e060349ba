"""What is odd about the routers of a link: who should not be believed, who says other things than the rest, who goes.

RFC 4861, section 6.2.7, names what routers of one link must agree on; a difference is a wrong configuration, or
somebody who should not advertise at all (RFC 6104).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from app.engine.neighbourhood.facts import AdvertisedPrefix, RoleKind, RouterAdvertisement
from app.engine.neighbourhood.findings.finding import Found, Scene
from app.engine.neighbourhood.snapshot import Neighbour, Role
from app.packet.compose import Address

#: So many routers are named in a sentence.
MOST_NAMED = 3
_SECOND = 1_000_000_000
#: Lifetimes that end so close to each other end together: clocks differ, and seconds are whole.
_SKEW = 5 * _SECOND


@dataclass(frozen=True, slots=True, eq=False)
class _Router:
    """One router of a link and its advertisement."""

    name: str
    neighbour: Neighbour
    role: Role
    facts: RouterAdvertisement


def find(scene: Scene) -> Iterator[Found]:
    """All of it."""
    links: dict[str, list[_Router]] = {}
    for neighbour, role in scene.speaking(RoleKind.ROUTER_ADVERTISEMENT):
        if isinstance(role.facts, RouterAdvertisement):
            links.setdefault(neighbour.interface, []).append(
                _Router(router_name(neighbour), neighbour, role, role.facts)
            )
    yield from _rogues(scene)
    for interface, routers in links.items():
        believed = [router for router in routers if not router.role.suspicious]
        yield from _twins(interface, believed)
        yield from _disagreements(interface, list(_unique(believed)))
    yield from _leaving(scene)


def router_name(neighbour: Neighbour) -> str:
    """What a router is called on its link: its link-local address, else another, else its MAC address."""
    addresses = sorted(neighbour.addresses, key=_rank)
    return str(addresses[0]) if addresses else neighbour.mac or neighbour.key


def _rank(address: Address) -> tuple[bool, bool]:
    return not (address.version == 6 and address.is_link_local), address.version == 4


def _rogues(scene: Scene) -> Iterator[Found]:
    """Advertisements that fail validation (RFC 4861, section 6.1.2; RFC 1256, section 5.2)."""
    for neighbour in scene.neighbours:
        for role in neighbour.roles:
            if role.kind not in _KINDS or not role.suspicious or (role.gone_at is not None and not role.is_goodbye):
                continue
            name = router_name(neighbour) if role.kind is RoleKind.ROUTER_ADVERTISEMENT else _name4(neighbour)
            mac = f" ({neighbour.mac})" if neighbour.mac and neighbour.mac != name else ""
            text = f"{name}{mac} advertises itself as a router, and is not to be believed: {'; '.join(role.suspicious)}"
            yield Found("rogue-router", neighbour.interface, text, (neighbour.key,), role.packet)


_KINDS = (RoleKind.ROUTER_ADVERTISEMENT, RoleKind.ROUTER_DISCOVERY)


def _name4(neighbour: Neighbour) -> str:
    """The IPv4 address that it spoke from."""
    return next((str(address) for address in neighbour.addresses if address.version == 4), router_name(neighbour))


def _twins(interface: str, routers: list[_Router]) -> Iterator[Found]:
    """Two machines that both call themselves by one address: one of them is not the router."""
    owners: dict[Address, list[_Router]] = {}
    for router in routers:
        for address in router.neighbour.addresses:
            if address.version == 6 and address.is_link_local and router.neighbour.mac is not None:
                owners.setdefault(address, []).append(router)
    for address, twins in owners.items():
        if len({twin.neighbour.mac for twin in twins}) > 1:
            macs = _listed(twin.neighbour.mac or "" for twin in twins)
            text = f"{address} advertises itself from {len(twins)} MAC addresses, {macs}: one of them is not the router"
            yield Found(
                "rogue-router", interface, text, tuple(twin.neighbour.key for twin in twins), twins[-1].role.packet
            )


# What routers of one link have to agree on.


def _number(unit: str) -> Callable[[object], str]:
    return lambda value: f"{value}{unit}"


def _flag(value: object) -> str:
    return "yes" if value else "no"


@dataclass(frozen=True, slots=True)
class _Agreement:
    """Something that all have to say alike; who says nothing (None) contradicts nobody."""

    what: str
    of: Callable[[RouterAdvertisement], object]
    words: Callable[[object], str]


def _unless_zero(value: int) -> int | None:
    """RFC 4861, section 4.2: zero is what a router leaves open."""
    return value or None


_AGREEMENTS = (
    _Agreement("managed flag", lambda facts: facts.managed, _flag),
    _Agreement("other configuration flag", lambda facts: facts.other, _flag),
    _Agreement("hop limit", lambda facts: _unless_zero(facts.hop_limit), _number("")),
    _Agreement("reachable time", lambda facts: _unless_zero(facts.reachable_ms), _number(" ms")),
    _Agreement("retransmission timer", lambda facts: _unless_zero(facts.retransmit_ms), _number(" ms")),
    _Agreement("MTU", lambda facts: facts.mtu, _number("")),
    _Agreement("DNS servers", lambda facts: tuple(sorted(map(str, facts.rdnss))) or None, lambda value: _names(value)),
    _Agreement("search list", lambda facts: facts.dnssl or None, lambda value: _names(value)),
)


def _names(value: object) -> str:
    return _listed(map(str, value)) if isinstance(value, tuple) else str(value)


def _listed(names: Iterable[str]) -> str:
    """The first of some names, and how many there are besides."""
    names = list(names)
    more = len(names) - MOST_NAMED
    return ", ".join(names[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")


def _disagreements(interface: str, routers: list[_Router]) -> Iterator[Found]:
    if len(routers) < 2:
        return
    for agreement in _AGREEMENTS:
        said = {router: agreement.of(router.facts) for router in routers}
        yield from _differences(interface, agreement.what, agreement.words, said)
    prefixes: dict[object, dict[_Router, AdvertisedPrefix]] = {}
    for router in routers:
        for each in router.facts.prefixes:
            prefixes.setdefault(each.prefix, {})[router] = each
    for prefix, told in prefixes.items():
        yield from _differences(interface, f"prefix {prefix}", _prefix_words, _by_their_ends(told))


def _by_their_ends(told: Mapping[_Router, AdvertisedPrefix]) -> Mapping[_Router, AdvertisedPrefix]:
    """What each says of a prefix; of those that name the same moments, what the first of them says.

    RFC 4861, section 6.2.7: lifetimes may decrement in real time; then "the time at which the prefix will become
    deprecated and invalidated" is compared, with some skew.
    """
    said = dict(told)
    ends = {router: _ends(router, each) for router, each in told.items()}
    first: _Router | None = None
    for router in sorted(told, key=lambda router: ends[router]):
        if first is not None and all(abs(a - b) <= _SKEW for a, b in zip(ends[first], ends[router], strict=True)):
            said[router] = told[first]
        else:
            first = router
    return said


def _ends(router: _Router, prefix: AdvertisedPrefix) -> tuple[int, ...]:
    """The flags, apart by more than any skew, and the moments at which the prefix ends."""
    heard_at = router.role.last_heard
    flags = (prefix.on_link * 2 + prefix.autonomous) * 2 * _SKEW
    return flags, heard_at + prefix.valid_s * _SECOND, heard_at + prefix.preferred_s * _SECOND


def _unique(routers: list[_Router]) -> Iterator[_Router]:
    """Each router once, with its first advertisement."""
    seen: set[str] = set()
    for router in routers:
        if router.neighbour.key not in seen:
            seen.add(router.neighbour.key)
            yield router


def _prefix_words(value: object) -> str:
    assert isinstance(value, AdvertisedPrefix)
    flags = f"{'' if value.on_link else 'not '}on-link, {'' if value.autonomous else 'not '}autonomous"
    return f"{flags}, valid {value.valid_s} s, preferred {value.preferred_s} s"


def _differences(
    interface: str, what: str, words: Callable[[object], str], said: Mapping[_Router, object]
) -> Iterator[Found]:
    """One finding where some say one thing and some another."""
    camps: dict[object, list[_Router]] = {}
    for router, value in said.items():
        if value is not None:
            camps.setdefault(value, []).append(router)
    if len(camps) < 2:
        return
    told = [f"{_listed(router.name for router in camp)} {_say(camp)} {words(value)}" for value, camp in camps.items()]
    keys = tuple(router.neighbour.key for camp in camps.values() for router in camp[:MOST_NAMED])
    last = list(camps.values())[-1][-1]
    yield Found("routers-disagree", interface, f"{what}: {_joined(told)}", keys, last.role.packet)


def _joined(told: list[str]) -> str:
    more = len(told) - MOST_NAMED
    return ", ".join(told[:MOST_NAMED]) + (f", and {more} more say something else" if more > 0 else "")


def _say(camp: list[_Router]) -> str:
    return "says" if len(camp) == 1 else "say"


def _leaving(scene: Scene) -> Iterator[Found]:
    """Lifetime 0: no longer a default router (RFC 4861, section 6.2.5; RFC 1256, section 4.3)."""
    for neighbour in scene.neighbours:
        for role in neighbour.roles:
            if role.kind in _KINDS and role.is_goodbye and not role.suspicious:
                name = router_name(neighbour) if role.kind is RoleKind.ROUTER_ADVERTISEMENT else _name4(neighbour)
                text = f"router {name} says lifetime 0: it is leaving, or is no default router"
                yield Found("router-leaving", neighbour.interface, text, (neighbour.key,), role.packet)
