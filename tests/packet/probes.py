"""Datagrams that several tests start from, built as the engines and the simulation build theirs."""

from ipaddress import ip_address

from app.packet.answer import InterfaceInformation, MplsEntry
from app.packet.compose import Address, Envelope, echo_message, icmp_protocol, ip_datagram, with_checksum
from app.packet.icmp.error import icmp_error
from app.packet.registry import Protocol
from app.packet.transport.tcp import Tcp
from app.packet.transport.udp import Udp

SOURCE: dict[int, Address] = {4: ip_address("192.0.2.10"), 6: ip_address("2001:db8::10")}
TARGET: dict[int, Address] = {4: ip_address("198.51.100.20"), 6: ip_address("2001:db8:1::20")}
ROUTER: dict[int, Address] = {4: ip_address("203.0.113.1"), 6: ip_address("2001:db8:ff::1")}
TIME_EXCEEDED = {4: 11, 6: 3}
PORT_UNREACHABLE = {4: (3, 3), 6: (1, 4)}
TOO_BIG = {4: (3, 4), 6: (2, 0)}
STACK = (MplsEntry(24015, 3, False, 1), MplsEntry(16, 0, True, 254))
INTERFACE = InterfaceInformation(2, 7, ip_address("192.0.2.1"), "ge-0/0/1", 1500)


def outgoing(version: int) -> Envelope:
    """The envelope of a probe."""
    return Envelope(SOURCE[version], TARGET[version], ttl=3, dscp=46, ecn=1, identification=0xABCD * (version == 4))


def echo_request(version: int, payload: bytes = b"a secret of the run") -> bytes:
    envelope = outgoing(version)
    return ip_datagram(envelope, icmp_protocol(envelope.source), echo_message(envelope, 0x4D2, 7, payload))


def echo_reply(version: int, payload: bytes = b"a secret of the run") -> bytes:
    envelope = outgoing(version).reversed(ttl=57)
    message = echo_message(envelope, 0x4D2, 7, payload, is_reply=True)
    return ip_datagram(envelope, icmp_protocol(envelope.source), message)


def udp_probe(version: int, payload: bytes = b"u" * 24) -> bytes:
    envelope = outgoing(version)
    head = Udp(source_port=40000, destination_port=33434, length=8 + len(payload)).build()
    return ip_datagram(envelope, Protocol.UDP, with_checksum(envelope, Protocol.UDP, head + payload))


def tcp_probe(version: int, options: bytes = bytes.fromhex("020405b4")) -> bytes:
    envelope = outgoing(version)
    size = 5 + len(options) // 4
    head = Tcp(source_port=40000, destination_port=443, sequence=1000, data_offset=size, synchronize=1, window=1024)
    return ip_datagram(envelope, Protocol.TCP, with_checksum(envelope, Protocol.TCP, head.build() + options))


def error(
    version: int,
    quoted: bytes,
    kind: tuple[int, int] | None = None,
    *,
    rest: int = 0,
    mpls: tuple[MplsEntry, ...] = (),
    interfaces: tuple[InterfaceInformation, ...] = (),
) -> bytes:
    """A router's complaint about `quoted`, time exceeded unless `kind` says another type and code."""
    envelope = Envelope(ROUTER[version], SOURCE[version], ttl=250)
    number, code = kind or (TIME_EXCEEDED[version], 0)
    message = icmp_error(envelope, number, code, quoted, rest=rest, mpls=mpls, interfaces=interfaces)
    return ip_datagram(envelope, icmp_protocol(envelope.source), message)
