"""The packets behind the numbers: a bounded log that one thread writes and any thread reads.

Packets are numbered from 1 in the order of the link's events and never renumbered; the oldest fall out
when the log is full. Reading takes no lock: a packet is there whole or not at all.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from app.engine.datagram import Clock, Direction
from app.engine.verdict import Meaning
from app.packet.link.linktype import LinkType


@dataclass(frozen=True, slots=True, eq=False)
class Packet:
    """One packet that was sent or received, whole from the IP header on, and what it was for.

    A packet of a capture file begins with its link's header, and fed no row.
    """

    number: int
    at: int  #: nanoseconds on the link's clock, or since the epoch
    clock: Clock | None  #: None where nobody stamped it, and `at` says nothing
    direction: Direction | None  #: None where a capture does not tell
    data: bytes
    rebuilt: int  #: leading bytes that the link rebuilt, see Datagram
    row: str | None  #: the row that it fed
    token: int | None  #: the probe that it is or answers
    meaning: Meaning
    text: str = ""
    link: LinkType = LinkType.RAW
    length: int | None = None  #: bytes on the wire; None where `data` is all of them
    interface: str = ""
    comment: str = ""  #: what the file says of it

    @property
    def wire_length(self) -> int:
        """Bytes on the wire."""
        return len(self.data) if self.length is None else self.length


class PacketLog:
    """A ring of packets, at most `capacity` of them. Written by the engine's thread alone."""

    def __init__(self, capacity: int = 65_536) -> None:
        self._capacity = capacity
        self._packets: dict[int, Packet] = {}
        self.last = 0  #: number of the newest packet; 0 before the first

    @property
    def first(self) -> int:
        """Number of the oldest packet that is still here."""
        return max(1, self.last - self._capacity + 1)

    def append(self, packet: Packet) -> None:
        """Take the next packet, whose number is `last + 1`."""
        self._packets[packet.number] = packet
        self._packets.pop(packet.number - self._capacity, None)
        self.last = packet.number

    def restamp(self, number: int, packet: Packet) -> None:
        """Replace a packet by one with a better stamp, if it is still here."""
        if number in self._packets:
            self._packets[number] = packet

    def get(self, number: int) -> Packet | None:
        """The packet of that number; None once it has fallen out."""
        return self._packets.get(number)

    def since(self, number: int) -> Iterator[Packet]:
        """The packets from `number` on that are still here, oldest first."""
        for index in range(max(number, self.first), self.last + 1):
            if (packet := self._packets.get(index)) is not None:
                yield packet
