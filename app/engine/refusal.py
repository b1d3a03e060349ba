"""What ICMP errors mean for a probe: whether it is lost by them, and whether somebody forbade it.

Types and codes are those of https://www.iana.org/assignments/icmp-parameters and icmpv6-parameters.
"""

from app.packet.answer import FRAGMENTATION_NEEDED, Answer
from app.packet.icmp.codes import icmp_words
from app.packet.icmp.types import IcmpType, Icmpv6Type

TIME_EXCEEDED = {4: IcmpType.TIME_EXCEEDED, 6: Icmpv6Type.TIME_EXCEEDED}
UNREACHABLE = {4: IcmpType.DESTINATION_UNREACHABLE, 6: Icmpv6Type.DESTINATION_UNREACHABLE}
PORT_UNREACHABLE = {4: 3, 6: 4}
PROTOCOL_UNREACHABLE = 2  #: a code of ICMPv4 alone
#: "Administratively prohibited" for network, host and communication (RFC 1812, section 5.2.7.1), host
#: precedence violation and cutoff (14, 15); prohibited, failed policy, reject route (RFC 4443, section 3.1).
_PROHIBITED = {4: (9, 10, 13, 14, 15), 6: (1, 5, 6)}

#: Errors that say a datagram did not arrive. Redirects and source quench say nothing of the kind.
_FATAL = {
    4: (IcmpType.DESTINATION_UNREACHABLE, IcmpType.TIME_EXCEEDED, IcmpType.PARAMETER_PROBLEM),
    6: (
        Icmpv6Type.DESTINATION_UNREACHABLE,
        Icmpv6Type.PACKET_TOO_BIG,
        Icmpv6Type.TIME_EXCEEDED,
        Icmpv6Type.PARAMETER_PROBLEM,
    ),
}


def is_fatal(error: Answer) -> bool:
    """Whether the quoted datagram did not arrive."""
    return error.type in _FATAL[error.source.version]


def is_prohibited(error: Answer) -> bool:
    """Whether somebody forbade the quoted datagram."""
    version = error.source.version
    return error.type == UNREACHABLE[version] and error.code in _PROHIBITED[version]


def is_too_big(error: Answer) -> bool:
    """Whether the quoted datagram was longer than the next link carries."""
    if error.source.version == 6:
        return error.type == Icmpv6Type.PACKET_TOO_BIG
    return error.type == IcmpType.DESTINATION_UNREACHABLE and error.code == FRAGMENTATION_NEEDED


def words(error: Answer) -> str:
    """The error in words, such as "host unreachable"."""
    return icmp_words(error.source.version, error.type or 0, error.code or 0)
