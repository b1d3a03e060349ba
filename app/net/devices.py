"""What this host's devices can stamp, and which of them an address belongs to: asked of the kernel, by anybody."""

import ctypes
import fcntl
import socket
import struct
from collections.abc import Mapping
from dataclasses import dataclass

from app.net.family import interface_name
from app.net.host.netlink import Netlink, attributes

_SIOCETHTOOL, _GET_TIMESTAMPING = 0x8946, 0x41
_TIMESTAMPING = struct.Struct("@IIiI12xI12x")  #: struct ethtool_ts_info: command, what is stamped, PTP clock, ...
_REQUEST = struct.Struct("@16sP16x")  #: struct ifreq: name, where the answer goes
_SOFTWARE_OUT, _HARDWARE_OUT, _HARDWARE_IN, _HARDWARE_RAW = 1 << 1, 1 << 0, 1 << 2, 1 << 6

_GET_ADDRESSES = 22
_ADDRESS_HEAD = struct.Struct("=BBBBI")  #: struct ifaddrmsg: family, prefix, flags, scope, interface
_ADDRESS, _LOCAL = 1, 2


@dataclass(frozen=True, slots=True)
class Ability:
    """What a device's driver says that it stamps."""

    leaving: bool  #: by software, what leaves; what arrives the kernel itself stamps, whatever the device
    by_card: bool  #: the card has a clock, and could stamp both what leaves and what arrives


def ability(device: str) -> Ability | None:
    """What the driver says (ethtool, ETHTOOL_GET_TS_INFO); None where it says nothing."""
    answer = ctypes.create_string_buffer(_TIMESTAMPING.size)
    _TIMESTAMPING.pack_into(answer, 0, _GET_TIMESTAMPING, 0, 0, 0, 0)
    request = _REQUEST.pack(device.encode()[:15], ctypes.addressof(answer))
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            fcntl.ioctl(sock, _SIOCETHTOOL, request)
    except OSError:
        return None
    _, stamps, _, _, _ = _TIMESTAMPING.unpack(answer.raw)
    by_card = _HARDWARE_OUT | _HARDWARE_IN | _HARDWARE_RAW
    return Ability(bool(stamps & _SOFTWARE_OUT), stamps & by_card == by_card)


def addresses() -> Mapping[bytes, str]:
    """The device of each of this host's addresses; nothing where the kernel will not tell."""
    found: dict[bytes, str] = {}
    try:
        kernel = Netlink(socket.NETLINK_ROUTE)
    except OSError:
        return found
    try:
        for answer in kernel.dump(_GET_ADDRESSES, _ADDRESS_HEAD.pack(0, 0, 0, 0, 0)):
            *_, index = _ADDRESS_HEAD.unpack_from(answer)
            told = attributes(answer[_ADDRESS_HEAD.size :])
            address, name = told.get(_LOCAL, told.get(_ADDRESS)), interface_name(index)
            if address is not None and name is not None:
                found[address] = name
    except OSError:
        return found
    finally:
        kernel.close()
    return found
