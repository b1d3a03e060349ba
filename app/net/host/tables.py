"""What the kernel knows of this host's links, by netlink: interfaces, the neighbour cache, routes of the main table.

It needs no privilege. One socket stays open for as long as the answers are wanted.
"""

import os
import socket
import threading
from collections.abc import Iterator, Mapping
from ipaddress import IPv4Interface, IPv6Interface, ip_address, ip_interface
from typing import TYPE_CHECKING, Any

from app.engine.host import CachedNeighbour, Interface, InterfaceAddress, Surroundings
from app.net.host.routetable import RouteTable
from app.net.refusal import words
from app.packet.text import safe

if TYPE_CHECKING:
    from concurrent.futures import Executor

#: So many entries of the neighbour cache are kept.
MOST_NEIGHBOURS = 4096
_UP, _LOOPBACK, _RUNNING, _MULTICAST = 0x1, 0x8, 0x40, 0x1000
_ROUTER = 0x80  #: NTF_ROUTER of linux/neighbour.h
_STATES = {
    0x01: "incomplete",
    0x02: "reachable",
    0x04: "stale",
    0x08: "delay",
    0x10: "probe",
    0x20: "failed",
    0x40: "noarp",
    0x80: "permanent",
}
#: States that say nothing of a neighbour: no address resolution is done there, or none is under way.
_MEANINGLESS = frozenset((0x00, 0x40))


class LinkTables:
    """The kernel's answers. Any thread may ask; one thread of its own does it.

    The netlink library runs an event loop of its own, which no thread can do that runs one already, as the
    screens' does; and it keeps a socket for each thread that it is used in.
    """

    def __init__(self) -> None:
        self._routes: Any = None
        self._table = RouteTable()
        self._asking = threading.Lock()
        self._worker: Executor | None = None

    def surroundings(self) -> Surroundings:
        """All that it tells at this moment; what it would not tell is said in `missing`."""
        from concurrent.futures import ThreadPoolExecutor  # slow to import

        with self._asking:
            if self._worker is None:
                self._worker = ThreadPoolExecutor(1, thread_name_prefix="kernel")
            return self._worker.submit(self._ask).result()

    def close(self) -> None:
        """Ask no more."""
        with self._asking:
            if self._worker is not None:
                self._worker.submit(self._end).result()
                self._worker.shutdown()
                self._worker = None

    def _end(self) -> None:
        if self._routes is not None:
            self._routes.close()
            self._routes = None

    def _ask(self) -> Surroundings:
        from pyroute2.netlink.exceptions import NetlinkError

        missing = ""
        try:
            interfaces = tuple(self._interfaces())
            names = {interface.index: interface.name for interface in interfaces}
            neighbours = tuple(self._neighbours(names))
        except (OSError, NetlinkError) as error:
            return Surroundings(missing=_missing("its interfaces and neighbours", error))
        try:
            routes = self._table.read()
        except OSError as error:
            routes, missing = (), _missing("its routes", error)
        return Surroundings(interfaces, neighbours, routes, missing)

    def _netlink(self) -> Any:
        from pyroute2 import IPRoute  # slow to import

        if self._routes is None:
            self._routes = IPRoute()
        return self._routes

    def _interfaces(self) -> Iterator[Interface]:
        addresses: dict[int, list[InterfaceAddress]] = {}
        for message in self._netlink().get_addr():
            addresses.setdefault(message["index"], []).append(_address(message))
        for message in self._netlink().get_links():
            flags = message["flags"]
            is_loopback = bool(flags & _LOOPBACK)
            yield Interface(
                name=safe(os.fsdecode(message.get_attr("IFLA_IFNAME") or "")),  # bytes where it is no UTF-8
                index=message["index"],
                addresses=tuple(sorted(addresses.get(message["index"], ()), key=_order)),
                mac=None if is_loopback else _mac(message.get_attr("IFLA_ADDRESS")),
                mtu=message.get_attr("IFLA_MTU"),
                is_up=bool(flags & _UP and flags & _RUNNING),
                is_loopback=is_loopback,
                is_multicast=bool(flags & _MULTICAST),
            )

    def _neighbours(self, names: Mapping[int, str]) -> Iterator[CachedNeighbour]:
        kept = 0
        for family in (socket.AF_INET, socket.AF_INET6):
            for message in self._netlink().get_neighbours(family=family):
                address = message.get_attr("NDA_DST")
                if address is None or message["state"] in _MEANINGLESS or kept >= MOST_NEIGHBOURS:
                    continue
                kept += 1
                yield CachedNeighbour(
                    interface=names.get(message["ifindex"], str(message["ifindex"])),
                    address=ip_address(address),
                    mac=_mac(message.get_attr("NDA_LLADDR")),
                    state=_STATES.get(message["state"], str(message["state"])),
                    is_router=bool(message["flags"] & _ROUTER),
                )


def _address(message: Mapping[str, Any]) -> InterfaceAddress:
    """The address of this end: on a point-to-point link the other attribute holds the peer's."""
    told: Any = message
    address = told.get_attr("IFA_LOCAL") or told.get_attr("IFA_ADDRESS")
    return ip_interface(f"{address}/{message['prefixlen']}")


def _order(address: IPv4Interface | IPv6Interface) -> tuple[int, bool]:
    """IPv4 first, link-local last, else as the kernel has them."""
    return address.version, address.is_link_local


def _mac(told: Any) -> str | None:
    """An IEEE 802 address; other links have other addresses, or none."""
    return told if isinstance(told, str) and len(told) == 17 and told != "00:00:00:00:00:00" else None


def _missing(what: str, error: Exception) -> str:
    reason = words(error) if isinstance(error, OSError) else str(error)
    return safe(f"the kernel does not tell {what}: {reason}")
