"""Traffic engineering LSAs: what the links of a router can carry (RFC 3630, 4203, 4124, 5329, 5392, 5786, 7308, 7471).

https://www.iana.org/assignments/ospf-traffic-eng-tlvs
"""

import struct
from ipaddress import IPv4Address, IPv6Address

from app.packet.layout import Group, Header, flag, header, ipv4_address, ipv6_address, unsigned
from app.packet.ospf.registry import EncodingType, SwitchingType
from app.packet.registry import Registry

DELAY_FLAGS = Group("ospf.tlv.unidirectional_link_flags", "flags")


class TrafficTlv(Registry):
    """https://www.iana.org/assignments/ospf-traffic-eng-tlvs (top level)"""

    ROUTER_ADDRESS = 1
    LINK = 2
    ROUTER_IPV6_ADDRESS = 3
    LINK_LOCAL = 4
    NODE_ATTRIBUTE = 5
    OPTICAL_NODE_PROPERTY = 6
    TNA_ADDRESS = 32768


class LinkTlv(Registry):
    """https://www.iana.org/assignments/ospf-traffic-eng-tlvs (sub-TLVs of a link)"""

    LINK_TYPE = 1
    LINK_ID = 2
    LOCAL_INTERFACE_ADDRESS = 3
    REMOTE_INTERFACE_ADDRESS = 4
    TE_METRIC = 5
    MAXIMUM_BANDWIDTH = 6
    MAXIMUM_RESERVABLE_BANDWIDTH = 7
    UNRESERVED_BANDWIDTH = 8
    ADMINISTRATIVE_GROUP = 9
    LINK_IDENTIFIERS = 11
    LINK_PROTECTION = 14
    INTERFACE_SWITCHING_CAPABILITY = 15
    SHARED_RISK_LINK_GROUP = 16
    BANDWIDTH_CONSTRAINTS = 17
    NEIGHBOR_ID = 18
    LOCAL_INTERFACE_IPV6_ADDRESS = 19
    REMOTE_INTERFACE_IPV6_ADDRESS = 20
    REMOTE_AS_NUMBER = 21
    IPV4_REMOTE_ASBR_ID = 22
    IPV6_REMOTE_ASBR_ID = 24
    INTERFACE_ADJUSTMENT_CAPABILITY = 25
    EXTENDED_ADMINISTRATIVE_GROUP = 26
    UNIDIRECTIONAL_LINK_DELAY = 27
    MIN_MAX_UNIDIRECTIONAL_LINK_DELAY = 28
    UNIDIRECTIONAL_DELAY_VARIATION = 29
    UNIDIRECTIONAL_LINK_LOSS = 30
    UNIDIRECTIONAL_RESIDUAL_BANDWIDTH = 31
    UNIDIRECTIONAL_AVAILABLE_BANDWIDTH = 32
    UNIDIRECTIONAL_UTILIZED_BANDWIDTH = 33
    LOCAL_NODE_ID = 32773
    REMOTE_NODE_ID = 32774
    SONET_SDH_SWITCHING_CAPABILITY = 32775


class NodeTlv(Registry):
    """https://www.iana.org/assignments/ospf-traffic-eng-tlvs (sub-TLVs of a node)"""

    NODE_IPV4_LOCAL_ADDRESS = 1
    NODE_IPV6_LOCAL_ADDRESS = 2
    LOCAL_TE_ROUTER_ID = 5
    TNA_IPV4_ADDRESS = 32776
    NODE_ID = 32777
    TNA_IPV6_ADDRESS = 32778
    TNA_NSAP_ADDRESS = 32779


class TrafficLinkType(Registry):
    """RFC 3630, section 2.5.1."""

    POINT_TO_POINT = 1
    MULTI_ACCESS = 2


class ConstraintsModel(Registry):
    """RFC 4124, section 5.1."""

    RUSSIAN_DOLLS = 0
    MAXIMUM_ALLOCATION = 1
    MAXIMUM_ALLOCATION_WITH_RESERVATION = 2


def _bandwidth(value: int) -> str:
    """A bandwidth in bytes a second, "encoded in 32 bits in IEEE floating point format" (RFC 3630, section 2.5.6)."""
    rate: float = struct.unpack(">f", value.to_bytes(4, "big"))[0]
    return f"{rate:.10g} bytes/s"


def _groups(value: int) -> str:
    """The administrative groups of a mask by number, the least significant bit first."""
    numbers = ", ".join(str(bit) for bit in range(32) if value >> bit & 1)
    return f"0x{value:08x}  groups {numbers}" if numbers else f"0x{value:08x}"


def _loss(value: int) -> str:
    """A loss in units of 0.000003 % (RFC 7471, section 4.4)."""
    return f"{value * 0.000003:.6f} %"


@header("ospf", "TLV", "RFC 3630, section 2.3.2")
class TrafficHead(Header):
    """Type and length of a TLV at the top level."""

    type: int = unsigned(16, name="tlv_type", registry=TrafficTlv)
    length: int = unsigned(16, name="tlv_length", unit="bytes")


@header("ospf", "link sub-TLV", "RFC 3630, section 2.5")
class LinkHead(Header):
    """Type and length of what is told of a link."""

    type: int = unsigned(16, name="tlv_type", registry=LinkTlv)
    length: int = unsigned(16, name="tlv_length", unit="bytes")


@header("ospf", "node sub-TLV", "RFC 5786, section 4")
class NodeHead(Header):
    """Type and length of what is told of a node."""

    type: int = unsigned(16, name="tlv_type", registry=NodeTlv)
    length: int = unsigned(16, name="tlv_length", unit="bytes")


@header("ospf.mpls", "router address", "RFC 3630, section 2.4.1")
class RouterAddress(Header):
    """An address of the router that is always reachable."""

    address: IPv4Address = ipv4_address("router address", name="routerid")


@header("ospf.mpls", "address", "RFC 5329, section 3")
class Ipv6Value(Header):
    """An IPv6 address."""

    address: IPv6Address = ipv6_address("IPv6 address", name="ipv6_address")


@header("ospf.mpls", "link type", "RFC 3630, section 2.5.1")
class LinkKind(Header):
    """What kind of link it is."""

    type: int = unsigned(8, "link type", name="linktype", registry=TrafficLinkType)


@header("ospf.mpls", "link ID", "RFC 3630, section 2.5.2")
class LinkId(Header):
    """The other end: a router, or the address of the designated one."""

    id: IPv4Address = ipv4_address("link ID", name="linkid")


@header("ospf.mpls", "local address", "RFC 3630, section 2.5.3")
class LocalAddress(Header):
    """An address of the interface."""

    address: IPv4Address = ipv4_address("local interface address", name="local_addr")


@header("ospf.mpls", "remote address", "RFC 3630, section 2.5.4")
class RemoteAddress(Header):
    """An address of the neighbour's interface."""

    address: IPv4Address = ipv4_address("remote interface address", name="remote_addr")


@header("ospf.mpls", "TE metric", "RFC 3630, section 2.5.5")
class TrafficMetric(Header):
    """A metric of its own for traffic engineering."""

    metric: int = unsigned(32, "TE metric", name="te_metric")


@header("ospf.mpls", "bandwidth", "RFC 3630, section 2.5.6")
class Bandwidth(Header):
    """A bandwidth of the link."""

    bandwidth: int = unsigned(32, name="link_max_bw", words=_bandwidth)


@header("ospf.mpls", "unreserved bandwidth", "RFC 3630, section 2.5.8")
class UnreservedBandwidth(Header):
    """What is free at one of the eight priorities, or in one of eight classes (RFC 4124)."""

    bandwidth: int = unsigned(32, name="pri", words=_bandwidth)


@header("ospf.mpls", "administrative group", "RFC 3630, section 2.5.9")
class AdministrativeGroup(Header):
    """The colours of the link, a bit each."""

    groups: int = unsigned(32, "administrative groups", name="linkcolor", words=_groups)


@header("ospf.mpls", "link identifiers", "RFC 4203, section 1.1")
class LinkIdentifiers(Header):
    """Numbers of both ends of an unnumbered link."""

    local: int = unsigned(32, "local identifier", name="local_id")
    remote: int = unsigned(32, "remote identifier", name="remote_id")


@header("ospf.mpls", "link protection", "RFC 4203, section 1.2")
class LinkProtection(Header):
    """How the link is protected."""

    capability: int = unsigned(8, "protection capability", name="protection_capability", style="hex")
    reserved: int = unsigned(24, default=0)


@header("ospf.mpls", "switching capability", "RFC 4203, section 1.4")
class SwitchingCapability(Header):
    """What the interface switches, and how much at each priority."""

    switching: int = unsigned(8, "switching type", name="switching_type", registry=SwitchingType)
    encoding: int = unsigned(8, registry=EncodingType)
    reserved: int = unsigned(16, default=0)


@header("ospf.mpls", "packet switching", "RFC 4203, section 1.4.1")
class PacketSwitching(Header):
    """What packet switches add."""

    bandwidth: int = unsigned(32, "minimum LSP bandwidth", name="minimum_lsp_bandwidth", words=_bandwidth)
    mtu: int = unsigned(16, "interface MTU", name="interface_mtu", unit="bytes")
    padding: int = unsigned(16, default=0)


@header("ospf.mpls", "time division", "RFC 4203, section 1.4.3")
class TimeDivision(Header):
    """What time division multiplexers add."""

    bandwidth: int = unsigned(32, "minimum LSP bandwidth", name="minimum_lsp_bandwidth", words=_bandwidth)
    indication: int = unsigned(8, "SONET/SDH", name="ospf.mpls.sonet.sdh", doc="0 standard, 1 arbitrary")
    padding: int = unsigned(24, default=0)


@header("ospf.mpls", "risk group", "RFC 4203, section 1.3")
class RiskGroup(Header):
    """Links of one group fail together."""

    group: int = unsigned(32, "shared risk link group", name="shared_risk_link_group")


@header("ospf.mpls.bc", "constraints", "RFC 4124, section 5.1")
class ConstraintsHead(Header):
    """By which model the constraints are meant."""

    model: int = unsigned(8, name="model_id", registry=ConstraintsModel)
    reserved: int = unsigned(24, default=0)


@header("ospf.mpls", "bandwidth constraint", "RFC 4124, section 5.1")
class Constraint(Header):
    """One of them."""

    bandwidth: int = unsigned(32, "bandwidth constraint", name="bc", words=_bandwidth)


@header("ospf.mpls", "neighbour ID", "RFC 5329, section 4.2")
class NeighbourId(Header):
    """The neighbour's number for the interface, and its router ID."""

    interface: int = unsigned(32, "neighbour interface ID")
    router: IPv4Address = ipv4_address("neighbour router ID")


@header("ospf.mpls", "remote AS", "RFC 5392, section 3.3.1")
class RemoteAs(Header):
    """The AS at the other end."""

    number: int = unsigned(32, "remote AS number", name="remote_as")


@header("ospf.mpls", "remote ASBR", "RFC 5392, section 3.3.2")
class RemoteAsbr(Header):
    """The boundary router at the other end."""

    router: IPv4Address = ipv4_address("remote ASBR ID", name="remote_asbr")


@header("ospf.tlv", "administrative group", "RFC 8920, section 5; RFC 3630, section 2.5.9")
class ApplicationGroup(Header):
    """The same for the applications that the attribute is for."""

    groups: int = unsigned(32, "administrative groups", name="admin_group", words=_groups)


@header("ospf.tlv", "extended groups", "RFC 7308, section 2")
class ExtendedGroups(Header):
    """32 more administrative groups."""

    groups: int = unsigned(32, "extended administrative groups", name="extended_admin_group", style="hex")


@header("ospf.tlv", "link delay", "RFC 7471, section 4.1")
class LinkDelay(Header):
    """How long a packet takes over the link."""

    anomalous: int = flag("A", name="ospf.tlv.unidirectional_link_flags.a", group=DELAY_FLAGS, default=0)
    reserved: int = unsigned(7, name="ospf.tlv.unidirectional_link_flags.reserved", group=DELAY_FLAGS, default=0)
    delay: int = unsigned(24, name="unidirectional_link_delay", unit="µs")


@header("ospf.tlv", "link delay", "RFC 7471, section 4.2")
class LeastAndMostDelay(Header):
    """The shortest and the longest time a packet took."""

    anomalous: int = flag("A", name="ospf.tlv.unidirectional_link_flags.a", group=DELAY_FLAGS, default=0)
    reserved: int = unsigned(7, name="ospf.tlv.unidirectional_link_flags.reserved", group=DELAY_FLAGS, default=0)
    least: int = unsigned(24, "minimum delay", name="unidirectional_link_delay_min", unit="µs")
    reserved_end: int = unsigned(8, "reserved", name="unidirectional_link_reserved", default=0)
    most: int = unsigned(24, "maximum delay", name="unidirectional_link_delay_max", unit="µs")


@header("ospf.tlv", "delay variation", "RFC 7471, section 4.3")
class DelayVariation(Header):
    """How much the delay varies."""

    reserved: int = unsigned(8, name="unidirectional_link_reserved", default=0)
    variation: int = unsigned(24, "delay variation", name="unidirectional_delay_variation", unit="µs")


@header("ospf.tlv", "link loss", "RFC 7471, section 4.4")
class LinkLoss(Header):
    """How many packets are lost on the link."""

    anomalous: int = flag("A", name="ospf.tlv.unidirectional_link_flags.a", group=DELAY_FLAGS, default=0)
    reserved: int = unsigned(7, name="ospf.tlv.unidirectional_link_flags.reserved", group=DELAY_FLAGS, default=0)
    loss: int = unsigned(24, "link loss", name="unidirectional_link_loss", words=_loss)


@header("ospf.mpls", "local address", "RFC 5786, section 4")
class NodeAddress(Header):
    """A prefix of the router's own."""

    length: int = unsigned(8, "prefix length", name="node_prefix_length", unit="bits")
    address: IPv4Address = ipv4_address("prefix", name="node_prefix")
