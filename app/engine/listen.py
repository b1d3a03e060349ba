"""The machine that listens: it counts what the link hears, and says how it stands. It sends nothing.

The packets themselves are in the log, by the runner. What the kernel had no room for is asked of the link, so that
what was seen and what was dropped add up to what came.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from app.engine.command import Command, Finish, Reset
from app.engine.datagram import Datagram, Direction, Event, Failure, Fault, Outgoing
from app.engine.snapshot import LogLine
from app.engine.traffic import ProtocolCount, Talker, Traffic
from app.engine.verdict import NOTHING, Verdict

#: Talkers and lines of the log that a snapshot holds.
MOST_TALKERS, MOST_LINES = 32, 100


class Listening(Protocol):
    """What the machine asks of its link."""

    name: str  #: "packet", "raw" or "simulated": by what it hears
    dropped: int  #: packets that were lost before they could be read

    def now(self) -> int:
        """The link's clock."""


@dataclass(frozen=True, slots=True, eq=False)
class ListenSnapshot:
    """What was heard up to now. Moments are nanoseconds on the link's clock."""

    at: int
    started_at: int
    link: str  #: the link's name: which ear it is
    total: ProtocolCount
    dropped: int  #: by the kernel: `total.packets + dropped` came
    protocols: tuple[ProtocolCount, ...] = ()  #: those with most packets first
    talkers: tuple[Talker, ...] = ()  #: those who sent most first
    directions: tuple[int, int, int] = (0, 0, 0)  #: packets in, out, and between others
    log: tuple[LogLine, ...] = ()  #: the newest last

    @property
    def seen(self) -> int:
        """Packets that were read."""
        return self.total.packets


class ListenMachine:
    """Counts until it is told to end, or for `seconds`. Belongs to the thread that runs it."""

    def __init__(self, link: Listening, *, duration: int | None = None) -> None:
        self._link = link
        self._started_at = link.now()
        self._ends_at = None if duration is None else self._started_at + duration
        self._is_finished = False
        self._begin()

    def _begin(self) -> None:
        self._traffic = Traffic(self._started_at)
        self._directions = dict.fromkeys(Direction, 0)
        self._log: deque[LogLine] = deque(maxlen=MOST_LINES)
        self._dropped_before = self._link.dropped

    def poll(self, now: int) -> Sequence[Outgoing]:
        """Nothing: it only listens."""
        return ()

    def receive(self, event: Event) -> Verdict:
        """Count a packet; keep a fault for the log. When it is to end, it hears no more."""
        if isinstance(event, Datagram):
            if not self._is_finished:
                self._traffic.take(event)
                self._directions[event.direction] += 1
        elif isinstance(event, Fault | Failure):
            self._log.append(LogLine(event.at, None, event.text))
        return NOTHING

    def expire(self, now: int) -> None:
        """Close the seconds that have passed, and end in time."""
        self._traffic.roll(now)
        if self._ends_at is not None and now >= self._ends_at:
            self._is_finished = True

    def deadline(self) -> int | None:
        """The end of this second, or of all."""
        if self._is_finished:
            return None
        return min(self._traffic.rolls_at, self._ends_at or self._traffic.rolls_at)

    def obey(self, command: Command, now: int) -> None:
        """Begin to count again from nothing, or end."""
        match command:
            case Reset():
                self._started_at = now
                self._begin()
            case Finish():
                self._is_finished = True

    def snapshot(self, now: int) -> ListenSnapshot:
        """How it stands."""
        return ListenSnapshot(
            at=now,
            started_at=self._started_at,
            link=self._link.name,
            total=self._traffic.total(),
            dropped=self._link.dropped - self._dropped_before,
            protocols=tuple(self._traffic.protocols()),
            talkers=tuple(self._traffic.talkers(MOST_TALKERS)),
            directions=(
                self._directions[Direction.IN],
                self._directions[Direction.OUT],
                self._directions[Direction.OTHER],
            ),
            log=tuple(self._log),
        )
