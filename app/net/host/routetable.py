"""The routes of the main table, read from the kernel (rtnetlink(7)) as far as anybody wants to see them.

A router may have a million routes, and pyroute2 reads a dump to its end: 200,000 took 17 seconds (measured). Here a
dump is left as soon as enough has come, and a route that was there before is not read again.
"""

import errno
import os
import socket
import struct
import sys
from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

from app.engine.host import Prefix, Route
from app.net.family import shown_name
from app.packet.compose import Address

#: So many routes of one version are kept; those to this host's own links come first.
MOST_ROUTES = 2048
_BUFFER = 1 << 18
_HEADER = struct.Struct("=IHHII")
_ROUTE = struct.Struct("=BBBBBBBBI")
_ATTRIBUTE = struct.Struct("=HH")
_HOP = struct.Struct("=HBBi")
_NUMBER = struct.Struct("=I")
_ERROR = struct.Struct("=i")

# Numbers of linux/netlink.h and linux/rtnetlink.h.
_GET_ROUTE, _NEW_ROUTE, _DONE, _IS_ERROR = 26, 24, 3, 2
_REQUEST, _DUMP = 0x1, 0x300
_SOL_NETLINK, _STRICT_CHECK = 270, 12
_MAIN_TABLE, _UNICAST, _BY_KERNEL, _CLONED = 254, 1, 2, 0x200
_DESTINATION, _OUT, _GATEWAY, _PRIORITY, _MULTIPATH, _VIA = 1, 4, 5, 6, 9, 18
#: https://www.iana.org has no list of these: rtnetlink(7), and iproute2's rt_protos.
_PROTOCOLS = {
    1: "redirect",
    2: "kernel",
    3: "boot",
    4: "static",
    9: "ra",
    11: "zebra",
    12: "bird",
    16: "dhcp",
    42: "babel",
    186: "bgp",
    187: "isis",
    188: "ospf",
    189: "rip",
    192: "eigrp",
}


class RouteTable:
    """Reads the main table again and again. Not for two threads at once."""

    def __init__(self) -> None:
        self._known: dict[bytes, tuple[Route, ...]] = {}

    def read(self) -> tuple[Route, ...]:
        """The routes of both versions, each once. Raises OSError."""
        known: dict[bytes, tuple[Route, ...]] = {}
        for family in (socket.AF_INET, socket.AF_INET6):
            for protocol, most in ((_BY_KERNEL, MOST_ROUTES // 2), (0, MOST_ROUTES)):
                for message in _dump(family, protocol, most):
                    if message not in known:
                        before = self._known.get(message)
                        known[message] = tuple(_routes(message)) if before is None else before
        self._known = known
        return tuple(sorted((route for routes in known.values() for route in routes), key=_rank))


def _rank(route: Route) -> tuple[bool, bool]:
    """Default routes first, then what is on this host's own links."""
    return bool(route.prefix.prefixlen), route.via is not None


def _dump(family: int, protocol: int, most: int) -> Iterator[bytes]:
    """The first `most` route messages of a version, of one protocol or of all, without their netlink headers."""
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW | socket.SOCK_CLOEXEC, socket.NETLINK_ROUTE) as sock:
        sock.setsockopt(_SOL_NETLINK, _STRICT_CHECK, 1)
        request = _ROUTE.pack(family, 0, 0, 0, _MAIN_TABLE, protocol, 0, _UNICAST, 0)
        size = _HEADER.size + len(request)
        sock.send(_HEADER.pack(size, _GET_ROUTE, _REQUEST | _DUMP, 1, 0) + request)
        taken = 0
        while taken < most:
            for kind, message in _messages(sock.recv(_BUFFER)):
                if kind == _DONE:
                    return
                if kind == _IS_ERROR:
                    number = -_ERROR.unpack_from(message)[0]
                    if number in (errno.ENOENT, errno.EAFNOSUPPORT, errno.EOPNOTSUPP):
                        return  # a table that holds nothing, a version that this kernel does not speak
                    raise OSError(number, os.strerror(number))
                if kind == _NEW_ROUTE and taken < most:
                    taken += 1
                    yield message


def _messages(data: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at + _HEADER.size <= len(data):
        size, kind, _, _, _ = _HEADER.unpack_from(data, at)
        if size < _HEADER.size:
            return
        yield kind, data[at + _HEADER.size : at + size]
        at += (size + 3) & ~3


def _attributes(data: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    while at + _ATTRIBUTE.size <= len(data):
        size, kind = _ATTRIBUTE.unpack_from(data, at)
        if size < _ATTRIBUTE.size:
            return
        yield kind & 0x3FFF, data[at + _ATTRIBUTE.size : at + size]
        at += (size + 3) & ~3


def _routes(message: bytes) -> Iterator[Route]:
    """A route for each of its next hops."""
    family, length, _, _, table, protocol, _, kind, flags = _ROUTE.unpack_from(message)
    if kind != _UNICAST or flags & _CLONED or table != _MAIN_TABLE:
        return
    said = dict(_attributes(message, _ROUTE.size))
    prefix = _prefix(family, said.get(_DESTINATION, b""), length)
    metric = _NUMBER.unpack(said[_PRIORITY])[0] if _PRIORITY in said else None
    words = _PROTOCOLS.get(protocol, str(protocol))
    if _MULTIPATH in said:
        for index, hop in _hops(said[_MULTIPATH]):
            yield Route(prefix, _name(index), _gateway(family, hop), metric, words)
    elif _OUT in said:
        yield Route(prefix, _name(_NUMBER.unpack(said[_OUT])[0]), _gateway(family, said), metric, words)


def _hops(data: bytes) -> Iterator[tuple[int, dict[int, bytes]]]:
    """The next hops of a route that has several: the interface of each, and its attributes."""
    at = 0
    while at + _HOP.size <= len(data):
        size, _, _, index = _HOP.unpack_from(data, at)
        if size < _HOP.size:
            return
        yield index, dict(_attributes(data[at : at + size], _HOP.size))
        at += (size + 3) & ~3


def _prefix(family: int, packed: bytes, length: int) -> Prefix:
    if family == socket.AF_INET:
        return IPv4Network((packed or bytes(4), length), strict=False)
    return IPv6Network((packed or bytes(16), length), strict=False)


def _gateway(family: int, said: dict[int, bytes]) -> Address | None:
    """The next hop, which may be of the other version (RFC 5549)."""
    if _GATEWAY in said:
        return _address(family, said[_GATEWAY])
    if _VIA in said:
        return _address(int.from_bytes(said[_VIA][:2], sys.byteorder), said[_VIA][2:])
    return None


def _address(family: int, packed: bytes) -> Address:
    return IPv4Address(packed) if family == socket.AF_INET else IPv6Address(packed)


def _name(index: int) -> str:
    return shown_name(index) or str(index)
