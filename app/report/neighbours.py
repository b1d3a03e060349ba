"""What `hopscope neighbours` prints: a JSON document as docs/json.md promises, or lines for people. Pure.

Facts carry the names that they have in `app.engine.neighbourhood.facts`, in that order; what was not said is null.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, is_dataclass
from enum import Enum
from typing import Any

from app.engine.host import CachedNeighbour, Interface, Route, Surroundings
from app.engine.neighbourhood.snapshot import (
    Group,
    HeardLsa,
    Neighbour,
    NeighbourFinding,
    NeighbourhoodSnapshot,
    Omitted,
    Role,
)
from app.engine.neighbourhood.wording import counted, few, label, lsa_age, role_words
from app.packet.text import safe
from app.report.document import Document, Json

#: Of the kernel's routes so many are printed for people; the document has them all.
MOST_ROUTES = 20
_INDENT = " " * 4


@dataclass(frozen=True, slots=True)
class Heard:
    """By which link it was heard, and what was not read."""

    link: str
    dropped: int = 0  #: packets that the kernel had no room for
    unread: int = 0  #: packets that waited when it ended


def neighbours_document(snapshot: NeighbourhoodSnapshot, heard: Heard | None, ended_at: int) -> Document:
    """All that was heard, and what the kernel knows beside it. `heard` is None where nothing could be heard."""
    return {
        "interfaces": [_interface(interface) for interface in snapshot.interfaces],
        "neighbours": [_neighbour(neighbour) for neighbour in shown(snapshot)],
        "groups": [_group(group) for group in snapshot.groups],
        "findings": [_finding(finding) for finding in snapshot.findings],
        "lsas": [_lsa(lsa, ended_at) for lsa in snapshot.lsas],
        "kernel": _kernel(snapshot.surroundings),
        "chosen": [facts_document(chosen) for chosen in snapshot.chosen],
        "omitted": facts_document(snapshot.omitted),
        "heard": snapshot.heard,
        "asked": snapshot.asked,
        "dropped_by_kernel": None if heard is None else heard.dropped,
        "unread": None if heard is None else heard.unread,
        "link": None if heard is None else heard.link,
        "started_at": snapshot.started_at,
        "ended_at": ended_at,
    }


def shown(snapshot: NeighbourhoodSnapshot) -> Sequence[Neighbour]:
    """The neighbours that still have something to say, or said goodbye."""
    return [neighbour for neighbour in snapshot.neighbours if any(_is_shown(role) for role in neighbour.roles)]


def _is_shown(role: Role) -> bool:
    return role.gone_at is None or role.is_goodbye


def facts_document(facts: Any) -> Document:
    """A record by its field names; addresses and prefixes as `ipaddress` prints them."""
    return {field.name: _json(getattr(facts, field.name)) for field in fields(facts)}


def _json(value: Any) -> Json:
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, str):
        return safe(value)
    if isinstance(value, tuple):
        return [_json(each) for each in value]
    if isinstance(value, Enum):
        return _json(value.value)
    return facts_document(value) if is_dataclass(value) else safe(str(value))


def _interface(interface: Interface) -> Document:
    return {
        "name": interface.name,
        "index": interface.index,
        "addresses": [str(address) for address in interface.addresses],
        "mac": interface.mac,
        "mtu": interface.mtu,
        "up": interface.is_up,
    }


def _neighbour(neighbour: Neighbour) -> Document:
    return {
        "interface": neighbour.interface,
        "addresses": [str(address) for address in neighbour.addresses],
        "mac": neighbour.mac,
        "gateway": neighbour.is_gateway,
        "roles": [_role(role) for role in neighbour.roles if _is_shown(role)],
    }


def _role(role: Role) -> Document:
    return {
        "kind": role.kind.value,
        "first_heard": role.first_heard,
        "last_heard": role.last_heard,
        "expires_at": role.expires_at,
        "suspicious": [safe(text) for text in role.suspicious],
        "goodbye": role.is_goodbye,
        "instance": role.instance or None,
        "facts": facts_document(role.facts),
    }


def _group(group: Group) -> Document:
    return {
        "interface": group.interface,
        "group": str(group.group),
        "reporters": [str(reporter) for reporter in group.reporters],
        "last_heard": group.last_heard,
        "suspicious": [safe(text) for text in group.suspicious],
    }


def _finding(finding: NeighbourFinding) -> Document:
    return {
        "kind": finding.kind,
        "interface": finding.interface,
        "text": safe(finding.text),
        "since": finding.since,
    }


def _lsa(lsa: HeardLsa, now: int) -> Document:
    """An LSA with the age that it has by now."""
    return {
        "interface": lsa.interface,
        "version": lsa.version,
        "area": lsa.area,
        "type": lsa.type,
        "type_text": safe(lsa.type_words),
        "id": lsa.id,
        "advertising_router": lsa.advertising_router,
        "sequence": lsa.sequence,
        "age": lsa_age(lsa, now),
        "text": safe(lsa.summary),
    }


def _kernel(surroundings: Surroundings) -> Document:
    return {
        "neighbours": [
            {
                "interface": cached.interface,
                "address": str(cached.address),
                "mac": cached.mac,
                "state": cached.state,
                "router": cached.is_router,
            }
            for cached in surroundings.neighbours
        ],
        "routes": [
            {
                "prefix": str(route.prefix),
                "interface": route.interface,
                "via": None if route.via is None else str(route.via),
                "metric": route.metric,
                "protocol": route.protocol,
            }
            for route in surroundings.routes
        ],
        "missing": safe(surroundings.missing) or None,
    }


# For people.


def neighbours_text(snapshot: NeighbourhoodSnapshot, heard: Heard | None) -> Iterator[str]:
    """A paragraph for each interface, then the kernel's own view."""
    own = {
        interface.name: _interface_words(interface) for interface in snapshot.interfaces if not interface.is_loopback
    }
    for name, words in {**dict.fromkeys(_heard_on(snapshot)), **own}.items():
        yield words or name
        yield from _link_text(snapshot, name)
    if heard is not None:
        lost = f", {counted(heard.dropped, 'packet')} dropped by the kernel" if heard.dropped else ""
        late = f", {heard.unread:,} came too late to be read" if heard.unread else ""
        yield f"heard {counted(snapshot.heard, 'packet')} that said something, asked {snapshot.asked}{lost}{late}"
    yield from _omitted_text(snapshot.omitted)
    yield from _kernel_text(snapshot.surroundings)


def _heard_on(snapshot: NeighbourhoodSnapshot) -> Iterator[str]:
    """The interfaces that something came by, whether they are still there or not."""
    yield from (neighbour.interface for neighbour in shown(snapshot))
    yield from (group.interface for group in snapshot.groups)


def _interface_words(interface: Interface) -> str:
    state = "up" if interface.is_up else "down"
    mtu = "" if interface.mtu is None else f", MTU {interface.mtu}"
    return " ".join([interface.name, *(str(address) for address in interface.addresses), f"{state}{mtu}"])


def _link_text(snapshot: NeighbourhoodSnapshot, name: str) -> Iterator[str]:
    for neighbour in shown(snapshot):
        if neighbour.interface == name:
            yield from _neighbour_text(neighbour, snapshot.at)
    for group in snapshot.groups:
        if group.interface == name and group.reporters:
            reporters = " ".join(few([str(reporter) for reporter in group.reporters], "hosts"))
            yield f"  group {group.group}: {reporters}"
            yield from (f"{_INDENT}suspicious: {safe(text)}" for text in group.suspicious)
    for chosen in snapshot.chosen:
        if chosen.interface == name:
            yield f"  of RFC 1256 routers a host takes {chosen.address}, preference {chosen.preference}"
    for lsa in snapshot.lsas:
        if lsa.interface == name:
            yield _lsa_text(lsa, snapshot.at)
    for finding in snapshot.findings:
        if finding.interface == name:
            yield f"  ! {finding.kind}: {safe(finding.text)}"


def _neighbour_text(neighbour: Neighbour, now: int) -> Iterator[str]:
    addresses = " ".join(str(address) for address in neighbour.addresses)
    yield f"  {label(neighbour)} {' '.join(filter(None, (addresses, neighbour.mac)))}"
    for role in neighbour.roles:
        if _is_shown(role):
            yield f"{_INDENT}{safe(role_words(neighbour, role, now))}"
            yield from (f"{_INDENT}  suspicious: {safe(text)}" for text in role.suspicious)


def _lsa_text(lsa: HeardLsa, now: int) -> str:
    version = "OSPF" if lsa.version == 2 else "OSPFv3"
    area = f" area {lsa.area}" if lsa.area else ""
    words = f"  {version}{area} {lsa.type_words} {lsa.id} of {lsa.advertising_router}, age {lsa_age(lsa, now)} s"
    return safe(f"{words}: {lsa.summary}" if lsa.summary else words)


def _omitted_text(omitted: Omitted) -> Iterator[str]:
    for count, word in (
        (omitted.neighbours, "neighbour"),
        (omitted.groups, "group"),
        (omitted.lsas, "LSA"),
        (omitted.findings, "finding"),
    ):
        if count:
            yield f"and {counted(count, f'more {word}')}"


def _kernel_text(surroundings: Surroundings) -> Iterator[str]:
    if surroundings.neighbours:
        yield "neighbour cache of the kernel"
        yield from (f"  {_cached_text(cached)}" for cached in surroundings.neighbours)
    if surroundings.routes:
        yield "routes of the kernel"
        yield from (f"  {_route_text(route)}" for route in surroundings.routes[:MOST_ROUTES])
        if len(surroundings.routes) > MOST_ROUTES:
            yield f"  and {counted(len(surroundings.routes) - MOST_ROUTES, 'more route')}"
    if surroundings.missing:
        yield safe(surroundings.missing)


def _cached_text(cached: CachedNeighbour) -> str:
    router = ", router" if cached.is_router else ""
    return f"{cached.address} {cached.interface} {cached.mac or 'no MAC address'}, {cached.state}{router}"


def _route_text(route: Route) -> str:
    prefix = "default" if not route.prefix.prefixlen else str(route.prefix)
    via = "" if route.via is None else f" via {route.via}"
    metric = "" if route.metric is None else f", metric {route.metric}"
    return f"{prefix}{via} {route.interface}, {route.protocol}{metric}"
