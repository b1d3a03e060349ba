"""What this process may do to the network, what would allow it more, and how it gives it all up for good.

Call `drop` when the privileged sockets are open, and before a thread is started or a byte from outside is
read: capabilities belong to threads, and later ones inherit what the first has left.
"""

import ctypes
import errno
import os
import pwd
import socket
import sys
from collections.abc import Iterable
from enum import IntEnum
from functools import reduce
from operator import or_
from pathlib import Path

from app.net.link import LinkError

_PR_SET_KEEPCAPS, _PR_CAPBSET_DROP, _PR_SET_NO_NEW_PRIVS = 8, 24, 38
_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_CLEAR_ALL = 47, 4
_CAPABILITY_VERSION_3 = 0x20080522
_MOST_CAPABILITIES = 64
_NOBODY = 65_534
_NET_RAW = 13


class Capability(IntEnum):
    """Those of capabilities(7) that some command keeps a while longer."""

    DAC_OVERRIDE = 1
    DAC_READ_SEARCH = 2
    FOWNER = 3
    SYS_PTRACE = 19


_libc = ctypes.CDLL(None, use_errno=True)


class _CapabilityHeader(ctypes.Structure):
    _fields_ = (("version", ctypes.c_uint32), ("pid", ctypes.c_int))


class _CapabilityData(ctypes.Structure):
    _fields_ = (("effective", ctypes.c_uint32), ("permitted", ctypes.c_uint32), ("inheritable", ctypes.c_uint32))


def may_open(kind: socket.SocketKind) -> bool:
    """Whether this process may open ICMP sockets of this kind: SOCK_RAW or SOCK_DGRAM."""
    for family, protocol in ((socket.AF_INET, socket.IPPROTO_ICMP), (socket.AF_INET6, socket.IPPROTO_ICMPV6)):
        try:
            with socket.socket(family, kind, protocol):
                return True
        except OSError:
            continue
    return False


def how_to_allow() -> str:
    """What to do where neither raw nor datagram sockets may be opened."""
    python = Path(sys.executable).resolve()
    return (
        "this user may not send pings: run it as root (sudo hopscope), or allow its Python raw sockets "
        f"(sudo setcap cap_net_raw+ep {python}), or allow everybody pings "
        "(sudo sysctl -w net.ipv4.ping_group_range='0 2147483647'); --simulate needs nothing"
    )


def how_to_allow_listening() -> str:
    """What to do where sockets that listen may not be opened."""
    python = Path(sys.executable).resolve()
    return (
        "this user may not listen: run it as root (sudo hopscope), or allow its Python raw sockets "
        f"(sudo setcap cap_net_raw+ep {python}); --simulate needs nothing"
    )


def drop(keep: Iterable[Capability] = ()) -> str:
    """Give up all privileges for good; returns who this process is from here on, as a clause.

    As root it becomes the user behind sudo, or nobody; where that user could not read this very program, it
    stays root without capabilities. What is to be kept is kept of root's alone. Raises LinkError where others remain.
    """
    identity, kept = f"user {os.geteuid()}", 0
    if os.geteuid() == 0:
        kept = sum({1 << capability for capability in keep}) & _permitted()
        _libc.prctl(_PR_SET_KEEPCAPS, int(bool(kept)), 0, 0, 0)
        _empty_bounding_set()
        identity = _become(*_lesser_user())
    _libc.prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0)
    _limit_capabilities(kept)
    _libc.prctl(_PR_SET_KEEPCAPS, 0, 0, 0, 0)
    _libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    if capabilities() != kept:
        raise LinkError("privileges cannot be dropped: some capability stays with this process")
    if not kept:
        return f"{identity} without capabilities"
    names = ", ".join(f"CAP_{capability.name}" for capability in Capability if kept & 1 << capability)
    return f"{identity} with {names} alone"


def drop_kept() -> None:
    """Give up, in this thread alone, what `drop` has kept: capabilities belong to threads. Raises LinkError."""
    _limit_capabilities(0)


def _lesser_user() -> tuple[int, int]:
    user, group = os.environ.get("SUDO_UID", ""), os.environ.get("SUDO_GID", "")
    if user.isdecimal() and group.isdecimal() and int(user) and int(group):
        return int(user), int(group)
    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError:
        return _NOBODY, _NOBODY
    return nobody.pw_uid, nobody.pw_gid


def _become(user: int, group: int) -> str:
    """Another user, where there is one who can read this program's modules: some are loaded later."""
    try:
        os.setgroups([])
        os.setresgid(group, -1, -1)
        os.setresuid(user, -1, -1)
        if _may_read_modules():
            os.setresgid(group, group, group)
            os.setresuid(user, user, user)
            return f"user {user}"
        os.setresuid(0, -1, -1)
        os.setresgid(0, -1, -1)
    except PermissionError:
        return "root"  # in a container that has no other user
    except OSError as error:
        if error.errno != errno.EINVAL:
            raise
        return "root"  # in a user namespace that maps no other user
    return "root"


def _may_read_modules() -> bool:
    """Whether the real user of this process may, as access(2) sees it."""
    return all(os.access(path, os.R_OK | os.X_OK) for path in sys.path if Path(path or ".").is_dir())


def _empty_bounding_set() -> None:
    for capability in range(_MOST_CAPABILITIES):
        _libc.prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0)


def _limit_capabilities(kept: int) -> None:
    """Have these, effective and permitted, and no others; none is inherited by a program that is started."""
    data = (_CapabilityData * 2)(*(_CapabilityData(word, word, 0) for word in (kept & 0xFFFFFFFF, kept >> 32)))
    if _libc.capset(ctypes.byref(_CapabilityHeader(_CAPABILITY_VERSION_3, 0)), data) != 0:
        number = ctypes.get_errno()
        raise LinkError(f"privileges cannot be dropped: {os.strerror(number)}")


def _permitted() -> int:
    return _capability_sets("permitted")


def capabilities() -> int:
    """The capabilities that this thread has or could take, as a bit set."""
    return _capability_sets("effective", "permitted", "inheritable")


def standing() -> str:
    """What this process may still do, as a clause."""
    user = "root" if os.geteuid() == 0 else f"user {os.geteuid()}"
    held = capabilities()
    if not held:
        return f"{user} without capabilities"
    raw = ", among them to open raw sockets" if held >> _NET_RAW & 1 else ""
    return f"{user} with {held.bit_count()} capabilities{raw}"


def _capability_sets(*names: str) -> int:
    data = (_CapabilityData * 2)()
    if _libc.capget(ctypes.byref(_CapabilityHeader(_CAPABILITY_VERSION_3, 0)), data) != 0:
        return 0
    low, high = (reduce(or_, (getattr(part, name) for name in names)) for part in data)
    return int(low | high << 32)
