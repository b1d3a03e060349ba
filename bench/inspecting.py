"""What the inspector costs the engine that measures beside it: 200 targets at 1 Hz in a terminal of 200x50.

    python -m bench.inspecting [SECONDS] [ROUNDS]

One run of the program is looked at in turns: the dashboard, the packets of all rows, and these through a filter.
Round-trip times, losses and the spacing of the probes come from what it records meanwhile (--save); CPU times of
threads from /proc/PID/task/*/schedstat. "Spacing" is by how much two probes to one target were not a second apart;
"waited" is the time in which the engine's thread wanted a processor and others had it: where that is much, the
machine is too busy for this benchmark.
"""

import itertools
import sys
import tempfile
import time
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from app.packet.capture.captured import Way
from app.packet.capture.reader import read_capture
from bench.ground import crowd, listed
from bench.process import threads, words
from bench.report import machine, median, p99, show, table
from tests.lab.terminal import Terminal
from tests.lab.topology import Lab

TARGETS = 200
SECOND = 1_000_000_000
WARM_UP = 5.0
SETTLING = 2.0  #: seconds between two views
DASHBOARD, PACKETS, FILTERED = "dashboard", "packets of all rows", "the same, filtered"
FILTER = "icmp.type==0"


@dataclass(slots=True)
class View:
    """What was measured while one view was open, in all rounds together."""

    turns: list[tuple[int, int]] = field(default_factory=list)  #: from when to when, since the epoch
    engine: float = 0.0  #: CPU seconds
    glass: float = 0.0
    others: float = 0.0
    waited: float = 0.0  #: seconds in which the engine was ready to run and did not
    rtts: list[int] = field(default_factory=list)
    spacings: list[int] = field(default_factory=list)
    sent: int = 0

    @property
    def seconds(self) -> float:
        """How long it was open."""
        return sum(end - begin for begin, end in self.turns) / SECOND

    def holds(self, at: int) -> bool:
        """Whether a probe left while this view was open."""
        return any(begin <= at < end for begin, end in self.turns)


def main(seconds: float, rounds: int) -> int:
    """Measure and show; status 1 where probes were lost beside the inspector."""
    show(machine(), f"{TARGETS} targets at 1 Hz, {rounds} rounds of {seconds:g} s in each view")
    views = {name: View() for name in (DASHBOARD, PACKETS, FILTERED)}
    with tempfile.TemporaryDirectory() as folder, crowd() as lab:
        Path(folder).chmod(0o777)
        path = Path(folder) / "run.pcapng"
        _run(lab, path, views, seconds, rounds)
        _read(path, views)
    alone = views[DASHBOARD]
    table(_HEADING, [_row(name, view) for name, view in views.items()])
    table(("beside the dashboard alone", *_RATIOS), [_ratios(name, view, alone) for name, view in views.items()])
    return int(any(len(view.rtts) < view.sent for view in views.values()))


def _run(lab: Lab, path: Path, views: dict[str, View], seconds: float, rounds: int) -> None:
    with listed(TARGETS) as hosts, Terminal(lab.nodes["h"], columns=200, rows=50) as terminal:
        terminal.type(" ".join(words(f"hopscope -F {hosts} --save {path}")), "Enter")
        terminal.wait_for(f"{TARGETS} up")
        time.sleep(WARM_UP)
        (pid,) = terminal.programs()
        engine = _busiest(pid)
        for _ in range(rounds):
            _look(pid, engine, views[DASHBOARD], seconds)
            terminal.type("i")
            terminal.wait_for("Packets", "summary")
            terminal.type("a")
            terminal.wait_for("all rows")
            _look(pid, engine, views[PACKETS], seconds)
            terminal.type("/")
            terminal.wait_for("Enter applies")
            terminal.type(FILTER, "Enter")
            terminal.wait_for(FILTER)
            _look(pid, engine, views[FILTERED], seconds)
            terminal.type("C-u")
            terminal.wait_for("following the newest")
            terminal.type("Escape")
            terminal.wait_for(f"{TARGETS} up")
        time.sleep(SETTLING)
        terminal.type("q")
        terminal.wait_for("ready>")


def _look(pid: int, engine: int, view: View, seconds: float) -> None:
    """Let a view be for a while."""
    time.sleep(SETTLING)
    before, waited, begin = threads(pid), _waited(pid, engine), time.time_ns()
    time.sleep(seconds)
    after, end = threads(pid), time.time_ns()
    view.waited += _waited(pid, engine) - waited
    used = {thread: after[thread] - before.get(thread, 0.0) for thread in after}
    view.turns.append((begin, end))
    view.engine += used.pop(engine)
    view.glass += used.pop(pid)
    view.others += sum(used.values())


def _waited(pid: int, thread: int) -> float:
    """Seconds in which a thread was ready to run and had no processor."""
    return int(Path(f"/proc/{pid}/task/{thread}/schedstat").read_text().split()[1]) / SECOND


def _busiest(pid: int) -> int:
    """The engine's thread: beside the first, which draws, no other has done so much."""
    used = threads(pid)
    return max(used.keys() - {pid}, key=lambda thread: used[thread])


def _read(path: Path, views: dict[str, View]) -> None:
    """Join the recorded probes with their replies, each credited to the view that was open when it left."""
    sent: dict[tuple[bytes, bytes], int] = {}
    received: dict[tuple[bytes, bytes], int] = {}
    by_target: dict[bytes, list[int]] = defaultdict(list)
    with path.open("rb") as file:
        for packet in read_capture(file):
            data, at = packet.data, packet.time_ns or 0
            is_probe = packet.direction is Way.OUT
            peer = data[16:20] if is_probe else data[12:16]
            (sent if is_probe else received).setdefault((peer, data[24:28]), at)
            if is_probe:
                by_target[peer].append(at)
    for view in views.values():
        probes = [probe for probe, at in sent.items() if view.holds(at)]
        view.sent = len(probes)
        view.rtts = [received[probe] - sent[probe] for probe in probes if probe in received]
        view.spacings = [
            abs(later - earlier - SECOND)
            for times in by_target.values()
            for earlier, later in itertools.pairwise(times)
            if view.holds(later)
        ]


_HEADING = (
    "",
    "probes",
    "lost",
    "RTT median µs",
    "p99",
    "spacing median µs",
    "p99",
    "engine CPU",
    "waited",
    "glass",
    "others",
)
_RATIOS = ("RTT median", "p99", "spacing median", "p99", "engine CPU")


def _figures(view: View) -> tuple[float, ...]:
    """RTT, spacing, each by median and 99th percentile in µs; the engine's share of a core."""
    measured = (part for values in (view.rtts, view.spacings) for part in (median(values) / 1e3, p99(values) / 1e3))
    return (*measured, view.engine / view.seconds)


def _row(name: str, view: View) -> tuple[str, ...]:
    *times, engine = _figures(view)
    shares = (
        f"{share:.1%}" for share in (engine, *(part / view.seconds for part in (view.waited, view.glass, view.others)))
    )
    return (name, str(view.sent), str(view.sent - len(view.rtts)), *(f"{value:.1f}" for value in times), *shares)


def _ratios(name: str, view: View, alone: View) -> tuple[str, ...]:
    pairs = zip(_figures(view), _figures(alone), strict=True)
    return (name, *(f"{value / other:.2f}" for value, other in pairs))


if __name__ == "__main__":
    raise SystemExit(
        main(float(sys.argv[1]) if len(sys.argv) > 1 else 10, int(sys.argv[2]) if len(sys.argv) > 2 else 3)
    )
