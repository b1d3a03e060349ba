"""Reading DHCP and BOOTP messages out of a frame (RFC 2131, RFC 951)."""

from app.packet.application.dhcp import (
    COOKIE,
    NO_ADDRESS,
    BootNames,
    Dhcp,
    DhcpHead,
    MessageType,
    Operation,
    OptionCode,
)
from app.packet.application.dhcpoptions import DHCP_OPTIONS
from app.packet.application.dhcpvendor import PXE_CLASS, PXE_OPTIONS
from app.packet.application.pieces import Message, Piece, branch, number, octets, read_pieces
from app.packet.dissection import Branch, Part, Placed, Severity
from app.packet.layout import Span
from app.packet.reading import Reading
from app.packet.shape import MOST_ELEMENTS, bytes_span
from app.packet.text import safe_bytes

#: Bytes of the fixed part, before the cookie.
FIXED = 236
_NAMES_AT = 44
_FILE_AT = 108
_CHADDR = (28, 44)
_HEAD = (
    number("dhcp.option.type", "option", 1, registry=OptionCode),
    number("dhcp.option.length", "length", 1),
)
_END = (number("dhcp.option.end", "end", 1),)
_UNKNOWN: tuple[Piece, ...] = (octets("dhcp.option.value", "value"),)
_COOKIE = octets("dhcp.cookie", "magic cookie", 4)


def read_dhcp(reading: Reading, at: int, stop: int) -> None:
    """A message: fixed part, two names, and options behind the cookie."""
    data = reading.data
    size = data[at + 2] if at + 2 < stop else 6
    head = reading.take(Dhcp, at, stop) if size == 6 else reading.take(DhcpHead, at, stop)
    parts: list[Part] = [Placed(head, at, at + head.LAYOUT.size)]
    message = Message(data, at, stop, is_cut=reading.is_quoted)
    if not isinstance(head, Dhcp):
        parts += _hardware(message, at, stop, size)
    found: dict[int, bytes] = {}
    tail = _options_behind_cookie(message, at, stop, found)
    if at + FIXED <= stop:
        parts += _names(message, at, found)
    elif at + _NAMES_AT < stop:
        parts.append(bytes_span("dhcp.server", "server host name, cut short", data, at + _NAMES_AT, stop))
    reading.notes.extend(message.notes)
    reading.layer(Dhcp.LAYOUT, at, stop, parts + tail, _summary(head, data[at + 28 : at + 28 + min(size, 16)], found))


def _hardware(message: Message, at: int, stop: int, size: int) -> list[Part]:
    """A hardware address of another length than 6, and what pads it."""
    first, last = at + _CHADDR[0], min(stop, at + _CHADDR[1])
    middle = min(last, first + size)
    parts: list[Part] = []
    if size > _CHADDR[1] - _CHADDR[0]:
        message.note(at + 2, f"a hardware address of {size} bytes has no room")
    if first < middle:
        parts.append(bytes_span("dhcp.hw.addr", "client hardware address", message.data, first, middle))
    if middle < last:
        parts.append(bytes_span("dhcp.hw.addr_padding", "hardware padding", message.data, middle, last))
    return parts


def _options_behind_cookie(message: Message, at: int, stop: int, found: dict[int, bytes]) -> list[Part]:
    """The options, or the vendor area of a BOOTP message, which has no cookie."""
    start = at + FIXED
    if start >= stop:
        return []
    if message.data[start : start + 4] != COOKIE:
        return [bytes_span("dhcp.vendor_specific_options", "vendor area", message.data, start, stop)]
    cookie = _COOKIE(message, start, stop)
    return [*(cookie[0] if cookie else ()), *_options(message, start + 4, stop, found)]


def _names(message: Message, at: int, found: dict[int, bytes]) -> list[Part]:
    """Server and file name, or the options that stand in their place (RFC 2132, section 9.3)."""
    overload = found.get(OptionCode.OVERLOAD, b"\0")[:1]
    if overload not in (b"\1", b"\2", b"\3"):
        names = BootNames.decode(message.data, at + _NAMES_AT)
        return [Placed(names, at + _NAMES_AT, at + FIXED)]
    parts: list[Part] = []
    places = ((b"\2\3", "server", _NAMES_AT, _FILE_AT), (b"\1\3", "file", _FILE_AT, FIXED))
    for kinds, name, first, last in places:
        start, stop = at + first, at + last
        if overload in kinds:
            inner = _options(message, start, stop, found)
            parts.append(Branch(f"dhcp.{name}", f"options in place of the {name} name", start, stop, tuple(inner)))
        else:
            field = BootNames.LAYOUT.field(f"{name}_name")
            parts.append(Span(field, start * 8, stop * 8, message.data[start:stop]))
    return parts


def _options(message: Message, at: int, stop: int, found: dict[int, bytes]) -> list[Part]:
    """The options within [at, stop); `found` gets the value of each, parts of long ones joined (RFC 3396)."""
    parts: list[Part] = []
    for _ in range(MOST_ELEMENTS):
        code = message.data[at] if at < stop else OptionCode.END
        if code == OptionCode.PAD:
            end = at + 1
            while end < stop and message.data[end] == OptionCode.PAD:
                end += 1
            parts.append(bytes_span("dhcp.option.padding", "padding", message.data, at, end))
        elif code == OptionCode.END:
            return parts + _end(message, at, stop)
        else:
            end = at + 2 + message.data[at + 1] if at + 1 < stop else stop + 1
            if end > stop:
                parts.append(bytes_span("dhcp.option.value", "malformed option", message.data, at, stop))
                if not message.is_cut:
                    message.note(at, f"option {code} reaches beyond the end", Severity.ERROR)
                return parts
            parts.append(_option(message, at, end, found.get(OptionCode.CLASS_ID, b"")))
            found[code] = found.get(code, b"") + message.data[at + 2 : end]
        at = end
    message.note(at, f"more than {MOST_ELEMENTS} options: the rest is not shown")
    return [*parts, bytes_span("dhcp.option.value", "more options", message.data, at, stop)]


def _option(message: Message, at: int, stop: int, vendor: bytes) -> Branch:
    """One option under a heading; the class of the vendor, said before, tells what its own options mean."""
    code = OptionCode(message.data[at])
    parts = read_pieces(message, _HEAD, at, at + 2, "dhcp.option.value")
    pieces = DHCP_OPTIONS.get(code, _UNKNOWN)
    if code == OptionCode.VENDOR_SPECIFIC and vendor.startswith(PXE_CLASS):
        pieces = PXE_OPTIONS
    parts += read_pieces(message, pieces or _UNKNOWN, at + 2, stop, "dhcp.option.value")
    return branch("dhcp.option.type", code.words, at, stop, parts, skip=2)


def _end(message: Message, at: int, stop: int) -> list[Part]:
    """The end option and what pads the message behind it."""
    if at >= stop:
        if not message.is_cut:
            message.note(at - 1, "the end option is missing")
        return []
    end = tuple(read_pieces(message, _END, at, at + 1, "dhcp.option.value"))
    parts: list[Part] = [Branch("dhcp.option.type", "end of options", at, at + 1, end)]
    if at + 1 < stop:
        parts.append(bytes_span("dhcp.option.padding", "padding", message.data, at + 1, stop))
    return parts


def _summary(head: DhcpHead, hardware: bytes, found: dict[int, bytes]) -> str:
    """What the message says, in a line."""
    client = hardware.hex(":") or "a client without address"
    kind = found.get(OptionCode.DHCP_MSG_TYPE, b"")[:1]
    if not kind:
        return (
            f"BOOTP {Operation(head.operation).words} {'to' if head.operation == Operation.REPLY else 'from'} {client}"
        )
    words = MessageType(kind[0]).words
    if head.operation == Operation.REPLY:
        given = f" {head.yours}" if head.yours != NO_ADDRESS else ""
        return f"DHCP {words}{given} to {client}{_lease(found)}{_address(found, OptionCode.DHCP_SERVER_ID, 'by')}"
    asked = _address(found, OptionCode.ADDRESS_REQUEST, "asks for")
    if not asked and head.client != NO_ADDRESS:
        asked = f", has {head.client}"
    name = safe_bytes(found.get(OptionCode.HOSTNAME, b""), 64)
    via = f", via {head.relay}" if head.relay != NO_ADDRESS else ""
    return f"DHCP {words}, from {client}{f' ({name})' if name else ''}{asked}{via}"


def _lease(found: dict[int, bytes]) -> str:
    value = found.get(OptionCode.ADDRESS_TIME, b"")
    return f", for {int.from_bytes(value, 'big')} s" if len(value) == 4 else ""


def _address(found: dict[int, bytes], code: int, words: str) -> str:
    value = found.get(code, b"")
    return f", {words} {'.'.join(str(byte) for byte in value)}" if len(value) == 4 else ""
