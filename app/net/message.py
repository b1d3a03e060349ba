"""A message as a socket gives or takes it: data, the name of a socket beside it, and control messages (cmsg(3)).

Names and control messages are kept as the kernel writes them, `struct sockaddr` and `struct cmsghdr`: whoever
wants to know reads them, and a packet that nobody asks about costs nothing. All formats are those of 64-bit Linux.
"""

import socket
import struct
from collections.abc import Iterator
from ipaddress import IPv4Address, IPv6Address
from typing import NamedTuple

from app.net.family import Family, Notes, SocketAddress
from app.packet.compose import Address

#: Messages a call: more would keep the first waiting for its answer to be read.
AT_ONCE = 128
#: Messages a reading: a flood must not keep an engine from sending. What is left waits for the next turn.
MOST = 512

_HEAD = struct.Struct("@Nii")  #: of a control message: its length with this, its level, its type
_ALIGNED = struct.calcsize("@N")
_NAME_4, _NAME_6 = struct.Struct("@H2s4s8x"), struct.Struct("@H2sI16sI")
_FRONT_4 = struct.pack("@HH", socket.AF_INET, 0)
_BACK_4 = bytes(8)
_FRONT_6 = struct.pack("@HHI", socket.AF_INET6, 0, 0)


class Message(NamedTuple):
    """One message that was read."""

    data: bytes
    name: bytes  #: whom it is from, or was to, as `struct sockaddr`; empty where the kernel says nothing
    control: bytes  #: control messages, one behind the other


def control_message(level: int, kind: int, value: bytes) -> bytes:
    """One control message, filled up to where the next may start."""
    size = _HEAD.size + len(value)
    return _HEAD.pack(size, level, kind) + value + bytes(-size % _ALIGNED)


def control_messages(control: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Level, type and value of each; what is cut is left out."""
    at = 0
    while at + _HEAD.size <= len(control):
        size, level, kind = _HEAD.unpack_from(control, at)
        if size < _HEAD.size or at + size > len(control):
            return
        yield level, kind, control[at + _HEAD.size : at + size]
        at += size + -size % _ALIGNED


def notes_of(control: bytes) -> Notes:
    """The values of control messages by level and type."""
    return {(level, kind): value for level, kind, value in control_messages(control)}


class Layout:
    """Control messages of known kinds in a known order, read in one go: what a socket's messages have beside them."""

    __slots__ = ("heads", "size", "unpack")

    def __init__(self, *parts: tuple[int, int, str]) -> None:
        """Each part is a level, a type and the format of the value, in the words of `struct`."""
        form, heads = "@", []
        for level, kind, value in parts:
            size = _HEAD.size + struct.calcsize("@" + value)
            heads.append(_HEAD.pack(size, level, kind))
            form += f"{_HEAD.size}s{value}{-size % _ALIGNED}x"
        packed = struct.Struct(form)
        self.heads = tuple(heads)  #: what the heads are where the kinds are these
        self.size = packed.size
        self.unpack = packed.unpack  #: each head and the values behind it: for control messages of this very size


def name_4(packed: bytes) -> bytes:
    """An IPv4 address without a port as a socket's name."""
    return _FRONT_4 + packed + _BACK_4


def name_6(packed: bytes, scope: int = 0) -> bytes:
    """An IPv6 address without a port as a socket's name."""
    return _FRONT_6 + packed + scope.to_bytes(4, "little")


def name_of(family: Family, address: SocketAddress | None) -> bytes:
    """An address of Python's as a socket's name; empty where there is none."""
    if not isinstance(address, tuple):
        return b""
    host, port = str(address[0]).partition("%")[0], address[1].to_bytes(2, "big")
    if family.version == 4:
        return _NAME_4.pack(socket.AF_INET, port, socket.inet_aton(host))
    flow, scope = (address[2], address[3]) if len(address) == 4 else (0, 0)
    return _NAME_6.pack(socket.AF_INET6, port, socket.htonl(flow), socket.inet_pton(socket.AF_INET6, host), scope)


def socket_address_of(name: bytes) -> SocketAddress:
    """The same, the other way. ValueError where it is the name of no IP socket."""
    address, port = address_of(name), port_of(name)
    if address is None:
        raise ValueError("no name of an IP socket")
    if isinstance(address, IPv4Address):
        return str(address), port
    _, _, flow, _, scope = _NAME_6.unpack(name)
    return str(address), port, socket.ntohl(flow), scope


def address_of(name: bytes) -> Address | None:
    """The address in a socket's name, its zone left out; None where it holds none."""
    if len(name) == _NAME_4.size:
        return IPv4Address(name[4:8])
    return IPv6Address(name[8:24]) if len(name) == _NAME_6.size else None


def port_of(name: bytes) -> int:
    """The port in a socket's name."""
    return int.from_bytes(name[2:4], "big")
