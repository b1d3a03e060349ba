"""Capture files as hopscope writes them: pcapng with all that is known of a packet, or pcap for older readers.

Both have nanoseconds. Whatever is written goes out in whole records, so that a reader of a growing file
never waits for half of one. Writers do not close their files.
"""

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address, ip_address
from typing import BinaryIO, Protocol

from app.packet.capture import blocks
from app.packet.capture.blocks import BlockType
from app.packet.capture.captured import CapturedPacket, CaptureError, Way
from app.packet.link.linktype import LinkType

_FLAG_OF = {Way.IN: 1, Way.OUT: 2}
_NANOSECONDS = 9
_LARGEST_STAMP = 0xFFFF_FFFF_FFFF_FFFE
_SECOND = 1_000_000_000
_WHOLE_SECTION = -1  #: the length of a section that ends where the next one begins
_NAMES_IN_A_BLOCK = 1000
_PCAP_NANOSECONDS = 0xA1B23C4D
_NO_LIMIT = 262_144  #: the snap length that says that packets are whole


class CaptureWriter(Protocol):
    """Takes packets one after another. Every call leaves a complete file behind. Used by one thread."""

    def write(self, packet: CapturedPacket) -> None:
        """Append a packet. Raises OSError where the file takes no more, CaptureError where the format cannot."""

    def finish(self) -> None:
        """Add what is known only at the end. Raises OSError."""


def writer_for(name: str, file: BinaryIO, *, link: LinkType | None = None, system: str = "") -> CaptureWriter:
    """The writer of the format that a file's name asks for: pcap for ".pcap", else pcapng.

    pcap is begun at once where the one link type is known, pcapng tells of the system it was written on.
    """
    if name.lower().endswith(".pcap"):
        return PcapWriter(file, link)
    return PcapngWriter(file, system=system)


@dataclass(slots=True)
class _Count:
    """What was written of one interface."""

    number: int
    packets: int = 0
    first_at: int = 0
    last_at: int = 0


class PcapngWriter:
    """Writes pcapng. Interfaces are told apart by link type and name, and described before their first packet."""

    def __init__(self, file: BinaryIO, *, application: str = "hopscope", system: str = "") -> None:
        self._file = file
        told = [(blocks.SYSTEM, system)] if system else []
        self._section = struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, _WHOLE_SECTION) + _options(
            *told, (blocks.APPLICATION, application)
        )
        self._counts: dict[tuple[LinkType, str, int], _Count] = {}
        self._begin_section()

    def _begin_section(self) -> None:
        self._counts.clear()
        self._write(BlockType.SECTION_HEADER, self._section)

    def describe(self, link: LinkType, name: str, *, snap: int = 0) -> int:
        """The number of an interface, which is described where it is new."""
        key = (link, name, snap)
        if key not in self._counts:
            self._counts[key] = _Count(len(self._counts))
            told = [(blocks.NAME, name)] if name else []
            options = _options(*told, (blocks.RESOLUTION, bytes((_NANOSECONDS,))))
            self._write(BlockType.INTERFACE_DESCRIPTION, struct.pack("<HHI", link, 0, snap) + options)
        return self._counts[key].number

    def write(self, packet: CapturedPacket) -> None:
        """Append a packet. A time before 1970 becomes 1970's first moment."""
        if packet.time_ns is None:
            self._write_simple(packet)
            return
        # An interface without a name is called by its number, which is not its name.
        name = "" if packet.interface == str(packet.interface_number) else packet.interface
        index = self.describe(packet.link, name)
        at, data = max(0, min(packet.time_ns, _LARGEST_STAMP)), packet.data
        head = struct.pack("<IIIII", index, at >> 32, at & 0xFFFFFFFF, len(data), packet.length)
        self._write(BlockType.ENHANCED_PACKET, head + _padded(data) + _options(*_told(packet)))
        count = self._counts[packet.link, name, 0]
        count.first_at = min(count.first_at, at) if count.packets else at
        count.last_at = max(count.last_at, at)
        count.packets += 1

    def _write_simple(self, packet: CapturedPacket) -> None:
        """A packet without a time: only simple packets have none, and they are of their section's first interface."""
        name = "" if packet.interface == str(packet.interface_number) else packet.interface
        snap = len(packet.data) if len(packet.data) < packet.length else 0
        key = (packet.link, name, snap)
        if key not in self._counts or self._counts[key].number:
            self.finish()
            self._begin_section()
            self.describe(packet.link, name, snap=snap)
        self._write(BlockType.SIMPLE_PACKET, struct.pack("<I", packet.length) + _padded(packet.data))

    def write_names(self, names: Mapping[str, str]) -> None:
        """Append the names of addresses."""
        records = [_name_record(address, name) for address, name in names.items() if name]
        for first in range(0, len(records), _NAMES_IN_A_BLOCK):
            told = records[first : first + _NAMES_IN_A_BLOCK]
            self._write(BlockType.NAME_RESOLUTION, b"".join(told) + bytes(4))

    def finish(self) -> None:
        """Append the counters of the section's interfaces."""
        for count in self._counts.values():
            if count.packets:
                first, last = (struct.pack("<II", at >> 32, at & 0xFFFFFFFF) for at in (count.first_at, count.last_at))
                delivered = struct.pack("<Q", count.packets)
                told = _options((blocks.STARTED, first), (blocks.ENDED, last), (blocks.DELIVERED, delivered))
                self._write(BlockType.INTERFACE_STATISTICS, struct.pack("<I", count.number) + last + told)

    def _write(self, kind: int, body: bytes) -> None:
        """One block, in one piece."""
        size = len(body) + 12
        self._file.write(struct.pack("<II", kind, size) + body + struct.pack("<I", size))
        self._file.flush()


class PcapWriter:
    """Writes pcap, which knows one link type and nothing of a packet but its time and lengths."""

    def __init__(self, file: BinaryIO, link: LinkType | None = None) -> None:
        self._file = file
        self._link = link
        if link is not None:
            self._begin(link)

    def _begin(self, link: LinkType) -> None:
        self._link = link
        self._put(struct.pack("<IHHiIII", _PCAP_NANOSECONDS, 2, 4, 0, 0, _NO_LIMIT, link))

    def write(self, packet: CapturedPacket) -> None:
        """Append a packet; one without a time gets 1970's first moment."""
        if self._link is None:
            self._begin(packet.link)
        if packet.link != self._link:
            words = [packet.link.words, (self._link or packet.link).words]
            raise CaptureError(
                f"a pcap file has packets of one link type, and {words[0]} does not go with {words[1]}: "
                "save to a name that ends in .pcapng"
            )
        seconds, rest = divmod(max(0, packet.time_ns or 0), _SECOND)
        data = packet.data
        head = struct.pack("<IIII", min(seconds, 0xFFFFFFFF), rest, len(data), packet.length)
        self._put(head + data)

    def finish(self) -> None:
        """A file without a packet has a header all the same."""
        if self._link is None:
            self._begin(LinkType.RAW)

    def _put(self, record: bytes) -> None:
        self._file.write(record)
        self._file.flush()


def _told(packet: CapturedPacket) -> Iterator[tuple[int, str | bytes]]:
    """The options of a packet."""
    for comment in packet.comments:
        yield blocks.COMMENT, comment
    flags = packet.flags or 0
    if packet.direction is not None:
        flags = flags & ~3 | _FLAG_OF[packet.direction]
    if flags or packet.flags is not None:
        yield blocks.FLAGS, struct.pack("<I", flags)
    if packet.dropped is not None:
        yield blocks.DROPPED, struct.pack("<Q", packet.dropped)


def _name_record(address: str, name: str) -> bytes:
    packed = ip_address(address)
    data = packed.packed + name.encode()[:0xFF] + b"\0"
    return struct.pack("<HH", 1 if isinstance(packed, IPv4Address) else 2, len(data)) + _padded(data)


def _padded(data: bytes) -> bytes:
    return data + bytes(-len(data) % 4)


def _options(*told: tuple[int, str | bytes]) -> bytes:
    """Options and their end; nothing where there are none."""
    pieces = []
    for code, value in told:
        data = _cut(value) if isinstance(value, str) else value
        pieces.append(struct.pack("<HH", code, len(data)) + _padded(data))
    return b"".join(pieces) + struct.pack("<HH", blocks.END, 0) if pieces else b""


def _cut(text: str) -> bytes:
    """Text as long as an option may be, cut between characters."""
    data = text.encode("utf-8", "replace")
    return data if len(data) <= 0xFFFF else data[:0xFFFF].decode("utf-8", "ignore").encode()
