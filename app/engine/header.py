"""The IP header of a flow's probes: made once, then only TTL and identification put in and the checksum put right."""

import struct
from functools import lru_cache
from ipaddress import IPv4Address

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
        self._back = envelope.source.packed + envelope.destination.packed
        self._protocol = protocol
        self._sum: int | None = None
        if envelope.source.version == 4:
            head, rest = _blank(envelope.dscp, protocol, size, may_fragment=not envelope.dont_fragment)
            self._front, self._flags = head[:4], head[6:8]
            self._sum = rest + ones_sum(self._back)
        else:
            self._front, self._flags = ip_datagram(envelope, protocol, bytes(size))[:7], b""

    def __call__(self, ttl: int, identification: int = 0) -> bytes:
        """The header of one probe. `identification` is of IPv4 alone."""
        if self._sum is None:
            return b"%b%c%b" % (self._front, ttl, self._back)
        checksum = ((self._sum + (ttl << 8) + identification) % 0xFFFF or 0xFFFF) ^ 0xFFFF
        varies = _VARIES_4.pack(identification, self._flags, ttl, self._protocol, checksum)
        return self._front + varies + self._back


@lru_cache(64)
def _blank(dscp: int, protocol: Protocol, size: int, *, may_fragment: bool) -> tuple[bytes, int]:
    """An IPv4 header without addresses, TTL and identification, and the sum of its words without the checksum."""
    nobody = IPv4Address(0)
    envelope = Envelope(nobody, nobody, ttl=0, dscp=dscp, dont_fragment=not may_fragment)
    head = ip_datagram(envelope, protocol, bytes(size))[:20]
    return head, ones_sum(head[:10] + head[12:])
