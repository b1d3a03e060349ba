"""Sockets as /proc/net lists them: those that sock_diag(7) does not know, and all where a kernel is built without it.

Ping sockets are known by their ICMP identifier, which is their local port. A raw socket says only which protocol it
sends: it may have sent whatever is of that protocol.
"""

import sys
from collections.abc import Iterator
from ipaddress import IPv6Address, ip_address
from pathlib import Path

from app.engine.errors.snapshot import Flow
from app.net.host.sockdiag import FoundSocket, state_word
from app.packet.compose import Address
from app.packet.registry import Protocol

#: Of the thread that asks: a thread may live in a network of its own.
_TABLES = Path("/proc/thread-self/net")
_NAMES = {Protocol.TCP: "tcp", Protocol.UDP: "udp", Protocol.UDPLITE: "udplite"}
_ICMP = frozenset((Protocol.ICMP, Protocol.IPV6_ICMP))
_SUFFIXES = {4: "", 6: "6"}
#: A table that is longer is not read to its end.
_MOST_ROWS = 65_536


def find_listed(flow: Flow) -> FoundSocket | None:
    """The socket of a flow with ports: the one that names both ends, else the one that names its own alone."""
    name = _NAMES.get(Protocol(flow.protocol))
    if name is None or flow.local_port is None:
        return None
    best = None
    for found in _both_versions(name, flow):
        is_bound = found.local_port == flow.local_port and found.local in (flow.local, _nowhere(found.local))
        if is_bound and (found.remote, found.remote_port) == (flow.remote, flow.remote_port):
            return found
        if is_bound and not found.remote_port:
            best = found
    return best


def find_ping(flow: Flow) -> FoundSocket | None:
    """The ping socket of an identifier."""
    if flow.protocol not in _ICMP or flow.identifier is None:
        return None
    rows = _rows("icmp" + _SUFFIXES[flow.local.version], flow.protocol)
    return next((found for found in rows if found.local_port == flow.identifier), None)


def find_raw(flow: Flow) -> list[FoundSocket]:
    """The raw sockets that may have sent it. Their local port is the protocol that they were opened for."""
    rows = _rows("raw" + _SUFFIXES[flow.local.version], flow.protocol)
    return [
        found
        for found in rows
        if found.local_port == flow.protocol
        and found.local in (flow.local, _nowhere(found.local))
        and found.remote in (flow.remote, _nowhere(found.remote))
    ]


def _both_versions(name: str, flow: Flow) -> Iterator[FoundSocket]:
    """Sockets of IPv6 may speak IPv4 as well."""
    for version in (4, 6) if flow.local.version == 4 else (6,):
        yield from _rows(name + _SUFFIXES[version], flow.protocol)


def _nowhere(address: Address) -> Address:
    return type(address)(0)


def _rows(name: str, protocol: int) -> Iterator[FoundSocket]:
    try:
        with (_TABLES / name).open() as table:
            next(table, None)
            for _, line in zip(range(_MOST_ROWS), table, strict=False):
                if (found := _read(line, protocol)) is not None:
                    yield found
    except OSError:
        return


def _read(line: str, protocol: int) -> FoundSocket | None:
    """A line of a table (proc_pid_net(5)): number, both ends, state, queues, timer, retransmissions, user, -, inode."""
    words = line.split()
    try:
        (local, local_port), (remote, remote_port) = _end(words[1]), _end(words[2])
        state = state_word(int(words[3], 16), protocol)
        return FoundSocket(state, int(words[7]), int(words[9]), local, local_port, remote, remote_port)
    except (ValueError, IndexError):
        return None


def _end(text: str) -> tuple[Address, int]:
    """An address as the machine's own 32-bit words in hexadecimal, and a port."""
    address, _, port = text.partition(":")
    words = [int(address[at : at + 8], 16) for at in range(0, len(address), 8)]
    packed = b"".join(word.to_bytes(4, sys.byteorder) for word in words)
    found = ip_address(packed)
    found = found.ipv4_mapped or found if isinstance(found, IPv6Address) else found
    return found, int(port, 16)
