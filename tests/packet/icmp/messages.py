"""ICMP messages in their datagrams, checksums right, for the tests beside this file."""

from ipaddress import IPv4Address, IPv6Address

from app.packet.compose import Envelope, ip_datagram, with_checksum
from app.packet.dissection import Dissection
from app.packet.registry import Protocol
from tests.packet.link.frames import read

NOBODY, ROUTER, ALL_NODES = IPv6Address("::"), IPv6Address("fe80::1"), IPv6Address("ff02::1")
FOUR = Envelope(IPv4Address("192.0.2.1"), IPv4Address("198.51.100.2"))
SIX = Envelope(IPv6Address("2001:db8::1"), IPv6Address("2001:db8::2"))
#: What routers and neighbours say to their link.
LINK = Envelope(ROUTER, ALL_NODES, ttl=255)
#: A router alert for MLD, in a hop-by-hop header in front of ICMPv6.
ALERT = bytes.fromhex("3a00050200000100")


def icmp(digits: str, envelope: Envelope = FOUR) -> Dissection:
    """An ICMP message, its checksum made, that starts with type and code; the checksum's bytes are left out."""
    return read(datagram(Protocol.ICMP, digits, envelope).hex())


def icmpv6(digits: str, envelope: Envelope = SIX) -> Dissection:
    """The same of ICMPv6."""
    return read(datagram(Protocol.IPV6_ICMP, digits, envelope).hex())


def listener(digits: str, envelope: Envelope) -> Dissection:
    """The same behind a router alert."""
    message = _message(Protocol.IPV6_ICMP, digits, envelope)
    return read(ip_datagram(envelope, Protocol.HOPOPT, ALERT + message).hex())


def datagram(protocol: Protocol, digits: str, envelope: Envelope) -> bytes:
    """The whole datagram of such a message."""
    return ip_datagram(envelope, protocol, _message(protocol, digits, envelope))


def _message(protocol: Protocol, digits: str, envelope: Envelope) -> bytes:
    raw = bytes.fromhex(digits)
    return with_checksum(envelope, protocol, raw[:2] + b"\0\0" + raw[2:])
