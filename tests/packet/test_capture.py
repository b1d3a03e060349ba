"""Capture files: what was written is read, what is broken is said, and nothing a file claims is believed."""

import contextlib
import io
import shutil
import struct
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.packet.capture.captured import CapturedPacket, CaptureError, Way
from app.packet.capture.pcapng import PcapngWriter
from app.packet.capture.reader import read_capture
from app.packet.link.reader import LinkType
from tests.packet import probes

START = 1_700_000_000_123_456_789


def pcap(order: str, magic: int, *packets: bytes, link: int = LinkType.RAW) -> bytes:
    records = b"".join(struct.pack(order + "IIII", 1_700_000_000, 5, len(data), len(data)) + data for data in packets)
    return struct.pack(order + "IHHIIII", magic, 2, 4, 0, 0, 65535, link) + records


def block(order: str, kind: int, body: bytes) -> bytes:
    body += bytes(-len(body) % 4)
    size = struct.pack(order + "I", len(body) + 12)
    return struct.pack(order + "I", kind) + size + body + size


def section(order: str) -> bytes:
    return block(order, 0x0A0D0D0A, struct.pack(order + "IHHq", 0x1A2B3C4D, 1, 0, -1))


def interface(order: str, link: int, *, snap: int = 0, options: bytes = b"") -> bytes:
    return block(order, 1, struct.pack(order + "HHI", link, 0, snap) + options)


def enhanced(order: str, index: int, stamp: int, data: bytes) -> bytes:
    head = struct.pack(order + "IIIII", index, stamp >> 32, stamp & 0xFFFFFFFF, len(data), len(data))
    return block(order, 6, head + data)


def packets(data: bytes) -> list[CapturedPacket]:
    return list(read_capture(io.BytesIO(data)))


def until_fault(data: bytes) -> tuple[list[CapturedPacket], str]:
    """The packets before the fault, and what is said of it."""
    read: list[CapturedPacket] = []
    with pytest.raises(CaptureError) as raised:
        read.extend(keep(read_capture(io.BytesIO(data)), read))
    return read, str(raised.value)


def keep(source: Iterator[CapturedPacket], read: list[CapturedPacket]) -> list[CapturedPacket]:
    for packet in source:
        read.append(packet)  # noqa: PERF402  # what came before the fault has to stay
    return []


def written(*records: tuple[int, bytes, Way | None, str]) -> bytes:
    file = io.BytesIO()
    writer = PcapngWriter(file)
    for time_ns, data, direction, comment in records:
        writer.write(time_ns, data, direction, comment)
    return file.getvalue()


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize(("magic", "fraction"), [(0xA1B2C3D4, 5000), (0xA1B23C4D, 5)])
def test_pcap_in_both_byte_orders_and_resolutions(order: str, magic: int, fraction: int) -> None:
    read = packets(pcap(order, magic, b"one", b"second"))
    assert [packet.data for packet in read] == [b"one", b"second"]
    assert read[0].time_ns == 1_700_000_000_000_000_000 + fraction
    assert read[0].link is LinkType.RAW


def test_the_upper_bits_of_a_link_type_are_not_its_own() -> None:
    read = packets(pcap("<", 0xA1B2C3D4, b"x", link=0x24000001))
    assert read[0].link is LinkType.ETHERNET


def test_a_link_type_nobody_knows_is_kept() -> None:
    assert packets(pcap("<", 0xA1B2C3D4, b"x", link=147))[0].link == 147


@pytest.mark.parametrize("order", ["<", ">"])
def test_pcapng_with_two_interfaces_of_their_own_resolution(order: str) -> None:
    resolution = struct.pack(order + "HHB3x", 9, 1, 9) + struct.pack(order + "HH", 2, 4) + b"eth1" + bytes(4)
    data = (
        section(order)
        + interface(order, LinkType.ETHERNET)
        + interface(order, LinkType.RAW, options=resolution)
        + enhanced(order, 0, 1_700_000_000_000_001, b"ether")
        + block(order, 0xBAD, b"unknown blocks are passed over")
        + enhanced(order, 1, START, b"raw")
    )
    first, second = packets(data)
    assert (first.time_ns, first.link, first.interface) == (1_700_000_000_000_001_000, LinkType.ETHERNET, "0")
    assert (second.time_ns, second.link, second.interface) == (START, LinkType.RAW, "eth1")


def test_a_resolution_in_powers_of_two_and_an_offset() -> None:
    options = struct.pack("<HHB3x", 9, 1, 0x80 | 10) + struct.pack("<HHq", 14, 8, 1_700_000_000)
    data = section("<") + interface("<", LinkType.RAW, options=options) + enhanced("<", 0, 512, b"x")
    assert packets(data)[0].time_ns == 1_700_000_000_500_000_000


def test_a_simple_packet_has_no_time_and_is_cut_at_the_snap_length() -> None:
    data = section("<") + interface("<", LinkType.RAW, snap=4) + block("<", 3, struct.pack("<I", 9) + b"four")
    (packet,) = packets(data)
    assert (packet.time_ns, packet.data, packet.length) == (None, b"four", 9)


def test_a_second_section_starts_its_interfaces_anew() -> None:
    one = section("<") + interface("<", LinkType.RAW) + enhanced("<", 0, 1, b"a")
    two = section(">") + interface(">", LinkType.ETHERNET) + enhanced(">", 0, 2, b"b")
    assert [packet.link for packet in packets(one + two)] == [LinkType.RAW, LinkType.ETHERNET]


def test_what_is_written_is_read() -> None:
    data = written((START, b"out", Way.OUT, "probe 1"), (START + 1, b"in!", Way.IN, ""), (START + 2, b"", None, "é"))
    assert [(packet.time_ns, packet.data, packet.direction, packet.comment) for packet in packets(data)] == [
        (START, b"out", Way.OUT, "probe 1"),
        (START + 1, b"in!", Way.IN, ""),
        (START + 2, b"", None, "é"),
    ]


records = st.tuples(
    st.integers(0, (1 << 63) - 1), st.binary(max_size=80), st.sampled_from([None, *Way]), st.text("abcß ", max_size=9)
)


@settings(max_examples=60, deadline=None)
@given(st.lists(records, max_size=5))
def test_any_record_survives_writing_and_reading(told: list[tuple[int, bytes, Way | None, str]]) -> None:
    read = packets(written(*told))
    assert [(packet.time_ns, packet.data, packet.direction, packet.comment) for packet in read] == told


def test_every_call_leaves_a_complete_file() -> None:
    file = io.BytesIO()
    writer = PcapngWriter(file)
    assert packets(file.getvalue()) == []
    writer.write(START, b"abc")
    assert len(packets(file.getvalue())) == 1


@pytest.mark.skipif(shutil.which("tshark") is None, reason="tshark is not installed")
def test_tshark_reads_what_is_written(tmp_path: Path) -> None:
    file = tmp_path / "probes.pcapng"
    file.write_bytes(written((START, probes.udp_probe(4), Way.OUT, "probe 1"), (START, probes.udp_probe(6), None, "")))
    fields = ["frame.time_epoch", "frame.comment", "frame.packet_flags_direction", "udp.checksum.status"]
    wanted = [word for field in fields for word in ("-e", field)]
    options = ["-o", "udp.check_checksum:TRUE", "-T", "fields", "-E", "separator=|", *wanted]
    said = subprocess.run(["tshark", "-r", str(file), *options], capture_output=True, text=True, check=True)
    assert said.stdout.splitlines() == [
        "1700000000.123456789|probe 1|0x00000002|1",
        "1700000000.123456789|||1",
    ]


def test_packets_before_a_fault_are_given_and_the_fault_is_located() -> None:
    whole = pcap("<", 0xA1B2C3D4, b"one", b"second")
    read, said = until_fault(whole[:-2])
    assert [packet.data for packet in read] == [b"one"]
    assert said == "at byte 59: the file ends within a packet: 6 bytes wanted, 4 are there"


@pytest.mark.parametrize("cut", range(1, 40))
def test_a_pcapng_file_cut_anywhere_gives_what_is_whole(cut: int) -> None:
    whole = written((START, b"first packet", Way.IN, ""), (START, b"second packet", Way.OUT, "c"))
    read, said = until_fault(whole[:-cut])
    assert [packet.data for packet in read] == [b"first packet"]
    assert "the file ends within" in said


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "the file is empty"),
        (b"GET / HTTP/1.1", "47455420 starts neither"),
        (b"\xd4\xc3", "d4c3 starts neither"),
        (struct.pack("<I", 0xA1B2C3D4) + bytes(3), "within the file header"),
        (pcap("<", 0xA1B2C3D4) + struct.pack("<IIII", 0, 0, 0xFFFFFFFF, 0), "more than any packet has"),
        (section("<") + struct.pack("<II", 6, 8), "claims 8 bytes, which no block has"),
        (section("<") + struct.pack("<II", 6, 0xFFFFFFF0), "more than any packet has"),
        (section("<") + enhanced("<", 0, 1, b"x"), "names no interface"),
        (section("<") + interface("<", 101) + block("<", 6, bytes(8)), "is too short"),
        (section("<") + interface("<", 101) + block("<", 6, struct.pack("<IIIII", 0, 0, 0, 999, 999)), "is too short"),
        (b"\x0a\x0d\x0d\x0a" + bytes(40), "without its byte-order magic"),
        (b"\x0a\x0d\x0d\x0a\x05\0\0\0\x4d\x3c\x2b\x1a" + bytes(40), "claims 5 bytes"),
    ],
)
def test_a_file_that_is_no_capture_is_told_why(data: bytes, said: str) -> None:
    assert said in until_fault(data)[1]


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200), st.sampled_from([b"", b"\xd4\xc3\xb2\xa1", section("<"), section(">")]))
def test_no_bytes_raise_anything_but_a_capture_error(data: bytes, front: bytes) -> None:
    with contextlib.suppress(CaptureError):
        packets(front + data)


def test_a_file_that_arrives_in_pieces_is_read_whole() -> None:
    class Trickle(io.RawIOBase):
        def __init__(self, data: bytes) -> None:
            self._source = io.BytesIO(data)

        def read(self, size: int = -1) -> bytes:
            return self._source.read(min(3, size))

    read = list(read_capture(Trickle(pcap("<", 0xA1B2C3D4, b"one", b"second"))))  # type: ignore[arg-type]
    assert [packet.data for packet in read] == [b"one", b"second"]
