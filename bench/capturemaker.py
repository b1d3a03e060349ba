"""Makes captures for benchmarks: the traffic of pings and traceroutes behind Ethernet, the same bytes each time.

Echo requests and replies, time exceeded with quotations and MPLS objects, UDP probes and port
unreachables; three quarters IPv4, one quarter IPv6; every checksum is right. Each probe has a word of
its own (sequence number, last word of the payload), which its answer repeats.

    python -m bench.capturemaker FILE PACKETS [pcap|pcapng]
"""

import struct
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path

from app.packet.answer import MplsEntry
from app.packet.compose import Envelope, echo_message, icmp_protocol, ip_datagram, with_checksum
from app.packet.icmp.error import icmp_error
from app.packet.icmp.types import IcmpType, Icmpv6Type
from app.packet.link.linktype import LinkType
from app.packet.link.numbers import EtherType
from app.packet.registry import Protocol
from app.packet.transport.udp import Udp

START = 1_700_000_000_000_000_000
#: Nanoseconds from one probe to the next, and from a probe to its answer.
GAP, ROUND_TRIP = 1_000_000, 312_000
TARGETS, HOPS = 16, 8

_ETHERNET = 14
_UDP, _PAYLOAD = 8, 32
_HEADER = {4: 20, 6: 40}
_HERE = {4: "192.0.2.1", 6: "2001:db8::1"}


@dataclass(frozen=True, slots=True)
class Template:
    """A frame whose word at `word_at` may take any value, as the checksum at `checksum_at` makes up for it.

    The sum of both stays the same, and with it every checksum further out.
    """

    frame: bytes
    word_at: int
    checksum_at: int

    def with_word(self, word: int) -> bytearray:
        """The frame of that word."""
        frame = bytearray(self.frame)
        before = int.from_bytes(frame[self.word_at : self.word_at + 2], "big")
        checksum = int.from_bytes(frame[self.checksum_at : self.checksum_at + 2], "big")
        # Never zero, which would be no checksum to UDP (RFC 768); to ICMP both zeros are one.
        checksum = (checksum + before - word) % 0xFFFF or 0xFFFF
        struct.pack_into(">H", frame, self.word_at, word)
        struct.pack_into(">H", frame, self.checksum_at, checksum)
        return frame


def exchanges() -> list[tuple[Template, Template]]:
    """A probe and its answer for every target and hop, then the target's own."""
    pairs = []
    for target in range(TARGETS):
        version = 6 if target % 4 == 3 else 4
        address = f"2001:db8:1::{target + 1:x}" if version == 6 else f"198.51.100.{target + 1}"
        is_udp = target % 4 == 0 or target % 8 == 7
        for ttl in range(1, HOPS):
            envelope = Envelope(ip_address(_HERE[version]), ip_address(address), ttl=ttl)
            pairs.append(_udp_to_hop(envelope) if is_udp else _echo_to_hop(envelope))
        envelope = Envelope(ip_address(_HERE[version]), ip_address(address), ttl=HOPS)
        pairs.append(_udp_to_target(envelope) if is_udp else _echo_to_target(envelope))
    return pairs


def frames(packets: int) -> Iterator[tuple[int, bytearray]]:
    """Time in nanoseconds and frame of each packet."""
    pairs = exchanges()
    for number in range((packets + 1) // 2):
        probe, answer = pairs[number % len(pairs)]
        sent_at = START + number * GAP
        yield sent_at, probe.with_word(number & 0xFFFF)
        if 2 * number + 1 < packets:
            yield sent_at + ROUND_TRIP, answer.with_word(number & 0xFFFF)


def make(path: Path, packets: int, form: str = "pcapng") -> None:
    """Write a capture of so many packets, "pcap" in microseconds or "pcapng" in nanoseconds."""
    with path.open("wb", buffering=1 << 20) as file:
        file.writelines(_pcap(packets) if form == "pcap" else _pcapng(packets))


def _pcap(packets: int) -> Iterator[bytes]:
    yield struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262_144, LinkType.ETHERNET)
    for time_ns, frame in frames(packets):
        seconds, rest = divmod(time_ns, 1_000_000_000)
        yield struct.pack("<IIII", seconds, rest // 1000, len(frame), len(frame)) + frame


def _pcapng(packets: int) -> Iterator[bytes]:
    yield struct.pack("<IIIHHqI", 0x0A0D0D0A, 28, 0x1A2B3C4D, 1, 0, -1, 28)
    resolution = struct.pack("<HHB3xI", 9, 1, 9, 0)
    yield struct.pack("<IIHHI", 1, 32, LinkType.ETHERNET, 0, 262_144) + resolution + struct.pack("<I", 32)
    for time_ns, frame in frames(packets):
        size, length = len(frame) + -len(frame) % 4 + 32, len(frame)
        head = struct.pack("<IIIIIII", 6, size, 0, time_ns >> 32, time_ns & 0xFFFFFFFF, length, length)
        yield head + frame + bytes(-length % 4) + struct.pack("<I", size)


def _ethernet(datagram: bytes, *, is_answer: bool) -> bytes:
    here, router = bytes.fromhex("020000000001"), bytes.fromhex("020000000002")
    kind = EtherType.IPV4 if datagram[0] >> 4 == 4 else EtherType.IPV6
    return (here + router if is_answer else router + here) + kind.to_bytes(2, "big") + datagram


def _echo(envelope: Envelope, *, is_reply: bool = False) -> bytes:
    message = echo_message(envelope, 0x1D05, 0, bytes(range(16, 72)), is_reply=is_reply)
    return ip_datagram(envelope, icmp_protocol(envelope.source), message)


def _udp(envelope: Envelope) -> bytes:
    head = Udp(source_port=33_000, destination_port=33_434 + envelope.ttl, length=_UDP + _PAYLOAD).build()
    segment = with_checksum(envelope, Protocol.UDP, head + bytes(range(_PAYLOAD)))
    return ip_datagram(envelope, Protocol.UDP, segment)


def _error(envelope: Envelope, probe: bytes, kind: int, code: int, labels: Sequence[MplsEntry] = ()) -> bytes:
    """The ICMP error of the envelope's source about a probe, whose TTL has run down."""
    message = icmp_error(envelope, kind, code, probe, mpls=labels)
    return ip_datagram(envelope, icmp_protocol(envelope.source), message)


def _spent(probe: bytes, envelope: Envelope) -> bytes:
    """What a router has in hand of a probe: TTL 1, and the header checksum that goes with it."""
    if envelope.source.version == 6:
        return probe[:7] + b"\1" + probe[8:]
    checksum = (int.from_bytes(probe[10:12], "big") + ((envelope.ttl - 1) << 8)) % 0xFFFF
    return probe[:8] + b"\1" + probe[9:10] + checksum.to_bytes(2, "big") + probe[12:]


def _time_exceeded(envelope: Envelope, probe: bytes) -> bytes:
    version, ttl = envelope.source.version, envelope.ttl
    router = ip_address(f"2001:db8:2::{ttl}" if version == 6 else f"203.0.113.{ttl}")
    kind = Icmpv6Type.TIME_EXCEEDED if version == 6 else IcmpType.TIME_EXCEEDED
    labels = (
        [MplsEntry(16_000 + ttl, 0, is_bottom=False, ttl=1), MplsEntry(24_000 + ttl, 0, is_bottom=True, ttl=1)]
        if ttl % 3 == 0
        else []
    )
    back = Envelope(router, envelope.source, ttl=256 - ttl)
    return _error(back, _spent(probe, envelope), kind, 0, labels)


def _outer(version: int) -> int:
    return _ETHERNET + _HEADER[version]


def _echo_template(frame: bytes, at: int) -> Template:
    return Template(frame, at + 6, at + 2)


def _udp_template(frame: bytes, at: int) -> Template:
    return Template(frame, at + _UDP + _PAYLOAD - 2, at + 6)


def _to_hop(envelope: Envelope, probe: bytes) -> tuple[bytes, bytes, int, int]:
    at = _outer(envelope.source.version)
    quoted_at = at + 8 + _HEADER[envelope.source.version]
    answer = _time_exceeded(envelope, probe)
    return _ethernet(probe, is_answer=False), _ethernet(answer, is_answer=True), at, quoted_at


def _echo_to_hop(envelope: Envelope) -> tuple[Template, Template]:
    probe, answer, at, quoted_at = _to_hop(envelope, _echo(envelope))
    return _echo_template(probe, at), _echo_template(answer, quoted_at)


def _udp_to_hop(envelope: Envelope) -> tuple[Template, Template]:
    probe, answer, at, quoted_at = _to_hop(envelope, _udp(envelope))
    return _udp_template(probe, at), _udp_template(answer, quoted_at)


def _echo_to_target(envelope: Envelope) -> tuple[Template, Template]:
    at = _outer(envelope.source.version)
    back = _echo(envelope.reversed(ttl=56), is_reply=True)
    probe = _ethernet(_echo(envelope), is_answer=False)
    return _echo_template(probe, at), _echo_template(_ethernet(back, is_answer=True), at)


def _udp_to_target(envelope: Envelope) -> tuple[Template, Template]:
    version = envelope.source.version
    kind, code = (Icmpv6Type.DESTINATION_UNREACHABLE, 4) if version == 6 else (IcmpType.DESTINATION_UNREACHABLE, 3)
    probe, at = _udp(envelope), _outer(version)
    back = _error(envelope.reversed(ttl=56), _spent(probe, envelope), kind, code)
    first = _udp_template(_ethernet(probe, is_answer=False), at)
    return first, _udp_template(_ethernet(back, is_answer=True), at + 8 + _HEADER[version])


if __name__ == "__main__":
    make(Path(sys.argv[1]), int(sys.argv[2]), *sys.argv[3:4])
