"""The fixed part of every ICMPv6 message, and what follows it (RFC 4443, 4861, 2710, 9777 and others)."""

from collections.abc import Callable
from ipaddress import IPv6Address

from app.packet.dissection import Branch, Part, Placed
from app.packet.icmp.mobilemessages import (
    DUPLICATE_ADDRESS,
    HOME_AGENT_REPLY,
    HOME_AGENT_REQUEST,
    LOCATOR_UPDATE,
    MPL_CONTROL,
    PATH_ADVERTISEMENT,
    PATH_SOLICITATION,
    PREFIX_ADVERTISEMENT,
    PREFIX_SOLICITATION,
    handover_message,
)
from app.packet.icmp.neighbour import NEIGHBOUR_OPTIONS, RouterPreference
from app.packet.icmp.nodeinformation import NODE_QUERY, NODE_RESPONSE
from app.packet.icmp.renumbering import RENUMBERING_COMMAND, RENUMBERING_RESULT
from app.packet.icmp.rpl import rpl_message
from app.packet.icmp.types import Icmpv6Type
from app.packet.icmp.v4messages import Body, ExtendedEchoState, Message
from app.packet.icmp.v6 import Icmpv6, Icmpv6Echo
from app.packet.layout import Group, Header, flag, header, ipv6_address, octets, unsigned
from app.packet.registry import Registry
from app.packet.shape import MOST_ELEMENTS, Shape, bytes_span, heading, repeated

TITLE = Icmpv6.LAYOUT.title
ROUTER_FLAGS = Group("icmpv6.nd.ra.flag", "flags")
NEIGHBOUR_FLAGS = Group("icmpv6.nd.na.flag", "flags")
QUERY_FLAGS = Group("icmpv6.mld.flag", "flags")


class RecordType(Registry):
    """RFC 9777, section 5.2.12."""

    MODE_IS_INCLUDE = 1
    MODE_IS_EXCLUDE = 2
    CHANGE_TO_INCLUDE_MODE = 3
    CHANGE_TO_EXCLUDE_MODE = 4
    ALLOW_NEW_SOURCES = 5
    BLOCK_OLD_SOURCES = 6


@header("icmpv6", TITLE, "RFC 4443, section 3; RFC 4884, section 4.4")
class Error(Icmpv6):
    """Destination unreachable (1) and time exceeded (3)."""

    quoted_length: int = unsigned(8, "quoted length", name="length", unit="times 8 bytes", default=0)
    unused: bytes = octets(3, name="reserved", default=bytes(3))


@header("icmpv6", TITLE, "RFC 4443, section 3")
class Unextended(Icmpv6):
    """The same from a router that tells no length, and messages that say nothing before their options."""

    reserved: bytes = octets(4, default=bytes(4))


@header("icmpv6", TITLE, "RFC 4443, section 3.2")
class PacketTooBig(Icmpv6):
    """Packet too big (2): the MTU of the next hop."""

    mtu: int = unsigned(32, "MTU", unit="bytes")


@header("icmpv6", TITLE, "RFC 4443, section 3.4")
class ParameterProblem(Icmpv6):
    """Parameter problem (4): the byte where the error was found."""

    pointer: int = unsigned(32)


@header("icmpv6", TITLE, "RFC 2710, section 3")
class ListenerMessage(Icmpv6):
    """Multicast listener query (130), report (131) and done (132) of version 1."""

    delay: int = unsigned(16, "maximum response delay", name="icmpv6.mld.maximum_response_delay", unit="ms")
    reserved: bytes = octets(2, default=b"\0\0")
    group: IPv6Address = ipv6_address("multicast address", name="icmpv6.mld.multicast_address")


@header("icmpv6", TITLE, "RFC 9777, section 5.1")
class ListenerQuery(Icmpv6):
    """Multicast listener query (130) of version 2, told from version 1 by its length."""

    delay: int = unsigned(16, "maximum response code", name="icmpv6.mld.maximum_response_code")
    reserved: bytes = octets(2, default=b"\0\0")
    group: IPv6Address = ipv6_address("multicast address", name="icmpv6.mld.multicast_address")
    reserved_flags: int = unsigned(4, "reserved", name="icmpv6.mld.flag.reserved", group=QUERY_FLAGS, default=0)
    suppress: int = flag("suppress router processing", name="icmpv6.mld.flag.s", group=QUERY_FLAGS, default=0)
    robustness: int = unsigned(3, "robustness", name="icmpv6.mld.flag.qrv", group=QUERY_FLAGS, default=0)
    interval: int = unsigned(8, "query interval code", name="icmpv6.mld.qqi")
    count: int = unsigned(16, "number of sources", name="icmpv6.mld.nb_sources")


@header("icmpv6", "source", "RFC 9777, section 5.1.10")
class QuerySource(Header):
    """A source that is asked about."""

    address: IPv6Address = ipv6_address("source address", name="icmpv6.mld.source_address")


@header("icmpv6", TITLE, "RFC 9777, section 5.2")
class ListenerReport(Icmpv6):
    """Multicast listener report (143) of version 2; records follow."""

    reserved: bytes = octets(2, default=b"\0\0")
    count: int = unsigned(16, "number of records", name="icmpv6.mldr.nb_mcast_records")


@header("icmpv6.mldr.mar", "multicast address record", "RFC 9777, section 5.2.4")
class ListenerRecord(Header):
    """What a listener wants of one group; sources and auxiliary words follow."""

    type: int = unsigned(8, "record type", name="record_type", registry=RecordType)
    auxiliary: int = unsigned(8, "auxiliary data length", name="aux_data_len", unit="words", default=0)
    count: int = unsigned(16, "number of sources", name="nb_sources")
    group: IPv6Address = ipv6_address("multicast address", name="multicast_address")


@header("icmpv6.mldr.mar", "source", "RFC 9777, section 5.2.10")
class RecordSource(Header):
    """One source of a record."""

    address: IPv6Address = ipv6_address("source address", name="source_address")


@header("icmpv6", TITLE, "RFC 4861, section 4.2")
class RouterAdvertisement(Icmpv6):
    """Router advertisement (134)."""

    hop_limit: int = unsigned(8, "current hop limit", name="icmpv6.nd.ra.cur_hop_limit")
    managed: int = flag("managed addresses", name="icmpv6.nd.ra.flag.m", group=ROUTER_FLAGS, default=0)
    other: int = flag("other configuration", name="icmpv6.nd.ra.flag.o", group=ROUTER_FLAGS, default=0)
    home_agent: int = flag("home agent", name="icmpv6.nd.ra.flag.h", group=ROUTER_FLAGS, default=0)
    preference: int = unsigned(
        2, name="icmpv6.nd.ra.flag.prf", registry=RouterPreference, group=ROUTER_FLAGS, default=0
    )
    proxy: int = flag("proxy", name="icmpv6.nd.ra.flag.p", group=ROUTER_FLAGS, default=0)
    reserved: int = unsigned(2, name="icmpv6.nd.ra.flag.rsv", group=ROUTER_FLAGS, default=0)
    lifetime: int = unsigned(16, "router lifetime", name="icmpv6.nd.ra.router_lifetime", unit="s")
    reachable: int = unsigned(32, "reachable time", name="icmpv6.nd.ra.reachable_time", unit="ms", default=0)
    retransmit: int = unsigned(32, "retransmission timer", name="icmpv6.nd.ra.retrans_timer", unit="ms", default=0)


@header("icmpv6", TITLE, "RFC 4861, section 4.3")
class NeighbourSolicitation(Icmpv6):
    """Neighbour solicitation (135)."""

    reserved: bytes = octets(4, default=bytes(4))
    target: IPv6Address = ipv6_address("target address", name="icmpv6.nd.ns.target_address")


@header("icmpv6", TITLE, "RFC 4861, section 4.4")
class NeighbourAdvertisement(Icmpv6):
    """Neighbour advertisement (136)."""

    router: int = flag("router", name="icmpv6.nd.na.flag.r", group=NEIGHBOUR_FLAGS, default=0)
    solicited: int = flag("solicited", name="icmpv6.nd.na.flag.s", group=NEIGHBOUR_FLAGS, default=0)
    override: int = flag("override", name="icmpv6.nd.na.flag.o", group=NEIGHBOUR_FLAGS, default=0)
    reserved: int = unsigned(29, name="icmpv6.nd.na.flag.rsv", group=NEIGHBOUR_FLAGS, default=0)
    target: IPv6Address = ipv6_address("target address", name="icmpv6.nd.na.target_address")


@header("icmpv6", TITLE, "RFC 4861, section 4.5")
class Redirect(Icmpv6):
    """Redirect (137): a better first hop for a destination."""

    reserved: bytes = octets(4, default=bytes(4))
    target: IPv6Address = ipv6_address("target address", name="icmpv6.nd.rd.target_address")
    destination: IPv6Address = ipv6_address("destination address", name="icmpv6.rd.na.destination_address")


@header("icmpv6", TITLE, "RFC 4286, section 3")
class MulticastRouter(Icmpv6):
    """Multicast router advertisement (151)."""

    interval: int = unsigned(16, "query interval", name="icmpv6.mcast_ra.query_interval", unit="s")
    robustness: int = unsigned(16, "robustness variable", name="icmpv6.mcast_ra.robustness_variable")


@header("icmpv6", TITLE, "RFC 8335, section 2")
class ExtendedEchoRequest(Icmpv6):
    """Extended echo request (160)."""

    identifier: int = unsigned(16, name="icmpv6.echo.identifier", default=0)
    sequence: int = unsigned(8, "sequence number", name="icmpv6.ext.echo.seq", default=0)
    reserved: int = unsigned(7, name="icmpv6.ext.echo.req.res", default=0)
    is_local: int = flag("local", name="icmpv6.ext.echo.req.local", default=0)


@header("icmpv6", TITLE, "RFC 8335, section 3")
class ExtendedEchoReply(Icmpv6):
    """Extended echo reply (161)."""

    identifier: int = unsigned(16, name="icmpv6.echo.identifier", default=0)
    sequence: int = unsigned(8, "sequence number", name="icmpv6.ext.echo.seq", default=0)
    state: int = unsigned(3, name="icmpv6.ext.echo.rsp.state", registry=ExtendedEchoState, default=0)
    reserved: int = unsigned(2, name="icmpv6.ext.echo.rsp.res", default=0)
    is_active: int = flag("active", name="icmpv6.ext.echo.rsp.active", default=0)
    has_ipv4: int = flag("IPv4", name="icmpv6.ext.echo.rsp.ipv4", default=0)
    has_ipv6: int = flag("IPv6", name="icmpv6.ext.echo.rsp.ipv6", default=0)


def _records(data: bytes, at: int, stop: int) -> tuple[Part, ...]:
    """Multicast address records, each with its sources and auxiliary words."""
    records: list[Part] = []
    head_size = ListenerRecord.LAYOUT.size
    while at + head_size <= stop and len(records) < MOST_ELEMENTS:
        head = ListenerRecord.decode(data, at)
        sources_end = min(stop, at + head_size + head.count * 16)
        end = min(stop, sources_end + head.auxiliary * 4)
        sources, behind = repeated(RecordSource, data, at + head_size, sources_end)
        parts: list[Part] = [Placed(head, at, at + head_size), *sources]
        if behind < end:
            parts.append(bytes_span("icmpv6.mldr.mar.auxiliary_data", "auxiliary data", data, behind, end))
        words = f"{head.group}, {RecordType(head.type).words}"
        records.append(Branch("icmpv6.mldr.mar", "record", at, end, tuple(parts), words))
        at = end
    if at < stop:
        rest = Shape("icmpv6.mldr.mar", "record", ListenerRecord, rest="icmpv6.unknown_data").parts(data, at, stop)
        records.append(heading("icmpv6.mldr.mar", "cut record", at, stop, rest, rest))
    return tuple(records)


_ND = NEIGHBOUR_OPTIONS

ICMPV6_MESSAGES: dict[int, Message] = {
    Icmpv6Type.DESTINATION_UNREACHABLE: Message(Error, Body.QUOTE),
    Icmpv6Type.PACKET_TOO_BIG: Message(PacketTooBig, Body.QUOTE),
    Icmpv6Type.TIME_EXCEEDED: Message(Error, Body.QUOTE),
    Icmpv6Type.PARAMETER_PROBLEM: Message(ParameterProblem, Body.QUOTE),
    Icmpv6Type.ECHO_REQUEST: Message(Icmpv6Echo, Body.DATA),
    Icmpv6Type.ECHO_REPLY: Message(Icmpv6Echo, Body.DATA),
    Icmpv6Type.MULTICAST_LISTENER_QUERY: Message(ListenerMessage),
    Icmpv6Type.MULTICAST_LISTENER_REPORT: Message(ListenerMessage),
    Icmpv6Type.MULTICAST_LISTENER_DONE: Message(ListenerMessage),
    Icmpv6Type.ROUTER_SOLICITATION: Message(Unextended, options=_ND),
    Icmpv6Type.ROUTER_ADVERTISEMENT: Message(RouterAdvertisement, options=_ND),
    Icmpv6Type.NEIGHBOR_SOLICITATION: Message(NeighbourSolicitation, options=_ND),
    Icmpv6Type.NEIGHBOR_ADVERTISEMENT: Message(NeighbourAdvertisement, options=_ND),
    Icmpv6Type.REDIRECT_MESSAGE: Message(Redirect, options=_ND),
    Icmpv6Type.ROUTER_RENUMBERING: RENUMBERING_COMMAND,
    Icmpv6Type.NODE_INFORMATION_QUERY: NODE_QUERY,
    Icmpv6Type.NODE_INFORMATION_RESPONSE: NODE_RESPONSE,
    Icmpv6Type.INVERSE_NEIGHBOR_DISCOVERY_SOLICITATION: Message(Unextended, options=_ND),
    Icmpv6Type.INVERSE_NEIGHBOR_DISCOVERY_ADVERTISEMENT: Message(Unextended, options=_ND),
    Icmpv6Type.MULTICAST_LISTENER_REPORT_V2: Message(ListenerReport, tail=_records),
    Icmpv6Type.HOME_AGENT_ADDRESS_DISCOVERY_REQUEST: HOME_AGENT_REQUEST,
    Icmpv6Type.HOME_AGENT_ADDRESS_DISCOVERY_REPLY: HOME_AGENT_REPLY,
    Icmpv6Type.MOBILE_PREFIX_SOLICITATION: PREFIX_SOLICITATION,
    Icmpv6Type.MOBILE_PREFIX_ADVERTISEMENT: PREFIX_ADVERTISEMENT,
    Icmpv6Type.CERTIFICATION_PATH_SOLICITATION: PATH_SOLICITATION,
    Icmpv6Type.CERTIFICATION_PATH_ADVERTISEMENT: PATH_ADVERTISEMENT,
    Icmpv6Type.MULTICAST_ROUTER_ADVERTISEMENT: Message(MulticastRouter),
    Icmpv6Type.MULTICAST_ROUTER_SOLICITATION: Message(Icmpv6),
    Icmpv6Type.MULTICAST_ROUTER_TERMINATION: Message(Icmpv6),
    Icmpv6Type.ILNPV6_LOCATOR_UPDATE: LOCATOR_UPDATE,
    Icmpv6Type.DUPLICATE_ADDRESS_REQUEST: DUPLICATE_ADDRESS,
    Icmpv6Type.DUPLICATE_ADDRESS_CONFIRMATION: DUPLICATE_ADDRESS,
    Icmpv6Type.MPL_CONTROL_MESSAGE: MPL_CONTROL,
    Icmpv6Type.EXTENDED_ECHO_REQUEST: Message(ExtendedEchoRequest, Body.OBJECTS),
    Icmpv6Type.EXTENDED_ECHO_REPLY: Message(ExtendedEchoReply, Body.DATA),
}
_QUERY_V2 = Message(ListenerQuery, each=QuerySource)


def _query(data: bytes, at: int, stop: int) -> Message:
    """ "A Multicast Listener Query of 28 octets or more" is of version 2 (RFC 9777, section 8.1)."""
    return _QUERY_V2 if stop - at >= ListenerQuery.LAYOUT.size else ICMPV6_MESSAGES[Icmpv6Type.MULTICAST_LISTENER_QUERY]


def _renumbering(data: bytes, at: int, stop: int) -> Message:
    return RENUMBERING_RESULT if at + 1 < stop and data[at + 1] == 1 else RENUMBERING_COMMAND


#: Types whose messages differ by their length, code or subtype.
ICMPV6_CHOICES: dict[int, Callable[[bytes, int, int], Message]] = {
    Icmpv6Type.MULTICAST_LISTENER_QUERY: _query,
    Icmpv6Type.ROUTER_RENUMBERING: _renumbering,
    Icmpv6Type.FMIPV6_MESSAGES: handover_message,
    Icmpv6Type.RPL_CONTROL_MESSAGE: rpl_message,
}
