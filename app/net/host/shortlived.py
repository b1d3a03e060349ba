"""Sockets that may be gone before the error about them can be read: remembered while they still are there.

A connection that TCP is making ends with the first error, and its socket leaves the kernel's tables before anybody
has seen the packet. The kernel tells root of its beginning and its end (`app.net.host.transitions`); others look up the
socket of each SYN that leaves this host, and hope to be quicker than the answer. Sockets without connections close as
soon as their program was told; of these the kernel says itself that they closed, and whose they were (sock_diag(7), its
groups for destroyed sockets). All are kept for a while, and only so many.
"""

import errno
import os
import select
import socket
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address
from typing import TypeAlias

from app.engine.errors.snapshot import Flow, Owner, Process
from app.net import clock
from app.net.bpf import (
    DROP,
    KEEP,
    PACKET_TYPE,
    SKIP_IP_HEADER,
    Instruction,
    Line,
    assemble,
    attach,
    jump_if,
    load_beside,
    load_byte,
    load_byte_behind,
)
from app.net.host.netlink import messages
from app.net.host.processes import Processes
from app.net.host.sockdiag import NETLINK_SOCK_DIAG, FoundSocket, SocketDiagnosis, read_socket
from app.net.host.transitions import CLOSED, SYN_SENT, Transitions
from app.net.listening.packetsocket import begin_to_hear
from app.packet.compose import Address
from app.packet.ip.chain import upper_layer
from app.packet.registry import Protocol

_KEPT_FOR = 30_000_000_000
_MOST_KEPT = 8192
_MOST_AT_ONCE = 64
_SNAP = 128  #: bytes: the IP header with its options, and the ports
_LARGEST = 1 << 16
_OUTGOING = 4  #: PACKET_OUTGOING
_SYN, _SYN_OR_ACK = 0x02, 0x12
_UDP_DESTROYED = 0b1010  #: SKNLGRP_INET_UDP_DESTROY and SKNLGRP_INET6_UDP_DESTROY, as a set of groups
_ROOM = 1 << 20  #: bytes of what waits to be read

_Key: TypeAlias = tuple[int, Address | None, int, Address | None, int]


@dataclass(frozen=True, slots=True)
class _Remembered:
    at: int
    inode: int
    uid: int | None
    process: Process | None


class ShortLived:
    """A thread that remembers sockets. Opened while it is allowed, started when privileges are dropped."""

    def __init__(self) -> None:
        self._opened = ExitStack()
        try:
            self._open()
        except OSError:
            self._opened.close()
            raise
        self._beginning: OrderedDict[int, Process | None] = OrderedDict()  # socket -> who connects
        self._remembered: OrderedDict[_Key, _Remembered] = OrderedDict()
        self._lock = threading.Lock()  # around what is remembered: one thread writes, another asks
        self._thread = threading.Thread(target=self._watch, name="short-lived sockets", daemon=True)

    def _open(self) -> None:
        self._transitions = _transitions()
        self._leaving = _leaving() if self._transitions is None else None
        for each in (self._transitions, self._leaving):
            if each is not None:
                self._opened.callback(each.close)
        self._closing = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW | socket.SOCK_NONBLOCK, NETLINK_SOCK_DIAG)
        self._opened.callback(self._closing.close)
        self._closing.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _ROOM)
        self._closing.bind((0, _UDP_DESTROYED))
        self._diagnosis = SocketDiagnosis()
        self._opened.callback(self._diagnosis.close)
        self._processes = Processes()
        self._opened.callback(self._processes.close)
        self._end = os.eventfd(0, os.EFD_CLOEXEC)
        self._opened.callback(os.close, self._end)

    def start(self) -> None:
        """Begin to watch. When that which waits by now has happened is not known: it is left out."""
        if self._transitions is not None:
            self._transitions.read()
        _empty(self._closing)
        if self._leaving is not None:
            begin_to_hear(self._leaving)
        self._thread.start()

    def find(self, flow: Flow) -> tuple[Owner, int] | None:
        """Who had the socket of a flow that is gone by now, and the inode that it had, or 0."""
        if flow.local_port is None or flow.remote_port is None:
            return None
        oldest = clock.now() - _KEPT_FOR
        with self._lock:
            for key in _keys(flow, flow.local_port, flow.remote_port):
                found = self._remembered.get(key)
                if found is not None and found.at >= oldest:
                    return Owner("closed", found.uid, found.process), found.inode
        return None

    # The thread

    def _watch(self) -> None:
        rings = set() if self._transitions is None else set(self._transitions.descriptors())
        ears: dict[int, Callable[[], None]] = {self._closing.fileno(): self._hear_closing}
        if self._leaving is not None:
            ears[self._leaving.fileno()] = self._hear_leaving
        ears |= dict.fromkeys(rings, self._hear_transitions)
        poll = select.poll()
        for descriptor in (*ears, self._end):
            poll.register(descriptor, select.POLLIN)
        while True:
            ready = dict(poll.poll())
            if self._end in ready:
                return
            for descriptor in [each for each in rings & ready.keys() if not ready[each] & select.POLLIN]:
                poll.unregister(descriptor)  # its processor was taken away: it would be ready for ever
            for hear in dict.fromkeys(ears[descriptor] for descriptor in ready):
                # Nothing that is missed here is missed by anybody but the one error about it.
                with suppress(OSError):
                    hear()

    def _hear_transitions(self) -> None:
        assert self._transitions is not None
        for change in self._transitions.read():
            if change.after == SYN_SENT:
                # Every network namespace is told of; what happens in another one is none of this one's errors.
                if self._processes.shares_network(change.pid):
                    self._beginning[change.socket] = self._processes.named(change.pid)
                    if len(self._beginning) > _MOST_KEPT:
                        self._beginning.popitem(last=False)
            elif change.socket in self._beginning:
                process = self._beginning.pop(change.socket)
                if change.after == CLOSED:
                    uid = None if process is None else process.uid
                    self._remember(_exact(change.flow), _Remembered(clock.now(), 0, uid, process))

    def _hear_leaving(self) -> None:
        assert self._leaving is not None
        for _ in range(_MOST_AT_ONCE):
            data, sender = self._leaving.recvfrom(_SNAP)
            flow = syn_flow(data, sender[0])
            found = None if flow is None else self._diagnosis.find(flow)
            if flow is not None and found is not None and not found.is_listening:
                process = self._processes.find(found.inode, found.uid)
                self._remember(_exact(flow), _Remembered(clock.now(), found.inode, found.uid, process))

    def _hear_closing(self) -> None:
        for _ in range(_MOST_AT_ONCE):
            for _, _, payload in messages(self._closing.recv(_LARGEST)):
                found = read_socket(payload, Protocol.UDP)
                if found is not None and found.local_port:
                    # Old kernels say user 0 of every socket that no file is left of.
                    self._remember(_key(found), _Remembered(clock.now(), 0, found.uid or None, None))

    def _remember(self, key: _Key, what: _Remembered) -> None:
        with self._lock:
            self._remembered[key] = what
            self._remembered.move_to_end(key)
            if len(self._remembered) > _MOST_KEPT:
                self._remembered.popitem(last=False)

    def close(self) -> None:
        """Watch no more."""
        os.eventfd_write(self._end, 1)
        if self._thread.is_alive():
            self._thread.join()
        self._opened.close()


def open_short_lived() -> ShortLived | None:
    """None where this process may not, or this kernel cannot: then what is gone by the time of an error is unknown."""
    try:
        return ShortLived()
    except OSError:
        return None


def _transitions() -> Transitions | None:
    """None where this process may not open them."""
    try:
        return Transitions.open()
    except OSError:
        return None


def _empty(sock: socket.socket) -> None:
    """Read all that waits, and the error that tells of what found no room."""
    while True:
        try:
            sock.recv(_LARGEST)
        except BlockingIOError:
            return
        except OSError as error:
            if error.errno != errno.ENOBUFS:
                return


def _leaving() -> socket.socket:
    """A socket that hears SYNs leave, once it begins to."""
    sock = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK, 0)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _ROOM)
    attach(sock, syn_filter())
    return sock


def syn_filter() -> bytes:
    """The program that keeps the first segment of each connection that this host begins; it sees packets from IP on."""
    is_first: list[Line] = [Instruction(0x54, _SYN_OR_ACK), jump_if(_SYN, 0, 1), KEEP, DROP]
    return assemble(
        [
            load_beside(PACKET_TYPE),
            jump_if(_OUTGOING, 1),
            DROP,
            load_byte(0),
            Instruction(0x54, 0xF0),
            jump_if(0x40, "version 4"),
            jump_if(0x60, "version 6"),
            DROP,
            "version 4",
            load_byte(9),
            jump_if(Protocol.TCP, 1),
            DROP,
            SKIP_IP_HEADER,
            load_byte_behind(13),
            *is_first,
            "version 6",
            load_byte(6),
            jump_if(Protocol.TCP, 1),
            DROP,
            load_byte(40 + 13),
            *is_first,
        ]
    )


def syn_flow(data: bytes, interface: str) -> Flow | None:
    """The flow that a TCP segment opens, from the first byte of its IP header on."""
    version = data[0] >> 4 if data else 0
    if version == 4 and len(data) >= 20:
        ends: tuple[Address, Address] = (IPv4Address(data[12:16]), IPv4Address(data[16:20]))
        start = (data[0] & 15) * 4
    elif version == 6 and len(data) >= 40:
        ends = IPv6Address(data[8:24]), IPv6Address(data[24:40])
        start = upper_layer(data[6], data, 40).start
    else:
        return None
    ports = data[start : start + 4]
    if len(ports) < 4:
        return None
    source, destination = int.from_bytes(ports[:2], "big"), int.from_bytes(ports[2:], "big")
    return Flow(Protocol.TCP, *ends, source, destination, interface=interface)


def _exact(flow: Flow) -> _Key:
    return flow.protocol, flow.local, flow.local_port or 0, flow.remote, flow.remote_port or 0


def _key(found: FoundSocket) -> _Key:
    local = None if found.local.is_unspecified else found.local
    remote = found.remote if found.remote_port else None
    return Protocol.UDP, local, found.local_port, remote, found.remote_port


def _keys(flow: Flow, local_port: int, remote_port: int) -> Iterator[_Key]:
    """What a socket may have been bound to that had this flow, the most exact first."""
    for remote, port in ((flow.remote, remote_port), (None, 0)):
        for local in (flow.local, None):
            yield flow.protocol, local, local_port, remote, port
