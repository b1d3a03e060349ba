"""Keeps the packets behind the numbers: into the packet log always, into a recording where one is wanted.

A probe enters the log when it is handed to the link and is stamped again when the link tells when it
left. A recording gets it only then: what was not sent is no packet. One thread writes, the engine's.
"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import count
from operator import attrgetter
from typing import Protocol, cast

from app.engine.datagram import Clock, Datagram, Departure, Event, Failure, Outgoing
from app.engine.packetlog import Packet, PacketLog
from app.engine.verdict import NOTHING, Verdict


def _are_plain(verdicts: Sequence[Verdict]) -> bool:
    """Whether the log keeps all datagrams of these as they came."""
    return all(map(_IS_LOGGED, verdicts)) and not any(map(_IS_OWN, verdicts))


_IS_LOGGED, _IS_OWN = attrgetter("is_logged"), attrgetter("is_own")


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


#: After so many packets it is looked who waits in vain: each time a packet is sent it would cost more than the packet.
_FORGETTING_EVERY = 4_096


class Journal:
    """The packets of one engine, and the recording that they may go to as well."""

    def __init__(self, packets: PacketLog, sink: PacketSink | None = None) -> None:
        self.packets = packets
        self._sink = sink
        self._waiting: dict[int, int] = {}  # token -> number, until the kernel has said when it left
        self._recorded: set[int] = set()  # of those that wait, the numbers that are in the recording already
        self._unseen: set[int] = set()  # tokens of those that left, and are recorded when they are seen
        self._forget_at = _FORGETTING_EVERY

    def sent(self, batch: Sequence[Outgoing], now: int) -> None:
        """Datagrams are handed over to the link."""
        first = self.packets.sent(batch, now)
        self._waiting.update(zip([outgoing.token for outgoing in batch], count(first), strict=False))
        if self.packets.last >= self._forget_at:
            self._forget()

    def told(self, events: Sequence[Event], verdicts: Sequence[Verdict]) -> str | None:
        """The link told something, of one kind. Returns a sentence where the recording had to be given up."""
        kind = type(events[0])
        if self._sink is None and kind is Datagram and _are_plain(verdicts):
            self.packets.arrived(cast("Sequence[Datagram]", events), verdicts)
            return None
        if self._sink is None and kind is Departure:
            events, verdicts = self._left(cast("Sequence[Departure]", events), verdicts)
        sentences = [self._take(event, verdict) for event, verdict in zip(events, verdicts, strict=True)]
        return next(filter(None, sentences), None)

    def _take(self, event: Event, verdict: Verdict) -> str | None:
        if isinstance(event, Datagram):
            return self._arrived(event, verdict) if verdict.is_logged else None
        if isinstance(event, Departure):
            return self._departed(event, will_be_seen=not verdict.is_logged)
        if isinstance(event, Failure):
            number = self._waiting.get(event.token)
            if number is not None:
                self.packets.tell(number, event)
                self._settle(event.token)
        return None

    def _left(
        self, departures: Sequence[Departure], verdicts: Sequence[Verdict]
    ) -> tuple[Sequence[Event], Sequence[Verdict]]:
        """Take in those that the kernel has stamped and that nothing else is to be heard of; what is left."""
        pop, kernel = self._waiting.pop, Clock.KERNEL
        left: list[tuple[int, int]] = []
        others: list[tuple[Departure, Verdict]] = []
        for departure, verdict in zip(departures, verdicts, strict=True):
            token, sent_at, clock, _, _ = departure
            if clock is not kernel or verdict is not NOTHING:
                others.append((departure, verdict))
            elif (number := pop(token, None)) is not None:
                left.append((number, sent_at))
        self.packets.left(left)
        return [departure for departure, _ in others], [verdict for _, verdict in others]

    def _arrived(self, datagram: Datagram, verdict: Verdict) -> str | None:
        if verdict.is_own:
            return self._record(self._seen(datagram, verdict))
        number = self.packets.arrived((datagram,), (verdict,))
        return None if self._sink is None else self._record(self.packets.get(number))

    def _departed(self, departure: Departure, *, will_be_seen: bool) -> str | None:
        token = departure.token
        number = self._waiting.get(token)
        if number is None or not self.packets.tell(number, departure):
            return None
        if will_be_seen:
            self._unseen.add(token)
            return None
        trouble = None
        if self._sink is not None and number not in self._recorded:
            self._recorded.add(number)
            trouble = self._record(self.packets.get(number))
        if departure.clock is not Clock.USER:
            self._settle(token)
        return trouble

    def _seen(self, datagram: Datagram, verdict: Verdict) -> Packet | None:
        """A packet of ours as it left: that is what is kept."""
        token = verdict.token or 0
        number = self._waiting.get(token)
        packet = None if number is None else self.packets.get(number)
        if packet is not None:
            packet = replace(
                packet,
                at=datagram.received_at,
                clock=datagram.clock,
                data=datagram.data,
                link=datagram.link,
                length=datagram.length,
                interface=datagram.interface or "",
            )
            self.packets.restamp(packet.number, packet)
        self._unseen.discard(token)
        self._settle(token)
        return packet

    def end(self) -> None:
        """Record what left unseen, as it was made."""
        for token in sorted(self._unseen):
            self._record(self.packets.get(self._waiting.get(token, 0)))
        self._unseen.clear()

    def _settle(self, token: int) -> None:
        """No other stamp is to be waited for."""
        number = self._waiting.pop(token, 0)
        if self._recorded:
            self._recorded.discard(number)

    def _forget(self) -> None:
        """Wait no longer for stamps of packets that have fallen out of the log."""
        first = self.packets.first
        for token in [token for token, number in self._waiting.items() if number < first]:
            self._unseen.discard(token)
            self._settle(token)
        self._forget_at = self.packets.last + _FORGETTING_EVERY

    def _record(self, packet: Packet | None) -> str | None:
        if self._sink is None or packet is None:
            return None
        try:
            self._sink.write(packet)
        except OSError as error:
            self._sink = None
            return f"the recording ends here: {error.strerror or error}"
        return None
