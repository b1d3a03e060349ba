"""The seam for editing a packet and sending it again: a field changed in its bits, checksums mended, headers rebuilt.

Nothing here knows a protocol: places come from a Dissection, and right checksums from its verdicts.
"""

from collections.abc import Container

from app.packet.dissect import dissect
from app.packet.dissection import Branch, Check, CheckStatus, Dissection, Part, Placed
from app.packet.errors import PacketError
from app.packet.link.linktype import LinkType

#: Checksums within checksums: more than this many passes mend nothing.
_MOST_PASSES = 64
_CHECKSUM_BITS = 16


def with_field(data: bytes, start_bit: int, stop_bit: int, value: int | bytes) -> bytes:
    """`data` with bits [start_bit, stop_bit) replaced. Raises PacketError where `value` does not fit there."""
    width = stop_bit - start_bit
    if not 0 <= start_bit < stop_bit <= len(data) * 8:
        raise PacketError(f"bits {start_bit} to {stop_bit} are not within {len(data)} bytes")
    if isinstance(value, bytes):
        if len(value) * 8 != width:
            raise PacketError(f"{len(value)} bytes do not fill {width} bits")
        value = int.from_bytes(value, "big")
    if not 0 <= value < 1 << width:
        raise PacketError(f"{value} does not fit {width} bits")
    first, last = start_bit // 8, -(-stop_bit // 8)
    below = last * 8 - stop_bit
    mask = ((1 << width) - 1) << below
    word = int.from_bytes(data[first:last], "big") & ~mask | value << below
    return data[:first] + word.to_bytes(last - first, "big") + data[last:]


def spliced(data: bytes, start: int, stop: int, value: bytes) -> bytes:
    """`data` with bytes [start, stop) replaced by others, however many. Raises PacketError where these are not."""
    if not 0 <= start <= stop <= len(data):
        raise PacketError(f"bytes {start} to {stop} are not within {len(data)} bytes")
    return data[:start] + value + data[stop:]


def with_checksums(data: bytes, link: LinkType = LinkType.RAW, kept: Container[int] = ()) -> bytes:
    """`data` with every checksum made right that can be verified, the innermost first: outer ones cover inner ones.

    Those that stand at the bytes `kept` stay as they are, and are covered as they are.
    """
    for _ in range(_MOST_PASSES):
        dissection = dissect(data, link)
        wrong = [check for check in dissection.checks if _can_be_mended(check) and check.start not in kept]
        if not wrong:
            break
        mended = _mended(dissection, max(wrong, key=lambda check: check.start))
        if mended == data:
            break
        data = mended
    return data


def _can_be_mended(check: Check) -> bool:
    return check.status is CheckStatus.BAD and check.expected is not None


def _mended(dissection: Dissection, check: Check) -> bytes:
    assert check.expected is not None
    start = check.start * 8
    span = dissection.span_at(start)
    width = span.stop_bit - start if span is not None and span.start_bit == start else _CHECKSUM_BITS
    if check.expected >> width:
        return dissection.data
    return with_field(dissection.data, start, start + width, check.expected)


def rebuilt(dissection: Dissection) -> bytes:
    """The bytes with every declared header built anew over its place; equal to `dissection.data`, or a bug.

    What no declaration covers (options, payloads) is taken over; of a header that was cut, what was there.
    """
    data = bytearray(dissection.data)
    for layer in dissection.layers:
        _rebuild(data, layer.parts)
    return bytes(data)


def _rebuild(data: bytearray, parts: tuple[Part, ...]) -> None:
    for part in parts:
        if isinstance(part, Branch):
            _rebuild(data, part.parts)
        elif isinstance(part, Placed):
            built = part.header.build()
            stop = min(part.at + len(built), part.stop, len(data))
            data[part.at : stop] = built[: stop - part.at]
