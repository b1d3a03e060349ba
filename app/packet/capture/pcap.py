"""The older capture format: draft-ietf-opsawg-pcap, in both byte orders, and its kin of the wild.

Kin are nanosecond files, Kuznetzov's patched libpcap with longer records (magic a1b2cd34), IXIA's lcap
with a size behind the file header, and versions before 2.4, which held the two lengths the other way round.
"""

import struct
from dataclasses import dataclass

from app.packet.capture.captured import LARGEST_BLOCK, CapturedPacket, CaptureError, Way
from app.packet.capture.contents import Contents, Interface
from app.packet.link.linktype import LinkType

_SECOND = 1_000_000_000
_RECORD, _PATCHED_RECORD = 16, 24
_HEADER, _IXIA_HEADER = 24, 28
_PACKET_TYPE, _SENT_BY_US = 22, 4  #: where a patched record has Linux's packet type, and one of them


@dataclass(frozen=True, slots=True)
class Variant:
    """How the records of a file are laid out."""

    order: str
    fraction: int  #: nanoseconds per unit of the stamp's second word
    header: int = _HEADER  #: bytes of the file header
    record: int = _RECORD  #: bytes in front of each packet


_VARIANTS = {
    0xA1B2C3D4: (1000, _HEADER, _RECORD),
    0xA1B23C4D: (1, _HEADER, _RECORD),
    0xA1B2CD34: (1000, _HEADER, _PATCHED_RECORD),
    0x1C0001AB: (1000, _IXIA_HEADER, _RECORD),
    0x1C0001AC: (1000, _IXIA_HEADER, _RECORD),
}
#: By the first four bytes of a file.
MAGICS = {
    struct.pack(order + "I", magic): Variant(order, *layout) for magic, layout in _VARIANTS.items() for order in "<>"
}


class PcapParser:
    """Takes a pcap file piece by piece."""

    def __init__(self, contents: Contents, magic: bytes) -> None:
        self._contents = contents
        self._variant = MAGICS[magic]
        self._fields = struct.Struct(self._variant.order + "IIII")
        self._version = (0, 0)
        self._is_begun = False
        self.wanted = self._variant.header  #: bytes that have to be there from where the next piece begins
        self.missing = "the file header"  #: what those bytes are

    def scan(self, buffer: bytes, start: int) -> int:
        """Take the whole records in `buffer`, which stands at byte `start`; how far it got. Raises CaptureError."""
        at = 0
        if not self._is_begun:
            if len(buffer) < self.wanted:
                return 0
            at = self._begin(buffer)
        at = self._take_records(buffer, at, start)
        self._look_ahead(buffer, at, start)
        return at

    def _begin(self, buffer: bytes) -> int:
        order = self._variant.order
        major, minor, _, _, snap, link = struct.unpack_from(order + "HHIIII", buffer, 4)
        self._version = (major, minor)
        # Above the type: the length of a frame check sequence (section 4).
        described = Interface(0, 0, order, LinkType(link & 0xFFFF), snap=snap)
        self._contents.interfaces.append(described)
        self._is_begun = True
        return self._variant.header

    def _take_records(self, buffer: bytes, at: int, start: int) -> int:
        unpack, record, fraction = self._fields.unpack_from, self._variant.record, self._variant.fraction
        is_plain, end = self._version >= (2, 4) and self._version[0] == 2, len(buffer)
        offsets: list[int] = []
        stamps: list[int] = []
        while at + record <= end:
            seconds, part, captured, length = unpack(buffer, at)
            if not is_plain:
                captured, length = self._lengths(captured, length)
            stop = at + record + captured
            if stop > end or captured > LARGEST_BLOCK:
                break
            offsets.append(start + at)
            stamps.append(seconds * _SECOND + part * fraction)
            at = stop
        self._contents.numbers.frombytes(bytes(2 * len(offsets)))
        self._contents.stamps.extend(stamps)
        self._contents.offsets.extend(offsets)
        return at

    def _look_ahead(self, buffer: bytes, at: int, start: int) -> None:
        """Find out what the next record needs that is not there yet."""
        record = self._variant.record
        self.wanted, self.missing = record, "a record header"
        if at + record <= len(buffer):
            captured = self._lengths(*self._fields.unpack_from(buffer, at)[2:])[0]
            if captured > LARGEST_BLOCK:
                raise CaptureError(f"at byte {start + at}: a packet claims {captured} bytes, more than any packet has")
            self.wanted, self.missing = record + captured, "a packet"

    def _lengths(self, captured: int, length: int) -> tuple[int, int]:
        """The lengths in today's order: captured, on the wire.

        Version 2.3 was written in both orders, but nothing is captured that was not on the wire.
        """
        is_swapped = self._version < (2, 3) or self._version[0] == 543  # 543.0 is that of DG/UX
        if is_swapped or (self._version == (2, 3) and captured > length):
            return length, captured
        return captured, length

    def extent(self, record: bytes, place: int) -> int:
        """How many bytes the record has whose front is given."""
        return self._variant.record + self._lengths(*self._fields.unpack_from(record)[2:])[0]

    def packet(self, buffer: bytes, at: int, place: int) -> CapturedPacket:
        """The packet at a place, whose record stands at byte `at` of `buffer`."""
        captured, length = self._lengths(*self._fields.unpack_from(buffer, at)[2:])
        begin = at + self._variant.record
        interface = self._contents.interfaces[0]
        return CapturedPacket(
            self._contents.stamps[place],
            buffer[begin : begin + captured],
            length,
            interface.link,
            direction=self._way(buffer, at),
        )

    def _way(self, buffer: bytes, at: int) -> Way | None:
        """Which way a packet went: patched records have the kernel's packet type."""
        if self._variant.record != _PATCHED_RECORD:
            return None
        return Way.OUT if buffer[at + _PACKET_TYPE] == _SENT_BY_US else Way.IN
