"""PPP in its framings: bare, behind HDLC's address and control, within PPPoE; and Cisco's own HDLC.

RFC 1661, 1662, 2516. The control protocols of PPP are named and not read.
"""

from app.packet.dissection import Branch, Part, Placed, stretch
from app.packet.layout import Header, header, unsigned
from app.packet.link.numbers import EtherType, PppProtocol
from app.packet.reading import Reading, Space, Step
from app.packet.registry import Registry
from app.packet.shape import MOST_ELEMENTS, bytes_span, heading
from app.packet.text import safe_bytes


class PppoeCode(Registry):
    """RFC 2516, section 4 and appendix A."""

    SESSION_DATA = 0x00
    ACTIVE_DISCOVERY_OFFER = 0x07
    ACTIVE_DISCOVERY_INITIATION = 0x09
    ACTIVE_DISCOVERY_SESSION_GRANT = 0x0A
    ACTIVE_DISCOVERY_SESSION_CONFIRMATION = 0x65
    ACTIVE_DISCOVERY_REQUEST = 0x19
    ACTIVE_DISCOVERY_TERMINATE = 0xA7


class PppoeTag(Registry):
    """https://www.iana.org/assignments/pppoe-parameters"""

    END_OF_LIST = 0x0000
    SERVICE_NAME = 0x0101
    AC_NAME = 0x0102
    HOST_UNIQ = 0x0103
    AC_COOKIE = 0x0104
    VENDOR_SPECIFIC = 0x0105
    CREDITS = 0x0106
    METRICS = 0x0107
    SEQUENCE_NUMBER = 0x0108
    CREDIT_SCALE_FACTOR = 0x0109
    RELAY_SESSION_ID = 0x0110
    HURL = 0x0111
    MOTM = 0x0112
    PPP_MAX_PAYLOAD = 0x0120
    IP_ROUTE_ADD = 0x0121
    SERVICE_NAME_ERROR = 0x0201
    AC_SYSTEM_ERROR = 0x0202
    GENERIC_ERROR = 0x0203


@header("ppp", "Point-to-Point Protocol", "RFC 1662, section 3.1")
class PppFraming(Header):
    """Address and control in front of PPP, in HDLC-like framing."""

    address: int = unsigned(8, style="hex", default=0xFF)
    control: int = unsigned(8, style="hex", default=3)


@header("ppp", "Point-to-Point Protocol", "RFC 1661, section 2")
class Ppp(Header):
    """The protocol in two bytes."""

    protocol: int = unsigned(16, style="hex", registry=PppProtocol)


@header("ppp", "Point-to-Point Protocol", "RFC 1661, section 6.5")
class ShortPpp(Header):
    """The protocol in one byte: an odd first byte ends it."""

    protocol: int = unsigned(8, style="hex", registry=PppProtocol)


@header("chdlc", "Cisco HDLC", "RFC 1547, section 4.3.1")
class CiscoHdlc(Header):
    """Cisco's framing of serial lines, with Ethernet's types."""

    address: int = unsigned(8, style="hex", default=0x0F)
    control: int = unsigned(8, style="hex", default=0)
    protocol: int = unsigned(16, style="hex", registry=EtherType)


@header("pppoe", "PPP over Ethernet", "RFC 2516, section 4")
class Pppoe(Header):
    """The session or the search for one."""

    version: int = unsigned(4, default=1)
    type: int = unsigned(4, default=1)
    code: int = unsigned(8, style="hex", registry=PppoeCode, default=0)
    session: int = unsigned(16, "session identifier", name="session_id", style="hex")
    length: int = unsigned(16, "payload length", name="payload_length", unit="bytes")


@header("pppoed", "PPPoE tag", "RFC 2516, section 5")
class Tag(Header):
    """What stands in front of a tag's value."""

    type: int = unsigned(16, name="tag", style="hex", registry=PppoeTag)
    length: int = unsigned(16, name="tag_length", unit="bytes")


def read_ppp(reading: Reading, at: int, stop: int) -> Step:
    """A PPP packet, with or without HDLC's two bytes in front, the protocol in one byte or two."""
    if reading.data[at : at + 2] in (b"\x0f\x00", b"\x8f\x00"):
        return _read_cisco(reading, at, stop)
    start, parts = at, []
    if reading.data[at : at + 2] == b"\xff\x03":
        parts += reading.placed(reading.take(PppFraming, at, stop), at)
        at += 2
    is_short = at < stop and reading.data[at] & 1
    head: Ppp | ShortPpp = reading.take(ShortPpp, at, stop) if is_short else reading.take(Ppp, at, stop)
    parts += reading.placed(head, at)
    at += head.LAYOUT.size
    reading.layer(Ppp.LAYOUT, start, at, parts, PppProtocol(head.protocol).words)
    return Step(Space.PPP, (head.protocol,), at, stop)


def _read_cisco(reading: Reading, at: int, stop: int) -> Step:
    head = reading.take(CiscoHdlc, at, stop)
    reading.layer(CiscoHdlc.LAYOUT, at, at + 4, reading.placed(head, at), EtherType(head.protocol).words)
    return Step(Space.ETHERTYPE, (head.protocol,), at + 4, stop)


def read_pppoe_session(reading: Reading, at: int, stop: int) -> Step:
    """A packet of a PPPoE session: PPP follows, without HDLC's bytes."""
    head = reading.take(Pppoe, at, stop)
    end = reading.bounded(at + 6, head.length, stop, least=0, what="payload length")
    if reading.end is None:
        reading.end = end
    reading.layer(Pppoe.LAYOUT, at, at + 6, reading.placed(head, at), f"pppoe session 0x{head.session:04x}")
    return read_ppp(reading, at + 6, end)


def read_pppoe_discovery(reading: Reading, at: int, stop: int) -> None:
    """A packet of the search for a PPPoE session."""
    head = reading.take(Pppoe, at, stop)
    end = reading.bounded(at + 6, head.length, stop, least=0, what="payload length")
    if reading.end is None:
        reading.end = end
    parts = [*reading.placed(head, at), *_tags(reading, at + 6, end)]
    reading.layer(Pppoe.LAYOUT, at, end, parts, f"pppoe {PppoeCode(head.code).words}")


#: Tags whose value is text.
_TEXTS = (
    PppoeTag.SERVICE_NAME,
    PppoeTag.AC_NAME,
    PppoeTag.SERVICE_NAME_ERROR,
    PppoeTag.AC_SYSTEM_ERROR,
    PppoeTag.GENERIC_ERROR,
)


def _tags(reading: Reading, at: int, stop: int) -> list[Part]:
    """The tags within [at, stop) under one heading."""
    start, data = at, reading.data
    tags: list[Part] = []
    while at + Tag.LAYOUT.size <= stop and len(tags) < MOST_ELEMENTS:
        head = Tag.decode(data, at)
        body = at + Tag.LAYOUT.size
        end = reading.bounded(body, head.length, stop, least=0, what="tag length")
        parts: list[Part] = [Placed(head, at, body)]
        tag = PppoeTag(head.type)
        name = f"pppoed.tags.{tag.name.lower()}" if tag.is_assigned else "pppoed.tag.unknown_data"
        if body < end and tag in _TEXTS:
            text = safe_bytes(data[body:end])
            parts.append(stretch(name, tag.words, body, end, text, value=text))
        elif body < end:
            parts.append(bytes_span(name, tag.words, data, body, end))
        tags.append(heading("pppoed.tag", tag.words, at, end, parts, parts[1:]))
        at = end
        if tag is PppoeTag.END_OF_LIST:
            break
    titles = ", ".join(
        PppoeTag(data[tag.start] << 8 | data[tag.start + 1]).words for tag in tags if isinstance(tag, Branch)
    )
    found: list[Part] = [Branch("pppoed.tags", "tags", start, at, tuple(tags), titles)] if tags else []
    if at < stop:
        found.append(bytes_span("pppoed.tag.unknown_data", "data", data, at, stop))
    return found
