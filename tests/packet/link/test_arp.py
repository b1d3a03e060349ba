"""ARP in sentences, and with addresses of any size."""

import pytest

from app.packet.link.linktype import LinkType
from tests.packet.link.frames import read, shown, texts

FRONT = "ffffffffffff 020000000001 0806"
ASKER, OTHER = "020000000001 0a000002", "020000000002 0a000001"


@pytest.mark.parametrize(
    ("operation", "addresses", "words"),
    [
        (1, f"{ASKER} 000000000000 0a000001", "who has 10.0.0.1? tell 10.0.0.2"),
        (2, f"{OTHER} {ASKER}", "10.0.0.1 is at 02:00:00:00:00:02"),
        (1, f"{ASKER} 000000000000 0a000002", "10.0.0.2 is at 02:00:00:00:00:01, announced"),
        (2, f"{ASKER} ffffffffffff 0a000002", "10.0.0.2 is at 02:00:00:00:00:01, gratuitous"),
        (1, "020000000001 00000000 000000000000 0a000009", "who has 10.0.0.9? a probe from 02:00:00:00:00:01"),
        (3, "020000000001 00000000 020000000001 00000000", "who is 02:00:00:00:00:01? tell 02:00:00:00:00:01"),
        (4, f"{OTHER} {ASKER}", "02:00:00:00:00:01 is 10.0.0.2"),
        (8, f"{ASKER} 020000000002 00000000", "who is 02:00:00:00:00:02? tell 10.0.0.2"),
        (9, f"{OTHER} {ASKER}", "10.0.0.1 is at 02:00:00:00:00:02"),
        (10, f"{ASKER} {OTHER}", "arp nak"),
        (99, f"{ASKER} {OTHER}", "arp unassigned 99"),
    ],
)
def test_an_operation_in_a_sentence(operation: int, addresses: str, words: str) -> None:
    dissection = read(f"{FRONT} 0001080006 04 {operation:04x} {addresses}", LinkType.ETHERNET)

    assert dissection.summary == words
    assert dissection.protocol == "arp"


def test_addresses_have_the_size_that_the_packet_names() -> None:
    digits = f"{FRONT} 0018080008 04 0001 0001020304050607 0a000002 0000000000000000 0a000001"

    dissection = read(digits, LinkType.ETHERNET)

    assert shown(dissection, "arp.src.hw") == ["0001020304050607"]
    assert dissection.summary == "who has 10.0.0.1? tell 10.0.0.2"


def test_addresses_that_are_cut_are_told() -> None:
    dissection = read(f"{FRONT} 0001080006 04 0001 {ASKER}", LinkType.ETHERNET)

    assert "the addresses need 28 bytes, 18 are there" in texts(dissection)


def test_padding_behind_a_packet_is_the_frames() -> None:
    dissection = read(f"{FRONT} 0001080006 04 0001 {ASKER} 000000000000 0a000001 {'00' * 18}", LinkType.ETHERNET)

    assert shown(dissection, "eth.padding") == ["00" * 18]
