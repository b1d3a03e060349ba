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
from functools import lru_cache
from itertools import zip_longest

from app.engine.datagram import Outgoing
from app.net.batch import Calls, open_calls
from app.net.buffer import Buffer
from app.net.clock import WallClock
from app.net.errorqueue import SentProbes, error_datagram
from app.net.family import PMTUDISC_PROBE, Family, socket_address
from app.net.link import LinkError
from app.net.message import control_message, name_of
from app.net.options import LinkOptions
from app.net.outlet import Dressed, Outlet
from app.net.privileges import how_to_allow
from app.net.receiving import Receiver
from app.net.socketlink import Equipment, SocketLink
from app.net.sockets import families, local_host, open_socket, reserve_port
from app.net.stamps import Departures
from app.net.ways import Ways
from app.packet.registry import Protocol

_INT = struct.Struct("@i")

#: Errors of earlier probes, or a stranger's lies about them, that may be told before a send is heard.
_TRIES = 16


class DatagramDress:
    """Makes one version's probes of one protocol ready for a datagram socket: TTL and traffic class go beside."""

    def __init__(self, receiver: Receiver, probes: SentProbes) -> None:
        self._receiver = receiver
        self._sock = receiver.sock
        self._probes = probes
        self._usual = self._sock.getsockopt(receiver.family.level, receiver.family.mtu_discovery)
        self._discovery = self._usual
        for option in (receiver.family.receive_errors, receiver.family.errors_rfc4884):
            try:
                self._sock.setsockopt(receiver.family.level, option, 1)
            except OSError as error:
                # Older kernels do not say where an extension starts: labels stay unknown there.
                if error.errno != errno.ENOPROTOOPT:
                    raise

    def __call__(self, batch: Sequence[Outgoing], keys: Sequence[bytes]) -> Dressed:
        """The first of a batch that are alike in whether they may be fragmented. Raises OSError."""
        is_whole = batch[0].is_whole
        self._discover(PMTUDISC_PROBE if is_whole else self._usual)
        names: list[bytes] = []
        data: list[bytes] = []
        controls: list[bytes] = []
        for outgoing, key in zip_longest(batch, keys, fillvalue=b""):
            if not isinstance(outgoing, Outgoing) or outgoing.is_whole is not is_whole:
                break
            transport = outgoing.data[self._receiver.family.header_size :]
            port = 0
            if self._receiver.protocol == Protocol.UDP:
                port = int.from_bytes(transport[2:4], "big")
                transport = transport[8:]
            try:
                names.append(name_of(self._receiver.family, socket_address(outgoing.destination, port)))
            except OSError:
                if not names:
                    raise
                break
            data.append(transport)
            controls.append(_beside(self._receiver.family, outgoing.data) + key)
            self._probes.remember(outgoing)
        return Dressed(names, data, controls)

    def _discover(self, discovery: int) -> None:
        """Let what is sent next be fragmented or not."""
        if discovery != self._discovery:
            family = self._receiver.family
            self._sock.setsockopt(family.level, family.mtu_discovery, discovery)
            self._discovery = discovery


def _beside(family: Family, data: bytes) -> bytes:
    """The control messages that give a datagram the TTL and the traffic class of its header."""
    if family.version == 4:
        return _fields(family, data[8], data[1])
    return _fields(family, data[7], int.from_bytes(data[:2], "big") >> 4 & 0xFF)


@lru_cache(maxsize=1_024)
def _fields(family: Family, ttl: int, traffic_class: int) -> bytes:
    fields = (family.ttl, ttl), (family.traffic_class, traffic_class)
    return b"".join(control_message(family.level, kind, _INT.pack(value)) for kind, value in fields)


def _outlet(receiver: Receiver, calls: Calls, wall: WallClock, ways: Ways) -> Outlet:
    probes = SentProbes(receiver.protocol)
    name = f"{receiver.name} out"
    return Outlet(
        calls,
        Departures(receiver.family, receiver.sock, wall, ways),
        Buffer(receiver.sock, name, counts_damage=True),
        DatagramDress(receiver, probes),
        hear=lambda message: error_datagram(receiver, message, probes, wall),
        tries=_TRIES,
    )


def open_datagram_link(options: LinkOptions) -> SocketLink:
    """A link over datagram sockets. Raises LinkError where this user may not open them."""
    spoken = families(options)
    calls, wall, ways = open_calls(), WallClock(), Ways()
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
            outlets = [_outlet(receiver, calls, wall, ways) for receiver in receivers]
            held = opened.pop_all()
    except PermissionError:
        raise LinkError(how_to_allow()) from None
    equipment = Equipment(
        name="dgram",
        identifier=identifier,
        port=port.number,
        senders={
            (receiver.family.version, receiver.protocol): outlet
            for receiver, outlet in zip(receivers, outlets, strict=True)
        },
        outlets=outlets,
        receivers=receivers,
        calls=calls,
        wall=wall,
        ways=ways,
        filter=f"the kernel's own: answers to ICMP identifier {identifier} and UDP port {port.number}",
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
