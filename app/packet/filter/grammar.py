"""A filter's words to its tree. Precedence is Wireshark's: `or`, `xor`, `and`, `not`, relations, `&`, `+ -`, `* / %`.

    either  := one ("||" one)*     one := both ("^^" both)*     both := contrary ("&&" contrary)*
    contrary := "!" contrary | test
    test    := ["any" | "all"] value ((relation value)* | ["not"] "in" "{" item ("," item)* "}")
    value   := sum ("&" sum)*     sum := product (("+" | "-") product)*     product := sign (("*" | "/" | "%") sign)*
    sign    := ("-" | "+") sign | part ("[" range "]")*
    part    := word ["#" (number | "[" range "]")] | text | function "(" value,* ")" | "(" either ")" | "{" value "}"

What Wireshark 4.0 has not: parentheses around a value, `xor`, a literal on the left of a relation.
"""

import re
from collections.abc import Callable
from typing import TypeAlias, TypeVar

from app.packet.filter.fault import FilterError
from app.packet.filter.tokens import RELATIONS, Token, octets_of, tokens
from app.packet.filter.tree import (
    Among,
    Called,
    Character,
    Compared,
    Computed,
    Joined,
    Layered,
    Negative,
    Not,
    Piece,
    Place,
    Sliced,
    Span,
    Test,
    Text,
    Value,
    Word,
)

#: Deeper than this is no filter. A level takes fourteen calls, and Python's stack has a thousand.
DEEPEST = 32
_PIECE = re.compile(r"\s*(-?\d{1,9})?\s*(?:(:)\s*(\d{1,9})?|(-)\s*(-?\d{1,9}))?\s*\Z", re.ASCII)
_NAME = re.compile(r"[A-Za-z_][\w.-]*\Z", re.ASCII)
_NUMBER = re.compile(r"-?\d{1,9}\Z", re.ASCII)

Item: TypeAlias = Value | Span
T = TypeVar("T")


def parse(expression: str) -> Test | None:
    """The tree of a filter; None of one that is empty. Raises FilterError."""
    parser = _Parser(tokens(expression))
    if parser.token.kind == "end":
        return None
    tree = parser.either()
    if parser.token.kind != "end":
        raise parser.fault(_trailing(parser.token))
    return tree


def _trailing(token: Token) -> str:
    if token.is_sign(")"):
        return "this ) closes nothing"
    return f"{token.named} is unexpected: and, or, or a relation is wanted"


class _Parser:
    """Reads words from left to right. Lives within one call of `parse`."""

    def __init__(self, words: tuple[Token, ...]) -> None:
        self._words = words
        self._next = 0
        self._depth = 0

    @property
    def token(self) -> Token:
        """The next word."""
        return self._words[self._next]

    def fault(self, text: str, token: Token | None = None) -> FilterError:
        token = token or self.token
        return FilterError(text, token.column, token.width)

    def either(self) -> Test:
        return self._joined("||", self._one)

    def _one(self) -> Test:
        return self._joined("^^", self._both)

    def _both(self) -> Test:
        return self._joined("&&", self._contrary)

    def _joined(self, sign: str, part: Callable[[], Test]) -> Test:
        start = self.token
        terms = [part()]
        while self._accept(sign):
            terms.append(part())
        return terms[0] if len(terms) == 1 else Joined(sign, tuple(terms), place=self._since(start))

    def _contrary(self) -> Test:
        start = self.token
        if not self._accept("!"):
            return self._test()
        term = self._deeper(self._contrary)
        return Not(term, place=self._since(start))

    def _test(self) -> Test:
        start = self.token
        quantifier = ""
        if start.is_sign("any", "all"):
            quantifier = self._take().text
        first = self._value()
        if self.token.is_sign("in") or (self.token.is_sign("!") and self._words[self._next + 1].is_sign("in")):
            return self._among(start, quantifier, self._plain(first))
        rest = []
        while self.token.is_sign(*RELATIONS):
            relation = self._take().text
            rest.append((relation, self._plain(self._value())))
        if rest:
            return Compared(quantifier, self._plain(first), tuple(rest), place=self._since(start))
        if quantifier:
            raise self.fault(f"{quantifier} wants a comparison: a relation such as == is missing")
        return first

    def _among(self, start: Token, quantifier: str, value: Value) -> Among:
        is_negated = self._accept("!")
        self._take()
        self._expect("{")
        items = [self._item()]
        while not self._accept("}"):
            if self.token.kind == "end":
                raise self.fault("the } that ends the set is missing")
            self._accept(",")  # older Wiresharks took a space
            items.append(self._item())
        return Among(quantifier, value, tuple(items), is_negated, place=self._since(start))

    def _item(self) -> Item:
        start = self.token
        low = self._plain(self._value())
        if not self._accept(".."):
            return low
        return Span(low, self._plain(self._value()), place=self._since(start))

    def _value(self) -> Test:
        return self._computed(("&",), self._sum)

    def _sum(self) -> Test:
        return self._computed(("+", "-"), self._product)

    def _product(self) -> Test:
        return self._computed(("*", "/", "%"), self._sign)

    def _computed(self, signs: tuple[str, ...], part: Callable[[], Test]) -> Test:
        start = self.token
        value = part()
        depth = self._depth
        while self.token.is_sign(*signs):
            self._descend()
            sign = self._take().text
            value = Computed(sign, self._plain(value), self._plain(part()), place=self._since(start))
        self._depth = depth
        return value

    def _sign(self) -> Test:
        start = self.token
        if self._accept("-"):
            return Negative(self._plain(self._deeper(self._sign)), place=self._since(start))
        if self._accept("+"):
            return self._deeper(self._sign)
        value: Test = self._part()
        depth = self._depth
        while self.token.kind == "range":
            self._descend()
            pieces = self._pieces(self._take())
            value = Sliced(self._plain(value), pieces, place=self._since(start))
        self._depth = depth
        return value

    def _part(self) -> Test:
        start = self._take()
        if start.is_sign("("):
            inside = self._deeper(self.either)
            self._expect(")")
            return inside
        if start.is_sign("{"):
            value = self._plain(self._deeper(self._value))
            self._expect("}")
            return value
        place = Place(start.column, start.width)
        if start.kind == "text":
            return Text(octets_of(start), place=place)
        if start.kind == "character":
            octets = octets_of(start)
            if len(octets) != 1:
                raise self.fault(f"{start.text} is not one character", start)
            return Character(octets[0], place=place)
        if start.kind != "word":
            raise self.fault(f"a field or a value is wanted, not {start.named}", start)
        if self.token.is_sign("(") and _NAME.match(start.text):
            return self._call(start)
        word = Word(start.text, place=place)
        return self._layered(start, word) if self._accept("#") else word

    def _call(self, start: Token) -> Called:
        self._take()
        arguments: list[Value] = []
        while not self._accept(")"):
            if arguments:
                self._expect(",")
            arguments.append(self._plain(self._deeper(self._value)))
        return Called(start.text, tuple(arguments), place=self._since(start))

    def _layered(self, start: Token, word: Word) -> Layered:
        token = self._take()
        if token.kind == "range":
            return Layered(word, self._pieces(token), place=self._since(start))
        text = token.text
        if token.is_sign("-"):
            token = self._take()
            text = f"-{token.text}"
        if not _NUMBER.match(text):
            raise self.fault(f"# wants the number of a layer, not {token.named}", token)
        return Layered(word, (Piece(int(text), 1),), place=self._since(start))

    def _pieces(self, token: Token) -> tuple[Piece, ...]:
        return tuple(_piece(text, token) for text in token.text[1:-1].split(","))

    def _plain(self, test: Test) -> Value:
        """A value, and not a test in parentheses."""
        if isinstance(test, Compared | Among | Joined | Not):
            raise FilterError("a test is no value to compare or compute with", test.place.column, test.place.width)
        return test

    def _deeper(self, part: Callable[[], T]) -> T:
        self._descend()
        found = part()
        self._depth -= 1
        return found

    def _descend(self) -> None:
        if self._depth >= DEEPEST:
            raise self.fault(f"this is more than {DEEPEST} levels deep")
        self._depth += 1

    def _take(self) -> Token:
        token = self.token
        self._next += token.kind != "end"
        return token

    def _accept(self, sign: str) -> bool:
        found = self.token.is_sign(sign)
        if found:
            self._take()
        return found

    def _expect(self, sign: str) -> None:
        if not self._accept(sign):
            raise self.fault(f"{sign} is missing before {self.token.named}")

    def _since(self, start: Token) -> Place:
        """From a word to the last one taken."""
        last = self._words[max(self._next - 1, 0)]
        return Place(start.column, max(last.column + last.width - start.column, 1))


def _piece(text: str, token: Token) -> Piece:
    match = _PIECE.match(text)
    if match is None or not text.strip():
        raise FilterError(f"{token.text} is no range: write [0:2], [0-1], [3] or [-4:]", token.column, token.width)
    first, colon, length, hyphen, last = match.groups()
    start = int(first or 0)
    if colon:
        piece = Piece(start, None if length is None else int(length))
    elif hyphen:
        piece = Piece(start, None, int(last))
    else:
        piece = Piece(start, 1)
    if first is None and not colon:
        raise FilterError(f"{token.text} is no range: its first number is missing", token.column, token.width)
    is_backwards = piece.last is not None and (start < 0) == (piece.last < 0) and piece.last < start
    if piece.length == 0 or is_backwards:
        raise FilterError(f"the range {token.text} holds nothing", token.column, token.width)
    return piece
