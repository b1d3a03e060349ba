"""The identifier of an SNMP engine: whose it is, and what its maker put into it (RFC 3411, section 5)."""

from app.packet.application.pieces import (
    Message,
    Piece,
    address4,
    address6,
    branch,
    hardware,
    head,
    moment,
    named_field,
    number,
    octets,
    read_pieces,
    text,
)
from app.packet.dissection import Part
from app.packet.layout import Group, Header, Span, flag, header, unsigned
from app.packet.registry import Registry
from app.packet.shape import bytes_span

ENTERPRISE = Group("snmp.engineid.enterprise", "enterprise", "decimal")
_NET_SNMP = 8072
_SHORTEST = 5
#: What Net-SNMP makes: a random number of 4 bytes and the time, of 4 or 8.
_RANDOM_FORMAT = 128
_RANDOM_SIZES = (13, 17)


class EngineFormat(Registry):
    """RFC 3411, section 5 (SnmpEngineID)."""

    IPV4 = 1
    IPV6 = 2
    MAC_ADDRESS = 3
    TEXT = 4
    OCTETS = 5


@header("snmp.engineid", "engine identifier", "RFC 3411, section 5")
class EngineHead(Header):
    """Whether it is made as RFC 3411 says, and by whom."""

    conform: int = flag("as RFC 3411 says", group=ENTERPRISE, default=1)
    enterprise: int = unsigned(31, "enterprise number", name="snmp.engineid.enterprise.number", group=ENTERPRISE)


_FORMATS: dict[int, tuple[Piece, ...]] = {
    EngineFormat.IPV4: (address4("snmp.engineid.ipv4", "address"),),
    EngineFormat.IPV6: (address6("snmp.engineid.ipv6", "address"),),
    EngineFormat.MAC_ADDRESS: (hardware("snmp.engineid.mac", "address"),),
    EngineFormat.TEXT: (text("snmp.engineid.text", "text"),),
}
_ANY = (octets("snmp.engineid.data", "data"),)


def _made(message: Message, at: int, stop: int) -> tuple[list[Part], int]:
    """When Net-SNMP made it: seconds since 1970, least significant byte first on most machines."""
    field = named_field("snmp.engineid.time", "made", stop - at, kind="octets")
    value = message.data[at:stop]
    return [Span(field, at * 8, stop * 8, value, moment(int.from_bytes(value, "little")))], stop


_RANDOM = (octets("snmp.engineid.data", "random", 4), _made)
_FORMAT = number("snmp.engineid.format", "format", 1, registry=EngineFormat)


def engine(message: Message, name: str, label: str, at: int, stop: int) -> list[Part]:
    """An engine's identifier under a heading; none where it is empty, as in the first request."""
    if at == stop:
        return []
    if stop - at < _SHORTEST or not message.data[at] & 0x80:
        return [bytes_span(name, label, message.data, at, stop)]
    enterprise = int.from_bytes(message.data[at : at + 4], "big") & 0x7FFFFFFF
    kind = message.data[at + 4]
    pieces = _FORMATS.get(kind, _ANY)
    if enterprise == _NET_SNMP and kind == _RANDOM_FORMAT and stop - at in _RANDOM_SIZES:
        pieces = _RANDOM
    parts = read_pieces(message, (head(EngineHead), _FORMAT, *pieces), at, stop, "snmp.engineid.data")
    return [branch(name, label, at, stop, parts)]
