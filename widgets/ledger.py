"""One target in a few lines: who it is, how long it takes, and where every probe went."""

from collections.abc import Sequence

from rich.segment import Segment

from app.engine.snapshot import PingSnapshot, TargetRow
from app.engine.wording import duration
from widgets.canvas import Canvas
from widgets.columns import unit_duration
from widgets.glyphs import INK_OF_STATE, UNICODE, Glyphs
from widgets.masthead import Words, both_ends

MILLISECOND = 1_000_000


class LedgerPane(Canvas):
    """The selected target: name and times in the first line, the ledger in the second."""

    def __init__(self, glyphs: Glyphs = UNICODE) -> None:
        super().__init__()
        self._glyphs = glyphs
        self._lines: tuple[tuple[Words, Words], ...] = ()

    def show(self, row: TargetRow | None, snapshot: PingSnapshot, name: str | None = None) -> None:
        """Show a row; `name` is what its address is called, if that is known."""
        lines = () if row is None else (self._identity(row, name), ledger_words(row, snapshot))
        if lines != self._lines:
            self._lines = lines
            self.refresh()

    def paint(self, y: int, width: int) -> Sequence[Segment]:
        """One of the two lines."""
        if y >= len(self._lines):
            return ()
        left, right = self._lines[y]
        return both_ends(self, left, right, width, yields="right")

    def _identity(self, row: TargetRow, name: str | None) -> tuple[Words, Words]:
        # An address that was given as one is its own name; neither is said twice.
        known = dict.fromkeys((str(row.target.address), name or row.target.host))
        called = "".join(f"  {each}" for each in known if each != row.target.host)
        left: Words = (
            (INK_OF_STATE[row.state], f" {self._glyphs.states[row.state]} "),
            ("strong", row.target.host),
            ("muted", called),
        )
        if row.interval is not None:
            left = (*left, ("accent", f"  every {duration(row.interval)}"))
        if row.rtt is None:
            return left, (("muted", "no answer yet "),)
        times = (
            ("min", row.rtt.minimum),
            ("p50", row.rtt.median),
            ("p95", row.rtt.p95),
            ("max", row.rtt.maximum),
            ("jitter", row.rtt.jitter),
        )
        words = [piece for title, value in times for piece in _named(title, unit_duration(value))]
        if row.host is not None:
            words += _named("our host", unit_duration(row.host))
            # Answers are gathered before they are read, which costs nobody anything.
            words += [("faint", " with its tick")] if row.host >= MILLISECOND else []
        return left, (*words, ("plain", " "))


def ledger_words(row: TargetRow, snapshot: PingSnapshot) -> tuple[Words, Words]:
    """sent = replied + lost + in flight + failed, and beside it what is no part of the sum."""
    ledger = row.ledger
    left: list[tuple[str, str]] = [("muted", " sent "), ("strong", f"{ledger.sent}")]
    sign = " = "
    parts = (
        ("replied", ledger.replied),
        ("lost", ledger.lost),
        ("in flight", ledger.in_flight),
        ("failed", ledger.failed),
    )
    for title, count in parts:
        ink = "losing" if count and title in {"lost", "failed"} else "plain"
        left += [("faint", sign), ("muted", f"{title} "), (ink, str(count))]
        sign = " + "
    if ledger.unknown:
        left.append(("unknown", f" ({ledger.unknown} unknown)"))
    beside = [("late", ledger.late), ("duplicate", ledger.duplicates)]
    beside += [("strangers", snapshot.strangers)] if snapshot.strangers else []
    beside += [("forged", snapshot.forged)] if snapshot.forged else []
    right = [piece for title, count in beside for piece in _named(title, str(count))]
    if snapshot.dropped:
        right[:0] = [("muted", "  "), ("losing", dropped_here(snapshot.dropped))]
    return tuple(left), (*right, ("plain", " "))


def dropped_here(packets: int) -> str:
    """What our own buffers had no room for, told apart from what the network lost."""
    return f"{packets:,} dropped here, not on the network"


def _named(title: str, value: str) -> Words:
    """A value behind its title."""
    return (("muted", f"  {title} "), ("plain", value))
