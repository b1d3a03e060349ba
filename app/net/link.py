"""What every network is to an engine: a clock, a way to send and a way to wait for what arrives."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from app.engine.command import Method
from app.engine.datagram import Event, Outgoing
from app.packet.compose import Address

if TYPE_CHECKING:
    from app.engine.condition import LinkCondition


class LinkError(OSError):
    """A link that cannot be opened or used: one sentence that says what is wrong and what to do next."""


class DeafError(LinkError):
    """No socket that listens could be opened: whoever can do with less may go on without."""


class Link(Protocol):
    """A real, simulated or replayed network. All calls but `wake` come from one thread."""

    name: str  #: "raw", "dgram", "simulated" or "replay"
    identifier: int  #: the ICMP identifier to put into echo requests, 1..0xffff
    port: int  #: the source port to put into UDP and TCP probes

    def now(self) -> int:
        """The link's clock: nanoseconds since the epoch, never going back."""

    def source(self, destination: Address) -> Address:
        """The address that packets to `destination` leave from. Raises LinkError with the reason, where none is."""

    def can(self, method: Method, version: int) -> bool:
        """Whether probes of this method and IP version (4, 6) can be sent here."""

    def send(self, batch: Sequence[Outgoing]) -> None:
        """Send whole IP datagrams. What became of each is told by `receive`: a Departure or a Failure."""

    def receive(self, until: int) -> Sequence[Event]:
        """Wait until something has happened, `wake` was called or the clock shows `until`, whichever is first."""

    def condition(self) -> "LinkCondition":
        """How the link works and is doing: some system calls, so not for each packet."""

    def wake(self) -> None:
        """Make a `receive` that waits return at once. May be called from any thread."""

    def close(self) -> None:
        """Give everything back. A second call does nothing."""


class ListeningLink(Link, Protocol):
    """A link that hears what passes, and sends by hand; its name is "packet", "raw" or "simulated"."""

    dropped: int  #: packets that the kernel had no room for, so far
    unread: int  #: packets that waited to be read when it was closed; 0 before
