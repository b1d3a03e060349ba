"""The IPv6 routing header (RFC 8200, section 4.4) and its types: source routes of five kinds, Mobile IP's home address.

Checksums are taken with the address at which the packet ends, which some types name (RFC 8200, section 8.1).
"""

from collections.abc import Callable
from ipaddress import IPv6Address
from typing import TypeAlias

from app.packet.dissection import Part, Placed, Severity, every, spans_of, stretch
from app.packet.layout import Field, Header, Span, flag, header, ipv6_address, unsigned
from app.packet.reading import Reading, Space, Step
from app.packet.registry import Protocol, Registry
from app.packet.shape import MOST_ELEMENTS, OptionTable, Shape, bytes_span, heading


class RoutingType(Registry):
    """https://www.iana.org/assignments/ipv6-parameters (Routing Types)"""

    SOURCE_ROUTE = 0
    NIMROD = 1
    TYPE_2_ROUTING_HEADER = 2
    RPL_SOURCE_ROUTE_HEADER = 3
    SEGMENT_ROUTING_HEADER = 4
    CRH_16 = 5
    CRH_32 = 6


class SegmentTlv(Registry):
    """https://www.iana.org/assignments/ipv6-parameters (Segment Routing Header TLVs)"""

    PAD1 = 0
    INGRESS_NODE = 1
    EGRESS_NODE = 2
    OPAQUE_CONTAINER = 3
    PADN = 4
    HMAC = 5


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


@header("ipv6.routing.rpl", "RPL source route", "RFC 6554, section 3")
class RplRoute(Header):
    """How many bytes the addresses share with the destination and do not repeat."""

    common: int = unsigned(4, "bytes left out of all but the last", name="cmprI")
    common_last: int = unsigned(4, "bytes left out of the last", name="cmprE")
    padding: int = unsigned(4, name="pad", unit="bytes")
    reserved: int = unsigned(20, style="hex", default=0)


@header("ipv6.routing.srh.tlv", "TLV", "RFC 8754, section 2.1")
class TlvType(Header):
    """The type of what follows the segments."""

    may_change: int = flag("may change", default=0)
    type: int = unsigned(7, registry=SegmentTlv)


@header("ipv6.routing.srh.tlv", "TLV", "RFC 8754, section 2.1")
class Tlv(TlvType):
    """Every TLV but Pad1; the length does not count these two bytes."""

    length: int = unsigned(8, unit="bytes")


@header("ipv6.routing.srh.tlv", "HMAC", "RFC 8754, section 2.1.2")
class HmacTlv(Tlv):
    """Proves who made the header; the HMAC follows."""

    without_destination: int = flag("destination not checked", name="ipv6.routing.srh.tlv.hmac.d", default=0)
    reserved: int = unsigned(15, name="ipv6.routing.srh.tlv.hmac.reserved", default=0)
    key: int = unsigned(32, "key identifier", name="ipv6.routing.srh.tlv.hmac.key_id", style="hex")


@header("ipv6.routing.crh16", "compact route", "RFC 9631, section 4")
class Sid16(Header):
    """One segment of a compact route, in two bytes."""

    sid: int = unsigned(16, "segment identifier", style="hex")


@header("ipv6.routing.crh32", "compact route", "RFC 9631, section 4")
class Sid32(Header):
    """One segment of a compact route, in four bytes."""

    sid: int = unsigned(32, "segment identifier", style="hex")


TLVS = OptionTable(
    kinds={
        SegmentTlv.PAD1: Shape("ipv6.routing.srh.tlv", "Pad1", TlvType),
        SegmentTlv.PADN: Shape("ipv6.routing.srh.tlv", "PadN", Tlv, rest="ipv6.routing.srh.tlv.padding"),
        SegmentTlv.HMAC: Shape("ipv6.routing.srh.tlv", "HMAC", HmacTlv, rest="ipv6.routing.srh.tlv.hmac"),
    },
    unknown=Shape("ipv6.routing.srh.tlv", "TLV", Tlv, rest="ipv6.routing.srh.tlv.data"),
    added=2,
    single=frozenset((0,)),
)

#: Reads the bytes [start, stop) behind the first four of a routing header, and says where the packet ends.
_Route: TypeAlias = Callable[[Reading, Routing, int, int], tuple[list[Part], IPv6Address | None]]


def read_routing(reading: Reading, at: int, stop: int) -> Step:
    """A routing header. The addresses it names last are those that checksums are taken with."""
    head = reading.take(Routing, at, stop)
    end = reading.bounded(at, (head.length + 1) * 8, stop, least=8, what="header length")
    read = _ROUTES.get(head.type, _unknown)
    parts, last = read(reading, head, at + 4, end)
    if head.segments_left and last is not None:  # "the Destination Address ... is that of the final destination"
        reading.destination = last
    kind = RoutingType(head.type)
    words = f"{kind.words if kind.is_assigned else f'routing type {head.type}'}, {head.segments_left} segments left"
    reading.layer(Routing.LAYOUT, at, end, [*reading.placed(head, at), *parts], words)
    return Step(Space.PROTOCOL, (head.next_header,), end, stop)


def _shaped(shape: Shape) -> _Route:
    def read(reading: Reading, head: Routing, at: int, stop: int) -> tuple[list[Part], IPv6Address | None]:
        parts = shape.parts(reading.data, at, stop)
        stops = [span.value for span in every(spans_of(parts)) if isinstance(span.value, IPv6Address)]
        if head.segments_left > len(stops):
            reading.note(Severity.ERROR, at - 1, f"{head.segments_left} segments left of {len(stops)}")
        return list(parts), stops[-1] if stops else None

    return read


def _segments(reading: Reading, head: Routing, at: int, stop: int) -> tuple[list[Part], IPv6Address | None]:
    """The segments, the last of the path first, and the TLVs behind them."""
    data = reading.data
    size = SegmentRouting.LAYOUT.size
    if at + size > stop:
        return [bytes_span("ipv6.routing.unknown_data", "data", data, at, stop)] if at < stop else [], None
    fixed = SegmentRouting.decode(data, at)
    parts: list[Part] = [Placed(fixed, at, at + size)]
    at += size
    last = None
    for number in range(fixed.last_entry + 1):
        if at + 16 > stop:
            reading.note(Severity.ERROR, at, f"{fixed.last_entry + 1} segments, {number} are there")
            break
        segment = Segment.decode(data, at)
        last = last or segment.address
        words = f"segment {number}{', the next' if number == head.segments_left else ''}"
        parts.append(Placed(segment, at, at + 16, {"address": words}))
        at += 16
    return [*parts, *reading.options(TLVS, at, stop)], last


def _rpl(reading: Reading, head: Routing, at: int, stop: int) -> tuple[list[Part], IPv6Address | None]:
    """Addresses without the bytes that they share with the destination (RFC 6554, section 3)."""
    data = reading.data
    size = RplRoute.LAYOUT.size
    if at + size > stop:
        return [bytes_span("ipv6.routing.unknown_data", "data", data, at, stop)] if at < stop else [], None
    fixed = RplRoute.decode(data, at)
    parts: list[Part] = [Placed(fixed, at, at + size)]
    at += size
    end = max(at, stop - fixed.padding)
    destination = reading.destination.packed.rjust(16, b"\0") if reading.destination is not None else bytes(16)
    sizes = (16 - fixed.common, 16 - fixed.common_last)
    fields = [_completed(destination[: 16 - size], size) for size in sizes]
    while at < end and len(parts) < MOST_ELEMENTS:
        is_last = end - at < sum(sizes)
        stands = min(end, at + sizes[is_last])
        parts.append(Span(fields[is_last], at * 8, stands * 8, data[at:stands]))
        at = stands
    last = IPv6Address(parts[-1].shown) if isinstance(parts[-1], Span) else None
    if at < stop:
        parts.append(bytes_span("ipv6.routing.rpl.padding", "padding", data, at, stop))
    return parts, last


def _completed(front: bytes, size: int) -> Field:
    """A field whose bytes are shown as an address, behind the bytes that were left out."""

    def words(value: bytes) -> str:
        return str(IPv6Address(front + value.ljust(size, b"\0")))

    return Field("", "ipv6.routing.rpl.address", "address", 0, 0, "octets", words=words)


def _compact(kind: type[Sid16] | type[Sid32]) -> _Route:
    def read(reading: Reading, head: Routing, at: int, stop: int) -> tuple[list[Part], IPv6Address | None]:
        size = kind.LAYOUT.size
        parts: list[Part] = []
        current: list[Span] = []
        start = at
        while at + size <= stop and len(parts) < MOST_ELEMENTS:
            sid = kind.decode(reading.data, at)
            if len(parts) == head.segments_left:
                name = f"{kind.LAYOUT.name}.current_sid"
                current.append(stretch(name, "current", at, at + size, f"0x{sid.sid:0{size * 2}x}", value=sid.sid))
            parts.append(Placed(sid, at, at + size))
            at += size
        if at < stop:
            parts.append(bytes_span("ipv6.routing.unknown_data", "data", reading.data, at, stop))
        if start == stop:
            return [], None
        return [heading(f"{kind.LAYOUT.name}.list", "segment identifiers", start, stop, parts, parts), *current], None

    return read


def _unknown(reading: Reading, head: Routing, at: int, stop: int) -> tuple[list[Part], IPv6Address | None]:
    if at >= stop:
        return [], None
    return [bytes_span("ipv6.routing.unknown_data", "type-specific data", reading.data, at, stop)], None


_ROUTES: dict[int, _Route] = {
    RoutingType.SOURCE_ROUTE: _shaped(Shape("ipv6.routing.src", "source route", SourceRoute, each=SourceRouteAddress)),
    RoutingType.TYPE_2_ROUTING_HEADER: _shaped(Shape("ipv6.routing.mipv6", "home address", HomeAddressRoute)),
    RoutingType.RPL_SOURCE_ROUTE_HEADER: _rpl,
    RoutingType.SEGMENT_ROUTING_HEADER: _segments,
    RoutingType.CRH_16: _compact(Sid16),
    RoutingType.CRH_32: _compact(Sid32),
}
