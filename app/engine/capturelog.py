"""A capture file as a source of packets. A packet is made when it is asked for; those shown last are remembered.

Where a file has no more to tell, the numbers end; where it grows, they go on.
"""

from collections import OrderedDict
from collections.abc import Iterator, Mapping
from typing import Protocol

from app.engine.datagram import Clock, Direction
from app.engine.packetlog import Packet
from app.engine.verdict import Meaning
from app.packet.capture.captured import CapturedPacket, Way
from app.packet.capture.catalogue import Catalogue

#: More than two screens full of packets.
REMEMBERED = 256
_DIRECTIONS = {Way.IN: Direction.IN, Way.OUT: Direction.OUT, None: None}


class Progress(Protocol):
    """How far a capture has been taken in."""

    @property
    def name(self) -> str:
        """What is read, safe to show."""

    @property
    def failure(self) -> str | None:
        """Why no more can be read, as a sentence."""

    @property
    def is_complete(self) -> bool:
        """Whether the end was reached."""

    @property
    def taken(self) -> int:
        """Bytes read so far."""

    @property
    def total(self) -> int | None:
        """Bytes that there are; None where nobody knows."""


class CaptureLog:
    """The packets of a capture file, numbered from 1. `get` belongs to the thread of the screens, `since` to any."""

    first = 1

    def __init__(self, catalogue: Catalogue, progress: Progress) -> None:
        self.catalogue = catalogue
        self.progress = progress
        self._remembered: OrderedDict[int, Packet] = OrderedDict()

    @property
    def last(self) -> int:
        """Number of the last packet that was found so far."""
        return len(self.catalogue)

    @property
    def names(self) -> Mapping[str, str]:
        """The names of addresses that the file tells."""
        return self.catalogue.names

    @property
    def fault(self) -> str | None:
        """What is wrong with the file, as a sentence."""
        return self.progress.failure or self.catalogue.fault

    def get(self, number: int) -> Packet | None:
        """The packet of that number. Asked again soon, it is the same object."""
        if not 1 <= number <= self.last:
            return None
        if (packet := self._remembered.pop(number, None)) is None:
            packet = self.read(number)
        self._remembered[number] = packet
        while len(self._remembered) > REMEMBERED:
            self._remembered.popitem(last=False)
        return packet

    def read(self, number: int) -> Packet:
        """A packet, made anew."""
        return _packet(number, self.catalogue.packet(number - 1))

    def since(self, number: int) -> Iterator[Packet]:
        """The packets from `number` on, each made when it is its turn."""
        for each in range(max(1, number), self.last + 1):
            yield self.read(each)


def _packet(number: int, captured: CapturedPacket) -> Packet:
    is_stamped = captured.time_ns is not None
    return Packet(
        number=number,
        at=captured.time_ns or 0,
        clock=Clock.KERNEL if is_stamped else None,
        direction=_DIRECTIONS[captured.direction],
        data=captured.data,
        rebuilt=0,
        row=None,
        token=None,
        meaning=Meaning.NOTHING,
        link=captured.link,
        length=captured.length,
        interface=captured.interface,
        comment=" ".join(captured.comments),
    )
