"""Reading DHCPv6 messages out of a frame; what relay agents carry is a layer of its own (RFC 8415)."""

from ipaddress import IPv6Address

from app.packet.application.dhcpv6 import Dhcpv6, Dhcpv6Relay, MessageType, OptionCode, StatusCode
from app.packet.application.dhcpv6options import DHCPV6_OPTIONS
from app.packet.application.options6 import OptionsMessage, options
from app.packet.application.pieces import MOST_PARTS
from app.packet.dissection import Part, Placed, Severity
from app.packet.reading import Reading
from app.packet.shape import MOST_ELEMENTS

#: Relay agents behind relay agents: RFC 8415, section 7.6, lets 8 of them forward a message.
MOST_RELAYS = 16
_RELAYED = frozenset((MessageType.RELAY_FORW, MessageType.RELAY_REPL))


def read_dhcpv6(reading: Reading, at: int, stop: int) -> None:
    """A message, and in turn those that relay agents wrapped."""
    left = MOST_PARTS
    for _ in range(MOST_RELAYS):
        inner, left = _read(reading, at, stop, left)
        if inner is None:
            return
        at, stop = inner
    reading.note(Severity.WARNING, at, f"more than {MOST_RELAYS} relay agents: the rest is not shown")


def _read(reading: Reading, at: int, stop: int, left: int) -> tuple[tuple[int, int] | None, int]:
    """One message as a layer: where the message in it stands, if it has one, and how many parts are left."""
    kind = reading.data[at] if at < stop else 0
    head: Dhcpv6 | Dhcpv6Relay
    head = reading.take(Dhcpv6Relay, at, stop) if kind in _RELAYED else reading.take(Dhcpv6, at, stop)
    size = head.LAYOUT.size
    message = OptionsMessage(reading.data, at, stop, DHCPV6_OPTIONS, is_cut=reading.is_quoted)
    message.left = left
    parts: list[Part] = [Placed(head, at, at + size)]
    parts += options(message, at + size, stop)[0]
    places = _places(reading.data, at + size, stop)
    reading.notes.extend(message.notes)
    reading.layer(Dhcpv6.LAYOUT, at, stop, parts, _summary(head, reading.data, places))
    inner = places.get(OptionCode.RELAY_MSG) if kind in _RELAYED else None
    return inner, message.left


def _places(data: bytes, at: int, stop: int) -> dict[int, tuple[int, int]]:
    """Where the value of the first option of each code stands."""
    places: dict[int, tuple[int, int]] = {}
    for _ in range(MOST_ELEMENTS):
        body = at + 4
        end = body + int.from_bytes(data[at + 2 : body], "big")
        if body > stop or end > stop:
            break
        places.setdefault(int.from_bytes(data[at : at + 2], "big"), (body, end))
        at = end
    return places


def _summary(head: Dhcpv6 | Dhcpv6Relay, data: bytes, places: dict[int, tuple[int, int]]) -> str:
    """What the message says, in a line."""
    words = f"DHCPv6 {MessageType(head.type).words}"
    if isinstance(head, Dhcpv6Relay):
        return f"{words}, hop {head.hop_count}, for {head.peer}"
    told = [f"{words} 0x{head.transaction:06x}"]
    for code, (at, stop) in places.items():
        if code in (OptionCode.IA_NA, OptionCode.IA_TA, OptionCode.IA_PD):
            told += _leases(data, at + (4 if code == OptionCode.IA_TA else 12), stop)
        elif code == OptionCode.STATUS_CODE and at + 2 <= stop:
            told.append(StatusCode(int.from_bytes(data[at : at + 2], "big")).words)
    return ", ".join(told[:6])


def _leases(data: bytes, at: int, stop: int) -> list[str]:
    """The first address or prefix of an identity association."""
    places = _places(data, at, stop)
    first, last = places.get(OptionCode.IAADDR, (0, 0))
    told = [str(IPv6Address(data[first : first + 16]))] if last - first >= 24 else []
    first, last = places.get(OptionCode.IAPREFIX, (0, 0))
    if last - first >= 25:
        told.append(f"{IPv6Address(data[first + 9 : first + 25])}/{data[first + 8]}")
    return told
