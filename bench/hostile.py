"""Thirty seconds under 10,000 lies a second: what ping, fping and hopscope then say of a target that answers all.

    python -m bench.hostile [SECONDS] [RATE]

tests/lab/hostile.py is the attacker, on the next hop: forged replies, random ICMP, errors that quote others.
The dashboard runs all the while and must answer a key.
"""

import json
import subprocess
import sys
import time

from bench.process import cpu_seconds
from bench.report import machine, show, table
from tests.lab.peers import ping_rtts
from tests.lab.program import ENVIRONMENT, hopscope
from tests.lab.terminal import Terminal
from tests.lab.topology import Lab, Node, chain


def attack(router: Node, seconds: float, rate: int) -> subprocess.Popen[str]:
    """Start the attacker."""
    words = router.command(sys.executable, "-m", "tests.lab.hostile", "to-h", str(seconds), str(rate))
    return subprocess.Popen(words, stdout=subprocess.PIPE, text=True, env=ENVIRONMENT)


def reports(lab: Lab, seconds: float, rate: int) -> list[tuple[str, ...]]:
    """What the headless programs count under attack, a few seconds each."""
    host, target = lab.nodes["h"], lab.nodes["t"].address()
    count = str(max(2, int(seconds / 0.2)))
    rows: list[tuple[str, ...]] = []
    attacker = attack(lab.nodes["r1"], seconds + 3, rate)
    (row,) = hopscope(host, "ping", target, "-c", count, "-i", "0.2", "--json").document["targets"]
    worst = row["rtt_ns"]["max"] / 1e6
    counts = (str(row["sent"]), str(row["replied"]), str(row["duplicates"]), str(len(row["errors"])), f"{worst:.3g}")
    rows.append(("hopscope", *counts, f"hopscope ping -c {count} -i 0.2"))
    attacker.communicate()
    attacker = attack(lab.nodes["r1"], seconds + 3, rate)
    said = host.run("ping", "-n", "-c", count, "-i", "0.2", target, check=False, timeout=seconds + 30).stdout
    sent, replied = said.rpartition("--- ")[2].split("\n")[1].split()[0:4:3]
    ping = (sent, replied, str(said.count("DUP!")), str(said.count("\nFrom ")), f"{max(ping_rtts(said)):.3g}")
    rows.append(("ping", *ping, f"ping -n -c {count} -i 0.2"))
    attacker.communicate()
    return rows


def glass(lab: Lab, seconds: float, rate: int) -> tuple[str, float, float]:
    """What the dashboard shows at the end, what it cost, and how long it took to answer a key."""
    with Terminal(lab.nodes["h"]) as terminal:
        terminal.type(f"{sys.executable} -m app t.lab", "Enter")
        terminal.wait_for("1 up")
        (pid,) = terminal.programs()
        attacker = attack(lab.nodes["r1"], seconds, rate)
        time.sleep(seconds / 2)
        before, began = cpu_seconds(pid), time.monotonic()
        time.sleep(seconds / 4)
        share = (cpu_seconds(pid)["all"] - before["all"]) / (time.monotonic() - began)
        pressed = time.monotonic()
        terminal.type("Space")
        terminal.wait_for("‖")
        answered = time.monotonic() - pressed
        terminal.type("Space")
        show(json.dumps(json.loads(attacker.communicate()[0])))
        seen = terminal.screen()
        terminal.type("q")
    return next(line.strip() for line in seen.splitlines() if "sent" in line and "=" in line), share, answered


def main(seconds: float, rate: int) -> None:
    """Attack, measure and show."""
    show(machine(), f"{rate} lies a second, {seconds:.0f} s")
    with chain(5) as lab:
        ledger, share, answered = glass(lab, seconds, rate)
        show(f"dashboard: {ledger}", f"dashboard: {share:.1%} of one core; Space answered in {answered * 1e3:.0f} ms")
        rows = reports(lab, seconds / 3, rate)
    table(("", "sent", "replied", "duplicates", "errors", "worst ms", "command"), rows)


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 30, int(sys.argv[2]) if len(sys.argv) > 2 else 10_000)
