"""What a flood prints while it runs: a dot for each probe, which its answer takes back, as ping(8) does.

What stays on the line is what was not answered, or not yet. Printed a few times a second and not a probe at a time,
it is the same line.
"""

from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from app.engine.command import Command
from app.engine.datagram import Event, Outgoing
from app.engine.machine import Machine
from app.engine.snapshot import PingSnapshot
from app.engine.verdict import Verdict

S = TypeVar("S")

_TAKE_BACK = "\b \b"


class FloodText:
    """The line of dots, as it was printed so far."""

    def __init__(self) -> None:
        self._dots = 0

    def more(self, snapshot: PingSnapshot) -> str:
        """What is to be printed so that the line says how many probes are unanswered."""
        before, self._dots = self._dots, sum(row.ledger.sent - row.ledger.replied for row in snapshot.rows)
        return "." * (self._dots - before) + _TAKE_BACK * (before - self._dots)


class Onlooker(Generic[S]):
    """The machine `inner`, whose snapshots somebody looks at as they are made. It belongs to the runner's thread."""

    def __init__(self, inner: Machine[S], look: Callable[[S], None]) -> None:
        self._inner = inner
        self._look = look

    def poll(self, now: int) -> Sequence[Outgoing]:
        """The machine's own."""
        return self._inner.poll(now)

    def receive(self, event: Event) -> Verdict:
        """The machine's own."""
        return self._inner.receive(event)

    def expire(self, now: int) -> None:
        """The machine's own."""
        self._inner.expire(now)

    def deadline(self) -> int | None:
        """The machine's own."""
        return self._inner.deadline()

    def obey(self, command: Command, now: int) -> None:
        """The machine's own."""
        self._inner.obey(command, now)

    def snapshot(self, now: int) -> S:
        """The machine's own, looked at."""
        snapshot = self._inner.snapshot(now)
        self._look(snapshot)
        return snapshot
