"""Reading IPv4, IPv6 and IPv6's extension headers out of a frame."""

from collections.abc import Callable
from ipaddress import IPv4Address, IPv6Address

from app.packet.dissection import Severity, every
from app.packet.ip.chain import extension_size
from app.packet.ip.v4 import Ipv4
from app.packet.ip.v4options import IPV4_OPTIONS
from app.packet.ip.v6 import Ipv6
from app.packet.ip.v6options import (
    IPV6_OPTIONS,
    Authentication,
    DestinationOptions,
    Encapsulation,
    Fragment,
    HomeAddressRoute,
    HopByHop,
    Routing,
    RoutingType,
    Segment,
    SegmentRouting,
    SourceRoute,
    SourceRouteAddress,
)
from app.packet.layout import Span
from app.packet.reading import Reading, Space, Step, option_list, read_data
from app.packet.registry import Protocol
from app.packet.shape import Shape, bytes_span


def read_ip(reading: Reading, at: int, stop: int) -> Step:
    """An IP datagram of the version that its first four bits say."""
    return Step(Space.IP_VERSION, (reading.data[at] >> 4 if at < stop else 0,), at, stop)


def read_ipv4(reading: Reading, at: int, stop: int) -> Step | None:
    """An IPv4 header and its options."""
    head = reading.take(Ipv4, at, stop)
    _note_version(reading, at, head.version, 4)
    reading.source, reading.destination, reading.is_whole = head.source, head.destination, True
    payload = reading.bounded(at, head.header_length * 4, stop, least=20, what="header length")
    end = stop
    if head.total_length:  # zero where the network card was left to fill it in
        end = reading.bounded(at, head.total_length, stop, least=payload - at, what="total length")
    _remember_end(reading, end)
    parts = reading.placed(head, at)
    if at + 20 < payload:
        options = option_list(reading, IPV4_OPTIONS, "ip.options", at + 20, payload)
        parts.append(options)
        reading.destination = _final_stop(options) or head.destination
    reading.layer(Ipv4.LAYOUT, at, payload, parts, f"{head.source} → {head.destination}")
    if payload - at == head.header_length * 4:
        reading.verify_sum(at + 10, at, payload)
    if head.more_fragments or head.fragment_offset:
        reading.is_whole = False
    if head.fragment_offset:
        _read_later_fragment(reading, payload, end, head.fragment_offset * 8)
        return None
    return Step(Space.PROTOCOL, (head.protocol,), payload, end)


def read_ipv6(reading: Reading, at: int, stop: int) -> Step:
    """An IPv6 header."""
    head = reading.take(Ipv6, at, stop)
    _note_version(reading, at, head.version, 6)
    reading.source, reading.destination, reading.is_whole = head.source, head.destination, True
    end = stop
    if head.payload_length or head.next_header != Protocol.HOPOPT:  # RFC 2675: a jumbo payload's length is an option
        end = reading.bounded(at, 40 + head.payload_length, stop, least=40, what="payload length")
    _remember_end(reading, end)
    reading.layer(Ipv6.LAYOUT, at, at + 40, reading.placed(head, at), f"{head.source} → {head.destination}")
    return Step(Space.PROTOCOL, (head.next_header,), at + 40, end)


def _final_stop(options: Span) -> IPv4Address | None:
    """Where a source route leads in the end: checksums are taken with it (RFC 1122, section 4.2.3.8)."""
    stops = [span.value for span in every((options,)) if span.field.name in ("ip.cur_rt", "ip.src_rt")]
    return stops[-1] if stops and isinstance(stops[-1], IPv4Address) else None


def _note_version(reading: Reading, at: int, version: int, wanted: int) -> None:
    if version != wanted:
        reading.note(Severity.ERROR, at, f"version {version} where IPv{wanted} has to be")


def _remember_end(reading: Reading, end: int) -> None:
    if reading.end is None:
        reading.end = end


def _read_later_fragment(reading: Reading, at: int, stop: int, offset: int) -> None:
    """The middle of a payload, which holds no header."""
    reading.note(Severity.NOTE, at, f"a fragment: byte {offset} and what follows of a larger payload")
    read_data(reading, at, stop)


def _options_of(kind: type[HopByHop | DestinationOptions], words: str) -> Callable[[Reading, int, int], Step]:
    def read(reading: Reading, at: int, stop: int) -> Step:
        head = reading.take(kind, at, stop)
        end = reading.bounded(at, (head.length + 1) * 8, stop, least=8, what="header length")
        options = reading.options(IPV6_OPTIONS, at + 2, end)
        parts = [*reading.placed(head, at), *options]
        for span in every(tuple(options)):
            if isinstance(span.value, IPv6Address) and reading.source is not None:
                reading.source = span.value  # RFC 6275, section 6.3: checksums are taken with the home address
        reading.layer(kind.LAYOUT, at, end, parts, words)
        return Step(Space.PROTOCOL, (head.next_header,), end, stop)

    return read


read_hop_by_hop = _options_of(HopByHop, "hop-by-hop options")
read_destination_options = _options_of(DestinationOptions, "destination options")

_ROUTES = {
    RoutingType.SOURCE_ROUTE: Shape("ipv6.routing.src", "source route", SourceRoute, each=SourceRouteAddress),
    RoutingType.TYPE_2_ROUTING_HEADER: Shape("ipv6.routing.mipv6", "home address", HomeAddressRoute),
    RoutingType.SEGMENT_ROUTING_HEADER: Shape("ipv6.routing.srh", "segments", SegmentRouting, each=Segment),
}


def read_routing(reading: Reading, at: int, stop: int) -> Step:
    """A routing header. The addresses it names last are those that checksums are taken with."""
    head = reading.take(Routing, at, stop)
    end = reading.bounded(at, (head.length + 1) * 8, stop, least=8, what="header length")
    parts = reading.placed(head, at)
    shape = _ROUTES.get(RoutingType(head.type))
    if shape is not None:
        spans = shape.spans(reading.data, at + 4, end)
        parts += spans
        stops = [span.value for span in spans if isinstance(span.value, IPv6Address)]
        if head.segments_left and stops:  # RFC 8200, section 8.1: "the Destination Address ... is that of the final"
            is_reversed = head.type == RoutingType.SEGMENT_ROUTING_HEADER
            reading.destination = stops[0] if is_reversed else stops[-1]
    elif at + 4 < end:
        parts.append(bytes_span("ipv6.routing.unknown_data", "type-specific data", reading.data, at + 4, end))
    words = f"{RoutingType(head.type).words}, {head.segments_left} segments left"
    reading.layer(Routing.LAYOUT, at, end, parts, words)
    return Step(Space.PROTOCOL, (head.next_header,), end, stop)


def read_fragment(reading: Reading, at: int, stop: int) -> Step | None:
    """A fragment header. Only the first fragment holds what the next header names."""
    head = reading.take(Fragment, at, stop)
    words = f"fragment at byte {head.offset * 8}{', more follow' if head.more_fragments else ', the last'}"
    reading.layer(Fragment.LAYOUT, at, at + 8, reading.placed(head, at), words)
    if head.more_fragments or head.offset:
        reading.is_whole = False
    if head.offset:
        _read_later_fragment(reading, at + 8, stop, head.offset * 8)
        return None
    return Step(Space.PROTOCOL, (head.next_header,), at + 8, stop)


def read_authentication(reading: Reading, at: int, stop: int) -> Step:
    """An authentication header; what it protects can be read."""
    head = reading.take(Authentication, at, stop)
    size = extension_size(Protocol.AH, reading.data, at) or 8
    end = reading.bounded(at, size, stop, least=12, what="header length")
    parts = reading.placed(head, at)
    if at + 12 < end:
        parts.append(bytes_span("ah.icv", "integrity check value", reading.data, at + 12, end))
    reading.layer(Authentication.LAYOUT, at, end, parts, f"authentication, spi 0x{head.spi:08x}")
    return Step(Space.PROTOCOL, (head.next_header,), end, stop)


def read_encapsulation(reading: Reading, at: int, stop: int) -> None:
    """An encrypted payload; only its first two words are for everyone."""
    head = reading.take(Encapsulation, at, stop)
    parts = reading.placed(head, at)
    if at + 8 < stop:
        parts.append(bytes_span("esp.encrypted_data", "encrypted data", reading.data, at + 8, stop))
    reading.layer(Encapsulation.LAYOUT, at, stop, parts, f"esp, spi 0x{head.spi:08x}, seq {head.sequence}")


def read_nothing(reading: Reading, at: int, stop: int) -> None:
    """IPv6 "no next header": bytes behind it are to be ignored (RFC 8200, section 4.7)."""
    if at < stop:
        reading.note(Severity.WARNING, at, f"{stop - at} bytes behind the last header")
        read_data(reading, at, stop)
