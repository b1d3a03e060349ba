"""How true round-trip times are, and how punctual probes, while the whole dashboard runs at 200x50.

The program records its own packets (--save), whose stamps are those that its numbers are made of; tcpdump has the
wire's. ping and fping run beside it, against the same far end.
"""

import tempfile
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from bench.glass import Cost, dashboard
from bench.ground import crowd, listed
from bench.process import run
from bench.report import median, p99
from bench.row import Effort, Figure, Measured, Row
from bench.rows.truth import COMMANDS, MEDIAN, P99, Errors, errors_of, told_by
from bench.wire import Seen, read, tap
from tests.lab.topology import Lab

PUNCTUAL = 15.0  #: ms
SECOND = 1_000_000_000
_PEERS = ("ping", "fping")


@contextmanager
def _recording() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o777)
        yield Path(folder) / "run.pcapng"


def own_errors(own: Seen, wire: Seen) -> list[float]:
    """What the program's stamps say less what the wire's do, in microseconds, echo by echo."""
    truth = wire.rtts()
    return [(rtt - truth[echo]) / 1e3 for echo, rtt in own.rtts().items() if echo in truth]


def lateness(wire: Seen, own: Seen) -> list[float]:
    """How late each probe left against its target's own even grid, laid through the most punctual one; ms."""
    departures: dict[bytes, list[int]] = defaultdict(list)
    for echo, at in wire.sent.items():
        if echo in own.sent:
            departures[echo.peer].append(at)
    late = []
    for times in departures.values():
        phases = [(at - times[0] + SECOND // 2) % SECOND - SECOND // 2 for at in times]
        late += [(phase - min(phases)) / 1e6 for phase in phases]
    return late


def _run(lab: Lab, targets: int, seconds: float) -> tuple[Seen, Seen, dict[str, list[float]], Cost]:
    """One run of the dashboard: its own stamps, the wire's, the errors of the peers beside it, and its cost."""
    host, far = lab.nodes["h"], lab.nodes["t"].address()
    with listed(targets) as hosts, _recording() as recording:
        with dashboard(host, hosts, targets, "--save", str(recording)) as shown, tap(host, "to-t") as wire:
            cost = shown.cost(seconds)
            told = {
                name: told_by(name, run(host, COMMANDS[name].format(count=60, address=far)).output) for name in _PEERS
            }
        own = read(recording)
    theirs: dict[int, list[int | None]] = {}
    rtts = wire.rtts()
    for echo in wire.sent:
        if echo not in own.sent:
            theirs.setdefault(echo.identifier, []).append(rtts.get(echo))
    pairs = zip(told.items(), theirs.values(), strict=True)
    return own, wire, {name: errors_of(numbers, seen) for (name, numbers), seen in pairs}, cost


def _truth(targets: int, effort: Effort) -> Measured:
    seconds = 4 if effort.is_quick else effort.seconds * 2
    found = {name: Errors() for name in ("hopscope", *_PEERS)}
    late: list[float] = []
    costs: list[Cost] = []
    with crowd() as lab:
        for _ in range(effort.rounds):
            own, wire, theirs, cost = _run(lab, targets, seconds)
            found["hopscope"].signed += own_errors(own, wire)
            for name, signed in theirs.items():
                found[name].signed += signed
            late += lateness(wire, own)
            costs.append(cost)
    ours = found["hopscope"]
    return Measured(
        (
            Figure("median error", ours.median, " µs", MEDIAN),
            Figure("p99", ours.p99, " µs", 2 * P99),
            *(
                Figure(f"beside {name}'s median", ours.median / found[name].median, "×", most)
                for name, most in zip(_PEERS, (1 / 3, 1 / 2), strict=True)
            ),
            Figure("send lateness p99", p99(late), " ms", PUNCTUAL),
            Figure("send lateness median", median(late), " ms"),
            Figure("of a core, drawing", median([cost.glass for cost in costs]) * 100, "%"),
            Figure("of a core, measuring and recording", median([cost.engine for cost in costs]) * 100, "%"),
        ),
        ("program", "replies", "median µs", "p99 µs"),
        tuple((name, *each.cells()) for name, each in found.items()),
        {
            "hopscope": "hopscope -F HOSTS --save FILE.pcapng",
            **{name: COMMANDS[name].format(count=60, address="ADDRESS") for name in _PEERS},
        },
        ("Lateness: departures on the wire against each target's even grid through its most punctual probe.",),
    )


ROWS = tuple(
    Row(
        f"glass-{targets}",
        f"RTT error and send lateness while the whole dashboard runs at 200x50 with {targets:,} targets",
        "median ≤ 12 µs, p99 ≤ 80 µs; median ≤ 1/3 of ping's, ≤ 1/2 of fping's; lateness p99 ≤ 15 ms",
        partial(_truth, targets),
        is_quick=targets == 1_000,
    )
    for targets in (200, 1_000)
)
