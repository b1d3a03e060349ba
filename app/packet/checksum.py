"""The Internet checksum (RFC 1071): ones' complement sums over bytes and pseudo-headers.

All sums here are taken over big-endian 16-bit words, an odd last byte padded with zero on the right.
"""

from ipaddress import IPv4Address, IPv6Address


def ones_sum(data: bytes | bytearray | memoryview) -> int:
    """The folded ones' complement sum of `data`, 0..0xffff, not yet complemented."""
    total = int.from_bytes(data, "big")
    if len(data) & 1:
        total <<= 8
    # 2**16 is 1 modulo 0xffff, so the sum of the words is the number itself modulo 0xffff.
    # Only all-zero words sum to 0; any other multiple of 0xffff folds to 0xffff (RFC 1071, section 2).
    return total % 0xFFFF or (0xFFFF if total else 0)


def internet_checksum(data: bytes | bytearray | memoryview) -> int:
    """The value for the checksum field of `data`, whose own field is zero (RFC 1071, section 1)."""
    return ones_sum(data) ^ 0xFFFF


def pseudo_header(
    source: IPv4Address | IPv6Address, destination: IPv4Address | IPv6Address, protocol: int, length: int
) -> bytes:
    """The bytes summed in front of an upper-layer packet: RFC 768 (IPv4), RFC 8200, section 8.1 (IPv6)."""
    if isinstance(source, IPv4Address):
        return source.packed + destination.packed + bytes((0, protocol)) + length.to_bytes(2, "big")
    return source.packed + destination.packed + length.to_bytes(4, "big") + bytes((0, 0, 0, protocol))


def pseudo_sum(
    source: IPv4Address | IPv6Address, destination: IPv4Address | IPv6Address, protocol: int, length: int
) -> int:
    """What the pseudo-header adds to a sum: 2**16 is 1 modulo 0xffff, so its words need not be laid out."""
    return int(source) + int(destination) + protocol + length


def steer(data: bytes, at: int, target: int) -> bytes:
    """`data` with the two bytes at even offset `at` chosen so that its checksum becomes `target`.

    `data` includes whatever the checksum covers, with its checksum field zero. A probe keeps its flow
    that way: what a router hashes stays constant while sequence numbers change (Paris traceroute).
    `target` 0xffff is the sum of nothing and cannot be reached by data that is not all zero.
    """
    rest = data[:at] + b"\0\0" + data[at + 2 :]
    word = ((target ^ 0xFFFF) - ones_sum(rest)) % 0xFFFF
    return data[:at] + word.to_bytes(2, "big") + data[at + 2 :]
