"""What `hopscope simulate` adds to the delays that are asked of it, and how many packets a second it answers."""

import os

from bench import simulating
from bench.report import median
from bench.row import Effort, Figure, Measured, Row

_IDLE, _FULL, _LOGGED = "idle", "full rate", "full rate, logged"
_RATE, _MEDIAN = 1, 5  #: the columns of bench/simulating.py that are judged


def _simulate(effort: Effort) -> Measured:
    seconds = 2 if effort.is_quick else effort.seconds
    lines: dict[str, list[tuple[str, ...]]] = {}
    for _ in range(1 if effort.is_quick else 2):
        lines.setdefault(_IDLE, []).append(simulating.added(seconds, 0))
        if not effort.is_quick:
            lines.setdefault("beside", []).append(simulating.added(seconds, 5_000))
        lines.setdefault(_FULL, []).append(simulating.full_rate(seconds, _FULL))
        lines.setdefault(_LOGGED, []).append(simulating.full_rate(seconds, _LOGGED, "--log", os.devnull))
    return Measured(
        (
            Figure("added to the asked delay, median", _column(lines[_IDLE], _MEDIAN), " µs", 300),
            Figure("time for 10,000 packets, at full rate", 10_000 / _column(lines[_FULL], _RATE), " s", 1),
            Figure("the same with the log of what became of each", 10_000 / _column(lines[_LOGGED], _RATE), " s", 1),
        ),
        simulating.HEADING,
        tuple(line for each in lines.values() for line in each),
        {"hopscope": "hopscope simulate bench/scenarios/block.toml --netns NAME"},
    )


def _column(lines: list[tuple[str, ...]], column: int) -> float:
    return median([float(line[column].replace(",", "")) for line in lines])


ROWS = (
    Row(
        "simulate",
        "the simulated internet as a network of its own: packets answered a second, and what it adds to an asked delay",
        "≥ 10,000 packets/s; ≤ 0.3 ms (median) added",
        _simulate,
    ),
)
