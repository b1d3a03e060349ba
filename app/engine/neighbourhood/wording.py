"""What neighbours say, in words: one clause for each thing said, the most important first.

Pure: a role and a moment go in. Lifetimes count down from that moment, ages count up to it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from ipaddress import AddressValueError, IPv4Address

from app.engine.neighbourhood.facts import (
    AdvertisedPrefix,
    AdvertisedRoute,
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
from app.engine.neighbourhood.snapshot import Group, HeardLsa, Neighbour, Role
from app.engine.wording import clock

SECOND = 1_000_000_000
MOST_NAMED = 3  #: of a list, so many are named and the rest counted
_FOR_EVER = 0xFFFF_FFFF  #: a lifetime without end (RFC 4861, section 4.6.2)

#: What a role is called in a column.
TITLES: Mapping[RoleKind, str] = {
    RoleKind.ROUTER_ADVERTISEMENT: "RA",
    RoleKind.ROUTER_DISCOVERY: "IRDP",
    RoleKind.OSPF: "OSPF",
    RoleKind.OSPF6: "OSPFv3",
    RoleKind.IGMP_QUERIER: "IGMP",
    RoleKind.MLD_QUERIER: "MLD",
    RoleKind.PIM: "PIM",
    RoleKind.PIM_BOOTSTRAP: "BSR",
    RoleKind.VRRP: "VRRP",
    RoleKind.RIP: "RIP",
    RoleKind.RIPNG: "RIPng",
    RoleKind.BFD: "BFD",
    RoleKind.LLDP: "LLDP",
}

#: Who has one of these forwards packets, as far as anybody can tell.
ROUTING = frozenset(RoleKind) - {RoleKind.IGMP_QUERIER, RoleKind.MLD_QUERIER, RoleKind.BFD, RoleKind.LLDP}
_QUERYING = frozenset((RoleKind.IGMP_QUERIER, RoleKind.MLD_QUERIER))

_GOODBYE: Mapping[RoleKind, str] = {
    RoleKind.ROUTER_ADVERTISEMENT: "lifetime 0: no default router",
    RoleKind.ROUTER_DISCOVERY: "lifetime 0: leaving",
    RoleKind.PIM: "hold time 0: leaving",
    RoleKind.VRRP: "priority 0: resigning",
    RoleKind.LLDP: "time to live 0: leaving",
}
_OF_GOODBYE = ("no default router", "priority 0", "hold 0 s")


# Moments


def ago(now: int, at: int) -> str:
    """How long ago a moment was: "just now", "12 s ago", "00:04:12 ago"."""
    passed = max(0, now - at)
    if passed < SECOND:
        return "just now"
    return f"{passed // SECOND} s ago" if passed < 120 * SECOND else f"{clock(passed)} ago"


def seconds_left(role: Role, now: int) -> int | None:
    """Whole seconds until a role ends, 0 once that has come; None where nothing says when."""
    return None if role.expires_at is None else max(0, -((now - role.expires_at) // SECOND))


def remaining(role: Role, now: int) -> str:
    """How long a role still holds, "" where nothing says."""
    left = seconds_left(role, now)
    return "" if left is None else f"{left} s left"


# Roles


def role_words(neighbour: Neighbour, role: Role, now: int) -> str:
    """A role in one line: "RA 1795 s left, preference high, fd00::/64 on-link auto, MTU 1500, DNS fd00::53"."""
    return f"{TITLES[role.kind]} {', '.join(clauses(neighbour, role, now))}"


def clauses(neighbour: Neighbour, role: Role, now: int) -> tuple[str, ...]:
    """What a neighbour says in one role; its end comes first, where that has come."""
    said = tuple(_CLAUSES[type(role.facts)](neighbour, role, now))
    if role.gone_at is not None or role.is_goodbye:
        lasting = (each for each in said if not each.endswith(" left") and each not in _OF_GOODBYE)
        goodbye = f"{_GOODBYE.get(role.kind, 'leaving')}, said {ago(now, role.last_heard)}"
        return goodbye if role.gone_at is None else f"gone {ago(now, role.gone_at)}", *lasting
    left = seconds_left(role, now)
    holds = 0 if role.expires_at is None else role.expires_at - role.last_heard
    is_late = left is not None and holds and (now - role.last_heard) * 2 > holds
    if is_late and not said[0].endswith(" left"):
        return (*said, f"{left} s left")
    return said


def _advertisement(_neighbour: Neighbour, role: Role, now: int) -> Iterator[str]:
    facts = role.facts
    assert isinstance(facts, RouterAdvertisement)
    yield remaining(role, now) if facts.router_lifetime_s else "no default router"
    if facts.preference != "medium":
        yield f"preference {facts.preference}"
    yield from few([_prefix_words(each) for each in facts.prefixes], "prefixes")
    if facts.mtu is not None:
        yield f"MTU {facts.mtu}"
    if facts.rdnss:
        yield "DNS " + " ".join(few([str(each) for each in facts.rdnss], "servers"))
    if facts.managed or facts.other:
        yield "addresses by DHCPv6" if facts.managed else "other settings by DHCPv6"
    yield from few([_route_words(each) for each in facts.routes], "routes")
    yield from (f"NAT64 {each}" for each in facts.pref64[:MOST_NAMED])
    if facts.dnssl:
        yield "search " + " ".join(few(list(facts.dnssl), "domains"))
    if facts.hop_limit:
        yield f"hop limit {facts.hop_limit}"


def _prefix_words(prefix: AdvertisedPrefix) -> str:
    words = [str(prefix.prefix), "on-link" if prefix.on_link else "", "auto" if prefix.autonomous else ""]
    if prefix.valid_s == 0:
        words.append("withdrawn")
    elif prefix.preferred_s == 0:
        words.append("deprecated")
    return " ".join(filter(None, words))


def _route_words(route: AdvertisedRoute) -> str:
    if route.lifetime_s == 0:
        return f"route {route.prefix} withdrawn"
    lifetime = "for ever" if route.lifetime_s == _FOR_EVER else f"{route.lifetime_s} s"
    return f"route {route.prefix} {route.preference} {lifetime}"


def _discovery(_neighbour: Neighbour, role: Role, now: int) -> Iterator[str]:
    facts = role.facts
    assert isinstance(facts, RouterDiscovery)
    yield remaining(role, now) or f"lifetime {facts.lifetime_s} s"
    # RFC 1256, section 6.1: the least preference says "never as a default router".
    yield from few(
        [
            f"{each.address} "
            + ("no default router" if each.preference == -(1 << 31) else f"preference {each.preference}")
            for each in facts.routers
        ],
        "addresses",
    )


def _ospf(neighbour: Neighbour, role: Role, _now: int) -> Iterator[str]:
    facts = role.facts
    assert isinstance(facts, Ospf)
    yield f"neighbour {facts.router_id}"
    yield f"area {area_words(facts.area)}"
    yield designated(neighbour, facts)
    yield f"hello {facts.hello_s} dead {facts.dead_s}"
    if facts.auth != "none":
        yield f"{facts.auth} authentication"
    yield f"priority {facts.priority}"
    if facts.neighbours:
        yield "hears " + " ".join(few(list(facts.neighbours), "routers"))
    else:
        yield "hears nobody"
    if facts.mask is not None:
        yield f"mask {facts.mask}"


def designated(neighbour: Neighbour, facts: Ospf) -> str:
    """Version 2 names the DR by its address on the link (RFC 2328, A.3.2), version 3 by router ID (RFC 5340, A.3.2)."""
    names = {facts.router_id, *map(str, neighbour.addresses)}
    if facts.dr in names:
        return "DR"
    if facts.bdr in names:
        return "BDR"
    return "no DR" if facts.dr == "0.0.0.0" else f"DR {facts.dr}"


def area_words(area: str) -> str:
    """An OSPF area as people write it: "0" for the backbone, other small ones as numbers, the rest dotted."""
    try:
        number = int(IPv4Address(area))
    except AddressValueError:
        return area
    return str(number) if number < 65_536 else area


def _querier(_neighbour: Neighbour, role: Role, _now: int) -> Iterator[str]:
    facts = role.facts
    assert isinstance(facts, Querier)
    yield f"querier version {facts.version}"
    if facts.interval_s is not None:
        yield f"every {facts.interval_s} s"
    yield f"answers within {facts.max_response_ms / 1000:g} s"
    if facts.robustness is not None:
        yield f"robustness {facts.robustness}"


def _pim(_neighbour: Neighbour, role: Role, _now: int) -> Iterator[str]:
    facts = role.facts
    assert isinstance(facts, Pim)
    yield f"neighbour over {role.instance}" if role.instance else "neighbour"
    if facts.dr:
        yield "DR"
    if facts.dr_priority is not None:
        yield f"priority {facts.dr_priority}"
    if facts.holdtime_s is not None:
        yield "holds for ever" if facts.holdtime_s == 0xFFFF else f"hold {facts.holdtime_s} s"
    if facts.generation_id is not None:
        yield f"generation 0x{facts.generation_id:08x}"


def _bootstrap(_neighbour: Neighbour, role: Role, _now: int) -> Iterator[str]:
    facts = role.facts
    assert isinstance(facts, Bootstrap)
    yield f"bootstrap router {facts.bsr}"
    yield f"priority {facts.priority}"
    if facts.rendezvous_points:
        yield "RP " + " ".join(few([str(each) for each in facts.rendezvous_points], "points"))


def _vrrp(_neighbour: Neighbour, role: Role, _now: int) -> Iterator[str]:
    facts = role.facts
    assert isinstance(facts, Vrrp)
    addresses = " ".join(few([str(each) for each in facts.addresses], "addresses"))
    yield f"master of group {facts.group}" + (f" ({addresses})" if addresses else "")
    # RFC 5798, section 5.2.4
    yield "priority 255: owns the address" if facts.priority == 255 else f"priority {facts.priority}"
    yield f"every {facts.interval_ms / 1000:g} s"
    yield f"version {facts.version}"


def _rip(_neighbour: Neighbour, role: Role, _now: int) -> Iterator[str]:
    facts = role.facts
    assert isinstance(facts, Rip)
    yield counted(len(facts.routes), "route")
    # RFC 2453, section 3.9.2: 16 is infinity.
    yield from few(
        [
            f"{each.prefix} " + ("unreachable" if each.metric >= 16 else f"metric {each.metric}")
            for each in facts.routes
        ],
        "routes",
    )
    if facts.version == 1 and role.kind is RoleKind.RIP:
        yield "version 1: knows no masks"


def _bfd(_neighbour: Neighbour, role: Role, _now: int) -> Iterator[str]:
    facts = role.facts
    assert isinstance(facts, Bfd)
    yield facts.state
    yield f"discriminator 0x{facts.my_discriminator:08x}"
    yield f"multiplier {facts.detect_multiplier}"


def _lldp(_neighbour: Neighbour, role: Role, _now: int) -> Iterator[str]:
    facts = role.facts
    assert isinstance(facts, Lldp)
    if facts.system_name:
        yield facts.system_name
    yield f"port {facts.port}"
    yield f"chassis {facts.chassis}"


_CLAUSES: Mapping[type, Callable[[Neighbour, Role, int], Iterator[str]]] = {
    RouterAdvertisement: _advertisement,
    RouterDiscovery: _discovery,
    Ospf: _ospf,
    Querier: _querier,
    Pim: _pim,
    Bootstrap: _bootstrap,
    Vrrp: _vrrp,
    Rip: _rip,
    Bfd: _bfd,
    Lldp: _lldp,
}


def few(words: Sequence[str], plural: str) -> Iterator[str]:
    """The first of a list, and how many more there are; one more is named rather than counted."""
    named = len(words) if len(words) <= MOST_NAMED + 1 else MOST_NAMED
    yield from words[:named]
    if len(words) > named:
        yield f"and {len(words) - named:,} more {plural}"


@lru_cache(256)
def counted(count: int, one: str, many: str = "") -> str:
    """A number of things: "1 router", "2 routers", "12,000 routes"."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


# Who it is


def label(neighbour: Neighbour) -> str:
    """What a neighbour is, in one word."""
    kinds = {role.kind for role in neighbour.roles}
    if neighbour.is_gateway:
        return "gateway"
    if kinds & ROUTING:
        return "router"
    return "querier" if kinds & _QUERYING else "speaker"


# Groups and link states


def reporters_words(group: Group) -> str:
    """Who is in a group, the last one that said so first."""
    return ", ".join(few([str(each) for each in group.reporters], "hosts")) or "nobody any more"


def lsa_age(lsa: HeardLsa, now: int) -> int:
    """The age of a link state in seconds; it stops at the age at which it is flushed (RFC 2328, appendix B: MaxAge)."""
    return min(3600, lsa.age + max(0, now - lsa.heard_at) // SECOND)
