"""Which pacing a choice of the user's means."""

from enum import Enum
from typing import TypeVar

from app.engine.pacing.backoff import Backoff
from app.engine.pacing.closedloop import FLOOD_WAIT, ClosedLoop
from app.engine.pacing.pacing import Pacing
from app.engine.pacing.rota import Rota

R = TypeVar("R")


class Mode(Enum):
    """What a row's next probe waits for."""

    TIMED = "timed"  #: its time
    ADAPTIVE = "adaptive"  #: the answer to the last one
    FLOOD = "flood"  #: the answer, or 10 ms


def make_pacing(
    mode: Mode,
    interval: int,
    *,
    is_spread: bool = True,
    preload: int = 1,
    rate: int | None = None,
    gap: int = 0,
    backoff: float = 1.0,
) -> Pacing[R]:
    """A pacing for no rows yet. `gap` is the least time between two probes of a row that is not timed."""
    if mode is Mode.TIMED:
        silence: Backoff[R] | None = Backoff(backoff) if backoff > 1 else None
        return Rota(interval, is_spread=is_spread, rate=rate, preload=preload, backoff=silence)
    return ClosedLoop(interval, window=preload, gap=gap, rate=rate, wait=FLOOD_WAIT if mode is Mode.FLOOD else None)
