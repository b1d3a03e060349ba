"""What the neighbourhood says, line by line: an interface, who is on it, what each does, and the tables below.

Pure: a snapshot goes in, lines come out. A neighbour that did not change keeps the very lines that it had.
"""

from collections.abc import Hashable, Iterator, Sequence
from typing import TypeAlias

from app.engine.host import CachedNeighbour, Interface, Route
from app.engine.neighbourhood.facts import RoleKind
from app.engine.neighbourhood.snapshot import Group, HeardLsa, Neighbour, NeighbourhoodSnapshot
from app.engine.neighbourhood.wording import ROUTING, clauses, counted, label, role_words
from widgets.neighbourlines import MOST_ADDRESSES, Kind, Line, Wanted
from widgets.neighbourtables import Tables

USUAL = 12  #: cells of an IPv4 address that another one stands beside
#: Roles stand in the order in which their kinds are declared: the same for every neighbour.
_PLACES = {kind: place for place, kind in enumerate(RoleKind)}
#: The gateway, other routers, others; each in the order of their first words.
_Rank: TypeAlias = tuple[bool, bool, int]


class NeighbourLines:
    """The lines of one snapshot after another. Belongs to the thread of the glass."""

    def __init__(self) -> None:
        self._blocks: dict[Neighbour, tuple[_Rank, tuple[Line, ...]]] = {}
        self._texts: dict[Hashable, str] = {}
        self._how: Hashable = None

    def of(self, snapshot: NeighbourhoodSnapshot, wanted: Wanted) -> list[Line]:
        """All lines, in their order."""
        wanted = wanted._replace(chosen=frozenset((each.interface, each.neighbour) for each in snapshot.chosen))
        self._remember(snapshot, wanted)
        self._texts, texts = {}, self._texts

        def passes(subject: Hashable) -> bool:
            if not wanted.needle:
                return True
            text = texts.get(subject) or _searched(subject, snapshot.at).lower()
            self._texts[subject] = text
            return wanted.needle in text

        lines: list[Line] = []
        for interface, members in self._by_interface(snapshot):
            lines.append(Line(Kind.INTERFACE, interface.name, "", interface, text=_population(members)))
            if wanted.folds.is_open(interface.name):
                passed = [each for each in members if passes(each)]
                for neighbour in passed:
                    lines += self._blocks[neighbour][1]
                lines += Tables(snapshot, interface, wanted, passes).tables(passed, is_silent=not members)
        return lines + list(_more(snapshot))

    def _remember(self, snapshot: NeighbourhoodSnapshot, wanted: Wanted) -> None:
        """Make the lines of those who are new, or not what they were; forget who is not there any more."""
        how = (wanted.address_room, tuple(wanted.hops.items()), wanted.chosen)
        before = self._blocks if how == self._how else {}
        self._how = how
        self._blocks = {each: before.get(each) or _known(each, wanted) for each in snapshot.neighbours}

    def _by_interface(self, snapshot: NeighbourhoodSnapshot) -> Iterator[tuple[Interface, list[Neighbour]]]:
        """Each interface with its neighbours: routers first, then in the order in which they were heard."""
        members: dict[str, list[Neighbour]] = {each.name: [] for each in snapshot.interfaces if not each.is_loopback}
        for neighbour in snapshot.neighbours:
            members.setdefault(neighbour.interface, []).append(neighbour)
        for name, here in members.items():
            interface = next((each for each in snapshot.interfaces if each.name == name), None)
            here.sort(key=lambda each: self._blocks[each][0])
            yield interface or Interface(name, 0, is_up=False), here


def _known(neighbour: Neighbour, wanted: Wanted) -> tuple[_Rank, tuple[Line, ...]]:
    """Where a neighbour stands among the others, and its lines."""
    first = min((role.first_heard for role in neighbour.roles), default=0)
    routes = any(role.kind in ROUTING for role in neighbour.roles)
    return (not neighbour.is_gateway, not routes, first), tuple(_block(neighbour, wanted))


def _population(members: Sequence[Neighbour]) -> str:
    routers = sum(1 for each in members if any(role.kind in ROUTING and role.gone_at is None for role in each.roles))
    others = sum(1 for each in members if not any(role.kind in ROUTING for role in each.roles))
    return f"{counted(routers, 'router')}, {counted(others, 'other')}" if members else ""


# A neighbour


def _block(neighbour: Neighbour, wanted: Wanted) -> Iterator[Line]:
    """A line a role and a line a doubt, the addresses beside them from the first line on."""
    interface = neighbour.interface
    key = f"{interface}/{neighbour.key}"
    rows: list[Line] = []
    for role in sorted(neighbour.roles, key=lambda each: (_PLACES[each.kind], each.first_heard)):
        # What cannot be believed stands beside what can, under a name of its own.
        name = f"{key}/{role.kind.value}/{role.instance}{'!' if role.suspicious else ''}"
        is_chosen = role.kind is RoleKind.ROUTER_DISCOVERY and (interface, neighbour.key) in wanted.chosen
        text = "taken by hosts" if is_chosen else ""
        rows.append(Line(Kind.ROLE, name, interface, neighbour, role, text, packet=role.packet))
        for number, reason in enumerate(role.suspicious):
            doubt = f"{name}/{number}"
            rows.append(Line(Kind.REASON, doubt, interface, neighbour, role, text=reason, packet=role.packet))
    words = [str(each) for each in sorted(neighbour.addresses, key=lambda each: each.version)]
    words = words or [neighbour.mac or neighbour.key]
    note = next(filter(None, map(wanted.hops.get, neighbour.addresses)), "")
    places, rest = placed(words[:MOST_ADDRESSES], note, wanted.address_room, len(rows))
    for index, line in enumerate(rows):
        yield line._replace(place=places[index] if index < len(places) else "", is_first=index == 0)
    if len(words) > MOST_ADDRESSES:
        rest.append(f"and {len(words) - MOST_ADDRESSES:,} more")
    if rest:
        place, packet = "  ".join(rest), rows[0].packet
        yield Line(Kind.ROLE, f"{key}/addresses", interface, neighbour, place=place, is_first=False, packet=packet)


def placed(words: Sequence[str], note: str, room: int, rows: int) -> tuple[list[str], list[str]]:
    """What stands beside so many rows in so much room: addresses, then a note; and what does not stand there."""
    places: list[str] = []
    rest: list[str] = []
    for word in words:
        if places and len(places[-1]) + 2 + len(word) <= room and not rest:
            # A short IPv4 address leaves the room of a longer one, so that what is beside it stands in a column.
            places[-1] = f"{places[-1]:<{min(USUAL, room - 2 - len(word))}}  {word}"
        elif len(places) < rows and len(word) <= room:
            places.append(word)
        else:
            rest.append(word)
    if note:
        (places if len(places) < rows and len(note) <= room else rest).append(note)
    return places, rest


def _more(snapshot: NeighbourhoodSnapshot) -> Iterator[Line]:
    for name, many in (("neighbours", "neighbours"), ("groups", "groups"), ("lsas", "link states")):
        if count := getattr(snapshot.omitted, name):
            yield Line(Kind.MORE, f"more/{name}", "", text=f"and {count:,} more {many} that there was no room for")


def _searched(subject: Hashable, at: int) -> str:
    """All that a filter looks at."""
    match subject:
        case Neighbour():
            words = [label(subject), subject.mac or "", *map(str, subject.addresses)]
            for role in subject.roles:
                words += [role_words(subject, role, at), *clauses(subject, role, at), *role.suspicious]
            return " ".join(words)
        case Group():
            return " ".join(map(str, (subject.group, *subject.reporters)))
        case HeardLsa():
            return f"{subject.type_words} {subject.id} {subject.advertising_router} {subject.summary}"
        case Route():
            return f"{subject.prefix} {subject.via or ''} {subject.protocol}"
        case CachedNeighbour():
            return f"{subject.address} {subject.mac or ''} {subject.state}"
    return ""
