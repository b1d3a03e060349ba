"""What became of a datagram in the simulation: the truth that a tool's report can be held against."""

from dataclasses import dataclass, field

from app.net.simulated.parcel import Parcel
from app.net.simulated.scenario import Node

#: How a walk ends, beside the words of a Trouble: at the machine that measures, at the owner of the destination,
#: on a lossy link, at a node that is down.
ARRIVED, DELIVERED, LOSS, DOWN = "arrived", "delivered", "loss", "down"


@dataclass(slots=True)
class Walk:
    """The way of one datagram, which may be an answer to another. Times are nanoseconds since the simulation began."""

    data: bytes  #: as it set out
    path: list[str] = field(default_factory=list)  #: the keys of the nodes that it came to
    ended_at: int = 0
    why: str = ""  #: it went no further: a word of these above or of a Trouble; empty: it went round in a circle
    where: str = ""  #: the node that had it last, or the link "a>b" that lost it
    silence: str = ""  #: why the node that had it last did not answer, where somebody might have expected it to

    def end(self, at: int, why: str, where: str | None = None) -> None:
        """It goes no further."""
        self.ended_at, self.why = at, why
        self.where = self.path[-1] if where is None else where


def silence(parcel: Parcel, node: Node, *, is_error: bool) -> str:
    """Why a node has no answer to a datagram that came to its end there."""
    if parcel.is_fragment:
        return "fragment"
    if not is_error:
        return "unanswered"
    if parcel.is_icmp_error:
        return "error"
    if node.silent or node.address(parcel.version) is None:
        return "silent"
    return "limited"
