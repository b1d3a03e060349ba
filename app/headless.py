"""Reports without the screens: an engine in the main thread, and what it finds out on standard output."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TypeVar

from app.arguments import Form, Request
from app.engine.machine import Machine
from app.engine.snapshot import LogLine, PingSnapshot, TargetRow
from app.interpreter import settle
from app.net.journal import PacketSink, WatchedSink
from app.net.link import Link
from app.net.network import Network
from app.net.runner import FRAME, Runner
from app.report.document import Document, line, ping_document
from app.report.interruption import Interruption
from app.report.output import Output, complain

S = TypeVar("S")

#: Between two snapshots that nobody looks at, in nanoseconds: there is the last one.
UNSEEN = 3_600_000_000_000

ANSWERED, UNANSWERED, BROKEN = 0, 1, 2


@dataclass(slots=True)
class Stage:
    """What every report needs: what is asked, what it measures, where it goes and what may end it early."""

    request: Request
    network: Network
    output: Output
    interruption: Interruption
    record: PacketSink | None = None
    unjudged: int = field(default=0, init=False)  #: datagrams that the link had told when the run ended, and no more
    _is_broken: bool = field(default=False, init=False)

    def run(self, machine: Machine[S], link: Link, name: str, *, frame: int = FRAME) -> S:
        """Work until the machine has no more to do, or somebody ends it; the last snapshot.

        `frame` is the least time between two snapshots.
        """
        record = None if self.record is None else WatchedSink(self.record)
        runner = Runner(machine, link, name=name, frame=frame, complain=complain, record=record)
        self.output.stop = runner.stop
        settle(collect=False)
        if not self.output.is_closed:
            with self.interruption.ends(runner.stop):
                runner.run()
        if runner.failure is not None:
            self._break(runner.failure)
        self._is_broken |= record is not None and record.failure is not None
        self.unjudged = runner.unjudged
        return runner.latest

    def document(self, document: Document) -> None:
        """The result as JSON: alone, or as the last line of many."""
        is_last = self.request.form is Form.LINES
        self.output.line(line({"event": "summary", **document} if is_last else document))

    def status(self, *, answered: bool) -> int:
        """The exit status: a signal's, or whether something broke, or whether something answered."""
        if self.output.failure is not None:
            self._break(self.output.failure)
        if self.interruption.status is not None:
            return self.interruption.status
        if self._is_broken:
            return BROKEN
        return ANSWERED if answered else UNANSWERED

    def _break(self, sentence: str) -> None:
        self._is_broken = True
        complain(sentence)


def report_document(stage: Stage, pinging: Machine[PingSnapshot], link: Link) -> int:
    """Ping, and say at the end what was measured; the exit status."""
    name = link.name
    snapshot = stage.run(pinging, link, "ping", frame=UNSEEN)
    stage.document(ping_document(snapshot, name, snapshot.at))
    return ping_status(stage, snapshot)


def ping_status(stage: Stage, snapshot: PingSnapshot) -> int:
    """The exit status of a ping that measured this."""

    def has_answered(row: TargetRow) -> bool:
        """Whether a target has answered: all its probes where there is a deadline for so many, as with ping."""
        if stage.request.course.deadline is not None and stage.request.count is not None:
            return row.ledger.replied >= stage.request.count
        return bool(row.ledger.replied or row.ledger.late)

    return stage.status(answered=any(map(has_answered, snapshot.rows)))


def why_unsent(log: Iterable[LogLine], row: str | None, at: int) -> tuple[int, str]:
    """The moment of the newest log line about a probe of a row, or of any, that could not be sent, and its reason."""
    prefix = "not sent: "
    said = [entry for entry in log if row in (None, entry.row) and entry.text.startswith(prefix)]
    return (said[-1].at, said[-1].text.removeprefix(prefix)) if said else (at, "")
