"""What an engine reads of a datagram that came in: who says what about which of our probes.

This is the fast path beside `app.packet.dissect`; a test holds that both agree. It reads only what a
probe is matched by and what a hop's row shows, and it never raises: None is what no probe waits for.
"""

from dataclasses import dataclass
from enum import Enum

from app.packet.compose import Address


class AnswerKind(Enum):
    """What sort of answer a datagram is."""

    ECHO_REPLY = "echo reply"
    ICMP_ERROR = "icmp error"
    TCP = "tcp"
    UDP = "udp"


@dataclass(frozen=True, slots=True)
class MplsEntry:
    """One label stack entry (RFC 3032, section 2.1; carried by RFC 4950)."""

    label: int
    traffic_class: int
    is_bottom: bool
    ttl: int


@dataclass(frozen=True, slots=True)
class InterfaceInformation:
    """What a router says of one of its interfaces (RFC 5837, section 4); None is what it did not say."""

    role: int  #: 0 incoming IP interface, 1 its sub-IP part, 2 outgoing interface, 3 next hop
    index: int | None = None
    address: Address | None = None
    name: str | None = None
    mtu: int | None = None


@dataclass(frozen=True, slots=True)
class Quote:
    """The datagram of ours that an ICMP error quotes, as far as the quotation reaches."""

    source: Address
    destination: Address
    ttl: int
    dscp: int
    ecn: int
    protocol: int
    identification: int  #: IPv4; 0 for IPv6
    flow_label: int  #: IPv6; 0 for IPv4
    is_fragment: bool  #: a later fragment: `transport` holds no transport header
    transport: bytes  #: from the first byte of the transport header on


@dataclass(frozen=True, slots=True)
class Answer:
    """One datagram, as the engines see it."""

    kind: AnswerKind
    source: Address
    destination: Address
    ttl: int | None  #: of the answer's own IP header; None where the kernel did not tell
    type: int | None = None  #: ICMP type and code; None for TCP and UDP
    code: int | None = None
    transport: bytes = b""  #: from the first byte of the ICMP, TCP or UDP header on
    quote: Quote | None = None
    mtu: int | None = None  #: next-hop MTU of "fragmentation needed" and "packet too big"
    mpls: tuple[MplsEntry, ...] = ()
    interfaces: tuple[InterfaceInformation, ...] = ()
    is_checksum_good: bool = True  #: False for an ICMP message that was damaged on its way
