"""What PIM routers say of themselves (RFC 7761), who of them is designated, and which bootstrap router they name."""

from collections.abc import Iterable, Iterator
from ipaddress import IPv4Address, IPv6Address
from itertools import islice

from app.engine.neighbourhood.facts import Bootstrap, Pim, RoleKind
from app.engine.neighbourhood.readers.headers import first, headers, is_readable
from app.engine.neighbourhood.readers.manners import Manners, breaches
from app.engine.neighbourhood.saying import Heard, Said, Saying
from app.packet.compose import Address
from app.packet.multicast.pim import PimStart, PimType, Unicast4, Unicast6
from app.packet.multicast.pimhello import DrPriority, GenerationId, HoldTime
from app.packet.multicast.pimmessages import Bootstrap as BootstrapMessage

#: So many rendezvous points of one message are kept.
MOST_POINTS = 64
_SECOND = 1_000_000_000
_VERSION = 2
_FOREVER = 0xFFFF
#: RFC 7761, section 4.11: Default_Hello_Holdtime, for a hello that tells none.
_DEFAULT_HOLD = 105
#: RFC 5059, section 5: BS_Timeout, after which another bootstrap router is elected.
_BOOTSTRAP_TIMEOUT = 130
_CHECKSUM = 2
_ALL_PIM_ROUTERS: frozenset[Address] = frozenset((IPv4Address("224.0.0.13"), IPv6Address("ff02::d")))
_MANNERS = Manners(ttl=1, groups=_ALL_PIM_ROUTERS, checksum=_CHECKSUM, only_groups=True)
#: A bootstrap message for one router that has just come (RFC 5059, section 3.5.1) may come with any TTL.
_UNICAST = Manners(ttl=None, checksum=_CHECKSUM)


def read_pim(heard: Heard) -> Iterator[Said]:
    """A hello or a bootstrap message of PIM version 2."""
    found = headers(heard.layer.parts)
    head = next(found, None)
    if not isinstance(head, PimStart) or head.version != _VERSION or not is_readable(heard):
        return
    if head.type == PimType.HELLO:
        yield _hello(heard)
    elif head.type == PimType.BOOTSTRAP:
        yield from _bootstrap(heard)


def _hello(heard: Heard) -> Saying:
    parts = heard.layer.parts
    hold, priority = first(HoldTime, parts), first(DrPriority, parts)
    generation = first(GenerationId, parts)
    facts = Pim(
        holdtime_s=None if hold is None else hold.hold,
        dr_priority=None if priority is None else priority.priority,
        generation_id=None if generation is None else generation.identifier,
    )
    seconds = _DEFAULT_HOLD if hold is None else hold.hold
    return Saying(
        RoleKind.PIM,
        facts,
        None if seconds == _FOREVER else seconds * _SECOND,
        breaches(_MANNERS, heard),
        is_goodbye=seconds == 0,
        instance=_instance(heard),
    )


def _bootstrap(heard: Heard) -> Iterator[Saying]:
    message = first(BootstrapMessage, heard.layer.parts)
    addresses = (each.address for each in headers(heard.layer.parts) if isinstance(each, Unicast4 | Unicast6))
    router = next(addresses, None)
    if message is None or router is None:
        return
    points = tuple(islice(dict.fromkeys(addresses), MOST_POINTS))
    facts = Bootstrap(router, message.priority, points)
    is_group = heard.destination is None or heard.destination.is_multicast
    doubts = breaches(_MANNERS if is_group else _UNICAST, heard)
    yield Saying(RoleKind.PIM_BOOTSTRAP, facts, _BOOTSTRAP_TIMEOUT * _SECOND, doubts, instance=_instance(heard))


def _instance(heard: Heard) -> str:
    """PIM of IPv6 knows nothing of that of IPv4."""
    return "IPv6" if isinstance(heard.source, IPv6Address) else ""


def elected_dr(hellos: Iterable[tuple[Address, Pim]]) -> Address | None:
    """Who of the routers of one link and one address family is designated, by the hellos that hold now.

    RFC 7761, section 4.3.2: the highest priority, then the highest address; where one router tells no priority,
    the address alone.
    """
    candidates = [(address, hello.dr_priority) for address, hello in hellos]
    if any(priority is None for _, priority in candidates):
        candidates = [(address, 0) for address, _ in candidates]
    best = max(candidates, key=lambda each: (each[1] or 0, int(each[0])), default=None)
    return None if best is None else best[0]
