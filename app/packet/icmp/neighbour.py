"""The options of Neighbour Discovery (RFC 4861, section 4.6, and those that came later).

https://www.iana.org/assignments/icmpv6-parameters (IPv6 Neighbor Discovery Option Formats)
"""

from ipaddress import IPv6Address

from app.packet.dissection import Part, stretch
from app.packet.icmp.domainname import domain_name
from app.packet.icmp.lowpan import LOWPAN_OPTIONS
from app.packet.icmp.mobileneighbour import MOBILE_OPTIONS
from app.packet.icmp.neighbouroption import Option, OptionType, plain, shaped
from app.packet.icmp.secureneighbour import SECURE_OPTIONS
from app.packet.layout import Group, Header, flag, header, ipv6_address, mac_address, octets, unsigned
from app.packet.registry import Registry
from app.packet.shape import OptionTable, Shape, bytes_span
from app.packet.text import safe_bytes

PREFIX_FLAGS = Group("icmpv6.opt.prefix.flag", "flags")
ROUTE_FLAGS = Group("icmpv6.opt.route_info.flag", "flags")
EXPANDED_FLAGS = Group("icmpv6.opt.efo", "flags")
NAMES = "icmpv6.opt.dnssl"


def lifetime_words(seconds: int) -> str:
    """A lifetime in seconds; all ones is for ever (RFC 4861, section 4.6.2)."""
    return "for ever" if seconds == 0xFFFFFFFF else f"{seconds} s"


class RouterPreference(Registry):
    """RFC 4191, section 2.1."""

    MEDIUM = 0
    HIGH = 1
    RESERVED = 2
    LOW = 3


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
    valid: int = unsigned(32, "valid lifetime", name="icmpv6.opt.prefix.valid_lifetime", words=lifetime_words)
    preferred: int = unsigned(
        32, "preferred lifetime", name="icmpv6.opt.prefix.preferred_lifetime", words=lifetime_words
    )
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


@header("icmpv6.opt", "addresses", "RFC 3122, section 3.1")
class AddressListOption(Option):
    """Addresses of the node (inverse neighbour discovery)."""

    reserved: bytes = octets(6, default=bytes(6))


@header("icmpv6.opt", "address", "RFC 3122, section 3.1")
class ListedAddress(Header):
    """One of them."""

    address: IPv6Address = ipv6_address(name="ipv6_address")


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
    lifetime: int = unsigned(32, name="route_lifetime", words=lifetime_words)


@header("icmpv6.opt", "recursive DNS server", "RFC 8106, section 5.1")
class DnsServerOption(Option):
    """Name servers."""

    reserved: bytes = octets(2, default=b"\0\0")
    lifetime: int = unsigned(32, name="icmpv6.opt.rdnss.lifetime", words=lifetime_words)


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
    lifetime: int = unsigned(32, name="icmpv6.opt.dnssl.lifetime", words=lifetime_words)


def _code_words(code: int) -> str:
    length = PREF64_LENGTHS.get(code)
    return f"{code}  {length} bits" if length else str(code)


@header("icmpv6.opt", "PREF64", "RFC 8781, section 4")
class Pref64Option(Option):
    """The prefix that reaches IPv4; it follows."""

    lifetime: int = unsigned(
        13, name="icmpv6.opt.pref64.scaled_lifetime", words=lambda scaled: f"{scaled}  {scaled * 8} s"
    )
    code: int = unsigned(3, "prefix length code", name="icmpv6.opt.pref64.plc", words=_code_words, default=0)


@header("icmpv6.opt", "NBMA shortcut limit", "RFC 2491, section 5.2")
class ShortcutOption(Option):
    """How many hops away a shortcut across the network may lead."""

    limit: int = unsigned(8, "shortcut limit", name="icmpv6.opt.nbma.shortcut_limit", unit="hops")
    reserved: bytes = octets(5, default=bytes(5))


@header("icmpv6.opt", "encrypted DNS", "RFC 9463, section 6.1")
class EncryptedDnsOption(Option):
    """A resolver that is spoken to by TLS, HTTPS or QUIC; name, addresses and parameters follow."""

    priority: int = unsigned(16, "service priority", name="icmpv6.opt.dnr.service_priority")
    lifetime: int = unsigned(32, name="icmpv6.opt.dnr.lifetime", words=lifetime_words)
    name_length: int = unsigned(16, name="icmpv6.opt.dnr.adn_length", unit="bytes")


def _names(data: bytes, at: int, stop: int) -> tuple[Part, ...]:
    """Domain names, uncompressed, and the zeros that pad them."""
    parts: list[Part] = []
    while at < stop and data[at]:
        name, end = domain_name(data, at, stop)
        parts.append(stretch(NAMES, "domain name", at, end, name, value=name))
        at = end
    return (*parts, *_padding(data, at, stop))


def _padding(data: bytes, at: int, stop: int) -> tuple[Part, ...]:
    return (bytes_span("icmpv6.opt.padding", "padding", data, at, stop),) if at < stop else ()


def _prefix(data: bytes, at: int, stop: int) -> tuple[Part, ...]:
    """As much of a prefix as was worth sending."""
    prefix = IPv6Address(data[at : min(stop, at + 16)].ljust(16, b"\0"))
    return (stretch("icmpv6.opt.prefix", "prefix", at, stop, str(prefix), value=prefix),)


def _nat64_prefix(data: bytes, at: int, stop: int) -> tuple[Part, ...]:
    """The prefix, shown as long as its length code says (RFC 8781, section 4)."""
    length = PREF64_LENGTHS.get(data[at - 1] & 7, 96)
    end = min(stop, at + length // 8)
    prefix = IPv6Address(data[at:end].ljust(16, b"\0"))
    shown = f"{prefix}/{length}"
    return (
        stretch("icmpv6.opt.pref64.prefix", "prefix", at, end, shown, value=prefix),
        *_padding(data, end, stop),
    )


def _portal(data: bytes, at: int, stop: int) -> tuple[Part, ...]:
    """A URI, padded with zeros (RFC 8910, section 2.3)."""
    name = safe_bytes(data[at:stop].rstrip(b"\0"))
    return (stretch("icmpv6.opt.captive_portal", "captive portal", at, stop, name, value=name),)


def _resolver(data: bytes, at: int, stop: int) -> tuple[Part, ...]:
    """Name, addresses and service parameters of an encrypted resolver, each behind its length."""
    end = min(stop, at + (data[at - 2] << 8 | data[at - 1]))
    parts: list[Part] = []
    if at < end:
        name, _ = domain_name(data, at, end)
        parts.append(stretch("icmpv6.opt.dnr.adn", "authentication domain name", at, end, name, value=name))
    for name, label in (("addresses", "addresses"), ("svcparams", "service parameters")):
        if end + 2 > stop:
            break
        length = data[end] << 8 | data[end + 1]
        told = f"{length} bytes"
        parts.append(stretch(f"icmpv6.opt.dnr.{name}_length", f"{label} length", end, end + 2, told, value=length))
        at, end = end + 2, min(stop, end + 2 + length)
        while name == "addresses" and at + 16 <= end:
            address = IPv6Address(data[at : at + 16])
            parts.append(stretch("icmpv6.opt.dnr.address", "address", at, at + 16, str(address), value=address))
            at += 16
        if at < end:
            parts.append(bytes_span(f"icmpv6.opt.dnr.{name}", label, data, at, end))
    return (*parts, *_padding(data, end, stop))


def _link_address(data: bytes, at: int, stop: int) -> Shape:
    """Six bytes on IEEE 802 links, eight on IEEE 802.15.4: the option's length tells."""
    is_source = data[at] == OptionType.SOURCE_LINK_LAYER_ADDRESS
    title = "source link-layer address" if is_source else "target link-layer address"
    head: type[Header] = Option
    if stop - at == LinkAddressOption.LAYOUT.size:
        head = LinkAddressOption
    elif stop - at == LongLinkAddressOption.LAYOUT.size and not any(data[stop - 6 : stop]):
        head = LongLinkAddressOption
    return shaped(title, head, "icmpv6.opt.linkaddr")


#: How many bits of the NAT64 prefix each code stands for (RFC 8781, section 4).
PREF64_LENGTHS = {0: 96, 1: 64, 2: 56, 3: 48, 4: 40, 5: 32}

NEIGHBOUR_OPTIONS = OptionTable(
    kinds={
        OptionType.SOURCE_LINK_LAYER_ADDRESS: _link_address,
        OptionType.TARGET_LINK_LAYER_ADDRESS: _link_address,
        OptionType.PREFIX_INFORMATION: shaped("prefix information", PrefixOption),
        OptionType.REDIRECTED_HEADER: shaped("redirected header", RedirectedOption, "icmpv6.opt.redirected_packet"),
        OptionType.MTU: shaped("MTU", MtuOption),
        OptionType.NBMA_SHORTCUT_LIMIT: shaped("NBMA shortcut limit", ShortcutOption),
        OptionType.SOURCE_ADDRESS_LIST: Shape("icmpv6.opt", "source addresses", AddressListOption, each=ListedAddress),
        OptionType.TARGET_ADDRESS_LIST: Shape("icmpv6.opt", "target addresses", AddressListOption, each=ListedAddress),
        OptionType.ROUTE_INFORMATION: Shape("icmpv6.opt", "route information", RouteOption, tail=_prefix),
        OptionType.RECURSIVE_DNS_SERVER: Shape("icmpv6.opt", "recursive DNS server", DnsServerOption, each=DnsServer),
        OptionType.RA_FLAGS_EXTENSION: shaped("RA flags extension", FlagsExpansionOption),
        OptionType.DNS_SEARCH_LIST: Shape("icmpv6.opt", "DNS search list", SearchListOption, tail=_names),
        OptionType.CAPTIVE_PORTAL: Shape("icmpv6.opt", "captive portal", Option, tail=_portal),
        OptionType.PREF64: Shape("icmpv6.opt", "PREF64", Pref64Option, tail=_nat64_prefix),
        OptionType.CRYPTO_ID_PARAMETERS: plain("crypto-ID parameters"),
        OptionType.NDP_SIGNATURE: plain("NDP signature"),
        OptionType.ENCRYPTED_DNS: Shape("icmpv6.opt", "encrypted DNS", EncryptedDnsOption, tail=_resolver),
        **MOBILE_OPTIONS,
        **SECURE_OPTIONS,
        **LOWPAN_OPTIONS,
    },
    unknown=plain("option", "icmpv6.data"),
    unit=8,
)
