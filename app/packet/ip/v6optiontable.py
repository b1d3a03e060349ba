"""The options of IPv6's hop-by-hop and destination headers (RFC 8200, section 4.2), as IANA registers them.

https://www.iana.org/assignments/ipv6-parameters
"""

from ipaddress import IPv6Address

from app.packet.dissection import Part, stretch
from app.packet.ip.ioam import ioam
from app.packet.ip.v6options import Option, OptionType
from app.packet.layout import Field, Group, Span, flag, header, ipv6_address, unsigned
from app.packet.registry import Registry
from app.packet.shape import OptionTable, Shape, bytes_span
from app.packet.text import safe_bytes

RPL_FLAGS = Group("ipv6.opt.rpl.flag", "flags")
MPL_FLAGS = Group("ipv6.opt.mpl.flag", "flags")
DFF_FLAGS = Group("ipv6.opt.dff.flags", "flags")
RETURNED = Group("ipv6.opt.pmtu.rtn", "returned path MTU", "decimal")


class RouterAlert(Registry):
    """https://www.iana.org/assignments/ipv6-routeralert-values"""

    DATAGRAM_CONTAINS_MULTICAST_LISTENER_DISCOVERY_MESSAGE = 0
    DATAGRAM_CONTAINS_RSVP_MESSAGE = 1
    DATAGRAM_CONTAINS_AN_ACTIVE_NETWORKS_MESSAGE = 2
    RESERVED = 3
    AGGREGATED_RESERVATION_NESTING_LEVEL_0 = 4
    AGGREGATED_RESERVATION_NESTING_LEVEL_31 = 35
    QOS_NSLP_AGGREGATION_LEVEL_0 = 36
    QOS_NSLP_AGGREGATION_LEVEL_31 = 67
    NSIS_NATFW_NSLP = 68
    MPLS_OAM = 69


class SeedLength(Registry):
    """RFC 7731, section 6.1: how long the seed identifier is."""

    SOURCE_ADDRESS = 0
    TWO_BYTES = 1
    EIGHT_BYTES = 2
    SIXTEEN_BYTES = 3


class TaggerType(Registry):
    """https://www.iana.org/assignments/ipv6-parameters (TaggerId Types, RFC 6621)"""

    NULL = 0
    DEFAULT = 1
    IPV4 = 2
    IPV6 = 3


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
    returned: int = unsigned(
        15, name="ipv6.opt.pmtu.rtn_mtu", group=RETURNED, words=lambda half: f"{half * 2} bytes", default=0
    )
    wants_return: int = flag("return flag", name="ipv6.opt.pmtu.r_flag", group=RETURNED, default=0)


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


@header("ipv6.opt", "MPL option", "RFC 7731, section 6.1")
class MplOption(Option):
    """Which multicast message this is; the seed's identifier follows."""

    seed_length: int = unsigned(2, name="ipv6.opt.mpl.flag.s", registry=SeedLength, group=MPL_FLAGS, default=0)
    largest: int = flag("largest sequence", name="ipv6.opt.mpl.flag.m", group=MPL_FLAGS, default=0)
    version: int = flag("version", name="ipv6.opt.mpl.flag.v", group=MPL_FLAGS, default=0)
    reserved: int = unsigned(4, name="ipv6.opt.mpl.flag.rsv", group=MPL_FLAGS, default=0)
    sequence: int = unsigned(8, name="ipv6.opt.mpl.sequence")


@header("ipv6.opt", "depth-first forwarding", "RFC 6971, section 13.1")
class ForwardingOption(Option):
    """Whether this packet was sent back, or may come twice."""

    version: int = unsigned(2, name="ipv6.opt.dff.flag.ver", group=DFF_FLAGS, default=0)
    duplicate: int = flag("duplicate", name="ipv6.opt.dff.flag.dup", group=DFF_FLAGS, default=0)
    returned: int = flag("return", name="ipv6.opt.dff.flag.ret", group=DFF_FLAGS, default=0)
    reserved: int = unsigned(4, name="ipv6.opt.dff.flag.rsv", group=DFF_FLAGS, default=0)
    sequence: int = unsigned(16, "sequence number", name="ipv6.opt.dff.sequence_number")


@header("ipv6.opt", "duplicate packet detection", "RFC 6621, section 6.1.1")
class IdentifiedPacketOption(Option):
    """A packet told by who tagged it and an identifier; both follow."""

    by_hash: int = flag("by hash", name="ipv6.opt.smf_dpd.hash_bit", default=0)
    tagger_type: int = unsigned(3, name="ipv6.opt.smf_dpd.tid_type", registry=TaggerType, default=0)
    tagger_length: int = unsigned(
        4, name="ipv6.opt.smf_dpd.tid_len", words=lambda less: f"{less}  one less than its bytes", default=0
    )


@header("ipv6.opt", "line identification", "RFC 6788, section 7")
class LineOption(Option):
    """The subscriber's line, as text."""

    line_length: int = unsigned(8, name="ipv6.opt.lio.length", unit="bytes")


@header("ipv6.opt", "alternate marking", "RFC 9343, section 3.1")
class MarkingOption(Option):
    """Marks that let loss and delay be measured on the way."""

    monitor: int = unsigned(20, "flow monitor identifier", name="ipv6.opt.altmark.flowmonid", style="hex")
    loss: int = flag("loss mark", name="ipv6.opt.altmark.l", default=0)
    delay: int = flag("delay mark", name="ipv6.opt.altmark.d", default=0)
    reserved: int = unsigned(10, name="ipv6.opt.altmark.rsv", style="hex", default=0)


def _duplicate(data: bytes, at: int, stop: int) -> Shape:
    """Hash assist where the first bit says so, else tagger and identifier (RFC 6621, section 6.1)."""
    title = "duplicate packet detection"
    if at + 2 < stop and data[at + 2] >> 7:
        return Shape("ipv6.opt", title, Option, tail=_hash_assist)
    return Shape("ipv6.opt", title, IdentifiedPacketOption, tail=_tagged)


def _hash_assist(data: bytes, at: int, stop: int) -> tuple[Part, ...]:
    bit = Field("", "ipv6.opt.smf_dpd.hash_bit", "by hash", 0, 1, "unsigned", style="flag")
    value = bytes_span("ipv6.opt.smf_dpd.hav", "hash assist value", data, at, stop)
    return (value._replace(children=(Span(bit, at * 8, at * 8 + 1, 1),)),)


def _tagged(data: bytes, at: int, stop: int) -> tuple[Part, ...]:
    """A tagger's identifier where it has a type, and that of the packet."""
    first = data[at - 1]
    size = (first & 15) + 1 if first >> 4 & 7 else 0
    end = min(stop, at + size)
    parts: list[Part] = []
    if at < end:
        parts.append(bytes_span("ipv6.opt.smf_dpd.tagger_id", "tagger identifier", data, at, end))
    if end < stop:
        parts.append(bytes_span("ipv6.opt.smf_dpd.ident", "identifier", data, end, stop))
    return tuple(parts)


def _line(data: bytes, at: int, stop: int) -> tuple[Part, ...]:
    end = min(stop, at + data[at - 1])
    words = safe_bytes(data[at:end])
    parts: list[Part] = [stretch("ipv6.opt.lio.line_id", "line", at, end, words, value=words)] if at < end else []
    if end < stop:
        parts.append(bytes_span("ipv6.opt_unknown_data", "data", data, end, stop))
    return tuple(parts)


def _plain(name: str, title: str, rest: str = "ipv6.opt.unknown") -> Shape:
    return Shape(name, title, Option, rest=rest)


#: For experiments, one of every action and change bit (RFC 4727, section 3.3).
_EXPERIMENTS = (0x1E, 0x3E, 0x5E, 0x7E, 0x9E, 0xBE, 0xDE, 0xFE)

IPV6_OPTIONS = OptionTable(
    kinds={
        0x00: Shape("ipv6.opt.pad1", "Pad1", OptionType),
        0x01: _plain("ipv6.opt", "PadN", "ipv6.opt.padn"),
        0x04: Shape("ipv6.opt", "tunnel encapsulation limit", TunnelLimitOption),
        0x05: Shape("ipv6.opt", "router alert", RouterAlertOption),
        0x07: Shape("ipv6.opt", "CALIPSO", CalipsoOption, rest="ipv6.opt.calipso.cmpt_bitmap"),
        0x08: _duplicate,
        0x0F: Shape("ipv6.opt", "performance and diagnostic metrics", MetricsOption),
        0x11: ioam,
        0x12: Shape("ipv6.opt", "alternate marking", MarkingOption),
        0x32: Shape("ipv6.opt", "alternate marking", MarkingOption),
        0x13: _plain("ipv6.opt", "application-aware networking"),
        0x23: Shape("ipv6.opt", "RPL option", RplOption),
        0x26: Shape("ipv6.opt", "quick-start", QuickStartOption),
        0x30: Shape("ipv6.opt", "path MTU record", PathMtuOption),
        0x31: ioam,
        0x63: Shape("ipv6.opt", "RPL option", RplOption),
        0x4D: _plain("ipv6.opt", "deprecated option 0x4d"),
        0x6D: Shape("ipv6.opt", "MPL option", MplOption, rest="ipv6.opt.mpl.seed_id"),
        0x8A: _plain("ipv6.opt", "endpoint identification"),
        0x8B: _plain("ipv6.opt", "ILNP nonce", "ipv6.opt.ilnp_nonce"),
        0x8C: Shape("ipv6.opt", "line identification", LineOption, tail=_line),
        0xC2: Shape("ipv6.opt", "jumbo payload", JumboOption),
        0xC9: Shape("ipv6.opt", "home address", HomeAddressOption),
        0xEE: Shape("ipv6.opt", "depth-first forwarding", ForwardingOption),
        **{kind: _plain("ipv6.opt", "experiment", "ipv6.opt.experimental") for kind in _EXPERIMENTS},
    },
    unknown=_plain("ipv6.opt", "unknown option"),
    added=2,
    single=frozenset((0,)),
)
