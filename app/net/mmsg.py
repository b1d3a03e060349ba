"""sendmmsg(2) and recvmmsg(2) by ctypes: a batch of messages in one system call, which gives the GIL up once.

A thread that gives the GIL up for each packet falls seconds behind beside a busy interface, and a call costs more
than what it carries: with both stamps a probe costs about half of what it does by plain calls (measured).

Read are messages into fixed places: a short front of each packet stands there with its name and its control messages,
its rest, if there is any, in another place that costs nothing while it is not needed. So nothing is ever cut, and
where all of a batch are of one shape, as pings are, they are taken apart in one go.
"""

import ctypes
import mmap
import os
import socket
import struct
import sys
from array import array
from collections.abc import Callable, Sequence
from functools import lru_cache, partial
from itertools import accumulate
from typing import Any

from app.net.message import AT_ONCE, MOST, Message

_FRONT, _WHOLE = 256, 1 << 16  #: bytes of a packet that stand in the first place, and of all that there can be
_NAME, _CONTROL = 32, 320
_PLACE = _FRONT + _NAME + _CONTROL  #: of one packet, its name and its control messages, one behind the other
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
        self._places = memoryview(bytearray(_PLACE * AT_ONCE))
        front, rest = _address(self._places), _address(self._rest)
        self._both = bytearray().join(
            _PIECE.pack(front + _PLACE * index, _FRONT) + _PIECE.pack(rest + _WHOLE * index, _WHOLE)
            for index in range(AT_ONCE)
        )
        both, names, controls = _address(self._both), front + _FRONT, front + _FRONT + _NAME
        self._empty = b"".join(
            _HEAD.pack(
                names + _PLACE * index,
                _NAME,
                both + 2 * _PIECE.size * index,
                2,
                controls + _PLACE * index,
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
        sizes = self._halves[14 : 2 * end : 2 * _WORDS].tolist()
        names = self._halves[2 : 2 * end : 2 * _WORDS].tolist()
        controls = self._words[5:end:_WORDS].tolist()
        block = self._places[: count * _PLACE]
        if sizes[0] <= _FRONT and all(each.count(each[0]) == count for each in (sizes, names, controls)):
            return list(map(_message, _shape(sizes[0], names[0], controls[0]).iter_unpack(block)))
        return [self._message(*each) for each in zip(range(count), sizes, names, controls, strict=True)]

    def _message(self, index: int, size: int, name: int, control: int) -> Message:
        """One of those that are not all alike."""
        shape = _shape(min(size, _FRONT), min(name, _NAME), min(control, _CONTROL))
        data, named, told = shape.unpack_from(self._places, index * _PLACE)
        rest = index * _WHOLE
        return Message(data + self._rest[rest : rest + max(0, size - _FRONT)], named, told)


@lru_cache(maxsize=256)
def _shape(size: int, name: int, control: int) -> struct.Struct:
    """A place with so many bytes of data, name and control messages: whole batches of pings are of one."""
    return struct.Struct(f"{size}s{_FRONT - size}x{name}s{_NAME - name}x{control}s{_CONTROL - control}x")


#: As `Message._make` does it, without a function of Python's between: a third of the time.
_message: Callable[[tuple[bytes, bytes, bytes]], Message] = partial(tuple.__new__, Message)


def _error() -> OSError:
    number = ctypes.get_errno()
    return OSError(number, os.strerror(number))
