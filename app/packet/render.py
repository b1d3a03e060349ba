"""A Dissection as text and as the documents of `hopscope decode`: pure strings, nothing unsafe in them."""

import json
from collections.abc import Iterator
from json.encoder import encode_basestring_ascii
from typing import Any

from app.packet.dissection import Branch, Check, Dissection, Layer, Note, Part, Placed
from app.packet.layout import Span, Value
from app.packet.text import safe

#: Bytes in a line of a hex dump.
HEX_WIDTH = 16


def packet_json(frame: int, time_ns: int | None, length: int, link: str, dissection: Dissection) -> str:
    """The line that `decode --json` prints for a packet; `length` is that on the wire."""
    time = "null" if time_ns is None else time_ns
    layers = ",".join([_layer_json(layer) for layer in dissection.layers])
    checks = ",".join([_check_json(check) for check in dissection.checks])
    notes = ",".join([_note_json(note) for note in dissection.notes])
    return (
        f'{{"frame":{frame},"time_ns":{time},"length":{length},"captured":{len(dissection.data)},"link":"{link}",'
        f'"layers":[{layers}],"checks":[{checks}],"notes":[{notes}]}}'
    )


def packet_document(frame: int, time_ns: int | None, length: int, link: str, dissection: Dissection) -> dict[str, Any]:
    """The same as an object."""
    document: dict[str, Any] = json.loads(packet_json(frame, time_ns, length, link, dissection))
    return document


def _layer_json(layer: Layer) -> str:
    layout, start, stop, parts, words, is_quoted = layer
    shown = encode_basestring_ascii(safe(words if isinstance(words, str) else words()))
    return (
        f'{{"name":"{layout.name}","pos":{start},"size":{stop - start},"value":null,"shown":{shown},'
        f'"quoted":{"true" if is_quoted else "false"},"fields":[{_parts_json(parts)}]}}'
    )


def _parts_json(parts: tuple[Part, ...]) -> str:
    return ",".join([text for part in parts if (text := _part_json(part))])


def _part_json(part: Part) -> str:
    if isinstance(part, Placed):
        header, at, stop, words = part
        if not words and at + header.LAYOUT.size <= stop:
            return header.JSON[at](header)
        return ",".join([_span_json(span) for span in part.spans()])
    if isinstance(part, Branch):
        return (
            f'{{"name":"{part.name}","pos":{part.start},"size":{part.stop - part.start},'
            f'"value":{_value_json(part.value)},"shown":{encode_basestring_ascii(safe(part.shown))},"fields":[{_parts_json(part.parts)}]}}'
        )
    return _span_json(part)


def _span_json(span: Span) -> str:
    start, stop = span.start_bit, span.stop_bit
    bits = f',"bits":[{start},{stop - start}]' if start % 8 or stop % 8 else ""
    fields = f',"fields":[{",".join([_span_json(child) for child in span.children])}]' if span.children else ""
    return (
        f'{{"name":"{span.field.name}","pos":{start // 8},"size":{(stop + 7) // 8 - start // 8}{bits},'
        f'"value":{_value_json(span.value)},"shown":{encode_basestring_ascii(safe(span.shown))}{fields}}}'
    )


def _check_json(check: Check) -> str:
    expected = "null" if check.expected is None else check.expected
    return f'{{"pos":{check.start},"status":"{check.status.value}","expected":{expected}}}'


def _note_json(note: Note) -> str:
    text = encode_basestring_ascii(safe(note.text))
    return f'{{"pos":{note.position},"severity":"{note.severity.value}","text":{text}}}'


def _value_json(value: Value | None) -> str:
    """A value as JSON can hold it: bytes as hexadecimal digits, addresses as `ipaddress` prints them."""
    if isinstance(value, bytes):
        return f'"{value.hex()}"'
    if value is None:
        return "null"
    return str(int(value)) if isinstance(value, int) else encode_basestring_ascii(safe(str(value)))


def summary_line(dissection: Dissection) -> str:
    """One line: who to whom, and what it says."""
    source, destination = dissection.ends
    if not source:
        return safe(f"{dissection.protocol}: {dissection.summary}")
    return safe(f"{source} → {destination}  {dissection.summary}")


def tree_lines(dissection: Dissection) -> Iterator[str]:
    """The field tree: a line a layer, a line a field, deeper ones further right, notes where they belong."""
    checks = {check.start * 8: check for check in dissection.checks}
    for layer in dissection.layers:
        quoted = "quoted " if layer.is_quoted else ""
        size = layer.stop - layer.start
        yield safe(f"{quoted}{layer.title}: {layer.summary}  [bytes {layer.start}..{layer.stop - 1}, {size}]")
        yield from _span_lines(layer.spans, checks, 1)
    for note in dissection.notes:
        yield safe(f"{note.severity.value} at byte {note.position}: {note.text}")


def _span_lines(spans: tuple[Span, ...], checks: dict[int, Check], depth: int) -> Iterator[str]:
    for span in spans:
        check = checks.get(span.start_bit) if span.stop_bit - span.start_bit == 16 else None
        verdict = f"  {check_words(check)}" if check else ""
        said = f": {span.shown}{verdict}" if span.shown or verdict else ""
        yield safe(f"{'    ' * depth}{span.field.label}{said}")
        yield from _span_lines(span.children, checks, depth + 1)


def check_words(check: Check) -> str:
    """The verdict on a checksum: "good", "bad, should be 0x1234" and so on."""
    if check.expected is None:
        return check.status.value
    return f"{check.status.value}, should be 0x{check.expected:04x}"


def hex_lines(data: bytes, width: int = HEX_WIDTH) -> Iterator[str]:
    """A hex dump: offset, bytes in two halves, and their ASCII between bars, which no reader takes for bytes."""
    half = width // 2
    for start in range(0, len(data), width):
        row = data[start : start + width]
        left, right = row[:half].hex(" "), row[half:].hex(" ")
        text = "".join(chr(byte) if 0x20 <= byte < 0x7F else "." for byte in row)
        yield f"{start:04x}  {left:<{half * 3 - 1}}  {right:<{half * 3 - 1}}  |{text}|"
