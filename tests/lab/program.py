"""hopscope as a user runs it: a command line in a namespace, its exit status and what it printed.

What every document must be, whatever was measured, is held here once: each row's ledger balances, and
nothing is on standard output but JSON.
"""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.lab.topology import Node

ROOT = Path(__file__).parents[2]
ENVIRONMENT = os.environ | {"PYTHONPATH": str(ROOT), "NO_COLOR": "1"}

PROGRAM = (sys.executable, "-m", "app")


@dataclass(frozen=True, slots=True)
class Ended:
    """What a run came to. `document` is the last line or the whole of the JSON; `events` what came before it."""

    status: int
    document: Any
    events: list[dict[str, Any]]
    stderr: str


def hopscope(node: Node, *arguments: str, program: Sequence[str] = PROGRAM, timeout: float = 60) -> Ended:
    """Run hopscope in a namespace to its end."""
    words = node.command(*program, *arguments)
    done = subprocess.run(
        words,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        env=ENVIRONMENT,
        cwd=ROOT,
        timeout=timeout,
        check=False,
    )
    return ended(done.returncode, done.stdout, done.stderr)


class Running:
    """A run with `--jsonl` whose events are read as they happen. Its arguments bound it: it ends by itself."""

    def __init__(self, node: Node, *arguments: str) -> None:
        self._process = node.start(*PROGRAM, *arguments, env=ENVIRONMENT)
        self._lines: list[str] = []

    def until(self, kind: str) -> dict[str, Any]:
        """Read up to the next event of a kind."""
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._lines.append(line)
            event: dict[str, Any] = json.loads(line)
            if event["event"] == kind:
                return event
        raise AssertionError(f"it ended without another {kind!r}: {self._lines[-3:]}")

    def status(self) -> dict[str, str]:
        """What the kernel says of the process: its ids, its capabilities."""
        lines = Path(f"/proc/{self._process.pid}/status").read_text().splitlines()
        return {name: value.strip() for name, _, value in (line.partition(":") for line in lines)}

    def tell(self, number: signal.Signals) -> None:
        """Send it a signal."""
        self._process.send_signal(number)

    def end(self, number: signal.Signals) -> Ended:
        """Send it a signal and read the rest."""
        self.tell(number)
        return self.rest()

    def rest(self) -> Ended:
        """Read until it has ended by itself."""
        assert self._process.stdout is not None
        assert self._process.stderr is not None
        self._lines += self._process.stdout
        return ended(self._process.wait(timeout=10), "".join(self._lines), self._process.stderr.read())


def ended(status: int, stdout: str, stderr: str) -> Ended:
    """Read what a run printed, and hold it against what holds for every run."""
    if status == 2:
        assert stdout == "", stdout
        return Ended(status, None, [], stderr)
    lines = list(_values(stdout))
    assert lines, f"status {status}, nothing on standard output: {stderr}"
    for row in rows(lines[-1]):
        assert row["sent"] == row["replied"] + row["lost"] + row["in_flight"] + row["failed"], row
    assert "Traceback" not in stderr, stderr
    return Ended(status, lines[-1], lines[:-1], stderr)


def rows(document: Any) -> Iterator[dict[str, Any]]:
    """The rows of a ping's or a trace's document."""
    yield from document.get("targets", [])
    yield from document.get("hops", [])


def _values(text: str) -> Iterator[Any]:
    """The JSON values of a text, one after another."""
    decoder = json.JSONDecoder()
    position = 0
    while text[position:].strip():
        position += len(text[position:]) - len(text[position:].lstrip())
        value, position = decoder.raw_decode(text, position)
        yield value
