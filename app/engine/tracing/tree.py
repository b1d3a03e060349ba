"""What the traces of one engine know together: the paths from here are a tree, and its trunk need not be asked twice.

This is the local stop set of Doubletree (Donnet, Raoult, Friedman and Crovella, "Efficient algorithms for large-scale
topology discovery", SIGMETRICS 2005): a trace that meets a router where another one met it takes what lies before from
that one. It is an inference, and told as one: where routers balance by flow, two targets may come to one router by
different ways. Where such ways are known already, nothing is inferred.
"""

from dataclasses import dataclass, field
from enum import Enum
from statistics import median_low
from typing import NamedTuple, Protocol

from app.engine.command import Method
from app.engine.tracing.asking import BEYOND, LEAST_PATIENCE, Lead
from app.engine.tracing.hop import Hop, Inference
from app.engine.tracing.table import Table
from app.packet.compose import Address

Family = tuple[Method, bytes]  #: traces whose paths are one tree: of one method, from one source address
DONORS = 8  #: traces that are remembered for each router
START = 4  #: the TTL to begin at where nobody knows yet how far paths go together
NO_ANSWER = 250_000_000  #: how long the first answer to a trace that goes ahead is waited for


class Member(Protocol):
    """A trace, as others of its family see it."""

    host: str
    table: Table
    is_charted: bool
    heard_at: int  #: when it was last answered, or began


class Opening(NamedTuple):
    """Where a trace begins: at this TTL, behind a trace that has gone ahead."""

    start: int
    guide: Member | None = None


class Doubt(Enum):
    """Why nothing can be taken over."""

    PENDING = "pending"  #: another trace has just asked
    UNKNOWN = "unknown"  #: nobody has asked, or those who did do not agree


@dataclass(slots=True)
class _Branches:
    scout: Member | None = None
    seen: dict[tuple[int, bytes], list[Member]] = field(default_factory=dict)
    depths: list[int] = field(default_factory=list)  # how far each charted path goes together with another


def silence(table: Table) -> int:
    """How long the next answer to a trace is waited for."""
    return 50_000_000 + 2 * table.longest_rtt


def lead(member: Member, guide: Member, now: int) -> Lead | None:
    """How far a trace may ask by what its guide has found; None: as it likes."""
    table, own = guide.table, member.table
    if guide.is_charted or table.has_end:
        last = table.answered if own.answered < table.answered else own.answered + BEYOND
        return Lead(last, LEAST_PATIENCE + max(table.longest_rtt, own.longest_rtt) * 5 // 4)
    if now >= guide.heard_at + silence(table):
        return None
    return Lead(table.answered + 1, silence(table))


class Tree:
    """Owned by the thread of its engine."""

    def __init__(self) -> None:
        self.news = 0  #: counts what traces found out, for those that wait for it
        self._families: dict[Family, _Branches] = {}

    def opening(self, member: Member, family: Family, first: int, now: int) -> Opening | int:
        """Where a trace begins, or when it is to ask again: the first of a family goes ahead and finds the trunk."""
        branches = self._families.setdefault(family, _Branches())
        scout = branches.scout
        if scout is None or scout is member:
            branches.scout = member
            return Opening(first)
        table = scout.table
        is_ended = scout.is_charted or table.has_end
        if not self.is_open(family):
            patience = silence(table) if table.answered else NO_ANSWER
            if now < scout.heard_at + patience:
                return scout.heard_at + patience
        depth = (table.answered + 1) // 2 if is_ended and table.answered <= START else START
        if branches.depths:
            depth = median_low(branches.depths)
        return Opening(max(first, depth), scout)

    def is_open(self, family: Family) -> bool:
        """Whether nobody goes ahead of a family any more, or has found enough of the trunk."""
        branches = self._families.get(family)
        scout = None if branches is None else branches.scout
        return scout is None or scout.table.answered >= START - 1 or scout.is_charted or scout.table.has_end

    def note(self, member: Member, family: Family, ttl: int, address: Address) -> None:
        """A trace was answered by a router that forwards, and that its hop remembers: liars have many addresses."""
        if address.packed not in member.table.hops[ttl].speakers:
            return
        members = self._families.setdefault(family, _Branches()).seen.setdefault((ttl, address.packed), [])
        if member not in members and len(members) < DONORS:
            members.append(member)

    def charted(self, member: Member, family: Family) -> None:
        """The first round of a trace has ended: how far does its path go together with others?"""
        branches = self._families.setdefault(family, _Branches())
        shared = [
            ttl
            for ttl, hop in member.table.hops.items()
            if any(len(branches.seen.get((ttl, address), ())) > 1 for address in hop.speakers)
        ]
        if shared:
            branches.depths = [*branches.depths[-63:], max(shared)]

    def leave(self, member: Member) -> None:
        """A trace ends or begins anew: nothing is inferred from it any more."""
        self.news += 1
        for branches in self._families.values():
            if branches.scout is member:
                branches.scout = None
            for place in [place for place, members in branches.seen.items() if member in members]:
                branches.seen[place].remove(member)
                if not branches.seen[place]:
                    del branches.seen[place]

    def before(self, member: Member, family: Family, router: tuple[int, Address], ttl: int) -> Inference | Doubt:
        """Who answers at a TTL on the way to a router (its TTL and address), as the others have it."""
        far, address = router
        found: dict[bytes | None, Inference] = {}
        asked: set[Hop] = set()
        is_pending = False
        for donor in self._families.setdefault(family, _Branches()).seen.get((far, address.packed), ()):
            at_router, hop = donor.table.hops.get(far), donor.table.hops.get(ttl)
            if donor is member or hop is None or at_router is None:
                continue
            inference = hop.inference or Inference(donor.host, hop)
            if inference.hop in asked or at_router.address(0) != address:
                continue  # most have it from one
            if not hop.is_known:
                is_pending = True
                continue
            asked.add(inference.hop)
            who = inference.address
            found.setdefault(None if who is None else who.packed, inference)
            if inference.hop.switches:
                return Doubt.UNKNOWN  # it balances packet by packet
        if len(found) == 1:
            return next(iter(found.values()))
        return Doubt.PENDING if is_pending and not found else Doubt.UNKNOWN
