"""What differs between IPv4 and IPv6 sockets, as two values of one type.

Numbers are those of Linux's headers where Python's socket module does not know them.
"""

import socket
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv4Address
from typing import TypeAlias

from app.packet.compose import Address
from app.packet.text import safe

Notes: TypeAlias = Mapping[tuple[int, int], bytes]  #: control messages by level and type
SocketAddress: TypeAlias = tuple[str, int] | tuple[str, int, int, int]

_IP_PKTINFO, _IP_RECVTTL, _IP_RECVTOS, _IP_RECVERR, _IP_RECVERR_RFC4884 = 8, 12, 13, 11, 26
_IP_MTU_DISCOVER, _IPV6_MTU_DISCOVER = 10, 23
IPV6_RECVFLOWINFO, _IPV6_RECVERR, _IPV6_RECVERR_RFC4884 = 11, 25, 31
SO_TIMESTAMPING = 37


@dataclass(frozen=True, slots=True)
class Family:
    """One IP version, as sockets speak it."""

    version: int
    number: socket.AddressFamily
    icmp: int  #: the protocol number of ICMP
    level: int  #: of socket options and control messages
    header_size: int  #: bytes of the IP header that a link rebuilds
    tell: tuple[int, ...]  #: options that make the kernel tell TTL, traffic class, addresses and interface
    tell_whole: tuple[int, ...]  #: the same, where the header comes along: the interface alone
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
    tell_whole=(_IP_PKTINFO,),
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
    tell=(socket.IPV6_RECVHOPLIMIT, socket.IPV6_RECVTCLASS, socket.IPV6_RECVPKTINFO, IPV6_RECVFLOWINFO),
    tell_whole=(socket.IPV6_RECVPKTINFO,),
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


@lru_cache(maxsize=256)
def interface_name(index: int) -> str | None:
    """The name of an interface, asked for once, as indices are not used again; None where there is none."""
    try:
        return socket.if_indextoname(index)
    except OSError:
        return None


@lru_cache(maxsize=256)
def shown_name(index: int) -> str | None:
    """The same, safe to show: root may give an interface any bytes as its name."""
    name = interface_name(index)
    return None if name is None else safe(name)


def forget_interfaces() -> None:
    """Ask for names and indices anew: interfaces have come, gone or got other names."""
    for remembering in (interface_name, shown_name, socket_address):
        remembering.cache_clear()


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
