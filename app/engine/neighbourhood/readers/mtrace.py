"""What comes back to mtrace: a response with a block of each router on the way (draft-fenner-traceroute-ipm)."""

from collections.abc import Iterator, Mapping
from ipaddress import IPv4Address

from app.engine.neighbourhood.facts import MulticastHop, MulticastPath
from app.engine.neighbourhood.readers.headers import first, headers, is_bad_sum, is_readable
from app.engine.neighbourhood.saying import Heard, Reader
from app.packet.multicast.igmp import IgmpType
from app.packet.multicast.mtrace import ForwardingCode, RoutingProtocol, Trace, TraceBlock

_UNKNOWN = 0xFFFF_FFFF
#: Where the checksum stands in an IGMP message, in bytes.
_CHECKSUM = 2
MOST_HOPS = 64


def _read(heard: Heard) -> Iterator[MulticastPath]:
    head = first(Trace, heard.layer.parts[:1])
    if head is None or head.type != IgmpType.MULTICAST_TRACEROUTE_RESPONSE or not is_readable(heard):
        return
    if is_bad_sum(heard, heard.layer.start + _CHECKSUM):
        return
    blocks = [_hop(each) for each in headers(heard.layer.parts) if isinstance(each, TraceBlock)]
    yield MulticastPath(head.source, head.group, head.receiver, head.identifier, tuple(blocks[:MOST_HOPS]))


def _hop(block: TraceBlock) -> MulticastHop:
    return MulticastHop(
        incoming=_address(block.incoming),
        outgoing=_address(block.outgoing),
        previous=_address(block.previous),
        protocol=RoutingProtocol(block.protocol).words,
        threshold=block.threshold,
        code=ForwardingCode(block.code).words,
        packets_in=_count(block.packets_in),
        packets_out=_count(block.packets_out),
        packets=_count(block.total),
    )


def _address(told: IPv4Address) -> IPv4Address | None:
    return told if int(told) else None


def _count(told: int) -> int | None:
    return None if told == _UNKNOWN else told


READERS: Mapping[str, Reader] = {"igmp": _read}
