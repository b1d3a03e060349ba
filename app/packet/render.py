"""A Dissection as text and as the documents of `hopscope decode`: pure strings, nothing unsafe in them."""

from collections.abc import Iterator
from typing import Any

from app.packet.dissection import Check, Dissection, Layer
from app.packet.layout import Span, Value
from app.packet.text import safe

#: Bytes in a line of a hex dump.
HEX_WIDTH = 16


def packet_document(frame: int, time_ns: int | None, length: int, link: str, dissection: Dissection) -> dict[str, Any]:
    """The object that `decode --json` prints for a packet; `length` is that on the wire."""
    return {
        "frame": frame,
        "time_ns": time_ns,
        "length": length,
        "captured": len(dissection.data),
        "link": link,
        "layers": [_layer_document(layer) for layer in dissection.layers],
        "checks": [_check_document(check) for check in dissection.checks],
        "notes": [
            {"pos": note.position, "severity": note.severity.value, "text": safe(note.text)}
            for note in dissection.notes
        ],
    }


def _layer_document(layer: Layer) -> dict[str, Any]:
    return {
        "name": layer.name,
        "pos": layer.start,
        "size": layer.stop - layer.start,
        "value": None,
        "shown": safe(layer.summary),
        "quoted": layer.is_quoted,
        "fields": [_span_document(span) for span in layer.spans],
    }


def _span_document(span: Span) -> dict[str, Any]:
    start, stop = span.start_bit, span.stop_bit
    document: dict[str, Any] = {"name": span.field.name, "pos": start // 8, "size": (stop + 7) // 8 - start // 8}
    if start % 8 or stop % 8:
        document["bits"] = [start, stop - start]
    document["value"] = _plain(span.value)
    document["shown"] = safe(span.shown)
    if span.children:
        document["fields"] = [_span_document(child) for child in span.children]
    return document


def _check_document(check: Check) -> dict[str, Any]:
    return {"pos": check.start, "status": check.status.value, "expected": check.expected}


def _plain(value: Value | None) -> int | str | None:
    """A value as JSON can hold it: bytes as hexadecimal digits, addresses as `ipaddress` prints them."""
    if isinstance(value, bytes):
        return value.hex()
    if value is None or isinstance(value, int):
        return value
    return safe(str(value))


def summary_line(dissection: Dissection) -> str:
    """One line: who to whom, and what it says."""
    if not dissection.source:
        return safe(f"{dissection.protocol}: {dissection.summary}")
    return safe(f"{dissection.source} → {dissection.destination}  {dissection.summary}")


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
        yield safe(f"{'    ' * depth}{span.field.label}: {span.shown}{verdict}".rstrip(": "))
        yield from _span_lines(span.children, checks, depth + 1)


def check_words(check: Check) -> str:
    """The verdict on a checksum: "good", "bad, should be 0x1234" and so on."""
    if check.expected is None:
        return check.status.value
    return f"{check.status.value}, should be 0x{check.expected:04x}"


def hex_lines(data: bytes, width: int = HEX_WIDTH) -> Iterator[str]:
    """A hex dump: offset, bytes in two halves, and the printable ASCII of them."""
    half = width // 2
    for start in range(0, len(data), width):
        row = data[start : start + width]
        left, right = row[:half].hex(" "), row[half:].hex(" ")
        text = "".join(chr(byte) if 0x20 <= byte < 0x7F else "·" for byte in row)
        yield f"{start:04x}  {left:<{half * 3 - 1}}  {right:<{half * 3 - 1}}  {text}"
