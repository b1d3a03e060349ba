"""Multicast traceroute over IGMP: a query that gathers a block from each router on the way to the source.

The protocol of draft-fenner-traceroute-ipm, which routers still speak; its successor, RFC 8487, runs over UDP and
has no place here. A query without blocks is a query, one with blocks a request on its way, and a response has come
back (types 0x1f and 0x1e).
"""

from ipaddress import IPv4Address

from app.packet.layout import Header, flag, header, ipv4_address, unsigned
from app.packet.multicast.igmp import Igmp, IgmpType
from app.packet.registry import Registry
from app.packet.walk import Walk, counted, few

_DRAFT = "draft-fenner-traceroute-ipm-01"
#: Units of an NTP timestamp's middle 32 bits in a second.
_TICKS = 1 << 16


class RoutingProtocol(Registry):
    """draft-fenner-traceroute-ipm-01, section 4.9; RFC 8487, section 3.2.5"""

    UNKNOWN = 0
    DVMRP = 1
    MOSPF = 2
    PIM = 3
    CBT = 4
    PIM_BY_A_SPECIAL_TABLE = 5
    PIM_BY_A_STATIC_ROUTE = 6
    DVMRP_BY_A_STATIC_ROUTE = 7
    PIM_BY_MBGP = 8
    CBT_BY_A_SPECIAL_TABLE = 9
    CBT_BY_A_STATIC_ROUTE = 10
    PIM_BY_AN_ASSERT = 11


class ForwardingCode(Registry):
    """draft-fenner-traceroute-ipm-01, section 4.13; RFC 8487, section 3.2.5"""

    NO_ERROR = 0x00
    WRONG_INTERFACE = 0x01
    PRUNE_SENT = 0x02
    PRUNE_RECEIVED = 0x03
    SCOPED = 0x04
    NO_ROUTE = 0x05
    WRONG_LAST_HOP = 0x06
    NOT_FORWARDING = 0x07
    REACHED_RP = 0x08
    RPF_INTERFACE = 0x09
    NO_MULTICAST = 0x0A
    INFORMATION_HIDDEN = 0x0B
    NO_SPACE = 0x81
    OLD_ROUTER = 0x82
    ADMINISTRATIVELY_PROHIBITED = 0x83


def _arrival(ticks: int) -> str:
    return f"{ticks}  {ticks / _TICKS:.3f} s of 18 hours"


@header("igmp", "IGMP", f"{_DRAFT}, section 3")
class Trace(Igmp):
    """Query, request and response alike: which path is traced, for whom, and who is answered."""

    most_hops: int = unsigned(8, "number of hops", name="igmp.mtrace.max_hops", default=0)
    checksum: int = unsigned(16, style="hex", default=0)
    group: IPv4Address = ipv4_address("group address", name="igmp.maddr")
    source: IPv4Address = ipv4_address("source address", name="igmp.mtrace.saddr")
    receiver: IPv4Address = ipv4_address("receiver address", name="igmp.mtrace.raddr")
    answered: IPv4Address = ipv4_address("response address", name="igmp.mtrace.rspaddr")
    ttl: int = unsigned(8, "response TTL", name="igmp.mtrace.resp_ttl", default=0)
    identifier: int = unsigned(24, "query identifier", name="igmp.mtrace.q_id", default=0)


@header("igmp.mtrace", "response block", f"{_DRAFT}, section 4")
class TraceBlock(Header):
    """What one router says of the path: its interfaces, the router before it, and its counts of packets."""

    arrival: int = unsigned(32, "query arrival time", name="igmp.mtrace.q_arrival", words=_arrival, default=0)
    incoming: IPv4Address = ipv4_address("incoming interface", name="igmp.mtrace.q_inaddr")
    outgoing: IPv4Address = ipv4_address("outgoing interface", name="igmp.mtrace.q_outaddr")
    previous: IPv4Address = ipv4_address("previous-hop router", name="igmp.mtrace.q_prevrtr")
    packets_in: int = unsigned(32, "packets in", name="igmp.mtrace.q_inpkt", default=0)
    packets_out: int = unsigned(32, "packets out", name="igmp.mtrace.q_outpkt", default=0)
    total: int = unsigned(32, "packets of this source and group", name="igmp.mtrace.q_total", default=0)
    protocol: int = unsigned(8, "routing protocol", name="igmp.mtrace.q_rtg_proto", registry=RoutingProtocol, default=0)
    threshold: int = unsigned(8, "TTL needed to be forwarded", name="igmp.mtrace.q_fwd_ttl", default=0)
    reserved: int = unsigned(1, name="igmp.mtrace.q_mbz", default=0)
    is_of_subnet: int = flag("counts the whole subnet", name="igmp.mtrace.q_s", default=0)
    mask: int = unsigned(6, "source mask length", name="igmp.mtrace.q_src_mask", default=0)
    code: int = unsigned(
        8, "forwarding code", name="igmp.mtrace.q_fwd_code", style="hex", registry=ForwardingCode, default=0
    )


def read_trace(walk: Walk) -> str:
    """A query, request or response with its blocks, the nearest to the receiver first."""
    head = walk.take(Trace)
    is_response = head.type == IgmpType.MULTICAST_TRACEROUTE_RESPONSE
    kind = "response" if is_response else "request" if walk.lasts() else "query"
    walk.says = f"mtrace {kind}, {head.source} to {head.receiver} by {head.group}"
    hops = []
    while walk.stop - walk.at >= TraceBlock.LAYOUT.size:
        with walk.under("igmp.mtrace.block", "response block") as words:
            block = walk.take(TraceBlock)
            code = ForwardingCode(block.code)
            words.append(f"{block.incoming} → {block.outgoing}, {code.words}")
        hops.append(f"{block.outgoing}{f' ({code.words})' if code else ''}")
    told = f", {counted(len(hops), 'hop')}: {few(hops)}" if hops else ""
    return f"{walk.says}{told}"
