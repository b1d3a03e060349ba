"""Two ways to take packets from an AF_PACKET socket: a ring of shared memory, and `recvmsg` where there is none.

The ring (TPACKET_V3, linux/if_packet.h and Documentation/networking/packet_mmap.rst) is a row of blocks that the
kernel fills and hands over whole, when they are full or a moment has passed: no packet costs a system call. A block
must be given back, or the kernel drops what comes when it has gone round.
"""

import mmap
import socket
import struct
from collections.abc import Iterator
from contextlib import suppress
from typing import NamedTuple, Protocol

from app.net.listening.packetsocket import SOL_PACKET, tell_tags
from app.packet.completing import completed

#: A block holds the largest packet there is, which segmentation offload makes a little over 64 KiB.
BLOCK = 1 << 18
#: Blocks of who hears everything: two seconds of 50,000 small packets a second (144 bytes each, measured), a fifth of
#: a second of large ones. Who hears what speakers say has enough with 4 MiB.
MANY, FEW = 64, 16
_RETIRE = 20  #: milliseconds after which a block is handed over that is not full
_FRAME = 2048  #: the kernel wants a size that divides the block's; blocks are filled without regard to it

_RX_RING, _VERSION, _AUXDATA = 5, 10, 8
_TPACKET_V3 = 2
_USER, _IS_PARTIAL = 1, 1 << 3
_TAG_VALID, _TAG_TYPE_VALID = 1 << 4, 1 << 6
_TAG_TYPE = 0x8100  #: IEEE 802.1Q, where the kernel does not say
_BLOCK_HEADER = struct.Struct("@8xIII")  #: status, packets, offset of the first
_STATUS = struct.Struct("@I")
#: struct tpacket3_hdr and the struct sockaddr_ll behind it: next, seconds, nanoseconds, length here, length on the
#: wire, status, where the frame and the network layer begin, tag, tag's type; type, interface, hardware, packet type.
_HEADER = struct.Struct("=6I2H4xIH2x8x2x2siHBB8s")
_AUXILIARY = struct.Struct("@IIIHHHH")
_TIMESPEC = struct.Struct("@ll")
_SO_TIMESTAMPNS = 35


class Frame(NamedTuple):
    """A frame as the kernel hands it over, its checksum completed where that was left to the card."""

    data: bytes
    network: int  #: where the network layer begins
    length: int  #: bytes on the wire
    stamp: int  #: CLOCK_REALTIME in nanoseconds; 0: nobody stamped it
    interface: int
    kind: int  #: PACKET_HOST, PACKET_OUTGOING ...
    hardware: int  #: the link's, ARPHRD_*
    protocol: bytes  #: the EtherType
    sender: bytes  #: the hardware address
    tag: bytes  #: the VLAN tag that was taken off, with its type; empty where there was none


class FrameSource(Protocol):
    """Where frames come from."""

    def read(self, most: int) -> Iterator[Frame]:
        """The frames that wait, up to `most` of them."""

    def close(self) -> None:
        """Give everything back."""


class Ring:
    """The shared memory of one socket. Belongs to one thread."""

    def __init__(self, sock: socket.socket, blocks: int) -> None:
        self._sock = sock
        self._blocks = blocks
        self._memory = mmap.mmap(sock.fileno(), BLOCK * blocks, mmap.MAP_SHARED, mmap.PROT_READ | mmap.PROT_WRITE)
        self._view = memoryview(self._memory)
        self._block = 0  # the one that is handed over next, or is being read
        self._left = 0  # packets of it that were not read yet
        self._at = 0  # where the next of them is

    @classmethod
    def of(cls, sock: socket.socket, blocks: int) -> "Ring | None":
        """A ring for this socket; None where the kernel refuses one, for want of memory or of the feature."""
        request = struct.pack("@7I", BLOCK, blocks, _FRAME, BLOCK // _FRAME * blocks, _RETIRE, 0, 0)
        try:
            sock.setsockopt(SOL_PACKET, _VERSION, _TPACKET_V3)
            sock.setsockopt(SOL_PACKET, _RX_RING, request)
        except OSError:
            return None
        try:
            return cls(sock, blocks)
        except OSError:
            _take_down(sock)
            return None

    def read(self, most: int) -> Iterator[Frame]:
        """The frames that wait, up to `most` of them. A block is given back when its last frame was taken."""
        view, unpack = self._view, _HEADER.unpack_from
        while most > 0:
            if not self._left and not self._take_block():
                return
            at, count = self._at, min(self._left, most)
            for _ in range(count):
                step, seconds, nanoseconds, size, length, status, start, network, *beside = unpack(view, at)
                control, tag_type, protocol, interface, hardware, kind, sender_size, sender = beside
                first = at + start
                data = bytes(view[first : first + size])
                yield Frame(
                    completed(data, network - start) if status & _IS_PARTIAL else data,
                    network - start,
                    length,
                    seconds * 1_000_000_000 + nanoseconds,
                    interface,
                    kind,
                    hardware,
                    protocol,
                    sender[:sender_size],
                    _tag(status, control, tag_type) if status & _TAG_VALID else b"",
                )
                at += step
            most -= count
            self._left -= count
            self._at = at
            if not self._left:
                self._give_back()

    def _take_block(self) -> bool:
        """Whether the kernel has handed over the next block; an empty one goes back at once."""
        start = self._block * BLOCK
        status, count, first = _BLOCK_HEADER.unpack_from(self._view, start)
        if not status & _USER:
            return False
        self._left, self._at = count, start + first
        if not count:
            self._give_back()
            return self._take_block()
        return True

    def _give_back(self) -> None:
        _STATUS.pack_into(self._view, self._block * BLOCK + 8, 0)
        self._block = (self._block + 1) % self._blocks

    def close(self) -> None:
        """Give the memory back. A second call does nothing."""
        if not self._memory.closed:
            self._view.release()
            self._memory.close()
            _take_down(self._sock)


def _take_down(sock: socket.socket) -> None:
    with suppress(OSError):
        sock.setsockopt(SOL_PACKET, _RX_RING, bytes(28))


def _tag(status: int, control: int, kind: int) -> bytes:
    """The VLAN tag as it stood in the frame: its type and its control information."""
    return struct.pack("!HH", kind if status & _TAG_TYPE_VALID else _TAG_TYPE, control & 0xFFFF)


class Messages:
    """One system call a packet, for kernels that have no ring to give."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._buffer = bytearray(1 << 17)
        tell_tags(sock)
        sock.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPNS, 1)

    def read(self, most: int) -> Iterator[Frame]:
        """The frames that wait, up to `most` of them."""
        for _ in range(most):
            try:
                size, notes, _, name = self._sock.recvmsg_into([self._buffer], 256, socket.MSG_TRUNC)
            except OSError:  # nothing waits; or an error does, such as an interface that is down, and now is read
                return
            yield self._frame(size, {kind: note for _, kind, note in notes}, name)

    def _frame(self, size: int, notes: dict[int, bytes], name: tuple[str, int, int, int, bytes]) -> Frame:
        interface, protocol, kind, hardware, sender = name
        stamp = _TIMESPEC.unpack_from(notes[_SO_TIMESTAMPNS]) if _SO_TIMESTAMPNS in notes else (0, 0)
        status, length, _, _, network, tag, tag_type = _AUXILIARY.unpack_from(notes.get(_AUXDATA, bytes(20)))
        data = bytes(self._buffer[:size])
        return Frame(
            completed(data, network) if status & _IS_PARTIAL else data,
            network,
            length or size,
            stamp[0] * 1_000_000_000 + stamp[1],
            _index(interface),
            kind,
            hardware,
            struct.pack("!H", protocol),
            bytes(sender),
            _tag(status, tag, tag_type) if status & _TAG_VALID else b"",
        )

    def close(self) -> None:
        """Leave nothing to who has this socket next, which is deaf by now."""
        with suppress(OSError):
            while True:
                self._sock.recv_into(self._buffer)


def _index(interface: str) -> int:
    try:
        return socket.if_nametoindex(interface)
    except OSError:  # it is gone
        return 0
