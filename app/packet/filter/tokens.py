"""The words of a filter: names and literals, strings, signs, ranges in brackets, each with its column.

A word is not told from a literal here: `ff` is a number of bytes, a text or a field, as what stands beside
it wants.
"""

import re
from dataclasses import dataclass

from app.packet.filter.fault import FilterError

#: A filter longer than this is a mistake, such as a file pasted.
LONGEST = 16_384
#: Words that stand for signs. Wireshark's are in lower case only.
SIGNS = {
    "and": "&&",
    "or": "||",
    "xor": "^^",
    "not": "!",
    "eq": "==",
    "any_eq": "==",
    "ne": "!=",
    "all_ne": "!=",
    "all_eq": "===",
    "any_ne": "!==",
    "~=": "!==",
    "lt": "<",
    "le": "<=",
    "gt": ">",
    "ge": ">=",
    "bitand": "&",
    "bitwise_and": "&",
    "~": "matches",
    "contains": "contains",
    "matches": "matches",
    "in": "in",
    "any": "any",
    "all": "all",
}
RELATIONS = ("==", "!=", "===", "!==", "<", "<=", ">", ">=", "contains", "matches")

_TOKEN = re.compile(
    r"""
    (?P<text>r?"(?:[^"\\]|\\.)*")
  | (?P<character>'(?:[^'\\]|\\.)*')
  | (?P<range>\[[^\[\]]*\])
  | (?P<word>(?:(?:\d+\.){3}\d+|[0-9a-f]*:[0-9a-f.:]*:[0-9a-f.:]*)/\d+(?![\w.:])
           |(?:::)?\w(?:[\w:]|\.(?!\.)|-(?=\w))*|::)
  | (?P<sign>===|!==|==|!=|~=|<=|>=|&&|\|\||\^\^|\.\.|[<>!~&+*/%(){},\#-])
    """,
    re.VERBOSE | re.ASCII | re.IGNORECASE | re.DOTALL,
)
_SPACE = re.compile(r"\s*")
_ESCAPE = re.compile(rb"\\(x[0-9A-Fa-f]{1,2}|u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|[0-7]{1,3}|.)", re.DOTALL)
_ESCAPED = {b"a": b"\a", b"b": b"\b", b"f": b"\f", b"n": b"\n", b"r": b"\r", b"t": b"\t", b"v": b"\v"}
_ESCAPED |= {sign: sign for sign in (b"\\", b'"', b"'", b"?")}


@dataclass(frozen=True, slots=True)
class Token:
    """One word of a filter. `kind` is "word", "text", "character", "range", "sign" or "end"."""

    kind: str
    text: str  #: signs and the words for them in one spelling; all else as it was written
    column: int  #: from 1
    width: int

    def is_sign(self, *signs: str) -> bool:
        """Whether it is one of these signs."""
        return self.kind == "sign" and self.text in signs

    @property
    def named(self) -> str:
        """How a sentence calls it."""
        return "the end" if self.kind == "end" else self.text


def tokens(expression: str) -> tuple[Token, ...]:
    """All words of a filter, the end last. Raises FilterError at the first character that begins none."""
    if len(expression) > LONGEST:
        raise FilterError(f"a filter has at most {LONGEST} characters", LONGEST + 1)
    found, at = readable_tokens(expression)
    if at < len(expression):
        raise FilterError(_complaint(expression[at]), at + 1)
    return (*found, Token("end", "", len(expression) + 1, 1))


def readable_tokens(expression: str) -> tuple[list[Token], int]:
    """The words up to the first character that begins none, and where that is, counted from 0."""
    found = []
    at = _after_space(expression, 0)
    while match := _TOKEN.match(expression, at):
        kind, text = match.lastgroup or "", match.group()
        if text in SIGNS:
            kind, text = "sign", SIGNS[text]
        found.append(Token(kind, text, at + 1, match.end() - at))
        at = _after_space(expression, match.end())
    return found, at


def octets_of(token: Token) -> bytes:
    """The bytes that a string in quotes stands for; in r"..." a backslash is itself. Raises FilterError."""
    if token.text[0] in "rR":
        return _encoded(token.text[2:-1])
    inside = _encoded(token.text[1:-1])
    for match in _ESCAPE.finditer(inside):
        if _unescaped(match) is None:
            told = match.group().decode("utf-8", "replace")
            raise FilterError(f'{told} stands for no character: write r"..." for a pattern', token.column, token.width)
    return _ESCAPE.sub(lambda match: _unescaped(match) or b"", inside)


def quoted(octets: bytes) -> str:
    """The string in quotes that stands for bytes: UTF-8 as it is, all that is not printable escaped."""
    pieces = []
    for character in octets.decode("utf-8", "surrogateescape"):
        if character in '"\\':
            pieces.append(f"\\{character}")
        elif character.isprintable():
            pieces.append(character)
        else:
            pieces.append("".join(f"\\x{octet:02x}" for octet in _encoded(character)))
    return f'"{"".join(pieces)}"'


def _encoded(text: str) -> bytes:
    """UTF-8. Halves of characters that stand for bytes which were none become those bytes again."""
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace")


def _unescaped(match: re.Match[bytes]) -> bytes | None:
    """What a backslash and what follows it stand for; None where that is nothing."""
    said: bytes = match[1]
    if said[:1] in b"xuU" and len(said) > 1:
        number = int(said[1:], 16)
        if said[:1] == b"x":
            return bytes((number,))
        return None if number > 0x10FFFF or 0xD800 <= number < 0xE000 else chr(number).encode()
    if said[:1] in b"01234567":
        return bytes((int(said, 8) & 0xFF,))
    return _ESCAPED.get(said)


def _after_space(expression: str, at: int) -> int:
    match = _SPACE.match(expression, at)
    return match.end() if match else at


def _complaint(character: str) -> str:
    if character in "\"'":
        return f"the {character} that ends this text is missing"
    if character == "[":
        return "the ] that ends this range is missing"
    if character == "=":
        return "= alone compares nothing: write =="
    if character == "|":
        return "| alone means nothing: write || for or"
    return f"{character!r} means nothing"
