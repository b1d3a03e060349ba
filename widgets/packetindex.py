"""Which packets of a log a list shows, and which of them belong together: a probe and what answers it.

The log is read where it was left; a packet that fell out of it falls out here at the next look. Looking
costs what is new, whatever the log holds.
"""

from bisect import bisect_left

from app.engine.packetlog import Direction, Packet, PacketLog


class PacketIndex:
    """The numbers of the packets of one row of a log, or of all, in their order."""

    def __init__(self, log: PacketLog, row: str | None) -> None:
        self.log = log
        self.row = row
        self.origin: int | None = None  #: when the first packet seen was sent or received
        self._numbers: list[int] = []
        self._of_probe: dict[int, list[int]] = {}
        self._next = 1

    def __len__(self) -> int:
        return len(self._numbers)

    def update(self) -> int:
        """Look for what is new; returns how many of the oldest fell out."""
        first = self.log.first
        fallen = bisect_left(self._numbers, first)
        del self._numbers[:fallen]
        # The oldest probes stand first: a probe goes with the last of its packets.
        gone = []
        for token, numbers in self._of_probe.items():
            if numbers[-1] >= first:
                break
            gone.append(token)
        for token in gone:
            del self._of_probe[token]
        last = self.log.last
        for packet in self.log.since(self._next):
            if packet.number > last:
                break
            self._take(packet)
        self._next = last + 1
        return fallen

    def _take(self, packet: Packet) -> None:
        if self.origin is None:
            self.origin = packet.at
        if self.row is not None and packet.row != self.row:
            return
        self._numbers.append(packet.number)
        if packet.token is not None:
            self._of_probe.setdefault(packet.token, []).append(packet.number)

    def number(self, place: int) -> int:
        """The number of the packet at a place of the list."""
        return self._numbers[place]

    def packet(self, place: int) -> Packet | None:
        """The packet at a place; None once it has fallen out of the log."""
        return self.log.get(self._numbers[place]) if 0 <= place < len(self._numbers) else None

    def place(self, number: int) -> int | None:
        """Where a packet stands in the list."""
        place = bisect_left(self._numbers, number)
        return place if place < len(self._numbers) and self._numbers[place] == number else None

    def of_probe(self, token: int) -> list[int]:
        """The numbers of a probe and of all that answered it."""
        return self._of_probe.get(token, [])

    def partner(self, packet: Packet) -> Packet | None:
        """The probe of an answer; the first answer to a probe."""
        if packet.token is None:
            return None
        wanted = Direction.OUT if packet.direction is Direction.IN else Direction.IN
        found = (self.log.get(number) for number in self.of_probe(packet.token))
        return next((each for each in found if each is not None and each.direction is wanted), None)

    def rtt(self, packet: Packet) -> int | None:
        """The time from the probe to this answer, in nanoseconds; None for what answers nothing."""
        probe = self.partner(packet) if packet.direction is Direction.IN else None
        return None if probe is None else packet.at - probe.at
