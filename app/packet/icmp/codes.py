"""What an ICMP type and code say, in words fit for a sentence: IANA's registries of both versions.

https://www.iana.org/assignments/icmp-parameters and https://www.iana.org/assignments/icmpv6-parameters
"""

from functools import lru_cache

from app.packet.icmp.types import IcmpType, Icmpv6Type

_UNREACHABLE = (
    "network unreachable",
    "host unreachable",
    "protocol unreachable",
    "port unreachable",
    "fragmentation needed and don't fragment was set",
    "source route failed",
    "destination network unknown",
    "destination host unknown",
    "source host isolated",
    "communication with destination network administratively prohibited",
    "communication with destination host administratively prohibited",
    "destination network unreachable for type of service",
    "destination host unreachable for type of service",
    "communication administratively prohibited",
    "host precedence violation",
    "precedence cutoff in effect",
)
_UNREACHABLE6 = (
    "no route to destination",
    "communication with destination administratively prohibited",
    "beyond scope of source address",
    "address unreachable",
    "port unreachable",
    "source address failed ingress/egress policy",
    "reject route to destination",
    "error in source routing header",
    "headers too long",
)
_REDIRECT = (
    "redirect for the network or subnet",
    "redirect for the host",
    "redirect for the type of service and network",
    "redirect for the type of service and host",
)
_CONVERSION = (
    "unknown or unspecified error",
    "don't convert option present",
    "unknown mandatory option present",
    "known unsupported option present",
    "unsupported transport protocol",
    "overall length exceeded",
    "IP header length exceeded",
    "transport protocol above 255",
    "port conversion out of range",
    "transport header length exceeded",
    "32 bit rollover missing and ACK set",
    "unknown mandatory transport option present",
)
_PHOTURIS = (
    "bad SPI",
    "authentication failed",
    "decompression failed",
    "decryption failed",
    "need authentication",
    "need authorization",
)
_PARAMETER6 = (
    "erroneous header field",
    "unrecognized next header type",
    "unrecognized IPv6 option",
    "IPv6 first fragment has incomplete header chain",
    "segment routing upper-layer header error",
    "unrecognized next header type at intermediate node",
    "extension header too big",
    "extension header chain too long",
    "too many extension headers",
    "too many options in extension header",
    "option too big",
)
_EXTENDED_REPLY = (
    "extended echo reply",
    "malformed query",
    "no such interface",
    "no such table entry",
    "multiple interfaces satisfy query",
)

#: The words of each version's types whose codes have words of their own.
_CODES: dict[int, dict[int, dict[int, str]]] = {
    4: {
        IcmpType.DESTINATION_UNREACHABLE: dict(enumerate(_UNREACHABLE)),
        IcmpType.REDIRECT: dict(enumerate(_REDIRECT)),
        IcmpType.ALTERNATE_HOST_ADDRESS: {0: "alternate address for host"},
        IcmpType.ROUTER_ADVERTISEMENT: {
            0: "router advertisement",
            16: "router advertisement, does not route common traffic",
        },
        IcmpType.TIME_EXCEEDED: {0: "ttl exceeded in transit", 1: "fragment reassembly time exceeded"},
        IcmpType.PARAMETER_PROBLEM: {
            0: "parameter problem, pointer indicates the error",
            1: "parameter problem, missing a required option",
            2: "parameter problem, bad length",
        },
        IcmpType.TRACEROUTE: {0: "outbound packet successfully forwarded", 1: "no route for outbound packet"},
        IcmpType.DATAGRAM_CONVERSION_ERROR: {
            code: f"datagram conversion error, {words}" for code, words in enumerate(_CONVERSION)
        },
        IcmpType.PHOTURIS: {code: f"photuris, {words}" for code, words in enumerate(_PHOTURIS)},
        IcmpType.EXTENDED_ECHO_REPLY: dict(enumerate(_EXTENDED_REPLY)),
    },
    6: {
        Icmpv6Type.DESTINATION_UNREACHABLE: dict(enumerate(_UNREACHABLE6)),
        Icmpv6Type.TIME_EXCEEDED: {0: "hop limit exceeded in transit", 1: "fragment reassembly time exceeded"},
        Icmpv6Type.PARAMETER_PROBLEM: dict(enumerate(_PARAMETER6)),
        Icmpv6Type.ROUTER_RENUMBERING: {
            0: "router renumbering command",
            1: "router renumbering result",
            255: "router renumbering sequence number reset",
        },
        Icmpv6Type.NODE_INFORMATION_QUERY: {
            0: "node information query about an IPv6 address",
            1: "node information query about a name",
            2: "node information query about an IPv4 address",
        },
        Icmpv6Type.NODE_INFORMATION_RESPONSE: {
            0: "node information response",
            1: "node information response, refused",
            2: "node information response, unknown query type",
        },
        Icmpv6Type.MULTICAST_ROUTER_ADVERTISEMENT: {
            interval: f"multicast router advertisement, every {interval} s" for interval in range(256)
        },
        Icmpv6Type.DUPLICATE_ADDRESS_REQUEST: {
            0: "duplicate address request",
            1: "extended duplicate address request, EDAR 64 bits",
            2: "extended duplicate address request, EDAR 128 bits",
            3: "extended duplicate address request, EDAR 192 bits",
            4: "extended duplicate address request, EDAR 256 bits",
        },
        Icmpv6Type.EXTENDED_ECHO_REPLY: dict(enumerate(_EXTENDED_REPLY)),
    },
}
_TYPES: dict[int, type[IcmpType] | type[Icmpv6Type]] = {4: IcmpType, 6: Icmpv6Type}


@lru_cache(1024)
def icmp_words(version: int, type: int, code: int) -> str:  # noqa: A002  # the RFCs' word
    """What an ICMP message of IP version 4 or 6 says, such as "host unreachable"; "type 99 code 3" where unknown."""
    kind = _TYPES[version](type)
    if not kind.is_assigned:
        return f"type {type} code {code}"
    codes = _CODES[version].get(type, {0: kind.words})
    return codes.get(code) or f"{kind.words} code {code}"
