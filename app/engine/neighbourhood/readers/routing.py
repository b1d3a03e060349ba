"""What RIP (RFC 2453, RFC 1058), RIPng (RFC 2080) and BFD (RFC 5880) say: routes, and the state of a session."""

from collections.abc import Iterable, Iterator, Mapping
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from itertools import islice

from app.engine.host import Prefix
from app.engine.neighbourhood.facts import Bfd, HeardRoute, Rip, RoleKind
from app.engine.neighbourhood.readers.headers import around, headers, is_readable
from app.engine.neighbourhood.readers.manners import Manners, breaches
from app.engine.neighbourhood.saying import Heard, Reader, Said, Saying
from app.packet.layout import Header
from app.packet.routing import bfd, rip, ripng
from app.packet.transport.udp import Udp

#: So many routes of one message are kept.
MOST_ROUTES = 256
_SECOND = 1_000_000_000
_MICROSECOND = 1_000
#: RFC 2453, section 3.8, and RFC 2080, section 2.3: a route that was not told again is dropped.
_TIMEOUT = 180 * _SECOND
#: RIPng: RFC 2080, section 2.4.2: the source is link-local, the hop count of what goes to the group is 255.
_MANNERS = {
    "rip": Manners(ttl=1, groups=frozenset((IPv4Address("224.0.0.9"),))),
    "ripng": Manners(ttl=255, groups=frozenset((IPv6Address("ff02::9"),))),
}
#: What is broadcast, or sent to one router that has asked, may come with any.
_ASKED = Manners(ttl=None)
#: RFC 5881, section 5.
_BFD = Manners(ttl=255, any_source=True)
_PORTS = {"rip": 520, "ripng": 521}
#: RFC 5881, section 4, and RFC 7130, section 2.3: sessions over one hop. Those over several are of no neighbour.
_ONE_HOP = (3784, 6784)
_MULTIPOINT, _STATE_SHIFT = 0x01, 6
_BFD_VERSION = 1


def read_rip(heard: Heard) -> Iterator[Said]:
    """The routes of a RIP response; a request says nothing of who asks."""
    head = next(headers(heard.layer.parts), None)
    if not isinstance(head, rip.Rip) or head.command != rip.RipCommand.RESPONSE or not is_readable(heard):
        return
    yield _told(RoleKind.RIP, head.version, _rip_routes(headers(heard.layer.parts)), _doubts(heard))


def _doubts(heard: Heard) -> tuple[str, ...]:
    """RFC 2453, section 3.9.2: "The Response must be ignored if it is not from the RIP port"."""
    name, udp = heard.layer.name, around(heard, Udp)
    is_group = heard.destination is None or heard.destination.is_multicast
    doubts = breaches(_MANNERS[name] if is_group else _ASKED, heard)
    if udp is not None and udp.source_port != _PORTS[name]:
        doubts = (*doubts, f"from port {udp.source_port} instead of {_PORTS[name]}")
    return doubts


def _told(kind: RoleKind, version: int, routes: Iterable[HeardRoute | None], doubts: tuple[str, ...]) -> Saying:
    """A response; routes that no router would take are counted."""
    told = list(routes)
    wrong = told.count(None)
    if wrong:
        doubts = (*doubts, "a route that cannot be" if wrong == 1 else f"{wrong} routes that cannot be")
    facts = Rip(tuple(islice((route for route in told if route is not None), MOST_ROUTES)), version)
    return Saying(kind, facts, _TIMEOUT, doubts)


def _rip_routes(found: Iterable[Header]) -> Iterator[HeardRoute | None]:
    for entry in found:
        if not isinstance(entry, rip.RouteV1 | rip.RouteV2) or entry.family != rip.AddressFamily.IPV4:
            continue
        prefix = _classful(entry.address) if isinstance(entry, rip.RouteV1) else _masked(entry.address, entry.netmask)
        next_hop = entry.next_hop if isinstance(entry, rip.RouteV2) and int(entry.next_hop) else None
        yield _route(prefix, entry.metric, next_hop)


def _route(prefix: Prefix | None, metric: int, next_hop: IPv4Address | IPv6Address | None) -> HeardRoute | None:
    """A route that can be: RFC 2453, section 3.9.2: a unicast destination, and a metric of 1 to 16."""
    if prefix is None or not 1 <= metric <= rip.INFINITY:
        return None
    first = prefix.network_address
    return None if first.is_multicast or first.is_loopback else HeardRoute(prefix, metric, next_hop)


def _masked(address: IPv4Address, mask: IPv4Address) -> IPv4Network | None:
    """The prefix of an address and its mask; None where the mask has gaps."""
    bits = int(mask)
    length = bits.bit_count()
    if bits != 0xFFFFFFFF << 32 - length & 0xFFFFFFFF:
        return None
    return IPv4Network((int(address) & bits, length))


def _classful(address: IPv4Address) -> IPv4Network:
    """The network that version 1 means, which tells no mask: a class, or a host (RFC 1058, section 3.2)."""
    number = int(address)
    if not number:
        return IPv4Network((0, 0))
    length = 8 if number >> 31 == 0 else 16 if number >> 30 == 2 else 24
    is_host = number & (1 << 32 - length) - 1
    return IPv4Network((number, 32 if is_host else length))


def read_ripng(heard: Heard) -> Iterator[Said]:
    """The routes of a RIPng response."""
    head = next(headers(heard.layer.parts), None)
    if not isinstance(head, ripng.Ripng) or head.command != ripng.RipngCommand.RESPONSE or not is_readable(heard):
        return
    yield _told(RoleKind.RIPNG, head.version, _ripng_routes(headers(heard.layer.parts)), _doubts(heard))


def _ripng_routes(found: Iterable[Header]) -> Iterator[HeardRoute | None]:
    """The routes, each by the next hop that was told before it (RFC 2080, section 2.1.1)."""
    next_hop: IPv6Address | None = None
    for entry in found:
        if not isinstance(entry, ripng.RouteTableEntry):
            continue
        if entry.metric == ripng.NEXT_HOP:
            next_hop = entry.prefix if entry.prefix.is_link_local else None
        elif entry.length > entry.prefix.max_prefixlen:
            yield None
        else:
            yield _route(IPv6Network((entry.prefix, entry.length), strict=False), entry.metric, next_hop)


def read_bfd(heard: Heard) -> Iterator[Said]:
    """A control packet of version 1 over one hop. It holds for its detection time, by the sender's own interval."""
    head, udp = next(headers(heard.layer.parts), None), around(heard, Udp)
    if not isinstance(head, bfd.Bfd) or head.version != _BFD_VERSION or not is_readable(heard):
        return
    if udp is None or udp.destination_port not in _ONE_HOP:
        return
    state = bfd.SessionState(head.flags >> _STATE_SHIFT)
    facts = Bfd(state.words, head.mine, head.multiplier)
    lifetime = head.multiplier * head.transmit * _MICROSECOND
    is_goodbye = state is bfd.SessionState.ADMIN_DOWN
    doubts = (*breaches(_BFD, heard), *_bfd_doubts(head, state))
    yield Saying(RoleKind.BFD, facts, lifetime, doubts, is_goodbye=is_goodbye, instance=str(head.mine))


def _bfd_doubts(head: bfd.Bfd, state: bfd.SessionState) -> Iterator[str]:
    """For what RFC 5880, section 6.8.6, has a packet discarded."""
    if not head.multiplier:
        yield "detect multiplier 0"
    if not head.mine:
        yield "my discriminator 0"
    if not head.yours and state in (bfd.SessionState.INIT, bfd.SessionState.UP):
        yield f"state {state.words} without your discriminator"
    if head.flags & _MULTIPOINT:
        yield "the multipoint bit is set"


READERS: Mapping[str, Reader] = {"rip": read_rip, "ripng": read_ripng, "bfd": read_bfd}
