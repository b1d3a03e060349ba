"""The chain of extension headers between an IP header and the upper layer (RFC 8200, section 4).

What is walked here is only how long each header is and what follows it; what the headers say is read
by `app.packet.dissect`.
"""

from typing import NamedTuple

from app.packet.layout import Buffer
from app.packet.registry import Protocol

#: Each extension header's unit of length, which its second byte counts, and the bytes that are not counted.
_LENGTHS: dict[int, tuple[int, int]] = {
    Protocol.HOPOPT: (8, 8),
    Protocol.IPV6_ROUTE: (8, 8),
    Protocol.IPV6_OPTS: (8, 8),
    Protocol.MOBILITY_HEADER: (8, 8),
    Protocol.HIP: (8, 8),
    Protocol.SHIM6: (8, 8),
    Protocol.AH: (4, 8),
    Protocol.IPV6_FRAG: (0, 8),
}
#: More headers than this are somebody's joke, and reading them costs time.
MOST_HEADERS = 16


class UpperLayer(NamedTuple):
    """Where the chain ends: the protocol that is no extension header, and the byte it starts at."""

    protocol: int
    start: int
    fragment_offset: int = 0  #: in units of 8 bytes; not 0: the bytes are the middle of a payload
    more_fragments: bool = False


def extension_size(protocol: int, data: Buffer, at: int) -> int | None:
    """Bytes of the extension header at `at`; None where `protocol` is none or its length is not there."""
    unit = _LENGTHS.get(protocol)
    if unit is None or at + 2 > len(data):
        return None
    return unit[1] + data[at + 1] * unit[0]


def upper_layer(protocol: int, data: Buffer, at: int) -> UpperLayer:
    """The end of the chain that starts with `protocol` at byte `at`, as far as the bytes reach."""
    offset, more = 0, False
    for _ in range(MOST_HEADERS):
        size = extension_size(protocol, data, at)
        if size is None or at + size > len(data) or offset:
            break
        if protocol == Protocol.IPV6_FRAG:
            word = data[at + 2] << 8 | data[at + 3]
            offset, more = word >> 3, bool(word & 1)
        protocol = data[at]
        at += size
    return UpperLayer(protocol, at, offset, more)
