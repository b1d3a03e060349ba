"""Recordings that begin while the program runs."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.engine.datagram import Clock
from app.engine.packetlog import Packet, PacketLog
from app.net.logrecording import PATIENCE, LogRecording, start_recording
from tests.net.recordable import BACK, OUT, read, small_files

HANDED_OVER = replace(OUT, clock=Clock.USER)


def test_what_is_in_memory_is_written_first_then_what_comes(tmp_path: Path) -> None:
    log = PacketLog()
    log.append(OUT)
    recording = LogRecording([log], tmp_path / "late.pcapng")
    recording.update(0)
    log.append(BACK)
    recording.update(1)
    assert recording.count == 2
    recording.close()
    assert [packet.time_ns for packet in read(recording.path)] == [OUT.at, BACK.at]


def test_a_probe_waits_for_the_kernels_stamp(tmp_path: Path) -> None:
    log = PacketLog()
    log.append(HANDED_OVER)
    log.append(BACK)
    recording = LogRecording([log], tmp_path / "late.pcapng")
    recording.update(0)
    assert recording.count == 0
    log.restamp(1, replace(OUT, at=OUT.at + 7))
    recording.update(1)
    recording.close()
    assert [packet.time_ns for packet in read(recording.path)] == [OUT.at + 7, BACK.at]


def test_a_probe_without_a_kernels_stamp_is_written_after_a_second(tmp_path: Path) -> None:
    log = PacketLog()
    log.append(HANDED_OVER)
    recording = LogRecording([log], tmp_path / "late.pcapng")
    recording.update(0)
    recording.update(PATIENCE - 1)
    assert recording.count == 0
    recording.update(PATIENCE)
    assert recording.count == 1
    recording.close()


def test_what_was_not_sent_is_no_packet(tmp_path: Path) -> None:
    log = PacketLog()
    log.append(replace(HANDED_OVER, text="not sent: ENETUNREACH"))
    log.append(BACK)
    recording = LogRecording([log], tmp_path / "late.pcapng")
    recording.update(0)
    recording.close()
    assert [packet.time_ns for packet in read(recording.path)] == [BACK.at]


def test_closing_writes_what_still_waits_and_the_names(tmp_path: Path) -> None:
    log = PacketLog()
    log.append(HANDED_OVER)
    recording = start_recording([log], tmp_path / "late.pcapng")
    recording.close({"192.0.2.1": "router.example"})
    assert recording.count == 1
    assert b"router.example\0" in recording.path.read_bytes()
    assert [packet.data for packet in read(recording.path)] == [OUT.data]


def test_the_end_waits_for_the_stamps_of_the_newest_probes(tmp_path: Path) -> None:
    class StampedOnceSeen(PacketLog):
        def since(self, number: int) -> Iterator[Packet]:
            seen = list(super().since(number))
            self.restamp(1, replace(OUT, at=OUT.at + 7))
            return iter(seen)

    log = StampedOnceSeen()
    log.append(HANDED_OVER)
    recording = start_recording([log], tmp_path / "late.pcapng")
    recording.close()
    assert [packet.time_ns for packet in read(recording.path)] == [OUT.at + 7]


def test_logs_are_merged_by_time_and_may_join_late(tmp_path: Path) -> None:
    first, second = PacketLog(), PacketLog()
    first.append(replace(BACK, number=1, at=20))
    second.append(replace(BACK, number=1, at=10))
    recording = LogRecording([first], tmp_path / "late.pcap")
    recording.add(second)
    recording.add(second)
    recording.update(0)
    recording.close()
    assert [packet.time_ns for packet in read(recording.path)] == [10, 20]


def test_packets_that_fell_out_of_the_log_are_counted(tmp_path: Path) -> None:
    log = PacketLog(capacity=2)
    recording = LogRecording([log], tmp_path / "late.pcapng")
    for number in range(1, 6):
        log.append(replace(BACK, number=number))
    recording.update(0)
    recording.close()
    assert (recording.count, recording.missed) == (2, 3)


def test_a_full_disk_ends_the_recording_and_is_said(tmp_path: Path) -> None:
    log = PacketLog()
    for number in range(1, 100):
        log.append(replace(BACK, number=number))
    recording = LogRecording([log], tmp_path / "late.pcapng")
    with small_files():
        recording.update(0)
    assert recording.failure == "the recording ends here: File too large"
    recording.close()
    assert len(read(recording.path)) == recording.count > 3


def test_a_place_that_cannot_be_written_raises_at_once(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        start_recording([], tmp_path / "missing" / "late.pcapng")
