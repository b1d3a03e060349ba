"""`hopscope simulate` beside the peers: what they and hopscope report is what the log says has happened."""

import itertools
import json
import os
import re
import signal
import subprocess
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.lab.peers import mtr_hops, ping_counts, ping_rtts, traceroute_hops
from tests.lab.program import ENVIRONMENT, PROGRAM, ROOT, hopscope
from tests.lab.topology import Node
from tests.privileges import lack

SCENARIO = """
title = "A line with a silent hop and a lossy link"
[here]
address = ["10.66.0.2", "fd66::2"]
[routers]
r1 = ["198.18.0.1", "fd66:0:1::1"]
r2 = { address = ["198.18.0.2", "fd66:0:2::1"], silent = true }
r3 = ["198.18.0.3", "fd66:0:3::1"]
[hosts]
"clean.example" = ["198.18.1.1", "fd66:1::1"]
"lossy.example" = ["198.18.1.2", "fd66:1::2"]
[[links]]
path = ["here", "r1", "r2", "r3", "clean.example"]
delay = "2 ms"
[[links]]
path = ["r3", "lossy.example"]
delay = "2 ms"
loss = "30 %"
"""
TARGETS = {4: "198.18.1.1", 6: "fd66:1::1"}
VERSIONS = pytest.mark.parametrize("version", [4, 6])
_serial = itertools.count(1)


class Simulation:
    """A running `hopscope simulate`."""

    def __init__(self, scenario: Path, *before: str, namespace: str | None = None) -> None:
        self.host = Node("h", namespace or f"lab-{os.getpid()}-sim-{next(_serial)}", {})
        self._log = scenario.with_name(f"{self.host.namespace}.jsonl")
        words = [*before, *PROGRAM, "simulate", str(scenario), "--log", str(self._log)]
        if namespace is None:
            words += ["--netns", self.host.namespace]
        self.process = subprocess.Popen(words, cwd=ROOT, env=ENVIRONMENT, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        self.said = [self.process.stdout.readline() for _ in range(2)]

    def packets(self, since: int, destination: str) -> list[dict[str, Any]]:
        """The truth about the packets to an address behind a line of the log."""
        told = map(json.loads, self._log.read_text().splitlines()[since:])
        return [line for line in told if line["event"] == "packet" and line["destination"] == destination]

    def lines(self) -> int:
        """How long the log is."""
        return len(self._log.read_text().splitlines())

    def end(self, number: signal.Signals) -> int:
        """Send it a signal; the exit status."""
        self.process.send_signal(number)
        return self.process.wait(timeout=10)


@contextmanager
def simulation(scenario: Path, *before: str, namespace: str | None = None) -> Iterator[Simulation]:
    running = Simulation(scenario, *before, namespace=namespace)
    try:
        yield running
    finally:
        if running.process.poll() is None:
            running.end(signal.SIGKILL)


@pytest.fixture(scope="module")
def scenario(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if not Path("/dev/net/tun").exists():
        lack("this kernel has no /dev/net/tun")
    path = tmp_path_factory.mktemp("simulate") / "line.toml"
    path.write_text(SCENARIO, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def line(scenario: Path) -> Iterator[Simulation]:
    with simulation(scenario) as running:
        yield running


def responders(packets: list[dict[str, Any]]) -> dict[int, str]:
    """Who answered at each TTL."""
    return {packet["ttl"]: packet["answers"][0]["source"] for packet in packets if packet["outcome"] == "answered"}


@VERSIONS
def test_the_peers_see_the_path_that_their_packets_took(line: Simulation, version: int) -> None:
    since, target = line.lines(), TARGETS[version]

    said = [traceroute_hops(line.host, target), mtr_hops(line.host, target)]

    truth = responders(line.packets(since, target))
    assert said[0] == [truth[1], "*", truth[3], truth[4]]
    assert said[1] == [truth[1], "???", truth[3], truth[4]]


@VERSIONS
def test_hopscope_sees_the_path_that_its_packets_took(line: Simulation, version: int) -> None:
    since, target = line.lines(), TARGETS[version]

    run = hopscope(line.host, "trace", target, "-W", "0.4", "--json")

    truth = responders(line.packets(since, target))
    assert run.document["link"] == "raw"
    hops = {hop["ttl"]: hop["responders"][0]["address"] for hop in run.document["hops"] if hop["responders"]}
    assert hops == {ttl: source for ttl, source in truth.items() if ttl <= 4}


def test_ping_misses_what_the_log_says_was_dropped(line: Simulation) -> None:
    since = line.lines()

    sent, received = ping_counts(line.host, "198.18.1.2", 60)

    truth = Counter(packet["outcome"] for packet in line.packets(since, "198.18.1.2"))
    assert (sent, received) == (60, truth["answered"])
    assert truth["dropped"] == 60 - received > 0


def test_hopscope_counts_what_the_log_says_was_dropped(line: Simulation) -> None:
    since = line.lines()

    run = hopscope(line.host, "ping", "-c", "40", "-i", "0.01", "-W", "0.3", "--jsonl", "198.18.1.2")

    packets = {packet["sequence"]: packet for packet in line.packets(since, "198.18.1.2")}
    lost = {event["sequence"] for event in run.events if event["event"] == "lost"}
    assert lost == {sequence for sequence, packet in packets.items() if packet["outcome"] == "dropped"}
    for event in run.events:
        if event["event"] == "reply":
            assert event["rtt_ns"] >= packets[event["sequence"]]["answers"][0]["delay_ns"]
    assert {packet["where"] for packet in packets.values()} == {"lossy.example", "r3>lossy.example", "lossy.example>r3"}


def test_no_round_trip_is_shorter_than_what_was_asked_for(line: Simulation) -> None:
    said = line.host.run("ping", "-n", "-c", "5", "-i", "0.05", "198.18.1.1").stdout

    assert len(ping_rtts(said)) == 5
    assert min(ping_rtts(said)) >= 16


def test_the_names_of_the_scenario_are_known_inside(line: Simulation) -> None:
    assert line.host.run("getent", "ahostsv4", "clean.example").stdout.split()[0] == "198.18.1.1"
    assert line.host.run("getent", "hosts", "fd66:1::2").stdout.split()[1] == "lossy.example"


def test_who_answers_packets_has_no_privileges(line: Simulation) -> None:
    status = Path(f"/proc/{line.process.pid}/status").read_text()

    assert re.findall(r"^Cap(?:Prm|Eff|Bnd):\t(\S+)", status, re.MULTILINE) == ["0" * 16] * 3


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 0), (signal.SIGTERM, 0), (signal.SIGKILL, -9)])
def test_a_signal_ends_it_and_nothing_that_it_made_is_left(scenario: Path, number: signal.Signals, status: int) -> None:
    with simulation(scenario) as running:
        made = Path("/run/netns") / running.host.namespace, Path("/etc/netns") / running.host.namespace
        stood = [path.exists() for path in made]

        ended = running.end(number)
        assert running.process.stdout is not None
        running.process.stdout.read()  # the last to hold it is the child that takes all away

    assert stood == [True, True]
    assert (ended, [path.exists() for path in made]) == (status, [False, False])


def test_what_others_have_made_by_the_same_name_stays(scenario: Path) -> None:
    with simulation(scenario) as running:
        name = running.host.namespace
        others, folder = Path("/run/netns") / name, Path("/etc/netns") / name
        (folder / "motd").touch()
        subprocess.run(["ip", "netns", "del", name], check=True)
        subprocess.run(["ip", "netns", "add", name], check=True)
        try:
            running.end(signal.SIGTERM)
            assert running.process.stdout is not None
            running.process.stdout.read()  # the last to hold it is the child that takes all away
            left = [others.exists(), sorted(path.name for path in folder.iterdir())]
        finally:
            subprocess.run(["ip", "netns", "del", name], check=True)
            (folder / "motd").unlink()
            folder.rmdir()

    assert left == [True, ["motd"]]


def test_a_device_that_outlives_its_maker_is_not_taken_over(scenario: Path) -> None:
    name = f"lab-{os.getpid()}-kept"
    subprocess.run(["ip", "netns", "add", name], check=True)
    try:
        within = ("ip", "netns", "exec", name)
        subprocess.run([*within, "ip", "tuntap", "add", "sim0", "mode", "tun"], check=True)
        words = [*within, *PROGRAM, "simulate", str(scenario)]
        ended = subprocess.run(words, cwd=ROOT, env=ENVIRONMENT, capture_output=True, text=True, timeout=10)
    finally:
        subprocess.run(["ip", "netns", "del", name], check=True)

    assert ended.returncode == 2
    assert "there is an interface sim0 already" in ended.stderr


def test_beside_the_hosts_own_network_only_the_scenario_is_routed(scenario: Path) -> None:
    name = f"lab-{os.getpid()}-beside"
    subprocess.run(["ip", "netns", "add", name], check=True)
    try:
        with simulation(scenario, "ip", "netns", "exec", name, namespace=name) as running:
            routed = re.findall(r"^(\S+) dev sim0", running.host.run("ip", "route").stdout, re.MULTILINE)
            running.end(signal.SIGTERM)
            left = running.host.run("ip", "-o", "link").stdout
    finally:
        subprocess.run(["ip", "netns", "del", name], check=True)

    assert routed == ["198.18.0.1", "198.18.0.2/31", "198.18.1.1", "198.18.1.2"]
    assert "sim0" not in left


def test_without_privileges_it_says_what_it_needs(as_nobody: tuple[str, ...]) -> None:
    for options, capability in (((), "CAP_NET_ADMIN"), (("--netns", "lab"), "CAP_SYS_ADMIN")):
        words = [*as_nobody, "simulate", *options]
        run = subprocess.run(words, capture_output=True, text=True, timeout=30, check=False)
        assert (run.returncode, run.stdout) == (2, "")
        assert f"needs {capability}: run it as root" in run.stderr
