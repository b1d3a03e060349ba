"""What has to be done when: moments of things, changed as often as packets come, asked for the next one."""

import heapq
import itertools
from collections.abc import Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)

#: So many outdated entries may stand in the heap before it is made anew.
_MOST_OUTDATED = 1024


class Agenda(Generic[K]):
    """A moment for each thing. A later moment costs nothing until the earlier one has come."""

    def __init__(self) -> None:
        self._moments: dict[K, int] = {}
        self._heap: list[tuple[int, int, K]] = []
        self._order = itertools.count()

    def set(self, thing: K, moment: int) -> None:
        """That thing is due at that moment, whatever was said before."""
        before = self._moments.get(thing)
        self._moments[thing] = moment
        if before is None or moment < before:
            self._push(thing, moment)

    def drop(self, thing: K) -> None:
        """That thing is no longer due."""
        self._moments.pop(thing, None)

    def next(self) -> int | None:
        """When something may be due; None where nothing ever is."""
        self._settle()
        return self._heap[0][0] if self._heap else None

    def due(self, now: int) -> list[K]:
        """What is due now, the first first. It is off the agenda."""
        found = []
        while (moment := self.next()) is not None and moment <= now:
            thing = heapq.heappop(self._heap)[2]
            del self._moments[thing]
            found.append(thing)
        return found

    def _settle(self) -> None:
        """Let what stands in front be true."""
        while self._heap:
            moment, _, thing = self._heap[0]
            told = self._moments.get(thing)
            if told == moment:
                return
            heapq.heappop(self._heap)
            if told is not None and told > moment:
                self._push(thing, told)

    def _push(self, thing: K, moment: int) -> None:
        if len(self._heap) > len(self._moments) * 2 + _MOST_OUTDATED:
            self._heap = [(told, next(self._order), each) for each, told in self._moments.items()]
            heapq.heapify(self._heap)
            return
        heapq.heappush(self._heap, (moment, next(self._order), thing))
