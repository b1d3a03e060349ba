"""What application messages are made of: numbers, addresses, texts, names, one behind the other.

The data of a DNS record or the value of a DHCP option is written down as a tuple of pieces, and `read_pieces` reads
it. A piece is a function from the bytes [at, stop) to the parts it makes and the byte behind them, or None where the
bytes do not suffice. How much one message may say is bounded: see `Message`.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TypeAlias

from app.packet.address import IPV4, IPV6
from app.packet.dissection import Branch, Note, Part, Placed, Severity, spans_of
from app.packet.layout import Field, Header, Span
from app.packet.registry import Registry
from app.packet.shape import bytes_span
from app.packet.text import bytes_words, safe_bytes

#: A message of more parts than this is nobody's to read; the rest is shown as bytes.
MOST_PARTS = 3000
#: Labels of names in one message, those that pointers repeat included.
MOST_LABELS = 8000
MOST_NOTES = 16
#: So many parts a heading repeats.
_TOLD = 5
#: That of the year 9999.
_LAST_SECOND = 253_402_300_799
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Message:
    """The bytes [start, stop) of a frame that pieces are read from. Lives within one call of a reader."""

    __slots__ = ("data", "is_cut", "is_unicode", "labels_left", "left", "notes", "notes_left", "start", "stop")

    def __init__(self, data: bytes, start: int, stop: int, *, is_cut: bool = False) -> None:
        self.data = data
        self.start = start  #: what the pointers in names count from
        self.stop = stop
        self.is_cut = is_cut  #: whether an end that comes too early is no fault of the sender
        self.is_unicode = False  #: whether names are UTF-8, as those of mDNS are
        self.left = MOST_PARTS
        self.labels_left = MOST_LABELS
        self.notes: list[Note] = []
        self.notes_left = MOST_NOTES

    def follow(self, before: "Message") -> None:
        """Share what may be said with the message in front of this one in the same frame."""
        self.left, self.labels_left, self.notes_left = before.left, before.labels_left, before.notes_left

    def note(self, at: int, text: str, severity: Severity = Severity.WARNING) -> None:
        """Say something about the byte at `at`; of many faults the first are told."""
        if self.notes_left > 0:
            self.notes_left -= 1
            self.notes.append(Note(severity, at, text))


Piece: TypeAlias = Callable[[Message, int, int], tuple[list[Part], int] | None]


def read_pieces(message: Message, pieces: tuple[Piece, ...], at: int, stop: int, rest: str) -> list[Part]:
    """The parts of [at, stop) in turn; bytes that no piece takes are shown under the name `rest`."""
    parts: list[Part] = []
    is_spent = message.left <= 0
    message.left -= 1
    for piece in () if is_spent else pieces:
        found = piece(message, at, stop)
        if found is None:
            break
        parts += found[0]
        at = found[1]
        message.left -= len(found[0])
    if at < stop:
        parts.append(bytes_span(rest, "data", message.data, at, stop))
        if pieces and not is_spent and not message.is_cut:
            message.note(at, f"{bytes_words(stop - at)} that do not belong here")
    return parts


def named_field(name: str, label: str, size: int, **says: object) -> Field:
    """The field of a piece of `size` bytes."""
    kind = says.pop("kind", "unsigned")
    return Field(attribute="", name=name, label=label, offset=0, width=size * 8, kind=str(kind), **says)  # type: ignore[arg-type]  # says are Field's own attributes


def number(
    name: str,
    label: str,
    size: int,
    *,
    registry: type[Registry] | None = None,
    unit: str = "",
    style: str = "decimal",
    words: Callable[[int], str] | None = None,
) -> Piece:
    """An unsigned number of `size` bytes; its words are the registry's, or those that `words` makes."""
    field = named_field(name, label, size, style=style, registry=registry, unit=unit, words=words)

    def read(message: Message, at: int, stop: int) -> tuple[list[Part], int] | None:
        end = at + size
        if end > stop:
            return None
        return [Span(field, at * 8, end * 8, int.from_bytes(message.data[at:end], "big"))], end

    return read


def address4(name: str, label: str) -> Piece:
    """An IPv4 address."""
    field = named_field(name, label, 4, kind="ipv4")

    def read(message: Message, at: int, stop: int) -> tuple[list[Part], int] | None:
        if at + 4 > stop:
            return None
        return [Span(field, at * 8, at * 8 + 32, IPV4[message.data[at : at + 4]])], at + 4

    return read


def address6(name: str, label: str) -> Piece:
    """An IPv6 address."""
    field = named_field(name, label, 16, kind="ipv6")

    def read(message: Message, at: int, stop: int) -> tuple[list[Part], int] | None:
        if at + 16 > stop:
            return None
        return [Span(field, at * 8, at * 8 + 128, IPV6[message.data[at : at + 16]])], at + 16

    return read


def prefix(name: str, label: str, size: int) -> Piece:
    """As much of an address of `size` bytes as was worth sending: all that is left."""
    known = IPV4 if size == 4 else IPV6

    def read(message: Message, at: int, stop: int) -> tuple[list[Part], int] | None:
        if stop - at > size:
            return None
        value = known[message.data[at:stop].ljust(size, b"\0")]
        return ([Span(named_field(name, label, stop - at), at * 8, stop * 8, value)] if at < stop else []), stop

    return read


def text(name: str, label: str, size: int | None = None) -> Piece:
    """Text of `size` bytes, else to the end; zeros that end it are not shown."""

    def read(message: Message, at: int, stop: int) -> tuple[list[Part], int] | None:
        end = stop if size is None else at + size
        if end > stop or at == end:
            return None if at != end else ([], end)
        value = safe_bytes(message.data[at:end].rstrip(b"\0"))
        return [Span(named_field(name, label, end - at, kind="octets"), at * 8, end * 8, value)], end

    return read


def octets(name: str, label: str, size: int | None = None) -> Piece:
    """`size` bytes that are no number, else all to the end."""

    def read(message: Message, at: int, stop: int) -> tuple[list[Part], int] | None:
        end = stop if size is None else at + size
        if end > stop:
            return None
        return ([bytes_span(name, label, message.data, at, end)] if at < end else []), end

    return read


def hardware(name: str, label: str) -> Piece:
    """A link-layer address to the end, with colons."""

    def read(message: Message, at: int, stop: int) -> tuple[list[Part], int] | None:
        value = message.data[at:stop]
        field = named_field(name, label, stop - at, kind="mac")
        return ([Span(field, at * 8, stop * 8, value, value[:32].hex(":"))] if at < stop else []), stop

    return read


def head(record: type[Header]) -> Piece:
    """A declared header."""
    size = record.LAYOUT.size

    def read(message: Message, at: int, stop: int) -> tuple[list[Part], int] | None:
        if at + size > stop:
            return None
        return [Placed(record.decode(message.data, at), at, at + size)], at + size

    return read


def counted(name: str, inner: Piece, size: int = 1) -> Piece:
    """A length of `size` bytes and a piece within the bytes it counts."""
    length = number(name, "length", size)

    def read(message: Message, at: int, stop: int) -> tuple[list[Part], int] | None:
        found = length(message, at, stop)
        if found is None:
            return None
        start = found[1]
        end = start + int.from_bytes(message.data[at:start], "big")
        told = inner(message, start, end) if end <= stop else None
        return None if told is None else ([*found[0], *told[0]], end)

    return read


def each(*pieces: Piece) -> Piece:
    """The pieces again and again, to the end."""

    def read(message: Message, at: int, stop: int) -> tuple[list[Part], int]:
        parts: list[Part] = []
        while at < stop and message.left > 0:
            before = at
            for piece in pieces:
                found = piece(message, at, stop)
                if found is None:
                    return parts, at
                parts += found[0]
                at = found[1]
                message.left -= len(found[0]) + 1
            if at == before:
                break
        return parts, at

    return read


def under(name: str, label: str, *pieces: Piece, rest: str = "data.data") -> Piece:
    """Pieces under a heading, to the end; none where nothing is left."""

    def read(message: Message, at: int, stop: int) -> tuple[list[Part], int]:
        if at == stop:
            return [], stop
        return [branch(name, label, at, stop, read_pieces(message, pieces, at, stop, rest))], stop

    return read


def branch(name: str, label: str, at: int, stop: int, parts: list[Part], skip: int = 0) -> Branch:
    """Parts under a heading that repeats what the first of them say, `skip` of them aside."""
    told = tuple(parts[skip:])
    return Branch(name, label, at, stop, tuple(parts), lambda: words_of(told))


def words_of(parts: tuple[Part, ...], joint: str = ", ") -> str:
    """What parts say in a line: values alone, lengths aside."""
    spans = [span for span in spans_of(parts[: 2 * _TOLD]) if span.field.label != "length"]
    return joint.join(" ".join(span.shown.split()) for span in spans[:_TOLD] if span.shown)


def moment(seconds: int) -> str:
    """Seconds since 1970 as people write them; more than a calendar holds stay a number."""
    if seconds > _LAST_SECOND:
        return f"{seconds} s after 1970"
    return f"{_EPOCH + timedelta(seconds=seconds):%Y-%m-%d %H:%M:%S} UTC"
