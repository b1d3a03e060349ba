"""`hopscope errors`: opens what may be opened while it may, gives up what it does not need, and tells of each error."""

from contextlib import ExitStack
from pathlib import Path

from app.arguments import Form, Request
from app.engine.datagram import Event, Fault, Outgoing
from app.engine.errors.machine import ErrorsMachine
from app.engine.errors.snapshot import ErrorRow
from app.engine.hearing import ERRORS
from app.engine.verdict import Verdict
from app.headless import ANSWERED, BROKEN, UNANSWERED
from app.net.errordesk.service import ErrorService
from app.net.network import Network
from app.net.privileges import Capability
from app.net.runner import Runner
from app.opening import UnusableError, opened_to_listen
from app.report.document import line
from app.report.errors import closing, error_document, error_text
from app.report.interruption import Interruption
from app.report.output import complain, standard_output

#: What it takes to see the open files of other users' processes (proc_pid_fd(5)).
_TO_NAME_PROCESSES = (Capability.SYS_PTRACE, Capability.DAC_READ_SEARCH)


def errors(request: Request, interruption: Interruption) -> int:
    """Tell of errors until the time is over or somebody ends it; the exit status."""
    with ExitStack() as opened:
        service = None
        if request.wire.socket is not None:
            service = ErrorService(Path(request.wire.socket))
            opened.callback(service.close)
        # No privilege is left but the two that name processes.
        network, _ = opened_to_listen(request, ERRORS, keep=_TO_NAME_PROCESSES, errors=True)
        opened.callback(network.close)
        if service is not None:
            service.start()
        return _report(request, network, service, interruption)


def _report(request: Request, network: Network, service: ErrorService | None, interruption: Interruption) -> int:
    output = standard_output()
    is_text = request.form is Form.TEXT

    def tell(row: ErrorRow) -> None:
        document = line(error_document(row)) if service is not None or not is_text else ""
        output.line(error_text(row) if is_text else document)
        if service is not None:
            service.hand(row, document)

    link = network.listen(ERRORS)
    began = link.now()
    until = None if request.wire.seconds is None else began + request.wire.seconds
    machine = ErrorsMachine(network.kernel(), began, until=until, tell=tell)
    runner = Runner(machine, link, name="errors", observe=_complain_of_faults)
    output.stop = runner.stop
    if not output.is_closed:
        with interruption.ends(runner.finish):
            runner.run()
    if missed := link.dropped + link.unread + runner.unjudged:
        packets = "1 packet" if missed == 1 else f"{missed:,} packets"
        complain(f"{packets} came faster than could be read, not counted here")
    if is_text:
        output.lines(closing(runner.latest))
    if output.failure is not None:
        raise UnusableError(output.failure)
    if runner.failure is not None:
        complain(runner.failure)
    if interruption.status is not None:
        return interruption.status
    if runner.failure is not None:
        return BROKEN
    return ANSWERED if runner.latest.seen else UNANSWERED


def _complain_of_faults(event: Event | Outgoing, verdict: Verdict | None) -> None:
    if isinstance(event, Fault):
        complain(event.text)
