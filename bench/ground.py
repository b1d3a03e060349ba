"""The networks that benchmarks run on: any number of addresses behind a veth pair, and what lies behind a delay."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.process import start
from bench.row import Unmeasurable
from tests.lab.program import ENVIRONMENT, ROOT
from tests.lab.topology import Lab, Node, chain

_A_SUBNET = 250


@contextmanager
def crowd(routers: int = 0) -> Iterator[Lab]:
    """A host whose target answers for all of 10.88.0.0/16, that many routers away."""
    with chain(routers) as lab:
        host, *between, target = lab.nodes.values()
        target.ip("route add local 10.88.0.0/16 dev lo")
        for node, following in zip((host, *between), (*between, target), strict=True):
            node.ip(f"route add 10.88.0.0/16 via {following.address(4, node)}")
        yield lab


def addresses(count: int) -> list[str]:
    """So many of the crowd."""
    return [f"10.88.{number // _A_SUBNET}.{number % _A_SUBNET + 1}" for number in range(count)]


@contextmanager
def listed(count: int) -> Iterator[Path]:
    """A file with so many of the crowd, one a line, which everybody may read."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        path = Path(folder) / "hosts"
        path.write_text("".join(f"{address}\n" for address in addresses(count)))
        yield path


@contextmanager
def delayed(node: Node, milliseconds: float) -> Iterator[str]:
    """An address that is reached from a node by a TUN device, and answers so much later."""
    with start(node, f"python -m tests.lab.delaying far 10.99.0.0/16 {milliseconds:g}") as process:
        try:
            if process.stdout is None or process.stdout.readline() != "ready\n":
                raise Unmeasurable("no TUN device can be opened here")
            yield "10.99.0.1"
        finally:
            process.kill()


@contextmanager
def simulated(scenario: str) -> Iterator[Node]:
    """A namespace whose only way out is a simulated internet; `scenario` is a name in bench/scenarios."""
    name = f"bench-{os.getpid()}-{scenario}"
    here = Node("here", name, {})
    words = [sys.executable, "-m", "app", "simulate", f"bench/scenarios/{scenario}.toml", "--netns", name]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=ENVIRONMENT) as process:
        try:
            if process.stdout is None or not process.stdout.readline():
                raise Unmeasurable(f"hopscope simulate does not run {scenario}.toml here")
            yield here
        finally:
            process.terminate()
            process.wait(10)
