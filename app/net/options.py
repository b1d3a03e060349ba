"""What a user may say of how the real network is to be used."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.packet.compose import Address

if TYPE_CHECKING:
    from app.engine.hearing import Hearing


#: A small reply takes 832 bytes: enough for two seconds of 10,000 a second.
ROOM = 16 << 20


@dataclass(frozen=True, slots=True)
class LinkOptions:
    """How links to the real network are opened; the defaults leave it to the kernel's routes."""

    version: int | None = None  #: 4 or 6: use nothing else
    interface: str | None = None  #: send and hear by this interface only
    source: Address | None = None  #: send from this address, and nothing to the other IP version
    receive_buffer: int = ROOM  #: bytes of the kernel's memory for what waits to be read
    flows: int = 1  #: how many TCP ports from a link's own on are heard; only that one is kept from other programs
    engines: int = 8  #: how many links can be open at once after privileges are dropped
    must_probe: bool = True  #: whether it is of no use where this user may open no sockets that probe
    is_prompt: bool = False  #: answers are told as they come, for who goes on when one does
    is_swift: bool = False  #: they are never gathered for long: for who goes on when they do, and ends soon
    ears: int = 0  #: how many links that listen can be open at once after privileges are dropped
    errors: bool = False  #: whether it is to be found out whose sockets ICMP errors are about
    hearing: "Hearing | None" = None  #: what raw sockets are to hear: they must be opened ahead, one for each protocol
