"""The LSAs of OSPF version 2 (RFC 2328, appendix A.4; RFC 1584, RFC 3101, RFC 5250)."""

from collections.abc import Callable
from functools import partial
from ipaddress import IPv4Address

from app.packet.address import IPV4
from app.packet.dissection import Branch, Part, Placed
from app.packet.layout import Group, Header, Words, flag, header, ipv4_address, unsigned
from app.packet.ospf.lsa import LsaReader, Title
from app.packet.ospf.opaque import OPAQUE
from app.packet.ospf.registry import LinkType, LsaType, OpaqueType, VertexType
from app.packet.ospf.sheet import Sheet, list_reader, titled
from app.packet.ospf.v2packets import OPTIONS, Options2

ROUTER_FLAGS = Group("ospf.v2.router.lsa.flags", "flags")
#: The filter's names of whole LSAs, which find packets by what they hold.
_NAMES = {
    LsaType.ROUTER: "ospf.lsa.router",
    LsaType.NETWORK: "ospf.lsa.network",
    LsaType.SUMMARY_NETWORK: "ospf.lsa.summary",
    LsaType.SUMMARY_ASBR: "ospf.lsa.asbr",
    LsaType.AS_EXTERNAL: "ospf.lsa.asext",
    LsaType.GROUP_MEMBERSHIP: "ospf.lsa.member",
    LsaType.NSSA_EXTERNAL: "ospf.lsa.nssa",
    LsaType.EXTERNAL_ATTRIBUTES: "ospf.lsa.attr",
    LsaType.OPAQUE_LINK: "ospf.lsa.opaque",
    LsaType.OPAQUE_AREA: "ospf.lsa.opaque",
    LsaType.OPAQUE_AS: "ospf.lsa.opaque",
}
_OPAQUE_LSAS = (LsaType.OPAQUE_LINK, LsaType.OPAQUE_AREA, LsaType.OPAQUE_AS)


@header("ospf.lsa", "LSA age", "RFC 2328, section A.4.1; RFC 1793, section 2.2")
class LsaAge(Header):
    """How long ago the LSA was made."""

    do_not_age: int = flag("do not age", name="ospf.lsa.donotage", default=0)
    age: int = unsigned(15, name="ospf.lsa.age", unit="s")


@header("ospf", "LSA name", "RFC 2328, section A.4.1")
class LsaName(Header):
    """Which LSA of its router it is."""

    type: int = unsigned(8, "LS type", name="lsa", registry=LsaType)
    id: IPv4Address = ipv4_address("link state ID", name="ospf.lsa.id")


@header("ospf", "opaque LSA name", "RFC 5250, section 3")
class OpaqueName(Header):
    """The link state ID of an opaque LSA is a type and a number."""

    type: int = unsigned(8, "LS type", name="lsa", registry=LsaType)
    opaque_type: int = unsigned(8, name="lsid_opaque_type", registry=OpaqueType)
    opaque_id: int = unsigned(24, "opaque ID", name="ospf.lsid.opaque_id")


@header("ospf", "traffic engineering LSA name", "RFC 3630, section 2.2")
class TrafficName(Header):
    """Traffic engineering LSAs are told apart by an instance of 16 bits."""

    type: int = unsigned(8, "LS type", name="lsa", registry=LsaType)
    opaque_type: int = unsigned(8, name="lsid_opaque_type", registry=OpaqueType)
    reserved: int = unsigned(8, name="ospf.lsid_te_lsa.reserved", default=0)
    instance: int = unsigned(16, name="ospf.lsid_te_lsa.instance")


@header("ospf", "LSA header", "RFC 2328, section A.4.1")
class LsaRest(Header):
    """Who made the LSA, and which of its versions this is."""

    advertising: IPv4Address = ipv4_address("advertising router", name="advrouter")
    sequence: int = unsigned(32, "sequence number", name="ospf.lsa.seqnum", style="hex")
    checksum: int = unsigned(16, name="ospf.lsa.chksum", style="hex")
    length: int = unsigned(16, name="ospf.lsa.length", unit="bytes")


@header("ospf", "LSA header", "RFC 2328, section A.4.1")
class LsaHeader(LsaAge, Options2, LsaName, LsaRest):
    """What every LSA starts with, and all that descriptions and acknowledgments hold of it."""


@header("ospf", "NSSA LSA header", "RFC 3101, section 2.3")
class NssaHeader(LsaHeader):
    """In an NSSA LSA the same bit says whether border routers translate it."""

    nssa: int = flag("P", name="ospf.v2.options.p", doc="to be translated", group=OPTIONS, default=0)


@header("ospf", "opaque LSA header", "RFC 5250, section 3")
class OpaqueHeader(LsaAge, Options2, OpaqueName, LsaRest):
    """The header of an opaque LSA."""


@header("ospf", "traffic engineering LSA header", "RFC 3630, section 2.2")
class TrafficHeader(LsaAge, Options2, TrafficName, LsaRest):
    """The header of a traffic engineering LSA."""


@header("ospf", "router LSA", "RFC 2328, section A.4.2; RFC 3101, RFC 8770")
class RouterLsa(Header):
    """What kind of router this is; its links follow."""

    host: int = flag("H", name="ospf.v2.router.lsa.flags.h", doc="host router", group=ROUTER_FLAGS, default=0)
    reserved_flags: int = unsigned(
        2, "reserved", name="ospf.v2.router.lsa.flags.reserved", group=ROUTER_FLAGS, default=0
    )
    translator: int = flag(
        "Nt", name="ospf.v2.router.lsa.flags.n", doc="NSSA translator", group=ROUTER_FLAGS, default=0
    )
    wildcard: int = flag(
        "W", name="ospf.v2.router.lsa.flags.w", doc="takes all multicast", group=ROUTER_FLAGS, default=0
    )
    virtual: int = flag(
        "V", name="ospf.v2.router.lsa.flags.v", doc="end of a virtual link", group=ROUTER_FLAGS, default=0
    )
    external: int = flag(
        "E", name="ospf.v2.router.lsa.flags.e", doc="AS boundary router", group=ROUTER_FLAGS, default=0
    )
    border: int = flag("B", name="ospf.v2.router.lsa.flags.b", doc="area border router", group=ROUTER_FLAGS, default=0)
    reserved: int = unsigned(8, style="hex", default=0)
    count: int = unsigned(16, "number of links", name="ospf.lsa.number_of_links")


@header("ospf.lsa.router", "link", "RFC 2328, section A.4.2")
class RouterLink(Header):
    """A link of the router; what ID and data mean depends on its type."""

    id: IPv4Address = ipv4_address("link ID", name="linkid")
    data: IPv4Address = ipv4_address("link data", name="linkdata")
    type: int = unsigned(8, "link type", name="linktype", registry=LinkType)
    metrics: int = unsigned(8, "number of TOS metrics", name="nummetrics", default=0)
    metric: int = unsigned(16, name="metric0")


@header("ospf.lsa.router", "TOS metric", "RFC 2328, section A.4.2")
class LinkMetric(Header):
    """What the link costs for another type of service, or in another topology (RFC 4915)."""

    tos: int = unsigned(8, "TOS", group=Group("ospf.ls.metric", "TOS metric"))
    reserved: int = unsigned(8, group=Group("ospf.ls.metric", "TOS metric"), default=0)
    metric: int = unsigned(16, group=Group("ospf.ls.metric", "TOS metric"))


@header("ospf.lsa.network", "network LSA", "RFC 2328, section A.4.3")
class NetworkLsa(Header):
    """The network of a designated router; the routers on it follow."""

    mask: IPv4Address = ipv4_address("network mask", name="netmask")


@header("ospf.lsa.network", "attached router", "RFC 2328, section A.4.3")
class AttachedRouter(Header):
    """A router on the network, fully adjacent to the designated one."""

    router: IPv4Address = ipv4_address("attached router", name="attchrtr")


@header("ospf.lsa.asbr", "summary LSA", "RFC 2328, section A.4.4")
class SummaryLsa(Header):
    """A network of another area, or with mask 0 an AS boundary router there; metrics follow."""

    mask: IPv4Address = ipv4_address("network mask", name="netmask")


@header("ospf.lsa.summary", "metric", "RFC 2328, section A.4.4")
class SummaryMetric(Header):
    """What it costs from the advertising router on."""

    tos: int = unsigned(8, "TOS", name="ospf.lsa.tos", default=0)
    metric: int = unsigned(24, name="ospf.metric")


@header("ospf.lsa.asext", "external LSA", "RFC 2328, section A.4.5")
class ExternalLsa(Header):
    """A network outside of the AS; ways to it follow."""

    mask: IPv4Address = ipv4_address("network mask", name="netmask")


@header("ospf.lsa.asext", "route", "RFC 2328, section A.4.5; RFC 3101")
class ExternalRoute(Header):
    """What it costs to get there, and by which way; type 2 counts for more than any path within the AS."""

    is_type_2: int = flag("type 2 metric", name="type", default=0)
    tos: int = unsigned(7, "TOS", name="ospf.lsa.tos", default=0)
    metric: int = unsigned(24, name="ospf.metric")
    forwarding: IPv4Address = ipv4_address("forwarding address", name="fwdaddr")
    tag: int = unsigned(32, "external route tag", name="extrttag", default=0)


@header("ospf.lsa.member", "vertex", "RFC 1584, section A.3")
class MemberVertex(Header):
    """A router (1) or a transit network (2) with members of the group that the link state ID names."""

    type: int = unsigned(32, "vertex type", registry=VertexType)
    id: IPv4Address = ipv4_address("vertex ID")


def _title(data: bytes, at: int) -> Title:
    kind = LsaType(data[at + 3])
    name = _NAMES.get(kind, "ospf.lsa.unknown")
    if kind in _OPAQUE_LSAS:
        opaque = OpaqueType(data[at + 4])
        number = int.from_bytes(data[at + 5 : at + 8], "big")
        return Title(name, opaque.words if opaque.is_assigned else f"opaque type {opaque.value}", str(number))
    return Title(name, kind.words, str(IPV4[data[at + 4 : at + 8]]))


def _header(sheet: Sheet, at: int) -> tuple[Part, Words]:
    kind: type[Header] = LsaHeader
    lsa_type = sheet.data[at + 3]
    if lsa_type == LsaType.NSSA_EXTERNAL:
        kind = NssaHeader
    elif lsa_type in _OPAQUE_LSAS:
        kind = TrafficHeader if sheet.data[at + 4] == OpaqueType.TRAFFIC_ENGINEERING else OpaqueHeader
    record = kind.unpacked(sheet.data, at)
    return Placed(record, at, at + kind.LAYOUT.size), partial(_words, sheet.data, at)


def _words(data: bytes, at: int) -> str:
    rest = LsaRest.unpacked(data, at + 8)
    age = int.from_bytes(data[at : at + 2], "big") & 0x7FFF
    return f"{_title(data, at).id} from {rest.advertising}, seq 0x{rest.sequence:08x}, age {age} s"


def _router(sheet: Sheet, at: int, stop: int) -> list[Part]:
    """A router's flags and links, each with its metrics."""
    parts = sheet.fixed(RouterLsa, at, stop)
    if at + RouterLsa.LAYOUT.size > stop:
        return parts
    announced = int.from_bytes(sheet.data[at + 2 : at + 4], "big")
    at, count = at + RouterLsa.LAYOUT.size, 0
    size = RouterLink.LAYOUT.size
    while at + size <= stop and count < announced and sheet.granted(1, at, "link and what follows it"):
        link = RouterLink.unpacked(sheet.data, at)
        end = min(stop, at + size + link.metrics * 4)
        inside = [Placed(link, at, at + size), *sheet.listed(LinkMetric, at + size, end, "TOS metrics")]
        words = f"{LinkType(link.type).words} {link.id}, data {link.data}, metric {link.metric}"
        parts.append(Branch("ospf.lsa.router.link", "link", at, end, tuple(inside), words))
        at, count = end, count + 1
    if count < announced and sheet.left:
        sheet.wrong(min(at, stop), f"{announced} links are announced, {count} are there")
    return parts + (sheet.bytes_left(at, stop) if sheet.left else [])


def _members(sheet: Sheet, at: int, stop: int) -> list[Part]:
    return sheet.listed(MemberVertex, at, stop, "vertices")


_summary = list_reader(SummaryLsa, SummaryMetric, "metrics")
_external = list_reader(ExternalLsa, ExternalRoute, "routes")

_BODIES: dict[int, Callable[[Sheet, int, int], list[Part]]] = {
    LsaType.ROUTER: _router,
    LsaType.NETWORK: list_reader(NetworkLsa, AttachedRouter, "routers"),
    LsaType.SUMMARY_NETWORK: _summary,
    LsaType.SUMMARY_ASBR: _summary,
    LsaType.AS_EXTERNAL: _external,
    LsaType.NSSA_EXTERNAL: _external,
    LsaType.GROUP_MEMBERSHIP: _members,
}


def _body(sheet: Sheet, at: int, start: int, stop: int) -> list[Part]:
    kind = sheet.data[at + 3]
    if kind in _OPAQUE_LSAS:
        opaque = OPAQUE.get(sheet.data[at + 4])
        if opaque is not None and start < stop:
            return [titled(opaque.name, opaque.title, start, stop, opaque.parts(sheet, start, stop))]
    read = _BODIES.get(kind)
    return sheet.bytes_left(start, stop) if read is None else read(sheet, start, stop)


LSAS2 = LsaReader(_title, _header, _body)
