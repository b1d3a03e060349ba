"""Keeps the packets behind the numbers: into the packet log always, into a recording where one is wanted.

A probe enters the log when it is handed to the link and is stamped again when the link tells when it
left. A recording gets it only then: what was not sent is no packet. One thread writes, the engine's.
"""

from dataclasses import replace
from typing import Protocol

from app.engine.datagram import Clock, Datagram, Departure, Direction, Event, Failure, Outgoing
from app.engine.packetlog import Packet, PacketLog
from app.engine.verdict import Meaning, Verdict


class PacketSink(Protocol):
    """Where a recording goes. Raises OSError where a packet could not be kept."""

    def write(self, packet: Packet) -> None:
        """Keep one more packet."""


class WatchedSink:
    """A recording whose end before its time is the user's concern: the exit status tells of it."""

    def __init__(self, sink: PacketSink) -> None:
        self._sink = sink
        self.failure: str | None = None  #: why it ended

    def write(self, packet: Packet) -> None:
        """Keep one more packet. Raises what the recording raises."""
        try:
            self._sink.write(packet)
        except OSError as error:
            self.failure = error.strerror or str(error)
            raise


class Journal:
    """The packets of one engine, and the recording that they may go to as well."""

    def __init__(self, packets: PacketLog, sink: PacketSink | None = None) -> None:
        self.packets = packets
        self._sink = sink
        self._waiting: dict[int, int] = {}  # token -> number, until the kernel has said when it left
        self._recorded: set[int] = set()  # of those that wait, the numbers that are in the recording already
        self._unseen: set[int] = set()  # tokens of those that left, and are recorded when they are seen

    def sent(self, outgoing: Outgoing, now: int) -> None:
        """A datagram was handed to the link."""
        number = self.packets.last + 1
        self._waiting[outgoing.token] = number
        self.packets.append(
            Packet(
                number=number,
                at=now,
                clock=Clock.USER,
                direction=Direction.OUT,
                data=outgoing.data,
                rebuilt=0,
                row=outgoing.row,
                token=outgoing.token,
                meaning=Meaning.NOTHING,
                link=outgoing.link,
                interface=outgoing.interface or "",
            )
        )
        self._forget()

    def told(self, event: Event, verdict: Verdict) -> str | None:
        """The link told something. Returns a sentence where the recording had to be given up."""
        match event:
            case Datagram():
                if not verdict.is_logged:
                    return None
                return self._record(self._seen(event, verdict) if verdict.is_own else self._arrived(event, verdict))
            case Departure():
                if verdict.is_logged:
                    return self._record(self._departed(event))
                self._left(event)
            case Failure():
                self._failed(event)
        return None

    def _arrived(self, datagram: Datagram, verdict: Verdict) -> Packet:
        packet = Packet(
            number=self.packets.last + 1,
            at=datagram.received_at,
            clock=datagram.clock,
            direction=datagram.direction,
            data=datagram.data,
            rebuilt=datagram.rebuilt,
            row=verdict.row,
            token=verdict.token,
            meaning=verdict.meaning,
            text=verdict.text,
            link=datagram.link,
            length=datagram.length,
            interface=datagram.interface or "",
        )
        self.packets.append(packet)
        return packet

    def _departed(self, departure: Departure) -> Packet | None:
        packet = self._restamp(departure.token, at=departure.sent_at, clock=departure.clock)
        is_recorded = packet is not None and packet.number in self._recorded
        if packet is not None:
            self._recorded.add(packet.number)
        if departure.clock is Clock.KERNEL:
            self._settle(departure.token)
        return None if is_recorded else packet

    def _left(self, departure: Departure) -> None:
        """It is stamped now, and seen later."""
        if self._restamp(departure.token, at=departure.sent_at, clock=departure.clock) is not None:
            self._unseen.add(departure.token)

    def _seen(self, datagram: Datagram, verdict: Verdict) -> Packet | None:
        """A packet of ours as it left: that is what is kept."""
        token = verdict.token or 0
        packet = self._restamp(
            token,
            at=datagram.received_at,
            clock=datagram.clock,
            data=datagram.data,
            link=datagram.link,
            length=datagram.length,
            interface=datagram.interface or "",
        )
        self._unseen.discard(token)
        self._settle(token)
        return packet

    def end(self) -> None:
        """Record what left unseen, as it was made."""
        for token in sorted(self._unseen):
            self._record(self.packets.get(self._waiting.get(token, 0)))
        self._unseen.clear()

    def _failed(self, failure: Failure) -> None:
        self._restamp(failure.token, text=f"not sent: {failure.errno}")
        self._settle(failure.token)

    def _restamp(self, token: int, **changes: object) -> Packet | None:
        number = self._waiting.get(token)
        packet = None if number is None else self.packets.get(number)
        if packet is None:
            return None
        packet = replace(packet, **changes)  # type: ignore[arg-type]  # the callers name fields of Packet
        self.packets.restamp(packet.number, packet)
        return packet

    def _settle(self, token: int) -> None:
        """No other stamp is to be waited for."""
        self._recorded.discard(self._waiting.pop(token, 0))

    def _forget(self) -> None:
        """Wait no longer for stamps of packets that have fallen out of the log."""
        first = self.packets.first
        while self._waiting and self._waiting[token := next(iter(self._waiting))] < first:
            self._unseen.discard(token)
            self._settle(token)

    def _record(self, packet: Packet | None) -> str | None:
        if self._sink is None or packet is None:
            return None
        try:
            self._sink.write(packet)
        except OSError as error:
            self._sink = None
            return f"the recording ends here: {error.strerror or error}"
        return None
