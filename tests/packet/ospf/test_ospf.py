"""What is read of OSPF packets: every field that tshark shows of some, and of hostile ones nothing endless.

golden.jsonl holds packets of FRR 8.4.4 and BIRD 2.0.12 that ran in network namespaces (three routers, two
areas; null, simple and cryptographic authentication; traffic engineering, segment routing, graceful restart),
and packets built by hand for what neither daemon sends. tshark 4.0.17 read each; its PDML gave the names, byte
ranges, bit masks and checksum verdicts. Left out are ospf.lsa.age, for which tshark names a mask of 64 bits, and
ospf.mpls.group, one field for each bit of another; and packets of instance 64, which tshark takes for IPv6 (RFC 5838
says IPv4).
"""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.packet.compose import ip_datagram
from app.packet.dissect import dissect
from app.packet.dissection import CheckStatus, Severity, every
from app.packet.ospf.sheet import MOST_NOTED, MOST_SHOWN
from app.packet.registry import Protocol
from tests.packet.golden import golden, missing, wrong_verdicts
from tests.packet.ospf import packets as make
from tests.packet.test_dissect import assert_is_sound, shown, statuses, texts

GOLDEN = golden(Path(__file__).parent / "golden.jsonl")
PACKETS = pytest.mark.parametrize("number", range(len(GOLDEN)))


@PACKETS
def test_every_field_of_tshark_is_one_of_ours_by_name_at_the_same_bits(number: int) -> None:
    assert missing(GOLDEN[number]) == []


@PACKETS
def test_every_packet_checksum_is_judged_as_tshark_judges_it(number: int) -> None:
    assert wrong_verdicts(GOLDEN[number]) == {}


@PACKETS
def test_a_packet_of_a_daemon_leaves_no_byte_of_it_unnamed(number: int) -> None:
    layer = dissect(bytes.fromhex(GOLDEN[number]["hex"])).layers[-1]
    leaves = [span for span in every(layer.spans) if not span.children]
    covered = sum(span.stop_bit - span.start_bit for span in leaves)
    assert covered == (layer.stop - layer.start) * 8


def test_a_hello_is_told_in_one_line() -> None:
    dissection = dissect(make.ospf2(1, make.hello2(0x02, "3.3.3.3", "4.4.4.4")))
    assert dissection.summary == "OSPFv2 hello, router 1.1.1.1, area 0.0.0.0, 2 neighbours"
    assert statuses(dissection) == [CheckStatus.GOOD, CheckStatus.GOOD]


def test_a_wrong_checksum_is_bad_whatever_the_password_is() -> None:
    packet = bytearray(make.ospf2(1, make.hello2(0x02)))
    packet[make.AT2 + 15] = 1  # the authentication type becomes a password, which changes the sum by one
    packet[make.AT2 + 16 : make.AT2 + 24] = b"password"
    dissection = dissect(bytes(packet))
    found = int.from_bytes(packet[make.AT2 + 12 : make.AT2 + 14], "big")
    assert (dissection.checks[-1].status, dissection.checks[-1].expected) == (CheckStatus.BAD, found - 1)
    assert shown(dissection, "ospf.auth.simple") == ["password"]


def test_a_digest_stands_behind_the_packet_and_makes_its_checksum_unverified() -> None:
    dissection = dissect(make.ospf2_cryptographic(1, make.hello2(0x02, "3.3.3.3"), b"\x11" * 20))
    assert shown(dissection, "ospf.auth.crypt.data") == ["11" * 20]
    assert shown(dissection, "ospf.auth.crypt.key_id") == ["7"]
    assert statuses(dissection)[-1] is CheckStatus.UNVERIFIED


def test_a_checksum_beside_a_digest_should_be_zero() -> None:
    packet = bytearray(make.ospf2_cryptographic(1, make.hello2(0x02), b"\x11" * 16))
    packet[make.AT2 + 12] = 1
    assert dissect(bytes(packet)).checks[-1][1:] == (CheckStatus.BAD, 0)


def test_link_local_signals_follow_where_the_option_announces_them() -> None:
    block = make.signals(make.tlv(1, b"\0\0\0\1"))
    announced = dissect(make.ospf2(1, make.hello2(0x12), behind=block))
    silent = dissect(make.ospf2(1, make.hello2(0x02), behind=block))
    assert shown(announced, "ospf.lls.ext.options.lr") == ["set"]
    assert statuses(announced)[-1] is CheckStatus.GOOD
    assert shown(silent, "ospf.lls.ext.options.lr") == []
    assert texts(silent) == ["12 bytes behind the packet"]


def test_signals_of_version_3_stand_before_the_authentication_trailer() -> None:
    block = make.signals(make.tlv(18, b"\0\0\0\5"))
    trailer = bytes((0, 1, 0, 36, 0, 0, 0, 9)) + make.number(77, 8) + b"\xab" * 20
    body = make.hello3(0x613, "3.3.3.3")
    dissection = dissect(make.ospf3(1, body, behind=block + trailer, has_checksum=False))
    assert shown(dissection, "ospf.v3.lls.ll_id") == ["5"]
    assert shown(dissection, "ospf.at.crypto_seq_nbr") == ["77"]
    assert shown(dissection, "ospf.at.auth_data") == ["ab" * 20]
    assert statuses(dissection) == [CheckStatus.UNVERIFIED, CheckStatus.UNVERIFIED]


def test_a_checksum_is_not_judged_where_a_trailer_makes_it_void() -> None:
    trailer = bytes((0, 1, 0, 36, 0, 0, 0, 9)) + make.number(77, 8) + b"\xab" * 20
    dissection = dissect(make.ospf3(1, make.hello3(0x413), behind=trailer))
    assert statuses(dissection) == [CheckStatus.UNVERIFIED]


def test_a_trailer_behind_an_update_is_known_by_its_type_and_length() -> None:
    trailer = bytes((0, 1, 0, 18, 0, 0, 0, 9)) + make.number(77, 8) + b"\xab\xcd"
    dissection = dissect(make.ospf3(4, bytes(4), behind=trailer))
    assert shown(dissection, "ospf.at.sa_id") == ["0x0009"]


def test_a_description_tells_where_in_the_exchange_it_stands() -> None:
    body = b"\x05\xdc\x02\x07" + make.number(4660, 4) + make.lsa2(1, b"")[:20]
    dissection = dissect(make.ospf2(2, body))
    assert dissection.summary == (
        "OSPFv2 DBD, router 1.1.1.1, area 0.0.0.0, initial, more, master, seq 4660, 1 LSA: router 192.0.2.0"
    )


@pytest.mark.parametrize(
    ("packet", "words"),
    [
        (make.ospf2(3, b"\0\0\0\2" + make.address("10.0.0.1") * 2), "OSPFv2 LSR, 1 LSA: network 10.0.0.1"),
        (
            make.ospf3(3, b"\0\0\x20\x09" + make.address("10.0.0.1") * 2),
            "OSPFv3 LSR, 1 LSA: intra-area prefix 10.0.0.1",
        ),
        (make.ospf2(5, make.lsa2(5, b"")[:20] * 6), f"OSPFv2 LSAck, 6 LSAs: {'external 192.0.2.0, ' * 4}…"),
        (make.ospf2(9, b"abc"), "OSPFv2 packet type 9, router 1.1.1.1, area 0.0.0.0"),
    ],
)
def test_other_packets_are_told_in_one_line(packet: bytes, words: str) -> None:
    assert dissect(packet).summary == words


def test_a_version_that_nobody_knows_is_named_and_its_rest_are_bytes() -> None:
    packet = bytearray(make.ospf2(1, make.hello2(0)))
    packet[make.AT2] = 9
    dissection = dissect(bytes(packet))
    assert dissection.summary == "OSPF version 9"
    assert texts(dissection) == ["OSPF version 9 is not known"]
    assert len(list(dissection.spans_named("ospf.data"))) == 1


@pytest.mark.parametrize("length", [0, 23, 25, 43, 45, 65535])
def test_a_packet_length_that_lies_is_noted(length: int) -> None:
    dissection = dissect(make.ospf2(1, make.hello2(0), length=length))
    assert_is_sound(dissection)
    assert dissection.notes


def test_a_packet_cut_anywhere_is_sound() -> None:
    whole = bytes.fromhex(max((packet["hex"] for packet in GOLDEN), key=len))
    for stop in range(make.AT2, len(whole)):
        assert_is_sound(dissect(whole[:stop]))


def test_a_quotation_that_ends_early_is_no_error() -> None:
    quoted = make.update2(make.lsa2(2, bytes(8)))[: make.AT2 + 40]
    unreachable = ip_datagram(make.ENVELOPE2, Protocol.ICMP, bytes((3, 2)) + bytes(6) + quoted)
    dissection = dissect(unreachable)
    severities = {note.severity for note in dissection.notes if note.position > make.AT2 + 8 + make.AT2}
    assert severities <= {Severity.NOTE}
    assert dissection.layers[-1].is_quoted


@pytest.mark.parametrize("kind", [1, 2, 3, 4, 5])
@pytest.mark.parametrize("byte", [0x00, 0xFF])
def test_a_packet_of_nothing_but_one_byte_shows_a_bounded_number_of_elements(kind: int, byte: int) -> None:
    dissection = dissect(make.ospf2(kind, bytes((byte,)) * 60000))
    spans = sum(1 for layer in dissection.layers for _ in every(layer.spans))
    assert spans < MOST_SHOWN * 25
    assert len(dissection.notes) < MOST_NOTED + 20


def test_elements_that_are_not_shown_are_counted() -> None:
    body = make.hello2(0) + bytes(4 * (MOST_SHOWN + 7))
    assert texts(dissect(make.ospf2(1, body))) == ["7 more neighbours not shown"]


@settings(max_examples=150, deadline=None)
@given(st.sampled_from([2, 3]), st.integers(0, 6), st.binary(max_size=400))
def test_no_body_makes_it_raise(version: int, kind: int, body: bytes) -> None:
    packet = make.ospf2(kind, body) if version == 2 else make.ospf3(kind, body, instance=len(body) & 0xFF)
    assert_is_sound(dissect(packet))


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_no_change_to_a_real_packet_makes_it_raise(data: st.DataObject) -> None:
    packet = bytearray.fromhex(data.draw(st.sampled_from(GOLDEN))["hex"])
    for _ in range(data.draw(st.integers(1, 8))):
        packet[data.draw(st.integers(20, len(packet) - 1))] = data.draw(st.integers(0, 255))
    assert_is_sound(dissect(bytes(packet)))
