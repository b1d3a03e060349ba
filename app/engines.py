"""Starts the engines that the screens look at, each on a thread of its own, and ends them.

It knows when an engine runs and no screen; what an engine is told to do comes from `app.measuring`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from app.config import Config
from app.engine.command import Method, Target
from app.engine.feed import Feed
from app.engine.snapshot import PingSnapshot, TraceSnapshot
from app.measuring import ping_machine, trace_machine
from app.net.journal import PacketSink
from app.net.link import LinkError
from app.net.network import Network
from app.net.runner import Runner
from app.opening import ENGINES

#: How many traces run at a time: with the dashboard's engine, as many as sockets are opened for.
TRACES = ENGINES - 1


class Engines(Protocol):
    """Where the screens get their feeds from. A test gives still ones."""

    @property
    def methods(self) -> tuple[Method, ...]:
        """The ways in which the newest trace can probe."""

    def ping(self, targets: Sequence[Target]) -> Feed[PingSnapshot]:
        """Begin to ping. Raises LinkError where that cannot be."""

    def trace(self, target: Target) -> Feed[TraceSnapshot]:
        """The trace of a target, from now on the newest. Raises LinkError where that cannot be."""

    def close(self) -> None:
        """End whatever runs."""


@dataclass(frozen=True, slots=True)
class _Trace:
    runner: Runner[TraceSnapshot]
    methods: tuple[Method, ...]


@dataclass(slots=True)
class LiveEngines:
    """Engines over a network. Owned by one thread, that of the screens."""

    network: Network
    config: Config
    record: PacketSink | None = None
    methods: tuple[Method, ...] = tuple(Method)
    _ping: Runner[PingSnapshot] | None = field(default=None, init=False)
    _traces: dict[str, _Trace] = field(default_factory=dict, init=False)  # by the target's key, oldest use first

    def ping(self, targets: Sequence[Target]) -> Feed[PingSnapshot]:
        """Begin to ping."""
        link = self.network.link()
        machine = ping_machine(targets, self.config, link)
        self._ping = Runner(machine, link, name="ping", record=self.record)
        self._ping.start()
        return self._ping

    def trace(self, target: Target) -> Feed[TraceSnapshot]:
        """The trace of a target, which goes on where it runs; of too many, the one looked at longest ago ends."""
        trace = self._traces.pop(target.key, None)
        if trace is None or not trace.runner.is_alive():
            while len(self._traces) >= TRACES:
                self._traces.pop(next(iter(self._traces))).runner.stop()
            trace = self._begun(target)
        self._traces[target.key] = trace
        self.methods = trace.methods
        return trace.runner

    def _begun(self, target: Target) -> _Trace:
        link = self.network.link()
        try:
            machine = trace_machine(target, self.config, link)
        except LinkError:
            link.close()
            raise
        runner = Runner(machine, link, name=f"trace {target.host}", record=self.record)
        runner.start()
        return _Trace(runner, tuple(method for method in Method if link.can(method, target.address.version)))

    def close(self) -> None:
        """End them all."""
        if self._ping is not None:
            self._ping.stop()
        for trace in self._traces.values():
            trace.runner.stop()
