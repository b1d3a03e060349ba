"""`hopscope send`: makes packets of a template or takes them from a file, sends them, and waits for what answers."""

import re
import secrets
import sys
from collections.abc import Sequence
from pathlib import Path

from app.arguments import Form, Request
from app.argumenttypes import UsageError
from app.engine.command import Transmit
from app.engine.hearing import Hearing
from app.engine.host import Surroundings
from app.engine.sending.machine import SendMachine
from app.engine.sending.shot import Shot
from app.engine.sending.way import absence, danger, shot_of, way_to
from app.headless import Stage
from app.net.link import Link, LinkError
from app.net.network import Network
from app.net.options import LinkOptions
from app.net.sockets import source_address
from app.opening import UnusableError, end_recording, opened_to_listen
from app.packet.compose import Address
from app.packet.composing.edit import edited
from app.packet.composing.packet import Composed, compose
from app.packet.composing.plan import Origin
from app.packet.composing.values import Assignment, ComposeError, parse_assignment, zone_named
from app.packet.link.linktype import LinkType
from app.packet.text import safe
from app.report.document import line
from app.report.interruption import Interruption
from app.report.output import standard_output
from app.report.send import Telling, dry_document, dry_lines, send_document

_SECOND = 1_000_000_000
#: Bytes of hex digits that are read, and packets of them.
_MOST_TEXT = 4 << 20
_MOST_PACKETS = 1_000
_LONGEST = 65_535


def send(request: Request, interruption: Interruption) -> int:
    """Run it; the exit status."""
    wire = request.wire
    if len(wire.interfaces) > 1:
        raise UsageError("a packet leaves by one interface: give one to -I")
    interface = next(iter(wire.interfaces), None)
    packets = () if wire.packets is None else _read_packets(wire.packets)
    if wire.is_dry:
        return _dry(request, packets, interface)
    network, record = opened_to_listen(request, Hearing(interfaces=wire.interfaces))
    try:
        link = network.listen(Hearing(interfaces=wire.interfaces))
        try:
            around = network.surroundings()
            shots = _shots(request, packets, around, origin(around, link, interface), interface)
            if not wire.is_confirmed:
                _refuse_danger(shots, around)
        except BaseException:
            link.close()
            raise
        stage = Stage(request, network, standard_output(), interruption, record)
        return _run(stage, link, shots)
    finally:
        network.close()
        end_recording(record)


def _run(stage: Stage, link: Link, shots: list[Shot]) -> int:
    wire, form, name = stage.request.wire, stage.request.form, link.name
    job = Transmit(tuple(shots), stage.request.count or 1, _SECOND // wire.rate)
    machine = SendMachine([job], wait=wire.wait)
    if form is Form.TEXT:
        telling = Telling(machine, stage.output, is_verbose=stage.request.verbose)
        stage.run(telling, link, "send")
        stage.output.lines(telling.closing())
    else:
        stage.run(machine, link, "send")
        stage.document(send_document(machine, name))
    return stage.status(answered=bool(machine.replies))


def _dry(request: Request, packets: tuple[bytes, ...], interface: str | None) -> int:
    """Show what would be sent. It asks the kernel for its routes, and for no privilege."""
    network = _unprivileged(request)
    try:
        around = network.surroundings()
        link = None if request.simulate is None else network.listen(Hearing())
        shots = _shots(request, packets, around, origin(around, link, interface), interface)
        if link is not None:
            link.close()
    finally:
        network.close()
    output = standard_output()
    if request.form is Form.TEXT:
        output.lines(dry_lines(shots))
    else:
        output.line(line(dry_document(shots, request.count or 1)))
    if output.failure is not None:
        raise UnusableError(output.failure)
    return 0


def _unprivileged(request: Request) -> Network:
    if request.simulate is not None:
        return opened_to_listen(request, Hearing())[0]
    from app.net.privileges import drop
    from app.net.real import open_network

    network = open_network(LinkOptions(engines=0))
    drop()
    return network


def origin(around: Surroundings, link: Link | None, interface: str | None) -> Origin:
    """What this host puts into packets that leave from it."""

    def source(destination: Address) -> Address | None:
        way = way_to(destination, around, interface)
        is_on_link = destination.is_multicast or destination.is_link_local or interface is not None
        if way is not None and way.source is not None and is_on_link:
            return way.source
        try:
            return source_address(destination, LinkOptions()) if link is None else link.source(destination)
        except LinkError:
            return None if way is None else way.source

    def hardware(destination: Address | None) -> tuple[bytes | None, bytes | None]:
        way = way_to(destination, around, interface)
        if way is None:
            return None, None
        ours = way.interface.mac
        return None if ours is None else bytes.fromhex(ours.replace(":", "")), way.mac

    return Origin(source, hardware, secrets.randbits)


def _shots(
    request: Request, packets: tuple[bytes, ...], around: Surroundings, here: Origin, interface: str | None
) -> list[Shot]:
    """What is asked for, ready to go. Raises UsageError."""
    wire = request.wire
    try:
        given = [parse_assignment(name, text) for name, text in wire.fields]
        _refuse_absent(interface, zone_named(given), around)
        if wire.packets is None:
            made = [compose(wire.template, wire.fields, here)]
        else:
            made = [_edited(data, given) for data in packets]
    except ComposeError as error:
        raise UsageError(str(error)) from None
    return [shot_of(each, around, interface) for each in made]


def _refuse_absent(interface: str | None, zone: str | None, around: Surroundings) -> None:
    """Whoever names an interface, by -I or behind an address, means one that is there. Raises UsageError."""
    if None not in (interface, zone) and interface != zone:
        raise UsageError(f"-I {interface} and the address's %{zone} contradict each other: give one of them")
    for name in (interface, zone):
        if name is not None and around.interface(name) is None:
            raise UnusableError(absence(name))


def _edited(data: bytes, given: Sequence[Assignment]) -> Composed:
    data, kept = edited(data, LinkType.RAW, given)
    return Composed(data, LinkType.RAW, kept, zone=zone_named(given))


def _refuse_danger(shots: list[Shot], around: Surroundings) -> None:
    for shot in shots:
        if why := danger(shot.packet, around):
            raise UnusableError(f"{why}: add --yes-really to send it all the same")


def _read_packets(name: str) -> tuple[bytes, ...]:
    """The packets of a file of hex digits, one a line; what stands behind # is a comment. Raises UnusableError."""
    try:
        text = sys.stdin.read(_MOST_TEXT + 1) if name == "-" else _text_of(Path(name))
    except (OSError, ValueError) as error:
        raise UnusableError(f"{safe(name)} cannot be read: {getattr(error, 'strerror', None) or error}") from None
    if len(text) > _MOST_TEXT:
        raise UnusableError(f"{safe(name)} is too large: {_MOST_TEXT} bytes of hex digits at most")
    packets = [_packet(name, number, each) for number, each in enumerate(text.splitlines(), 1)]
    found = tuple(packet for packet in packets if packet)
    if not found:
        raise UnusableError(f"{safe(name)} holds no packet: write hex digits, one packet a line")
    if len(found) > _MOST_PACKETS:
        raise UnusableError(f"{safe(name)} holds more than {_MOST_PACKETS} packets")
    return found


def _text_of(path: Path) -> str:
    with path.open(encoding="ascii", errors="replace") as file:
        return file.read(_MOST_TEXT + 1)


def _packet(name: str, number: int, text: str) -> bytes:
    digits = re.sub(r"[\s:]|0x", "", text.partition("#")[0], flags=re.IGNORECASE)
    try:
        data = bytes.fromhex(digits)
    except ValueError:
        raise UnusableError(
            f"line {number} of {safe(name)} is no packet: it has other than pairs of hex digits"
        ) from None
    if len(data) > _LONGEST:
        raise UnusableError(f"line {number} of {safe(name)} is longer than any IP datagram")
    return data
