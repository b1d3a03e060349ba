"""What the layers of a packet say of themselves and of each other where nobody says it: addresses, numbers, TTLs."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from ipaddress import IPv4Address, IPv6Address, ip_address

from app.packet.compose import Address
from app.packet.composing.growth import Place
from app.packet.composing.recipes import ICMPV6_GROUPS, ICMPV6_TTL, RECIPES, SAYS_OVER_IPV6, Recipe
from app.packet.composing.values import Assignment, ComposeError, assignments
from app.packet.filter.literals import readings
from app.packet.filter.tree import Word
from app.packet.reading import Space

_IP = ("ip", "ipv6")
_DESTINATION = {"ip": "ip.dst", "ipv6": "ipv6.dst"}
_SOURCE = {"ip": "ip.src", "ipv6": "ipv6.src"}
_VERSIONS = {"ip": 4, "ipv6": 6}
_TTL = {"ip": "ip.ttl", "ipv6": "ipv6.hlim"}
_LOOPBACK = {"ip": "127.0.0.1", "ipv6": "::1"}
_QUOTING = ("icmp", "icmpv6")
_BROADCAST = "ff:ff:ff:ff:ff:ff"
#: Whom frames without an IP header are for.
_GROUP_FRAMES = {"arp": _BROADCAST, "lldp": "01:80:c2:00:00:0e", "pppoe": _BROADCAST}
EPHEMERAL = 0xC000  #: the first of the ports that no service has (RFC 6335, section 6)
_TAGS = ("vlan", "ieee8021ad")
_PORTS = (Space.UDP_PORT, Space.TCP_PORT)


@dataclass(frozen=True, slots=True)
class Origin:
    """What a packet takes from the host that it leaves from."""

    source: Callable[[Address], Address | None]  #: our address towards a destination
    hardware: Callable[[Address | None], tuple[bytes | None, bytes | None]]  #: our MAC on that way, and the next hop's
    chance: Callable[[int], int]  #: a number of so many bits that nobody can guess


class Plan:
    """What the layers say of themselves and of each other. Lives within one call of `compose`."""

    def __init__(self, names: Sequence[str], shares: Sequence[Sequence[Assignment]], origin: Origin) -> None:
        self._names = names
        self._shares = shares
        self._origin = origin
        self._ends: dict[int, tuple[str, str]] = {}
        for index, name in enumerate(names):
            if name in _IP:
                self._ends[index] = self._ends_of(index, name)

    def defaults(self, index: int) -> list[Assignment]:
        """The assignments of a layer that nobody gave."""
        name = self._names[index]
        recipe = RECIPES[name]
        outer = self._outer(index)
        says = recipe.says
        if name in SAYS_OVER_IPV6 and outer is not None and self._names[outer] == "ipv6":
            says = SAYS_OVER_IPV6[name]
        said = assignments(says)
        chosen = self._kind(index, recipe)
        said += assignments(recipe.kinds.get(chosen, ""))
        if index in self._ends:
            source, destination = self._ends[index]
            said += [_soft(_SOURCE[name], source), _soft(_DESTINATION[name], destination)]
            said += [_soft(_TTL[name], str(self._ttl(index)))]
        following = RECIPES[self._names[index + 1]].numbers if index + 1 < len(self._names) else {}
        if recipe.behind is not None and recipe.behind[0] in _PORTS and following:
            said.append(_soft(recipe.behind[1], str(following[recipe.behind[0]])))
        if name == "eth":
            said.append(_soft("eth.dst", self._frame_for(index)))
        return [replace(each, text=self._told(each, index)) for each in said]

    def place(self, index: int) -> Place:
        """Where a layer stands."""
        outer = self._outer(index)
        version = 6 if outer is not None and self._names[outer] == "ipv6" else 4
        behind = RECIPES[self._names[index - 1]].behind if index else None
        space = next(iter(RECIPES[self._names[index]].numbers)) if behind is None else behind[0]
        return Place(self._names[index], space, version)

    def _outer(self, index: int) -> int | None:
        return next((place for place in range(index - 1, -1, -1) if place in self._ends), None)

    def _kind(self, index: int, recipe: Recipe) -> int:
        text = self._given(index, recipe.selector) or next(
            (each.text for each in assignments(recipe.says) if each.name == recipe.selector), ""
        )
        return readings(Word(text)).number or 0

    def _given(self, index: int, name: str) -> str | None:
        return next((each.text for each in self._shares[index] if each.name == name), None)

    def _told(self, each: Assignment, index: int) -> str:
        """A value with its placeholder filled in."""
        if each.text == "*":
            number = self._origin.chance(16) or 1
            return str(EPHEMERAL | number & 0x3FFF if each.name.endswith(".srcport") else number)
        outer = self._outer(index)
        if each.text == "@source":
            return self._ends[outer][0] if outer is not None else self._asker(index)
        if each.text == "@mac":
            return self._mac()[0].hex(":")
        return each.text

    def _asker(self, index: int) -> str:
        """Our address towards whom an ARP request asks for."""
        target = self._given(index, "arp.dst.proto_ipv4")
        source = None if target is None else self._source(target, "ip")
        return "0.0.0.0" if source is None else source

    def _mac(self) -> tuple[bytes, bytes | None]:
        target = next((ends[1] for ends in self._ends.values()), None)
        for index in range(len(self._names)):
            target = target or self._given(index, "arp.dst.proto_ipv4")
        ours, theirs = self._origin.hardware(None if target is None else _address(target))
        return ours or bytes(6), theirs

    def _frame_for(self, index: int) -> str:
        """The hardware address of whoever is next on the way."""
        if (given := self._given(index, "eth.dst")) is not None:
            return given
        inner = next((name for name in self._names[index + 1 :] if name not in _TAGS), "")
        if inner in _GROUP_FRAMES:
            return _GROUP_FRAMES[inner]
        ends = next(iter(self._ends.values()), None)
        address = None if ends is None else _address(ends[1])
        if address is None:
            raise ComposeError("nobody says whom the frame is for: give eth.dst")
        if (group := group_frame(address)) is not None:
            return group.hex(":")
        _, theirs = self._mac()
        if theirs is None:
            raise ComposeError(
                f"the hardware address on the way to {address} is not known: ping it first, or give eth.dst"
            )
        return theirs.hex(":")

    def _ends_of(self, index: int, name: str) -> tuple[str, str]:
        destination = self._given(index, _DESTINATION[name]) or self._destination(index, name)
        source = self._given(index, _SOURCE[name])
        outer = self._outer(index)
        if source is None and outer is not None and self._names[outer] == name:
            # What an error quotes went the other way; what a tunnel carries goes the same.
            is_quoted = self._names[index - 1] in _QUOTING
            source = self._ends[outer][1 if is_quoted else 0]
        return source or self._source(destination, name) or ("0.0.0.0" if name == "ip" else "::"), destination

    def _destination(self, index: int, name: str) -> str:
        outer = self._outer(index)
        if outer is not None and self._names[outer] == name:
            return self._ends[outer][0 if self._names[index - 1] in _QUOTING else 1]
        version = _IP.index(name)
        for place in range(index + 1, len(self._names)):
            inner = self._names[place]
            group = RECIPES[inner].groups[version]
            if inner == "icmpv6":
                kind = self._kind(place, RECIPES[inner])
                group = ICMPV6_GROUPS.get(kind, "")
                target = self._given(place, "icmpv6.nd.ns.target_address")
                if kind == 135 and target is not None:
                    group = _solicited(target)
            if group:
                return group
        return _LOOPBACK[name]

    def _ttl(self, index: int) -> int:
        for place in range(index + 1, len(self._names)):
            recipe = RECIPES[self._names[place]]
            if self._names[place] == "icmpv6":
                return ICMPV6_TTL.get(self._kind(place, recipe), 64)
            if recipe.ttl is not None:
                return recipe.ttl
        return 64

    def _source(self, destination: str, name: str) -> str | None:
        address = _address(destination)
        if address is None or address.version != _VERSIONS[name]:
            return None
        found = self._origin.source(address)
        return None if found is None else str(found).partition("%")[0]


def _soft(name: str, text: str) -> Assignment:
    return Assignment(name, text, is_soft=True)


def _address(text: str) -> Address | None:
    try:
        return ip_address(text)
    except ValueError:
        return None


def _solicited(target: str) -> str:
    """The group of whoever has an address (RFC 4291, section 2.7.1)."""
    address = _address(target)
    if not isinstance(address, IPv6Address):
        return ""
    return str(IPv6Address(int(IPv6Address("ff02::1:ff00:0")) | int(address) & 0xFFFFFF))


def group_frame(address: Address) -> bytes | None:
    """The hardware address that a group has (RFC 1112, section 6.4; RFC 2464, section 7); None for a host."""
    if isinstance(address, IPv4Address):
        if address == IPv4Address("255.255.255.255"):
            return bytes.fromhex(_BROADCAST.replace(":", ""))
        if not address.is_multicast:
            return None
        return b"\x01\x00\x5e" + (int(address) & 0x7FFFFF).to_bytes(3)
    return b"\x33\x33" + address.packed[-4:] if address.is_multicast else None
