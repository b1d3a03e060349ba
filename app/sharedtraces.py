"""The engine of all traces that the screens look at, and a feed of each of them."""

from collections.abc import Sequence

from app.config import Config
from app.engine.command import AddTarget, Command, Method, OfTrace, RemoveTarget, Target, Watch
from app.engine.condition import EngineCondition
from app.engine.packetlog import PacketLog
from app.engine.snapshot import TraceSnapshot, TracesSnapshot
from app.net.journal import PacketSink
from app.net.network import Network
from app.net.runner import Runner
from app.tracing import refuse_method, trace_machine, traces_machine

TRACES = 128  #: so many go on at a time; of more, the one looked at longest ago ends


class TraceFeed:
    """A Feed of one of the traces of an engine. Looked at by the thread of the screens."""

    def __init__(self, engine: "SharedTraces", target: Target, first: TraceSnapshot) -> None:
        self.target = target
        self._engine = engine
        self._last = first

    @property
    def latest(self) -> TraceSnapshot:
        """The newest snapshot; of a trace that has ended, its last."""
        self._engine.watch(self.target.key)
        self._last = self._engine.runner.latest.traces.get(self.target.key, self._last)
        return self._last

    @property
    def packets(self) -> PacketLog:
        """The packets of all traces of the engine: the rows say whose they are."""
        return self._engine.runner.packets

    @property
    def failure(self) -> str | None:
        """Why the engine ended before its time."""
        return self._engine.runner.failure

    @property
    def condition(self) -> EngineCondition | None:
        """How the engine itself is doing."""
        return self._engine.runner.condition

    def tell(self, command: Command) -> None:
        """Hand over a command to this trace alone."""
        self._engine.runner.tell(OfTrace(self.target.key, command))


class SharedTraces:
    """Begins with no trace. Raises LinkError where nothing can be sent; owned by the thread of the screens."""

    def __init__(self, network: Network, config: Config, record: PacketSink | None) -> None:
        self._config = config
        self._link = network.link()
        self._feeds: dict[str, TraceFeed] = {}  # oldest use first
        self._watched = ""
        self._methods = {
            version: tuple(method for method in Method if self._link.can(method, version)) for version in (4, 6)
        }
        machine = traces_machine((), config, self._link, is_lazy=True)
        self.runner: Runner[TracesSnapshot] = Runner(machine, self._link, name="traces", record=record)
        self.runner.start()

    @property
    def is_alive(self) -> bool:
        """Whether it goes on."""
        return self.runner.is_alive()

    def methods(self, target: Target) -> tuple[Method, ...]:
        """The ways in which the path to a target can be probed."""
        return self._methods[target.address.version]

    def trace(self, target: Target) -> TraceFeed:
        """The trace of a target, which goes on where it runs. Raises LinkError."""
        feed = self._feeds.pop(target.key, None)
        if feed is None:
            refuse_method(self._link, self._config.method, target.address.version)
            while len(self._feeds) >= TRACES:
                self.runner.tell(RemoveTarget(self._feeds.pop(next(iter(self._feeds))).target.key))
            self.runner.tell(AddTarget(target))
            first = trace_machine(target, self._config, self._link).snapshot(self._link.now())
            feed = TraceFeed(self, target, first)
        self._feeds[target.key] = feed
        return feed

    def watch(self, key: str) -> None:
        """The trace of that key is looked at."""
        if key != self._watched:
            self._watched = key
            self.runner.tell(Watch((key,)))

    def traced(self) -> Sequence[TraceSnapshot]:
        """What is known of each path."""
        return tuple(self.runner.latest.traces.values())

    def stop(self) -> None:
        """End all traces."""
        self.runner.stop()
