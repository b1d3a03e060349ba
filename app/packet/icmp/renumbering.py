"""Router renumbering (RFC 2894): ICMPv6 type 138, commands to change prefixes and reports of what was changed."""

from ipaddress import IPv6Address

from app.packet.dissection import Part, Placed
from app.packet.icmp.v4messages import Message
from app.packet.icmp.v6 import Icmpv6
from app.packet.layout import Group, Header, flag, header, ipv6_address, octets, unsigned
from app.packet.registry import Registry
from app.packet.shape import MOST_ELEMENTS, bytes_span, heading

FLAGS = Group("icmpv6.rr.flag", "flags")
MASK = Group("icmpv6.rr.pco.up.flagmask", "flag mask")
ADVERTISED = Group("icmpv6.rr.pco.up.raflags", "flags to advertise")
USE_FLAGS = Group("icmpv6.rr.pco.up.flag", "flags")
RESULT_FLAGS = Group("icmpv6.rr.rm.flag", "flags")


class Operation(Registry):
    """RFC 2894, section 3.2.1.1."""

    ADD = 1
    CHANGE = 2
    SET_GLOBAL = 3


@header("icmpv6", Icmpv6.LAYOUT.title, "RFC 2894, section 3.1")
class RouterRenumbering(Icmpv6):
    """Router renumbering (138)."""

    sequence: int = unsigned(32, "sequence number", name="icmpv6.rr.sequence_number")
    segment: int = unsigned(8, "segment number", name="icmpv6.rr.segment_number")
    test: int = flag("test command", name="icmpv6.rr.flag.t", group=FLAGS, default=0)
    result: int = flag("result requested", name="icmpv6.rr.flag.r", group=FLAGS, default=0)
    all_interfaces: int = flag("all interfaces", name="icmpv6.rr.flag.a", group=FLAGS, default=0)
    site: int = flag("site-specific", name="icmpv6.rr.flag.s", group=FLAGS, default=0)
    processed: int = flag("processed previously", name="icmpv6.rr.flag.p", group=FLAGS, default=0)
    reserved_flags: int = unsigned(3, "reserved", name="icmpv6.rr.flag.rsv", group=FLAGS, default=0)
    delay: int = unsigned(16, "maximum delay", name="icmpv6.rr.maxdelay", unit="ms")
    reserved: bytes = octets(4, default=bytes(4))


@header("icmpv6.rr.pco.mp", "match-prefix part", "RFC 2894, section 3.2.1.1")
class MatchPrefix(Header):
    """Which prefixes the command is for; its length counts the use-prefix parts behind it, in units of 8 bytes."""

    operation: int = unsigned(8, name="opcode", registry=Operation)
    length: int = unsigned(8, name="oplength", unit="times 8 bytes")
    ordinal: int = unsigned(8)
    match_length: int = unsigned(8, name="matchlen", unit="bits")
    least: int = unsigned(8, "minimum length", name="minlen", unit="bits")
    most: int = unsigned(8, "maximum length", name="maxlen", unit="bits")
    reserved: bytes = octets(2, name="icmpv6.reserved", default=b"\0\0")
    prefix: IPv6Address = ipv6_address("prefix", name="matchprefix")


@header("icmpv6.rr.pco.up", "use-prefix part", "RFC 2894, section 3.2.1.2")
class UsePrefix(Header):
    """What to make of those prefixes."""

    use_length: int = unsigned(8, name="uselen", unit="bits")
    keep_length: int = unsigned(8, name="keeplen", unit="bits")
    mask_on_link: int = flag("on-link", name="icmpv6.rr.pco.up.flagmask.l", group=MASK, default=0)
    mask_autonomous: int = flag("autonomous", name="icmpv6.rr.pco.up.flagmask.a", group=MASK, default=0)
    mask_reserved: int = unsigned(6, "reserved", name="icmpv6.rr.pco.up.flagmask.reserved", group=MASK, default=0)
    on_link: int = flag("on-link", name="icmpv6.rr.pco.up.flagmask.l", group=ADVERTISED, default=0)
    autonomous: int = flag("autonomous", name="icmpv6.rr.pco.up.flagmask.a", group=ADVERTISED, default=0)
    advertised_reserved: int = unsigned(
        6, "reserved", name="icmpv6.rr.pco.up.flagmask.reserved", group=ADVERTISED, default=0
    )
    valid: int = unsigned(32, "valid lifetime", name="validlifetime", unit="s")
    preferred: int = unsigned(32, "preferred lifetime", name="preferredlifetime", unit="s")
    decrement_valid: int = flag("decrement valid lifetime", name="icmpv6.rr.pco.up.flag.v", group=USE_FLAGS, default=0)
    decrement_preferred: int = flag(
        "decrement preferred lifetime", name="icmpv6.rr.pco.up.flag.p", group=USE_FLAGS, default=0
    )
    reserved: int = unsigned(30, name="icmpv6.rr.pco.up.flag.reserved", group=USE_FLAGS, default=0)
    prefix: IPv6Address = ipv6_address("prefix", name="useprefix")


@header("icmpv6.rr.rm", "result", "RFC 2894, section 3.3")
class Result(Header):
    """What became of one prefix on one interface."""

    reserved: int = unsigned(14, name="icmpv6.rr.rm.flag.reserved", group=RESULT_FLAGS, default=0)
    bounds: int = flag("out of bounds", name="icmpv6.rr.rm.flag.b", group=RESULT_FLAGS, default=0)
    forbidden: int = flag("forbidden", name="icmpv6.rr.rm.flag.f", group=RESULT_FLAGS, default=0)
    ordinal: int = unsigned(8)
    match_length: int = unsigned(8, "matched length", name="matchedlen", unit="bits")
    interface: int = unsigned(32, "interface index", name="interfaceindex")
    prefix: IPv6Address = ipv6_address("prefix", name="matchedprefix")


def _operations(data: bytes, at: int, stop: int) -> tuple[Part, ...]:
    """Prefix control operations: one match-prefix part and as many use-prefix parts as its length holds."""
    parts: list[Part] = []
    size, use = MatchPrefix.LAYOUT.size, UsePrefix.LAYOUT.size
    while at + size <= stop and len(parts) < MOST_ELEMENTS:
        head = MatchPrefix.decode(data, at)
        end = min(stop, at + max(head.length * 8, size))
        parts.append(_headed(head, at))
        at += size
        while at + use <= end:
            parts.append(_headed(UsePrefix.decode(data, at), at))
            at += use
        if at < end:
            parts.append(bytes_span("icmpv6.unknown_data", "data", data, at, end))
            at = end
    if at < stop:
        parts.append(bytes_span("icmpv6.unknown_data", "data", data, at, stop))
    return tuple(parts)


def _headed(record: Header, at: int) -> Part:
    layout = record.LAYOUT
    placed = Placed(record, at, at + layout.size)
    return heading(layout.name, layout.title, at, at + layout.size, (placed,), (placed,))


RENUMBERING_COMMAND = Message(RouterRenumbering, tail=_operations)
RENUMBERING_RESULT = Message(RouterRenumbering, each=Result)
