"""Links for users without privileges: ICMP and UDP datagram sockets, errors by the error queue.

The kernel keeps every header for itself: it writes the ICMP identifier and the checksums, and of an ICMP
error it tells type, code, sender and what was quoted behind the headers. A whole datagram is rebuilt from
that, and `rebuilt` counts the bytes up to the first one that the kernel handed over.
"""

import errno
import os
import socket
import struct
from collections.abc import Sequence
from contextlib import ExitStack
from typing import TypeAlias

from app.engine.datagram import Event, Outgoing
from app.net import clock
from app.net.batch import ERROR_QUEUE, Message, Reader
from app.net.clock import WallClock
from app.net.errorqueue import SentProbes, error_datagram
from app.net.family import PMTUDISC_PROBE, Family, socket_address
from app.net.link import LinkError
from app.net.options import LinkOptions
from app.net.privileges import how_to_allow
from app.net.receiving import Receiver
from app.net.socketlink import Equipment, Sender, SocketLink
from app.net.sockets import families, local_host, open_socket, reserve_port
from app.net.stamps import Departures
from app.packet.registry import Protocol

Beside: TypeAlias = list[tuple[int, int, bytes]]  #: control messages: level, type, value

_INT = struct.Struct("@i")

#: Errors of earlier probes, or a stranger's lies about them, that may be told before a send is heard.
_TRIES = 16


class DatagramSender:
    """Sends one version's probes of one protocol by a datagram socket: TTL and traffic class go beside."""

    def __init__(self, receiver: Receiver, reader: Reader, wall: WallClock) -> None:
        self._receiver = receiver
        self._sock = receiver.sock
        self._reader = reader
        self._wall = wall
        self._departures = Departures(receiver.family, receiver.sock, wall)
        self._probes = SentProbes(receiver.protocol)
        self._told: list[Event] = []
        self._usual = self._sock.getsockopt(receiver.family.level, receiver.family.mtu_discovery)
        self._discovery = self._usual
        for option in (receiver.family.receive_errors, receiver.family.errors_rfc4884):
            try:
                self._sock.setsockopt(receiver.family.level, option, 1)
            except OSError as error:
                # Older kernels do not say where an extension starts: labels stay unknown there.
                if error.errno != errno.ENOPROTOOPT:
                    raise

    def send(self, outgoing: Outgoing) -> None:
        """Send one datagram. Raises OSError."""
        if not self._departures.is_in_step:
            self._told += self.collect()
            self._departures.get_in_step()
        family = self._receiver.family
        transport = outgoing.data[family.header_size :]
        port = 0
        if self._receiver.protocol == Protocol.UDP:
            port = int.from_bytes(transport[2:4], "big")
            transport = transport[8:]
        self._probes.remember(outgoing)
        self._discover(PMTUDISC_PROBE if outgoing.is_whole else self._usual)
        beside = _beside(family, outgoing.data)
        address = socket_address(outgoing.destination, port)
        for tries_left in reversed(range(_TRIES)):
            let_go = clock.now()
            try:
                self._sock.sendmsg([transport], beside, 0, address)
            except OSError as error:
                # It may be the error of an earlier probe that is told here; asking has cleared it.
                self._departures.refused(error.errno or 0)
                if not tries_left:
                    raise
            else:
                self._departures.sent(outgoing.token, let_go)
                return

    def _discover(self, discovery: int) -> None:
        """Let what is sent next be fragmented or not."""
        if discovery != self._discovery:
            family = self._receiver.family
            self._sock.setsockopt(family.level, family.mtu_discovery, discovery)
            self._discovery = discovery

    def collect(self) -> Sequence[Event]:
        """Departures and ICMP errors since the last call."""
        told, self._told = self._told, []
        messages = list(self._reader.read(self._sock, ERROR_QUEUE))
        told += self._departures.tell(messages)
        told += [error for message in messages if (error := self._error(message)) is not None]
        return told

    def _error(self, message: Message) -> Event | None:
        return error_datagram(self._receiver, message, self._probes, self._wall)


def _beside(family: Family, data: bytes) -> Beside:
    """The control messages that give a datagram the TTL and the traffic class of its header."""
    if family.version == 4:
        ttl, traffic_class = data[8], data[1]
    else:
        ttl, traffic_class = data[7], int.from_bytes(data[:2], "big") >> 4 & 0xFF
    return [
        (family.level, family.ttl, _INT.pack(ttl)),
        (family.level, family.traffic_class, _INT.pack(traffic_class)),
    ]


def open_datagram_link(options: LinkOptions) -> SocketLink:
    """A link over datagram sockets. Raises LinkError where this user may not open them."""
    spoken = families(options)
    reader, wall = Reader(), WallClock()
    try:
        with ExitStack() as opened:
            port = reserve_port(spoken, options)
            opened.callback(port.close)
            identifier, pings = _ping_sockets(spoken, options)
            for sock in pings:
                opened.enter_context(sock)
            receivers = [Receiver(family, sock, family.icmp) for family, sock in zip(spoken, pings, strict=True)] + [
                Receiver(family, port.udp[family.version], Protocol.UDP, port=port.number) for family in spoken
            ]
            senders: dict[tuple[int, int], Sender] = {
                (receiver.family.version, receiver.protocol): DatagramSender(receiver, reader, wall)
                for receiver in receivers
            }
            held = opened.pop_all()
    except PermissionError:
        raise LinkError(how_to_allow()) from None
    equipment = Equipment(
        name="dgram",
        identifier=identifier,
        port=port.number,
        senders=senders,
        receivers=receivers,
        reader=reader,
        wall=wall,
        release=held.close,
    )
    return SocketLink(equipment, options)


def _ping_sockets(spoken: Sequence[Family], options: LinkOptions) -> tuple[int, list[socket.socket]]:
    """An ICMP socket for each family, all bound to one identifier, which is all that their port is."""
    for _ in range(64):
        identifier = int.from_bytes(os.urandom(2)) or 1
        with ExitStack() as opened:
            pings = []
            try:
                for family in spoken:
                    pings.append(opened.enter_context(open_socket(family, socket.SOCK_DGRAM, family.icmp, options)))
                    pings[-1].bind((local_host(family, options), identifier))
            except OSError as error:
                if error.errno != errno.EADDRINUSE:
                    raise
                continue
            opened.pop_all()
            return identifier, pings
    raise LinkError("no free ICMP identifier was found in 64 tries: end some of the pings that run here")
