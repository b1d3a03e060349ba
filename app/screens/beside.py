"""What is known of the way between a probe and what came back: the hop that answered, and other hops' quotations."""

import re

from app.engine.dissecting import dissected
from app.engine.packetlog import Packet
from app.engine.packetsource import PacketSource
from app.packet.dissection import Dissection
from widgets.packetindex import PacketIndex

_HOP = re.compile(r"\bhop (\d+)\b")
#: How far back earlier quotations are looked for: some rounds of a trace.
_LOOKED_BACK = 2_000


def hop_of(packet: Packet) -> int | None:
    """The hop that a packet proves, where a trace said so."""
    match = _HOP.search(packet.text) or _HOP.search(packet.row or "")
    return None if match is None else int(match[1])


def earlier_quotations(index: PacketIndex, source: PacketSource, reply: Packet) -> list[tuple[int, Dissection]]:
    """The newest quotation that each other hop of the same trace has sent before a reply."""
    found: dict[int, Packet] = {}
    probe = index.question(reply)
    for packet in source.since(max(source.first, reply.number - _LOOKED_BACK)):
        if packet.number >= reply.number:
            break
        hop = hop_of(packet)
        if hop is not None and hop != hop_of(reply) and _is_alike(index.question(packet), probe):
            found[hop] = packet
    return [(hop, dissected(packet)) for hop, packet in sorted(found.items())]


def _is_alike(probe: Packet | None, other: Packet | None) -> bool:
    """Whether two probes went to one host."""
    return probe is not None and other is not None and dissected(probe).destination == dissected(other).destination
