"""What the dashboard costs: 1, 200 and 1,000 targets at 1 Hz in a terminal of 200x50, in per cent of one core.

    python -m bench.dashboard [SECONDS] [RUNS]

The targets are addresses of a host at the other end of a veth pair. The CPU time of each thread is read from
/proc/PID/task/*/schedstat after a warm-up; the terminal is tmux, whose own cost is not counted. What else the
machine does makes it only dearer, so the least of the runs is shown, and the most beside it.
"""

import os
import sys
import time
from pathlib import Path

from bench.report import machine, show, table
from tests.lab.terminal import Terminal
from tests.lab.topology import Lab, chain

COUNTS = (1, 200, 1_000)
AIM = {200: 0.08}  #: of one core
WARM_UP = 5.0
A_SUBNET = 250


def give_addresses(lab: Lab, count: int) -> None:
    """Give the far end more addresses, and the way to them."""
    host, target = lab.nodes["h"], lab.nodes["t"]
    addresses = (f"10.88.{number // A_SUBNET}.{number % A_SUBNET + 1}" for number in range(count))
    target.ip(*(f"addr add {address}/32 dev lo" for address in addresses))
    host.ip(f"route add 10.88.0.0/16 via {target.address()}")


def command(count: int) -> str:
    """Measure that many of the addresses; a shell writes them out, for a terminal's line is not long enough."""
    if count == 1:
        return f"{sys.executable} -m app 10.88.0.1"
    subnets = " ".join(str(number) for number in range(-(-count // A_SUBNET)))
    addresses = f"for n in {subnets}; do seq -f 10.88.$n.%g 1 {min(count, A_SUBNET)}; done"
    return f"{sys.executable} -m app $({addresses})"


def cpu_seconds(pid: int) -> dict[str, float]:
    """The CPU time of a process: in all, of its first thread, which draws, and of the others."""
    used = {
        int(task.name): int((task / "schedstat").read_text().split()[0]) / 1e9
        for task in Path(f"/proc/{pid}/task").iterdir()
    }
    return {"all": sum(used.values()), "glass": used[pid], "engine": sum(used.values()) - used[pid]}


def share(lab: Lab, count: int, seconds: float) -> tuple[dict[str, float], float]:
    """What one run takes, of one core, and MiB of memory."""
    with Terminal(lab.nodes["h"], columns=200, rows=50) as terminal:
        terminal.type(command(count), "Enter")
        terminal.wait_for(f"{count} up")
        time.sleep(WARM_UP)
        (pid,) = terminal.programs()
        before, began = cpu_seconds(pid), time.monotonic()
        time.sleep(seconds)
        after, took = cpu_seconds(pid), time.monotonic() - began
        resident = int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
        terminal.type("q")
    return {part: (after[part] - before[part]) / took for part in after}, resident / 2**20


def main(seconds: float, runs: int) -> int:
    """Measure and show; status 1 above the aim."""
    show(machine(), f"the least and the most of {runs} runs of {seconds:g} s")
    rows, is_above = [], False
    with chain(0) as lab:
        give_addresses(lab, max(COUNTS))
        for count in COUNTS:
            taken = sorted((share(lab, count, seconds) for _ in range(runs)), key=lambda run: run[0]["all"])
            least, resident = taken[0]
            is_above |= least["all"] > AIM.get(count, 1)
            shares = (f"{least[part]:.1%}" for part in ("all", "glass", "engine"))
            rows.append((str(count), *shares, f"{taken[-1][0]['all']:.1%}", f"{resident:.0f}", "hopscope ADDRESS..."))
    table(("targets at 1 Hz, 200x50", "one core", "glass", "engine", "most", "MiB", "command"), rows)
    return int(is_above)


if __name__ == "__main__":
    raise SystemExit(
        main(float(sys.argv[1]) if len(sys.argv) > 1 else 10, int(sys.argv[2]) if len(sys.argv) > 2 else 3)
    )
