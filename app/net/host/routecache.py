"""How the kernel would send to a destination now, with what it has learnt from errors: as `ip route get` asks it.

The path MTU of a destination and the gateway of a redirect stand in exceptions to a route, which only this question
shows (rtnetlink(7), RTM_GETROUTE). Whether redirects are taken at all stands in /proc/sys.
"""

import socket
import struct
import sys
from collections.abc import Callable
from ipaddress import ip_address
from pathlib import Path

from app.engine.errors.snapshot import CachedRoute
from app.net.host.netlink import Netlink, attribute, attributes, interface_index
from app.packet.compose import Address
from app.packet.text import safe

_NETLINK_ROUTE = 0
_GET_ROUTE = 26
_ROUTE = struct.Struct("=BBBBBBBBI")  #: family, lengths of prefixes, tos, table, protocol, scope, type, flags
_DESTINATION, _OUT_INTERFACE, _GATEWAY, _METRICS, _VIA = 1, 4, 5, 8, 18
_METRIC_MTU = 2
_TYPE_AT, _LOCAL = 7, 2  #: RTN_LOCAL
_FAMILIES = {4: socket.AF_INET, 6: socket.AF_INET6}
_SETTINGS = Path("/proc/sys/net")


class RouteCache:
    """Look-ups of routes. Belongs to one thread."""

    def __init__(self) -> None:
        self._netlink = Netlink(_NETLINK_ROUTE)

    def find(self, destination: Address, interface: str | None = None) -> CachedRoute | None:
        """The route to a destination; None where there is none. The interface is that of a link-local one."""
        packed = destination.packed
        body = _ROUTE.pack(_FAMILIES[destination.version], len(packed) * 8, 0, 0, 0, 0, 0, 0, 0)
        body += attribute(_DESTINATION, packed)
        if destination.is_link_local and interface is not None and (index := interface_index(interface)):
            body += attribute(_OUT_INTERFACE, struct.pack("=I", index))
        try:
            answer = self._netlink.ask(_GET_ROUTE, body)
        except OSError:
            return None  # prohibited, unreachable, or a destination that nothing can be sent to
        return None if answer is None or len(answer) < _ROUTE.size else _read(answer)

    def close(self) -> None:
        """Ask no more."""
        self._netlink.close()


def _read(answer: bytes) -> CachedRoute:
    found = attributes(answer[_ROUTE.size :])
    mtu = attributes(found.get(_METRICS, b"")).get(_METRIC_MTU, b"")
    gateway = found.get(_GATEWAY) or found.get(_VIA, b"")[2:]
    return CachedRoute(
        gateway=ip_address(gateway) if len(gateway) in (4, 16) else None,
        mtu=int.from_bytes(mtu, sys.byteorder) or None,
        is_local=answer[_TYPE_AT] == _LOCAL,
    )


#: What counts of the settings of all interfaces and of one, where this host is a router there and where it is none
#: (IN_DEV_RX_REDIRECTS in linux/inetdevice.h; IPv6 looks at the one interface alone, and a router takes none).
_TAKES: dict[tuple[int, bool], Callable[[bool, bool], bool]] = {
    (4, False): lambda every, own: every or own,
    (4, True): lambda every, own: every and own,
    (6, False): lambda every, own: own,
    (6, True): lambda every, own: False,
}


def redirects_refused(version: int, interface: str | None, settings: Path = _SETTINGS) -> str:
    """Why redirects that come by an interface are ignored, as a clause; empty where they are not (ip-sysctl)."""
    folder = settings / f"ipv{version}" / "conf"
    name = interface or "all"
    is_router = _is_set(folder / name / "forwarding")
    every, own = (_is_set(folder / each / "accept_redirects") for each in ("all", name))
    if _TAKES[version, is_router](every, own):
        return ""
    if is_router and own:
        return "this host is a router"
    return f"net.ipv{version}.conf.{safe(name)}.accept_redirects is 0"


def _is_set(setting: Path) -> bool:
    try:
        return int(setting.read_text()) != 0
    except (OSError, ValueError):
        return False
