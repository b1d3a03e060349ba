"""What an engine reads of a datagram that came in: who says what about which of our probes.

This is the fast path beside `app.packet.dissect`; a test holds that both agree. It reads only what a
probe is matched by and what a hop's row shows, and it never raises: None is what no probe waits for.
"""

from dataclasses import dataclass
from enum import Enum
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import NamedTuple

from app.packet.checksum import ones_sum, pseudo_header
from app.packet.compose import Address
from app.packet.icmp.extension import (
    ICMP_ERROR_SIZE,
    AddressFamily,
    InterfaceRoleByte,
    ObjectClass,
    extension_at,
    extension_objects,
)
from app.packet.icmp.types import IcmpType, Icmpv6Type
from app.packet.ip.chain import UpperLayer, upper_layer
from app.packet.layout import Buffer
from app.packet.registry import Protocol
from app.packet.text import safe_bytes

#: The code of "destination unreachable" that names a next-hop MTU (RFC 1191, section 4).
FRAGMENTATION_NEEDED = 4


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


#: ICMP error types of each IP version; anything else that is no echo reply answers no probe.
ERROR_TYPES = {4: frozenset((3, 4, 5, 11, 12)), 6: frozenset((1, 2, 3, 4))}
ECHO_REPLY = {4: 0, 6: 129}
_ICMP_OF = {4: Protocol.ICMP, 6: Protocol.IPV6_ICMP}
_SHORTEST: dict[int, tuple[AnswerKind, int]] = {Protocol.TCP: (AnswerKind.TCP, 20), Protocol.UDP: (AnswerKind.UDP, 8)}


class _Outer(NamedTuple):
    """An IP header of either version, in the words that both share, and where its payload stands."""

    version: int
    source: Address
    destination: Address
    ttl: int
    traffic_class: int
    identification: int
    flow_label: int
    length: int  #: bytes of the whole datagram, as it says itself
    upper: UpperLayer


def read_answer(data: Buffer) -> Answer | None:
    """What the whole IP datagram `data` answers; None where no probe waits for it, or it is damaged beyond that."""
    data = bytes(data)
    outer = _read_ip(data)
    if outer is None or outer.upper.fragment_offset:
        return None
    stop = outer.length if outer.upper.start <= outer.length <= len(data) else len(data)
    message = data[outer.upper.start : stop]
    if outer.upper.protocol == _ICMP_OF[outer.version]:
        is_whole = outer.length <= len(data) and not outer.upper.more_fragments
        return _read_icmp(outer, message, is_whole=is_whole)
    sort = _SHORTEST.get(outer.upper.protocol)
    if sort is None or len(message) < sort[1]:
        return None
    return Answer(sort[0], outer.source, outer.destination, outer.ttl, transport=message)


def _read_ip(data: bytes) -> _Outer | None:
    version = data[0] >> 4 if data else 0
    if version == 4 and len(data) >= 20:
        size = (data[0] & 15) * 4
        if size < 20 or size > len(data):
            return None
        flags = data[6] << 8 | data[7]
        upper = upper_layer(data[9], data, size)
        if flags & 0x3FFF:
            upper = UpperLayer(data[9], size, flags & 0x1FFF, bool(flags & 0x2000))
        source, destination = IPv4Address(data[12:16]), IPv4Address(data[16:20])
        length, identification = data[2] << 8 | data[3], data[4] << 8 | data[5]
        return _Outer(4, source, destination, data[8], data[1], identification, 0, length or len(data), upper)
    if version == 6 and len(data) >= 40:
        word = int.from_bytes(data[:4], "big")
        length = (data[4] << 8 | data[5]) + 40
        source6, destination6 = IPv6Address(data[8:24]), IPv6Address(data[24:40])
        upper = upper_layer(data[6], data, 40)
        return _Outer(6, source6, destination6, data[7], word >> 20 & 0xFF, 0, word & 0xFFFFF, length, upper)
    return None


def _read_icmp(outer: _Outer, message: bytes, *, is_whole: bool) -> Answer | None:
    version = outer.version
    if len(message) < ICMP_ERROR_SIZE:
        return None
    is_good = not is_whole or _is_icmp_checksum_good(outer, message)
    common = (outer.source, outer.destination, outer.ttl, message[0], message[1], message)
    if message[0] == ECHO_REPLY[version]:
        return Answer(AnswerKind.ECHO_REPLY, *common, is_checksum_good=is_good)
    if message[0] not in ERROR_TYPES[version]:
        return None
    extension = extension_at(message, version)
    return Answer(
        AnswerKind.ICMP_ERROR,
        *common,
        quote=_read_quote(message[ICMP_ERROR_SIZE:extension], version, is_padded=extension is not None),
        mtu=_read_mtu(message, version),
        mpls=() if extension is None else read_mpls(message, extension),
        interfaces=() if extension is None else read_interfaces(message, extension),
        is_checksum_good=is_good,
    )


def _is_icmp_checksum_good(outer: _Outer, message: bytes) -> bool:
    if outer.version == 4:
        return ones_sum(message) == 0xFFFF
    front = pseudo_header(outer.source, outer.destination, Protocol.IPV6_ICMP, len(message))
    return ones_sum(front + message) == 0xFFFF


def _read_mtu(message: bytes, version: int) -> int | None:
    """Next-hop MTU: RFC 1191, section 4 (0 from routers older than it); RFC 4443, section 3.2."""
    if version == 6:
        return int.from_bytes(message[4:8], "big") if message[0] == Icmpv6Type.PACKET_TOO_BIG else None
    is_too_big = message[0] == IcmpType.DESTINATION_UNREACHABLE and message[1] == FRAGMENTATION_NEEDED
    return (message[6] << 8 | message[7]) or None if is_too_big else None


def read_quote(quoted: Buffer, version: int) -> Quote | None:
    """The datagram that a message quotes which has no extensions, such as a redirect; None where it cannot be read."""
    return _read_quote(bytes(quoted), version, is_padded=False)


def _read_quote(quoted: bytes, version: int, *, is_padded: bool) -> Quote | None:
    inner = _read_ip(quoted)
    if inner is None or inner.version != version:
        return None
    transport = quoted[inner.upper.start :]
    # RFC 4884, section 3 pads short quotations with zeros. Only what is zero is taken for padding: some
    # routers quote a total length that they have already changed.
    own = max(0, inner.length - inner.upper.start)
    if is_padded and not any(transport[own:]):
        transport = transport[:own]
    return Quote(
        inner.source,
        inner.destination,
        inner.ttl,
        inner.traffic_class >> 2,
        inner.traffic_class & 3,
        inner.upper.protocol,
        inner.identification,
        inner.flow_label,
        inner.upper.fragment_offset != 0,
        transport,
    )


def read_mpls(message: bytes, extension: int) -> tuple[MplsEntry, ...]:
    """The label stack entries of all MPLS objects, outermost first (RFC 4950, section 3)."""
    entries = []
    for found in extension_objects(message, extension):
        if found.object_class == ObjectClass.MPLS_LABEL_STACK:
            for at in range(found.start, found.stop - 3, 4):
                word = int.from_bytes(message[at : at + 4], "big")
                entries.append(MplsEntry(word >> 12, word >> 9 & 7, bool(word >> 8 & 1), word & 255))
    return tuple(entries)


def read_interfaces(message: bytes, extension: int) -> tuple[InterfaceInformation, ...]:
    """The interface information objects (RFC 5837, section 4); a part that is cut is not known."""
    return tuple(
        _read_interface(found.object_type, message[found.start : found.stop])
        for found in extension_objects(message, extension)
        if found.object_class == ObjectClass.INTERFACE_INFORMATION
    )


def _read_interface(object_type: int, payload: bytes) -> InterfaceInformation:
    says = InterfaceRoleByte.decode(bytes((object_type,)))
    index = mtu = address = name = None
    at = 0
    if says.has_index and len(payload) >= 4:
        index = int.from_bytes(payload[:4], "big")
        at = 4
    if says.has_address and at + 4 <= len(payload):
        family = payload[at] << 8 | payload[at + 1]
        size = {AddressFamily.IP: 4, AddressFamily.IP6: 16}.get(AddressFamily(family), 0)
        packed = payload[at + 4 : at + 4 + size]
        if size and len(packed) == size:
            address = ip_address(packed)
        at += 4 + size
    if says.has_name and at < len(payload):
        size = payload[at]  # RFC 5837, section 4.3: the length counts itself; the whole is padded to 32 bits
        name = safe_bytes(payload[at + 1 : at + size].rstrip(b"\0")) if size else None
        at += max(1, size)
    if says.has_mtu and at + 4 <= len(payload):
        mtu = int.from_bytes(payload[at : at + 4], "big")
    return InterfaceInformation(says.role, index, address, name, mtu)
