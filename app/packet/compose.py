"""Whole IP datagrams made from parts: lengths and checksums made right, IPv4 and IPv6 by one table.

What a link sends and what the simulated internet answers with is put together here.
"""

from dataclasses import dataclass, replace
from ipaddress import IPv4Address, IPv6Address
from typing import TypeAlias

from app.packet.checksum import internet_checksum, pseudo_header
from app.packet.icmp.types import IcmpType, Icmpv6Type
from app.packet.icmp.v4 import IcmpEcho
from app.packet.icmp.v6 import Icmpv6Echo
from app.packet.ip.v4 import Ipv4
from app.packet.ip.v6 import Ipv6
from app.packet.registry import Protocol

Address: TypeAlias = IPv4Address | IPv6Address

#: Where the checksum stands in each upper-layer packet, in bytes from its start.
CHECKSUM_AT = {Protocol.ICMP: 2, Protocol.IPV6_ICMP: 2, Protocol.UDP: 6, Protocol.TCP: 16, Protocol.IGMP: 2}
#: Protocols whose checksum covers no pseudo-header.
PLAIN_CHECKSUM = (Protocol.ICMP, Protocol.IGMP)


@dataclass(frozen=True, slots=True)
class Envelope:
    """The IP header around a payload, by the words that both versions share."""

    source: Address
    destination: Address
    ttl: int = 64  #: TTL (IPv4), hop limit (IPv6)
    dscp: int = 0
    ecn: int = 0
    identification: int = 0  #: IPv4 only
    dont_fragment: bool = False  #: IPv4 only; IPv6 routers never fragment
    flow_label: int = 0  #: IPv6 only

    def reversed(self, *, ttl: int = 64) -> "Envelope":
        """The envelope of an answer."""
        return replace(self, source=self.destination, destination=self.source, ttl=ttl)


def icmp_protocol(address: Address) -> Protocol:
    """The protocol number of ICMP in this address family."""
    return Protocol.ICMP if address.version == 4 else Protocol.IPV6_ICMP


def ip_datagram(envelope: Envelope, protocol: int, payload: bytes) -> bytes:
    """A whole IP datagram around an upper-layer packet whose own checksum is already right."""
    source, destination = envelope.source, envelope.destination
    if isinstance(source, IPv4Address) and isinstance(destination, IPv4Address):
        head = Ipv4(
            dscp=envelope.dscp,
            ecn=envelope.ecn,
            total_length=20 + len(payload),
            identification=envelope.identification,
            dont_fragment=int(envelope.dont_fragment),
            ttl=envelope.ttl,
            protocol=protocol,
            source=source,
            destination=destination,
        )
        return head.replace(checksum=internet_checksum(head.build())).build() + payload
    assert isinstance(source, IPv6Address)
    assert isinstance(destination, IPv6Address)
    return (
        Ipv6(
            dscp=envelope.dscp,
            ecn=envelope.ecn,
            flow_label=envelope.flow_label,
            payload_length=len(payload),
            next_header=protocol,
            hop_limit=envelope.ttl,
            source=source,
            destination=destination,
        ).build()
        + payload
    )


def with_checksum(envelope: Envelope, protocol: int, packet: bytes) -> bytes:
    """An upper-layer packet with its checksum field made right, whatever stood there before."""
    at = CHECKSUM_AT[Protocol(protocol)]
    blank = packet[:at] + b"\0\0" + packet[at + 2 :]
    checksum = internet_checksum(covered(envelope, protocol, blank))
    if protocol == Protocol.UDP and checksum == 0:
        checksum = 0xFFFF  # RFC 768: zero means that no checksum was made
    return blank[:at] + checksum.to_bytes(2, "big") + blank[at + 2 :]


def covered(envelope: Envelope, protocol: int, packet: bytes) -> bytes:
    """The bytes that a packet's checksum is taken over: the pseudo-header where there is one, and the packet."""
    if protocol in PLAIN_CHECKSUM:
        return packet
    return pseudo_header(envelope.source, envelope.destination, protocol, len(packet)) + packet


def echo_message(
    envelope: Envelope, identifier: int, sequence: int, payload: bytes, *, is_reply: bool = False
) -> bytes:
    """An ICMP echo request or reply of the envelope's address family, checksum included."""
    if envelope.source.version == 4:
        kind = IcmpType.ECHO_REPLY if is_reply else IcmpType.ECHO
        head = IcmpEcho(type=kind, identifier=identifier, sequence=sequence).build()
    else:
        kind6 = Icmpv6Type.ECHO_REPLY if is_reply else Icmpv6Type.ECHO_REQUEST
        head = Icmpv6Echo(type=kind6, identifier=identifier, sequence=sequence).build()
    return with_checksum(envelope, icmp_protocol(envelope.source), head + payload)
