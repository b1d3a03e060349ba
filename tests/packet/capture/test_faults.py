"""Capture files that are broken: what came before is given, what is wrong is said, no length is believed."""

import io
import struct
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.packet.capture.captured import LARGEST_BLOCK
from app.packet.capture.catalogue import CHUNK
from app.packet.capture.reader import read_capture
from tests.packet.capture.making import (
    GZIPPED,
    SAMPLES,
    Growing,
    block,
    catalogued,
    enhanced,
    interface,
    listed,
    pcap,
    read_until_fault,
    section,
    simple,
)

RAW = section("<") + interface("<", 101)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "the file is empty"),
        (b"GET / HTTP/1.1", "47455420 starts neither"),
        (b"\xd4\xc3", "d4c3 starts neither"),
        (struct.pack("<I", 0xA1B2C3D4) + bytes(3), "within the file header: 24 bytes wanted, 7 are there"),
        (pcap("<", 0xA1B2C3D4) + struct.pack("<IIII", 0, 0, 0xFFFFFFFF, 0), "more than any packet has"),
        (pcap("<", 0xA1B2C3D4) + bytes(7), "at byte 24: the file ends within a record header: 16 bytes wanted, 7"),
        (section("<") + struct.pack("<III", 6, 8, 0), "a block claims 8 bytes, which none has"),
        (section("<") + struct.pack("<III", 6, 33, 0), "a block claims 33 bytes, which none has"),
        (section("<") + struct.pack("<III", 6, 0xFFFFFFF0, 0), "more than any packet has"),
        (section("<") + enhanced("<", 0, 1, b"x"), "at byte 28: a packet names interface 0, and 0 are described"),
        (RAW + enhanced("<", 1, 1, b"x"), "a packet names interface 1, and 1 are described"),
        (section("<") + simple("<", 1, b"x"), "a packet names interface 0, and 0 are described"),
        (RAW + block("<", 6, bytes(8)), "a block of type 6 (enhanced packet) is too short"),
        (RAW + block("<", 6, struct.pack("<IIIII", 0, 0, 0, 999, 999)), "(enhanced packet) is too short"),
        (RAW + block("<", 6, struct.pack("<IIIII", 0, 0, 0, 0xFFFFFFFF, 9)), "(enhanced packet) is too short"),
        (RAW + block("<", 2, struct.pack("<HHIIII", 0, 0, 0, 0, 5, 5)), "(obsolete packet) is too short"),
        (RAW + block("<", 3, b""), "(simple packet) is too short"),
        (RAW + block("<", 1, b""), "(interface description) is too short"),
        (RAW + block("<", 5, bytes(8)), "(interface statistics) is too short"),
        (RAW + block("<", 10, b""), "(decryption secrets) is too short"),
        (RAW + enhanced("<", 0, 1, b"x")[:-4] + bytes(4), "claims 36 bytes at its front and 0 at its end"),
        (b"\x0a\x0d\x0d\x0a" + bytes(40), "without its byte-order magic"),
        (b"\x0a\x0d\x0d\x0a\x05\0\0\0\x4d\x3c\x2b\x1a" + bytes(40), "a section header claims 5 bytes"),
        (block("<", 0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 2, 7, -1)), "a section of version 2.7"),
    ],
)
def test_a_file_that_is_no_capture_is_told_why(data: bytes, said: str) -> None:
    _, fault = read_until_fault(data)
    assert fault is not None
    assert said in fault
    assert catalogued(data).fault == fault


@pytest.mark.parametrize("name", SAMPLES)
def test_a_file_cut_anywhere_gives_the_packets_that_are_whole(name: str) -> None:
    data = SAMPLES[name]
    whole, fault = read_until_fault(data)
    assert fault is None
    for cut in range(len(data)):
        packets, said = read_until_fault(data[:cut])
        assert packets == whole[: len(packets)]
        assert said is None or "at byte" in said or "is empty" in said
        assert (packets, said) == listed(catalogued(data[:cut]))


@pytest.mark.parametrize("name", GZIPPED)
def test_a_compressed_file_cut_anywhere_gives_packets_and_a_fault(name: str) -> None:
    data = GZIPPED[name]
    whole, fault = read_until_fault(data)
    assert (whole, fault) == read_until_fault(SAMPLES[name.removesuffix(", gzip")])
    for cut in range(1, len(data)):
        packets, said = read_until_fault(data[:cut])
        assert packets == whole[: len(packets)]
        assert said is not None


@settings(max_examples=200, deadline=None)
@given(st.data(), st.sampled_from(sorted(SAMPLES)))
def test_reader_and_catalogue_agree_on_damaged_files(source: st.DataObject, name: str) -> None:
    data = bytearray(SAMPLES[name])
    for at in source.draw(st.lists(st.integers(0, len(data) - 1), max_size=4)):
        data[at] = source.draw(st.integers(0, 255))
    assert read_until_fault(bytes(data)) == listed(catalogued(bytes(data)))


blocks = st.builds(block, st.just("<"), st.sampled_from([*range(12), 0xBAD, 0x40000BAD, 99]), st.binary(max_size=60))


@settings(max_examples=200, deadline=None)
@given(st.lists(blocks, max_size=8), st.binary(max_size=20))
def test_blocks_of_any_content_raise_nothing(bodies: list[bytes], tail: bytes) -> None:
    data = RAW + b"".join(bodies) + tail
    catalogue = catalogued(data)
    assert read_until_fault(data) == listed(catalogue)
    assert all(text.isprintable() for text in (*catalogue.remarks, *catalogue.names.values(), catalogue.fault or ""))


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200), st.sampled_from([b"", b"\xd4\xc3\xb2\xa1", section("<"), section(">"), b"\x1f\x8b"]))
def test_no_bytes_raise_anything_but_a_capture_error(data: bytes, front: bytes) -> None:
    read_until_fault(front + data)


@pytest.mark.parametrize(
    "data",
    [
        pcap("<", 0xA1B2C3D4) + struct.pack("<IIII", 0, 0, LARGEST_BLOCK, LARGEST_BLOCK),
        RAW + struct.pack("<IIIIIII", 6, LARGEST_BLOCK, 0, 0, 0, LARGEST_BLOCK - 32, 9),
    ],
)
def test_a_length_that_lies_makes_nobody_ask_for_more_memory(data: bytes) -> None:
    file = Growing(data)
    tracemalloc.start()
    read_until_fault(data)
    catalogued(data)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert file.largest_read <= CHUNK
    assert peak < 4 * CHUNK


def test_a_packet_larger_than_a_chunk_is_read_whole() -> None:
    large = bytes(range(256)) * (CHUNK // 128)
    data = pcap("<", 0xA1B2C3D4, b"small", large, b"last")
    packets, fault = listed(catalogued(data))
    assert [packet.data for packet in packets] == [b"small", large, b"last"]
    assert (packets, fault) == read_until_fault(data)


def test_a_file_that_arrives_in_pieces_is_read_whole() -> None:
    class Trickle(io.RawIOBase):
        def __init__(self, data: bytes) -> None:
            self._source = io.BytesIO(data)

        def read(self, size: int = -1) -> bytes:
            return self._source.read(min(3, size))

    for data in (*SAMPLES.values(), *GZIPPED.values()):
        read = list(read_capture(Trickle(data)))  # type: ignore[arg-type]  # as a pipe does it
        assert read == read_until_fault(data)[0]
