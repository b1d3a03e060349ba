"""A network small enough to see through: it answers whole datagrams with whole datagrams, at given times."""

import heapq
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Any

from app.engine.command import Target
from app.engine.datagram import Clock, Datagram, Departure, Event, Failure, Outgoing
from app.engine.machine import Machine
from app.packet.compose import Address, Envelope, echo_message, ip_datagram, with_checksum
from app.packet.icmp.error import icmp_error
from app.packet.ip.v4 import Ipv4
from app.packet.ip.v6 import Ipv6
from app.packet.registry import Protocol
from app.packet.transport.tcp import Tcp

MS = 1_000_000
SECOND = 1_000_000_000
START = 1_700_000_000 * SECOND
SECRET = b"a secret of sixteen bytes"
HERE = {4: ip_address("10.0.0.1"), 6: ip_address("2001:db8::1")}


def source(destination: Address) -> Address:
    return HERE[destination.version]


def target(text: str, key: str | None = None) -> Target:
    return Target(key or text, text, ip_address(text))


@dataclass(frozen=True)
class Sent:
    """A probe taken apart."""

    source: Address
    destination: Address
    ttl: int
    protocol: int
    payload: bytes


def parse(data: bytes) -> Sent:
    if data[0] >> 4 == 4:
        head = Ipv4.decode(data)
        return Sent(head.source, head.destination, head.ttl, head.protocol, data[20:])
    head6 = Ipv6.decode(data)
    return Sent(head6.source, head6.destination, head6.hop_limit, head6.next_header, data[40:])


def reply_to(data: bytes, *, ttl: int = 60, source: Address | None = None) -> bytes:
    """The echo reply to an echo request."""
    sent = parse(data)
    envelope = Envelope(source or sent.destination, sent.source, ttl=ttl)
    identifier, sequence = int.from_bytes(sent.payload[4:6], "big"), int.from_bytes(sent.payload[6:8], "big")
    message = echo_message(envelope, identifier, sequence, sent.payload[8:], is_reply=True)
    return ip_datagram(envelope, sent.protocol, message)


def error_about(data: bytes, router: str, kind: int, code: int, **more: Any) -> bytes:
    """What a router says of a datagram whose TTL it has counted down."""
    sent = parse(data)
    envelope = Envelope(ip_address(router), sent.source, ttl=62)
    message = icmp_error(envelope, kind, code, data, **more)
    protocol = Protocol.ICMP if sent.source.version == 4 else Protocol.IPV6_ICMP
    return ip_datagram(envelope, protocol, message)


def segment_to(data: bytes, *, reset: int = 0) -> bytes:
    """The SYN/ACK or RST that answers a SYN."""
    sent = parse(data)
    syn = Tcp.decode(sent.payload)
    envelope = Envelope(sent.destination, sent.source)
    head = Tcp(
        source_port=syn.destination_port,
        destination_port=syn.source_port,
        sequence=1 - reset,
        acknowledgment=(syn.sequence + 1) & 0xFFFFFFFF,
        acknowledge=1,
        synchronize=1 - reset,
        reset=reset,
    )
    return ip_datagram(envelope, Protocol.TCP, with_checksum(envelope, Protocol.TCP, head.build()))


#: What the network does about one probe: (delay, event maker) for each thing that it tells.
Happening = tuple[int, Callable[[int], Event]]
Respond = Callable[[Outgoing, int], Sequence[Happening]]


def arrives(delay: int, data: bytes) -> Happening:
    return delay, lambda at: Datagram(data, at, Clock.KERNEL)


def departs(token: int, delay: int = 0) -> Happening:
    return delay, lambda at: Departure(token, at, Clock.KERNEL)


def fails(token: int, errno: str = "ENETUNREACH") -> Happening:
    return 0, lambda at: Failure(token, at, errno, "no route")


@dataclass
class World:
    """Runs a machine over `respond` in virtual time, as a runner does. `sent` is every probe with its time."""

    machine: Machine[Any]
    respond: Respond
    now: int = START
    sent: list[tuple[int, Outgoing]] = field(default_factory=list)
    check: Callable[[], None] = lambda: None
    _events: list[tuple[int, int, Event]] = field(default_factory=list)
    _count: int = 0

    def tell(self, at: int, event: Event) -> None:
        self._count += 1
        heapq.heappush(self._events, (at, self._count, event))

    def run(self, until: int | None = None, *, turns: int = 200_000) -> Any:
        """Go on until the machine has nothing left to do, or until that moment."""
        for _ in range(turns):
            self.machine.expire(self.now)
            for out in self.machine.poll(self.now):
                self.sent.append((self.now, out))
                for delay, make in self.respond(out, self.now):
                    self.tell(self.now + delay, make(self.now + delay))
            self.check()
            deadline = self.machine.deadline()
            if deadline is None:
                break
            following = min([deadline, *(at for at, _, _ in self._events[:1])])
            if until is not None and following > until:
                self.now = until
                break
            self.now = max(self.now, following)
            while self._events and self._events[0][0] <= self.now:
                self.machine.receive(heapq.heappop(self._events)[2])
                self.check()
        else:
            raise AssertionError("the machine never comes to rest")
        self.machine.expire(self.now)
        return self.machine.snapshot(self.now)


@dataclass(frozen=True)
class Chain:
    """A path of routers, an address each or "" for a silent one, then the target; 10 ms a hop there and back."""

    routers: Sequence[str]
    is_target_silent: bool = False
    hop: int = 10 * MS

    def __call__(self, out: Outgoing, now: int) -> Sequence[Happening]:
        sent = parse(out.data)
        happenings = [departs(out.token)]
        if sent.ttl <= len(self.routers):
            if router := self.routers[sent.ttl - 1]:
                kind = 11 if sent.source.version == 4 else 3
                happenings.append(arrives(sent.ttl * self.hop, error_about(out.data, router, kind, 0)))
        elif not self.is_target_silent:
            happenings.append(arrives((len(self.routers) + 1) * self.hop, self.answer(out.data, sent)))
        return happenings

    def answer(self, data: bytes, sent: Sent) -> bytes:
        if sent.protocol == Protocol.TCP:
            return segment_to(data)
        if sent.protocol == Protocol.UDP:
            kind, code = (3, 3) if sent.source.version == 4 else (1, 4)
            return error_about(data, str(sent.destination), kind, code)
        return reply_to(data)
