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
from app.net.network import Network
from app.net.runner import Runner


class Engines(Protocol):
    """Where the screens get their feeds from. A test gives still ones."""

    @property
    def methods(self) -> tuple[Method, ...]:
        """The ways in which the newest trace can probe."""

    def ping(self, targets: Sequence[Target]) -> Feed[PingSnapshot]:
        """Begin to ping. Raises LinkError where that cannot be."""

    def trace(self, target: Target) -> Feed[TraceSnapshot]:
        """Begin to trace; a trace that runs ends. Raises LinkError where that cannot be."""

    def close(self) -> None:
        """End whatever runs."""


@dataclass(slots=True)
class LiveEngines:
    """Engines over a network. Owned by one thread, that of the screens."""

    network: Network
    config: Config
    record: PacketSink | None = None
    methods: tuple[Method, ...] = tuple(Method)
    _ping: Runner[PingSnapshot] | None = field(default=None, init=False)
    _trace: Runner[TraceSnapshot] | None = field(default=None, init=False)

    def ping(self, targets: Sequence[Target]) -> Feed[PingSnapshot]:
        """Begin to ping."""
        link = self.network.link()
        machine = ping_machine(targets, self.config, link)
        self._ping = Runner(machine, link, name="ping", record=self.record)
        self._ping.start()
        return self._ping

    def trace(self, target: Target) -> Feed[TraceSnapshot]:
        """Begin to trace, and end the trace before."""
        if self._trace is not None:
            self._trace.stop()
            self._trace = None
        link = self.network.link()
        self.methods = tuple(method for method in Method if link.can(method, target.address.version))
        machine = trace_machine(target, self.config, link)
        self._trace = Runner(machine, link, name="trace", record=self.record)
        self._trace.start()
        return self._trace

    def close(self) -> None:
        """End both."""
        for runner in (self._ping, self._trace):
            if runner is not None:
                runner.stop()
