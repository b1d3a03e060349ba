"""What this machine depends on: its default gateways, its resolvers and itself."""

import errno
import socket
from collections.abc import Iterator
from ipaddress import IPv6Address, ip_address
from pathlib import Path
from typing import Any

from app.net.family import interface_name
from app.packet.compose import Address

_RESOLV_CONF = Path("/etc/resolv.conf")


def gateways() -> Iterator[Address]:
    """The next hops of the default routes of both versions; nothing where the kernel will not tell."""
    from pyroute2 import IPRoute  # slow to import, and needed in this one place
    from pyroute2.netlink.exceptions import NetlinkError

    for family in (socket.AF_INET, socket.AF_INET6):
        try:
            with IPRoute() as routes:
                defaults = list(routes.get_default_routes(family))
        except (OSError, NetlinkError):
            continue
        for route in defaults:
            yield from _next_hops(route)


def _next_hops(route: Any) -> Iterator[Address]:
    for hop in route.get_attr("RTA_MULTIPATH") or [route]:
        via = hop.get_attr("RTA_GATEWAY")
        if via is None:
            continue
        index = hop.get("oif") or route.get_attr("RTA_OIF") or 0
        address = ip_address(via)
        if isinstance(address, IPv6Address) and address.is_link_local:
            address = IPv6Address(f"{via}%{interface_name(index) or index}")
        yield address


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
