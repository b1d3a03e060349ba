"""Memberships of multicast groups, by interface: without them the kernel gives no packet to a raw socket.

A membership is the host's, whichever socket asks for it, and tells itself on the wire (IGMP, MLD). A socket may have 20
of them (net.ipv4.igmp_max_memberships), so there are as many sockets as it takes. No privilege is needed.
"""

import errno
import socket
import struct
from collections.abc import Iterable

from app.net.family import FAMILIES, Family
from app.packet.compose import Address

#: Options and their arguments by IP version: struct ip_mreqn, whose index chooses the interface, and struct ipv6_mreq.
_JOIN = {4: socket.IP_ADD_MEMBERSHIP, 6: socket.IPV6_JOIN_GROUP}
_REQUEST = {4: struct.Struct("@4s4xi"), 6: struct.Struct("@16si")}
#: What an interface says that has no multicast or is gone, and a group that this socket is in already.
_UNABLE = {errno.ENODEV, errno.EADDRNOTAVAIL, errno.EINVAL, errno.EADDRINUSE, errno.EPERM}


class Memberships:
    """The groups that are joined. Leaves them all when it is closed. Belongs to one thread."""

    def __init__(self) -> None:
        self._sockets: dict[int, list[socket.socket]] = {family.version: [] for family in FAMILIES}
        self._joined: set[tuple[Address, int]] = set()

    def join(self, groups: Iterable[Address], interfaces: Iterable[int]) -> None:
        """Join each group on each of the interfaces (by index) where that is not done yet; what cannot be is left."""
        present = set(interfaces)
        self._joined = {(group, index) for group, index in self._joined if index in present}
        for group in groups:
            for index in present:
                if (group, index) not in self._joined:
                    self._joined.add((group, index))
                    self._join(group, index)

    def _join(self, group: Address, index: int) -> None:
        family = next(family for family in FAMILIES if family.version == group.version)
        request = _REQUEST[group.version].pack(group.packed, index)
        opened = self._sockets[group.version]
        for sock in (*reversed(opened), None):
            try:
                (sock or self._one_more(family)).setsockopt(family.level, _JOIN[group.version], request)
            except OSError as error:
                if error.errno == errno.ENOBUFS and sock is not None:
                    continue
                if error.errno not in _UNABLE and error.errno != errno.ENOBUFS:
                    raise
            return

    def _one_more(self, family: Family) -> socket.socket:
        sock = socket.socket(family.number, socket.SOCK_DGRAM)
        self._sockets[family.version].append(sock)
        return sock

    def close(self) -> None:
        """Leave all groups."""
        for opened in self._sockets.values():
            while opened:
                opened.pop().close()
