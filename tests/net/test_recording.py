"""Recordings, read back by the reader of capture files."""

import resource
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from app.engine.datagram import Clock
from app.engine.packetlog import Direction, Packet
from app.engine.verdict import Meaning
from app.net.recording import Recording, open_recording
from app.packet.capture.captured import CapturedPacket, Way
from app.packet.capture.reader import read_capture

OUT = Packet(
    number=1,
    at=1_700_000_000_123_456_789,
    clock=Clock.KERNEL,
    direction=Direction.OUT,
    data=bytes.fromhex("4500001c000040004001b6dac0000201c00002020800f7ff00000000"),
    rebuilt=0,
    row="router.example",
    token=1,
    meaning=Meaning.NOTHING,
)
BACK = replace(OUT, number=2, at=OUT.at + 500, direction=Direction.IN, meaning=Meaning.ERROR, text="host unreachable")


def read(path: Path) -> list[CapturedPacket]:
    with path.open("rb") as file:
        return list(read_capture(file))


def written_packets(recording: Recording) -> Iterator[Packet]:
    while True:
        recording.write(OUT)
        yield OUT


@contextmanager
def small_files() -> Iterator[None]:
    """No file of this process may grow beyond 1,000 bytes: not that of the test run's own output either."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, handler)


def test_a_recording_is_read_back_with_times_ways_and_what_each_packet_was_for(tmp_path: Path) -> None:
    path = tmp_path / "run.pcapng"
    recording = open_recording(path)
    recording.write(OUT)
    recording.write(BACK)
    recording.close()
    out, back = read(path)
    assert (out.time_ns, out.data, out.direction, out.comment) == (OUT.at, OUT.data, Way.OUT, "router.example")
    assert (back.time_ns, back.direction, back.comment) == (OUT.at + 500, Way.IN, "router.example: host unreachable")


def test_a_packet_of_no_row_says_what_it_was_taken_for(tmp_path: Path) -> None:
    path = tmp_path / "run.pcapng"
    recording = open_recording(path)
    recording.write(replace(BACK, row=None, meaning=Meaning.FORGED, text=""))
    recording.close()
    assert read(path)[0].comment == "forged"


def test_a_file_that_can_grow_no_more_ends_behind_its_last_whole_packet(tmp_path: Path) -> None:
    path = tmp_path / "run.pcapng"
    recording = open_recording(path)
    written: list[Packet] = []
    with small_files(), pytest.raises(OSError, match="File too large"):
        written.extend(written_packets(recording))
    recording.close()
    assert len(written) > 3
    assert len(read(path)) == len(written)
    assert path.stat().st_size < 1000


def test_a_recording_that_cannot_be_begun_raises_before_anything_is_measured(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        open_recording(tmp_path / "missing" / "run.pcapng")
