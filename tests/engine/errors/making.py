"""Errors as a link hears them, made of whole datagrams, and a host that knows what it is told."""

from dataclasses import dataclass, field
from ipaddress import ip_address

from app.engine.datagram import Clock, Datagram, Direction
from app.engine.errors.snapshot import CachedRoute, Flow, Owner, Process
from app.packet.checksum import internet_checksum, pseudo_header
from app.packet.compose import Address, Envelope, ip_datagram
from app.packet.registry import Protocol

SECOND = 1_000_000_000
START = 1_700_000_000 * SECOND
US, THEM, ROUTER = ip_address("192.0.2.10"), ip_address("198.51.100.9"), ip_address("192.0.2.1")
US6, THEM6, ROUTER6 = ip_address("2001:db8::10"), ip_address("2001:db8:9::9"), ip_address("fe80::1")
FIREFOX = Owner("connected", 1000, Process(4242, "firefox", 1000))


@dataclass
class KnownKernel:
    """Answers as a test says, and remembers what it was asked."""

    owners: dict[tuple[int, int | None], Owner] = field(default_factory=dict)  #: by protocol and local port
    routes: dict[Address, CachedRoute] = field(default_factory=dict)
    refused: str = ""
    asked: list[Flow] = field(default_factory=list)

    def owner(self, flow: Flow) -> Owner | None:
        self.asked.append(flow)
        return self.owners.get((flow.protocol, flow.local_port))

    def route(self, destination: Address, interface: str | None) -> CachedRoute | None:
        if destination in (US, US6):
            return CachedRoute(None, None, is_local=True)
        return self.routes.get(destination)

    def redirects_refused(self, version: int, interface: str | None) -> str:
        return self.refused


def udp(source: Address = US, destination: Address = THEM, *, ports: tuple[int, int] = (5300, 53)) -> bytes:
    """A datagram of ours, as a router quotes it."""
    head = b"".join(number.to_bytes(2, "big") for number in (*ports, 8, 0))
    return ip_datagram(Envelope(source, destination), Protocol.UDP, head)


def error(
    kind: int,
    code: int,
    quote: bytes,
    *,
    rest: bytes = bytes(4),
    source: Address = ROUTER,
    destination: Address = US,
    direction: Direction = Direction.IN,
    at: int = START,
    damage: int = 0,
    ttl: int = 64,
) -> Datagram:
    """An ICMP error with a checksum that is right, unless it is damaged."""
    message = bytes((kind, code, 0, 0)) + rest + quote
    version = destination.version
    protocol = Protocol.ICMP if version == 4 else Protocol.IPV6_ICMP
    front = b"" if version == 4 else pseudo_header(source, destination, protocol, len(message))
    checksum = internet_checksum(front + message) ^ damage
    message = message[:2] + checksum.to_bytes(2, "big") + message[4:]
    data = ip_datagram(Envelope(source, destination, ttl=ttl), protocol, message)
    return Datagram(data, at, Clock.KERNEL, interface="eth0", direction=direction)


def redirect6(target: str, destination: Address = THEM6, *, ttl: int = 255, at: int = START) -> Datagram:
    """A redirect with a redirected header option (RFC 4861, sections 4.5 and 4.6.3)."""
    quote = udp(US6, destination)
    option = bytes((4, (8 + len(quote)) // 8)) + bytes(6) + quote
    body = ip_address(target).packed + destination.packed + option
    return error(137, 0, body, source=ROUTER6, destination=US6, ttl=ttl, at=at)
