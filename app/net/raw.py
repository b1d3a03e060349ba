"""Raw sockets: whole datagrams with our own IP headers out, whole (IPv4) or rebuilt (IPv6) ones in.

All sockets are opened as a set while that is allowed. A set outlives the links that use it, one at a time;
between two links a filter makes it deaf, so that it costs nothing.
"""

import secrets
import socket
import struct
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Self

from app.engine.datagram import Event, Outgoing
from app.net import clock
from app.net.batch import ERROR_QUEUE, Reader
from app.net.clock import WallClock
from app.net.family import Family, socket_address
from app.net.filter import REJECT_ALL, attach, icmp_answers, tcp_answers
from app.net.options import LinkOptions
from app.net.receiving import Receiver
from app.net.socketlink import Equipment, Sender, SocketLink
from app.net.sockets import Port, families, open_socket, reserve_port
from app.net.stamps import Departures

_ICMP_FILTER = 1  #: the option's number for both versions; a set bit blocks a type
_SOL_RAW = 255
_HEARD = {4: (0, 3, 11, 12), 6: (1, 2, 3, 4, 129)}  #: the ICMP types that can answer a probe


@dataclass(frozen=True, slots=True)
class RawFamily:
    """The raw sockets of one IP version."""

    family: Family
    out: socket.socket
    icmp: socket.socket
    tcp: socket.socket

    @classmethod
    def open(cls, family: Family, options: LinkOptions) -> Self:
        """Open them, deaf. Raises OSError."""
        with ExitStack() as opened:
            sockets = []
            for protocol in (socket.IPPROTO_RAW, family.icmp, socket.IPPROTO_TCP):
                sockets.append(opened.enter_context(open_socket(family, socket.SOCK_RAW, protocol, options)))
                attach(sockets[-1], REJECT_ALL)
            _block_types(family, sockets[1])
            opened.pop_all()
            return cls(family, *sockets)

    @property
    def sockets(self) -> Sequence[socket.socket]:
        """All of them."""
        return self.out, self.icmp, self.tcp


def _block_types(family: Family, sock: socket.socket) -> None:
    """Let the kernel drop all ICMP types that answer no probe, our own requests on loopback among them."""
    blocked = [0xFFFFFFFF] * (1 if family.version == 4 else 8)
    for kind in _HEARD[family.version]:
        blocked[kind >> 5] &= ~(1 << (kind & 31))
    level = _SOL_RAW if family.version == 4 else family.icmp
    sock.setsockopt(level, _ICMP_FILTER, struct.pack(f"@{len(blocked)}I", *blocked))


class RawSender:
    """Sends whole datagrams of one version, of any protocol. The kernel fills in nothing that matters."""

    def __init__(self, family: Family, sock: socket.socket, reader: Reader, wall: WallClock) -> None:
        self._sock = sock
        self._reader = reader
        self._departures = Departures(family, sock, wall)
        self._told: list[Event] = []

    def send(self, outgoing: Outgoing) -> None:
        """Send one datagram. Raises OSError."""
        if not self._departures.is_in_step:
            self._told += self.collect()
            self._departures.get_in_step()
        let_go = clock.now()
        try:
            self._sock.sendto(outgoing.data, socket_address(outgoing.destination))
        except OSError as error:
            self._departures.refused(error.errno or 0)
            raise
        self._departures.sent(outgoing.token, let_go)

    def collect(self) -> Sequence[Event]:
        """The departures since the last call."""
        told, self._told = self._told, []
        if not self._departures.awaits_stamps:
            return told
        return told + self._departures.tell(self._reader.read(self._sock, ERROR_QUEUE))


class RawSockets:
    """One link's set of sockets. Open it while privileged; `link` needs no privilege."""

    def __init__(self, raw: Sequence[RawFamily], port: Port, options: LinkOptions) -> None:
        self._raw = raw
        self._port = port
        self._options = options

    @classmethod
    def open(cls, options: LinkOptions) -> Self:
        """Open a set. Raises PermissionError where this process may not, LinkError or OSError for other reasons."""
        spoken = families(options)
        with ExitStack() as opened:
            raw = []
            for family in spoken:
                raw.append(RawFamily.open(family, options))
                for sock in raw[-1].sockets:
                    opened.enter_context(sock)
            port = reserve_port(spoken, options)
            opened.pop_all()
            return cls(raw, port, options)

    def link(self, release: Callable[[Self], None]) -> SocketLink:
        """A link over this set, which `release` gets back when the link is closed."""
        identifier = 1 + secrets.randbelow(0xFFFF)
        reader, wall = Reader(), WallClock()
        receivers = []
        senders: dict[tuple[int, int], Sender] = {}
        for raw in self._raw:
            version = raw.family.version
            sender = RawSender(raw.family, raw.out, reader, wall)
            for protocol in (raw.family.icmp, socket.IPPROTO_UDP, socket.IPPROTO_TCP):
                senders[version, protocol] = sender
            receivers += [
                Receiver(raw.family, raw.icmp, raw.family.icmp, is_whole=version == 4),
                Receiver(raw.family, raw.tcp, socket.IPPROTO_TCP, is_whole=version == 4),
                Receiver(raw.family, self._port.udp[version], socket.IPPROTO_UDP, port=self._port.number),
            ]
            # What waits here is from before: the filter that lets the new link's answers in comes after.
            _drain(reader, raw.sockets, self._port.udp[version])
            attach(raw.icmp, icmp_answers(version, identifier, self._port.number))
            attach(raw.tcp, tcp_answers(version, self._port.number))
        equipment = Equipment(
            name="raw",
            identifier=identifier,
            port=self._port.number,
            senders=senders,
            receivers=receivers,
            reader=reader,
            wall=wall,
            release=lambda: self._free(release),
        )
        return SocketLink(equipment, self._options)

    def _free(self, release: Callable[[Self], None]) -> None:
        for raw in self._raw:
            attach(raw.icmp, REJECT_ALL)
            attach(raw.tcp, REJECT_ALL)
        release(self)

    def close(self) -> None:
        """Close all sockets of the set."""
        self._port.close()
        for raw in self._raw:
            for sock in raw.sockets:
                sock.close()


def _drain(reader: Reader, sockets: Sequence[socket.socket], udp: socket.socket) -> None:
    for sock in (*sockets, udp):
        for flags in (0, ERROR_QUEUE):
            while any(reader.read(sock, flags)):
                pass
