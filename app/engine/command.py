"""What a screen may ask of an engine: frozen commands, told through a Feed, obeyed between two polls."""

from dataclasses import dataclass
from enum import Enum
from ipaddress import IPv4Address
from typing import TYPE_CHECKING, TypeAlias

from app.packet.compose import Address

if TYPE_CHECKING:
    from app.engine.sending.shot import Shot  # most runs compose nothing, and need not wait for what does


class Method(Enum):
    """How a path is probed."""

    ICMP = "icmp"
    UDP = "udp"
    TCP = "tcp"


@dataclass(frozen=True, slots=True)
class Target:
    """A host to measure. `key` names its row for good; `host` is what the user wrote."""

    key: str
    host: str
    address: Address
    interval: int | None = None  #: between its probes, in nanoseconds, where it is not that of all


@dataclass(frozen=True, slots=True)
class AddTarget:
    """Begin to measure one more target; ignored where its key is known."""

    target: Target


@dataclass(frozen=True, slots=True)
class RemoveTarget:
    """Stop measuring a row and forget it."""

    key: str


@dataclass(frozen=True, slots=True)
class SetInterval:
    """Send a probe to each target (a round of each path) every `interval` nanoseconds from now on.

    With a key, to that row only, which keeps its own interval until it is told another.
    """

    interval: int
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Reset:
    """Forget what was measured, of one row or of all, and go on measuring."""

    key: str | None = None


@dataclass(frozen=True, slots=True)
class Focus:
    """Put the whole history of one row into the snapshots; None: of no row."""

    key: str | None


@dataclass(frozen=True, slots=True)
class Watch:
    """Put the newest samples of these rows into the snapshots; of many rows, those on the glass."""

    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SetMethod:
    """Probe the path in another way, from an empty table."""

    method: Method


@dataclass(frozen=True, slots=True)
class OfTrace:
    """A command for one of the traces of an engine, by the key of its target."""

    key: str
    command: "Command"


@dataclass(frozen=True, slots=True)
class Solicit:
    """Ask the routers of one interface, or of all, to advertise themselves (RFC 4861, 6.3.7; RFC 1256, 5.1)."""

    interface: str | None = None


@dataclass(frozen=True, slots=True)
class AskMulticastRouter:
    """Ask a router for its multicast interfaces and neighbours, as mrinfo does."""

    router: Address


@dataclass(frozen=True, slots=True)
class AskMulticastPath:
    """Ask a router which way packets of a source come to it for a group, as mtrace does; 0.0.0.0 is any group.

    `identifier` is a number of 24 bits that nobody can guess: the answer has to know it.
    """

    router: Address
    source: IPv4Address
    group: IPv4Address
    identifier: int


#: The most packets a second that are sent by hand, whatever is asked for.
FASTEST = 1_000


@dataclass(frozen=True, slots=True)
class Transmit:
    """Send packets that were composed, all of them so many times, `interval` nanoseconds apart from one to the next."""

    shots: "tuple[Shot, ...]"
    count: int = 1
    interval: int = 0


@dataclass(frozen=True, slots=True)
class Finish:
    """Send no more; wait for what is in flight, then have no deadline."""


Command: TypeAlias = (
    AddTarget
    | RemoveTarget
    | SetInterval
    | Reset
    | Focus
    | Watch
    | SetMethod
    | OfTrace
    | Solicit
    | AskMulticastRouter
    | AskMulticastPath
    | Transmit
    | Finish
)
