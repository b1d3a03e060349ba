"""Recordings, read back by the reader of capture files."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path

import pytest

from app.engine.packetlog import Packet
from app.engine.verdict import Meaning
from app.net.recording import Recording, export, open_recording
from app.packet.capture.captured import CapturedPacket, CaptureError, Way
from app.packet.capture.reader import read_capture
from app.packet.link.linktype import LinkType
from tests.net.recordable import BACK, OUT, read, small_files


def written_packets(recording: Recording) -> Iterator[Packet]:
    while True:
        recording.write(OUT)
        yield OUT


def test_a_recording_is_read_back_with_times_ways_and_what_each_packet_was_for(tmp_path: Path) -> None:
    path = tmp_path / "run.pcapng"
    recording = open_recording(path)
    recording.write(OUT)
    recording.write(BACK)
    recording.close()
    out, back = read(path)
    assert (out.time_ns, out.data, out.direction, out.comments) == (OUT.at, OUT.data, Way.OUT, ("router.example",))
    assert (back.time_ns, back.direction) == (OUT.at + 500, Way.IN)
    assert back.comments == ("router.example: host unreachable",)


def test_a_packet_of_no_row_says_what_it_was_taken_for(tmp_path: Path) -> None:
    path = tmp_path / "run.pcapng"
    recording = open_recording(path)
    recording.write(replace(BACK, row=None, meaning=Meaning.FORGED, text=""))
    recording.close()
    assert read(path)[0].comments == ("forged",)


def test_the_name_asks_for_pcap(tmp_path: Path) -> None:
    path = tmp_path / "run.pcap"
    recording = open_recording(path)
    assert path.stat().st_size == 24
    recording.write(OUT)
    recording.close()
    (packet,) = read(path)
    assert (packet.time_ns, packet.data, packet.link) == (OUT.at, OUT.data, LinkType.RAW)


def test_a_file_that_can_grow_no_more_ends_behind_its_last_whole_packet(tmp_path: Path) -> None:
    path = tmp_path / "run.pcapng"
    recording = open_recording(path)
    written: list[Packet] = []
    with small_files(), pytest.raises(OSError, match="File too large"):
        written.extend(written_packets(recording))
    recording.close()
    assert len(written) > 3
    assert len(read(path)) == len(written)


def test_a_recording_that_cannot_be_begun_raises_before_anything_is_measured(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        open_recording(tmp_path / "missing" / "run.pcapng")


def test_an_export_keeps_link_types_and_says_what_pcap_cannot(tmp_path: Path) -> None:
    packets = [CapturedPacket(1, b"a", 1, LinkType.RAW), CapturedPacket(2, b"b", 1, LinkType.ETHERNET)]
    assert export(packets, tmp_path / "some.pcapng") == 2
    assert [packet.link for packet in read(tmp_path / "some.pcapng")] == [LinkType.RAW, LinkType.ETHERNET]
    with pytest.raises(CaptureError, match="one link type"):
        export(packets, tmp_path / "some.pcap")
    assert [path.name for path in tmp_path.iterdir()] == ["some.pcapng"]


def test_an_export_may_replace_the_file_that_its_packets_come_from(tmp_path: Path) -> None:
    path = tmp_path / "some.pcapng"
    export([CapturedPacket(1, b"a", 1, LinkType.RAW), CapturedPacket(2, b"b", 1, LinkType.RAW)], path)
    with path.open("rb") as file:
        assert export(islice(read_capture(file), 1, None), path) == 1
    assert [packet.data for packet in read(path)] == [b"b"]
