"""Which socket of this host a packet belongs to, asked of the kernel's own tables (sock_diag(7)).

An exact question is answered by the look-up with which the kernel itself finds the socket for a packet: bound
addresses and interfaces, sockets of both versions, connections that are being made and those in TIME_WAIT included.
It takes some microseconds, however many sockets there are.
"""

import socket
import struct
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address

from app.engine.errors.snapshot import Flow
from app.net.host.netlink import NOTHING, Netlink, attributes, interface_index
from app.packet.compose import Address
from app.packet.registry import Protocol

NETLINK_SOCK_DIAG = 4
_BY_FAMILY = 20  #: SOCK_DIAG_BY_FAMILY
_REQUEST = struct.Struct("=BBBxI")  #: family, protocol, extensions, states
_IDENTITY = struct.Struct(">HH16s16s")  #: source port, destination port, addresses; an index and a cookie follow
_ANY_COOKIE = b"\xff" * 8
_ALL_STATES, _NO_STATES = 0xFFFFFFFF, 0
#: Of an answer: family and state; behind the identity of 48 bytes: expiry, queues, user, inode (linux/inet_diag.h).
_IDENTITY_AT, _REST = 4, struct.Struct("=IIIII")
_ANSWER_SIZE = _IDENTITY_AT + 48 + _REST.size
_FAMILIES = {4: socket.AF_INET, 6: socket.AF_INET6}
_WITHOUT_CONNECTION = frozenset((Protocol.UDP, Protocol.UDPLITE))
DIAGNOSED = frozenset((Protocol.TCP, Protocol.UDP, Protocol.UDPLITE, Protocol.DCCP, Protocol.SCTP))

#: States of TCP, which other protocols borrow (linux/net/tcp_states.h).
LISTENING = 10
_STATES = (
    "",
    "established",
    "syn-sent",
    "syn-received",
    "fin-wait-1",
    "fin-wait-2",
    "time-wait",
    "closed",
    "close-wait",
    "last-ack",
    "listening",
    "closing",
    "syn-received",
)


@dataclass(frozen=True, slots=True)
class FoundSocket:
    """One socket in the kernel's tables."""

    state: str
    uid: int
    inode: int  #: 0: no process holds it any more
    local: Address
    local_port: int
    remote: Address
    remote_port: int

    @property
    def is_listening(self) -> bool:
        """Whether it only waits for connections, and has sent nothing itself."""
        return self.state == _STATES[LISTENING]


class SocketDiagnosis:
    """Look-ups of sockets. Belongs to one thread. `lacks` are protocols that this kernel cannot be asked about."""

    def __init__(self) -> None:
        self._netlink = Netlink(NETLINK_SOCK_DIAG)
        self.lacks = frozenset(protocol for protocol in DIAGNOSED if not self._is_answered(protocol))

    def _is_answered(self, protocol: int) -> bool:
        """Where no part of the kernel answers, "no such socket" is what it says as well: a dump of nothing tells."""
        identity = _IDENTITY.pack(0, 0, b"", b"") + struct.pack("=I", 0) + _ANY_COOKIE
        body = _REQUEST.pack(socket.AF_INET, protocol, 0, _NO_STATES) + identity
        try:
            return not list(self._netlink.dump(_BY_FAMILY, body))
        except OSError:
            return False

    def find(self, flow: Flow) -> FoundSocket | None:
        """The socket that gets what comes back on a flow, and so sent what went out."""
        if flow.local_port is None or flow.remote_port is None:
            return None
        here, there = (flow.local_port, flow.local.packed), (flow.remote_port, flow.remote.packed)
        if flow.protocol in _WITHOUT_CONNECTION:
            # The kernel takes source and destination of these from the arriving packet's point of view.
            here, there = there, here
        identity = _IDENTITY.pack(here[0], there[0], here[1], there[1])
        index = struct.pack("=I", interface_index(flow.interface))
        body = _REQUEST.pack(_FAMILIES[flow.local.version], flow.protocol, 0, _ALL_STATES)
        try:
            answer = self._netlink.ask(_BY_FAMILY, body + identity + index + _ANY_COOKIE)
        except OSError:
            return None  # a flow that the kernel does not take for one
        return None if answer is None else read_socket(answer, flow.protocol)

    def holders(self, protocol: int, port: int) -> Iterator[FoundSocket]:
        """All sockets that have a local port, of both IP versions."""
        for family in _FAMILIES.values():
            identity = _IDENTITY.pack(port, 0, b"", b"") + struct.pack("=I", 0) + _ANY_COOKIE
            body = _REQUEST.pack(family, protocol, 0, _ALL_STATES) + identity
            try:
                answers = list(self._netlink.dump(_BY_FAMILY, body))
            except OSError as error:
                if error.errno not in NOTHING:
                    raise
                continue
            found = (read_socket(answer, protocol) for answer in answers)
            yield from (each for each in found if each is not None and each.local_port == port)

    def close(self) -> None:
        """Ask no more."""
        self._netlink.close()


def read_socket(answer: bytes, protocol: int) -> FoundSocket | None:
    """A socket as the kernel tells of it; None where that is too short."""
    if len(answer) < _ANSWER_SIZE:
        return None
    local_port, remote_port, local, remote = _IDENTITY.unpack_from(answer, _IDENTITY_AT)
    *_, uid, inode = _REST.unpack_from(answer, _IDENTITY_AT + 48)
    size = 4 if answer[0] == socket.AF_INET else 16
    return FoundSocket(
        state_word(answer[1], protocol),
        uid,
        inode,
        _address(local[:size]),
        local_port,
        _address(remote[:size]),
        remote_port,
    )


def state_word(number: int, protocol: int) -> str:
    """A state of a socket in a word. Without connections, only the first of them means something."""
    if protocol in _WITHOUT_CONNECTION:
        return "connected" if number == 1 else "unconnected"
    return _STATES[number] if 0 < number < len(_STATES) else f"state {number}"


def _address(packed: bytes) -> Address:
    """An address; IPv4 that is mapped into IPv6 is IPv4 (RFC 4291, section 2.5.5.2)."""
    address = ip_address(packed)
    return address.ipv4_mapped or address if isinstance(address, IPv6Address) else address


_UNIX_REQUEST = struct.Struct("=BBHIII8s")  #: family, protocol, padding, states, inode, what to show, cookie
_SHOW_PEER, _SHOW_UID = 0x04, 0x40
_UNIX_ANSWER_SIZE, _PEER, _UID = 16, 2, 7  #: bytes before the attributes (linux/unix_diag.h), and two of these


class UnixDiagnosis:
    """Whose Unix socket another one is connected to. Belongs to one thread."""

    def __init__(self) -> None:
        self._netlink = Netlink(NETLINK_SOCK_DIAG)

    def peer(self, inode: int) -> int | None:
        """The inode of the socket that a Unix socket is connected to."""
        return self._number(inode, _SHOW_PEER, _PEER)

    def uid(self, inode: int) -> int | None:
        """The user who made a Unix socket; None where there is no such socket, or a kernel before 5.3 does not tell."""
        return self._number(inode, _SHOW_UID, _UID)

    def _number(self, inode: int, show: int, kind: int) -> int | None:
        body = _UNIX_REQUEST.pack(socket.AF_UNIX, 0, 0, _ALL_STATES, inode, show, _ANY_COOKIE)
        try:
            answer = self._netlink.ask(_BY_FAMILY, body)
        except OSError:
            return None
        value = b"" if answer is None else attributes(answer[_UNIX_ANSWER_SIZE:]).get(kind, b"")
        return int.from_bytes(value, sys.byteorder) if len(value) == 4 else None

    def close(self) -> None:
        """Ask no more."""
        self._netlink.close()
