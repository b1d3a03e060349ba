"""The hand that reads a frame layer by layer: what every dissector takes its headers from and writes to.

A dissector is a function `(reading, at, stop) -> Step | None`: it takes its header, puts down its layer
and says what stands behind it. Bytes that end too early stop the reading in `take`, in one place.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum, auto
from typing import TypeAlias, TypeVar

from app.packet.checksum import internet_checksum, ones_sum, pseudo_header
from app.packet.compose import CHECKSUM_AT, PLAIN_CHECKSUM, Address
from app.packet.dissection import Check, CheckStatus, Layer, Note, Placed, Severity, stretch
from app.packet.layout import Header, Layout, Span
from app.packet.registry import Protocol
from app.packet.shape import OptionTable, bytes_span, read_options
from app.packet.text import bytes_words

H = TypeVar("H", bound=Header)


class Space(Enum):
    """Which numbers name the next layer."""

    LINK = auto()
    ETHERTYPE = auto()
    PPP = auto()
    IP_VERSION = auto()
    PROTOCOL = auto()
    UDP_PORT = auto()
    TCP_PORT = auto()


@dataclass(frozen=True, slots=True)
class Step:
    """What stands at bytes [start, stop): the first of `numbers` that the table knows, else bytes to be shown."""

    space: Space
    numbers: tuple[int, ...]
    start: int
    stop: int


class CutError(Exception):
    """The bytes end within a header; what there is of it has been put down."""


class Reading:
    """What has been read of one frame so far. Lives within one call of `dissect`."""

    __slots__ = ("checks", "data", "destination", "end", "is_quoted", "is_whole", "layers", "notes", "source")

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.layers: list[Layer] = []
        self.checks: list[Check] = []
        self.notes: list[Note] = []
        self.source: Address | None = None  #: of the innermost IP header, for the pseudo-header
        self.destination: Address | None = None  #: the final one, where a routing header names it
        self.end: int | None = None  #: where the outermost IP datagram ends; what follows is the link's
        self.is_quoted = False
        self.is_whole = True  #: whether the innermost datagram's payload is all here, in one piece

    def take(self, kind: type[H], at: int, stop: int, said: Callable[[H], str] | None = None) -> H:
        """The header at `at`. Where the bytes end within it, what is there is put down and CutError raised."""
        size = kind.LAYOUT.size
        if at + size <= stop:
            return kind.decode(self.data, at)
        if at < stop:
            head = kind.decode(self.data[at:stop].ljust(size, b"\0"))
            summary = f"{kind.LAYOUT.title}, cut short" if said is None else said(head)
            self.layer(kind.LAYOUT, at, stop, [Placed(head, at, stop)], summary)
        severity = Severity.NOTE if self.is_quoted else Severity.ERROR
        where = "the quotation ends" if self.is_quoted else "the bytes end"
        self.note(severity, at, f"{where} here: {kind.LAYOUT.title} needs {size} bytes, {max(0, stop - at)} are there")
        raise CutError

    def layer(self, layout: Layout, at: int, stop: int, parts: Iterable[Placed | Span], summary: str) -> None:
        """Put down a layer over [at, stop)."""
        self.layers.append(
            Layer(layout.name, layout.title, at, stop, tuple(parts), summary, self.is_quoted, layout.reference)
        )

    def note(self, severity: Severity, at: int, text: str) -> None:
        """Say something about the byte at `at`."""
        self.notes.append(Note(severity, at, text))

    def placed(self, header: Header, at: int, **words: str) -> list[Placed | Span]:
        """The first part of a layer: its header; `words` say more about some of the header's attributes."""
        return [Placed(header, at, at + header.LAYOUT.size, words)]

    def options(self, table: OptionTable, at: int, stop: int) -> list[Span]:
        """The options within [at, stop); what is wrong with them is noted."""
        spans, notes = read_options(table, self.data, at, stop)
        self.notes.extend(notes)
        return spans

    def bounded(self, at: int, length: int, stop: int, *, least: int, what: str) -> int:
        """Where something of `length` bytes at `at` ends, as far as the bytes before `stop` allow."""
        if length < least:
            self.note(Severity.ERROR, at, f"{what} {length} is less than the header's own {least} bytes")
            return stop
        if at + length > stop:
            self.is_whole = False
            if not self.is_quoted:
                self.note(Severity.WARNING, at, f"{what} says {length} bytes, {stop - at} are there")
            return stop
        return at + length

    def verify(self, protocol: Protocol, at: int, stop: int) -> None:
        """Check the checksum of the upper-layer packet at [at, stop), pseudo-header included."""
        field = at + CHECKSUM_AT[protocol]
        if field + 2 > stop:
            return
        if not self.is_whole or self.source is None or self.destination is None:
            self.checks.append(Check(field, CheckStatus.UNVERIFIED))
            return
        front = b""
        if protocol not in PLAIN_CHECKSUM:
            front = pseudo_header(self.source, self.destination, protocol, stop - at)
        self.verify_sum(field, at, stop, front, of_nothing=0xFFFF if protocol == Protocol.UDP else 0)

    def verify_sum(self, field: int, at: int, stop: int, front: bytes = b"", *, of_nothing: int = 0) -> None:
        """Check the Internet checksum at byte `field`, taken over `front` and bytes [at, stop).

        `of_nothing` is what is sent instead of zero: UDP's zero means that no checksum was made (RFC 768).
        """
        covered = front + self.data[at:stop]
        if ones_sum(covered) == 0xFFFF:
            self.checks.append(Check(field, CheckStatus.GOOD))
            return
        inner = field - at + len(front)
        expected = internet_checksum(covered[:inner] + b"\0\0" + covered[inner + 2 :]) or of_nothing
        self.checks.append(Check(field, CheckStatus.BAD, expected))
        found = int.from_bytes(self.data[field : field + 2], "big")
        self.note(Severity.ERROR, field, f"checksum 0x{found:04x} is wrong, it should be 0x{expected:04x}")


Dissector: TypeAlias = Callable[[Reading, int, int], Step | None]

DATA = Layout("data", "payload", "", (), 0)


def option_list(reading: Reading, table: OptionTable, name: str, at: int, stop: int) -> Span:
    """All options of a header under one heading, which names those that say something."""
    options = reading.options(table, at, stop)
    titles = ", ".join(span.field.label for span in options if span.stop_bit - span.start_bit > 8)
    return stretch(name, "options", at, stop, titles, children=tuple(options))


def read_data(reading: Reading, at: int, stop: int, words: str = "") -> None:
    """Bytes that no dissector knows; `words` is the name of what they are."""
    if at < stop:
        span = bytes_span("data.data", "data", reading.data, at, stop)
        reading.layer(DATA, at, stop, [span], f"{words}, {bytes_words(stop - at)}".lstrip(", "))
