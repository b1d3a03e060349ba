"""How long the shortest run takes, from its start to its end."""

from bench.process import run
from bench.report import median
from bench.row import Effort, Figure, Measured, Row
from tests.lab.topology import chain

_COMMANDS = {"hopscope": "hopscope ping 127.0.0.1 -c 1", "ping": "ping -n -c 1 127.0.0.1", "fping": "fping 127.0.0.1"}


def _start(effort: Effort) -> Measured:
    taken: dict[str, list[float]] = {name: [] for name in _COMMANDS}
    cpu: dict[str, list[float]] = {name: [] for name in _COMMANDS}
    with chain(0) as lab:
        run(lab.nodes["h"], _COMMANDS["hopscope"])  # compiles what was never run
        for _ in range(7 * effort.rounds):
            for name, command in _COMMANDS.items():
                ended = run(lab.nodes["h"], command)
                taken[name].append(ended.wall * 1e3)
                cpu[name].append(ended.cpu * 1e3)
    return Measured(
        (Figure("wall time", median(taken["hopscope"]), " ms", 120),),
        ("program", "wall ms", "least", "most", "CPU ms"),
        tuple(
            (
                name,
                f"{median(times):.0f}",
                f"{min(times):.0f}",
                f"{max(times):.0f}",
                f"{median(cpu[name]):.0f}",
            )
            for name, times in taken.items()
        ),
        _COMMANDS,
    )


ROWS = (Row("start", "`ping HOST -c 1` without the screen, start to end on loopback", "≤ 120 ms wall", _start),)
