"""Questions to the kernel by netlink (netlink(7)): one request, its answers, and the attributes in them.

Small and exact look-ups alone are asked so, many times a second; `app.net.host.dependencies` reads whole tables by
pyroute2, whose import takes longer than ten thousand of these.
"""

import errno
import os
import socket
import struct
from collections.abc import Iterator

_HEADER = struct.Struct("=IHHII")  #: length, type, flags, sequence, port
_ATTRIBUTE = struct.Struct("=HH")  #: length, type
_REQUEST, _ACKNOWLEDGE, _DUMP = 0x1, 0x4, 0x300
_ERROR, _DONE = 2, 3
_ERROR_NUMBER = struct.Struct("=i")
_LARGEST = 1 << 16
_PATIENCE = struct.pack("@ll", 0, 500_000)  #: seconds and microseconds: the kernel answers at once, or not at all
_TYPE_MASK = 0x3FFF  #: the upper bits say "nested" and "network byte order"

#: What the kernel answers where there is nothing of what was asked for.
NOTHING = frozenset((errno.ENOENT, errno.ENODEV, errno.ESRCH, errno.ENETUNREACH, errno.EHOSTUNREACH))


class Netlink:
    """A socket of one netlink protocol. Belongs to one thread."""

    def __init__(self, protocol: int) -> None:
        self._socket = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW | socket.SOCK_CLOEXEC, protocol)
        self._socket.bind((0, 0))
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, _PATIENCE)
        self._sequence = 0

    def ask(self, kind: int, body: bytes) -> bytes | None:
        """The one answer; None where the kernel knows none. Raises OSError where it refuses the question."""
        try:
            return next(self._answers(kind, body, 0), None)
        except OSError as error:
            if error.errno in NOTHING:
                return None
            raise

    def dump(self, kind: int, body: bytes) -> Iterator[bytes]:
        """All answers, which are to be read to the end. Raises OSError where the kernel refuses the question."""
        return self._answers(kind, body, _DUMP)

    def change(self, kind: int, body: bytes, flags: int) -> None:
        """Have the kernel change something. Raises OSError where it does not."""
        for _ in self._answers(kind, body, _ACKNOWLEDGE | flags):
            pass

    def _answers(self, kind: int, body: bytes, flags: int) -> Iterator[bytes]:
        self._sequence = self._sequence + 1 & 0xFFFFFFFF
        head = _HEADER.pack(_HEADER.size + len(body), kind, _REQUEST | flags, self._sequence, 0)
        self._socket.send(head + body)
        while True:
            for kind_told, sequence, payload in messages(self._socket.recv(_LARGEST)):
                if sequence != self._sequence:
                    continue  # what was left over from a question that somebody gave up
                if kind_told in (_ERROR, _DONE):
                    number = -_ERROR_NUMBER.unpack_from(payload)[0]
                    if number:
                        raise OSError(number, os.strerror(number))
                    return
                yield payload
                if not flags:
                    return

    def close(self) -> None:
        """Ask no more."""
        self._socket.close()


def messages(data: bytes) -> Iterator[tuple[int, int, bytes]]:
    """The messages of one datagram: type, sequence, payload."""
    while len(data) >= _HEADER.size:
        length, kind, _, sequence, _ = _HEADER.unpack_from(data)
        if length < _HEADER.size:
            return
        yield kind, sequence, data[_HEADER.size : length]
        data = data[_aligned(length) :]


def attribute(kind: int, value: bytes) -> bytes:
    """An attribute for a request."""
    length = _ATTRIBUTE.size + len(value)
    return _ATTRIBUTE.pack(length, kind) + value + bytes(_aligned(length) - length)


def attributes(data: bytes) -> dict[int, bytes]:
    """The attributes of a payload by their type."""
    found = {}
    while len(data) >= _ATTRIBUTE.size:
        length, kind = _ATTRIBUTE.unpack_from(data)
        if length < _ATTRIBUTE.size:
            break
        found[kind & _TYPE_MASK] = data[_ATTRIBUTE.size : length]
        data = data[_aligned(length) :]
    return found


def _aligned(length: int) -> int:
    return length + 3 & ~3


def interface_index(interface: str | None) -> int:
    """The number of an interface; 0 where it is not known, or gone."""
    if interface is None:
        return 0
    try:
        return socket.if_nametoindex(interface)
    except OSError:
        return 0
