"""`hopscope trace` without the screens: the path to one host, or to many by one engine."""

import threading
import time
from collections.abc import Iterable, Mapping, Sequence

from app.arguments import Form
from app.engine.command import Target
from app.engine.machine import Machine
from app.engine.snapshot import HopRow, TraceSnapshot, TracesSnapshot
from app.engine.tracing.trace import TraceMachine
from app.engine.tracing.traces import TracesMachine
from app.headless import UNSEEN, Stage, why_unsent
from app.net.link import Link
from app.net.runner import FRAME
from app.packet.compose import Address
from app.report import lines
from app.report.document import Document, NamesOf, has_reached, hop_document, line, target_document, trace_document
from app.report.narrator import Narrator, Story
from app.report.trace import trace_text
from app.tracing import trace_machine, traces_machine

#: How long a finished trace waits for names that are still being looked up, in seconds.
PATIENCE = 1.0


class Names:
    """The names of addresses for a report, as far as they are found out."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    def known(self, address: Address) -> Sequence[str]:
        """Those that are known by now."""
        if not self._stage.request.config.names:
            return ()
        name = self._stage.network.names.name(address)
        return () if name is None else (name,)

    def of(self, snapshots: Iterable[TraceSnapshot]) -> NamesOf:
        """The names of all that answered, as far as they are found out within PATIENCE."""
        interruption = self._stage.interruption
        missing = {said.address for each in snapshots for hop in each.hops for said in hop.responders}
        give_up = threading.Event()
        # A simulation knows its names at once, or never will.
        patience_ends = time.monotonic() + (PATIENCE if self._stage.request.simulate is None else 0)
        with interruption.ends(give_up.set):
            while self._stage.request.config.names:
                missing = {address for address in missing if not self.known(address)}
                if not missing or interruption.status is not None or time.monotonic() >= patience_ends:
                    break
                give_up.wait(0.02)
        return self.known


class HopLines:
    """The lines of `--jsonl` about one path: what happens to its probes, and each row that changed.

    `mark` is what each line says besides.
    """

    def __init__(self, stage: Stage, target: Target, names: Names, mark: Document) -> None:
        self._stage = stage
        self._target = target
        self._names = names
        self._mark = mark
        self._hops: dict[str, HopRow] = {}

    def happened(self, story: Story) -> None:
        """Something happened to a probe."""
        self._stage.output.line(line({**lines.event(story, self._target), **self._mark}))

    def look(self, snapshot: TraceSnapshot, narrator: Narrator[TraceSnapshot] | Narrator[TracesSnapshot]) -> None:
        """Tell of the hops that changed since the last look, with the names that are known by now."""
        for hop in snapshot.hops:
            if hop.ledger.failed > hop.ledger.unknown:
                # All hops share the way out, and its trouble is logged once.
                why = why_unsent(snapshot.log, None, snapshot.at)
                narrator.unsent(hop.key, hop.ttl, hop.ledger.failed - hop.ledger.unknown, why)
            if self._hops.get(hop.key) is not hop:
                self._hops[hop.key] = hop
                document = hop_document(hop, self._names.known)
                self._stage.output.line(line({"event": "hop", "at": snapshot.at, **document, **self._mark}))


class TraceReport:
    """The path to one host."""

    def __init__(self, stage: Stage, target: Target) -> None:
        self._stage = stage
        self._names = Names(stage)
        self._lines = HopLines(stage, target, self._names, {})

    def run(self, tracing: TraceMachine, link: Link) -> int:
        """Trace and report; the exit status."""
        request, name = self._stage.request, link.name
        machine: Machine[TraceSnapshot] = tracing
        if request.form is Form.LINES:
            self._narrator = Narrator(
                machine,
                request.config.timeout,
                self._lines.happened,
                lambda snapshot: self._lines.look(snapshot, self._narrator),
                tracing.excuse,
            )
            machine = self._narrator
        frame = FRAME if request.form is Form.LINES else UNSEEN
        snapshot = self._stage.run(machine, link, "trace", frame=frame)
        if request.form is Form.LINES:
            self._narrator.finish(snapshot.at)
        names = self._names.of([snapshot])
        if request.form is Form.TEXT:
            self._stage.output.lines(trace_text(snapshot, names))
        else:
            self._stage.document(trace_document(snapshot, name, snapshot.at, names))
        return self._stage.status(answered=has_reached(snapshot))


class TracesReport:
    """The paths to many hosts, by one engine."""

    def __init__(self, stage: Stage, targets: Sequence[Target]) -> None:
        self._stage = stage
        self._names = Names(stage)
        self._lines: Mapping[str, HopLines] = {
            target.key: HopLines(stage, target, self._names, {"target": target_document(target)}) for target in targets
        }

    def run(self, tracing: TracesMachine, link: Link) -> int:
        """Trace and report; the exit status: whether any host was reached."""
        request, name = self._stage.request, link.name
        machine: Machine[TracesSnapshot] = tracing
        if request.form is Form.LINES:
            self._narrator = Narrator(machine, request.config.timeout, self._happened, self._look, tracing.excuse)
            machine = self._narrator
        frame = FRAME if request.form is Form.LINES else UNSEEN
        snapshot = self._stage.run(machine, link, "traces", frame=frame)
        if request.form is Form.LINES:
            self._narrator.finish(snapshot.at)
        traces = tuple(snapshot.traces.values())
        names = self._names.of(traces)
        if request.form is Form.TEXT:
            for place, trace in enumerate(traces):
                self._stage.output.lines([""] if place else [])
                self._stage.output.lines(trace_text(trace, names))
        else:
            self._tell([trace_document(trace, name, trace.ended_at or trace.at, names) for trace in traces])
        return self._stage.status(answered=any(map(has_reached, traces)))

    def _tell(self, documents: Sequence[Document]) -> None:
        if self._stage.request.form is Form.LINES:
            for document in documents:
                self._stage.document(document)
        else:
            self._stage.document({"traces": documents})

    def _happened(self, story: Story) -> None:
        self._lines[story.probe.row.partition(" to ")[2]].happened(story)

    def _look(self, snapshot: TracesSnapshot) -> None:
        for key, trace in snapshot.traces.items():
            self._lines[key].look(trace, self._narrator)


def report_paths(stage: Stage, targets: Sequence[Target], link: Link, secret: bytes | None) -> int:
    """Follow the path to one target or to many, and report; the exit status. Raises LinkError."""
    config, rounds = stage.request.config, stage.request.count or 1
    if len(targets) > 1:
        paths = traces_machine(targets, config, link, rounds=rounds, secret=secret)
        return TracesReport(stage, targets).run(paths, link)
    path = trace_machine(targets[0], config, link, rounds=rounds, secret=secret)
    return TraceReport(stage, targets[0]).run(path, link)
