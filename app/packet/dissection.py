"""What was read of a frame: layers of named spans, verdicts on checksums, and notes on what is wrong.

Nothing is decided here; `app.packet.dissect` fills these records. Spans and words are made when they are asked
for, because a list of ten thousand packets shows the fields of one.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType
from typing import NamedTuple, TypeAlias

from app.packet.layout import Field, Header, Layout, Span, Value, Words
from app.packet.text import bytes_words


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


class Check(NamedTuple):
    """The verdict on one checksum field at bytes [start, start + 2)."""

    start: int
    status: CheckStatus
    expected: int | None = None  #: what would be right, where that is known


class Note(NamedTuple):
    """Something to be said about the bytes at `position`."""

    severity: Severity
    position: int
    text: str


#: What most headers have in `Placed.words`.
NO_WORDS: Mapping[str, str] = MappingProxyType({})


class Placed(NamedTuple):
    """A header where it stands. Fields that reach beyond byte `stop` are not there: the bytes were cut."""

    header: Header
    at: int
    stop: int
    words: Mapping[str, str] = {}  #: better words for some attributes

    def spans(self) -> tuple[Span, ...]:
        """The fields that are there."""
        spans = self.header.spans(self.at)
        if self.at + self.header.LAYOUT.size > self.stop:
            spans = tuple(span for span in spans if span.stop_bit <= self.stop * 8)
        if self.words:
            spans = tuple(self._worded(span) for span in spans)
        return spans

    def _worded(self, span: Span) -> Span:
        words = self.words.get(span.field.attribute)
        return span if words is None else span._replace(told=f"{span.shown}  {words}")


class Branch(NamedTuple):
    """Parts under a heading over bytes [start, stop): an option, an element of a list, a group of both."""

    name: str
    label: str
    start: int
    stop: int
    parts: tuple["Part", ...]
    words: Words = ""
    value: Value | None = None  #: where the whole has one, such as an address with its flags

    def spans(self) -> tuple[Span, ...]:
        """The heading, as one span over its children."""
        field = Field("", self.name, self.label, 0, (self.stop - self.start) * 8, "octets")
        return (Span(field, self.start * 8, self.stop * 8, self.value, self.words, spans_of(self.parts)),)

    @property
    def shown(self) -> str:
        """The heading's words."""
        return self.words if isinstance(self.words, str) else self.words()


Part: TypeAlias = Placed | Branch | Span


def spans_of(parts: tuple[Part, ...]) -> tuple[Span, ...]:
    """The spans of parts in the order of the tree."""
    spans: list[Span] = []
    for part in parts:
        if isinstance(part, Span):
            spans.append(part)
        else:
            spans.extend(part.spans())
    return tuple(spans)


class Layer(NamedTuple):
    """One protocol's bytes [start, stop) of a frame, payload excluded unless no other layer shows it."""

    layout: Layout
    start: int
    stop: int
    parts: tuple[Part, ...]
    words: Words
    is_quoted: bool

    @property
    def name(self) -> str:
        """The display filter's name, such as "icmp"."""
        return self.layout.name

    @property
    def title(self) -> str:
        """What a person calls the protocol."""
        return self.layout.title

    @property
    def reference(self) -> str:
        """The RFC and section."""
        return self.layout.reference

    @property
    def summary(self) -> str:
        """What the layer says in a few words."""
        return self.words if isinstance(self.words, str) else self.words()

    @property
    def spans(self) -> tuple[Span, ...]:
        """The fields in the order of the tree."""
        return spans_of(self.parts)

    def spans_named(self, name: str) -> Iterator[Span]:
        """Every span of that filter name, in the order of the tree."""
        return spans_named(self.parts, name)


#: Layers that carry what is behind them and say nothing that a list would want to show instead.
CARRIERS = frozenset(("eth", "vlan", "ieee8021ad", "sll", "ppp", "null", "mpls", "llc", "ip", "ipv6"))
DATA = Layout("data", "payload", "", (), 0)


@dataclass(frozen=True, slots=True, eq=False)
class Dissection:
    """All that was read of a frame. `source`, `destination`, `protocol` and `summary` make a line of a list."""

    data: bytes
    layers: tuple[Layer, ...]
    checks: tuple[Check, ...]
    notes: tuple[Note, ...]

    @property
    def subject(self) -> Layer | None:
        """The layer that the packet is about: the last of those not quoted, payloads aside."""
        layers = iter(reversed(self.layers))
        last = next((layer for layer in layers if not layer.is_quoted), None)
        if last is None or (last.layout is not DATA and last.layout.name not in CARRIERS):
            return last
        before = next(layers, None)
        return last if before is None or before.layout.name in CARRIERS else before

    @property
    def ends(self) -> tuple[str, str]:
        """Source and destination of the outermost IP header, else of the link; empty where there is neither."""
        ends = ("", "")
        for layer in self.layers:
            if layer.layout.name in ("ip", "ipv6", "eth"):
                source, arrow, destination = layer.summary.partition(" → ")
                ends = (source, destination) if arrow else ends  # a header that is cut names nobody
                if layer.layout.name != "eth":
                    break
        return ends

    @property
    def source(self) -> str:
        """Who sent it, or nothing."""
        return self.ends[0]

    @property
    def destination(self) -> str:
        """To whom, or nothing."""
        return self.ends[1]

    @property
    def protocol(self) -> str:
        """The filter name of the layer that the packet is about."""
        subject = self.subject
        return DATA.name if subject is None else subject.layout.name

    @property
    def summary(self) -> str:
        """What the packet says, in a line, and of whom it complains where it quotes another."""
        subject = self.subject
        told = bytes_words(len(self.data)) if subject is None else subject.summary
        if not self.layers or not self.layers[-1].is_quoted:
            return told
        quoted = next((layer for layer in reversed(self.layers) if layer.is_quoted and layer.layout is not DATA), None)
        return told if quoted is None else f"{told}, quotes {quoted.summary}"

    def span_at(self, bit: int) -> Span | None:
        """The innermost span that covers a bit of the frame; of quoted layers, the innermost layer's."""
        for layer in reversed(self.layers):
            found = _innermost_of(layer.parts, bit)
            if found is not None:
                return found
        return None

    def layer_at(self, byte: int) -> Layer | None:
        """The innermost layer that covers a byte."""
        return next((layer for layer in reversed(self.layers) if layer.start <= byte < layer.stop), None)

    def spans_named(self, name: str) -> Iterator[Span]:
        """Every span of that filter name, outermost layer first."""
        for layer in self.layers:
            yield from spans_named(layer.parts, name)


def spans_named(parts: tuple[Part, ...], name: str) -> Iterator[Span]:
    """The spans of a name among parts. Headers that do not declare it are passed over unread."""
    for part in parts:
        if isinstance(part, Placed):
            if name in part.header.LAYOUT.names:
                yield from _named_in(part, name)
        elif isinstance(part, Branch):
            if part.name == name:
                yield from part.spans()
            yield from spans_named(part.parts, name)
        else:
            yield from (span for span in every((part,)) if span.field.name == name)


def _named_in(part: Placed, name: str) -> Iterator[Span]:
    """The spans of a name in a header; where one field says all, the others are not looked at."""
    header, at, stop, words = part
    field = header.LAYOUT.single.get(name)
    if field is None or words or at + header.SIZE > stop:
        yield from (span for span in every(part.spans()) if span.field.name == name)
    else:
        start = at * 8 + field.offset
        yield Span(field, start, start + field.width, getattr(header, field.attribute))


def _innermost_of(parts: tuple[Part, ...], bit: int) -> Span | None:
    """The deepest span of parts that covers `bit`. Parts elsewhere are passed over unread."""
    for part in parts:
        found = None
        if isinstance(part, Branch):
            if part.start * 8 <= bit < part.stop * 8:
                found = _innermost_of(part.parts, bit) or part.spans()[0]
        elif isinstance(part, Span):
            found = innermost((part,), bit)
        elif part.at * 8 <= bit < part.stop * 8:
            found = innermost(part.spans(), bit)
        if found is not None:
            return found
    return None


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
