"""What hopscope costs and how true it is, beside its peers, row by row: needs root, for it builds namespaces.

    python -m bench [--quick] [--rows NAME,...] [--json FILE]

A row that cannot be measured says why, and the next one is run. Status 1 where a bar was missed.
"""

import argparse
import json
import sys
import time
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bench.report import load, machine, show, table
from bench.row import FULL, QUICK, Effort, Measured, Row, Unmeasurable
from bench.rows.all import PEERS, ROWS, version


def main(words: Sequence[str]) -> int:
    """Run the rows and tell of them."""
    options = _options(words)
    effort = QUICK if options.quick else FULL
    names = options.rows.split(",") if options.rows else [row.name for row in ROWS if row.is_quick or not options.quick]
    peers = {name: version(name) for name in PEERS}
    facts = {"machine": machine(), "began": time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime()), "peers": peers}
    show(machine(), *(f"{name}: {found or 'not installed, left out'}" for name, found in peers.items()))
    results = [_result(row, effort) for row in ROWS if row.name in names]
    _summarise(results)
    if options.json:
        document = {**facts, "rounds": effort.rounds, "seconds": effort.seconds, "rows": results}
        Path(options.json).parent.mkdir(parents=True, exist_ok=True)
        Path(options.json).write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n")
    return int(any("missed" in figure["verdict"] for result in results for figure in result["figures"]))


def _options(words: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="one short round of what can be had in two minutes")
    parser.add_argument("--rows", help=f"names between commas: {', '.join(row.name for row in ROWS)}")
    parser.add_argument("--json", help="the file to write the results to")
    options = parser.parse_args(words)
    if unknown := set((options.rows or ROWS[0].name).split(",")) - {row.name for row in ROWS}:
        parser.error(f"there is no row {', '.join(sorted(unknown))}")
    return options


def _result(row: Row, effort: Effort) -> dict[str, Any]:
    """Run a row, whatever comes of it."""
    show("", f"== {row.name}: {row.title} ({row.bar})")
    before, began = load(), time.monotonic()
    measured, failure = Measured(()), ""
    try:
        measured = row.run(effort)
    except Unmeasurable as reason:
        failure = str(reason)
    except Exception as error:  # noqa: BLE001  # one row's failure must not cost the others
        failure = f"{type(error).__name__}: {error}"
        traceback.print_exc(file=sys.stderr)
    result = {
        "name": row.name,
        "title": row.title,
        "bar": row.bar,
        "failure": failure,
        "seconds": round(time.monotonic() - began, 1),
        "load": [before, load()],
        **asdict(measured),
        "figures": [asdict(figure) | {"verdict": figure.verdict} for figure in measured.figures],
    }
    _tell(measured, result)
    return result


def _tell(measured: Measured, result: Mapping[str, Any]) -> None:
    if result["failure"]:
        show(f"not measured: {result['failure']}")
    if measured.lines:
        table(measured.heading, measured.lines)
    for name, command in measured.commands.items():
        show(f"  {name}: {command}")
    for note in measured.notes:
        show(f"  {note}")
    for figure in measured.figures:
        show(f"{figure.name}: {_with_unit(asdict(figure))}  {figure.verdict}".rstrip())
    before, after = result["load"]
    show(f"({result['seconds']} s, load {before:.1f} to {after:.1f})")


def _summarise(results: Sequence[Mapping[str, Any]]) -> None:
    judged = [
        (result["name"], figure["name"], _with_unit(figure), f"{figure['most']:.3g}", figure["verdict"])
        for result in results
        for figure in result["figures"]
        if figure["most"] is not None
    ]
    judged += [(result["name"], "not measured", "", "", "") for result in results if result["failure"]]
    show("")
    if judged:
        table(("row", "figure", "measured", "at most", "verdict"), judged)


def _with_unit(figure: Mapping[str, Any]) -> str:
    return f"{figure['value']:.3g}{figure['unit']}"


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
