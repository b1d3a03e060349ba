"""A header is declared once; the declaration is its record, decoder, builder, spans and reference page.

A declaration is a class under `@header`, whose attributes are made by `unsigned`, `octets`,
`ipv4_address`, `ipv6_address` and `mac_address` in the order of the wire, most significant bit first
(RFC 791, appendix B). The decorator makes of it a frozen dataclass and compiles, once, the function
that reads the fixed part of the header from bytes and the one that writes it. What follows the fixed
part (options, payload) is not known here: `app.packet.dissect` puts layers together.
"""

import dataclasses
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address
from typing import Any, ClassVar, Self, TypeAlias, TypeVar, dataclass_transform

from app.packet.errors import PacketError, ShortHeaderError
from app.packet.registry import Registry

Buffer: TypeAlias = bytes | bytearray | memoryview
Value: TypeAlias = int | bytes | str | IPv4Address | IPv6Address

#: How each kind of value leaves the bytes and returns to them, as source for the compiled functions.
_READ = {"unsigned": "{}", "octets": "{}", "mac": "{}", "ipv4": "IPv4Address({})", "ipv6": "IPv6Address({})"}
_WRITE = {"unsigned": "{}", "octets": "{}", "mac": "{}", "ipv4": "{}.packed", "ipv6": "{}.packed"}
_STRUCT_CODE = {1: "B", 2: "H", 4: "I", 8: "Q"}


@dataclass(frozen=True, slots=True)
class Group:
    """A run of fields that the field tree shows under one heading, such as the flags of TCP."""

    name: str  #: the filter name, such as "tcp.flags"
    label: str
    style: str = "hex"


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a declared header: its place in bits from the start of the header, and its words."""

    attribute: str
    name: str  #: the display filter's name, such as "ip.ttl"
    label: str
    offset: int
    width: int
    kind: str
    style: str = "decimal"  #: "decimal", "hex", "flag" or "text": how `shown` reads
    registry: type[Registry] | None = None
    group: Group | None = None
    unit: str = ""
    doc: str = ""

    def show(self, value: Value) -> str:
        """The value as the field tree writes it: registry words first, then the number."""
        if isinstance(value, bytes):
            return value.hex(":") if self.kind == "mac" else value.hex()
        if not isinstance(value, int):
            return str(value)
        if self.style == "flag":
            return "set" if value else "not set"
        number = f"0x{value:0{(self.width + 3) // 4}x}" if self.style == "hex" else str(value)
        if self.registry is not None:
            return f"{number}  {self.registry(value).words}"
        if value == 1 and self.unit.isalpha() and len(self.unit) > 2:
            return f"{number} {self.unit.removesuffix('s')}"
        return f"{number} {self.unit}" if self.unit else number


@dataclass(frozen=True, slots=True)
class Span:
    """A field at its place in a frame: bits [start_bit, stop_bit) counted from the frame's first bit."""

    field: Field
    start_bit: int
    stop_bit: int
    value: Value | None
    shown: str
    children: tuple["Span", ...] = ()


@dataclass(frozen=True, slots=True)
class Layout:
    """What the declaration of one header says, for whoever draws, documents or filters it."""

    name: str
    title: str
    reference: str
    fields: tuple[Field, ...]
    size: int  #: bytes of the fixed part

    def field(self, attribute: str) -> Field:
        """The field behind a record's attribute."""
        for field in self.fields:
            if field.attribute == attribute:
                return field
        raise PacketError(f"{self.name} has no field {attribute!r}")


class Header:
    """What every declared header can do. Declare with `@header`; never instantiate this class."""

    __slots__ = ()
    LAYOUT: ClassVar[Layout]
    _unpack: ClassVar[Callable[[Buffer, int], dict[str, Any]]]
    _pack: ClassVar[Callable[[Any], bytes]]

    @classmethod
    def decode(cls, data: Buffer, offset: int = 0) -> Self:
        """The record of the header at byte `offset`. Raises ShortHeaderError where the bytes end too early."""
        try:
            return cls(**cls._unpack(data, offset))
        except struct.error:
            needs, has = cls.LAYOUT.size, max(0, len(data) - offset)
            raise ShortHeaderError(f"{cls.LAYOUT.title} needs {needs} bytes, {has} are there") from None

    def build(self) -> bytes:
        """The bytes of the fixed part. Raises PacketError where a value does not fit its field."""
        try:
            return type(self)._pack(self)
        except (struct.error, OverflowError) as error:
            raise PacketError(f"{self.LAYOUT.title}: {error}") from None

    def replace(self, **changes: Any) -> Self:
        """A copy with some fields changed."""
        return dataclasses.replace(self, **changes)  # type: ignore[type-var]  # subclasses are dataclasses

    def spans(self, offset: int = 0) -> tuple[Span, ...]:
        """The fields at their bits when the header starts at byte `offset`, grouped as declared."""
        spans: list[Span] = []
        base = offset * 8
        for field in self.LAYOUT.fields:
            value = getattr(self, field.attribute)
            start = base + field.offset
            span = Span(field, start, start + field.width, value, field.show(value))
            if field.group is None:
                spans.append(span)
            elif spans and spans[-1].field.name == field.group.name:
                spans[-1] = _widened(spans[-1], span)
            else:
                spans.append(_group_span(field, span))
        return tuple(spans)


def declared(root: type[Header] = Header) -> Iterator[type[Header]]:
    """Every header that the modules imported so far declare."""
    for record in root.__subclasses__():
        if "LAYOUT" in vars(record):  # the class before @header made a record of it has none
            yield record
        yield from declared(record)


def _group_span(field: Field, first: Span) -> Span:
    assert field.group is not None
    heading = Field("", field.group.name, field.group.label, field.offset, 0, "unsigned", field.group.style)
    return _widened(Span(heading, first.start_bit, first.start_bit, 0, ""), first)


def _widened(heading: Span, child: Span) -> Span:
    width = child.stop_bit - child.start_bit
    assert isinstance(heading.value, int)
    assert isinstance(child.value, int)
    value = heading.value << width | child.value
    field = dataclasses.replace(heading.field, width=child.stop_bit - heading.start_bit)
    children = (*heading.children, child)
    return Span(field, heading.start_bit, child.stop_bit, value, field.show(value), children)


def unsigned(width: int, label: str = "", **says: Any) -> Any:
    """An unsigned integer of `width` bits.

    `says` may hold default (given where the field is declared: the type checker looks for it there), name
    (the filter's name, whole or its last part), style, registry, group, unit and doc.
    """
    return _declared("unsigned", width, label, **says)


def flag(label: str = "", **says: Any) -> Any:
    """One bit that is set or not."""
    return _declared("unsigned", 1, label, **{"style": "flag", **says})


def octets(count: int, label: str = "", **says: Any) -> Any:
    """`count` bytes that are no number."""
    return _declared("octets", count * 8, label, **says)


def ipv4_address(label: str = "", **says: Any) -> Any:
    """An IPv4 address."""
    return _declared("ipv4", 32, label, **says)


def ipv6_address(label: str = "", **says: Any) -> Any:
    """An IPv6 address."""
    return _declared("ipv6", 128, label, **says)


def mac_address(label: str = "", **says: Any) -> Any:
    """An IEEE 802 address of 48 bits, kept as bytes."""
    return _declared("mac", 48, label, **says)


def _declared(kind: str, width: int, label: str, default: Any = dataclasses.MISSING, **says: Any) -> Any:
    metadata = {"kind": kind, "width": width, "label": label, **says}
    if default is dataclasses.MISSING:
        return dataclasses.field(metadata=metadata)
    return dataclasses.field(default=default, metadata=metadata)


H = TypeVar("H", bound=Header)


@dataclass_transform(
    frozen_default=True,
    kw_only_default=True,
    field_specifiers=(unsigned, flag, octets, ipv4_address, ipv6_address, mac_address),
)
def header(name: str, title: str, reference: str) -> Callable[[type[H]], type[H]]:
    """Make a class of field declarations a header. `name` is the filter's name of the layer."""

    def declare(cls: type[H]) -> type[H]:
        record = dataclass(frozen=True, slots=True, kw_only=True)(cls)
        fields = _fields(record, name)
        bits = sum(field.width for field in fields)
        if bits % 8:
            raise PacketError(f"{title}: {bits} bits are no whole number of bytes")
        record.LAYOUT = Layout(name, title, reference, fields, bits // 8)
        record._unpack, record._pack = _compiled(fields, title)
        return record

    return declare


def _fields(record: type[Header], layer: str) -> tuple[Field, ...]:
    fields = []
    offset = 0
    for entry in dataclasses.fields(record):  # type: ignore[arg-type]  # made a dataclass just now
        says = dict(entry.metadata)
        name = says.pop("name", entry.name)
        name = name if "." in name else f"{layer}.{name}"
        label = says.pop("label") or entry.name.replace("_", " ")
        fields.append(Field(attribute=entry.name, name=name, label=label, offset=offset, **says))
        offset += says["width"]
    return tuple(fields)


def _units(fields: tuple[Field, ...], title: str) -> list[list[Field]]:
    """The fields in runs that start and end on byte boundaries."""
    units: list[list[Field]] = []
    run: list[Field] = []
    for field in fields:
        run.append(field)
        if (field.offset + field.width) % 8 == 0:
            units.append(run)
            run = []
    for unit in units:
        if len(unit) > 1 and any(field.kind != "unsigned" for field in unit):
            raise PacketError(f"{title}: only numbers may stand within a byte")
    return units


def _compiled(
    fields: tuple[Field, ...], title: str
) -> tuple[Callable[[Buffer, int], dict[str, Any]], Callable[[Any], bytes]]:
    """The two functions of a declaration, as source that names each unit once, compiled."""
    codes, reads, writes = [], [], []
    for index, unit in enumerate(_units(fields, title)):
        size = sum(field.width for field in unit) // 8
        is_number = unit[0].kind == "unsigned"
        codes.append(_STRUCT_CODE[size] if is_number and size in _STRUCT_CODE else f"{size}s")
        word = f"u{index}" if codes[-1][-1] != "s" or not is_number else f"int.from_bytes(u{index})"
        reads += _unit_reads(unit, word)
        total = _unit_write(unit)
        writes.append(f"({total}).to_bytes({size})" if is_number and codes[-1][-1] == "s" else total)
    names = ", ".join(f"u{index}" for index in range(len(codes)))
    source = (
        f"def unpack(data, offset):\n    {names}, = unpack_from(data, offset)\n    return {{{', '.join(reads)}}}\n"
        f"def pack(record):\n    return pack_units({', '.join(writes)})\n"
    )
    packed = struct.Struct(">" + "".join(codes))
    scope: dict[str, Any] = {
        "unpack_from": packed.unpack_from,
        "pack_units": packed.pack,
        "checked": _checked,
        "IPv4Address": IPv4Address,
        "IPv6Address": IPv6Address,
    }
    exec(compile(source, f"<layout of {title}>", "exec"), scope)
    return staticmethod(scope["unpack"]), staticmethod(scope["pack"])


def _unit_reads(unit: list[Field], word: str) -> list[str]:
    if len(unit) == 1:
        return [f"{unit[0].attribute!r}: {_READ[unit[0].kind].format(word)}"]
    end = unit[-1].offset + unit[-1].width
    return [
        f"{field.attribute!r}: {word} >> {end - field.offset - field.width} & {(1 << field.width) - 1}"
        for field in unit
    ]


def _unit_write(unit: list[Field]) -> str:
    if len(unit) == 1:
        field = unit[0]
        value = _WRITE[field.kind].format(f"record.{field.attribute}")
        return f"checked(record.{field.attribute}, {field.width})" if field.kind in ("octets", "mac") else value
    end = unit[-1].offset + unit[-1].width
    return " | ".join(
        f"checked(record.{field.attribute}, {field.width}) << {end - field.offset - field.width}" for field in unit
    )


def _checked(value: Any, width: int) -> Any:
    """A value that fits `width` bits, unchanged: struct would cut octets and shifts would spill over."""
    fits = len(value) * 8 == width if isinstance(value, bytes) else 0 <= value < 1 << width
    if not fits:
        raise PacketError(f"{value!r} does not fit {width} bits")
    return value
