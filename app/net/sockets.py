"""Opening sockets: what links of both kinds need of each, and source ports that nobody else gets meanwhile."""

import errno
import os
import socket
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass

from app.net.buffer import enlarge
from app.net.family import FAMILIES, Family, socket_address
from app.net.link import LinkError
from app.net.options import LinkOptions
from app.net.refusal import words
from app.net.stamps import stamp_arrivals
from app.packet.compose import Address

#: What a machine without a family says when asked for its sockets.
_NO_FAMILY = {errno.EAFNOSUPPORT, errno.EADDRNOTAVAIL, errno.EPROTONOSUPPORT}


def families(options: LinkOptions) -> Sequence[Family]:
    """The families that the user wants and this machine speaks."""
    wanted = [family for family in FAMILIES if options.version in (None, family.version)]
    return [family for family in wanted if _is_spoken(family)]


def _is_spoken(family: Family) -> bool:
    try:
        with socket.socket(family.number, socket.SOCK_DGRAM):
            return True
    except OSError as error:
        if error.errno in _NO_FAMILY:
            return False
        raise


def open_socket(family: Family, kind: socket.SocketKind, protocol: int, options: LinkOptions) -> socket.socket:
    """A socket that never blocks, hears by the chosen interface only, and is told all the kernel tells.

    Raises OSError, of which PermissionError is the one to expect.
    """
    with ExitStack() as opened:
        sock = opened.enter_context(socket.socket(family.number, kind | socket.SOCK_NONBLOCK, protocol))
        if family.version == 6 and kind is not socket.SOCK_RAW:
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        _bind_to_interface(sock, options)
        for option in family.tell if kind is not socket.SOCK_RAW or family.version == 6 else family.tell_whole:
            sock.setsockopt(family.level, option, 1)
        enlarge(sock, options.receive_buffer)
        stamp_arrivals(sock)
        opened.pop_all()
    return sock


def _bind_to_interface(sock: socket.socket, options: LinkOptions) -> None:
    if options.interface is not None:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, options.interface.encode() + b"\0")


def source_address(destination: Address, options: LinkOptions) -> Address:
    """The address that the kernel would send from to `destination`. Raises LinkError where it would not.

    The reason is in the words of a datagram that the kernel refuses: one outage is one trouble in a log.
    """
    if options.source is not None:
        if options.source.version != destination.version:
            raise LinkError(f"nothing goes from {options.source} to an IPv{destination.version} address")
        return options.source
    family = next(family for family in FAMILIES if family.version == destination.version)
    try:
        with socket.socket(family.number, socket.SOCK_DGRAM) as sock:
            _bind_to_interface(sock, options)
            sock.connect(socket_address(destination, 9))
            host = str(sock.getsockname()[0]).partition("%")[0]
    except OSError as error:
        if destination.is_link_local and error.errno == errno.EINVAL:
            reason = f"a link-local address needs its interface, as in {destination}%eth0"
        else:
            reason = words(error)
        raise LinkError(reason) from None
    return type(destination)(host)


def local_host(family: Family, options: LinkOptions) -> str:
    """The address to bind a socket of this family to, as text; empty for any."""
    source = options.source
    return str(source) if source is not None and source.version == family.version else ""


@dataclass(frozen=True, slots=True)
class Port:
    """A port number that is bound for UDP and TCP in each family, so that the kernel gives it to nobody else."""

    number: int
    udp: dict[int, socket.socket]  #: by IP version; also what answers of UDP services are heard by
    tcp: tuple[socket.socket, ...]  #: never listens: the kernel resets what a probe of ours has opened

    def close(self) -> None:
        """Give the number back."""
        for sock in (*self.udp.values(), *self.tcp):
            sock.close()


def reserve_port(spoken: Sequence[Family], options: LinkOptions) -> Port:
    """A free port number above the ports that servers use. Raises LinkError where none can be found."""
    for _ in range(64):
        number = 33_000 + int.from_bytes(os.urandom(4)) % 27_000
        try:
            return _bound(number, spoken, options)
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise
    raise LinkError("no free UDP and TCP port was found in 64 tries: close some programs that hold many")


def _bound(number: int, spoken: Sequence[Family], options: LinkOptions) -> Port:
    udp, tcp = {}, []
    with ExitStack() as opened:
        for family in spoken:
            sock = opened.enter_context(open_socket(family, socket.SOCK_DGRAM, socket.IPPROTO_UDP, options))
            sock.bind((local_host(family, options), number))
            udp[family.version] = sock
        for family in spoken:
            sock = opened.enter_context(socket.socket(family.number, socket.SOCK_STREAM))
            if family.version == 6:
                sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            sock.bind((local_host(family, options), number))
            tcp.append(sock)
        opened.pop_all()
    return Port(number, udp, tuple(tcp))
