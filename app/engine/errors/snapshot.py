"""What the engine of ICMP errors hands out: frozen, and the same object as before where nothing changed.

Moments are nanoseconds on the link's clock. `packet` is the number in the engine's packet log of the packet that
proves the line it stands in.
"""

from dataclasses import dataclass

from app.packet.compose import Address


@dataclass(frozen=True, slots=True)
class Flow:
    """The packet that an error quotes, seen from this host: who sent it, and to whom."""

    protocol: int
    local: Address
    remote: Address
    local_port: int | None = None  #: None where the protocol has no ports, or the quotation ends before them
    remote_port: int | None = None
    identifier: int | None = None  #: of an ICMP echo
    interface: str | None = None  #: by which the error came


@dataclass(frozen=True, slots=True)
class Process:
    """Who holds a socket. The name is safe to show."""

    pid: int
    name: str
    uid: int


@dataclass(frozen=True, slots=True)
class Owner:
    """The socket that sent what is quoted. The process is None where it is gone, or is not to be seen from here."""

    state: str  #: of the socket, in a word such as "connected", "syn-sent", "raw", "closed"
    uid: int | None
    process: Process | None


@dataclass(frozen=True, slots=True)
class CachedRoute:
    """How the kernel would send to a destination now, what it has learnt from errors included."""

    gateway: Address | None  #: None: the destination is on the link
    mtu: int | None  #: None: that of the interface
    is_local: bool = False  #: the destination is this host


@dataclass(frozen=True, slots=True)
class Redirect:
    """What a redirect asks for, and what the kernel did with it."""

    destination: Address
    gateway: Address
    is_accepted: bool
    why: str  #: a clause


@dataclass(frozen=True, slots=True, eq=False)
class ErrorRow:
    """One error, and what it is about."""

    at: int
    source: Address
    version: int
    type: int
    code: int
    reason: str  #: what type and code say
    text: str  #: all of it as a sentence
    flow: Flow | None  #: None where nothing readable is quoted
    owner: Owner | None
    known: bool  #: whether a socket of this host sent what is quoted
    doubt: str  #: why not, as a clause
    mtu: int | None
    cached_mtu: int | None  #: of the kernel's route, once it had read the error
    redirect: Redirect | None
    packet: int
    interface: str | None


@dataclass(frozen=True, slots=True, eq=False)
class Tally:
    """How often one reason was given for one destination."""

    destination: Address | None
    reason: str
    count: int
    known: int  #: of these, how many were about a socket of this host
    last_at: int
    packet: int


@dataclass(frozen=True, slots=True, eq=False)
class PathMtu:
    """The newest path MTU that was told for one destination."""

    destination: Address
    source: Address
    mtu: int
    cached_mtu: int | None
    known: bool
    count: int
    last_at: int
    packet: int


@dataclass(frozen=True, slots=True, eq=False)
class RedirectRow:
    """The newest redirect for one destination from one router."""

    source: Address
    redirect: Redirect
    count: int
    last_at: int
    packet: int


@dataclass(frozen=True, slots=True)
class Omitted:
    """What did not fit the bounds: "and N more"."""

    rows: int = 0
    tallies: int = 0
    mtus: int = 0
    redirects: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class ErrorsSnapshot:
    """All that is known: the rows oldest first, everything else newest first."""

    at: int
    started_at: int
    rows: tuple[ErrorRow, ...] = ()
    tallies: tuple[Tally, ...] = ()
    mtus: tuple[PathMtu, ...] = ()
    redirects: tuple[RedirectRow, ...] = ()
    seen: int = 0
    known: int = 0
    passing: int = 0  #: errors that were for somebody else, and damaged ones
    omitted: Omitted = Omitted()
