"""The plain text of `hopscope ping`: for one target as ping(8) writes it, for many a name before each line. Pure."""

from collections.abc import Iterator, Sequence

from app.engine.command import Target
from app.engine.snapshot import PingSnapshot, RttSummary, TargetRow
from app.engine.wording import duration, percent, significant
from app.packet.text import safe
from app.report.narrator import Happening, Story
from app.report.sweep import sweep_table

_COLUMNS = ("sent", "replied", "loss", "min", "mean", "median", "p95", "max", "jitter")
_MILLISECOND = 1_000_000


class PingText:
    """How the report of these targets reads."""

    def __init__(self, targets: Sequence[Target], sizes: Sequence[int], timeout: int) -> None:
        self._targets = {target.key: target for target in targets}
        self._sizes = f"{sizes[0]}" if len(sizes) == 1 else f"{sizes[0]} to {sizes[-1]}"
        self._timeout = timeout
        self._width = 0 if len(targets) == 1 else max((len(target.key) for target in targets), default=0)

    def opening(self) -> str:
        """The first line."""
        if len(self._targets) != 1:
            return f"PING {len(self._targets)} hosts: {self._sizes} bytes of payload"
        (target,) = self._targets.values()
        return f"PING {target.host} ({target.address}): {self._sizes} bytes of payload"

    def line(self, story: Story) -> str | None:
        """What is said of one thing that happened; None where that is nothing."""
        probe = f"icmp_seq={story.probe.sequence}"
        match story.happening:
            case Happening.SENT:
                return None
            case Happening.LOST if story.probe.is_refused:
                return None
            case Happening.LOST:
                said = f"no answer: {probe} within {duration(self._timeout)}"
            case Happening.UNKNOWN:
                said = f"unknown: {probe} its answer may have been dropped here, not on the network"
            case Happening.FAILED:
                said = f"not sent: {probe} {safe(story.text)}"
            case Happening.ERROR:
                said = f"from {story.source}: {probe} {safe(story.text)}"
            case _:
                said = self._reply(story, probe)
        return f"{story.probe.row:<{self._width}} : {said}" if self._width else said

    def _reply(self, story: Story, probe: str) -> str:
        ttl = "" if story.reply_ttl is None else f" ttl={story.reply_ttl}"
        rtt = "" if story.rtt is None else f" time={_milliseconds(story.rtt)} ms"
        mark = {Happening.LATE: " (late)", Happening.DUPLICATE: " (DUP!)"}.get(story.happening, "")
        return f"{story.length} bytes from {story.source}: {probe}{ttl}{rtt}{mark}"

    def closing(self, snapshot: PingSnapshot) -> Iterator[str]:
        """The statistics at the end."""
        yield ""
        if len(snapshot.rows) == 1:
            yield from _statistics(snapshot.rows[0], snapshot.at - snapshot.started_at)
        else:
            yield from _table(snapshot.rows)
        for row in snapshot.rows:
            yield from sweep_table(row)
        if snapshot.dropped:
            yield f"{snapshot.dropped} packets were dropped here, not on the network: a receive buffer of ours was full"


def _statistics(row: TargetRow, elapsed: int) -> Iterator[str]:
    ledger = row.ledger
    yield f"--- {row.target.host} ping statistics ---"
    parts = [
        f"{ledger.sent - ledger.failed + ledger.unknown} packets transmitted, {ledger.replied} received",
        f"{ledger.in_flight} in flight" if ledger.in_flight else "",
        f"{unsent} not sent" if (unsent := ledger.failed - ledger.unknown) else "",
        f"{ledger.unknown} unknown" if ledger.unknown else "",
        f"+{ledger.late} late" if ledger.late else "",
        f"+{ledger.duplicates} duplicates" if ledger.duplicates else "",
        f"+{errors} errors" if (errors := sum(error.count for error in row.errors)) else "",
        f"{percent(ledger.loss)} packet loss" if ledger.loss is not None else "",
        f"time {elapsed // _MILLISECOND} ms",
    ]
    yield ", ".join(part for part in parts if part)
    if (rtt := row.rtt) is not None:
        four = "/".join(_milliseconds(value) for value in (rtt.minimum, rtt.mean, rtt.maximum, rtt.stddev))
        yield f"rtt min/avg/max/mdev = {four} ms"
        three = ", ".join(f"{name} {_milliseconds(value)}" for name, value in _beyond_ping(rtt))
        yield f"    {three} ms; sent by {_clock(row)} clock"
    yield from (f"    {remark}" for remark in _errors(row))


def _errors(row: TargetRow) -> Iterator[str]:
    """What routers said of its probes."""
    for error in row.errors:
        yield f"{error.count} × {safe(error.text)}, said {error.source}"


def _beyond_ping(rtt: RttSummary) -> tuple[tuple[str, float], ...]:
    return ("median", rtt.median), ("p95", rtt.p95), ("jitter", rtt.jitter)


def _clock(row: TargetRow) -> str:
    return row.sent_clock.value if row.sent_clock else "no"


def _table(rows: Sequence[TargetRow]) -> Iterator[str]:
    """A line a target under one heading; times in milliseconds."""
    lines = [("--- ping statistics, ms ---", *_COLUMNS), *((row.target.key, *_cells(row)) for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    for name, *cells in lines:
        yield f"{name:<{widths[0]}}" + "".join(
            f"  {cell:>{width}}" for cell, width in zip(cells, widths[1:], strict=True)
        )
    for row in rows:
        yield from (f"{row.target.key}: {remark}" for remark in _remarks(row))


def _remarks(row: TargetRow) -> Iterator[str]:
    """What the table has no column for."""
    ledger = row.ledger
    counts = (
        (ledger.in_flight, "in flight"),
        (ledger.failed - ledger.unknown, "not sent"),
        (ledger.unknown, "unknown"),
        (ledger.late, "late"),
        (ledger.duplicates, "duplicates"),
    )
    yield from (f"{count} {words}" for count, words in counts if count)
    yield from _errors(row)


def _cells(row: TargetRow) -> tuple[str, ...]:
    ledger, rtt = row.ledger, row.rtt
    counts = (str(ledger.sent), str(ledger.replied), percent(ledger.loss))
    if rtt is None:
        return (*counts, *("—" for _ in _COLUMNS[len(counts) :]))
    times = (rtt.minimum, rtt.mean, rtt.median, rtt.p95, rtt.maximum, rtt.jitter)
    return (*counts, *(_milliseconds(value) for value in times))


def _milliseconds(nanoseconds: float) -> str:
    return significant(nanoseconds / _MILLISECOND)
