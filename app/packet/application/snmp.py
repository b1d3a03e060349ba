"""Reading SNMP out of a frame, in outline: version, who asks, what, and the variables (RFC 1157, RFC 3416, RFC 3412).

Objects are shown by number: no MIB is known here. What version 3 encrypts stays bytes.
"""

from collections.abc import Iterable

from app.packet.address import IPV4
from app.packet.application import ber
from app.packet.application.ber import Tlv, read_tlv, read_tlvs
from app.packet.application.pieces import Message, named_field
from app.packet.application.snmpengine import engine
from app.packet.application.snmpheader import (
    ErrorStatus,
    GenericTrap,
    MessageFlags,
    PduType,
    Version,
)
from app.packet.dissection import Branch, Part, Placed
from app.packet.layout import Layout, Span, Value
from app.packet.reading import Reading, read_data
from app.packet.registry import Registry
from app.packet.shape import bytes_span
from app.packet.text import safe_bytes

LAYOUT = Layout("snmp", "SNMP", "RFC 3416, section 3", (), 0)
#: So many variables of a message are shown.
MOST_VARIABLES = 256
_TRAP = 0xA4
_BULK = 0xA5
_ELEMENTS = {
    0xA0: "get_request",
    0xA1: "get_next_request",
    0xA2: "get_response",
    0xA3: "set_request",
    0xA4: "trap",
    0xA5: "getBulkRequest",
    0xA6: "informRequest",
    0xA7: "snmpV2_trap",
    0xA8: "report",
}
_TRAP_FIELDS = ("enterprise", "agent_addr", "generic_trap", "specific_trap", "time_stamp")
_FIELDS = ("request_id", "error_status", "error_index")
_BULK_FIELDS = ("request_id", "non_repeaters", "max_repetitions")
_REGISTRIES: dict[str, type[Registry]] = {"error_status": ErrorStatus, "generic_trap": GenericTrap}
#: The types of values by their tags: the filter's name of each (RFC 2578, section 7.1).
_VALUES = {
    0x02: "int",
    0x04: "octets",
    0x05: "null",
    0x06: "oid",
    0x40: "ipv4",
    0x41: "counter",
    0x42: "g32",
    0x43: "timeticks",
    0x44: "opaque",
    0x45: "nsap",
    0x46: "counter",
    0x47: "u32",
}
_ABSENT = {0x80: "noSuchObject", 0x81: "noSuchInstance", 0x82: "endOfMibView"}


def read_snmp(reading: Reading, at: int, stop: int) -> None:
    """A message of any version."""
    whole = read_tlv(reading.data, at, stop)
    inner = read_tlvs(reading.data, whole.body, whole.end, 4) if whole else []
    if whole is None or whole.tag != ber.SEQUENCE or len(inner) < 3 or inner[0].tag != ber.INTEGER:
        read_data(reading, at, stop, "SNMP that cannot be read")
        return
    message = Message(reading.data, at, stop, is_cut=reading.is_quoted)
    version = ber.integer(reading.data[inner[0].body : inner[0].end])
    said: list[str] = [f"SNMP{Version(version).words}"]
    parts = _secured(message, inner, said) if version == Version.V3 else _plain(message, inner, said)
    if whole.end < stop:
        parts.append(bytes_span("snmp.rest", "bytes behind the message", reading.data, whole.end, stop))
    reading.notes.extend(message.notes)
    reading.layer(LAYOUT, at, stop, _kept(parts), " ".join(said))


def _plain(message: Message, inner: list[Tlv], said: list[str]) -> list[Part]:
    """Versions 1 and 2c: community and PDU (RFC 1157, section 4)."""
    version, community, pdu = inner[:3]
    parts: list[Part] = [
        _number(message, "snmp.version", "version", version, Version),
        _text(message, "snmp.community", "community", community),
        _pdu(message, pdu, said),
    ]
    return parts


def _secured(message: Message, inner: list[Tlv], said: list[str]) -> list[Part]:
    """Version 3: what concerns the message, the security model's parameters, and the PDU within its scope."""
    data = message.data
    version, head, security = inner[:3]
    parts: list[Part] = [_number(message, "snmp.msgVersion", "version", version, Version), _global(message, head)]
    user = read_tlv(data, security.body, security.end)
    if user is not None and user.tag == ber.SEQUENCE:
        parts.append(
            Branch("snmp.msgSecurityParameters", "security", security.body, security.end, _user(message, user))
        )
    if len(inner) < 4:
        return parts
    scoped = inner[3]
    if scoped.tag == ber.OCTET_STRING:
        said.append("encrypted")
        secret = _bytes(message, "snmp.encryptedPDU", "encrypted PDU", scoped)
        return [*parts, Branch("snmp.msgData", "data", scoped.at, scoped.end, _kept(secret))]
    fields = read_tlvs(data, scoped.body, scoped.end, 3)
    inside: list[Part] = []
    if len(fields) == 3:
        inside += engine(message, "snmp.contextEngineID", "context engine", fields[0].body, fields[0].end)
        inside += [_text(message, "snmp.contextName", "context name", fields[1]), _pdu(message, fields[2], said)]
    plain = Branch("snmp.plaintext_element", "scoped PDU", scoped.at, scoped.end, _kept(inside))
    return [*parts, Branch("snmp.msgData", "data", scoped.at, scoped.end, _kept((plain,)))]


def _global(message: Message, head: Tlv) -> Part:
    """Identifier, size, flags and security model of the message (RFC 3412, section 6)."""
    parts: list[Part] = []
    names = ("msgID", "msgMaxSize", "msgFlags", "msgSecurityModel")
    for name, one in zip(names, read_tlvs(message.data, head.body, head.end, 4), strict=False):
        if name == "msgFlags" and one.end == one.body + 1:
            flags = Placed(MessageFlags.decode(message.data, one.body), one.body, one.end)
            parts.append(Branch("snmp.msgFlags", "flags", one.body, one.end, (flags,)))
        else:
            parts.append(_number(message, f"snmp.{name}", name, one))
    return Branch("snmp.msgGlobalData_element", "message", head.at, head.end, _kept(parts))


def _user(message: Message, user: Tlv) -> tuple[Part, ...]:
    """The parameters of the user-based security model (RFC 3414, section 2.4)."""
    fields = read_tlvs(message.data, user.body, user.end, 6)
    names = ("EngineID", "EngineBoots", "EngineTime")
    parts: list[Part] = []
    for name, one in zip(names, fields, strict=False):
        if one.tag == ber.INTEGER:
            parts.append(_number(message, f"snmp.msgAuthoritative{name}", name, one))
        else:
            parts += engine(message, f"snmp.msgAuthoritative{name}", name, one.body, one.end)
    if len(fields) == 6:
        parts.append(_text(message, "snmp.msgUserName", "user", fields[3]))
        parts += _bytes(message, "snmp.msgAuthenticationParameters", "authentication", fields[4])
        parts += _bytes(message, "snmp.msgPrivacyParameters", "privacy", fields[5])
    return _kept(parts)


def _pdu(message: Message, pdu: Tlv, said: list[str]) -> Part:
    """A PDU: three or five fields, then the variables."""
    kind = PduType(pdu.tag)
    said.append(kind.words)
    names = _TRAP_FIELDS if pdu.tag == _TRAP else _BULK_FIELDS if pdu.tag == _BULK else _FIELDS
    fields = read_tlvs(message.data, pdu.body, pdu.end, len(names) + 1)
    parts: list[Part] = [_field(message, name, one) for name, one in zip(names, fields, strict=False)]
    if len(fields) > len(names):
        variables = fields[-1]
        found = read_tlvs(message.data, variables.body, variables.end, MOST_VARIABLES)
        bound = _kept(_variable(message, one) for one in found)
        told = f"{len(bound)}"
        if found and found[-1].end < variables.end:
            message.note(found[-1].end, f"{len(found)} variables are shown, more bytes follow")
            told += " and more"
        parts.append(Branch("snmp.variable_bindings", "variables", variables.body, variables.end, bound, told))
        said.append(f"{told} variable{'' if told == '1' else 's'}")
    name = f"snmp.{_ELEMENTS.get(pdu.tag, 'unknown')}_element"
    element = Branch(name, kind.words, pdu.body, pdu.end, _kept(parts))
    return Branch("snmp.data", "PDU", pdu.at, pdu.end, _kept((element,)), kind.words)


def _field(message: Message, name: str, one: Tlv) -> Part:
    if one.tag in (ber.OBJECT_IDENTIFIER, 0x40):
        return _value_span(message, f"snmp.{name}", name.replace("_", " "), one)
    return _number(message, f"snmp.{name}", name.replace("_", " "), one, _REGISTRIES.get(name))


def _variable(message: Message, one: Tlv) -> Part:
    """A name and its value."""
    message.left -= 3
    pair = read_tlvs(message.data, one.body, one.end, 2)
    if len(pair) < 2:
        return Branch("snmp.VarBind", "variable that cannot be read", one.at, one.end, ())
    name = _value_span(message, "snmp.name", "name", pair[0])
    kind = _ABSENT.get(pair[1].tag)
    value_name = f"snmp.{kind}" if kind else f"snmp.value.{_VALUES.get(pair[1].tag, 'unk')}"
    value = _value_span(message, value_name, kind or "value", pair[1])
    parts = (name, value)
    said = kind or ("null" if _is_empty(value) else value.shown)
    return Branch("snmp.VarBind", "variable", one.body, one.end, _kept(parts), f"{name.shown} = {said}")


def _value_span(message: Message, name: str, label: str, one: Tlv) -> Span:
    """A value of whatever type its tag says."""
    data = message.data[one.body : one.end]
    value: Value
    if one.tag == ber.OBJECT_IDENTIFIER:
        value = ber.object_identifier(data)
    elif one.tag == 0x40 and len(data) == 4:
        value = IPV4[data]
    elif one.tag == ber.INTEGER:
        value = ber.integer(data)
    elif one.tag in (0x41, 0x42, 0x43, 0x46, 0x47):
        value = ber.integer(data, is_signed=False)
    else:
        printed = data[:64].decode("latin-1")
        shown = safe_bytes(data) if printed.isascii() and printed.isprintable() else data[:32].hex(":")
        return Span(named_field(name, label, len(data), kind="octets"), one.body * 8, one.end * 8, data, shown)
    return Span(named_field(name, label, len(data), kind="octets"), one.body * 8, one.end * 8, value)


def _kept(parts: Iterable[Part]) -> tuple[Part, ...]:
    """The parts that have bytes: an empty string or list has none to be shown."""
    return tuple(part for part in parts if not _is_empty(part))


def _is_empty(part: Part) -> bool:
    if isinstance(part, Span):
        return part.start_bit == part.stop_bit
    return isinstance(part, Branch) and part.start == part.stop


def _number(message: Message, name: str, label: str, one: Tlv, registry: type[Registry] | None = None) -> Span:
    value = ber.integer(message.data[one.body : one.end])
    field = named_field(name, label, one.end - one.body, registry=registry)
    return Span(field, one.body * 8, one.end * 8, value)


def _text(message: Message, name: str, label: str, one: Tlv) -> Span:
    field = named_field(name, label, one.end - one.body, kind="octets")
    return Span(field, one.body * 8, one.end * 8, safe_bytes(message.data[one.body : one.end]))


def _bytes(message: Message, name: str, label: str, one: Tlv) -> list[Part]:
    return [bytes_span(name, label, message.data, one.body, one.end)] if one.body < one.end else []
