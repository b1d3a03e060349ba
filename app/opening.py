"""Opens all that a run needs from the system, then gives up every privilege for good.

Sockets and files first, while it is allowed; then the drop; only then is a byte from outside read.
"""

import sys
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from app.arguments import WIRE_ACTIONS, Action, Form, Request
from app.engine.pacing.making import Mode
from app.net.network import Network
from app.packet.compose import Address
from app.packet.text import safe
from app.report.output import complain
from app.targets import lines_of

if TYPE_CHECKING:
    from app.engine.hearing import Hearing
    from app.net.privileges import Capability
    from app.net.recording import Recording

#: The most bytes that a file of hosts may have.
LARGEST_FILE = 4 << 20

#: How many engines the screens may run at a time: the dashboard's, that of all traces, one in place of a broken one.
ENGINES = 3

#: How many links may listen beside them: to all, to the neighbourhood, to errors, to what was composed.
EARS = 4


class UnusableError(Exception):
    """What the user named cannot be used: sentences."""


def host_words(request: Request) -> tuple[str, ...]:
    """What argv and the files of hosts say, in that order."""
    words = list(request.hosts)
    for name in request.files:
        words.extend(lines_of(_text_of(name)))
    if request.files and not words:
        raise UnusableError(f"{safe(' '.join(request.files))} names no host")
    return tuple(words)


def _text_of(name: str) -> str:
    """A file of hosts, - is standard input."""
    try:
        if name == "-":
            data = sys.stdin.buffer.read(LARGEST_FILE + 1)
        else:
            with Path(name).open("rb") as file:
                data = file.read(LARGEST_FILE + 1)
    except (OSError, ValueError) as error:
        raise UnusableError(f"{safe(name)} cannot be read: {_reason(error)}") from None
    if len(data) > LARGEST_FILE:
        raise UnusableError(f"{safe(name)} is too large: a file of hosts has {LARGEST_FILE} bytes at most")
    return data.decode("utf-8-sig", "replace")


def opened(request: Request, hearing: "Hearing", *, is_shown: bool) -> "tuple[Network, Recording | None]":
    """The network and, where one is wanted, the recording; no privilege is left. Raises LinkError, UnusableError."""
    is_of_frames = request.action is Action.LISTEN
    if request.simulate is not None:
        network = _simulation(request, is_virtual=not is_shown and _is_told_at_the_end(request))
        return network, _recording(request, is_of_frames=is_of_frames)
    network = _real_network(request, hearing, is_shown=is_shown)
    record = _recording(request, is_of_frames=is_of_frames)
    from app.net.privileges import drop

    drop()
    return network, record


def opened_to_listen(
    request: Request,
    hearing: "Hearing",
    *,
    is_virtual: bool = False,
    keep: "Iterable[Capability]" = (),
    errors: bool = False,
) -> "tuple[Network, Recording | None]":
    """The same for a command that listens: a network for one link, of this hearing. Raises LinkError, UnusableError.

    A simulation is in `is_virtual` time where all is told at the end, so that nobody can tell how long it took.
    What is to be kept is kept of root's alone.
    """
    if request.simulate is not None:
        return _simulation(request, is_virtual=is_virtual), _recording(request, is_of_frames=True)
    from app.net.options import LinkOptions
    from app.net.privileges import drop
    from app.net.real import open_network

    network = open_network(LinkOptions(engines=0, ears=1, hearing=hearing, errors=errors))
    record = _recording(request, is_of_frames=True)
    drop(keep)
    return network, record


def end_recording(record: "Recording | None") -> None:
    """Let a recording end as its format wants it; what is in the file stays, whatever comes of that."""
    if record is not None:
        try:
            record.close()
        except OSError as error:
            complain(f"the recording has no counters at its end: {error.strerror or error}")


@contextmanager
def capture_file(request: Request) -> Iterator[BinaryIO]:
    """The capture file to decode; no privilege is left when its first byte is read."""
    (name,) = request.files
    from app.net.privileges import drop

    try:
        with ExitStack() as stack:
            file = sys.stdin.buffer if name == "-" else stack.enter_context(Path(name).open("rb"))
            drop()
            yield file
    except OSError as error:
        raise UnusableError(f"{safe(name)} cannot be read: {_reason(error)}") from None


def refuse_unknown_theme(theme: str | None, themes: Iterable[str]) -> None:
    """Say which themes there are. Raises UnusableError."""
    if theme is not None and theme not in themes:
        raise UnusableError(f"there is no theme {safe(theme)}: choose from {', '.join(themes)}")


def _is_told_at_the_end(request: Request) -> bool:
    """Whether nothing is printed before all is measured, so that nobody can tell how long it took."""
    if request.action is Action.TRACE:
        return request.form is not Form.LINES
    return request.form is Form.JSON and (request.count, request.course.deadline) != (None, None)


def _simulation(request: Request, *, is_virtual: bool) -> Network:
    from app.net.simulated.network import open_simulation

    path = Path(request.simulate) if request.simulate else None
    return open_simulation(path, seed=request.seed, virtual=is_virtual)


def _real_network(request: Request, hearing: "Hearing", *, is_shown: bool) -> Network:
    from app.net.options import ROOM, LinkOptions
    from app.net.real import open_network

    interface, source = _way_out(request.via)
    version, flows = request.choice.version, request.config.flows
    engines, ears = (ENGINES, EARS) if is_shown else (1, 0)
    return open_network(
        LinkOptions(
            version,
            interface=interface,
            source=source,
            receive_buffer=request.receive_buffer or ROOM,
            flows=flows,
            engines=engines,
            is_prompt=request.course.mode is not Mode.TIMED,
            is_swift=request.action is Action.TRACE and not is_shown,
            must_probe=request.action not in WIRE_ACTIONS,
            ears=ears,
            hearing=hearing,
            errors=is_shown,
        )
    )


def _way_out(via: str | None) -> tuple[str | None, Address | None]:
    """The interface or the source address that -I names."""
    if via is None:
        return None, None
    try:
        return None, ip_address(via)
    except ValueError:
        return via, None


def _recording(request: Request, *, is_of_frames: bool = False) -> "Recording | None":
    if request.save is None:
        return None
    from app.net.recording import open_recording
    from app.packet.link.linktype import LinkType

    try:
        return open_recording(Path(request.save), None if is_of_frames else LinkType.RAW)
    except (OSError, ValueError) as error:
        raise UnusableError(f"{safe(request.save)} cannot be written: {_reason(error)}") from None


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error)
