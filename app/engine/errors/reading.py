"""From a frame to the error in it: who says what, about which packet of whose.

It reads what `app.packet.answer` reads of errors, and redirects beside them (RFC 792; RFC 4861, section 4.5), and
never raises: None is what is no error.
"""

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address

from app.engine.datagram import Datagram
from app.engine.errors.snapshot import Flow
from app.packet.answer import Answer, AnswerKind, Quote, read_answer, read_quote
from app.packet.checksum import ones_sum, pseudo_header
from app.packet.compose import Address
from app.packet.icmp.types import IcmpType, Icmpv6Type
from app.packet.ip.chain import upper_layer
from app.packet.link.linktype import LinkType
from app.packet.link.numbers import EtherType
from app.packet.registry import Protocol

_TAGS = (EtherType.VLAN, EtherType.SERVICE_VLAN)
_TAG_SIZE = 4
#: Where the type of the network layer stands, and where that layer begins.
_LINK_HEADERS = {LinkType.ETHERNET: (12, 14), LinkType.LINUX_SLL: (14, 16), LinkType.LINUX_SLL2: (0, 20)}

_WITH_PORTS = frozenset((Protocol.TCP, Protocol.UDP, Protocol.UDPLITE, Protocol.DCCP, Protocol.SCTP))
#: Messages of ICMP that carry an identifier in bytes 4 and 5: the asking ones, as answers are not ours.
_WITH_IDENTIFIER = {
    Protocol.ICMP: frozenset((8, 13, 15, 17, 42)),
    Protocol.IPV6_ICMP: frozenset((128, 160)),
}
_REDIRECTED_HEADER = 4  #: RFC 4861, section 4.6.3
_NEIGHBOUR_HOPS = 255  #: what every message of neighbour discovery must arrive with (RFC 4861, section 8.1)


@dataclass(frozen=True, slots=True)
class IcmpError:
    """One error or redirect as it was said."""

    source: Address
    destination: Address
    type: int
    code: int
    quote: Quote | None
    mtu: int | None = None
    gateway: Address | None = None  #: where a redirect leads
    redirected: Address | None = None  #: the destination that it is about
    trouble: str = ""  #: why the kernel drops it unread, as a clause


def read_error(datagram: Datagram) -> IcmpError | None:
    """The error in what a link has heard; None where there is none."""
    data = network_layer(datagram.data, datagram.link)
    if data is None:
        return None
    answer = read_answer(data)
    if answer is None:
        return _read_redirect6(data)
    if answer.kind is not AnswerKind.ICMP_ERROR or answer.type is None or answer.code is None:
        return None
    is_redirect = answer.destination.version == 4 and answer.type == IcmpType.REDIRECT
    return IcmpError(
        answer.source,
        answer.destination,
        answer.type,
        answer.code,
        answer.quote,
        mtu=answer.mtu,
        gateway=IPv4Address(answer.transport[4:8]) if is_redirect else None,
        redirected=answer.quote.destination if is_redirect and answer.quote is not None else None,
        trouble=_damage(answer),
    )


def _damage(answer: Answer) -> str:
    return "" if answer.is_checksum_good else "its checksum is wrong"


def network_layer(data: bytes, link: LinkType) -> bytes | None:
    """The IP datagram in a frame; None where it holds none."""
    if link not in _LINK_HEADERS:
        return data if link in (LinkType.RAW, LinkType.IPV4, LinkType.IPV6) else None
    type_at, start = _LINK_HEADERS[link]
    kind = int.from_bytes(data[type_at : type_at + 2], "big")
    while link is LinkType.ETHERNET and kind in _TAGS and start <= len(data):
        start += _TAG_SIZE
        kind = int.from_bytes(data[start - 2 : start], "big")
    return data[start:] if kind in (EtherType.IPV4, EtherType.IPV6) else None


def _read_redirect6(data: bytes) -> IcmpError | None:
    if len(data) < 40 or data[0] >> 4 != 6:
        return None
    upper = upper_layer(data[6], data, 40)
    message = data[upper.start : 40 + int.from_bytes(data[4:6], "big")]
    is_redirect = message[:1] == bytes((Icmpv6Type.REDIRECT_MESSAGE,)) and not upper.fragment_offset
    if upper.protocol != Protocol.IPV6_ICMP or not is_redirect or len(message) < 40:
        return None
    source, destination = IPv6Address(data[8:24]), IPv6Address(data[24:40])
    return IcmpError(
        source,
        destination,
        message[0],
        message[1],
        _redirected_header(message[40:]),
        gateway=IPv6Address(message[8:24]),
        redirected=IPv6Address(message[24:40]),
        trouble=_trouble6(source, destination, data[7], message),
    )


def _redirected_header(options: bytes) -> Quote | None:
    while len(options) >= 8 and options[1]:
        size = options[1] * 8
        if options[0] == _REDIRECTED_HEADER:
            return read_quote(options[8:size], 6)
        options = options[size:]
    return None


def _trouble6(source: IPv6Address, destination: IPv6Address, hop_limit: int, message: bytes) -> str:
    """Why a redirect is not valid (RFC 4861, section 8.1)."""
    front = pseudo_header(source, destination, Protocol.IPV6_ICMP, len(message))
    if ones_sum(front + message) != 0xFFFF:
        return "its checksum is wrong"
    if hop_limit != _NEIGHBOUR_HOPS:
        return f"it came from beyond the link: its hop limit is {hop_limit}"
    return "" if source.is_link_local else "its sender is no link-local address"


def flow_of(quote: Quote, interface: str | None) -> Flow:
    """The ends of a quoted packet that this host is said to have sent."""
    ports = quote.protocol in _WITH_PORTS and not quote.is_fragment and len(quote.transport) >= 4
    asks = _WITH_IDENTIFIER.get(Protocol(quote.protocol), frozenset())
    has_identifier = not quote.is_fragment and len(quote.transport) >= 6 and quote.transport[0] in asks
    return Flow(
        quote.protocol,
        quote.source,
        quote.destination,
        int.from_bytes(quote.transport[:2], "big") if ports else None,
        int.from_bytes(quote.transport[2:4], "big") if ports else None,
        int.from_bytes(quote.transport[4:6], "big") if has_identifier else None,
        interface,
    )
