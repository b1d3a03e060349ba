"""How the cost grows from ten to ten thousand targets at 1 Hz, with the whole program on a terminal of 200x50."""

import itertools
from collections.abc import Iterator

from bench.glass import Cost, dashboard
from bench.ground import crowd, listed
from bench.report import median
from bench.row import Effort, Figure, Measured, Row
from tests.lab.topology import Lab

_COUNTS = (10, 100, 1_000, 10_000)
_QUICKLY = (10, 1_000)
_WARM_UP = 4.0  #: seconds; after the first paint, garbage is collected once
_AIM_AT, _AIM = 200, 8.0  #: targets, % of a core
_FLAT = 1.5


def _cost(lab: Lab, count: int, effort: Effort) -> Cost:
    """What a dashboard of so many targets takes, the median of the rounds."""
    runs = []
    for _ in range(1 if count == max(_COUNTS) else (effort.rounds + 1) // 2):
        with listed(count) as hosts, dashboard(lab.nodes["h"], hosts, count) as shown:
            shown.cost(_WARM_UP / 2 if effort.is_quick else _WARM_UP)
            runs.append(shown.cost(effort.seconds))
    return Cost(*(median([getattr(run, part) for run in runs]) for part in Cost.__slots__))


def _growth(effort: Effort) -> Measured:
    counts = _QUICKLY if effort.is_quick else _COUNTS
    with crowd() as lab:
        costs = {count: _cost(lab, count, effort) for count in counts}
        aim = None if effort.is_quick else _cost(lab, _AIM_AT, effort)
    first, last = counts[0], counts[-1]
    each = {more: _each(costs, less, more) for less, more in itertools.pairwise(counts)}
    rises = max(costs[more].per_probe / costs[less].per_probe for less, more in itertools.pairwise(counts))
    return Measured(
        (
            Figure("CPU per probe, ten times the targets beside before, at worst", rises, "×", 1),
            _memory(each),
            Figure(f"drawing at {last:,} beside {first:,} targets", costs[last].glass / costs[first].glass, "×", _FLAT),
            *_aim(aim),
        ),
        ("targets", "CPU/probe µs", "measuring", "drawing", "MiB", "KiB for each more"),
        tuple(
            (
                f"{count:,}",
                f"{cost.per_probe:.1f}",
                f"{cost.engine:.1%}",
                f"{cost.glass:.1%}",
                f"{cost.memory:.0f}",
                f"{each[count]:.1f}" if count in each else "",
            )
            for count, cost in costs.items()
        ),
        {"hopscope": "hopscope -F HOSTS"},
        ("Shares are of one core; the threads that measure are all but the first, which draws.",),
    )


def _aim(cost: Cost | None) -> Iterator[Figure]:
    """What the whole program may take of a core."""
    if cost is not None:
        yield Figure(f"of a core, all, at {_AIM_AT} targets", (cost.glass + cost.engine) * 100, "%", _AIM)


def _memory(each: dict[int, float]) -> Figure:
    """Whether one more target takes as much among many as among few; what it takes, where too few counts were run."""
    if len(each) < 2:
        return Figure("memory of one more target", median([*each.values()]), " KiB")
    *_, among_few, among_many = each.values()
    return Figure("memory of one more target, among many beside among few", among_many / among_few, "×", _FLAT)


def _each(costs: dict[int, Cost], less: int, more: int) -> float:
    """The memory of one more target, in KiB."""
    return (costs[more].memory - costs[less].memory) / (more - less) * 1024


ROWS = (
    Row(
        "growth",
        "growth 10 → 100 → 1,000 → 10,000 targets: CPU per probe, memory per target, frame cost",
        "CPU per probe falls; memory per target flat; frame cost flat",
        _growth,
    ),
)
