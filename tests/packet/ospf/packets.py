"""OSPF packets put together byte by byte, so that a test can lie in any field of them."""

from ipaddress import ip_address

from app.packet.checksum import internet_checksum, pseudo_header
from app.packet.compose import Envelope, ip_datagram
from app.packet.ospf.lsa import fletcher_bytes
from app.packet.registry import Protocol

ENVELOPE2 = Envelope(source=ip_address("10.0.0.1"), destination=ip_address("224.0.0.5"), ttl=1)
ENVELOPE3 = Envelope(source=ip_address("fe80::1"), destination=ip_address("ff02::5"), ttl=1)

#: Where the OSPF packet starts in the datagrams made here.
AT2, AT3 = 20, 40


def address(text: str) -> bytes:
    return ip_address(text).packed


def number(value: int, size: int) -> bytes:
    return value.to_bytes(size, "big")


def ospf2(kind: int, body: bytes, *, behind: bytes = b"", length: int | None = None) -> bytes:
    """A datagram with an OSPFv2 packet without authentication, its checksum right unless `length` lies."""
    size = number(24 + len(body) if length is None else length, 2)
    head = bytes((2, kind)) + size + address("1.1.1.1") + address("0.0.0.0")
    checksum = internet_checksum(head + b"\0\0\0\0" + body)
    packet = head + number(checksum, 2) + bytes(10) + body + behind
    return ip_datagram(ENVELOPE2, Protocol.OSPF, packet)


def ospf2_cryptographic(kind: int, body: bytes, digest: bytes, behind: bytes = b"") -> bytes:
    """A datagram with an OSPFv2 packet and its digest, which nobody computed."""
    head = bytes((2, kind)) + number(24 + len(body), 2) + address("1.1.1.1") + address("0.0.0.0")
    packet = head + b"\0\0" + b"\0\2" + bytes((0, 0, 7, len(digest))) + number(99, 4) + body + digest + behind
    return ip_datagram(ENVELOPE2, Protocol.OSPF, packet)


def ospf3(kind: int, body: bytes, *, behind: bytes = b"", instance: int = 0, has_checksum: bool = True) -> bytes:
    """A datagram with an OSPFv3 packet."""
    head = bytes((3, kind)) + number(16 + len(body), 2) + address("1.1.1.1") + address("0.0.0.0")
    rest = bytes((instance, 0)) + body
    front = pseudo_header(ENVELOPE3.source, ENVELOPE3.destination, Protocol.OSPF, 16 + len(body))
    checksum = internet_checksum(front + head + b"\0\0" + rest) if has_checksum else 0
    return ip_datagram(ENVELOPE3, Protocol.OSPF, head + number(checksum, 2) + rest + behind)


def lsa2(kind: int, body: bytes, *, id: str = "192.0.2.0", length: int | None = None) -> bytes:  # noqa: A002
    """An LSA of version 2 with its checksum."""
    size = 20 + len(body) if length is None else length
    head = number(5, 2) + bytes((2, kind)) + address(id) + address("2.2.2.2") + number(0x80000001, 4) + b"\0\0"
    return _summed(head + number(size, 2) + body)


def lsa3(kind: int, body: bytes) -> bytes:
    """An LSA of version 3 with its checksum."""
    head = number(5, 2) + number(kind, 2) + address("0.0.0.1") + address("2.2.2.2") + number(0x80000001, 4) + b"\0\0"
    return _summed(head + number(20 + len(body), 2) + body)


def _summed(lsa: bytes) -> bytes:
    return lsa[:16] + number(fletcher_bytes(lsa[2:], 14), 2) + lsa[18:]


def update2(*lsas: bytes) -> bytes:
    return ospf2(4, number(len(lsas), 4) + b"".join(lsas))


def update3(*lsas: bytes, instance: int = 0) -> bytes:
    return ospf3(4, number(len(lsas), 4) + b"".join(lsas), instance=instance)


def tlv(kind: int, value: bytes) -> bytes:
    return number(kind, 2) + number(len(value), 2) + value + bytes(-len(value) % 4)


def hello2(options: int, *neighbours: str) -> bytes:
    front = address("255.255.255.0") + number(10, 2) + bytes((options, 1)) + number(40, 4)
    return front + address("10.0.0.1") + address("10.0.0.2") + b"".join(address(router) for router in neighbours)


def hello3(options: int, *neighbours: str) -> bytes:
    front = number(5, 4) + b"\1" + number(options, 3) + number(10, 2) + number(40, 2)
    return front + address("1.1.1.1") + address("2.2.2.2") + b"".join(address(router) for router in neighbours)


def signals(*tlvs: bytes) -> bytes:
    """An LLS block with its checksum."""
    block = b"\0\0" + number((4 + sum(map(len, tlvs))) // 4, 2) + b"".join(tlvs)
    return number(internet_checksum(block), 2) + block[2:]
