"""Starts the engines that the screens look at, each on a thread of its own, and ends them.

It knows when an engine runs and no screen; what an engine is told to do comes from `app.measuring`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from app.composer import LiveComposer
from app.config import Config, Course
from app.engine.command import Method, Target
from app.engine.condition import ProcessCondition
from app.engine.errors.machine import ErrorsMachine
from app.engine.errors.snapshot import ErrorsSnapshot
from app.engine.feed import Feed
from app.engine.hearing import ERRORS, Hearing
from app.engine.listen import ListenMachine, ListenSnapshot
from app.engine.machine import Machine
from app.engine.neighbourhood.machine import NeighbourhoodMachine
from app.engine.neighbourhood.snapshot import NeighbourhoodSnapshot
from app.engine.sending.composer import Composer
from app.engine.snapshot import PingSnapshot, TraceSnapshot
from app.measuring import ping_machine
from app.net.journal import PacketSink
from app.net.link import DeafError, Link
from app.net.listening.deaf import DeafLink
from app.net.network import Network
from app.net.process import process_condition
from app.net.runner import Runner
from app.sharedtraces import SharedTraces

S = TypeVar("S")


class Engines(Protocol):
    """Where the screens get their feeds from. A test gives still ones."""

    @property
    def methods(self) -> tuple[Method, ...]:
        """The ways in which the newest trace can probe."""

    def ping(self, targets: Sequence[Target]) -> Feed[PingSnapshot]:
        """Begin to ping. Raises LinkError where that cannot be."""

    def trace(self, target: Target) -> Feed[TraceSnapshot]:
        """The trace of a target, from now on the newest. Raises LinkError where that cannot be."""

    def listen(self) -> Feed[ListenSnapshot]:
        """All that is heard, from the first call on. Raises LinkError where nothing can be heard."""

    def neighbourhood(self) -> Feed[NeighbourhoodSnapshot]:
        """Who speaks on the links, from the first call on; `deafness` says why that is the kernel's word alone."""

    def errors(self) -> Feed[ErrorsSnapshot]:
        """ICMP errors and whom they are about, from the first call on. Raises LinkError where none can be heard."""

    def composer(self) -> Composer:
        """A new one that sends packets made by hand. Raises LinkError where none can be sent."""

    @property
    def deafness(self) -> str:
        """Why nobody can be heard, as a sentence; empty where somebody can."""

    def traced(self) -> Sequence[TraceSnapshot]:
        """What is known of each path that is being traced."""

    def condition(self) -> ProcessCondition:
        """How this process and the engines that run are doing; for who asks once a second."""

    def close(self) -> None:
        """End whatever runs."""


@dataclass(slots=True)
class LiveEngines:
    """Engines over a network. Owned by one thread, that of the screens."""

    network: Network
    config: Config
    record: PacketSink | None = None
    hearing: Hearing = field(default_factory=Hearing)  #: what the listen screen is to hear
    heard: PacketSink | None = None  #: a recording of that
    course: Course = field(default_factory=Course)  #: how the pings go
    methods: tuple[Method, ...] = tuple(Method)
    deafness: str = ""
    _ping: Runner[PingSnapshot] | None = field(default=None, init=False)
    _listening: Runner[ListenSnapshot] | None = field(default=None, init=False)
    _neighbourhood: Runner[NeighbourhoodSnapshot] | None = field(default=None, init=False)
    _errors: Runner[ErrorsSnapshot] | None = field(default=None, init=False)
    _composer: LiveComposer | None = field(default=None, init=False)
    _traces: SharedTraces | None = field(default=None, init=False)

    def ping(self, targets: Sequence[Target]) -> Feed[PingSnapshot]:
        """Begin to ping."""
        link = self.network.link()
        machine = ping_machine(targets, self.config, link, course=self.course)
        self._ping = Runner(machine, link, name="ping", record=self.record)
        self._ping.start()
        return self._ping

    def trace(self, target: Target) -> Feed[TraceSnapshot]:
        """The trace of a target, which goes on where it runs; of too many, the one looked at longest ago ends."""
        if self._traces is None or not self._traces.is_alive:
            self._traces = SharedTraces(self.network, self.config, self.record)
        feed = self._traces.trace(target)
        self.methods = self._traces.methods(target)
        return feed

    def traced(self) -> Sequence[TraceSnapshot]:
        """What is known of each path that is being traced."""
        return () if self._traces is None else self._traces.traced()

    def listen(self) -> Feed[ListenSnapshot]:
        """All that is heard."""
        if self._listening is None:
            link = self.network.listen(self.hearing)
            self._listening = self._started(ListenMachine(link), link, "listen", self.heard)
        return self._listening

    def neighbourhood(self) -> Feed[NeighbourhoodSnapshot]:
        """Who speaks on the links."""
        if self._neighbourhood is None:
            link = self._neighbours_link()
            machine = NeighbourhoodMachine(
                self.network.surroundings, source=link.source, interfaces=self.hearing.interfaces
            )
            self._neighbourhood = self._started(machine, link, "neighbourhood")
        return self._neighbourhood

    def errors(self) -> Feed[ErrorsSnapshot]:
        """ICMP errors and whom they are about."""
        if self._errors is None:
            link = self.network.listen(ERRORS)
            self._errors = self._started(ErrorsMachine(self.network.kernel(), link.now()), link, "errors")
        return self._errors

    def composer(self) -> Composer:
        """What sends packets that were made by hand; the one before ends."""
        if self._composer is not None:
            self._composer.close()
        self._composer = LiveComposer(self.network, self.record)
        return self._composer

    def condition(self) -> ProcessCondition:
        """How this process and the engines that run are doing."""
        traces = None if self._traces is None else self._traces.runner
        runners = (self._ping, traces, self._listening, self._neighbourhood, self._errors)
        feeds: list[Feed[object]] = [each for each in runners if each is not None]
        feeds += [] if self._composer is None else [self._composer.feed]
        return process_condition(each for feed in feeds if (each := feed.condition) is not None)

    def _neighbours_link(self) -> Link:
        try:
            return self.network.listen(Hearing(("neighbourhood",), self.hearing.interfaces))
        except DeafError as error:
            self.deafness = str(error)
            return DeafLink(self.deafness)

    def _started(self, machine: Machine[S], link: Link, name: str, record: PacketSink | None = None) -> Runner[S]:
        runner = Runner(machine, link, name=name, record=record)
        runner.start()
        return runner

    def close(self) -> None:
        """End them all."""
        for runner in (self._ping, self._listening, self._neighbourhood, self._errors):
            if runner is not None:
                runner.stop()
        if self._composer is not None:
            self._composer.close()
        if self._traces is not None:
            self._traces.stop()
