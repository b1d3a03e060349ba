"""What foreign ICMP costs, and whether it moves a statistic: 20,000 a second come in beside 20 targets."""

import json
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

from bench.ground import crowd, listed
from bench.process import Steady, start, watched
from bench.report import median
from bench.row import Effort, Figure, Measured, Row, Unmeasurable
from tests.lab.topology import Lab

_RATE = 20_000
_TARGETS = 20
_WARM_UP, _LEFT = 2.0, 1.5
_COMMAND = "hopscope ping -F {hosts} -i 0.1 -c {count} -W 0.9 --json"
_QUIET, _FLOODED = "quiet", f"{_RATE:,}/s foreign ICMP"


@contextmanager
def _flooded(lab: Lab, seconds: float) -> Iterator[None]:
    host = lab.nodes["h"].address()
    with start(lab.nodes["t"], f"python -m tests.lab.flooding {host} {seconds:g} {_RATE} icmp") as process:
        time.sleep(0.5)
        try:
            yield
        finally:
            process.kill()


def _once(lab: Lab, seconds: float, flood: AbstractContextManager[None]) -> tuple[Steady, dict[str, Any]]:
    count = round((_WARM_UP + seconds + _LEFT) * 10)
    with listed(_TARGETS) as hosts, flood:
        command = _COMMAND.format(hosts=hosts, count=count)
        steady, ended = watched(lab.nodes["h"], command, warm_up=_WARM_UP, seconds=seconds)
    for line in ended.output.splitlines():
        if line.startswith("{"):
            return steady, json.loads(line)
    raise Unmeasurable(f"hopscope has no result: {ended.output[-200:]}")


def _counts(documents: list[dict[str, Any]]) -> tuple[int, int, int, float]:
    """Probes without a reply, duplicates, errors told; the median of the targets' median RTTs in µs."""
    targets = [target for document in documents for target in document["targets"]]
    return (
        sum(target["sent"] - target["replied"] for target in targets),
        sum(target["duplicates"] + target["late"] for target in targets),
        sum(len(target["errors"]) for target in targets),
        median([target["rtt_ns"]["median"] / 1e3 for target in targets if target["rtt_ns"]]),
    )


def _flood(effort: Effort) -> Measured:
    runs: dict[str, list[tuple[Steady, dict[str, Any]]]] = {_QUIET: [], _FLOODED: []}
    long = _WARM_UP + effort.seconds + 10
    with crowd() as lab:
        for _ in range(effort.rounds):
            for name, each in runs.items():
                each.append(_once(lab, effort.seconds, nullcontext() if name == _QUIET else _flooded(lab, long)))
    share = {name: median([steady.share for steady, _ in each]) for name, each in runs.items()}
    came = {name: median([steady.received / steady.seconds for steady, _ in each]) for name, each in runs.items()}
    counts = {name: _counts([document for _, document in each]) for name, each in runs.items()}
    moved = sum(abs(flooded - quiet) for flooded, quiet in zip(counts[_FLOODED][:3], counts[_QUIET][:3], strict=True))
    return Measured(
        (
            Figure("of a core more", (share[_FLOODED] - share[_QUIET]) * 100, "%", 1),
            Figure("counts that moved", moved, "", 0),
            Figure("median RTT beside quiet", counts[_FLOODED][3] / counts[_QUIET][3], "×"),
        ),
        ("", "of a core", "received/s", "without reply", "late, duplicate", "errors", "median RTT µs"),
        tuple(
            (
                name,
                f"{share[name]:.2%}",
                f"{came[name]:,.0f}",
                *map(str, counts[name][:3]),
                f"{counts[name][3]:.1f}",
            )
            for name in runs
        ),
        {"hopscope": _COMMAND.format(hosts="HOSTS", count="COUNT")},
        (f"{_TARGETS} targets at 10 Hz; half of the flood are echo replies, half errors that quote echo requests.",),
    )


ROWS = (Row("flood", "foreign ICMP flood 20,000/s", "≤ 1 % of a core more, no statistic moved", _flood),)
