"""The ICMP message daemon of UNIX Network Programming (section 28.7), as an engine that only listens.

Each error that arrives for this host is read, joined with the socket and the process that sent what it quotes, and
counted. Whose socket it is, is asked at once, as sockets that were told of an error soon close; where there is none, a
moment later again, when it is known which have closed just now. What the kernel made of a path MTU or of a redirect is
asked only then, as the kernel hands the packet over before it has read it.
"""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from app.engine.command import Command, Finish, Reset
from app.engine.datagram import Datagram, Direction, Event, Outgoing
from app.engine.errors.kernel import Kernel
from app.engine.errors.ledger import Ledger
from app.engine.errors.reading import IcmpError, flow_of, read_error
from app.engine.errors.snapshot import ErrorRow, ErrorsSnapshot, Flow, Owner, Redirect
from app.engine.errors.wording import sentence, what_was_said
from app.engine.verdict import NOTHING, STRANGER, Meaning, Verdict
from app.packet.compose import Address
from app.packet.icmp.codes import icmp_words

_NO_SOCKET = "no such socket: forged, or too late"

#: How long the kernel is given to take in what it was told, in nanoseconds.
SETTLING = 20_000_000
#: So many errors may wait for that; those beyond are told at once.
_MOST_WAITING = 256
_FOR_EVER = 1 << 62


@dataclass(frozen=True, slots=True)
class _Heard:
    """An error, and what was found out about it when it came."""

    at: int
    packet: int
    interface: str | None
    error: IcmpError
    flow: Flow | None
    owner: Owner | None
    doubt: str


class ErrorsMachine:
    """Machine of ErrorsSnapshot over a link that listens. `tell` is called with each row, in the runner's thread.

    It ends at `until`, on the link's clock; without it, when it is told to finish.
    """

    def __init__(
        self,
        kernel: Kernel,
        started_at: int,
        *,
        until: int | None = None,
        tell: Callable[[ErrorRow], None] | None = None,
    ) -> None:
        self._kernel = kernel
        self._tell = tell
        self._started_at = started_at
        self._until = _FOR_EVER if until is None else until
        self._is_ended = False
        self._packets = 0  # the log's number of the newest datagram: it takes each in the order of its arrival
        self._ledger = Ledger()
        self._waiting: deque[tuple[int, _Heard]] = deque()

    def poll(self, now: int) -> Sequence[Outgoing]:
        """Nothing is ever sent."""
        return ()

    def receive(self, event: Event) -> Verdict:
        """Take what the link has heard."""
        if not isinstance(event, Datagram):
            return NOTHING
        self._packets += 1
        if event.direction is not Direction.IN:
            return STRANGER
        error = read_error(event)
        if error is None or not self._is_ours(error.destination, event.interface):
            self._ledger.passing += 1
            return STRANGER
        heard = self._examined(error, event)
        is_open = error.mtu is not None or error.gateway is not None or heard.doubt == _NO_SOCKET
        if is_open and len(self._waiting) < _MOST_WAITING:
            self._waiting.append((event.received_at + SETTLING, heard))
        else:
            self._conclude(heard)
        told = icmp_words(error.destination.version, error.type, error.code)
        return Verdict(Meaning.ERROR, text=told if heard.doubt in ("", _NO_SOCKET) else f"{told}: {heard.doubt}")

    def expire(self, now: int) -> None:
        """Look again at what the kernel has had its time for."""
        while self._waiting and (self._waiting[0][0] <= now or now >= self._until):
            self._settle(self._waiting.popleft()[1])
        self._is_ended |= now >= self._until

    def deadline(self) -> int | None:
        """The next look, or the end."""
        if self._waiting:
            return min(self._waiting[0][0], self._until)
        return None if self._is_ended else self._until

    def obey(self, command: Command, now: int) -> None:
        """Finish, or forget all that was counted."""
        if isinstance(command, Finish):
            self._until = now
        elif isinstance(command, Reset):
            self._ledger = Ledger()
            self._started_at = now

    def snapshot(self, now: int) -> ErrorsSnapshot:
        """All that is known."""
        return self._ledger.snapshot(now, self._started_at)

    def _is_ours(self, address: Address, interface: str | None) -> bool:
        route = self._kernel.route(address, interface)
        return route is not None and route.is_local

    def _examined(self, error: IcmpError, datagram: Datagram) -> _Heard:
        quote, interface = error.quote, datagram.interface
        flow = None if quote is None else flow_of(quote, interface)
        owner = None
        if flow is None:
            doubt = "it quotes nothing that can be read"
        elif error.trouble:
            doubt = error.trouble
        elif not self._is_ours(flow.local, interface):
            doubt = f"{flow.local} is no address of this host"
        else:
            owner = self._kernel.owner(flow)
            doubt = _NO_SOCKET if owner is None else ""
        return _Heard(datagram.received_at, self._packets, interface, error, flow, owner, doubt)

    def _settle(self, heard: _Heard) -> None:
        """Ask once more for a socket that was not found, then conclude."""
        if heard.doubt == _NO_SOCKET and heard.flow is not None:
            owner = self._kernel.owner(heard.flow)
            heard = replace(heard, owner=owner, doubt=_NO_SOCKET if owner is None else "")
        self._conclude(heard)

    def _conclude(self, heard: _Heard) -> None:
        """Ask what the kernel made of it, and tell of it."""
        error, flow = heard.error, heard.flow
        version = error.destination.version
        redirect = self._redirect(heard)
        reason = icmp_words(version, error.type, error.code)
        cached = None
        if error.mtu is not None and flow is not None:
            route = self._kernel.route(flow.remote, heard.interface)
            cached = None if route is None else route.mtu
        row = ErrorRow(
            at=heard.at,
            source=error.source,
            version=version,
            type=error.type,
            code=error.code,
            reason=reason,
            text=sentence(what_was_said(reason, error.mtu, redirect), error.source, flow, heard.owner, heard.doubt),
            flow=flow,
            owner=heard.owner,
            known=heard.owner is not None,
            doubt=heard.doubt,
            mtu=error.mtu,
            cached_mtu=cached,
            redirect=redirect,
            packet=heard.packet,
            interface=heard.interface,
        )
        self._ledger.enter(row)
        if self._tell is not None:
            self._tell(row)

    def _redirect(self, heard: _Heard) -> Redirect | None:
        error = heard.error
        if error.gateway is None or error.redirected is None:
            return None
        version = error.destination.version
        refused = error.trouble or self._kernel.redirects_refused(version, heard.interface)
        route = None if refused else self._kernel.route(error.redirected, heard.interface)
        on_link = error.gateway if error.gateway != error.redirected else None
        is_accepted = route is not None and route.gateway in (error.gateway, on_link)
        why = refused or ("the kernel's route leads there" if is_accepted else "the kernel's route has not changed")
        return Redirect(error.redirected, error.gateway, is_accepted, why)
