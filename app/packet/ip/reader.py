"""Reading IPv4, IPv6 and IPv6's extension headers out of a frame."""

from collections.abc import Callable
from ipaddress import IPv4Address, IPv6Address

from app.packet.dissection import Branch, Check, CheckStatus, Part, Placed, Severity, every, spans_named
from app.packet.ip.chain import extension_size
from app.packet.ip.v4 import Ipv4
from app.packet.ip.v4options import IPV4_OPTIONS
from app.packet.ip.v6 import Ipv6
from app.packet.ip.v6options import Authentication, DestinationOptions, Encapsulation, Fragment, HopByHop
from app.packet.ip.v6optiontable import IPV6_OPTIONS
from app.packet.layout import Value
from app.packet.reading import Reading, Space, Step, Way, option_list, read_data
from app.packet.registry import Protocol
from app.packet.shape import bytes_span

PROTOCOL = Space.PROTOCOL  # a member of an enumeration takes long to look up


def read_ip(reading: Reading, at: int, stop: int) -> Step:
    """An IP datagram of the version that its first four bits say."""
    return Step(Space.IP_VERSION, (reading.data[at] >> 4 if at < stop else 0,), at, stop)


def read_ipv4(reading: Reading, at: int, stop: int) -> Way | None:
    """An IPv4 header and its options."""
    if at + 12 <= stop < at + 20:  # the header is cut behind its checksum
        reading.checks.append(Check(at + 10, CheckStatus.UNVERIFIED))
    head = reading.take(Ipv4, at, stop)
    size, length, offset = head.header_length * 4, head.total_length, head.fragment_offset
    if head.version != 4:
        _note_version(reading, at, head.version, 4)
    reading.source, reading.destination, reading.is_whole = head.source, head.destination, True
    payload = at + size if 20 <= size <= stop - at else reading.bounded(at, size, stop, least=20, what="header length")
    end = stop
    if length:  # zero where the network card was left to fill it in
        end = reading.bounded(at, length, stop, least=payload - at, what="total length")
    if reading.end is None:
        reading.end = end
        if not head.ttl:
            reading.note(
                Severity.WARNING, at + 8, "time to live 0 has no place on the wire (RFC 1122, section 3.2.1.7)"
            )
    if at + 20 < payload:
        options = option_list(reading, IPV4_OPTIONS, "ip.options", at + 20, payload)
        reading.destination = _final_stop(options) or head.destination
        reading.layer(Ipv4.LAYOUT, at, payload, (*reading.placed(head, at), options), head.ends)
    else:
        reading.header(head, at, head.ends)
    if payload - at == size:
        reading.verify_sum(at + 10, at, payload)
    else:
        reading.checks.append(Check(at + 10, CheckStatus.UNVERIFIED))
    if offset or head.more_fragments:
        reading.is_whole = False
        if offset:
            _read_later_fragment(reading, payload, end, offset * 8)
            return None
    return PROTOCOL, (head.protocol,), payload, end


def read_ipv6(reading: Reading, at: int, stop: int) -> Way:
    """An IPv6 header."""
    head = reading.take(Ipv6, at, stop)
    if head.version != 6:
        _note_version(reading, at, head.version, 6)
    reading.source, reading.destination, reading.is_whole = head.source, head.destination, True
    end = stop
    if head.payload_length or head.next_header:  # RFC 2675: a jumbo payload's length is a hop-by-hop option (0)
        end = reading.bounded(at, 40 + head.payload_length, stop, least=40, what="payload length")
    if reading.end is None:
        reading.end = end
    reading.header(head, at, head.ends)
    return PROTOCOL, (head.next_header,), at + 40, end


def _final_stop(options: Branch) -> IPv4Address | None:
    """Where a source route leads in the end: checksums are taken with it (RFC 1122, section 4.2.3.8)."""
    stops = [span.value for span in every(options.spans()) if span.field.name in ("ip.cur_rt", "ip.src_rt")]
    return stops[-1] if stops and isinstance(stops[-1], IPv4Address) else None


def _note_version(reading: Reading, at: int, version: int, wanted: int) -> None:
    reading.note(Severity.ERROR, at, f"version {version} where IPv{wanted} has to be")


def _read_later_fragment(reading: Reading, at: int, stop: int, offset: int) -> None:
    """The middle of a payload, which holds no header."""
    reading.note(Severity.NOTE, at, f"a fragment: byte {offset} and what follows of a larger payload")
    read_data(reading, at, stop, f"fragment at byte {offset}")


def _options_of(kind: type[HopByHop | DestinationOptions], words: str) -> Callable[[Reading, int, int], Step]:
    def read(reading: Reading, at: int, stop: int) -> Step:
        head = reading.take(kind, at, stop)
        end = reading.bounded(at, (head.length + 1) * 8, stop, least=8, what="header length")
        options = tuple(reading.options(IPV6_OPTIONS, at + 2, end))
        parts = [*reading.placed(head, at), *options]
        home = _first_value(options, "ipv6.opt.mipv6.home_address")
        if isinstance(home, IPv6Address) and reading.source is not None:
            reading.source = home  # RFC 6275, section 6.3: checksums are taken with the home address
        jumbo = _first_value(options, "ipv6.opt.jumbo") if kind is HopByHop else None
        if isinstance(jumbo, int):
            stop = _jumbo_stop(reading, jumbo, at, end, stop)
        reading.layer(kind.LAYOUT, at, end, parts, words)
        return Step(Space.PROTOCOL, (head.next_header,), end, stop)

    return read


def _first_value(parts: tuple[Part, ...], name: str) -> Value | None:
    """What the first field of a name says."""
    found = next(spans_named(parts, name), None)
    return None if found is None else found.value


def _jumbo_stop(reading: Reading, jumbo: int, at: int, end: int, stop: int) -> int:
    """Where a jumbo payload ends; the option has no say where the header tells a length (RFC 2675, section 3)."""
    before = reading.layers[-1].parts[0] if reading.layers else None
    head = before.header if isinstance(before, Placed) else None
    if isinstance(head, Ipv6) and head.payload_length:
        reading.note(Severity.ERROR, at, "a jumbo payload option beside a payload length (RFC 2675, section 3)")
        return stop
    return reading.bounded(at, jumbo, stop, least=end - at, what="jumbo payload length")


read_hop_by_hop = _options_of(HopByHop, "hop-by-hop options")
read_destination_options = _options_of(DestinationOptions, "destination options")


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
