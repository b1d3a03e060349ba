"""The states that TCP's sockets go through, told by the kernel itself as they do: who began a connection that failed.

A connection that TCP is making ends with the first error, in the very moment in which the error is read: nobody who
looks for its socket then finds it. The kernel's tracepoint sock:inet_sock_set_state tells both moments, its beginning
with the process that began it (perf_event_open(2)). It takes root to open; where it cannot be, there is none.
"""

import ctypes
import errno
import mmap
import os
import re
import struct
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from fcntl import ioctl
from ipaddress import IPv4Address, IPv6Address
from typing import Self

from app.engine.errors.snapshot import Flow
from app.packet.compose import Address
from app.packet.registry import Protocol

SYN_SENT, CLOSED = 2, 7

_libc = ctypes.CDLL(None, use_errno=True)
_FSOPEN, _FSCONFIG, _FSMOUNT, _CREATE = 430, 431, 432, 6
#: By machine, as os.uname calls it; others have no such call here, nor have programs of 32 bits.
_PERF_EVENT_OPEN = {"x86_64": 298, "aarch64": 241, "riscv64": 241}
_TRACEPOINT, _CLOSE_ON_EXEC = 2, 8
_TID, _TIME, _RAW = 0x2, 0x4, 0x400
#: type, size, config, period, what a sample has, how it is read, flags, after how many to wake (linux/perf_event.h)
_ATTRIBUTES = struct.Struct("=IIQQQQQI20x")
_SET_FILTER = 0x40082406
_FILTER = b"protocol == 6 && (newstate == 2 || oldstate == 2)\0"
_PAGES = 16  #: of each processor's ring: some 600 changes of state
_HEAD, _TAIL = 1024, 1032  #: where the ring's page says how far it is written and read
_POSITION = struct.Struct("@Q")
_RECORD = struct.Struct("=IHH")  #: type, flags, size
_SAMPLE = 9
_SAMPLE_HEAD = struct.Struct("=IIQI")  #: process, thread, time, bytes that follow
#: Of those: common fields, socket, states, ports, family, protocol, addresses (the tracepoint's own `format`).
_CHANGE = struct.Struct("=8xQiiHHHH4s4s16s16s")
_INET6 = 10
#: How the format tells that it is so: other kernels have other common fields, and before 5.6 a protocol of one byte.
_FIELDS = re.compile(rb"skaddr;\toffset:8;.*protocol;\toffset:30;\tsize:2;.*daddr_v6\[16\];\toffset:56;", re.DOTALL)


@dataclass(frozen=True, slots=True, order=True)
class Transition:
    """One socket, known by its place in the kernel's memory, came from one state into another."""

    at: int
    pid: int  #: who was running then: at SYN_SENT, who connects
    socket: int
    before: int
    after: int
    local: Address
    local_port: int
    remote: Address
    remote_port: int

    @property
    def flow(self) -> Flow:
        """The connection."""
        return Flow(Protocol.TCP, self.local, self.remote, self.local_port, self.remote_port)


class Transitions:
    """Rings of changes, one for each processor. Opened by root; read by one thread, which needs no privilege."""

    def __init__(self, rings: list[tuple[int, mmap.mmap]]) -> None:
        self._rings = rings

    @classmethod
    def open(cls) -> Self:
        """Begin to listen. Raises OSError where this process may not, or this kernel cannot."""
        event = _event()
        rings = []
        with ExitStack() as opened:
            for processor in sorted(os.sched_getaffinity(0) | set(range(os.cpu_count() or 1))):
                descriptor = _open_event(event, processor)
                opened.callback(os.close, descriptor)
                ioctl(descriptor, _SET_FILTER, _FILTER)
                ring = mmap.mmap(descriptor, (1 + _PAGES) * mmap.PAGESIZE)
                opened.callback(ring.close)
                rings.append((descriptor, ring))
            opened.pop_all()
        return cls(rings)

    def descriptors(self) -> list[int]:
        """What becomes readable when there is something to read."""
        return [descriptor for descriptor, _ in self._rings]

    def read(self) -> list[Transition]:
        """All that is new, in the order in which it happened."""
        return sorted(transition for _, ring in self._rings for transition in _drained(ring))

    def close(self) -> None:
        """Listen no more."""
        for descriptor, ring in self._rings:
            ring.close()
            os.close(descriptor)


def _call(number: int, *arguments: object) -> int:
    result = int(_libc.syscall(number, *arguments))
    if result < 0:
        reason = ctypes.get_errno()
        raise OSError(reason, os.strerror(reason))
    return result


def _event() -> int:
    """The number of the tracepoint, from a tracefs that is mounted nowhere: nobody else sees that it was looked at."""
    with ExitStack() as opened:
        system = _call(_FSOPEN, b"tracefs", 1)
        opened.callback(os.close, system)
        _call(_FSCONFIG, system, _CREATE, None, None, 0)
        root = _call(_FSMOUNT, system, 1, 0)
        opened.callback(os.close, root)
        if not is_known(_content("events/sock/inet_sock_set_state/format", root)):
            raise OSError(errno.EOPNOTSUPP, "this kernel tells of changes in another form")
        return int(_content("events/sock/inet_sock_set_state/id", root))


def _content(path: str, folder: int) -> bytes:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC, dir_fd=folder)
    try:
        return os.read(descriptor, 1 << 14)
    finally:
        os.close(descriptor)


def is_known(form: bytes) -> bool:
    """Whether the tracepoint's own `format` says what is read here."""
    return _FIELDS.search(form) is not None


def _open_event(event: int, processor: int) -> int:
    number = _PERF_EVENT_OPEN.get(os.uname().machine)
    if number is None or sys.maxsize < 1 << 32:
        raise OSError("this machine's call is not known")
    asks = _ATTRIBUTES.pack(_TRACEPOINT, _ATTRIBUTES.size, event, 1, _TID | _TIME | _RAW, 0, 0, 1)
    return _call(number, ctypes.c_char_p(asks), -1, processor, -1, _CLOSE_ON_EXEC)


def _drained(ring: mmap.mmap) -> Iterator[Transition]:
    """What one ring has that was not read yet; from here on it may be written over."""
    (head,), (tail,) = _POSITION.unpack_from(ring, _HEAD), _POSITION.unpack_from(ring, _TAIL)
    size = _PAGES * mmap.PAGESIZE
    data = b"".join(_piece(ring, tail, head, size))
    _POSITION.pack_into(ring, _TAIL, head)
    at = 0
    while at + _RECORD.size <= len(data):
        kind, _, length = _RECORD.unpack_from(data, at)
        if length < _RECORD.size:
            return
        if kind == _SAMPLE and length >= _RECORD.size + _SAMPLE_HEAD.size + _CHANGE.size:
            yield _transition(data, at + _RECORD.size)
        at += length


def _piece(ring: mmap.mmap, tail: int, head: int, size: int) -> Iterator[bytes]:
    start, stop = tail % size, head % size
    if head - tail > size:
        return
    if stop > start or head == tail:
        yield ring[mmap.PAGESIZE + start : mmap.PAGESIZE + stop]
    else:
        yield ring[mmap.PAGESIZE + start : mmap.PAGESIZE + size]
        yield ring[mmap.PAGESIZE : mmap.PAGESIZE + stop]


def _transition(data: bytes, at: int) -> Transition:
    pid, _, moment, _ = _SAMPLE_HEAD.unpack_from(data, at)
    told = _CHANGE.unpack_from(data, at + _SAMPLE_HEAD.size)
    place, before, after, local_port, remote_port, family, _, local4, remote4, local6, remote6 = told
    mapped = IPv6Address(remote6).ipv4_mapped
    ends: tuple[Address, Address] = IPv4Address(local4), IPv4Address(remote4)
    if family == _INET6 and mapped is None:
        ends = IPv6Address(local6), IPv6Address(remote6)
    return Transition(moment, pid, place, before, after, ends[0], local_port, ends[1], remote_port)
