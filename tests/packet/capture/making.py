"""Capture files made by hand, from the drafts: a sample of every kind that is read."""

import gzip
import io
import struct
from itertools import pairwise

from app.packet.capture.captured import CapturedPacket, CaptureError
from app.packet.capture.catalogue import Catalogue
from app.packet.capture.reader import read_capture
from app.packet.link.linktype import LinkType

START = 1_700_000_000_123_456_789
SECOND = 1_700_000_000


def pcap(order: str, magic: int, *packets: bytes, link: int = LinkType.RAW, version: tuple[int, int] = (2, 4)) -> bytes:
    records = b"".join(struct.pack(order + "IIII", SECOND, 5, len(data), len(data)) + data for data in packets)
    return struct.pack(order + "IHHIIII", magic, *version, 0, 0, 65535, link) + records


def block(order: str, kind: int, body: bytes) -> bytes:
    body += bytes(-len(body) % 4)
    size = struct.pack(order + "I", len(body) + 12)
    return struct.pack(order + "I", kind) + size + body + size


def option(order: str, code: int, value: bytes) -> bytes:
    return struct.pack(order + "HH", code, len(value)) + value + bytes(-len(value) % 4)


def section(order: str, options: bytes = b"") -> bytes:
    return block(order, 0x0A0D0D0A, struct.pack(order + "IHHq", 0x1A2B3C4D, 1, 0, -1) + options)


def interface(order: str, link: int, *, snap: int = 0, options: bytes = b"") -> bytes:
    return block(order, 1, struct.pack(order + "HHI", link, 0, snap) + options)


def padded(data: bytes) -> bytes:
    return data + bytes(-len(data) % 4)


def enhanced(order: str, index: int, stamp: int, data: bytes, options: bytes = b"") -> bytes:
    head = struct.pack(order + "IIIII", index, stamp >> 32, stamp & 0xFFFFFFFF, len(data), len(data))
    return block(order, 6, head + padded(data) + options)


def obsolete(order: str, index: int, drops: int, stamp: int, data: bytes) -> bytes:
    head = struct.pack(order + "HHIIII", index, drops, stamp >> 32, stamp & 0xFFFFFFFF, len(data), len(data))
    return block(order, 2, head + padded(data))


def simple(order: str, length: int, data: bytes) -> bytes:
    return block(order, 3, struct.pack(order + "I", length) + data)


def names(order: str, *records: tuple[int, bytes]) -> bytes:
    return block(order, 4, b"".join(option(order, kind, value) for kind, value in records) + bytes(4))


def everything(order: str) -> bytes:
    """A file with every block that is known, and some that are not."""
    told = option(order, 1, b"first") + option(order, 1, b"second") + option(order, 2, struct.pack(order + "I", 2))
    return (
        section(order, option(order, 1, b"of the file") + option(order, 4, b"by hand"))
        + interface(order, LinkType.ETHERNET, options=option(order, 2, b"eth0") + option(order, 9, b"\x09"))
        + interface(order, 147, options=option(order, 9, b"\x8a") + option(order, 14, struct.pack(order + "q", -5)))
        + enhanced(order, 0, START, b"ethernet frame", told)
        + names(order, (1, b"\xc0\0\2\1router.example\0"), (2, bytes(15) + b"\1localhost\0other\0"), (9, b"?"))
        + block(order, 0xBAD, struct.pack(order + "I", 32473) + b"secret")
        + block(order, 10, struct.pack(order + "II", 0x544C534B, 8) + b"password")
        + enhanced(order, 1, 512, b"unknown link")
        + obsolete(order, 1, 7, 1024, b"old")
        + simple(order, 9, b"simple 12")
        + block(order, 5, struct.pack(order + "III", 0, 1, 2) + option(order, 4, struct.pack(order + "Q", 99)))
        + block(order, 0x12345678, b"nobody knows")
    )


def patched(order: str) -> bytes:
    """A file of Kuznetzov's libpcap: interface, protocol and packet type behind the lengths."""
    tail = struct.pack(order + "IHBx", 2, 0x0800, 4)
    head = struct.pack(order + "IIII", SECOND, 5, 3, 60)
    return pcap(order, 0xA1B2CD34) + (head + tail + b"out") + (head + tail[:6] + b"\0\0" + b"in!")


SAMPLES = {
    "pcap": pcap("<", 0xA1B2C3D4, b"one", b"", b"third packet"),
    "pcap, big-endian": pcap(">", 0xA1B2C3D4, b"one", b"second"),
    "pcap, nanoseconds": pcap("<", 0xA1B23C4D, b"one", b"second"),
    "pcap, patched": patched("<"),
    "pcap, patched, big-endian": patched(">"),
    "pcap, 2.2": pcap("<", 0xA1B2C3D4, b"one", version=(2, 2)),
    "pcapng": everything("<"),
    "pcapng, big-endian": everything(">"),
    "pcapng, two sections": everything(">") + everything("<"),
}
GZIPPED = {f"{name}, gzip": gzip.compress(data, mtime=0) for name, data in SAMPLES.items()}


def read_until_fault(data: bytes) -> tuple[list[CapturedPacket], str | None]:
    """What the reader gives: the packets before the fault, and what is said of it."""
    packets: list[CapturedPacket] = []
    try:
        for packet in read_capture(io.BytesIO(data)):
            packets.append(packet)  # noqa: PERF402  # what came before a fault has to stay
    except CaptureError as error:
        return packets, str(error)
    return packets, None


class Growing:
    """A file that grows under a catalogue."""

    def __init__(self, data: bytes = b"") -> None:
        self.data = data
        self.largest_read = 0

    def read_at(self, offset: int, count: int) -> bytes:
        self.largest_read = max(self.largest_read, count)
        return self.data[offset : offset + count]


def catalogued(data: bytes, cuts: list[int] | None = None) -> Catalogue:
    """The catalogue of a file that grew from cut to cut, and was ended then."""
    file = Growing()
    catalogue = Catalogue(file.read_at)
    for _, stop in pairwise([0, *(cuts or []), len(data)]):
        file.data = data[:stop]
        catalogue.grow()
    catalogue.finish()
    return catalogue


def listed(catalogue: Catalogue) -> tuple[list[CapturedPacket], str | None]:
    """What a catalogue gives, in the manner of `read_until_fault`."""
    return [catalogue.packet(place) for place in range(len(catalogue))], catalogue.fault
