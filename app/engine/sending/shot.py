"""A packet that somebody has composed, and the way it leaves: what a machine that sends by hand is given."""

from dataclasses import dataclass

from app.packet.compose import Address
from app.packet.composing.packet import Composed
from app.packet.link.linktype import LinkType


@dataclass(frozen=True, slots=True)
class Shot:
    """One packet to be sent. `front` is the Ethernet header of a datagram that the kernel would not send as it is."""

    packet: Composed
    destination: Address
    interface: str | None = None
    front: bytes = b""
    predicted: tuple[str, ...] = ()  #: the fields that the kernel will change
    trouble: str = ""  #: why it cannot be sent at all, a sentence

    @property
    def link(self) -> LinkType:
        """What is handed over begins with this."""
        return LinkType.ETHERNET if self.front else self.packet.link

    def made(self, number: int) -> bytes:
        """The packet of a turn, counted from 0: as it was composed, without what is put in front."""
        return self.packet.numbered(number)
