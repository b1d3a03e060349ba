"""Any packet of a capture file at once, also while the file grows: an index of where each one stands.

The bytes stay in the file and are read again when a packet is asked for. No position in the file is
shared: one thread may index while others read packets.
"""

import struct
from collections.abc import Callable, Mapping, Sequence

from app.packet.capture.captured import LARGEST_BLOCK, CapturedPacket
from app.packet.capture.contents import Interface, Statistics
from app.packet.capture.scanner import MAGIC, Scanner

#: Bytes read at a time: enough that a call costs nothing, few enough that nothing waits for the interpreter.
CHUNK = 1 << 18
#: A packet is read with so many bytes at first; most have fewer.
_FIRST_LOOK = 2048
_LARGEST_RECORD = LARGEST_BLOCK + 64

ReadAt = Callable[[int, int], bytes]


class Catalogue:
    """The packets of a capture file by their places from 0. `grow` and `finish` belong to one thread.

    `read_at(offset, count)` gives bytes of the file, fewer only where it ends (for now). It must not raise,
    and is called by every thread that asks for a packet.
    """

    def __init__(self, read_at: ReadAt) -> None:
        self._read_at = read_at
        self._scanner = Scanner()
        self._contents = self._scanner.contents
        self._shortage: str | None = None
        self.position = 0  #: bytes of the file that are indexed

    def __len__(self) -> int:
        return len(self._contents.offsets)

    @property
    def fault(self) -> str | None:
        """Where the file makes no sense any more, and why: a sentence. What was read before stays."""
        return self._scanner.fault or self._shortage

    @property
    def interfaces(self) -> Sequence[Interface]:
        """The interfaces described so far, over all sections."""
        return self._contents.interfaces

    @property
    def names(self) -> Mapping[str, str]:
        """The names of addresses that the file tells."""
        return self._contents.names

    @property
    def statistics(self) -> Sequence[Statistics]:
        """The newest counters of each interface that has some."""
        return tuple(self._contents.statistics.copy().values())

    @property
    def remarks(self) -> Sequence[str]:
        """What the file says of itself, and what in it is not shown, as sentences."""
        return self._contents.remarks()

    def grow(self, budget: int = 1 << 22) -> int:
        """Index what is new, about `budget` bytes of it; returns how many bytes that was, 0 where nothing is new."""
        grown = 0
        while grown < budget and self._scanner.fault is None:
            buffer = self._next_chunk()
            taken = self._scanner.scan(buffer, self.position)
            if not taken:
                break
            self._shortage = None
            self.position += taken
            grown += taken
        return grown

    def _next_chunk(self) -> bytes:
        """What stands behind the last whole record: a chunk, or more where one record is larger and all there."""
        wanted = self._scanner.wanted
        if wanted > CHUNK and self._read_at(self.position + wanted - 1, 1):
            return self._read_at(self.position, wanted)
        return self._read_at(self.position, CHUNK)

    def finish(self) -> None:
        """The file has ended: index the rest, and find out what is wrong with its end. Growth takes that back."""
        while self.grow():
            pass
        front = self._read_at(self.position, MAGIC)
        count = len(front)
        while count < self._scanner.wanted and (piece := self._read_at(self.position + count, CHUNK)):
            count += len(piece)
        self._shortage = self._scanner.shortage(front, count, self.position)

    def time_ns(self, place: int) -> int | None:
        """When a packet was captured, in nanoseconds since the epoch; costs no reading."""
        return self._contents.time_ns(place)

    def packet(self, place: int) -> CapturedPacket:
        """The packet at a place, which has to be less than `len`. Without data, where the file has lost it since."""
        offset = self._contents.offsets[place]
        record = self._read_at(offset, _FIRST_LOOK)
        try:
            size = self._scanner.extent(record, place)
            if len(record) < size <= _LARGEST_RECORD:
                record = self._read_at(offset, size)
            if size <= len(record):
                return self._scanner.packet(record, 0, place)
        except (struct.error, IndexError):
            pass
        interface = self._contents.interfaces[self._contents.numbers[place]]
        lost = ("the file has changed since it was opened: this packet is gone",)
        return CapturedPacket(self.time_ns(place), b"", 0, interface.link, lost)
