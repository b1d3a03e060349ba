"""The fixed part of every ICMP message for IPv4, and what follows it (RFC 792, 950, 1256, 1393, 1475, 8335)."""

from dataclasses import dataclass
from enum import Enum, auto
from ipaddress import IPv4Address

from app.packet.dissection import Part, Placed, stretch
from app.packet.icmp.agentextension import agent_extensions
from app.packet.icmp.domainname import domain_name
from app.packet.icmp.types import IcmpType
from app.packet.icmp.v4 import Icmp, IcmpEcho
from app.packet.icmp.v6 import Icmpv6
from app.packet.ip.v4options import stamp_words
from app.packet.layout import Header, flag, header, ipv4_address, octets, signed, unsigned
from app.packet.registry import Registry
from app.packet.shape import MOST_ELEMENTS, OptionTable, Tail, bytes_span, heading


class Body(Enum):
    """What stands behind the fixed part of a message."""

    DATA = auto()  #: bytes of the sender's choice
    QUOTE = auto()  #: the datagram that is complained about, perhaps with RFC 4884 objects behind it
    OBJECTS = auto()  #: an RFC 4884 extension structure alone (RFC 8335, section 2)
    PARTS = auto()  #: elements, options or a tail that belong to the message itself


@dataclass(frozen=True, slots=True)
class Message:
    """How a message of one type is read."""

    head: type[Icmp] | type[Icmpv6]
    body: Body = Body.PARTS
    each: type[Header] | None = None
    options: OptionTable | None = None
    tail: Tail | None = None


class ExtendedEchoState(Registry):
    """https://www.iana.org/assignments/icmp-parameters (Extended Echo Reply, State)"""

    RESERVED = 0
    INCOMPLETE = 1
    REACHABLE = 2
    STALE = 3
    DELAY = 4
    PROBE = 5
    FAILED = 6


@header("icmp", Icmp.LAYOUT.title, "RFC 792, page 4; RFC 4884, section 4.1")
class Unreachable(Icmp):
    """Destination unreachable (3) and time exceeded (11)."""

    unused: bytes = octets(1, default=b"\0")
    quoted_length: int = unsigned(8, "quoted length", name="length", unit="words", default=0)
    unused_end: bytes = octets(2, "unused", name="unused", default=b"\0\0")


@header("icmp", Icmp.LAYOUT.title, "RFC 792, page 4")
class Unextended(Icmp):
    """The same from a router that tells no length: all four bytes are unused."""

    unused: bytes = octets(4, default=bytes(4))


@header("icmp", Icmp.LAYOUT.title, "RFC 1191, section 4")
class FragmentationNeeded(Icmp):
    """Destination unreachable (3) with code 4: the next hop's MTU says what would have fitted."""

    unused: bytes = octets(1, default=b"\0")
    quoted_length: int = unsigned(8, "quoted length", name="length", unit="words", default=0)
    mtu: int = unsigned(16, "MTU of next hop", name="mtu", unit="bytes", default=0)


@header("icmp", Icmp.LAYOUT.title, "RFC 1191, section 4")
class UnextendedNeeded(Icmp):
    """The same from a router that tells no length."""

    unused: bytes = octets(2, default=b"\0\0")
    mtu: int = unsigned(16, "MTU of next hop", name="mtu", unit="bytes", default=0)


@header("icmp", Icmp.LAYOUT.title, "RFC 792, page 12")
class Redirect(Icmp):
    """Redirect (5): the gateway that would have been shorter."""

    gateway: IPv4Address = ipv4_address("gateway", name="redir_gw")


@header("icmp", Icmp.LAYOUT.title, "RFC 792, page 8; RFC 4884, section 4.3")
class ParameterProblem(Icmp):
    """Parameter problem (12): the byte where the error was found."""

    pointer: int = unsigned(8, default=0)
    quoted_length: int = unsigned(8, "quoted length", name="length", unit="words", default=0)
    unused: bytes = octets(2, default=b"\0\0")


@header("icmp", Icmp.LAYOUT.title, "RFC 792, page 8")
class UnextendedProblem(Icmp):
    """The same from a router that tells no length."""

    pointer: int = unsigned(8, default=0)
    unused: bytes = octets(3, default=bytes(3))


@header("icmp", Icmp.LAYOUT.title, "RFC 1256, section 3")
class RouterAdvertisement(Icmp):
    """Router advertisement (9)."""

    count: int = unsigned(8, "number of addresses", name="num_addrs")
    entry_size: int = unsigned(8, "address entry size", name="addr_entry_size", unit="words", default=2)
    lifetime: int = unsigned(16, unit="s")


def _preference_words(level: int) -> str:
    return "not to be a default router" if level == -(1 << 31) else str(level)


@header("icmp.router", "router", "RFC 1256, section 3")
class AdvertisedRouter(Header):
    """One router and how much it is preferred."""

    address: IPv4Address = ipv4_address("router address", name="icmp.router_address")
    preference: int = signed(32, "preference level", name="icmp.pref_level", words=_preference_words)


@header("icmp", Icmp.LAYOUT.title, "RFC 1256, section 3")
class RouterSolicitation(Icmp):
    """Router solicitation (10)."""

    reserved: bytes = octets(4, default=b"\0\0\0\0")


@header("icmp", Icmp.LAYOUT.title, "RFC 792, page 16")
class Timestamp(IcmpEcho):
    """Timestamp (13) and timestamp reply (14), in milliseconds since midnight UT."""

    originate: int = unsigned(32, "originate timestamp", name="originate_timestamp", words=stamp_words)
    receive: int = unsigned(32, "receive timestamp", name="receive_timestamp", words=stamp_words, default=0)
    transmit: int = unsigned(32, "transmit timestamp", name="transmit_timestamp", words=stamp_words, default=0)


@header("icmp", Icmp.LAYOUT.title, "RFC 950, appendix I")
class AddressMask(IcmpEcho):
    """Address mask request (17) and reply (18)."""

    mask: IPv4Address = ipv4_address("address mask", name="address_mask")


@header("icmp", Icmp.LAYOUT.title, "RFC 1393, section 2.3")
class Traceroute(Icmp):
    """Traceroute (30), what a router tells of a packet with the traceroute option; obsolete."""

    identifier: int = unsigned(16, name="icmp.trace.id")
    unused: bytes = octets(2, default=b"\0\0")
    outbound_hops: int = unsigned(16, "outbound hop count", name="icmp.trace.ohc")
    return_hops: int = unsigned(16, "return hop count", name="icmp.trace.rhc")
    speed: int = unsigned(32, "output link speed", name="icmp.trace.speed", unit="bytes/s")
    mtu: int = unsigned(32, "output link MTU", name="icmp.trace.mtu", unit="bytes")


@header("icmp", Icmp.LAYOUT.title, "RFC 1475, section 8.4")
class ConversionError(Icmp):
    """Datagram conversion error (31)."""

    pointer: int = unsigned(32)


@header("icmp", Icmp.LAYOUT.title, "RFC 1788, section 3")
class DomainNameReply(IcmpEcho):
    """Domain name reply (38); the names follow."""

    ttl: int = unsigned(32, "time to live", name="icmp.domain.ttl", unit="s")


@header("icmp", Icmp.LAYOUT.title, "RFC 2521, section 2")
class Photuris(Icmp):
    """Security failures (40)."""

    reserved: bytes = octets(2, default=b"\0\0")
    pointer: int = unsigned(16)


@header("icmp", Icmp.LAYOUT.title, "RFC 8335, section 2")
class ExtendedEchoRequest(Icmp):
    """Extended echo request (42): asks about one interface, which an object behind it names."""

    identifier: int = unsigned(16, name="ident", default=0)
    sequence: int = unsigned(8, "sequence number", name="icmp.ext.echo.seq", default=0)
    reserved: int = unsigned(7, name="icmp.ext.echo.req.res", default=0)
    is_local: int = flag("local", name="icmp.ext.echo.req.local", default=0)


@header("icmp", Icmp.LAYOUT.title, "RFC 8335, section 3")
class ExtendedEchoReply(Icmp):
    """Extended echo reply (43)."""

    identifier: int = unsigned(16, name="ident", default=0)
    sequence: int = unsigned(8, "sequence number", name="icmp.ext.echo.seq", default=0)
    state: int = unsigned(3, name="icmp.ext.echo.rsp.state", registry=ExtendedEchoState, default=0)
    reserved: int = unsigned(2, name="icmp.ext.echo.rsp.res", default=0)
    is_active: int = flag("active", name="icmp.ext.echo.rsp.active", default=0)
    has_ipv4: int = flag("IPv4", name="icmp.ext.echo.rsp.ipv4", default=0)
    has_ipv6: int = flag("IPv6", name="icmp.ext.echo.rsp.ipv6", default=0)


def _routers(data: bytes, at: int, stop: int) -> tuple[Part, ...]:
    """As many routers as the head tells of, in entries of as many words; Mobile IP's extensions behind them."""
    count, size = data[at - 4], max(data[at - 3] * 4, AdvertisedRouter.LAYOUT.size)
    parts: list[Part] = []
    while count and at + AdvertisedRouter.LAYOUT.size <= stop:
        router = AdvertisedRouter.decode(data, at)
        end = min(stop, at + size)
        inner: list[Part] = [Placed(router, at, at + AdvertisedRouter.LAYOUT.size)]
        if at + AdvertisedRouter.LAYOUT.size < end:
            inner.append(bytes_span("icmp.router.data", "data", data, at + AdvertisedRouter.LAYOUT.size, end))
        parts.append(heading("icmp.router", "router", at, end, inner, inner[:1]))
        at, count = end, count - 1
    return (*parts, *agent_extensions(data, at, stop))


def _domain_names(data: bytes, at: int, stop: int) -> tuple[Part, ...]:
    """Names of the host, uncompressed (RFC 1788, section 3)."""
    parts: list[Part] = []
    while at < stop and len(parts) < MOST_ELEMENTS:
        name, end = domain_name(data, at, stop)
        parts.append(stretch("icmp.domain.name", "name", at, end, name, value=name))
        at = end
    return tuple(parts)


ICMP_MESSAGES: dict[int, Message] = {
    IcmpType.ECHO_REPLY: Message(IcmpEcho, Body.DATA),
    IcmpType.DESTINATION_UNREACHABLE: Message(Unreachable, Body.QUOTE),
    IcmpType.SOURCE_QUENCH: Message(Unextended, Body.QUOTE),
    IcmpType.REDIRECT: Message(Redirect, Body.QUOTE),
    IcmpType.ECHO: Message(IcmpEcho, Body.DATA),
    IcmpType.ROUTER_ADVERTISEMENT: Message(RouterAdvertisement, tail=_routers),
    IcmpType.ROUTER_SOLICITATION: Message(RouterSolicitation, tail=agent_extensions),
    IcmpType.ALTERNATE_HOST_ADDRESS: Message(Icmp, Body.DATA),
    IcmpType.TIME_EXCEEDED: Message(Unreachable, Body.QUOTE),
    IcmpType.PARAMETER_PROBLEM: Message(ParameterProblem, Body.QUOTE),
    IcmpType.TIMESTAMP: Message(Timestamp, Body.DATA),
    IcmpType.TIMESTAMP_REPLY: Message(Timestamp, Body.DATA),
    IcmpType.INFORMATION_REQUEST: Message(IcmpEcho, Body.DATA),
    IcmpType.INFORMATION_REPLY: Message(IcmpEcho, Body.DATA),
    IcmpType.ADDRESS_MASK_REQUEST: Message(AddressMask, Body.DATA),
    IcmpType.ADDRESS_MASK_REPLY: Message(AddressMask, Body.DATA),
    IcmpType.TRACEROUTE: Message(Traceroute),
    IcmpType.DATAGRAM_CONVERSION_ERROR: Message(ConversionError, Body.QUOTE),
    IcmpType.DOMAIN_NAME_REQUEST: Message(IcmpEcho, Body.DATA),
    IcmpType.DOMAIN_NAME_REPLY: Message(DomainNameReply, tail=_domain_names),
    IcmpType.PHOTURIS: Message(Photuris, Body.QUOTE),
    IcmpType.EXTENDED_ECHO_REQUEST: Message(ExtendedEchoRequest, Body.OBJECTS),
    IcmpType.EXTENDED_ECHO_REPLY: Message(ExtendedEchoReply, Body.DATA),
}
