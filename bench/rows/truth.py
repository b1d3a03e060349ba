"""How far a round-trip time is from what passed the outgoing interface, by AF_PACKET's stamps of the same packets.

The error is signed: what a program says less what the wire says. On each ground the programs run in turns, first while
nothing else wants a processor, then beside four processes that only compute.
"""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field

from bench.ground import delayed
from bench.process import busy, run
from bench.report import median, p99
from bench.row import Effort, Figure, Measured, Row, Unmeasurable
from bench.wire import Seen, tap
from tests.lab.topology import Node, chain

MEDIAN, P99 = 12.0, 40.0  #: µs
_BUSY = 4
COMMANDS = {
    "hopscope": "hopscope ping -c {count} -i 0.02 --jsonl {address}",
    "ping": "ping -n -c {count} -i 0.02 {address}",
    "fping": "fping -c {count} -p 20 -t 500 {address}",
}
_LINES = {
    "ping": re.compile(r"icmp_seq=(\d+) .*time=([\d.]+) ms"),
    "fping": re.compile(r": \[(\d+)\], .* bytes, ([\d.]+) ms"),
}
_FIRST = {"hopscope": 1, "ping": 1, "fping": 0}  #: the number of the first probe in what each prints


@dataclass(frozen=True, slots=True)
class _Ground:
    """Where packets leave, towards whom, and where they are seen."""

    name: str
    node: Node
    interface: str
    address: str


@dataclass(slots=True)
class Errors:
    """Of one program on one ground, in microseconds."""

    signed: list[float] = field(default_factory=list)

    @property
    def median(self) -> float:
        """Of the absolute errors."""
        return median([abs(error) for error in self.signed])

    @property
    def p99(self) -> float:
        """Of the absolute errors."""
        return p99([abs(error) for error in self.signed])

    def cells(self) -> tuple[str, ...]:
        """How many, their signed median, and the 99th percentile of the absolute ones."""
        return str(len(self.signed)), f"{median(self.signed):+.1f}", f"{self.p99:.1f}"


@contextmanager
def _grounds() -> Iterator[tuple[_Ground, ...]]:
    with chain(0) as lab:
        host, far = lab.nodes["h"], lab.nodes["t"]
        with delayed(far, 10) as hop:
            far.run("sysctl", "-qw", "net.ipv4.ip_forward=1")
            host.ip(f"route add 10.99.0.0/16 via {far.address()}")
            first = (_Ground("veth", host, "to-t", far.address()), _Ground("10 ms hop", host, "to-t", hop))
            with chain(0) as other, delayed(other.nodes["h"], 24) as tun:
                yield (*first, _Ground("TUN, 24 ms", other.nodes["h"], "far", tun))


def told_by(name: str, output: str) -> dict[int, float]:
    """The round-trip times that a program tells, in microseconds, by the number of the probe from 0."""
    if name == "hopscope":
        events = [json.loads(line) for line in output.splitlines() if line.startswith("{")]
        replies = [event for event in events if event["event"] == "reply"]
        return {event["sequence"] - _FIRST[name]: event["rtt_ns"] / 1e3 for event in replies}
    return {int(number) - _FIRST[name]: float(ms) * 1e3 for number, ms in _LINES[name].findall(output)}


def errors_of(said: dict[int, float], seen: list[int | None]) -> list[float]:
    """What is said less what was seen. The n-th request on the wire is the program's n-th probe."""
    return [said[number] - rtt / 1e3 for number, rtt in enumerate(seen) if number in said and rtt is not None]


def _seen(seen: Seen) -> list[list[int | None]]:
    """The round-trip times of each program that ran, in their order: each has an identifier of its own."""
    rtts = seen.rtts()
    runs: dict[int, list[int | None]] = {}
    for echo in seen.sent:
        runs.setdefault(echo.identifier, []).append(rtts.get(echo))
    return list(runs.values())


def _measure(ground: _Ground, count: int) -> Iterator[tuple[str, list[float]]]:
    """One run of each program, and its errors."""
    said = {}
    with tap(ground.node, ground.interface) as seen:
        for name, command in COMMANDS.items():
            said[name] = told_by(name, run(ground.node, command.format(count=count, address=ground.address)).output)
    runs = _seen(seen)
    if len(runs) != len(said):
        raise Unmeasurable(f"on {ground.name}, {len(runs)} programs in place of {len(said)} were seen on the wire")
    for (name, rtts), wire in zip(said.items(), runs, strict=True):
        yield name, errors_of(rtts, wire)


def _truth(effort: Effort) -> Measured:
    count = 60 if effort.is_quick else 100
    errors: dict[tuple[str, str, str], Errors] = {}
    with _grounds() as grounds:
        for _ in range(effort.rounds):
            for ground in grounds[:1] if effort.is_quick else grounds:
                for load, crowd in (("idle", nullcontext()), (f"{_BUSY} busy", busy(_BUSY))):
                    with crowd:
                        for name, found in _measure(ground, count):
                            errors.setdefault((ground.name, load, name), Errors()).signed.extend(found)
    return Measured(
        tuple(_figures(errors)),
        ("ground", "", "program", "replies", "median µs", "p99 µs"),
        tuple((*key, *each.cells()) for key, each in errors.items()),
        {name: command.format(count=count, address="ADDRESS") for name, command in COMMANDS.items()},
        ("ping and fping print three digits: from 10 ms on their p99 is of the rounding, too.",),
    )


def _figures(errors: dict[tuple[str, str, str], Errors]) -> Iterator[Figure]:
    for (ground, load, name), ours in errors.items():
        if name != "hopscope":
            continue
        place = f"{ground}, {load}"
        yield Figure(f"{place}: median error", ours.median, " µs", MEDIAN)
        yield Figure(f"{place}: p99", ours.p99, " µs", P99)
        yield Figure(f"{place}: beside ping's median", ours.median / errors[ground, load, "ping"].median, "×", 1 / 3)
        yield Figure(f"{place}: beside fping's median", ours.median / errors[ground, load, "fping"].median, "×", 1 / 2)


ROWS = (
    Row(
        "truth",
        "RTT error against AF_PACKET stamps on the outgoing interface (veth, 10 ms hop, TUN), idle and with 4 busy"
        " processes",
        "median ≤ 12 µs, p99 ≤ 40 µs; median ≤ 1/3 of ping's, ≤ 1/2 of fping's",
        _truth,
    ),
)
