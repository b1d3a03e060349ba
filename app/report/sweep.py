"""What a sweep found out, size by size, as a table of text. Pure."""

from collections.abc import Iterator

from app.engine.snapshot import RttSummary, SizeRow, TargetRow
from app.engine.wording import percent, significant

_COLUMNS = ("size", "sent", "replied", "loss", "min", "mean", "median", "p95", "max")
_MILLISECOND = 1_000_000


def sweep_table(row: TargetRow) -> Iterator[str]:
    """A line a size under one heading; times in milliseconds. Nothing of a row that is not swept."""
    if not row.sweep:
        return
    yield f"--- {row.target.host} by bytes of payload, ms ---"
    lines = [_COLUMNS, *map(_cells, row.sweep)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    for cells in lines:
        yield "  ".join(f"{cell:>{width}}" for cell, width in zip(cells, widths, strict=True))


def _cells(size: SizeRow) -> tuple[str, ...]:
    ledger = size.ledger
    counts = (str(size.size), str(ledger.sent), str(ledger.replied), percent(ledger.loss))
    if size.rtt is None:
        return (*counts, *("—" for _ in _COLUMNS[len(counts) :]))
    return (*counts, *(significant(value / _MILLISECOND) for value in _times(size.rtt)))


def _times(rtt: RttSummary) -> tuple[float, ...]:
    return rtt.minimum, rtt.mean, rtt.median, rtt.p95, rtt.maximum
