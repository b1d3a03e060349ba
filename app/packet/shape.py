"""The shape of what follows a header's fixed part: a declared head, elements that repeat, bytes that rest.

Options of IPv4, IPv6, TCP and Neighbour Discovery are all a type, a length and a value; they differ in
what a length counts. A protocol writes its options as a table of shapes, and `read_options` reads them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from app.packet.dissection import Note, Severity, stretch
from app.packet.layout import Header, Span

#: Reads what no declaration can: the bytes [start, stop) of a frame as spans.
Tail: TypeAlias = Callable[[bytes, int, int], tuple[Span, ...]]

#: More options or elements than this in one place are not worth anyone's time.
MOST_ELEMENTS = 512
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

    def spans(self, data: bytes, at: int, stop: int) -> tuple[Span, ...]:
        """The parts within [at, stop); a head that does not fit is shown as bytes."""
        spans: list[Span] = []
        size = self.head.LAYOUT.size
        if at + size <= stop:
            spans.extend(self.head.decode(data, at).spans(at))
            at += size
            if self.each is not None:
                elements, at = repeated(self.each, data, at, stop)
                spans.extend(elements)
            if self.tail is not None and at < stop:
                return (*spans, *self.tail(data, at, stop))
        if at < stop:
            spans.append(bytes_span(self.rest or f"{self.name}.data", "data", data, at, stop))
        return tuple(spans)


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


def repeated(each: type[Header], data: bytes, at: int, stop: int) -> tuple[list[Span], int]:
    """The whole elements of a list that fit into [at, stop), and the byte behind the last."""
    spans: list[Span] = []
    size = each.LAYOUT.size
    for _ in range(min((stop - at) // size, MOST_ELEMENTS)):
        fields = each.decode(data, at).spans(at)
        if len(fields) == 1:
            spans.extend(fields)
        else:
            spans.append(heading(each.LAYOUT.name, each.LAYOUT.title, at, at + size, fields, fields))
        at += size
    return spans, at


def read_options(table: OptionTable, data: bytes, at: int, stop: int) -> tuple[list[Span], list[Note]]:
    """The options within [at, stop), each under a heading, and notes on those that contradict themselves."""
    spans: list[Span] = []
    for _ in range(MOST_ELEMENTS):
        if at >= stop:
            return spans, []
        kind = data[at]
        size = 1 if kind in table.single else option_size(table, data, at, stop)
        chosen = table.kinds.get(kind, table.unknown)
        if size is None or at + size > stop:
            spans.append(bytes_span(f"{table.unknown.name}.malformed", "malformed option", data, at, stop))
            return spans, [Note(Severity.ERROR, at, f"option {kind} has a length that cannot be")]
        shape = chosen if isinstance(chosen, Shape) else chosen(data, at, at + size)
        fields = shape.spans(data, at, at + size)
        head = table.unknown.head.LAYOUT.size
        told = tuple(span for span in fields if span.start_bit >= (at + head) * 8)
        spans.append(heading(shape.name, shape.title, at, at + size, fields, told))
        at += size
        if kind == table.end and at < stop:
            spans.append(bytes_span(table.padding, "padding", data, at, stop))
            return spans, []
    return spans, [Note(Severity.WARNING, at, f"more than {MOST_ELEMENTS} options: the rest is not shown")]


def option_size(table: OptionTable, data: bytes, at: int, stop: int) -> int | None:
    """Bytes of the option at `at`; None where its length is missing or too small to be one."""
    if at + 1 >= stop:
        return None
    size = data[at + 1] * table.unit + table.added
    return size if size >= 2 else None


def heading(name: str, title: str, start: int, stop: int, children: tuple[Span, ...], told: tuple[Span, ...]) -> Span:
    """A span over `children` whose words are those of `told`: one value alone, several by their labels."""
    if len(told) > 1 and all(span.children for span in told) and len({span.field.label for span in told}) == 1:
        shown = f"{len(told)} times {told[0].field.label}"
    elif len(told) > 1:
        shown = ", ".join(f"{span.field.label} {span.shown}" for span in told[:_TOLD] if span.field.label != "reserved")
    else:
        shown = "".join(span.shown for span in told)
    return stretch(name, title, start, stop, shown, children=children)


def bytes_span(name: str, label: str, data: bytes, start: int, stop: int) -> Span:
    """Bytes that mean nothing more to us."""
    value = data[start:stop]
    return stretch(name, label, start, stop, value[:32].hex() + ("…" if len(value) > 32 else ""), value=value)
