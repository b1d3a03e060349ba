"""The whole program from outside: what it refuses, what it prints, how it ends."""

import json
import os
import re
import resource
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from app import __version__
from tests.cli import schema
from tests.cli.program import COMMAND, ENVIRONMENT, documents, hopscope

SIMULATED = ("--simulate", "--seed", "7")


@pytest.mark.parametrize("line", ["--help", "-h", "ping --help", "trace -h", "decode --help", "ping x --help"])
def test_help_is_on_standard_output(line: str) -> None:
    ended = hopscope(*line.split())
    assert ended.returncode == 0
    assert ended.stdout.startswith("hopscope")
    assert ended.stderr == ""


def test_the_version_is_told() -> None:
    assert hopscope("--version").stdout == f"hopscope {__version__}\n"


@pytest.mark.parametrize("option", ["--help", "--version"])
def test_help_and_version_cost_little(option: str) -> None:
    # In one of several runs: what else the machine does makes ours dearer too, and is not ours.
    assert any(_processor_seconds(option) < 0.15 for _ in range(10))


def _processor_seconds(option: str) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    hopscope(option)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


#: What only the screens load, or only what listens and composes.
HEAVY = (
    *("textual", "rich", "asyncio", "pyroute2", "concurrent", "app.net.listening", "app.net.errordesk"),
    *("app.packet.composing", "app.engine.neighbourhood", "app.net.simulated.lan.lan", "app.net.host.shortlived"),
)


def test_reports_load_nothing_that_they_do_not_use() -> None:
    script = (
        "import sys; from app.cli import main; status = main(sys.argv[1:]); "
        f"print([name for name in sys.modules if name.startswith({HEAVY})], file=sys.stderr)"
    )
    for line in ("ping -c 1 --json gateway.example", "trace --json gateway.example"):
        arguments = (sys.executable, "-c", script, *line.split(), *SIMULATED)
        ended = subprocess.run(arguments, capture_output=True, text=True, check=True, env=ENVIRONMENT)
        assert ended.stderr == "[]\n"


#: What a ping by raw sockets has no use for either: each of these takes a millisecond and more.
NOT_FOR_A_PING = (
    *HEAVY,
    *("app.engine.tracing.trace", "app.engine.tracing.hop", "app.engine.wanted", "app.engine.condition"),
    *("app.net.dgram", "app.net.names", "app.net.host", "app.net.simulated", "app.report.narrator", "app.report.ping"),
    *("secrets", "tomllib", "shutil", "traceback", "difflib"),
)


def test_a_ping_of_the_real_network_loads_nothing_that_it_does_not_use() -> None:
    script = (
        "import sys; import app.headless, app.measuring; from app.arguments import read_arguments; "
        "from app.config import config_path, read_config; "
        "from app.net.options import LinkOptions; from app.net.real import open_network; "
        "read_arguments(['ping', '-c', '1', '--json', '127.0.0.1'], lambda: read_config(config_path())); "
        "open_network(LinkOptions(engines=0)).close(); "
        f"print([name for name in sys.modules if name.startswith({NOT_FOR_A_PING})])"
    )
    ended = subprocess.run((sys.executable, "-c", script), capture_output=True, text=True, check=True, env=ENVIRONMENT)
    assert ended.stdout == "[]\n"


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("ping --frobnicate x", "--frobnicate"),
        ("ping", "needs a host"),
        ("ping -c none x", "no whole number"),
        ("ping --simulate nosuch.example -c 1", "nosuch.example"),
        ("ping --simulate -4 v6.example -c 1", "v6.example"),
        ("ping --simulate 10.0.0.0/8 -c 1", "/16, are the most"),
        ("ping --simulate 10.0.0.0/99 -c 1", "no block of addresses"),
        ("ping --simulate -F /nonexistent -c 1", "/nonexistent cannot be read: No such file"),
        ("ping --simulate -F / -c 1", "/ cannot be read: Is a directory"),
        ("ping --simulate /nonexistent.toml x", "/nonexistent.toml"),
        ("ping --simulate --save /nonexistent/x gateway.example -c 1", "/nonexistent/x cannot be written"),
        ("trace --simulate --flows 0 x", "--flows"),
        ("decode /nonexistent", "/nonexistent cannot be read: No such file"),
        ("decode / --json", "/ cannot be read: Is a directory"),
        ("decode - --filter ip.ttl==", "column"),
        ("decode -", "empty"),
    ],
)
def test_what_cannot_run_is_one_sentence_and_status_two(line: str, says: str) -> None:
    ended = hopscope(*line.split())
    assert ended.returncode == 2
    assert ended.stdout == ""
    assert says in ended.stderr
    assert re.fullmatch(r"hopscope: [^\n]+\n", ended.stderr)


def test_a_broken_user_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "hopscope").mkdir()
    (tmp_path / "hopscope" / "config.toml").write_text("interval = 'fast'\n")
    ended = hopscope("ping", "x", environment={**ENVIRONMENT, "XDG_CONFIG_HOME": str(tmp_path)})
    assert ended.returncode == 2
    assert f"{tmp_path}/hopscope/config.toml: interval: it must be a number of seconds" in ended.stderr


def test_a_simulated_ping_is_one_document_and_the_same_each_time() -> None:
    arguments = (
        "ping",
        *SIMULATED,
        "-c",
        "40",
        "-i",
        "0.5",
        "--json",
        "lossy.example",
        "firewalled.example",
        "ecmp.example",
    )
    first, second = hopscope(*arguments), hopscope(*arguments)
    (document,) = documents(first.stdout)
    assert (first.returncode, first.stderr) == (0, "")
    assert first.stdout == second.stdout
    assert schema.faults(document, schema.PING) == []
    assert schema.balance_faults(document) == []
    lossy, firewalled, _ = document["targets"]
    assert 0 < lossy["loss"] < 1
    assert firewalled["errors"][0]["text"] == "communication administratively prohibited"


def test_nothing_that_answers_is_status_one() -> None:
    ended = hopscope("ping", *SIMULATED, "-c", "2", "--json", "firewalled.example")
    assert ended.returncode == 1
    assert documents(ended.stdout)[0]["targets"][0]["replied"] == 0


@pytest.mark.parametrize(
    ("method", "host"),
    [
        ("icmp", "v6.example"),
        ("udp", "v6.example"),
        ("tcp", "v6.example"),
        ("icmp", "firewalled.example"),
        ("udp", "ecmp.example"),
        ("tcp", "mpls.example"),
        ("udp", "nat.example"),
    ],
)
def test_a_simulated_trace_is_one_document(method: str, host: str) -> None:
    ended = hopscope("trace", *SIMULATED, "-c", "2", "--method", method, "--json", host)
    (document,) = documents(ended.stdout)
    assert schema.faults(document, schema.TRACE) == []
    assert schema.balance_faults(document) == []
    assert document["method"] == method
    assert [hop["ttl"] for hop in document["hops"]] == list(range(1, len(document["hops"]) + 1))
    assert (ended.returncode == 0) == document["reached"] == (document["end"] == "reached")


def test_a_trace_reads_like_a_table() -> None:
    lines = hopscope("trace", *SIMULATED, "resolver.example").stdout.splitlines()
    assert lines[0] == "resolver.example (198.18.0.53): icmp, 1 round, times in ms"
    assert lines[1].split() == ["ttl", "host", "loss", "sent", "last", "mean", "best", "worst", "stddev"]
    assert lines[2].split()[:3] == ["1", "gateway.example", "(10.0.0.1)"]
    assert lines[-1].startswith("reached: ")


def test_events_add_up_to_the_summary() -> None:
    ended = hopscope(
        "ping", *SIMULATED, "-c", "30", "-i", "0.01", "-W", "0.2", "--jsonl", "lossy.example", "late.example"
    )
    *events, summary = documents(ended.stdout)
    assert summary["event"] == "summary"
    assert schema.faults(summary, schema.PING) == []
    assert all(schema.faults(event, schema.EVENT) == [] for event in events)
    for row in summary["targets"]:
        told = [event["event"] for event in events if event["host"] == row["host"]]
        assert (told.count("sent"), told.count("reply"), told.count("lost"), told.count("late")) == (
            row["sent"],
            row["replied"],
            row["lost"],
            row["late"],
        )
    assert any(event["event"] == "lost" for event in events)
    replies = [event for event in events if event["event"] == "reply"]
    assert all(schema.faults(event, schema.ANSWER) == [] for event in replies)


@pytest.mark.parametrize(("number", "status"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
@pytest.mark.parametrize("form", ["--json", "--jsonl"])
def test_a_signal_ends_a_run_early_with_the_whole_document(form: str, number: int, status: int, tmp_path: Path) -> None:
    recording = tmp_path / "saved.pcapng"
    arguments = (*COMMAND, "ping", *SIMULATED, "-i", "0.02", form, "--save", str(recording), "gateway.example")
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=ENVIRONMENT) as running:
        assert running.stdout is not None
        first = running.stdout.readline() if form == "--jsonl" else _once_it_measures(running, recording)
        running.send_signal(number)
        rest, said = running.communicate(timeout=30)
    document = documents((first + rest).decode())[-1]
    assert (running.returncode, said) == (status, b"")
    assert schema.faults(document, schema.PING) == []
    assert schema.balance_faults(document) == []
    assert document["targets"][0]["sent"] > 0


def _once_it_measures(running: "subprocess.Popen[bytes]", recording: Path) -> bytes:
    """Wait until a packet is in the recording."""
    while running.poll() is None and (not recording.exists() or recording.stat().st_size < 400):
        os.sched_yield()
    return b""


def test_a_reader_that_goes_away_ends_the_program_quietly() -> None:
    arguments = (*COMMAND, "ping", *SIMULATED, "-i", "0.01", "--jsonl", "gateway.example")
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=ENVIRONMENT) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        running.stdout.readline()
        running.stdout.close()
        said = running.stderr.read()
        status = running.wait(30)
    assert (status, said) == (0, b"")


@pytest.mark.parametrize("words", [("ping", *SIMULATED, "-c", "1", "--json", "gateway.example"), ("listen", "--help")])
def test_a_full_disk_under_the_results_is_said(words: tuple[str, ...]) -> None:
    with Path("/dev/full").open("wb") as full:
        ended = subprocess.run(
            (*COMMAND, *words),
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
            env=ENVIRONMENT,
        )
    assert ended.returncode == 2
    assert b"No space left on device" in ended.stderr


@pytest.mark.parametrize(
    ("closed", "status", "said"),
    [(">&-", 2, "hopscope: standard output is closed: send it to a file, a pipe or a terminal\n"), ("<&- 2>&-", 0, "")],
)
def test_a_standard_stream_may_be_closed(closed: str, status: int, said: str) -> None:
    command = ("sh", "-c", f'exec "$@" {closed}', "sh", *COMMAND, "ping", *SIMULATED, "-c", "1", "gateway.example")
    ended = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        env=ENVIRONMENT,
    )
    assert (ended.returncode, ended.stderr) == (status, said)
    assert ("1 received" in ended.stdout) is (status == 0)


def test_wrong_hosts_are_named_and_the_others_run() -> None:
    hosts = "gateway.example # near\nnosuch.example\nresolver.example\n10.0.0.0/99\n"
    ended = hopscope("ping", *SIMULATED, "-c", "1", "--json", "-F", "-", stdin=hosts)
    assert ended.returncode == 0
    assert [row["host"] for row in documents(ended.stdout)[0]["targets"]] == ["gateway.example", "resolver.example"]
    assert [line.split()[1].rstrip(":") for line in ended.stderr.splitlines()] == ["nosuch.example", "10.0.0.0/99"]


def test_without_a_terminal_the_report_takes_the_screens_place() -> None:
    ended = hopscope(*SIMULATED, "-c", "1", "gateway.example")
    assert ended.returncode == 0
    assert ended.stdout.startswith("PING gateway.example (10.0.0.1): 56 bytes of payload\n64 bytes from 10.0.0.1: ")


def test_what_was_saved_is_decoded(tmp_path: Path) -> None:
    file = tmp_path / "saved.pcapng"
    hopscope("trace", *SIMULATED, "--json", "--save", str(file), "gateway.example")
    told = documents(hopscope("decode", "--json", str(file)).stdout)
    assert all(schema.faults(packet, schema.PACKET) == [] for packet in told)
    assert [packet["frame"] for packet in told] == list(range(1, len(told) + 1))
    errors = documents(hopscope("decode", "--json", "--filter", "icmp.type == 11 || icmp.type == 0", str(file)).stdout)
    assert 0 < len(errors) < len(told)


def test_decode_prints_what_stands_before_the_damage(tmp_path: Path) -> None:
    file = tmp_path / "saved.pcapng"
    hopscope("ping", *SIMULATED, "-c", "2", "--json", "--save", str(file), "gateway.example")
    file.write_bytes(file.read_bytes()[:-160])  # the counters at the end, and the end of a packet
    ended = hopscope("decode", str(file))
    assert ended.returncode == 2
    assert len(ended.stdout.splitlines()) == 3
    assert "the file ends within" in ended.stderr


def test_decode_shows_fields_and_bytes(tmp_path: Path) -> None:
    file = tmp_path / "saved.pcapng"
    hopscope("ping", *SIMULATED, "-c", "1", "--json", "--save", str(file), "gateway.example")
    text = hopscope("decode", "-V", "-x", str(file)).stdout
    assert "10.0.0.2 → 10.0.0.1" in text
    assert "\n       0000  45 00 00 54" in text


def test_a_block_is_asked_at_a_rate_that_is_told_before() -> None:
    ended = hopscope("ping", "--simulate", "-c", "1", "--json", "--rate", "1", "198.18.4.0/30")
    assert [each["host"] for each in json.loads(ended.stdout)["targets"]] == ["198.18.4.1", "198.18.4.2"]
    assert ended.stderr == (
        "hopscope: 2 addresses, a probe a second: each is asked every 2.00 s; --rate changes that\n"
    )
