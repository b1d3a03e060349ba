"""The shape of what follows a header's fixed part: a declared head, elements that repeat, bytes that rest.

Options of IPv4, IPv6, TCP and Neighbour Discovery are all a type, a length and a value; they differ in
what a length counts. A protocol writes its options as a table of shapes, and `read_options` reads them.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import TypeAlias

from app.packet.dissection import Branch, Note, Part, Placed, Severity
from app.packet.layout import Field, Header, Span

#: Reads what no declaration can: the bytes [start, stop) of a frame as parts.
Tail: TypeAlias = Callable[[bytes, int, int], tuple[Part, ...]]

#: More options or elements than this in one place are not worth anyone's time.
MOST_ELEMENTS = 512
#: The same of all parts of one frame: lists hold lists, and headers that have lists stand behind each other.
MOST_PARTS = 2000
#: Options of fewer bytes cannot hold so much that it has to be counted.
_SMALL = 64
#: So many fields a heading repeats.
_TOLD = 4


@dataclass(frozen=True, slots=True)
class Shape:
    """A head, then `each` as often as it fits, then what is left: read by `tail` or shown as bytes named `rest`."""

    name: str
    title: str
    head: type[Header]
    each: type[Header] | None = None
    rest: str = ""
    tail: Tail | None = None

    def parts(self, data: bytes, at: int, stop: int) -> tuple[Part, ...]:
        """The parts within [at, stop); of a head that does not fit, the fields that do."""
        parts: list[Part] = []
        size = self.head.LAYOUT.size
        if at + size <= stop:
            parts.append(Placed(self.head.unpacked(data, at), at, at + size))
            at += size
            if self.each is not None:
                elements, at = repeated(self.each, data, at, stop)
                parts.extend(elements)
            if self.tail is not None and at < stop:
                return (*parts, *self.tail(data, at, stop))
        elif at < stop:
            cut = Placed(self.head.decode(data[at:stop].ljust(size, b"\0")), at, stop)
            parts.append(cut)
            at = max((span.stop_bit // 8 for span in cut.spans()), default=at)
        if at < stop:
            parts.append(bytes_span(self.rest or f"{self.name}.data", "data", data, at, stop))
        return tuple(parts)


#: A shape, or what chooses one by looking at the bytes [start, stop) of the option.
Choice: TypeAlias = Shape | Callable[[bytes, int, int], Shape]


@dataclass(frozen=True, slots=True)
class OptionTable:
    """How a protocol writes options: size = length byte * `unit` + `added`, but one byte for the `single` ones."""

    kinds: Mapping[int, Choice]
    unknown: Shape
    unit: int = 1
    added: int = 0
    single: frozenset[int] = frozenset()
    end: int | None = None  #: the option behind which only padding may follow
    padding: str = ""  #: the name of that padding


def repeated(each: type[Header], data: bytes, at: int, stop: int) -> tuple[list[Part], int]:
    """The whole elements of a list that fit into [at, stop), and the byte behind the last."""
    parts: list[Part] = []
    layout = each.LAYOUT
    size = layout.size
    for _ in range(min((stop - at) // size, MOST_ELEMENTS)):
        element = Placed(each.unpacked(data, at), at, at + size)
        if len(layout.fields) == 1:
            parts.append(element)
        else:
            parts.append(heading(layout.name, layout.title, at, at + size, (element,), (element,)))
        at += size
    return parts, at


def read_options(
    table: OptionTable, data: bytes, at: int, stop: int, most: int = MOST_PARTS
) -> tuple[list[Part], list[Note]]:
    """The options within [at, stop), each under a heading, and notes on those that contradict themselves.

    They are read until they have `most` parts. The last may have more: an option is small.
    """
    parts: list[Part] = []
    for _ in range(MOST_ELEMENTS):
        if most <= 0:
            break
        if at >= stop:
            return parts, []
        kind = data[at]
        size = 1 if kind in table.single else option_size(table, data, at, stop)
        chosen = table.kinds.get(kind, table.unknown)
        if size is None or at + size > stop:
            name = f"{table.unknown.name}.malformed"
            shape = Shape(name, "", table.unknown.head, rest=name) if size is None else chosen
            told = (shape if isinstance(shape, Shape) else table.unknown).parts(data, at, stop)
            parts.append(heading(name, "malformed option", at, stop, told, told))
            return parts, [Note(Severity.ERROR, at, f"option {kind} has a length that cannot be")]
        shape = chosen if isinstance(chosen, Shape) else chosen(data, at, at + size)
        inside = shape.parts(data, at, at + size)
        words = partial(_words_of, inside, (at + table.unknown.head.LAYOUT.size) * 8)
        parts.append(Branch(shape.name, shape.title, at, at + size, inside, words))
        most -= 1 if size < _SMALL else 1 + part_count(inside)
        at += size
        if kind == table.end and at < stop:
            parts.append(bytes_span(table.padding, "padding", data, at, stop))
            return parts, []
    if at >= stop:
        return parts, []
    more = f"more than {len(parts)} options: the rest is" if parts else "too many options before these: they are"
    return parts, [Note(Severity.WARNING, at, f"{more} not shown")]


def part_count(parts: Iterable[Part]) -> int:
    """How many parts there are, those under headings included."""
    return sum(1 + part_count(part.parts) if isinstance(part, Branch) else 1 for part in parts)


def option_size(table: OptionTable, data: bytes, at: int, stop: int) -> int | None:
    """Bytes of the option at `at`; None where its length is missing or too small to be one."""
    if at + 1 >= stop:
        return None
    size = data[at + 1] * table.unit + table.added
    return size if size >= 2 else None


def heading(name: str, title: str, start: int, stop: int, parts: Iterable[Part], told: Iterable[Part]) -> Branch:
    """A heading over `parts` whose words are those of `told`."""
    return Branch(name, title, start, stop, tuple(parts), partial(_words_of, tuple(told)))


def _words_of(parts: tuple[Part, ...], told_from: int = 0) -> str:
    """The words of the parts from bit `told_from` on: one value alone, several by their labels."""
    labels = {part.label if isinstance(part, Branch) else None for part in parts}
    if len(parts) > 1 and len(labels) == 1 and None not in labels:
        return f"{len(parts)} times {labels.pop()}"
    told = [pair for part in parts for pair in _sayings(part, told_from)]
    if len(told) == 1:
        return told[0][1]
    return ", ".join(f"{label} {shown}" for label, shown in told[:_TOLD] if label != "reserved")


def _sayings(part: Part, told_from: int) -> Iterable[tuple[str, str]]:
    """What a part is called and what it shows; of a header, each field from bit `told_from` on."""
    if isinstance(part, Branch):
        return ((part.label, part.shown),)
    if isinstance(part, Span):
        return ((part.field.label, part.shown),) if part.start_bit >= told_from else ()
    fields = part.header.LAYOUT.fields
    if any(field.group for field in fields) or part.words:
        return [(span.field.label, span.shown) for span in part.spans() if span.start_bit >= told_from]
    first = told_from - part.at * 8
    pairs = zip(fields, part.header, strict=True)
    return [(field.label, field.shown_in(part.header, value)) for field, value in pairs if field.offset >= first]


def bytes_span(name: str, label: str, data: bytes, start: int, stop: int) -> Span:
    """Bytes that mean nothing more to us."""
    value = data[start:stop]
    return tuple.__new__(Span, (_bytes_field(name, label), start * 8, stop * 8, value, None, ()))


@lru_cache(1024)
def _bytes_field(name: str, label: str) -> Field:
    return Field("", name, label, 0, 0, "octets", words=_first_digits)


def _first_digits(value: bytes) -> str:
    return value[:32].hex() + ("…" if len(value) > 32 else "")
