"""The options of Neighbour Discovery (RFC 4861, section 4.6, and those that came later).

https://www.iana.org/assignments/icmpv6-parameters (IPv6 Neighbor Discovery Option Formats)
"""

from ipaddress import IPv6Address

from app.packet.dissection import stretch
from app.packet.layout import Group, Header, Span, flag, header, ipv6_address, mac_address, octets, unsigned
from app.packet.registry import Registry
from app.packet.shape import OptionTable, Shape
from app.packet.text import safe_bytes

PREFIX_FLAGS = Group("icmpv6.opt.prefix.flag", "flags")
ROUTE_FLAGS = Group("icmpv6.opt.route_info.flag", "flags")
EXPANDED_FLAGS = Group("icmpv6.opt.efo", "flags")
TIMESTAMP = Group("icmpv6.opt.timestamp", "timestamp")
NAMES = "icmpv6.opt.dnssl"


class OptionType(Registry):
    """https://www.iana.org/assignments/icmpv6-parameters"""

    SOURCE_LINK_LAYER_ADDRESS = 1
    TARGET_LINK_LAYER_ADDRESS = 2
    PREFIX_INFORMATION = 3
    REDIRECTED_HEADER = 4
    MTU = 5
    NBMA_SHORTCUT_LIMIT = 6
    ADVERTISEMENT_INTERVAL = 7
    HOME_AGENT_INFORMATION = 8
    SOURCE_ADDRESS_LIST = 9
    TARGET_ADDRESS_LIST = 10
    CGA = 11
    RSA_SIGNATURE = 12
    TIMESTAMP = 13
    NONCE = 14
    TRUST_ANCHOR = 15
    CERTIFICATE = 16
    IP_ADDRESS_AND_PREFIX = 17
    NEW_ROUTER_PREFIX_INFORMATION = 18
    LINK_LAYER_ADDRESS = 19
    NEIGHBOR_ADVERTISEMENT_ACKNOWLEDGMENT = 20
    PREFIX_VALIDATION_ADDRESS = 22
    MAP = 23
    ROUTE_INFORMATION = 24
    RECURSIVE_DNS_SERVER = 25
    RA_FLAGS_EXTENSION = 26
    HANDOVER_KEY_REQUEST = 27
    HANDOVER_KEY_REPLY = 28
    HANDOVER_ASSIST_INFORMATION = 29
    MOBILE_NODE_IDENTIFIER = 30
    DNS_SEARCH_LIST = 31
    PROXY_SIGNATURE = 32
    ADDRESS_REGISTRATION = 33
    SIXLOWPAN_CONTEXT = 34
    AUTHORITATIVE_BORDER_ROUTER = 35
    SIXLOWPAN_CAPABILITY_INDICATION = 36
    DHCP_CAPTIVE_PORTAL = 37
    PREF64 = 38


class RouterPreference(Registry):
    """RFC 4191, section 2.1."""

    MEDIUM = 0
    HIGH = 1
    RESERVED = 2
    LOW = 3


@header("icmpv6.opt", "option", "RFC 4861, section 4.6")
class Option(Header):
    """What every option starts with; the length counts units of 8 bytes, these two included."""

    type: int = unsigned(8, registry=OptionType)
    length: int = unsigned(8, unit="times 8 bytes", default=1)


@header("icmpv6.opt", "link-layer address", "RFC 4861, section 4.6.1")
class LinkAddressOption(Option):
    """An IEEE 802 address; other links have longer ones."""

    address: bytes = mac_address("link-layer address", name="linkaddr")


@header("icmpv6.opt", "link-layer address", "RFC 4944, section 8")
class LongLinkAddressOption(Option):
    """An EUI-64 of IEEE 802.15.4."""

    address: bytes = octets(8, "link-layer address", name="linkaddr_eui64")
    padding: bytes = octets(6, default=bytes(6))


@header("icmpv6.opt", "prefix information", "RFC 4861, section 4.6.2")
class PrefixOption(Option):
    """A prefix for on-link determination and address configuration."""

    prefix_length: int = unsigned(8, name="icmpv6.opt.prefix.length", unit="bits")
    on_link: int = flag("on-link", name="icmpv6.opt.prefix.flag.l", group=PREFIX_FLAGS, default=0)
    autonomous: int = flag("autonomous", name="icmpv6.opt.prefix.flag.a", group=PREFIX_FLAGS, default=0)
    router_address: int = flag("router address", name="icmpv6.opt.prefix.flag.r", group=PREFIX_FLAGS, default=0)
    reserved: int = unsigned(5, name="icmpv6.opt.prefix.flag.reserved", group=PREFIX_FLAGS, default=0)
    valid: int = unsigned(32, "valid lifetime", name="icmpv6.opt.prefix.valid_lifetime", unit="s")
    preferred: int = unsigned(32, "preferred lifetime", name="icmpv6.opt.prefix.preferred_lifetime", unit="s")
    reserved_end: bytes = octets(4, "reserved", name="reserved", default=bytes(4))
    prefix: IPv6Address = ipv6_address()


@header("icmpv6.opt", "redirected header", "RFC 4861, section 4.6.3")
class RedirectedOption(Option):
    """The packet that was redirected."""

    reserved: bytes = octets(6, default=bytes(6))


@header("icmpv6.opt", "MTU", "RFC 4861, section 4.6.4")
class MtuOption(Option):
    """The MTU that all on the link use."""

    reserved: bytes = octets(2, default=b"\0\0")
    mtu: int = unsigned(32, "MTU", unit="bytes")


@header("icmpv6.opt", "advertisement interval", "RFC 6275, section 7.3")
class IntervalOption(Option):
    """The longest time between two advertisements."""

    reserved: bytes = octets(2, default=b"\0\0")
    interval: int = unsigned(32, name="advertisement_interval", unit="ms")


@header("icmpv6.opt", "home agent information", "RFC 6275, section 7.4")
class HomeAgentOption(Option):
    """How much this home agent is preferred, and for how long."""

    reserved: bytes = octets(2, default=b"\0\0")
    preference: int = unsigned(16, name="home_agent_preference")
    lifetime: int = unsigned(16, name="home_agent_lifetime", unit="s")


@header("icmpv6.opt", "addresses", "RFC 3122, section 3.1")
class AddressListOption(Option):
    """Addresses of the node (inverse neighbour discovery)."""

    reserved: bytes = octets(6, default=bytes(6))


@header("icmpv6.opt", "address", "RFC 3122, section 3.1")
class ListedAddress(Header):
    """One of them."""

    address: IPv6Address = ipv6_address(name="ipv6_address")


@header("icmpv6.opt", "timestamp", "RFC 3971, section 5.3.1")
class TimestampOption(Option):
    """Seconds since 1970 and their fraction, against replays."""

    reserved: bytes = octets(6, default=bytes(6))
    seconds: int = unsigned(48, unit="s", group=TIMESTAMP)
    fraction: int = unsigned(16, unit="/ 65536 s", group=TIMESTAMP)


@header("icmpv6.opt", "route information", "RFC 4191, section 2.3")
class RouteOption(Option):
    """A route through this router; the prefix has 0, 8 or 16 bytes."""

    prefix_length: int = unsigned(8, name="icmpv6.opt.prefix.length", unit="bits")
    reserved: int = unsigned(3, name="icmpv6.opt.route_info.flag.reserved", group=ROUTE_FLAGS, default=0)
    preference: int = unsigned(
        2, name="icmpv6.opt.route_info.flag.route_preference", registry=RouterPreference, group=ROUTE_FLAGS, default=0
    )
    reserved_end: int = unsigned(
        3, "reserved", name="icmpv6.opt.route_info.flag.reserved", group=ROUTE_FLAGS, default=0
    )
    lifetime: int = unsigned(32, name="route_lifetime", unit="s")


@header("icmpv6.opt", "recursive DNS server", "RFC 8106, section 5.1")
class DnsServerOption(Option):
    """Name servers."""

    reserved: bytes = octets(2, default=b"\0\0")
    lifetime: int = unsigned(32, name="icmpv6.opt.rdnss.lifetime", unit="s")


@header("icmpv6.opt", "name server", "RFC 8106, section 5.1")
class DnsServer(Header):
    """One of them."""

    address: IPv6Address = ipv6_address(name="rdnss")


@header("icmpv6.opt", "RA flags extension", "RFC 5175, section 4")
class FlagsExpansionOption(Option):
    """More room for the flags of a router advertisement."""

    managed: int = flag("managed addresses", name="icmpv6.opt.efo.m", group=EXPANDED_FLAGS, default=0)
    other: int = flag("other configuration", name="icmpv6.opt.efo.o", group=EXPANDED_FLAGS, default=0)
    home_agent: int = flag("home agent", name="icmpv6.opt.efo.h", group=EXPANDED_FLAGS, default=0)
    preference: int = unsigned(2, name="icmpv6.opt.efo.prf", group=EXPANDED_FLAGS, registry=RouterPreference, default=0)
    proxy: int = flag(name="icmpv6.opt.efo.p", group=EXPANDED_FLAGS, default=0)
    reserved: int = unsigned(10, name="icmpv6.opt.efo.rsv", group=EXPANDED_FLAGS, default=0)
    reserved_end: bytes = octets(4, "reserved", name="reserved", default=bytes(4))


@header("icmpv6.opt", "DNS search list", "RFC 8106, section 5.2")
class SearchListOption(Option):
    """Domain names to be tried."""

    reserved: bytes = octets(2, default=b"\0\0")
    lifetime: int = unsigned(32, name="icmpv6.opt.dnssl.lifetime", unit="s")


@header("icmpv6.opt", "PREF64", "RFC 8781, section 4")
class Pref64Option(Option):
    """The NAT64 prefix, 96 bits of it."""

    lifetime: int = unsigned(13, "scaled lifetime", name="icmpv6.opt.pref64.scaled_lifetime", unit="times 8 s")
    code: int = unsigned(3, "prefix length code", name="icmpv6.opt.pref64.plc", default=0)
    prefix: bytes = octets(12, name="icmpv6.opt.pref64.prefix")


@header("icmpv6.opt", "address registration", "RFC 6775, section 4.1")
class RegistrationOption(Option):
    """Registers an address with a 6LoWPAN router."""

    status: int = unsigned(8, name="icmpv6.opt.aro.status")
    reserved: bytes = octets(3, default=bytes(3))
    lifetime: int = unsigned(16, "registration lifetime", name="icmpv6.opt.aro.registration_lifetime", unit="min")
    eui: bytes = octets(8, "EUI-64", name="icmpv6.opt.aro.eui64")


def _names(data: bytes, at: int, stop: int) -> tuple[Span, ...]:
    """Domain names in RFC 1035's form, uncompressed, and the zeros that pad them."""
    spans: list[Span] = []
    while at < stop and data[at]:
        labels, end = [], at
        while end < stop and data[end]:
            labels.append(safe_bytes(data[end + 1 : min(stop, end + 1 + data[end])]))
            end += 1 + data[end]
        end = min(stop, end + 1)
        name = ".".join(labels)
        spans.append(stretch(NAMES, "domain name", at, end, name, value=name))
        at = end
    if at < stop:
        spans.append(stretch("icmpv6.opt.padding", "padding", at, stop, data[at:stop].hex(), value=data[at:stop]))
    return tuple(spans)


def _prefix(data: bytes, at: int, stop: int) -> tuple[Span, ...]:
    """As much of a prefix as was worth sending."""
    prefix = IPv6Address(data[at : min(stop, at + 16)].ljust(16, b"\0"))
    return (stretch("icmpv6.opt.prefix", "prefix", at, stop, str(prefix), value=prefix),)


def _portal(data: bytes, at: int, stop: int) -> tuple[Span, ...]:
    """A URI, padded with zeros (RFC 8910, section 2.3)."""
    name = safe_bytes(data[at:stop].rstrip(b"\0"))
    return (stretch("icmpv6.opt.captive_portal", "captive portal", at, stop, name, value=name),)


def _link_address(data: bytes, at: int, stop: int) -> Shape:
    """Six bytes on IEEE 802 links, eight on IEEE 802.15.4: the option's length tells."""
    heads = {8: LinkAddressOption, 16: LongLinkAddressOption}
    title = (
        "source link-layer address" if data[at] == OptionType.SOURCE_LINK_LAYER_ADDRESS else "target link-layer address"
    )
    return Shape("icmpv6.opt", title, heads.get(stop - at, Option), rest="icmpv6.opt.linkaddr")


def _plain(title: str, rest: str = "icmpv6.opt.data") -> Shape:
    return Shape("icmpv6.opt", title, Option, rest=rest)


NEIGHBOUR_OPTIONS = OptionTable(
    kinds={
        OptionType.SOURCE_LINK_LAYER_ADDRESS: _link_address,
        OptionType.TARGET_LINK_LAYER_ADDRESS: _link_address,
        OptionType.PREFIX_INFORMATION: Shape("icmpv6.opt", "prefix information", PrefixOption),
        OptionType.REDIRECTED_HEADER: Shape(
            "icmpv6.opt", "redirected header", RedirectedOption, rest="icmpv6.opt.redirected_packet"
        ),
        OptionType.MTU: Shape("icmpv6.opt", "MTU", MtuOption),
        OptionType.ADVERTISEMENT_INTERVAL: Shape("icmpv6.opt", "advertisement interval", IntervalOption),
        OptionType.HOME_AGENT_INFORMATION: Shape("icmpv6.opt", "home agent information", HomeAgentOption),
        OptionType.SOURCE_ADDRESS_LIST: Shape("icmpv6.opt", "source addresses", AddressListOption, each=ListedAddress),
        OptionType.TARGET_ADDRESS_LIST: Shape("icmpv6.opt", "target addresses", AddressListOption, each=ListedAddress),
        OptionType.CGA: _plain("cryptographically generated address", "icmpv6.opt.cga"),
        OptionType.RSA_SIGNATURE: _plain("RSA signature"),
        OptionType.TIMESTAMP: Shape("icmpv6.opt", "timestamp", TimestampOption),
        OptionType.NONCE: _plain("nonce", "icmpv6.opt.nonce"),
        OptionType.ROUTE_INFORMATION: Shape("icmpv6.opt", "route information", RouteOption, tail=_prefix),
        OptionType.RECURSIVE_DNS_SERVER: Shape("icmpv6.opt", "recursive DNS server", DnsServerOption, each=DnsServer),
        OptionType.RA_FLAGS_EXTENSION: Shape("icmpv6.opt", "RA flags extension", FlagsExpansionOption),
        OptionType.DNS_SEARCH_LIST: Shape("icmpv6.opt", "DNS search list", SearchListOption, tail=_names),
        OptionType.ADDRESS_REGISTRATION: Shape("icmpv6.opt", "address registration", RegistrationOption),
        OptionType.DHCP_CAPTIVE_PORTAL: Shape("icmpv6.opt", "captive portal", Option, tail=_portal),
        OptionType.PREF64: Shape("icmpv6.opt", "PREF64", Pref64Option),
    },
    unknown=_plain("option"),
    unit=8,
)
