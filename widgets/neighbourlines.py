"""What the neighbourhood says, line by line: an interface, who is on it, what each does, and the tables below.

Pure: a snapshot goes in, lines come out. A neighbour that did not change keeps the very lines that it had, and
nothing is put into words before it is seen: ten thousand neighbours cost a list of ten thousand tuples.
"""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import NamedTuple, TypeAlias

from app.engine.host import CachedNeighbour, Interface, Route
from app.engine.neighbourhood.facts import HeardRoute, MulticastRouter, Rip, RoleKind
from app.engine.neighbourhood.snapshot import Group, HeardLsa, Neighbour, NeighbourFinding, NeighbourhoodSnapshot, Role
from app.engine.neighbourhood.wording import ROUTING, area_words, clauses, counted, few, label, role_words
from app.packet.compose import Address

USUAL = 12  #: cells of an IPv4 address that another one stands beside
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
    HOST = "host"  #: a Neighbour that does nothing but be there
    CACHED = "cached"  #: a CachedNeighbour that nobody heard; the text says its other addresses
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
    place: str = ""  #: the addresses that stand on this line
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

    def turn(self, key: str, *, to: bool | None = None) -> None:
        """Open what is closed, or close it; or make it so."""
        self.touched[key] = not self.is_open(key) if to is None else to


#: Roles stand in the order in which their kinds are declared: the same for every neighbour.
_PLACES = {kind: place for place, kind in enumerate(RoleKind)}
_NOBODY = {False: "nobody has said anything here yet", True: "nothing can be heard here"}
_CLOSED = frozenset(("lsas", "told", "routes"))


class Wanted(NamedTuple):
    """How the lines are wanted."""

    folds: Folds
    needle: str = ""  #: text that a subject must have, in lower case
    address_room: int = 26  #: cells of the addresses beside the roles
    has_groups: bool = True  #: False where they stand elsewhere
    hops: Mapping[Address, str] = {}  #: what is known of an address from traces, such as "hop 1 of 11 traces"
    chosen: frozenset[tuple[str, str]] = frozenset()  #: interface and key of routers that RFC 1256 would have taken


#: The gateway, other routers, others who do something, who does nothing; each in the order of their first words.
_Rank: TypeAlias = tuple[bool, bool, bool, int]


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
                is_silent = not any(each.roles for each in members)
                lines += _Section(snapshot, interface, wanted, passes).tables(passed, is_silent=is_silent)
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
    """Where a neighbour stands among the others, and its lines; one without a role has none of its own."""
    first = min((role.first_heard for role in neighbour.roles), default=0)
    routes = any(role.kind in ROUTING for role in neighbour.roles)
    return (not neighbour.is_gateway, not routes, not neighbour.roles, first), tuple(
        _block(neighbour, wanted)
    ) if neighbour.roles else ()


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


# The tables below


@dataclass(frozen=True, slots=True)
class _Section:
    """The tables of one interface."""

    snapshot: NeighbourhoodSnapshot
    interface: Interface
    wanted: Wanted
    passes: Callable[[Hashable], bool]

    def tables(self, members: Sequence[Neighbour], *, is_silent: bool) -> Iterator[Line]:
        name, around = self.interface.name, self.snapshot.surroundings
        if is_silent and self.interface.is_up and not self.wanted.needle:
            yield Line(Kind.SILENCE, f"{name}/silence", name, text=_NOBODY[self.wanted.folds.opens_kernel])
        if self.wanted.has_groups:
            yield from self.groups()
        yield from self._asked()
        yield from self._areas()
        yield from self._told(members)
        routes = [each for each in around.routes if each.interface == name and self.passes(each)]
        yield from self._table("routes", f"kernel's routes  {len(routes):,}", routes, Kind.ROUTE)
        yield from self._hosts(members)

    def _table(self, name: str, text: str, subjects: Sequence[object], kind: Kind) -> Iterator[Line]:
        """A heading, and below it a line a subject, where it is open; nothing where there are none."""
        key = f"{self.interface.name}/{name}"
        if not subjects:
            return
        yield Line(Kind.SECTION, key, self.interface.name, text=text)
        if self.wanted.folds.is_open(key):
            for subject in subjects:
                assert isinstance(subject, Group | HeardLsa | Route | Neighbour | CachedNeighbour)
                packet = subject.packet if isinstance(subject, Group | HeardLsa) else None
                yield Line(kind, f"{key}/{_identity(subject)}", key, subject, packet=packet)

    def groups(self) -> Iterator[Line]:
        """Multicast groups with members here."""
        here = [each for each in self.snapshot.groups if each.interface == self.interface.name and self.passes(each)]
        yield from self._table("groups", f"groups  {len(here):,}", here, Kind.GROUP)

    def _asked(self) -> Iterator[Line]:
        """Multicast routers that answered when they were asked; under the interface that leads to them."""
        name = self.interface.name
        for router in self.snapshot.mrinfo:
            if name != _way_to(router, self.snapshot):
                continue
            key = f"{name}/{router.router}/asked"
            said = ", ".join(filter(None, (f"version {router.version}", " ".join(router.flags))))
            count = counted(len(router.interfaces), "interface")
            text = f"multicast router {router.router}  {said}, {count}"
            yield Line(Kind.SECTION, key, name, text=text, packet=router.packet)
            if self.wanted.folds.is_open(key):
                for index, each in enumerate(router.interfaces):
                    words = [f"metric {each.metric}", f"threshold {each.threshold}", *each.flags]
                    peers = few([str(peer) for peer in each.neighbours], "neighbours")
                    words += [f"neighbours {' '.join(peers)}"] if each.neighbours else []
                    text = f"{each.address}  {', '.join(words)}"
                    yield Line(Kind.ASKED, f"{key}/{index}", key, text=text, packet=router.packet)

    def _areas(self) -> Iterator[Line]:
        """The link-state tables, one an area, by type."""
        areas: dict[tuple[int, str], list[HeardLsa]] = {}
        for lsa in self.snapshot.lsas:
            if lsa.interface == self.interface.name and self.passes(lsa):
                areas.setdefault((lsa.version, lsa.area), []).append(lsa)
        for (version, area), found in sorted(areas.items()):
            found.sort(key=lambda each: (each.type, each.id, each.advertising_router))
            types = ", ".join(f"{count:,} {words}" for words, count in _counts(each.type_words for each in found))
            protocol = "OSPF" if version == 2 else "OSPFv3"
            text = f"{protocol} link states of area {area_words(area)}  {types}"
            yield from self._table(f"{version}.{area}/lsas", text, found, Kind.LSA)

    def _told(self, members: Sequence[Neighbour]) -> Iterator[Line]:
        """Routes that distance-vector protocols tell."""
        key = f"{self.interface.name}/told"
        told = [
            (neighbour, role, route)
            for neighbour in members
            for role in neighbour.roles
            if isinstance(role.facts, Rip) and role.gone_at is None
            for route in role.facts.routes
        ]
        if not told:
            return
        tellers = len({neighbour for neighbour, _, _ in told})
        text = f"routes told by RIP  {len(told):,} by {counted(tellers, 'router')}"
        yield Line(Kind.SECTION, key, self.interface.name, text=text)
        if self.wanted.folds.is_open(key):
            for neighbour, role, route in told:
                name = f"{key}/{neighbour.key}/{route.prefix}"
                yield Line(Kind.TOLD, name, key, neighbour, route, packet=role.packet)

    def _hosts(self, members: Sequence[Neighbour]) -> Iterator[Line]:
        """Who does nothing but be there; with those that only the kernel knows."""
        name = self.interface.name
        hosts = [each for each in members if not each.roles]
        cached = [
            each for each in self.snapshot.surroundings.neighbours if each.interface == name and self.passes(each)
        ]
        if cached:
            here = (each for each in self.snapshot.neighbours if each.interface == name)
            heard = {address for each in here for address in each.addresses}
            cached = [each for each in cached if each.address not in heard]
        entries = _by_mac(cached)
        text = f"hosts  {len(hosts) + len(entries):,}"
        if entries:
            some = f"{len(entries):,} of them" if hosts else "all"
            text += f", {some} known to the kernel's neighbour cache alone"
        key = f"{name}/hosts"
        if not hosts and not entries:
            return
        yield Line(Kind.SECTION, key, name, text=text)
        if self.wanted.folds.is_open(key):
            yield from (Line(Kind.HOST, f"{name}/{each.key}", key, each) for each in hosts)
            for first, *others in entries:
                text = "  ".join(str(each.address) for each in others[:MOST_ADDRESSES])
                yield Line(Kind.CACHED, f"{key}/{first.address}", key, first, text=text)


def group_lines(snapshot: NeighbourhoodSnapshot, wanted: Wanted) -> Iterator[Line]:
    """The groups of all interfaces, where they stand in a pane of their own."""
    for interface in snapshot.interfaces:
        for line in _Section(snapshot, interface, wanted, lambda _: True).groups():
            text = line.text.replace("groups", f"groups on {interface.name}", 1)
            yield line._replace(text=text, fold="") if line.kind is Kind.SECTION else line


def _by_mac(cached: Iterable[CachedNeighbour]) -> list[list[CachedNeighbour]]:
    """The kernel's entries, those of one MAC address together."""
    hosts: dict[str, list[CachedNeighbour]] = {}
    for entry in cached:
        hosts.setdefault(entry.mac or str(entry.address), []).append(entry)
    return list(hosts.values())


def _way_to(router: MulticastRouter, snapshot: NeighbourhoodSnapshot) -> str:
    """The name of the interface where a router was heard; of the first one, where it was not."""
    heard = (each.interface for each in snapshot.neighbours if router.router in each.addresses)
    return next(heard, snapshot.interfaces[0].name if snapshot.interfaces else "")


def _counts(words: Iterable[str]) -> list[tuple[str, int]]:
    counts: dict[str, int] = {}
    for word in words:
        counts[word] = counts.get(word, 0) + 1
    return list(counts.items())


def _identity(subject: object) -> str:
    """What is the same about a subject in every snapshot."""
    match subject:
        case Group():
            return str(subject.group)
        case HeardLsa():
            return f"{subject.type}/{subject.id}/{subject.advertising_router}"
        case Route():
            return f"{subject.prefix} {subject.via} {subject.metric}"
    return str(subject)


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
