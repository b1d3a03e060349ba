"""ICMP for IPv4 (RFC 792 and its successors): the messages, their types and their codes in words."""

from app.packet.icmp.codes import icmp_words
from app.packet.icmp.types import IcmpType
from app.packet.layout import Header, header, unsigned


def _says(head: "Icmp") -> str:
    return icmp_words(4, head.type, head.code)


@header("icmp", "Internet Control Message Protocol", "RFC 792")
class Icmp(Header):
    """The four bytes that every ICMP message starts with."""

    type: int = unsigned(8, registry=IcmpType)
    code: int = unsigned(8, default=0, remark=_says)
    checksum: int = unsigned(16, style="hex", default=0)


@header("icmp", "Internet Control Message Protocol", "RFC 792, page 14")
class IcmpEcho(Icmp):
    """Echo request (8) and echo reply (0)."""

    identifier: int = unsigned(16, name="ident", default=0)
    sequence: int = unsigned(16, "sequence number", name="seq", default=0)
