"""How numbers read: three significant digits, the unit that reads best, one width while they change."""

NOTHING_YET = "—"

_UNITS = ((1_000_000_000, "s"), (1_000_000, "ms"), (1_000, "µs"))


def duration(nanoseconds: float | None) -> str:
    """A duration such as "513 ns", "410 µs", "30.2 ms" or "1.92 s"; a dash where there is none."""
    if nanoseconds is None:
        return NOTHING_YET
    if nanoseconds == 0:
        return "0 µs"
    sign = "-" if nanoseconds < 0 else ""
    size = abs(nanoseconds)
    for scale, unit in _UNITS:
        # 999.6 µs would round to "1000 µs": the next unit starts where three digits end.
        if size >= scale * 0.9995:
            return f"{sign}{significant(size / scale)} {unit}"
    return f"{sign}{size:.0f} ns"


def significant(value: float) -> str:
    """A number of three significant digits without an exponent: 0.091, 1.92, 30.2, 410."""
    if value >= 99.95:
        return f"{value:.0f}"
    if value >= 9.995:
        return f"{value:.1f}"
    return f"{value:.2f}" if value >= 0.9995 else f"{value:.3f}"


def milliseconds(nanoseconds: float | None) -> str:
    """The number alone, in milliseconds, for a column whose heading says the unit."""
    return NOTHING_YET if nanoseconds is None else significant(nanoseconds / 1_000_000)


def percent(ratio: float | None) -> str:
    """A ratio 0..1 as "18.6%"; a dash where nothing has been decided yet."""
    return NOTHING_YET if ratio is None else f"{ratio * 100:.1f}%"


def clock(nanoseconds: int) -> str:
    """Elapsed time as "00:04:12"."""
    seconds = max(0, nanoseconds) // 1_000_000_000
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"


def span(nanoseconds: int) -> str:
    """How long something lasted, as a person says it: "410 ms", "12 s", "00:04:12"."""
    if nanoseconds < 1_000_000_000:
        return duration(nanoseconds)
    return f"{nanoseconds // 1_000_000_000} s" if nanoseconds < 120_000_000_000 else clock(nanoseconds)


def octets(count: int) -> str:
    """A number of bytes in the unit that reads best: "416 B", "208 KiB", "8.00 MiB"."""
    size = float(count)
    for unit in ("B", "KiB", "MiB"):
        if size < 999.5:
            return f"{count} B" if unit == "B" else f"{significant(size)} {unit}"
        size /= 1024
    return f"{significant(size)} GiB"


def every(interval: int) -> str:
    """An interval as people say it: "every 1 s", "every 50 ms"."""
    return f"every {round(interval / 1e9, 2):g} s" if interval >= 1_000_000_000 else f"every {interval / 1e6:g} ms"
