"""The LSAs of OSPF version 3 (RFC 5340, appendix A.4), and which body belongs to which function code."""

from collections.abc import Callable
from functools import partial
from ipaddress import IPv4Address, IPv6Address

from app.packet.address import IPV4
from app.packet.dissection import Part, Placed
from app.packet.layout import Group, Header, Words, flag, header, ipv4_address, ipv6_address, octets, unsigned
from app.packet.ospf.lsa import LsaReader, Title
from app.packet.ospf.opaque import GRACE_TLVS
from app.packet.ospf.prefix import Attached, MetricPrefix, Prefix, ReferencePrefix, read_prefix, read_prefixes
from app.packet.ospf.registry import FunctionCode, LinkType
from app.packet.ospf.ri import INFORMATION_TLVS
from app.packet.ospf.sheet import Sheet, list_reader, titled, told
from app.packet.ospf.tlv import TlvTable, read_tlvs
from app.packet.ospf.v2lsas import LsaRest
from app.packet.ospf.v3extended import EXTENDED
from app.packet.ospf.v3packets import LsType, Options3, Reserved

ROUTER_FLAGS = Group("ospf.v3.router.lsa.flags", "flags")
EXTERNAL_FLAGS = Group("ospf.v3.as.external.flags", "flags")
#: The filter's names of whole LSAs, which find packets by what they hold.
_NAMES = {
    FunctionCode.ROUTER: "ospf.v3.lsa.router",
    FunctionCode.NETWORK: "ospf.v3.lsa.network",
    FunctionCode.INTER_AREA_PREFIX: "ospf.v3.lsa.interprefix",
    FunctionCode.INTER_AREA_ROUTER: "ospf.v3.lsa.interrouter",
    FunctionCode.AS_EXTERNAL: "ospf.v3.lsa.asext",
    FunctionCode.GROUP_MEMBERSHIP: "ospf.v3.lsa.member",
    FunctionCode.NSSA: "ospf.v3.lsa.nssa",
    FunctionCode.LINK: "ospf.v3.lsa.link",
    FunctionCode.INTRA_AREA_PREFIX: "ospf.v3.lsa.intraprefix",
    FunctionCode.ROUTER_INFORMATION: "ospf.v3.lsa.opaque",
    FunctionCode.GRACE: "ospf.v3.lsa.grace",
}


@header("ospf", "LSA age", "RFC 5340, section A.4.2")
class LsaAge3(Header):
    """How long ago the LSA was made."""

    do_not_age: int = flag("do not age", name="ospf.v3.lsa.do_not_age", default=0)
    age: int = unsigned(15, name="ospf.lsa.age", unit="s")


@header("ospf", "LSA name", "RFC 5340, section A.4.2")
class LsaName3(Header):
    """Tells it from others of its router; it means no address."""

    id: IPv4Address = ipv4_address("link state ID", name="link_state_id")


@header("ospf", "LSA header", "RFC 5340, section A.4.2")
class LsaHeader3(LsaAge3, LsType, LsaName3, LsaRest):
    """What every LSA starts with, and all that descriptions and acknowledgments hold of it."""


@header("ospf.v3.router.lsa", "flags", "RFC 5340, section A.4.3; RFC 3101, appendix B")
class RouterFlags(Header):
    """What kind of router it is."""

    reserved_flags: int = unsigned(
        3, "reserved", name="ospf.v3.router.lsa.flags.reserved", group=ROUTER_FLAGS, default=0
    )
    translator: int = flag(
        "Nt", name="ospf.v3.router.lsa.flags.n", doc="NSSA translator", group=ROUTER_FLAGS, default=0
    )
    wildcard: int = flag(
        "W", name="ospf.v3.router.lsa.flags.w", doc="takes all multicast", group=ROUTER_FLAGS, default=0
    )
    virtual: int = flag(
        "V", name="ospf.v3.router.lsa.flags.v", doc="end of a virtual link", group=ROUTER_FLAGS, default=0
    )
    boundary: int = flag(
        "E", name="ospf.v3.router.lsa.flags.e", doc="AS boundary router", group=ROUTER_FLAGS, default=0
    )
    border: int = flag("B", name="ospf.v3.router.lsa.flags.b", doc="area border router", group=ROUTER_FLAGS, default=0)


@header("ospf.v3.lsa", "router LSA", "RFC 5340, section A.4.3")
class RouterLsa3(RouterFlags, Options3):
    """What kind of router this is; its interfaces follow."""


@header("ospf.v3.lsa", "interface", "RFC 5340, section A.4.3")
class RouterInterface(Header):
    """A link of the router to another one or to a transit network."""

    type: int = unsigned(8, "link type", registry=LinkType)
    reserved: int = unsigned(8, name="ospf.reserved", default=0)
    metric: int = unsigned(16, name="ospf.metric")
    interface: int = unsigned(32, "interface ID", name="interface_id")
    neighbour_interface: int = unsigned(32, "neighbour interface ID", name="neighbor_interface_id")
    neighbour: IPv4Address = ipv4_address("neighbour router ID", name="neighbor_router_id")


@header("ospf.v3.lsa", "network LSA", "RFC 5340, section A.4.4")
class NetworkLsa3(Reserved, Options3):
    """The network of a designated router; the routers on it follow."""


@header("ospf.v3.lsa", "inter-area prefix LSA", "RFC 5340, section A.4.5")
class InterAreaPrefix(Header):
    """What a prefix of another area costs; the prefix follows."""

    reserved: int = unsigned(8, name="ospf.reserved", default=0)
    metric: int = unsigned(24, name="ospf.metric")


@header("ospf.v3.lsa", "inter-area router LSA", "RFC 5340, section A.4.6")
class InterAreaRouter(Reserved, Options3):
    """What an AS boundary router of another area costs."""

    reserved_middle: int = unsigned(8, "reserved", name="ospf.reserved", default=0)
    metric: int = unsigned(24, name="ospf.metric")
    router: IPv4Address = ipv4_address("destination router ID", name="destination_router_id")


@header("ospf.v3.lsa", "AS-external LSA", "RFC 5340, section A.4.7")
class ExternalLsa3(Header):
    """What a prefix outside of the AS costs; the prefix and what the flags announce follow."""

    reserved_flags: int = unsigned(
        5, "reserved", name="ospf.v3.as.external.flags.reserved", group=EXTERNAL_FLAGS, default=0
    )
    is_type_2: int = flag("E", name="ospf.v3.as.external.flags.e", doc="type 2 metric", group=EXTERNAL_FLAGS, default=0)
    has_address: int = flag(
        "F", name="ospf.v3.as.external.flags.f", doc="a forwarding address follows", group=EXTERNAL_FLAGS, default=0
    )
    has_tag: int = flag(
        "T", name="ospf.v3.as.external.flags.t", doc="an external route tag follows", group=EXTERNAL_FLAGS, default=0
    )
    metric: int = unsigned(24, name="ospf.metric")


@header("ospf.v3.lsa", "forwarding address", "RFC 5340, section A.4.7")
class ForwardingIpv6(Header):
    """Where packets for the prefix are sent."""

    address: IPv6Address = ipv6_address("forwarding address", name="ospf.v3.lsa.forwarding_address.ipv6")


@header("ospf.v3.lsa", "forwarding address", "RFC 5838, section 2.7")
class ForwardingIpv4(Header):
    """In an instance for IPv4 the address is the first four of the sixteen bytes."""

    address: IPv4Address = ipv4_address("forwarding address", name="ospf.v3.lsa.forwarding_address.ipv4")
    reserved: bytes = octets(12, name="ospf.reserved", default=bytes(12))


@header("ospf.v3.lsa", "external route tag", "RFC 5340, section A.4.7")
class RouteTag(Header):
    """For the AS boundary routers among themselves."""

    tag: int = unsigned(32, "external route tag", name="external_route_tag")


@header("ospf.v3.lsa", "referenced link state ID", "RFC 5340, section A.4.7")
class ReferencedId(Header):
    """Another LSA that says more."""

    id: IPv4Address = ipv4_address("referenced link state ID", name="referenced_link_state_id")


@header("ospf.v3.lsa", "link priority", "RFC 5340, section A.4.9")
class LinkPriority(Header):
    """How much the router wants to be the designated one."""

    priority: int = unsigned(8, "router priority", name="router_priority")


@header("ospf.v3.lsa", "link LSA", "RFC 5340, section A.4.9")
class LinkLsa(LinkPriority, Options3):
    """What a router tells those on one link; its address and prefixes follow."""


@header("ospf.v3.lsa", "link-local address", "RFC 5340, section A.4.9")
class LinkIpv6(Header):
    """The router's address on the link."""

    address: IPv6Address = ipv6_address(
        "link-local interface address", name="ospf.v3.lsa.link_local_interface_address.ipv6"
    )


@header("ospf.v3.lsa", "link address", "RFC 5838, section 2.6")
class LinkIpv4(Header):
    """In an instance for IPv4 the address is the first four of the sixteen bytes."""

    address: IPv4Address = ipv4_address("interface address", name="ospf.v3.lsa.link_local_interface_address.ipv4")
    reserved: bytes = octets(12, name="ospf.reserved", default=bytes(12))


@header("ospf.v3.lsa", "prefixes", "RFC 5340, section A.4.9")
class LinkPrefixes(Header):
    """How many prefixes follow."""

    count: int = unsigned(32, "number of prefixes", name="num_prefixes")


@header("ospf.v3.lsa", "intra-area prefix LSA", "RFC 5340, section A.4.10")
class IntraAreaPrefix(Header):
    """Whose prefixes they are that follow: a router's or a transit network's."""

    count: int = unsigned(16, "number of prefixes", name="num_prefixes")
    reference: int = unsigned(16, "referenced LS type", name="referenced_ls_type", style="hex")
    id: IPv4Address = ipv4_address("referenced link state ID", name="referenced_link_state_id")
    router: IPv4Address = ipv4_address("referenced advertising router", name="referenced_advertising_router")


def _title(data: bytes, at: int) -> Title:
    code = FunctionCode((data[at + 2] << 8 | data[at + 3]) & 0x1FFF)
    name = _NAMES.get(code, "ospf.v3.lsa.unknown")
    return Title(name, code.words, str(IPV4[data[at + 8 : at + 12]]))


def _header(sheet: Sheet, at: int) -> tuple[Part, Words]:
    record = LsaHeader3.unpacked(sheet.data, at)
    return Placed(record, at, at + LsaHeader3.LAYOUT.size), partial(_words, record)


def _words(record: LsaHeader3) -> str:
    return f"{record.id} from {record.advertising}, seq 0x{record.sequence:08x}, age {record.age} s"


def _wide_address(ipv6: type[Header], ipv4: type[Header], sheet: Sheet, at: int, stop: int) -> list[Part]:
    """Sixteen bytes for an address of either version; over IPv4's stands the heading that IPv6's would be."""
    if sheet.address_version == 6 or at + 16 > stop:
        return sheet.fixed(ipv6, at, stop)
    field = ipv6.LAYOUT.fields[0]
    return [told(field.name, field.label, at, at + 16, sheet.fixed(ipv4, at, stop), at)]


def _inter_area_prefix(sheet: Sheet, at: int, stop: int) -> list[Part]:
    parts = sheet.fixed(InterAreaPrefix, at, stop)
    behind = at + InterAreaPrefix.LAYOUT.size
    return parts + (read_prefixes(sheet, Prefix, behind, stop, 1) if behind <= stop else [])


def _external(sheet: Sheet, at: int, stop: int) -> list[Part]:
    """An external or NSSA LSA: the flags say which parts follow the prefix."""
    parts = sheet.fixed(ExternalLsa3, at, stop)
    behind = at + ExternalLsa3.LAYOUT.size
    if behind + ReferencePrefix.LAYOUT.size > stop:
        return parts + (sheet.fixed(ReferencePrefix, behind, stop) if behind <= stop else [])
    flags = ExternalLsa3.unpacked(sheet.data, at)
    has_reference = any(sheet.data[behind + 2 : behind + 4])
    prefix, behind = read_prefix(sheet, ReferencePrefix, behind, stop)
    parts.append(prefix)
    if flags.has_address:
        parts += _wide_address(ForwardingIpv6, ForwardingIpv4, sheet, behind, stop)
        behind += ForwardingIpv6.LAYOUT.size
    for is_there, kind in ((flags.has_tag, RouteTag), (has_reference, ReferencedId)):
        if is_there and behind < stop:
            parts += sheet.fixed(kind, behind, stop)
            behind += kind.LAYOUT.size
    return parts + sheet.bytes_left(behind, stop)


def _link(sheet: Sheet, at: int, stop: int) -> list[Part]:
    parts = sheet.fixed(LinkLsa, at, stop)
    at += LinkLsa.LAYOUT.size
    if at < stop:
        parts += _wide_address(LinkIpv6, LinkIpv4, sheet, at, stop)
    at += LinkIpv6.LAYOUT.size
    if at >= stop:
        return parts
    count = int.from_bytes(sheet.data[at : min(at + 4, stop)], "big")
    parts += sheet.fixed(LinkPrefixes, at, stop)
    behind = at + LinkPrefixes.LAYOUT.size
    return parts + (read_prefixes(sheet, Prefix, behind, stop, count) if behind <= stop else [])


def _intra_area_prefix(sheet: Sheet, at: int, stop: int) -> list[Part]:
    parts = sheet.fixed(IntraAreaPrefix, at, stop)
    if at + IntraAreaPrefix.LAYOUT.size > stop:
        return parts
    count = int.from_bytes(sheet.data[at : at + 2], "big")
    return parts + read_prefixes(sheet, MetricPrefix, at + IntraAreaPrefix.LAYOUT.size, stop, count)


def _tlvs(name: str, title: str, table: TlvTable) -> Callable[[Sheet, int, int], list[Part]]:
    """What reads a body that is TLVs, under a heading."""

    def read(sheet: Sheet, at: int, stop: int) -> list[Part]:
        return [titled(name, title, at, stop, read_tlvs(sheet, table, at, stop))] if at < stop else []

    return read


_BODIES: dict[int, Callable[[Sheet, int, int], list[Part]]] = {
    FunctionCode.ROUTER: list_reader(RouterLsa3, RouterInterface, "interfaces"),
    FunctionCode.NETWORK: list_reader(NetworkLsa3, Attached, "routers"),
    FunctionCode.INTER_AREA_PREFIX: _inter_area_prefix,
    FunctionCode.INTER_AREA_ROUTER: lambda sheet, at, stop: sheet.fixed(InterAreaRouter, at, stop),
    FunctionCode.AS_EXTERNAL: _external,
    FunctionCode.NSSA: _external,
    FunctionCode.LINK: _link,
    FunctionCode.INTRA_AREA_PREFIX: _intra_area_prefix,
    FunctionCode.GRACE: _tlvs("ospf.lsa.grace", "graceful restart", GRACE_TLVS),
    FunctionCode.ROUTER_INFORMATION: _tlvs("ospf.lsa.ri", "router information", INFORMATION_TLVS),
    **EXTENDED,
}


def _body(sheet: Sheet, at: int, start: int, stop: int) -> list[Part]:
    code = (sheet.data[at + 2] << 8 | sheet.data[at + 3]) & 0x1FFF
    read = _BODIES.get(code)
    return sheet.bytes_left(start, stop) if read is None else read(sheet, start, stop)


LSAS3 = LsaReader(_title, _header, _body)
