"""The link-state table as it was overheard: of each LSA the newest instance (RFC 2328, section 13.1). Bounded.

An LSA's age goes on from the moment it was heard; at MaxAge it is flushed, as it is when somebody says so.
"""

from dataclasses import dataclass
from typing import TypeAlias

from app.engine.neighbourhood.agenda import Agenda
from app.engine.neighbourhood.saying import Heard, LinkState
from app.engine.neighbourhood.snapshot import HeardLsa
from app.engine.neighbourhood.tally import Tally

MOST_LSAS = 4096
MAX_AGE = 3600  #: seconds (RFC 2328, appendix B)
SECOND = 1_000_000_000
_DO_NOT_AGE = 0x8000  #: RFC 1793, section 2.2: the age stands still

_Key: TypeAlias = tuple[str, int, str, int, str, str]


@dataclass(slots=True, eq=False)
class _Known:
    key: _Key
    told: LinkState
    view: HeardLsa


class LinkStates:
    """Owned by the machine's thread."""

    def __init__(self, capacity: int = MOST_LSAS) -> None:
        self._capacity = capacity
        self._known: dict[_Key, _Known] = {}
        self._agenda: Agenda[_Known] = Agenda()
        self._omitted: Tally[_Key] = Tally()

    @property
    def omitted(self) -> int:
        """How many LSAs there was no room for."""
        return len(self._omitted)

    def hear(self, heard: Heard, told: LinkState, packet: int | None) -> None:
        """An LSA's header was heard, perhaps with what the LSA says."""
        key = (heard.interface, told.version, told.area, told.type, told.id, told.advertising_router)
        known = self._known.get(key)
        if known is not None and not _is_news(told, known.told):
            return
        if _age(told) >= MAX_AGE:
            if known is not None:
                self._forget(known)
            return
        if known is None and len(self._known) >= self._capacity:
            self._omitted.add(key)
            return
        self._omitted.discard(key)
        if known is not None:
            self._agenda.drop(known)
        known = self._known[key] = _Known(key, told, _view(heard, told, packet))
        if not told.age & _DO_NOT_AGE:
            self._agenda.set(known, heard.at + (MAX_AGE - told.age) * SECOND)

    def expire(self, now: int) -> None:
        """Flush what has come to MaxAge."""
        for known in self._agenda.due(now):
            self._known.pop(known.key, None)

    def deadline(self) -> int | None:
        """When `expire` next has something to do."""
        return self._agenda.next()

    def views(self) -> tuple[HeardLsa, ...]:
        """The whole table, in the order in which LSAs were first heard."""
        return tuple(known.view for known in self._known.values())

    def _forget(self, known: _Known) -> None:
        self._agenda.drop(known)
        del self._known[known.key]


def _age(told: LinkState) -> int:
    return told.age & ~_DO_NOT_AGE


def _is_news(told: LinkState, known: LinkState) -> bool:
    """Whether it is a newer instance, the end of this one, or says more of it."""
    here, there = _signed(told.sequence), _signed(known.sequence)
    if here != there:
        return here > there
    return _age(told) >= MAX_AGE or (bool(told.summary) and not known.summary)


def _signed(sequence: int) -> int:
    """Sequence numbers are signed, and begin at the most negative but one (RFC 2328, section 12.1.6)."""
    return (sequence & 0xFFFF_FFFF ^ 0x8000_0000) - 0x8000_0000


def _view(heard: Heard, told: LinkState, packet: int | None) -> HeardLsa:
    return HeardLsa(
        interface=heard.interface,
        version=told.version,
        area=told.area,
        type=told.type,
        type_words=told.type_words,
        id=told.id,
        advertising_router=told.advertising_router,
        sequence=told.sequence,
        age=_age(told),
        heard_at=heard.at,
        summary=told.summary,
        packet=packet,
    )
