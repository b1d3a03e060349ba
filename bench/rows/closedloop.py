"""A closed loop over a thousand targets, both ends stamped by the kernel: the next probe goes when there are answers.

Judged is the link (bench/closedloop.py), which is what stamps, sends and reads; fping stamps one end. What the whole
program takes in its adaptive mode, with ledgers and statistics of every probe, is told beside it.
"""

import json
from typing import Any

from bench.ground import crowd, listed
from bench.process import Ended, run
from bench.report import median
from bench.row import Effort, Figure, Measured, Row, Unmeasurable

_TARGETS, _BATCH = 1_000, 250
_ROUNDS_EACH = 20  #: probes to each target
_COMMANDS = {
    "link": "python -m bench.closedloop {hosts} {probes} {batch}",
    "fping": "fping -q -f {hosts} -i 0 -p 10 -c {count}",
    "hopscope -A": "hopscope ping -A -F {hosts} -c {count} --json",
}


def _document(ended: Ended) -> dict[str, Any]:
    for line in ended.output.splitlines():
        if line.startswith("{"):
            found: dict[str, Any] = json.loads(line)
            return found
    raise Unmeasurable(ended.output[-200:] or f"status {ended.status}")


def _closed(effort: Effort) -> Measured:
    probes = _TARGETS * _ROUNDS_EACH
    costs: dict[str, list[float]] = {}
    answered: list[dict[str, Any]] = []
    notes: list[str] = []
    with crowd() as lab, listed(_TARGETS) as hosts:
        options = {"hosts": hosts, "probes": probes, "batch": _BATCH, "count": _ROUNDS_EACH}
        for _ in range(effort.rounds):
            for name, command in _COMMANDS.items():
                ended = run(lab.nodes["h"], command.format(**options))
                if name == "link":
                    answered.append(_document(ended))
                    costs.setdefault(name, []).append(answered[-1]["cpu"] / probes * 1e6)
                elif ended.status == 0:
                    costs.setdefault(name, []).append(ended.cpu / probes * 1e6)
                else:
                    notes = [f"{name} was not measured: {ended.output.strip()[-150:]}"]
    short = sum(probes - min(each["answered"], each["stamped"]) for each in answered)
    return Measured(
        (
            Figure("CPU per probe beside fping -i 0", median(costs["link"]) / median(costs["fping"]), "×", 1.0),
            Figure("probes without a reply or without both stamps", short, f" of {probes * len(answered):,}", 0),
        ),
        ("program", "CPU/probe µs"),
        tuple((name, f"{median(each):.1f}") for name, each in costs.items()),
        {name: command.format(**options | {"hosts": "HOSTS"}) for name, command in _COMMANDS.items()},
        (*notes, "The link's cost is of its loop; the programs' are of whole runs, their starts included."),
    )


ROWS = (Row("closed-loop", "closed loop, both stamps", "≤ 1.0 × `fping -i 0`", _closed),)
