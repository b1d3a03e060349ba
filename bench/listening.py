"""What listening costs: a flood of small datagrams, without the screen and under it.

    python -m bench.listening [SECONDS]

tests/lab/flooding.py is the neighbour that floods, an nftables counter at the host's door says what came. Without the
screen a filter that nothing passes keeps the lines of text from being the cost; the link alone is the same without
machine, log and dissection. On the screen a key is pressed again and again, and the time to its effect is taken.
"""

import json
import subprocess
import sys
import time
from contextlib import AbstractContextManager

from bench.process import cpu_seconds
from bench.report import machine, median, show, table
from tests.lab.program import ENVIRONMENT, PROGRAM
from tests.lab.terminal import Terminal
from tests.lab.topology import Lab, Node

RATES = (0, 10_000, 50_000, 150_000)
RULES = "udp dport 9000-9100 counter\nudp dport 9000-9100 drop"
DEAF, LOUD = "icmp-errors", "udp"
KEYS = 12
PAUSE = 0.1
LOOK = 0.02  #: seconds between two looks at the terminal, which cost a process each


def flood(node: Node, address: str, seconds: float, rate: int) -> subprocess.Popen[str]:
    """Start the flood."""
    words = node.command(sys.executable, "-m", "tests.lab.flooding", address, str(seconds), str(rate))
    return subprocess.Popen(words, stdout=subprocess.PIPE, text=True, env=ENVIRONMENT)


def link_alone(lab: Lab, seconds: float, rate: int, protocol: str) -> tuple[str, ...]:
    """A program that takes the packets and does nothing with them."""
    host = lab.nodes["h"]
    with counting(host):
        words = ("-m", "bench.listening", "--link", str(seconds + 1), protocol)
        process = host.start(sys.executable, *words, env=ENVIRONMENT)
        assert process.stdout is not None
        process.stdout.readline()
        flood(lab.nodes["t"], host.address(), seconds, rate).communicate()
        seen, dropped, used = json.loads(process.communicate()[0])
        came = host.counter("udp dport")
    return row(f"the link alone, {protocol}", rate, came, seen, dropped, used / seconds)


def counting(host: Node) -> AbstractContextManager[None]:
    """Count what comes, and let nobody answer it."""
    return host.rules(RULES, hook="prerouting", priority="-400")


def row(who: str, rate: int, came: int, seen: int, dropped: int, share: float, keys: str = "-") -> tuple[str, ...]:
    """A line of the table."""
    return who, f"{rate:,}", f"{came:,}", f"{seen:,}", f"{dropped:,}", f"{share:.0%}", keys


def take(seconds: float, protocol: str) -> None:
    """The link alone, in a process of its own."""
    from app.engine.hearing import Hearing
    from app.net.options import LinkOptions
    from app.net.real import open_network

    network = open_network(LinkOptions(engines=0, ears=1))
    link = network.listen(Hearing((protocol,)))
    sys.stdout.write("it hears\n")
    sys.stdout.flush()
    ends_at, seen, before = link.now() + int(seconds * 1e9), 0, time.process_time()
    while link.now() < ends_at:
        seen += len(link.receive(ends_at))
    sys.stdout.write(json.dumps([seen, link.dropped, time.process_time() - before]) + "\n")
    link.close()
    network.close()


def report(lab: Lab, seconds: float, rate: int) -> tuple[str, ...]:
    """The program without the screen."""
    host = lab.nodes["h"]
    with counting(host):
        words = ("listen", "--jsonl", "--protocol", "udp", "-t", str(seconds + 4), "--filter", "icmp")
        process = host.start(*PROGRAM, *words, env=ENVIRONMENT)
        time.sleep(1.5)
        flood(lab.nodes["t"], host.address(), seconds, rate).communicate()
        used = cpu_seconds(process.pid)["all"]
        summary = json.loads(process.communicate()[0])
        came = host.counter("udp dport")
    return row("listen --jsonl, dissected", rate, came, summary["seen"], summary["dropped_by_kernel"], used / seconds)


def glass(lab: Lab, seconds: float, rate: int) -> tuple[str, ...]:
    """The screen, and how long it takes from a key to its effect."""
    host = lab.nodes["h"]
    with counting(host), Terminal(host) as terminal:
        terminal.type(f"{sys.executable} -m app listen --protocol udp -I to-t", "Enter")
        terminal.wait_for("0 heard", "AF_PACKET")
        (pid,) = terminal.programs()
        attack = flood(lab.nodes["t"], host.address(), seconds, rate)
        time.sleep(1)
        before, began = cpu_seconds(pid), time.monotonic()
        waits = []
        for turn in range(KEYS):
            waits.append(key(terminal, is_shown=turn % 2 == 1))
            time.sleep(PAUSE)
        share = (cpu_seconds(pid)["all"] - before["all"]) / (time.monotonic() - began)
        attack.communicate()
        time.sleep(3)
        line = terminal.screen().splitlines()[1].replace(",", "").split()
        came = host.counter("udp dport")
        terminal.type("q")
    keys = f"{median(waits) * 1000:.0f} / {max(waits) * 1000:.0f}"
    return row("the listen screen, 120x35", rate, came, int(line[0]), int(line[2]), share, keys)


def key(terminal: Terminal, *, is_shown: bool) -> float:
    """Seconds from pressing T to the strip being there, or gone."""
    pressed = time.monotonic()
    terminal.type("T")
    while ("sends most" in terminal.screen()) is not is_shown and time.monotonic() < pressed + 10:
        time.sleep(LOOK)
    return time.monotonic() - pressed


def main(seconds: float = 5) -> None:
    """Flood by flood."""
    lab = Lab()
    lab.link(lab.host("h"), lab.host("t"))
    rows: list[tuple[str, ...]] = []
    with lab:
        for rate in RATES[1:]:
            rows.append(link_alone(lab, seconds, rate, DEAF))
            rows.append(link_alone(lab, seconds, rate, LOUD))
        rows += [report(lab, seconds, rate) for rate in RATES[1:]]
        rows += [glass(lab, seconds, rate) for rate in RATES]
    show(f"{machine()}, {seconds:g} s of flood each\n")
    heads = ("who listens", "packets/s", "came (nft)", "seen", "dropped", "of one core", "key, ms: median / slowest")
    table(heads, rows)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--link"]:
        take(float(sys.argv[2]), sys.argv[3])
    else:
        main(*map(float, sys.argv[1:]))
