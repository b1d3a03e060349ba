"""The link to the real network, whatever its sockets are: senders, receivers, one waiter, one clock.

Departures are told before the answers that came in the same turn, so an engine always knows when a probe
left before it learns that it was answered.
"""

import errno
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from app.engine.command import Method
from app.engine.datagram import Datagram, Event, Fault, Outgoing
from app.net import clock
from app.net.batch import Message, Reader
from app.net.clock import WallClock
from app.net.options import LinkOptions
from app.net.receiving import Receiver, arrival
from app.net.refusal import failure, words
from app.net.sockets import queue_of, source_address
from app.net.waiter import Waiter
from app.packet.compose import Address
from app.packet.registry import Protocol as Upper

if TYPE_CHECKING:
    from app.engine.condition import LinkCondition

_SECOND = 1_000_000_000
_PROTOCOLS = {Method.UDP: Upper.UDP, Method.TCP: Upper.TCP}


class Sender(Protocol):
    """A way out for datagrams of some versions and protocols."""

    def send(self, outgoing: Outgoing) -> None:
        """Send one datagram. Raises OSError where the kernel refuses it."""

    def collect(self) -> Sequence[Event]:
        """What the error queue tells: departures, and errors about what was sent."""


@dataclass(frozen=True, slots=True)
class Equipment:
    """All that a link is made of. `senders` are found by IP version and protocol number."""

    name: str
    identifier: int
    port: int
    senders: Mapping[tuple[int, int], Sender]
    receivers: Sequence[Receiver]
    reader: Reader
    wall: WallClock
    release: Callable[[], None]


class SocketLink:
    """A Link over sockets. All but `wake` belongs to one thread."""

    def __init__(self, equipment: Equipment, options: LinkOptions) -> None:
        self.name = equipment.name
        self.identifier = equipment.identifier
        self.port = equipment.port
        self._equipment = equipment
        self._options = options
        self._senders = tuple({id(sender): sender for sender in equipment.senders.values()}.values())
        self._receivers = {receiver.sock.fileno(): receiver for receiver in equipment.receivers}
        self._waiter = Waiter(self._receivers)
        self._reader = equipment.reader
        self._wall = equipment.wall
        self._pending: list[Event] = []
        self._troubles: dict[int, str] = {}  # by descriptor: what was said of it last
        self._drops = {descriptor: queue_of(receiver.sock)[1] for descriptor, receiver in self._receivers.items()}
        self._unread = 0  # packets that found a full queue, not told of yet
        self._told_at = clock.now()
        self._is_closed = False

    def now(self) -> int:
        """The links' clock."""
        return clock.now()

    def source(self, destination: Address) -> Address:
        """The address that the kernel sends from to `destination`. Raises LinkError where it would not."""
        return source_address(destination, self._options)

    def can(self, method: Method, version: int) -> bool:
        """Whether there is a sender for it."""
        return (version, _PROTOCOLS.get(method) or _icmp(version)) in self._equipment.senders

    def send(self, batch: Sequence[Outgoing]) -> None:
        """Send each datagram; what the kernel refuses becomes a Failure."""
        for outgoing in batch:
            version = outgoing.data[0] >> 4
            sender = self._equipment.senders.get((version, outgoing.data[9 if version == 4 else 6]))
            try:
                if sender is None:
                    raise OSError(errno.EPROTONOSUPPORT, "no sender")
                sender.send(outgoing)
            except OSError as error:
                self._pending.append(failure(outgoing.token, clock.now(), error))

    def receive(self, until: int) -> Sequence[Event]:
        """Wait, then read what there is; bounded, so that a flood cannot keep an engine from sending."""
        ready = self._waiter.wait(0 if self._pending else until, gather=True)
        self._wall.refresh()
        arrived: list[Datagram] = []
        for descriptor in ready & self._receivers.keys():
            arrived += self._read(self._receivers[descriptor])
        arrived.sort(key=lambda datagram: datagram.received_at)
        events = [*self._pending]
        self._pending.clear()
        collected = [event for sender in self._senders for event in sender.collect()]
        events += [event for event in collected if not isinstance(event, Datagram)]
        events += [event for event in collected if isinstance(event, Datagram)]
        self._tell_drops()
        return [*events, *arrived]

    def _read(self, receiver: Receiver) -> list[Datagram]:
        descriptor = receiver.sock.fileno()
        self._count_drops(descriptor, receiver)
        messages: list[Message] = []
        for is_last in (False, True):
            try:
                messages.extend(self._reader.read(receiver.sock))
                self._say(descriptor, "")
                break
            except OSError as error:
                # The first may be an error about a probe, which the error queue tells in full; asking has cleared it.
                if is_last:
                    self._say(descriptor, f"nothing is heard: {words(error)}")
        arrived = (arrival(receiver, message, self._wall) for message in messages)
        return [datagram for datagram in arrived if datagram is not None]

    def _say(self, descriptor: int, trouble: str) -> None:
        """Tell of a trouble once, and once that it is over."""
        if trouble != self._troubles.get(descriptor, ""):
            self._troubles[descriptor] = trouble
            self._pending.append(Fault(clock.now(), trouble or "answers are heard again"))

    def _count_drops(self, descriptor: int, receiver: Receiver) -> None:
        """Before reading: nobody else empties the queue, so where a packet found it full, it still is."""
        is_full, dropped = queue_of(receiver.sock)
        if is_full:
            self._unread += dropped - self._drops[descriptor]
        self._drops[descriptor] = dropped

    def _tell_drops(self) -> None:
        """Once a second: packets that were lost here, which is not the network's loss.

        An upper bound: damaged packets that came while the queue was full are counted with them.
        """
        now = clock.now()
        if self._unread and now - self._told_at >= _SECOND:
            text = f"this host was too busy to read up to {self._unread} packets that had arrived"
            self._pending.append(Fault(now, text))
            self._unread, self._told_at = 0, now

    def condition(self) -> "LinkCondition":
        """How it is doing."""
        from app.engine.condition import LinkCondition

        return LinkCondition(self.name)

    def wake(self) -> None:
        """End a wait."""
        self._waiter.wake()

    def close(self) -> None:
        """Give the sockets back."""
        if not self._is_closed:
            self._is_closed = True
            self._waiter.close()
            self._equipment.release()


def _icmp(version: int) -> int:
    return Upper.ICMP if version == 4 else Upper.IPV6_ICMP
