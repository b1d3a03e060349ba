"""What the engine asks of the host around it. `app.net` answers; a test answers with what it knows."""

from typing import Protocol

from app.engine.errors.snapshot import CachedRoute, Flow, Owner
from app.packet.compose import Address


class Kernel(Protocol):
    """Questions about this moment. None of the answers is kept, and none takes longer than some milliseconds."""

    def owner(self, flow: Flow) -> Owner | None:
        """The socket that sent such packets; None where no socket of this host did."""

    def route(self, destination: Address, interface: str | None) -> CachedRoute | None:
        """How the kernel would send to a destination now; None where it has no route. Addresses of this host are
        local. The interface is that of a link-local destination."""

    def redirects_refused(self, version: int, interface: str | None) -> str:
        """Why redirects that come by an interface are ignored, as a clause; empty where they are not."""
