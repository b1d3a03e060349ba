"""Raw sockets: whole datagrams with our own IP headers out, whole (IPv4) or rebuilt (IPv6) ones in.

All sockets are opened as a set while that is allowed. A set outlives the links that use it, one at a time;
between two links a filter makes it deaf, so that it costs nothing.
"""

import os
import socket
import struct
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from ipaddress import IPv4Address
from typing import Self

from app.engine.datagram import Outgoing
from app.net.batch import drain, open_calls
from app.net.bpf import REJECT_ALL, attach
from app.net.buffer import Buffer
from app.net.clock import WallClock
from app.net.family import PMTUDISC_PROBE, Family, socket_address
from app.net.filter import icmp_answers, tcp_answers
from app.net.message import name_4, name_6
from app.net.options import ROOM, LinkOptions
from app.net.outlet import Dressed, Outlet
from app.net.receiving import Receiver
from app.net.socketlink import Equipment, Sender, SocketLink
from app.net.sockets import Port, families, local_host, open_socket, reserve_port
from app.net.stamps import Departures
from app.net.ways import Ways
from app.packet.compose import Address

_ICMP_FILTER = 1  #: the option's number for both versions; a set bit blocks a type
_SOL_RAW = 255
_ANY = {4: "0.0.0.0", 6: "::"}
_UNUSED = {4: "233.252.0.1", 6: "ff0e::db8:0:1"}  #: multicast groups, which no TCP segment is ever sent to
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
            # The way out reads nothing but stamps, which must find room whatever the user says of answers.
            out = replace(options, receive_buffer=ROOM)
            protocols = ((socket.IPPROTO_RAW, out), (family.icmp, options), (socket.IPPROTO_TCP, options))
            for protocol, chosen in protocols:
                sockets.append(opened.enter_context(open_socket(family, socket.SOCK_RAW, protocol, chosen)))
                attach(sockets[-1], REJECT_ALL)
            _block_types(family, sockets[1])
            # Our own headers say who may fragment: the kernel must not, for what a router once told it.
            sockets[0].setsockopt(family.level, family.mtu_discovery, PMTUDISC_PROBE)
            # Only who wants errors is told that the queue of an interface is full. No error of the network's comes
            # here, as none quotes this socket's protocol.
            sockets[0].setsockopt(family.level, family.receive_errors, 1)
            opened.pop_all()
            raw = cls(family, *sockets)
        raw.ignore()
        return raw

    def listen(self, identifier: int, port: int, flows: int) -> None:
        """Hear the answers to probes of this identifier, and of this port and those of further flows."""
        attach(self.icmp, icmp_answers(self.family.version, identifier, port, flows))
        attach(self.tcp, tcp_answers(self.family.version, port, flows))

    def ignore(self) -> None:
        """Hear nothing."""
        attach(self.icmp, REJECT_ALL)
        attach(self.tcp, REJECT_ALL)
        self.tcp.bind((_UNUSED[self.family.version], 0))

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


def dress(batch: Sequence[Outgoing], keys: Sequence[bytes]) -> Dressed:
    """Whole datagrams of one version, each to the address in its own header. Raises OSError for a zone that is gone."""
    data = [outgoing.data for outgoing in batch]
    if data[0][0] >> 4 == 4:
        return Dressed([name_4(each[16:20]) for each in data], data, keys)
    names: list[bytes] = []
    for outgoing in batch:
        try:
            names.append(name_6(outgoing.data[24:40], _zone(outgoing.destination)))
        except OSError:
            if not names:
                raise
            break
    return Dressed(names, data[: len(names)], keys[: len(names)])


def _zone(address: Address) -> int:
    """The index of the interface that an address is at; 0 where it names none."""
    if isinstance(address, IPv4Address) or address.scope_id is None:
        return 0
    return socket_address(address)[-1]


class TcpSender:
    """Sends TCP probes by the sender of all, and opens the ear for what answers them when the first one goes out.

    A raw socket for TCP gets a copy of every segment that comes to this host before its filter looks at it. So
    it is bound to an address that no segment is sent to until it is needed.
    """

    def __init__(self, raw: RawFamily, outlet: Outlet, host: str) -> None:
        self._raw = raw
        self._outlet = outlet
        self._host = host
        self._is_listening = False

    def send(self, batch: Sequence[Outgoing]) -> None:
        """Send datagrams."""
        if not self._is_listening:
            self._raw.tcp.bind((self._host or _ANY[self._raw.family.version], 0))
            self._is_listening = True
        self._outlet.send(batch)


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
        identifier = int.from_bytes(os.urandom(2)) or 1
        calls, wall, ways = open_calls(), WallClock(), Ways()
        receivers: list[Receiver] = []
        outlets: list[Outlet] = []
        senders: dict[tuple[int, int], Sender] = {}
        for raw in self._raw:
            family, version = raw.family, raw.family.version
            departures = Departures(family, raw.out, wall, ways)
            outlet = Outlet(calls, departures, Buffer(raw.out, f"IPv{version} out", counts_damage=False), dress)
            outlets.append(outlet)
            senders[version, family.icmp] = senders[version, socket.IPPROTO_UDP] = outlet
            senders[version, socket.IPPROTO_TCP] = TcpSender(raw, outlet, local_host(family, self._options))
            receivers += [
                Receiver(family, raw.icmp, family.icmp, is_whole=version == 4),
                Receiver(family, raw.tcp, socket.IPPROTO_TCP, is_whole=version == 4),
                Receiver(family, self._port.udp[version], socket.IPPROTO_UDP, port=self._port.number),
            ]
            # What waits here is from before: the filter that lets the new link's answers in comes after.
            for sock in (*raw.sockets, self._port.udp[version]):
                drain(calls, sock)
            raw.listen(identifier, self._port.number, self._options.flows)
        equipment = Equipment(
            name="raw",
            identifier=identifier,
            port=self._port.number,
            senders=senders,
            outlets=outlets,
            receivers=receivers,
            calls=calls,
            wall=wall,
            ways=ways,
            filter=_heard(identifier, self._port.number, self._options.flows),
            release=lambda: self._free(release),
        )
        return SocketLink(equipment, self._options)

    def _free(self, release: Callable[[Self], None]) -> None:
        for raw in self._raw:
            raw.ignore()
        release(self)

    def close(self) -> None:
        """Close all sockets of the set."""
        self._port.close()
        for raw in self._raw:
            for sock in raw.sockets:
                sock.close()


def _heard(identifier: int, port: int, flows: int) -> str:
    """What the filters let through, in words."""
    ports = f"port {port}" if flows == 1 else f"ports {port} to {port + flows - 1}"
    return f"BPF: answers to ICMP identifier {identifier} and {ports}, and errors that quote them"
