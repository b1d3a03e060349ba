"""One neighbour while it is being heard: its addresses, and for each of its roles what it said last.

What cannot be believed never takes the place of what can: a suspicious saying stands beside a sound one of its
kind, as a role of its own.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import TypeAlias

from app.engine.host import CachedNeighbour
from app.engine.neighbourhood.facts import Facts, RoleKind, Vrrp
from app.engine.neighbourhood.saying import Heard, MtuTold, Saying
from app.engine.neighbourhood.snapshot import Neighbour, Role
from app.packet.compose import Address

SECOND = 1_000_000_000
#: How long what has gone is still shown.
LINGER = 60 * SECOND
#: After this time what named no lifetime is given up.
SILENCE = 3600 * SECOND
#: So many addresses, roles and MTUs are kept of one neighbour.
MOST_ADDRESSES = 16
MOST_ROLES = 64
MOST_MTUS = 8

#: Kind, instance, and whether it cannot be believed.
RoleKey: TypeAlias = tuple[RoleKind, str, bool]


class Change(Enum):
    """What a saying changed."""

    NEW = auto()  #: it was not heard before
    BACK = auto()  #: it had gone
    GOODBYE = auto()  #: it says that it stops
    AGAIN = auto()  #: it was heard before, and goes on
    TURNED_AWAY = auto()  #: there is no room


@dataclass(slots=True, eq=False)
class Standing:
    """One role."""

    entry: "Entry"
    saying: Saying
    first_heard: int
    last_heard: int
    packet: int | None
    gone_at: int | None = None
    _view: Role | None = None

    @property
    def key(self) -> RoleKey:
        """What tells it apart from other roles of its neighbour."""
        return role_key(self.saying)

    @property
    def expires_at(self) -> int | None:
        """When it no longer holds, by its own words."""
        return None if self.saying.lifetime is None else self.last_heard + self.saying.lifetime

    @property
    def next_moment(self) -> int:
        """When it is to be given up, or forgotten."""
        if self.gone_at is not None:
            return self.gone_at + LINGER
        return self.last_heard + SILENCE if self.expires_at is None else self.expires_at

    def hear(self, heard: Heard, saying: Saying, packet: int | None) -> Change:
        """It was said again, perhaps in other words."""
        change = Change.AGAIN
        if saying.is_goodbye and not self.saying.is_goodbye:
            change = Change.GOODBYE
        elif self.gone_at is not None and not saying.is_goodbye:
            change = Change.BACK
        self.saying, self.last_heard, self.packet = saying, heard.at, packet
        self.gone_at = self._view = None
        return change

    def retell(self, facts: Facts) -> None:
        """What it says means more beside what others say."""
        self.saying, self._view = replace(self.saying, facts=facts), None
        self.entry.changed()

    def give_up(self, at: int) -> None:
        """It no longer holds from that moment on."""
        self.gone_at, self._view = at, None
        self.entry.changed()

    def view(self) -> Role:
        """The role as it is handed out."""
        if self._view is None:
            saying = self.saying
            self._view = Role(
                kind=saying.kind,
                facts=saying.facts,
                first_heard=self.first_heard,
                last_heard=self.last_heard,
                expires_at=self.expires_at,
                suspicious=saying.suspicious,
                is_goodbye=saying.is_goodbye,
                gone_at=self.gone_at,
                packet=self.packet,
                instance=saying.instance,
            )
        return self._view


def role_key(saying: Saying) -> RoleKey:
    """What tells a role apart from others of the same neighbour."""
    return saying.kind, saying.instance, bool(saying.suspicious)


class Entry:
    """One neighbour. Its key never changes, whatever is learnt of it."""

    def __init__(self, key: str, interface: str) -> None:
        self.key = key
        self.interface = interface
        self.mac: str | None = None
        self.has_mac = False  #: the MAC address is its own: no other neighbour has it
        self.addresses: dict[Address, None] = {}
        self.mtus: dict[tuple[RoleKind, str], int] = {}
        self.roles: dict[RoleKey, Standing] = {}
        self._cached: tuple[CachedNeighbour, ...] = ()
        self._is_gateway = False
        self._view: Neighbour | None = None

    @property
    def is_doubtful(self) -> bool:
        """Whether it has said nothing that can be believed."""
        return all(standing.saying.suspicious for standing in self.roles.values())

    @property
    def is_gone(self) -> bool:
        """Whether nothing that it said holds any longer."""
        return all(standing.gone_at is not None for standing in self.roles.values())

    def virtual_addresses(self) -> Iterator[Address]:
        """The addresses that it has as long as it is the master of a group of VRRP."""
        for standing in self.standings():
            facts = standing.saying.facts
            if isinstance(facts, Vrrp) and standing.gone_at is None and not standing.saying.suspicious:
                yield from facts.addresses

    def standings(self) -> Iterator[Standing]:
        """Its roles, the first heard first."""
        return iter(self.roles.values())

    def hear(self, heard: Heard, saying: Saying, packet: int | None) -> tuple[Standing | None, Change]:
        """It says something of itself; None where there is no room for one more role."""
        self._view = None
        standing = self.roles.get(role_key(saying))
        if standing is not None:
            return standing, standing.hear(heard, saying, packet)
        if len(self.roles) >= MOST_ROLES:
            return None, Change.TURNED_AWAY
        standing = Standing(self, saying, heard.at, heard.at, packet)
        self.roles[standing.key] = standing
        # Who says lifetime 0 from the beginning may be no default router, and stay.
        return standing, Change.NEW

    def least(self, saying: Saying) -> Standing | None:
        """The role that has to make room for a new one; None where there is room, or nobody has to."""
        if len(self.roles) < MOST_ROLES or role_key(saying) in self.roles:
            return None
        standings = list(self.roles.values())
        gone = next((standing for standing in standings if standing.gone_at is not None), None)
        if gone is not None or saying.suspicious:
            return gone
        return next((standing for standing in reversed(standings) if standing.saying.suspicious), None)

    def forget(self, standing: Standing) -> bool:
        """A role is no longer shown; whether the neighbour has others."""
        self._view = None
        self.roles.pop(standing.key, None)
        return bool(self.roles)

    def changed(self) -> None:
        """One of its roles looks different."""
        self._view = None

    def told_mtu(self, told: MtuTold) -> None:
        """It told the MTU of its interface."""
        key = told.kind, told.router_id
        if key in self.mtus or len(self.mtus) < MOST_MTUS:
            self.mtus[key] = told.mtu

    def take(self, other: "Entry") -> Iterator[Standing]:
        """Take over the roles of another entry that is the same neighbour; those that are dropped."""
        self._view = None
        for key, standing in other.roles.items():
            mine = self.roles.get(key)
            if mine is None and len(self.roles) < MOST_ROLES:
                standing.entry = self
                self.roles[key] = standing
            elif mine is not None and mine.last_heard < standing.last_heard:
                standing.entry, standing.first_heard = self, min(mine.first_heard, standing.first_heard)
                self.roles[key] = standing
                yield mine
            else:
                yield standing
        other.roles = {}

    def add_address(self, address: Address) -> list[Address]:
        """It speaks from an address; those that had to make room."""
        if address in self.addresses:
            return []
        self._view = None
        self.addresses[address] = None
        if len(self.addresses) <= MOST_ADDRESSES:
            return []
        oldest = next(iter(self.addresses))
        del self.addresses[oldest]
        return [oldest]

    def set_mac(self, mac: str, *, is_own: bool) -> None:
        """Its MAC address has been seen."""
        self.mac, self.has_mac, self._view = mac, is_own, None

    def set_kernel(self, cached: Sequence[CachedNeighbour], *, is_gateway: bool) -> None:
        """What the kernel knows of it, and whether a default route leads there."""
        found = tuple(cached[:MOST_ADDRESSES])
        if found != self._cached or is_gateway != self._is_gateway:
            self._cached, self._is_gateway, self._view = found, is_gateway, None

    def view(self) -> Neighbour:
        """The neighbour as it is handed out."""
        if self._view is None:
            known = (each.address for each in self._cached if each.mac is not None and each.mac == self.mac)
            self._view = Neighbour(
                key=self.key,
                interface=self.interface,
                addresses=tuple(dict.fromkeys((*self.addresses, *known)))[:MOST_ADDRESSES],
                mac=self.mac,
                roles=tuple(standing.view() for standing in self.roles.values()),
                cached=self._cached,
                is_gateway=self._is_gateway,
            )
        return self._view
