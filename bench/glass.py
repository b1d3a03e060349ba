"""The whole program on a terminal of 200x50, watched from outside."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.process import cpu_seconds, packets, resident, words
from bench.row import Unmeasurable
from tests.lab.terminal import Terminal
from tests.lab.topology import Node

_PATIENCE = 60.0


@dataclass(frozen=True, slots=True)
class Cost:
    """What a dashboard takes, as shares of one core, and of memory in MiB."""

    glass: float  #: the thread that draws
    engine: float  #: all others
    per_probe: float  #: CPU time of the others, in microseconds
    memory: float


@dataclass(frozen=True, slots=True)
class Shown:
    """A dashboard that runs."""

    pid: int
    terminal: Terminal

    def cost(self, seconds: float) -> Cost:
        """What it takes for a while."""
        before, sent, began = cpu_seconds(self.pid), packets(self.pid)[0], time.monotonic()
        time.sleep(seconds)
        after, sent_now, took = cpu_seconds(self.pid), packets(self.pid)[0], time.monotonic() - began
        glass, engine = (after[part] - before[part] for part in ("glass", "engine"))
        probes = sent_now - sent
        return Cost(glass / took, engine / took, engine / probes * 1e6 if probes else float("nan"), resident(self.pid))


@contextmanager
def dashboard(node: Node, hosts: Path, count: int, *options: str) -> Iterator[Shown]:
    """The dashboard over the targets of a file, from when each has answered once. Raises Unmeasurable."""
    command = " ".join([*words(f"hopscope -F {hosts}"), *options])
    with Terminal(node, columns=200, rows=50) as terminal:
        received = packets(terminal.shell())[1]
        terminal.type(command, "Enter")
        until = time.monotonic() + _PATIENCE
        while not (pids := terminal.programs()) or packets(pids[0])[1] < received + count:
            if time.monotonic() > until:
                raise Unmeasurable(f"not all of {count} targets answered within {_PATIENCE:g} s:\n{terminal.screen()}")
            time.sleep(0.1)
        shown = Shown(pids[0], terminal)
        yield shown
        terminal.type("q")
        terminal.wait_for("ready>")
