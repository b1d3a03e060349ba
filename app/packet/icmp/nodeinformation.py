"""Node information queries and their responses (RFC 4620): ICMPv6 types 139 and 140."""

from ipaddress import ip_address

from app.packet.dissection import Part, Placed, stretch
from app.packet.icmp.domainname import domain_name
from app.packet.icmp.v4messages import Message
from app.packet.icmp.v6 import Icmpv6
from app.packet.layout import Group, Header, flag, header, octets, unsigned
from app.packet.registry import Registry
from app.packet.shape import MOST_ELEMENTS, bytes_span

FLAGS = Group("icmpv6.ni.flag", "flags")


class QueryType(Registry):
    """https://www.iana.org/assignments/icmpv6-parameters (Node Information Qtypes)"""

    NOOP = 0
    UNUSED = 1
    NODE_NAME = 2
    NODE_ADDRESSES = 3
    IPV4_ADDRESSES = 4


@header("icmpv6", Icmpv6.LAYOUT.title, "RFC 4620, section 4")
class NodeInformation(Icmpv6):
    """Node information query (139) and response (140)."""

    query: int = unsigned(16, "query type", name="icmpv6.ni.qtype", registry=QueryType)
    reserved: int = unsigned(10, name="icmpv6.ni.flag.rsv", group=FLAGS, default=0)
    global_scope: int = flag("global scope", name="icmpv6.ni.flag.g", group=FLAGS, default=0)
    site_local: int = flag("site-local", name="icmpv6.ni.flag.s", group=FLAGS, default=0)
    link_local: int = flag("link-local", name="icmpv6.ni.flag.l", group=FLAGS, default=0)
    compatible: int = flag("IPv4-compatible", name="icmpv6.ni.flag.c", group=FLAGS, default=0)
    all_unicast: int = flag("all unicast", name="icmpv6.ni.flag.a", group=FLAGS, default=0)
    truncated: int = flag(name="icmpv6.ni.flag.t", group=FLAGS, default=0)
    nonce: bytes = octets(8, name="icmpv6.ni.nonce")


@header("icmpv6.ni.reply", "time to live", "RFC 4620, section 6.3")
class TimeToLive(Header):
    """How long what follows may be kept."""

    ttl: int = unsigned(32, "time to live", name="node_ttl", unit="s")


_SUBJECTS = {0: ("ipv6", 16), 1: ("fqdn", 0), 2: ("ipv4", 4)}


def _subject(data: bytes, at: int, stop: int) -> tuple[Part, ...]:
    """Whom a query is about: the code says what kind of name it is."""
    kind, size = _SUBJECTS.get(data[at - 15], ("", -1))
    if size < 0 or stop - at < size:
        return (bytes_span("icmpv6.unknown_data", "data", data, at, stop),)
    name = f"icmpv6.ni.query.subject_{kind}"
    if size:
        address = ip_address(data[at : at + size])
        told = stretch(name, "subject", at, at + size, str(address), value=address)
        end = at + size
    else:
        subject, end = domain_name(data, at, stop)
        told = stretch(name, "subject", at, end, subject, value=subject)
    rest = (bytes_span("icmpv6.unknown_data", "data", data, end, stop),) if end < stop else ()
    return (told, *rest)


def _answer(data: bytes, at: int, stop: int) -> tuple[Part, ...]:
    """Names behind one time to live, or addresses each behind its own."""
    query = data[at - 12] << 8 | data[at - 11]
    size = {QueryType.NODE_ADDRESSES: 16, QueryType.IPV4_ADDRESSES: 4}.get(QueryType(query))
    parts: list[Part] = []
    if query == QueryType.NODE_NAME and at + 4 <= stop:
        parts.append(Placed(TimeToLive.decode(data, at), at, at + 4))
        at += 4
        while at < stop and data[at] and len(parts) < MOST_ELEMENTS:
            name, end = domain_name(data, at, stop)
            if end < stop and not data[end]:  # a name in a single label is not whole and ends with two zeros
                end += 1
            parts.append(stretch("icmpv6.ni.reply.node_name", "node name", at, end, name, value=name))
            at = end
    while size and at + 4 + size <= stop and len(parts) < MOST_ELEMENTS:
        parts.append(Placed(TimeToLive.decode(data, at), at, at + 4))
        at += 4
        address = ip_address(data[at : at + size])
        name = "icmpv6.ni.reply.node_address" if size == 16 else "icmpv6.ni.reply.ipv4_address"
        parts.append(stretch(name, "address", at, at + size, str(address), value=address))
        at += size
    if at < stop:
        parts.append(bytes_span("icmpv6.unknown_data", "data", data, at, stop))
    return tuple(parts)


NODE_QUERY = Message(NodeInformation, tail=_subject)
NODE_RESPONSE = Message(NodeInformation, tail=_answer)
