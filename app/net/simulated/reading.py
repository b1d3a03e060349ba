"""From TOML to a `Scenario`; every mistake is a ScenarioError that names file, key and reason."""

import tomllib
from collections.abc import Collection, Mapping
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

from app.net.simulated import toml
from app.net.simulated.lan.reading import LanReader
from app.net.simulated.programs import read_program
from app.net.simulated.scenario import (
    HERE,
    REFUSALS,
    Filter,
    Late,
    Line,
    Nat,
    Node,
    RateLimit,
    Scenario,
    Tunnel,
    Wire,
)
from app.net.simulated.schedule import FOREVER, Change, Schedule
from app.net.simulated.toml import Reader, ScenarioError, Table
from app.packet.compose import Address

Ends = tuple[str, str]

_NOTHING: object = {}
_NO_NAMES: tuple[str, ...] = ()

_COUNT = toml.number(1, 2**31)
_LINE: Mapping[str, Reader[Any]] = {
    "delay": toml.duration,
    "jitter": toml.duration,
    "loss": toml.share,
    "mtu": toml.number(68, 65_535),
    "cost": toml.number(1, 10_000),
    "down": toml.truth,
}


def read_scenario(path: Path) -> Scenario:
    """The scenario in a file."""
    try:
        written = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ScenarioError(f"{path}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise ScenarioError(f"{path}: is not UTF-8 text") from None
    except tomllib.TOMLDecodeError as error:
        raise ScenarioError(f"{path}: is not TOML: {error}") from None
    try:
        return _scenario(Table("", written))
    except ScenarioError as error:
        raise ScenarioError(f"{path}: {error}") from None


def _scenario(top: Table) -> Scenario:
    title = top.take("title", toml.text, "")
    seed = top.take("seed", toml.number(0, 2**63), 0)
    convergence = top.take("convergence", toml.duration, 0)
    targets = top.take("targets", toml.several(toml.text), _NO_NAMES)
    nodes = _nodes(top)
    lines = _lines(top, nodes)
    tunnels = [_tunnel(Table(f"tunnels.{number}", value), lines) for number, value in top.tables("tunnels")]
    filters = [_filter(Table(f"filters.{number}", value), nodes) for number, value in top.tables("filters")]
    lan = top.take("lan", lambda value: LanReader(value, nodes), None)
    programs = [read_program(Table(f"programs.{number}", value), nodes) for number, value in top.tables("programs")]
    changes: dict[str | Ends, list[Change]] = {}
    for number, value in top.tables("events"):
        _event(Table(f"events.{number}", value), nodes, lines, lan, changes)
    top.finish()
    _check_nodes(nodes, lines)
    _check_targets(targets, nodes)
    hosts = [node.name or node.key for node in nodes.values() if not node.forwards and node.key != HERE]
    return Scenario(
        title=title,
        seed=seed,
        convergence=convergence,
        targets=targets or tuple(hosts),
        nodes={key: replace(node, changes=tuple(changes.get(key, ()))) for key, node in nodes.items()},
        wires=tuple(Wire(*ends, line, tuple(changes.get(ends, ()))) for ends, line in lines.items()),
        tunnels=tuple(tunnels),
        filters=tuple(filters),
        programs=tuple(programs),
        lan=None if lan is None else lan.lan(),
    )


def _nodes(top: Table) -> dict[str, Node]:
    here = top.need("here", lambda value: value)
    nodes = {HERE: _node(HERE, "here", here, forwards=False)}
    for kind, forwards in (("routers", True), ("hosts", False)):
        for key, value in top.tables(kind):
            if key in nodes:
                raise ScenarioError(f"{kind}.{key}: is the name of another node")
            nodes[key] = _node(key, f"{kind}.{key}", value, forwards=forwards)
    owners: dict[Address, str] = {}
    for node in nodes.values():
        for address in node.addresses:
            if owners.setdefault(address, node.key) != node.key:
                raise ScenarioError(f"{node.key}: {address} is the address of {owners[address]!r} already")
    return nodes


def _node(key: str, where: str, value: object, *, forwards: bool) -> Node:
    table = Table(where, {"address": value} if isinstance(value, str | list) else value)
    node = Node(
        key=key,
        name=table.take("name", toml.text, None if forwards or key == HERE else key),
        addresses=table.need("address", toml.several(toml.address)),
        forwards=forwards,
        dns=table.take("dns", toml.truth, False),  # noqa: FBT003  # the default of a truth
        **_manners(table, ttl=255 if forwards else 64),
        **(_routing(table) if forwards else _written(table, {"block": toml.several(toml.prefix)})),
    )
    table.finish()
    return node


def _routing(table: Table) -> dict[str, Any]:
    """What only routers have, as far as it is written."""
    readers: dict[str, Reader[Any]] = {
        "interface_info": toml.truth,
        "dscp": toml.number(0, 63),
        "ecmp": toml.one_of("flow", "packet"),
        "networks": toml.several(toml.prefix),
        "routes": _routes,
        "nat": _nat_in(table.where),
    }
    return _written(table, readers)


def _written(table: Table, readers: Mapping[str, Reader[Any]]) -> dict[str, Any]:
    values = {key: table.take(key, read, None) for key, read in readers.items()}
    return {key: value for key, value in values.items() if value is not None}


def _manners(table: Table, **defaults: Any) -> dict[str, Any]:
    """What events may change of a node, as far as it is written, over the defaults."""
    where = table.where
    readers: dict[str, Reader[Any]] = {
        "ttl": toml.number(1, 255),
        "down": toml.truth,
        "silent": toml.truth,
        "echo": toml.truth,
        "tcp": toml.several(toml.number(1, 65_535)),
        "udp": toml.several(toml.number(1, 65_535)),
        "closed": toml.one_of("answer", "drop"),
        "duplicates": toml.share,
        "late": _late_in(where),
        "limit": _limit_in(where),
    }
    return defaults | _written(table, readers)


def _late_in(where: str) -> Reader[Late]:
    def read(value: object) -> Late:
        table = Table(f"{where}.late", value)
        late = Late(table.need("share", toml.share), table.need("delay", toml.duration))
        table.finish()
        return late

    return read


def _limit_in(where: str) -> Reader[RateLimit]:
    def read(value: object) -> RateLimit:
        table = Table(f"{where}.limit", value)
        limit = RateLimit(table.need("rate", toml.rate), table.take("burst", _COUNT, 6))
        table.finish()
        return limit

    return read


def _nat_in(where: str) -> Reader[Nat]:
    def read(value: object) -> Nat:
        table = Table(f"{where}.nat", value)
        nat = Nat(
            table.need("inside", toml.several(toml.text)),
            table.take("forward", toml.text, None),
            table.take("sloppy_quote", toml.truth, False),  # noqa: FBT003  # the default of a truth
        )
        table.finish()
        return nat

    return read


def _routes(value: object) -> dict[str, tuple[str, ...]]:
    if not isinstance(value, Mapping):
        raise ValueError("must be a table of nodes and the neighbours they are reached by")
    return {str(key): toml.several(toml.text)(neighbours) for key, neighbours in value.items()}


def _lines(top: Table, nodes: Collection[str]) -> dict[Ends, Line]:
    lines: dict[Ends, Line] = {}
    for number, value in top.tables("links"):
        table = Table(f"links.{number}", value)
        path = table.need("path", _path_of(nodes))
        forth = _line_fields(table, len(path) - 1)
        back_table = Table(f"{table.where}.back", table.take("back", _as_is, _NOTHING))
        back = _line_fields(back_table, len(path) - 1)
        back_table.finish()
        table.finish()
        for index, (start, end) in enumerate(pairwise(path)):
            if (start, end) in lines:
                raise ScenarioError(f"{table.where}.path: {start} and {end} are linked already")
            lines[start, end] = Line(**forth[index])
            lines[end, start] = Line(**forth[index] | back[index])
    return lines


def _as_is(value: object) -> object:
    return value


def _line_fields(table: Table, count: int) -> list[dict[str, Any]]:
    """For each link of a path the fields that are written: one value for all, or a list with one for each."""
    fields: list[dict[str, Any]] = [{} for _ in range(count)]
    for key, read in _LINE.items():
        values = table.take(key, toml.several(read), ())
        if len(values) not in (0, 1, count):
            raise ScenarioError(f"{table.place(key)}: {len(values)} values for {count} links")
        for index in range(count if values else 0):
            fields[index][key] = (values * count)[index]
    return fields


def _path_of(nodes: Collection[str], least: int = 2) -> Reader[tuple[str, ...]]:
    def read(value: object) -> tuple[str, ...]:
        path = toml.several(_node_of(nodes))(value)
        if len(path) < least:
            raise ValueError(f"must name at least {least} nodes")
        return path

    return read


def _node_of(nodes: Collection[str]) -> Reader[str]:
    def read(value: object) -> str:
        if value not in nodes:
            raise ValueError(f"there is no router or host {value!r}{toml.suggestion(str(value), nodes)}")
        return str(value)

    return read


def _labels(value: object) -> tuple[tuple[int, ...], ...]:
    """The labels on each link of a tunnel: one, or a list where a stack of several is carried."""
    if not isinstance(value, list):
        raise ValueError("must be a list of labels, one for each link but the last")
    return tuple(toml.several(toml.number(16, 2**20 - 1))(entry) for entry in value)


def _tunnel(table: Table, lines: Mapping[Ends, Line]) -> Tunnel:
    nodes = {node for ends in lines for node in ends}
    path = table.need("path", _path_of(nodes, least=3))
    labels = table.need("labels", _labels)
    propagate = table.take("propagate_ttl", toml.truth, True)  # noqa: FBT003  # the default of a truth
    table.finish()
    if len(labels) not in (len(path) - 1, len(path) - 2):
        raise ScenarioError(f"{table.place('labels')}: {len(labels)} for {len(path) - 1} links")
    for ends in pairwise(path):
        if ends not in lines:
            raise ScenarioError(f"{table.place('path')}: {ends[0]} and {ends[1]} are not linked")
    return Tunnel(path, labels, propagate)


def _filter(table: Table, nodes: Mapping[str, Node]) -> Filter:
    routers = [key for key, node in nodes.items() if node.forwards]
    found = Filter(
        at=table.need("at", _node_of(routers)),
        to=table.take("to", toml.several(_node_of(nodes)), ()),
        protocols=table.take("protocol", toml.several(toml.one_of("icmp", "udp", "tcp")), ()),
        answer=table.take("answer", toml.one_of(*REFUSALS, "drop", "reset"), "prohibited"),
    )
    table.finish()
    return found


def _event(
    table: Table,
    nodes: Mapping[str, Node],
    lines: Mapping[Ends, Line],
    lan: LanReader | None,
    changes: dict[str | Ends, list[Change]],
) -> None:
    schedule = Schedule(
        table.need("at", toml.duration),
        table.take("for", toml.duration, FOREVER),
        table.take("every", toml.duration, None),
    )
    if schedule.every is not None and schedule.lasts >= schedule.every:
        raise ScenarioError(f"{table.place('every')}: must be longer than 'for', which must be given")
    node = table.take("node", _node_of(nodes), None)
    link = table.take("link", _path_of(nodes), None)
    speaker = table.take("speaker", toml.text, None)
    if sum(what is not None for what in (node, link, speaker)) != 1:
        raise ScenarioError(f"{table.where}: must have one of 'node', 'link' and 'speaker'")
    values: Mapping[str, Any] = {}
    if speaker is not None:
        if lan is None:
            raise ScenarioError(f"{table.place('speaker')}: this scenario has no 'lan'")
        values = lan.event(table, speaker)
        lan.change(speaker, Change(schedule, values))
    elif node is not None:
        values = _manners(table)
        changes.setdefault(node, []).append(Change(schedule, values))
    elif link is not None:
        [values] = _line_fields(table, 1)
        _change_lines(table, link, lines, changes, Change(schedule, values))
    table.finish()
    if not values:
        raise ScenarioError(f"{table.where}: changes nothing")


def _change_lines(
    table: Table,
    path: tuple[str, ...],
    lines: Mapping[Ends, Line],
    changes: dict[str | Ends, list[Change]],
    change: Change,
) -> None:
    """Keep an event of both directions of each link of a path."""
    for ends in pairwise(path):
        if ends not in lines:
            raise ScenarioError(f"{table.place('link')}: {ends[0]} and {ends[1]} are not linked")
        for way in (ends, ends[::-1]):
            changes.setdefault(way, []).append(change)


def _check_nodes(nodes: Mapping[str, Node], lines: Mapping[Ends, Line]) -> None:
    """What can be checked only when all nodes and links are known."""
    for node in nodes.values():
        if not node.routes and node.nat is None:
            continue  # thousands of hosts have nothing to check, and each look at the links takes a while
        neighbours = [end for start, end in lines if start == node.key]
        for destination, ways in node.routes.items():
            _check(f"routers.{node.key}.routes", destination, nodes)
            for way in ways:
                _check(f"routers.{node.key}.routes.{destination}", way, neighbours)
        if node.nat is not None:
            for inside in node.nat.inside:
                _check(f"routers.{node.key}.nat.inside", inside, neighbours)
            if node.nat.forward is not None:
                _check(f"routers.{node.key}.nat.forward", node.nat.forward, nodes)
            if node.address(4) is None:
                raise ScenarioError(f"routers.{node.key}.nat: needs an IPv4 address")


def _check_targets(targets: Collection[str], nodes: Mapping[str, Node]) -> None:
    known = {word: node for node in nodes.values() for word in (node.key, node.name) if word}
    for target in targets:
        try:
            toml.address(target)
        except ValueError:
            _check("targets", target, known)


def _check(where: str, key: str, known: Collection[str]) -> None:
    if key not in known:
        what = "router or host" if isinstance(known, Mapping) else "neighbour"
        raise ScenarioError(f"{where}: there is no {what} {key!r}{toml.suggestion(key, known)}")
