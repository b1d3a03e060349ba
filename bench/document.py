"""Makes docs/performance.md of the results of one run of the benchmark or of several.

python -m bench.document FILE.json... > docs/performance.md
"""

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from bench.report import show

Result = Mapping[str, Any]

_OPENING = """\
# Performance

Made by `python -m bench.document` of what `make bench` measured; nothing here was written by hand. Each row runs its
programs in turns within the same minute, in network namespaces on one machine, and compares medians of the rounds: read
the ratios, for the absolute numbers are this machine's. `make bench-quick` measures most of it in two minutes.
"""
_UNMEASURED = """\
## What could not be measured

- Network cards: all devices here are veth pairs, TUN devices and loopback, stamped by the kernel in software. Hardware
  stamps, drivers that do not stamp, and Wi-Fi were not at hand.
- The error of a round-trip time below what the capture itself adds: AF_PACKET stamps a packet some 5 µs away from where
  the kernel stamps it for us, and that distance is in every error shown.
- ping's and fping's errors on paths above 10 ms to better than 0.1 ms: they print three digits.
- Lateness is taken from departures on the wire: a plan that was late by the same time in every turn is not seen there.
"""


def document(runs: Sequence[Result]) -> Iterator[str]:
    """The page, piece by piece."""
    yield _OPENING
    yield from _machines(runs)
    yield "## All rows\n"
    yield from _summary(runs)
    for row in runs[0]["rows"]:
        yield from _row(row["name"], runs)
    yield _UNMEASURED
    yield from _left_out(runs)


def _machines(runs: Sequence[Result]) -> Iterator[str]:
    yield _table(
        ("run", "when", "machine", "rounds"),
        [(str(turn), run["began"], run["machine"], str(run["rounds"])) for turn, run in enumerate(runs, 1)],
    )
    peers = ", ".join(f"{name} {version}" for name, version in runs[0]["peers"].items() if version)
    yield f"Peers: {peers}.\n"


def _summary(runs: Sequence[Result]) -> Iterator[str]:
    shown = [f"run {turn}" for turn in range(1, len(runs) + 1)] if len(runs) > 1 else ["measured"]
    rows = []
    for name, figures in _by_row(runs).items():
        for figure, values in figures.items():
            most = values[0]["most"]
            if most is not None:
                cells = [f"{_number(value['value'])}{value['unit']}" for value in values]
                cells += [""] * (len(shown) - len(cells))  # a run that could not measure it
                rows.append((f"[{name}](#{name})", figure, *cells, _number(most), _judged(values)))
    yield _table(("row", "figure", *shown, "at most", "verdict"), rows)


def _by_row(runs: Sequence[Result]) -> Mapping[str, Mapping[str, list[Result]]]:
    """The same figure of all runs, by row and by its name."""
    found: dict[str, dict[str, list[Result]]] = {}
    for run in runs:
        for row in run["rows"]:
            for figure in row["figures"]:
                found.setdefault(row["name"], {}).setdefault(figure["name"], []).append(figure)
    return found


def _judged(values: Sequence[Result]) -> str:
    """One verdict for all runs; where they differ, each."""
    verdicts = [value["verdict"] for value in values]
    return verdicts[0] if len(set(verdicts)) == 1 else ", ".join(verdicts)


def _row(name: str, runs: Sequence[Result]) -> Iterator[str]:
    """A row in detail: what it asks, what each run found, and by which commands."""
    found = [row for run in runs for row in run["rows"] if row["name"] == name]
    yield f"## {name}\n"
    title = found[0]["title"]
    yield f"{title[:1].upper()}{title[1:]}. Asked: {found[0]['bar']}.\n"
    for turn, row in enumerate(found, 1):
        before, after = row["load"]
        run = f"Run {turn}: " if len(found) > 1 else ""
        yield f"{run}{row['seconds']:.0f} s, load {before:.1f} to {after:.1f}.\n"
        if row["failure"]:
            yield f"Not measured: {row['failure']}\n"
        if row["lines"]:
            yield _table(row["heading"], row["lines"])
        told = [figure for figure in row["figures"] if figure["most"] is None]
        if told:
            yield "; ".join(f"{each['name']}: {_number(each['value'])}{each['unit']}" for each in told) + ".\n"
    if found[0]["commands"]:
        commands = "\n".join(f"    {command}" for command in dict.fromkeys(found[0]["commands"].values()))
        yield f"{commands}\n"
    for note in found[0]["notes"]:
        yield f"{note}\n"


def _left_out(runs: Sequence[Result]) -> Iterator[str]:
    missing = [name for name, version in runs[0]["peers"].items() if not version]
    if missing:
        yield f"- Not installed where this ran, and left out: {', '.join(missing)}.\n"
    for run in runs:
        for row in run["rows"]:
            if row["failure"]:
                yield f"- {row['name']}: {row['failure']}\n"


def _number(value: float) -> str:
    """Three digits that count; whole numbers as they are."""
    if value != value:
        return "-"
    return f"{value:,.0f}" if abs(value) >= 100 or value == int(value) else f"{value:.3g}"


def _table(heading: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [heading, ["---"] * len(heading), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines) + "\n"


if __name__ == "__main__":
    show("\n".join(document([json.loads(Path(name).read_text()) for name in sys.argv[1:]])).rstrip("\n"))
