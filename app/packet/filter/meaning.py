"""What a filter's tree asks of a packet, as functions made once and called for each.

`==`, `<` and the others hold where one pair of values does, `!=` where there are values and every pair
differs; `any` and `all` say otherwise. A comparison with what is not there does not hold, whatever it asks.
"""

from collections.abc import Callable, Iterable, Mapping
from ipaddress import IPv4Address, IPv6Address
from itertools import islice, product
from typing import Any, TypeAlias

from app.packet.dissection import Dissection
from app.packet.filter.facts import Facts
from app.packet.filter.fields import Operand
from app.packet.filter.literals import Check, checks, readings
from app.packet.filter.names import Kind, Known
from app.packet.filter.operands import MOST_RESULTS, are_comparable, begins_as_field, fault, is_literal, operand
from app.packet.filter.pattern import PatternError, searcher
from app.packet.filter.pseudo import Values
from app.packet.filter.tree import (
    Among,
    Called,
    Character,
    Compared,
    Computed,
    Joined,
    Negative,
    Not,
    Span,
    Test,
    Text,
    Word,
)
from app.packet.filter.tree import Value as ValueNode
from app.packet.layout import Value

Holds: TypeAlias = Callable[[Dissection, Facts | None], bool]

#: The comparison behind a relation, and whether every pair must pass it.
_RELATIONS = {"==": ("==", False), "!=": ("!=", True), "===": ("==", True), "!==": ("!=", False)}
_MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
_VALUE_KINDS: tuple[type, ...] = (int, bytes, str, IPv4Address, IPv6Address)
_SEARCHED = (Kind.TEXT, Kind.OCTETS, Kind.MAC, Kind.LAYER, Kind.UNKNOWN)


def meaning(tree: Test) -> Holds:
    """What a tree asks. Raises FilterError where kinds do not fit or a name is nobody's."""
    match tree:
        case Joined():
            return _joined(tree)
        case Not(term):
            inner = meaning(term)
            return lambda dissection, facts: not inner(dissection, facts)
        case Compared():
            return _compared(tree)
        case Among():
            return _among(tree)
        case _:
            return _present(tree)


def _joined(tree: Joined) -> Holds:
    terms = tuple(meaning(term) for term in tree.terms)

    def both(dissection: Dissection, facts: Facts | None) -> bool:
        for term in terms:  # noqa: SIM110  # measured: a generator takes twice the time
            if not term(dissection, facts):
                return False
        return True

    def either(dissection: Dissection, facts: Facts | None) -> bool:
        for term in terms:  # noqa: SIM110  # as above
            if term(dissection, facts):
                return True
        return False

    def one(dissection: Dissection, facts: Facts | None) -> bool:
        return sum(term(dissection, facts) for term in terms) % 2 == 1

    return {"&&": both, "||": either, "^^": one}[tree.sign]


def _present(node: ValueNode) -> Holds:
    """A value alone: a field or slice that is there, a sum that is not zero."""
    if isinstance(node, Text | Character) or (is_literal(node) and not isinstance(node, Word)):
        raise fault(f"{node} alone asks nothing: a field is wanted", node)
    found = operand(node)
    if isinstance(node, Computed | Negative):
        return lambda dissection, facts: any(_is_set(value) for value in found.values(dissection, facts))
    if isinstance(node, Called):
        raise fault(f"{node} is a value: compare it", node)
    return found.is_there


def _is_set(value: Value) -> bool:
    if isinstance(value, bytes):
        return any(value)
    return bool(value) if isinstance(value, int | str) else int(value) != 0


def _compared(tree: Compared) -> Holds:
    """Each value against the one before it; all of these must hold."""
    tests = []
    left = tree.first
    for relation, right in tree.rest:
        tests.append(_pair(tree.quantifier, left, relation, right))
        left = right
    return tests[0] if len(tests) == 1 else lambda dissection, facts: all(test(dissection, facts) for test in tests)


def _pair(quantifier: str, left: ValueNode, relation: str, right: ValueNode) -> Holds:
    if relation == "matches":
        return _matched(left, right, is_all=quantifier == "all")
    if relation == "contains":
        return _containing(left, right, is_all=quantifier == "all")
    comparison, is_all = _RELATIONS.get(relation, (relation, False))
    if quantifier:
        is_all = quantifier == "all"
    if not begins_as_field(left):
        if is_literal(right):
            raise fault(_no_field(left), left)
        left, right, comparison = right, left, _MIRRORED.get(comparison, comparison)
    found = operand(left)
    if _is_word_for(right, found.known):
        assert isinstance(right, Word | Text | Character | Negative)
        wanted = tuple(checks(comparison, right, found.known).items())
        return _held(found.values, wanted, is_all=is_all)
    other = operand(right)
    if not are_comparable(found.known, other.known):
        raise fault(f"{found.named} is not of the kind that {other.named} is", right)
    return _fields_compared(found.values, comparison, other.values, is_all=is_all)


def _no_field(node: ValueNode) -> str:
    if isinstance(node, Word):
        try:
            operand(node)
        except ValueError as error:
            return getattr(error, "sentence", str(error))
    return f"{node} is a value: one side must be a field"


def _is_word_for(node: ValueNode, known: Known) -> bool:
    """A literal; also a name, where the field beside it has that word for a number, as `ip.proto == udp`."""
    return is_literal(node) or (isinstance(node, Word) and bool(known.numbers_worded(node.text)))


def _held(values: Values, wanted: tuple[tuple[type, Check], ...], *, is_all: bool) -> Holds:
    def check(value: Value) -> bool:
        for kind, holds in wanted:
            if isinstance(value, kind):
                return holds(value)
        return False

    def one(dissection: Dissection, facts: Facts | None) -> bool:
        for value in values(dissection, facts):  # noqa: SIM110  # measured: a generator takes twice the time
            if check(value):
                return True
        return False

    def every(dissection: Dissection, facts: Facts | None) -> bool:
        found = list(values(dissection, facts))
        return bool(found) and all(map(check, found))

    return every if is_all else one


def _fields_compared(left: Values, comparison: str, right: Values, *, is_all: bool) -> Holds:
    """Sets and extremes in place of all pairs: of long lists there are too many."""
    decide = _DECISIONS[comparison, is_all]

    def holds(dissection: Dissection, facts: Facts | None) -> bool:
        ours = _by_kind(left(dissection, facts))
        theirs = _by_kind(right(dissection, facts))
        verdicts = [decide(values, theirs[kind]) for kind, values in ours.items() if kind in theirs]
        return (all(verdicts) if is_all else any(verdicts)) if verdicts else False

    return holds


def _by_kind(values: Iterable[Value]) -> dict[type, set[Any]]:
    found: dict[type, set[Any]] = {}
    for value in values:
        kind = next(kind for kind in _VALUE_KINDS if isinstance(value, kind))
        found.setdefault(kind, set()).add(value)
    return found


_DECISIONS: Mapping[tuple[str, bool], Callable[[set[Any], set[Any]], bool]] = {
    ("==", False): lambda ours, theirs: not ours.isdisjoint(theirs),
    ("==", True): lambda ours, theirs: len(ours | theirs) == 1,
    ("!=", False): lambda ours, theirs: len(ours | theirs) > 1,
    ("!=", True): lambda ours, theirs: ours.isdisjoint(theirs),
    ("<", False): lambda ours, theirs: min(ours) < max(theirs),
    ("<", True): lambda ours, theirs: max(ours) < min(theirs),
    ("<=", False): lambda ours, theirs: min(ours) <= max(theirs),
    ("<=", True): lambda ours, theirs: max(ours) <= min(theirs),
    (">", False): lambda ours, theirs: max(ours) > min(theirs),
    (">", True): lambda ours, theirs: min(ours) > max(theirs),
    (">=", False): lambda ours, theirs: max(ours) >= min(theirs),
    (">=", True): lambda ours, theirs: min(ours) >= max(theirs),
}


def _searched(node: ValueNode, relation: str) -> Operand:
    """The text or bytes that are searched."""
    found = operand(node)
    if found.known.kind not in _SEARCHED:
        raise fault(f"{relation} looks in text and bytes; {found.named} is {found.known.kind.value}", node)
    return found


def _matched(left: ValueNode, right: ValueNode, *, is_all: bool) -> Holds:
    found = _searched(left, "matches")
    if not isinstance(right, Text):
        raise fault("matches wants a pattern in quotes", right)
    try:
        is_found = searcher(right.octets)
    except PatternError as error:
        raise fault(f"this pattern cannot be used: {error}", right) from None

    def check(value: Value) -> bool:
        return is_found(value.encode("utf-8", "surrogateescape") if isinstance(value, str) else _octets(value))

    return _held(found.reach, ((object, check),), is_all=is_all)


def _octets(value: Value) -> bytes:
    return value if isinstance(value, bytes) else b""


def _containing(left: ValueNode, right: ValueNode, *, is_all: bool) -> Holds:
    found = _searched(left, "contains")
    if is_literal(right):
        assert isinstance(right, Word | Text | Character | Negative)
        read = readings(right)
        text = read.text or ""
        octets = read.octets if read.octets is not None else text.encode("utf-8", "surrogateescape")
        return _held(
            found.reach, ((str, lambda value: text in value), (bytes, lambda value: octets in value)), is_all=is_all
        )
    needles = _searched(right, "contains")

    def holds(dissection: Dissection, facts: Facts | None) -> bool:
        pairs = product(set(found.reach(dissection, facts)), set(needles.values(dissection, facts)))
        verdicts = [_is_within(hay, needle) for hay, needle in islice(pairs, MOST_RESULTS)]
        return (all(verdicts) if is_all else any(verdicts)) if verdicts else False

    return holds


def _is_within(hay: Value, needle: Value) -> bool:
    if isinstance(hay, str) and isinstance(needle, str):
        return needle in hay
    return isinstance(hay, bytes) and isinstance(needle, bytes) and needle in hay


def _among(tree: Among) -> Holds:
    if not begins_as_field(tree.value):
        raise fault(_no_field(tree.value), tree.value)
    found = operand(tree.value)
    fixed: list[tuple[tuple[type, Check], ...]] = []
    fields: list[Operand] = []
    for item in tree.items:
        if isinstance(item, Span):
            fixed.append(_between(item, found.known))
        elif _is_word_for(item, found.known):
            assert isinstance(item, Word | Text | Character | Negative)
            fixed.append(tuple(checks("==", item, found.known).items()))
        else:
            other = operand(item)
            if not are_comparable(found.known, other.known):
                raise fault(f"{found.named} is not of the kind that {other.named} is", item)
            fields.append(other)

    def holds(dissection: Dissection, facts: Facts | None) -> bool:
        values = set(found.values(dissection, facts))
        others = {value for other in fields for value in other.values(dissection, facts)}
        verdicts = (value in others or any(_passes(check, value) for check in fixed) for value in values)
        is_in = bool(values) and (all(verdicts) if tree.quantifier == "all" else any(verdicts))
        return is_in is not tree.is_negated

    return holds


def _passes(wanted: tuple[tuple[type, Check], ...], value: Value) -> bool:
    return any(isinstance(value, kind) and check(value) for kind, check in wanted)


def _between(item: Span, known: Known) -> tuple[tuple[type, Check], ...]:
    ends = []
    for node, comparison in ((item.low, ">="), (item.high, "<=")):
        if not _is_word_for(node, known):
            raise fault("a range goes from a value to a value", node)
        assert isinstance(node, Word | Text | Character | Negative)
        ends.append(checks(comparison, node, known))
    low, high = ends
    return tuple((kind, _inside(low[kind], high[kind])) for kind in low if kind in high)


def _inside(low: Check, high: Check) -> Check:
    return lambda value: low(value) and high(value)
