"""What was read of a frame: layers of named spans, verdicts on checksums, and notes on what is wrong.

Nothing is decided here; `app.packet.dissect` fills these records. Spans are made when they are asked
for, because a list of ten thousand packets shows the fields of one.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum

from app.packet.layout import Field, Header, Span, Value


class CheckStatus(Enum):
    """What became of a checksum: it holds, it does not, its bytes are not all here, or none was sent."""

    GOOD = "good"
    BAD = "bad"
    UNVERIFIED = "unverified"
    NONE = "none"


class Severity(Enum):
    """How much a note matters."""

    NOTE = "note"  #: worth knowing, such as a quotation that ends early
    WARNING = "warning"  #: legal, and not what one would expect
    ERROR = "error"  #: the bytes contradict themselves or the RFC


@dataclass(frozen=True, slots=True)
class Check:
    """The verdict on one checksum field at bytes [start, start + 2)."""

    start: int
    status: CheckStatus
    expected: int | None = None  #: what would be right, where that is known


@dataclass(frozen=True, slots=True)
class Note:
    """Something to be said about the bytes at `position`."""

    severity: Severity
    position: int
    text: str


@dataclass(frozen=True, slots=True)
class Placed:
    """A header where it stands. Fields that reach beyond byte `stop` are not there: the bytes were cut."""

    header: Header
    at: int
    stop: int
    words: Mapping[str, str] = field(default_factory=dict)  #: better words for some attributes

    def spans(self) -> Iterator[Span]:
        """The fields that are there."""
        for span in self.header.spans(self.at):
            if span.stop_bit <= self.stop * 8:
                words = self.words.get(span.field.attribute)
                yield span if words is None else replace(span, shown=f"{span.shown}  {words}")


@dataclass(frozen=True, slots=True)
class Layer:
    """One protocol's bytes [start, stop) of a frame, payload excluded unless no other layer shows it."""

    name: str  #: the display filter's name, such as "icmp"
    title: str
    start: int
    stop: int
    parts: tuple[Placed | Span, ...]
    summary: str
    is_quoted: bool
    reference: str

    @property
    def spans(self) -> tuple[Span, ...]:
        """The fields in the order of the tree."""
        spans: list[Span] = []
        for part in self.parts:
            if isinstance(part, Span):
                spans.append(part)
            else:
                spans.extend(part.spans())
        return tuple(spans)


@dataclass(frozen=True, slots=True)
class Dissection:
    """All that was read of a frame. `source`, `destination`, `protocol` and `summary` make a line of a list."""

    data: bytes
    layers: tuple[Layer, ...]
    checks: tuple[Check, ...]
    notes: tuple[Note, ...]
    source: str
    destination: str
    protocol: str
    summary: str

    def span_at(self, bit: int) -> Span | None:
        """The innermost span that covers a bit of the frame; of quoted layers, the innermost layer's."""
        for layer in reversed(self.layers):
            found = innermost(layer.spans, bit)
            if found is not None:
                return found
        return None

    def layer_at(self, byte: int) -> Layer | None:
        """The innermost layer that covers a byte."""
        return next((layer for layer in reversed(self.layers) if layer.start <= byte < layer.stop), None)

    def spans_named(self, name: str) -> Iterator[Span]:
        """Every span of that filter name, outermost layer first."""
        for layer in self.layers:
            for span in every(layer.spans):
                if span.field.name == name:
                    yield span


def innermost(spans: tuple[Span, ...], bit: int) -> Span | None:
    """The deepest of `spans` and their children that covers `bit`."""
    for span in spans:
        if span.start_bit <= bit < span.stop_bit:
            return innermost(span.children, bit) or span
    return None


def every(spans: tuple[Span, ...]) -> Iterator[Span]:
    """All spans, parents before their children."""
    for span in spans:
        yield span
        yield from every(span.children)


def stretch(
    name: str,
    label: str,
    start: int,
    stop: int,
    shown: str,
    *,
    value: Value | None = None,
    children: tuple[Span, ...] = (),
) -> Span:
    """A span over bytes [start, stop) that no declaration covers: an option's heading, a payload."""
    made = Field("", name, label, 0, (stop - start) * 8, "octets")
    return Span(made, start * 8, stop * 8, value, shown, children)
