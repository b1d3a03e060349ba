"""Checksums that were left to the network card."""

import random
from ipaddress import ip_address

import pytest

from app.packet.checksum import internet_checksum, pseudo_header
from app.packet.completing import completed
from app.packet.compose import Envelope, ip_datagram, with_checksum

V4 = Envelope(ip_address("192.0.2.1"), ip_address("192.0.2.9"))
V6 = Envelope(ip_address("2001:db8::1"), ip_address("2001:db8::9"))
MESSAGES = {17: (bytes.fromhex("0035c000000d0000") + b"hello", 6), 6: (bytes(12) + b"\x50" + bytes(7) + b"hello!", 16)}


def left_to_the_card(envelope: Envelope, protocol: int) -> tuple[bytes, bytes]:
    """A frame with the sum of the pseudo-header in its field, and the frame as it ought to be."""
    message, at = MESSAGES[protocol]
    right = with_checksum(envelope, protocol, message)
    head = pseudo_header(envelope.source, envelope.destination, protocol, len(message))
    partial = 0xFFFF - internet_checksum(head)
    wrong = message[:at] + partial.to_bytes(2, "big") + message[at + 2 :]
    frames = [bytes(14) + ip_datagram(envelope, protocol, each) + b"padding" for each in (wrong, right)]
    return frames[0], frames[1]


@pytest.mark.parametrize("envelope", [V4, V6], ids=["v4", "v6"])
@pytest.mark.parametrize("protocol", [6, 17])
def test_the_checksum_is_what_the_card_makes_of_it(envelope: Envelope, protocol: int) -> None:
    left, right = left_to_the_card(envelope, protocol)
    assert left != right
    assert completed(left, 14) == right


def test_a_fragment_is_left_as_it_is() -> None:
    left, _ = left_to_the_card(V4, 17)
    fragment = left[:20] + b"\x20" + left[21:]
    assert completed(fragment, 14) == fragment


def test_any_bytes_are_taken() -> None:
    chance = random.Random(5)
    for _ in range(2_000):
        data = chance.randbytes(chance.randrange(80))
        assert len(completed(data, chance.randrange(20))) == len(data)
