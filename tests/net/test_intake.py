"""Captures taken in beside the screens: files, fifos, pipes and compressed ones."""

import gzip
import io
import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.net.intake import Intake, open_intake
from app.net.link import LinkError
from tests.net.recordable import small_files
from tests.packet.capture.making import SAMPLES, everything, listed, pcap, read_until_fault

WHOLE = everything("<")


def until(intake: Intake, is_there: Callable[[], bool]) -> None:
    """Wait for the intake's thread, a few seconds at most."""
    pause = threading.Event()
    for _ in range(1000):
        if is_there():
            return
        pause.wait(0.005)
    pytest.fail(f"it did not come: {len(intake.catalogue)} packets, {intake.failure}, {intake.catalogue.fault}")


@pytest.fixture
def pipe() -> Iterator[tuple[int, io.FileIO]]:
    """The reading and the writing end."""
    reading, writing = os.pipe()
    with io.FileIO(reading), io.FileIO(writing, "w") as end:
        yield reading, end


def taken_in(name: Path) -> Intake:
    intake = open_intake(str(name))
    intake.start()
    until(intake, lambda: intake.is_complete)
    return intake


@pytest.mark.parametrize("name", SAMPLES)
@pytest.mark.parametrize("packed", [False, True])
def test_a_file_is_indexed_whole(tmp_path: Path, name: str, *, packed: bool) -> None:
    path = tmp_path / "capture"
    path.write_bytes(gzip.compress(SAMPLES[name]) if packed else SAMPLES[name])
    intake = taken_in(path)
    assert listed(intake.catalogue) == read_until_fault(SAMPLES[name])
    assert intake.taken == intake.total == path.stat().st_size
    assert intake.failure is None
    intake.close()


def test_a_file_that_is_broken_tells_where(tmp_path: Path) -> None:
    path = tmp_path / "capture"
    path.write_bytes(pcap("<", 0xA1B2C3D4, b"one", b"second")[:-2])
    intake = taken_in(path)
    assert len(intake.catalogue) == 1
    assert intake.catalogue.fault == "at byte 43: the file ends within a packet: 22 bytes wanted, 20 are there"
    intake.close()


def test_a_file_that_somebody_writes_to_is_followed(tmp_path: Path) -> None:
    path = tmp_path / "capture"
    whole = pcap("<", 0xA1B2C3D4, b"one", b"second")
    path.write_bytes(whole[:-2])
    intake = taken_in(path)
    with path.open("ab") as file:
        file.write(whole[-2:])
    until(intake, lambda: len(intake.catalogue) == 2)
    assert intake.catalogue.fault is None
    intake.close()


def test_a_file_that_becomes_shorter_is_told(tmp_path: Path) -> None:
    path = tmp_path / "capture"
    path.write_bytes(WHOLE)
    intake = taken_in(path)
    os.truncate(path, 60)
    until(intake, lambda: intake.failure is not None)
    assert intake.failure == f"{path} has become shorter while it was read: some packets are gone"
    assert intake.catalogue.packet(0).data == b""
    intake.close()


def test_each_packet_of_a_pipe_is_there_before_the_next_one_comes(pipe: tuple[int, io.FileIO]) -> None:
    reading, writing = pipe
    intake = open_intake("-", standard_input=reading)
    intake.start()
    writing.write(pcap("<", 0xA1B2C3D4))
    for count in range(1, 4):
        writing.write(pcap("<", 0xA1B2C3D4, b"live")[24:])
        until(intake, lambda count=count: len(intake.catalogue) == count)  # type: ignore[misc]  # bound to this turn
    assert intake.catalogue.packet(2).data == b"live"
    assert (intake.is_complete, intake.total) == (False, None)
    writing.close()
    until(intake, lambda: intake.is_complete)
    assert intake.catalogue.fault is None
    intake.close()


@pytest.mark.parametrize("data", [WHOLE, gzip.compress(WHOLE)], ids=["plain", "gzip"])
def test_a_fifo_is_read_when_somebody_writes_to_it(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "fifo"
    os.mkfifo(path)
    intake = open_intake(str(path))
    intake.start()
    with path.open("wb") as fifo:
        fifo.write(data)
    until(intake, lambda: intake.is_complete)
    assert listed(intake.catalogue) == read_until_fault(WHOLE)
    intake.close()


def test_a_pipe_that_ends_within_a_packet_is_told(pipe: tuple[int, io.FileIO]) -> None:
    reading, writing = pipe
    writing.write(WHOLE[:-3])
    writing.close()
    intake = open_intake("-", standard_input=reading)
    intake.start()
    until(intake, lambda: intake.is_complete)
    assert "the file ends within a block" in (intake.catalogue.fault or "")
    intake.close()


def test_compressed_data_that_ends_too_early_is_told(tmp_path: Path) -> None:
    path = tmp_path / "capture.gz"
    path.write_bytes(gzip.compress(WHOLE, mtime=0)[:-9])
    intake = taken_in(path)
    assert "the gzip file ends too early" in (intake.failure or "")
    assert len(intake.catalogue) > 0
    intake.close()


def test_a_pipe_of_something_else_is_not_read_to_its_end(pipe: tuple[int, io.FileIO]) -> None:
    reading, writing = pipe
    writing.write(b"GET / HTTP/1.1\r\n")
    intake = open_intake("-", standard_input=reading)
    intake.start()
    until(intake, lambda: intake.is_complete)
    assert intake.catalogue.fault == "at byte 0: 47455420 starts neither a pcap nor a pcapng file"
    intake.close()


def test_a_pipe_that_fills_the_disk_is_told_and_what_was_kept_stays(pipe: tuple[int, io.FileIO]) -> None:
    reading, writing = pipe
    writing.write(pcap("<", 0xA1B2C3D4, *[bytes(100)] * 20))
    intake = open_intake("-", standard_input=reading)
    with small_files():
        intake.start()
        until(intake, lambda: intake.is_complete)
    said = "standard input cannot be kept any further: File too large; set TMPDIR to a folder with more room"
    assert intake.failure == said
    assert len(intake.catalogue) == 8
    intake.close()


def test_closing_ends_a_wait_for_a_pipe_and_packets_asked_for_later_are_empty(pipe: tuple[int, io.FileIO]) -> None:
    reading, writing = pipe
    writing.write(WHOLE)
    intake = open_intake("-", standard_input=reading)
    intake.start()
    until(intake, lambda: len(intake.catalogue) == 4)
    intake.close()
    intake.close()
    assert intake.catalogue.packet(0).data == b""
    assert intake.failure is None


def test_standard_input_may_be_a_file_that_was_read_in_part(tmp_path: Path) -> None:
    path = tmp_path / "two"
    path.write_bytes(b"front" + WHOLE)
    with path.open("rb") as file:
        os.lseek(file.fileno(), 5, os.SEEK_SET)
        intake = open_intake("-", standard_input=file.fileno())
        intake.start()
        until(intake, lambda: intake.is_complete)
        assert listed(intake.catalogue) == read_until_fault(WHOLE)
        intake.close()


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("missing", "cannot read {}: No such file or directory; check its name"),
        ("folder", "cannot read {}: it is a directory; name a file in it"),
        ("nul\0", "cannot read {}: embedded null byte; name a pcap or pcapng file"),
    ],
)
def test_what_cannot_be_opened_is_told(tmp_path: Path, name: str, sentence: str) -> None:
    (tmp_path / "folder").mkdir()
    asked = f"{tmp_path}/{name}"
    with pytest.raises(LinkError) as raised:
        open_intake(asked)
    assert str(raised.value) == sentence.format(asked.replace("\0", "␀"))


def test_a_terminal_as_standard_input_is_refused() -> None:
    ours, theirs = os.openpty()
    with pytest.raises(LinkError, match="standard input is a terminal"):
        open_intake("-", standard_input=theirs)
    os.close(ours)
    os.close(theirs)
