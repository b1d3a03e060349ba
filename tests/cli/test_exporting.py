import json
from pathlib import Path

from app.exporting import export
from app.packet.capture.reader import read_capture
from tests.screens.still_capture import PACKETS, StillCapture, captured, file_of
from tests.screens.still_packets import log

NOTES = {2: "mine"}


def test_notes_become_the_comments_of_pcapng(tmp_path: Path) -> None:
    path = tmp_path / "some.pcapng"

    assert export(log(), [2, 3], NOTES, path) == f"2 packets written to {path}"

    with path.open("rb") as file:
        first, second = read_capture(file)
    assert first.comments == ("mine", "hop 6")
    assert second.comments == ("hop 5: proves hop 5",)


def test_a_note_takes_the_place_of_what_a_file_said(tmp_path: Path) -> None:
    path = tmp_path / "some.pcapng"

    export(StillCapture(file_of()), [1, 2, 3], {2: "", 3: "new"}, path)

    with path.open("rb") as file:
        assert [packet.comments for packet in read_capture(file)] == [(), (), ("new",)]


def test_text_has_the_tree_the_bytes_and_the_note(tmp_path: Path) -> None:
    path = tmp_path / "some.txt"

    export(log(), [2], NOTES, path)

    text = path.read_text()
    assert "note: mine" in text
    assert "33434" in text
    assert "0000  45 01" in text


def test_json_has_a_line_a_packet(tmp_path: Path) -> None:
    path = tmp_path / "some.jsonl"

    export(log(), [2, 3], {}, path)

    assert [json.loads(line)["frame"] for line in path.read_text().splitlines()] == [2, 3]


def test_packets_that_are_gone_are_left_out(tmp_path: Path) -> None:
    assert export(log(), [9, 10, 99], {}, tmp_path / "a.pcapng").startswith("1 packet written")


def test_what_cannot_be_written_is_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "there.pcapng"
    path.write_text("precious")
    two_links = StillCapture(file_of((PACKETS[0], captured(b"", 0))))

    assert "exists already" in export(log(), [1], {}, path)
    assert path.read_text() == "precious"
    assert "cannot be written: No such file" in export(log(), [1], {}, tmp_path / "no" / "such.pcap")
    assert "cannot be written" in export(two_links, [1], {}, Path("nul\0byte"))
