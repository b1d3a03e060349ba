"""What a ping engine is told to do: how often, how long, how large, how many."""

from dataclasses import dataclass

from app.engine.pacing.making import Mode
from app.engine.samples.series import KEPT


@dataclass(frozen=True, slots=True)
class PingConfig:
    """How to ping. Durations in nanoseconds, `size` in bytes of payload."""

    interval: int = 1_000_000_000
    timeout: int = 1_000_000_000
    count: int | None = None  #: probes for each target; None: without end
    size: int = 56
    ttl: int = 64
    dscp: int = 0
    spread: bool = True  #: the targets' probes evenly over the interval; False: all at once
    kept: int = KEPT  #: samples that each row remembers
    mode: Mode = Mode.TIMED
    preload: int = 1  #: probes of a row that are sent at once at first, and wait for answers where its mode counts
    rate: int | None = None  #: the most probes a second over all rows
    gap: int = 0  #: the least time between two probes of a row whose mode is not TIMED
    backoff: float = 1.0  #: by what the interval of a silent row grows
    sizes: tuple[int, ...] = ()  #: payloads of a row's probes, one after another and again; none: `size` always
    deadline: int | None = None  #: all ends so long after the beginning; `count` is then of replies and not of probes
