"""The last minute of the engines, from what they said of themselves second by second."""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field

from app.engine.condition import EngineCondition, ProcessCondition

MINUTE = 60  #: looks, a second apart


@dataclass(slots=True, eq=False)
class Pulse:
    """One engine: how it is now, and of each look before the share of a core, the rate and the lateness."""

    now: EngineCondition
    cpu: deque[float] = field(default_factory=lambda: deque(maxlen=MINUTE))  #: of a core, 0..1
    rate: deque[float] = field(default_factory=lambda: deque(maxlen=MINUTE))  #: probes a second
    late: deque[float] = field(default_factory=lambda: deque(maxlen=MINUTE))  #: nanoseconds, of one probe in a hundred

    def take(self, condition: EngineCondition) -> None:
        """One more look; one that was there already says nothing new."""
        before, self.now = self.now, condition
        if (span := condition.at - before.at) <= 0:
            return
        self.rate.append((condition.sent - before.sent) * 1e9 / span)
        if condition.cpu is not None and before.cpu is not None:
            self.cpu.append((condition.cpu - before.cpu) / span)
        if condition.lateness is not None:
            self.late.append(condition.lateness.p99)


class Pulses:
    """The process and its engines, look by look."""

    def __init__(self) -> None:
        self.process: ProcessCondition | None = None
        self.engines: dict[str, Pulse] = {}  #: by name, in the order in which they began
        self.cpu: deque[float] = deque(maxlen=MINUTE)  #: of the whole process, in cores
        self.threads: Mapping[str, float] = {}  #: the share of a core of each, the busiest first
        self.looks = 0

    def take(self, process: ProcessCondition) -> None:
        """One more look."""
        before, self.process = self.process, process
        self.looks += 1
        for engine in process.engines:
            self.engines.setdefault(engine.name, Pulse(engine)).take(engine)
        names = {engine.name for engine in process.engines}
        for gone in self.engines.keys() - names:
            del self.engines[gone]
        if before is not None and (span := process.at - before.at) > 0:
            self.cpu.append((process.cpu - before.cpu) / span)
            used = {thread.name: thread.cpu for thread in before.threads}
            shares = {each.name: (each.cpu - used.get(each.name, each.cpu)) / span for each in process.threads}
            self.threads = dict(sorted(shares.items(), key=lambda each: -each[1]))

    @property
    def rate(self) -> float:
        """Probes a second of all engines together."""
        return sum(pulse.now.rate for pulse in self.engines.values())
