"""What a declaration is compiled to: Python functions that read, write and describe one kind of header.

Each function is made at its first use, as source that names every field once, as dataclasses does it: import
pays for none of them, and reading a header costs one call. The source holds nothing but names and numbers of
declarations, and objects of theirs under names made here.
"""

import struct
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from json.encoder import encode_basestring_ascii
from typing import TYPE_CHECKING, Any, ClassVar

from app.packet.address import IPV4, IPV6
from app.packet.errors import PacketError
from app.packet.text import safe

if TYPE_CHECKING:
    from app.packet.layout import Field, Header

#: How each kind of value leaves the bytes and returns to them, as source.
_READ = {"ipv4": "ipv4[{}]", "ipv6": "ipv6[{}]"}
_WRITE = {"ipv4": "{}.packed", "ipv6": "{}.packed"}
_STRUCT_CODE = {1: "B", 2: "H", 4: "I", 8: "Q"}
_NUMBERS = ("unsigned", "signed")
#: What has no more bits than this is worth remembering, value by value.
_FEW_BITS = 8

Source = Callable[[type["Header"]], tuple[str, dict[str, Any]]]


class Later:
    """A class attribute that is a function compiled from the class's declaration when it is first asked for."""

    __slots__ = ("_name", "_source")

    def __init__(self, source: Source) -> None:
        self._source = source
        self._name = ""

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    def __get__(self, instance: object, owner: type["Header"]) -> Callable[..., Any]:
        source, scope = self._source(owner)
        exec(compile(source, f"<{self._name} of {owner.__name__}>", "exec"), scope)
        made: Callable[..., Any] = scope["made"]
        setattr(owner, self._name, staticmethod(made))
        return made


def reader(record: type["Header"]) -> tuple[str, dict[str, Any]]:
    """made(data, at): the record at byte `at`; struct.error where the bytes end too early."""
    codes, lines, values = [], [], []
    for index, unit in enumerate(_units(record)):
        size = sum(field.width for field in unit) // 8
        codes.append(_code(unit[0], size))
        word = f"u{index}"
        if unit[0].kind in _NUMBERS and codes[-1].endswith("s"):
            lines.append(f"    {word} = from_bytes({word}, signed={unit[0].kind == 'signed'})\n")
        values += _unit_values(unit, word)
    names = "".join(f"u{index}, " for index in range(len(codes)))
    unpacking = f"    {names}= unpack_from(data, at)\n" if codes else ""
    source = f"def made(data, at):\n{unpacking}{''.join(lines)}    return new(record, ({''.join(values)}))\n"
    return source, {
        "unpack_from": struct.Struct(">" + "".join(codes)).unpack_from,
        "from_bytes": int.from_bytes,
        "ipv4": IPV4,
        "ipv6": IPV6,
        "new": tuple.__new__,
        "record": record,
    }


def writer(record: type["Header"]) -> tuple[str, dict[str, Any]]:
    """made(record): the bytes of the fixed part; PacketError or struct.error for a value that does not fit."""
    codes, writes = [], []
    for unit in _units(record):
        size = sum(field.width for field in unit) // 8
        codes.append(_code(unit[0], size))
        total = _unit_total(unit)
        if unit[0].kind in _NUMBERS and codes[-1].endswith("s"):
            total = f"({total}).to_bytes({size}, signed={unit[0].kind == 'signed'})"
        writes.append(total)
    source = f"def made(record):\n{_opening(record)}    return pack({', '.join(writes)})\n"
    return source, {"pack": struct.Struct(">" + "".join(codes)).pack, "checked": _checked}


def describer(record: type["Header"], span: type, heading: Callable[..., Any]) -> tuple[str, dict[str, Any]]:
    """made(record, at): the spans of a record at byte `at`, groups around their members."""
    scope: dict[str, Any] = {"new": tuple.__new__, "Span": span}
    pieces = []
    for fields in _runs(record):
        told = "".join(f"{_span_source(field, scope)}, " for field in fields)
        if fields[0].group is not None:
            whole = heading(fields)
            scope[f"g{whole.offset}"] = whole
            place = f"base + {whole.offset}, base + {whole.offset + whole.width}"
            told = f"new(Span, (g{whole.offset}, {place}, {_joined(fields)}, None, ({told}))), "
        pieces.append(told)
    source = (
        f"def made(record, at):\n{_opening(record)}    base = at * 8\n    return ({''.join(pieces)})\n"
        if pieces
        else "def made(record, at):\n    return ()\n"
    )
    return source, scope


class JsonWriters(dict[int, Callable[[Any], str]]):
    """Byte offsets to functions that write a record standing there as JSON objects with commas between them.

    A header stands at the same few places in most packets: with its offset known, half of the text is constant.
    """

    #: Places beyond so many share one function that adds: no capture makes us compile without end.
    MOST = 48
    #: Nor do all headers together: each function takes some 6 KB and 0.2 ms (measured).
    MOST_OF_ALL = 4000
    made: ClassVar[int] = 0

    def __init__(self, record: type["Header"], heading: Callable[..., Any]) -> None:
        super().__init__()
        self._record = record
        self._heading = heading
        self._anywhere: Callable[[Any, int], str] | None = None

    def __missing__(self, at: int) -> Callable[[Any], str]:
        if len(self) < self.MOST and JsonWriters.made < self.MOST_OF_ALL:
            JsonWriters.made += 1
            writer: Callable[[Any], str] = _json_writer(self._record, self._heading, at)
            self[at] = writer
            return writer
        if self._anywhere is None:
            self._anywhere = _json_writer(self._record, self._heading, None)
        anywhere = self._anywhere
        return lambda record: anywhere(record, at)


def _json_writer(record: type["Header"], heading: Callable[..., Any], at: int | None) -> Callable[..., str]:
    """made(record) for byte offset `at`, or made(record, at) for any."""
    scope: dict[str, Any] = {"quoted": _quoted, "FLAGS": ("not set", "set")}
    pieces = []
    for fields in _runs(record):
        told = ",".join(_object_source(field, f"v{field.number}", at, scope) for field in fields)
        whole = fields[0]
        if whole.group is not None:
            whole = heading(fields)
            told = _object_source(whole, f"({_joined(fields)})", at, scope, f',"fields":[{told}]')
        pieces.append(told if at is None else _kept_source(whole, fields, told, scope))
    parameters, base = ("record", "") if at is not None else ("record, at", "    base = at * 8\n")
    return _f_string(parameters, base + _opening(record), ",".join(pieces), scope)


def _f_string(parameters: str, opening: str, inside: str, scope: dict[str, Any]) -> Callable[..., str]:
    """A function that fills in an f-string."""
    scope = dict(scope)
    exec(compile(f"def made({parameters}):\n{opening}    return f'''{inside}'''\n", "<json>", "exec"), scope)
    made: Callable[..., str] = scope["made"]
    return made


def _kept_source(whole: "Field", fields: Sequence["Field"], told: str, scope: dict[str, Any]) -> str:
    """A field or group that has few values is written once for each of them, and then only looked up."""
    has_few = whole.width <= _FEW_BITS if whole.kind in _NUMBERS else whole.kind == "mac"
    if not has_few or any(field.remark is not None for field in fields):
        return told
    shifts = [whole.offset + whole.width - field.offset - field.width for field in fields]
    parts = "".join(
        f"    v{field.number} = value >> {shift} & {(1 << field.width) - 1}\n"
        for field, shift in zip(fields, shifts, strict=True)
    )
    opening = parts if len(fields) > 1 else f"    v{whole.number} = value\n"
    name = f"kept{whole.offset}"
    scope[name] = _Kept(_f_string("value", opening, told, scope))
    return f"{{{name}[{_joined(fields) if len(fields) > 1 else f'v{whole.number}'}]}}"


class _Kept(dict[Any, str]):
    """Values met so far and the text that was made of each."""

    MOST = 1024
    #: All of them together keep no more texts than this, some 30 MB.
    MOST_OF_ALL = 100_000
    kept: ClassVar[int] = 0

    def __init__(self, made: Callable[[Any], str]) -> None:
        super().__init__()
        self._made = made

    def __missing__(self, value: Any) -> str:
        text = self._made(value)
        if len(self) >= self.MOST:
            _Kept.kept -= len(self)
            self.clear()
        if _Kept.kept < self.MOST_OF_ALL:
            _Kept.kept += 1
            self[value] = text
        return text


def _runs(record: type["Header"]) -> Iterator[tuple["Field", ...]]:
    """The fields, those of one group together, others alone."""
    for group, members in groupby(record.LAYOUT.fields, key=lambda field: field.group and field.group.name):
        if group is not None:
            yield tuple(members)
        else:
            yield from ((field,) for field in members)


def _opening(record: type["Header"]) -> str:
    """The line that gives each value of the record its name."""
    names = "".join(f"v{index}, " for index in range(len(record.LAYOUT.fields)))
    return f"    {names}= record\n" if names else ""


def _units(record: type["Header"]) -> list[list["Field"]]:
    """The fields in runs that start and end on byte boundaries."""
    units: list[list[Field]] = []
    run: list[Field] = []
    for field in record.LAYOUT.fields:
        run.append(field)
        if (field.offset + field.width) % 8 == 0:
            units.append(run)
            run = []
    for unit in units:
        if len(unit) > 1 and any(field.kind != "unsigned" for field in unit):
            raise PacketError(f"{record.LAYOUT.title}: only unsigned numbers may stand within a byte")
    return units


def _code(first: "Field", size: int) -> str:
    """The struct code of a unit; numbers of odd sizes are taken as bytes."""
    if first.kind in _NUMBERS and size in _STRUCT_CODE:
        code = _STRUCT_CODE[size]
        return code.lower() if first.kind == "signed" else code
    return f"{size}s"


def _unit_values(unit: list["Field"], word: str) -> list[str]:
    if len(unit) == 1:
        return [_READ.get(unit[0].kind, "{}").format(word) + ", "]
    end = unit[-1].offset + unit[-1].width
    return [f"{word} >> {end - field.offset - field.width} & {(1 << field.width) - 1}, " for field in unit]


def _unit_total(unit: list["Field"]) -> str:
    """One unit's value as source over the names v0, v1, ... of the record's values."""
    if len(unit) == 1:
        field = unit[0]
        value = f"v{field.number}"
        if field.kind in ("octets", "mac", "text"):
            return f"checked({value}, {field.width})"
        return _WRITE.get(field.kind, "{}").format(value)
    end = unit[-1].offset + unit[-1].width
    return " | ".join(
        f"checked(v{field.number}, {field.width}) << {end - field.offset - field.width}" for field in unit
    )


def _checked(value: Any, width: int) -> Any:
    """A value that fits `width` bits, unchanged: struct would cut octets and shifts would spill over."""
    fits = len(value) * 8 == width if isinstance(value, bytes) else 0 <= value < 1 << width
    if not fits:
        raise PacketError(f"{value!r} does not fit {width} bits")
    return value


def _joined(fields: Sequence["Field"]) -> str:
    """The number that neighbouring fields make together."""
    end = fields[-1].offset + fields[-1].width
    return " | ".join(f"v{field.number} << {end - field.offset - field.width}" for field in fields)


def _span_source(field: "Field", scope: dict[str, Any]) -> str:
    """One span; a field that says more than its value shows says it at once, knowing the record."""
    number = field.number
    scope[f"f{number}"] = field
    told = f"f{number}.shown_in(record, v{number})" if field.remark is not None else "None"
    value = f"f{number}.show(v{number})" if field.kind == "text" else f"v{number}"
    place = f"base + {field.offset}, base + {field.offset + field.width}"
    inner = f"f{number}.inner_spans(base + {field.offset}, v{number})" if field.inner else "()"
    return f"new(Span, (f{number}, {place}, {value}, {told}, {inner}))"


def _object_source(field: "Field", value: str, at: int | None, scope: dict[str, Any], inside: str = "") -> str:
    """One JSON object as the inside of an f-string."""
    if field.inner:
        bits = [_object_source(_moved(each, field), _bits(each, field, value), at, scope) for each in field.inner]
        inside = f',"fields":[{",".join(bits)}]'
    first, stop = field.offset // 8, -(-(field.offset + field.width) // 8)
    byte = f"{{at + {first}}}" if at is None else str(at + first)
    bit = f"{{base + {field.offset}}}" if at is None else str(at * 8 + field.offset)
    bits_told = "" if (field.offset | field.width) % 8 == 0 else f',"bits":[{bit},{field.width}]'
    plain, shown = _value_source(field, value, scope)
    place = f'"pos":{byte},"size":{stop - first}{bits_told}'
    return f'{{{{"name":"{field.name}",{place},"value":{plain},"shown":{shown}{inside}}}}}'


def _moved(inner: "Field", outer: "Field") -> "Field":
    """An inner field at its place in the header."""
    return replace(inner, offset=outer.offset + inner.offset)


def _bits(inner: "Field", outer: "Field", value: str) -> str:
    """The number that an inner field is, as source."""
    shift = outer.width - inner.offset - inner.width
    number = value if outer.kind in _NUMBERS else f"int.from_bytes({value})"
    return f"({number} >> {shift} & {(1 << inner.width) - 1})"


def _value_source(field: "Field", value: str, scope: dict[str, Any]) -> tuple[str, str]:
    """A field's value, and what is shown of it, as the inside of an f-string."""
    says_more = field.words is not None or field.remark is not None or bool(field.unit)
    if field.kind in _NUMBERS:
        plain = f"{{{value}}}"
    elif field.kind in ("ipv4", "ipv6"):
        plain = f'"{{{value}!s}}"'
    elif field.kind == "text":
        scope[f"f{field.number}"] = field
        plain = f"{{quoted(f{field.number}.show({value}))}}"
    else:
        plain = f'"{{{value}.hex()}}"'
    if field.kind in ("ipv4", "ipv6", "octets") and not says_more:
        return plain, plain
    if field.kind == "mac" and not says_more:
        return plain, f"\"{{{value}.hex(':')}}\""
    if field.kind in _NUMBERS and not says_more and field.registry is None:
        digits = (field.width + 3) // 4
        ways = {"flag": f'"{{FLAGS[{value}]}}"', "hex": f'"0x{{{value}:0{digits}x}}"'}
        return plain, ways.get(field.style, f'"{{{value}}}"')
    name = f"w{field.offset}" if field.number < 0 else f"f{field.number}"
    scope[name] = field
    if field.remark is None and field.kind in _NUMBERS:
        scope[f"{name}_shown"] = _Kept(lambda number: _quoted(field.show(number)))
        return plain, f"{{{name}_shown[{value}]}}"
    return plain, f"{{quoted({name}.shown_in(record, {value}))}}"


def _quoted(text: str) -> str:
    """Text as a JSON string, made safe."""
    return encode_basestring_ascii(safe(text))
