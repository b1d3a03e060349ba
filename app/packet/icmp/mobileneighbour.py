"""Neighbour Discovery's options for nodes that move: Mobile IPv6, its fast handovers and its hierarchy.

RFC 6275, 5568, 5380, 5269, 5271.
"""

from ipaddress import IPv6Address

from app.packet.dissection import Part
from app.packet.icmp.neighbouroption import Option, OptionType, shaped
from app.packet.layout import Group, flag, header, ipv6_address, octets, unsigned
from app.packet.registry import Registry
from app.packet.shape import Choice, Shape, bytes_span

MAP_FLAGS = Group("icmpv6.opt.map.flag", "flags")


class AddressCode(Registry):
    """RFC 5568, section 6.4.1."""

    OLD_CARE_OF_ADDRESS = 1
    NEW_CARE_OF_ADDRESS = 2
    NEW_ACCESS_ROUTERS_ADDRESS = 3
    NEW_ACCESS_ROUTERS_PREFIX = 4


class LinkCode(Registry):
    """RFC 5568, section 6.4.3: whose link-layer address it is."""

    WILDCARD = 0
    NEW_ACCESS_POINT = 1
    MOBILE_NODE = 2
    NEW_ACCESS_ROUTER = 3
    SOURCE_OF_THIS_MESSAGE = 4
    ACCESS_POINT_OF_THIS_ROUTER = 5
    NO_PREFIX_INFORMATION = 6
    NO_FAST_HANDOVER_SUPPORT = 7


class AcknowledgeStatus(Registry):
    """RFC 5568, section 6.4.6."""

    ADDRESS_IS_INVALID_CONFIGURE_ANEW = 1
    ADDRESS_IS_INVALID_USE_THE_SUPPLIED_ONE = 2
    ADDRESS_IS_INVALID_USE_THE_ROUTERS_ADDRESS = 3
    PREVIOUS_ADDRESS_SUPPLIED_DO_NOT_SEND_A_BINDING_UPDATE = 4
    LINK_LAYER_ADDRESS_UNRECOGNIZED = 128


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


@header("icmpv6.opt", "IP address or prefix", "RFC 5568, section 6.4.1")
class IpAddressOption(Option):
    """An address that a handover needs."""

    code: int = unsigned(8, "option code", name="icmpv6.opt.ipa.option_code", registry=AddressCode)
    prefix_length: int = unsigned(8, name="icmpv6.opt.ipa.prefix_len", unit="bits")
    reserved: bytes = octets(4, default=bytes(4))
    address: IPv6Address = ipv6_address("address", name="icmpv6.opt.ipa.ipv6_address")


@header("icmpv6.opt", "new router prefix information", "RFC 4068, section 6.4.2; dropped by RFC 5268")
class RouterPrefixOption(Option):
    """The prefix of the router to which the node moves."""

    code: int = unsigned(8, "option code", name="icmpv6.opt.nrpi.option_code")
    prefix_length: int = unsigned(8, name="icmpv6.opt.nrpi.prefix_len", unit="bits")
    reserved: bytes = octets(4, default=bytes(4))
    prefix: IPv6Address = ipv6_address("prefix", name="icmpv6.opt.nrpi.prefix")


@header("icmpv6.opt", "link-layer address", "RFC 5568, section 6.4.3")
class HandoverLinkOption(Option):
    """A link-layer address that a handover needs; it follows, as long as the link has it."""

    code: int = unsigned(8, "option code", name="icmpv6.opt.lla.option_code", registry=LinkCode)


@header("icmpv6.opt", "neighbour advertisement acknowledgement", "RFC 5568, section 6.4.6")
class AcknowledgementOption(Option):
    """What became of the new address."""

    code: int = unsigned(8, "option code", name="icmpv6.opt.naack.option_code")
    status: int = unsigned(8, name="icmpv6.opt.naack.status", registry=AcknowledgeStatus)
    reserved: bytes = octets(4, default=bytes(4))


@header("icmpv6.opt", "neighbour advertisement acknowledgement", "RFC 5568, section 6.4.6")
class SupplyingOption(Option):
    """The same with an address to be used."""

    code: int = unsigned(8, "option code", name="icmpv6.opt.naack.option_code")
    status: int = unsigned(8, name="icmpv6.opt.naack.status", registry=AcknowledgeStatus)
    address: IPv6Address = ipv6_address("supplied address", name="icmpv6.opt.naack.supplied_ncoa")
    reserved: bytes = octets(4, name="icmpv6.unknown_data", default=bytes(4))


@header("icmpv6.opt", "mobility anchor point", "RFC 5380, section 4")
class AnchorOption(Option):
    """A local home agent."""

    distance: int = unsigned(4, name="icmpv6.opt.map.distance", unit="hops")
    preference: int = unsigned(4, name="icmpv6.opt.map.preference")
    regional: int = flag("regional address", name="icmpv6.opt.map.flag.r", group=MAP_FLAGS, default=0)
    reserved: int = unsigned(7, name="icmpv6.opt.map.flag.reserved", group=MAP_FLAGS, default=0)
    lifetime: int = unsigned(32, "valid lifetime", name="icmpv6.opt.map.valid_lifetime", unit="s")
    address: IPv6Address = ipv6_address("global address", name="icmpv6.opt.map.global_address")


@header("icmpv6.opt", "handover key request", "RFC 5269, section 5.1")
class KeyRequestOption(Option):
    """Asks for a key; a public key and padding follow."""

    padding: int = unsigned(8, "pad length", name="icmpv6.opt.hkr.pad_length", unit="bytes")
    algorithm: int = unsigned(4, "algorithm type", name="icmpv6.opt.hkr.at")
    reserved: int = unsigned(4, name="icmpv6.opt.hkr.reserved", default=0)


@header("icmpv6.opt", "handover key reply", "RFC 5269, section 5.2")
class KeyReplyOption(KeyRequestOption):
    """The key, encrypted."""

    lifetime: int = unsigned(16, name="icmpv6.opt.hkr.lifetime", unit="s")


@header("icmpv6.opt", "handover assist information", "RFC 5271, section 6.1")
class AssistOption(Option):
    """Something that helps with the handover."""

    code: int = unsigned(8, "option code", name="icmpv6.opt.hai.option_code")
    size: int = unsigned(8, "value length", name="icmpv6.opt.hai.length", unit="bytes")


@header("icmpv6.opt", "mobile node identifier", "RFC 5271, section 6.2")
class NodeIdentifierOption(Option):
    """A name for the mobile node."""

    code: int = unsigned(8, "option code", name="icmpv6.opt.mn.option_code")
    size: int = unsigned(8, "value length", name="icmpv6.opt.mn.length", unit="bytes")


def _acknowledgement(data: bytes, at: int, stop: int) -> Shape:
    head = SupplyingOption if stop - at >= SupplyingOption.LAYOUT.size else AcknowledgementOption
    return shaped("neighbour advertisement acknowledgement", head)


def _key(data: bytes, at: int, stop: int) -> tuple[Part, ...]:
    return _padded(data, at, stop, data[at - 2], "icmpv6.opt.hkr.encryption_public_key")


def _encrypted(data: bytes, at: int, stop: int) -> tuple[Part, ...]:
    return _padded(data, at, stop, data[at - 4], "icmpv6.opt.hkr.encrypted_handover_key")


def _padded(data: bytes, at: int, stop: int, padding: int, name: str) -> tuple[Part, ...]:
    """Bytes whose last `padding` mean nothing."""
    end = max(at, stop - padding)
    parts: list[Part] = [bytes_span(name, "key", data, at, end)] if at < end else []
    if end < stop:
        parts.append(bytes_span("icmpv6.opt.hkr.padding", "padding", data, end, stop))
    return tuple(parts)


def _assist(data: bytes, at: int, stop: int) -> tuple[Part, ...]:
    return _counted(data, at, stop, "icmpv6.opt.hai.value")


def _identifier(data: bytes, at: int, stop: int) -> tuple[Part, ...]:
    return _counted(data, at, stop, "icmpv6.opt.mn.value")


def _counted(data: bytes, at: int, stop: int, name: str) -> tuple[Part, ...]:
    """As many bytes as the one before them says, and padding."""
    end = min(stop, at + data[at - 1])
    parts: list[Part] = [bytes_span(name, "value", data, at, end)] if at < end else []
    if end < stop:
        parts.append(bytes_span("icmpv6.opt.padding", "padding", data, end, stop))
    return tuple(parts)


MOBILE_OPTIONS: dict[int, Choice] = {
    OptionType.ADVERTISEMENT_INTERVAL: shaped("advertisement interval", IntervalOption),
    OptionType.HOME_AGENT_INFORMATION: shaped("home agent information", HomeAgentOption),
    OptionType.IP_ADDRESS_AND_PREFIX: shaped("IP address or prefix", IpAddressOption),
    OptionType.NEW_ROUTER_PREFIX_INFORMATION: shaped("new router prefix information", RouterPrefixOption),
    OptionType.LINK_LAYER_ADDRESS: shaped("link-layer address", HandoverLinkOption, "icmpv6.opt.lla.bytes"),
    OptionType.NEIGHBOR_ADVERTISEMENT_ACKNOWLEDGMENT: _acknowledgement,
    OptionType.MAP: shaped("mobility anchor point", AnchorOption),
    OptionType.HANDOVER_KEY_REQUEST: Shape("icmpv6.opt", "handover key request", KeyRequestOption, tail=_key),
    OptionType.HANDOVER_KEY_REPLY: Shape("icmpv6.opt", "handover key reply", KeyReplyOption, tail=_encrypted),
    OptionType.HANDOVER_ASSIST_INFORMATION: Shape(
        "icmpv6.opt", "handover assist information", AssistOption, tail=_assist
    ),
    OptionType.MOBILE_NODE_IDENTIFIER: Shape(
        "icmpv6.opt", "mobile node identifier", NodeIdentifierOption, tail=_identifier
    ),
}
