"""Roll-ups over longer times: the minutes and hours of a row, added up into the periods that somebody looks at."""

from collections.abc import Sequence

from app.engine.samples.rollup import HOUR, MINUTE, RollUp, RollUps
from app.engine.samples.rttcode import time_code
from app.engine.samples.sketch import COARSE, Sketch
from app.engine.snapshot import Outcome, Samples

DAY = 24 * HOUR
#: Round periods, rising; eight of the longest hold all that a row keeps.
SPANS = (
    *(minutes * MINUTE for minutes in (1, 2, 5, 10, 15, 30)),
    *(hours * HOUR for hours in (1, 2, 3, 6, 12)),
    *(days * DAY for days in (1, 2, 7, 28, 56)),
)
_OUTCOMES = tuple(Outcome)  # by value


def minutes_of(samples: Samples) -> tuple[RollUp, ...]:
    """The complete minutes of what is remembered probe by probe still; without those in flight."""
    rolled = RollUps(max(1, len(samples)))
    for sent_at, rtt, outcome in zip(samples.sent_at, samples.rtt, samples.outcome, strict=True):
        if outcome != Outcome.IN_FLIGHT:
            rolled.add(sent_at, _OUTCOMES[outcome], time_code(max(rtt, 0)))
    return rolled.view()


def together(parts: Sequence[RollUp], at: int, span: int) -> RollUp:
    """All of these as one, of the period of `span` nanoseconds from `at` on."""
    spread = Sketch(COARSE)
    for part in parts:
        spread.merge(part.spread)
    replied = sum(part.replied for part in parts)
    return RollUp(
        at=at,
        span=span,
        replied=replied,
        lost=sum(part.lost for part in parts),
        failed=sum(part.failed for part in parts),
        minimum=min((part.minimum for part in parts if part.minimum is not None), default=None),
        maximum=max((part.maximum for part in parts if part.maximum is not None), default=None),
        mean=sum(part.mean * part.replied for part in parts if part.mean is not None) / replied if replied else None,
        spread=spread,
    )


def periods(parts: Sequence[RollUp], span: int, *, offset: int = 0) -> tuple[RollUp, ...]:
    """The periods of `span` nanoseconds in which something was sent, oldest first, of parts in the order of time.

    They begin at multiples of `span` on a clock that is `offset` nanoseconds ahead of the epoch's. A part that is
    longer than a period is in all that it covers, any other in that in which it begins, and so in one.
    """
    found: dict[int, list[RollUp]] = {}
    for place, part in enumerate(parts):
        first = (part.at + offset) // span
        last = first if part.span <= span else (_end(parts, place) - 1 + offset) // span
        for index in range(first, last + 1):
            found.setdefault(index, []).append(part)
    return tuple(together(inside, index * span - offset, span) for index, inside in sorted(found.items()))


def _end(parts: Sequence[RollUp], place: int) -> int:
    """Where a part ends: an hour whose last minutes are kept as such, where those begin."""
    end = parts[place].at + parts[place].span
    following = parts[place + 1].at if place + 1 < len(parts) else end
    return min(end, following) if following > parts[place].at else end


def fitting_span(parts: Sequence[RollUp], most: int, *, offset: int = 0, shortest: int = MINUTE) -> int:
    """The shortest of SPANS, from `shortest` on, of which at most `most` periods hold all parts; else the longest."""
    first, last = parts[0].at + offset, parts[-1].at + parts[-1].span - 1 + offset
    fitting = (span for span in SPANS if span >= shortest and last // span - first // span < most)
    return next(fitting, SPANS[-1])
