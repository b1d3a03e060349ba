"""A TUN device: an interface whose other end is a file, a whole IP datagram a read and a write.

Documentation/networking/tuntap.rst of Linux. The device goes when its file is closed, and with it its addresses and
routes; so nothing is left behind, whatever ends the program.
"""

import errno
import fcntl
import os
import socket
import struct
from collections.abc import Iterable
from contextlib import suppress
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import TypeAlias

from app.net.host.netlink import Netlink, attribute, attributes
from app.net.link import LinkError
from app.packet.compose import Address
from app.packet.text import safe

Prefix: TypeAlias = IPv4Network | IPv6Network

_TUN = Path("/dev/net/tun")
_TUNSETIFF = 0x400454CA
_IFF_TUN, _IFF_NO_PI, _IFF_UP = 0x0001, 0x1000, 0x1
_IFF_TUN_EXCL = 0x8000  #: fail where there is such a device: one that outlives its file would be taken over
_LONGEST_NAME = 15
#: Packets that wait for us to read them: half a second at twenty thousand a second. The kernel's 500 are a burst.
_QUEUE = 10_000

_NETLINK_ROUTE = 0
_RTM_NEWLINK, _RTM_GETLINK, _RTM_NEWADDR, _RTM_NEWROUTE = 16, 18, 20, 24
_CREATE_ONLY = 0x600  #: NLM_F_CREATE | NLM_F_EXCL
_LINK = struct.Struct("=BxHiII")  #: ifinfomsg: family, type, index, flags, changed
_ADDRESS = struct.Struct("=BBBBI")  #: ifaddrmsg: family, prefix length, flags, scope, index
_ROUTE = struct.Struct("=BBBBBBBBI")  #: rtmsg: family, lengths, TOS, table, protocol, scope, type, flags
_IFLA_MTU, _IFLA_TXQLEN, _IFLA_STATS64 = 4, 13, 23
_IFA_ADDRESS, _IFA_LOCAL, _IFA_F_NODAD = 1, 2, 0x02
_RTA_DST, _RTA_OIF = 1, 4
_MAIN, _STATIC, _SCOPE_LINK, _UNICAST = 254, 4, 253, 1
_FAMILIES = {4: socket.AF_INET, 6: socket.AF_INET6}
_COUNTERS = struct.Struct("=8Q")  #: the front of rtnl_link_stats64; the last is what found no room in our queue

#: What IPv6 would say of itself on a new link, to nobody.
_QUIET = {"addr_gen_mode": "1", "accept_ra": "0", "router_solicitations": "0"}


class Tun:
    """A TUN device in the network namespace of its making. `descriptor` does not block."""

    def __init__(self, name: str) -> None:
        """Make it. Raises LinkError with what to do where that is not allowed."""
        if not _is_device_name(name):
            raise LinkError(f"{safe(name)!r} is no name for a device: 1 to {_LONGEST_NAME} characters without blanks")
        self.name = name
        try:
            self.descriptor = os.open(_TUN, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError as error:
            raise LinkError(_refusal(name, error)) from None
        try:
            flags = _IFF_TUN | _IFF_NO_PI | _IFF_TUN_EXCL
            fcntl.ioctl(self.descriptor, _TUNSETIFF, struct.pack("16sH22x", os.fsencode(name), flags))
            self._index = socket.if_nametoindex(name)
            self._netlink = Netlink(_NETLINK_ROUTE)
        except OSError as error:
            os.close(self.descriptor)
            raise LinkError(_refusal(name, error)) from None

    def configure(self, mtu: int, addresses: Iterable[Address], routes: Iterable[Prefix]) -> None:
        """Bring it up, with addresses of this host and what is reached through it. Raises LinkError."""
        for setting, value in _QUIET.items():
            with suppress(OSError):  # a host without IPv6 has none of these
                Path(f"/proc/sys/net/ipv6/conf/{self.name}/{setting}").write_text(value)
        try:
            parts = attribute(_IFLA_MTU, struct.pack("=I", mtu)) + attribute(_IFLA_TXQLEN, struct.pack("=I", _QUEUE))
            self._set(_RTM_NEWLINK, _LINK.pack(0, 0, self._index, _IFF_UP, _IFF_UP) + parts, 0)
            for address in addresses:
                self._add_address(address)
            for prefix in routes:
                self._add_route(prefix)
        except OSError as error:
            raise LinkError(f"the device {safe(self.name)} cannot be set up: {error.strerror}") from None

    def raise_loopback(self) -> None:
        """Bring the loopback interface of this namespace up. Raises LinkError."""
        try:
            self._set(_RTM_NEWLINK, _LINK.pack(0, 0, socket.if_nametoindex("lo"), _IFF_UP, _IFF_UP), 0)
        except OSError as error:
            raise LinkError(f"the loopback interface cannot be brought up: {error.strerror}") from None

    def dropped(self) -> int:
        """Packets that found no room in our queue, and so never came to us: no loss of the simulation's."""
        try:
            told = self._netlink.ask(_RTM_GETLINK, _LINK.pack(0, 0, self._index, 0, 0))
        except OSError:
            return 0
        counters = attributes((told or b"")[_LINK.size :]).get(_IFLA_STATS64, bytes(_COUNTERS.size))
        return int(_COUNTERS.unpack_from(counters)[-1])

    def close(self) -> None:
        """Take it away."""
        self._netlink.close()
        os.close(self.descriptor)

    def _add_address(self, address: Address) -> None:
        head = _ADDRESS.pack(_FAMILIES[address.version], address.max_prefixlen, _IFA_F_NODAD, 0, self._index)
        parts = attribute(_IFA_LOCAL, address.packed) + attribute(_IFA_ADDRESS, address.packed)
        self._set(_RTM_NEWADDR, head + parts, _CREATE_ONLY)

    def _add_route(self, prefix: Prefix) -> None:
        scope = _SCOPE_LINK if prefix.version == 4 else 0
        head = _ROUTE.pack(_FAMILIES[prefix.version], prefix.prefixlen, 0, 0, _MAIN, _STATIC, scope, _UNICAST, 0)
        parts = attribute(_RTA_DST, prefix.network_address.packed) + attribute(_RTA_OIF, struct.pack("=I", self._index))
        try:
            self._set(_RTM_NEWROUTE, head + parts, _CREATE_ONLY)
        except FileExistsError:
            raise OSError(
                errno.EEXIST, f"this host has a route to {prefix} already; --netns NAME disturbs none"
            ) from None

    def _set(self, kind: int, body: bytes, flags: int) -> None:
        self._netlink.change(kind, body, flags)


def _is_device_name(name: str) -> bool:
    """What Linux takes, but for a %, by which it would choose a name of its own, as it does for an empty one."""
    is_long_enough = 0 < len(os.fsencode(name)) <= _LONGEST_NAME
    return is_long_enough and name not in (".", "..") and not any(each in "/:%" or each.isspace() for each in name)


def _refusal(name: str, error: OSError) -> str:
    """Why there is no device, and what to do."""
    if error.errno in (errno.EPERM, errno.EACCES):
        return (
            "a network of its own needs CAP_NET_ADMIN: run it as root (sudo hopscope simulate); "
            "hopscope --simulate measures the same internet without any privilege"
        )
    if error.errno in (errno.ENOENT, errno.ENODEV, errno.ENXIO):
        return f"this kernel has no {_TUN}: load its module (sudo modprobe tun)"
    if error.errno in (errno.EBUSY, errno.EINVAL, errno.EEXIST):
        return f"there is an interface {safe(name)} already: choose another name by --tun NAME"
    return f"the device {safe(name)} cannot be made: {error.strerror}"
