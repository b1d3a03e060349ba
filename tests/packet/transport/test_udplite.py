"""UDP-Lite, written from RFC 3828."""

import pytest

from app.packet.checksum import internet_checksum, pseudo_header
from app.packet.dissect import dissect
from app.packet.registry import Protocol
from tests.packet.link.frames import shown, texts
from tests.packet.routing.datagrams import V4, ip

PAYLOAD = b"payload"


def datagram(coverage: int, payload: bytes = PAYLOAD) -> bytes:
    """A datagram whose checksum covers its first `coverage` bytes, all of them for zero."""
    message = bytes.fromhex(f"0fa00fa1{coverage:04x}0000") + payload
    front = pseudo_header(V4.source, V4.destination, Protocol.UDPLITE, len(message))
    checksum = internet_checksum(front + message[: coverage or len(message)])
    return ip(Protocol.UDPLITE, (message[:6] + checksum.to_bytes(2, "big") + message[8:]).hex())


@pytest.mark.parametrize("coverage", [0, 8, 12, 15])
def test_the_checksum_is_taken_over_what_it_covers(coverage: int) -> None:
    dissection = dissect(datagram(coverage))

    assert dissection.summary == "udplite 4000 → 4001, 7 bytes"
    assert dissection.checks[-1].status.value == "good"


def test_what_is_not_covered_may_change_and_what_is_may_not() -> None:
    data = bytearray(datagram(12))
    data[-1] ^= 1
    assert dissect(bytes(data)).checks[-1].status.value == "good"

    data[20 + 9] ^= 1
    assert dissect(bytes(data)).checks[-1].status.value == "bad"


@pytest.mark.parametrize("coverage", [1, 7, 16, 65535])
def test_a_coverage_of_less_than_the_header_or_more_than_all_is_illegal(coverage: int) -> None:
    dissection = dissect(ip(Protocol.UDPLITE, f"0fa00fa1{coverage:04x}1234{PAYLOAD.hex()}"))

    assert dissection.checks[-1].status.value == "bad"
    assert texts(dissection) == [f"a coverage of {coverage} is illegal: the datagram has 15 bytes"]


def test_no_checksum_is_illegal() -> None:
    dissection = dissect(ip(Protocol.UDPLITE, f"0fa00fa100080000{PAYLOAD.hex()}"))

    assert texts(dissection) == ["a checksum of zero is illegal (RFC 3828, section 3.1)"]


def test_ports_name_what_is_inside() -> None:
    query = bytes.fromhex("0001010000010000000000000161047465737400 00010001")
    data = bytearray(datagram(0, query))
    data[22:24] = b"\0\x35"

    assert dissect(bytes(data)).protocol == "dns"
    assert shown(dissect(bytes(data)), "udp.checksum_coverage") == ["0  the whole datagram"]
