"""What is looked for in packets: text, bytes, or the value of a field; and the bits where it stands.

A needle is read from what a person types: `time exceeded`, `45 00`, `ttl=64`. Places are bits from the
first bit of the frame. Offsets of "go to byte" are read here too.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from app.packet.dissection import Dissection, every
from app.packet.errors import PacketError
from app.packet.layout import Span

#: More places than this in one packet are not told apart by anyone.
MOST_PLACES = 4096

_PAIRS = re.compile(r"[0-9a-f]{2}(?:[ :.-]?[0-9a-f]{2})*", re.IGNORECASE)
_SEPARATED = re.compile(r"[0-9a-f]{2}(?:[ :-][0-9a-f]{2})+", re.IGNORECASE)
_FIELD = re.compile(r"([^=<>!\"]*[^=<>!\"\s])\s*==?\s*(.*)", re.DOTALL)


class Kind(Enum):
    """What a needle is made of."""

    TEXT = "text"
    BYTES = "bytes"
    FIELD = "field"


@dataclass(frozen=True, slots=True)
class Needle:
    """Something to find. `text` is the text, or what the field's value has to say; empty: the field is there."""

    kind: Kind
    text: str = ""
    octets: bytes = b""
    name: str = ""  #: a filter name, its last part, or a label
    matches_case: bool = False

    @property
    def words(self) -> str:
        """The needle as a sentence names it."""
        if self.kind is Kind.BYTES:
            return f"bytes {self.octets.hex(' ')}"
        if self.kind is Kind.FIELD:
            return f"{self.name} = {self.text}" if self.text else self.name
        return f'"{self.text}"'


def parse_needle(text: str, kind: Kind | None = None, *, matches_case: bool = False) -> Needle:
    """The needle that `text` means; without a kind, what it looks like: `45 00` and `0x45` are bytes, `ttl=64` a field.

    Text in double quotes is always text. Raises PacketError with a sentence.
    """
    text = text.strip()
    if not text:
        raise PacketError("nothing to look for: type text, bytes (45 00) or a field (ttl=64)")
    is_quoted = len(text) > 2 and text[0] == text[-1] == '"'
    kind = kind or (Kind.TEXT if is_quoted else _looks_like(text))
    if kind is Kind.BYTES:
        return Needle(kind, octets=_octets(text))
    if kind is Kind.FIELD:
        name, _, wanted = text.partition("=")
        if not name.strip():
            raise PacketError("a field is looked for by its name and value: ttl=64")
        wanted = wanted.removeprefix("=").strip()
        return Needle(kind, wanted, name=name.strip(), matches_case=matches_case)
    return Needle(kind, text[1:-1] if is_quoted else text, matches_case=matches_case)


def _looks_like(text: str) -> Kind:
    if text[:2].lower() == "0x" or _SEPARATED.fullmatch(text):
        return Kind.BYTES
    return Kind.FIELD if _FIELD.fullmatch(text) else Kind.TEXT


def _octets(text: str) -> bytes:
    digits = text.removeprefix("0x").removeprefix("0X").strip()
    if not _PAIRS.fullmatch(digits):
        raise PacketError("no whole bytes: write two digits for each, such as 45 00")
    return bytes.fromhex(re.sub("[^0-9a-fA-F]", "", digits))


def matches(needle: Needle, data: bytes, dissection: Dissection) -> bool:
    """Whether the packet holds the needle."""
    if needle.kind is Kind.TEXT and _holds(needle, dissection.summary):
        return True
    return next(_found(needle, data, dissection), None) is not None


def places(needle: Needle, data: bytes, dissection: Dissection) -> list[tuple[int, int]]:
    """The bits [start, stop) where the needle stands, in their order; none where only the summary says it."""
    found: list[tuple[int, int]] = []
    for place in _found(needle, data, dissection):
        found.append(place)
        if len(found) == MOST_PLACES:
            break
    return sorted(set(found))


def _found(needle: Needle, data: bytes, dissection: Dissection) -> Iterator[tuple[int, int]]:
    if needle.kind is Kind.BYTES:
        yield from _stretches(re.escape(needle.octets), data)
        return
    if needle.kind is Kind.TEXT:
        case = b"" if needle.matches_case else b"(?i)"
        yield from _stretches(case + re.escape(needle.text.encode(errors="surrogatepass")), data)
    for layer in dissection.layers:
        for span in every(layer.spans):
            if not span.children and _says(needle, span):
                yield span.start_bit, span.stop_bit


def _stretches(pattern: bytes, data: bytes) -> Iterator[tuple[int, int]]:
    for found in re.finditer(pattern, data, re.DOTALL):
        yield found.start() * 8, found.end() * 8


def _says(needle: Needle, span: Span) -> bool:
    if needle.kind is Kind.TEXT:
        return _holds(needle, span.shown)
    return _is_named(needle.name, span) and (not needle.text or _has_value(needle, span))


def _holds(needle: Needle, text: str) -> bool:
    return needle.text in text if needle.matches_case else needle.text.lower() in text.lower()


def _is_named(name: str, span: Span) -> bool:
    name = name.lower()
    own = span.field.name
    return own == name or own.endswith(f".{name}") or span.field.label.lower() == name


def _has_value(needle: Needle, span: Span) -> bool:
    """Numbers are equal as numbers, bytes as bytes; of words, a part is enough, but "set" is not "not set"."""
    wanted, value = needle.text, span.value
    if isinstance(value, int) and (number := _number(wanted)) is not None:
        return value == number
    if isinstance(value, bytes) and _PAIRS.fullmatch(wanted.removeprefix("0x")):
        return value == _octets(wanted)
    if span.field.style == "flag":
        return span.shown == wanted.lower()
    return str(value).lower() == wanted.lower() or _holds(needle, span.shown)


def _number(text: str) -> int | None:
    try:
        return int(text, 0)
    except ValueError:
        return None


def byte_at(text: str, here: int, size: int) -> int:
    """The byte that an offset names: `31` and `0x1f` from the start, `+8` and `-4` from byte `here`.

    Raises PacketError with a sentence where that is no offset, or no byte of `size`.
    """
    text = text.strip()
    number = _number(text.replace(" ", ""))
    if number is None:
        raise PacketError("no offset: write 31, 0x1f, or +8 and -4 from here")
    byte = here + number if text[:1] in ("+", "-") else number
    if not 0 <= byte < size:
        last = f"the last byte is {size - 1}" if size else "there are no bytes"
        raise PacketError(f"there is no byte {byte}: {last}")
    return byte
