"""Which ways out of this host, and in, have stamped what went by them.

A way out is known by the address that datagrams leave from: that is what they show, and each device has its own.
"""

from typing import TYPE_CHECKING

from app.engine.datagram import Clock, Datagram

if TYPE_CHECKING:
    from app.engine.condition import Stamping


class Ways:
    """The ways of one link. Belongs to one thread."""

    def __init__(self) -> None:
        self.stamping: set[bytes] = set()  #: source addresses from which something has left with the kernel's stamp
        self.silent: set[bytes] = set()  #: those from which something has left without one, so far
        self.has_cards = False  #: whether a network card has stamped anything, in or out
        self._arrived: dict[str, Clock] = {}

    @staticmethod
    def source(data: bytes) -> bytes:
        """The address that a datagram leaves from."""
        return data[12:16] if data[0] >> 4 == 4 else data[8:24]

    def arrived(self, datagram: Datagram) -> None:
        """This came in."""
        self.has_cards |= datagram.by_card is not None
        if datagram.interface is not None:
            self._arrived[datagram.interface] = datagram.clock

    def stampings(self) -> "tuple[Stamping, ...]":
        """Who stamps what leaves and what arrives, by device. Asks the kernel whose the addresses are."""
        from app.engine.condition import Stamping
        from app.net.devices import addresses

        devices = addresses()
        left = {devices[source]: Clock.USER for source in self.silent if source in devices}
        left |= {devices[source]: Clock.KERNEL for source in self.stamping if source in devices}
        return tuple(
            Stamping(device, left.get(device), self._arrived.get(device), self._reason(device, left.get(device)))
            for device in sorted(left.keys() | self._arrived.keys())
        )

    def _reason(self, device: str, left: Clock | None) -> str:
        """Why it is not the kernel that stamps what leaves; or that a card could stamp it, and whether one does."""
        from app.net.devices import ability

        can = ability(device)
        if left is Clock.USER:
            return "no stamp has come yet" if can is None or can.leaving else "its driver stamps nothing that leaves"
        if can is None or not can.by_card:
            return ""
        return "its card stamps, too" if self.has_cards else "its card could stamp, and is not told to (hwstamp_ctl)"
