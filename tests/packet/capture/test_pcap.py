"""The older capture format and its kin."""

import struct

import pytest

from app.packet.capture.captured import Way
from app.packet.link.linktype import LinkType
from tests.packet.capture.making import SECOND, patched, pcap, read_until_fault


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize(("magic", "fraction"), [(0xA1B2C3D4, 5000), (0xA1B23C4D, 5)])
def test_pcap_in_both_byte_orders_and_resolutions(order: str, magic: int, fraction: int) -> None:
    read, fault = read_until_fault(pcap(order, magic, b"one", b"second"))
    assert [packet.data for packet in read] == [b"one", b"second"]
    assert read[0].time_ns == SECOND * 1_000_000_000 + fraction
    assert read[0].link is LinkType.RAW
    assert fault is None


def test_the_upper_bits_of_a_link_type_are_not_its_own() -> None:
    read, _ = read_until_fault(pcap("<", 0xA1B2C3D4, b"x", link=0x24000001))
    assert read[0].link is LinkType.ETHERNET


def test_a_link_type_nobody_knows_is_kept() -> None:
    read, _ = read_until_fault(pcap("<", 0xA1B2C3D4, b"x", link=147))
    assert read[0].link == 147


@pytest.mark.parametrize("order", ["<", ">"])
def test_a_patched_libpcap_wrote_longer_records_that_tell_the_direction(order: str) -> None:
    (out, back), fault = read_until_fault(patched(order))
    assert (out.data, out.length, out.direction) == (b"out", 60, Way.OUT)
    assert (back.data, back.length, back.direction) == (b"in!", 60, Way.IN)
    assert fault is None


@pytest.mark.parametrize("magic", [0x1C0001AB, 0x1C0001AC])
def test_an_ixia_file_has_a_size_behind_its_header(magic: int) -> None:
    plain = pcap("<", magic, b"one")
    (packet,), fault = read_until_fault(plain[:24] + struct.pack("<I", 19) + plain[24:])
    assert (packet.data, packet.time_ns) == (b"one", SECOND * 1_000_000_000 + 5000)
    assert fault is None


@pytest.mark.parametrize(
    ("version", "lengths"), [((2, 2), (60, 3)), ((2, 3), (60, 3)), ((2, 3), (3, 60)), ((543, 0), (60, 3))]
)
def test_old_versions_had_the_lengths_the_other_way_round(version: tuple[int, int], lengths: tuple[int, int]) -> None:
    record = struct.pack("<IIII", SECOND, 0, *lengths) + b"old"
    (packet,), fault = read_until_fault(pcap("<", 0xA1B2C3D4, version=version) + record)
    assert (packet.data, packet.length, fault) == (b"old", 60, None)


def test_packets_before_a_fault_are_given_and_the_fault_is_located() -> None:
    whole = pcap("<", 0xA1B2C3D4, b"one", b"second")
    read, fault = read_until_fault(whole[:-2])
    assert [packet.data for packet in read] == [b"one"]
    assert fault == "at byte 43: the file ends within a packet: 22 bytes wanted, 20 are there"
