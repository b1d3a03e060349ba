"""What the inspector takes for a large capture: until the first page, until all is indexed, and for each key.

    python -m bench.inspector [PACKETS] [KEYS]

The capture is bench/capturemaker.py's, as pcapng; the terminal is tmux at 160x50, whose own cost is not counted.
CPU times are of the whole process, read from /proc/PID/task/*/schedstat.
"""

import os
import re
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from bench import capturemaker
from bench.process import cpu_seconds
from bench.report import machine, show, table
from tests.lab.terminal import Terminal
from tests.lab.topology import chain

#: Keys, what they do, and whether each goes on where the one before led.
KEYS = (("Down", "one line"), ("PageDown", "one page"), ("End", "to the end"), ("Home", "to the start"))
FILTER = "icmp.type == 11"


def main(packets: int, presses: int) -> int:
    """Measure and show."""
    show(machine(), f"{packets:,} packets of pcapng, {presses} presses of each key")
    with tempfile.TemporaryDirectory() as folder, chain(0) as lab:
        path = Path(folder) / "large.pcapng"
        capturemaker.make(path, packets, "pcapng")
        with Terminal(lab.nodes["h"], columns=160, rows=50) as terminal:
            rows = list(_opening(terminal, path, packets))
            (pid,) = terminal.programs()
            rows += [_press(terminal, pid, key, words, presses) for key, words in KEYS]
            rows += [*_filtering(terminal, pid, presses), ("memory", f"{_resident(pid):.0f} MiB", "")]
            terminal.type("q")
    table(("", "", "of the process"), rows)
    return 0


def _opening(terminal: Terminal, path: Path, packets: int) -> "list[tuple[str, str, str]]":
    began = time.monotonic()
    terminal.type(f"{sys.executable} -m app inspect {path}", "Enter")
    _wait(terminal, lambda seen: "0.000312" in seen)
    first = time.monotonic() - began
    (pid,) = terminal.programs()
    _wait(terminal, lambda seen: f"{packets:,} packets" in seen)
    whole = time.monotonic() - began
    cpu = cpu_seconds(pid)["all"]
    return [
        ("first page", f"{first:.2f} s", "from the key, start of the program included"),
        ("all indexed", f"{whole:.2f} s", f"{cpu:.2f} s CPU, start included"),
    ]


def _press(terminal: Terminal, pid: int, key: str, words: str, presses: int) -> tuple[str, str, str]:
    """CPU of one press, the frame it leads to included."""
    time.sleep(1)
    before = cpu_seconds(pid)["glass"]
    for _ in range(presses):
        terminal.type(key)
        time.sleep(0.15)
    each = (cpu_seconds(pid)["glass"] - before) / presses
    return f"{key}: {words}", f"{each * 1000:.1f} ms", "CPU of the drawing thread"


def _filtering(terminal: Terminal, pid: int, presses: int) -> list[tuple[str, str, str]]:
    """A filter over all: how long a key waits beside it, and how far it gets in a second."""
    terminal.type("/")
    terminal.type(FILTER.replace(" ", ""), "Enter")
    _wait(terminal, lambda seen: "looked at" in seen)
    slowest = 0.0
    for press in range(presses):
        before = _position(terminal)
        terminal.type("Down" if press % 2 == 0 else "Up")
        began = time.monotonic()
        _wait(terminal, _has_moved(before), seconds=3)
        slowest = max(slowest, time.monotonic() - began)
    begin, at = _looked_at(terminal), time.monotonic()
    time.sleep(3)
    rate = (_looked_at(terminal) - begin) / (time.monotonic() - at)
    return [
        ("a key while a filter runs", f"{slowest * 1000:.0f} ms", "the slowest, tmux and polling included"),
        ("a filter looks at", f"{rate:,.0f} packets/s", FILTER),
    ]


def _has_moved(before: str) -> Callable[[str], bool]:
    return lambda seen: _cursor(seen) != before


def _looked_at(terminal: Terminal) -> int:
    found = re.search(r"([\d,]+) of [\d,]+ looked at", terminal.screen())
    return int(found[1].replace(",", "")) if found else 0


def _position(terminal: Terminal) -> str:
    return _cursor(terminal.screen())


def _cursor(screen: str) -> str:
    """The line that the cursor is on."""
    return next((line[:40] for line in screen.splitlines() if line.startswith("▌")), "")


def _resident(pid: int) -> float:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20


def _wait(terminal: Terminal, is_there: Callable[[str], bool], seconds: float = 30) -> None:
    until = time.monotonic() + seconds
    while not is_there(terminal.screen()):
        if time.monotonic() > until:
            raise TimeoutError(terminal.screen())
        time.sleep(0.01)


if __name__ == "__main__":
    raise SystemExit(
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000, int(sys.argv[2]) if len(sys.argv) > 2 else 20)
    )
