"""Extended prefix and link LSAs of OSPF version 2: attributes and segments (RFC 7684, 8665, 8920, 8379, 8510, 9350).

https://www.iana.org/assignments/ospfv2-parameters (OSPFv2 extended prefix and extended link TLVs)
"""

from ipaddress import IPv4Address

from app.packet.dissection import Part
from app.packet.layout import Group, Header, flag, header, ipv4_address, octets, unsigned
from app.packet.ospf import te
from app.packet.ospf.registry import Algorithm, LinkType
from app.packet.ospf.ri import SID, SidDepth
from app.packet.ospf.sheet import Sheet
from app.packet.ospf.tlv import TlvTable, Value, read_tlvs
from app.packet.registry import Registry

PREFIX_FLAGS = Group("ospf.tlv.extpfx.flags", "flags")
RANGE_FLAGS = Group("ospf.tlv.extpfx_range.flags", "flags")
SID_FLAGS = Group("ospf.tlv.pfxsid.flags", "flags")
ADJACENCY_FLAGS = Group("ospf.tlv.adjsid.flags", "flags")
APPLICATIONS = Group("ospf.tlv.application.sabm.bits", "standard applications")
#: Wireshark shows values that it does not read as bytes under this name; so do we, with the fields inside.
_WHOLE = "ospf.tlv_value"


class PrefixTlv(Registry):
    """https://www.iana.org/assignments/ospfv2-parameters (extended prefix TLVs)"""

    EXTENDED_PREFIX = 1
    EXTENDED_PREFIX_RANGE = 2


class PrefixSubTlv(Registry):
    """https://www.iana.org/assignments/ospfv2-parameters (extended prefix sub-TLVs)"""

    SID_LABEL = 1
    PREFIX_SID = 2
    FLEX_ALGORITHM_PREFIX_METRIC = 3


class LinkTlv(Registry):
    """https://www.iana.org/assignments/ospfv2-parameters (extended link TLVs)"""

    EXTENDED_LINK = 1


class LinkSubTlv(Registry):
    """https://www.iana.org/assignments/ospfv2-parameters (extended link sub-TLVs)"""

    SID_LABEL = 1
    ADJ_SID = 2
    LAN_ADJ_SID = 3
    NETWORK_TO_ROUTER_TE_METRIC = 4
    RTM_CAPABILITY = 5
    LINK_MSD = 6
    GRACEFUL_LINK_SHUTDOWN = 7
    REMOTE_IPV4_ADDRESS = 8
    LOCAL_REMOTE_INTERFACE_ID = 9
    APPLICATION_SPECIFIC_LINK_ATTRIBUTES = 10
    SHARED_RISK_LINK_GROUP = 11
    UNIDIRECTIONAL_LINK_DELAY = 12
    MIN_MAX_UNIDIRECTIONAL_LINK_DELAY = 13
    UNIDIRECTIONAL_DELAY_VARIATION = 14
    UNIDIRECTIONAL_LINK_LOSS = 15
    UNIDIRECTIONAL_RESIDUAL_BANDWIDTH = 16
    UNIDIRECTIONAL_AVAILABLE_BANDWIDTH = 17
    UNIDIRECTIONAL_UTILIZED_BANDWIDTH = 18
    ADMINISTRATIVE_GROUP = 19
    EXTENDED_ADMINISTRATIVE_GROUP = 20
    TE_METRIC = 22
    MAXIMUM_LINK_BANDWIDTH = 23


class RouteType(Registry):
    """RFC 7684, section 2.1."""

    UNSPECIFIED = 0
    INTRA_AREA = 1
    INTER_AREA = 3
    AS_EXTERNAL = 5
    NSSA_EXTERNAL = 7


class AddressFamily(Registry):
    """RFC 7684, section 2.1."""

    IPV4_UNICAST = 0


@header("ospf", "extended prefix TLV", "RFC 7684, section 2.1")
class PrefixHead(Header):
    """Type and length."""

    type: int = unsigned(16, name="ospf.tlv.extpfx.tlv_type", registry=PrefixTlv)
    length: int = unsigned(16, name="tlv_length", unit="bytes")


@header("ospf", "extended prefix sub-TLV", "RFC 7684, section 2.1")
class PrefixSubHead(Header):
    """Type and length."""

    type: int = unsigned(16, name="ospf.tlv.extpfx.subtlv_type", registry=PrefixSubTlv)
    length: int = unsigned(16, name="tlv_length", unit="bytes")


@header("ospf", "extended link TLV", "RFC 7684, section 3.1")
class LinkHead(Header):
    """Type and length."""

    type: int = unsigned(16, name="ospf.tlv.extlink.tlv_type", registry=LinkTlv)
    length: int = unsigned(16, name="tlv_length", unit="bytes")


@header("ospf", "extended link sub-TLV", "RFC 7684, section 3.1")
class LinkSubHead(Header):
    """Type and length."""

    type: int = unsigned(16, name="ospf.tlv.extlink.subtlv_type", registry=LinkSubTlv)
    length: int = unsigned(16, name="tlv_length", unit="bytes")


@header("ospf", "link attribute", "RFC 8920, section 5")
class AttributeHead(Header):
    """Type and length of an attribute that only some applications use."""

    type: int = unsigned(16, name="ospf.tlv.application.subtlv_type", registry=LinkSubTlv)
    length: int = unsigned(16, name="tlv_length", unit="bytes")


@header("ospf.tlv.extpfx", "extended prefix", "RFC 7684, section 2.1")
class ExtendedPrefix(Header):
    """Which prefix; the address and sub-TLVs follow."""

    route: int = unsigned(8, "route type", name="rotuetype", registry=RouteType)
    prefix_length: int = unsigned(8, name="ospf.prefix_length", unit="bits")
    family: int = unsigned(8, "address family", name="af", registry=AddressFamily)
    attached: int = flag("A", name="ospf.tlv.extpfx.flags.a", doc="attached", group=PREFIX_FLAGS, default=0)
    node: int = flag("N", name="ospf.tlv.extpfx.flags.n", doc="names a node", group=PREFIX_FLAGS, default=0)
    reserved: int = unsigned(6, name="ospf.tlv.extpfx.flags.unknown", group=PREFIX_FLAGS, default=0)


@header("ospf.tlv.extpfx_range", "extended prefix range", "RFC 8665, section 4")
class PrefixRange(Header):
    """A run of prefixes of one length; the first address and sub-TLVs follow."""

    prefix_length: int = unsigned(8, name="ospf.prefix_length", unit="bits")
    family: int = unsigned(8, "address family", name="ospf.tlv.extpfx.af", registry=AddressFamily)
    size: int = unsigned(16, "range size", name="ospf.tlv.range_size")
    inter_area: int = flag("IA", name="ospf.tlv.extpfx_range.flags.ia", doc="inter-area", group=RANGE_FLAGS, default=0)
    reserved: int = unsigned(7, name="ospf.tlv.extpfx_range.flags.unknown", group=RANGE_FLAGS, default=0)
    reserved_end: bytes = octets(3, "reserved", name="ospf.reserved", default=bytes(3))


@header("ospf", "prefix", "RFC 7684, section 2.1")
class Prefix4(Header):
    """ "The prefix itself encoded as a 32-bit value"."""

    address: IPv4Address = ipv4_address("address prefix", name="ospf.v3.address_prefix.ipv4")


@header("ospf.tlv.pfxsid", "prefix SID", "RFC 8665, section 5")
class PrefixSid(Header):
    """The segment that leads to the prefix; label or index follows."""

    reserved_flag: int = flag("reserved", name="ospf.tlv.pfxsid.flags.reserved", group=SID_FLAGS, default=0)
    no_popping: int = flag(
        "NP", name="ospf.tlv.pfxsid.flags.np", doc="no penultimate hop popping", group=SID_FLAGS, default=0
    )
    mapping: int = flag("M", name="ospf.tlv.pfxsid.flags.m", doc="from a mapping server", group=SID_FLAGS, default=0)
    null: int = flag("E", name="ospf.tlv.pfxsid.flags.e", doc="explicit null", group=SID_FLAGS, default=0)
    value: int = flag("V", name="ospf.tlv.pfxsid.flags.v", doc="a label, no index", group=SID_FLAGS, default=0)
    local: int = flag("L", name="ospf.tlv.pfxsid.flags.l", doc="local meaning", group=SID_FLAGS, default=0)
    reserved_flags: int = unsigned(2, "reserved", name="ospf.tlv.pfxsid.flags.unknown", group=SID_FLAGS, default=0)
    reserved: int = unsigned(8, name="ospf.reserved", default=0)
    topology: int = unsigned(8, "topology ID", name="ospf.tlv.extlink.mt_id", default=0)
    algorithm: int = unsigned(8, name="ospf.lsa_sa", registry=Algorithm, default=0)


@header("ospf.tlv", "prefix metric", "RFC 9350, section 9")
class FlexibleMetric(Header):
    """What the prefix costs by a flexible algorithm."""

    algorithm: int = unsigned(8, "flexible algorithm", name="ospf.tlv.fapm.flex_algorithm")
    flags: int = unsigned(8, name="ospf.tlv.fapm.flags", style="hex", default=0)
    reserved: int = unsigned(16, name="ospf.tlv.fapm.reserved", default=0)
    metric: int = unsigned(32, name="ospf.tlv.fapm.metric")


@header("ospf.lsa.router", "extended link", "RFC 7684, section 3.1")
class ExtendedLink(Header):
    """Which link of the router LSA; sub-TLVs follow."""

    type: int = unsigned(8, "link type", name="linktype", registry=LinkType)
    reserved: bytes = octets(3, name="ospf.reserved", default=bytes(3))
    id: IPv4Address = ipv4_address("link ID", name="linkid")
    data: IPv4Address = ipv4_address("link data", name="linkdata")


@header("ospf.tlv.adjsid", "adjacency SID", "RFC 8665, section 6.1")
class AdjacencySid(Header):
    """The segment over the link; label or index follows."""

    backup: int = flag("B", name="ospf.tlv.adjsid.flags.b", doc="protected", group=ADJACENCY_FLAGS, default=0)
    value: int = flag("V", name="ospf.tlv.adjsid.flags.v", doc="a label, no index", group=ADJACENCY_FLAGS, default=0)
    local: int = flag("L", name="ospf.tlv.adjsid.flags.l", doc="local meaning", group=ADJACENCY_FLAGS, default=0)
    grouped: int = flag("G", name="ospf.tlv.adjsid.flags.g", doc="of a group", group=ADJACENCY_FLAGS, default=0)
    persistent: int = flag("P", name="ospf.tlv.adjsid.flags.p", doc="persistent", group=ADJACENCY_FLAGS, default=0)
    reserved_flags: int = unsigned(
        3, "reserved", name="ospf.tlv.adjsid.flags.unknown", group=ADJACENCY_FLAGS, default=0
    )
    reserved: int = unsigned(8, name="ospf.reserved", default=0)
    topology: int = unsigned(8, "topology ID", name="ospf.tlv.extlink.mt_id", default=0)
    weight: int = unsigned(8, name="ospf.tlv.extlink.weight", default=0)


@header("ospf.tlv.adjsid", "LAN adjacency SID", "RFC 8665, section 6.2")
class LanAdjacencySid(AdjacencySid):
    """The same to a neighbour on a LAN that is not the designated router."""

    neighbour: IPv4Address = ipv4_address("neighbour ID", name="ospf.tlv.extlink.nbr")


@header("ospf.tlv", "remote address", "RFC 8379, section 4.2")
class RemoteIpv4(Header):
    """The address at the other end of the link."""

    address: IPv4Address = ipv4_address("remote IPv4 address", name="remote_ipv4_address")


@header("ospf.tlv", "interface IDs", "RFC 8379, section 4.3")
class InterfaceIds(Header):
    """The numbers of both ends of the link."""

    local: int = unsigned(32, "local interface ID", name="local_interface_id")
    remote: int = unsigned(32, "remote interface ID", name="remote_interface_id")


@header("ospf.tlv.application", "applications", "RFC 8920, section 5")
class ApplicationMasks(Header):
    """How long the masks of applications are that follow."""

    standard: int = unsigned(8, "standard mask length", name="ospf.tlv.application.sabm.length", unit="bytes")
    own: int = unsigned(8, "user-defined mask length", name="ospf.tlv.application.udabm.length", unit="bytes")
    reserved: bytes = octets(2, name="ospf.reserved", default=b"\0\0")


@header("ospf.tlv.application", "standard applications", "RFC 8920, section 5")
class StandardApplications(Header):
    """Which applications the attributes are for."""

    reservation: int = flag("R", name="ospf.tlv.application.sabm.bits.r", doc="RSVP-TE", group=APPLICATIONS, default=0)
    policy: int = flag("S", name="ospf.tlv.application.sabm.bits.s", doc="SR policy", group=APPLICATIONS, default=0)
    alternate: int = flag(
        "F", name="ospf.tlv.application.sabm.bits.f", doc="loop-free alternate", group=APPLICATIONS, default=0
    )
    flexible: int = flag(
        "X", name="ospf.tlv.application.sabm.bits.x", doc="flexible algorithm", group=APPLICATIONS, default=0
    )
    reserved: int = unsigned(4, name="ospf.tlv.application.sabm.bits.reserved", group=APPLICATIONS, default=0)


def _prefix(sheet: Sheet, at: int, stop: int) -> list[Part]:
    """The address behind the fixed part, and the sub-TLVs behind that."""
    behind = at + Prefix4.LAYOUT.size
    parts = sheet.fixed(Prefix4, at, stop) if at < stop else []
    return parts + (read_tlvs(sheet, _PREFIX_SUB_TLVS, behind, stop) if behind < stop else [])


def _application_attributes(sheet: Sheet, at: int, stop: int) -> list[Part]:
    """The masks, as long as the fixed part before them says, and the attributes."""
    head = at - ApplicationMasks.LAYOUT.size
    if at >= stop:
        return []
    own = min(stop, at + sheet.data[head])
    attributes = min(stop, own + sheet.data[head + 1])
    parts: list[Part] = []
    if at < own:
        parts += sheet.fixed(StandardApplications, at, own)
        parts += sheet.bytes_left(at + 1, own, "ospf.tlv.application.sabm.reserved", "unassigned applications")
    parts += sheet.bytes_left(own, attributes, "ospf.tlv.application.udabm.bits", "user-defined applications")
    return parts + read_tlvs(sheet, _ATTRIBUTES, attributes, stop)


def _attributes(whole: str) -> dict[int, Value]:
    """Attributes of a link; `whole` names a heading over the values that are shown as bytes elsewhere."""
    return {
        LinkSubTlv.UNIDIRECTIONAL_LINK_DELAY: Value("link delay", te.LinkDelay, whole=whole),
        LinkSubTlv.MIN_MAX_UNIDIRECTIONAL_LINK_DELAY: Value(
            "minimum and maximum link delay", te.LeastAndMostDelay, whole=whole
        ),
        LinkSubTlv.UNIDIRECTIONAL_DELAY_VARIATION: Value("delay variation", te.DelayVariation, whole=whole),
        LinkSubTlv.ADMINISTRATIVE_GROUP: Value("administrative group", te.ApplicationGroup, whole=whole),
        LinkSubTlv.EXTENDED_ADMINISTRATIVE_GROUP: Value(
            "extended administrative groups", each=te.ExtendedGroups, whole=whole
        ),
        LinkSubTlv.TE_METRIC: Value("TE metric", te.TrafficMetric, whole=whole),
        LinkSubTlv.SHARED_RISK_LINK_GROUP: Value("shared risk link groups", each=te.RiskGroup, whole=_WHOLE),
        LinkSubTlv.UNIDIRECTIONAL_LINK_LOSS: Value("link loss", te.LinkLoss, whole=_WHOLE),
        LinkSubTlv.UNIDIRECTIONAL_RESIDUAL_BANDWIDTH: Value("residual bandwidth", te.Bandwidth, whole=_WHOLE),
        LinkSubTlv.UNIDIRECTIONAL_AVAILABLE_BANDWIDTH: Value("available bandwidth", te.Bandwidth, whole=_WHOLE),
        LinkSubTlv.UNIDIRECTIONAL_UTILIZED_BANDWIDTH: Value("utilized bandwidth", te.Bandwidth, whole=_WHOLE),
        LinkSubTlv.MAXIMUM_LINK_BANDWIDTH: Value("maximum bandwidth", te.Bandwidth, whole=_WHOLE),
    }


_ATTRIBUTES = TlvTable(AttributeHead, _attributes(""), "ospf.tlv.application")

_PREFIX_SUB_TLVS = TlvTable(
    PrefixSubHead,
    {
        PrefixSubTlv.SID_LABEL: Value("SID/label", tail=SID, whole=_WHOLE),
        PrefixSubTlv.PREFIX_SID: Value("prefix SID", PrefixSid, tail=SID),
        PrefixSubTlv.FLEX_ALGORITHM_PREFIX_METRIC: Value("flexible algorithm metric", FlexibleMetric, whole=_WHOLE),
    },
    "ospf.tlv.extpfx.subtlv",
)

PREFIX_TLVS = TlvTable(
    PrefixHead,
    {
        PrefixTlv.EXTENDED_PREFIX: Value("extended prefix", ExtendedPrefix, tail=_prefix),
        PrefixTlv.EXTENDED_PREFIX_RANGE: Value("extended prefix range", PrefixRange, tail=_prefix),
    },
    "ospf.tlv.extpfx",
    rest="ospf.tlv.unknown",
)

_LINK_SUB_TLVS = TlvTable(
    LinkSubHead,
    {
        **_attributes(_WHOLE),
        LinkSubTlv.SID_LABEL: Value("SID/label", tail=SID, whole=_WHOLE),
        LinkSubTlv.ADJ_SID: Value("adjacency SID", AdjacencySid, tail=SID),
        LinkSubTlv.LAN_ADJ_SID: Value("LAN adjacency SID", LanAdjacencySid, tail=SID),
        LinkSubTlv.NETWORK_TO_ROUTER_TE_METRIC: Value("TE metric to the router", te.TrafficMetric, whole=_WHOLE),
        LinkSubTlv.LINK_MSD: Value("link MSD", each=SidDepth),
        LinkSubTlv.GRACEFUL_LINK_SHUTDOWN: Value("graceful link shutdown"),
        LinkSubTlv.REMOTE_IPV4_ADDRESS: Value("remote IPv4 address", RemoteIpv4),
        LinkSubTlv.LOCAL_REMOTE_INTERFACE_ID: Value("interface IDs", InterfaceIds),
        LinkSubTlv.APPLICATION_SPECIFIC_LINK_ATTRIBUTES: Value(
            "application-specific attributes", ApplicationMasks, tail=_application_attributes
        ),
    },
    "ospf.tlv.extlink.subtlv",
)

LINK_TLVS = TlvTable(
    LinkHead,
    {LinkTlv.EXTENDED_LINK: Value("extended link", ExtendedLink, below=_LINK_SUB_TLVS)},
    "ospf.tlv.extlink",
    rest="ospf.tlv.unknown",
)
