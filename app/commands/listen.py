"""`hopscope listen` without the screens: every packet that this host is given and sends, a line each."""

from typing import TYPE_CHECKING

from app.arguments import Form, Request
from app.argumenttypes import UsageError
from app.engine.command import Finish
from app.engine.datagram import Datagram, Event, Fault, Outgoing
from app.engine.hearing import Ear, Hearing, UnknownProtocolError
from app.engine.listen import ListenMachine, ListenSnapshot
from app.engine.packetlog import Packet
from app.engine.verdict import Verdict
from app.engine.wanted import for_raw_sockets, wanted_of
from app.net.journal import PacketSink, WatchedSink
from app.net.link import ListeningLink
from app.net.runner import Runner
from app.opening import UnusableError, end_recording, opened_to_listen
from app.packet.errors import PacketError
from app.packet.text import safe
from app.report.document import line
from app.report.interruption import Interruption
from app.report.listen import Missed, PacketLines, summary_document, summary_lines
from app.report.output import Output, complain, standard_output

if TYPE_CHECKING:
    from app.packet.filter.expression import Predicate

HEARD, NOTHING_HEARD, BROKEN = 0, 1, 2


def hearing_of(request: Request) -> Hearing:
    """What argv asks to hear. Raises UsageError where no protocol is called so."""
    wire = request.wire
    hearing = Hearing(wire.protocols, wire.interfaces, wire.ear)
    try:
        if hearing.ear is Ear.RAW:
            for_raw_sockets(hearing)
        else:
            wanted_of(hearing.protocols)
    except UnknownProtocolError as error:
        raise UsageError(safe(str(error))) from None
    return hearing


def listen(request: Request, interruption: Interruption) -> int:
    """Run it; the exit status."""
    hearing = hearing_of(request)
    matches = filter_of(request)
    network, record = opened_to_listen(request, hearing)
    try:
        return Report(request, interruption, matches, record).run(network.listen(hearing))
    finally:
        network.close()
        end_recording(record)


def filter_of(request: Request) -> "Predicate | None":
    """What argv lets through; None is everything. Raises UnusableError where it is no filter."""
    if not request.filter:
        return None
    from app.packet.filter.expression import compile_filter

    try:
        return compile_filter(request.filter)
    except PacketError as error:
        raise UnusableError(str(error)) from None


class Report:
    """A run without the screens. Owned by the main thread."""

    def __init__(
        self,
        request: Request,
        interruption: Interruption,
        matches: "Predicate | None",
        record: PacketSink | None,
    ) -> None:
        self._request = request
        self._interruption = interruption
        self._lines = PacketLines(request, matches)
        self._output: Output = standard_output()
        self._record = None if record is None else WatchedSink(record)
        self._last: int | None = None  # number of the packet that was the last wanted
        self._is_broken = False

    def run(self, link: ListeningLink) -> int:
        """Listen until the time is over, enough was shown, or somebody ends it; the exit status."""
        self._machine = ListenMachine(link, duration=self._request.wire.seconds)
        sink = None if self._record is None else self
        runner = Runner(self._machine, link, name="listen", observe=self._observe, record=sink)
        self._output.stop = runner.stop
        with self._interruption.ends(runner.stop):
            runner.run()
        if runner.failure is not None:
            self._break(runner.failure)
        # Of what the link told, what stood behind the last that was wanted was not looked at.
        behind = runner.packets.last - runner.latest.seen
        self._sum_up(runner.latest, Missed(link.dropped, link.unread + runner.unjudged + behind))
        return self._status()

    def write(self, packet: Packet) -> None:
        """Record a packet, up to the last that is shown. Raises OSError."""
        if self._record is not None and (self._last is None or packet.number <= self._last):
            self._record.write(packet)

    def _observe(self, event: Event | Outgoing, verdict: Verdict | None) -> None:
        if isinstance(event, Fault):
            complain(event.text)
        elif isinstance(event, Datagram) and self._last is None and not self._output.is_closed:
            if said := self._lines.of(event):
                self._output.lines(said)
            if self._lines.shown == self._request.count:
                self._last = self._lines.heard
                self._machine.obey(Finish(), event.received_at)

    def _sum_up(self, snapshot: ListenSnapshot, missed: Missed) -> None:
        shown = self._lines.shown
        if self._request.form is Form.TEXT:
            self._output.lines(summary_lines(snapshot, shown, missed))
        else:
            self._output.line(line(summary_document(snapshot, shown, missed)))
        if self._output.failure is not None:
            self._break(self._output.failure)
        self._is_broken |= self._record is not None and self._record.failure is not None

    def _break(self, sentence: str) -> None:
        self._is_broken = True
        complain(sentence)

    def _status(self) -> int:
        """A signal's, or whether something broke, or whether something was heard that was wanted."""
        if self._interruption.status is not None:
            return self._interruption.status
        if self._is_broken:
            return BROKEN
        return HEARD if self._lines.shown else NOTHING_HEARD
