"""FIELD=VALUE read: the name, which layer of its protocol is meant, and the value in the bits of its field."""

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import TypeAlias

from app.packet.errors import PacketError
from app.packet.filter.literals import Readings, readings
from app.packet.filter.names import ALIASES, SCALES, Kind, Known, known, near
from app.packet.filter.tree import Text, Word
from app.packet.layout import Span
from app.packet.text import safe

#: Bytes of a label and of a whole name (RFC 1035, section 2.3.4).
_MOST_LABEL, _MOST_NAME = 63, 255
_DATA = "data"


class ComposeError(PacketError):
    """A packet that cannot be made as it was asked for: one sentence."""


@dataclass(frozen=True, slots=True)
class Assignment:
    """One FIELD=VALUE. `ordinal` counts the layers that have such a field from 1; None: the first one."""

    name: str
    text: str
    ordinal: int | None = None
    is_soft: bool = False  #: said by nobody: where there is no such field, nothing is missing

    def __str__(self) -> str:
        return self.name if self.ordinal is None else f"{self.name}#{self.ordinal}"


def parse_assignment(name: str, text: str) -> Assignment:
    """An assignment of a user. Raises ComposeError for what can be none; of a field that there is not, see `absent`."""
    field, hash_, number = name.partition("#")
    if hash_ and not (number.isdecimal() and 0 < int(number) < 100):
        raise ComposeError(f"{safe(name)} names no layer: ip.src#2 is the second IP header's source")
    if field in ALIASES:
        raise ComposeError(f"{safe(field)} is several fields: give {' or '.join(ALIASES[field])}")
    return Assignment(field, text, int(number) if hash_ else None)


def absent(each: Assignment, where: str) -> ComposeError:
    """What to say of a field that has no place: `where` says why, unless there is no such field at all.

    All names are gathered only now: that takes longer than making a packet.
    """
    if known(each.name) is not None:
        return ComposeError(f"{safe(str(each))} {where}")
    meant = near(each.name)
    hint = f"; did you mean {meant}?" if meant else "; fields are named as the display filter names them"
    return ComposeError(f"there is no field {safe(each.name)}{hint}")


def assignments(text: str) -> list[Assignment]:
    """Those of a recipe."""
    pairs = (word.partition("=") for word in text.split())
    return [Assignment(name, value, is_soft=True) for name, _, value in pairs]


Encoded: TypeAlias = int | bytes


def encoded(span: Span, text: str) -> Encoded:
    """The value of a field: a number for bits, bytes (perhaps more or fewer than there are) for all else.

    Raises ComposeError where the text is no value of this field.
    """
    literal = _literal(text)
    read = readings(literal)
    field = span.field
    if isinstance(span.value, IPv4Address | IPv6Address) or field.kind in ("ipv4", "ipv6"):
        return _address(span, text)
    if field.kind in ("unsigned", "signed"):
        return _number(span, text, read)
    if isinstance(span.value, str) and field.kind != "text":
        return domain_name(text) if _is_domain_name(field.name) else _text(read)
    if isinstance(span.value, int):
        return _number(span, text, read)
    if field.kind == "text":
        return _text(read)
    if read.octets is None:
        if read.text is not None and _is_free(span):
            return _text(read)
        raise ComposeError(f"{field.name} has bytes such as 00:11:22, not {safe(text)}")
    if field.kind == "mac" and len(read.octets) != 6:
        raise ComposeError(f"{field.name} has a hardware address such as 02:00:00:00:00:01, not {safe(text)}")
    return read.octets


def zone_named(given: Iterable[Assignment]) -> str | None:
    """The interface that the outermost destination names, as in fe80::1%eth0."""
    destinations = (each for each in given if each.name == "ipv6.dst" and each.ordinal in (None, 1))
    return next((zone for each in destinations if (zone := each.text.partition("%")[2])), None)


def payload(text: str) -> bytes:
    """What `data=` means: bytes as hex digits behind 0x, or else the text itself."""
    if text[:2] in ("0x", "0X"):
        try:
            return bytes.fromhex(text[2:])
        except ValueError:
            raise ComposeError(f"{safe(text)} is no hex: give pairs of digits behind 0x, or text") from None
    return text.encode("utf-8", "surrogateescape")


def _literal(text: str) -> Word | Text:
    if len(text) > 1 and text[0] == text[-1] == '"':
        return Text(text[1:-1].encode("utf-8", "surrogateescape"))
    return Word(text)


def _text(read: Readings) -> bytes:
    return (read.text or "").encode("utf-8", "surrogateescape")


def _is_free(span: Span) -> bool:
    """Whether a field may hold whatever one likes."""
    return span.field.name.rpartition(".")[2] in ("data", "value", "rest", "padding")


def _is_domain_name(name: str) -> bool:
    return name.startswith("dns.") or name.endswith((".name", ".domain"))


def _address(span: Span, text: str) -> bytes:
    try:
        address = ip_address(text)
    except ValueError:
        address = None
    if address is None or len(address.packed) * 8 != span.stop_bit - span.start_bit:
        kind = "an IPv4 address" if span.stop_bit - span.start_bit == 32 else "an IPv6 address"
        raise ComposeError(f"{span.field.name} has {kind}, not {safe(text)}")
    return address.packed


def _number(span: Span, text: str, read: Readings) -> int:
    field, width = span.field, span.stop_bit - span.start_bit
    number = read.number
    worded = _worded(span, text)
    if worded is not None:
        number = worded
    elif text[:1] == "-" and field.kind == "signed" and text[1:].isdecimal():
        number = (1 << width) - int(text)
    elif number is None and read.octets is not None and len(read.octets) * 8 == width:
        number = int.from_bytes(read.octets)
    elif number is None and text[:1] == "-" and text[1:].isdecimal():
        number = -1
    if number is None:
        raise ComposeError(f"{field.name} has a number{_examples(span)}, not {safe(text)}")
    scale = SCALES.get(field.name, 1)
    if number % scale or not 0 <= number // scale < 1 << width:
        most = ((1 << width) - 1) * scale
        steps = f" in steps of {scale}" if scale > 1 else ""
        raise ComposeError(f"{field.name} holds 0 to {most}{steps}, not {safe(text)}")
    return number // scale


def _worded(span: Span, text: str) -> int | None:
    field = span.field
    registries = () if field.registry is None else (field.registry,)
    said = Known(field.name, Kind.UNKNOWN, "", 0, registries, field.style == "flag").numbers_worded(text)
    return next(iter(sorted(said)), None)


def _examples(span: Span) -> str:
    if span.field.style == "flag":
        return ", true or false"
    if span.field.registry is None:
        return ""
    words = [member.words for member in list(span.field.registry)[:3]]
    return f" or a word such as {', '.join(words)}"


def domain_name(text: str) -> bytes:
    """A domain name on the wire; one that ends in no dot is taken for whole as well."""
    labels = [label.encode("utf-8", "surrogateescape") for label in text.rstrip(".").split(".") if text.rstrip(".")]
    if any(not 0 < len(label) <= _MOST_LABEL for label in labels):
        raise ComposeError(f"{safe(text)} is no domain name: labels have 1 to {_MOST_LABEL} bytes")
    name = b"".join(bytes((len(label),)) + label for label in labels) + b"\0"
    if len(name) > _MOST_NAME:
        raise ComposeError(f"{safe(text)} is no domain name: it has more than {_MOST_NAME} bytes")
    return name
