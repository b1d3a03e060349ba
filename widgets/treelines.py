"""A dissection as the lines of a tree: layers, their fields, the fields within those, and the notes.

A line is named by its path, made of filter names, and not by its place: what was opened in one packet
is open in the next. Positions are bits from the first bit of the datagram. Lines are made when somebody looks at
them: a link state update of ten thousand fields costs what is open of it, and what is seen of that.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias, overload

from app.packet.dissection import CARRIERS, Check, CheckStatus, Dissection, Layer, Note, Placed, Severity
from app.packet.layout import Span
from app.packet.text import bytes_words, safe

Path: TypeAlias = tuple[str, ...]

#: What the layers met most are called; the others by their titles.
TITLES = {"ip": "IPv4", "ipv6": "IPv6", "icmp": "ICMP", "icmpv6": "ICMPv6", "udp": "UDP", "tcp": "TCP"}
#: Groups of up to so many bits are closed until they are asked for: what matters of them stands on their line.
SMALL_GROUP = 16
#: So are all groups where there are more than so many side by side: a list is read before its elements.
MANY_GROUPS = 12


@dataclass(frozen=True, slots=True, eq=False)
class TreeLine:
    """One line of the tree. `span` is None on the line of a layer or of a note."""

    path: Path
    label: str
    shown: str
    start_bit: int
    stop_bit: int
    layer: Layer | None
    span: Span | None = None
    check: Check | None = None
    note: Note | None = None
    is_branch: bool = False
    is_open: bool = False
    is_cut: bool = False  #: a layer whose header is not all here
    groups: tuple[tuple[int, int], ...] = ()  #: the bits of the headings above a field, the widest first

    @property
    def depth(self) -> int:
        """How far to the right the line stands."""
        return len(self.path) - 1


class Forest:
    """The layers of a packet with their paths. The fields of a layer are made once, when somebody asks for them."""

    def __init__(self, dissection: Dissection) -> None:
        self.dissection = dissection
        self.layers = tuple(named_layers(dissection))
        self._spans: dict[int, tuple[Span, ...]] = {}

    def spans(self, number: int) -> tuple[Span, ...]:
        """The fields of the layer of that number."""
        if number not in self._spans:
            self._spans[number] = self.layers[number][1].spans
        return self._spans[number]


def _forest(of: Dissection | Forest) -> Forest:
    return of if isinstance(of, Forest) else Forest(of)


class _Entry(NamedTuple):
    """What a line is made of; `above` is the number of its branch's line."""

    above: int | None
    key: str
    layer: Layer | None
    item: Layer | Span | Note
    is_open: bool = False


class TreeLines(Sequence[TreeLine]):
    """The lines that are open by default or by the user's choices; a `standard` stands in for the default."""

    def __init__(self, forest: Forest, choices: Mapping[Path, bool], *, standard: bool | None = None) -> None:
        self._entries: list[_Entry] = []
        self._made: dict[int, TreeLine] = {}
        self._places: dict[Path, int] = {}
        self._choices = choices
        self._standard = standard
        self._checks = {check.start * 8: check for check in forest.dissection.checks}
        notes = _notes_by_layer(forest.dissection)
        for number, (path, layer) in enumerate(forest.layers):
            is_open = self._is_open(path, _opens(layer))
            self._entries.append(_Entry(None, path[0], layer, layer, is_open))
            at = len(self._entries) - 1
            if is_open:
                self._add_fields(layer, forest.spans(number), path, at)
            self._entries += [_Entry(at, _note_key(note), layer, note) for note in notes.get(number, ())]
        self._entries += [_Entry(None, _note_key(note), None, note) for note in notes.get(-1, ())]

    def _add_fields(self, layer: Layer, spans: Sequence[Span], parent: Path, above: int) -> None:
        branches = sum(1 for span in spans if span.children)
        for key, span in named(spans):
            if not span.children:
                self._entries.append(_Entry(above, key, layer, span))
                continue
            path = (*parent, key)
            default = branches <= MANY_GROUPS and span.stop_bit - span.start_bit > SMALL_GROUP
            is_open = self._is_open(path, default)
            self._entries.append(_Entry(above, key, layer, span, is_open))
            if is_open:
                self._add_fields(layer, span.children, path, len(self._entries) - 1)

    def _is_open(self, path: Path, default: bool) -> bool:  # noqa: FBT001 - private, and the verb is in its name
        return self._choices.get(path, default if self._standard is None else self._standard)

    # As a sequence

    def __len__(self) -> int:
        return len(self._entries)

    @overload
    def __getitem__(self, index: int) -> TreeLine: ...
    @overload
    def __getitem__(self, index: slice) -> list[TreeLine]: ...
    def __getitem__(self, index: int | slice) -> TreeLine | list[TreeLine]:
        if isinstance(index, slice):
            return [self[each] for each in range(*index.indices(len(self)))]
        if not 0 <= index < len(self._entries):
            raise IndexError(index)
        if (line := self._made.get(index)) is None:
            line = self._made[index] = self._line(index)
        return line

    def place_of(self, path: Path) -> int | None:
        """The number of the line of a path, if it is to be seen."""
        if not self._places:
            paths: list[Path] = []
            for above, key, layer, *_ in self._entries:
                top = ("", key) if layer is None else (key,)
                paths.append(top if above is None else (*paths[above], key))
            self._places = {each: index for index, each in reversed(list(enumerate(paths)))}
        return self._places.get(path)

    def _line(self, index: int) -> TreeLine:
        entry = self._entries[index]
        above = self._above(index)
        path = (*(each.key for each in above), entry.key)
        item, layer = entry.item, entry.layer
        if isinstance(item, Note):
            at = item.position * 8
            return TreeLine(path if above else ("", entry.key), "", safe(item.text), at, at + 8, layer, note=item)
        if isinstance(item, Span):
            return TreeLine(
                path,
                safe(item.field.label),
                safe(item.shown),
                item.start_bit,
                item.stop_bit,
                layer,
                item,
                None if item.children else self._checks.get(item.start_bit),
                is_branch=bool(item.children),
                is_open=entry.is_open,
                groups=tuple(
                    (each.item.start_bit, each.item.stop_bit) for each in above if isinstance(each.item, Span)
                ),
            )
        label = ("quoted " if item.is_quoted else "") + TITLES.get(item.name, item.title)
        summary = safe(item.summary).removeprefix(f"{item.name} ")
        start, stop = item.start * 8, item.stop * 8
        return TreeLine(
            path, label, summary, start, stop, item, is_branch=True, is_open=entry.is_open, is_cut=_is_cut(item)
        )

    def _above(self, index: int) -> list[_Entry]:
        """The branches above a line, outermost first."""
        found: list[_Entry] = []
        above = self._entries[index].above
        while above is not None:
            found.insert(0, self._entries[above])
            above = found[0].above
        return found


def _bits(span: Span) -> tuple[int, int]:
    return span.start_bit, span.stop_bit


def tree_lines(packet: Dissection | Forest, choices: Mapping[Path, bool], *, standard: bool | None = None) -> TreeLines:
    """The lines of a packet."""
    return TreeLines(_forest(packet), choices, standard=standard)


def path_to(packet: Dissection | Forest, bit: int) -> Path | None:
    """The path of the innermost field that covers a bit, the same that `Dissection.span_at` finds."""
    forest = _forest(packet)
    for number in reversed(range(len(forest.layers))):
        found = _path_within(forest.spans(number), forest.layers[number][0], bit)
        if found is not None:
            return found
    return next((path for path, layer in forest.layers if layer.start <= bit // 8 < layer.stop), None)


def _path_within(spans: Sequence[Span], parent: Path, bit: int) -> Path | None:
    for key, span in named(spans):
        if span.start_bit <= bit < span.stop_bit:
            path = (*parent, key)
            return _path_within(span.children, path, bit) or path
    return None


def branches_below(packet: Dissection | Forest, path: Path) -> Iterator[Path]:
    """The path of a branch, and those of all branches in it."""
    forest = _forest(packet)
    for number, (own, _) in enumerate(forest.layers):
        if own == path[:1]:
            if len(path) == 1:
                yield own
            yield from _branches(forest.spans(number), own, path)


def _branches(spans: Sequence[Span], parent: Path, wanted: Path) -> Iterator[Path]:
    for key, span in named(spans):
        path = (*parent, key)
        size = min(len(path), len(wanted))
        if span.children and path[:size] == wanted[:size]:
            if len(path) >= len(wanted):
                yield path
            yield from _branches(span.children, path, wanted)


def issues(packet: Dissection | Forest) -> list[tuple[int, Path]]:
    """What deserves a look, in order, as (byte, path): notes, and bad checksums that no note tells of."""
    forest = _forest(packet)
    dissection = forest.dissection
    found: list[tuple[int, Path]] = []
    told = {note.position for note in dissection.notes}
    for number, notes in _notes_by_layer(dissection).items():
        parent = forest.layers[number][0] if number >= 0 else ("",)
        found += [(note.position, (*parent, _note_key(note))) for note in notes]
    for check in dissection.checks:
        if check.status is CheckStatus.BAD and check.start not in told:
            path = path_to(forest, check.start * 8)
            found += [(check.start, path)] if path is not None else []
    return sorted(found)


def named_layers(dissection: Dissection) -> Iterator[tuple[Path, Layer]]:
    """Each layer with its path."""
    seen: Counter[str] = Counter()
    for layer in dissection.layers:
        name = f"quoted {layer.name}" if layer.is_quoted else layer.name
        seen[name] += 1
        yield (f"{name} {seen[name]}",), layer


def named(spans: Sequence[Span]) -> Iterator[tuple[str, Span]]:
    """Each span with the last part of its path."""
    seen: dict[str, int] = {}
    for span in spans:
        name = span.field.name
        seen[name] = number = seen.get(name, 0) + 1
        yield f"{name} {number}", span


def _opens(layer: Layer) -> bool:
    """Whether a layer is open at first: all but the envelope and the payloads, whose lines say enough."""
    return layer.name != "data" and (layer.is_quoted or layer.name not in CARRIERS)


def _is_cut(layer: Layer) -> bool:
    return any(isinstance(part, Placed) and part.at + part.header.LAYOUT.size > part.stop for part in layer.parts)


def _notes_by_layer(dissection: Dissection) -> dict[int, list[Note]]:
    """The notes under the number of the layer that they stand below; -1 for those on no layer's bytes."""
    found: dict[int, list[Note]] = {}
    layers = dissection.layers
    for note in (*dissection.notes, *_quotation_end(dissection)):
        inside = (at for at in reversed(range(len(layers))) if layers[at].start <= note.position < layers[at].stop)
        found.setdefault(next(inside, -1), []).append(note)
    return found


def _quotation_end(dissection: Dissection) -> Iterator[Note]:
    """A note where a quotation ends before the datagram that it quotes, unless its last header says so already."""
    quoted = [layer for layer in dissection.layers if layer.is_quoted]
    if not quoted or quoted[0].name not in _LENGTHS or _is_cut(quoted[-1]):
        return
    name, added = _LENGTHS[quoted[0].name]
    length = next((span.value for span in quoted[0].spans if span.field.name == name), None)
    start, stop = quoted[0].start, max(layer.stop for layer in quoted)
    if isinstance(length, int) and length + added > stop - start:
        text = f"the quotation ends here: {stop - start} of {bytes_words(length + added)}"
        yield Note(Severity.NOTE, stop - 1, text)


#: Where an IP header says how long its datagram is, and the bytes that are not counted there.
_LENGTHS = {"ip": ("ip.len", 0), "ipv6": ("ipv6.plen", 40)}


def _note_key(note: Note) -> str:
    return f"note {note.position} {note.text}"


def place(line: TreeLine) -> str:
    """Where a line's bits stand, in words."""
    return place_words(line.start_bit, line.stop_bit)


def place_words(start_bit: int, stop_bit: int) -> str:
    """Where bits stand, in words: "byte 20", "bytes 12-15", "byte 6, bits 0-2"."""
    first, last = start_bit // 8, max(start_bit, stop_bit - 1) // 8
    where = f"byte {first}" if first == last else f"bytes {first}-{last}"
    if start_bit % 8 == 0 and stop_bit % 8 == 0:
        return where
    start, stop = start_bit - first * 8, stop_bit - 1 - first * 8
    return f"{where}, bit {start}" if start == stop else f"{where}, bits {start}-{stop}"
