"""IPv6 extension headers (RFC 8200, section 4) and what every option in two of them starts with.

The options themselves are in `app.packet.ip.v6optiontable`, routing headers in `app.packet.ip.routing`.
"""

from app.packet.layout import Group, Header, flag, header, unsigned
from app.packet.registry import Protocol, Registry

TYPE = Group("ipv6.opt.type", "type")


class UnknownAction(Registry):
    """What a node does that does not know the option (RFC 8200, section 4.2)."""

    SKIP = 0
    DISCARD = 1
    DISCARD_AND_TELL = 2
    DISCARD_AND_TELL_UNLESS_MULTICAST = 3


@header("ipv6.opt", "option", "RFC 8200, section 4.2")
class OptionType(Header):
    """The type, which says itself what a node that does not know it must do."""

    action: int = unsigned(2, name="ipv6.opt.type.action", registry=UnknownAction, group=TYPE, default=0)
    may_change: int = flag("may change", name="ipv6.opt.type.change", group=TYPE, default=0)
    rest: int = unsigned(5, "low-order bits", name="ipv6.opt.type.rest", style="hex", group=TYPE, default=0)


@header("ipv6.opt", "option", "RFC 8200, section 4.2")
class Option(OptionType):
    """Every option but Pad1; the length does not count these two bytes."""

    length: int = unsigned(8, name="ipv6.opt.length", unit="bytes", default=0)


@header("ipv6.hopopts", "IPv6 hop-by-hop options", "RFC 8200, section 4.3")
class HopByHop(Header):
    """Options that every router on the way reads."""

    next_header: int = unsigned(8, name="nxt", registry=Protocol)
    length: int = unsigned(8, name="len", unit="times 8 bytes, the first 8 not counted", default=0)


@header("ipv6.dstopts", "IPv6 destination options", "RFC 8200, section 4.6")
class DestinationOptions(Header):
    """Options that the destination reads."""

    next_header: int = unsigned(8, name="nxt", registry=Protocol)
    length: int = unsigned(8, name="len", unit="times 8 bytes, the first 8 not counted", default=0)


@header("ipv6.fraghdr", "IPv6 fragment header", "RFC 8200, section 4.5")
class Fragment(Header):
    """Which part of a larger datagram this is."""

    next_header: int = unsigned(8, name="nxt", registry=Protocol)
    reserved: int = unsigned(8, name="reserved_octet", style="hex", default=0)
    offset: int = unsigned(13, unit="times 8 bytes", default=0)
    reserved_bits: int = unsigned(2, name="reserved_bits", default=0)
    more_fragments: int = flag("more fragments", name="more", default=0)
    identification: int = unsigned(32, name="ident", style="hex", default=0)


@header("ah", "IP authentication header", "RFC 4302, section 2")
class Authentication(Header):
    """Proves who sent the packet; the integrity check value follows."""

    next_header: int = unsigned(8, registry=Protocol)
    length: int = unsigned(8, unit="times 4 bytes, the first 8 not counted")
    reserved: int = unsigned(16, style="hex", default=0)
    spi: int = unsigned(32, "security parameters index", style="hex")
    sequence: int = unsigned(32, "sequence number")


@header("esp", "IP encapsulating security payload", "RFC 4303, section 2")
class Encapsulation(Header):
    """What can be read of an encrypted payload."""

    spi: int = unsigned(32, "security parameters index", style="hex")
    sequence: int = unsigned(32, "sequence number")
