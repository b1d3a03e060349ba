"""What a line of the neighbourhood is: whom it is about, where it leads, and which headings hide what is below them.

Nothing is put into words before it is seen: ten thousand neighbours are a list of ten thousand tuples.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import NamedTuple

from app.engine.host import CachedNeighbour, Interface, Route
from app.engine.neighbourhood.facts import HeardRoute
from app.engine.neighbourhood.snapshot import Group, HeardLsa, Neighbour, NeighbourFinding, Role
from app.packet.compose import Address

MOST_ADDRESSES = 8  #: of one neighbour


class Kind(Enum):
    """What a line is about; what its subject and its part are."""

    INTERFACE = "interface"  #: an Interface
    ROLE = "role"  #: a Neighbour and one of its Roles, or None where only an address stands
    REASON = "reason"  #: a Neighbour and the Role that should not be believed; the text says why
    SECTION = "section"  #: the heading of a table; the text says what is in it
    GROUP = "group"  #: a Group
    LSA = "lsa"  #: a HeardLsa
    TOLD = "told"  #: the Neighbour that told a HeardRoute
    ROUTE = "route"  #: a Route of the kernel
    CACHED = "cached"  #: a CachedNeighbour that said nothing of itself; the text says its other addresses
    ASKED = "asked"  #: an interface of a multicast router that answered to mrinfo; the text says all
    MORE = "more"  #: what did not fit the bounds
    SILENCE = "silence"  #: nothing was heard yet
    FINDING = "finding"  #: a NeighbourFinding, or a part of its sentence
    TROUBLE = "trouble"  #: what stands in the way of knowing more


class Line(NamedTuple):
    """One line. `key` stays the same while other lines come and go; `fold` is the key of the heading above."""

    kind: Kind
    key: str
    fold: str
    subject: Neighbour | Interface | Group | HeardLsa | Route | CachedNeighbour | NeighbourFinding | None = None
    part: Role | HeardRoute | None = None
    text: str = ""
    place: str = ""  #: the addresses that stand on this line; of a CachedNeighbour "gateway", if it is one
    is_first: bool = True  #: of its neighbour
    packet: int | None = None

    @property
    def is_heading(self) -> bool:
        """Whether it folds."""
        return self.kind in (Kind.INTERFACE, Kind.SECTION)


@dataclass(slots=True)
class Folds:
    """Which headings hide what is below them; those that nobody touched are as their kind is. One screen owns it."""

    touched: dict[str, bool] = field(default_factory=dict)
    opens_kernel: bool = False  #: there is nothing but the kernel's tables to show

    def is_open(self, key: str) -> bool:
        """Whether what is below a heading is shown."""
        return self.touched.get(key, self._begins_open(key))

    def _begins_open(self, key: str) -> bool:
        name = key.rpartition("/")[2]
        return name not in _CLOSED or (name == "routes" and self.opens_kernel)


#: The tables that nobody sees before they are asked for.
_CLOSED = frozenset(("lsas", "told", "routes"))


class Wanted(NamedTuple):
    """How the lines are wanted."""

    folds: Folds
    needle: str = ""  #: text that a subject must have, in lower case
    address_room: int = 26  #: cells of the addresses beside the roles
    has_groups: bool = True  #: False where they stand elsewhere
    hops: Mapping[Address, str] = {}  #: what is known of an address from traces, such as "hop 1 of 11 traces"
    chosen: frozenset[tuple[str, str]] = frozenset()  #: interface and key of routers that RFC 1256 would have taken
