from collections.abc import Sequence
from ipaddress import ip_address

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.engine.pairing import Pairing, ties_of
from app.packet.compose import Envelope, echo_message, icmp_protocol, ip_datagram, with_checksum
from app.packet.icmp.error import icmp_error
from app.packet.link.linktype import LinkType
from app.packet.registry import Protocol
from app.packet.transport.tcp import Tcp
from app.packet.transport.udp import Udp

HERE, THERE, ROUTER = ip_address("198.18.0.2"), ip_address("198.18.4.2"), ip_address("10.3.0.1")
HERE6, THERE6 = ip_address("2001:db8::2"), ip_address("2001:db8::4")
OUT, BACK = Envelope(HERE, THERE), Envelope(THERE, HERE)


def echo(sequence: int, *, is_reply: bool = False, version: int = 4) -> bytes:
    here, there = (HERE, THERE) if version == 4 else (HERE6, THERE6)
    envelope = Envelope(there, here) if is_reply else Envelope(here, there)
    message = echo_message(envelope, 7, sequence, b"ping", is_reply=is_reply)
    return ip_datagram(envelope, icmp_protocol(here), message)


def udp(envelope: Envelope, source: int, destination: int, payload: bytes) -> bytes:
    head = Udp(source_port=source, destination_port=destination, length=8 + len(payload)).build()
    return ip_datagram(envelope, Protocol.UDP, with_checksum(envelope, Protocol.UDP, head + payload))


def exceeded(quoted: bytes) -> bytes:
    return ip_datagram(Envelope(ROUTER, HERE), Protocol.ICMP, icmp_error(Envelope(ROUTER, HERE), 11, 0, quoted))


def tcp(envelope: Envelope, ports: tuple[int, int], sequence: int, acknowledged: int, flags: int) -> bytes:
    head = bytearray(Tcp(source_port=ports[0], destination_port=ports[1], sequence=sequence).build())
    head[8:12] = acknowledged.to_bytes(4, "big")
    head[12:14] = bytes((0x50, flags))
    return ip_datagram(envelope, Protocol.TCP, bytes(head))


def partners(packets: Sequence[bytes], link: LinkType = LinkType.RAW) -> list[int | None]:
    joined = Pairing()
    for packet in packets:
        joined.take(packet, link)
    return [joined.partner(number) for number in range(1, len(packets) + 1)]


@pytest.mark.parametrize("version", [4, 6])
def test_an_echo_reply_finds_its_request_and_a_second_one_too(version: int) -> None:
    sent = [echo(1, version=version), echo(2, version=version)]
    back = [echo(sequence, is_reply=True, version=version) for sequence in (2, 1, 1)]

    assert partners([*sent, *back]) == [4, 3, 2, 1, 1]


def test_an_error_finds_the_datagram_that_it_quotes_among_others_of_the_flow() -> None:
    probes = [udp(OUT, 40_000, 33_434, payload) for payload in (b"one", b"two", b"six")]

    assert partners([*probes, exceeded(probes[1][:28]), exceeded(echo(1))]) == [None, 4, None, 2, None]


def test_what_answers_a_syn_finds_it() -> None:
    syn = tcp(OUT, (50_000, 80), 0xFFFFFFFF, 0, 0x02)
    accepted = tcp(BACK, (80, 50_000), 9, 0, 0x12)
    refused = tcp(BACK, (80, 50_000), 0, 5, 0x14)

    assert partners([syn, tcp(OUT, (50_000, 80), 4, 0, 0x02), accepted, refused]) == [3, 4, 1, 2]


def test_an_answer_of_a_name_server_finds_the_query_of_its_identifier() -> None:
    queries = [udp(OUT, 5_353, 53, bytes((0, number, 1, 0))) for number in (1, 2)]
    answer = udp(BACK, 53, 5_353, bytes((0, 2, 0x81, 0x80)))

    assert partners([*queries, answer]) == [None, 3, 2]


@pytest.mark.parametrize(
    ("link", "front"),
    [
        (LinkType.ETHERNET, bytes(12) + b"\x08\x00"),
        (LinkType.ETHERNET, bytes(12) + b"\x81\x00\x00\x07\x08\x00"),
        (LinkType.ETHERNET, bytes(12) + b"\x88\x47\x00\x01\x00\x40\x00\x01\x01\x40"),
        (LinkType.LINUX_SLL, bytes(14) + b"\x08\x00"),
        (LinkType.LINUX_SLL2, b"\x08\x00" + bytes(18)),
        (LinkType.NULL, b"\x02\0\0\0"),
        (LinkType.PPP, b"\xff\x03\x00\x21"),
        (LinkType.PPP, bytes.fromhex("ff03028100001002000021ff")),
    ],
)
def test_behind_every_link_header_packets_are_joined(link: LinkType, front: bytes) -> None:
    assert partners([front + echo(1), front + echo(1, is_reply=True)], link) == [2, 1]


def test_who_answers_for_an_address_is_joined_with_who_asked() -> None:
    ends = bytes(12) + b"\x08\x06\0\1\x08\0\6\4\0"
    asked = ends + b"\1" + bytes(6) + HERE.packed + bytes(6) + THERE.packed
    other = ends + b"\1" + bytes(6) + HERE.packed + bytes(6) + ROUTER.packed
    told = ends + b"\2" + bytes(6) + THERE.packed + bytes(6) + HERE.packed

    assert partners([asked, other, told], LinkType.ETHERNET) == [3, None, 1]


def test_a_neighbour_advertisement_finds_the_solicitation() -> None:
    solicited = Envelope(HERE6, ip_address("ff02::1:ff00:4"))
    solicitation = ip_datagram(solicited, Protocol.IPV6_ICMP, b"\x87" + bytes(7) + THERE6.packed)
    advertisement = ip_datagram(Envelope(THERE6, HERE6), Protocol.IPV6_ICMP, b"\x88" + bytes(7) + THERE6.packed)

    assert partners([solicitation, advertisement]) == [2, 1]


def test_no_more_questions_wait_than_fit() -> None:
    joined = Pairing(most_waiting=100)
    for sequence in range(1_000):
        joined.take(echo(sequence), LinkType.RAW)
    joined.take(echo(999, is_reply=True), LinkType.RAW)

    assert len(joined._waiting) <= 100
    assert joined.partner(1_001) == 1_000


@given(st.binary(max_size=120), st.sampled_from(list(LinkType)))
@settings(max_examples=200, deadline=None)
def test_no_bytes_upset_it(data: bytes, link: LinkType) -> None:
    ties_of(data, link)


@given(st.integers(0, 60), st.binary(max_size=40))
@settings(max_examples=200, deadline=None)
def test_no_damaged_packet_upsets_it(cut: int, rest: bytes) -> None:
    for whole in (echo(1), echo(1, version=6), exceeded(echo(1)), tcp(OUT, (1, 2), 3, 4, 0x12)):
        ties_of(whole[:cut] + rest, LinkType.RAW)


def test_what_was_forgotten_has_no_partner_and_the_rest_keeps_its_own() -> None:
    pairing = Pairing()
    for data in (echo(1), echo(1, is_reply=True), echo(2), echo(2, is_reply=True), echo(3)):
        pairing.take(data, LinkType.RAW)
    pairing.forget(4)
    pairing.take(echo(3, is_reply=True), LinkType.RAW)
    assert (pairing.first, pairing.next) == (4, 7)
    assert [pairing.partner(number) for number in range(1, 7)] == [None, None, None, 3, 6, 5]


def test_packets_that_were_never_taken_can_be_passed_over() -> None:
    pairing = Pairing()
    pairing.take(echo(1), LinkType.RAW)
    pairing.forget(100)
    pairing.take(echo(1, is_reply=True), LinkType.RAW)
    pairing.take(echo(2), LinkType.RAW)
    assert (pairing.first, pairing.next) == (100, 102)
    assert pairing.partner(100) == 1
    pairing.forget(50)
    assert pairing.first == 100
