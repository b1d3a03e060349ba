"""How a benchmark reports: the machine, the command of each row, and a table."""

import os
import platform
import statistics
import sys
from collections.abc import Sequence
from pathlib import Path


def machine() -> str:
    """What the numbers depend on: processor, kernel, Python."""
    info = Path("/proc/cpuinfo").read_text()
    models = [line.partition(":")[2].strip() for line in info.splitlines() if line.startswith("model name")]
    model = models[0] if models else platform.machine()
    return f"{len(models) or '?'} x {model}, Linux {platform.release()}, Python {platform.python_version()}"


def load() -> float:
    """How many processes wanted a processor in the last minute."""
    return os.getloadavg()[0]


def show(*lines: str) -> None:
    """Say something at once."""
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()


def table(heading: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Show rows under a heading: the first column to the left, the others to the right."""
    widths = [max(map(len, column)) for column in zip(heading, *rows, strict=True)]
    for row in (heading, *rows):
        first, *others = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        show("  ".join([first, *(cell.strip().rjust(len(cell)) for cell in others)]).rstrip())


def median(values: Sequence[float]) -> float:
    """The median; not a number where there is none."""
    return statistics.median(values) if values else float("nan")


def p99(values: Sequence[float]) -> float:
    """The 99th percentile; not a number where there is none."""
    return sorted(values)[int(len(values) * 0.99)] if values else float("nan")
