"""The neighbours of all links: who is who, what each said last, and how long that holds. Bounded.

Neighbours are told apart by interface and MAC address. Where a packet shows none (raw sockets), the kernel's neighbour
cache tells it, else the IP address stands for the neighbour until somebody knows better. A MAC address of VRRP (RFC
5798, section 7.3) belongs to a group of routers: there the IP address says which of them spoke. Two MAC addresses are
never joined into one neighbour, whatever addresses they claim.

When the book is full, who has gone makes room, then who is suspicious makes room for who is not. Nobody else is
displaced: a flood of newcomers hides nobody who was there before.
"""

from collections.abc import Iterator, Mapping

from app.engine.host import CachedNeighbour
from app.engine.neighbourhood.agenda import Agenda
from app.engine.neighbourhood.designation import designate
from app.engine.neighbourhood.entry import Change, Entry, Standing
from app.engine.neighbourhood.facts import RoleKind
from app.engine.neighbourhood.saying import Heard, MtuTold, Saying
from app.engine.neighbourhood.snapshot import Neighbour
from app.engine.neighbourhood.tally import Tally
from app.packet.compose import Address

#: So many neighbours are kept.
MOST_NEIGHBOURS = 1024

#: By interface and address: what the kernel's cache says.
Cache = Mapping[tuple[str, Address], CachedNeighbour]


class Book:
    """Owned by the machine's thread."""

    def __init__(self, capacity: int = MOST_NEIGHBOURS) -> None:
        self._capacity = capacity
        self._entries: dict[str, Entry] = {}
        self._by_mac: dict[tuple[str, str], Entry] = {}
        self._by_address: dict[tuple[str, Address], Entry] = {}
        self._doubtful: dict[Entry, None] = {}  # of whom nothing is to be believed
        self._gone: dict[Entry, None] = {}
        self._agenda: Agenda[Standing] = Agenda()
        self._omitted: Tally[str] = Tally()
        self._cache: Cache = {}

    @property
    def omitted(self) -> int:
        """How many neighbours were turned away, or had to make room."""
        return len(self._omitted)

    def hear(self, heard: Heard, saying: Saying, packet: int | None) -> tuple[Entry | None, Change]:
        """Put down what a neighbour says of itself; whose entry that is, where there is room for it."""
        entry = self._entry(heard, is_doubtful=bool(saying.suspicious))
        if entry is None:
            return None, Change.TURNED_AWAY
        if (least := entry.least(saying)) is not None:
            self._agenda.drop(least)
            entry.forget(least)
        standing, change = entry.hear(heard, saying, packet)
        if standing is not None:
            self._agenda.set(standing, standing.next_moment)
        if not saying.suspicious or not entry.addresses:
            self._claim(entry, heard.source)
        self._sort(entry)
        return entry, change

    def told_mtu(self, heard: Heard, told: MtuTold) -> None:
        """A neighbour that is known tells the MTU of its interface."""
        entry = self._find(heard.interface, self._real_mac(heard), heard.source)
        if entry is not None:
            entry.told_mtu(told)

    def expire(self, now: int) -> Iterator[Standing]:
        """Give up what has not been said again in time; what has just gone. What went long ago is forgotten."""
        while due := self._agenda.due(now):
            for standing in due:
                if standing.gone_at is None:
                    standing.give_up(standing.next_moment)
                    self._agenda.set(standing, standing.next_moment)
                    self._sort(standing.entry)
                    yield standing
                elif standing.entry.forget(standing):
                    self._sort(standing.entry)
                else:
                    self._remove(standing.entry)

    def deadline(self) -> int | None:
        """When `expire` next has something to do."""
        return self._agenda.next()

    def look(self, cache: Cache, gateways: frozenset[tuple[str, Address]]) -> None:
        """Take what the kernel knows; neighbours that turn out to be one are joined."""
        self._cache = cache
        for entry in list(self._entries.values()):
            if not entry.has_mac:
                self._learn(entry)
        by_mac: dict[tuple[str, str], list[CachedNeighbour]] = {}
        for cached in cache.values():
            if cached.mac is not None and (cached.interface, cached.mac) in self._by_mac:
                by_mac.setdefault((cached.interface, cached.mac), []).append(cached)
        for entry in self._entries.values():
            if entry.has_mac:
                found = by_mac.get((entry.interface, entry.mac or ""), [])
            else:
                told = (cache.get((entry.interface, address)) for address in entry.addresses)
                found = [cached for cached in told if cached is not None]
            addresses = (*entry.addresses, *(cached.address for cached in found), *entry.virtual_addresses())
            entry.set_kernel(found, is_gateway=any((entry.interface, each) in gateways for each in addresses))

    def views(self) -> tuple[Neighbour, ...]:
        """All neighbours, those first that were heard first."""
        return tuple(entry.view() for entry in self._entries.values())

    def designate(self) -> None:
        """Find out which PIM routers are designated, by all hellos that hold."""
        designate(self._entries.values())

    def mtus(self) -> dict[tuple[str, RoleKind, str], int]:
        """By neighbour, version of OSPF and router id: the MTU that was told."""
        return {(entry.key, *key): mtu for entry in self._entries.values() for key, mtu in entry.mtus.items()}

    # Who is who.

    def _real_mac(self, heard: Heard) -> str | None:
        """The MAC address that is the sender's own: the packet's, else the one that the kernel knows."""
        mac = heard.mac
        if (mac is None or is_shared(mac)) and heard.source is not None:
            cached = self._cache.get((heard.interface, heard.source))
            known = None if cached is None else cached.mac
            mac = known if known is not None and not is_shared(known) else mac
        return mac

    def _find(self, interface: str, mac: str | None, source: Address | None) -> Entry | None:
        if mac is not None and not is_shared(mac):
            if (entry := self._by_mac.get((interface, mac))) is not None:
                return entry
            entry = None if source is None else self._by_address.get((interface, source))
            return None if entry is None or entry.has_mac else entry
        return None if source is None else self._by_address.get((interface, source))

    def _entry(self, heard: Heard, *, is_doubtful: bool) -> Entry | None:
        """The entry of a packet's sender, a new one where there is none and there is room."""
        mac, interface = self._real_mac(heard), heard.interface
        if mac is None and heard.source is None:
            return None
        entry = self._find(interface, mac, heard.source)
        if entry is None:
            has_own = mac is not None and (not is_shared(mac) or heard.source is None)
            key = f"{interface} {mac if has_own else heard.source}"
            entry = self._entries.get(key)
            if entry is None:
                if not self._make_room(key, is_doubtful=is_doubtful):
                    return None
                entry = self._entries[key] = Entry(key, interface)
        if mac is not None:
            self._name(entry, mac)
        return entry

    def _name(self, entry: Entry, mac: str) -> None:
        """Give an entry its MAC address, unless it has one of its own."""
        if entry.has_mac or (is_shared(mac) and entry.mac is not None):
            return
        entry.set_mac(mac, is_own=not is_shared(mac))
        if entry.has_mac:
            self._by_mac[entry.interface, mac] = entry

    def _learn(self, entry: Entry) -> None:
        """Ask the kernel's cache for the MAC address of an entry; it may be somebody who is known by that."""
        for address in entry.addresses:
            cached = self._cache.get((entry.interface, address))
            if cached is None or cached.mac is None or is_shared(cached.mac):
                continue
            known = self._by_mac.get((entry.interface, cached.mac))
            if known is None:
                self._name(entry, cached.mac)
            else:
                self._join(known, entry)
            return

    def _join(self, known: Entry, other: Entry) -> None:
        """Two entries turn out to be one neighbour."""
        for standing in known.take(other):
            self._agenda.drop(standing)
        for address in list(other.addresses):
            self._claim(known, address)
        self._remove(other)
        self._sort(known)

    def _claim(self, entry: Entry, address: Address | None) -> None:
        """Somebody speaks from an address: it finds who did so first, for as long as that one can be believed."""
        if address is None or address.is_unspecified:
            return
        for lost in entry.add_address(address):
            if self._by_address.get((entry.interface, lost)) is entry:
                del self._by_address[entry.interface, lost]
        holder = self._by_address.get((entry.interface, address))
        if holder is None or holder.is_gone or (holder.is_doubtful and not entry.is_doubtful):
            self._by_address[entry.interface, address] = entry

    # Who stays.

    def _make_room(self, key: str, *, is_doubtful: bool) -> bool:
        """Whether a newcomer may enter; somebody else may have to leave."""
        leaving = None
        if len(self._entries) >= self._capacity:
            leaving = next(iter(self._gone), None)
            if leaving is None and not is_doubtful:
                leaving = next(reversed(self._doubtful), None)
                if leaving is not None:
                    self._omitted.add(leaving.key)
            if leaving is None:
                self._omitted.add(key)
                return False
            self._remove(leaving)
        self._omitted.discard(key)
        return True

    def _sort(self, entry: Entry) -> None:
        for shelf, belongs in ((self._doubtful, entry.is_doubtful), (self._gone, entry.is_gone)):
            if belongs:
                shelf.setdefault(entry)
            else:
                shelf.pop(entry, None)

    def _remove(self, entry: Entry) -> None:
        del self._entries[entry.key]
        self._doubtful.pop(entry, None)
        self._gone.pop(entry, None)
        for standing in entry.standings():
            self._agenda.drop(standing)
        if entry.mac is not None and self._by_mac.get((entry.interface, entry.mac)) is entry:
            del self._by_mac[entry.interface, entry.mac]
        for address in entry.addresses:
            if self._by_address.get((entry.interface, address)) is entry:
                del self._by_address[entry.interface, address]


def is_shared(mac: str) -> bool:
    """Whether a MAC address is one of VRRP's, which whoever is master uses (RFC 5798, section 7.3)."""
    return mac.startswith(("00:00:5e:00:01:", "00:00:5e:00:02:"))
