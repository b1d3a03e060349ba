"""What this machine depends on: its default gateways, its resolvers and itself."""

import errno
import socket
from collections.abc import Iterator
from ipaddress import IPv6Address, ip_address
from pathlib import Path

from app.net.host.routetable import RouteTable
from app.packet.compose import Address

_RESOLV_CONF = Path("/etc/resolv.conf")


def gateways() -> Iterator[Address]:
    """The next hops of the default routes of both versions; nothing where the kernel will not tell."""
    try:
        routes = RouteTable().read()
    except OSError:
        return
    for route in routes:
        via = route.via
        if route.prefix.prefixlen or via is None:
            continue
        yield IPv6Address(f"{via}%{route.interface}") if via.version == 6 and via.is_link_local else via


def resolvers(path: Path = _RESOLV_CONF) -> Iterator[Address]:
    """The name servers that the C library asks (resolv.conf(5))."""
    try:
        lines = path.read_text(errors="replace").splitlines()
    except OSError:
        return
    for line in lines:
        match line.split():
            case ["nameserver", server, *_]:
                try:
                    yield ip_address(server)
                except ValueError:
                    continue


def loopbacks() -> Iterator[Address]:
    """The loopback addresses that this host has."""
    for family, host in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
        try:
            with socket.socket(family, socket.SOCK_DGRAM) as sock:
                sock.bind((host, 0))
        except OSError as error:
            if error.errno not in {errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT}:
                raise
            continue
        yield ip_address(host)
