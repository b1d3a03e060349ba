"""The packets behind the numbers: a bounded log that one thread writes and any thread reads.

Packets are numbered from 1 in the order of the link's events and never renumbered; the oldest fall out
when the log is full. What is kept is what crossed the link's seam, as it is: a `Packet` is made of it when
somebody reads it, for most are never looked at, and making one costs as much as the probe that it was.
Reading takes no lock: a packet is there whole or not at all.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from app.engine.datagram import Clock, Datagram, Departure, Direction, Failure, Outgoing
from app.engine.verdict import Meaning, Verdict
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

    def is_of(self, row: str) -> bool:
        """Whether it fed that row, or a row of that target: "hop 3 to example.net" is one of "example.net"."""
        return self.row is not None and (self.row == row or self.row.endswith(f" to {row}"))

    @property
    def wire_length(self) -> int:
        """Bytes on the wire."""
        return len(self.data) if self.length is None else self.length


#: What a slot holds beside a datagram: when it was handed over, or ~ of when the kernel saw it leave, or what else
#: became of it; of one that came, what it meant.
Fact: TypeAlias = int | Departure | Failure | Verdict | None
#: Packets of a log, in 18 MB where they are pings: with them, an hour of 10,000 targets at 1 Hz has room in 200 MB.
CAPACITY = 40_000
_REMEMBERED = 1_024  #: packets that were read a moment ago are the same objects when they are read again


class PacketLog:
    """A ring of packets, at most `capacity` of them. Written by the engine's thread alone."""

    def __init__(self, capacity: int = CAPACITY) -> None:
        self._capacity = capacity
        self._things: list[Outgoing | Datagram | Packet] = []
        self._facts: list[Fact] = []
        self._gone = 0  # number of the newest packet that is not here any more, nor relied upon while it is replaced
        self._read: list[Packet | None] = [None] * _REMEMBERED
        self._read_of: list[tuple[object, Fact]] = [(None, None)] * _REMEMBERED
        self.last = 0  #: number of the newest packet; 0 before the first

    @property
    def first(self) -> int:
        """Number of the oldest packet that is still here."""
        return max(1, self.last - self._capacity + 1)

    def append(self, packet: Packet) -> None:
        """Take the next packet, whose number is `last + 1`."""
        self._enter(packet, None)

    def sent(self, batch: Sequence[Outgoing], now: int) -> int:
        """Take datagrams that are handed over to a link now; the number of the first of them."""
        return self._extend(batch, [now] * len(batch))

    def arrived(self, datagrams: Sequence[Datagram], verdicts: Sequence[Verdict]) -> int:
        """Take datagrams that came in, and what they meant; the number of the first of them."""
        return self._extend(datagrams, verdicts)

    def _extend(self, things: Sequence[Outgoing | Datagram], facts: Sequence[Fact]) -> int:
        first, count = self.last + 1, len(things)
        start = self.last % self._capacity
        if start + count > self._capacity:
            for thing, fact in zip(things, facts, strict=True):
                self._enter(thing, fact)
            return first
        self._gone = max(self._gone, self.last + count - self._capacity)
        self._things[start : start + count] = things
        self._facts[start : start + count] = facts
        self.last += count
        return first

    def _enter(self, thing: Outgoing | Datagram | Packet, fact: Fact) -> None:
        index = self.last % self._capacity
        self._gone = max(self._gone, self.last + 1 - self._capacity)
        self._things[index : index + 1] = [thing]
        self._facts[index : index + 1] = [fact]
        self.last += 1

    def tell(self, number: int, event: Departure | Failure) -> bool:
        """What became of a datagram that was sent; whether it is still here."""
        if number <= self._gone:
            return False
        self._facts[(number - 1) % self._capacity] = event
        return True

    def left(self, departures: Iterable[tuple[int, int]]) -> None:
        """The kernel has stamped the departures of datagrams: numbers, of which some may be here no more, and when."""
        facts, capacity, gone = self._facts, self._capacity, self._gone
        for number, sent_at in departures:
            if number > gone:
                facts[(number - 1) % capacity] = ~sent_at

    def restamp(self, number: int, packet: Packet) -> None:
        """Replace a packet by one with a better stamp, if it is still here."""
        if self.first <= number <= self.last:
            self._things[(number - 1) % self._capacity] = packet

    def get(self, number: int) -> Packet | None:
        """The packet of that number; None once it has fallen out."""
        if not self._gone < number <= self.last:
            return None
        index = (number - 1) % self._capacity
        thing, fact = self._things[index], self._facts[index]
        if number <= self._gone:
            return None
        if isinstance(thing, Packet):
            return thing
        place = number % _REMEMBERED
        packet, (its_thing, its_fact) = self._read[place], self._read_of[place]
        if packet is None or packet.number != number or its_thing is not thing or its_fact is not fact:
            packet = _made(number, thing, fact)
            self._read[place], self._read_of[place] = packet, (thing, fact)
        return packet

    def since(self, number: int) -> Iterator[Packet]:
        """The packets from `number` on that are still here, oldest first."""
        for index in range(max(number, self.first), self.last + 1):
            if (packet := self.get(index)) is not None:
                yield packet


def _made(number: int, thing: Outgoing | Datagram, fact: Fact) -> Packet:
    if isinstance(thing, Outgoing):
        return _made_of_outgoing(number, thing, fact)
    verdict = fact if isinstance(fact, Verdict) else Verdict(Meaning.NOTHING)
    return Packet(
        number=number,
        at=thing.received_at,
        clock=thing.clock,
        direction=thing.direction,
        data=thing.data,
        rebuilt=thing.rebuilt,
        row=verdict.row,
        token=verdict.token,
        meaning=verdict.meaning,
        text=verdict.clause,
        link=thing.link,
        length=thing.length,
        interface=thing.interface or "",
    )


def _made_of_outgoing(number: int, outgoing: Outgoing, fact: Fact) -> Packet:
    at, clock, text = 0, Clock.USER, ""
    match fact:
        case int() if fact < 0:
            at, clock = ~fact, Clock.KERNEL
        case int():
            at = fact
        case Departure():
            at, clock = fact.sent_at, fact.clock
        case Failure():
            at, text = fact.at, f"not sent: {fact.errno}"
    return Packet(
        number=number,
        at=at,
        clock=clock,
        direction=Direction.OUT,
        data=outgoing.data,
        rebuilt=0,
        row=outgoing.row,
        token=outgoing.token,
        meaning=Meaning.NOTHING,
        text=text,
        link=outgoing.link,
        interface=outgoing.interface or "",
    )
