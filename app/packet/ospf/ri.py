"""What a router tells of itself: router information LSAs of both versions (RFC 7770, 5642, 8665, 9350 and others).

https://www.iana.org/assignments/ospf-parameters (OSPF router information TLVs)
"""

from ipaddress import IPv4Address, IPv6Address

from app.packet.dissection import Part
from app.packet.layout import Group, Header, flag, header, ipv4_address, ipv6_address, unsigned
from app.packet.ospf.registry import Algorithm, MsdType
from app.packet.ospf.sheet import Sheet, told
from app.packet.ospf.te import ExtendedGroups, RiskGroup
from app.packet.ospf.tlv import TlvTable, Value, sized_value, text_value
from app.packet.registry import Registry

CAPABILITIES = Group("ospf.ri.options", "capabilities")
#: Wireshark shows values that it does not read as bytes under these names; so do we, with the fields inside.
_WHOLE = "ospf.tlv.unknown"
_WHOLE_BELOW = "ospf.tlv_value"


class InformationTlv(Registry):
    """https://www.iana.org/assignments/ospf-parameters (OSPF router information TLVs)"""

    INFORMATIONAL_CAPABILITIES = 1
    FUNCTIONAL_CAPABILITIES = 2
    TE_MESH_GROUP_IPV4 = 3
    TE_MESH_GROUP_IPV6 = 4
    TE_NODE_CAPABILITY_DESCRIPTOR = 5
    PCED = 6
    DYNAMIC_HOSTNAME = 7
    SR_ALGORITHM = 8
    SID_LABEL_RANGE = 9
    NODE_ADMIN_TAG = 10
    S_BFD_DISCRIMINATOR = 11
    NODE_MSD = 12
    TUNNEL_ENCAPSULATIONS = 13
    SR_LOCAL_BLOCK = 14
    SRMS_PREFERENCE = 15
    FLEXIBLE_ALGORITHM_DEFINITION = 16
    EXTENDED_LSA_SUPPORT = 17
    SRV6_CAPABILITIES = 20


class PathTlv(Registry):
    """https://www.iana.org/assignments/ospf-parameters (PCED sub-TLVs)"""

    PCE_ADDRESS = 1
    PATH_SCOPE = 2
    PCE_DOMAIN = 3
    NEIG_PCE_DOMAIN = 4
    PCE_CAP_FLAGS = 5


class SidTlv(Registry):
    """RFC 8665, section 2.1."""

    SID_LABEL = 1


class FlexibleTlv(Registry):
    """RFC 9350, section 7."""

    EXCLUDE_ADMIN_GROUP = 1
    INCLUDE_ANY_ADMIN_GROUP = 2
    INCLUDE_ALL_ADMIN_GROUP = 3
    DEFINITION_FLAGS = 4
    EXCLUDE_SRLG = 5


class MetricType(Registry):
    """https://www.iana.org/assignments/igp-parameters (IGP metric-type)"""

    IGP = 0
    MIN_UNIDIRECTIONAL_LINK_DELAY = 1
    TRAFFIC_ENGINEERING_DEFAULT = 2


@header("ospf", "router information TLV", "RFC 7770, section 2.3")
class InformationHead(Header):
    """Type and length."""

    type: int = unsigned(16, name="ospf.tlv_type.opaque", registry=InformationTlv)
    length: int = unsigned(16, name="tlv_length", unit="bytes")


@header("ospf", "SID sub-TLV", "RFC 8665, section 2.1")
class SidHead(Header):
    """Type and length of the first SID of a range."""

    type: int = unsigned(16, name="ospf.tlv.sidlabel_range.type", registry=SidTlv)
    length: int = unsigned(16, name="tlv_length", unit="bytes")


@header("ospf", "flexible algorithm sub-TLV", "RFC 9350, section 7")
class FlexibleHead(Header):
    """Type and length of what an algorithm excludes or includes."""

    type: int = unsigned(16, name="ospf.tlv.fad.subtlv_type", registry=FlexibleTlv)
    length: int = unsigned(16, name="tlv_length", unit="bytes")


@header("ospf", "PCED sub-TLV", "RFC 5088, section 4")
class PathHead(Header):
    """Type and length of what is told of a path computation element."""

    type: int = unsigned(16, name="tlv_type", registry=PathTlv)
    length: int = unsigned(16, name="tlv_length", unit="bytes")


@header("ospf.ri", "informational capabilities", "RFC 7770, section 2.4")
class InformationalCapabilities(Header):
    """What the router can do."""

    restart: int = flag("GRC", name="ospf.ri.options.grc", doc="graceful restart", group=CAPABILITIES, default=0)
    helper: int = flag("GRH", name="ospf.ri.options.grh", doc="helps others restart", group=CAPABILITIES, default=0)
    stub: int = flag("SRS", name="ospf.ri.options.srs", doc="stub router", group=CAPABILITIES, default=0)
    traffic: int = flag("TES", name="ospf.ri.options.tes", doc="traffic engineering", group=CAPABILITIES, default=0)
    lan: int = flag(
        "P2PLAN", name="ospf.ri.options.p2plan", doc="point-to-point over LAN", group=CAPABILITIES, default=0
    )
    experimental: int = flag("ETE", name="ospf.ri.options.ete", doc="experimental TE", group=CAPABILITIES, default=0)
    reserved: int = flag("reserved", name="ospf.ri.options.reserved", group=CAPABILITIES, default=0)
    host: int = flag("H", name="ospf.ri.options.host", doc="host router", group=CAPABILITIES, default=0)


@header("ospf.ri", "functional capabilities", "RFC 7770, section 2.6")
class FunctionalCapabilities(Header):
    """What all routers have to be able to do alike."""

    bits: int = unsigned(32, "functional capabilities", name="functional", style="hex")


@header("ospf.ri", "mesh group", "RFC 4972, section 4")
class MeshGroup4(Header):
    """A mesh of LSPs that the router is part of; its name follows."""

    number: int = unsigned(32, "mesh group", name="mesh_group")
    tail: IPv4Address = ipv4_address("tail-end address", name="mesh_tail")
    name_length: int = unsigned(8, "name length", name="mesh_name_length", unit="bytes")


@header("ospf.ri", "mesh group", "RFC 4972, section 4")
class MeshGroup6(Header):
    """A mesh of LSPs that the router is part of; its name follows."""

    number: int = unsigned(32, "mesh group", name="mesh_group")
    tail: IPv6Address = ipv6_address("tail-end address", name="mesh_tail6")
    name_length: int = unsigned(8, "name length", name="mesh_name_length", unit="bytes")


@header("ospf.ri", "node capabilities", "RFC 5073, section 4.1")
class NodeCapabilities(Header):
    """What the node can do in MPLS traffic engineering."""

    bits: int = unsigned(8, "node capabilities", name="node_capabilities", style="hex")


@header("ospf.ri", "address", "RFC 5088, section 4.1")
class PathAddress(Header):
    """Which kind of address follows."""

    type: int = unsigned(16, "address type", name="pce_address_type", doc="1 IPv4, 2 IPv6")
    reserved: int = unsigned(16, default=0)


@header("ospf.ri", "bits", "RFC 5088, section 4")
class PathBits(Header):
    """Scope or capabilities of a path computation element."""

    bits: int = unsigned(32, name="pce_bits", style="hex")


@header("ospf", "algorithm", "RFC 8665, section 3.1")
class AlgorithmNumber(Header):
    """An algorithm the router computes paths by."""

    algorithm: int = unsigned(8, name="lsa_sa", registry=Algorithm)


@header("ospf.tlv", "range", "RFC 8665, section 3.2")
class SidRange(Header):
    """How many labels; the first one follows."""

    size: int = unsigned(24, "range size", name="range_size")
    reserved: int = unsigned(8, name="ospf.reserved", default=0)


@header("ospf.tlv", "SID", "RFC 8665, section 2.1")
class Label(Header):
    """Three bytes are a label in their last 20 bits."""

    label: int = unsigned(24, name="sid_label")


@header("ospf.tlv", "SID", "RFC 8665, section 2.1")
class Index(Header):
    """Four bytes are an index or a SID."""

    sid: int = unsigned(32, "SID", name="sid_label")


@header("ospf.ri", "tag", "RFC 7777, section 2.1")
class AdminTag(Header):
    """What the operator calls a group of nodes."""

    tag: int = unsigned(32, "administrative tag", name="admin_tag", style="hex")


@header("ospf.ri", "discriminator", "RFC 7884, section 2")
class Discriminator(Header):
    """Answers seamless BFD under this number."""

    discriminator: int = unsigned(32, name="sbfd_discriminator")


@header("ospf.tlv", "depth", "RFC 8476, section 2")
class SidDepth(Header):
    """How many SIDs or labels can be handled."""

    type: int = unsigned(8, "MSD type", name="igp_msd_type", registry=MsdType)
    depth: int = unsigned(8, "MSD", name="igp_msd_value")


@header("ospf.tlv", "preference", "RFC 8665, section 3.4")
class MappingPreference(Header):
    """Of whose mappings count more."""

    preference: int = unsigned(8)
    reserved: int = unsigned(24, name="ospf.reserved", default=0)


@header("ospf.tlv.fad", "flexible algorithm", "RFC 9350, section 5.2")
class FlexibleAlgorithm(Header):
    """What an algorithm of the operator's own computes."""

    algorithm: int = unsigned(8, "flexible algorithm", name="flex_algorithm")
    metric: int = unsigned(8, "metric type", name="metric_type", registry=MetricType)
    calculation: int = unsigned(8, "calculation type", name="calc_type", registry=Algorithm)
    priority: int = unsigned(8)


@header("ospf.tlv.fad", "definition flags", "RFC 9350, section 7.4")
class FlexibleFlags(Header):
    """How prefixes of other areas count."""

    bits: int = unsigned(32, "flags", name="flags", style="hex")


@header("ospf.ri", "SRv6 capabilities", "RFC 9513, section 2")
class Srv6Capabilities(Header):
    """What the router can do with segment routing headers."""

    bits: int = unsigned(16, "flags", name="srv6_flags", style="hex")
    reserved: int = unsigned(16, default=0)


def _meshes(sheet: Sheet, at: int, stop: int, kind: type[MeshGroup4 | MeshGroup6]) -> list[Part]:
    """Mesh groups, each with a name of its own length."""
    parts: list[Part] = []
    size = kind.LAYOUT.size
    while at + size <= stop and sheet.granted(1, at, "mesh group and what follows it"):
        end = min(stop, at + size + sheet.data[at + size - 1])
        inside = sheet.fixed(kind, at, stop) + text_value("ospf.ri.mesh_name", "name")(sheet, at + size, end)
        parts.append(told("ospf.ri.mesh", "mesh group", at, end, inside, at))
        at = end
    return parts + sheet.bytes_left(at, stop)


def _meshes4(sheet: Sheet, at: int, stop: int) -> list[Part]:
    return _meshes(sheet, at, stop, MeshGroup4)


def _meshes6(sheet: Sheet, at: int, stop: int) -> list[Part]:
    return _meshes(sheet, at, stop, MeshGroup6)


SIDS: dict[int, type[Header]] = {3: Label, 4: Index}
SID = sized_value(SIDS, "ospf.tlv_value")
_SID_TLVS = TlvTable(SidHead, {SidTlv.SID_LABEL: Value("SID/label", tail=SID)}, "ospf.tlv.sid")
_FLEXIBLE_TLVS = TlvTable(
    FlexibleHead,
    {
        FlexibleTlv.EXCLUDE_ADMIN_GROUP: Value("exclude groups", each=ExtendedGroups),
        FlexibleTlv.INCLUDE_ANY_ADMIN_GROUP: Value("include any of groups", each=ExtendedGroups),
        FlexibleTlv.INCLUDE_ALL_ADMIN_GROUP: Value("include all of groups", each=ExtendedGroups),
        FlexibleTlv.DEFINITION_FLAGS: Value("definition flags", FlexibleFlags, whole=_WHOLE_BELOW),
        FlexibleTlv.EXCLUDE_SRLG: Value("exclude shared risk", each=RiskGroup, whole=_WHOLE_BELOW),
    },
    "ospf.tlv.fad",
)
_PATH_TLVS = TlvTable(
    PathHead,
    {
        PathTlv.PCE_ADDRESS: Value("address", PathAddress, rest="ospf.ri.pce_address"),
        PathTlv.PATH_SCOPE: Value("path scope", PathBits),
        PathTlv.PCE_CAP_FLAGS: Value("capabilities", each=PathBits),
    },
    "ospf.ri.pced",
)

INFORMATION_TLVS = TlvTable(
    InformationHead,
    {
        InformationTlv.INFORMATIONAL_CAPABILITIES: Value(
            "informational capabilities", InformationalCapabilities, rest="ospf.ri.reserved"
        ),
        InformationTlv.FUNCTIONAL_CAPABILITIES: Value(
            "functional capabilities", each=FunctionalCapabilities, whole=_WHOLE
        ),
        InformationTlv.TE_MESH_GROUP_IPV4: Value("TE mesh groups", tail=_meshes4, whole=_WHOLE),
        InformationTlv.TE_MESH_GROUP_IPV6: Value("TE mesh groups (IPv6)", tail=_meshes6, whole=_WHOLE),
        InformationTlv.TE_NODE_CAPABILITY_DESCRIPTOR: Value(
            "TE node capabilities", each=NodeCapabilities, whole=_WHOLE
        ),
        InformationTlv.PCED: Value("path computation element", below=_PATH_TLVS, whole=_WHOLE),
        InformationTlv.DYNAMIC_HOSTNAME: Value("hostname", tail=text_value("ospf.dynhostname", "hostname")),
        InformationTlv.SR_ALGORITHM: Value("SR algorithms", each=AlgorithmNumber),
        InformationTlv.SID_LABEL_RANGE: Value("SID/label range", SidRange, below=_SID_TLVS),
        InformationTlv.NODE_ADMIN_TAG: Value("administrative tags", each=AdminTag, whole=_WHOLE),
        InformationTlv.S_BFD_DISCRIMINATOR: Value("S-BFD discriminators", each=Discriminator, whole=_WHOLE),
        InformationTlv.NODE_MSD: Value("node MSD", each=SidDepth),
        InformationTlv.TUNNEL_ENCAPSULATIONS: Value("tunnel encapsulations"),
        InformationTlv.SR_LOCAL_BLOCK: Value("SR local block", SidRange, below=_SID_TLVS),
        InformationTlv.SRMS_PREFERENCE: Value("mapping server preference", MappingPreference),
        InformationTlv.FLEXIBLE_ALGORITHM_DEFINITION: Value(
            "flexible algorithm", FlexibleAlgorithm, below=_FLEXIBLE_TLVS
        ),
        InformationTlv.SRV6_CAPABILITIES: Value("SRv6 capabilities", Srv6Capabilities, whole=_WHOLE),
    },
    "ospf.ri",
    rest=_WHOLE,
    unknown="router information TLV",
)
