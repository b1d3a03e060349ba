"""A row of the benchmark: what it measures beside whom, what is asked of it, and what came of it.

A row never judges by one run: its programs run in turns, within the same minute, and medians of the rounds are
compared. What depends on the machine is a ratio to a peer wherever there is one.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


class Unmeasurable(Exception):  # noqa: N818  # no error: it says why there is nothing to tell
    """Why a row cannot be measured here: one sentence."""


@dataclass(frozen=True, slots=True)
class Effort:
    """How much is run: rounds of each program, and how long what lasts is watched in each."""

    rounds: int
    seconds: float
    is_quick: bool = False


FULL = Effort(rounds=3, seconds=8)
QUICK = Effort(rounds=1, seconds=3, is_quick=True)


@dataclass(frozen=True, slots=True)
class Figure:
    """One number that is judged, or told beside those that are."""

    name: str
    value: float
    unit: str = ""  #: "ms", "×", ...; behind the number
    most: float | None = None  #: what it may be; None: it is told and not judged

    @property
    def verdict(self) -> str:
        """Whether the bar holds, or by how much of it it is missed; "" without a bar, or where nothing was measured."""
        if self.most is None or self.value != self.value:
            return ""
        if self.value <= self.most:
            return "holds"
        over = f" by {self.value / self.most - 1:.0%}" if self.most else f": {self.value:g} in place of 0"
        return f"missed{over}"

    @property
    def holds(self) -> bool:
        """Whether nothing is wrong with it."""
        return not self.verdict.startswith("missed")


@dataclass(frozen=True, slots=True)
class Measured:
    """What came of a row: figures to judge, a table of what they were made of, and each program's command."""

    figures: tuple[Figure, ...]
    heading: tuple[str, ...] = ()
    lines: tuple[tuple[str, ...], ...] = ()
    commands: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """A row by its short name."""

    name: str
    title: str
    bar: str
    run: Callable[[Effort], Measured]
    is_quick: bool = True  #: whether there is time for it in a quick run
