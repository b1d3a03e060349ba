"""The inspector in a real terminal on what tcpdump hears, by a pipe, a fifo and files; its fields beside tshark's."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.lab.capturing import Capturing, count, places
from tests.lab.program import ENVIRONMENT, PROGRAM, ROOT
from tests.lab.terminal import Terminal
from tests.lab.topology import Lab
from tests.privileges import require_programs

SHELL = f"{sys.executable} -m app"
CUT = "the file ends within"
#: Fields of tshark that are no fields of the packet, by name, with the reason.
NO_FIELDS = {
    "eth.addr": "is source and destination once more",
    "icmp.data_time_relative": "is computed",
    "icmp.ident_le": "is the identifier in another byte order",
    "icmp.seq_le": "is the sequence number in another byte order",
    "ip.checksum_calculated": "is computed",
    "ipv6.hopopts.len_oct": "is computed",
    "udp.checksum_calculated": "is computed",
    "udp.payload": "is the data once more",
}


@pytest.fixture(scope="module", autouse=True)
def peers() -> None:
    require_programs("tcpdump", "tshark", "capinfos")


@pytest.fixture(scope="module")
def capture(six_hops: Lab, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What passes a host's wire: neighbours are found, groups joined, echoes answered, errors quoted."""
    path = tmp_path_factory.mktemp("capture") / "wire.pcap"
    host, target = six_hops.nodes["h"], six_hops.nodes["t"]
    groups = ("239.77.0.1/32", "ff05::77/128")
    with Capturing(host, "to-r1", path) as heard:
        host.ip("neigh flush dev to-r1", *(f"addr add {group} dev to-r1 autojoin" for group in groups))
        host.ip(*(f"addr del {group} dev to-r1" for group in groups))
        for version in (4, 6):
            address = target.address(version)
            host.run("traceroute", "-n", "-q", "1", "-f", "6", "-m", "6", address)
            host.run("ping", "-n", "-c", "1", "-W", "1", "-t", "2", address, check=False)
            host.run("ping", "-n", "-c", "1", "-W", "1", address)
        heard.wait_for("igmp v3 report", "multicast listener report", "ARP, Reply", "neighbor advertisement")
    return path


def test_packets_piped_in_appear_as_they_come_and_the_keys_are_the_terminals(six_hops: Lab) -> None:
    host, target = six_hops.nodes["h"], six_hops.nodes["t"].address()

    with Terminal(host) as terminal:
        terminal.type(f"tcpdump -U -n -i to-r1 -w - icmp 2>/dev/null | {SHELL} inspect -; echo status $?", "Enter")
        terminal.wait_for("REPLAY standard input", "waiting for more")
        host.run("ping", "-n", "-c", "1", target)
        terminal.wait_for("echo request", "echo reply", "2 packets so far", "following the newest")
        terminal.type("Up")
        terminal.wait_for("1 of 2")
        terminal.type("/")
        terminal.type("icmp.type==0", "Enter")
        terminal.wait_for("1 of 2  icmp.type==0")
        terminal.type("C-u", "End")
        terminal.wait_for("following the newest")
        os.kill(tcpdump_in(terminal), signal.SIGTERM)
        seen = terminal.wait_for("2 packets", "2 of 2")
        terminal.type("q")
        terminal.wait_for("status 0", "ready>")

        assert "so far" not in seen
        assert terminal.is_clean()


@pytest.mark.parametrize(("make", "before"), [(os.mkfifo, "waiting for more"), (Path.touch, "the file is empty")])
def test_a_fifo_and_a_file_are_followed_while_they_are_written(
    six_hops: Lab, tmp_path: Path, make: Callable[[Path], None], before: str
) -> None:
    host, target = six_hops.nodes["h"], six_hops.nodes["t"].address()
    path = tmp_path / "growing.pcap"
    make(path)

    with Terminal(host, columns=160) as terminal:
        terminal.type(f"{SHELL} inspect {path}; echo status $?", "Enter")
        terminal.wait_for("REPLAY growing.pcap", before)
        with Capturing(host, "to-r1", path, "icmp"):
            host.run("ping", "-n", "-c", "1", target)
            terminal.wait_for("echo request", "echo reply", "2 packets")
        terminal.wait_for("2 of 2")
        terminal.type("q")
        terminal.wait_for("status 0", "ready>")

        assert terminal.is_clean()


def test_every_field_of_what_the_kernel_sends_is_named_and_placed_as_tshark_does(capture: Path) -> None:
    done = decode(capture, "--json")
    decoded = [json.loads(line) for line in done.stdout.splitlines()]
    layers = {layer["name"] for packet in decoded for layer in packet["layers"]}
    missing = [
        (packet["frame"], name, start, size)
        for packet, told in zip(decoded, places(capture), strict=True)
        for name, start, size in sorted(told)
        if name not in NO_FIELDS and not any(is_within(field, name, start, size) for field in fields(packet["layers"]))
    ]

    assert (done.returncode, done.stderr) == (0, "")
    assert {"arp", "icmp", "icmpv6", "igmp", "ipv6.hopopts", "udp"} <= layers
    assert missing == []
    assert [check for packet in decoded for check in packet["checks"] if check["status"] == "bad"] == []


def test_a_capture_that_was_cut_is_told_up_to_the_cut(six_hops: Lab, capture: Path, tmp_path: Path) -> None:
    path, whole = tmp_path / "cut.pcap", count(capture)
    path.write_bytes(capture.read_bytes()[:-10])

    told = decode(path)
    with Terminal(six_hops.nodes["h"]) as terminal:
        terminal.type(f"{SHELL} inspect {path}; echo status $?", "Enter")
        terminal.wait_for(CUT, f"1 of {whole - 1}")
        terminal.type("q")
        terminal.wait_for("status 0", "ready>")

    assert (told.returncode, len(told.stdout.splitlines())) == (2, whole - 1)
    (sentence,) = told.stderr.splitlines()
    assert CUT in sentence


def decode(path: Path, *options: str) -> subprocess.CompletedProcess[str]:
    words = [*PROGRAM, "decode", str(path), *options]
    return subprocess.run(words, capture_output=True, text=True, env=ENVIRONMENT, cwd=ROOT, timeout=30, check=False)


def fields(told: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for each in told:
        yield each
        yield from fields(each.get("fields", []))


def is_within(field: dict[str, Any], name: str, start: int, size: int) -> bool:
    """Whether it is that field: of bits, tshark tells the whole word that they are in."""
    return bool(field["name"] == name and start <= field["pos"] and field["pos"] + field["size"] <= start + size)


def tcpdump_in(terminal: Terminal) -> int:
    """The process id of the tcpdump that the terminal's shell has started."""
    (pid,) = (pid for pid in terminal.programs() if Path(f"/proc/{pid}/comm").read_text().strip() == "tcpdump")
    return pid
