"""Silent rows are asked less often: their interval grows by a factor, up to a bound, and is itself again on an answer.

fping's back-off stretches the wait between retries; hopscope measures without end, so it is the interval that grows.
A row keeps its slots and lets some of them pass, so that its probes stay whole intervals apart.
"""

from math import ceil
from typing import Generic, TypeVar

R = TypeVar("R")

#: So many probes in a row go unanswered before a row counts as silent: one that was lost says little.
PATIENT = 3
#: The longest that a silent row is left alone, in nanoseconds; its own interval where that is longer.
LONGEST = 60_000_000_000


class _Silence:
    """A row's unanswered probes, and its turns."""

    __slots__ = ("has_turned", "missed", "passing")

    def __init__(self) -> None:
        self.missed = 0
        self.passing = 0  #: turns that it is yet to let pass
        self.has_turned = True  #: it was asked since its interval last grew


class Backoff(Generic[R]):
    """Which turns of silent rows pass; owned by the engine's thread. `factor` is 1 or more."""

    def __init__(self, factor: float) -> None:
        self._factor = factor
        self._silent: dict[R, _Silence] = {}

    def __bool__(self) -> bool:
        """Whether anybody is silent."""
        return bool(self._silent)

    def takes(self, row: R) -> bool:
        """Whether a row takes the turn that it has now."""
        silence = self._silent.get(row)
        if silence is None:
            return True
        if silence.passing:
            silence.passing -= 1
            return False
        silence.has_turned = True
        return True

    def missed(self, row: R, interval: int) -> None:
        """A probe of a row went unanswered. What was in flight when its interval grew makes it grow no further."""
        silence = self._silent.setdefault(row, _Silence())
        if silence.missed >= PATIENT and not silence.has_turned:
            return
        silence.missed += 1
        if silence.missed >= PATIENT:
            silence.has_turned = False
            silence.passing = self._turns(silence.missed - PATIENT + 1, interval) - 1

    def _turns(self, steps: int, interval: int) -> int:
        """In how many intervals a row is asked once, after so many steps."""
        most = max(1, LONGEST // interval)
        grown = self._factor ** min(steps, 64)
        return most if grown >= most else max(1, ceil(grown - 1e-9))

    def answered(self, row: R) -> None:
        """A row is not silent any more."""
        self._silent.pop(row, None)
