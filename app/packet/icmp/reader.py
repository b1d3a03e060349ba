"""Reading ICMP messages of both versions out of a frame: by one path, from two tables."""

import struct
from datetime import UTC, datetime
from functools import partial
from ipaddress import IPv6Address

from app.packet.dissection import Check, Part
from app.packet.icmp import v4messages, v6messages
from app.packet.icmp.extension import LEAST_EXTENDED, LENGTH_FIELD
from app.packet.icmp.extensionreader import extension_start, read_extension
from app.packet.icmp.neighbour import NEIGHBOUR_OPTIONS
from app.packet.icmp.neighbouroption import OptionType
from app.packet.icmp.sanity import WATCHED, note_envelope
from app.packet.icmp.summary import message_words, rpl_words
from app.packet.icmp.types import IcmpType, Icmpv6Type
from app.packet.icmp.v4 import Icmp, IcmpEcho
from app.packet.icmp.v4messages import ICMP_MESSAGES, Body, FragmentationNeeded, Message
from app.packet.icmp.v6 import Icmpv6
from app.packet.icmp.v6messages import ICMPV6_CHOICES, ICMPV6_MESSAGES
from app.packet.layout import Words
from app.packet.reading import UNVERIFIED, Reading, Space, Step, Way, new, read_data
from app.packet.registry import Protocol
from app.packet.shape import bytes_span, option_size, repeated

_ANY4 = Message(Icmp, Body.DATA)
_ANY6 = Message(Icmpv6, Body.DATA)
_TOO_BIG4 = Message(FragmentationNeeded, Body.QUOTE)
_FRAGMENTATION_NEEDED = bytes((IcmpType.DESTINATION_UNREACHABLE, 4))
#: How an error is read whose length field is zero: as RFC 792 and RFC 4443 had it.
_UNEXTENDED: dict[type[Icmp | Icmpv6], type[Icmp | Icmpv6]] = {
    v4messages.Unreachable: v4messages.Unextended,
    v4messages.FragmentationNeeded: v4messages.UnextendedNeeded,
    v4messages.ParameterProblem: v4messages.UnextendedProblem,
    v6messages.Error: v6messages.Unextended,
}
# Members of an enumeration take long to look up.
_DATA, _QUOTE, _OBJECTS = Body.DATA, Body.QUOTE, Body.OBJECTS
_IP_VERSION = Space.IP_VERSION
#: Seconds since 1970 that a clock may well show: the years 2001 to 2038.
_LIKELY_SECONDS = range(1_000_000_000, 1 << 31)
_MILLION = 1_000_000
_LITTLE, _BIG = struct.Struct("<II").unpack, struct.Struct(">II").unpack
_NOBODY = IPv6Address(0)


def read_icmp(reading: Reading, at: int, stop: int) -> Way | None:
    """An ICMP message for IPv4."""
    kind = reading.data[at : min(stop, at + 2)]
    message = _TOO_BIG4 if kind == _FRAGMENTATION_NEEDED else ICMP_MESSAGES.get(kind[0] if kind else 0, _ANY4)
    return _read(reading, at, stop, message, Protocol.ICMP)


def read_icmpv6(reading: Reading, at: int, stop: int) -> Way | None:
    """An ICMPv6 message."""
    kind = reading.data[at] if at < stop else 0
    choose = ICMPV6_CHOICES.get(kind)
    message = choose(reading.data, at, stop) if choose is not None else ICMPV6_MESSAGES.get(kind, _ANY6)
    if kind in WATCHED:
        note_envelope(reading, kind, at)
    step = _read(reading, at, stop, message, Protocol.IPV6_ICMP)
    return _redirected(reading, at, stop) if kind == Icmpv6Type.REDIRECT_MESSAGE else step


def _read(reading: Reading, at: int, stop: int, message: Message, protocol: Protocol) -> Way | None:
    version = 4 if protocol is Protocol.ICMP else 6
    kind, way = message.head, message.body
    if way is _QUOTE:
        length_at = at + LENGTH_FIELD[version][0]
        if length_at >= stop or not reading.data[length_at]:
            kind = _UNEXTENDED.get(kind, kind)
    if reading.is_quoted and at + 4 <= stop:
        reading.checks.append(new(Check, (at + 2, UNVERIFIED, None)))  # whoever quotes may have changed a byte
    else:
        reading.verify(protocol, at, stop)
    head = reading.take(kind, at, stop, partial(message_words, version))
    body = at + kind.SIZE
    if way is _DATA:
        _read_payload(reading, head, version, body, stop)
        return None
    parts = reading.placed(head, at)
    if way is _QUOTE:
        return _read_quotation(reading, head, version, body, stop)
    if way is _OBJECTS:
        parts += [read_extension(reading, body, stop)] if body + 4 <= stop else []
    else:
        parts += _parts(reading, message, body, stop)
    said = tuple(parts)
    reading.layer(kind.LAYOUT, at, stop, said, _words(reading, version, head, said))
    return None


def _read_quotation(reading: Reading, head: Icmp | Icmpv6, version: int, body: int, stop: int) -> Way:
    """An error: the datagram that it quotes stands behind it, and perhaps objects behind that."""
    at, end = body - head.SIZE, stop
    has_room = stop - at >= LEAST_EXTENDED
    extension = extension_start(reading.data[at:stop], version) if has_room else None
    words = partial(message_words, version, head)
    if extension is None:
        reading.header(head, at, words)
    else:
        end = at + extension
        parts = (*reading.placed(head, at), read_extension(reading, end, stop))
        reading.layer(head.LAYOUT, at, stop, parts, words)
    reading.is_quoted = True
    quoted = reading.data[body] >> 4 if body < stop else 0
    return _IP_VERSION, (quoted if quoted in (4, 6) else version,), body, end


def _words(reading: Reading, version: int, head: Icmp | Icmpv6, said: tuple[Part, ...]) -> Words:
    """What makes the line of a message that says more than its type and code do."""
    if version == 6 and head.type == Icmpv6Type.RPL_CONTROL_MESSAGE:
        return partial(rpl_words, head, said)
    if isinstance(head, v6messages.NeighbourSolicitation) and reading.source == _NOBODY:
        return f"neighbour solicitation, is {head.target} free?"  # RFC 4862, section 5.4.2
    return partial(message_words, version, head, said)


def _read_payload(reading: Reading, head: Icmp | Icmpv6, version: int, body: int, stop: int) -> None:
    """Bytes of the sender's choice; ping puts the time in front of them."""
    at = body - head.SIZE
    words = partial(message_words, version, head)
    if type(head) is IcmpEcho and _is_moment(reading.data[body : min(stop, body + 8)]):
        moment = bytes_span("icmp.data_time", "time sent, it seems", reading.data, body, body + 8)
        body += 8
        told = moment._replace(told=partial(_moment, reading.data[body - 8 : body]))
        reading.layer(head.LAYOUT, at, body, (*reading.placed(head, at), told), words)
    else:
        reading.header(head, at, words)
    read_data(reading, body, stop)


def _is_moment(data: bytes) -> bool:
    """Whether a timeval in either byte order tells a likely time.

    Of a timeval of 16 bytes, which little-endian machines of 64 bits send, these are the seconds.
    """
    return len(data) == 8 and any(
        seconds in _LIKELY_SECONDS and microseconds < _MILLION for seconds, microseconds in _timevals(data)
    )


def _timevals(data: bytes) -> tuple[tuple[int, int], tuple[int, int]]:
    return _LITTLE(data), _BIG(data)


def _moment(data: bytes) -> str:
    """The likely one of the two times that the bytes may mean."""
    seconds, microseconds = next(each for each in _timevals(data) if each[0] in _LIKELY_SECONDS and each[1] < _MILLION)
    moment = datetime.fromtimestamp(seconds, UTC).replace(microsecond=microseconds)
    return f"{moment:%Y-%m-%d %H:%M:%S.%f} UTC"


def _parts(reading: Reading, message: Message, at: int, stop: int) -> list[Part]:
    """The elements, options or tail that belong to the message."""
    if message.options is not None:
        return reading.options(message.options, at, stop)
    if message.tail is not None:
        return list(message.tail(reading.data, at, stop)) if at < stop else []
    parts: list[Part] = []
    if message.each is not None:
        elements, at = repeated(message.each, reading.data, at, stop)
        parts.extend(elements)
    if at < stop:
        parts.append(bytes_span("data.data", "data", reading.data, at, stop))
    return parts


def _redirected(reading: Reading, at: int, stop: int) -> Step | None:
    """The datagram within the redirected header option (RFC 4861, section 4.6.3), as a quotation."""
    option = at + v6messages.Redirect.LAYOUT.size
    while option + 8 < stop:
        size = option_size(NEIGHBOUR_OPTIONS, reading.data, option, stop)
        if size is None or option + size > stop:
            break
        if reading.data[option] == OptionType.REDIRECTED_HEADER:
            reading.is_quoted = True
            return Step(Space.IP_VERSION, (6,), option + 8, option + size)
        option += size
    return None
