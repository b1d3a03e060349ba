"""The LSAs that OSPF packets of both versions hold: their headers, and in a few words what they say.

Updates hold whole LSAs, database descriptions and acknowledgments only headers, which have no summary: whoever
keeps a table keeps the summary that it has of the same sequence number.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from ipaddress import IPv4Address, IPv4Network
from typing import Any, TypeAlias

from app.engine.neighbourhood.readers.headers import headers
from app.engine.neighbourhood.saying import Heard, LinkState
from app.packet.dissection import Branch, CheckStatus, Part, Placed
from app.packet.layout import Header, Span
from app.packet.ospf.prefix import Attached, PrefixHead
from app.packet.ospf.registry import FloodingScope, FunctionCode, LinkType, LsaType, OpaqueType
from app.packet.ospf.v2lsas import (
    AttachedRouter,
    ExternalLsa,
    ExternalRoute,
    LsaHeader,
    LsaRest,
    NetworkLsa,
    OpaqueName,
    RouterLink,
    RouterLsa,
    SummaryLsa,
    SummaryMetric,
    TrafficName,
)
from app.packet.ospf.v2packets import OspfFront
from app.packet.ospf.v3lsas import (
    ExternalLsa3,
    InterAreaPrefix,
    InterAreaRouter,
    IntraAreaPrefix,
    LinkIpv4,
    LinkIpv6,
    LinkLsa,
    LsaHeader3,
    NetworkLsa3,
    RouterInterface,
    RouterLsa3,
)
from app.packet.walk import counted, few

_CHECKSUM = 16
_DO_NOT_AGE = 15
#: LSAs of the whole AS: they belong to no area (RFC 2328, section A.4.5; RFC 5250, section 3).
_OF_THE_AS = (LsaType.AS_EXTERNAL, LsaType.OPAQUE_AS)


def link_states(heard: Heard, head: OspfFront) -> Iterator[LinkState]:
    """All LSAs of a packet whose lengths and checksums hold."""
    bad = {check.start for check in heard.dissection.checks if check.status is CheckStatus.BAD}
    for part in heard.layer.parts:
        for lsa in part.parts if isinstance(part, Branch) else ():
            front = lsa.parts[0] if isinstance(lsa, Branch) and lsa.parts else None
            if not isinstance(lsa, Branch) or not isinstance(front, Placed) or not isinstance(front.header, LsaRest):
                continue
            if _is_true(front.header, lsa) and front.at + _CHECKSUM not in bad:
                yield _link_state(heard.dissection.data, head, lsa)


def _is_true(header: LsaRest, lsa: Branch) -> bool:
    """Whether the LSA is as long as it says; a header alone cannot lie."""
    size = lsa.stop - lsa.start
    return size in (header.length, LsaHeader.SIZE) and header.length >= LsaHeader.SIZE


def _link_state(data: bytes, head: OspfFront, lsa: Branch) -> LinkState:
    record: LsaHeader3 | LsaHeader
    if head.version == 3:
        record = three = LsaHeader3.unpacked(data, lsa.start)
        number = three.is_flooded << 15 | three.scope << 13 | three.function
        words, is_of_the_as = FunctionCode(three.function).words, three.scope == FloodingScope.AS
    else:
        record = two = LsaHeader.unpacked(data, lsa.start)
        number, words, is_of_the_as = two.type, LsaType(two.type).words, two.type in _OF_THE_AS
    return LinkState(
        version=head.version,
        area="" if is_of_the_as else str(head.area),
        type=number,
        type_words=words,
        id=str(record.id),
        advertising_router=str(record.advertising),
        sequence=record.sequence,
        age=record.do_not_age << _DO_NOT_AGE | record.age,
        summary=_summary(lsa, record.id),
    )


def _summary(lsa: Branch, link_state_id: IPv4Address) -> str:
    """What the LSA says, as far as that is said in a few words; of an opaque one, what it is about."""
    front, behind = next(headers(lsa.parts)), lsa.parts[1:]
    if isinstance(front, OpaqueName | TrafficName):
        return OpaqueType(front.opaque_type).words
    inside = tuple(headers(behind))
    say = _SUMMARIES.get(type(inside[0])) if inside else None
    return "" if say is None else say(link_state_id, inside, behind)


def _router(_id: IPv4Address, inside: Sequence[Any], _behind: Sequence[Part]) -> str:
    head, links = inside[0], [_link(header) for header in inside if isinstance(header, RouterLink)]
    return _joined(_flags(head.border, head.external), links)


def _link(link: RouterLink) -> str:
    """A link by what it leads to; the ID of a stub is a network, its data the mask (RFC 2328, section A.4.2)."""
    to = _prefix(link.id, link.data) if link.type == LinkType.STUB else link.id
    return f"{LinkType(link.type).words} {to}"


def _router3(_id: IPv4Address, inside: Sequence[Any], _behind: Sequence[Part]) -> str:
    head, links = inside[0], [header for header in inside if isinstance(header, RouterInterface)]
    told = [f"{LinkType(link.type).words} {link.neighbour}" for link in links]
    return _joined(_flags(head.border, head.boundary), told)


def _flags(border: int, boundary: int) -> list[str]:
    return ["ABR"] * border + ["ASBR"] * boundary


def _joined(flags: list[str], links: list[str]) -> str:
    told = counted(len(links), "link")
    return ", ".join([*flags, f"{told}: {few(links)}" if links else told])


def _network(link_state_id: IPv4Address, inside: Sequence[Any], _behind: Sequence[Part]) -> str:
    routers = [str(header.router) for header in inside if isinstance(header, AttachedRouter)]
    return f"{_prefix(link_state_id, inside[0].mask)}, {counted(len(routers), 'router')}: {few(routers)}"


def _network3(_id: IPv4Address, inside: Sequence[Any], _behind: Sequence[Part]) -> str:
    routers = [str(header.router) for header in inside if isinstance(header, Attached)]
    return f"{counted(len(routers), 'router')}: {few(routers)}"


def _summary_lsa(link_state_id: IPv4Address, inside: Sequence[Any], _behind: Sequence[Part]) -> str:
    """A network; with mask 0 the way to an AS boundary router, which the ID names."""
    metric = next((f" metric {header.metric}" for header in inside if isinstance(header, SummaryMetric)), "")
    to = _prefix(link_state_id, inside[0].mask) if int(inside[0].mask) or not int(link_state_id) else link_state_id
    return f"{to}{metric}"


def _external(link_state_id: IPv4Address, inside: Sequence[Any], _behind: Sequence[Part]) -> str:
    route = next((header for header in inside if isinstance(header, ExternalRoute)), None)
    metric = f" {_metric(route.metric, route.is_type_2)}" if route is not None else ""
    return f"{_prefix(link_state_id, inside[0].mask)}{metric}"


def _metric(metric: int, is_type_2: int) -> str:
    return f"metric {metric} type {2 if is_type_2 else 1}"


def _inter_area_prefix(_id: IPv4Address, inside: Sequence[Any], behind: Sequence[Part]) -> str:
    return f"{few(_prefixes(behind))} metric {inside[0].metric}"


def _inter_area_router(_id: IPv4Address, inside: Sequence[Any], _behind: Sequence[Part]) -> str:
    return f"{inside[0].router} metric {inside[0].metric}"


def _external3(_id: IPv4Address, inside: Sequence[Any], behind: Sequence[Part]) -> str:
    return f"{few(_prefixes(behind))} {_metric(inside[0].metric, inside[0].is_type_2)}"


def _link_lsa(_id: IPv4Address, inside: Sequence[Any], behind: Sequence[Part]) -> str:
    address = next((str(header.address) for header in inside if isinstance(header, LinkIpv6 | LinkIpv4)), "")
    return ", ".join(filter(None, (address, few(_prefixes(behind)))))


def _intra_area_prefix(_id: IPv4Address, _inside: Sequence[Any], behind: Sequence[Part]) -> str:
    return few(_prefixes(behind))


def _prefix(address: IPv4Address, mask: IPv4Address) -> str:
    """An address and its mask as a prefix, or as they are where the mask is none."""
    bits = int(mask)
    length = bits.bit_count()
    if bits != 0xFFFFFFFF << 32 - length & 0xFFFFFFFF:
        return f"{address} mask {mask}"
    return str(IPv4Network((int(address) & bits, length)))


def _prefixes(parts: Sequence[Part]) -> list[str]:
    """The prefixes of an OSPFv3 LSA; one of length 0 has no address."""
    told: list[str] = []
    for part in parts:
        head = part.parts[0] if isinstance(part, Branch) and part.parts else None
        if isinstance(part, Branch) and isinstance(head, Placed) and isinstance(head.header, PrefixHead):
            address = next((str(span.value) for span in part.parts if isinstance(span, Span)), None)
            told.append("default" if address is None else f"{address}/{head.header.bits}")
    return told


#: Says an LSA by its ID, the headers of its body, and the body's parts.
_Say: TypeAlias = Callable[[IPv4Address, Sequence[Any], Sequence[Part]], str]
_SUMMARIES: Mapping[type[Header], _Say] = {
    RouterLsa: _router,
    NetworkLsa: _network,
    SummaryLsa: _summary_lsa,
    ExternalLsa: _external,
    RouterLsa3: _router3,
    NetworkLsa3: _network3,
    InterAreaPrefix: _inter_area_prefix,
    InterAreaRouter: _inter_area_router,
    ExternalLsa3: _external3,
    LinkLsa: _link_lsa,
    IntraAreaPrefix: _intra_area_prefix,
}
