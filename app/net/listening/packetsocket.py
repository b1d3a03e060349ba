"""The device's own ear: AF_PACKET sockets, opened while that is allowed, deaf and next to free until they are used.

A socket of protocol 0 hears nothing; binding it to a protocol later needs no privilege, nor does anything else here.
packet(7), and linux/if_packet.h for what Python's socket module does not know.
"""

import ctypes
import errno
import os
import socket
import struct
from contextlib import suppress

from app.engine.wanted import Wanted
from app.net.bpf import REJECT_ALL, attach
from app.net.buffer import enlarge
from app.net.link import LinkError
from app.net.listening.prefilter import prefilter
from app.net.options import ROOM

SOL_PACKET = 263
_ADD_MEMBERSHIP, _DROP_MEMBERSHIP, _STATISTICS, _AUXDATA = 1, 2, 6, 8
_ALLMULTI = 2
_ALL, _NONE = 0x0003, 0x88B5  #: ETH_P_ALL, and a type for local experiments, of which a deaf socket hears nothing
_MEMBERSHIP = struct.Struct("@iHH8x")
_COUNTS = struct.Struct("@III")

_ADDRESS = struct.Struct("@HHi12x")  #: struct sockaddr_ll

_libc = ctypes.CDLL(None, use_errno=True)


def open_packet_socket() -> socket.socket:
    """A deaf socket. Raises OSError, of which PermissionError is the one to expect."""
    sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW | socket.SOCK_NONBLOCK, 0)
    attach(sock, REJECT_ALL)
    enlarge(sock, ROOM)  # for who reads it without a ring
    return sock


def choose(sock: socket.socket, wanted: Wanted | None, interfaces: frozenset[int] | None) -> None:
    """From now on let through what is wanted, of the interfaces of these indices; None is everything.

    Raises LinkError where that is more than a program for the kernel can hold: 4096 instructions, and less where
    net.core.optmem_max is small.
    """
    try:
        attach(sock, prefilter(wanted, interfaces))
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOMEM):
            raise
        raise LinkError("so many protocols and interfaces do not fit into the kernel's filter: name fewer") from None


def begin_to_hear(sock: socket.socket) -> None:
    """Hear all interfaces. What is to be heard must be chosen before: else it would begin with what nobody wanted."""
    _bind(sock, _ALL)


def deafen(sock: socket.socket) -> None:
    """Hear nothing, at no cost."""
    attach(sock, REJECT_ALL)
    _bind(sock, _NONE)


def hear_all_groups(sock: socket.socket, index: int) -> None:
    """Let the card of an interface pass on all multicast, not only what this host has joined.

    Nobody on the wire can tell. An interface that will not is left as it is.
    """
    with suppress(OSError):
        sock.setsockopt(SOL_PACKET, _ADD_MEMBERSHIP, _MEMBERSHIP.pack(index, _ALLMULTI, 0))


def hear_own_groups(sock: socket.socket, index: int) -> None:
    """Let the card of an interface filter again."""
    with suppress(OSError):  # the interface is gone, and its membership with it
        sock.setsockopt(SOL_PACKET, _DROP_MEMBERSHIP, _MEMBERSHIP.pack(index, _ALLMULTI, 0))


def tell_tags(sock: socket.socket) -> None:
    """Have `recvmsg` say what VLAN tag was taken off, and how long the frame was."""
    sock.setsockopt(SOL_PACKET, _AUXDATA, 1)


def counts(sock: socket.socket) -> tuple[int, int]:
    """How many packets passed the filter, and how many of them found no room, since this was asked last."""
    told = sock.getsockopt(SOL_PACKET, _STATISTICS, _COUNTS.size)
    passed, dropped, _ = _COUNTS.unpack(told.ljust(_COUNTS.size, b"\0"))  # without a ring it tells two of them
    return int(passed), int(dropped)


def _bind(sock: socket.socket, protocol: int) -> None:
    """To a protocol of all interfaces, for which Python's `bind` has no word."""
    address = _ADDRESS.pack(socket.AF_PACKET, socket.htons(protocol), 0)
    if _libc.bind(sock.fileno(), address, len(address)) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
