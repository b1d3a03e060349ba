"""A hundred traces at once, on a tree whose near hops they share, beside one trace and beside a hundred single ones."""

import tomllib

from bench.report import median
from bench.row import Effort, Figure, Measured, Row
from bench.rows.trace import documents, path, taken
from tests.lab.program import ROOT

_SCENARIO = "tree"
_COMMAND = "hopscope trace -n --json"
_QUICKLY = 10  #: of the single traces, where there is no time for all


def _targets() -> list[str]:
    """The IPv4 addresses of all hosts of the scenario."""
    scenario = tomllib.loads((ROOT / "bench" / "scenarios" / f"{_SCENARIO}.toml").read_text())
    return [addresses[0] for addresses in scenario["hosts"].values()]


def _hundred(effort: Effort) -> Measured:
    targets = _targets()
    single = targets[:: len(targets) // _QUICKLY] if effort.is_quick else targets
    many, many_sent, one, one_sent = [], [], [], []
    with path(_SCENARIO) as prober:
        for turn in range(effort.rounds):
            ended, sent = prober.run(f"{_COMMAND} {' '.join(targets)}")
            many.append(taken(documents(ended.output)))
            many_sent.append(sent)
            for target in single[turn :: effort.rounds]:
                ended, sent = prober.run(f"{_COMMAND} {target}")
                one.append(taken(documents(ended.output)))
                one_sent.append(sent)
    whole = sum(one_sent) * len(targets) / len(single)
    return Measured(
        (
            Figure("time beside one", median(many) / median(one), "×", 3),
            Figure("packets beside as many single ones", median(many_sent) / whole, "×", 0.6),
        ),
        ("", "ms", "packets"),
        (
            (f"{len(targets)} at once", f"{median(many):.0f}", f"{median(many_sent):.0f}"),
            ("one", f"{median(one):.0f}", f"{median(one_sent):.0f}"),
            (f"{len(targets)} single ones", f"{sum(one) * len(targets) / len(single):.0f}", f"{whole:.0f}"),
        ),
        {"at once": f"{_COMMAND} ADDRESS...", "single": f"{_COMMAND} ADDRESS"},
    )


ROWS = (
    Row(
        "traces-100",
        "100 traces at once",
        "≤ 3 × the time of one, ≤ 60 % of the packets of 100 single ones where paths share hops",
        _hundred,
    ),
)
