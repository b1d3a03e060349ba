"""The capture that the benchmarks run on: sound to the last checksum, and large enough for threads to meet over it."""

import os
import threading
from pathlib import Path

import pytest

from app.packet.capture.catalogue import Catalogue
from app.packet.capture.reader import read_capture
from app.packet.dissect import dissect
from app.packet.dissection import CheckStatus
from app.packet.link.linktype import LinkType
from bench.capturemaker import exchanges, frames, make


def test_every_checksum_of_every_exchange_is_right_with_any_word() -> None:
    for template in [template for pair in exchanges() for template in pair]:
        for word in (0, 1, 0xFFFE, 0xFFFF):
            dissection = dissect(bytes(template.with_word(word)), LinkType.ETHERNET)
            assert not [check for check in dissection.checks if check.status is CheckStatus.BAD]
            assert {check.status for check in dissection.checks} & {CheckStatus.GOOD}


@pytest.mark.parametrize("form", ["pcap", "pcapng"])
def test_a_capture_has_as_many_packets_as_asked_for(tmp_path: Path, form: str) -> None:
    path = tmp_path / "made"
    make(path, 501, form)
    with path.open("rb") as file:
        packets = list(read_capture(file))
    assert [packet.data for packet in packets] == [bytes(frame) for _, frame in frames(501)]
    assert packets[0].link is LinkType.ETHERNET


def test_packets_are_read_while_another_thread_indexes(tmp_path: Path) -> None:
    path = tmp_path / "made"
    make(path, 30_000)
    expected = [bytes(frame) for _, frame in frames(30_000)]
    with path.open("rb") as file:
        catalogue = Catalogue(lambda offset, count: os.pread(file.fileno(), count, offset))

        def index() -> None:
            while catalogue.grow(1):
                pass

        thread = threading.Thread(target=index)
        thread.start()
        while thread.is_alive() or len(catalogue) < len(expected):
            last = len(catalogue) - 1
            assert last < 0 or catalogue.packet(last).data == expected[last]
        thread.join()
