"""Why OSPF routers of one link do not become neighbours, by their own hellos (RFC 2328, section 10.5).

A router drops a hello whose intervals, area, authentication or mask are not its own, and says nothing; it stays
in the exchange of databases with one whose MTU is larger (section 10.6). Both sides are heard here, and can be
compared. Of thousands of fake routers the first are compared with each other.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from ipaddress import IPv6Address
from itertools import combinations

from app.engine.neighbourhood.facts import Ospf, RoleKind
from app.engine.neighbourhood.findings.finding import Found, Scene
from app.engine.neighbourhood.readers.ospf import MOST_NEIGHBOURS, SECURED
from app.engine.neighbourhood.snapshot import Neighbour, Role
from app.engine.neighbourhood.wording import area_words

#: So many routers of one link are compared with each other.
MOST_SPEAKERS = 32
_SECOND = 1_000_000_000
_KINDS = (RoleKind.OSPF, RoleKind.OSPF6)


@dataclass(frozen=True, slots=True)
class Speaker:
    """One router of a link and its last hello."""

    neighbour: Neighbour
    role: Role
    facts: Ospf
    mtu: int | None

    @property
    def name(self) -> str:
        """Its router ID."""
        return self.facts.router_id

    @property
    def address(self) -> str:
        """The address that its hellos come from, else what there is."""
        is_v6 = self.role.kind is RoleKind.OSPF6
        fitting = (
            str(address)
            for address in self.neighbour.addresses
            if (isinstance(address, IPv6Address) and address.is_link_local) is is_v6
        )
        return next(fitting, self.neighbour.mac or self.neighbour.key)

    def lists(self, other: "Speaker") -> bool:
        """Whether it says that it hears the other."""
        return other.name in self.facts.neighbours

    def could_have_heard(self, other: "Speaker") -> bool:
        """Whether it has spoken since the other must have been heard: a hello interval after both were there."""
        both_there = max(self.role.first_heard, other.role.first_heard)
        return self.role.last_heard > both_there + max(other.facts.hello_s, 1) * _SECOND


#: What has to be the same, in the order in which a router looks at it, and how a value is written.
_SAME: tuple[tuple[str, Callable[[Speaker], str | int | None]], ...] = (
    ("area", lambda speaker: area_words(speaker.facts.area)),
    ("auth", lambda speaker: speaker.facts.auth),
    ("hello interval", lambda speaker: f"{speaker.facts.hello_s} s"),
    ("dead interval", lambda speaker: f"{speaker.facts.dead_s} s"),
)


def find(scene: Scene) -> Iterator[Found]:
    """All of it: of each two routers of a link whether something keeps them apart."""
    for speakers in _links(scene).values():
        for one, other in combinations(speakers[:MOST_SPEAKERS], 2):
            yield from _compare(one, other)


def _links(scene: Scene) -> Mapping[tuple[str, RoleKind, str], list[Speaker]]:
    """Those who should be neighbours: on one link, of one version and instance. In the order of their names."""
    links: dict[tuple[str, RoleKind, str], list[Speaker]] = {}
    for neighbour, role in scene.speaking(*_KINDS):
        if isinstance(role.facts, Ospf) and all(SECURED in doubt for doubt in role.suspicious):
            mtu = scene.mtus.get((neighbour.key, role.kind, role.facts.router_id))
            speaker = Speaker(neighbour, role, role.facts, mtu)
            links.setdefault((neighbour.interface, role.kind, role.instance), []).append(speaker)
    for speakers in links.values():
        speakers.sort(key=lambda speaker: (speaker.name, speaker.neighbour.key))
    return links


def _compare(one: Speaker, other: Speaker) -> Iterator[Found]:
    if one.name == other.name:
        text = f"{one.address} and {other.address} both call themselves {one.name}: router IDs have to be unique"
        yield _found("duplicate-router-id", one, other, text)
        return
    differences = list(_differences(one, other))
    if differences:
        text = f"{one.name} and {other.name} form no {_adjacency(one)}: {', '.join(differences)}"
        yield _found("ospf-mismatch", one, other, text)
        return
    yield from _unheard(one, other)


def _adjacency(speaker: Speaker) -> str:
    return "OSPFv3 adjacency" if speaker.role.kind is RoleKind.OSPF6 else "adjacency"


def _differences(one: Speaker, other: Speaker) -> Iterator[str]:
    for what, value in _SAME:
        yield from _difference(what, value(one), value(other))
    if not (one.lists(other) and other.lists(one)):  # between two routers alone the mask does not count
        yield from _difference("mask", one.facts.mask, other.facts.mask)
    if one.mtu and other.mtu:  # 0 is a virtual link's
        yield from _difference("MTU", one.mtu, other.mtu)


def _difference(what: str, one: str | int | None, other: str | int | None) -> Iterator[str]:
    if one != other and one is not None and other is not None:
        yield f"{what} {one} and {other}"


def _unheard(one: Speaker, other: Speaker) -> Iterator[Found]:
    """Who does not list whom though it must have heard it; of long lists not all is known."""
    if any(len(speaker.facts.neighbours) >= MOST_NEIGHBOURS for speaker in (one, other)):
        return
    is_deaf = [not hearer.lists(heard) for hearer, heard in ((one, other), (other, one))]
    had_time = [hearer.could_have_heard(heard) for hearer, heard in ((one, other), (other, one))]
    if all(is_deaf) and all(had_time):
        why = "nothing else that they say differs: a key, the kind of area or a filter may"
        text = f"{one.name} and {other.name} do not list each other, auth {one.facts.auth}; {why}"
        yield _found("ospf-mismatch", one, other, text)
    elif is_deaf[0] is not is_deaf[1]:
        deaf, heard = (one, other) if is_deaf[0] else (other, one)
        if deaf.could_have_heard(heard):
            text = f"{heard.name} lists {deaf.name}, {deaf.name} does not list {heard.name}: one-way"
            yield _found("ospf-one-way", heard, deaf, text)


def _found(kind: str, one: Speaker, other: Speaker, text: str) -> Found:
    newest = max(one.role, other.role, key=lambda role: role.last_heard)
    keys = (one.neighbour.key, other.neighbour.key)
    return Found(kind, one.neighbour.interface, text, keys, newest.packet)
