"""`hopscope errors` in lines: the keys that machines count on, and the sentences of people."""

import json
from dataclasses import replace
from ipaddress import ip_address

import pytest

from app.engine.errors.snapshot import ErrorsSnapshot, Omitted
from app.report.document import line
from app.report.errors import closing, error_document, error_text
from tests.cli.program import hopscope
from tests.engine.errors.making import START, KnownKernel, error
from tests.screens.still_errors import NEAR, feed

KEYS = ("at", "from", "type", "code", "text", "protocol", "local", "remote", "process", "known", "mtu")


def test_an_error_has_the_keys_that_were_promised() -> None:
    document = error_document(feed().latest.rows[0])
    assert tuple(document)[: len(KEYS)] == KEYS
    assert {key: document[key] for key in KEYS} == {
        "at": START + 4_000_000_000,
        "from": "198.51.100.9",
        "type": 3,
        "code": 3,
        "text": "port unreachable from 198.51.100.9: firefox (pid 4242), UDP 198.51.100.9:53",
        "protocol": "udp",
        "local": {"address": "192.0.2.10", "port": 5300},
        "remote": {"address": "198.51.100.9", "port": 53},
        "process": {"pid": 4242, "name": "firefox", "uid": 1000},
        "known": True,
        "mtu": None,
    }


def test_what_is_not_known_is_null_and_never_left_out() -> None:
    (row,) = feed([error(3, 3, b"")], KnownKernel()).latest.rows
    document = error_document(row)
    nothing = {"address": None, "port": None}
    assert [document[key] for key in ("protocol", "local", "remote", "process")] == [None, nothing, nothing, None]
    assert document["known"] is False


def test_every_line_is_one_line_of_json() -> None:
    for row in feed().latest.rows:
        text = line(error_document(row))
        assert "\n" not in text
        assert json.loads(text)["text"] == row.text


def test_a_redirect_and_an_mtu_say_what_came_of_them() -> None:
    mtu, redirect = (error_document(row) for row in feed().latest.rows[3:5])
    assert (mtu["mtu"], mtu["cached_mtu"]) == (1400, 1400)
    assert redirect["redirect"] == {
        "destination": "198.51.100.9",
        "gateway": str(NEAR),
        "accepted": True,
        "why": "the kernel's route leads there",
    }


def test_a_person_reads_when_and_what() -> None:
    text = error_text(feed().latest.rows[3])
    assert text.endswith("scp (pid 977), UDP 198.51.100.9:22 (the kernel's route: MTU 1400)")
    assert text[8:14] == ".000  "


def test_the_end_counts_by_destination_and_reason_and_bounds_the_list() -> None:
    snapshot = feed().latest
    lines = closing(snapshot)
    assert lines[1] == "10 errors; 8 about sockets of this host, 2 forged or too late"
    assert "       2  198.51.100.9  port unreachable" in lines
    assert "       1  203.0.113.5  port unreachable (1 without a socket)" in lines
    many = tuple(
        replace(snapshot.tallies[0], destination=ip_address(0x0B000000 + number), count=number) for number in range(50)
    )
    lines = closing(replace(snapshot, tallies=many, omitted=Omitted(tallies=7)))
    assert lines[2].startswith("      49  11.0.0.49  ")
    assert lines[-1] == "and 37 more"
    assert closing(ErrorsSnapshot(START, START)) == ["no error came"]


def test_a_simulated_machine_has_errors_of_its_own() -> None:
    run = hopscope("errors", "--simulate", "-t", "1.5", "--jsonl")
    rows = [json.loads(text) for text in run.stdout.splitlines()]
    assert run.returncode == 0
    assert rows
    assert all(set(KEYS) <= row.keys() for row in rows)


@pytest.mark.parametrize("form", ["--json", "--jsonl"])
def test_without_errors_nothing_is_printed(form: str) -> None:
    run = hopscope("errors", "--simulate", "-t", "0.001", form)
    assert (run.returncode, run.stdout) == (1, "")


def test_a_path_that_will_not_do_is_a_sentence_and_status_2() -> None:
    run = hopscope("errors", "--simulate", "-t", "1", "--socket", "/nowhere/at/all")
    assert (run.returncode, run.stdout) == (2, "")
    assert run.stderr == "hopscope: /nowhere/at/all cannot be made: no such file or directory; choose another path\n"
