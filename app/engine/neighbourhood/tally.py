"""How many different things there were, as far as that can be remembered."""

from collections.abc import Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)

#: So many are told apart; what comes behind these is not counted.
MOST_COUNTED = 65_536


class Tally(Generic[K]):
    """A set that stops growing. It keeps no thing, only its hash."""

    def __init__(self) -> None:
        self._seen: set[int] = set()

    def __len__(self) -> int:
        return len(self._seen)

    def add(self, thing: K) -> None:
        """There was one more, unless it was there before."""
        if len(self._seen) < MOST_COUNTED:
            self._seen.add(hash(thing))

    def discard(self, thing: K) -> None:
        """It is here after all."""
        self._seen.discard(hash(thing))
