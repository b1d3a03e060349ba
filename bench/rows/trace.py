"""The time to a complete hop table, and the packets it took: a clean path, one with silent hops, one with loss.

The paths are those of a simulated internet behind a TUN device, which is a network for every program. hopscope's time
is that of its own document, from its first probe on; what the start of the program adds is told beside it.
"""

import json
import statistics
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from bench.ground import simulated
from bench.process import Ended, arrive, packets, run, start
from bench.report import median
from bench.row import Effort, Figure, Measured, Row, Unmeasurable

_TARGET = "198.18.1.1"
_OURS, _TRACEROUTE, _WIDE, _MTR = "hopscope", "traceroute", "traceroute -N 64 -w 1", "mtr"
COMMANDS = {
    _OURS: "hopscope trace -n --json {address}",
    _TRACEROUTE: "traceroute -n {address}",
    _WIDE: "traceroute -n -N 64 -w 1 {address}",
    _MTR: "mtr -n -r -c 1 -i 0.1 -Z 1 -G 1 {address}",
    "scamper": "scamper -c 'trace -w 1' -i {address}",
    "trip": "trip -m silent -C 1 {address}",
    "nmap": "nmap -n -sn --traceroute {address}",
}
_LOSSY = (_OURS, _TRACEROUTE, _WIDE)  #: those that are run often
_QUICK = (_OURS, _TRACEROUTE, _WIDE, _MTR)  #: others wait long for silent hops
_EACH_HOP = 3.0  #: ms


@dataclass(slots=True)
class Runs:
    """Those of one program on one path: milliseconds, and packets."""

    taken: list[float] = field(default_factory=list)
    wall: list[float] = field(default_factory=list)
    sent: list[float] = field(default_factory=list)


class Prober:
    """Runs programs over one path, and counts what leaves towards it."""

    def __init__(self, run_there: Callable[[str], Ended], counted: Callable[[], int]) -> None:
        self._run = run_there
        self._counted = counted

    def run(self, command: str) -> tuple[Ended, int]:
        """Run a program to its end; how many packets left meanwhile."""
        before = self._counted()
        ended = self._run(command)
        return ended, self._counted() - before


@contextmanager
def path(scenario: str) -> Iterator[Prober]:
    """The paths of a scenario."""
    with simulated(scenario) as node, start(node, "sleep 3600") as anchor:  # its /proc/PID/net is the namespace's
        try:
            arrive(anchor.pid)
            yield Prober(partial(run, node), lambda: packets(anchor.pid)[0])
        finally:
            anchor.kill()


def documents(output: str) -> list[Mapping[str, Any]]:
    """The traces in what hopscope printed, however many there are and however they stand in each other."""
    found: list[Mapping[str, Any]] = []

    def look(value: object) -> None:
        if isinstance(value, dict) and "hops" in value:
            found.append(value)
        elif isinstance(value, dict | list):
            for inner in value.values() if isinstance(value, dict) else value:
                look(inner)

    for line in output.splitlines():
        if line.startswith(("{", "[")):
            look(json.loads(line))
    if not found:
        raise Unmeasurable(f"hopscope has no result: {output[-200:]}")
    return found


def taken(traces: Sequence[Mapping[str, Any]]) -> float:
    """From the first probe to the last answer that mattered, in milliseconds."""
    begin = min(trace["started_at"] for trace in traces)
    return float(max(trace["ended_at"] for trace in traces) - begin) / 1e6


def _measure(prober: Prober, names: Sequence[str], rounds: int) -> tuple[dict[str, Runs], list[Mapping[str, Any]]]:
    """The programs in turns; and what hopscope found."""
    runs: dict[str, Runs] = {}
    ours: list[Mapping[str, Any]] = []
    for _ in range(rounds):
        for name in names:
            try:
                ended, sent = prober.run(COMMANDS[name].format(address=_TARGET))
            except Unmeasurable:
                continue  # it is not installed
            if name == _OURS:
                ours += documents(ended.output)
            each = runs.setdefault(name, Runs())
            each.taken.append(taken(ours[-1:]) if name == _OURS else ended.wall * 1e3)
            each.wall.append(ended.wall * 1e3)
            each.sent.append(sent)
    return runs, ours


_HEADING = ("program", "table ms", "with its start ms", "packets")


def _measured(figures: Sequence[Figure], runs: Mapping[str, Runs], middle: Callable[[list[float]], float]) -> Measured:
    lines = (
        (name, *(f"{middle(values):.0f}" for values in (each.taken, each.wall, each.sent)))
        for name, each in runs.items()
    )
    commands = {name: COMMANDS[name].format(address=_TARGET) for name in runs}
    return Measured(tuple(figures), _HEADING, tuple(lines), commands)


def _beside(runs: Mapping[str, Runs], peer: str, most: float, middle: Callable[[list[float]], float]) -> Figure:
    return Figure(f"time beside {COMMANDS[peer].removesuffix(' {address}')}", _ratio(runs, peer, middle), "×", most)


def _ratio(runs: Mapping[str, Runs], peer: str, middle: Callable[[list[float]], float]) -> float:
    return middle(runs[_OURS].taken) / middle(runs[peer].taken) if peer in runs else float("nan")


def _clean(effort: Effort) -> Measured:
    with path("clean") as prober:
        runs, ours = _measure(prober, tuple(COMMANDS), 2 * effort.rounds - 1)
    farthest = median([trace["hops"][-1]["rtt_ns"]["min"] / 1e6 for trace in ours])
    hops = len(ours[-1]["hops"])
    extra = median(runs[_OURS].taken) - farthest
    more = median(runs[_OURS].sent) / median(runs[_TRACEROUTE].sent)
    figures = (
        Figure("time beyond the farthest hop's RTT", extra, " ms", _EACH_HOP * hops),
        Figure("RTT of the farthest hop", farthest, " ms"),
        Figure("packets beside traceroute -n", more, "×", 1.0),
    )
    return _measured(figures, runs, median)


def _silent(effort: Effort) -> Measured:
    with path("silent") as prober:
        runs, _ = _measure(prober, _QUICK if effort.is_quick else tuple(COMMANDS), 2 * effort.rounds - 1)
    figures = (_beside(runs, _TRACEROUTE, 1 / 2, median), _beside(runs, _MTR, 1 / 5, median))
    return _measured(figures, runs, median)


def _lossy(effort: Effort) -> Measured:
    with path("lossy") as prober:
        runs, ours = _measure(prober, _LOSSY, 3 if effort.is_quick else 31)
    complete = sum(trace["reached"] and all(hop["replied"] for hop in trace["hops"]) for trace in ours) / len(ours)
    figures = (
        _beside(runs, _TRACEROUTE, 3 / 4, statistics.fmean),
        _beside(runs, _WIDE, 1 / 10, statistics.fmean),
        Figure("tables without a gap", complete * 100, "%"),
    )
    return _measured(figures, runs, statistics.fmean)


ROWS = (
    Row(
        "trace-clean",
        "complete hop table: clean path",
        "≤ RTT of the farthest hop + 3 ms × hops; packets ≤ `traceroute -n`",
        _clean,
    ),
    Row(
        "trace-silent",
        "… path with silent hops",
        "≤ 1/2 of `traceroute -n`, ≤ 1/5 of `mtr -r -c 1 -i 0.1 -Z 1 -G 1`",
        _silent,
    ),
    Row(
        "trace-lossy",
        "… path with 20 % loss (mean of 31 runs)",
        "≤ 3/4 of `traceroute -n`, ≤ 1/10 of `traceroute -N 64 -w 1`",
        _lossy,
    ),
)
