"""What the two capture formats share: a packet as it was captured, a fault, and bytes taken in order.

No length that a file claims makes us ask for more memory than `LARGEST_BLOCK`.
"""

from dataclasses import dataclass
from enum import Enum
from typing import BinaryIO

from app.packet.errors import PacketError
from app.packet.link.reader import LinkType

#: No packet, and no block around one, is larger than this; tcpdump's own limit is far below.
LARGEST_BLOCK = 16 * 1024 * 1024


class CaptureError(PacketError):
    """A file that is no capture, or stops being one: a sentence with the byte where that is."""


class Way(Enum):
    """Which way a captured packet went, as the one who captured it saw it."""

    IN = "in"
    OUT = "out"


@dataclass(frozen=True, slots=True)
class CapturedPacket:
    """One packet of a capture file."""

    time_ns: int | None  #: nanoseconds since the epoch; None where the file does not tell
    data: bytes
    length: int  #: bytes on the wire, of which `data` may be only the first
    link: LinkType
    comment: str = ""
    direction: Way | None = None
    interface: str = ""  #: its name, or its number where it has none; empty in pcap files


class Source:
    """The bytes of a capture file, taken in order, never more than is sane."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.position = 0

    def take(self, count: int, what: str) -> bytes:
        """The next `count` bytes. Raises CaptureError where they are too many or the file ends before them."""
        at = self.position
        if count > LARGEST_BLOCK:
            raise CaptureError(f"at byte {at}: {what} claims {count} bytes, more than any packet has")
        data = self.take_some(count)
        if len(data) < count:
            raise CaptureError(
                f"at byte {at}: the file ends within {what}: {count} bytes wanted, {len(data)} are there"
            )
        return data

    def take_some(self, count: int) -> bytes:
        """The next `count` bytes or as many as there are: pipes hand them over in pieces."""
        pieces = []
        while count:
            piece = self._file.read(count)
            if not piece:
                break
            pieces.append(piece)
            count -= len(piece)
        data = b"".join(pieces)
        self.position += len(data)
        return data
