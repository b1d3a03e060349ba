"""A trace among others of one engine: where it begins, whom it follows, and what it takes over from them.

By itself a trace is alone: it begins at its first TTL, and waits for nobody.
"""

from collections.abc import Callable
from itertools import count

from app.engine.tracing.asking import Lead
from app.engine.tracing.backwards import SILENCE, Backwards
from app.engine.tracing.tree import Family, Member, Tree, lead
from app.packet.compose import Address


class Company:
    """One trace's place among others. Owned by the engine's thread.

    `number` says the number of the next row, which no row of any of them ever had; `whose` is what the keys of its
    rows say beside the TTL.
    """

    def __init__(self, number: Callable[[], int] | None = None, whose: str = "", tree: Tree | None = None) -> None:
        self.number = number or count().__next__
        self.whose = whose
        self._tree = tree
        self._forget()

    def _forget(self) -> None:
        self._family: Family | None = None
        self._backwards: Backwards | None = None
        self._guide: Member | None = None
        self._led_to = (0, False)  # how far the guide had come
        self.opens_at: int | None = None  #: while another goes ahead, when the trace is to ask again
        self._awaits: Family | None = None  # whose scout that is

    def leave(self, member: Member) -> None:
        """Infer nothing from this trace any more, nor for it."""
        if self._tree is not None:
            self._tree.leave(member)
        self._forget()

    def open(self, member: Member, family: Family | None, first: int, now: int) -> int | None:
        """The TTL at which the trace begins; None while another goes ahead. Without a family it is alone."""
        if self._tree is None or family is None:
            return first
        opening = self._tree.opening(member, family, first, now)
        if isinstance(opening, int):
            self.opens_at, self._awaits = opening, family
            return None
        self.opens_at, self._awaits, self._family, self._guide = None, None, family, opening.guide
        self._backwards = Backwards(self._tree, family, first, opening.start)
        return opening.start

    @property
    def is_whole(self) -> bool:
        """Whether all that lies before the beginning is asked or taken over."""
        return self._backwards is None or self._backwards.is_done

    def is_waiting(self, *, is_held: bool) -> bool:
        """Whether the trace goes on by what others find out; `is_held`: it has gone as far as its guide."""
        is_looking = self._backwards is not None and self._backwards.is_waiting
        return is_held or is_looking or self._awaits is not None

    def has_news(self, *, is_held: bool) -> bool:
        """Whether others may have found out what the trace waits for."""
        if self._awaits is not None:
            return self._tree is not None and self._tree.is_open(self._awaits)
        is_led = is_held and self._guide is not None and self._led_to != self._guide.table.standing
        return is_led or (self._backwards is not None and self._backwards.is_waiting)

    def lead(self, member: Member, now: int) -> Lead | None:
        """How far it may ask, as its guide has it."""
        if self._guide is None:
            return None
        self._led_to = self._guide.table.standing
        return lead(member, self._guide, now)

    def look_back(self, member: Member, now: int) -> range:
        """Take over what others know; the TTLs before the beginning that are to be asked now."""
        return range(0) if self._backwards is None or self.is_whole else self._backwards.look(member, now)

    def deadline(self, member: Member) -> int | None:
        """When to look back though nobody has answered from the beginning on."""
        is_silent = not self.is_whole and member.table.answered < member.table.first
        return member.heard_at + SILENCE if is_silent else None

    def found_out(self) -> None:
        """The trace knows more than before: others may go on."""
        if self._tree is not None:
            self._tree.news += 1

    def met(self, member: Member, ttl: int, router: Address) -> None:
        """A router that forwards has answered."""
        if self._tree is not None and self._family is not None:
            self._tree.note(member, self._family, ttl, router)

    def charted(self, member: Member) -> None:
        """The first round has ended."""
        if self._tree is not None and self._family is not None:
            self._tree.charted(member, self._family)
