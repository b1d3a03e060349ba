"""The time to a complete table of a six-hop path: hopscope, traceroute and mtr, interleaved.

    python -m bench.trace [ROUNDS]

Wall time of the whole program, its start included; Python's start is told apart. In the lossy path a
router drops every fourth packet on the way out; in the silent one a router answers nothing.
"""

import sys
import time
from contextlib import nullcontext

from bench.report import machine, median, show, table
from tests.lab.program import hopscope
from tests.lab.topology import Lab, chain

MEASURING = "hopscope, once started"
COMMANDS = {
    "hopscope": "hopscope trace --json",
    MEASURING: "hopscope trace --json",
    "traceroute": "traceroute -n",
    "traceroute -N 64": "traceroute -n -N 64 -w 1",
    "mtr": "mtr -n -r -c 1",
    "mtr, hurried": "mtr -n -r -c 1 -i 0.1 -Z 1 -G 1",
}
PATHS = {
    "clean": "",
    "lossy": 'oifname "to-r4" numgen inc mod 4 == 3 drop',
    "silent": "icmp type time-exceeded drop",
}


def seconds(lab: Lab, name: str) -> float:
    """How long one run takes, by the clock on the wall or, of a document, by its own."""
    host, target = lab.nodes["h"], lab.nodes["t"].address()
    program, *options = COMMANDS[name].split()
    began = time.monotonic()
    if program == "hopscope":
        document = hopscope(host, *options, target).document
        if name == MEASURING:
            return float(document["ended_at"] - document["started_at"]) / 1e9
    else:
        host.run(program, *options, target)
    return time.monotonic() - began


def main(rounds: int) -> None:
    """Measure and show."""
    show(machine(), f"median wall time in ms of {rounds} interleaved rounds")
    with chain(5) as lab:
        rows = {name: [name] for name in COMMANDS}
        for path, rule in PATHS.items():
            hook = "output" if path == "silent" else "forward"
            with lab.nodes["r3"].rules(rule, hook=hook) if rule else nullcontext():
                taken = {name: [seconds(lab, name) for name in [name] * rounds] for name in COMMANDS}
            for name, values in taken.items():
                rows[name].append(f"{median(values) * 1e3:.0f}")
        table(("", *PATHS, "command"), [(*row, COMMANDS[name]) for name, row in rows.items()])


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3)
