"""Fields that count what is there: headers, what they carry, how often something stands in a list."""

from collections.abc import Callable, Mapping
from typing import TypeAlias

#: What a field should say: of a header of so many bytes, with so many bytes behind it.
Length: TypeAlias = Callable[[int, int], int]


def _whole(head: int, rest: int) -> int:
    return head + rest


def _rest(head: int, rest: int) -> int:
    return rest


def _words(head: int, rest: int) -> int:
    return head // 4


def _longer(head: int, rest: int) -> int:
    """In units of 8 bytes, the first 8 not counted (RFC 8200, section 4.3)."""
    return head // 8 - 1


LENGTHS: Mapping[str, Length] = {
    "ip.hdr_len": _words,
    "ip.len": _whole,
    "ipv6.plen": _rest,
    "ipv6.hopopts.len": _longer,
    "ipv6.dstopts.len": _longer,
    "ipv6.routing.len": _longer,
    "ah.length": lambda head, rest: head // 4 - 2,
    "tcp.hdr_len": _words,
    "udp.length": _whole,
    "dccp.data_offset": _words,
    "mip6.hlen": _longer,
    "hip.hdr_len": _longer,
    "shim6.len": _longer,
    "ospf.packet_length": _whole,
    "bfd.message_length": _whole,
    "pppoe.payload_length": lambda head, rest: head - 6 + rest,
    "dns.length": lambda head, rest: head + rest - 2,
    "eth.len": _rest,
    "vlan.len": _rest,
}
#: Fields that count how often another one is given.
COUNTS: Mapping[str, str] = {
    "vrrp.addr_count": "vrrp.ip_addr",
    "igmp.num_src": "igmp.saddr",
    "igmp.num_grp_recs": "igmp.record_type",
    "icmp.num_addrs": "icmp.router_address",
    "dns.count.queries": "dns.qry.name",
}
#: Fields that say of a fragment that it is one.
FRAGMENTS = frozenset(
    (
        "ip.flags",
        "ip.flags.mf",
        "ip.frag_offset",
        "ipv6.fraghdr.offset",
        "ipv6.fraghdr.more",
        "ip.version",
        "ipv6.version",
    )
)
