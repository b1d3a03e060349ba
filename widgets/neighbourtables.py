"""The tables below the neighbours of a link: groups, link states, routes told and the kernel's, and plain hosts."""

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from app.engine.host import CachedNeighbour, Interface, Route, gateways
from app.engine.neighbourhood.facts import MulticastRouter, Rip
from app.engine.neighbourhood.snapshot import Group, HeardLsa, Neighbour, NeighbourhoodSnapshot
from app.engine.neighbourhood.wording import area_words, counted, few
from app.packet.compose import Address
from widgets.neighbourlines import MOST_ADDRESSES, Kind, Line, Wanted

_NOBODY = {False: "nobody has said anything here yet", True: "nothing can be heard here"}


@dataclass(frozen=True, slots=True)
class Tables:
    """The tables of one interface."""

    snapshot: NeighbourhoodSnapshot
    interface: Interface
    wanted: Wanted
    passes: Callable[[Hashable], bool]

    def tables(self, members: Sequence[Neighbour], *, is_silent: bool) -> Iterator[Line]:
        """All of them."""
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
        yield from self._hosts()

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

    def _hosts(self) -> Iterator[Line]:
        """Who says nothing of itself: the kernel's neighbour cache alone knows of it. The gateway stands first."""
        name = self.interface.name
        here = (each for each in self.snapshot.neighbours if each.interface == name)
        heard = {address for each in here for address in each.addresses}
        entries = _by_mac(
            each
            for each in self.snapshot.surroundings.neighbours
            if each.interface == name and each.address not in heard and self.passes(each)
        )
        if not entries:
            return
        key = f"{name}/hosts"
        yield Line(Kind.SECTION, key, name, text=f"hosts  {len(entries):,} more in the kernel's neighbour cache")
        if self.wanted.folds.is_open(key):
            ways = gateways(self.snapshot.surroundings)
            lines = [_host_line(entry, key, ways) for entry in entries]
            yield from sorted(lines, key=lambda line: not line.place)


def _host_line(entry: Sequence[CachedNeighbour], heading: str, ways: frozenset[tuple[str, Address]]) -> Line:
    first, *others = entry
    text = "  ".join(str(each.address) for each in others[:MOST_ADDRESSES])
    place = "gateway" if any((each.interface, each.address) in ways for each in entry) else ""
    return Line(Kind.CACHED, f"{heading}/{first.address}", heading, first, text=text, place=place)


def group_lines(snapshot: NeighbourhoodSnapshot, wanted: Wanted) -> Iterator[Line]:
    """The groups of all interfaces, where they stand in a pane of their own."""
    for interface in snapshot.interfaces:
        for line in Tables(snapshot, interface, wanted, lambda _: True).groups():
            text = line.text.replace("groups", f"groups on {interface.name}", 1)
            yield line._replace(text=text, fold="") if line.kind is Kind.SECTION else line


def _by_mac(cached: Iterable[CachedNeighbour]) -> list[list[CachedNeighbour]]:
    """The kernel's entries, those of one MAC address together."""
    hosts: dict[str, list[CachedNeighbour]] = {}
    for entry in cached:
        hosts.setdefault(entry.mac or str(entry.address), []).append(entry)
    return list(hosts.values())


def _way_to(router: MulticastRouter, snapshot: NeighbourhoodSnapshot) -> str:
    """The name of the interface where a router was heard; of the first one that is shown, where it was not."""
    heard = (each.interface for each in snapshot.neighbours if router.router in each.addresses)
    shown = (each.name for each in snapshot.interfaces if not each.is_loopback)
    return next(heard, next(shown, ""))


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
