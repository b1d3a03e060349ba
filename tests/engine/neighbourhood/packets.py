"""Frames that neighbours send, and a machine that hears them."""

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address

from app.engine.datagram import Clock, Datagram, Direction
from app.engine.host import Surroundings
from app.engine.neighbourhood.facts import RoleKind
from app.engine.neighbourhood.machine import NeighbourhoodMachine
from app.engine.neighbourhood.snapshot import Neighbour, NeighbourhoodSnapshot, Role
from app.packet.compose import Address, Envelope, ip_datagram, with_checksum
from app.packet.link.linktype import LinkType
from app.packet.registry import Protocol

SECOND = 1_000_000_000
ALL_NODES_6, ALL_NODES_4 = IPv6Address("ff02::1"), IPv4Address("224.0.0.1")
ROUTER_MAC, OTHER_MAC = "02:00:00:00:00:01", "02:00:00:00:00:03"


def frame(packet: bytes, mac: str = ROUTER_MAC) -> bytes:
    """An IP datagram in an Ethernet frame to a group."""
    kind = "0800" if packet[0] >> 4 == 4 else "86dd"
    return bytes.fromhex(f"01005e000001{mac.replace(':', '')}{kind}") + packet


def heard(data: bytes, at: int = 0, *, interface: str = "eth0", direction: Direction = Direction.IN) -> Datagram:
    """A frame as a link that listens hands it over."""
    return Datagram(data, at, Clock.KERNEL, interface=interface, direction=direction, link=LinkType.ETHERNET)


def heard_raw(packet: bytes, at: int = 0, interface: str = "eth0") -> Datagram:
    """An IP datagram as a raw socket hands it over: nobody saw its MAC address."""
    return Datagram(packet, at, Clock.KERNEL, interface=interface)


def advertisement(
    source: str = "fe80::1",
    *,
    lifetime: int = 1800,
    hop_limit: int = 255,
    flags: int = 0,
    cur_hop_limit: int = 64,
    options: Iterable[str] = (),
) -> bytes:
    """A router advertisement (RFC 4861, section 4.2); `flags` from the M bit on, options in hex digits."""
    envelope = Envelope(IPv6Address(source), ALL_NODES_6, ttl=hop_limit)
    message = bytes((134, 0, 0, 0, cur_hop_limit, flags)) + lifetime.to_bytes(2) + bytes(8)
    message += b"".join(bytes.fromhex(option) for option in options)
    return ip_datagram(envelope, Protocol.IPV6_ICMP, with_checksum(envelope, Protocol.IPV6_ICMP, message))


def prefix(text: str, length: int = 64, *, flags: int = 0xC0, valid: int = 86400, preferred: int = 14400) -> str:
    """A prefix information option (RFC 4861, section 4.6.2)."""
    option = bytes((3, 4, length, flags)) + valid.to_bytes(4) + preferred.to_bytes(4) + bytes(4)
    return (option + IPv6Address(text).packed).hex()


def mtu(size: int) -> str:
    """An MTU option (RFC 4861, section 4.6.4)."""
    return f"05010000{size:08x}"


def discovery(
    source: str = "10.0.0.1",
    *routers: tuple[str, int],
    lifetime: int = 1800,
    ttl: int = 1,
    count: int | None = None,
) -> bytes:
    """An advertisement of RFC 1256."""
    envelope = Envelope(IPv4Address(source), ALL_NODES_4, ttl=ttl)
    number = len(routers) if count is None else count
    message = bytes((9, 0, 0, 0, number, 2)) + lifetime.to_bytes(2)
    for address, preference in routers:
        message += IPv4Address(address).packed + preference.to_bytes(4, signed=True)
    return ip_datagram(envelope, Protocol.ICMP, with_checksum(envelope, Protocol.ICMP, message))


def hello(source: str = "10.0.0.1", router: str = "1.1.1.1", dead: int = 40) -> bytes:
    """An OSPFv2 hello of area 0 without authentication, sent four times a dead interval (RFC 2328, A.3.2)."""
    body = bytes.fromhex("ffffff00") + max(1, dead // 4).to_bytes(2) + b"\x02\x01" + dead.to_bytes(4) + bytes(8)
    head = bytes((2, 1)) + (44).to_bytes(2) + IPv4Address(router).packed + bytes(4)
    total = sum(int.from_bytes((head + bytes(4) + body)[at : at + 2]) for at in range(0, 36, 2))
    total += sum(int.from_bytes(body[at : at + 2]) for at in range(16, len(body), 2))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    message = head + (total ^ 0xFFFF).to_bytes(2) + bytes(10) + body
    return ip_datagram(Envelope(IPv4Address(source), IPv4Address("224.0.0.5"), ttl=1), Protocol.OSPF, message)


def vrrp(source: str, group: int = 5, priority: int = 200) -> bytes:
    """An advertisement of VRRP version 2 (RFC 3768, section 5.1)."""
    message = bytes((0x21, group, priority, 1, 0, 1, 0, 0)) + IPv4Address("10.0.0.254").packed + bytes(8)
    total = sum(int.from_bytes(message[at : at + 2]) for at in range(0, len(message), 2))
    total = (total & 0xFFFF) + (total >> 16)
    message = message[:6] + ((total ^ 0xFFFF) & 0xFFFF).to_bytes(2) + message[8:]
    return ip_datagram(Envelope(IPv4Address(source), IPv4Address("224.0.0.18"), ttl=255), Protocol.VRRP, message)


def report(source: str, group: str, kind: int = 4) -> bytes:
    """An IGMPv3 report of one record: 4 joins, 3 leaves (RFC 3376, section 4.2). With a router alert."""
    message = bytes((0x22, 0, 0, 0, 0, 0, 0, 1, kind, 0, 0, 0)) + IPv4Address(group).packed
    envelope = Envelope(IPv4Address(source), IPv4Address("224.0.0.22"), ttl=1)
    message = with_checksum(envelope, Protocol.IGMP, message)
    plain = ip_datagram(envelope, Protocol.IGMP, b"\x94\x04\0\0" + message)
    head = b"\x46" + plain[1:10] + b"\0\0" + plain[12:24]
    total = sum(int.from_bytes(head[at : at + 2]) for at in range(0, len(head), 2))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return head[:10] + (total ^ 0xFFFF).to_bytes(2) + head[12:] + plain[24:]


def machine(surroundings: Surroundings | None = None) -> NeighbourhoodMachine:
    """A machine that has begun at moment 0."""
    around = surroundings or Surroundings()
    made = NeighbourhoodMachine(lambda: around)
    made.snapshot(0)
    return made


def after(*packets: bytes, mac: str = ROUTER_MAC) -> NeighbourhoodSnapshot:
    """What is known after these packets of one neighbour."""
    made = machine()
    for packet in packets:
        made.receive(heard(frame(packet, mac)))
    return made.snapshot(0)


def role_of(neighbour: Neighbour, kind: RoleKind) -> Role:
    """The one role of a kind."""
    (role,) = (role for role in neighbour.roles if role.kind is kind)
    return role


def addresses(*texts: str) -> tuple[Address, ...]:
    """Addresses of both versions."""
    return tuple(IPv6Address(text) if ":" in text else IPv4Address(text) for text in texts)
