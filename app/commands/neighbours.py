"""`hopscope neighbours`, `mrinfo` and `mtrace`: the neighbourhood's engine in the main thread, and what it learns."""

import secrets
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from ipaddress import AddressValueError, IPv4Address

from app.arguments import Form, Request
from app.argumenttypes import UsageError
from app.engine.command import AskMulticastPath, AskMulticastRouter, Solicit
from app.engine.hearing import Hearing
from app.engine.neighbourhood.machine import NeighbourhoodMachine
from app.engine.neighbourhood.snapshot import NeighbourhoodSnapshot
from app.headless import Stage
from app.net.link import DeafError, LinkError, ListeningLink
from app.net.network import Network
from app.opening import opened_to_listen
from app.packet.text import safe
from app.report.interruption import Interruption
from app.report.mrinfo import mrinfo_document, mrinfo_text
from app.report.mtrace import mtrace_document, mtrace_text
from app.report.neighbours import Heard, neighbours_document, neighbours_text, shown
from app.report.output import complain, standard_output

SECOND = 1_000_000_000
#: How long `neighbours` listens where nobody says.
PATIENCE = 10 * SECOND
_IGMP = Hearing(protocols=("igmp",))
#: Nobody forges answers in a simulation, and the same seed is to give the same bytes.
_IDENTIFIER = 1


def neighbours(request: Request, interruption: Interruption) -> int:
    """Listen for a while, then print who was heard; the exit status."""
    hearing = Hearing(protocols=("neighbourhood",), interfaces=request.wire.interfaces)
    with ExitStack() as stack:
        network, _ = opened_to_listen(request, hearing, is_virtual=True)
        stack.callback(network.close)
        stage = Stage(request, network, standard_output(), interruption)
        _refuse_absent(network, request.wire.interfaces)
        try:
            link = network.listen(hearing)
        except DeafError as error:
            return _without_ears(stage, error)
        duration = PATIENCE if request.wire.seconds is None else request.wire.seconds
        machine = NeighbourhoodMachine(
            network.surroundings, source=link.source, interfaces=request.wire.interfaces, duration=duration
        )
        if request.wire.solicit:
            machine.obey(Solicit(), link.now())
        snapshot = stage.run(machine, link, "neighbours")
        _print(stage, snapshot, link)
        return stage.status(answered=bool(shown(snapshot) or snapshot.groups))


def _refuse_absent(network: Network, interfaces: tuple[str, ...]) -> None:
    """Whoever names an interface means one that is there. Raises LinkError."""
    surroundings = network.surroundings()
    for name in interfaces:
        if not surroundings.missing and surroundings.interface(name) is None:
            raise LinkError(f"there is no interface {safe(name)}: `ip link` lists them")


def _without_ears(stage: Stage, error: LinkError) -> int:
    """What the kernel tells anybody, and what would allow the rest."""
    from app.net.clock import now

    machine = NeighbourhoodMachine(stage.network.surroundings, interfaces=stage.request.wire.interfaces)
    moment = now()
    machine.expire(moment)
    _print(stage, machine.snapshot(moment), None)
    complain(f"only what the kernel knows is told, nobody was heard: {error}")
    return stage.status(answered=False)


def _print(stage: Stage, snapshot: NeighbourhoodSnapshot, link: ListeningLink | None) -> None:
    heard = None if link is None else Heard(link.name, link.dropped, link.unread + stage.unjudged)
    if stage.request.form is Form.TEXT:
        stage.output.lines(neighbours_text(snapshot, heard))
    else:
        stage.document(neighbours_document(snapshot, heard, snapshot.at))


def mrinfo(request: Request, interruption: Interruption) -> int:
    """Ask one multicast router and print its answer; the exit status."""
    with _opened(request, interruption) as stage:
        router = _address(stage.network, request.wire.router, "a router")
        snapshot = _asked(stage, AskMulticastRouter(router))
        answer = next(iter(snapshot.mrinfo), None)
        if request.form is Form.TEXT:
            stage.output.lines(mrinfo_text(router, answer))
        else:
            stage.document(mrinfo_document(router, answer))
        return stage.status(answered=answer is not None)


def mtrace(request: Request, interruption: Interruption) -> int:
    """Ask one multicast router for the way from a source and print it; the exit status."""
    with _opened(request, interruption) as stage:
        command = AskMulticastPath(
            _address(stage.network, request.wire.router, "a router"),
            _address(stage.network, request.wire.source, "a source"),
            _group(request.wire.group),
            _IDENTIFIER if request.simulate is not None else secrets.randbelow(1 << 24),
        )
        snapshot = _asked(stage, command)
        answer = next(iter(snapshot.mtrace), None)
        if request.form is Form.TEXT:
            stage.output.lines(mtrace_text(command, answer))
        else:
            stage.document(mtrace_document(command, answer))
        return stage.status(answered=answer is not None)


@contextmanager
def _opened(request: Request, interruption: Interruption) -> Iterator[Stage]:
    """A network for one question by IGMP."""
    network, _ = opened_to_listen(request, _IGMP, is_virtual=True)
    try:
        yield Stage(request, network, standard_output(), interruption)
    finally:
        network.close()


def _asked(stage: Stage, command: AskMulticastRouter | AskMulticastPath) -> NeighbourhoodSnapshot:
    """Ask, and wait for the answer no longer than the user wants. Raises LinkError where there is no way to ask."""
    link = stage.network.listen(_IGMP)
    try:
        link.source(command.router)
    except LinkError as error:
        link.close()
        raise LinkError(f"nothing can be sent to {command.router}: {error}") from None
    machine = NeighbourhoodMachine(
        stage.network.surroundings, source=link.source, duration=stage.request.wire.wait, ends_answered=True
    )
    machine.obey(command, link.now())
    return stage.run(machine, link, stage.request.action.value)


def _address(network: Network, host: str, what: str) -> IPv4Address:
    """The address of a host that is no group. Raises LinkError: IGMP is IPv4's."""
    for address in network.resolve(host):
        if isinstance(address, IPv4Address):
            if address.is_multicast or address.is_unspecified:
                break
            return address
    raise LinkError(f"{safe(host)} has no IPv4 address of {what}: IGMP carries no other, name one")


def _group(text: str) -> IPv4Address:
    """A group, or 0.0.0.0 for any. Raises UsageError."""
    try:
        group = IPv4Address(text)
    except AddressValueError:
        group = None
    if group is None or not (group.is_multicast or group.is_unspecified):
        raise UsageError(f"{safe(text)} is no IPv4 group: they are 224.0.0.0 to 239.255.255.255")
    return group
