"""From TOML to the LAN of a scenario and its speakers, and the events that change what they say."""

import itertools
from collections.abc import Mapping
from dataclasses import replace
from ipaddress import IPv4Address, IPv4Interface, IPv6Address, IPv6Interface
from typing import Any

from app.net.simulated import toml
from app.net.simulated.lan.manners import Lan, Speaker
from app.net.simulated.lan.readers import MANNERS, MTU, Readers, link_local, mac
from app.net.simulated.scenario import HERE, Node
from app.net.simulated.schedule import Change
from app.net.simulated.toml import Prefix, Reader, ScenarioError, Table

_NONE: tuple[Prefix, ...] = ()
_PREFIX_LENGTH = {4: 24, 6: 64}
#: Locally administered (IEEE 802, section 8.4): what a speaker has that is given no MAC address.
_OWN_MACS = b"\x02\x00\x00\x00"
_STATE: Readers = {"down": toml.truth, "goodbye": toml.truth}
_ALL: Readers = {**MANNERS, **_STATE}
#: Manners that name other speakers, and by which field.
_NAMED = {"bfd": "peer", "dhcp": "server", "resolve": "of"}
#: Manners that speak IPv4 alone.
_OF_IPV4 = ("router_discovery", "ospf", "igmp_querier", "multicast_router", "dhcp")


class LanReader:
    """The table `lan` of a scenario, and afterwards the events that name its speakers."""

    def __init__(self, value: object, nodes: Mapping[str, Node]) -> None:
        self._nodes = nodes
        table = Table("lan", value)
        given = table.take("prefix", toml.several(toml.prefix), _NONE)
        self._prefixes = given or tuple(_prefixes_of(nodes[HERE]))
        self._mtu = table.take("mtu", MTU, 1500)
        self._gateway = table.need("gateway", toml.text)
        self._written = {key: _table_of(f"lan.speakers.{key}", value) for key, value in table.tables("speakers")}
        table.finish()
        self._written.setdefault(HERE, {})
        self._changes: dict[str, list[Change]] = {key: [] for key in self._written}
        self._speakers: dict[str, Speaker] = {}
        for key in sorted(self._written, key=lambda key: key != HERE):
            self._speakers[key] = self._speaker(key)
        self._check()

    def event(self, table: Table, key: str) -> Mapping[str, Any]:
        """The fields that an event changes of a speaker: tables are laid over those that it has."""
        if key not in self._speakers:
            raise ScenarioError(f"{table.place('speaker')}: {_nobody(key, self._speakers)}")
        usual = self._written[key]
        readers = {name: _laid_over(usual.get(name), read) for name, read in _ALL.items()}
        found = {name: table.take(name, read, None) for name, read in readers.items()}
        values = {name: value for name, value in found.items() if value is not None}
        self._check_values(table.where, key, values)
        return values

    def change(self, key: str, change: Change) -> None:
        """Keep an event of a speaker."""
        self._changes[key].append(change)

    def lan(self) -> Lan:
        """All that was read."""
        speakers = tuple(replace(speaker, changes=tuple(self._changes[key])) for key, speaker in self._speakers.items())
        return Lan(self._prefixes, self._mtu, self._gateway, speakers)

    def _speaker(self, key: str) -> Speaker:
        where = f"lan.speakers.{key}"
        if key not in self._nodes:
            raise ScenarioError(f"{where}: there is no router or host {key!r}{toml.suggestion(key, self._nodes)}")
        table = Table(where, self._written[key])
        own_mac = table.take("mac", mac, None) or self._free_mac()
        speaker = Speaker(
            key=key,
            mac=own_mac,
            link_local=table.take("link_local", link_local, _modified_eui64(own_mac)),
            **{name: value for name, read in _ALL.items() if (value := table.take(name, read, None)) is not None},
        )
        table.finish()
        return speaker

    def _free_mac(self) -> bytes:
        """The first address that no speaker has, be it before or behind in the file."""
        written = {str(table.get("mac")).lower() for table in self._written.values()}
        taken = {speaker.mac.hex(":") for speaker in self._speakers.values()} | written
        every = (_OWN_MACS + number.to_bytes(2, "big") for number in itertools.count(1))
        return next(found for found in every if found.hex(":") not in taken)

    def _check(self) -> None:
        """What can be checked only when all speakers are known."""
        if self._gateway not in self._speakers:
            raise ScenarioError(f"lan.gateway: {_nobody(self._gateway, self._speakers)}")
        macs: dict[bytes, str] = {}
        for key, speaker in self._speakers.items():
            if macs.setdefault(speaker.mac, key) != key:
                raise ScenarioError(f"lan.speakers.{key}.mac: is that of {macs[speaker.mac]!r} already")
            values = {name: getattr(speaker, name) for name in MANNERS}
            self._check_values(f"lan.speakers.{key}", key, values)

    def _check_values(self, where: str, key: str, values: Mapping[str, Any]) -> None:
        """Manners name other speakers that are there, and those of IPv4 belong to speakers that have an address."""
        for name, field in _NAMED.items():
            manner = values.get(name)
            named = () if manner is None else getattr(manner, field)
            for other in (named,) if isinstance(named, str) else named:
                if other not in self._speakers:
                    raise ScenarioError(f"{where}.{name}.{field}: {_nobody(other, self._speakers)}")
        for name in _OF_IPV4:
            if values.get(name) and self._nodes[key].address(4) is None:
                raise ScenarioError(f"{where}.{name}: needs an IPv4 address, and {key!r} has none")


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
