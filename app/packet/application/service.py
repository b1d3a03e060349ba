"""What SVCB and HTTPS records say of a service, as keys and values (RFC 9460, section 2.2)."""

from app.packet.application.pieces import (
    Message,
    Piece,
    address4,
    address6,
    branch,
    counted,
    each,
    number,
    octets,
    read_pieces,
    text,
)
from app.packet.dissection import Part
from app.packet.registry import Registry


class ServiceKey(Registry):
    """https://www.iana.org/assignments/dns-svcb (Service Parameter Keys)"""

    MANDATORY = 0
    ALPN = 1
    NO_DEFAULT_ALPN = 2
    PORT = 3
    IPV4HINT = 4
    ECH = 5
    IPV6HINT = 6
    DOHPATH = 7
    OHTTP = 8
    TLS_SUPPORTED_GROUPS = 9
    DOCPATH = 10


_KEY = "dns.svcb.svcparam"
_VALUES: dict[int, Piece] = {
    ServiceKey.MANDATORY: each(number(f"{_KEY}.mandatory.key", "key", 2, registry=ServiceKey)),
    ServiceKey.ALPN: each(counted(f"{_KEY}.alpn.length", text(f"{_KEY}.alpn", "ALPN"))),
    ServiceKey.PORT: number(f"{_KEY}.port", "port", 2),
    ServiceKey.IPV4HINT: each(address4(f"{_KEY}.ipv4hint.ip", "address")),
    ServiceKey.ECH: octets(f"{_KEY}.echconfig", "configuration"),
    ServiceKey.IPV6HINT: each(address6(f"{_KEY}.ipv6hint.ip", "address")),
    ServiceKey.DOHPATH: text(f"{_KEY}.value", "path"),
}
_HEAD = (number(f"{_KEY}.key", "key", 2, registry=ServiceKey), number(f"{_KEY}.value.length", "length", 2))


def read_parameter(message: Message, at: int, stop: int) -> tuple[list[Part], int] | None:
    """One parameter: key, length, value."""
    body = at + 4
    end = body + int.from_bytes(message.data[at + 2 : body], "big")
    if body > stop or end > stop:
        return None
    key = ServiceKey(int.from_bytes(message.data[at : at + 2], "big"))
    value = _VALUES.get(key, octets(f"{_KEY}.value", "value"))
    parts = read_pieces(message, _HEAD, at, body, f"{_KEY}.value")
    parts += read_pieces(message, (value,), body, end, f"{_KEY}.value")
    return [branch(_KEY, key.words, at, end, parts, skip=2)], end
