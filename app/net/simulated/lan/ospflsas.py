"""The LSAs that a router of a simulated LAN originates, in both versions, with their checksums (RFC 905, annex B)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address

from app.net.simulated.lan.manners import Lan, Ospf
from app.net.simulated.lan.voice import Voice
from app.net.simulated.toml import Prefix
from app.packet.ospf.lsa import HEADER, fletcher_bytes
from app.packet.ospf.prefix import MetricPrefix
from app.packet.ospf.prefix import Prefix as LsaPrefix
from app.packet.ospf.registry import LsaType
from app.packet.ospf.v2lsas import AttachedRouter, LsaHeader, NetworkLsa, RouterLink, RouterLsa
from app.packet.ospf.v3lsas import (
    IntraAreaPrefix,
    LinkIpv6,
    LinkLsa,
    LinkPrefixes,
    LsaHeader3,
    NetworkLsa3,
    RouterInterface,
    RouterLsa3,
)

#: The interface ID that every simulated router gives to its interface on the LAN.
INTERFACE = 2
_INITIAL_SEQUENCE = 0x80000001
_TRANSIT, _STUB = 2, 3
_AREA_SCOPE = 1
#: Function codes of OSPFv3 (RFC 5340, section A.4.2.1).
_ROUTER, _NETWORK, _LINK, _INTRA_AREA_PREFIX = 1, 2, 8, 9


@dataclass(frozen=True, slots=True)
class Circle:
    """Routers that take each other's hellos on the LAN, the designated one first."""

    lan: Lan
    members: tuple[tuple[Voice, Ospf], ...]

    @property
    def eligible(self) -> tuple[tuple[Voice, Ospf], ...]:
        """Those that may become designated router: priority 0 never does."""
        return tuple(member for member in self.members if member[1].priority)

    @property
    def adjacent(self) -> tuple[tuple[Voice, Ospf], ...]:
        """The designated router, and those that come to be fully adjacent to it: their MTU is its own.

        Nobody where there is no designated router, or nobody but it.
        """
        if not self.eligible:
            return ()
        agreeing = tuple(member for member in self.members if member[1].mtu == self.eligible[0][1].mtu)
        return agreeing if len(agreeing) > 1 else ()

    def has_joined(self, voice: Voice) -> bool:
        """Whether a router is one of those that are adjacent."""
        return any(member is voice for member, _ in self.adjacent)


def options2() -> dict[str, int]:
    """What every router here can do."""
    return {"external": 1}


def options3() -> dict[str, int]:
    """The same in version 3: a router that forwards IPv6."""
    return {"ipv6": 1, "external": 1, "routes": 1}


def older(lsa: bytes, seconds: int = 1) -> bytes:
    """An LSA as the next router floods it: its age, which no checksum covers, is greater by the transmit delay."""
    return (int.from_bytes(lsa[:2], "big") + seconds).to_bytes(2, "big") + lsa[2:]


def lsas2(circle: Circle, voice: Voice, manner: Ospf) -> list[bytes]:
    """A router LSA, and the network LSA where the router is the designated one (RFC 2328, section 12.4)."""
    sequence = _next(voice, "ospf")
    links = [*_links(circle, voice, manner)]
    body = RouterLsa(count=len(links)).build() + b"".join(link.build() for link in links)
    lsas = [_lsa2(LsaType.ROUTER, manner.router_id, manner, sequence, body)]
    if _leads(circle, voice):
        prefix = circle.lan.prefix(4)
        mask = IPv4Address(int(prefix.netmask)) if prefix is not None else IPv4Address(0)
        attached = (AttachedRouter(router=other.router_id).build() for _, other in circle.adjacent)
        body = NetworkLsa(mask=mask).build() + b"".join(attached)
        lsas.append(_lsa2(LsaType.NETWORK, voice.address4(), manner, sequence, body))
    return lsas


def _links(circle: Circle, voice: Voice, manner: Ospf) -> Iterator[RouterLink]:
    """The LAN, a transit network where there is another router, and the networks behind this one."""
    prefix = circle.lan.prefix(4)
    if circle.has_joined(voice):
        leader = circle.eligible[0][0].address4()
        yield RouterLink(id=leader, data=voice.address4(), type=_TRANSIT, metric=manner.metric)
    elif prefix is not None:
        yield _stub(prefix, manner.metric)
    for route in manner.routes:
        if route.prefix.version == 4:
            yield _stub(route.prefix, route.metric)


def _stub(prefix: Prefix, metric: int) -> RouterLink:
    network, mask = IPv4Address(int(prefix.network_address)), IPv4Address(int(prefix.netmask))
    return RouterLink(id=network, data=mask, type=_STUB, metric=metric)


def lsas3(circle: Circle, voice: Voice, manner: Ospf) -> list[bytes]:
    """Router, link and intra-area prefix LSAs, and the designated router's network LSA (RFC 5340, section 4.4.3)."""
    sequence = _next(voice, "ospf6")
    interfaces = b""
    if circle.has_joined(voice):
        leader = circle.eligible[0][1].router_id
        interfaces = RouterInterface(
            type=_TRANSIT,
            metric=manner.metric,
            interface=INTERFACE,
            neighbour_interface=INTERFACE,
            neighbour=leader,
        ).build()
    own = IPv6Address(int(voice.link_local))
    prefix = circle.lan.prefix(6)
    on_link = [] if prefix is None else [_prefix(prefix)]
    link = LinkLsa(priority=manner.priority, **options3()).build() + LinkIpv6(address=own).build()
    link += LinkPrefixes(count=len(on_link)).build() + b"".join(on_link)
    lsas = [
        _lsa3(_ROUTER, 0, manner, sequence, RouterLsa3(**options3()).build() + interfaces),
        _lsa3(_LINK, INTERFACE, manner, sequence, link),
    ]
    behind = [(route.prefix, route.metric) for route in manner.routes if route.prefix.version == 6]
    if behind:
        lsas.append(_prefix_lsa(behind, manner, sequence, (_ROUTER, 0)))
    if _leads(circle, voice):
        attached = (AttachedRouter(router=other.router_id).build() for _, other in circle.adjacent)
        lsas.append(
            _lsa3(_NETWORK, INTERFACE, manner, sequence, NetworkLsa3(**options3()).build() + b"".join(attached))
        )
        if prefix is not None:
            lsas.append(_prefix_lsa([(prefix, 0)], manner, sequence, (_NETWORK, INTERFACE)))
    return lsas


def _prefix_lsa(
    prefixes: Sequence[tuple[Prefix, int]], manner: Ospf, sequence: int, referenced: tuple[int, int]
) -> bytes:
    """Prefixes that belong to a router (0) or to a network (its interface ID) of the area."""
    function, number = referenced
    head = IntraAreaPrefix(
        count=len(prefixes),
        reference=_AREA_SCOPE << 13 | function,
        id=IPv4Address(number),
        router=manner.router_id,
    )
    body = head.build() + b"".join(_metric_prefix(prefix, metric) for prefix, metric in prefixes)
    return _lsa3(_INTRA_AREA_PREFIX, number, manner, sequence, body)


def _prefix(prefix: Prefix) -> bytes:
    return LsaPrefix(bits=prefix.prefixlen).build() + _words_of(prefix)


def _metric_prefix(prefix: Prefix, metric: int) -> bytes:
    return MetricPrefix(bits=prefix.prefixlen, metric=metric).build() + _words_of(prefix)


def _words_of(prefix: Prefix) -> bytes:
    """As many 32-bit words of the prefix as its length needs (RFC 5340, section A.4.1)."""
    return prefix.network_address.packed[: (prefix.prefixlen + 31) // 32 * 4]


def _leads(circle: Circle, voice: Voice) -> bool:
    """Whether it is the designated router of somebody."""
    return bool(circle.adjacent) and circle.eligible[0][0] is voice


def _next(voice: Voice, version: str) -> int:
    voice.counts[f"{version} LSAs"] += 1
    return _INITIAL_SEQUENCE + voice.counts[f"{version} LSAs"] - 1


def _lsa2(kind: int, number: IPv4Address, manner: Ospf, sequence: int, body: bytes) -> bytes:
    head = LsaHeader(
        age=1,
        type=kind,
        id=number,
        advertising=manner.router_id,
        sequence=sequence,
        checksum=0,
        length=HEADER + len(body),
        **options2(),
    )
    return _summed(head.build() + body)


def _lsa3(function: int, number: int, manner: Ospf, sequence: int, body: bytes) -> bytes:
    head = LsaHeader3(
        age=1,
        scope=0 if function == _LINK else _AREA_SCOPE,
        function=function,
        id=IPv4Address(number),
        advertising=manner.router_id,
        sequence=sequence,
        checksum=0,
        length=HEADER + len(body),
    )
    return _summed(head.build() + body)


def _summed(lsa: bytes) -> bytes:
    """With its checksum, which leaves out the age (RFC 2328, section 12.1.7)."""
    return lsa[:16] + fletcher_bytes(lsa[2:], 14).to_bytes(2, "big") + lsa[18:]
