"""What was found, and since when: asks all finders when something has changed. Bounded."""

from collections.abc import Iterable, Iterator
from typing import TypeAlias

from app.engine.neighbourhood.findings import multicast, ospf, routers
from app.engine.neighbourhood.findings.finding import Finder, Found, Scene
from app.engine.neighbourhood.snapshot import NeighbourFinding

#: So many findings are kept; a link with more has one trouble, and it is named among these.
MOST_FINDINGS = 256

#: Kind, interface and text.
_Key: TypeAlias = tuple[str, str, str]

FINDERS: tuple[Finder, ...] = (routers.find, ospf.find, multicast.find)


class Findings:
    """Owned by the machine's thread."""

    def __init__(self, finders: Iterable[Finder] = FINDERS) -> None:
        self._finders = tuple(finders)
        self._known: dict[_Key, tuple[Found, NeighbourFinding]] = {}
        self.omitted = 0  #: how many there was no room for

    def look(self, scene: Scene, now: int) -> Iterator[NeighbourFinding]:
        """Ask all finders; what was not found before. What is no longer found is forgotten."""
        known: dict[_Key, tuple[Found, NeighbourFinding]] = {}
        new = []
        self.omitted = 0
        for found in self._all(scene):
            key = (found.kind, found.interface, found.text)
            if key in known:
                continue
            if len(known) >= MOST_FINDINGS:
                self.omitted += 1
                continue
            before = self._known.get(key)
            if before is not None and before[0] == found:
                known[key] = before
                continue
            since = now if before is None else before[1].since
            known[key] = found, _view(found, since)
            if before is None:
                new.append(known[key][1])
        self._known = known
        return iter(new)

    def views(self) -> tuple[NeighbourFinding, ...]:
        """All that was found at the last look."""
        return tuple(view for _, view in self._known.values())

    def _all(self, scene: Scene) -> Iterator[Found]:
        for finder in self._finders:
            yield from finder(scene)


def _view(found: Found, since: int) -> NeighbourFinding:
    return NeighbourFinding(
        kind=found.kind,
        interface=found.interface,
        text=found.text,
        since=since,
        neighbours=found.neighbours,
        packet=found.packet,
    )
