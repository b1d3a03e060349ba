"""ICMP for IPv4 (RFC 792 and its successors): the messages, their types and their codes in words."""

from app.packet.layout import Header, header, unsigned
from app.packet.registry import Registry


class IcmpType(Registry):
    """https://www.iana.org/assignments/icmp-parameters"""

    ECHO_REPLY = 0
    DESTINATION_UNREACHABLE = 3
    SOURCE_QUENCH = 4
    REDIRECT = 5
    ALTERNATE_HOST_ADDRESS = 6
    ECHO = 8
    ROUTER_ADVERTISEMENT = 9
    ROUTER_SOLICITATION = 10
    TIME_EXCEEDED = 11
    PARAMETER_PROBLEM = 12
    TIMESTAMP = 13
    TIMESTAMP_REPLY = 14
    INFORMATION_REQUEST = 15
    INFORMATION_REPLY = 16
    ADDRESS_MASK_REQUEST = 17
    ADDRESS_MASK_REPLY = 18
    TRACEROUTE = 30
    DATAGRAM_CONVERSION_ERROR = 31
    MOBILE_HOST_REDIRECT = 32
    MOBILE_REGISTRATION_REQUEST = 35
    MOBILE_REGISTRATION_REPLY = 36
    PHOTURIS = 40
    EXTENDED_ECHO_REQUEST = 42
    EXTENDED_ECHO_REPLY = 43


@header("icmp", "Internet Control Message Protocol", "RFC 792")
class Icmp(Header):
    """The four bytes that every ICMP message starts with."""

    type: int = unsigned(8, registry=IcmpType)
    code: int = unsigned(8, default=0)
    checksum: int = unsigned(16, style="hex", default=0)


@header("icmp", "Internet Control Message Protocol", "RFC 792, page 14")
class IcmpEcho(Icmp):
    """Echo request (8) and echo reply (0)."""

    identifier: int = unsigned(16, name="ident", default=0)
    sequence: int = unsigned(16, "sequence number", name="seq", default=0)
