"""A datagram on its way: the fields that routers look at, read once, and its bytes as they are now."""

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address

from app.packet.checksum import internet_checksum
from app.packet.compose import Address
from app.packet.icmp.types import IcmpType
from app.packet.ip.chain import upper_layer
from app.packet.registry import Protocol

_ICMP_ERRORS = {3, 4, 5, 11, 12}


@dataclass(slots=True)
class Parcel:
    """One datagram. `data` is as it was sent; `ttl` is what the header says now."""

    data: bytes
    version: int
    source: bytes
    destination: bytes
    protocol: int
    start: int  #: byte of the transport header
    ttl: int
    is_fragment: bool  #: not the first one: there is no transport header
    may_fragment: bool
    is_ours: bool = False  #: sent by the machine that measures: only this is answered
    hash: int | None = None  #: of the flow, once a router asked for it

    @property
    def from_address(self) -> Address:
        """The source."""
        return IPv4Address(self.source) if self.version == 4 else IPv6Address(self.source)

    @property
    def to_address(self) -> Address:
        """The destination."""
        return IPv4Address(self.destination) if self.version == 4 else IPv6Address(self.destination)

    @property
    def transport(self) -> bytes:
        """From the first byte of the transport header on."""
        return self.data[self.start :]

    @property
    def traffic_class(self) -> int:
        """TOS or traffic class, all eight bits."""
        return self.data[1] if self.version == 4 else (self.data[0] << 4 | self.data[1] >> 4) & 0xFF

    def mark(self, dscp: int) -> None:
        """Write another DSCP over that of the header; ECN is left alone (RFC 2474, section 3)."""
        traffic_class = dscp << 2 | self.traffic_class & 3
        if self.version == 4:
            head = bytes((self.data[0], traffic_class))
        else:
            head = bytes((self.data[0] & 0xF0 | traffic_class >> 4, (traffic_class & 15) << 4 | self.data[1] & 15))
        self.data = head + self.data[2:]

    @property
    def flow(self) -> bytes:
        """What routers hash: addresses, protocol, flow label and the first word of the transport header.

        That word holds the ports of UDP and TCP, and type, code and checksum of ICMP: what a traceroute has
        to keep constant. A later fragment has none.
        """
        label = self.data[1:4] if self.version == 6 else b""
        word = b"" if self.is_fragment else self.data[self.start : self.start + 4]
        return self.source + self.destination + bytes((self.protocol,)) + label + word

    @property
    def is_icmp_error(self) -> bool:
        """An error about an error is never sent (RFC 1122, section 3.2.2; RFC 4443, section 2.4 (e))."""
        if self.start >= len(self.data):
            return False
        kind = self.data[self.start]
        if self.version == 4:
            return self.protocol == Protocol.ICMP and kind in _ICMP_ERRORS
        return self.protocol == Protocol.IPV6_ICMP and kind < 128

    @property
    def is_echo_request(self) -> bool:
        """An echo request whose header is whole."""
        if len(self.data) < self.start + 8 or self.is_fragment:
            return False
        kind = self.data[self.start]
        if self.version == 4:
            return self.protocol == Protocol.ICMP and kind == IcmpType.ECHO
        return self.protocol == Protocol.IPV6_ICMP and kind == 128

    def now(self) -> bytes:
        """The bytes with the TTL of now; IPv4's header checksum follows it."""
        if self.version == 6:
            return b"".join((self.data[:7], bytes((self.ttl,)), self.data[8:]))
        return with_ttl(self.data, self.ttl)


def with_ttl(data: bytes, ttl: int) -> bytes:
    """An IPv4 datagram with another TTL and a header checksum that is right."""
    size = (data[0] & 15) * 4
    head = bytearray(data[:size])
    head[8] = ttl
    head[10:12] = b"\0\0"
    head[10:12] = internet_checksum(head).to_bytes(2, "big")
    return bytes(head) + data[size:]


def read_parcel(data: bytes) -> Parcel | None:
    """The datagram in `data`, cut at the length that it says; None where no router would forward it."""
    version = data[0] >> 4 if data else 0
    if version == 4 and len(data) >= 20:
        size, length = (data[0] & 15) * 4, data[2] << 8 | data[3]
        if not 20 <= size <= length <= len(data):
            return None
        flags = data[6] << 8 | data[7]
        return Parcel(
            data=data[:length],
            version=4,
            source=data[12:16],
            destination=data[16:20],
            protocol=data[9],
            start=size,
            ttl=data[8],
            is_fragment=bool(flags & 0x1FFF),
            may_fragment=not flags & 0x4000,
        )
    if version == 6 and len(data) >= 40:
        length = 40 + (data[4] << 8 | data[5])
        if length > len(data):
            return None
        data = data[:length]
        upper = upper_layer(data[6], data, 40)
        return Parcel(
            data=data,
            version=6,
            source=data[8:24],
            destination=data[24:40],
            protocol=upper.protocol,
            start=upper.start,
            ttl=data[7],
            is_fragment=upper.fragment_offset != 0,
            may_fragment=False,
        )
    return None
