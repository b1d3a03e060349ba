"""Packets side by side: what was sent, what a router quoted of it, and what came back, field by field.

Fields are aligned by their filter names within their layers, the first with the first and so on. What a
difference means is said by the tables of `app.packet.compare.remark`; here is only who stands beside whom.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias

from app.packet.compare.remark import Case, Judges, Pair, Remark, Side, Weight
from app.packet.compare.reply import ANSWERS, ERRORS, OTHERS
from app.packet.compare.transit import TRANSIT
from app.packet.dissection import Dissection, Layer
from app.packet.layout import Span

#: More rows than this are no comparison that anyone reads.
MOST_ROWS = 5_000

#: A field, or a heading with fields, under a name that is its own among its neighbours.
_Named: TypeAlias = dict[str, Span]


class Role(Enum):
    """What a packet is to the first of a comparison."""

    SENT = "sent"
    QUOTED = "quoted"  #: the same packet, as a router saw it: of a dissection, the quoted layers
    REPLY = "reply"
    OTHER = "other"  #: any other packet


@dataclass(frozen=True, slots=True)
class Part:
    """One column: a packet, or what it quotes. `title` is such as "sent #412"."""

    title: str
    dissection: Dissection
    role: Role = Role.OTHER

    @property
    def side(self) -> Side:
        """The layers that count, in order, each under its name and number."""
        seen: Counter[str] = Counter()
        layers = {}
        for layer in self.dissection.layers:
            if layer.is_quoted == (self.role is Role.QUOTED):
                seen[layer.name] += 1
                layers[f"{layer.name} {seen[layer.name]}"] = layer
        return Side(self.dissection, layers)


@dataclass(frozen=True, slots=True)
class Row:
    """One field in every part. `differs` says of each cell whether it is unlike the first in a way that matters."""

    name: str
    label: str
    cells: tuple[Span | None, ...]
    remarks: tuple[Remark | None, ...]
    differs: tuple[bool, ...]
    layer: Layer  #: in the first part that has it

    @property
    def weight(self) -> Weight:
        """The weight of the gravest remark."""
        return max((remark.weight for remark in self.remarks if remark), default=Weight.NONE)

    @property
    def is_difference(self) -> bool:
        """Whether any cell is unlike the first."""
        return any(self.differs)


@dataclass(frozen=True, slots=True)
class Comparison:
    """All rows of some parts."""

    parts: tuple[Part, ...]
    rows: tuple[Row, ...]

    @property
    def differences(self) -> tuple[Row, ...]:
        """The rows in which something differs."""
        return tuple(row for row in self.rows if row.is_difference)

    def meaning(self, row: Row) -> str:
        """The remarks on a row; what is expected goes unsaid beside what is not. Several say what they are about."""
        said = [(remark, part) for remark, part in zip(row.remarks, self.parts, strict=True) if remark and remark.text]
        if row.weight > Weight.EXPECTED:
            said = [(remark, part) for remark, part in said if remark.weight > Weight.EXPECTED]
        if len(said) == 1:
            return said[0][0].text
        return "; ".join(f"{part.role.value}: {remark.text}" for remark, part in said)


def parts_of(
    first: Dissection, second: Dissection, *, numbers: tuple[int, int] = (1, 2), is_answer: bool = True
) -> tuple[Part, ...]:
    """The columns for two packets: sent, quoted (if the second quotes one) and reply; or any two that nothing joins."""
    sent, other = numbers
    if not is_answer:
        return Part(f"#{sent}", first), Part(f"#{other}", second)
    parts = [Part(f"sent #{sent}", first, Role.SENT)]
    if any(layer.is_quoted for layer in second.layers):
        parts.append(Part(f"quoted in #{other}", second, Role.QUOTED))
    return (*parts, Part(f"reply #{other}", second, Role.REPLY))


def compare(
    parts: Sequence[Part], *, hop: int | None = None, earlier: Iterable[tuple[int, Dissection]] = ()
) -> Comparison:
    """Every field of every part, and what each difference from the first part means.

    `hop` is that of the router which quoted, where it is known; `earlier` are other quotations of the same flow
    with their hops: with them it can be said between which two routers a field was changed.
    """
    sides = [part.side for part in parts]
    quotes = tuple(earlier)
    pairs = [Pair(sides[0], side, hop, quotes) for side in sides]
    tables = [_judges(part) for part in parts]
    rows = []
    for key, spans in _rows(sides):
        name = _name(spans)
        cases = [Case(name, key, spans[0], after, pair) for after, pair in zip(spans, pairs, strict=True)]
        judged = [(None, False), *(_judged(case, table) for case, table in zip(cases[1:], tables[1:], strict=True))]
        remarks, differs = zip(*judged, strict=True)
        label = next(span.field.label for span in spans if span is not None)
        layer = next(side.layers[key] for side in sides if key in side.layers)
        rows.append(Row(name, label, spans, remarks, differs, layer))
        if len(rows) == MOST_ROWS:
            break
    return Comparison(tuple(parts), tuple(rows))


def _judges(part: Part) -> Judges:
    """The table for what a part is to the first."""
    if part.role is Role.REPLY and any(layer.is_quoted for layer in part.dissection.layers):
        return ERRORS
    return {Role.QUOTED: TRANSIT, Role.REPLY: ANSWERS}.get(part.role, OTHERS)


def _judged(case: Case, judges: Judges) -> tuple[Remark | None, bool]:
    """What there is to be said of a field, and whether it is unlike the first part's."""
    remark = judges(case)
    is_grave = remark is not None and remark.weight > Weight.EXPECTED
    if not judges.compares:
        return remark, is_grave
    if case.before is None or case.after is None:
        return remark, remark is not None
    return remark, is_grave or not case.is_same


def _name(spans: Sequence[Span | None]) -> str:
    return next(span.field.name for span in spans if span is not None)


# Alignment


def _rows(sides: Sequence[Side]) -> Iterator[tuple[str, tuple[Span | None, ...]]]:
    """The fields of all sides, aligned, each with the key of its layer."""
    for key in _merged([list(side.layers) for side in sides]):
        levels = [_numbered(side.layers[key].spans) if key in side.layers else None for side in sides]
        for spans in _aligned(levels):
            yield key, spans


def _aligned(levels: Sequence[_Named | None]) -> Iterator[tuple[Span | None, ...]]:
    """The fields of one level; what has others below it is gone into where everyone has it."""
    for key in _merged([list(level or ()) for level in levels]):
        spans = tuple(level.get(key) if level else None for level in levels)
        there = [span for span in spans if span is not None]
        is_everywhere = len(there) == sum(level is not None for level in levels)
        is_heading = is_everywhere and all(span.children for span in there)
        if not is_heading or any(_says_more(span) for span in there):
            yield spans
        if is_heading:
            yield from _aligned([_numbered(span.children) if span is not None else None for span in spans])


def _says_more(span: Span) -> bool:
    """Whether a field has a value that the fields below it do not tell in full, as a hardware address has."""
    told = sum(child.stop_bit - child.start_bit for child in span.children)
    return span.value is not None and told < span.stop_bit - span.start_bit


def _numbered(spans: Sequence[Span]) -> _Named:
    seen: Counter[str] = Counter()
    named = {}
    for span in spans:
        seen[span.field.name] += 1
        named[f"{span.field.name} {seen[span.field.name]}"] = span
    return named


def _merged(lists: Sequence[Sequence[str]]) -> list[str]:
    """All keys once, those that only later lists have behind the key before them."""
    merged = dict.fromkeys(lists[0]) if lists else {}
    for keys in lists[1:]:
        behind: dict[str | None, list[str]] = {}
        last = None
        for key in keys:
            if key in merged:
                last = key
            else:
                behind.setdefault(last, []).append(key)
        if behind:
            order = behind.get(None, [])
            for key in merged:
                order += [key, *behind.get(key, ())]
            merged = dict.fromkeys(order)
    return list(merged)
