"""`hopscope neighbours` and `hopscope mrinfo`: the neighbourhood's engine in the main thread, and what it learns."""

from contextlib import ExitStack
from ipaddress import IPv4Address

from app.arguments import Form, Request
from app.engine.command import AskMulticastRouter, Solicit
from app.engine.hearing import Hearing
from app.engine.neighbourhood.machine import NeighbourhoodMachine
from app.engine.neighbourhood.snapshot import NeighbourhoodSnapshot
from app.headless import Stage
from app.net.link import DeafError, Link, LinkError
from app.net.network import Network
from app.opening import opened_to_listen
from app.packet.text import safe
from app.report.interruption import Interruption
from app.report.mrinfo import mrinfo_document, mrinfo_text
from app.report.neighbours import neighbours_document, neighbours_text, shown
from app.report.output import complain, standard_output

SECOND = 1_000_000_000
#: How long `neighbours` listens where nobody says.
PATIENCE = 10 * SECOND


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
    _print(stage, machine.snapshot(now()), None)
    complain(f"only what the kernel knows is told, nobody was heard: {error}")
    return stage.status(answered=False)


def _print(stage: Stage, snapshot: NeighbourhoodSnapshot, link: Link | None) -> None:
    if stage.request.form is Form.TEXT:
        stage.output.lines(neighbours_text(snapshot, was_heard=link is not None))
    else:
        stage.document(neighbours_document(snapshot, None if link is None else link.name, snapshot.at))


def mrinfo(request: Request, interruption: Interruption) -> int:
    """Ask one multicast router and print its answer; the exit status."""
    hearing = Hearing(protocols=("igmp",))
    with ExitStack() as stack:
        network, _ = opened_to_listen(request, hearing, is_virtual=True)
        stack.callback(network.close)
        router = _router(network, request.wire.router)
        link = network.listen(hearing)
        try:
            link.source(router)
        except LinkError as error:
            link.close()
            raise LinkError(f"nothing can be sent to {router}: {error}") from None
        machine = NeighbourhoodMachine(
            network.surroundings, source=link.source, duration=request.wire.wait, ends_answered=True
        )
        machine.obey(AskMulticastRouter(router), link.now())
        stage = Stage(request, network, standard_output(), interruption)
        snapshot = stage.run(machine, link, "mrinfo")
        answer = next(iter(snapshot.mrinfo), None)
        if request.form is Form.TEXT:
            stage.output.lines(mrinfo_text(router, answer))
        else:
            stage.document(mrinfo_document(router, answer))
        return stage.status(answered=answer is not None)


def _router(network: Network, host: str) -> IPv4Address:
    """The address to ask. Raises LinkError: IGMP is IPv4's."""
    for address in network.resolve(host):
        if isinstance(address, IPv4Address):
            if address.is_multicast or address.is_unspecified:
                break
            return address
    raise LinkError(f"{safe(host)} has no IPv4 address of a router: mrinfo asks by IGMP, name one")
