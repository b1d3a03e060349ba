"""A packet log that stands still: real bytes of a trace's probes and of every kind of answer to them."""

from collections.abc import Iterator
from ipaddress import ip_address

from app.engine.datagram import Clock, Direction
from app.engine.packetlog import Packet, PacketLog
from app.engine.verdict import Meaning
from app.packet.answer import MplsEntry
from app.packet.compose import Envelope, echo_message, ip_datagram, with_checksum
from app.packet.icmp.error import icmp_error
from app.packet.icmp.types import IcmpType
from app.packet.registry import Protocol
from app.packet.transport.udp import Udp
from tests.screens.still import MILLISECOND, START

HERE, TARGET, ROUTER = ip_address("198.18.0.2"), ip_address("198.18.4.2"), ip_address("10.3.0.1")
HERE6, TARGET6 = ip_address("2001:db8::2"), ip_address("2001:db8:4::2")


def probe(ttl: int) -> bytes:
    envelope = Envelope(HERE, TARGET, ttl=ttl, dont_fragment=True, ecn=1)
    payload = b"hopscope \x1b[2Jpayload ABCDEFGHIJKL"
    head = Udp(source_port=33434, destination_port=33434, length=8 + len(payload)).build()
    return ip_datagram(envelope, Protocol.UDP, with_checksum(envelope, Protocol.UDP, head + payload))


def exceeded(quoted: bytes, *, labelled: bool = False) -> bytes:
    envelope = Envelope(ROUTER, HERE, ttl=251)
    labels = (MplsEntry(24001, 0, True, 1),) if labelled else ()
    message = icmp_error(envelope, IcmpType.TIME_EXCEEDED, 0, quoted, mpls=labels)
    return ip_datagram(envelope, Protocol.ICMP, message)


def echo(sequence: int, *, is_reply: bool = False) -> bytes:
    ends = (TARGET6, HERE6) if is_reply else (HERE6, TARGET6)
    envelope = Envelope(*ends, ttl=64, flow_label=0x12345)
    return ip_datagram(envelope, Protocol.IPV6_ICMP, echo_message(envelope, 7, sequence, b"ping", is_reply=is_reply))


def damaged(data: bytes) -> bytes:
    return data[:-1] + bytes((data[-1] ^ 0xFF,))


DATA: tuple[tuple[int, Direction, bytes, int, str | None, int | None, Meaning, str], ...] = (
    (0, Direction.OUT, probe(5), 0, "hop 5", 1, Meaning.NOTHING, ""),
    (200_000, Direction.OUT, probe(6), 0, "hop 6", 2, Meaning.NOTHING, ""),
    (20_200_000, Direction.IN, exceeded(probe(1), labelled=True), 0, "hop 5", 1, Meaning.REPLY, "proves hop 5"),
    (25_000_000, Direction.OUT, echo(1), 0, "hop 6", 3, Meaning.NOTHING, ""),
    (31_300_000, Direction.IN, echo(1, is_reply=True), 40, "hop 6", 3, Meaning.REPLY, "proves hop 6"),
    (31_400_000, Direction.IN, echo(1, is_reply=True), 0, "hop 6", 3, Meaning.DUPLICATE, "a second reply"),
    (40_000_000, Direction.IN, damaged(exceeded(probe(1))), 0, None, None, Meaning.STRANGER, ""),
    (50_000_000, Direction.IN, exceeded(probe(1))[:30], 0, None, None, Meaning.FORGED, "fails its secret"),
    (60_000_000, Direction.OUT, probe(5), 0, "hop 5", 4, Meaning.NOTHING, ""),
)  # fmt: skip


def packets() -> Iterator[Packet]:
    for number, (at, direction, data, rebuilt, row, token, meaning, text) in enumerate(DATA, start=1):
        when = START + at + MILLISECOND
        yield Packet(number, when, Clock.KERNEL, direction, data, rebuilt, row, token, meaning, text)


def log(capacity: int = 65_536) -> PacketLog:
    filled = PacketLog(capacity)
    for packet in packets():
        filled.append(packet)
    return filled
