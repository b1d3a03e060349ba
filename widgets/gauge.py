"""A number as a bar, and a minute of numbers as a row of them."""

from collections.abc import Sequence

from rich.segment import Segment

from widgets.canvas import Palette
from widgets.glyphs import Glyphs
from widgets.masthead import Words


def trail(glyphs: Glyphs, values: Sequence[float], width: int, height: int = 1) -> tuple[str, ...]:
    """The newest values as bars over a floor of zero, right-aligned, in so many lines, the top one first.

    The highest leaves a gap to the line above it.
    """
    newest = list(values)[-width:] if width > 0 else []
    top = max(newest, default=0.0) or 1.0
    steps = len(glyphs.bars)
    levels = [max(1, round(max(0.0, value) / top * (height * steps - 1))) for value in newest]
    lines = []
    for floor in reversed(range(0, height * steps, steps)):
        signs = (glyphs.bars[min(level - floor, steps) - 1] if level > floor else " " for level in levels)
        lines.append("".join(signs).rjust(max(0, width)))
    return tuple(lines)


def gauge(glyphs: Glyphs, now: float, most: float, width: int) -> Words:
    """Two shares, 0..1, of one thing as a bar: how full it is, and how full it has been."""
    full, been = (round(min(max(share, 0.0), 1.0) * width) for share in (now, max(now, most)))
    # What is not nothing is not shown as nothing.
    been = max(been, 1) if most > 0 or now > 0 else 0
    ink = "losing" if most >= 1 else "raised" if most > 0.5 else "rtt"
    return ((ink, glyphs.full * full), ("late", glyphs.full * (been - full)), ("faint", glyphs.empty * (width - been)))


def segments(palette: Palette, words: Words) -> list[Segment]:
    """Words as they are drawn."""
    return [Segment(text, palette.ink(name)) for name, text in words]
