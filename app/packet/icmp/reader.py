"""Reading ICMP messages of both versions out of a frame: by one path, from two tables."""

from app.packet.dissection import Check, CheckStatus, Placed, stretch
from app.packet.icmp import v4messages, v6messages
from app.packet.icmp.codes import icmp_words
from app.packet.icmp.extension import (
    LENGTH_FIELD,
    ExtensionHeader,
    ExtensionObject,
    LabelStackEntry,
    ObjectClass,
    ObjectHeader,
    extension_at,
    extension_objects,
)
from app.packet.icmp.interfaceobject import interface_identification, interface_information
from app.packet.icmp.v4 import Icmp, IcmpType
from app.packet.icmp.v4messages import ICMP_MESSAGES, Body, FragmentationNeeded, Message
from app.packet.icmp.v6 import Icmpv6, Icmpv6Type
from app.packet.icmp.v6messages import ICMPV6_MESSAGES, QUERY_V2
from app.packet.layout import Header, Span
from app.packet.reading import Reading, Space, Step, read_data
from app.packet.registry import Protocol
from app.packet.shape import bytes_span, heading, repeated

_ANY4 = Message(Icmp, Body.DATA)
_ANY6 = Message(Icmpv6, Body.DATA)
_TOO_BIG4 = Message(FragmentationNeeded, Body.QUOTE)
#: How an error is read whose length field is zero: as RFC 792 and RFC 4443 had it.
_UNEXTENDED: dict[type[Header], Message] = {
    v4messages.Unreachable: Message(v4messages.Unextended, Body.QUOTE),
    v4messages.FragmentationNeeded: Message(v4messages.UnextendedNeeded, Body.QUOTE),
    v4messages.ParameterProblem: Message(v4messages.UnextendedProblem, Body.QUOTE),
    v6messages.Error: Message(v6messages.Unextended, Body.QUOTE),
}


def read_icmp(reading: Reading, at: int, stop: int) -> Step | None:
    """An ICMP message for IPv4."""
    kind, code = _type_and_code(reading, at, stop)
    message = ICMP_MESSAGES.get(kind, _ANY4)
    if kind == IcmpType.DESTINATION_UNREACHABLE and code == 4:
        message = _TOO_BIG4
    return _read(reading, at, stop, message, Protocol.ICMP)


def read_icmpv6(reading: Reading, at: int, stop: int) -> Step | None:
    """An ICMPv6 message."""
    kind, _ = _type_and_code(reading, at, stop)
    message = ICMPV6_MESSAGES.get(kind, _ANY6)
    if kind == Icmpv6Type.MULTICAST_LISTENER_QUERY and stop - at >= QUERY_V2[0]:
        message = QUERY_V2[1]
    return _read(reading, at, stop, message, Protocol.IPV6_ICMP)


def _type_and_code(reading: Reading, at: int, stop: int) -> tuple[int, int]:
    pair = reading.data[at : min(stop, at + 2)].ljust(2, b"\0")
    return pair[0], pair[1]


def _read(reading: Reading, at: int, stop: int, message: Message, protocol: Protocol) -> Step | None:
    version = 4 if protocol == Protocol.ICMP else 6
    if not any(reading.data[at + LENGTH_FIELD[version][0] :][:1]):
        message = _UNEXTENDED.get(message.head, message)
    kind, code = _type_and_code(reading, at, stop)
    says = icmp_words(version, kind, code)
    head = reading.take(message.head, at, stop, lambda _: says)
    body = at + head.LAYOUT.size
    parts = reading.placed(head, at, code=says)
    quote_end = end = stop
    reading.verify(protocol, at, stop)
    if message.body is Body.QUOTE:
        extension = extension_at(reading.data[at:stop], version)
        if extension is not None:
            quote_end = at + extension
            parts.append(_extension(reading, quote_end, stop))
        end = body
    elif message.body is Body.OBJECTS and body + 4 <= stop:
        parts.append(_extension(reading, body, stop))
    elif message.body is Body.DATA:
        end = body
    else:
        parts += _parts(reading, message, body, stop)
    reading.layer(head.LAYOUT, at, end if quote_end == stop else stop, parts, says + _detail(head))
    if message.body is Body.QUOTE:
        reading.is_quoted = True
        return Step(Space.IP_VERSION, (version,), body, quote_end)
    if message.body is Body.DATA:
        read_data(reading, body, stop)
    return None


def _detail(head: Header) -> str:
    """What a list shows beside the words of type and code."""
    told = []
    for attribute, words in (("sequence", "seq"), ("identifier", "id"), ("target", "for"), ("mtu", "mtu")):
        value = getattr(head, attribute, None)
        if value is not None:
            told.append(f" {words} {value}")
    return ",".join(told)


def _parts(reading: Reading, message: Message, at: int, stop: int) -> list[Placed | Span]:
    """The elements, options or tail that belong to the message."""
    if message.options is not None:
        return list(reading.options(message.options, at, stop))
    if message.tail is not None:
        return list(message.tail(reading.data, at, stop))
    parts: list[Placed | Span] = []
    if message.each is not None:
        elements, at = repeated(message.each, reading.data, at, stop)
        parts.extend(elements)
    if at < stop:
        parts.append(bytes_span("data.data", "data", reading.data, at, stop))
    return parts


def _extension(reading: Reading, at: int, stop: int) -> Span:
    """An RFC 4884 extension structure over [at, stop)."""
    if any(reading.data[at + 2 : at + 4]):
        reading.verify_sum(at + 2, at, stop)
    else:
        reading.checks.append(Check(at + 2, CheckStatus.NONE))
    children = list(ExtensionHeader.decode(reading.data, at).spans(at))
    end = at + 4
    for found in extension_objects(reading.data[:stop], at):
        children.append(_object(reading.data, found))
        end = found.stop
    if end < stop:
        children.append(bytes_span("icmp.ext.data", "malformed object", reading.data, end, stop))
    told = ", ".join(child.field.label for child in children if child.children)
    return stretch("icmp.ext", "ICMP extensions", at, stop, told, children=tuple(children))


def _object(data: bytes, found: ExtensionObject) -> Span:
    """One object under a heading."""
    start = found.start - 4
    if found.object_class == ObjectClass.INTERFACE_INFORMATION:
        return interface_information(data, found)
    fields = list(ObjectHeader.decode(data, start).spans(start))
    if found.object_class == ObjectClass.INTERFACE_IDENTIFICATION:
        told = interface_identification(data, found)
    elif found.object_class == ObjectClass.MPLS_LABEL_STACK:
        told, end = repeated(LabelStackEntry, data, found.start, found.stop)
        if end < found.stop:
            told.append(bytes_span("icmp.mpls.data", "data", data, end, found.stop))
    elif found.start < found.stop:
        told = [bytes_span("icmp.ext.data", "data", data, found.start, found.stop)]
    else:
        told = []
    title = ObjectClass(found.object_class).words
    return heading("icmp.ext.object", title, start, found.stop, (*fields, *told), tuple(told))
