"""Checksums that the kernel left to the network card: completed here as the card will, or would on a real wire.

For a packet that a card is to finish, Linux puts the sum of the pseudo-header into the field, not complemented
(CHECKSUM_PARTIAL, Documentation/networking/checksum-offloads.rst). On loopback and veth nobody ever finishes it. What
is here not known to be TCP or UDP in its first fragment stays as it is.
"""

from app.packet.checksum import internet_checksum
from app.packet.registry import Protocol

_CHECKSUM_AT: dict[int, int] = {Protocol.UDP: 6, Protocol.TCP: 16}
_EXTENSIONS = (Protocol.HOPOPT, Protocol.IPV6_ROUTE, Protocol.IPV6_OPTS)
_IPV6_HEADER = 40
_FRAGMENTED = 0x3FFF  #: more fragments, and the offset


def completed(data: bytes, network: int) -> bytes:
    """A frame whose IP header begins at byte `network`, with the checksum of its upper layer put right."""
    try:
        protocol, upper, stop = _upper_layer(data, network)
        at = upper + _CHECKSUM_AT[protocol]
    except (IndexError, KeyError):
        return data
    if at + 2 > stop or stop > len(data):
        return data
    value = internet_checksum(data[upper:stop])
    if value == 0 and protocol == Protocol.UDP:
        value = 0xFFFF  # RFC 768: 0 means that there is none
    return data[:at] + value.to_bytes(2, "big") + data[at + 2 :]


def _upper_layer(data: bytes, network: int) -> tuple[int, int, int]:
    """The protocol above IP, where it begins, and where it ends. KeyError where it is in pieces."""
    length = data[network + 2] << 8 | data[network + 3]
    if data[network] >> 4 == 4:
        if (data[network + 6] << 8 | data[network + 7]) & _FRAGMENTED:
            raise KeyError
        # A segment too large for the field, which the card will cut, has 0 there.
        return data[network + 9], network + (data[network] & 15) * 4, network + length if length else len(data)
    length = data[network + 4] << 8 | data[network + 5]
    stop = network + _IPV6_HEADER + length if length else len(data)
    protocol, upper = data[network + 6], network + _IPV6_HEADER
    while protocol in _EXTENSIONS:
        protocol, upper = data[upper], upper + 8 * (data[upper + 1] + 1)
    return protocol, upper, stop
