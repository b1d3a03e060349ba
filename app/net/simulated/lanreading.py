"""From TOML to the LAN of a scenario and its speakers, and the events that change what they say."""

from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields, replace
from ipaddress import IPv4Address, IPv4Interface, IPv6Address, IPv6Interface, IPv6Network
from typing import Any, TypeVar

from app.net.simulated import toml
from app.net.simulated.lan import manners
from app.net.simulated.lan.manners import Lan, Speaker
from app.net.simulated.programs import Program
from app.net.simulated.scenario import HERE, Node
from app.net.simulated.schedule import Change
from app.net.simulated.toml import Prefix, Reader, ScenarioError, Table
from app.packet.compose import Address
from app.packet.registry import Protocol

R = TypeVar("R")
Readers = Mapping[str, Reader[Any]]

_MTU = toml.number(68, 65_535)
_PROTOCOLS = {"udp": Protocol.UDP, "tcp": Protocol.TCP}
_NONE: tuple[Prefix, ...] = ()
_PREFIX_LENGTH = {4: 24, 6: 64}
#: Locally administered (IEEE 802, section 8.4): what a speaker has that is given no MAC address.
_OWN_MACS = b"\x02\x00\x00\x00\x00"


def record(kind: Callable[..., R], readers: Readers, short: str = "") -> Reader[R]:
    """A reader of a table as a record. What is no table stands for the key `short`, where there is one."""
    needed = [field.name for field in fields(kind) if field.default is MISSING]  # type: ignore[arg-type]  # a dataclass

    def read(value: object) -> R:
        if short and not isinstance(value, Mapping):
            value = {short: value}
        try:
            table = Table("", value)
            found = {key: table.take(key, each, None) for key, each in readers.items()}
            table.finish()
            given = {key: entry for key, entry in found.items() if entry is not None}
            for key in needed:
                if key not in given:
                    raise ScenarioError(f"{key}: is missing")
        except ScenarioError as error:
            raise ValueError(error) from None
        return kind(**given)

    return read


def _mac(value: object) -> bytes:
    """Six bytes in hex, such as "02:00:00:00:00:01", of one station."""
    try:
        mac = bytes.fromhex(toml.text(value).replace(":", " "))
    except ValueError:
        mac = b""
    if len(mac) != 6 or mac[0] & 1:
        raise ValueError(f"{value!r} is no MAC address of a station; write one such as '02:00:00:00:00:01'")
    return mac


def _link_local(value: object) -> IPv6Address:
    address = toml.address(value)
    if not isinstance(address, IPv6Address) or not address.is_link_local:
        raise ValueError(f"{value!r} is no link-local address of IPv6")
    return address


def _ipv4(value: object) -> IPv4Address:
    address = toml.address(value)
    if not isinstance(address, IPv4Address):
        raise ValueError(f"{value!r} is no IPv4 address")
    return address


def _prefix6(value: object) -> IPv6Network:
    prefix = toml.prefix(value)
    if not isinstance(prefix, IPv6Network):
        raise ValueError(f"{value!r} is no network of IPv6")
    return prefix


def _nat64(value: object) -> IPv6Network:
    prefix = _prefix6(value)
    if prefix.prefixlen not in (32, 40, 48, 56, 64, 96):
        raise ValueError(f"{value!r} has no length that RFC 8781 knows: 32, 40, 48, 56, 64 or 96 bits")
    return prefix


def _group(value: object) -> Address:
    address = toml.address(value)
    if not address.is_multicast:
        raise ValueError(f"{value!r} is no multicast group")
    return address


def _area(value: object) -> IPv4Address:
    """An area as a number or in dotted form."""
    return IPv4Address(toml.number(0, 2**32 - 1)(value)) if isinstance(value, int) else _ipv4(value)


_PREFERENCE = toml.one_of("high", "medium", "low")
_PREFIX_TOLD: Readers = {
    "prefix": _prefix6,
    "on_link": toml.truth,
    "autonomous": toml.truth,
    "valid": toml.duration,
    "preferred": toml.duration,
}
_ROUTE: Readers = {
    "prefix": toml.prefix,
    "metric": toml.number(0, 0xFFFF),
    "preference": _PREFERENCE,
    "lifetime": toml.duration,
    "next_hop": toml.address,
}
_ROUTES = toml.several(record(manners.RouteTold, _ROUTE, "prefix"))
_RA: Readers = {
    "every": toml.duration,
    "ttl": toml.number(1, 255),
    "lifetime": toml.duration,
    "hop_limit": toml.number(0, 255),
    "managed": toml.truth,
    "other": toml.truth,
    "preference": _PREFERENCE,
    "reachable": toml.duration,
    "retransmit": toml.duration,
    "mtu": toml.number(1280, 65_535),
    "prefixes": toml.several(record(manners.PrefixTold, _PREFIX_TOLD, "prefix")),
    "rdnss": toml.several(toml.address),
    "dnssl": toml.several(toml.text),
    "routes": _ROUTES,
    "pref64": toml.several(_nat64),
}
_OSPF: Readers = {
    "router_id": _ipv4,
    "area": _area,
    "every": toml.duration,
    "dead": toml.duration,
    "priority": toml.number(0, 255),
    "mtu": _MTU,
    "metric": toml.number(1, 0xFFFF),
    "password": toml.text,
    "refresh": toml.duration,
    "routes": _ROUTES,
}
_QUERIER: Readers = {
    "every": toml.duration,
    "version": toml.number(1, 3),
    "response": toml.duration,
    "robustness": toml.number(1, 7),
}
_BOOTSTRAP: Readers = {
    "rp": toml.address,
    "groups": toml.prefix,
    "hold": toml.duration,
    "priority": toml.number(0, 255),
}
_PIM: Readers = {
    "every": toml.duration,
    "hold": toml.duration,
    "priority": toml.number(0, 2**32 - 1),
    "bootstrap_every": toml.duration,
    "bootstrap": toml.several(record(manners.Bootstrap, _BOOTSTRAP)),
}
_VRRP: Readers = {
    "group": toml.number(1, 255),
    "address": toml.several(toml.address),
    "version": toml.number(2, 3),
    "priority": toml.number(1, 255),
    "every": toml.duration,
    "virtual_mac": toml.truth,
}
_MROUTER_INTERFACE: Readers = {
    "address": _ipv4,
    "metric": toml.number(0, 255),
    "threshold": toml.number(0, 255),
    "flags": toml.several(toml.one_of("leaf", "querier", "disabled", "down", "pim", "source_route", "tunnel")),
    "neighbours": toml.several(_ipv4),
}
_MANNERS: Readers = {
    "groups": toml.several(_group),
    "router_advertisement": record(manners.RouterAdvertising, _RA),
    "router_discovery": record(
        manners.RouterDiscovery,
        {"every": toml.duration, "lifetime": toml.duration, "preference": toml.number(-(2**31), 2**31 - 1)},
    ),
    "ospf": record(manners.Ospf, _OSPF),
    "ospf6": record(manners.Ospf, _OSPF),
    "igmp_querier": record(manners.Querier, _QUERIER),
    "mld_querier": record(manners.Querier, {**_QUERIER, "version": toml.number(1, 2)}),
    "pim": record(manners.Pim, _PIM),
    "vrrp": toml.several(record(manners.Vrrp, _VRRP)),
    "rip": record(manners.Rip, {"every": toml.duration, "routes": _ROUTES}),
    "bfd": record(manners.Bfd, {"peer": toml.text, "every": toml.duration, "multiplier": toml.number(1, 255)}, "peer"),
    "lldp": record(
        manners.Lldp, {"every": toml.duration, "port": toml.text, "name": toml.text, "description": toml.text}
    ),
    "mdns": record(
        manners.Mdns,
        {"every": toml.duration, "offers": toml.several(toml.text), "asks": toml.several(toml.text)},
    ),
    "dhcp": record(manners.Dhcp, {"server": toml.text, "every": toml.duration, "lease": toml.duration}, "server"),
    "resolve": record(manners.Resolving, {"of": toml.several(toml.text), "every": toml.duration}, "of"),
    "multicast_router": record(
        manners.MulticastRouter,
        {
            "version": toml.text,
            "interfaces": toml.several(record(manners.MulticastInterface, _MROUTER_INTERFACE, "address")),
        },
    ),
}
_STATE: Readers = {"down": toml.truth, "goodbye": toml.truth}
_ALL: Readers = {**_MANNERS, **_STATE}
#: Manners that name other speakers, and by which field.
_NAMED = {"bfd": "peer", "dhcp": "server", "resolve": "of"}


class LanReader:
    """The table `lan` of a scenario, and afterwards the events that name its speakers."""

    def __init__(self, value: object, nodes: Mapping[str, Node]) -> None:
        table = Table("lan", value)
        given = table.take("prefix", toml.several(toml.prefix), _NONE)
        self._prefixes = given or tuple(_prefixes_of(nodes[HERE]))
        self._mtu = table.take("mtu", _MTU, 1500)
        self._gateway = table.need("gateway", toml.text)
        self._written = {key: _table_of(f"lan.speakers.{key}", value) for key, value in table.tables("speakers")}
        table.finish()
        self._written.setdefault(HERE, {})
        self._changes: dict[str, list[Change]] = {key: [] for key in self._written}
        self._speakers: dict[str, Speaker] = {}
        for key in sorted(self._written, key=lambda key: key != HERE):
            self._speakers[key] = self._speaker(key, nodes)
        self._check()

    def event(self, table: Table, key: str) -> Mapping[str, Any]:
        """The fields that an event changes of a speaker: tables are laid over those that it has."""
        if key not in self._speakers:
            raise ScenarioError(f"{table.place('speaker')}: {_nobody(key, self._speakers)}")
        usual = self._written[key]
        readers = {name: _laid_over(usual.get(name), read) for name, read in _ALL.items()}
        found = {name: table.take(name, read, None) for name, read in readers.items()}
        return {name: value for name, value in found.items() if value is not None}

    def change(self, key: str, change: Change) -> None:
        """Keep an event of a speaker."""
        self._changes[key].append(change)

    def lan(self) -> Lan:
        """All that was read."""
        speakers = tuple(replace(speaker, changes=tuple(self._changes[key])) for key, speaker in self._speakers.items())
        return Lan(self._prefixes, self._mtu, self._gateway, speakers)

    def _speaker(self, key: str, nodes: Mapping[str, Node]) -> Speaker:
        where = f"lan.speakers.{key}"
        if key not in nodes:
            raise ScenarioError(f"{where}: there is no router or host {key!r}{toml.suggestion(key, nodes)}")
        table = Table(where, self._written[key])
        mac = table.take("mac", _mac, _OWN_MACS + bytes((len(self._speakers) + 1,)))
        speaker = Speaker(
            key=key,
            mac=mac,
            link_local=table.take("link_local", _link_local, _modified_eui64(mac)),
            **{name: value for name, read in _ALL.items() if (value := table.take(name, read, None)) is not None},
        )
        table.finish()
        return speaker

    def _check(self) -> None:
        """What can be checked only when all speakers are known."""
        if self._gateway not in self._speakers:
            raise ScenarioError(f"lan.gateway: {_nobody(self._gateway, self._speakers)}")
        macs: dict[bytes, str] = {}
        for key, speaker in self._speakers.items():
            if macs.setdefault(speaker.mac, key) != key:
                raise ScenarioError(f"lan.speakers.{key}.mac: is that of {macs[speaker.mac]!r} already")
            for name, field in _NAMED.items():
                manner = getattr(speaker, name)
                named = () if manner is None else getattr(manner, field)
                for other in (named,) if isinstance(named, str) else named:
                    if other not in self._speakers:
                        raise ScenarioError(f"lan.speakers.{key}.{name}.{field}: {_nobody(other, self._speakers)}")


_PROGRAM: Readers = {
    "name": toml.text,
    "pid": toml.number(1, 2**22),
    "uid": toml.number(0, 2**32 - 2),
    "port": toml.number(1, 0xFFFF),
    "to_port": toml.number(1, 0xFFFF),
    "every": toml.duration,
}


def read_program(table: Table, nodes: Mapping[str, Node]) -> Program:
    """A table of `programs`."""
    program = Program(
        protocol=_PROTOCOLS[table.take("protocol", toml.one_of(*_PROTOCOLS), "udp")],
        to=table.need("to", _destination_in(nodes)),
        size=table.take("size", toml.number(0, 65_000), 32),
        closed=table.take("closed", toml.truth, False),  # noqa: FBT003  # the default of a truth
        **{key: table.need(key, read) for key, read in _PROGRAM.items()},
    )
    table.finish()
    return program


def _destination_in(nodes: Mapping[str, Node]) -> Reader[Address]:
    """An address, or a router or host by its key, which stands for its first address."""

    def read(value: object) -> Address:
        word = toml.text(value)
        if word in nodes:
            return nodes[word].addresses[0]
        try:
            return toml.address(word)
        except ValueError:
            hint = toml.suggestion(word, nodes)
            raise ValueError(f"there is no router or host {word!r}{hint}") from None

    return read


def _nobody(key: str, speakers: Mapping[str, Speaker]) -> str:
    return f"there is no speaker {key!r}{toml.suggestion(key, speakers)}"


def _table_of(where: str, value: object) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise ScenarioError(f"{where}: must be a table")
    return value


def _laid_over(usual: object, read: Reader[Any]) -> Reader[Any]:
    """A reader of a table that changes only some keys of another."""

    def over(value: object) -> Any:
        if isinstance(usual, Mapping) and isinstance(value, Mapping):
            value = {**usual, **value}
        return read(value)

    return over


def _prefixes_of(node: Node) -> list[Prefix]:
    """The networks around a node's addresses, of the size that most LANs have."""
    prefixes: list[Prefix] = []
    for address in (node.address(4), node.address(6)):
        if isinstance(address, IPv4Address):
            prefixes.append(IPv4Interface((address, _PREFIX_LENGTH[4])).network)
        elif isinstance(address, IPv6Address):
            prefixes.append(IPv6Interface((address, _PREFIX_LENGTH[6])).network)
    return prefixes


def _modified_eui64(mac: bytes) -> IPv6Address:
    """The link-local address that follows from a MAC address (RFC 4291, appendix A)."""
    identifier = bytes((mac[0] ^ 2,)) + mac[1:3] + b"\xff\xfe" + mac[3:]
    return IPv6Address(b"\xfe\x80" + bytes(6) + identifier)
