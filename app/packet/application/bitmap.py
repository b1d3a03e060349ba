"""Bitmaps of record types, as NSEC, NSEC3, CSYNC and NXT have them (RFC 4034, section 4.1.2)."""

from app.packet.application.dns import RecordType
from app.packet.application.pieces import Message, named_field
from app.packet.dissection import Branch, Part
from app.packet.layout import Span

_TYPE = named_field("dns.resp.type", "type", 1, registry=RecordType)
_WINDOW = named_field("dns.bitmap.window", "window", 1)
_LENGTH = named_field("dns.bitmap.length", "length", 1)
#: A bitmap has 256 windows of at most 32 bytes.
_MOST_BYTES = 32


def read_windows(message: Message, at: int, stop: int) -> tuple[list[Part], int]:
    """Windows of 256 types each."""
    parts: list[Part] = []
    while at + 2 <= stop and message.left > 0:
        window, size = message.data[at], message.data[at + 1]
        if not 0 < size <= _MOST_BYTES or at + 2 + size > stop:
            break
        parts.append(Span(_WINDOW, at * 8, at * 8 + 8, window))
        parts.append(Span(_LENGTH, at * 8 + 8, at * 8 + 16, size))
        parts += _types(message, at + 2, at + 2 + size, window * 256)
        at += 2 + size
    return parts, at


def read_plain_bitmap(message: Message, at: int, stop: int) -> tuple[list[Part], int]:
    """The types below 128 of the obsolete NXT record (RFC 2535, section 5.2)."""
    end = min(stop, at + 16)
    return list(_types(message, at, end, 0)), end


def _types(message: Message, at: int, stop: int, first: int) -> list[Part]:
    """A heading for each byte with set bits, and under it a span of one bit for each type."""
    parts: list[Part] = []
    for place in range(at, stop):
        byte = message.data[place]
        known = [first + (place - at) * 8 + bit for bit in range(8) if byte & 0x80 >> bit]
        if not known or message.left <= 0:
            continue
        start = place * 8 - first - (place - at) * 8
        types = tuple(
            Span(_TYPE, start + number, start + number + 1, number, RecordType(number).words) for number in known
        )
        told = " ".join(span.shown for span in types)
        parts.append(Branch("dns.resp.type", "types", place, place + 1, types, told))
        message.left -= len(types) + 1
    return parts
