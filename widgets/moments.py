"""Moments as a clock on the wall tells them, as short as they can be told apart. Nanoseconds since the epoch."""

from datetime import UTC, datetime, tzinfo

from app.engine.samples.periods import DAY
from app.engine.samples.rollup import HOUR, MINUTE

SECOND = 1_000_000_000


def on_the_wall(at: int, zone: tzinfo | None = None) -> datetime:
    """The moment in a time zone, or else in that of this host."""
    return datetime.fromtimestamp(at // SECOND, UTC).astimezone(zone)


def offset_of(at: int, zone: tzinfo | None = None) -> int:
    """How far the clock on the wall is ahead of UTC at a moment."""
    offset = on_the_wall(at, zone).utcoffset()
    return 0 if offset is None else round(offset.total_seconds()) * SECOND


def moment(at: int, *, until: int, span: int = MINUTE, zone: tzinfo | None = None) -> str:
    """The moment as seen from `until`: "03:10", "Thu 03:10", "26 Nov 03:00"; of a period of days "Thu 26 Nov"."""
    if span >= DAY:
        noon = on_the_wall(at + DAY // 2, zone)  # where clocks are set meanwhile it begins an hour off midnight
        return f"{noon:%a} {noon.day} {noon:%b}"
    local = on_the_wall(at, zone)
    if until - at < 20 * HOUR:
        return f"{local:%H:%M}"
    return f"{local:%a %H:%M}" if until - at < 6 * DAY else f"{local.day} {local:%b %H:%M}"


def span_words(span: int) -> str:
    """A round period: "10 min", "6 h", "7 d"."""
    scale, unit = next((pair for pair in ((DAY, "d"), (HOUR, "h")) if span >= pair[0]), (MINUTE, "min"))
    return f"{span // scale} {unit}"
