"""Filters made from a field that somebody points at, and put together with the filter that was there."""

from typing import Literal, TypeAlias

from app.packet.dissection import Layer
from app.packet.filter.fault import FilterError
from app.packet.filter.grammar import parse
from app.packet.filter.names import SCALES
from app.packet.filter.tokens import quoted
from app.packet.filter.tree import Joined, Node
from app.packet.layout import Span, Value

How: TypeAlias = Literal["replace", "replace not", "and", "or", "and not", "or not"]

#: So many bytes or characters of a value are asked for; more would fill the line.
_MOST_TOLD = 64
_SIGNS = {"and": "&&", "or": "||"}
_STRENGTHS = {"||": 0, "^^": 1, "&&": 2}


def filter_of(span: Span, layer: Layer, ordinal: int | None = None, *, relation: str = "==") -> str:
    """The filter that this field of this layer passes: its name alone where it has no value to compare with.

    A field of a quoted layer is asked for in quoted layers. `ordinal` asks for one layer of a protocol instead,
    counted from 1 over all that the packet has, quoted ones too.
    """
    name = span.field.name
    if ordinal is not None:
        name = f"{name}#{ordinal}"
    elif layer.is_quoted:
        name = f"quoted.{name}"
    value = span.value
    if isinstance(value, int):
        return f"{name} {relation} {_number(span, value)}"
    if value is None or (isinstance(value, str | bytes) and not value):
        return f"!{name}" if relation == "!=" else name
    if isinstance(value, str | bytes) and len(value) > _MOST_TOLD:
        return f"{name}[0:{_MOST_TOLD}] {relation} {_told(value[:_MOST_TOLD])}"
    return f"{name} {relation} {_told(value)}"


def combined(old: str, new: str, how: How) -> str:
    """The filter that asks both, in the way that `how` says. An old one that nobody understands is replaced."""
    joint, _, negation = how.partition(" ")
    added = _negated(new.strip()) if negation else new.strip()
    before = _read(old)
    if joint == "replace" or before is None:
        return added
    sign = _SIGNS[joint]
    return f"{_beside(old.strip(), before, sign)} {sign} {_beside(added, _read(added), sign)}"


def _negated(text: str) -> str:
    is_single = text.replace("_", "").replace(".", "").isalnum()
    return f"!{text}" if is_single else f"!({text})"


def _beside(text: str, tree: Node | None, sign: str) -> str:
    """In parentheses where the sign beside it would take a part of it away."""
    is_looser = isinstance(tree, Joined) and _STRENGTHS[tree.sign] < _STRENGTHS[sign]
    return f"({text})" if is_looser else text


def _read(text: str) -> Node | None:
    try:
        return parse(text)
    except FilterError:
        return None


def _told(value: Value) -> str:
    """A value as a filter writes it."""
    if isinstance(value, bytes):
        return value.hex(":")
    if isinstance(value, str):
        return quoted(value.encode("utf-8", "surrogateescape"))
    return str(value).partition("%")[0]


def _number(span: Span, value: int) -> str:
    value = int(value) * SCALES.get(span.field.name, 1)
    if span.field.style == "hex" and value >= 0:
        return f"0x{value:0{(span.field.width + 3) // 4}x}"
    return str(value)
