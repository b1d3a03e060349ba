"""ARP and its relatives: addresses of one kind asked for by addresses of another (RFC 826, 903, 1293, 1868, 5494).

Addresses have any size that the packet names; those of Ethernet and IPv4 are shown as such.
"""

from ipaddress import IPv4Address, ip_address

from app.packet.dissection import Severity, stretch
from app.packet.layout import Header, Span, header, unsigned
from app.packet.link.numbers import EtherType, HardwareType
from app.packet.reading import Reading
from app.packet.registry import Registry
from app.packet.shape import bytes_span


class Operation(Registry):
    """https://www.iana.org/assignments/arp-parameters (Operation Codes)"""

    RESERVED = 0
    REQUEST = 1
    REPLY = 2
    REQUEST_REVERSE = 3
    REPLY_REVERSE = 4
    DRARP_REQUEST = 5
    DRARP_REPLY = 6
    DRARP_ERROR = 7
    INARP_REQUEST = 8
    INARP_REPLY = 9
    ARP_NAK = 10
    MARS_REQUEST = 11
    MARS_MULTI = 12
    MARS_MSERV = 13
    MARS_JOIN = 14
    MARS_LEAVE = 15
    MARS_NAK = 16
    MARS_UNSERV = 17
    MARS_SJOIN = 18
    MARS_SLEAVE = 19
    MARS_GROUPLIST_REQUEST = 20
    MARS_GROUPLIST_REPLY = 21
    MARS_REDIRECT_MAP = 22
    MAPOS_UNARP = 23
    OP_EXP1 = 24
    OP_EXP2 = 25


@header("arp", "Address Resolution Protocol", "RFC 826")
class Arp(Header):
    """What is asked or told, and how long the addresses behind it are."""

    hardware: int = unsigned(16, "hardware type", name="arp.hw.type", registry=HardwareType, default=1)
    protocol: int = unsigned(16, "protocol type", name="arp.proto.type", style="hex", registry=EtherType, default=0x800)
    hardware_size: int = unsigned(8, "hardware address length", name="arp.hw.size", unit="bytes", default=6)
    protocol_size: int = unsigned(8, "protocol address length", name="arp.proto.size", unit="bytes", default=4)
    operation: int = unsigned(16, name="opcode", registry=Operation)


#: Protocols whose addresses of four bytes are IPv4 addresses (AX.25 numbers IPv4 in its own way).
_IPV4_TYPES = {(HardwareType.AX25, 0xCC)}
_MAC_TYPES = (HardwareType.ETHERNET, HardwareType.IEEE_802_NETWORKS)


def read_arp(reading: Reading, at: int, stop: int) -> None:
    """An ARP packet of any address sizes."""
    head = reading.take(Arp, at, stop)
    parts = reading.placed(head, at)
    body = at + Arp.LAYOUT.size
    told: list[str] = []
    for end, label in (("src", "sender"), ("dst", "target")):
        for size, part in ((head.hardware_size, "hw"), (head.protocol_size, "proto")):
            room = max(0, min(size, stop - body))
            span = _address(reading.data, body, body + room, head, f"{end}.{part}", f"{label} {_KINDS[part]} address")
            if room:
                parts.append(span)
            told.append(span.shown if room == size else "?")
            body += room
    wanted = Arp.LAYOUT.size + 2 * (head.hardware_size + head.protocol_size)
    if body - at < wanted:
        reading.note(Severity.ERROR, body, f"the addresses need {wanted} bytes, {stop - at} are there")
    if reading.end is None:
        reading.end = body
    reading.layer(Arp.LAYOUT, at, body, parts, arp_words(head.operation, *told))


_KINDS = {"hw": "hardware", "proto": "protocol"}


def _address(data: bytes, at: int, stop: int, head: Arp, name: str, label: str) -> Span:
    """One of the four addresses, in the words of its kind."""
    if name.endswith("hw"):
        if head.hardware in _MAC_TYPES and head.hardware_size == 6 == stop - at:
            return stretch(f"arp.{name}_mac", label, at, stop, data[at:stop].hex(":"), value=data[at:stop])
        return bytes_span(f"arp.{name}", label, data, at, stop)
    is_ip = head.protocol in (EtherType.IPV4, EtherType.IPV6) or (head.hardware, head.protocol) in _IPV4_TYPES
    if is_ip and stop - at in (4, 16):
        address = ip_address(data[at:stop])
        suffix = "_ipv4" if isinstance(address, IPv4Address) else ""
        return stretch(f"arp.{name}{suffix}", label, at, stop, str(address), value=address)
    return bytes_span(f"arp.{name}", label, data, at, stop)


def arp_words(operation: int, sender: str, sender_address: str, target: str, target_address: str) -> str:
    """What an ARP packet says, in a sentence; the arguments are the four addresses as text."""
    words = f"arp {Operation(operation).words.removeprefix('arp ')}"
    if not (sender_address and target_address):
        return words
    says = f"{sender_address} is at {sender}"
    if operation == Operation.REQUEST:
        if sender_address == "0.0.0.0":
            return f"who has {target_address}? a probe from {sender}"  # RFC 5227, section 1.1
        if sender_address == target_address:
            return f"{says}, announced"
        return f"who has {target_address}? tell {sender_address}"
    if operation == Operation.REPLY:
        return f"{says}, gratuitous" if sender_address == target_address else says
    if operation == Operation.REQUEST_REVERSE:
        return f"who is {target}? tell {sender}"
    if operation == Operation.REPLY_REVERSE:
        return f"{target} is {target_address}"
    if operation == Operation.INARP_REQUEST:
        return f"who is {target}? tell {sender_address}"
    return says if operation == Operation.INARP_REPLY else words
