"""Capture files as a lazy sequence of packets: pcap and pcapng, also within gzip.

A file is read as far as it makes sense: every packet before a fault is given, then a CaptureError says
where the fault is. A packet is given as soon as its last byte has come, so pipes can be read live.
"""

from collections.abc import Callable, Iterator
from typing import BinaryIO

from app.packet.capture.captured import CapturedPacket, CaptureError
from app.packet.capture.compression import SWALLOW, Unpacker
from app.packet.capture.scanner import MAGIC, Scanner


def read_capture(file: BinaryIO) -> Iterator[CapturedPacket]:
    """The packets of a capture file. Raises CaptureError behind the last packet that can be read."""
    scanner = Scanner()
    pieces: list[bytes] = []
    start = held = 0
    for piece in _plain(file):
        pieces.append(piece)
        held += len(piece)
        if held < scanner.wanted:
            continue
        buffer = b"".join(pieces)
        taken = scanner.scan(buffer, start)
        yield from _packets(scanner, buffer, start)
        if scanner.fault is not None:
            raise CaptureError(scanner.fault)
        pieces, start, held = [buffer[taken:]], start + taken, held - taken
    rest = b"".join(pieces)
    if (fault := scanner.shortage(rest[:MAGIC], held, start)) is not None:
        raise CaptureError(fault)


def _packets(scanner: Scanner, buffer: bytes, start: int) -> Iterator[CapturedPacket]:
    """The packets that were found in `buffer`, which are forgotten when they are handed on."""
    for place, offset in enumerate(scanner.contents.offsets):
        yield scanner.packet(buffer, offset - start, place)
    scanner.contents.forget_packets()


def _plain(file: BinaryIO) -> Iterator[bytes]:
    """The file's bytes as they come, out of gzip where they are in it."""
    # A buffered reader's `read` would wait until it has all that it was asked for.
    read: Callable[[int], bytes] = getattr(file, "read1", file.read)
    unpacker = Unpacker()
    while unpacker.fault is None and (data := read(SWALLOW)):
        yield from unpacker.feed(data)
    yield from unpacker.finish()
    if unpacker.fault is not None:
        raise CaptureError(unpacker.fault)
