"""What crosses between an engine and its link: datagrams out, and what became of them.

At this seam everything is a whole IP datagram and a time in nanoseconds on the link's clock. A link
that sends less than that (a datagram socket, whose header is the kernel's) cuts what it does not
send; a link that receives less rebuilds the missing front and says in `rebuilt` how much of it.

They are tuples with names: at ten thousand probes a second four of them are made for each, and a tuple costs a
quarter of what a frozen dataclass does (measured).
"""

from enum import Enum
from typing import NamedTuple, TypeAlias

from app.packet.compose import Address
from app.packet.link.linktype import LinkType


class Clock(Enum):
    """Who stamped a packet."""

    HARDWARE = "hardware"
    KERNEL = "kernel"
    USER = "user"


class Direction(Enum):
    """Which way a packet went: sent by this host, to it, or between others."""

    OUT = "out"
    IN = "in"
    OTHER = "other"


class Outgoing(NamedTuple):
    """A datagram to send now. `token` is the engine's name for it and comes back in what follows.

    `row` is the key of the row that it is a probe of, for the packet log; the link does not look at it.
    """

    token: int
    destination: Address
    data: bytes
    row: str | None = None
    is_whole: bool = False  #: neither this host nor a router may fragment it, whatever they know of the path MTU
    interface: str | None = None  #: the way out; None leaves it to the kernel's routes
    link: LinkType = LinkType.RAW  #: ETHERNET: `data` is a whole frame, which leaves by `interface` as it is
    due_at: int | None = None  #: when it should have been sent, for who measures lateness; None: whenever


class Departure(NamedTuple):
    """When a datagram left, in nanoseconds. A kernel stamp may follow and replaces the user stamp.

    With a user stamp, `is_stamp_due` says that the way out stamps what leaves: where no stamp follows, nothing left.
    A second user stamp without it takes that back. By HARDWARE it is a moment of the card's own clock, told behind the
    kernel's stamp: see `app.engine.pinging.cards`.
    """

    token: int
    sent_at: int
    clock: Clock
    handed_at: int | None = None  #: when it was handed to the kernel, by the user's clock
    is_stamp_due: bool = False


class Failure(NamedTuple):
    """A datagram that was not sent: the errno's name, such as "ENETUNREACH", and a sentence."""

    token: int
    at: int
    errno: str
    text: str


class Datagram(NamedTuple):
    """A datagram that arrived, from the first byte of its IP header on; a link that listens also hears others.

    Where `link` is not RAW the data begins with that link's header, and need not hold an IP datagram.
    """

    data: bytes
    received_at: int
    clock: Clock
    rebuilt: int = 0  #: leading bytes that the kernel did not hand over and the link rebuilt from what it told
    interface: str | None = None
    direction: Direction = Direction.IN
    link: LinkType = LinkType.RAW
    length: int | None = None  #: bytes on the wire; None where `data` is all of them
    read_at: int | None = None  #: when it was read, by the user's clock; None where nobody says
    by_card: int | None = None  #: when it arrived by the network card's own clock; None where that stamps nothing


class Fault(NamedTuple):
    """Something wrong with the link itself, or right again: a line for the event log."""

    at: int
    text: str


class Drops(NamedTuple):
    """Packets that had arrived at this host and found its own buffer full: no loss of the network's.

    They came between `since` and `at`, in nanoseconds; whose answers they were, nobody can know. `packets` is an upper
    bound: some kernels count what a filter would have refused, too. It is 0 where this host slept meanwhile: nobody
    knows then what had arrived.
    """

    at: int
    since: int
    packets: int


Event: TypeAlias = Departure | Failure | Datagram | Fault | Drops
