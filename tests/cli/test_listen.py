"""`hopscope listen`, over the simulated LAN."""

import json
import os
import signal
import subprocess
from pathlib import Path

import pytest

from app.arguments import read_arguments
from app.commands.listen import Report
from app.engine.hearing import Hearing
from app.net.options import LinkOptions
from app.net.real import open_network
from app.report.interruption import Interruption
from tests.cli.program import COMMAND, ENVIRONMENT, documents, hopscope
from tests.net.listening import datagram, frame, pair, say

LISTEN = ("listen", "--simulate", "--seed", "7")


@pytest.mark.parametrize("form", ["--json", "--jsonl"])
def test_there_is_a_document_for_each_packet_and_a_summary(form: str) -> None:
    run = hopscope(*LISTEN, "-n", "3", form)
    *packets, summary = documents(run.stdout)
    assert run.returncode == 0
    assert [packet["frame"] for packet in packets] == [1, 2, 3]
    for packet in packets:
        assert packet["layers"][0]["name"] == "eth"
        assert packet["direction"] in ("in", "out", "other")
        assert packet["interface"] == "sim0"
        assert packet["captured"] == packet["length"]
    assert {"event": "summary", "seen": 3, "shown": 3, "dropped_by_kernel": 0, "link": "simulated"}.items() <= (
        summary.items()
    )
    assert sum(each["packets"] for each in summary["protocols"]) == 3


def test_what_came_behind_the_last_that_was_wanted_is_counted_as_unread(capsys: pytest.CaptureFixture[str]) -> None:
    request = read_arguments(["listen", "-n", "2", "--jsonl"])
    with pair():
        network = open_network(LinkOptions(engines=0, ears=1))
        link = network.listen(Hearing(protocols=("udp",), interfaces=("near",)))
        data = datagram("192.0.2.1", "192.0.2.2", 17, bytes(8))
        say(*[frame(0x0800, data)] * 7)
        Report(request, Interruption(), None, None).run(link)
        network.close()
    *packets, summary = documents(capsys.readouterr().out)
    assert len(packets) == 2
    assert (summary["seen"], summary["dropped_by_kernel"], summary["unread"]) == (2, 0, 5)


def test_only_what_is_asked_for_is_heard() -> None:
    run = hopscope(*LISTEN, "-n", "2", "--protocol", "ospf", "--jsonl")
    *packets, _summary = documents(run.stdout)
    assert ["ospf" in [layer["name"] for layer in packet["layers"]] for packet in packets] == [True, True]


def test_a_filter_chooses_what_is_shown_of_what_is_heard() -> None:
    run = hopscope(*LISTEN, "-n", "1", "--filter", 'ospf && frame.interface_name == "sim0"', "--jsonl")
    packet, summary = documents(run.stdout)
    assert packet["frame"] == summary["seen"]
    assert summary["shown"] == 1
    assert run.returncode == 0


def test_the_text_has_a_line_a_packet_and_ends_with_what_was_heard() -> None:
    lines = hopscope(*LISTEN, "-n", "2").stdout.splitlines()
    assert [line.split()[0] for line in lines[:2]] == ["1", "2"]
    assert all(" sim0 " in line for line in lines[:2])
    assert lines[3].startswith("2 packets heard, 2 shown, 0 dropped by the kernel")  # more may wait to be read
    assert lines[4].startswith("by protocol: ")
    assert lines[5].startswith("top talkers: ")


def test_fields_and_bytes_are_added_where_they_are_asked_for() -> None:
    text = hopscope(*LISTEN, "-n", "1", "-V", "-x").stdout
    assert "       Ethernet: " in text
    assert "       0000  " in text


def test_nothing_is_told_by_the_status(tmp_path: Path) -> None:
    run = hopscope(*LISTEN, "-t", "0.2", "--protocol", "222", "--jsonl")
    assert run.returncode == 1
    (summary,) = documents(run.stdout)
    assert (summary["seen"], summary["shown"]) == (0, 0)


@pytest.mark.parametrize("name", ["heard.pcapng", "heard.pcap"])
def test_a_recording_holds_what_was_heard(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    run = hopscope(*LISTEN, "-n", "4", "--save", str(path), "--jsonl")
    *heard, _summary = documents(run.stdout)
    recorded = documents(hopscope("decode", "--json", str(path)).stdout)
    assert [packet["layers"] for packet in recorded] == [packet["layers"] for packet in heard]
    assert [packet["time_ns"] for packet in recorded] == [packet["time_ns"] for packet in heard]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--protocol", "ospff"), "no protocol is called ospff: did you mean ospf?"),
        (("--protocol", "300"), "300 is no IP protocol"),
        (("--protocol", "arp", "--raw"), "arp is no protocol over IP"),
        (("--filter", "icmp.typ == 1"), "did you mean icmp.type"),
        (("--save", "/nonexistent/x.pcapng"), "cannot be written"),
        (("192.0.2.1",), "listen takes no host"),
    ],
)
def test_what_cannot_be_is_one_sentence(words: tuple[str, ...], sentence: str) -> None:
    run = hopscope(*LISTEN, "-t", "1", *words)
    assert (run.returncode, run.stdout) == (2, "")
    assert sentence in run.stderr
    assert run.stderr.count("\n") == 1


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_it_with_the_summary(number: signal.Signals, status: int) -> None:
    with subprocess.Popen((*COMMAND, *LISTEN, "--jsonl"), stdout=subprocess.PIPE, env=ENVIRONMENT) as process:
        assert process.stdout is not None
        first = json.loads(process.stdout.readline())
        process.send_signal(number)
        *_rest, last = process.stdout.read().splitlines()
    assert first["frame"] == 1
    assert json.loads(last)["event"] == "summary"
    assert process.returncode == status


def test_a_reader_that_goes_away_ends_it_quietly() -> None:
    reading, writing = os.pipe()
    with subprocess.Popen((*COMMAND, *LISTEN), stdout=writing, stderr=subprocess.PIPE, env=ENVIRONMENT) as process:
        os.close(writing)
        with os.fdopen(reading, "rb") as lines:
            lines.readline()
        assert process.stderr is not None
        assert process.stderr.read() == b""
    assert process.returncode in (0, 1)
