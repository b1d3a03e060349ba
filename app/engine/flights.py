"""Probes on their way, in the order of sending: which is the oldest, and which have been waited for long enough."""

from collections import deque
from collections.abc import Iterator
from typing import Generic, Protocol, TypeVar

from app.engine.samples.series import Series
from app.engine.snapshot import Outcome


class Owner(Protocol):
    """A row whose probes fly."""

    series: Series


O = TypeVar("O", bound=Owner)  # noqa: E741  # an owner


class Flights(Generic[O]):
    """All probes of one machine that wait for an answer. Each step costs what is due, not what is in flight.

    A probe that was decided otherwise, or whose row has begun a new series, is dropped when it is the oldest.
    """

    def __init__(self, timeout: int) -> None:
        self._timeout = timeout
        self._queue: deque[tuple[O, int]] = deque()

    def add(self, owner: O, number: int) -> None:
        """Probe `number` of a row is sent."""
        self._queue.append((owner, number))

    def _oldest(self) -> tuple[O, int] | None:
        while self._queue:
            owner, number = self._queue[0]
            if owner.series.outcome(number) is Outcome.IN_FLIGHT:
                return owner, number
            self._queue.popleft()
        return None

    def deadline(self) -> int | None:
        """When the oldest probe is given up, by the best stamp of its departure; None where none is in flight."""
        oldest = self._oldest()
        return None if oldest is None else oldest[0].series.sent_at(oldest[1]) + self._timeout

    def expired(self, now: int) -> Iterator[tuple[O, int]]:
        """The probes whose deadline has passed, each now entered as lost."""
        while (deadline := self.deadline()) is not None and deadline <= now:
            owner, number = self._queue.popleft()
            owner.series.decide(number, Outcome.LOST)
            yield owner, number

    def abandon(self) -> Iterator[tuple[O, int]]:
        """All probes in flight, each now entered as lost."""
        while (oldest := self._oldest()) is not None:
            self._queue.popleft()
            oldest[0].series.decide(oldest[1], Outcome.LOST)
            yield oldest
