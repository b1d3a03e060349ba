"""What the keys of a LAN's speakers may hold: a reader for each, with the bounds that the protocols' fields have."""

from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields
from ipaddress import IPv4Address, IPv6Address, IPv6Network
from typing import Any, TypeVar

from app.net.simulated import toml
from app.net.simulated.lan import manners
from app.net.simulated.lan.manners import SECOND, RouteTold
from app.net.simulated.toml import Reader, ScenarioError, Table
from app.packet.compose import Address

R = TypeVar("R")
T = TypeVar("T")
Readers = Mapping[str, Reader[Any]]

MTU = toml.number(68, 65_535)
#: The shortest interval: more than a hundred messages a second of one kind are no timer's.
_LEAST_INTERVAL = 10_000_000


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


def mac(value: object) -> bytes:
    """Six bytes in hex, such as "02:00:00:00:00:01", of one station."""
    try:
        found = bytes.fromhex(toml.text(value).replace(":", " "))
    except ValueError:
        found = b""
    if len(found) != 6 or found[0] & 1:
        raise ValueError(f"{value!r} is no MAC address of a station; write one such as '02:00:00:00:00:01'")
    return found


def link_local(value: object) -> IPv6Address:
    """An address of fe80::/10."""
    address = toml.address(value)
    if not isinstance(address, IPv6Address) or not address.is_link_local:
        raise ValueError(f"{value!r} is no link-local address of IPv6")
    return address


def _ipv6(value: object) -> IPv6Address:
    address = toml.address(value)
    if not isinstance(address, IPv6Address):
        raise ValueError(f"{value!r} is no IPv6 address")
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


def _span(most: int, least: int = 0) -> Reader[int]:
    """A duration within bounds, in nanoseconds."""

    def read(value: object) -> int:
        found = toml.duration(value)
        if not least <= found <= most:
            raise ValueError(f"{value!r} is not from {least / SECOND:g} s to {most / SECOND:g} s")
        return found

    return read


def _few(read: Reader[T], most: int = 1000) -> Reader[tuple[T, ...]]:
    """One value or a list of them, no more than the message can hold."""
    several = toml.several(read)

    def bounded(value: object) -> tuple[T, ...]:
        if isinstance(value, list) and len(value) > most:
            raise ValueError(f"holds {len(value)} values: {most} are the most")
        return several(value)

    return bounded


def _route(value: object) -> RouteTold:
    """A route whose next hop, where it has one, is of the prefix's version."""
    route = _ANY_ROUTE(value)
    if route.next_hop is not None and route.next_hop.version != route.prefix.version:
        raise ValueError(f"next_hop: {route.next_hop} is of another IP version than {route.prefix}")
    return route


def _version(value: object) -> str:
    """Two numbers of a byte each, such as "3.255"."""
    numbers = toml.text(value).split(".")
    if len(numbers) != 2 or not all(
        number.isascii() and number.isdecimal() and int(number) < 256 for number in numbers
    ):
        raise ValueError(f"{value!r} is no version; write one such as '3.255'")
    return str(value)


def _name(value: object) -> str:
    name = toml.text(value)
    if len(name.encode()) > 250:
        raise ValueError("a name has 250 bytes at most")
    return name


EVERY = _span(30_000 * SECOND, _LEAST_INTERVAL)
_SHORT = _span(0xFFFF * SECOND)
_LONG = _span((2**32 - 1) * SECOND)
_MILLISECONDS = _span((2**32 - 1) * 1_000_000)
_PREFERENCE = toml.one_of("high", "medium", "low")
_PREFIX_TOLD: Readers = {
    "prefix": _prefix6,
    "on_link": toml.truth,
    "autonomous": toml.truth,
    "valid": _LONG,
    "preferred": _LONG,
}
_ROUTE: Readers = {
    "prefix": toml.prefix,
    "metric": toml.number(0, 0xFFFF),
    "preference": _PREFERENCE,
    "lifetime": _SHORT,
    "next_hop": toml.address,
}
_ANY_ROUTE = record(manners.RouteTold, _ROUTE, "prefix")
_ROUTES = _few(_route)
_RA: Readers = {
    "every": EVERY,
    "ttl": toml.number(1, 255),
    "lifetime": _SHORT,
    "hop_limit": toml.number(0, 255),
    "managed": toml.truth,
    "other": toml.truth,
    "preference": _PREFERENCE,
    "reachable": _MILLISECONDS,
    "retransmit": _MILLISECONDS,
    "mtu": toml.number(1280, 65_535),
    "prefixes": _few(record(manners.PrefixTold, _PREFIX_TOLD, "prefix")),
    "rdnss": _few(_ipv6, 100),
    "dnssl": _few(_name, 8),
    "routes": _few(record(manners.RouteTold, {**_ROUTE, "prefix": _prefix6}, "prefix")),
    "pref64": _few(_nat64, 100),
}
_OSPF: Readers = {
    "router_id": _ipv4,
    "area": _area,
    "every": EVERY,
    "dead": _SHORT,
    "priority": toml.number(0, 255),
    "mtu": MTU,
    "metric": toml.number(1, 0xFFFF),
    "password": toml.text,
    "refresh": EVERY,
    "routes": _ROUTES,
}
_QUERIER: Readers = {
    "every": EVERY,
    "version": toml.number(1, 3),
    "response": _span(3_000 * SECOND, SECOND // 10),
    "robustness": toml.number(1, 7),
}
_BOOTSTRAP: Readers = {
    "rp": toml.address,
    "groups": toml.prefix,
    "hold": _SHORT,
    "priority": toml.number(0, 255),
}
_PIM: Readers = {
    "every": EVERY,
    "hold": _SHORT,
    "priority": toml.number(0, 2**32 - 1),
    "bootstrap_every": EVERY,
    "bootstrap": _few(record(manners.Bootstrap, _BOOTSTRAP)),
}
_VRRP: Readers = {
    "group": toml.number(1, 255),
    "address": _few(toml.address, 100),
    "version": toml.number(2, 3),
    "priority": toml.number(1, 255),
    "every": _span(40 * SECOND, SECOND // 100),
    "virtual_mac": toml.truth,
}
_MROUTER_INTERFACE: Readers = {
    "address": _ipv4,
    "metric": toml.number(0, 255),
    "threshold": toml.number(0, 255),
    "flags": _few(toml.one_of("leaf", "querier", "disabled", "down", "pim", "source_route", "tunnel")),
    "neighbours": _few(_ipv4, 255),
}
MANNERS: Readers = {
    "groups": _few(_group, 100),
    "router_advertisement": record(manners.RouterAdvertising, _RA),
    "router_discovery": record(
        manners.RouterDiscovery,
        {"every": EVERY, "lifetime": _SHORT, "preference": toml.number(-(2**31), 2**31 - 1)},
    ),
    "ospf": record(manners.Ospf, _OSPF),
    "ospf6": record(manners.Ospf, _OSPF),
    "igmp_querier": record(manners.Querier, _QUERIER),
    "mld_querier": record(manners.Querier, {**_QUERIER, "version": toml.number(1, 2)}),
    "pim": record(manners.Pim, _PIM),
    "vrrp": _few(record(manners.Vrrp, _VRRP)),
    "rip": record(manners.Rip, {"every": EVERY, "routes": _ROUTES}),
    "bfd": record(
        manners.Bfd,
        {"peer": toml.text, "every": _span(4_000 * SECOND, _LEAST_INTERVAL), "multiplier": toml.number(1, 255)},
        "peer",
    ),
    "lldp": record(manners.Lldp, {"every": EVERY, "port": toml.text, "name": toml.text, "description": toml.text}),
    "mdns": record(
        manners.Mdns,
        {"every": EVERY, "offers": _few(_name, 8), "asks": _few(_name, 8)},
    ),
    "dhcp": record(manners.Dhcp, {"server": toml.text, "every": EVERY, "lease": _LONG}, "server"),
    "resolve": record(manners.Resolving, {"of": _few(_name, 8), "every": EVERY}, "of"),
    "multicast_router": record(
        manners.MulticastRouter,
        {
            "version": _version,
            "interfaces": _few(record(manners.MulticastInterface, _MROUTER_INTERFACE, "address")),
        },
    ),
}
