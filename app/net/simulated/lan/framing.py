"""Frames put together: Ethernet around IP around messages, checksums right, router alert where IGMP and MLD want it."""

from ipaddress import IPv4Address, IPv6Address

from app.packet.checksum import internet_checksum, pseudo_header
from app.packet.compose import Address, Envelope, icmp_protocol, ip_datagram, with_checksum
from app.packet.ip.v4 import Ipv4
from app.packet.ip.v4options import RouterAlertOption
from app.packet.ip.v6 import Ipv6
from app.packet.ip.v6options import HopByHop
from app.packet.ip.v6optiontable import RouterAlertOption as RouterAlertOption6
from app.packet.link.numbers import EtherType
from app.packet.link.reader import Ethernet
from app.packet.registry import Protocol
from app.packet.transport.udp import Udp

BROADCAST = b"\xff" * 6
LIMITED_BROADCAST = IPv4Address("255.255.255.255")
#: RFC 1812, section 5.3.2, and RFC 4443: what speaks for the network itself goes with precedence 6.
INTERNETWORK_CONTROL = 48
_ETHERTYPES = {4: EtherType.IPV4, 6: EtherType.IPV6}
#: RFC 2113 and RFC 2711: an option that ends on the boundary of its header; PadN of nothing fills the rest.
_ALERT4 = RouterAlertOption(copied=1, number=20, length=4).build()
_ALERT6 = RouterAlertOption6(rest=5, length=2).build() + b"\x01\x00"


def group_mac(group: Address) -> bytes:
    """The MAC address that a multicast group is sent to (RFC 1112, section 6.4; RFC 2464, section 7)."""
    if group.version == 4:
        return b"\x01\x00\x5e" + bytes((group.packed[1] & 0x7F,)) + group.packed[2:]
    return b"\x33\x33" + group.packed[12:]


def ethernet(source: bytes, destination: bytes, kind: int, payload: bytes) -> bytes:
    """A frame."""
    return Ethernet(destination=destination, source=source, type=kind).build() + payload


def framed(source: bytes, destination: bytes, datagram: bytes) -> bytes:
    """A frame around a whole IP datagram."""
    return ethernet(source, destination, _ETHERTYPES[datagram[0] >> 4], datagram)


def sealed(message: bytes, at: int, envelope: Envelope | None = None, protocol: int = 0) -> bytes:
    """A message with the checksum at byte `at` made right; with an envelope, over its pseudo-header too."""
    blank = message[:at] + b"\0\0" + message[at + 2 :]
    front = b""
    if envelope is not None:
        front = pseudo_header(envelope.source, envelope.destination, protocol, len(message))
    return blank[:at] + internet_checksum(front + blank).to_bytes(2, "big") + blank[at + 2 :]


def udp(envelope: Envelope, ports: tuple[int, int], payload: bytes) -> bytes:
    """A datagram with UDP from the first port to the second."""
    head = Udp(source_port=ports[0], destination_port=ports[1], length=8 + len(payload)).build()
    return ip_datagram(envelope, Protocol.UDP, with_checksum(envelope, Protocol.UDP, head + payload))


def icmp(envelope: Envelope, message: bytes) -> bytes:
    """A datagram with an ICMP message of the envelope's version, checksum made right."""
    protocol = icmp_protocol(envelope.source)
    return ip_datagram(envelope, protocol, with_checksum(envelope, protocol, message))


def alerted(envelope: Envelope, message: bytes) -> bytes:
    """A datagram with an IGMP or MLD message that every router is to look at."""
    source, destination = envelope.source, envelope.destination
    if isinstance(source, IPv4Address) and isinstance(destination, IPv4Address):
        head = Ipv4(
            header_length=6,
            dscp=envelope.dscp,
            total_length=24 + len(message),
            identification=envelope.identification,
            ttl=envelope.ttl,
            protocol=Protocol.IGMP,
            source=source,
            destination=destination,
        )
        checksum = internet_checksum(head.build() + _ALERT4)
        return head.replace(checksum=checksum).build() + _ALERT4 + sealed(message, 2)
    assert isinstance(source, IPv6Address)
    assert isinstance(destination, IPv6Address)
    head6 = Ipv6(
        dscp=envelope.dscp,
        payload_length=8 + len(message),
        next_header=Protocol.HOPOPT,
        hop_limit=envelope.ttl,
        source=source,
        destination=destination,
    )
    options = HopByHop(next_header=Protocol.IPV6_ICMP).build() + _ALERT6
    return head6.build() + options + sealed(message, 2, envelope, Protocol.IPV6_ICMP)
