"""Extended LSAs of OSPF version 3: the same as RFC 5340's, as TLVs that can be added to (RFC 8362).

https://www.iana.org/assignments/ospfv3-parameters (OSPFv3 extended-LSA TLVs and sub-TLVs)
"""

from collections.abc import Callable
from functools import partial
from ipaddress import IPv4Address, IPv6Address

from app.packet.dissection import Part
from app.packet.layout import Group, Header, flag, header, ipv4_address, ipv6_address, unsigned
from app.packet.ospf.prefix import Attached, Prefix, address_end, address_span
from app.packet.ospf.registry import FunctionCode, LinkType
from app.packet.ospf.sheet import Sheet
from app.packet.ospf.tlv import TlvTable, Value, read_tlvs
from app.packet.ospf.v3packets import Options3, Reserved
from app.packet.registry import Registry

EXTERNAL_FLAGS = Group("ospf.v3.as.external.flags", "flags")


class ExtendedTlv(Registry):
    """https://www.iana.org/assignments/ospfv3-parameters (extended-LSA TLVs)"""

    ROUTER_LINK = 1
    ATTACHED_ROUTERS = 2
    INTER_AREA_PREFIX = 3
    INTER_AREA_ROUTER = 4
    EXTERNAL_PREFIX = 5
    INTRA_AREA_PREFIX = 6
    IPV6_LINK_LOCAL_ADDRESS = 7
    IPV4_LINK_LOCAL_ADDRESS = 8


class ExtendedSubTlv(Registry):
    """https://www.iana.org/assignments/ospfv3-parameters (extended-LSA sub-TLVs)"""

    IPV6_FORWARDING_ADDRESS = 1
    IPV4_FORWARDING_ADDRESS = 2
    ROUTE_TAG = 3
    PREFIX_SID = 4
    ADJ_SID = 5
    LAN_ADJ_SID = 6
    SID_LABEL = 7


@header("ospf", "extended LSA TLV", "RFC 8362, section 3")
class ExtendedHead(Header):
    """Type and length."""

    type: int = unsigned(16, name="ospf.v3.tlv_type", registry=ExtendedTlv)
    length: int = unsigned(16, name="tlv_length", unit="bytes")


@header("ospf", "extended LSA sub-TLV", "RFC 8362, section 3")
class ExtendedSubHead(Header):
    """Type and length."""

    type: int = unsigned(16, name="ospf.v3.subtlv_type", registry=ExtendedSubTlv)
    length: int = unsigned(16, name="tlv_length", unit="bytes")


@header("ospf.v3.lsa", "router link", "RFC 8362, section 3.2")
class RouterLinkTlv(Header):
    """A link of the router."""

    type: int = unsigned(8, "link type", registry=LinkType)
    reserved: int = unsigned(8, name="ospf.reserved", default=0)
    metric: int = unsigned(16, name="ospf.metric")
    interface: int = unsigned(32, "interface ID", name="interface_id")
    neighbour_interface: int = unsigned(32, "neighbour interface ID", name="neighbor_interface_id")
    neighbour: IPv4Address = ipv4_address("neighbour router ID", name="neighbor_router_id")


@header("ospf.v3.lsa", "metric", "RFC 8362, section 3.4")
class PrefixMetric(Header):
    """What a prefix costs."""

    reserved_front: int = unsigned(8, "reserved", name="ospf.reserved", default=0)
    metric: int = unsigned(24, name="ospf.metric")


@header("ospf.v3.lsa", "prefix", "RFC 8362, section 3.4")
class PricedPrefix(PrefixMetric, Prefix):
    """A prefix of this or another area; the address and sub-TLVs follow."""


@header("ospf.v3.lsa", "metric", "RFC 8362, section 3.6")
class ExternalMetric(Header):
    """What a prefix outside of the AS costs."""

    reserved_flags: int = unsigned(
        5, "reserved", name="ospf.v3.as.external.flags.reserved", group=EXTERNAL_FLAGS, default=0
    )
    is_type_2: int = flag("E", name="ospf.v3.as.external.flags.e", doc="type 2 metric", group=EXTERNAL_FLAGS, default=0)
    unused_flags: int = unsigned(
        2, "reserved", name="ospf.v3.as.external.flags.reserved", group=EXTERNAL_FLAGS, default=0
    )
    metric: int = unsigned(24, name="ospf.metric")


@header("ospf.v3.lsa", "external prefix", "RFC 8362, section 3.6")
class ExternalPrefix(ExternalMetric, Prefix):
    """A prefix outside of the AS; the address and sub-TLVs follow."""


@header("ospf.v3.lsa", "inter-area router", "RFC 8362, section 3.5")
class InterAreaRouterTlv(Reserved, Options3):
    """An AS boundary router of another area."""

    reserved_middle: int = unsigned(8, "reserved", name="ospf.reserved", default=0)
    metric: int = unsigned(24, name="ospf.metric")
    router: IPv4Address = ipv4_address("destination router ID", name="destination_router_id")


@header("ospf.v3.lsa", "address", "RFC 8362, section 3.8")
class ExtendedIpv6(Header):
    """A link-local or forwarding address."""

    address: IPv6Address = ipv6_address("IPv6 address", name="extended_ipv6")


@header("ospf.v3.lsa", "address", "RFC 8362, section 3.9")
class ExtendedIpv4(Header):
    """A link-local or forwarding address."""

    address: IPv4Address = ipv4_address("IPv4 address", name="extended_ipv4")


@header("ospf.v3.lsa", "route tag", "RFC 8362, section 3.12")
class ExtendedTag(Header):
    """For the AS boundary routers among themselves."""

    tag: int = unsigned(32, "route tag", name="external_route_tag")


@header("ospf.v3.lsa", "E-router LSA", "RFC 8362, section 4.1")
class ExtendedFront(Header):
    """Flags of the router, or its priority on the link."""

    front: int = unsigned(8, "flags or priority", name="extended_front", style="hex", default=0)


@header("ospf.v3.lsa", "extended LSA", "RFC 8362, section 4")
class ExtendedOptions(ExtendedFront, Options3):
    """What stands before the TLVs of E-router, E-network and E-link LSAs."""


@header("ospf.v3.lsa", "E-intra-area prefix LSA", "RFC 8362, section 4.8")
class ExtendedReference(Header):
    """Whose prefixes they are that follow."""

    reserved: int = unsigned(16, name="ospf.reserved", default=0)
    reference: int = unsigned(16, "referenced LS type", name="referenced_ls_type", style="hex")
    id: IPv4Address = ipv4_address("referenced link state ID", name="referenced_link_state_id")
    router: IPv4Address = ipv4_address("referenced advertising router", name="referenced_advertising_router")


def _address(sheet: Sheet, at: int, stop: int) -> list[Part]:
    """The address of the prefix whose fixed part ends at `at`, and sub-TLVs."""
    bits = sheet.data[at - Prefix.LAYOUT.size] if at < stop else 0
    end = address_end(sheet, at, stop, bits)
    return address_span(sheet, at, end, bits) + read_tlvs(sheet, _SUB_TLVS, end, stop)


def _below(sheet: Sheet, at: int, stop: int) -> list[Part]:
    return read_tlvs(sheet, _SUB_TLVS, at, stop)


_SUB_TLVS = TlvTable(
    ExtendedSubHead,
    {
        ExtendedSubTlv.IPV6_FORWARDING_ADDRESS: Value("IPv6 forwarding address", ExtendedIpv6),
        ExtendedSubTlv.IPV4_FORWARDING_ADDRESS: Value("IPv4 forwarding address", ExtendedIpv4),
        ExtendedSubTlv.ROUTE_TAG: Value("route tag", ExtendedTag),
        ExtendedSubTlv.PREFIX_SID: Value("prefix SID"),
        ExtendedSubTlv.ADJ_SID: Value("adjacency SID"),
        ExtendedSubTlv.LAN_ADJ_SID: Value("LAN adjacency SID"),
        ExtendedSubTlv.SID_LABEL: Value("SID/label"),
    },
    "ospf.v3.subtlv",
)
_TLVS = TlvTable(
    ExtendedHead,
    {
        ExtendedTlv.ROUTER_LINK: Value("router link", RouterLinkTlv, tail=_below),
        ExtendedTlv.ATTACHED_ROUTERS: Value("attached routers", each=Attached),
        ExtendedTlv.INTER_AREA_PREFIX: Value("inter-area prefix", PricedPrefix, tail=_address),
        ExtendedTlv.INTER_AREA_ROUTER: Value("inter-area router", InterAreaRouterTlv, tail=_below),
        ExtendedTlv.EXTERNAL_PREFIX: Value("external prefix", ExternalPrefix, tail=_address),
        ExtendedTlv.INTRA_AREA_PREFIX: Value("intra-area prefix", PricedPrefix, tail=_address),
        ExtendedTlv.IPV6_LINK_LOCAL_ADDRESS: Value("IPv6 link-local address", ExtendedIpv6, tail=_below),
        ExtendedTlv.IPV4_LINK_LOCAL_ADDRESS: Value("IPv4 link-local address", ExtendedIpv4, tail=_below),
    },
    "ospf.v3.tlv",
)


def _extended(kind: type[Header] | None, sheet: Sheet, at: int, stop: int) -> list[Part]:
    """A fixed part, if any, and TLVs."""
    if kind is None:
        return read_tlvs(sheet, _TLVS, at, stop)
    return sheet.fixed(kind, at, stop) + read_tlvs(sheet, _TLVS, at + kind.LAYOUT.size, stop)


#: How the bodies of extended LSAs are read, by function code.
EXTENDED: dict[int, Callable[[Sheet, int, int], list[Part]]] = {
    FunctionCode.E_ROUTER: partial(_extended, ExtendedOptions),
    FunctionCode.E_NETWORK: partial(_extended, ExtendedOptions),
    FunctionCode.E_INTER_AREA_PREFIX: partial(_extended, None),
    FunctionCode.E_INTER_AREA_ROUTER: partial(_extended, None),
    FunctionCode.E_AS_EXTERNAL: partial(_extended, None),
    FunctionCode.E_NSSA: partial(_extended, None),
    FunctionCode.E_LINK: partial(_extended, ExtendedOptions),
    FunctionCode.E_INTRA_AREA_PREFIX: partial(_extended, ExtendedReference),
}
