"""UDP-Lite (RFC 3828): UDP whose checksum covers as much of the datagram as the sender likes."""

from functools import partial

from app.packet.checksum import pseudo_sum
from app.packet.dissection import Check, CheckStatus, Severity
from app.packet.layout import Header, header, unsigned
from app.packet.reading import Reading, Space, Step
from app.packet.registry import Protocol
from app.packet.text import bytes_words


def _coverage(value: int) -> str:
    return "0  the whole datagram" if value == 0 else bytes_words(value)


@header("udplite", "UDP-Lite", "RFC 3828, section 3.1")
class UdpLite(Header):
    """A UDP header in which the checksum's coverage stands where the length does."""

    source_port: int = unsigned(16, name="udp.srcport")
    destination_port: int = unsigned(16, name="udp.dstport")
    coverage: int = unsigned(16, "checksum coverage", name="udp.checksum_coverage", words=_coverage, default=0)
    checksum: int = unsigned(16, name="udp.checksum", style="hex", default=0)


def read_udplite(reading: Reading, at: int, stop: int) -> Step:
    """A UDP-Lite datagram; what its ports name stands behind it."""
    head = reading.take(UdpLite, at, stop, _words)
    reading.header(head, at, partial(_words, head, None if reading.is_quoted else stop - at - UdpLite.SIZE))
    _verify(reading, head, at, stop)
    return Step(Space.UDP_PORT, (head.destination_port, head.source_port), at + UdpLite.SIZE, stop)


def _words(head: UdpLite, size: int | None = None) -> str:
    ports = f"udplite {head.source_port} → {head.destination_port}"
    return ports if size is None else f"{ports}, {bytes_words(size)}"


def _verify(reading: Reading, head: UdpLite, at: int, stop: int) -> None:
    """RFC 3828, section 3.1: the pseudo-header's length is the datagram's, whatever the coverage."""
    field = at + 6
    if not reading.is_whole or reading.source is None or reading.destination is None:
        reading.checks.append(Check(field, CheckStatus.UNVERIFIED))
        return
    size = stop - at
    if 0 < head.coverage < UdpLite.SIZE or head.coverage > size:
        reading.note(Severity.ERROR, at + 4, f"a coverage of {head.coverage} is illegal: the datagram has {size} bytes")
        reading.checks.append(Check(field, CheckStatus.BAD))
    elif head.checksum == 0:
        reading.note(Severity.ERROR, field, "a checksum of zero is illegal (RFC 3828, section 3.1)")
        reading.checks.append(Check(field, CheckStatus.BAD))
    else:
        front = pseudo_sum(reading.source, reading.destination, Protocol.UDPLITE, size)
        reading.verify_sum(field, at, at + (head.coverage or size), front, of_nothing=0xFFFF)
