"""IPv6 extension headers (RFC 8200, section 4) and the options in two of them.

https://www.iana.org/assignments/ipv6-parameters
"""

from ipaddress import IPv6Address

from app.packet.layout import Group, Header, flag, header, ipv6_address, unsigned
from app.packet.registry import Protocol, Registry
from app.packet.shape import OptionTable, Shape

TYPE = Group("ipv6.opt.type", "type")
RPL_FLAGS = Group("ipv6.opt.rpl.flag", "flags")


class UnknownAction(Registry):
    """What a node does that does not know the option (RFC 8200, section 4.2)."""

    SKIP = 0
    DISCARD = 1
    DISCARD_AND_TELL = 2
    DISCARD_AND_TELL_UNLESS_MULTICAST = 3


class RouterAlert(Registry):
    """https://www.iana.org/assignments/ipv6-routeralert-values"""

    DATAGRAM_CONTAINS_MULTICAST_LISTENER_DISCOVERY_MESSAGE = 0
    DATAGRAM_CONTAINS_RSVP_MESSAGE = 1
    DATAGRAM_CONTAINS_AN_ACTIVE_NETWORKS_MESSAGE = 2


class RoutingType(Registry):
    """https://www.iana.org/assignments/ipv6-parameters (Routing Types)"""

    SOURCE_ROUTE = 0
    NIMROD = 1
    TYPE_2_ROUTING_HEADER = 2
    RPL_SOURCE_ROUTE_HEADER = 3
    SEGMENT_ROUTING_HEADER = 4
    CRH_16 = 5
    CRH_32 = 6


@header("ipv6.hopopts", "IPv6 hop-by-hop options", "RFC 8200, section 4.3")
class HopByHop(Header):
    """Options that every router on the way reads."""

    next_header: int = unsigned(8, name="nxt", registry=Protocol)
    length: int = unsigned(8, name="len", unit="times 8 bytes, the first 8 not counted", default=0)


@header("ipv6.dstopts", "IPv6 destination options", "RFC 8200, section 4.6")
class DestinationOptions(Header):
    """Options that the destination reads."""

    next_header: int = unsigned(8, name="nxt", registry=Protocol)
    length: int = unsigned(8, name="len", unit="times 8 bytes, the first 8 not counted", default=0)


@header("ipv6.routing", "IPv6 routing header", "RFC 8200, section 4.4")
class Routing(Header):
    """Nodes to visit on the way."""

    next_header: int = unsigned(8, name="nxt", registry=Protocol)
    length: int = unsigned(8, name="len", unit="times 8 bytes, the first 8 not counted", default=0)
    type: int = unsigned(8, registry=RoutingType)
    segments_left: int = unsigned(8, name="segleft")


@header("ipv6.routing.src", "source route", "RFC 2460, section 4.4; forbidden by RFC 5095")
class SourceRoute(Header):
    """What stands before the addresses of type 0 and 2."""

    reserved: int = unsigned(32, style="hex", default=0)


@header("ipv6.routing.src", "address", "RFC 2460, section 4.4")
class SourceRouteAddress(Header):
    """One stop of the route."""

    address: IPv6Address = ipv6_address(name="addr")


@header("ipv6.routing.mipv6", "home address", "RFC 6275, section 6.4")
class HomeAddressRoute(Header):
    """The mobile node's home address, behind a reserved word."""

    reserved: int = unsigned(32, style="hex", default=0)
    address: IPv6Address = ipv6_address("home address", name="home_address")


@header("ipv6.routing.srh", "segment routing header", "RFC 8754, section 2")
class SegmentRouting(Header):
    """What stands before the segments, the last of the path first."""

    last_entry: int = unsigned(8)
    flags: int = unsigned(8, style="hex", default=0)
    tag: int = unsigned(16, style="hex", default=0)


@header("ipv6.routing.srh", "segment", "RFC 8754, section 2")
class Segment(Header):
    """One segment of the list."""

    address: IPv6Address = ipv6_address(name="addr")


@header("ipv6.fraghdr", "IPv6 fragment header", "RFC 8200, section 4.5")
class Fragment(Header):
    """Which part of a larger datagram this is."""

    next_header: int = unsigned(8, name="nxt", registry=Protocol)
    reserved: int = unsigned(8, name="reserved_octet", style="hex", default=0)
    offset: int = unsigned(13, unit="times 8 bytes", default=0)
    reserved_bits: int = unsigned(2, name="reserved_bits", default=0)
    more_fragments: int = flag("more fragments", name="more", default=0)
    identification: int = unsigned(32, name="ident", style="hex", default=0)


@header("ah", "IP authentication header", "RFC 4302, section 2")
class Authentication(Header):
    """Proves who sent the packet; the integrity check value follows."""

    next_header: int = unsigned(8, registry=Protocol)
    length: int = unsigned(8, unit="times 4 bytes, the first 8 not counted")
    reserved: int = unsigned(16, style="hex", default=0)
    spi: int = unsigned(32, "security parameters index", style="hex")
    sequence: int = unsigned(32, "sequence number")


@header("esp", "IP encapsulating security payload", "RFC 4303, section 2")
class Encapsulation(Header):
    """What can be read of an encrypted payload."""

    spi: int = unsigned(32, "security parameters index", style="hex")
    sequence: int = unsigned(32, "sequence number")


@header("ipv6.opt", "option", "RFC 8200, section 4.2")
class OptionType(Header):
    """The type, which says itself what a node that does not know it must do."""

    action: int = unsigned(2, name="ipv6.opt.type.action", registry=UnknownAction, group=TYPE, default=0)
    may_change: int = flag("may change", name="ipv6.opt.type.change", group=TYPE, default=0)
    rest: int = unsigned(5, "low-order bits", name="ipv6.opt.type.rest", style="hex", group=TYPE, default=0)


@header("ipv6.opt", "option", "RFC 8200, section 4.2")
class Option(OptionType):
    """Every option but Pad1; the length does not count these two bytes."""

    length: int = unsigned(8, unit="bytes", default=0)


@header("ipv6.opt", "router alert", "RFC 2711, section 2.1")
class RouterAlertOption(Option):
    """Routers shall look at this packet though it is not for them."""

    value: int = unsigned(16, name="router_alert", registry=RouterAlert, default=0)


@header("ipv6.opt", "jumbo payload", "RFC 2675, section 2")
class JumboOption(Option):
    """The length of a payload of more than 65,535 bytes."""

    payload_length: int = unsigned(32, name="jumbo", unit="bytes")


@header("ipv6.opt", "tunnel encapsulation limit", "RFC 2473, section 4.1.1")
class TunnelLimitOption(Option):
    """How many more tunnels may be entered."""

    limit: int = unsigned(8, name="tel")


@header("ipv6.opt", "home address", "RFC 6275, section 6.3")
class HomeAddressOption(Option):
    """Where the mobile node is at home."""

    address: IPv6Address = ipv6_address(name="ipv6.opt.mipv6.home_address")


@header("ipv6.opt", "path MTU record", "RFC 9268, section 5")
class PathMtuOption(Option):
    """The smallest MTU met so far, and the one that is reported back."""

    least: int = unsigned(16, "minimum path MTU", name="ipv6.opt.pmtu.min", unit="bytes")
    returned: int = unsigned(15, "returned path MTU", name="ipv6.opt.pmtu.rtn", unit="times 2 bytes")
    wants_return: int = flag("return flag", name="ipv6.opt.pmtu.r_flag")


@header("ipv6.opt", "CALIPSO", "RFC 5570, section 5.1")
class CalipsoOption(Option):
    """A sensitivity label; the compartment bitmap follows."""

    domain: int = unsigned(32, "domain of interpretation", name="ipv6.opt.calipso.doi")
    compartment_length: int = unsigned(8, name="ipv6.opt.calipso.cmpt.length", unit="words")
    level: int = unsigned(8, "sensitivity level", name="ipv6.opt.calipso.sens_level")
    checksum: int = unsigned(16, name="ipv6.opt.calipso.checksum", style="hex")


@header("ipv6.opt", "performance and diagnostic metrics", "RFC 8250, section 3.3")
class MetricsOption(Option):
    """Sequence numbers and times of this packet and the last one received."""

    scale_received: int = unsigned(8, name="ipv6.opt.pdm.scale_dtlr")
    scale_sent: int = unsigned(8, name="ipv6.opt.pdm.scale_dtls")
    this_packet: int = unsigned(16, "sequence of this packet", name="ipv6.opt.pdm.psn_this_pkt")
    last_received: int = unsigned(16, "sequence last received", name="ipv6.opt.pdm.psn_last_recv")
    delta_received: int = unsigned(16, "delta time last received", name="ipv6.opt.pdm.delta_last_recv")
    delta_sent: int = unsigned(16, "delta time last sent", name="ipv6.opt.pdm.delta_last_sent")


@header("ipv6.opt", "RPL option", "RFC 6553, section 3")
class RplOption(Option):
    """What RPL routers tell each other of a data packet."""

    down: int = flag("down", name="ipv6.opt.rpl.flag.o", group=RPL_FLAGS)
    rank_error: int = flag("rank error", name="ipv6.opt.rpl.flag.r", group=RPL_FLAGS)
    forwarding_error: int = flag("forwarding error", name="ipv6.opt.rpl.flag.f", group=RPL_FLAGS)
    reserved: int = unsigned(5, name="ipv6.opt.rpl.flag.rsv", group=RPL_FLAGS, default=0)
    instance: int = unsigned(8, "instance identifier", name="ipv6.opt.rpl.instance_id", style="hex")
    rank: int = unsigned(16, "sender's rank", name="ipv6.opt.rpl.sender_rank", style="hex")


@header("ipv6.opt", "quick-start", "RFC 4782, section 3.2")
class QuickStartOption(Option):
    """The rate that a sender asks routers for."""

    function: int = unsigned(4, name="ipv6.opt.qs_func")
    rate: int = unsigned(4, name="ipv6.opt.qs_rate")
    ttl: int = unsigned(8, "QS TTL", name="ipv6.opt.qs_ttl")
    nonce: int = unsigned(30, "QS nonce", name="ipv6.opt.qs_nonce", style="hex")
    reserved: int = unsigned(2, name="ipv6.opt.qs_reserved", default=0)


def _plain(name: str, title: str, rest: str = "ipv6.opt.unknown") -> Shape:
    return Shape(name, title, Option, rest=rest)


IPV6_OPTIONS = OptionTable(
    kinds={
        0x00: Shape("ipv6.opt", "Pad1", OptionType),
        0x01: _plain("ipv6.opt", "PadN", "ipv6.opt.padn"),
        0x04: Shape("ipv6.opt", "tunnel encapsulation limit", TunnelLimitOption),
        0x05: Shape("ipv6.opt", "router alert", RouterAlertOption),
        0x07: Shape("ipv6.opt", "CALIPSO", CalipsoOption, rest="ipv6.opt.calipso.cmpt_bitmap"),
        0x08: _plain("ipv6.opt", "SMF duplicate packet detection", "ipv6.opt.smf_dpd.ident"),
        0x0F: Shape("ipv6.opt", "performance and diagnostic metrics", MetricsOption),
        0x11: _plain("ipv6.opt", "IOAM"),
        0x12: _plain("ipv6.opt", "alternate marking"),
        0x23: Shape("ipv6.opt", "RPL option", RplOption),
        0x26: Shape("ipv6.opt", "quick-start", QuickStartOption),
        0x30: Shape("ipv6.opt", "path MTU record", PathMtuOption),
        0x31: _plain("ipv6.opt", "IOAM"),
        0x63: Shape("ipv6.opt", "RPL option", RplOption),
        0x6D: _plain("ipv6.opt", "MPL option"),
        0x8A: _plain("ipv6.opt", "endpoint identification"),
        0x8B: _plain("ipv6.opt", "ILNP nonce", "ipv6.opt.ilnp_nonce"),
        0x8C: _plain("ipv6.opt", "line-identification", "ipv6.opt.lio.line_id"),
        0xC2: Shape("ipv6.opt", "jumbo payload", JumboOption),
        0xC9: Shape("ipv6.opt", "home address", HomeAddressOption),
    },
    unknown=_plain("ipv6.opt", "unknown option"),
    added=2,
    single=frozenset((0,)),
)
