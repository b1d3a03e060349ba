"""The newer capture format: draft-ietf-opsawg-pcapng, read in both byte orders and written in ours.

Read are section headers, interface descriptions and packets (enhanced, simple and the obsolete kind);
other blocks are passed over. Written is one section with one interface of whole IP datagrams.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from app.packet.capture.captured import CapturedPacket, CaptureError, Source, Way
from app.packet.link.reader import LinkType
from app.packet.text import safe_bytes

SECTION_HEADER = bytes.fromhex("0a0d0d0a")
_INTERFACE, _OBSOLETE, _SIMPLE, _ENHANCED = 1, 2, 3, 6
_BYTE_ORDERS = {bytes.fromhex("1a2b3c4d"): ">", bytes.fromhex("4d3c2b1a"): "<"}
_END, _COMMENT = 0, 1
_NAME, _DESCRIPTION, _RESOLUTION, _OFFSET = 2, 3, 9, 14
_FLAGS, _APPLICATION = 2, 4
#: The two lowest bits of the flags (section 4.3.1).
_WAYS = {1: Way.IN, 2: Way.OUT}
_FLAG_OF = {Way.IN: 1, Way.OUT: 2}
#: "if_tsresol ... if this option is not present, a resolution of 10^-6 is assumed" (section 4.2).
_MICROSECONDS = 6
_NANOSECONDS = 9


@dataclass(frozen=True, slots=True)
class _Interface:
    link: LinkType
    name: str
    resolution: int = _MICROSECONDS
    offset: int = 0  #: seconds to be added
    snap: int = 0

    def nanoseconds(self, stamp: int) -> int:
        """A stamp in this interface's units as nanoseconds since the epoch."""
        is_power_of_two, exponent = self.resolution & 0x80, self.resolution & 0x7F
        units = 1 << exponent if is_power_of_two else 10**exponent
        return self.offset * 1_000_000_000 + stamp * 1_000_000_000 // units


@dataclass(slots=True)
class _Section:
    order: str
    interfaces: list[_Interface] = field(default_factory=list)

    def unpack(self, fields: str, body: bytes, at: int = 0) -> tuple[int, ...]:
        """Numbers in the section's byte order."""
        return struct.unpack_from(self.order + fields, body, at)

    def options(self, body: bytes, at: int) -> dict[int, bytes]:
        """The options behind byte `at` of a block, the first of each code; a list that is cut ends there."""
        options: dict[int, bytes] = {}
        while at + 4 <= len(body):
            code, size = self.unpack("HH", body, at)
            at += 4
            if code == _END or at + size > len(body):
                break
            options.setdefault(code, body[at : at + size])
            at += size + -size % 4
        return options


def read_pcapng(source: Source) -> Iterator[CapturedPacket]:
    """The packets behind the first section header's type, which was read already."""
    section = _section(source)
    readers = {_ENHANCED: _enhanced, _SIMPLE: _simple, _OBSOLETE: _obsolete}
    while head := source.take_some(4):
        if head == SECTION_HEADER:
            section = _section(source)
            continue
        at = source.position - len(head)
        kind = section.unpack("I", head + source.take(4 - len(head), "a block"))[0]
        size = section.unpack("I", source.take(4, "a block"))[0]
        if size < 12 or size % 4:
            raise CaptureError(f"at byte {at}: a block claims {size} bytes, which no block has")
        body = source.take(size - 8, "a block")[:-4]
        try:
            if kind == _INTERFACE:
                section.interfaces.append(_interface(section, body))
            elif kind in readers:
                yield readers[kind](section, body)
        except (struct.error, IndexError):
            raise CaptureError(f"at byte {at}: a block of type {kind} is too short or names no interface") from None


def _section(source: Source) -> _Section:
    at = source.position - 4
    size = source.take(4, "a section header")
    order = _BYTE_ORDERS.get(source.take(4, "a section header"))
    if order is None:
        raise CaptureError(f"at byte {at}: a section header without its byte-order magic")
    length = struct.unpack(order + "I", size)[0]
    if length < 28 or length % 4:
        raise CaptureError(f"at byte {at}: a section header claims {length} bytes, which none has")
    source.take(length - 12, "a section header")
    return _Section(order)


def _interface(section: _Section, body: bytes) -> _Interface:
    link, _, snap = section.unpack("HHI", body)
    options = section.options(body, 8)
    name = options.get(_NAME) or options.get(_DESCRIPTION) or b""
    offset = options.get(_OFFSET, b"")
    return _Interface(
        LinkType(link),
        safe_bytes(name.rstrip(b"\0")) or str(len(section.interfaces)),
        (options.get(_RESOLUTION) or bytes((_MICROSECONDS,)))[0],
        section.unpack("q", offset)[0] if len(offset) == 8 else 0,
        snap,
    )


def _enhanced(section: _Section, body: bytes) -> CapturedPacket:
    index, high, low, captured, length = section.unpack("IIIII", body)
    return _packet(section, body, index, (high << 32 | low, captured, length))


def _obsolete(section: _Section, body: bytes) -> CapturedPacket:
    index, _, high, low, captured, length = section.unpack("HHIIII", body)
    return _packet(section, body, index, (high << 32 | low, captured, length))


def _packet(section: _Section, body: bytes, index: int, told: tuple[int, int, int]) -> CapturedPacket:
    stamp, captured, length = told
    interface = section.interfaces[index]
    if 20 + captured > len(body):
        raise IndexError
    options = section.options(body, 20 + captured + -captured % 4)
    flags = options.get(_FLAGS, b"")
    return CapturedPacket(
        interface.nanoseconds(stamp),
        body[20 : 20 + captured],
        length,
        interface.link,
        safe_bytes(options.get(_COMMENT, b"")),
        _WAYS.get(section.unpack("I", flags)[0] & 3) if len(flags) == 4 else None,
        interface.name,
    )


def _simple(section: _Section, body: bytes) -> CapturedPacket:
    length = section.unpack("I", body)[0]
    interface = section.interfaces[0]
    captured = min(length, interface.snap or length)
    return CapturedPacket(None, body[4 : 4 + captured], length, interface.link, interface=interface.name)


class PcapngWriter:
    """Writes whole IP datagrams as they come. Every call leaves a complete file behind. Used by one thread."""

    def __init__(self, file: BinaryIO, *, application: str = "hopscope", interface: str = "hopscope") -> None:
        self._file = file
        self._write(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1) + _options((_APPLICATION, application)))
        described = struct.pack("<HHI", LinkType.RAW, 0, 0)
        self._write(_INTERFACE, described + _options((_NAME, interface), (_RESOLUTION, bytes((_NANOSECONDS,)))))

    def write(self, time_ns: int, data: bytes, direction: Way | None = None, comment: str = "") -> None:
        """Append one datagram, taken at `time_ns` since the epoch. Raises OSError where the file takes no more."""
        told: list[tuple[int, str | bytes]] = [(_COMMENT, comment)] if comment else []
        if direction is not None:
            told.append((_FLAGS, struct.pack("<I", _FLAG_OF[direction])))
        head = struct.pack("<IIIII", 0, time_ns >> 32, time_ns & 0xFFFFFFFF, len(data), len(data))
        self._write(_ENHANCED, head + data + bytes(-len(data) % 4) + (_options(*told) if told else b""))

    def _write(self, kind: int, body: bytes) -> None:
        """One block, in one piece: whoever reads the file while it grows never sees half of one for long."""
        size = len(body) + 12
        self._file.write(struct.pack("<II", kind, size) + body + struct.pack("<I", size))
        self._file.flush()


def _options(*told: tuple[int, str | bytes]) -> bytes:
    """Options and their end, each padded to 32 bits."""
    pieces = []
    for code, value in told:
        data = (value.encode() if isinstance(value, str) else value)[:0xFFFF]
        pieces.append(struct.pack("<HH", code, len(data)) + data + bytes(-len(data) % 4))
    return b"".join(pieces) + struct.pack("<HH", _END, 0)
