"""The link to the real network, whatever its sockets are: senders, receivers, one waiter, one clock.

Departures are told before the answers that came in the same turn, so an engine always knows when a probe
left before it learns that it was answered.
"""

import errno
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from typing import TYPE_CHECKING, Protocol

from app.engine.command import Method
from app.engine.datagram import Datagram, Drops, Event, Fault, Outgoing
from app.engine.wording import duration
from app.net import clock
from app.net.batch import Calls
from app.net.buffer import Buffer
from app.net.clock import Sleep, WallClock
from app.net.message import MOST, Message
from app.net.options import LinkOptions
from app.net.outlet import Outlet
from app.net.receiving import Receiver, arrivals
from app.net.refusal import failure, words
from app.net.sockets import source_address
from app.net.waiter import Waiter
from app.net.ways import Ways
from app.packet.compose import Address
from app.packet.registry import Protocol as Upper

if TYPE_CHECKING:
    from app.engine.condition import LinkCondition

_SECOND = 1_000_000_000
_PROTOCOLS = {Method.UDP: Upper.UDP, Method.TCP: Upper.TCP}


class Sender(Protocol):
    """A way out for datagrams of some versions and protocols."""

    def send(self, batch: Sequence[Outgoing]) -> None:
        """Send datagrams; what becomes of each is told by an outlet. Raises OSError where none can be sent."""


@dataclass(frozen=True, slots=True)
class Equipment:
    """All that a link is made of. `senders` are found by version and protocol number; `outlets` tell of what left."""

    name: str
    identifier: int
    port: int
    senders: Mapping[tuple[int, int], Sender]
    outlets: Sequence[Outlet]
    receivers: Sequence[Receiver]
    calls: Calls
    wall: WallClock
    ways: Ways
    filter: str  #: what the kernel lets through, in words
    release: Callable[[], None]
    sleep: Sleep = field(default_factory=Sleep)


class SocketLink:
    """A Link over sockets. All but `wake` belongs to one thread."""

    def __init__(self, equipment: Equipment, options: LinkOptions) -> None:
        self.name = equipment.name
        self.identifier = equipment.identifier
        self.port = equipment.port
        self._equipment = equipment
        self._options = options
        outlets = {outlet.buffer.sock: outlet for outlet in equipment.outlets}
        self._ears = {
            receiver.sock.fileno(): _Ear(receiver, outlets.get(receiver.sock)) for receiver in equipment.receivers
        }
        self._waiter = Waiter(self._ears, is_swift=options.is_swift)
        self._calls = equipment.calls
        self._wall = equipment.wall
        self._pending: list[Event] = []
        self._sleep = equipment.sleep
        self._awake_at = clock.now()
        self._dropped = 0  # packets of which no line was told yet
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
        for key, some in _by_way(batch).items():
            try:
                sender = self._equipment.senders.get(key)
                if sender is None:
                    raise OSError(errno.EPROTONOSUPPORT, "no sender")
                sender.send(some)
            except OSError as error:
                self._pending += [failure(outgoing.token, clock.now(), error) for outgoing in some]

    def receive(self, until: int) -> Sequence[Event]:
        """Wait, then read what there is; bounded, so that a flood cannot keep an engine from sending."""
        ready = self._waiter.wait(0 if self._pending else self._resume_at(until), gather=not self._options.is_prompt)
        self._wall.refresh()
        for descriptor in self._ears.keys() - ready:
            self._ears[descriptor].buffer.was_empty(self._awake_at)  # in the wait, and so before
        self._wake_up()
        read = [self._read(self._ears[descriptor]) for descriptor in ready & self._ears.keys()]
        arrived = [datagram for some in read for datagram in some]
        if len(read) > 1:  # each socket's are in turn
            arrived.sort(key=_RECEIVED_AT)
        told: list[Event] = []
        heard: list[Datagram] = []
        for outlet in self._equipment.outlets:
            some_told, some_heard = outlet.collect()
            told += some_told
            heard += some_heard
        self._tell_drops()
        events, self._pending = self._pending, []
        return [*events, *told, *heard, *arrived]

    def _wake_up(self) -> None:
        """Tell that this host slept: what would have come meanwhile was not heard, and is no loss of the network's."""
        if slept := self._sleep.look():
            now = clock.now()
            text = f"this host slept for {duration(slept)}: what was on its way then is not counted as lost"
            self._pending += [Drops(now, self._awake_at, 0), Fault(now, text)]
        self._awake_at = clock.now()

    def _resume_at(self, until: int) -> int:
        """When to come again at the latest: what waits for room to leave must not wait for an answer."""
        moments = (outlet.resume_at for outlet in self._equipment.outlets)
        return min(until, *(moment for moment in moments if moment is not None), until)

    def _read(self, ear: "_Ear") -> list[Datagram]:
        """Look at the buffer first: nobody else empties it, so where a packet found it full, it still is."""
        now = clock.now()
        if (drops := ear.buffer.look(now, was_read_to_the_bound=ear.is_behind)) is not None:
            self._dropped += drops.packets
            self._pending.append(drops)
        if ear.outlet is not None and ear.buffer.may_lack_stamps:
            ear.outlet.doubt()  # who looks after this reading sees room
        messages: list[Message] = []
        for is_last in (False, True):
            try:
                messages = self._calls.read(ear.receiver.sock)
                self._say(ear, "")
                break
            except OSError as error:
                # The first may be an error about a probe, which the error queue tells in full; asking has cleared it.
                if is_last:
                    self._say(ear, f"nothing is heard: {words(error)}")
        ear.is_behind = len(messages) >= MOST
        arrived = arrivals(ear.receiver, messages, self._wall, clock.now())
        if arrived:
            self._equipment.ways.arrived(arrived[-1])
        return arrived

    def _say(self, ear: "_Ear", trouble: str) -> None:
        """Tell of a trouble once, and once that it is over."""
        if trouble != ear.trouble:
            ear.trouble = trouble
            self._pending.append(Fault(clock.now(), trouble or "answers are heard again"))

    def _tell_drops(self) -> None:
        """Say, once a second, how many packets were dropped here, which is not the network's loss."""
        now = clock.now()
        if self._dropped and now - self._told_at >= _SECOND:
            some = f"up to {self._dropped} packets that had arrived were dropped here"
            text = f"{some}, not on the network: this host was too busy to read them"
            self._pending.append(Fault(now, text))
            self._dropped, self._told_at = 0, now

    def condition(self) -> "LinkCondition":
        """How it is doing."""
        from app.engine.condition import LinkCondition
        from app.net.privileges import standing

        ears = [ear.buffer for ear in self._ears.values()]
        return LinkCondition(
            self.name,
            calls=self._calls.words,
            filter=self._equipment.filter,
            privileges=standing(),
            buffers=tuple(buffer.use() for buffer in (*ears, *(outlet.buffer for outlet in self._equipment.outlets))),
            stampings=self._equipment.ways.stampings(),
            dropped=sum(buffer.dropped for buffer in ears),
        )

    def wake(self) -> None:
        """End a wait."""
        self._waiter.wake()

    def close(self) -> None:
        """Give the sockets back."""
        if not self._is_closed:
            self._is_closed = True
            self._waiter.close()
            self._equipment.release()


class _Ear:
    """A socket that is read, and how it is doing."""

    def __init__(self, receiver: Receiver, outlet: Outlet | None) -> None:
        self.receiver = receiver
        self.outlet = outlet  #: that sends by the same socket, and has its stamps in the same buffer
        # Raw sockets of IPv4 count nothing but what found no room.
        self.buffer = Buffer(receiver.sock, receiver.name, counts_damage=not receiver.is_whole)
        self.trouble = ""  #: what was said of it last
        self.is_behind = False  #: whether more may wait than was read last time


_RECEIVED_AT = attrgetter("received_at")


def _by_way(batch: Sequence[Outgoing]) -> dict[tuple[int, int], list[Outgoing]]:
    """The datagrams by IP version and protocol, each in turn."""
    ways: dict[tuple[int, int], list[Outgoing]] = {}
    for outgoing in batch:
        data = outgoing.data
        version = data[0] >> 4
        key = version, data[9 if version == 4 else 6]
        if key in ways:
            ways[key].append(outgoing)
        else:
            ways[key] = [outgoing]
    return ways


def _icmp(version: int) -> int:
    return Upper.ICMP if version == 4 else Upper.IPV6_ICMP
