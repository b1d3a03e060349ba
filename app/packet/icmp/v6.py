"""ICMPv6 (RFC 4443 and its successors): the messages, their types and their codes in words."""

from app.packet.layout import Header, header, unsigned
from app.packet.registry import Registry


class Icmpv6Type(Registry):
    """https://www.iana.org/assignments/icmpv6-parameters"""

    DESTINATION_UNREACHABLE = 1
    PACKET_TOO_BIG = 2
    TIME_EXCEEDED = 3
    PARAMETER_PROBLEM = 4
    ECHO_REQUEST = 128
    ECHO_REPLY = 129
    MULTICAST_LISTENER_QUERY = 130
    MULTICAST_LISTENER_REPORT = 131
    MULTICAST_LISTENER_DONE = 132
    ROUTER_SOLICITATION = 133
    ROUTER_ADVERTISEMENT = 134
    NEIGHBOR_SOLICITATION = 135
    NEIGHBOR_ADVERTISEMENT = 136
    REDIRECT_MESSAGE = 137
    ROUTER_RENUMBERING = 138
    NODE_INFORMATION_QUERY = 139
    NODE_INFORMATION_RESPONSE = 140
    INVERSE_NEIGHBOR_DISCOVERY_SOLICITATION = 141
    INVERSE_NEIGHBOR_DISCOVERY_ADVERTISEMENT = 142
    MULTICAST_LISTENER_REPORT_V2 = 143
    HOME_AGENT_ADDRESS_DISCOVERY_REQUEST = 144
    HOME_AGENT_ADDRESS_DISCOVERY_REPLY = 145
    MOBILE_PREFIX_SOLICITATION = 146
    MOBILE_PREFIX_ADVERTISEMENT = 147
    CERTIFICATION_PATH_SOLICITATION = 148
    CERTIFICATION_PATH_ADVERTISEMENT = 149
    EXPERIMENTAL_MOBILITY = 150
    MULTICAST_ROUTER_ADVERTISEMENT = 151
    MULTICAST_ROUTER_SOLICITATION = 152
    MULTICAST_ROUTER_TERMINATION = 153
    FMIPV6_MESSAGES = 154
    RPL_CONTROL_MESSAGE = 155
    ILNPV6_LOCATOR_UPDATE = 156
    DUPLICATE_ADDRESS_REQUEST = 157
    DUPLICATE_ADDRESS_CONFIRMATION = 158
    MPL_CONTROL_MESSAGE = 159
    EXTENDED_ECHO_REQUEST = 160
    EXTENDED_ECHO_REPLY = 161


@header("icmpv6", "Internet Control Message Protocol version 6", "RFC 4443, section 2.1")
class Icmpv6(Header):
    """The four bytes that every ICMPv6 message starts with."""

    type: int = unsigned(8, registry=Icmpv6Type)
    code: int = unsigned(8, default=0)
    checksum: int = unsigned(16, style="hex", default=0)


@header("icmpv6", "Internet Control Message Protocol version 6", "RFC 4443, section 4.1")
class Icmpv6Echo(Icmpv6):
    """Echo request (128) and echo reply (129)."""

    identifier: int = unsigned(16, name="icmpv6.echo.identifier", default=0)
    sequence: int = unsigned(16, "sequence number", name="icmpv6.echo.sequence_number", default=0)
