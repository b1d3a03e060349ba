"""What routers say to hosts: IPv6 router advertisements (RFC 4861) and those of RFC 1256, and what they get wrong."""

from collections.abc import Callable, Iterator, Mapping
from ipaddress import IPv4Address, IPv6Address, IPv6Network
from typing import Any

from app.engine.neighbourhood.facts import (
    AdvertisedPrefix,
    AdvertisedRoute,
    AdvertisedRouter,
    RoleKind,
    RouterAdvertisement,
    RouterDiscovery,
)
from app.engine.neighbourhood.readers.headers import first, headers, is_bad_sum, is_readable
from app.engine.neighbourhood.saying import Heard, Reader, Saying
from app.packet.compose import Address
from app.packet.dissection import Branch, Layer, Part
from app.packet.icmp import v4messages, v6messages
from app.packet.icmp.neighbour import (
    NAMES,
    PREF64_LENGTHS,
    DnsServer,
    DnsServerOption,
    LinkAddressOption,
    MtuOption,
    Pref64Option,
    PrefixOption,
    RouteOption,
    RouterPreference,
    SearchListOption,
)
from app.packet.icmp.neighbouroption import OptionType
from app.packet.layout import Span
from app.packet.text import safe

SECOND = 1_000_000_000
#: Of each kind of option so many are kept of one advertisement.
MOST_OPTIONS = 64
#: How long a name may be, as it is shown.
LONGEST_NAME = 253
HOP_LIMIT = 255
_DISCOVERY_GROUP, _BROADCAST = IPv4Address("224.0.0.1"), IPv4Address("255.255.255.255")
#: RFC 4191, section 2.2: an advertisement with the reserved value is treated as if it said medium.
_PREFERENCES: Mapping[int, str] = {
    RouterPreference.HIGH: "high",
    RouterPreference.MEDIUM: "medium",
    RouterPreference.LOW: "low",
}
#: RFC 1256, section 3: an address of this preference is no default router.
NOT_DEFAULT = -(1 << 31)
_VRRP = ("00:00:5e:00:01:", "00:00:5e:00:02:")


def _read_icmpv6(heard: Heard) -> Iterator[Saying]:
    head = first(v6messages.RouterAdvertisement, heard.layer.parts[:1])
    if head is None or not is_readable(heard):
        return
    facts, too_many = _advertisement(head, heard.layer)
    yield Saying(
        kind=RoleKind.ROUTER_ADVERTISEMENT,
        facts=facts,
        lifetime=head.lifetime * SECOND,
        suspicious=(*_doubts6(heard, facts), *too_many),
        is_goodbye=head.lifetime == 0,
    )


def _advertisement(head: v6messages.RouterAdvertisement, layer: Layer) -> tuple[RouterAdvertisement, tuple[str, ...]]:
    """The facts, and what of them is not kept, in words."""
    found = _Options()
    for part in layer.parts[1:]:
        if isinstance(part, Branch):
            found.take(part)
    facts = RouterAdvertisement(
        router_lifetime_s=head.lifetime,
        hop_limit=head.hop_limit,
        managed=bool(head.managed),
        other=bool(head.other),
        preference=_PREFERENCES.get(head.preference, "medium"),
        reachable_ms=head.reachable,
        retransmit_ms=head.retransmit,
        mtu=found.mtu,
        prefixes=tuple(found.prefixes[:MOST_OPTIONS]),
        rdnss=tuple(found.rdnss[:MOST_OPTIONS]),
        dnssl=tuple(found.dnssl[:MOST_OPTIONS]),
        routes=tuple(found.routes[:MOST_OPTIONS]),
        pref64=tuple(found.pref64[:MOST_OPTIONS]),
    )
    return facts, tuple(found.too_many())


class _Options:
    """The options of one advertisement. Lives within one call of the reader."""

    def __init__(self) -> None:
        self.mtu: int | None = None
        self.prefixes: list[AdvertisedPrefix] = []
        self.rdnss: list[Address] = []
        self.dnssl: list[str] = []
        self.routes: list[AdvertisedRoute] = []
        self.pref64: list[IPv6Network] = []

    def take(self, option: Branch) -> None:
        """Read one option; those of other kinds say nothing here."""
        head = next(headers(option.parts[:1]), None)
        if (read := _OPTIONS.get(type(head))) is not None:
            read(self, head, option.parts[1:])

    def too_many(self) -> Iterator[str]:
        """What there was more of than anybody needs."""
        for words, kept in (
            ("prefixes", self.prefixes),
            ("DNS servers", self.rdnss),
            ("domain names", self.dnssl),
            ("routes", self.routes),
            ("NAT64 prefixes", self.pref64),
        ):
            if len(kept) > MOST_OPTIONS:
                yield f"it names {len(kept)} {words}: {MOST_OPTIONS} are kept"

    def prefix(self, head: PrefixOption, _: tuple[Part, ...]) -> None:
        """RFC 4861, section 4.6.2."""
        if head.prefix_length <= 128:
            prefix = IPv6Network((head.prefix, head.prefix_length), strict=False)
            self.prefixes.append(
                AdvertisedPrefix(prefix, bool(head.on_link), bool(head.autonomous), head.valid, head.preferred)
            )

    def link_mtu(self, head: MtuOption, _: tuple[Part, ...]) -> None:
        """RFC 4861, section 4.6.4."""
        self.mtu = head.mtu

    def route(self, head: RouteOption, rest: tuple[Part, ...]) -> None:
        """RFC 4191, section 2.3: a route with the reserved preference is ignored."""
        value = next(iter(_values(rest)), IPv6Address(0))
        if head.prefix_length <= 128 and head.preference in _PREFERENCES and isinstance(value, IPv6Address):
            prefix = IPv6Network((value, head.prefix_length), strict=False)
            self.routes.append(AdvertisedRoute(prefix, _PREFERENCES[head.preference], head.lifetime))

    def servers(self, _: DnsServerOption, rest: tuple[Part, ...]) -> None:
        """RFC 8106, section 5.1."""
        self.rdnss += [each.address for each in headers(rest) if isinstance(each, DnsServer)]

    def names(self, _: SearchListOption, rest: tuple[Part, ...]) -> None:
        """RFC 8106, section 5.2."""
        self.dnssl += [
            safe(str(part.value), LONGEST_NAME)
            for part in rest
            if isinstance(part, Span) and part.field.name == NAMES and part.value
        ]

    def nat64(self, head: Pref64Option, rest: tuple[Part, ...]) -> None:
        """RFC 8781, section 4."""
        value = next(iter(_values(rest)), None)
        length = PREF64_LENGTHS.get(head.code)
        if length is not None and isinstance(value, IPv6Address):
            self.pref64.append(IPv6Network((value, length), strict=False))


_OPTIONS: Mapping[type, Callable[[_Options, Any, tuple[Part, ...]], None]] = {
    PrefixOption: _Options.prefix,
    MtuOption: _Options.link_mtu,
    RouteOption: _Options.route,
    DnsServerOption: _Options.servers,
    SearchListOption: _Options.names,
    Pref64Option: _Options.nat64,
}


def _values(parts: tuple[Part, ...]) -> Iterator[object]:
    return (part.value for part in parts if isinstance(part, Span))


def _doubts6(heard: Heard, facts: RouterAdvertisement) -> Iterator[str]:
    """Why hosts do not believe it (RFC 4861, section 6.1.2), or should not."""
    yield from _checksum(heard)
    if heard.ttl is not None and heard.ttl != HOP_LIMIT:
        yield f"hop limit {heard.ttl} instead of 255: it may come from afar, hosts drop it"
    if heard.source is not None and not heard.source.is_link_local:
        yield f"source {heard.source} is not link-local: hosts drop it"
    told = _link_address(heard.layer)
    if told is not None and heard.mac not in (None, told) and not told.startswith(_VRRP):
        yield f"it says that its link-layer address is {told}, and was sent by {heard.mac}"
    for prefix in facts.prefixes:
        if prefix.preferred_s > prefix.valid_s:
            yield f"prefix {prefix.prefix} is preferred for {prefix.preferred_s} s, valid for {prefix.valid_s} s only"
            return


def _checksum(heard: Heard) -> Iterator[str]:
    if is_bad_sum(heard, heard.layer.start + 2):
        yield "wrong checksum: hosts drop it"


def _link_address(layer: Layer) -> str | None:
    """What the source link-layer address option says (RFC 4861, section 4.6.1)."""
    for each in headers(layer.parts):
        if isinstance(each, LinkAddressOption) and each.type == OptionType.SOURCE_LINK_LAYER_ADDRESS:
            return each.address.hex(":")
    return None


def _read_icmp(heard: Heard) -> Iterator[Saying]:
    head = first(v4messages.RouterAdvertisement, heard.layer.parts[:1])
    if head is None or not is_readable(heard):
        return
    told = [each for each in headers(heard.layer.parts) if isinstance(each, v4messages.AdvertisedRouter)]
    routers = tuple(AdvertisedRouter(each.address, each.preference) for each in told[: head.count])
    yield Saying(
        kind=RoleKind.ROUTER_DISCOVERY,
        facts=RouterDiscovery(head.lifetime, routers),
        lifetime=head.lifetime * SECOND,
        suspicious=tuple(_doubts4(heard, head, routers)),
        is_goodbye=head.lifetime == 0,
    )


def _doubts4(
    heard: Heard, head: v4messages.RouterAdvertisement, routers: tuple[AdvertisedRouter, ...]
) -> Iterator[str]:
    """What hosts drop (RFC 1256, section 5.2), and what no router should send (section 4.3)."""
    yield from _checksum(heard)
    if head.count == 0 or head.entry_size < 2:
        yield f"{head.count} addresses of {head.entry_size} words each: hosts drop it"
    elif len(routers) < head.count:
        yield f"it says {head.count} addresses, {len(routers)} are there: hosts drop it"
    addresses = [router.address for router in routers]
    source = heard.source
    if isinstance(source, IPv4Address) and addresses and source not in addresses:
        turned = IPv4Address(source.packed[::-1])
        if turned in addresses:
            yield f"its source address {source} is {turned} reversed"
        else:
            yield f"its source address {source} is none of the addresses that it names"
    if heard.ttl not in (None, 1) and heard.destination in (_DISCOVERY_GROUP, _BROADCAST):
        yield f"TTL {heard.ttl} instead of 1"


READERS: Mapping[str, Reader] = {"icmpv6": _read_icmpv6, "icmp": _read_icmp}
