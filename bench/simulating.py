"""What `hopscope simulate` adds to the delays that a scenario asks for, and how many packets a second it answers.

    python -m bench.simulating [SECONDS]

Added is an RTT with both kernel stamps, by hopscope ping, less the delay that the log of the simulation says was asked
for: waking up twice, and all that is done between. Full rate is a window of 1,024 echo requests that is always open, to
10,000 addresses. Needs root, /dev/net/tun and fping.
"""

import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from ipaddress import ip_address
from pathlib import Path

from app.net.tun.namespace import Namespace
from app.packet.compose import Envelope, echo_message
from bench.report import machine, median, show, table
from tests.lab.program import ENVIRONMENT, PROGRAM, ROOT

SCENARIOS = Path(__file__).parent / "scenarios"
HERE, TARGET = ip_address("10.66.0.2"), ip_address("198.18.18.1")
HEADING = ("", "packets/s", "CPU", "µs CPU a packet", "least µs", "median µs", "p99 µs")
_WINDOW = 1_024
_IDENTIFIER = 0x5151
_PATIENCE = 0.2  #: seconds; six times the longest delay of the scenario
_TICKS = os.sysconf("SC_CLK_TCK")


class Simulation:
    """A running `hopscope simulate` in a namespace of its own."""

    def __init__(self, scenario: str, *options: str) -> None:
        self.namespace = f"simulating-{os.getpid()}"
        words = [*PROGRAM, "simulate", str(SCENARIOS / scenario), "--netns", self.namespace, *options]
        self._process = subprocess.Popen(words, cwd=ROOT, env=ENVIRONMENT, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        self._process.stdout.readline()

    def cpu(self) -> float:
        """Seconds of a processor so far."""
        fields = Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS

    def command(self, *words: str) -> list[str]:
        """A program inside."""
        return ["ip", "netns", "exec", self.namespace, *words]

    def end(self) -> None:
        """End it as a user would."""
        self._process.send_signal(signal.SIGINT)
        self._process.wait(timeout=10)


@contextmanager
def simulation(scenario: str, *options: str) -> Iterator[Simulation]:
    """A simulation for as long as the block runs."""
    running = Simulation(scenario, *options)
    try:
        yield running
    finally:
        running.end()


def added(seconds: float, beside: int) -> tuple[str, ...]:
    """What is added to the asked delay, while others send so many packets a second."""
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log"
        with simulation("block.toml", "--log", str(log)) as sim, sending(sim, beside):
            began, spent = time.monotonic(), sim.cpu()
            words = sim.command(*PROGRAM, "ping", "-c", f"{seconds * 20:.0f}", "-i", "0.05", "--jsonl", str(TARGET))
            said = subprocess.run(words, cwd=ROOT, env=ENVIRONMENT, capture_output=True, text=True, check=True).stdout
            taken, used = time.monotonic() - began, sim.cpu() - spent
        told = [line for line in map(json.loads, log.read_text().splitlines()) if line["event"] == "packet"]
    asked = {line["sequence"]: line["answers"][0]["delay_ns"] for line in told if line["destination"] == str(TARGET)}
    replies = [event for event in map(json.loads, said.splitlines()) if event["event"] == "reply"]
    errors = sorted((event["rtt_ns"] - asked[event["sequence"]]) / 1e3 for event in replies)
    p99 = errors[min(len(errors) - 1, int(len(errors) * 0.99))]
    name = f"{beside:,} packets/s beside" if beside else "idle"
    rate = f"{len(told) / taken:,.0f}"
    return name, rate, f"{used / taken:.0%}", "", f"{errors[0]:.0f}", f"{median(errors):.0f}", f"{p99:.0f}"


@contextmanager
def sending(sim: Simulation, rate: int) -> Iterator[None]:
    """Others' packets for as long as the block runs: ten a second to each of so many addresses."""
    if not rate:
        yield
        return
    hosts = [f"198.18.{number // 250 + 20}.{number % 250 + 1}" for number in range(rate // 10)]
    words = sim.command("fping", "-q", "-l", "-p", "100", "-i", f"{1000 / rate}", *hosts)
    process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=10)


def full_rate(seconds: float, name: str, *options: str) -> tuple[str, ...]:
    """As many echo requests as are answered."""
    with simulation("block.toml", *options) as sim:
        answered, taken, used = flooded(sim, seconds)
    return name, f"{answered / taken:,.0f}", f"{used / taken:.0%}", f"{used / max(1, answered) * 1e6:.0f}", "", "", ""


def flooded(sim: Simulation, seconds: float) -> tuple[int, float, float]:
    """Answers to a window that is always open, the seconds from the first to the last, and those of a processor."""
    with Namespace(sim.namespace).entered():
        sock = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
    request = echo_message(Envelope(HERE, TARGET), _IDENTIFIER, 1, bytes(56))
    sent = answered = 0
    began, spent = time.monotonic(), sim.cpu()
    last = began
    with sock:
        while (now := time.monotonic()) < began + seconds:
            if now - last > _PATIENCE:
                sent = answered  # what is still out will not come
            while sent - answered < _WINDOW:
                sock.sendto(request, (f"198.18.{sent // 250 % 40}.{sent % 250 + 1}", 0))
                sent += 1
            fresh = received(sock)
            answered, last = answered + fresh, time.monotonic() if fresh else last
    return answered, last - began, sim.cpu() - spent


def received(sock: socket.socket) -> int:
    """How many echo replies wait, after a moment in which some may come."""
    select.select((sock,), (), (), _PATIENCE / 4)
    replies = 0
    with suppress(BlockingIOError):
        while True:
            replies += sock.recv(256, socket.MSG_DONTWAIT)[20] == 0
    return replies


def main(seconds: float) -> None:
    """Measure and show."""
    show(machine(), f"hopscope simulate for {seconds:g} s a row; added to the asked delay in µs")
    rows = [added(seconds, beside) for beside in (0, 1_000, 5_000)]
    rows += [full_rate(seconds, "full rate"), full_rate(seconds, "full rate, logged", "--log", os.devnull)]
    table(HEADING, rows)


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 5)
