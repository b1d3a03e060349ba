"""A header is declared once; the declaration is its record, decoder, builder, spans, JSON and reference page.

A declaration is a class under `@header`, whose attributes are made by `unsigned`, `signed`, `flag`, `octets`,
`text`, `ipv4_address`, `ipv6_address` and `mac_address` in the order of the wire, most significant bit first
(RFC 791, appendix B). The decorator makes of it a frozen record, a tuple with named fields; the functions that
read, write and describe it are compiled at their first use, see `app.packet.compiled`. What follows the fixed
part (options, payload) is not known here: `app.packet.dissect` puts layers together.
"""

import struct
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from functools import partial
from ipaddress import IPv4Address, IPv6Address
from operator import itemgetter
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, Self, TypeAlias, TypeVar, cast, dataclass_transform

from app.packet import compiled
from app.packet.errors import PacketError, ShortHeaderError
from app.packet.registry import Registry
from app.packet.text import safe_bytes

Buffer: TypeAlias = bytes | bytearray | memoryview
Value: TypeAlias = int | bytes | str | IPv4Address | IPv6Address
#: Words, or what makes them when somebody asks.
Words: TypeAlias = str | Callable[[], str]


@dataclass(frozen=True, slots=True)
class Group:
    """A run of fields that the field tree shows under one heading, such as the flags of TCP."""

    name: str  #: the filter name, such as "tcp.flags"
    label: str
    style: str = "hex"


@dataclass(frozen=True, slots=True, eq=False)
class Field:
    """One field of a declared header: its place in bits from the start of the header, and its words."""

    attribute: str
    name: str  #: the display filter's name, such as "ip.ttl"
    label: str
    offset: int
    width: int
    kind: str
    style: str = "decimal"  #: "decimal", "hex" or "flag": how `show` writes a number
    registry: type[Registry] | None = None
    group: Group | None = None
    unit: str = ""
    doc: str = ""
    words: Callable[[Any], str] | None = None  #: says a value where neither number, unit nor registry does
    remark: Callable[[Any], str] | None = None  #: what the whole record makes of this field, said behind the value
    number: int = -1  #: its place among the header's fields; -1 for what no declaration lists
    inner: tuple["Field", ...] = ()  #: bits of it that mean something of their own, at offsets within it

    def inner_spans(self, start_bit: int, value: bytes | int) -> tuple["Span", ...]:
        """The spans of `inner` where this field, which holds `value`, begins at `start_bit`."""
        number, spans = value if isinstance(value, int) else int.from_bytes(value), []
        for field in self.inner:
            bits = number >> (self.width - field.offset - field.width) & ((1 << field.width) - 1)
            start = start_bit + field.offset
            spans.append(Span(field, start, start + field.width, bits))
        return tuple(spans)

    def show(self, value: Value) -> str:
        """The value as the field tree writes it: the number first, then the registry's words."""
        if isinstance(value, bytes):
            if self.words is not None:
                return self.words(value)
            return safe_bytes(value.rstrip(b"\0")) if self.kind == "text" else _digits(value, self.kind)
        if not isinstance(value, int):
            return str(value)
        if self.words is not None:
            return self.words(value)
        if self.style == "flag":
            return "set" if value else "not set"
        number = f"0x{value:0{(self.width + 3) // 4}x}" if self.style == "hex" else str(value)
        if self.registry is not None:
            return f"{number}  {self.registry(value).words}"
        if value == 1 and self.unit.isalpha() and len(self.unit) > 2:
            return f"{number} {self.unit.removesuffix('s')}"
        return f"{number} {self.unit}" if self.unit else number

    def shown_in(self, record: Any, value: Value) -> str:
        """The value as it is shown in a record, remark included."""
        return f"{self.show(value)}  {self.remark(record)}" if self.remark is not None else self.show(value)


def _digits(value: bytes, kind: str) -> str:
    return value.hex(":") if kind == "mac" else value.hex()


class Span(NamedTuple):
    """A field at its place in a frame: bits [start_bit, stop_bit) counted from the frame's first bit."""

    field: Field
    start_bit: int
    stop_bit: int
    value: Value | None
    told: Words | None = None  #: its words, where the field's own way of showing the value does not say enough
    children: tuple["Span", ...] = ()

    @property
    def shown(self) -> str:
        """The value as the field tree writes it."""
        if self.told is None:
            return "" if self.value is None else self.field.show(self.value)
        return self.told if isinstance(self.told, str) else self.told()


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """What the declaration of one header says, for whoever draws, documents or filters it."""

    name: str
    title: str
    reference: str
    fields: tuple[Field, ...]
    size: int  #: bytes of the fixed part
    names: frozenset[str] = frozenset()  #: of all fields and groups
    single: Mapping[str, Field] = dataclass_field(
        default_factory=dict
    )  #: by name, the fields that their number and bits say all of

    def field(self, attribute: str) -> Field:
        """The field behind a record's attribute."""
        for field in self.fields:
            if field.attribute == attribute:
                return field
        raise PacketError(f"{self.name} has no field {attribute!r}")


if TYPE_CHECKING:

    class _Record(Iterable[Any]):
        """A tuple to Python, no more than its values to the type checker: a field may be called `count` or `index`."""

        def __iter__(self) -> Iterator[Any]: ...
        def __len__(self) -> int: ...

else:
    _Record = tuple


class Header(_Record):
    """What every declared header can do: a tuple of its values. Declare with `@header`; never make one of this."""

    __slots__ = ()
    LAYOUT: ClassVar[Layout]
    SIZE: ClassVar[int]  #: bytes of the fixed part
    DEFAULTS: ClassVar[Mapping[str, Value]]
    unpacked: ClassVar[Callable[[Buffer, int], Any]]  #: the record at a byte; struct.error where the bytes end
    _packed: ClassVar[Callable[[Any], bytes]]
    _spans: ClassVar[Callable[[Any, int], tuple[Span, ...]]]
    JSON: ClassVar[compiled.JsonWriters]  #: writes the fields of a record at a byte offset, as `decode --json` does

    def __new__(cls, **values: Any) -> Self:
        """A record of these values; what is not given is as declared. Raises TypeError for what is not declared."""
        given = {**cls.DEFAULTS, **values}
        try:
            record: Self = tuple.__new__(cls, [given[field.attribute] for field in cls.LAYOUT.fields])  # type: ignore[type-var]  # see _Record
        except KeyError as missing:
            raise TypeError(f"{cls.__name__} needs a value for {missing}") from None
        if len(given) != len(record):
            raise TypeError(
                f"{cls.__name__} has no such fields: {given.keys() - {f.attribute for f in cls.LAYOUT.fields}}"
            )
        return record

    def __repr__(self) -> str:
        told = (f"{field.attribute}={value!r}" for field, value in zip(self.LAYOUT.fields, self, strict=True))
        return f"{type(self).__name__}({', '.join(told)})"

    @classmethod
    def decode(cls, data: Buffer, offset: int = 0) -> Self:
        """The record of the header at byte `offset`. Raises ShortHeaderError where the bytes end too early."""
        try:
            record: Self = cls.unpacked(data, offset)
        except struct.error:
            needs, has = cls.LAYOUT.size, max(0, len(data) - offset)
            raise ShortHeaderError(f"{cls.LAYOUT.title} needs {needs} bytes, {has} are there") from None
        return record

    def build(self) -> bytes:
        """The bytes of the fixed part. Raises PacketError where a value does not fit its field."""
        try:
            return type(self)._packed(self)
        except (struct.error, OverflowError) as error:
            raise PacketError(f"{self.LAYOUT.title}: {error}") from None

    def replace(self, **changes: Any) -> Self:
        """A copy with some fields changed."""
        kept = {field.attribute: value for field, value in zip(self.LAYOUT.fields, self, strict=True)}
        return type(self)(**{**kept, **changes})

    def spans(self, offset: int = 0) -> tuple[Span, ...]:
        """The fields at their bits when the header starts at byte `offset`, grouped as declared."""
        return type(self)._spans(self, offset)


def declared(root: type[Header] = Header) -> Iterator[type[Header]]:
    """Every header that the modules imported so far declare."""
    for record in root.__subclasses__():
        if "LAYOUT" in vars(record):  # the class before @header made a record of it has none
            yield record
        yield from declared(record)


class _Declared(NamedTuple):
    """What a declaration says of one attribute."""

    says: Mapping[str, Any]
    default: Any


_NOTHING = object()


def unsigned(width: int, label: str = "", **says: Any) -> Any:
    """An unsigned integer of `width` bits.

    `says` may hold default (given where the field is declared: the type checker looks for it there), name
    (the filter's name, whole or its last part), style, registry, group, unit, doc, words and remark (see Field).
    """
    return _declared("unsigned", width, label, **says)


def signed(width: int, label: str = "", **says: Any) -> Any:
    """An integer of 8, 16, 32 or 64 bits in two's complement."""
    return _declared("signed", width, label, **says)


def flag(label: str = "", **says: Any) -> Any:
    """One bit that is set or not."""
    return _declared("unsigned", 1, label, **{"style": "flag", **says})


def octets(count: int, label: str = "", **says: Any) -> Any:
    """`count` bytes that are no number."""
    return _declared("octets", count * 8, label, **says)


def text(count: int, label: str = "", **says: Any) -> Any:
    """`count` bytes that hold text, padded with zeros; kept as bytes, shown as text."""
    return _declared("text", count * 8, label, **says)


def ipv4_address(label: str = "", **says: Any) -> Any:
    """An IPv4 address."""
    return _declared("ipv4", 32, label, **says)


def ipv6_address(label: str = "", **says: Any) -> Any:
    """An IPv6 address."""
    return _declared("ipv6", 128, label, **says)


def mac_address(label: str = "", **says: Any) -> Any:
    """An IEEE 802 address of 48 bits, kept as bytes."""
    return _declared("mac", 48, label, **says)


def _declared(kind: str, width: int, label: str, default: Any = _NOTHING, **says: Any) -> Any:
    return _Declared({"kind": kind, "width": width, "label": label, **says}, default)


H = TypeVar("H", bound=Header)


@dataclass_transform(
    frozen_default=True,
    kw_only_default=True,
    field_specifiers=(unsigned, signed, flag, octets, text, ipv4_address, ipv6_address, mac_address),
)
def header(name: str, title: str, reference: str) -> Callable[[type[H]], type[H]]:
    """Make a class of field declarations a header. `name` is the filter's name of the layer."""

    def declare(cls: type[H]) -> type[H]:
        entries = _entries(cls)
        fields = _fields(entries, name)
        bits = sum(field.width for field in fields)
        if bits % 8:
            raise PacketError(f"{title}: {bits} bits are no whole number of bytes")
        groups = {field.group.name for field in fields if field.group is not None}
        inner = (each.name for field in fields for each in field.inner)
        names = frozenset((*(field.name for field in fields), *inner, *groups))
        body = {key: value for key, value in vars(cls).items() if key not in ("__dict__", "__weakref__")}
        body |= {field.attribute: property(itemgetter(index)) for index, field in enumerate(fields)}
        body |= {
            "__slots__": (),
            "_entries": entries,
            "LAYOUT": Layout(name, title, reference, fields, bits // 8, names, _single(fields)),
            "SIZE": bits // 8,
            "DEFAULTS": {key: entry.default for key, entry in entries.items() if entry.default is not _NOTHING},
            "unpacked": compiled.Later(compiled.reader),
            "_packed": compiled.Later(compiled.writer),
            "_spans": compiled.Later(partial(compiled.describer, span=Span, heading=group_field)),
        }
        record = cast("type[H]", type(cls.__name__, cls.__bases__, body))
        record.JSON = compiled.JsonWriters(record, group_field)
        return record

    return declare


def _single(fields: tuple[Field, ...]) -> Mapping[str, Field]:
    counts = Counter(field.name for field in fields)
    has_more = {field.name for field in fields if field.kind == "text" or field.inner or field.remark}
    return {field.name: field for field in fields if counts[field.name] == 1 and field.name not in has_more}


def _entries(cls: type[Header]) -> dict[str, _Declared]:
    """The declarations of a class, those it inherits first; one that is declared again keeps its place."""
    entries: dict[str, _Declared] = {}
    for base in cls.__bases__:
        entries |= getattr(base, "_entries", {})
    return entries | {key: value for key, value in vars(cls).items() if isinstance(value, _Declared)}


def _fields(entries: Mapping[str, _Declared], layer: str) -> tuple[Field, ...]:
    fields: list[Field] = []
    offset = 0
    for attribute, entry in entries.items():
        says = dict(entry.says)
        name = says.pop("name", attribute)
        name = name if "." in name else f"{layer}.{name}"
        label = says.pop("label") or attribute.replace("_", " ")
        fields.append(Field(attribute=attribute, name=name, label=label, offset=offset, number=len(fields), **says))
        offset += says["width"]
    return tuple(fields)


def group_field(members: tuple[Field, ...]) -> Field:
    """The field that stands for a whole group of neighbouring fields."""
    first, last = members[0], members[-1]
    assert first.group is not None
    width = last.offset + last.width - first.offset
    return Field("", first.group.name, first.group.label, first.offset, width, "unsigned", style=first.group.style)
