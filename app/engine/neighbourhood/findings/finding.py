"""The seam between what is known and what is odd about it: a finder looks at all neighbours and says what it finds.

Finders are pure and are asked again whenever something has changed. What is found is told apart by its kind,
interface and text, so a text must not hold what changes by itself, such as an age: the machine remembers since
when it holds.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from app.engine.host import Interface
from app.engine.neighbourhood.facts import RoleKind
from app.engine.neighbourhood.snapshot import Neighbour, Role


@dataclass(frozen=True, slots=True)
class Found:
    """Something that an engineer would want to be told; `kind` is one of the JSON's words."""

    kind: str
    interface: str
    text: str
    neighbours: tuple[str, ...] = ()  #: keys of those that it is about
    packet: int | None = None


@dataclass(frozen=True, slots=True)
class Scene:
    """All neighbours as the snapshot will show them, those that have gone included."""

    neighbours: Sequence[Neighbour]
    interfaces: Sequence[Interface] = ()
    #: By neighbour key, version of OSPF and router id: the MTU that its database descriptions told.
    mtus: Mapping[tuple[str, RoleKind, str], int] = field(default_factory=dict)

    def speaking(self, *kinds: RoleKind) -> Iterator[tuple[Neighbour, Role]]:
        """The roles of these kinds that hold now: neither expired nor given up by who had them."""
        for neighbour in self.neighbours:
            for role in neighbour.roles:
                if role.kind in kinds and role.gone_at is None and not role.is_goodbye:
                    yield neighbour, role

    def interface(self, name: str) -> Interface | None:
        """This host's interface of a name."""
        return next((interface for interface in self.interfaces if interface.name == name), None)


Finder: TypeAlias = Callable[[Scene], Iterable[Found]]
