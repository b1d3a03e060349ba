"""What may stand at the cursor of a filter that is being written: names, relations, words of a registry.

Looked up for every key: the names are gathered once, and all else is a few comparisons of text.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from functools import cache

from app.packet.filter.names import SCOPES, Known, known_names, plain
from app.packet.filter.names import Kind as ValueKind
from app.packet.filter.operands import FUNCTIONS
from app.packet.filter.pseudo import PSEUDO
from app.packet.filter.tokens import RELATIONS, Token, quoted, readable_tokens

#: No list at the cursor needs more.
MOST_ITEMS = 50

_RELATION_HELP = {
    "==": "equal",
    "!=": "there, and none is equal",
    "<": "less",
    "<=": "less or equal",
    ">": "greater",
    ">=": "greater or equal",
    "in": "one of a set: in {1, 5..9}",
    "contains": "has these bytes or this text within",
    "matches": "a pattern is found, in either case",
    "~=": "one of them differs",
    "===": "all are equal",
    "&": "has these bits",
}
_JOINTS = {"&&": "and", "||": "or"}
_SEARCHED = (ValueKind.TEXT, ValueKind.OCTETS, ValueKind.MAC, ValueKind.LAYER, ValueKind.UNKNOWN)
_PREFIX_WORDS = {
    "not": "the contrary",
    "all": "every field of the name",
    "any": "some field of the name",
    "quoted.": "only in what the packet quotes",
    "outer.": "only in what it does not quote",
}


class Kind(Enum):
    """What a completion is."""

    FIELD = "field"
    RELATION = "relation"
    VALUE = "value"
    WORD = "word"  #: and, not, a function


@dataclass(frozen=True, slots=True)
class Completion:
    """Text to stand in place of what was typed, with a few words on it."""

    insert: str
    kind: Kind
    help: str


@dataclass(frozen=True, slots=True)
class Completions:
    """What may replace the text from `start` (counted from 0) to the cursor, best first."""

    start: int
    items: tuple[Completion, ...]


def complete(text: str, cursor: int) -> Completions:
    """What may stand at the cursor, in place of the word that is being written there."""
    before = text[: max(0, cursor)]
    found, at = readable_tokens(before)
    if at < len(before):  # a string that is still open, or what no filter has
        typed, start = before[at:], at
        if not typed.startswith('"'):
            return Completions(len(before), ())
    elif found and found[-1].kind == "word" and found[-1].column - 1 + found[-1].width == len(before):
        last = found.pop()
        typed, start = last.text, last.column - 1
    elif found and _is_word_sign(before, found[-1]):
        last = found.pop()
        typed, start = before[last.column - 1 :], last.column - 1
    else:
        typed, start = "", len(before)
    return Completions(start, tuple(_items(found, typed))[:MOST_ITEMS])


def _is_word_sign(before: str, last: Token) -> bool:
    """Whether the text ends in a sign written as a word, such as "in", which may become a longer word."""
    return last.kind == "sign" and before[last.column - 1 :].isalpha()


def _items(found: list[Token], typed: str) -> Iterator[Completion]:
    """What may follow these words and begins with what was typed."""
    last = found[-1] if found else None
    if last is not None and (last.is_sign(*RELATIONS, "in") or _is_in_set(found)):
        yield from _values(_compared(found), typed, is_set=last.is_sign("in"))
    elif last is not None and (last.kind in ("word", "range", "text", "character") or last.is_sign(")", "}")):
        yield from _relations(_compared(found), typed, is_value=_has_value(found))
    elif not typed.startswith('"'):
        yield from _names(typed)


def _is_in_set(found: list[Token]) -> bool:
    for token in reversed(found):
        if token.is_sign("}", "(", ")"):
            return False
        if token.is_sign("{"):
            return True
    return False


def _compared(found: list[Token]) -> Known | None:
    """The field that the last relation or set is about."""
    for token in reversed(found):
        if token.is_sign("&&", "||", "^^", "!", "("):
            return None
        if token.kind == "word":
            known = _known(token.text)
            if known is not None:
                return known
    return None


def _has_value(found: list[Token]) -> bool:
    """Whether the last word ends a comparison, and is not the field that begins one."""
    for token in reversed(found):
        if token.is_sign("&&", "||", "^^", "!", "("):
            return False
        if token.is_sign(*RELATIONS, "in"):
            return True
    return False


def _known(text: str) -> Known | None:
    name = text
    scope, dot, rest = text.partition(".")
    if dot and scope in SCOPES:
        name = rest
    return PSEUDO[name].known if name in PSEUDO else known_names().get(name)


def _names(typed: str) -> Iterator[Completion]:
    """Names that begin so, then names of which a later part does; words that may stand before a name."""
    scope, dot, rest = typed.partition(".")
    prefix = f"{scope}." if dot and scope in SCOPES else ""
    wanted = (rest if prefix else typed).lower()
    first, later = [], []
    for name, known in _all_names():
        if name.startswith(wanted):
            first.append((name, known))
        elif wanted and f".{wanted}" in name:
            later.append((name, known))
    first.sort(key=lambda entry: (entry[0].count("."), len(entry[0]), entry[0]))
    later.sort(key=lambda entry: (len(entry[0]), entry[0]))
    for name, known in (*first, *later)[:MOST_ITEMS]:
        yield Completion(f"{prefix}{name}", Kind.FIELD, known.label)
    if not prefix and typed:
        for word, said in _PREFIX_WORDS.items():
            if word.startswith(typed):
                yield Completion(word, Kind.WORD, said)
        for function, entry in FUNCTIONS.items():
            if function.startswith(typed):
                yield Completion(f"{function}(", Kind.WORD, entry.help)


@cache
def _all_names() -> tuple[tuple[str, Known], ...]:
    return (
        *known_names().items(),
        *((pseudo.known.name, pseudo.known) for pseudo in PSEUDO.values()),
    )


def _relations(known: Known | None, typed: str, *, is_value: bool) -> Iterator[Completion]:
    kind = ValueKind.UNKNOWN if known is None else known.kind
    if not is_value:
        for relation, said in _RELATION_HELP.items():
            if relation in ("contains", "matches") and kind not in _SEARCHED:
                continue
            if relation == "&" and kind is not ValueKind.NUMBER:
                continue
            if relation.startswith(typed):
                yield Completion(relation, Kind.RELATION, said)
    for joint, said in _JOINTS.items():
        if joint.startswith(typed) or said.startswith(typed):
            yield Completion(joint, Kind.WORD, said)


def _values(known: Known | None, typed: str, *, is_set: bool) -> Iterator[Completion]:
    """The words of the field's registries, and of flags."""
    if is_set and "{".startswith(typed):
        yield Completion("{", Kind.VALUE, "the values that may be")
    if known is None:
        return
    wanted = plain(typed.strip('"'))
    if known.is_flag:
        for insert, said in (("1", "set"), ("0", "not set")):
            if insert.startswith(wanted) or said.startswith(wanted):
                yield Completion(insert, Kind.VALUE, said)
    first, later = [], []
    for registry in known.registries:
        for member in registry:
            words = plain(member.words)
            number = str(int(member))
            completion = Completion(quoted(member.words.encode()), Kind.VALUE, number)
            if words.startswith(wanted) or (number.startswith(wanted) and not typed.startswith('"')):
                first.append(completion)
            elif f" {wanted}" in words:
                later.append(completion)
    yield from dict.fromkeys((*first, *later))  # registries that share a field may share words
