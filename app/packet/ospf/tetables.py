"""Which TLV of a traffic engineering LSA holds what, those of optical networks included.

https://www.iana.org/assignments/ospf-traffic-eng-tlvs
"""

from ipaddress import IPv4Address, IPv6Address

from app.packet.dissection import Part
from app.packet.layout import Group, Header, header, ipv4_address, ipv6_address, unsigned
from app.packet.ospf import te
from app.packet.ospf.registry import EncodingType, SwitchingType
from app.packet.ospf.sheet import Sheet
from app.packet.ospf.te import LinkTlv, NodeTlv, TrafficTlv
from app.packet.ospf.tlv import TlvTable, Value, sized_value

#: Wireshark shows values that it does not read as bytes under this name; so do we, with the fields inside.
WHOLE = "ospf.tlv_value"
_TNA = "ospf.oif.tna_addr"
_PRIORITIES = 8
#: What follows the priorities, by switching type (RFC 4203, section 1.4).
_PACKET_TYPES = (SwitchingType.PSC_1, SwitchingType.PSC_2, SwitchingType.PSC_3, SwitchingType.PSC_4)


@header("ospf.oif", "node", "OIF-ENNI-OSPF-01.0")
class LocalNode(Header):
    """The router at this end."""

    id: IPv4Address = ipv4_address("local node ID", name="local_node_id")


@header("ospf.oif", "node", "OIF-ENNI-OSPF-01.0")
class RemoteNode(Header):
    """The router at the other end."""

    id: IPv4Address = ipv4_address("remote node ID", name="remote_node_id")


@header("ospf.oif", "node", "OIF-ENNI-OSPF-01.0")
class Node(Header):
    """The router that transport networks are attached to."""

    id: IPv4Address = ipv4_address("node ID", name="node_id")


@header("ospf.oif", "switching capability", "OIF-ENNI-OSPF-01.0")
class SonetCapability(Header):
    """What the interface switches; free timeslots follow."""

    switching: int = unsigned(8, "switching capability", name="switching_cap", registry=SwitchingType)
    encoding: int = unsigned(8, registry=EncodingType)
    reserved: int = unsigned(16, default=0)


@header("ospf.oif", "timeslots", "OIF-ENNI-OSPF-01.0")
class Timeslots(Header):
    """What is free of one signal type."""

    signal: int = unsigned(8, "signal type", group=Group("ospf.oif.signal_type", "signal"))
    free: int = unsigned(24, "free timeslots", group=Group("ospf.oif.signal_type", "signal"))


@header("ospf.oif", "transport network address", "OIF-ENNI-OSPF-01.0")
class TransportAddress(Header):
    """How long the address that follows is."""

    length: int = unsigned(8, "address length", name="tna_addr_length", unit="bits")
    reserved: int = unsigned(24, default=0)


@header("ospf.oif", "IPv4 address", "OIF-ENNI-OSPF-01.0")
class TransportIpv4(Header):
    """An address of a transport network."""

    address: IPv4Address = ipv4_address("transport network address", name="ospf.oif.tna_addr.ipv4")


@header("ospf.oif", "IPv6 address", "OIF-ENNI-OSPF-01.0")
class TransportIpv6(Header):
    """An address of a transport network."""

    address: IPv6Address = ipv6_address("transport network address", name="ospf.oif.tna_addr.ipv6")


def _switching(sheet: Sheet, at: int, stop: int) -> list[Part]:
    """Eight bandwidths and what is particular to the switching type, which stands four bytes before."""
    kind = sheet.data[at - te.SwitchingCapability.LAYOUT.size] if at < stop else 0
    behind = min(stop, at + _PRIORITIES * 4)
    parts = sheet.listed(te.UnreservedBandwidth, at, behind, "priorities")
    if behind == stop:
        return parts
    if kind in _PACKET_TYPES:
        return parts + sheet.fixed(te.PacketSwitching, behind, stop)
    if kind == SwitchingType.TDM:
        return parts + sheet.fixed(te.TimeDivision, behind, stop)
    return parts + sheet.bytes_left(behind, stop)


LINK_TLVS = TlvTable(
    te.LinkHead,
    {
        LinkTlv.LINK_TYPE: Value("link type", te.LinkKind),
        LinkTlv.LINK_ID: Value("link ID", te.LinkId),
        LinkTlv.LOCAL_INTERFACE_ADDRESS: Value("local interface addresses", each=te.LocalAddress),
        LinkTlv.REMOTE_INTERFACE_ADDRESS: Value("remote interface addresses", each=te.RemoteAddress),
        LinkTlv.TE_METRIC: Value("TE metric", te.TrafficMetric),
        LinkTlv.MAXIMUM_BANDWIDTH: Value("maximum bandwidth", te.Bandwidth),
        LinkTlv.MAXIMUM_RESERVABLE_BANDWIDTH: Value("maximum reservable bandwidth", te.Bandwidth),
        LinkTlv.UNRESERVED_BANDWIDTH: Value("unreserved bandwidth", each=te.UnreservedBandwidth),
        LinkTlv.ADMINISTRATIVE_GROUP: Value("administrative group", te.AdministrativeGroup),
        LinkTlv.LINK_IDENTIFIERS: Value("link identifiers", te.LinkIdentifiers),
        LinkTlv.LINK_PROTECTION: Value("link protection", te.LinkProtection),
        LinkTlv.INTERFACE_SWITCHING_CAPABILITY: Value("switching capability", te.SwitchingCapability, tail=_switching),
        LinkTlv.SHARED_RISK_LINK_GROUP: Value("shared risk link groups", each=te.RiskGroup),
        LinkTlv.BANDWIDTH_CONSTRAINTS: Value("bandwidth constraints", te.ConstraintsHead, te.Constraint),
        LinkTlv.NEIGHBOR_ID: Value("neighbour ID", te.NeighbourId, whole=WHOLE),
        LinkTlv.LOCAL_INTERFACE_IPV6_ADDRESS: Value("local IPv6 addresses", each=te.Ipv6Value, whole=WHOLE),
        LinkTlv.REMOTE_INTERFACE_IPV6_ADDRESS: Value("remote IPv6 addresses", each=te.Ipv6Value, whole=WHOLE),
        LinkTlv.REMOTE_AS_NUMBER: Value("remote AS number", te.RemoteAs, whole=WHOLE),
        LinkTlv.IPV4_REMOTE_ASBR_ID: Value("remote ASBR ID", te.RemoteAsbr, whole=WHOLE),
        LinkTlv.IPV6_REMOTE_ASBR_ID: Value("remote ASBR IPv6 ID", te.Ipv6Value, whole=WHOLE),
        LinkTlv.INTERFACE_ADJUSTMENT_CAPABILITY: Value("interface adjustment capability"),
        LinkTlv.EXTENDED_ADMINISTRATIVE_GROUP: Value("extended administrative groups", each=te.ExtendedGroups),
        LinkTlv.UNIDIRECTIONAL_LINK_DELAY: Value("link delay", te.LinkDelay),
        LinkTlv.MIN_MAX_UNIDIRECTIONAL_LINK_DELAY: Value("minimum and maximum link delay", te.LeastAndMostDelay),
        LinkTlv.UNIDIRECTIONAL_DELAY_VARIATION: Value("delay variation", te.DelayVariation),
        LinkTlv.UNIDIRECTIONAL_LINK_LOSS: Value("link loss", te.LinkLoss, whole=WHOLE),
        LinkTlv.UNIDIRECTIONAL_RESIDUAL_BANDWIDTH: Value("residual bandwidth", te.Bandwidth, whole=WHOLE),
        LinkTlv.UNIDIRECTIONAL_AVAILABLE_BANDWIDTH: Value("available bandwidth", te.Bandwidth, whole=WHOLE),
        LinkTlv.UNIDIRECTIONAL_UTILIZED_BANDWIDTH: Value("utilized bandwidth", te.Bandwidth, whole=WHOLE),
        LinkTlv.LOCAL_NODE_ID: Value("local node ID", LocalNode),
        LinkTlv.REMOTE_NODE_ID: Value("remote node ID", RemoteNode),
        LinkTlv.SONET_SDH_SWITCHING_CAPABILITY: Value("SONET/SDH capability", SonetCapability, Timeslots),
    },
    "ospf.mpls.link",
)

_NODE_TLVS = TlvTable(
    te.NodeHead,
    {
        NodeTlv.NODE_IPV4_LOCAL_ADDRESS: Value("IPv4 local addresses", each=te.NodeAddress),
        NodeTlv.NODE_IPV6_LOCAL_ADDRESS: Value("IPv6 local addresses"),
        NodeTlv.LOCAL_TE_ROUTER_ID: Value("local TE router ID", te.RouterAddress),
        NodeTlv.NODE_ID: Value("node ID", Node),
        NodeTlv.TNA_IPV4_ADDRESS: Value("IPv4 address", TransportAddress, tail=sized_value({4: TransportIpv4}, _TNA)),
        NodeTlv.TNA_IPV6_ADDRESS: Value("IPv6 address", TransportAddress, tail=sized_value({16: TransportIpv6}, _TNA)),
        NodeTlv.TNA_NSAP_ADDRESS: Value("NSAP address", TransportAddress, rest=_TNA),
    },
    "ospf.mpls.node",
)

TRAFFIC_TLVS = TlvTable(
    te.TrafficHead,
    {
        TrafficTlv.ROUTER_ADDRESS: Value("router address", te.RouterAddress),
        TrafficTlv.LINK: Value("link", below=LINK_TLVS),
        TrafficTlv.ROUTER_IPV6_ADDRESS: Value("router IPv6 address", te.Ipv6Value, whole=WHOLE),
        TrafficTlv.LINK_LOCAL: Value("link local"),
        TrafficTlv.NODE_ATTRIBUTE: Value("node attribute", below=_NODE_TLVS, whole=WHOLE),
        TrafficTlv.TNA_ADDRESS: Value("transport network addresses", below=_NODE_TLVS),
    },
    "ospf.mpls.tlv",
)
