"""What happens to packets that are made by hand, in words."""

from collections.abc import Sequence

from app.engine.sending.shot import Shot
from app.packet.link.linktype import LinkType


def way_words(shot: Shot) -> str:
    """How a packet leaves."""
    if shot.trouble:
        return f"cannot be sent: {shot.trouble}"
    by = "" if shot.interface is None else f" {shot.interface}"
    if shot.front:
        return f"leaves{by} as a frame, for the kernel would mend a datagram"
    return f"leaves{by} as a frame" if shot.link is LinkType.ETHERNET else f"leaves{by} by a raw socket"


def change_words(names: Sequence[str] | None, verb: str = "changed") -> str:
    """What the kernel did to it."""
    if names is None:
        return "nobody saw it leave"
    return f"the kernel {verb} {', '.join(names)}" if names else f"the kernel {verb} nothing"
