"""Display filters in Wireshark's words: compile an expression once, ask it of every Dissection.

    expression := term (("||" | "or") term)*          term := factor (("&&" | "and") factor)*
    factor     := ("!" | "not") factor | "(" expression ")" | test
    test       := name [relation value | "contains" value | "in" "{" value ("," value)* "}"]

A name alone asks whether the field or layer is there. A comparison holds when any field of that name
satisfies it, as in Wireshark; `!=` holds when there is one and none is equal.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from ipaddress import IPv4Network, IPv6Network, ip_network
from operator import eq, ge, gt, le, lt
from typing import TypeAlias

from app.packet.dissection import Dissection, every
from app.packet.errors import PacketError
from app.packet.layout import Span, Value, declared
from app.packet.reading import DATA

Predicate: TypeAlias = Callable[[Dissection], bool]
Literal: TypeAlias = int | bytes | str | IPv4Network | IPv6Network

#: One name for several, as Wireshark has it.
ALIASES = {
    "ip.addr": ("ip.src", "ip.dst"),
    "ipv6.addr": ("ipv6.src", "ipv6.dst"),
    "eth.addr": ("eth.src", "eth.dst"),
    "udp.port": ("udp.srcport", "udp.dstport"),
    "tcp.port": ("tcp.srcport", "tcp.dstport"),
}
#: "!=" is the negation of "==" over all fields of the name, see `_compared`.
_RELATIONS: dict[str, Callable[[Value, Value], bool]] = {"==": eq, "<": lt, "<=": le, ">": gt, ">=": ge}
_WORDS = {"eq": "==", "ne": "!=", "lt": "<", "le": "<=", "gt": ">", "ge": ">=", "and": "&&", "or": "||", "not": "!"}
_TOKEN = re.compile(
    r"""\s*(?:
        (?P<text>"(?:[^"\\]|\\.)*")
      | (?P<sign>&&|\|\||==|!=|<=|>=|[<>!(){},])
      | (?P<word>[\w.:/-]+)
    )""",
    re.VERBOSE,
)
_NAME = re.compile(r"[A-Za-z_][\w.-]*\Z")
#: Parentheses deeper than this are no filter.
_DEEPEST = 64


class FilterError(PacketError):
    """A filter that cannot be understood; `column` counts from 1."""

    def __init__(self, text: str, column: int) -> None:
        super().__init__(f"{text} at column {column}")
        self.column = column


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    column: int


def compile_filter(expression: str) -> Predicate:
    """The predicate that an expression means; every packet passes an empty one. Raises FilterError."""
    parser = _Parser(tuple(_tokens(expression)))
    if parser.peek().kind == "end":
        return lambda dissection: True
    predicate = parser.expression(0)
    if (token := parser.peek()).kind != "end":
        raise FilterError(f"{token.text!r} is too much", token.column)
    return predicate


@cache
def _protocols() -> frozenset[str]:
    """The first words of all names: a name that begins with another one would silently match nothing."""
    return frozenset((DATA.name, *(record.LAYOUT.name.split(".")[0] for record in declared())))


def _tokens(expression: str) -> Iterator[_Token]:
    at = 0
    while match := _TOKEN.match(expression, at):
        kind = match.lastgroup or ""
        text, at = match[kind], match.end()
        if text in _WORDS:
            kind, text = "sign", _WORDS[text]
        yield _Token(kind, text, match.start(match.lastgroup or "") + 1)
    rest = expression[at:].lstrip()
    if rest:
        raise FilterError(f"{rest[0]!r} means nothing", len(expression) - len(rest) + 1)
    yield _Token("end", "the end", len(expression) + 1)


class _Parser:
    def __init__(self, tokens: tuple[_Token, ...]) -> None:
        self._tokens = tokens
        self._next = 0

    def peek(self) -> _Token:
        return self._tokens[self._next]

    def take(self) -> _Token:
        token = self._tokens[self._next]
        self._next += token.kind != "end"
        return token

    def accept(self, sign: str) -> bool:
        if self.peek().kind != "sign" or self.peek().text != sign:
            return False
        self.take()
        return True

    def expect(self, sign: str) -> None:
        if not self.accept(sign):
            raise FilterError(f"{sign!r} is missing before {self.peek().text}", self.peek().column)

    def expression(self, depth: int) -> Predicate:
        terms = [self._term(depth)]
        while self.accept("||"):
            terms.append(self._term(depth))
        return terms[0] if len(terms) == 1 else lambda dissection: any(term(dissection) for term in terms)

    def _term(self, depth: int) -> Predicate:
        factors = [self._factor(depth)]
        while self.accept("&&"):
            factors.append(self._factor(depth))
        return factors[0] if len(factors) == 1 else lambda dissection: all(factor(dissection) for factor in factors)

    def _factor(self, depth: int) -> Predicate:
        if depth > _DEEPEST:
            raise FilterError("too many parentheses", self.peek().column)
        if self.accept("!"):
            inner = self._factor(depth + 1)
            return lambda dissection: not inner(dissection)
        if self.accept("("):
            inner = self.expression(depth + 1)
            self.expect(")")
            return inner
        return self._test()

    def _test(self) -> Predicate:
        token = self.take()
        if token.kind != "word" or not _NAME.match(token.text):
            raise FilterError(f"a field name is wanted, not {token.text}", token.column)
        if token.text.split(".")[0] not in _protocols():
            raise FilterError(f"{token.text!r} is no field of a protocol that is dissected", token.column)
        names = frozenset(ALIASES.get(token.text, (token.text,)))
        relation = self.peek()
        if relation.kind == "sign" and relation.text in (*_RELATIONS, "!="):
            self.take()
            return _compared(names, relation, self._literal())
        if relation.kind == "word" and relation.text == "contains":
            self.take()
            return _containing(names, self._literal(), relation.column)
        if relation.kind == "word" and relation.text == "in":
            self.take()
            return _among(names, self._literals())
        return lambda dissection: (
            any(layer.name in names for layer in dissection.layers) or any(True for _ in _spans(dissection, names))
        )

    def _literals(self) -> list[Literal]:
        self.expect("{")
        literals = [self._literal()]
        while not self.accept("}"):
            self.accept(",")
            literals.append(self._literal())
        return literals

    def _literal(self) -> Literal:
        token = self.take()
        if token.kind == "text":
            return re.sub(r"\\(.)", r"\1", token.text[1:-1])
        if token.kind != "word":
            raise FilterError(f"a value is wanted, not {token.text}", token.column)
        return _value(token)


def _value(token: _Token) -> Literal:
    """A number, "true" or "false", an address or network, bytes as in aa:bb:cc, else text."""
    text = token.text
    if text.lower() in ("true", "false"):
        return int(text.lower() == "true")
    if re.fullmatch(r"-?\d+|0[xX][0-9a-fA-F]+", text):
        return int(text, 0) if not re.fullmatch(r"0\d+", text) else int(text)
    if re.fullmatch(r"[0-9a-fA-F]{2}(?:[:-][0-9a-fA-F]{2})*", text) and not (":" in text and text.count(":") == 7):
        return bytes.fromhex(re.sub(r"[:-]", "", text))
    try:
        return ip_network(text, strict=False)
    except ValueError:
        if "/" in text or text.count(":") > 1:
            raise FilterError(f"{text!r} is no address", token.column) from None
        return text


def _spans(dissection: Dissection, names: frozenset[str]) -> Iterator[Span]:
    for layer in dissection.layers:
        for span in every(layer.spans):
            if span.field.name in names:
                yield span


def _compared(names: frozenset[str], relation: _Token, literal: Literal) -> Predicate:
    if relation.text == "!=":
        return lambda dissection: _all_differ([_holds(eq, span, literal) for span in _spans(dissection, names)])
    compare = _RELATIONS[relation.text]
    return lambda dissection: any(_holds(compare, span, literal) for span in _spans(dissection, names))


def _all_differ(equal: list[bool]) -> bool:
    return bool(equal) and not any(equal)


def _among(names: frozenset[str], literals: list[Literal]) -> Predicate:
    return lambda dissection: any(
        _holds(eq, span, literal) for span in _spans(dissection, names) for literal in literals
    )


def _containing(names: frozenset[str], literal: Literal, column: int) -> Predicate:
    if not isinstance(literal, str | bytes):
        raise FilterError("contains wants text or bytes such as aa:bb", column)
    needle = literal.encode() if isinstance(literal, str) else literal

    def contains(dissection: Dissection) -> bool:
        for layer in dissection.layers:
            if layer.name in names and needle in dissection.data[layer.start :]:
                return True
        return any(
            needle in dissection.data[span.start_bit // 8 : (span.stop_bit + 7) // 8]
            for span in _spans(dissection, names)
        )

    return contains


def _holds(compare: Callable[[Value, Value], bool], span: Span, literal: Literal) -> bool:
    """Whether a field compares so with a literal of the field's own kind; kinds that do not match never do."""
    value = span.value
    if isinstance(literal, IPv4Network | IPv6Network):
        if value is None or isinstance(value, int | bytes | str) or value.version != literal.version:
            return False
        return value in literal if compare is eq else compare(value, literal.network_address)
    if isinstance(value, int) and isinstance(literal, bytes) and len(literal) == 1:
        return compare(value, int(literal.hex()))
    if isinstance(value, str) and not isinstance(literal, str):
        return compare(value, str(literal))
    are_numbers = isinstance(value, int) and isinstance(literal, int)
    if value is None or not (are_numbers or type(value) is type(literal)):
        return False
    return compare(value, literal)
