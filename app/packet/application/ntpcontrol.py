"""NTP's control messages, mode 6 (RFC 9327), and an outline of the unpublished mode 7."""

import re

from app.packet.application.ntpheader import FLAGS, LeapIndicator, Mode, Ntp
from app.packet.application.pieces import (
    Message,
    Piece,
    address4,
    address6,
    branch,
    each,
    head,
    named_field,
    number,
    octets,
    read_pieces,
    text,
)
from app.packet.dissection import Branch, Part, Placed
from app.packet.layout import Group, Header, Span, flag, header, unsigned
from app.packet.reading import Reading
from app.packet.registry import Registry
from app.packet.text import safe_bytes

CONTROL_FLAGS = Group("ntp.ctrl.flags2", "flags")
STATUS = Group("ntp.ctrl.status", "status")
PEER_FLAGS = Group("ntp.priv.mode7.peer.flags", "flags")
AUTHENTICATED = Group("ntp.priv.auth_seq", "authentication and sequence", "decimal")


class ControlOpcode(Registry):
    """RFC 9327, section 2, table 1."""

    READ_STATUS = 1
    READ_VARIABLES = 2
    WRITE_VARIABLES = 3
    READ_CLOCK_VARIABLES = 4
    WRITE_CLOCK_VARIABLES = 5
    SET_TRAP = 6
    TRAP_RESPONSE = 7
    CONFIGURE = 8
    SAVE_CONFIGURATION = 9
    READ_MRU = 10
    READ_ORDERED_LIST = 11
    REQUEST_NONCE = 12
    UNSET_TRAP = 31


class ControlError(Registry):
    """RFC 9327, section 3.4."""

    UNSPECIFIED = 0
    AUTHENTICATION_FAILURE = 1
    INVALID_MESSAGE_LENGTH_OR_FORMAT = 2
    INVALID_OPCODE = 3
    UNKNOWN_ASSOCIATION_IDENTIFIER = 4
    UNKNOWN_VARIABLE_NAME = 5
    INVALID_VARIABLE_VALUE = 6
    ADMINISTRATIVELY_PROHIBITED = 7


@header("ntp", "NTP control", "RFC 9327, section 2")
class Control(Header):
    """How a control message starts."""

    leap: int = unsigned(2, "leap indicator", name="ntp.flags.li", registry=LeapIndicator, group=FLAGS, default=0)
    version: int = unsigned(3, name="ntp.flags.vn", group=FLAGS, default=4)
    mode: int = unsigned(3, name="ntp.flags.mode", registry=Mode, group=FLAGS, default=Mode.CONTROL)
    response: int = flag(name="ntp.ctrl.flags2.r", group=CONTROL_FLAGS, default=0)
    error: int = flag(name="ntp.ctrl.flags2.error", group=CONTROL_FLAGS, default=0)
    more: int = flag(name="ntp.ctrl.flags2.more", group=CONTROL_FLAGS, default=0)
    opcode: int = unsigned(5, name="ntp.ctrl.flags2.opcode", registry=ControlOpcode, group=CONTROL_FLAGS, default=1)
    sequence: int = unsigned(16, name="ntp.ctrl.sequence", default=0)


@header("ntp", "system status", "RFC 9327, section 3.1")
class SystemStatus(Header):
    """How the server itself does."""

    leap: int = unsigned(2, name="ntp.ctrl.sys_status.li", registry=LeapIndicator, group=STATUS)
    source: int = unsigned(6, "clock source", name="ntp.ctrl.sys_status.clksrc", group=STATUS)
    count: int = unsigned(4, "events", name="ntp.ctrl.sys_status.count", group=STATUS)
    code: int = unsigned(4, "last event", name="ntp.ctrl.sys_status.code", group=STATUS)


@header("ntp", "peer status", "RFC 9327, section 3.2")
class PeerStatus(Header):
    """How one of its associations does."""

    configured: int = flag(name="ntp.ctrl.peer_status.config", group=STATUS)
    authenticating: int = flag(name="ntp.ctrl.peer_status.authenable", group=STATUS)
    authentic: int = flag(name="ntp.ctrl.peer_status.authentic", group=STATUS)
    reachable: int = flag(name="ntp.ctrl.peer_status.reach", group=STATUS)
    broadcast: int = flag(name="ntp.ctrl.peer_status.bcast", group=STATUS)
    selection: int = unsigned(3, name="ntp.ctrl.peer_status.selection", group=STATUS)
    count: int = unsigned(4, "events", name="ntp.ctrl.peer_status.count", group=STATUS)
    code: int = unsigned(4, "last event", name="ntp.ctrl.peer_status.code", group=STATUS)


@header("ntp", "clock status", "RFC 9327, section 3.3")
class ClockStatus(Header):
    """How a reference clock does."""

    status: int = unsigned(8, name="ntp.ctrl.clock_status.status", group=STATUS)
    code: int = unsigned(8, "last event", name="ntp.ctrl.clock_status.code", group=STATUS)


@header("ntp", "error status", "RFC 9327, section 3.4")
class ErrorStatus(Header):
    """Why the server refused."""

    code: int = unsigned(8, "error", name="ntp.ctrl.err_status", registry=ControlError, group=STATUS)
    reserved: int = unsigned(8, name="ntp.ctrl.err_reserved", group=STATUS)


@header("ntp", "NTP private", "none: mode 7 of the reference implementation")
class Private(Header):
    """How a message of mode 7 starts."""

    response: int = flag(name="ntp.priv.flags.r", group=FLAGS, default=0)
    more: int = flag(name="ntp.priv.flags.more", group=FLAGS, default=0)
    version: int = unsigned(3, name="ntp.flags.vn", group=FLAGS, default=2)
    mode: int = unsigned(3, name="ntp.flags.mode", registry=Mode, group=FLAGS, default=Mode.PRIVATE)
    authenticated: int = flag(name="ntp.priv.auth", group=AUTHENTICATED, default=0)
    sequence: int = unsigned(7, name="ntp.priv.seq", group=AUTHENTICATED, default=0)
    implementation: int = unsigned(8, name="ntp.priv.impl", default=3)
    request: int = unsigned(8, "request code", name="ntp.priv.reqcode", default=0)
    error: int = unsigned(4, name="ntp.priv.err", default=0)
    items: int = unsigned(12, "number of items", name="ntp.priv.numitems", default=0)
    reserved: int = unsigned(4, name="ntp.priv.reserved", default=0)
    item_size: int = unsigned(12, "size of an item", name="ntp.priv.itemsize", unit="bytes", default=0)


@header("ntp", "peer flags", "none: mode 7 of the reference implementation")
class PeerFlags(Header):
    """What an association is, in a list of peers."""

    shortlist: int = flag(name="ntp.priv.mode7.peer.flags.shortlist", group=PEER_FLAGS)
    candidate: int = flag(name="ntp.priv.mode7.peer.flags.sel_candidate", group=PEER_FLAGS)
    authenticating: int = flag(name="ntp.priv.mode7.peer.flags.authenable", group=PEER_FLAGS)
    preferred: int = flag(name="ntp.priv.mode7.peer.flags.prefer", group=PEER_FLAGS)
    reference_clock: int = flag(name="ntp.priv.mode7.peer.flags.refclock", group=PEER_FLAGS)
    burst: int = flag(name="ntp.priv.mode7.peer.flags.burst", group=PEER_FLAGS)
    system_peer: int = flag(name="ntp.priv.mode7.peer.flags.syspeer", group=PEER_FLAGS)
    configured: int = flag(name="ntp.priv.mode7.peer.flags.config", group=PEER_FLAGS)


_PLAIN_STATUS = number("ntp.ctrl.status", "status", 2, style="hex")
_ASSOCIATION = number("ntp.ctrl.associd", "association", 2)
_TAIL = (
    _ASSOCIATION,
    number("ntp.ctrl.offset", "offset", 2, unit="bytes"),
    number("ntp.ctrl.count", "count", 2, unit="bytes"),
)
_TEXTS = {
    ControlOpcode.SET_TRAP: "ntp.ctrl.trapmsg",
    ControlOpcode.CONFIGURE: "ntp.ctrl.configuration",
    ControlOpcode.SAVE_CONFIGURATION: "ntp.ctrl.configuration",
    ControlOpcode.READ_MRU: "ntp.ctrl.mru",
    ControlOpcode.READ_ORDERED_LIST: "ntp.ctrl.ordlist",
    ControlOpcode.REQUEST_NONCE: "ntp.ctrl.nonce",
}
#: A name, and a value that may be in quotes.
_VARIABLE = re.compile(rb'([^\s,="]+)(?:=("[^"]*"|[^,\r\n]*))?')
_REST = (octets("ntp.padding", "padding and authentication"),)
_LIST = "ntp.priv.monlist"
_MONITORED = (
    number(f"{_LIST}.avgint", "average interval", 4),
    number(f"{_LIST}.lsint", "last interval", 4),
    number(f"{_LIST}.restr", "restrictions", 4),
    number(f"{_LIST}.count", "count", 4),
    address4(f"{_LIST}.remote_address", "remote address"),
    address4(f"{_LIST}.local_address", "local address"),
    number(f"{_LIST}.flags", "flags", 4, style="hex"),
    number(f"{_LIST}.port", "port", 2),
    number(f"{_LIST}.mode", "mode", 1),
    number(f"{_LIST}.version", "version", 1),
    number(f"{_LIST}.ipv6", "is IPv6", 4),
    number(f"{_LIST}.unused", "unused", 4),
    address6(f"{_LIST}.addr6", "remote address"),
    address6(f"{_LIST}.daddr6", "local address"),
)
_PEERS = (
    address4("ntp.priv.mode7.address", "address"),
    number("ntp.priv.mode7.port", "port", 2),
    number("ntp.priv.mode7.hmode", "mode", 1, registry=Mode),
    head(PeerFlags),
    number("ntp.priv.mode7.ipv6_flag", "is IPv6", 4),
    octets("ntp.priv.mode7.unused", "unused", 4),
    address6("ntp.priv.mode7.address6", "address"),
)
#: What the items of an answer are, by the request's code: peers, or who has talked to the server.
_ITEMS: dict[int, tuple[Piece, ...]] = {0: _PEERS, 1: _PEERS, 42: _MONITORED}


def read_control(reading: Reading, at: int, stop: int) -> None:
    """A control message: header, status, and data as its opcode says."""
    first = reading.take(Control, at, stop)
    message = Message(reading.data, at, stop, is_cut=reading.is_quoted)
    status = _status(first, reading.data[at + 6 : at + 8])
    parts: list[Part] = [Placed(first, at, at + 4)]
    end = min(stop, at + 12)
    parts += read_pieces(message, (status, *_TAIL), at + 4, end, "ntp.ctrl.data")
    count = int.from_bytes(reading.data[at + 10 : end], "big") if stop >= at + 12 else 0
    data_end = min(stop, end + count)
    if end < data_end:
        parts.append(_control_data(message, first, end, data_end))
    parts += read_pieces(message, _REST, data_end, stop, "ntp.padding")
    reading.notes.extend(message.notes)
    kind = "response" if first.response else "request"
    words = f"NTPv{first.version} control, {ControlOpcode(first.opcode).words} {kind}, seq {first.sequence}"
    reading.layer(Ntp.LAYOUT, at, stop, parts, f"{words}, error" if first.error else words)


def _status(first: Control, association: bytes) -> Piece:
    """Which status word it is: that of the system, of a peer, of a clock, or an error's; requests have none."""
    if not first.response:
        return _PLAIN_STATUS
    if first.error:
        return head(ErrorStatus)
    if first.opcode in (ControlOpcode.READ_CLOCK_VARIABLES, ControlOpcode.WRITE_CLOCK_VARIABLES):
        return head(ClockStatus)
    if first.opcode not in (1, 2, 3, ControlOpcode.SET_TRAP, ControlOpcode.TRAP_RESPONSE):
        return _PLAIN_STATUS
    return head(PeerStatus) if any(association) else head(SystemStatus)


def _control_data(message: Message, first: Control, at: int, stop: int) -> Part:
    """Pairs of association and status, or text."""
    if first.response and first.opcode == ControlOpcode.READ_STATUS:
        pairs = read_pieces(message, (each(_pair),), at, stop, "ntp.ctrl.rest")
        return branch("ntp.ctrl.data", "associations", at, stop, pairs)
    name = _TEXTS.get(ControlOpcode(first.opcode))
    words = text(name, "text") if name else _variables
    return branch("ntp.ctrl.data", "data", at, stop, read_pieces(message, (words,), at, stop, "ntp.ctrl.rest"))


def _variables(message: Message, at: int, stop: int) -> tuple[list[Part], int]:
    """Variables with their values, as text with commas between them (RFC 9327, section 2)."""
    parts: list[Part] = []
    for found in _VARIABLE.finditer(message.data, at, stop):
        if message.left <= 0:
            break
        name, value = safe_bytes(found[1]), safe_bytes(found[2] or b"")
        field = named_field("ntp.ctrl.variable.name", "name", len(found[1]), kind="octets")
        inner = [Span(field, found.start(1) * 8, found.end(1) * 8, name)]
        if found[2]:
            field = named_field("ntp.ctrl.variable.value", "value", len(found[2]), kind="octets")
            inner.append(Span(field, found.start(2) * 8, found.end(2) * 8, value))
        said = f"{name} = {value}" if found[2] else name
        parts.append(Branch("ntp.ctrl.variable", "variable", found.start(), found.end(), tuple(inner), said))
        message.left -= 3
    return parts, stop


def _pair(message: Message, at: int, stop: int) -> tuple[list[Part], int] | None:
    """An association and how it does."""
    if at + 4 > stop:
        return None
    parts = read_pieces(message, (_ASSOCIATION, head(PeerStatus)), at, at + 4, "ntp.ctrl.rest")
    return [branch("ntp.ctrl.item", "association", at, at + 4, parts)], at + 4


def read_private(reading: Reading, at: int, stop: int) -> None:
    """A message of mode 7: header, then items of one size."""
    first = reading.take(Private, at, stop)
    message = Message(reading.data, at, stop, is_cut=reading.is_quoted)
    end = at + Private.LAYOUT.size
    parts: list[Part] = [Placed(first, at, end)]
    pieces = _ITEMS.get(first.request, (octets("ntp.priv.mode7.data", "data"),))
    for _ in range(first.items):
        if not first.response or not first.item_size or end + first.item_size > stop or message.left <= 0:
            break
        behind = end + first.item_size
        item = read_pieces(message, pieces, end, behind, "ntp.priv.mode7.unused")
        parts.append(branch("ntp.priv.mode7.item", "item", end, behind, item))
        message.left -= 2
        end = behind
    parts += read_pieces(message, _REST, end, stop, "ntp.padding")
    reading.notes.extend(message.notes)
    kind = "response" if first.response else "request"
    words = f"NTPv{first.version} private, {kind} {first.request}, {first.items} items"
    reading.layer(Ntp.LAYOUT, at, stop, parts, words)
