"""The shape of an engine: a machine that owns no clock, socket or thread.

A runner calls it so, always from one thread: `poll` for what is due, the link sends that, `receive` for
each event, `expire` for the passage of time, `deadline` for when to come again, `snapshot` at most
once a frame. `now` is in nanoseconds on the link's clock and never goes back.
"""

from collections.abc import Callable, Sequence
from typing import Protocol, TypeAlias, TypeVar, runtime_checkable

from app.engine.command import Command
from app.engine.datagram import Event, Outgoing
from app.engine.verdict import Verdict

S = TypeVar("S", covariant=True)

#: Takes events of one kind in turn, one at least, and says what was made of each.
Receive: TypeAlias = Callable[[Sequence[Event]], Sequence[Verdict]]


class Machine(Protocol[S]):
    """What a runner needs of an engine whose snapshots are of type S."""

    def poll(self, now: int) -> Sequence[Outgoing]:
        """The datagrams that are due. They count as sent from here on; a Failure may come back for each."""

    def receive(self, event: Event) -> Verdict:
        """Take what the link tells. Never raises, whatever the bytes."""

    def expire(self, now: int) -> None:
        """Give up on what was not answered in time."""

    def deadline(self) -> int | None:
        """When `poll` or `expire` next has something to do; None when nothing is left to do."""

    def obey(self, command: Command, now: int) -> None:
        """Carry out a command from the screen. One that does not fit this machine is ignored."""

    def snapshot(self, now: int) -> S:
        """All that is known, frozen. Rows that did not change are the same objects as before."""


@runtime_checkable
class TakesMany(Protocol):
    """A machine to which thousands of events come in a second: what is done once for many of them is cheaper."""

    def receive_many(self, events: Sequence[Event]) -> Sequence[Verdict]:
        """The same as `receive` for each of some events of one kind, one at least."""


def receiver(machine: Machine[object]) -> Receive:
    """How a machine takes many events: in its own way, or else one after the other."""
    if isinstance(machine, TakesMany):
        return machine.receive_many
    receive = machine.receive
    return lambda events: [receive(event) for event in events]
