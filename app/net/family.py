"""What differs between IPv4 and IPv6 sockets, as two values of one type, and what both are told by the kernel.

Numbers are those of Linux's headers where Python's socket module does not know them.
"""

import socket
import struct
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address
from typing import TypeAlias

from app.packet.compose import Address, Envelope
from app.packet.text import safe

Notes: TypeAlias = Mapping[tuple[int, int], bytes]  #: control messages by level and type
SocketAddress: TypeAlias = tuple[str, int] | tuple[str, int, int, int]

_IP_PKTINFO, _IP_RECVTTL, _IP_RECVTOS, _IP_RECVERR, _IP_RECVERR_RFC4884 = 8, 12, 13, 11, 26
_IP_MTU_DISCOVER, _IPV6_MTU_DISCOVER = 10, 23
_IPV6_RECVFLOWINFO, _IPV6_RECVERR, _IPV6_RECVERR_RFC4884 = 11, 25, 31


_PACKET_INFORMATION_4 = struct.Struct("@i4s4s")  #: index, address to answer from, address it came to
_PACKET_INFORMATION_6 = struct.Struct("@16sI")
_INDEX = {4: struct.Struct("@i"), 6: struct.Struct("@16xI")}


@dataclass(frozen=True, slots=True)
class Family:
    """One IP version, as sockets speak it."""

    version: int
    number: socket.AddressFamily
    icmp: int  #: the protocol number of ICMP
    level: int  #: of socket options and control messages
    header_size: int  #: bytes of the IP header that a link rebuilds
    tell: tuple[int, ...]  #: options that make the kernel tell TTL, traffic class, addresses and interface
    ttl: int  #: control message: TTL or hop limit, both ways
    traffic_class: int  #: control message: TOS or traffic class, both ways
    packet_information: int  #: control message: address and interface that it came to
    receive_errors: int  #: option and control message: the error queue
    errors_rfc4884: int  #: option: say where the extension of an error starts
    mtu_discovery: int  #: option: who may fragment what is sent


IPV4 = Family(
    version=4,
    number=socket.AF_INET,
    icmp=socket.IPPROTO_ICMP,
    level=socket.IPPROTO_IP,
    header_size=20,
    tell=(_IP_RECVTTL, _IP_RECVTOS, _IP_PKTINFO),
    ttl=socket.IP_TTL,
    traffic_class=socket.IP_TOS,
    packet_information=_IP_PKTINFO,
    receive_errors=_IP_RECVERR,
    errors_rfc4884=_IP_RECVERR_RFC4884,
    mtu_discovery=_IP_MTU_DISCOVER,
)
IPV6 = Family(
    version=6,
    number=socket.AF_INET6,
    icmp=socket.IPPROTO_ICMPV6,
    level=socket.IPPROTO_IPV6,
    header_size=40,
    tell=(socket.IPV6_RECVHOPLIMIT, socket.IPV6_RECVTCLASS, socket.IPV6_RECVPKTINFO, _IPV6_RECVFLOWINFO),
    ttl=socket.IPV6_HOPLIMIT,
    traffic_class=socket.IPV6_TCLASS,
    packet_information=socket.IPV6_PKTINFO,
    receive_errors=_IPV6_RECVERR,
    errors_rfc4884=_IPV6_RECVERR_RFC4884,
    mtu_discovery=_IPV6_MTU_DISCOVER,
)
FAMILIES = (IPV4, IPV6)

#: A value of `Family.mtu_discovery` (ip(7)): send whole up to the interface's MTU, whatever a router has said before.
PMTUDISC_PROBE = 3


@dataclass(frozen=True, slots=True)
class Told:
    """What the kernel told beside a packet's payload; None is what it did not tell."""

    ttl: int | None
    traffic_class: int
    flow_label: int
    destination: Address | None
    interface: str | None


def told(family: Family, notes: Notes) -> Told:
    """Read the control messages that `family.tell` asked for."""
    ttl = notes.get((family.level, family.ttl))
    traffic_class = notes.get((family.level, family.traffic_class), b"\0")
    destination, index = _packet_information(family, notes)
    flow = notes.get((family.level, _IPV6_RECVFLOWINFO), b"\0\0\0\0") if family.version == 6 else b"\0\0\0\0"
    return Told(
        ttl=None if ttl is None else int.from_bytes(ttl, sys.byteorder) & 0xFF,
        traffic_class=int.from_bytes(traffic_class, sys.byteorder) & 0xFF,
        flow_label=int.from_bytes(flow, "big") & 0xFFFFF,
        destination=destination,
        interface=shown_name(index),
    )


def interface_told(family: Family, notes: Notes) -> str | None:
    """The interface alone, where the rest is known from the packet itself."""
    note = notes.get((family.level, family.packet_information))
    return None if note is None else shown_name(_INDEX[family.version].unpack_from(note)[0])


def _packet_information(family: Family, notes: Notes) -> tuple[Address | None, int]:
    note = notes.get((family.level, family.packet_information))
    if note is None:
        return None, 0
    if family.version == 4:
        index, _, address = _PACKET_INFORMATION_4.unpack_from(note)
        return IPv4Address(address), index
    address, index = _PACKET_INFORMATION_6.unpack_from(note)
    return IPv6Address(address), index


@lru_cache(maxsize=256)
def interface_name(index: int) -> str | None:
    """The name of an interface, asked for once, as indices are not used again; None where there is none."""
    try:
        return socket.if_indextoname(index)
    except OSError:
        return None


def shown_name(index: int) -> str | None:
    """The same, safe to show: root may give an interface any bytes as its name."""
    name = interface_name(index)
    return None if name is None else safe(name)


@lru_cache(maxsize=16_384)
def socket_address(address: Address, port: int = 0) -> SocketAddress:
    """An address as sockets take it. A zone is made an index; OSError where no interface is called so."""
    if isinstance(address, IPv4Address):
        return str(address), port
    scope = address.scope_id
    if scope is None:
        return str(address), port, 0, 0
    index = int(scope) if scope.isdecimal() else socket.if_nametoindex(scope)
    return str(address).partition("%")[0], port, 0, index


def address_of(name: object) -> Address | None:
    """The address in what `recvmsg` calls an address, its zone left out; None where it holds none."""
    if not isinstance(name, tuple) or not name:
        return None
    host = str(name[0]).partition("%")[0]
    return IPv6Address(host) if ":" in host else IPv4Address(host)


def envelope_told(source: Address, told: Told) -> Envelope:
    """The IP header of a packet that arrived, as far as the kernel told; unspecified and 0 where it did not."""
    return Envelope(
        source=source,
        destination=told.destination or type(source)(0),
        ttl=told.ttl or 0,
        dscp=told.traffic_class >> 2,
        ecn=told.traffic_class & 3,
        flow_label=told.flow_label,
    )
