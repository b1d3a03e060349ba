"""Where two do what one is there for, queriers of IGMP and MLD and masters of a virtual router; RIP of two versions."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations, islice
from typing import TypeAlias

from app.engine.neighbourhood.facts import Querier, Rip, RoleKind, Vrrp
from app.engine.neighbourhood.findings.finding import Found, Scene
from app.engine.neighbourhood.snapshot import Neighbour, Role
from app.packet.compose import Address

#: So many of one link are compared with each other.
MOST_SPEAKERS = 16
_SECOND = 1_000_000_000
_MILLISECOND = 1_000_000
#: RFC 3376, section 8.2, for queries that tell no interval.
_INTERVAL_S = 125
_QUERIERS = {RoleKind.IGMP_QUERIER: ("IGMP", 4), RoleKind.MLD_QUERIER: ("MLD", 6)}


@dataclass(frozen=True, slots=True)
class _Speaker:
    """One who speaks, and every how many nanoseconds it does."""

    neighbour: Neighbour
    role: Role
    address: Address
    interval: int


#: What those have in common of whom there should be one.
_Key: TypeAlias = tuple[str, RoleKind, str]


def find(scene: Scene) -> Iterator[Found]:
    """All of it."""
    yield from _queriers(scene)
    yield from _masters(scene)
    yield from _rip_versions(scene)


def _queriers(scene: Scene) -> Iterator[Found]:
    """RFC 3376, section 6.6.2: of two queriers the one with the lower address goes on.

    Who asks from 0.0.0.0 is a bridge that takes no part in the election (RFC 4541, section 2.1.1).
    """
    for one, other in _pairs(_asking(scene)):
        if not _both_go_on(one, other):
            continue
        low, high = sorted((one, other), key=lambda speaker: int(speaker.address))
        protocol, _ = _QUERIERS[one.role.kind]
        text = (
            f"{low.address} and {high.address} both ask for {protocol} groups: the lower address is to be the querier"
        )
        versions = [speaker.role.facts.version for speaker in (low, high) if isinstance(speaker.role.facts, Querier)]
        if len(set(versions)) > 1:
            text += f"; their versions are {versions[0]} and {versions[1]}"
        yield _found("two-queriers", low, high, text)


def _asking(scene: Scene) -> Iterator[tuple[_Key, _Speaker]]:
    for neighbour, role in scene.speaking(*_QUERIERS):
        address = _address(neighbour, _QUERIERS[role.kind][1])
        if isinstance(role.facts, Querier) and address is not None and int(address):
            seconds = role.facts.interval_s or _INTERVAL_S
            yield (neighbour.interface, role.kind, ""), _Speaker(neighbour, role, address, seconds * _SECOND)


def _masters(scene: Scene) -> Iterator[Found]:
    """Two routers that both take themselves for the master of a group do not hear each other.

    One that begins with a higher priority while the other still speaks has preempted it (RFC 5798, section 6.1), which
    no packet says of itself.
    """
    for one, other in _pairs(_advertising(scene)):
        before, after = sorted((one, other), key=lambda speaker: speaker.role.first_heard)
        old, new = before.role.facts, after.role.facts
        if not isinstance(old, Vrrp) or not isinstance(new, Vrrp):
            continue
        if _both_go_on(one, other):
            text = f"{one.address} and {other.address} are both master of VRRP group {old.group}"
            yield _found("two-masters", one, other, text)
        elif new.priority > old.priority and _took_its_turn(before, after):
            text = f"{after.address}, priority {new.priority}, took VRRP group {new.group} over from {before.address}"
            yield _found("master-preempted", before, after, f"{text}, priority {old.priority}, while that still spoke")


def _advertising(scene: Scene) -> Iterator[tuple[_Key, _Speaker]]:
    for neighbour, role in scene.speaking(RoleKind.VRRP):
        if not isinstance(role.facts, Vrrp):
            continue
        version = role.facts.addresses[0].version if role.facts.addresses else 4
        address = _address(neighbour, version)
        if address is not None:
            key = (neighbour.interface, role.kind, f"{role.facts.group} IPv{version}")
            yield key, _Speaker(neighbour, role, address, role.facts.interval_ms * _MILLISECOND)


def _rip_versions(scene: Scene) -> Iterator[Found]:
    """RFC 2453, section 5.1: who knows only version 1 takes a subnet for a host or a whole network."""
    links: dict[str, dict[int, tuple[Neighbour, Role]]] = {}
    for neighbour, role in scene.speaking(RoleKind.RIP):
        if isinstance(role.facts, Rip):
            links.setdefault(neighbour.interface, {}).setdefault(role.facts.version, (neighbour, role))
    for interface, versions in links.items():
        if 1 in versions and len(versions) > 1:
            old, new = versions[1], versions[max(versions)]
            names = [_address(neighbour, 4) or neighbour.key for neighbour, _ in (old, new)]
            text = f"{names[0]} speaks RIP version 1, {names[1]} version {max(versions)}: version 1 knows no masks"
            yield Found("rip-versions", interface, text, (old[0].key, new[0].key), old[1].packet)


def _pairs(speakers: Iterable[tuple[_Key, _Speaker]]) -> Iterator[tuple[_Speaker, _Speaker]]:
    """Each two of the same kind, in the order of their addresses."""
    links: dict[_Key, list[_Speaker]] = {}
    for key, speaker in speakers:
        links.setdefault(key, []).append(speaker)
    for together in links.values():
        few = islice(sorted(together, key=lambda speaker: int(speaker.address)), MOST_SPEAKERS)
        for one, other in combinations(few, 2):
            if one.neighbour is not other.neighbour:
                yield one, other


def _both_go_on(one: _Speaker, other: _Speaker) -> bool:
    """Whether each has spoken since the other was there, and neither has missed its turn since.

    When one takes over, the other is still believed for a while: that is no contradiction.
    """
    early, late = sorted((one, other), key=lambda speaker: speaker.role.last_heard)
    is_silent = late.role.last_heard - early.role.last_heard > early.interval * 3 // 2
    return early.role.last_heard > late.role.first_heard and not is_silent


def _took_its_turn(before: _Speaker, after: _Speaker) -> bool:
    """Whether one began when the other had not missed a turn yet, and has been alone since."""
    gap = after.role.first_heard - before.role.last_heard
    return 0 <= gap <= before.interval * 3 // 2


def _address(neighbour: Neighbour, version: int) -> Address | None:
    """The address of a version that it speaks from on its link: of IPv6 the link-local one."""
    found = [address for address in neighbour.addresses if address.version == version]
    return next((address for address in found if address.version == 4 or address.is_link_local), None)


def _found(kind: str, one: _Speaker, other: _Speaker, text: str) -> Found:
    newest = max(one.role, other.role, key=lambda role: role.last_heard)
    return Found(kind, one.neighbour.interface, text, (one.neighbour.key, other.neighbour.key), newest.packet)
