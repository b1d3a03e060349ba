"""Sends datagrams that somebody has made by hand, header and all (IP_HDRINCL, IPV6_HDRINCL; raw(7)).

IPPROTO_RAW means that the header comes along, in both versions. What the kernel fills in all the same: the length and
the checksum of an IPv4 header, its source and identification where these are 0. It never fragments; broadcasts are
allowed. The sockets hear nothing: protocol 255 is no protocol.
"""

import errno
import os
import socket
import struct
from collections.abc import Sequence
from contextlib import ExitStack
from typing import Self

from app.engine.datagram import Clock, Departure, Event, Outgoing
from app.net import clock
from app.net.bpf import REJECT_ALL, attach
from app.net.family import PMTUDISC_PROBE, Family, socket_address
from app.net.listening.framesender import FrameSender
from app.net.options import LinkOptions
from app.net.refusal import failure
from app.net.sockets import families
from app.packet.compose import Address
from app.packet.link.linktype import LinkType

#: struct in_pktinfo and struct in6_pktinfo: the way out, and no address.
_WAY_OUT = {4: struct.Struct("@i8x"), 6: struct.Struct("@16xI")}


class HandSender:
    """One socket for each IP version, and one for whole frames. `send` may be called from any thread."""

    def __init__(self, sockets: dict[int, tuple[Family, socket.socket]], frames: FrameSender) -> None:
        self._sockets = sockets
        self._frames = frames

    @classmethod
    def open(cls, options: LinkOptions) -> Self:
        """Open the sockets. Raises OSError, of which PermissionError is the one to expect."""
        with ExitStack() as opened:
            sockets = {}
            for family in families(options):
                sock = opened.enter_context(socket.socket(family.number, _KIND, socket.IPPROTO_RAW))
                attach(sock, REJECT_ALL)
                sock.setsockopt(family.level, family.mtu_discovery, PMTUDISC_PROBE)
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
                sockets[family.version] = family, sock
            frames = FrameSender.open()
            opened.pop_all()
        return cls(sockets, frames)

    def send(self, batch: Sequence[Outgoing]) -> list[Event]:
        """Send each datagram; what became of it, a Departure or a Failure for each."""
        return [self._sent(outgoing) for outgoing in batch]

    def _sent(self, outgoing: Outgoing) -> Event:
        at = clock.now()
        try:
            self._send(outgoing)
        except OSError as error:
            return failure(outgoing.token, at, error)
        return Departure(outgoing.token, at, Clock.USER)

    def _send(self, outgoing: Outgoing) -> None:
        if outgoing.link is LinkType.ETHERNET:
            self._frames.send(outgoing)
            return
        if outgoing.destination.version not in self._sockets:
            raise OSError(errno.EAFNOSUPPORT, os.strerror(errno.EAFNOSUPPORT))
        family, sock = self._sockets[outgoing.destination.version]
        notes = []
        index = 0 if outgoing.interface is None else _index(outgoing.interface)
        if index:
            way_out = _WAY_OUT[family.version].pack(index)
            notes = [(family.level, family.packet_information, way_out)]
        sock.sendmsg([outgoing.data], notes, 0, _scoped(outgoing.destination, index))

    def close(self) -> None:
        """Close the sockets."""
        self._frames.close()
        for _, sock in self._sockets.values():
            sock.close()


_KIND = socket.SOCK_RAW | socket.SOCK_NONBLOCK


def _index(interface: str) -> int:
    try:
        return socket.if_nametoindex(interface)
    except OSError:  # it has no errno
        raise OSError(errno.ENODEV, os.strerror(errno.ENODEV)) from None


def _scoped(destination: Address, index: int) -> tuple[str, int] | tuple[str, int, int, int]:
    """The socket address; a link-local one is on the interface that was chosen."""
    address = socket_address(destination)
    if len(address) == 4 and index and (destination.is_link_local or destination.is_multicast):
        return address[0], 0, 0, index
    return address
