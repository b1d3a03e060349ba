"""Who is linked to whom, and the routes that follow: shortest paths by cost, equal ones side by side.

Hosts carry nobody else's packets. A link to a host that is down changes no route, as the routers behind
announce its network all the same; other links that go down, and costs that change, move the routes
when the scenario's convergence time has passed.
"""

import heapq
import itertools
from collections import Counter
from ipaddress import ip_address
from random import Random
from typing import NamedTuple

from app.net.simulated.nat import make_translator
from app.net.simulated.scenario import Scenario, Wire
from app.net.simulated.schedule import FOREVER, Change, Timeline
from app.net.simulated.station import Station
from app.net.simulated.zone import Zone

#: Addresses that were asked for and are remembered; a scan of a network asks for many more.
_MOST_PLACES = 100_000


class Segment:
    """One direction of a link at work. `labels` are those that packets carry over it, outermost first."""

    def __init__(self, wire: Wire, start: Station, end: Station, seed: str) -> None:
        self.start = start
        self.end = end
        self.line = Timeline(wire.line, wire.changes)
        self.changes = wire.changes
        self.chance = Random(f"{seed}/{wire.start}>{wire.end}")
        self.index = 0  #: the number of this interface at the end it leads to
        self.labels: tuple[int, ...] = ()
        self.hides_ttl = False  #: packets cross the tunnel with a TTL of the label's own


class Place(NamedTuple):
    """Where an address is to be found; not `is_there` where only its network is."""

    station: Station
    is_there: bool


class Topology:
    """Stations and segments of a scenario. Belongs to one thread."""

    def __init__(self, scenario: Scenario, seed: str) -> None:
        self.stations = {key: Station(node, seed) for key, node in scenario.nodes.items()}
        zone = Zone((node.name, node.addresses) for node in scenario.nodes.values() if node.name)
        for key, node in scenario.nodes.items():
            self.stations[key].nat = make_translator(node, scenario)
            self.stations[key].zone = zone if node.dns else None
        for address, key in scenario.lan.owners().items() if scenario.lan else ():
            self.stations[key].addresses.add(address.packed)
        self.segments = {
            (wire.start, wire.end): Segment(wire, self.stations[wire.start], self.stations[wire.end], seed)
            for wire in scenario.wires
        }
        self._leaving: dict[str, list[Segment]] = {key: [] for key in self.stations}
        self._arriving: dict[str, list[Segment]] = {key: [] for key in self.stations}  #: by routers alone
        interfaces: Counter[str] = Counter()
        for segment in self.segments.values():
            self._leaving[segment.start.key].append(segment)
            if segment.start.forwards:
                self._arriving[segment.end.key].append(segment)
            interfaces[segment.end.key] += 1
            segment.index = interfaces[segment.end.key]
        for tunnel in scenario.tunnels:
            for ends, labels in zip(itertools.pairwise(tunnel.path), tunnel.labels, strict=False):
                self.segments[ends].labels = labels
                self.segments[ends].hides_ttl = not tunnel.propagate_ttl
        self._owners = {packed: station for station in self.stations.values() for packed in station.addresses}
        self._networks = sorted(
            ((network, station) for station in self.stations.values() for network in station.usual.networks),
            key=lambda pair: -pair[0].prefixlen,
        )
        self._overriding = [station for station in self.stations.values() if station.usual.routes]
        self._blocks = [(block, station) for station in self.stations.values() for block in station.usual.block]
        self._of_blocks: list[tuple[Station, bytes]] = []  #: addresses of blocks that somebody asked for
        self._places: dict[bytes, Place | None] = {}
        self._convergence = scenario.convergence
        self._changes = self._changes_of_routes()
        self._since, self._until = (FOREVER, FOREVER) if self._changes else (-FOREVER, FOREVER)
        self._epochs: dict[tuple[bool, ...], dict[tuple[str, int], _Table]] = {}
        self._epoch = self._epochs.setdefault((), {})

    def find(self, address: bytes) -> Place | None:
        """Where a packed address is, or would be."""
        if address not in self._places:
            if len(self._places) >= _MOST_PLACES:
                self._forget()
            self._places[address] = self._find(address)
        return self._places[address]

    def routes(self, station: Station, to: Station, version: int, at: int) -> tuple[Segment, ...]:
        """The segments that lead from a station to another by IP version, of equal cost; none: no route."""
        moment = at - self._convergence
        if not self._since <= moment < self._until:
            self._change_epoch(moment)
        table = self._epoch.get((to.key, version))
        if table is None:
            table = self._epoch[to.key, version] = self._table(to, version, moment)
        hops = table.hops.get(station.key)
        if hops is None:
            hops = table.hops[station.key] = () if station.forwards else self._first_hops(table, station, moment)
        return hops

    def defaults(self, station: Station, version: int) -> tuple[Segment, ...]:
        """A host's ways to its routers, for whatever it has no route to; routers have none."""
        if station.forwards:
            return ()
        ways = (segment for segment in self._leaving[station.key] if segment.end.forwards)
        return tuple(segment for segment in ways if segment.end.usual.address(version) is not None)

    def _forget(self) -> None:
        """Make room: who scans a network asks for more addresses than memory has."""
        self._places.clear()
        for station, address in self._of_blocks:
            station.addresses.discard(address)
        self._of_blocks.clear()

    def _find(self, address: bytes) -> Place | None:
        owner = self._owners.get(address)
        if owner is not None:
            return Place(owner, is_there=True)
        whole = ip_address(address)
        for block, station in self._blocks:
            if whole.version == block.version and whole in block:
                station.addresses.add(address)
                self._of_blocks.append((station, address))
                return Place(station, is_there=True)
        for network, station in self._networks:
            if whole.version == network.version and whole in network:
                return Place(station, is_there=False)
        return None

    def _changes_of_routes(self) -> list[Change]:
        changes = [
            change
            for segment in self.segments.values()
            for change in segment.changes
            if {"down", "cost"} & change.values.keys()
        ]
        for station in self.stations.values():
            if station.forwards:
                changes += [change for change in station.usual.changes if "down" in change.values]
        return changes

    def _change_epoch(self, moment: int) -> None:
        windows = [change.schedule.window(moment) for change in self._changes]
        self._epoch = self._epochs.setdefault(tuple(is_active for is_active, _, _ in windows), {})
        self._since = max(since for _, since, _ in windows)
        self._until = min(until for _, _, until in windows)

    def _table(self, to: Station, version: int, moment: int) -> "_Table":
        """For each router the segments that lead towards `to` (Dijkstra's algorithm, from the far end)."""
        distances = {to.key: 0}
        queue = [(0, to.key)]
        hops: dict[str, tuple[Segment, ...]] = {}
        while queue:
            distance, key = heapq.heappop(queue)
            if distance > distances[key]:
                continue
            for segment in self._arriving[key]:
                near = segment.start
                if not self._leads(segment, to, version, moment):
                    continue
                total = distance + segment.line.at(moment).cost
                known = distances.get(near.key)
                if known is None or total < known:
                    distances[near.key] = total
                    hops[near.key] = (segment,)
                    heapq.heappush(queue, (total, near.key))
                elif total == known:
                    hops[near.key] += (segment,)
        for station in self._overriding:
            ways = station.usual.routes.get(to.key)
            if ways:
                hops[station.key] = tuple(self.segments[station.key, way] for way in ways)
        return _Table(to, version, distances, hops)

    def _first_hops(self, table: "_Table", station: Station, moment: int) -> tuple[Segment, ...]:
        """The same for a host: asked for one by one, as there may be ten thousand that never send to another."""
        ways = []
        for segment in self._leaving[station.key]:
            distance = table.distances.get(segment.end.key)
            if distance is not None and self._leads(segment, table.to, table.version, moment):
                ways.append((distance + segment.line.at(moment).cost, distance, segment.end.key, segment))
        least = min((way[0] for way in ways), default=0)
        return tuple(segment for total, *_, segment in sorted(ways, key=_by_distance) if total == least)

    def _leads(self, segment: Segment, to: Station, version: int, moment: int) -> bool:
        near, is_last = segment.start, segment.end is to
        if near is to or near.usual.address(version) is None or near.node.at(moment).down:
            return False
        return (is_last and not to.forwards) or not segment.line.at(moment).down


class _Table(NamedTuple):
    """The ways to one station by one IP version: how far each router is from it, and where it sends to."""

    to: Station
    version: int
    distances: dict[str, int]
    hops: dict[str, tuple[Segment, ...]]


def _by_distance(way: tuple[int, int, str, Segment]) -> tuple[int, str]:
    """The order in which Dijkstra's algorithm comes to the far ends."""
    return way[1:3]
