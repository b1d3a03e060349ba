"""DHCPv6 options for IPv4 over IPv6 (RFC 7598) and for failover between servers (RFC 8156)."""

from app.packet.address import IPV6
from app.packet.application.name import partial_domain
from app.packet.application.options6 import options
from app.packet.application.pieces import (
    Message,
    Piece,
    address4,
    address6,
    each,
    head,
    named_field,
    number,
    octets,
    text,
)
from app.packet.dissection import Part
from app.packet.layout import Group, Header, Span, flag, header, unsigned

RULE_FLAGS = Group("dhcpv6.s46_rule.flags", "flags")
CONNECT_FLAGS = Group("dhcpv6.failover.connect.flags", "flags")
DNS_FLAGS = Group("dhcpv6.failover.dns.flags", "flags")
SERVER_FLAGS = Group("dhcpv6.failover.server.flags", "flags")


@header("dhcpv6.s46_rule", "S46 rule", "RFC 7598, section 4.1")
class MappingRule(Header):
    """Whether the rule is for forwarding too."""

    reserved: int = unsigned(7, name="dhcpv6.s46_rule.flags.reserved", group=RULE_FLAGS, default=0)
    forwarding: int = flag("forwarding mapping rule", name="dhcpv6.s46_rule.flags.fmr", group=RULE_FLAGS, default=0)


@header("dhcpv6.failover", "connect flags", "RFC 8156, section 5.5.2")
class ConnectFlags(Header):
    """What the partner can do."""

    reserved: int = unsigned(15, name="dhcpv6.failover.connect.flags.reserved", group=CONNECT_FLAGS, default=0)
    fixed_length: int = flag(
        "fixed prefix length", name="dhcpv6.failover.connect.flags.f", group=CONNECT_FLAGS, default=0
    )


@header("dhcpv6.failover", "DNS flags", "RFC 8156, section 5.5.6")
class DnsFlags(Header):
    """How far DNS knows the client."""

    reserved: int = unsigned(12, name="dhcpv6.failover.dns.flags.reserved", group=DNS_FLAGS, default=0)
    requested: int = flag("name as requested", name="dhcpv6.failover.dns.flags.u", group=DNS_FLAGS, default=0)
    synthesized: int = flag("name synthesized", name="dhcpv6.failover.dns.flags.s", group=DNS_FLAGS, default=0)
    reverse: int = flag("reverse is up to date", name="dhcpv6.failover.dns.flags.r", group=DNS_FLAGS, default=0)
    forward: int = flag("forward is up to date", name="dhcpv6.failover.dns.flags.f", group=DNS_FLAGS, default=0)


@header("dhcpv6.failover", "server flags", "RFC 8156, section 5.5.18")
class ServerFlags(Header):
    """How the partner starts."""

    reserved: int = unsigned(5, name="dhcpv6.failover.server.flags.reserved", group=SERVER_FLAGS, default=0)
    acknowledged: int = flag(
        "start-up acknowledged", name="dhcpv6.failover.server.flags.a", group=SERVER_FLAGS, default=0
    )
    starting: int = flag("starts up", name="dhcpv6.failover.server.flags.s", group=SERVER_FLAGS, default=0)
    communicated: int = flag("has communicated", name="dhcpv6.failover.server.flags.c", group=SERVER_FLAGS, default=0)


def _prefix6(length_name: str, name: str) -> Piece:
    """A prefix length and as many bytes of the prefix as it needs."""
    length = number(length_name, "IPv6 prefix length", 1, unit="bits")

    def read(message: Message, at: int, stop: int) -> tuple[list[Part], int] | None:
        found = length(message, at, stop)
        size = (message.data[at] + 7) // 8 if at < stop else 0
        end = at + 1 + size
        if found is None or size > 16 or end > stop:
            return None
        value = IPV6[message.data[at + 1 : end].ljust(16, b"\0")]
        field = named_field(name, "IPv6 prefix", size, kind="ipv6")
        return (found[0] + ([Span(field, at * 8 + 8, end * 8, value)] if size else []), end)

    return read


def _number(name: str, size: int, unit: str = "") -> tuple[Piece, ...]:
    return (number(f"dhcpv6.failover.{name}", "value", size, unit=unit),)


_RULE = (
    head(MappingRule),
    number("dhcpv6.s46_rule.ea_len", "EA-bit length", 1, unit="bits"),
    number("dhcpv6.s46_rule.ipv4_pref_len", "IPv4 prefix length", 1, unit="bits"),
    address4("dhcpv6.s46_rule.ipv4_prefix", "IPv4 prefix"),
    _prefix6("dhcpv6.s46_rule.ipv6_prefix_len", "dhcpv6.s46_rule.ipv6_prefix"),
    options,
)
_BINDING = (
    address4("dhcpv6.s46_v4v6bind.ipv4_address", "IPv4 address"),
    _prefix6("dhcpv6.s46_v4v6bind.ipv6_pref_len", "dhcpv6.s46_v4v6bind.ipv6_prefix"),
    options,
)
_PORTS = (
    number("dhcpv6.s46_portparam.offset", "offset", 1),
    number("dhcpv6.s46_portparam.psid_len", "PSID length", 1, unit="bits"),
    number("dhcpv6.s46_portparam.psid", "PSID", 2, style="hex"),
)

TRANSITION_OPTIONS: dict[int, tuple[Piece, ...]] = {
    89: _RULE,
    90: (address6("dhcpv6.s46_br.address", "border relay"),),
    91: (_prefix6("dhcpv6.s46_dmr.dmr_pref_len", "dhcpv6.s46_dmr.dmr_prefix"),),
    92: _BINDING,
    93: _PORTS,
    94: (options,),
    95: (options,),
    96: (options,),
    111: (each(number("dhcpv6.option_code", "option", 2)),),
    114: _number("binding_status", 1),
    115: (head(ConnectFlags),),
    116: (options,),
    117: (partial_domain("dhcpv6.failover.dns_hostname", "host"),),
    118: (partial_domain("dhcpv6.failover.dns_zonename", "zone"),),
    119: (head(DnsFlags),),
    120: _number("expiration_time", 4, "s"),
    121: _number("max_unacked_bndupd", 4),
    122: _number("mclt", 4, "s"),
    123: _number("partner_lifetime", 4, "s"),
    124: _number("partner_lifetime_sent", 4, "s"),
    125: _number("partner_down_time", 4, "s"),
    126: _number("partner_raw_clt_time", 4, "s"),
    127: (*_number("protocol.major_version", 2), *_number("protocol.minor_version", 2)),
    128: _number("keepalive_time", 4, "s"),
    129: (*_number("reconfigure_time", 4, "s"), octets("dhcpv6.failover.reconfigure_key", "key")),
    130: (text("dhcpv6.failover.relationship_name", "relationship"),),
    131: (head(ServerFlags),),
    132: _number("server_state", 1),
    133: _number("start_time_of_state", 4, "s"),
    134: _number("state_expiration_time", 4, "s"),
}
