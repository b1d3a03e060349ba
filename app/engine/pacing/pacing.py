"""The seam between a machine and what decides when each of its rows is probed.

A row is whatever the machine calls it, if it can be hashed. Moments and intervals are in nanoseconds on the link's
clock; nothing here knows a packet or reads a clock. A machine sends one probe for each time that a row stands in a
turn, numbers the probes of a row from 0, and says of each probe exactly once that it was answered or missed.
"""

from collections.abc import Iterable, Sequence
from typing import Protocol, TypeAlias, TypeVar

R = TypeVar("R")

#: Rows that are to be probed now, and the moment that was planned for it.
Turn: TypeAlias = tuple[int, Sequence[R]]


class Pacing(Protocol[R]):
    """Who is probed when; owned by the engine's thread."""

    @property
    def interval(self) -> int:
        """Nanoseconds between two probes of a row that has no interval of its own."""

    @property
    def stretch(self) -> float:
        """How many times longer all intervals are than they were asked for, so that the budget holds; at least 1."""

    def own(self, row: R) -> int | None:
        """A row's own interval; None where it has that of all."""

    def extend(self, rows: Iterable[R], now: int, interval: int | None = None) -> None:
        """Take many rows in at the beginning, with their own interval or that of all; their turns have this order."""

    def add(self, row: R, now: int, interval: int | None = None) -> None:
        """Take a row in, with its own interval or that of all; its turn is next, and at once."""

    def remove(self, row: R, now: int) -> None:
        """Leave a row out from now on; nothing happens where it is not in."""

    def change(self, interval: int, now: int, row: R | None = None) -> None:
        """Turn at another pace: one row, or all that have no interval of their own."""

    def due(self, now: int) -> Iterable[Turn[R]]:
        """The turns that are due, in the order of their planned moments."""

    def answered(self, row: R, number: int, at: int) -> None:
        """A probe that was in flight is answered; `at` is when the answer came."""

    def missed(self, row: R, number: int, at: int) -> None:
        """A probe that was in flight is given up, refused, or failed to be sent."""

    def revived(self, row: R) -> None:
        """A row answered a probe that was missed already."""

    def rest(self, row: R) -> None:
        """A row has no more turns until it is reset: it has had all that it was to have."""

    def reset(self, row: R, now: int) -> None:
        """Whatever is in flight of a row will never be told of; it begins anew."""

    def deadline(self) -> int | None:
        """When `due` next has something to say; None where that depends on what is told."""

    def tick(self, moment: int) -> int:
        """The next moment at which one wakes up for turns anyway; this very moment where turns are rare."""
