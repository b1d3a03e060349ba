"""The path MTU: the longest datagram that arrives whole (RFC 1191 for IPv4, RFC 8201 for IPv6).

A search asks the target by datagrams that no router may fragment, the longest first. Where a router names the MTU
of its next link, that is asked next; where one only refuses, or datagrams vanish without a word (a black hole,
RFC 2923, section 2.1), the length is halved between what arrived and what did not. It knows lengths and moments,
no packets.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from app.packet.compose import Address

LARGEST = 1_500  #: bytes; the first length asked
LEAST: Mapping[int, int] = {4: 68, 6: 1_280}  #: RFC 791, section 3.2; RFC 8200, section 5: every link carries these
TRIES = 3  #: a length that was asked so often without a word does not arrive
MOST_QUESTIONS = 200  #: where a network contradicts itself, the search ends


class Obstacle(Enum):
    """Why a length is known, or taken, not to arrive."""

    UNTRIED = "is more than was tried"
    NAMED = "is more than a router says that it forwards"
    REFUSED = "is too big, says a router, and does not say what is not"
    SILENT = "vanishes"
    OWN = "is more than the own interface carries"


@dataclass(slots=True)
class _Question:
    length: int
    sent_at: int


class MtuSearch:
    """One search, from `begin` until `is_over`; owned by the engine's thread."""

    def __init__(self, version: int) -> None:
        self._least = LEAST[version]
        self._arrived: int | None = None
        self._obstacles = {LARGEST + 1: Obstacle.UNTRIED}
        self._namers: dict[int, Address] = {}
        self._questions: dict[int, _Question] = {}
        self._count = 0
        self._length: int | None = None
        self._tries = 0
        self.due_at = 0  #: when something is to be asked, or given up
        self._patience = 0
        self.has_begun = False

    # What is known.

    @property
    def _stop(self) -> int:
        """The shortest length that is taken not to arrive, of those longer than what did."""
        return min(length for length in self._obstacles if length > (self._arrived or 0))

    @property
    def asked(self) -> int:
        """How many questions were asked."""
        return self._count

    @property
    def is_running(self) -> bool:
        """Whether there is something left to ask."""
        return self._length is not None

    @property
    def is_over(self) -> bool:
        """Whether the search has ended, with or without a result."""
        return self.has_begun and self._length is None

    @property
    def path_mtu(self) -> int | None:
        """The longest length that arrived, once nothing is left to try."""
        return self._arrived if self.is_over else None

    @property
    def obstacle(self) -> Obstacle:
        """Why nothing longer arrives."""
        return self._obstacles[self._stop]

    @property
    def namer(self) -> Address | None:
        """The router that named the path MTU."""
        return None if self.path_mtu is None else self._namers.get(self.path_mtu)

    @property
    def vanishing(self) -> int | None:
        """The shortest length that vanished without a word, where a shorter one arrived: a black hole."""
        is_hole = self.path_mtu is not None and self.obstacle is Obstacle.SILENT
        return self._stop if is_hole else None

    # Out.

    def begin(self, now: int, patience: int) -> None:
        """Start asking; `patience` is how many nanoseconds a length is waited for before it is asked again."""
        self.has_begun = True
        self._patience = patience
        self._aim(now)

    def _aim(self, now: int) -> None:
        """Choose the next length: what is left between what arrived and what does not."""
        low, high = self._arrived or self._least - 1, self._stop
        if high - low <= 1 or self._count >= MOST_QUESTIONS:
            self._length = None
            return
        is_told = self._obstacles[high] in (Obstacle.UNTRIED, Obstacle.NAMED)
        self._length = high - 1 if is_told else (low + high) // 2
        self._tries, self.due_at = 0, now

    def due(self, now: int) -> int | None:
        """The length that is to be asked now."""
        return self._length if self.due_at <= now else None

    def launch(self, now: int) -> int:
        """The question that is due is asked; its number."""
        self._questions[self._count] = _Question(self._length or 0, now)
        self._count += 1
        self._tries += 1
        self.due_at = now + self._patience
        return self._count - 1

    def expire(self, now: int) -> None:
        """Take a length that was asked often enough for one that does not arrive."""
        if self._length is not None and self._tries >= TRIES and self.due_at <= now:
            self._stopped(self._length, Obstacle.SILENT, now)

    # In.

    def sent_at(self, number: int) -> int | None:
        """When a question left; None where there was none of that number."""
        return self._questions[number].sent_at if number in self._questions else None

    def length(self, number: int) -> int:
        """The length that a question asked for."""
        return self._questions[number].length

    def depart(self, number: int, sent_at: int) -> None:
        """Say better when a question left."""
        if number in self._questions:
            self._questions[number].sent_at = sent_at

    def arrive(self, number: int, now: int) -> None:
        """The target has answered."""
        length = self._questions[number].length
        if length > (self._arrived or 0):
            self._arrived = length
            self._aim(now)

    def refuse(self, number: int, mtu: int | None, namer: Address, now: int) -> None:
        """A router says "too big", and perhaps what is not; a value that cannot be is not believed."""
        length = self._questions[number].length
        if mtu is None or not max(self._least, self._arrived or 0) <= mtu < length:
            self._stopped(length, Obstacle.REFUSED, now)
            return
        self._namers.setdefault(mtu, namer)
        self._stopped(mtu + 1, Obstacle.NAMED, now)

    def fail(self, number: int, errno: str, now: int) -> None:
        """The question was not sent: too long for the own interface, or for another reason, which passes."""
        if number in self._questions and errno == "EMSGSIZE":
            self._stopped(self._questions[number].length, Obstacle.OWN, now)

    def _stopped(self, length: int, obstacle: Obstacle, now: int) -> None:
        if length <= (self._arrived or 0) or (length in self._obstacles and obstacle is Obstacle.SILENT):
            return
        before = self._stop
        self._obstacles[length] = obstacle
        if self._stop < before:
            self._aim(now)


def story(search: MtuSearch, place: int | None) -> str:
    """What came of a search, as a report says it; "" before its end. `place` is the hop of the router that named it."""
    if not search.is_over:
        return ""
    if search.path_mtu is None:
        return "path MTU unknown: the target answers no datagram that may not be fragmented"
    found = f"path MTU {search.path_mtu}"
    if search.namer is not None:
        return f"{found}, named by {search.namer}" + (f" at hop {place}" if place else "")
    reasons = {
        Obstacle.UNTRIED: ", the most that was tried",
        Obstacle.OWN: ", that of the own interface",
        Obstacle.SILENT: ": longer datagrams vanish, and nobody says so",
        Obstacle.REFUSED: ": a router refuses longer datagrams",
        Obstacle.NAMED: "",
    }
    return found + reasons[search.obstacle]
