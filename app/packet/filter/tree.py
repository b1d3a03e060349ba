"""What a filter says, as a tree; `str` writes it so that it reads as the same tree again."""

from dataclasses import dataclass, field
from typing import TypeAlias

from app.packet.filter.tokens import quoted


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands in the filter: its column from 1, and how many characters it has."""

    column: int = 1
    width: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A part of the tree. Two are equal that say the same, wherever they stand."""

    place: Place = field(default=Place(), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Piece:
    """One range of `[...]`: `first:length`, `first-last`, `first:` or `first` alone; below 0 from the end."""

    first: int
    length: int | None = None  #: None up to `last`, or up to the end
    last: int | None = None

    def __str__(self) -> str:
        if self.last is not None:
            return f"{self.first}-{self.last}"
        return f"{self.first}:{'' if self.length is None else self.length}"


@dataclass(frozen=True, slots=True)
class Word(Node):
    """A name or a literal without quotes."""

    text: str

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class Text(Node):
    """A string in quotes."""

    octets: bytes

    def __str__(self) -> str:
        return quoted(self.octets)


@dataclass(frozen=True, slots=True)
class Character(Node):
    """A character in single quotes, which is a number and a byte."""

    octet: int

    def __str__(self) -> str:
        return f"'\\x{self.octet:02x}'"


@dataclass(frozen=True, slots=True)
class Layered(Node):
    """`ip.ttl#2`: a field of some of the layers of its protocol, counted from 1."""

    word: Word
    pieces: tuple[Piece, ...]

    def __str__(self) -> str:
        return f"{self.word}#[{_listed(self.pieces)}]"


@dataclass(frozen=True, slots=True)
class Sliced(Node):
    """`eth.src[0:3]`: some bytes of a value."""

    value: "Value"
    pieces: tuple[Piece, ...]

    def __str__(self) -> str:
        return f"{_closed(self.value)}[{_listed(self.pieces)}]"


@dataclass(frozen=True, slots=True)
class Called(Node):
    """A function of values."""

    function: str
    arguments: tuple["Value", ...]

    def __str__(self) -> str:
        return f"{self.function}({_listed(self.arguments)})"


@dataclass(frozen=True, slots=True)
class Negative(Node):
    """Minus a value."""

    value: "Value"

    def __str__(self) -> str:
        return f"-{_closed(self.value)}"


@dataclass(frozen=True, slots=True)
class Computed(Node):
    """Two values joined by `&`, `+`, `-`, `*`, `/` or `%`."""

    sign: str
    left: "Value"
    right: "Value"

    def __str__(self) -> str:
        return f"{_closed(self.left)} {self.sign} {_closed(self.right)}"


Value: TypeAlias = Word | Text | Character | Layered | Sliced | Called | Negative | Computed


@dataclass(frozen=True, slots=True)
class Compared(Node):
    """A value and others, each held against the one before it: `1 < udp.port < 1024`."""

    quantifier: str  #: "any", "all" or nothing
    first: Value
    rest: tuple[tuple[str, Value], ...]

    def __str__(self) -> str:
        rest = "".join(f" {relation} {value}" for relation, value in self.rest)
        return f"{_quantified(self.quantifier)}{self.first}{rest}"


@dataclass(frozen=True, slots=True)
class Among(Node):
    """`udp.port in {53, 1..10}`."""

    quantifier: str
    value: Value
    items: tuple["Value | Span", ...]
    is_negated: bool = False

    def __str__(self) -> str:
        relation = "not in" if self.is_negated else "in"
        return f"{_quantified(self.quantifier)}{self.value} {relation} {{{_listed(self.items)}}}"


@dataclass(frozen=True, slots=True)
class Span(Node):
    """`low .. high`, both included."""

    low: Value
    high: Value

    def __str__(self) -> str:
        return f"{self.low} .. {self.high}"


@dataclass(frozen=True, slots=True)
class Joined(Node):
    """Tests joined by `&&`, `||` or `^^`."""

    sign: str
    terms: tuple["Test", ...]

    def __str__(self) -> str:
        return f" {self.sign} ".join(f"({term})" if isinstance(term, Joined) else str(term) for term in self.terms)


@dataclass(frozen=True, slots=True)
class Not(Node):
    """The contrary of a test."""

    term: "Test"

    def __str__(self) -> str:
        return f"!{self.term}" if isinstance(self.term, Word | Not) else f"!({self.term})"


#: A value that stands alone asks whether it is there.
Test: TypeAlias = Value | Compared | Among | Joined | Not


def _closed(value: Value) -> str:
    return f"({value})" if isinstance(value, Computed | Negative) else str(value)


def _quantified(quantifier: str) -> str:
    return f"{quantifier} " if quantifier else ""


def _listed(items: tuple[object, ...]) -> str:
    return ", ".join(map(str, items))
