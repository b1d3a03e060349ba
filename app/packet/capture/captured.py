"""What all capture formats share: a packet as it was captured, its limits, and the fault of a file."""

from dataclasses import dataclass
from enum import Enum

from app.packet.errors import PacketError
from app.packet.link.linktype import LinkType

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
    comments: tuple[str, ...] = ()
    direction: Way | None = None
    interface: str = ""  #: its name, or its number where it has none; empty in pcap files
    interface_number: int = 0  #: counted over all sections of a file
    flags: int | None = None  #: the flags word of pcapng (section 4.3.1); its direction is in `direction` as well
    dropped: int | None = None  #: packets lost between this one and the one before it
