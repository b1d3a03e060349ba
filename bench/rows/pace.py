"""The cost of a steady pace: a thousand and ten thousand targets at 1 Hz, beside fping."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.ground import crowd, listed
from bench.process import Steady, watched
from bench.report import median
from bench.row import Effort, Figure, Measured, Row, Unmeasurable

_WARM_UP = 2.5
_LEFT = 1.5  #: seconds after the look, in which a run ends by itself
_SEQUENCES = 65_535  #: that fping has for all targets, and gives free after ten seconds


@dataclass(slots=True)
class _Runs:
    """Those of one program."""

    steady: list[Steady]
    said: list[str]

    @property
    def per_probe(self) -> float:
        return median([run.per_probe for run in self.steady])

    @property
    def share(self) -> float:
        return median([run.share for run in self.steady])


def _commands(fping: str, hosts: Path, count: int) -> dict[str, str]:
    return {
        "hopscope": f"hopscope ping -F {hosts} -i 1 -c {count} -W 0.9 --json",
        "fping": f"fping -q -f {hosts} {fping} -p 1000 -c {count}",
    }


def _measure(targets: int, fping: str, effort: Effort) -> tuple[dict[str, _Runs], dict[str, str]]:
    """Both programs in turns over one crowd."""
    seconds = min(effort.seconds, _SEQUENCES // targets - _WARM_UP - 1)
    count = min(round(_WARM_UP + seconds + _LEFT), _SEQUENCES // targets)
    with crowd() as lab, listed(targets) as hosts:
        commands = _commands(fping, hosts, count)
        runs = {name: _Runs([], []) for name in commands}
        for _ in range(effort.rounds):
            for name, command in commands.items():
                steady, ended = watched(lab.nodes["h"], command, warm_up=_WARM_UP, seconds=seconds)
                runs[name].steady.append(steady)
                runs[name].said.append(ended.output)
        return runs, {name: command.replace(str(hosts), "HOSTS") for name, command in commands.items()}


def _documents(runs: _Runs) -> list[dict[str, Any]]:
    documents = [line for said in runs.said for line in said.splitlines() if line.startswith("{")]
    if len(documents) < len(runs.said):
        raise Unmeasurable(f"hopscope has no result: {runs.said[-1][-200:]}")
    return [json.loads(document) for document in documents]


def _missing(documents: list[dict[str, Any]]) -> tuple[int, int, int]:
    """Probes in all, those without a reply, and packets that our own buffers dropped."""
    targets = [target for document in documents for target in document["targets"]]
    sent = sum(target["sent"] for target in targets)
    dropped = sum(document.get("dropped") or 0 for document in documents)
    return sent, sent - sum(target["replied"] for target in targets), dropped


def _lines(runs: dict[str, _Runs]) -> tuple[tuple[str, ...], ...]:
    return tuple(
        (
            name,
            f"{each.per_probe:.1f}",
            f"{each.share:.1%}",
            f"{median([run.sent / run.seconds for run in each.steady]):,.0f}",
            f"{median([run.received / run.seconds for run in each.steady]):,.0f}",
        )
        for name, each in runs.items()
    )


_HEADING = ("program", "CPU/probe µs", "of a core", "sent/s", "received/s")


def _thousand(effort: Effort) -> Measured:
    runs, commands = _measure(1_000, "-i 1", effort)
    sent, missing, dropped = _missing(_documents(runs["hopscope"]))
    return Measured(
        (
            Figure("CPU per probe beside fping -i 1", runs["hopscope"].per_probe / runs["fping"].per_probe, "×", 0.8),
            Figure("probes without a reply", missing, f" of {sent:,}", 0),
            Figure("own drops", dropped, "", 0),
        ),
        _HEADING,
        _lines(runs),
        commands,
    )


def _ten_thousand(effort: Effort) -> Measured:
    runs, commands = _measure(10_000, "-i 0", effort)
    sent, missing, dropped = _missing(_documents(runs["hopscope"]))
    ours = runs["hopscope"]
    return Measured(
        (
            Figure("CPU per probe beside fping -i 0", ours.per_probe / runs["fping"].per_probe, "×", 1.5),
            Figure("of a core", ours.share * 100, "%", 25),
            Figure("probes without a reply", missing, f" of {sent:,}", 0),
            Figure("own drops", dropped, "", 0),
        ),
        _HEADING,
        _lines(runs),
        commands,
        ("The runs are short: after 65,535 probes within ten seconds fping ends for want of sequence numbers.",),
    )


ROWS = (
    Row("pace-1000", "1,000 targets at 1 Hz, both stamps, CPU per probe", "≤ 0.8 × `fping -i 1`", _thousand),
    Row(
        "pace-10000",
        "10,000 targets at 1 Hz",
        "≤ 1.5 × `fping -i 0` per probe, ≤ 25 % of a core, no own drops, every reply counted",
        _ten_thousand,
    ),
)
