"""sendmmsg(2) and recvmmsg(2) by ctypes: a batch of messages in one system call, which gives the GIL up once.

A thread that gives the GIL up for each packet falls seconds behind beside a busy interface, and a call costs more
than what it carries: with both stamps a probe costs about half of what it does by plain calls (measured).

Read are messages into fixed strides: a short front of each packet stands close to the next, its rest, if there is
any, in a place of its own that costs nothing while it is not needed. So nothing is ever cut.
"""

import ctypes
import mmap
import os
import socket
import struct
import sys
from array import array
from collections.abc import Callable, Sequence
from functools import partial
from itertools import accumulate
from typing import Any

from app.net.message import AT_ONCE, MOST, Message

_FRONT, _WHOLE = 256, 1 << 16  #: bytes of a packet that stand in the first place, and of all that there can be
_NAME, _CONTROL = 32, 320
_HEAD = struct.Struct("@PI4xPNPNi4xI4x")  #: struct mmsghdr
_PIECE = struct.Struct("@PN")  #: struct iovec
_WORDS = _HEAD.size // 8


def _libc() -> Any:
    return ctypes.CDLL(None, use_errno=True)


def is_there() -> bool:
    """Whether this machine has both calls, in the shape that is known here: 64 bits, the least significant first."""
    libc = _libc()
    is_known = sys.byteorder == "little" and struct.calcsize("P") == 8
    return is_known and all(hasattr(libc, name) for name in ("sendmmsg", "recvmmsg"))


def _call(name: str) -> Callable[..., int]:
    function = getattr(_libc(), name)
    function.argtypes = [ctypes.c_int, ctypes.c_void_p, ctypes.c_uint, ctypes.c_int]
    if name == "recvmmsg":
        function.argtypes.append(ctypes.c_void_p)
    function.restype = ctypes.c_int
    called: Callable[..., int] = function
    return called


def _address(buffer: bytearray | memoryview | mmap.mmap) -> int:
    return ctypes.addressof(ctypes.c_char.from_buffer(buffer))


class BatchedCalls:
    """The calls with buffers of their own. Belongs to one thread."""

    words = "sendmmsg, recvmmsg"

    def __init__(self) -> None:
        self._send, self._receive = _call("sendmmsg"), _call("recvmmsg")
        self._heads = array("Q", bytes(_HEAD.size * AT_ONCE))
        self._pieces = array("Q", bytes(_PIECE.size * AT_ONCE))
        first = self._pieces.buffer_info()[0]
        self._heads[2::_WORDS] = array("Q", range(first, first + _PIECE.size * AT_ONCE, _PIECE.size))
        self._heads[3::_WORDS] = array("Q", [1]) * AT_ONCE
        self._allot()

    def _allot(self) -> None:
        """Places to read into, and the heads that say where they are."""
        self._rest = mmap.mmap(-1, _WHOLE * AT_ONCE)
        self._front, self._names, self._controls = (
            memoryview(bytearray(size * AT_ONCE)) for size in (_FRONT, _NAME, _CONTROL)
        )
        front, rest = _address(self._front), _address(self._rest)
        self._places = bytearray().join(
            _PIECE.pack(front + _FRONT * index, _FRONT) + _PIECE.pack(rest + _WHOLE * index, _WHOLE)
            for index in range(AT_ONCE)
        )
        places, names, controls = _address(self._places), _address(self._names), _address(self._controls)
        self._empty = b"".join(
            _HEAD.pack(
                names + _NAME * index,
                _NAME,
                places + 2 * _PIECE.size * index,
                2,
                controls + _CONTROL * index,
                _CONTROL,
                0,
                0,
            )
            for index in range(AT_ONCE)
        )
        filled = bytearray(self._empty)
        self._filled, self._filled_at = memoryview(filled), _address(filled)
        self._words, self._halves = self._filled.cast("Q"), self._filled.cast("I")

    def send(
        self, sock: socket.socket, names: Sequence[bytes], data: Sequence[bytes], controls: Sequence[bytes] = ()
    ) -> int:
        """Send messages in turn, AT_ONCE at most, and say how many of them the kernel took.

        All names have one size, and all control messages. Raises OSError where not even the first was taken; what
        keeps a later one from leaving is told when that is the first.
        """
        count = min(len(names), AT_ONCE)
        sizes = array("Q", map(len, data[:count]))
        block = b"".join((*names[:count], *controls[:count], *data[:count]))
        at = ctypes.cast(ctypes.c_char_p(block), ctypes.c_void_p).value or 0
        name, control = len(names[0]), len(controls[0]) if controls else 0
        heads, end = self._heads, count * _WORDS
        heads[0:end:_WORDS] = array("Q", range(at, at + count * name, name))
        heads[1:end:_WORDS] = array("Q", [name]) * count
        at += count * name
        if control:
            heads[4:end:_WORDS] = array("Q", range(at, at + count * control, control))
            at += count * control
        heads[5:end:_WORDS] = array("Q", [control]) * count
        self._pieces[0 : 2 * count : 2] = array("Q", accumulate(sizes[:-1], initial=at))
        self._pieces[1 : 2 * count : 2] = sizes
        taken = self._send(sock.fileno(), heads.buffer_info()[0], count, 0)
        if taken < 0:
            raise _error()
        return taken

    def read(self, sock: socket.socket, flags: int = 0, most: int = MOST) -> list[Message]:
        """The messages that wait in a socket that does not block, `most` of them or a few more.

        Raises OSError where an error is all that it has to tell.
        """
        messages: list[Message] = []
        while len(messages) < most:
            self._filled[:] = self._empty
            count = self._receive(sock.fileno(), self._filled_at, AT_ONCE, flags | socket.MSG_DONTWAIT, None)
            if count < 0:
                error = _error()
                if messages or isinstance(error, BlockingIOError):
                    break
                raise error
            messages += self._messages(count)
            if count < AT_ONCE:
                break
        return messages

    def _messages(self, count: int) -> list[Message]:
        end = count * _WORDS
        names = _fronts(self._names, _NAME, self._halves[2 : 2 * end : 2 * _WORDS].tolist())
        controls = _fronts(self._controls, _CONTROL, self._words[5:end:_WORDS].tolist())
        sizes = self._halves[14 : 2 * end : 2 * _WORDS].tolist()
        data = _fronts(self._front, _FRONT, sizes)
        if max(sizes) > _FRONT:
            for index, size in enumerate(sizes):
                rest = index * _WHOLE
                data[index] += self._rest[rest : rest + max(0, size - _FRONT)]
        return list(map(_message, zip(data, names, controls, strict=True)))


def _fronts(buffer: memoryview, stride: int, sizes: list[int]) -> list[bytes]:
    """What stands in the places of a buffer, as far as each is filled."""
    largest = max(sizes)
    if not largest:
        return [b""] * len(sizes)
    if largest > stride:
        sizes = [min(size, stride) for size in sizes]
    block = bytes(buffer[: len(sizes) * stride])
    return [block[at : at + size] for at, size in zip(range(0, len(block), stride), sizes, strict=True)]


#: As `Message._make` does it, without a function of Python's between: a third of the time.
_message: Callable[[tuple[bytes, bytes, bytes]], Message] = partial(tuple.__new__, Message)


def _error() -> OSError:
    number = ctypes.get_errno()
    return OSError(number, os.strerror(number))
