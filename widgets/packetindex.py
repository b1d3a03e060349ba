"""Which packets of a source a list shows, and which of them belong together: a question and what answers it.

All packets cost nothing, however many there are. Those of one row are looked for here, where the source
was left; those that pass a filter are found elsewhere, by another thread, and read here as far as they
are found. A packet that fell out of the source falls out here at the next look.
"""

from bisect import bisect_left
from collections.abc import Sequence
from typing import Protocol

from app.engine.capturelog import CaptureLog
from app.engine.datagram import Direction
from app.engine.packetlog import Packet
from app.engine.packetsource import PacketSource
from app.engine.pairing import Pairing


class Found(Protocol):
    """Numbers of packets in their order, of which another thread may find more."""

    @property
    def numbers(self) -> Sequence[int]:
        """Those found so far: it grows at its end, and is replaced where its beginning is forgotten."""


class PacketIndex:
    """The packets that a list shows: all of a source, those of a row, or those that were `found`.

    Packets of an engine are joined by the probe that they belong to, others by a `pairing` of their bytes.
    """

    def __init__(
        self,
        source: PacketSource,
        row: str | None = None,
        *,
        found: Found | None = None,
        pairing: Pairing | None = None,
    ) -> None:
        self.source = source
        self.row = row
        self.origin: int | None = None  #: when the first packet was sent or received
        self._found = found
        self._pairing = pairing
        self._numbers: Sequence[int] = range(1, 1)
        self._start = self._stop = 0  # the part of them that is shown
        self._of_row: list[int] = []
        self._of_probe: dict[int, list[int]] = {}
        self._next = 1

    @property
    def is_capture(self) -> bool:
        """Whether nobody knows more of the packets than their bytes."""
        return isinstance(self.source, CaptureLog)

    def __len__(self) -> int:
        return self._stop - self._start

    def update(self) -> int:
        """Look for what is new; returns how many of the oldest fell out."""
        first, last = self.source.first, self.source.last
        fallen = bisect_left(self._numbers, first, self._start, self._stop) - self._start
        if self._pairing is None:
            self._look(first, last)
        if self.origin is None and (packet := self.source.get(first)) is not None and packet.clock is not None:
            self.origin = packet.at
        self._show(first, last)
        return fallen

    def _show(self, first: int, last: int) -> None:
        if self._found is None and self.row is None:
            self._numbers = range(first, last + 1)
            self._start, self._stop = 0, len(self._numbers)
            return
        numbers = self._of_row if self._found is None else self._found.numbers
        self._numbers, self._stop = numbers, len(numbers)
        self._start = bisect_left(numbers, first, 0, self._stop)

    def _look(self, first: int, last: int) -> None:
        """Take what an engine has logged since the last look; the oldest probes stand first in their table."""
        gone = []
        for token, numbers in self._of_probe.items():
            if numbers[-1] >= first:
                break  # a probe goes with the last of its packets
            gone.append(token)
        for token in gone:
            del self._of_probe[token]
        del self._of_row[: bisect_left(self._of_row, first)]
        for packet in self.source.since(self._next):
            if packet.number > last:
                break
            self._take(packet)
        self._next = last + 1

    def _take(self, packet: Packet) -> None:
        if self.row is not None:
            if not packet.is_of(self.row):
                return
            self._of_row.append(packet.number)
        if packet.token is not None:
            self._of_probe.setdefault(packet.token, []).append(packet.number)

    # Places

    @property
    def numbers(self) -> Sequence[int]:
        """The numbers of all that is shown now, for another thread to go through."""
        if isinstance(self._numbers, range):
            return self._numbers
        return self._numbers[self._start : self._stop]

    def number(self, place: int) -> int:
        """The number of the packet at a place of the list."""
        return self._numbers[self._start + place]

    def packet(self, place: int) -> Packet | None:
        """The packet at a place; None once it has fallen out of the source."""
        return self.source.get(self.number(place)) if 0 <= place < len(self) else None

    def place(self, number: int) -> int | None:
        """Where a packet stands in the list."""
        place = self.nearest(number)
        return place if place < len(self) and self.number(place) == number else None

    def nearest(self, number: int) -> int:
        """Where a packet stands, or the first behind it, or the last."""
        place = bisect_left(self._numbers, number, self._start, self._stop) - self._start
        return max(0, min(place, len(self) - 1))

    def place_at(self, time: int) -> int:
        """The place of the first packet at a time or later, as far as the packets are in the order of time."""
        low, high = 0, len(self)
        while low < high:
            middle = (low + high) // 2
            packet = self.packet(middle)
            if packet is None or packet.at < time:
                low = middle + 1
            else:
                high = middle
        return max(0, min(low, len(self) - 1))

    # Joins

    def of_probe(self, token: int) -> list[int]:
        """The numbers of a probe and of all that answered it."""
        return self._of_probe.get(token, [])

    def partner(self, packet: Packet) -> Packet | None:
        """The question of an answer; the first answer to a question."""
        if self._pairing is not None:
            number = self._pairing.partner(packet.number)
            return None if number is None else self.source.get(number)
        if packet.token is None:
            return None
        wanted = Direction.OUT if packet.direction is Direction.IN else Direction.IN
        found = (self.source.get(number) for number in self.of_probe(packet.token))
        return next((each for each in found if each is not None and each.direction is wanted), None)

    def question(self, packet: Packet) -> Packet | None:
        """What a packet answers; None where it answers nothing that is here."""
        partner = self.partner(packet)
        return partner if partner is not None and partner.number < packet.number else None

    def rtt(self, packet: Packet) -> int | None:
        """The time from the question to this answer, in nanoseconds; None for what answers nothing."""
        question = self.question(packet)
        return None if question is None or question.clock is None else packet.at - question.at
