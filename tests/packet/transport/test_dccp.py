"""DCCP, written from RFC 4340."""

import pytest

from app.packet.checksum import internet_checksum, pseudo_header
from app.packet.dissect import dissect
from app.packet.registry import Protocol
from tests.packet.link.frames import shown, texts
from tests.packet.routing.datagrams import V4, ip

ACK = "0000 0a0b0c0d0e0f"


def packet(kind: int, more: str, payload: str = "", *, coverage: int = 0, words: int | None = None) -> bytes:
    """A packet with a long sequence number, its checksum right."""
    tail = bytes.fromhex(more)
    words = 4 + len(tail) // 4 if words is None else words
    head = bytes.fromhex(f"1389138a {words:02x} {coverage:02x} 0000 {kind << 1 | 1:02x} 00 010203040506")
    message = head + tail + bytes.fromhex(payload)
    covered = message[: words * 4 + (coverage - 1) * 4] if coverage else message
    front = pseudo_header(V4.source, V4.destination, Protocol.DCCP, len(message))
    checksum = internet_checksum(front + covered).to_bytes(2, "big")
    return ip(Protocol.DCCP, (message[:6] + checksum + message[8:]).hex())


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (packet(0, "61626364"), "[request] seq 1108152157446, service 1633837924  abcd"),
        (packet(1, f"{ACK} 00000005"), "[response] seq 1108152157446 ack 11042563100175, service 5"),
        (packet(2, "", "64617461"), "[data] seq 1108152157446"),
        (packet(3, ACK), "[ack] seq 1108152157446 ack 11042563100175"),
        (packet(7, f"{ACK} 03000000"), "[reset] seq 1108152157446 ack 11042563100175, no connection"),
        (ip(Protocol.DCCP, "1389138a 04 00 0000 06 040506 00 0d0e0f"), "[ack] seq 263430 ack 855567"),
        (packet(12, ""), "[unassigned 12] seq 1108152157446"),
    ],
)
def test_what_a_packet_says(data: bytes, words: str) -> None:
    assert dissect(data).summary == f"dccp 5001 → 5002 {words}"


@pytest.mark.parametrize("coverage", [0, 1, 2])
def test_the_checksum_is_taken_over_what_it_covers(coverage: int) -> None:
    assert dissect(packet(4, ACK, "6461746164617461", coverage=coverage)).checks[-1].status.value == "good"


def test_a_payload_that_is_not_covered_may_change() -> None:
    data = packet(4, ACK, "6461746164617461", coverage=1)

    assert dissect(data[:-1] + b"x").checks[-1].status.value == "good"
    assert dissect(data[:29] + b"x" + data[30:]).checks[-1].status.value == "bad"


@pytest.mark.parametrize(
    ("option", "name", "words"),
    [
        ("20 06 01 02 03 00", "dccp.feature", "ccid 02 03 00"),
        ("25 03 05 00", "dccp.ndp_count", "5"),
        ("26 05 010203 000000", "dccp.ack_vector.nonce_0", "010203"),
        ("29 06 00000009 0000", "dccp.timestamp", "9"),
        ("2a 08 00000009 0007", "dccp.elapsed_time", "7"),
        ("02 000000", "dccp.slow_receiver", "2"),
        ("c0 06 00000009 0000", "dccp.ccid3_loss_event_rate", "9"),
        ("2d 04 6162", "dccp.option_reserved", "6162"),
    ],
)
def test_what_an_option_says(option: str, name: str, words: str) -> None:
    padded = option + "00" * (-len(bytes.fromhex(option)) % 4)

    dissection = dissect(packet(3, f"{ACK} {padded}"))

    assert shown(dissection, name) == [words]
    assert texts(dissection) == []


def test_an_option_that_lies_ends_the_options() -> None:
    dissection = dissect(packet(3, f"{ACK} 25ff0000"))

    assert dissection.summary.endswith("ack 11042563100175, cut short")


def test_a_data_offset_within_the_header_is_an_error() -> None:
    dissection = dissect(packet(3, ACK, words=2))

    assert texts(dissection)[0] == "DCCP data offset 8 is less than the header's own 16 bytes"
