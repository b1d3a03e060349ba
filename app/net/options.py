"""What a user may say of how the real network is to be used."""

from dataclasses import dataclass

from app.packet.compose import Address


@dataclass(frozen=True, slots=True)
class LinkOptions:
    """How links to the real network are opened; the defaults leave it to the kernel's routes."""

    version: int | None = None  #: 4 or 6: use nothing else
    interface: str | None = None  #: send and hear by this interface only
    source: Address | None = None  #: send from this address where its version fits
    engines: int = 8  #: how many links can be open at once after privileges are dropped
