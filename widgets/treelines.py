"""A dissection as the lines of a tree: layers, their fields, the fields within those, and the notes.

A line is named by its path, made of filter names, and not by its place: what was opened in one packet
is open in the next. Positions are bits from the first bit of the datagram.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from app.packet.dissection import Check, Dissection, Layer, Note
from app.packet.layout import Span
from app.packet.text import safe

Path: TypeAlias = tuple[str, ...]

#: What the layers met most are called; the others by their titles.
TITLES = {"ip": "IPv4", "ipv6": "IPv6", "icmp": "ICMP", "icmpv6": "ICMPv6", "udp": "UDP", "tcp": "TCP"}
#: Groups of up to so many bits are closed until they are asked for: what matters of them stands on their line.
SMALL_GROUP = 16


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

    @property
    def depth(self) -> int:
        """How far to the right the line stands."""
        return len(self.path) - 1


def tree_lines(dissection: Dissection, choices: Mapping[Path, bool]) -> list[TreeLine]:
    """The lines that are open by default or by the choices of the user."""
    lines: list[TreeLine] = []
    checks = {check.start * 8: check for check in dissection.checks}
    notes = list(dissection.notes)
    for path, layer in _named_layers(dissection):
        is_open = choices.get(path, _opens(path, layer))
        label = ("quoted " if layer.is_quoted else "") + TITLES.get(layer.name, layer.title)
        summary = safe(layer.summary).removeprefix(f"{layer.name} ")
        start, stop = layer.start * 8, layer.stop * 8
        lines.append(TreeLine(path, label, summary, start, stop, layer, is_branch=True, is_open=is_open))
        if is_open:
            lines += _fields(layer, layer.spans, path, choices, checks)
        own = [note for note in notes if dissection.layer_at(note.position) is layer]
        lines += [_note_line(note, path, layer) for note in own]
        notes = [note for note in notes if note not in own]
    return lines + [_note_line(note, ("",), None) for note in notes]


def path_to(dissection: Dissection, bit: int) -> Path | None:
    """The path of the innermost field that covers a bit, the same that `Dissection.span_at` finds."""
    for path, layer in reversed(list(_named_layers(dissection))):
        found = _path_within(layer.spans, path, bit)
        if found is not None:
            return found
    return next((path for path, layer in _named_layers(dissection) if layer.start <= bit // 8 < layer.stop), None)


def _path_within(spans: Sequence[Span], parent: Path, bit: int) -> Path | None:
    for path, span in _named(spans, parent):
        if span.start_bit <= bit < span.stop_bit:
            return _path_within(span.children, path, bit) or path
    return None


def _named_layers(dissection: Dissection) -> Iterator[tuple[Path, Layer]]:
    seen: Counter[str] = Counter()
    for layer in dissection.layers:
        name = f"quoted {layer.name}" if layer.is_quoted else layer.name
        seen[name] += 1
        yield (f"{name} {seen[name]}",), layer


def _named(spans: Sequence[Span], parent: Path) -> Iterator[tuple[Path, Span]]:
    seen: Counter[str] = Counter()
    for span in spans:
        seen[span.field.name] += 1
        yield (*parent, f"{span.field.name} {seen[span.field.name]}"), span


def _opens(path: Path, layer: Layer) -> bool:
    """Whether a layer is open at first: all but the envelope and the payloads, whose lines say enough."""
    return layer.name != "data" and path[0] not in ("ip 1", "ipv6 1")


def _fields(
    layer: Layer, spans: Sequence[Span], parent: Path, choices: Mapping[Path, bool], checks: Mapping[int, Check]
) -> Iterator[TreeLine]:
    for path, span in _named(spans, parent):
        is_branch = bool(span.children)
        is_open = is_branch and choices.get(path, span.stop_bit - span.start_bit > SMALL_GROUP)
        yield TreeLine(
            path,
            safe(span.field.label),
            safe(span.shown),
            span.start_bit,
            span.stop_bit,
            layer,
            span,
            None if is_branch else checks.get(span.start_bit),
            is_branch=is_branch,
            is_open=is_open,
        )
        if is_open:
            yield from _fields(layer, span.children, path, choices, checks)


def _note_line(note: Note, parent: Path, layer: Layer | None) -> TreeLine:
    path = (*parent, f"note {note.position} {note.text}")
    return TreeLine(path, "", safe(note.text), note.position * 8, note.position * 8 + 8, layer, note=note)


def place(line: TreeLine) -> str:
    """Where a line's bits stand, in words: "byte 20", "bytes 12-15", "byte 6, bits 0-2"."""
    first, last = line.start_bit // 8, max(line.start_bit, line.stop_bit - 1) // 8
    where = f"byte {first}" if first == last else f"bytes {first}-{last}"
    if line.start_bit % 8 == 0 and line.stop_bit % 8 == 0:
        return where
    start, stop = line.start_bit - first * 8, line.stop_bit - 1 - first * 8
    return f"{where}, bit {start}" if start == stop else f"{where}, bits {start}-{stop}"
