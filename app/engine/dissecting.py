"""Packets of a source, dissected: what was shown a moment ago is not read again."""

from functools import lru_cache

from app.engine.packetlog import Packet
from app.packet.dissect import dissect
from app.packet.dissection import Dissection

#: More than two screens full of packets.
REMEMBERED = 256


def dissect_packet(packet: Packet) -> Dissection:
    """All that a packet says, read anew."""
    return dissect(packet.data, packet.link)


@lru_cache(REMEMBERED)
def dissected(packet: Packet) -> Dissection:
    """All that a packet says, for those who show it."""
    return dissect_packet(packet)
