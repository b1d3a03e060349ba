"""Datagrams around the messages of the smaller routing protocols and transports, written in hexadecimal digits."""

from ipaddress import ip_address

from app.packet.checksum import internet_checksum
from app.packet.compose import Envelope, ip_datagram, with_checksum
from app.packet.registry import Protocol
from app.packet.transport.udp import Udp

V4 = Envelope(ip_address("10.0.0.1"), ip_address("10.0.0.2"), ttl=255)
V6 = Envelope(ip_address("fe80::1"), ip_address("ff02::12"), ttl=255)


def ip(protocol: int, text: str, envelope: Envelope = V4) -> bytes:
    """A datagram around these bytes as they are."""
    return ip_datagram(envelope, protocol, bytes.fromhex(text))


def summed(protocol: int, text: str, at: int) -> bytes:
    """A datagram around these bytes, the plain checksum at byte `at` of them made right."""
    message = bytes.fromhex(text)
    checksum = internet_checksum(message[:at] + b"\0\0" + message[at + 2 :])
    return ip_datagram(V4, protocol, message[:at] + checksum.to_bytes(2, "big") + message[at + 2 :])


def udp(port: int, text: str, envelope: Envelope = V4) -> bytes:
    """A UDP datagram between these ports of two hosts."""
    payload = bytes.fromhex(text)
    head = Udp(source_port=port, destination_port=port, length=8 + len(payload)).build()
    return ip_datagram(envelope, Protocol.UDP, with_checksum(envelope, Protocol.UDP, head + payload))
