"""Where a list of packets comes from: the log of a running engine, or a capture file.

Packets are numbered from 1 without a gap. A source may grow while it is read, and may forget its oldest.
"""

from collections.abc import Iterator
from typing import Protocol

from app.engine.packetlog import Packet


class PacketSource(Protocol):
    """Packets by their numbers, readable from any thread."""

    @property
    def first(self) -> int:
        """Number of the oldest packet that is still here."""

    @property
    def last(self) -> int:
        """Number of the newest packet; 0 before the first."""

    def get(self, number: int) -> Packet | None:
        """The packet of that number; None where it is not here, or not any more."""

    def since(self, number: int) -> Iterator[Packet]:
        """The packets from `number` on, oldest first, as far as they are here when they are asked for."""
