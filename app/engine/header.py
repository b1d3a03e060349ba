"""The IP header of a flow's probes: made once, then only TTL and identification put in and the checksum put right."""

import struct

from app.packet.checksum import ones_sum
from app.packet.compose import Envelope, ip_datagram
from app.packet.registry import Protocol

_VARIES_4 = struct.Struct(">H2sBBH")  #: identification, flags and offset, TTL, protocol, checksum (RFC 791)


class Header:
    """Headers in front of payloads that are all `size` bytes long. The envelope's TTL and identification are no matter.

    A checksum is a sum, so what varies is added to that of all else: RFC 1624, with nothing to take away.
    """

    __slots__ = ("_back", "_flags", "_front", "_protocol", "_sum")

    def __init__(self, envelope: Envelope, protocol: Protocol, size: int) -> None:
        whole = bytearray(ip_datagram(envelope, protocol, bytes(size)))
        self._protocol = protocol
        if envelope.source.version == 4:
            head = whole[:20]
            head[4:6] = head[10:12] = bytes(2)
            head[8] = 0
            self._front, self._flags, self._back = bytes(head[:4]), bytes(head[6:8]), bytes(head[12:])
            self._sum: int | None = ones_sum(head)
        else:
            self._front, self._flags, self._back = bytes(whole[:7]), b"", bytes(whole[8:40])
            self._sum = None

    def __call__(self, ttl: int, identification: int = 0) -> bytes:
        """The header of one probe. `identification` is of IPv4 alone."""
        if self._sum is None:
            return b"%b%c%b" % (self._front, ttl, self._back)
        checksum = ((self._sum + (ttl << 8) + identification) % 0xFFFF or 0xFFFF) ^ 0xFFFF
        varies = _VARIES_4.pack(identification, self._flags, ttl, self._protocol, checksum)
        return self._front + varies + self._back
