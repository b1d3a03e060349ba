"""What makes packets by hand and sends them, as a screen knows it."""

from collections.abc import Sequence
from typing import Protocol

from app.engine.command import Transmit
from app.engine.feed import Feed
from app.engine.sending.machine import SendSnapshot
from app.engine.sending.shot import Shot
from app.packet.composing.packet import Composed

_SECOND = 1_000_000_000


class Composer(Protocol):
    """What makes and sends packets. A test gives a still one."""

    feed: Feed[SendSnapshot]

    def look(self) -> None:
        """Read anew what this host knows of its links."""

    def made(self, template: str, fields: Sequence[tuple[str, str]]) -> Composed:
        """The packet of a template. Raises ComposeError."""

    def shot(self, packet: Composed) -> Shot:
        """The way that it would leave."""

    def danger(self, packet: Composed) -> str:
        """Why it is not to be sent without being asked for twice, a clause; or nothing."""

    def close(self) -> None:
        """Send no more."""


def transmit(shot: Shot, count: int = 1, rate: int = 1) -> Transmit:
    """The command that sends a packet so many times, `rate` a second."""
    return Transmit((shot,), count, _SECOND // rate)
