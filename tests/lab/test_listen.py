"""`hopscope listen` on a real network: both ears, a flood, and the screen over it."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.lab.program import ENVIRONMENT, PROGRAM, hopscope
from tests.lab.terminal import Terminal
from tests.lab.topology import Lab, Node
from tests.privileges import require_programs

#: Before everything else in the way of a packet: what AF_PACKET gets, the counter counts.
COUNT = {"hook": "prerouting", "priority": "-400"}


@pytest.fixture(scope="module")
def two() -> Iterator[Lab]:
    """A host h that listens, and a neighbour t."""
    lab = Lab()
    lab.link(lab.host("h"), lab.host("t"))
    with lab:
        yield lab


class Listener:
    """A run of `hopscope listen --jsonl`, from the moment on when it hears. Its arguments bound it."""

    def __init__(self, lab: Lab, *arguments: str) -> None:
        self.host, self.neighbour = lab.nodes["h"], lab.nodes["t"]
        self.process = self.host.start(*PROGRAM, "listen", "--jsonl", *arguments, env=ENVIRONMENT)

    def wait(self) -> None:
        """Until an echo request was heard; it takes a while to start."""
        assert self.process.stdout is not None
        target = self.host.address()
        ping = self.neighbour.start("ping", "-n", "-q", "-i", "0.05", "-c", "200", target)
        self.process.stdout.readline()
        ping.terminate()
        ping.communicate()

    def end(self, number: signal.Signals | None = None) -> tuple[list[dict[str, Any]], dict[str, Any]]:
        """The packets and the summary; ended by a signal, or by its arguments."""
        if number is not None:
            self.process.send_signal(number)
        out, err = self.process.communicate(timeout=30)
        assert "Traceback" not in err, err
        *packets, summary = (json.loads(line) for line in out.splitlines())
        return packets, summary


@contextmanager
def listening(lab: Lab, *arguments: str) -> Iterator[Listener]:
    listener = Listener(lab, *arguments)
    try:
        listener.wait()
        yield listener
    finally:
        listener.process.kill()
        listener.process.communicate()


def flood(node: Node, address: str, seconds: float, rate: int) -> int:
    """Send a flood from a node; how many packets it sent."""
    words = (sys.executable, "-m", "tests.lab.flooding", address, str(seconds), str(rate))
    done = subprocess.run(node.command(*words), capture_output=True, text=True, env=ENVIRONMENT, check=True)
    return int(done.stdout)


@pytest.mark.parametrize("version", [4, 6])
def test_question_and_answer_are_heard_with_interface_and_direction(two: Lab, version: int) -> None:
    target = two.nodes["t"].address(version)
    with listening(two, "--filter", "icmp || icmpv6") as listener:
        two.nodes["h"].run("ping", "-n", "-c", "2", "-i", "0.1", target)
        time.sleep(0.2)
        packets, summary = listener.end(signal.SIGINT)
    assert listener.process.returncode == 130
    echoes = [
        (packet["direction"], packet["interface"])
        for packet in packets
        if target in packet["layers"][1]["shown"] and "echo" in packet["layers"][2]["shown"]
    ]
    assert echoes[-4:] == [("out", "to-t"), ("in", "to-t")] * 2
    assert summary["link"] == "packet"
    assert {packet["clock"] for packet in packets} == {"kernel"}


def test_what_is_recorded_is_what_tshark_reads(two: Lab, tmp_path: Path) -> None:
    require_programs("tshark")
    path = tmp_path / "heard.pcapng"
    with listening(two, "--protocol", "icmp", "-n", "9", "--save", str(path)) as listener:
        two.nodes["h"].run("ping", "-n", "-c", "8", "-i", "0.02", two.nodes["t"].address())
        packets, _summary = listener.end()
    fields = ("-T", "fields", "-e", "frame.time_epoch", "-e", "icmp.type", "-e", "frame.interface_name")
    said = subprocess.run(["tshark", "-r", path, *fields], capture_output=True, text=True, check=True).stdout
    lines = [line.split("\t") for line in said.splitlines()]
    assert len(lines) == 9
    assert [line[2] for line in lines] == ["to-t"] * 9
    told = [f"{packet['time_ns'] // 10**9}.{packet['time_ns'] % 10**9:09d}" for packet in packets]
    assert len(told) >= 4  # the first ones were read while it began
    assert [line[0] for line in lines[-len(told) :]] == told


def test_raw_sockets_hear_what_is_for_this_host_and_not_what_it_sends(two: Lab) -> None:
    with listening(two, "--raw", "--protocol", "icmp,222") as listener:
        two.nodes["h"].run("ping", "-n", "-c", "2", "-i", "0.1", two.nodes["t"].address())
        time.sleep(0.2)
        packets, summary = listener.end(signal.SIGTERM)
    assert listener.process.returncode == 143
    assert (summary["link"], {packet["link"] for packet in packets}) == ("raw", {"raw"})
    assert [packet["layers"][1]["shown"].split(",")[0] for packet in packets[-2:]] == ["echo reply"] * 2
    assert {packet["direction"] for packet in packets} == {"in"}


def test_no_privilege_is_left_when_the_first_packet_is_read(two: Lab) -> None:
    with listening(two) as listener:
        status = Path(f"/proc/{listener.process.pid}/status").read_text()
        listener.end(signal.SIGINT)
    assert "CapEff:\t0000000000000000" in status
    assert "CapPrm:\t0000000000000000" in status


def test_nobody_is_told_what_would_allow_it(two: Lab, as_nobody: tuple[str, ...]) -> None:
    run = hopscope(two.nodes["h"], "listen", "-t", "1", program=as_nobody)
    assert run.status == 2
    assert "this user may not listen" in run.stderr
    assert "setcap" in run.stderr


def test_an_interface_that_is_not_there_is_said(two: Lab) -> None:
    run = hopscope(two.nodes["h"], "listen", "-I", "nosuch0", "-t", "1")
    assert run.status == 2
    assert "there is no interface nosuch0" in run.stderr


def test_of_a_flood_all_that_came_is_accounted_for(two: Lab) -> None:
    host, neighbour = two.nodes["h"], two.nodes["t"]
    with (
        host.rules("udp dport 9000-9100 counter\nudp dport 9000-9100 drop", **COUNT),
        listening(two, "--protocol", "icmp,udp", "--filter", "icmp") as listener,
    ):
        sent = flood(neighbour, host.address(), 1, 50_000)
        time.sleep(0.3)
        _packets, summary = listener.end(signal.SIGINT)
        counted = host.counter("udp dport")
    heard = {row["name"]: row["packets"] for row in summary["protocols"]}
    came = summary["seen"] + summary["dropped_by_kernel"] + summary["unread"]
    assert counted == sent
    assert came - heard["icmp"] == counted


def test_a_flood_never_reaches_who_does_not_want_it(two: Lab) -> None:
    host, neighbour = two.nodes["h"], two.nodes["t"]
    with host.rules("udp dport 9000-9100 drop", **COUNT), listening(two, "--protocol", "icmp-errors,icmp") as listener:
        assert flood(neighbour, host.address(), 0.2, 50_000) > 0
        _packets, summary = listener.end(signal.SIGINT)
    assert {row["name"] for row in summary["protocols"]} == {"icmp"}


def test_the_screen_answers_keys_under_a_flood_and_its_count_is_honest(two: Lab) -> None:
    host, neighbour = two.nodes["h"], two.nodes["t"]
    with (
        host.rules("udp dport 9000-9100 counter\nudp dport 9000-9100 drop", **COUNT),
        Terminal(host) as terminal,
    ):
        terminal.type(f"{sys.executable} -m app listen --protocol udp -I to-t", "Enter")
        terminal.wait_for("0 heard", "AF_PACKET")
        words = (sys.executable, "-m", "tests.lab.flooding", host.address(), "3", "50000")
        attack = subprocess.Popen(neighbour.command(*words), stdout=subprocess.PIPE, text=True, env=ENVIRONMENT)
        terminal.wait_for("62  ")
        terminal.type("T")
        _without(terminal, "sends most")
        terminal.type("T")
        terminal.wait_for("sends most")
        sent = int(attack.communicate()[0])
        counted = host.counter("udp dport")
        seen = dropped = 0
        until = time.monotonic() + 20
        while seen + dropped != counted and time.monotonic() < until:
            line = terminal.screen().splitlines()[1].replace(",", "").split()
            seen, dropped = int(line[0]), int(line[2])
        terminal.type("q")
        terminal.wait_for("ready>")
        assert terminal.is_clean()
    assert counted == sent
    assert seen + dropped == counted


def _without(terminal: Terminal, words: str) -> None:
    until = time.monotonic() + 10
    while words in terminal.screen():
        assert time.monotonic() < until
        time.sleep(0.05)
