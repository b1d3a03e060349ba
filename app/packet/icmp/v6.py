"""ICMPv6 (RFC 4443 and its successors): the messages, their types and their codes in words."""

from app.packet.icmp.codes import icmp_words
from app.packet.icmp.types import Icmpv6Type
from app.packet.layout import Header, header, unsigned


def _says(head: "Icmpv6") -> str:
    return icmp_words(6, head.type, head.code)


@header("icmpv6", "Internet Control Message Protocol version 6", "RFC 4443, section 2.1")
class Icmpv6(Header):
    """The four bytes that every ICMPv6 message starts with."""

    type: int = unsigned(8, registry=Icmpv6Type)
    code: int = unsigned(8, default=0, remark=_says)
    checksum: int = unsigned(16, style="hex", default=0)


@header("icmpv6", "Internet Control Message Protocol version 6", "RFC 4443, section 4.1")
class Icmpv6Echo(Icmpv6):
    """Echo request (128) and echo reply (129)."""

    identifier: int = unsigned(16, name="icmpv6.echo.identifier", default=0)
    sequence: int = unsigned(16, "sequence number", name="icmpv6.echo.sequence_number", default=0)
