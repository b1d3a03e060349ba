"""Values that a filter makes of others: slices, sums, functions. Each takes lists and gives a list.

A name stands for every field of that name in a packet, so all that is made of it is made of each.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address
from itertools import islice
from typing import Any, TypeAlias

from app.packet.dissection import Dissection
from app.packet.filter.facts import Facts
from app.packet.filter.fault import FilterError
from app.packet.filter.fields import Operand, field, is_name, may_be_name
from app.packet.filter.literals import constant
from app.packet.filter.names import Kind, Known
from app.packet.filter.pseudo import Values
from app.packet.filter.tree import (
    Called,
    Character,
    Computed,
    Layered,
    Negative,
    Node,
    Piece,
    Sliced,
    Text,
    Word,
)
from app.packet.filter.tree import Value as ValueNode
from app.packet.layout import Value

#: So many results are made of two lists: hostile packets hold long ones.
MOST_RESULTS = 10_000
NUMBER = Known("", Kind.NUMBER, "")
_OCTET_KINDS = (Kind.OCTETS, Kind.MAC, Kind.LAYER)
_ADDRESSES = (Kind.IPV4, Kind.IPV6)


def is_literal(node: ValueNode) -> bool:
    """Whether a value is written in the filter, and not found in the packet."""
    if isinstance(node, Negative):
        return isinstance(node.value, Word) and is_literal(node.value)
    return isinstance(node, Text | Character) or (isinstance(node, Word) and not is_name(node.text))


def begins_as_field(node: ValueNode) -> bool:
    """Whether a value on the left is found in the packet: there a name may be one that nobody declared."""
    return not is_literal(node) or (isinstance(node, Word) and may_be_name(node.text))


def operand(node: ValueNode) -> Operand:
    """What the packet decides. Raises FilterError for a literal, and for a name that nobody has."""
    match node:
        case Word() | Layered():
            return field(node)
        case Sliced():
            return _sliced(node)
        case Called():
            return _called(node)
        case Computed():
            return _computed(node)
        case Negative():
            return _negative(node)
    raise fault(f"{node} is a value: a field is wanted", node)


def operand_beside(node: ValueNode, known: Known) -> Operand:
    """An operand, or a literal of the kind that the other one has."""
    return operand(node) if begins_as_field(node) else _constant(node, known)


def fault(text: str, node: Node) -> FilterError:
    """What is wrong with a part of the filter."""
    return FilterError(text, node.place.column, node.place.width)


def _constant(node: ValueNode, known: Known) -> Operand:
    assert isinstance(node, Word | Text | Character | Negative)
    value = constant(node, known)
    return _made(Known("", known.kind, ""), lambda dissection, facts: (value,))


def _made(known: Known, values: Values) -> Operand:
    def lengths(dissection: Dissection, facts: Facts | None) -> Iterable[Value]:
        return [len(value) for value in values(dissection, facts) if isinstance(value, str | bytes)]

    def is_there(dissection: Dissection, facts: Facts | None) -> bool:
        return any(True for _ in values(dissection, facts))

    return Operand(known, values, values, lengths, is_there)


def _sliced(node: Sliced) -> Operand:
    if is_literal(node.value) and not isinstance(node.value, Word):
        raise fault(f"{node.value} is a value: only fields have slices", node.value)
    whole = operand(node.value)
    if whole.known.kind in (Kind.NUMBER, Kind.SECONDS):
        raise fault(f"{whole.named} is a number and has no bytes to slice", node)
    kind = whole.known.kind
    known = Known("", kind if kind in (Kind.TEXT, Kind.UNKNOWN) else Kind.OCTETS, "")
    taken = whole.values if kind is Kind.LAYER else whole.reach

    def values(dissection: Dissection, facts: Facts | None) -> Iterable[Value]:
        for value in taken(dissection, facts):
            if isinstance(value, str | bytes) and (found := _cut(value, node.pieces)) is not None:
                yield found

    return _made(known, values)


def _cut(value: str | bytes, pieces: tuple[Piece, ...]) -> str | bytes | None:
    """The ranges one behind another; None where one reaches beyond the value."""
    found = value[:0]
    for piece in pieces:
        start = piece.first if piece.first >= 0 else len(value) + piece.first
        if piece.last is not None:
            stop = (piece.last if piece.last >= 0 else len(value) + piece.last) + 1
        else:
            stop = len(value) if piece.length is None else start + piece.length
        if not 0 <= start < stop <= len(value):
            return None
        found += value[start:stop]  # type: ignore[operator]  # both are text or both bytes
    return found


def _negative(node: Negative) -> Operand:
    inner = operand(node.value)
    if inner.known.kind not in (Kind.NUMBER, Kind.SECONDS, Kind.UNKNOWN):
        raise fault(f"{inner.named} is no number", node.value)
    known = Known("", inner.known.kind, "")
    return _made(known, lambda dissection, facts: [-value for value in _ints(inner, dissection, facts)])


def _computed(node: Computed) -> Operand:
    if not begins_as_field(node.left):  # a literal is of the kind that the other side has
        right = _side(node, node.right, NUMBER)
        left = _side(node, node.left, right.known)
    else:
        left = _side(node, node.left, NUMBER)
        right = _side(node, node.right, left.known)
    if Kind.UNKNOWN not in (left.known.kind, right.known.kind) and not _is_alike(left.known.kind, right.known.kind):
        raise fault(f"{left.named} and {right.named} are of different kinds", node)
    compute = _COMPUTE[node.sign]

    def results(dissection: Dissection, facts: Facts | None) -> Iterator[Value]:
        others = list(right.values(dissection, facts))
        for value in left.values(dissection, facts):
            for other in others:
                result = compute(value, other)
                if result is not None:
                    yield result

    return _made(
        Known("", left.known.kind, ""),
        lambda dissection, facts: tuple(islice(results(dissection, facts), MOST_RESULTS)),
    )


def _side(node: Computed, part: ValueNode, beside: Known) -> Operand:
    found = operand_beside(part, beside)
    if not _may_compute(node.sign, found.known.kind):
        raise fault(f"{node.sign} does not go with {found.named}, which is no number", part)
    return found


def _may_compute(sign: str, kind: Kind) -> bool:
    if kind in (Kind.NUMBER, Kind.UNKNOWN):
        return True
    if kind is Kind.SECONDS:
        return sign in ("+", "-")
    return sign == "&" and kind in (*_OCTET_KINDS, *_ADDRESSES)


def _is_alike(kind: Kind, other: Kind) -> bool:
    return kind is other or (kind in _OCTET_KINDS and other in _OCTET_KINDS)


def are_comparable(left: Known, right: Known) -> bool:
    """Whether the values of two fields may ever be equal."""
    return Kind.UNKNOWN in (left.kind, right.kind) or _is_alike(left.kind, right.kind)


def _masked(value: Value, other: Value) -> Value | None:
    if isinstance(value, int) and isinstance(other, int):
        return value & other
    if isinstance(value, bytes) and isinstance(other, bytes):
        return bytes(one & two for one, two in zip(value, other, strict=False))
    if isinstance(value, IPv4Address) and isinstance(other, IPv4Address):
        return IPv4Address(int(value) & int(other))
    if isinstance(value, IPv6Address) and isinstance(other, IPv6Address):
        return IPv6Address(int(value) & int(other))
    return None


def _numbers_only(compute: Callable[[int, int], int | None]) -> Callable[[Value, Value], Value | None]:
    def made(value: Value, other: Value) -> Value | None:
        return compute(value, other) if isinstance(value, int) and isinstance(other, int) else None

    return made


def _quotient(value: int, other: int) -> int | None:
    """Towards zero, as C has it; nothing for a division by zero."""
    if other == 0:
        return None
    result = abs(value) // abs(other)
    return result if (value < 0) == (other < 0) else -result


def _remainder(value: int, other: int) -> int | None:
    quotient = _quotient(value, other)
    return None if quotient is None else value - quotient * other


_COMPUTE: dict[str, Callable[[Value, Value], Value | None]] = {
    "&": _masked,
    "+": _numbers_only(lambda value, other: value + other),
    "-": _numbers_only(lambda value, other: value - other),
    "*": _numbers_only(lambda value, other: value * other),
    "/": _numbers_only(_quotient),
    "%": _numbers_only(_remainder),
}


def _ints(inner: Operand, dissection: Dissection, facts: Facts | None) -> list[int]:
    return [value for value in inner.values(dissection, facts) if isinstance(value, int)]


Build: TypeAlias = Callable[[Called, list[Operand]], Operand]


@dataclass(frozen=True, slots=True)
class Function:
    """A function of a filter: how many arguments it takes, of which kinds, and what it makes of them."""

    build: Build
    kinds: tuple[Kind, ...] = ()  #: no kinds: all are welcome
    is_many: bool = False
    help: str = ""


def _called(node: Called) -> Operand:
    function = FUNCTIONS.get(node.function)
    if function is None:
        known = ", ".join(FUNCTIONS)
        raise fault(f"there is no function {node.function}; there are {known}", node)
    if not node.arguments or (len(node.arguments) > 1 and not function.is_many):
        wanted = "a value" if function.is_many else "one value"
        raise fault(f"{node.function} wants {wanted} in its parentheses", node)
    first = next((argument for argument in node.arguments if begins_as_field(argument)), None)
    if first is None:
        raise fault(f"{node.function} wants a field", node.arguments[0])
    beside = operand(first).known
    arguments = [operand_beside(argument, beside) for argument in node.arguments]
    for argument, part in zip(arguments, node.arguments, strict=True):
        if function.kinds and argument.known.kind not in (*function.kinds, Kind.UNKNOWN):
            raise fault(f"{node.function} does not go with {argument.named}", part)
    return function.build(node, arguments)


def _len(node: Called, arguments: list[Operand]) -> Operand:
    return _made(NUMBER, arguments[0].lengths)


def _count(node: Called, arguments: list[Operand]) -> Operand:
    """How many there are; of none, nothing can be said, as in Wireshark."""
    counted = arguments[0]
    if not counted.is_field:
        raise fault("count wants a field", node.arguments[0])

    def values(dissection: Dissection, facts: Facts | None) -> Iterable[Value]:
        number = sum(1 for _ in counted.lengths(dissection, facts)) or len(list(counted.values(dissection, facts)))
        return (number,) if number else ()

    return _made(NUMBER, values)


def _each(change: Callable[[Any], Value], kind: Kind | None = None) -> Build:
    def build(node: Called, arguments: list[Operand]) -> Operand:
        inner = arguments[0]
        known = Known("", kind or inner.known.kind, "")
        return _made(known, lambda dissection, facts: [change(value) for value in inner.values(dissection, facts)])

    return build


def _of_all(choose: Callable[[list[Any]], Value]) -> Build:
    def build(node: Called, arguments: list[Operand]) -> Operand:
        def values(dissection: Dissection, facts: Facts | None) -> Iterable[Value]:
            found = [value for argument in arguments for value in _ints(argument, dissection, facts)]
            return (choose(found),) if found else ()

        return _made(Known("", arguments[0].known.kind, ""), values)

    return build


def _lower(value: Value) -> Value:
    return value.lower() if isinstance(value, str) else value


def _upper(value: Value) -> Value:
    return value.upper() if isinstance(value, str) else value


def _string(value: Value) -> str:
    return value.hex(":") if isinstance(value, bytes) else str(int(value) if isinstance(value, int) else value)


_NUMERIC = (Kind.NUMBER, Kind.SECONDS)
FUNCTIONS = {
    "len": Function(_len, help="bytes of a field, characters of a text"),
    "count": Function(_count, help="how many fields of that name there are"),
    "lower": Function(_each(_lower), (Kind.TEXT,), help="in lower case"),
    "upper": Function(_each(_upper), (Kind.TEXT,), help="in upper case"),
    "string": Function(_each(_string, Kind.TEXT), help="as text"),
    "max": Function(_of_all(max), _NUMERIC, is_many=True, help="the greatest"),
    "min": Function(_of_all(min), _NUMERIC, is_many=True, help="the least"),
    "abs": Function(
        _each(lambda value: abs(value) if isinstance(value, int) else value), _NUMERIC, help="without sign"
    ),
}
