"""Pings that are told of as they happen: in text as ping(8) does, or a line of JSON an event."""

from collections.abc import Sequence

from app.arguments import Form
from app.engine.command import Target
from app.engine.machine import Machine
from app.engine.pinging.ping import PingMachine
from app.engine.snapshot import PingSnapshot
from app.headless import Stage, ping_status, why_unsent
from app.net.link import Link
from app.report import lines
from app.report.document import line, ping_document
from app.report.flood import FloodText, Onlooker
from app.report.narrator import Narrator, Story
from app.report.ping import PingText


class PingReport:
    """`hopscope ping` in text, or a line an event."""

    def __init__(self, stage: Stage, targets: Sequence[Target]) -> None:
        config = stage.request.config
        self._stage = stage
        self._targets = {target.key: target for target in targets}
        self._course = stage.request.course
        self._text = PingText(targets, self._course.sizes or (config.size,), config.timeout)
        self._dots = FloodText()
        self._ttl = config.ttl

    def run(self, pinging: PingMachine, link: Link) -> int:
        """Ping and report; the exit status."""
        form, name = self._stage.request.form, link.name
        machine: Machine[PingSnapshot] = pinging
        is_flood = form is Form.TEXT and self._course.is_flood
        if is_flood:
            machine = Onlooker(machine, lambda snapshot: self._stage.output.part(self._dots.more(snapshot)))
        else:
            timeout = self._stage.request.config.timeout
            self._narrator = Narrator(machine, timeout, self._listen, self._look, pinging.excuse)
            machine = self._narrator
        if form is Form.TEXT:
            self._stage.output.line(self._text.opening())
        snapshot = self._stage.run(machine, link, "ping")
        if not is_flood:
            self._narrator.finish(snapshot.at)
        if form is Form.TEXT:
            self._stage.output.lines(self._text.closing(snapshot))
        else:
            self._stage.document(ping_document(snapshot, name, snapshot.at))
        return ping_status(self._stage, snapshot)

    def _listen(self, story: Story) -> None:
        if self._stage.request.form is Form.LINES:
            self._stage.output.line(line(lines.event(story, self._targets[story.probe.row])))
        elif (said := self._text.line(story)) is not None:
            self._stage.output.line(said)

    def _look(self, snapshot: PingSnapshot) -> None:
        for row in snapshot.rows:
            if unsent := row.ledger.failed - row.ledger.unknown:
                key = row.target.key
                self._narrator.unsent(key, self._ttl, unsent, why_unsent(snapshot.log, key, snapshot.at))
