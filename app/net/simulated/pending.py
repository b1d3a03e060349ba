"""What a simulated link will tell, in the order of time. Belongs to one thread."""

import heapq
import itertools

from app.engine.datagram import Event


class Pending:
    """Events and their moments; those of one moment in the order in which they were put."""

    def __init__(self) -> None:
        self._events: list[tuple[int, int, Event]] = []
        self._order = itertools.count()

    def put(self, at: int, event: Event) -> None:
        """Something will be told at a moment."""
        heapq.heappush(self._events, (at, next(self._order), event))

    def first(self, until: int) -> int:
        """The moment of the first of them, `until` where that is later or there is none."""
        return min(until, self._events[0][0]) if self._events else until

    def due(self, now: int) -> list[Event]:
        """All up to now. They are told but once."""
        events = []
        while self._events and self._events[0][0] <= now:
            events.append(heapq.heappop(self._events)[2])
        return events

    def clear(self) -> None:
        """Forget them."""
        self._events.clear()
