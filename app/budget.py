"""How many probes a second a run may send to all its targets together, and how far apart that puts those to each.

Whoever names hosts one by one has thought of each; whoever names a block has not, and somebody else's network
would get a burst. So the addresses of a block share a lower rate, which is told before the first probe leaves.
"""

from dataclasses import dataclass

from app.config import SECOND, USUAL_RATE, Config
from app.engine.wording import duration
from app.targets import Found

#: Probes a second to the targets of a run with a block in it, where nobody says otherwise.
POLITE = 500


@dataclass(frozen=True, slots=True)
class Budget:
    """What a run may send: `rate` probes a second to `targets`, so that each has one every `interval` nanoseconds.

    `swept` of the targets are addresses of blocks and ranges. Some may have intervals of their own: all of them are
    between the two `spans`, and make `probes` a second. Engines keep to the rate by themselves.
    """

    targets: int
    rate: int
    interval: int
    is_stretched: bool = False  #: whether the interval is longer than the one that was asked for
    swept: int = 0
    spans: tuple[int, int] = (0, 0)
    probes: float = 0

    def sentence(self, *, is_timed: bool = True) -> str:
        """What is going to happen, and what would change that; `is_timed` where each is asked once an interval."""
        if not is_timed:
            return f"{self.targets:,} addresses, at most {self.rate:,} probes a second; --rate changes that"
        probes = f"{self.probes:,.0f} probes" if self.probes >= 1.5 else "a probe"  # what rounds to more than one
        changes = "--rate changes that" if self.is_stretched else "-i and --rate change that"
        every = " to ".join(dict.fromkeys(map(duration, self.spans)))
        return f"{self.targets:,} addresses, {probes} a second: each is asked every {every}; {changes}"

    def allows(self, interval: int, targets: int) -> bool:
        """Whether so many targets may each be asked at this interval."""
        return targets * SECOND <= interval * self.rate


def budget_of(config: Config, found: Found) -> Budget:
    """The budget of a run; its interval is the one asked for, or longer where the rate would be too high."""
    rate = config.rate or (POLITE if found.swept else USUAL_RATE)
    intervals = [target.interval or config.interval for target in found.targets]
    wanted = sum(SECOND / interval for interval in intervals)
    stretch = max(1.0, wanted / rate)
    return Budget(
        len(intervals),
        rate,
        round(config.interval * stretch),
        is_stretched=stretch > 1,
        swept=found.swept,
        spans=(round(min(intervals) * stretch), round(max(intervals) * stretch)),
        probes=min(wanted, rate),
    )
