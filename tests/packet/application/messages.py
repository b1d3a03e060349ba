"""Datagrams with application messages, for the tests."""

import struct

from app.packet.compose import Envelope, ip_datagram, with_checksum
from app.packet.dissect import dissect
from app.packet.dissection import Dissection, every
from app.packet.layout import Span
from app.packet.registry import Protocol
from app.packet.transport.tcp import Tcp
from app.packet.transport.udp import Udp
from tests.packet.probes import SOURCE, TARGET

ENVELOPE = Envelope(SOURCE[4], TARGET[4], ttl=64)


def datagram(payload: bytes, port: int) -> bytes:
    """An IPv4 datagram with `payload` for UDP port `port`."""
    head = Udp(source_port=40000, destination_port=port, length=8 + len(payload)).build()
    return ip_datagram(ENVELOPE, Protocol.UDP, with_checksum(ENVELOPE, Protocol.UDP, head + payload))


def segment(payload: bytes, port: int) -> bytes:
    """An IPv4 datagram with `payload` for TCP port `port`."""
    head = Tcp(source_port=40000, destination_port=port, sequence=1, data_offset=5, acknowledge=1, window=512).build()
    return ip_datagram(ENVELOPE, Protocol.TCP, with_checksum(ENVELOPE, Protocol.TCP, head + payload))


def read(payload: bytes, port: int) -> Dissection:
    """What is read of `payload` at UDP port `port`."""
    return dissect(datagram(payload, port))


def values(dissection: Dissection, name: str) -> list[object]:
    """The values of all fields of a name."""
    return [span.value for span in dissection.spans_named(name)]


def spans(dissection: Dissection) -> list[Span]:
    """Every span of every layer."""
    return [span for layer in dissection.layers for span in every(layer.spans)]


def dns(
    questions: bytes = b"", answers: bytes = b"", *, flags: int = 0x8180, counts: tuple[int, int] = (1, 1)
) -> bytes:
    """A DNS message of ready-made sections."""
    return struct.pack("!6H", 0x1A2B, flags, *counts, 0, 0) + questions + answers


def record(kind: int, data: bytes, *, name: bytes = b"\xc0\x0c", record_class: int = 1, ttl: int = 300) -> bytes:
    """A resource record."""
    return name + struct.pack("!HHIH", kind, record_class, ttl, len(data)) + data


def dhcp(*options: bytes, operation: int = 1, names: bytes = bytes(192)) -> bytes:
    """A DHCP message of ready-made options, from 02:00:00:00:00:01."""
    head = struct.pack("!4BIHH", operation, 1, 6, 0, 0x3903F326, 0, 0) + bytes(16)
    hardware = bytes.fromhex("020000000001") + bytes(10)
    return head + hardware + names + bytes.fromhex("63825363") + b"".join(options)
