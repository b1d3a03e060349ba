"""Who is in which group on which link, as hosts report it (RFC 3376, RFC 3810). Bounded.

A report holds for the group membership interval, which follows from what the querier says: robustness times query
interval, and a response interval on top (RFC 3376, section 8.4). Without a querier that was heard, its defaults hold.
"""

from dataclasses import dataclass, field

from app.engine.neighbourhood.agenda import Agenda
from app.engine.neighbourhood.entry import LINGER
from app.engine.neighbourhood.facts import Querier
from app.engine.neighbourhood.saying import Heard, Membership
from app.engine.neighbourhood.snapshot import Group
from app.engine.neighbourhood.tally import Tally
from app.packet.compose import Address

#: So many groups, and members of each, are kept.
MOST_GROUPS = 1024
MOST_REPORTERS = 64
SECOND = 1_000_000_000
#: RFC 3376, sections 8.1 to 8.3: the defaults of what makes the group membership interval of 260 s.
_ROBUSTNESS, _INTERVAL, _RESPONSE = 2, 125 * SECOND, 10 * SECOND
_MILLISECOND = 1_000_000


def membership_interval(querier: Querier | None) -> int:
    """How long a report holds, in nanoseconds."""
    if querier is None:
        return _ROBUSTNESS * _INTERVAL + _RESPONSE
    interval = _INTERVAL if querier.interval_s is None else querier.interval_s * SECOND
    return (querier.robustness or _ROBUSTNESS) * interval + querier.max_response_ms * _MILLISECOND


@dataclass(slots=True, eq=False)
class _Known:
    """One group on one link."""

    interface: str
    group: Address
    last_heard: int
    packet: int | None = None
    suspicious: tuple[str, ...] = ()
    reporters: dict[Address, int] = field(default_factory=dict)  #: until when each report holds, the last one last
    empty_since: int | None = None
    view: Group | None = None

    @property
    def next_moment(self) -> int:
        """When a report ends, or an empty group is forgotten."""
        if not self.reporters:
            return (self.last_heard if self.empty_since is None else self.empty_since) + LINGER
        return min(self.reporters.values())


class Groups:
    """Owned by the machine's thread."""

    def __init__(self, capacity: int = MOST_GROUPS) -> None:
        self._capacity = capacity
        self._known: dict[tuple[str, Address], _Known] = {}
        self._yielding: dict[tuple[str, Address], None] = {}  # empty, or not to be believed: they make room
        self._agenda: Agenda[_Known] = Agenda()
        self._omitted: Tally[tuple[str, Address]] = Tally()

    @property
    def omitted(self) -> int:
        """How many groups there was no room for."""
        return len(self._omitted)

    def hear(self, heard: Heard, told: Membership, packet: int | None, interval: int) -> None:
        """Somebody is in a group, or leaves it. A report holds for `interval`."""
        key = (heard.interface, told.group)
        known = self._known.get(key)
        if known is None:
            if not told.is_member:
                return
            if not self._make_room(is_doubtful=bool(told.suspicious)):
                self._omitted.add(key)
                return
            self._omitted.discard(key)
            known = self._known[key] = _Known(heard.interface, told.group, heard.at)
        elif told.suspicious and not known.suspicious and known.reporters:
            return  # what cannot be believed changes nothing that can
        known.last_heard, known.packet, known.suspicious, known.view = heard.at, packet, told.suspicious, None
        if heard.source is not None:
            known.reporters.pop(heard.source, None)
            if told.is_member:
                known.reporters[heard.source] = heard.at + interval
        if len(known.reporters) > MOST_REPORTERS:
            del known.reporters[next(iter(known.reporters))]
        known.empty_since = None if known.reporters else heard.at
        self._agenda.set(known, known.next_moment)
        self._sort(known)

    def expire(self, now: int) -> None:
        """Drop the reports that no longer hold, and the groups that have long been empty."""
        for known in self._agenda.due(now):
            if not known.reporters:
                del self._known[known.interface, known.group]
                self._yielding.pop((known.interface, known.group), None)
                continue
            known.reporters = {address: until for address, until in known.reporters.items() if until > now}
            known.empty_since, known.view = None if known.reporters else now, None
            self._agenda.set(known, known.next_moment)
            self._sort(known)

    def deadline(self) -> int | None:
        """When `expire` next has something to do."""
        return self._agenda.next()

    def views(self) -> tuple[Group, ...]:
        """All groups, those first that were heard first."""
        return tuple(_view(known) for known in self._known.values())

    def _make_room(self, *, is_doubtful: bool) -> bool:
        if len(self._known) < self._capacity:
            return True
        leaving = None if is_doubtful else next(iter(self._yielding), None)
        if leaving is None:
            return False
        self._agenda.drop(self._known.pop(leaving))
        del self._yielding[leaving]
        self._omitted.add(leaving)
        return True

    def _sort(self, known: _Known) -> None:
        key = known.interface, known.group
        if known.suspicious or not known.reporters:
            self._yielding.setdefault(key)
        else:
            self._yielding.pop(key, None)


def _view(known: _Known) -> Group:
    if known.view is None:
        known.view = Group(
            interface=known.interface,
            group=known.group,
            reporters=tuple(reversed(known.reporters)),
            last_heard=known.last_heard,
            suspicious=known.suspicious,
            packet=known.packet,
        )
    return known.view
