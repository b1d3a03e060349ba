"""A packet that is there, changed in one field: what counted right before counts right afterwards.

A length that was true stays true, of a layer and of each element around the place; one that was wrong, on purpose or
not, is left alone. Checksums are made right where that is wanted.
"""

from collections.abc import Collection

from app.packet.composing.lengths import LENGTHS
from app.packet.composing.values import Assignment, ComposeError, absent, encoded
from app.packet.dissect import dissect
from app.packet.dissection import Branch, Dissection, Layer, Part, every
from app.packet.editing import spliced, with_checksums, with_field
from app.packet.layout import Span
from app.packet.link.linktype import LinkType

#: Layers that are no part of what lengths count.
_BEHIND = ("eth.padding", "eth.trailer", "trailer")
_LENGTH_NAMES = ("len", "length", "hlen")
_UNITS = (1, 8, 4)


def with_value(data: bytes, link: LinkType, span: Span, text: str, *, is_automatic: bool) -> bytes:
    """The packet with a field's value; a longer or shorter one moves what is behind it. Raises ComposeError."""
    value = encoded(span, text)
    width = span.stop_bit - span.start_bit
    if isinstance(value, int) or len(value) * 8 == width:
        return with_field(data, span.start_bit, span.stop_bit, value)
    if span.field.number >= 0:
        if span.field.kind == "text" and len(value) * 8 < width:
            return with_field(data, span.start_bit, span.stop_bit, value.ljust(width // 8, b"\0"))
        raise ComposeError(f"{span.field.name} has {width // 8} bytes, and not {len(value)}")
    start, stop = span.start_bit // 8, span.stop_bit // 8
    if isinstance(span.value, str) and data[start:stop].endswith(b"\0") and not value.endswith(b"\0"):
        value += b"\0"
    before = dissect(data, link)
    changed = spliced(data, start, stop, value)
    return _recounted(before, changed, start, len(value) - (stop - start)) if is_automatic else changed


def edited(
    data: bytes, link: LinkType, assignments: Collection[Assignment], kept: frozenset[int] = frozenset()
) -> tuple[bytes, frozenset[int]]:
    """The packet with all of these, lengths and checksums right but for those that are given; and where these are."""
    for each in assignments:
        spans = [span for layer in _layers(data, link, each) for span in layer.spans_named(each.name)]
        if not spans:
            raise absent(each, "is not in this packet")
        data = with_value(data, link, spans[0], each.text, is_automatic=True)
        if any(check.start * 8 == spans[0].start_bit for check in dissect(data, link).checks):
            kept |= {spans[0].start_bit // 8}
        data = with_checksums(data, link, kept)
    return data, kept


def _layers(data: bytes, link: LinkType, each: Assignment) -> list[Layer]:
    """The layers that have such a field, or the one of them that is meant."""
    found = [layer for layer in dissect(data, link).layers if any(True for _ in layer.spans_named(each.name))]
    return found if each.ordinal is None else found[each.ordinal - 1 : each.ordinal]


def _recounted(before: Dissection, data: bytes, place: int, more: int) -> bytes:
    """`data`, which has `more` bytes at `place`, with lengths that count them as those of `before` counted."""
    end = next((layer.start for layer in before.layers if layer.name in _BEHIND), len(before.data))
    for layer in before.layers:
        if layer.start > place:
            continue
        inside = more if place < layer.stop else 0
        for span in every(layer.spans):
            length = LENGTHS.get(span.field.name)
            if length is not None and span.value == length(layer.stop - layer.start, end - layer.stop):
                value = length(layer.stop - layer.start + inside, end - layer.stop + more - inside)
                data = _recount(data, span, value, place, more)
        data = _recounted_parts(layer.parts, data, place, more)
    return data


def _recounted_parts(parts: tuple[Part, ...], data: bytes, place: int, more: int) -> bytes:
    for part in parts:
        if not isinstance(part, Branch) or not part.start <= place < part.stop:
            continue
        size = part.stop - part.start
        for span in every(part.spans()):
            if span.stop_bit <= place * 8 and span.field.name.rpartition(".")[2].rpartition("_")[2] in _LENGTH_NAMES:
                value = _counting(span, size, size + more)
                if value is not None:
                    data = _recount(data, span, value, place, more)
        data = _recounted_parts(part.parts, data, place, more)
    return data


def _counting(span: Span, before: int, after: int) -> int | None:
    """What a length says of an element of `after` bytes that said so of `before`; None where it counts otherwise."""
    if not isinstance(span.value, int):
        return None
    for unit in _UNITS:
        left_out = before - span.value * unit
        if 0 <= left_out <= span.start_bit // 8 + 8 and left_out < before and (after - left_out) % unit == 0:
            return (after - left_out) // unit
    return None


def _recount(data: bytes, span: Span, value: int, place: int, more: int) -> bytes:
    shift = more * 8 if span.start_bit >= place * 8 else 0
    if not 0 <= value < 1 << (span.stop_bit - span.start_bit):
        raise ComposeError(f"{span.field.name} cannot count that much")
    return with_field(data, span.start_bit + shift, span.stop_bit + shift, value)
