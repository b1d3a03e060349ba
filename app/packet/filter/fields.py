"""Where the fields of a name are found in a packet: in all layers, in quoted ones only, in the second of a protocol."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from app.packet.dissection import CheckStatus, Dissection, Layer
from app.packet.filter.facts import Facts
from app.packet.filter.fault import FilterError
from app.packet.filter.names import (
    ALIASES,
    SCALES,
    ChecksumStatus,
    Kind,
    Known,
    is_checksum,
    known,
    known_names,
    near,
    scoped,
)
from app.packet.filter.pseudo import PSEUDO, Values
from app.packet.filter.tree import Layered, Piece, Word
from app.packet.layout import Span, Value

_STATUSES = {
    CheckStatus.GOOD: ChecksumStatus.GOOD,
    CheckStatus.BAD: ChecksumStatus.BAD,
    CheckStatus.UNVERIFIED: ChecksumStatus.UNVERIFIED,
    CheckStatus.NONE: ChecksumStatus.NOT_PRESENT,
}
#: A frame whose first layer is none of these begins with a link's header, which carries all of the frame.
_NETWORK = ("ip", "ipv6")


@dataclass(frozen=True, slots=True)
class Operand:
    """A value of a filter that a packet decides: what it is, and how it is got in each form that is asked for."""

    known: Known
    values: Values
    reach: Values  #: bytes and text that are searched: of a layer, all that it carries too
    lengths: Values  #: in bytes, of text in characters
    is_there: Callable[[Dissection, Facts | None], bool]
    is_field: bool = False

    @property
    def named(self) -> str:
        """How a sentence calls it."""
        return self.known.name or "this value"


@dataclass(frozen=True, slots=True)
class Reference:
    """The names that are looked for, and in which layers. `pieces` count the layers of one protocol from 1."""

    names: tuple[str, ...]
    is_quoted: bool | None = None
    pieces: tuple[Piece, ...] = ()

    def layers(self, dissection: Dissection) -> Iterator[tuple[int, Layer]]:
        """The layers that may be looked at, and where each stands among all."""
        numbered = [
            (index, layer)
            for index, layer in enumerate(dissection.layers)
            if self.is_quoted is None or layer.is_quoted is self.is_quoted
        ]
        if not self.pieces:
            yield from numbered
            return
        totals = Counter(layer.name for _, layer in numbered)
        counted: Counter[str] = Counter()
        for index, layer in numbered:
            counted[layer.name] += 1
            if any(_covers(piece, counted[layer.name], totals[layer.name]) for piece in self.pieces):
                yield index, layer

    def spans(self, dissection: Dissection) -> Iterator[Span]:
        """The fields of these names."""
        if self.is_quoted is None and not self.pieces:
            for name in self.names:
                yield from dissection.spans_named(name)
            return
        for _, layer in self.layers(dissection):
            for name in self.names:
                yield from layer.spans_named(name)


def _covers(piece: Piece, number: int, total: int) -> bool:
    first = piece.first if piece.first >= 0 else total + 1 + piece.first
    if piece.last is not None:
        last = piece.last if piece.last >= 0 else total + 1 + piece.last
    else:
        last = total if piece.length is None else first + piece.length - 1
    return first <= number <= last


def is_name(text: str) -> bool:
    """Whether a word is surely a field, even where a literal may stand."""
    name = scoped(text)[1]
    return name in known_names() or name in PSEUDO or text == "quoted"


def may_be_name(text: str) -> bool:
    """Whether a word may be a field that a reader names as it reads."""
    return is_name(text) or known(scoped(text)[1]) is not None


def field(node: Word | Layered) -> Operand:
    """The field that a word names. Raises FilterError with the name that was meant, if there is one like it."""
    word, pieces = (node.word, node.pieces) if isinstance(node, Layered) else (node, ())
    if word.text in PSEUDO and not pieces:
        pseudo = PSEUDO[word.text]
        return _plain(pseudo.known, pseudo.values)
    if word.text == "quoted" and not pieces:
        return _quoted()
    is_quoted, name = scoped(word.text)
    found = known(name)
    if found is None:
        raise FilterError(_unknown(word.text, name), word.place.column, word.place.width)
    reference = Reference(ALIASES.get(name, (name,)), is_quoted, pieces)
    base, _, last = name.rpartition(".")
    if last == "status" and is_checksum(base):
        return _plain(found, _statuses(Reference((base,), is_quoted, pieces)))
    if found.kind is Kind.LAYER:
        return _layer(found, reference)
    return _spans(found, reference)


def _unknown(text: str, name: str) -> str:
    if name in PSEUDO:
        return f"{name} is of the whole packet: nothing stands before or behind it"
    if "-" in text and is_name(text.partition("-")[0]):
        return f"{text} is no field; to subtract, put spaces around -"
    meant = near(name) or near(name, PSEUDO)
    if meant:
        return f"{text} is no field; did you mean {meant}?"
    return f"{text} is no field or protocol"


def _plain(known: Known, values: Values) -> Operand:
    """What has values and no bytes of its own."""

    def lengths(dissection: Dissection, facts: Facts | None) -> Iterable[Value]:
        return [len(value) for value in values(dissection, facts) if isinstance(value, str | bytes)]

    def is_there(dissection: Dissection, facts: Facts | None) -> bool:
        return any(True for _ in values(dissection, facts))

    return Operand(known, values, values, lengths, is_there, is_field=True)


def _quoted() -> Operand:
    """`quoted` alone: whether the packet quotes another."""

    def values(dissection: Dissection, facts: Facts | None) -> Iterable[Value]:
        return [dissection.data[layer.start : layer.stop] for layer in dissection.layers if layer.is_quoted]

    return _plain(Known("quoted", Kind.LAYER, "what the packet quotes"), values)


def _statuses(reference: Reference) -> Values:
    def values(dissection: Dissection, facts: Facts | None) -> Iterable[Value]:
        starts = {span.start_bit for span in reference.spans(dissection)}
        return [_STATUSES[check.status] for check in dissection.checks if check.start * 8 in starts]

    return values


def _spans(known: Known, reference: Reference) -> Operand:
    def values(dissection: Dissection, facts: Facts | None) -> Iterable[Value]:
        return [_octets(dissection, span) if span.value is None else span.value for span in reference.spans(dissection)]

    def scaled(dissection: Dissection, facts: Facts | None) -> Iterable[Value]:
        return [span.value * scale for span in reference.spans(dissection) if isinstance(span.value, int)]

    def reach(dissection: Dissection, facts: Facts | None) -> Iterable[Value]:
        return [_octets(dissection, span) for span in reference.spans(dissection)]

    def lengths(dissection: Dissection, facts: Facts | None) -> Iterable[Value]:
        return [_length(span) for span in reference.spans(dissection)]

    def is_there(dissection: Dissection, facts: Facts | None) -> bool:
        return any(True for _ in reference.spans(dissection))

    scale = SCALES.get(known.name, 1)
    return Operand(known, values if scale == 1 else scaled, reach, lengths, is_there, is_field=True)


def _octets(dissection: Dissection, span: Span) -> Value:
    """Text as text, all else as the bytes it stands in."""
    if isinstance(span.value, str | bytes):
        return span.value
    return dissection.data[span.start_bit // 8 : (span.stop_bit + 7) // 8]


def _length(span: Span) -> int:
    if isinstance(span.value, str | bytes):
        return len(span.value)
    return (span.stop_bit + 7) // 8 - span.start_bit // 8


def _layer(known: Known, reference: Reference) -> Operand:
    """A protocol, or the elements of a list that a declaration names. Its bytes are its header's."""
    name = known.name

    def values(dissection: Dissection, facts: Facts | None) -> Iterable[Value]:
        for _, layer in reference.layers(dissection):
            if layer.name == name:
                yield dissection.data[layer.start : layer.stop]
        for span in reference.spans(dissection):
            yield _octets(dissection, span)

    def reach(dissection: Dissection, facts: Facts | None) -> Iterable[Value]:
        for index, layer in reference.layers(dissection):
            if layer.name == name:
                yield dissection.data[layer.start : _end(dissection, index)]
        for span in reference.spans(dissection):
            yield _octets(dissection, span)

    def lengths(dissection: Dissection, facts: Facts | None) -> Iterable[Value]:
        return [len(value) for value in values(dissection, facts) if isinstance(value, bytes)]

    def is_there(dissection: Dissection, facts: Facts | None) -> bool:
        if any(layer.name == name for _, layer in reference.layers(dissection)):
            return True
        return any(True for _ in reference.spans(dissection))

    return Operand(known, values, reach, lengths, is_there, is_field=True)


def _end(dissection: Dissection, index: int) -> int:
    """Where what a layer carries ends: a link's frame at its end, a datagram before the frame's padding."""
    if index == 0 and dissection.layers[0].name not in _NETWORK:
        return len(dissection.data)
    return max(layer.stop for layer in dissection.layers[index:])
