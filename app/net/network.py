"""A network that engines can be started on: it opens links, knows names and its surroundings, and says what it is.

There are two: the real one (`app.net.real`) and the simulated internet (`app.net.simulated`). The
command line and the screens know only this.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from app.net.link import Link, ListeningLink
from app.packet.compose import Address

if TYPE_CHECKING:
    from app.engine.errors.kernel import Kernel
    from app.engine.hearing import Hearing
    from app.engine.host import Surroundings


class Names(Protocol):
    """Names of addresses, looked up in the background: no call here ever waits."""

    def name(self, address: Address) -> str | None:
        """The name of an address, safe to show; None while unknown. The first call starts the look-up."""

    def close(self) -> None:
        """Stop looking up."""


class Network(Protocol):
    """What the program measures."""

    badge: str  #: what stands on the glass: "raw", "unprivileged", "SIMULATED seed 7"

    @property
    def names(self) -> Names:
        """Names of addresses on this network."""

    def link(self) -> Link:
        """A link for one more engine. Raises LinkError where none can be had."""

    def listen(self, hearing: "Hearing") -> ListeningLink:
        """A link that hears what passes this host, and sends by hand what it is given. Raises LinkError."""

    def surroundings(self) -> "Surroundings":
        """What this host knows of its links. May take some milliseconds; says in it what could not be read."""

    def kernel(self) -> "Kernel":
        """What this host answers to the engine of ICMP errors; one for each engine. It is closed with the network."""

    def resolve(self, host: str) -> Sequence[Address]:
        """The addresses of a name or literal, in the order of preference. May wait; raises LinkError."""

    def defaults(self) -> Sequence[str]:
        """Hosts worth watching when the user named none: gateways, resolvers, loopback."""

    def close(self) -> None:
        """Give everything back."""
