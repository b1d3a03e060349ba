"""The options of RPL's control messages (RFC 6550, section 6.7), with routing metrics (RFC 6551) and P2P (RFC 6997)."""

from ipaddress import IPv6Address

from app.packet.dissection import Part, stretch
from app.packet.icmp.neighbour import RouterPreference, lifetime_words
from app.packet.icmp.rplmetric import metrics
from app.packet.layout import Group, Header, flag, header, ipv6_address, octets, unsigned
from app.packet.registry import Registry
from app.packet.shape import OptionTable, Shape, bytes_span

PREFIX_FLAGS = Group("icmpv6.rpl.opt.prefix.flag", "flags")
ROUTE_FLAGS = Group("icmpv6.rpl.opt.route.flag", "flags")
CONFIGURATION_FLAGS = Group("icmpv6.rpl.opt.config.flag", "flags")
TRANSIT_FLAGS = Group("icmpv6.rpl.opt.transit.flag", "flags")
PREDICATES = Group("icmpv6.rpl.opt.solicited.flag", "predicates")
DISCOVERY_FLAGS = Group("icmpv6.rpl.opt.routediscovery.flag", "flags")


class RplOption(Registry):
    """https://www.iana.org/assignments/rpl (RPL Control Message Options)"""

    PAD1 = 0
    PADN = 1
    DAG_METRIC_CONTAINER = 2
    ROUTE_INFORMATION = 3
    DODAG_CONFIGURATION = 4
    RPL_TARGET = 5
    TRANSIT_INFORMATION = 6
    SOLICITED_INFORMATION = 7
    PREFIX_INFORMATION = 8
    RPL_TARGET_DESCRIPTOR = 9
    P2P_ROUTE_DISCOVERY = 10


class ObjectiveCodePoint(Registry):
    """https://www.iana.org/assignments/rpl (Objective Code Point)"""

    OF0 = 0
    MRHOF = 1


@header("icmpv6.rpl.opt", "option", "RFC 6550, section 6.7.1")
class OptionKind(Header):
    """The type of an option."""

    type: int = unsigned(8, registry=RplOption)


@header("icmpv6.rpl.opt", "option", "RFC 6550, section 6.7.1")
class Option(OptionKind):
    """Every option but Pad1; the length does not count these two bytes."""

    length: int = unsigned(8, unit="bytes")


@header("icmpv6.rpl.opt", "route information", "RFC 6550, section 6.7.5")
class RouteOption(Option):
    """A route out of the network; as much of the prefix as was worth sending follows."""

    prefix_length: int = unsigned(8, name="icmpv6.rpl.opt.route.prefix_length", unit="bits")
    reserved: int = unsigned(3, name="icmpv6.rpl.opt.route.reserved", group=ROUTE_FLAGS, default=0)
    preference: int = unsigned(
        2, name="icmpv6.rpl.opt.route.pref", registry=RouterPreference, group=ROUTE_FLAGS, default=0
    )
    reserved_end: int = unsigned(3, "reserved", name="icmpv6.rpl.opt.route.reserved", group=ROUTE_FLAGS, default=0)
    lifetime: int = unsigned(32, name="icmpv6.rpl.opt.route.lifetime", words=lifetime_words)


@header("icmpv6.rpl.opt", "DODAG configuration", "RFC 6550, section 6.7.6")
class ConfigurationOption(Option):
    """How the network runs."""

    reserved: int = unsigned(4, name="icmpv6.rpl.opt.config.reserved", group=CONFIGURATION_FLAGS, default=0)
    authentication: int = flag(
        "authentication enabled", name="icmpv6.rpl.opt.config.auth", group=CONFIGURATION_FLAGS, default=0
    )
    control: int = unsigned(
        3, "path control size", name="icmpv6.rpl.opt.config.pcs", group=CONFIGURATION_FLAGS, default=0
    )
    doublings: int = unsigned(8, "DIO interval doublings", name="icmpv6.rpl.opt.config.interval_double")
    interval: int = unsigned(
        8, "DIO interval minimum", name="icmpv6.rpl.opt.config.interval_min", words=lambda two: f"2^{two} ms"
    )
    redundancy: int = unsigned(8, "DIO redundancy constant", name="icmpv6.rpl.opt.config.redundancy")
    most_rank: int = unsigned(16, "largest rank increase", name="icmpv6.rpl.opt.config.max_rank_inc")
    least_rank: int = unsigned(16, "least rank increase per hop", name="icmpv6.rpl.opt.config.min_hop_rank_inc")
    objective: int = unsigned(16, "objective code point", name="icmpv6.rpl.opt.config.ocp", registry=ObjectiveCodePoint)
    reserved_end: int = unsigned(8, "reserved", name="icmpv6.rpl.opt.config.rsv", default=0)
    lifetime: int = unsigned(8, "default lifetime", name="icmpv6.rpl.opt.config.def_lifetime", unit="units")
    lifetime_unit: int = unsigned(16, name="icmpv6.rpl.opt.config.lifetime_unit", unit="s")


@header("icmpv6.rpl.opt", "RPL target", "RFC 6550, section 6.7.7")
class TargetOption(Option):
    """Who can be reached; as much of the prefix as was worth sending follows."""

    flags: int = unsigned(8, name="icmpv6.rpl.opt.target.flag", style="hex", default=0)
    prefix_length: int = unsigned(8, name="icmpv6.rpl.opt.target.prefix_length", unit="bits")


@header("icmpv6.rpl.opt", "transit information", "RFC 6550, section 6.7.8")
class TransitOption(Option):
    """By which way the targets can be reached."""

    external: int = flag("external", name="icmpv6.rpl.opt.transit.flag.e", group=TRANSIT_FLAGS, default=0)
    reserved: int = unsigned(7, name="icmpv6.rpl.opt.transit.flag.rsv", group=TRANSIT_FLAGS, default=0)
    control: int = unsigned(8, "path control", name="icmpv6.rpl.opt.transit.pathctl", style="hex", default=0)
    sequence: int = unsigned(8, "path sequence", name="icmpv6.rpl.opt.transit.pathseq")
    lifetime: int = unsigned(8, "path lifetime", name="icmpv6.rpl.opt.transit.pathlifetime", unit="units")


@header("icmpv6.rpl.opt", "transit information", "RFC 6550, section 6.7.8")
class ParentTransitOption(TransitOption):
    """The same with the address of the parent."""

    parent: IPv6Address = ipv6_address("parent address", name="icmpv6.rpl.opt.transit.parent")


@header("icmpv6.rpl.opt", "solicited information", "RFC 6550, section 6.7.9")
class SolicitedOption(Option):
    """Which networks shall answer."""

    instance: int = unsigned(8, "RPL instance", name="icmpv6.rpl.opt.solicited.instance")
    version_matters: int = flag("version", name="icmpv6.rpl.opt.solicited.flag.v", group=PREDICATES, default=0)
    instance_matters: int = flag("instance", name="icmpv6.rpl.opt.solicited.flag.i", group=PREDICATES, default=0)
    identifier_matters: int = flag(
        "DODAG identifier", name="icmpv6.rpl.opt.solicited.flag.d", group=PREDICATES, default=0
    )
    reserved: int = unsigned(5, name="icmpv6.rpl.opt.solicited.flag.rsv", group=PREDICATES, default=0)
    identifier: IPv6Address = ipv6_address("DODAG identifier", name="icmpv6.rpl.opt.solicited.dodagid")
    version: int = unsigned(8, name="icmpv6.rpl.opt.solicited.version")


@header("icmpv6.rpl.opt", "prefix information", "RFC 6550, section 6.7.10")
class PrefixOption(Option):
    """A prefix, as router advertisements have it."""

    prefix_length: int = unsigned(8, name="icmpv6.rpl.opt.prefix.length", unit="bits")
    on_link: int = flag("on-link", name="icmpv6.rpl.opt.prefix.flag.l", group=PREFIX_FLAGS, default=0)
    autonomous: int = flag("autonomous", name="icmpv6.rpl.opt.config.flag.a", group=PREFIX_FLAGS, default=0)
    router_address: int = flag("router address", name="icmpv6.rpl.opt.config.flag.r", group=PREFIX_FLAGS, default=0)
    reserved: int = unsigned(5, name="icmpv6.rpl.opt.config.flag.rsv", group=PREFIX_FLAGS, default=0)
    valid: int = unsigned(32, "valid lifetime", name="icmpv6.rpl.opt.prefix.valid_lifetime", words=lifetime_words)
    preferred: int = unsigned(
        32, "preferred lifetime", name="icmpv6.rpl.opt.prefix.preferred_lifetime", words=lifetime_words
    )
    reserved_end: bytes = octets(4, "reserved", name="reserved", default=bytes(4))
    prefix: IPv6Address = ipv6_address("prefix", name="icmpv6.rpl.opt.prefix")


@header("icmpv6.rpl.opt", "target descriptor", "RFC 6550, section 6.7.11")
class DescriptorOption(Option):
    """A mark on the target before it."""

    descriptor: int = unsigned(32, name="icmpv6.rpl.opt.targetdesc.descriptor", style="hex")


@header("icmpv6.rpl.opt", "P2P route discovery", "RFC 6997, section 7")
class DiscoveryOption(Option):
    """Asks for a route between two nodes; target and addresses on the way follow."""

    reply: int = flag("reply", name="icmpv6.rpl.opt.routediscovery.flag.reply", group=DISCOVERY_FLAGS, default=0)
    hop_by_hop: int = flag(
        "hop-by-hop", name="icmpv6.rpl.opt.routediscovery.flag.hopbyhop", group=DISCOVERY_FLAGS, default=0
    )
    routes: int = unsigned(
        2, "number of routes", name="icmpv6.rpl.opt.routediscovery.flag.numofroutes", group=DISCOVERY_FLAGS, default=0
    )
    common: int = unsigned(
        4,
        "bytes left out of addresses",
        name="icmpv6.rpl.opt.routediscovery.flag.compr",
        group=DISCOVERY_FLAGS,
        default=0,
    )
    lifetime: int = unsigned(2, name="icmpv6.rpl.opt.routediscovery.lifetime", default=0)
    most_rank: int = unsigned(6, "largest rank or next hop", name="icmpv6.rpl.opt.routediscovery.maxrank", default=0)


def _prefix(name: str, label: str, data: bytes, at: int, stop: int) -> tuple[Part, ...]:
    """As much of a prefix as was worth sending."""
    end = min(stop, at + 16)
    prefix = IPv6Address(data[at:end].ljust(16, b"\0"))
    parts: tuple[Part, ...] = (stretch(name, label, at, end, str(prefix), value=prefix),)
    return (*parts, bytes_span("icmpv6.unknown_data", "data", data, end, stop)) if end < stop else parts


def _route(data: bytes, at: int, stop: int) -> tuple[Part, ...]:
    return _prefix("icmpv6.rpl.opt.route.prefix", "prefix", data, at, stop)


def _target(data: bytes, at: int, stop: int) -> tuple[Part, ...]:
    return _prefix("icmpv6.rpl.opt.target.prefix", "target", data, at, stop)


def _discovery(data: bytes, at: int, stop: int) -> tuple[Part, ...]:
    """The target and the addresses on the way, both without the bytes that all addresses share."""
    size = 16 - (data[at - 2] & 15)
    name = "icmpv6.rpl.opt.routediscovery.targetaddr"
    parts: list[Part] = []
    while at + size <= stop:
        address = IPv6Address(data[at : at + size].rjust(16, b"\0"))
        parts.append(stretch(name, "target" if not parts else "address", at, at + size, str(address), value=address))
        name = "icmpv6.rpl.opt.routediscovery.addrvec.addr"
        at += size
    if at < stop:
        parts.append(bytes_span("icmpv6.unknown_data", "data", data, at, stop))
    return tuple(parts)


def _transit(data: bytes, at: int, stop: int) -> Shape:
    head = ParentTransitOption if stop - at >= ParentTransitOption.LAYOUT.size else TransitOption
    return Shape("icmpv6.opt", "transit information", head)


def _plain(title: str, rest: str = "icmpv6.data") -> Shape:
    return Shape("icmpv6.opt", title, Option, rest=rest)


RPL_OPTIONS = OptionTable(
    kinds={
        RplOption.PAD1: Shape("icmpv6.opt", "Pad1", OptionKind),
        RplOption.PADN: _plain("PadN", "icmpv6.rpl.opt.padn"),
        RplOption.DAG_METRIC_CONTAINER: Shape("icmpv6.opt", "metric container", Option, tail=metrics),
        RplOption.ROUTE_INFORMATION: Shape("icmpv6.opt", "route information", RouteOption, tail=_route),
        RplOption.DODAG_CONFIGURATION: Shape("icmpv6.opt", "DODAG configuration", ConfigurationOption),
        RplOption.RPL_TARGET: Shape("icmpv6.opt", "RPL target", TargetOption, tail=_target),
        RplOption.TRANSIT_INFORMATION: _transit,
        RplOption.SOLICITED_INFORMATION: Shape("icmpv6.opt", "solicited information", SolicitedOption),
        RplOption.PREFIX_INFORMATION: Shape("icmpv6.opt", "prefix information", PrefixOption),
        RplOption.RPL_TARGET_DESCRIPTOR: Shape("icmpv6.opt", "target descriptor", DescriptorOption),
        RplOption.P2P_ROUTE_DISCOVERY: Shape("icmpv6.opt", "P2P route discovery", DiscoveryOption, tail=_discovery),
    },
    unknown=_plain("option"),
    added=2,
    single=frozenset((0,)),
)
