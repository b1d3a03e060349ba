"""hopscope as a user runs it: a command line in a namespace, its exit status and what it printed.

What every document must be, whatever was measured, is held here once: each row's ledger balances, and
nothing is on standard output but JSON.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.lab.topology import Node

ROOT = Path(__file__).parents[2]
ENVIRONMENT = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1", "NO_COLOR": "1"}

#: nobody, with no privilege but to read this Python wherever it is installed: no raw socket can be had.
AS_NOBODY = (
    *("setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"),
    *("--inh-caps=-all,+dac_read_search", "--ambient-caps=-all,+dac_read_search"),
)


@dataclass(frozen=True, slots=True)
class Ended:
    """What a run came to. `document` is the last line or the whole of the JSON; `events` what came before it."""

    status: int
    document: Any
    events: list[dict[str, Any]]
    stderr: str


def hopscope(node: Node, *arguments: str, user: tuple[str, ...] = (), timeout: float = 60) -> Ended:
    """Run hopscope in a namespace to its end."""
    words = node.command(*user, sys.executable, "-m", "app", *arguments)
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


def start(node: Node, *arguments: str) -> subprocess.Popen[str]:
    """Start hopscope in a namespace; the caller reads its lines and waits for it."""
    return node.start(sys.executable, "-m", "app", *arguments, env=ENVIRONMENT)


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
