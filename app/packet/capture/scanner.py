"""Finds out which format a capture file has, and puts its parser to work on the file's bytes as they come.

What reads a file from front to end and what reads it in any order both stand on this.
"""

from typing import Protocol

from app.packet.capture.captured import CapturedPacket, CaptureError
from app.packet.capture.contents import Contents
from app.packet.capture.pcap import MAGICS, PcapParser
from app.packet.capture.pcapng import SECTION_HEADER, PcapngParser

#: Bytes that tell the format.
MAGIC = 4


class Parser(Protocol):
    """One format: takes whole records, notes where packets stand, and reads one packet again."""

    wanted: int  #: bytes that have to be there from where the next piece begins
    missing: str  #: what those bytes are

    def scan(self, buffer: bytes, start: int) -> int:
        """Take the whole records in `buffer`, which stands at byte `start`; how far it got. Raises CaptureError."""

    def extent(self, record: bytes, place: int) -> int:
        """How many bytes the record of a packet has whose front is given."""

    def packet(self, buffer: bytes, at: int, place: int) -> CapturedPacket:
        """The packet at a place, whose record stands at byte `at` of `buffer`."""


class Scanner:
    """Takes a capture file piece by piece. Owned by one thread; others may read `contents` and call `packet`."""

    def __init__(self) -> None:
        self.contents = Contents()
        self.fault: str | None = None  #: why no more is taken: where, and what is wrong
        self._parser: Parser | None = None

    @property
    def wanted(self) -> int:
        """Bytes that have to be there from where the next piece begins, if it is to be of any use."""
        return MAGIC if self._parser is None else self._parser.wanted

    def scan(self, buffer: bytes, start: int) -> int:
        """Take what is whole in `buffer`, which stands at byte `start`; returns how many bytes that was.

        The next piece has to begin behind them. Behind a fault nothing is taken.
        """
        if self.fault is not None or len(buffer) < self.wanted:
            return 0
        try:
            if self._parser is None:
                self._parser = self._parser_of(buffer[:MAGIC])
            return self._parser.scan(buffer, start)
        except CaptureError as error:
            self.fault = str(error)
            return 0

    def _parser_of(self, magic: bytes) -> Parser:
        if magic in MAGICS:
            return PcapParser(self.contents, magic)
        if magic == SECTION_HEADER:
            return PcapngParser(self.contents)
        raise CaptureError(f"at byte 0: {magic.hex()} starts neither a pcap nor a pcapng file")

    def shortage(self, front: bytes, count: int, start: int) -> str | None:
        """What is wrong with a file that ends `count` bytes behind byte `start`, the first of which are `front`."""
        if self._parser is None and not count:
            return "the file is empty: a capture starts with a header of 24 bytes at least"
        if self._parser is None:
            return f"at byte 0: {front.hex()} starts neither a pcap nor a pcapng file"
        if not count:
            return None
        wanted, missing = self._parser.wanted, self._parser.missing
        return f"at byte {start}: the file ends within {missing}: {wanted} bytes wanted, {count} are there"

    def extent(self, record: bytes, place: int) -> int:
        """How many bytes the record of a packet has whose front is given."""
        assert self._parser is not None
        return self._parser.extent(record, place)

    def packet(self, buffer: bytes, at: int, place: int) -> CapturedPacket:
        """The packet at a place, whose record stands at byte `at` of `buffer`, whole."""
        assert self._parser is not None
        return self._parser.packet(buffer, at, place)
