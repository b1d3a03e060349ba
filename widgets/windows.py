"""Loss over windows of time, with how sure one can be of it.

A ratio of few probes says little: the interval beside it is Wilson's score interval at 95 %, which
stays within 0..1 and is honest where nothing was lost at all.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

from rich.segment import Segment

from app.engine.snapshot import Ledger, Outcome, Samples
from app.engine.wording import NOTHING_YET, duration, percent
from widgets.canvas import Canvas

SECOND = 1_000_000_000
WINDOWS = (("1 min", 60 * SECOND), ("5 min", 300 * SECOND))
_Z = 1.959964  #: the normal quantile of a two-sided 95 % interval
_HEADING = f" {'window':<8}{'sent':>7}{'lost':>7}{'loss (95 % interval)':>24}{'longest outage':>17}"


@dataclass(frozen=True, slots=True)
class Window:
    """What happened to the probes of one window. `outage` is the longest time without an answer, in nanoseconds."""

    title: str
    sent: int
    lost: int
    decided: int
    outage: int


def wilson(lost: int, decided: int) -> tuple[float, float] | None:
    """The 95 % score interval (Wilson 1927) of the ratio lost / decided; None where nothing is decided."""
    if not decided:
        return None
    ratio, square = lost / decided, _Z * _Z
    centre = ratio + square / (2 * decided)
    spread = _Z * sqrt(ratio * (1 - ratio) / decided + square / (4 * decided * decided))
    scale = 1 + square / decided
    return max(0.0, (centre - spread) / scale), min(1.0, (centre + spread) / scale)


def longest_outage(samples: Samples, first: int = 0) -> int:
    """The longest time from a probe that was not answered to the next that was, from sample `first` on.

    What became of a probe whose answer we may have dropped ourselves neither begins nor ends it.
    """
    longest, began = 0, None
    for index in range(first, len(samples)):
        outcome, moment = samples.outcome[index], samples.sent_at[index]
        if outcome == Outcome.REPLIED:
            began = None
        elif outcome not in (Outcome.IN_FLIGHT, Outcome.UNKNOWN):
            began = moment if began is None else began
        if began is not None:
            end = samples.sent_at[index + 1] if index + 1 < len(samples) else moment
            longest = max(longest, end - began)
    return longest


def windows_of(samples: Samples, ledger: Ledger, *, at: int) -> tuple[Window, ...]:
    """The last minute, the last five, and all; the outage of "all" is that of the history that is kept."""
    found = []
    for title, span in WINDOWS:
        first = next((i for i in range(len(samples)) if samples.sent_at[i] >= at - span), len(samples))
        outcomes = samples.outcome[first:]
        lost = outcomes.count(Outcome.LOST) + outcomes.count(Outcome.LATE)
        decided = lost + outcomes.count(Outcome.REPLIED)
        found.append(Window(title, len(outcomes), lost, decided, longest_outage(samples, first)))
    found.append(Window("all", ledger.sent, ledger.lost, ledger.lost + ledger.replied, longest_outage(samples)))
    return tuple(found)


class LossWindows(Canvas):
    """The table of windows."""

    def __init__(self) -> None:
        super().__init__()
        self._windows: tuple[Window, ...] = ()

    def show(self, samples: Samples, ledger: Ledger, *, at: int) -> None:
        """Show the windows of a history as it stood at `at`."""
        windows = windows_of(samples, ledger, at=at)
        if windows != self._windows:
            self._windows = windows
            self.refresh()

    def paint(self, y: int, width: int) -> Sequence[Segment]:
        """The heading, or one window."""
        if y == 0:
            return (Segment(_HEADING, self.ink("heading")),)
        if y > len(self._windows):
            return ()
        window = self._windows[y - 1]
        ink = "losing" if window.lost else "plain"
        bounds = wilson(window.lost, window.decided)
        interval = "" if bounds is None else f"({bounds[0] * 100:.0f} – {bounds[1] * 100:.0f})"
        loss = percent(window.lost / window.decided if window.decided else None)
        outage = duration(window.outage) if window.outage else NOTHING_YET
        return (
            Segment(f" {window.title:<8}", self.ink("strong")),
            Segment(f"{window.sent:>7}", self.ink("plain")),
            Segment(f"{window.lost:>7}", self.ink(ink)),
            Segment(f"{loss:>12}", self.ink(ink)),
            Segment(f"{interval:>12}", self.ink("muted")),
            Segment(f"{outage:>17}", self.ink("plain")),
        )
