"""The older capture format: draft-ietf-opsawg-pcap, both byte orders, microseconds and nanoseconds."""

import struct
from collections.abc import Iterator

from app.packet.capture.captured import CapturedPacket, Source
from app.packet.link.reader import LinkType

#: The first four bytes: byte order and nanoseconds per unit of the fraction.
MAGICS = {
    bytes.fromhex("a1b2c3d4"): (">", 1000),
    bytes.fromhex("d4c3b2a1"): ("<", 1000),
    bytes.fromhex("a1b23c4d"): (">", 1),
    bytes.fromhex("4d3cb2a1"): ("<", 1),
}


def read_pcap(source: Source, magic: bytes) -> Iterator[CapturedPacket]:
    """The packets behind the magic number that was read already."""
    order, fraction = MAGICS[magic]
    fields = struct.Struct(order + "IIII")
    link_word = struct.unpack(order + "HHIIII", source.take(20, "the file header"))[5]
    link = LinkType(link_word & 0xFFFF)  # above it: the length of a frame check sequence (section 4)
    while head := source.take_some(16):
        head += source.take(16 - len(head), "a record header")
        seconds, part, captured, length = fields.unpack(head)
        data = source.take(captured, "a packet")
        yield CapturedPacket(seconds * 1_000_000_000 + part * fraction, data, length, link)
