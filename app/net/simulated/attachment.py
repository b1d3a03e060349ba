"""A simulated internet in real time behind a device: what the host sends goes in, what it causes comes out when due.

The device is a file of whole IP datagrams. Each is stamped as it is read, walks its whole way at once, and its
answers wait for their moments; so what is added to an asked delay is a wake-up at either end. How truly that goes is
measured by bench/simulating.py.
"""

import errno
import heapq
import os
import select
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from itertools import islice

from app.net import clock
from app.net.simulated.internet import Internet
from app.net.simulated.scenario import HERE, Scenario
from app.net.simulated.walk import Walk
from app.packet.compose import Envelope, echo_message, icmp_protocol, ip_datagram, with_checksum
from app.packet.registry import Protocol
from app.packet.transport.tcp import Tcp
from app.packet.transport.udp import Udp

#: Packets that are read before the first is looked at: a burst gets its true moments, and answers do not wait long.
_BATCH = 64
_LARGEST = 65_535
_LONGEST_WAIT = 1_000_000_000
_WARMING = 50  #: nodes; the first of each kind is among them, or its first answer is late

_VERSION_4, _MULTICAST_4, _MULTICAST_6, _LINK_LOCAL_6 = range(0x40, 0x50), b"\xe0", b"\xff", b"\xfe\x80"


@dataclass(slots=True)
class Exchange:
    """A packet that the host sent, and what became of it. Times are nanoseconds on the attachment's clock."""

    number: int  #: counted from 1
    at: int  #: when it was read from the device
    began: int  #: when the simulation began: its walks count from there
    walks: list[Walk]  #: its own, and those of all that it caused
    left: list[int | None] = field(default_factory=list)  #: when the answers that arrived were handed to the host
    waiting: int = 0  #: answers that are still to be handed over


@dataclass(slots=True)
class Counts:
    """What went by so far, in packets."""

    sent: int = 0  #: by the host
    ignored: int = 0  #: of these: for neighbours and groups, of which a simulation behind a device has none
    unanswered: int = 0  #: of these: nothing came back
    handed: int = 0  #: answers to the host
    refused: int = 0  #: answers that the host's kernel did not take


class Attachment:
    """Belongs to one thread; `stop` alone may be called from any."""

    def __init__(
        self,
        internet: Internet,
        device: int,
        *,
        tell: Callable[[Exchange], None] | None = None,
        now: Callable[[], int] = clock.now,
    ) -> None:
        """`device` is a descriptor that does not block; `tell` is called with each exchange when it is over."""
        self.counts = Counts()
        self._internet = internet
        self._device = device
        self._tell = tell or _keep_still
        self._now = now
        self._began = now()
        self._due: list[tuple[int, int, bytes, Exchange, int]] = []
        self._order = 0
        self._wake = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        self._is_stopped = self._is_closed = False
        self._closing = threading.Lock()  # a stop must not write into a descriptor that is somebody else's by now

    @property
    def waiting(self) -> int:
        """Answers under way."""
        return len(self._due)

    def run(self, until: int | None, pause: Callable[[], int]) -> None:
        """Go on until the clock shows `until` or `stop` is called. Raises OSError where the device is gone.

        `pause` is called before each wait, and says when it wants to be called again.
        """
        while not self._is_stopped and (until is None or self._now() < until):
            due = min(self.turn(), pause())
            self._wait(due if until is None else min(due, until))

    def turn(self) -> int:
        """Take in what waits, hand over what is due; returns when the next answer is, if that is soon."""
        for at, data in self._read():
            self._take_in(at, data)
            self._hand_over()
        self._hand_over()
        return self._due[0][0] if self._due else self._now() + _LONGEST_WAIT

    def stop(self) -> None:
        """End `run` soon."""
        self._is_stopped = True
        with self._closing:
            if not self._is_closed:
                os.eventfd_write(self._wake, 1)

    def finish(self) -> None:
        """Tell of the exchanges that are not over, and hand over nothing more."""
        for exchange in {id(entry[3]): entry[3] for entry in sorted(self._due)}.values():
            self._tell(exchange)
        self._due.clear()

    def close(self) -> None:
        """Give back what `stop` needs; nothing happens once it is closed."""
        with self._closing:
            self._is_closed = True
            os.close(self._wake)

    def _read(self) -> list[tuple[int, bytes]]:
        """What the host has sent, with the moments of reading."""
        packets = []
        try:
            for _ in range(_BATCH):
                data = os.read(self._device, _LARGEST)
                packets.append((self._now(), data))
        except BlockingIOError:
            pass
        return packets

    def _take_in(self, at: int, data: bytes) -> None:
        counts = self.counts
        counts.sent += 1
        if _is_for_neighbours(data):
            counts.ignored += 1
            return
        arrivals = self._internet.send(data, at - self._began)
        walks = self._internet.walks
        exchange = Exchange(counts.sent, at, self._began, walks, [None] * len(arrivals), len(arrivals))
        if not arrivals:
            counts.unanswered += 1
            self._tell(exchange)
        for index, arrival in enumerate(arrivals):
            self._order += 1
            heapq.heappush(self._due, (self._began + arrival.at, self._order, arrival.data, exchange, index))

    def _hand_over(self) -> None:
        """Give the host all whose moment has come."""
        due = self._due
        while due and due[0][0] <= self._now():
            _, _, data, exchange, index = heapq.heappop(due)
            try:
                os.write(self._device, data)
                self.counts.handed += 1
                exchange.left[index] = self._now()
            except OSError as error:
                if error.errno == errno.EBADFD:
                    raise
                self.counts.refused += 1
            exchange.waiting -= 1
            if not exchange.waiting:
                self._tell(exchange)

    def _wait(self, until: int) -> None:
        # epoll rounds its timeout up to whole milliseconds; select does not.
        timeout = min(until - self._now(), _LONGEST_WAIT)
        if timeout > 0:
            select.select((self._device, self._wake), (), (), timeout / 1e9)


def warm_up(scenario: Scenario) -> None:
    """Have all that answers made ready, in an internet that is thrown away: it takes milliseconds."""
    internet = Internet(scenario, "warm-up")
    for node in islice(scenario.nodes.values(), _WARMING):
        for there in node.addresses[:2] if node.key != HERE else ():
            here = internet.source(there.version)
            if here is not None:
                for data in _probes(Envelope(here, there)):
                    internet.send(data, 0)


def _probes(envelope: Envelope) -> Iterator[bytes]:
    """A probe of each kind, with the TTL to arrive and with one that expires."""
    echo = echo_message(envelope, 1, 1, b"")
    udp = with_checksum(envelope, Protocol.UDP, Udp(source_port=33_434, destination_port=33_434, length=8).build())
    syn = with_checksum(envelope, Protocol.TCP, Tcp(source_port=33_434, destination_port=80, synchronize=1).build())
    for ttl in (envelope.ttl, 1):
        outer = replace(envelope, ttl=ttl)
        yield ip_datagram(outer, icmp_protocol(envelope.source), echo)
        yield ip_datagram(outer, Protocol.UDP, udp)
        yield ip_datagram(outer, Protocol.TCP, syn)


def _keep_still(_: Exchange) -> None:
    """Nobody wants to be told."""


def _is_for_neighbours(data: bytes) -> bool:
    """Whether a packet, however short, is for a group, or for or from an address of the link itself."""
    if data[:1] and data[0] in _VERSION_4:
        return data[16:17] >= _MULTICAST_4
    return data[24:25] == _MULTICAST_6 or _LINK_LOCAL_6 in (data[24:26], data[8:10])
