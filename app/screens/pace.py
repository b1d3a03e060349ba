"""The intervals that + and - step through, and how they are said."""

from app.engine.command import SetInterval
from app.engine.pacing.making import Mode
from app.engine.snapshot import PingSnapshot, TargetRow
from app.engine.wording import every

#: From 50 ms to a minute, in nanoseconds.
INTERVALS = tuple(round(seconds * 1e9) for seconds in (0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60))


def faster(interval: int) -> int:
    """The next shorter interval; the same where there is none."""
    return max((each for each in INTERVALS if each < interval), default=interval)


def slower(interval: int) -> int:
    """The next longer interval; the same where there is none."""
    return min((each for each in INTERVALS if each > interval), default=interval)


def faster_here(row: TargetRow, snapshot: PingSnapshot) -> SetInterval:
    """The next shorter interval for one row, which has its own from then on."""
    return SetInterval(faster(_asked(row, snapshot)), row.target.key)


def slower_here(row: TargetRow, snapshot: PingSnapshot) -> SetInterval:
    """The next longer interval for one row, which has its own from then on."""
    return SetInterval(slower(_asked(row, snapshot)), row.target.key)


def _asked(row: TargetRow, snapshot: PingSnapshot) -> int:
    """A row's interval before the budget stretched it, to the microsecond: the budget stretches the next one too."""
    return round((row.interval or snapshot.interval) / snapshot.stretch / 1_000) * 1_000


def how_often(snapshot: PingSnapshot, row: TargetRow | None = None) -> str:
    """How often targets are asked, or one of them: "every 1 s", "as answers come"."""
    if snapshot.mode is Mode.TIMED:
        return every(snapshot.interval if row is None or row.interval is None else row.interval)
    return "as answers come" if snapshot.mode is Mode.ADAPTIVE else "flood"
