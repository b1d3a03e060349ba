"""No bytes make the reading of a multicast message raise, run on, or say what cannot be printed."""

from ipaddress import ip_address

from hypothesis import given, settings
from hypothesis import strategies as st

from app.packet.compose import Envelope, ip_datagram
from app.packet.dissect import dissect
from app.packet.registry import Protocol
from app.packet.shape import MOST_PARTS
from tests.packet.multicast.datagrams import assert_is_sound, igmp, pim
from tests.packet.multicast.test_golden_multicast import PACKETS

V4 = Envelope(ip_address("10.0.0.1"), ip_address("224.0.0.13"), ttl=1)
V6 = Envelope(ip_address("fe80::1"), ip_address("ff02::d"), ttl=1)
IGMP_TYPES = st.sampled_from(
    [*range(1, 9), 0x11, 0x12, 0x13, 0x13, 0x14, 0x16, 0x17, 0x1E, 0x1F, 0x22, 0x30, 0x31, 0xFC]
)


@settings(max_examples=150, deadline=None)
@given(IGMP_TYPES, st.integers(0, 12), st.binary(max_size=120))
def test_any_bytes_of_igmp_are_shown(kind: int, code: int, rest: bytes) -> None:
    assert_is_sound(dissect(ip_datagram(V4, Protocol.IGMP, bytes((kind, code)) + rest)))


@settings(max_examples=150, deadline=None)
@given(st.sampled_from([V4, V6]), st.integers(0, 15), st.binary(max_size=120))
def test_any_bytes_of_pim_are_shown(envelope: Envelope, kind: int, rest: bytes) -> None:
    assert_is_sound(dissect(ip_datagram(envelope, Protocol.PIM, bytes((0x20 | kind,)) + rest)))


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_packet_that_is_damaged_or_cut_is_shown(data: st.DataObject) -> None:
    packet = bytearray.fromhex(data.draw(st.sampled_from(PACKETS))["hex"])
    for _ in range(data.draw(st.integers(0, 3))):
        packet[data.draw(st.integers(20, len(packet) - 1))] = data.draw(st.integers(0, 255))
    assert_is_sound(dissect(bytes(packet[: data.draw(st.integers(20, len(packet)))])))


def test_lists_without_end_come_to_an_end() -> None:
    endless = [
        pim("20000000" + "00160000" * 16000),
        pim("2300000001000a000002000100d201000020ef0102031f401f40" + "010004200a060606" * 8000),
        igmp("130200000000ff03ffffff" + "0a01010101" * 13000),
        igmp("130100000202" + "0000" * 32000),
    ]
    for data in endless:
        dissection = dissect(data)
        assert dissection.notes[-1].text == f"more than {MOST_PARTS} parts: the rest is not shown"
        assert_is_sound(dissection)
