"""Multi-part ICMP messages (RFC 4884): where the quoted datagram ends and which objects follow it.

Known objects are the MPLS label stack (RFC 4950), interface information (RFC 5837) and interface
identification (RFC 8335). Routers older than RFC 4884 send objects without a length field; those are
found as its section 5.5 tells, behind 128 bytes of quotation and only under a checksum that holds.
"""

from collections.abc import Iterator
from typing import NamedTuple

from app.packet.checksum import ones_sum
from app.packet.layout import Buffer, Header, flag, header, unsigned
from app.packet.registry import Registry

#: Bytes of an ICMP error in front of the quoted datagram.
ICMP_ERROR_SIZE = 8
#: "The original datagram field MUST be zero padded" to this size (RFC 4884, section 3).
LEAST_QUOTE = 128
#: An error of fewer bytes has no room for an extension structure behind its quotation.
LEAST_EXTENDED = ICMP_ERROR_SIZE + LEAST_QUOTE + 4
#: Where the length field stands in an ICMP error and how many bytes one unit of it is, for each IP version
#: and the types that may be extended (RFC 4884, section 4).
LENGTH_FIELD = {4: (5, 4, frozenset((3, 11, 12))), 6: (4, 8, frozenset((1, 3)))}


class ObjectClass(Registry):
    """https://www.iana.org/assignments/icmp-parameters (ICMP Extension Object Classes)"""

    MPLS_LABEL_STACK = 1
    INTERFACE_INFORMATION = 2
    INTERFACE_IDENTIFICATION = 3
    EXTENDED_INFORMATION = 4
    NODE_IDENTIFICATION = 5


class InterfaceRole(Registry):
    """https://www.iana.org/assignments/icmp-parameters (Interface Roles)"""

    INCOMING_IP_INTERFACE = 0
    SUB_IP_COMPONENT_OF_INCOMING = 1
    OUTGOING_IP_INTERFACE = 2
    IP_NEXT_HOP = 3


class AddressFamily(Registry):
    """https://www.iana.org/assignments/address-family-numbers"""

    RESERVED = 0
    IP = 1
    IP6 = 2
    IEEE_802 = 6


@header("icmp.ext", "ICMP multi-part extensions", "RFC 4884, section 7")
class ExtensionHeader(Header):
    """What stands in front of the objects; the checksum covers it and all objects."""

    version: int = unsigned(4, default=2)
    reserved: int = unsigned(12, name="res", style="hex", default=0)
    checksum: int = unsigned(16, style="hex", default=0)


@header("icmp.ext", "ICMP extension object", "RFC 4884, section 7.1")
class ObjectHeader(Header):
    """What stands in front of each object; `length` counts these four bytes too."""

    length: int = unsigned(16, unit="bytes")
    object_class: int = unsigned(8, "class", name="class", registry=ObjectClass)
    object_type: int = unsigned(8, "C-Type", name="ctype", default=1)


@header("icmp.mpls", "MPLS label stack entry", "RFC 4950, section 2; RFC 3032, section 2.1")
class LabelStackEntry(Header):
    """One entry of the label stack that the datagram came with."""

    label: int = unsigned(20)
    traffic_class: int = unsigned(3, name="exp", default=0)
    is_bottom: int = flag("bottom of stack", name="s", default=0)
    ttl: int = unsigned(8, "time to live", default=0)


@header("icmp.int_info", "interface information", "RFC 5837, section 4.1")
class InterfaceRoleByte(Header):
    """The C-Type of an interface information object: whose interface, and which parts follow in this order."""

    role: int = unsigned(2, registry=InterfaceRole)
    reserved: int = unsigned(2, default=0)
    has_index: int = flag("ifIndex", name="ifindex", default=0)
    has_address: int = flag("IP address", name="ipaddr", default=0)
    has_name: int = flag("interface name", name="name_present", default=0)
    has_mtu: int = flag("MTU", name="mtu_present", default=0)


class ExtensionObject(NamedTuple):
    """One object: its class and type, and its payload as bytes [start, stop) of the ICMP message."""

    object_class: int
    object_type: int
    start: int
    stop: int


def extension_at(message: Buffer, version: int) -> int | None:
    """Where the extension header starts in an ICMP error of this IP version; None where there is none."""
    at, unit, types = LENGTH_FIELD[version]
    if len(message) < ICMP_ERROR_SIZE or message[0] not in types:
        return None
    length = message[at] * unit
    start = ICMP_ERROR_SIZE + (length or LEAST_QUOTE)
    if start + 4 > len(message) or message[start] >> 4 != 2:
        return None
    return start if length or is_extension_checksum_good(message[start:]) else None


def is_extension_checksum_good(extension: Buffer) -> bool:
    """Whether the checksum was made and holds; zero means that none was made (RFC 4884, section 7)."""
    return any(extension[2:4]) and ones_sum(extension) == 0xFFFF


def extension_objects(message: Buffer, start: int) -> Iterator[ExtensionObject]:
    """The objects behind the extension header at `start`, as far as their lengths hold."""
    at = start + 4
    while at + 4 <= len(message):
        length = message[at] << 8 | message[at + 1]
        if length < 4 or at + length > len(message):
            return
        yield ExtensionObject(message[at + 2], message[at + 3], at + 4, at + length)
        at += length
