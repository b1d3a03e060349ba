"""The Internet checksum, by RFC 1071's own example and by its laws."""

from ipaddress import ip_address

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from app.packet.checksum import internet_checksum, ones_sum, pseudo_header, steer
from app.packet.compose import Envelope, covered, echo_message, ip_datagram, with_checksum
from app.packet.ip.v4 import Ipv4
from app.packet.ip.v6 import Ipv6
from app.packet.registry import Protocol
from tests.packet import probes


def test_the_example_of_rfc_1071() -> None:
    assert ones_sum(bytes.fromhex("0001f203f4f5f6f7")) == 0xDDF2
    assert internet_checksum(bytes.fromhex("0001f203f4f5f6f7")) == 0x220D


def test_an_odd_byte_is_padded_on_the_right() -> None:
    assert ones_sum(b"\x01") == 0x0100


def test_only_zeros_sum_to_zero() -> None:
    assert ones_sum(bytes(20)) == 0
    assert ones_sum(b"\xff\xff") == 0xFFFF
    assert ones_sum(b"\xff\xfe\x00\x01") == 0xFFFF


def plainly(data: bytes) -> int:
    """RFC 1071's loop, word by word."""
    total = 0
    for at in range(0, len(data), 2):
        total += int.from_bytes(data[at : at + 2].ljust(2, b"\0"), "big")
        total = (total & 0xFFFF) + (total >> 16)
    return total


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=100))
def test_the_sum_is_that_of_the_plain_loop(data: bytes) -> None:
    assert ones_sum(data) == plainly(data)


@settings(max_examples=100, deadline=None)
@given(st.binary(min_size=6, max_size=60), st.integers(0, 2), st.integers(0, 0xFFFE))
def test_a_steered_message_has_the_checksum_it_was_steered_to(data: bytes, word: int, target: int) -> None:
    steered = steer(data, word * 2, target)
    assume(any(steered))
    assert internet_checksum(steered) == target


@pytest.mark.parametrize(
    ("source", "destination", "front"),
    [
        ("192.0.2.1", "192.0.2.2", "c0000201c0000202" + "0011" + "000c"),
        ("2001:db8::1", "2001:db8::2", "20010db8" + "0" * 23 + "1" + "20010db8" + "0" * 23 + "2" + "0000000c00000011"),
    ],
)
def test_the_pseudo_header_of_each_version(source: str, destination: str, front: str) -> None:
    assert pseudo_header(ip_address(source), ip_address(destination), 17, 12).hex() == front


@pytest.mark.parametrize("version", [4, 6])
def test_a_composed_datagram_says_its_own_length(version: int) -> None:
    data = probes.udp_probe(version)
    if version == 4:
        assert Ipv4.decode(data).total_length == len(data)
        assert ones_sum(data[:20]) == 0xFFFF
    else:
        assert Ipv6.decode(data).payload_length == len(data) - 40


@pytest.mark.parametrize("version", [4, 6])
@pytest.mark.parametrize("protocol", [Protocol.UDP, Protocol.TCP])
def test_an_upper_layer_checksum_verifies(version: int, protocol: Protocol) -> None:
    envelope = probes.outgoing(version)
    packet = with_checksum(envelope, protocol, bytes(range(30)))
    assert ones_sum(covered(envelope, protocol, packet)) == 0xFFFF


def test_an_answer_goes_back_with_a_fresh_ttl() -> None:
    envelope = Envelope(ip_address("192.0.2.1"), ip_address("192.0.2.2"), ttl=1, dscp=46)
    back = envelope.reversed()
    assert (back.source, back.destination, back.ttl, back.dscp) == (envelope.destination, envelope.source, 64, 46)


def test_an_echo_of_each_version_has_its_own_type() -> None:
    for version, request, reply in ((4, 8, 0), (6, 128, 129)):
        envelope = probes.outgoing(version)
        assert echo_message(envelope, 1, 2, b"")[0] == request
        assert echo_message(envelope, 1, 2, b"", is_reply=True)[0] == reply


def test_the_header_carries_what_the_envelope_says() -> None:
    envelope = Envelope(ip_address("2001:db8::1"), ip_address("2001:db8::2"), ttl=9, dscp=10, ecn=2, flow_label=0xABCDE)
    head = Ipv6.decode(ip_datagram(envelope, 59, b""))
    assert (head.hop_limit, head.dscp, head.ecn, head.flow_label, head.next_header) == (9, 10, 2, 0xABCDE, 59)
