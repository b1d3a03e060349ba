"""What goes through all packets of a source, a slice at a time: the filter, the pairing and the search."""

from array import array
from collections.abc import Callable, Sequence
from itertools import islice
from typing import TypeAlias

from app.engine.capturelog import CaptureLog
from app.engine.packetlog import Packet
from app.engine.packetsource import PacketSource
from app.engine.pairing import Pairing

Test: TypeAlias = Callable[[Packet], bool]

#: Packets between two looks at what else there is to do: some milliseconds of dissecting, or of pairing.
SLICE = 32
PAIRED_AT_ONCE = 1_024
#: Packets between two looks at a log, a tenth of a second or less apart, that are a flood.
FLOOD = 2_048
#: Packets that fell out of a log and are forgotten together.
FORGOTTEN_AT_ONCE = 16_384


class Sieve:
    """The numbers of the packets that pass a test; a source that grows goes on being sifted."""

    def __init__(self, source: PacketSource, row: str | None, test: Test) -> None:
        self.numbers = array("I")  #: of those that pass
        self.is_stopped = False
        self._source = source
        self._row = row
        self._test = test
        self._next = source.first

    @property
    def next(self) -> int:
        """Number of the next packet to be looked at."""
        return self._next

    @property
    def is_done(self) -> bool:
        """Whether all that is there was looked at."""
        return self._next > self._source.last

    def advance(self) -> bool:
        """Look at a slice of packets."""
        if self.is_stopped:
            return False
        stop = min(self._next + SLICE, self._source.last + 1)
        for packet in self._source.since(self._next):
            if packet.number >= stop:
                break
            if (self._row is None or packet.is_of(self._row)) and self._test(packet):
                self.numbers.append(packet.number)
        self._next = max(self._next, stop)
        self._forget()
        return not self.is_done

    def _forget(self) -> None:
        """Let go of the numbers of packets that fell out, once they are most of all; readers keep what they took."""
        first = self._source.first
        if len(self.numbers) > 4_096 and self.numbers[len(self.numbers) // 2] < first:
            self.numbers = array("I", (number for number in self.numbers if number >= first))


class Pairer:
    """Lets a pairing take every packet of a capture, as they come."""

    def __init__(self, capture: CaptureLog, pairing: Pairing) -> None:
        self._catalogue = capture.catalogue
        self._pairing = pairing

    def advance(self) -> bool:
        """Take a slice of packets."""
        pairing, count = self._pairing, len(self._catalogue)
        for place in range(pairing.next - 1, min(pairing.next - 1 + PAIRED_AT_ONCE, count)):
            captured = self._catalogue.packet(place)
            pairing.take(captured.data, captured.link)
        return pairing.next <= count


class LogPairer:
    """Lets a pairing take the packets of a log that is written to.

    Of those that come in a flood only the newest are taken: the processor is for the engine then, and the screen.
    """

    def __init__(self, source: PacketSource, pairing: Pairing) -> None:
        self._source = source
        self._pairing = pairing
        self._last = source.last  # when it was looked at last

    def advance(self) -> bool:
        """Take a slice of packets."""
        pairing, source = self._pairing, self._source
        fresh, self._last = source.last - self._last, source.last
        if fresh > FLOOD:
            pairing.forget(source.last - PAIRED_AT_ONCE)
        elif source.first - pairing.first > FORGOTTEN_AT_ONCE:
            pairing.forget(source.first)
        for packet in islice(source.since(pairing.next), PAIRED_AT_ONCE):
            if packet.number != pairing.next:  # those between have fallen out of the log
                pairing.forget(packet.number)
            pairing.take(packet.data, packet.link)
        return pairing.next <= source.last


class Seeker:
    """The first of some packets that passes a test: from one place of a list on, once around it."""

    def __init__(self, source: PacketSource, numbers: Sequence[int], start: int, step: int, test: Test) -> None:
        self.found: int | None = None
        self.looked_at = 0
        self.total = len(numbers)
        self.is_stopped = False
        self._source = source
        self._numbers = numbers
        self._start = start
        self._step = step
        self._test = test

    @property
    def is_done(self) -> bool:
        """Whether it found one, or there is none."""
        return self.found is not None or self.looked_at >= self.total

    def advance(self) -> bool:
        """Look at a slice of packets."""
        if self.is_stopped or self.is_done:
            return False
        for _ in range(min(SLICE, self.total - self.looked_at)):
            number = self._numbers[(self._start + self._step * self.looked_at) % self.total]
            packet = next(self._source.since(number), None)
            if packet is not None and packet.number == number and self._test(packet):
                self.found = number
                return False
            self.looked_at += 1
        return not self.is_done
