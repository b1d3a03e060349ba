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
#: What a socket says that has as many memberships as it may have.
_FULL = {errno.ENOBUFS, errno.ENOMEM}


class Memberships:
    """The groups that are joined. Leaves them all when it is closed. Belongs to one thread."""

    def __init__(self) -> None:
        self._sockets: dict[int, list[socket.socket]] = {family.version: [] for family in FAMILIES}
        self._joined: set[tuple[Address, int]] = set()

    def join(self, groups: Iterable[Address], interfaces: Iterable[int]) -> None:
        """Join each group on each of the interfaces (by index) where that is not done yet. What cannot be is left, and
        tried again when this is called again."""
        present = set(interfaces)
        self._joined = {(group, index) for group, index in self._joined if index in present}
        for group in groups:
            for index in present:
                if (group, index) not in self._joined and self._join(group, index):
                    self._joined.add((group, index))

    def _join(self, group: Address, index: int) -> bool:
        """Whether this host is in the group there by now. Some interfaces have no multicast, some hosts no IPv6."""
        family = next(family for family in FAMILIES if family.version == group.version)
        request = _REQUEST[group.version].pack(group.packed, index)
        for sock in (*reversed(self._sockets[group.version]), None):
            try:
                (sock or self._one_more(family)).setsockopt(family.level, _JOIN[group.version], request)
            except OSError as error:
                if error.errno in _FULL and sock is not None:
                    continue
                return error.errno == errno.EADDRINUSE  # it is in this group already
            return True
        return False

    def _one_more(self, family: Family) -> socket.socket:
        sock = socket.socket(family.number, socket.SOCK_DGRAM)
        self._sockets[family.version].append(sock)
        return sock

    def close(self) -> None:
        """Leave all groups."""
        for opened in self._sockets.values():
            while opened:
                opened.pop().close()
