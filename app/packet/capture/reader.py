"""Capture files as a lazy sequence of packets: pcap (draft-ietf-opsawg-pcap) and pcapng (draft-ietf-opsawg-pcapng).

A file is read as far as it makes sense: every packet before a fault is given, then a CaptureError says
where the fault is.
"""

from collections.abc import Iterator
from typing import BinaryIO

from app.packet.capture.captured import CapturedPacket, CaptureError, Source
from app.packet.capture.pcap import MAGICS, read_pcap
from app.packet.capture.pcapng import SECTION_HEADER, read_pcapng


def read_capture(file: BinaryIO) -> Iterator[CapturedPacket]:
    """The packets of a pcap or pcapng file. Raises CaptureError behind the last packet that can be read."""
    source = Source(file)
    magic = source.take_some(4)
    if magic in MAGICS:
        yield from read_pcap(source, magic)
    elif magic == SECTION_HEADER:
        yield from read_pcapng(source)
    elif not magic:
        raise CaptureError("the file is empty: a capture starts with a header of 24 bytes at least")
    else:
        raise CaptureError(f"at byte 0: {magic.hex()} starts neither a pcap nor a pcapng file")
