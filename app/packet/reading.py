"""The hand that reads a frame layer by layer: what every dissector takes its headers from and writes to.

A dissector is a function `(reading, at, stop) -> Step | None`: it takes its header, puts down its layer
and says what stands behind it. Bytes that end too early stop the reading in `take`, in one place.
"""

from collections.abc import Callable, Iterable
from enum import IntEnum, auto
from typing import NamedTuple, TypeAlias, TypeVar

from app.packet.checksum import pseudo_sum
from app.packet.compose import CHECKSUM_AT, PLAIN_CHECKSUM, Address
from app.packet.dissection import DATA, NO_WORDS, Branch, Check, CheckStatus, Layer, Note, Part, Placed, Severity
from app.packet.layout import Header, Layout, Words
from app.packet.registry import Protocol
from app.packet.shape import MOST_PARTS, OptionTable, bytes_span, part_count, read_options
from app.packet.text import bytes_words

#: Makes the small records of a reading without the detour over their constructors: it is done for every layer.
new = tuple.__new__
# A member of an enumeration takes longer to look up than all else that is done with it.
_GOOD, UNVERIFIED = CheckStatus.GOOD, CheckStatus.UNVERIFIED

#: All options that IPv4 and TCP can have: nobody needs to count them.
_FEW_BYTES = 40

H = TypeVar("H", bound=Header)


class Space(IntEnum):
    """Which numbers name the next layer."""

    LINK = auto()
    ETHERTYPE = auto()
    PPP = auto()
    IP_VERSION = auto()
    PROTOCOL = auto()
    UDP_PORT = auto()
    TCP_PORT = auto()


#: Which numbers name the next layer, and the bytes [start, stop) of it: a Step, or a plain tuple where speed counts.
Way: TypeAlias = tuple["Space", tuple[int, ...], int, int]


class Step(NamedTuple):
    """What stands at bytes [start, stop): the first of `numbers` that the table knows, else bytes to be shown."""

    space: Space
    numbers: tuple[int, ...]
    start: int
    stop: int


class CutError(Exception):
    """The bytes end within a header; what there is of it has been put down."""


class Reading:
    """What has been read of one frame so far. Lives within one call of `dissect`."""

    __slots__ = (
        "checks",
        "data",
        "destination",
        "end",
        "is_outgoing",
        "is_quoted",
        "is_whole",
        "layers",
        "left",
        "notes",
        "source",
    )

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.layers: list[Layer] = []
        self.checks: list[Check] = []
        self.notes: list[Note] = []
        self.source: Address | None = None  #: of the innermost IP header, for the pseudo-header
        self.destination: Address | None = None  #: the final one, where a routing header names it
        self.end: int | None = None  #: where the outermost IP datagram ends; what follows is the link's
        self.left = MOST_PARTS  #: so many parts of lists may still be put down; whoever reads a list counts them
        self.is_outgoing = False  #: whether the link's header says that the sender itself captured it
        self.is_quoted = False
        self.is_whole = True  #: whether the innermost datagram's payload is all here, in one piece

    def take(self, kind: type[H], at: int, stop: int, said: Callable[[H], str] | None = None) -> H:
        """The header at `at`. Where the bytes end within it, what is there is put down and CutError raised."""
        size = kind.SIZE
        if at + size <= stop:
            record: H = kind.unpacked(self.data, at)
            return record
        if at < stop:
            head = kind.decode(self.data[at:stop].ljust(size, b"\0"))
            words = f"{kind.LAYOUT.title}, cut short" if said is None else said(head)
            self.layer(kind.LAYOUT, at, stop, (Placed(head, at, stop),), words)
        severity = Severity.NOTE if self.is_quoted else Severity.ERROR
        where = "the quotation ends" if self.is_quoted else "the bytes end"
        self.note(severity, at, f"{where} here: {kind.LAYOUT.title} needs {size} bytes, {max(0, stop - at)} are there")
        raise CutError

    def layer(self, layout: Layout, at: int, stop: int, parts: Iterable[Part], words: Words) -> None:
        """Put down a layer over [at, stop). Words that take time may be a function: most are never asked for."""
        self.layers.append(new(Layer, (layout, at, stop, tuple(parts), words, self.is_quoted)))

    def header(self, head: Header, at: int, words: Words) -> None:
        """Put down a layer that is a header and nothing else."""
        stop = at + head.SIZE
        part = new(Placed, (head, at, stop, NO_WORDS))
        self.layers.append(new(Layer, (head.LAYOUT, at, stop, (part,), words, self.is_quoted)))

    def note(self, severity: Severity, at: int, text: str) -> None:
        """Say something about the byte at `at`."""
        self.notes.append(Note(severity, at, text))

    def placed(self, header: Header, at: int, **words: str) -> list[Part]:
        """The first part of a layer: its header; `words` say more about some of the header's attributes."""
        return [new(Placed, (header, at, at + header.SIZE, words))]

    def options(self, table: OptionTable, at: int, stop: int) -> list[Part]:
        """The options within [at, stop); what is wrong with them is noted."""
        parts, notes = read_options(table, self.data, at, stop, self.left)
        self.notes.extend(notes)
        if stop - at > _FEW_BYTES:
            self.left -= part_count(parts)
        return parts

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
            self.checks.append(new(Check, (field, UNVERIFIED, None)))
            return
        if protocol in PLAIN_CHECKSUM:
            self.verify_sum(field, at, stop)
        else:
            front = pseudo_sum(self.source, self.destination, protocol, stop - at)
            self.verify_sum(field, at, stop, front, of_nothing=0xFFFF if protocol is Protocol.UDP else 0)

    def verify_sum(self, field: int, at: int, stop: int, front: int = 0, *, of_nothing: int = 0) -> None:
        """Check the Internet checksum at byte `field`, taken over bytes [at, stop) and a sum in `front` of them.

        `of_nothing` is what is sent instead of zero: UDP's zero means that no checksum was made (RFC 768).
        """
        total = (int.from_bytes(self.data[at:stop]) << 8 * (stop - at & 1)) + front
        if total and total % 0xFFFF == 0:
            self.checks.append(new(Check, (field, _GOOD, None)))
            return
        found = int.from_bytes(self.data[field : field + 2])
        is_left = bool(front) and found == front % 0xFFFF
        if is_left and self.is_outgoing:
            self.checks.append(Check(field, UNVERIFIED))
            self.note(Severity.NOTE, field, "the sum of the pseudo-header alone: the rest was left to the network card")
            return
        expected = (found - total) % 0xFFFF  # each 16-bit word counts for itself modulo 0xffff, the field's own too
        if expected == 0:
            rest = front or any(self.data[at:field]) or any(self.data[field + 2 : stop])
            expected = of_nothing if rest else 0xFFFF
        self.checks.append(Check(field, CheckStatus.BAD, expected))
        likely = "; it may have been left to the network card" if is_left else ""
        self.note(Severity.ERROR, field, f"checksum 0x{found:04x} is wrong, it should be 0x{expected:04x}{likely}")


Dissector: TypeAlias = Callable[[Reading, int, int], Way | None]


def option_list(reading: Reading, table: OptionTable, name: str, at: int, stop: int) -> Branch:
    """All options of a header under one heading, which names those that say something."""
    options = tuple(reading.options(table, at, stop))

    def titles() -> str:
        return ", ".join(part.label for part in options if isinstance(part, Branch) and part.stop - part.start > 1)

    return Branch(name, "options", at, stop, options, titles)


def read_data(reading: Reading, at: int, stop: int, words: str = "") -> None:
    """Bytes that no dissector knows; `words` is the name of what they are."""
    if at < stop:
        span = bytes_span("data.data", "data", reading.data, at, stop)
        size = bytes_words(stop - at)
        told = f"{words}, {size}" if words else size
        reading.layers.append(new(Layer, (DATA, at, stop, (span,), told, reading.is_quoted)))
