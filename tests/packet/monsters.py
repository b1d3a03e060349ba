"""The worst datagrams and frames of 64 KiB that could be thought of, for each dissector: endless lists, nests, lies.

`MONSTERS` are functions by name, so that no test pays for those it does not look at. Headers in front are sound, for
a lie in them would only end the reading early.
"""

import struct
from collections.abc import Callable
from functools import partial
from ipaddress import ip_address
from typing import TypeAlias

from app.packet.application.dns import Dns
from app.packet.checksum import internet_checksum
from app.packet.compose import Envelope, with_checksum
from app.packet.link.linktype import LinkType
from app.packet.link.numbers import EtherType, PppProtocol
from app.packet.registry import Protocol

LARGEST = 65_535
Frame: TypeAlias = tuple[LinkType, bytes]

_FOUR = Envelope(ip_address("192.0.2.1"), ip_address("198.51.100.2"))
_SIX = Envelope(ip_address("2001:db8::1"), ip_address("2001:db8::2"), ttl=255)
_ADDRESSES4 = bytes.fromhex("c0000201c6336402")
_ADDRESSES6 = _SIX.source.packed + _SIX.destination.packed
_LINK = bytes.fromhex("020000000001020000000002")


def filled(part: bytes, room: int) -> bytes:
    """As many whole copies of a part as there is room for."""
    return part * (room // len(part))


def four(protocol: int, payload: bytes, options: bytes = b"") -> bytes:
    """An IPv4 datagram; of more bytes than its length can say, it says as many as there can be."""
    length = min(LARGEST, 20 + len(options) + len(payload))
    head = struct.pack("!BBHHHBBH", 0x45 + len(options) // 4, 0, length, 0, 0, 64, protocol, 0)
    head += _ADDRESSES4 + options
    return head[:10] + struct.pack("!H", internet_checksum(head)) + head[12:] + payload


def six(protocol: int, payload: bytes) -> bytes:
    """An IPv6 datagram."""
    return struct.pack("!IHBB", 0x60000000, min(LARGEST, len(payload)), protocol, 255) + _ADDRESSES6 + payload


def icmp(front: bytes, payload: bytes) -> Frame:
    return LinkType.RAW, four(1, with_checksum(_FOUR, Protocol.ICMP, front + payload))


def icmpv6(front: bytes, payload: bytes) -> Frame:
    return LinkType.RAW, six(58, with_checksum(_SIX, Protocol.IPV6_ICMP, front + payload))


def udp(port: int, payload: bytes) -> Frame:
    head = struct.pack("!HHHH", 40_000, port, min(LARGEST, 8 + len(payload)), 0)
    return LinkType.RAW, four(17, with_checksum(_FOUR, Protocol.UDP, head + payload))


def tcp(port: int, payload: bytes, options: bytes = b"") -> Frame:
    head = struct.pack("!HHIIBBHHH", 40_000, port, 1, 1, 0x50 + len(options) // 4 * 16, 0x18, 512, 0, 0)
    return LinkType.RAW, four(6, with_checksum(_FOUR, Protocol.TCP, head + options + payload))


def ip4(protocol: int, payload: bytes) -> Frame:
    return LinkType.RAW, four(protocol, payload)


def ip6(protocol: int, payload: bytes) -> Frame:
    return LinkType.RAW, six(protocol, payload)


def ethernet(kind: int, payload: bytes) -> Frame:
    return LinkType.ETHERNET, _LINK + struct.pack("!H", kind) + payload


def nested(around: Callable[[bytes], bytes], times: int, inside: bytes = b"") -> bytes:
    """What is put around what is put around what is inside."""
    for _ in range(times):
        inside = around(inside)
    return inside[:LARGEST]


def with_objects(objects: bytes) -> Frame:
    """A time exceeded whose quotation is 128 bytes, and an extension structure."""
    front = b"\x0b\0\0\0\0\x20\0\0" + four(17, bytes(100))[:128].ljust(128, b"\0")
    structure = b"\x20\0\0\0" + objects
    checksum = struct.pack("!H", internet_checksum(structure))
    return icmp(front, structure[:2] + checksum + structure[4:])


def extended_error(inside: bytes) -> bytes:
    """An error that quotes at most 1,020 bytes, and as many objects behind them as an error has ever had."""
    quoted = inside[:1016].ljust(128, b"\0")
    quoted += bytes(-len(quoted) % 4)
    head = bytes((11, 0, 0, 0, 0, len(quoted) // 4, 0, 0))
    return four(1, head + quoted + b"\x20\0\0\0" + filled(b"\0\x08\1\1" + bytes(4), 1500))


def header_chain(kind: int, first: bytes, body: bytes, times: int) -> Frame:
    """IPv6 extension headers of one kind, each with a body of 2,046 bytes that starts with `first`."""
    one = bytes((kind, 255)) + first + filled(body, 2046 - len(first))
    return ip6(kind, one.ljust(2048, b"\0") * times)


def messages_of_dns(size: int) -> bytes:
    """A stream of messages that are nothing but pointers to pointers."""
    front = struct.pack("!6H", 1, 0x8180, 0xFFFF, 0xFFFF, 0, 0) + b"\0"
    count = (size - len(front)) // 2
    pointers = b"".join(struct.pack("!H", 0xC000 | max(12, 11 + 2 * index)) for index in range(count))
    message = front + pointers
    return filled(struct.pack("!H", len(message)) + message, 65_000)


def lsa(kind: int, body: bytes, opaque: int = 4) -> bytes:
    head = struct.pack("!HBBB", 1, 2, kind, opaque) + bytes(7) + struct.pack("!IHH", 1, 0, 20 + len(body))
    return head + body


def ospf(kind: int, body: bytes) -> Frame:
    head = struct.pack("!BBH", 2, kind, 24 + len(body)) + bytes(8) + b"\x12\x34" + bytes(10)
    return ip4(89, head + body)


def ospf3(kind: int, body: bytes) -> Frame:
    return ip6(89, struct.pack("!BBH", 3, kind, 16 + len(body)) + bytes(8) + b"\x12\x34\0\0" + body)


def update(*lsas: bytes) -> bytes:
    return struct.pack("!I", 0xFFFFFFFF) + b"".join(lsas)


def signals() -> Frame:
    """A hello, and behind it a block of link-local signaling that is all empty TLVs."""
    head = struct.pack("!BBH", 2, 1, 44) + bytes(8) + b"\x12\x34" + bytes(10)
    hello = bytes(6) + b"\x10\1" + bytes(12)
    return ip4(89, head + hello + b"\0\0\x3f\0" + filled(tlv(1, b""), 64_500))


def lsa3(kind: int, body: bytes) -> bytes:
    return struct.pack("!HH", 1, kind) + bytes(8) + struct.pack("!IHH", 1, 0, 20 + len(body)) + body


def tlv(kind: int, value: bytes) -> bytes:
    return struct.pack("!HH", kind, len(value)) + value


def sctp(*chunks: bytes) -> Frame:
    return ip4(132, struct.pack("!HHII", 1, 2, 3, 4) + b"".join(chunks))


def chunk(kind: int, value: bytes) -> bytes:
    return struct.pack("!BBH", kind, 0, 4 + len(value)) + value


def ber(tag: int, value: bytes) -> bytes:
    return struct.pack("!BBH", tag, 0x82, len(value)) + value


def snmp(*variables: bytes) -> Frame:
    pdu = ber(0xA2, b"\2\1\1\2\1\0\2\1\0" + ber(0x30, b"".join(variables)))
    return udp(161, ber(0x30, b"\2\1\1\4\6public" + pdu))


def dhcp(options: bytes) -> Frame:
    return udp(67, b"\1\1\6\0" + bytes(232) + bytes.fromhex("63825363") + options)


def dhcpv6(options: bytes) -> Frame:
    return udp(547, b"\1\0\0\1" + options)


def resource_records(kind: int, data: bytes, name: bytes = b"\xc0\x0c") -> Frame:
    """An answer of as many records as fit."""
    record = name + struct.pack("!HHIH", kind, 1, 1, len(data)) + data
    head = Dns(identifier=1, response=1, questions=1, answers=0xFFFF).build()
    return udp(53, head + b"\1a" * 126 + b"\0\0\1\0\1" + filled(record, 65_000))


def relayed(inside: bytes) -> bytes:
    return b"\x0c\0" + bytes(32) + tlv(9, inside)


_EVERY_PART = b"\0\x38\2\x0f" + bytes(4) + b"\0\2\0\0" + bytes(16) + b"\x18" + b"\x01" * 23 + bytes(4)
_FRAGMENT_OF_ZERO = bytes((44, 0, 0, 0, 0, 0, 0, 1))
_ONE_OF_EACH_OBJECT = b"\x20\0\0\0\0\x08\1\1\0\1\x01\1" + _EVERY_PART
_GRE_ROUTE = b"\x0a\1\0\0"

MONSTERS: dict[str, Callable[[], Frame]] = {
    # Layers in layers.
    "ICMP in ICMP": lambda: ip4(
        1, nested(partial(four, 1), 0) + nested(lambda a: b"\x0b" + bytes(7) + four(1, a), 1500)
    ),
    "ICMPv6 in ICMPv6": lambda: ip6(58, nested(lambda a: b"\3" + bytes(7) + six(58, a), 1300)),
    "ICMP with objects in ICMP with objects": lambda: (LinkType.RAW, nested(extended_error, 60, bytes(100))),
    "objects behind no length": lambda: icmp(b"\x0b" + bytes(7), filled(four(1, b"\x0b" + bytes(127)), 60_000)),
    "IPv4 in IPv4": lambda: (LinkType.RAW, nested(partial(four, 4), 3000)),
    "IPv6 in IPv6": lambda: (LinkType.RAW, nested(partial(six, 41), 1600)),
    "IPv4 with options in the same": lambda: (LinkType.RAW, nested(lambda a: four(4, a, b"\1" * 40), 1000)),
    "GRE with checksums in GRE": lambda: (
        LinkType.RAW,
        nested(lambda a: four(47, b"\x80\0\x08\0" + bytes(4) + a), 40, bytes(64_000)),
    ),
    "GRE with routes in GRE": lambda: (
        LinkType.RAW,
        nested(lambda a: four(47, b"\x40\0\x08\0" + bytes(4) + _GRE_ROUTE * 420 + bytes(4) + a), 38),
    ),
    "UDP over GRE over Ethernet": lambda: (
        LinkType.RAW,
        nested(lambda a: four(47, b"\0\0\x65\x58" + _LINK + b"\x08\0" + a), 1500),
    ),
    "registers in registers": lambda: (
        LinkType.RAW,
        nested(lambda a: four(103, b"\x21\0\xab\xcd" + bytes(4) + a), 2300),
    ),
    "labels": lambda: ethernet(EtherType.MPLS, filled(b"\0\0\x10\x40", 65_000)),
    "VLANs": lambda: ethernet(EtherType.VLAN, filled(b"\0\1\x81\0", 65_000)),
    "PPP in PPPoE in Ethernet": lambda: ethernet(
        EtherType.PPPOE_SESSION,
        nested(
            lambda a: (
                b"\x11\0\0\1"
                + struct.pack("!H", min(LARGEST, len(a) + 2))
                + struct.pack("!H", PppProtocol.IPV4)
                + four(47, b"\0\0\x65\x58" + _LINK + b"\x88\x64" + a)
            ),
            1200,
        ),
    ),
    "authentication headers": lambda: ip6(51, filled(b"\x33\4" + bytes(22), 65_000)),
    "empty destination options": lambda: ip6(60, filled(b"\x3c\0\1\4\0\0\0\0", 65_000)),
    "fragment headers": lambda: ip6(44, filled(_FRAGMENT_OF_ZERO, 65_000)),
    "mobility headers": lambda: ip6(135, filled(b"\x87\0\0\0\0\0\0\0", 65_000)),
    # IPv6 extension headers.
    "Pad1 in destination options": lambda: header_chain(60, b"", b"\0", 31),
    "Pad1 in hop-by-hop options": lambda: header_chain(0, b"", b"\0", 31),
    "home addresses": lambda: header_chain(60, b"", b"\xc9\x10" + bytes(16), 31),
    "router alerts": lambda: header_chain(0, b"", b"\5\2\0\0", 31),
    "traces of nodes": lambda: header_chain(0, b"", b"\x31\xfe\0\0\0\0\x08\0\x80\0\0\0" + bytes(244), 31),
    "traces of words": lambda: header_chain(0, b"", b"\x31\xfe\0\0\0\0\x08\0\x3f\0\0\0" + bytes(244), 31),
    "Pad1 in segment routing": lambda: header_chain(43, b"\4\0\0\0\0\0", b"\0", 31),
    "RPL routes of single bytes": lambda: header_chain(43, b"\3\xff\xff\0\0\0", b"\1", 31),
    "source routes": lambda: header_chain(43, b"\0\xff\0\0\0\0", b"\1" * 16, 31),
    "compact routes": lambda: header_chain(43, b"\5\7", b"\1", 31),
    "mobility options": lambda: header_chain(135, b"\5\0" + bytes(8), b"\0", 31),
    # ICMP and Neighbour Discovery.
    "objects of nothing": lambda: with_objects(filled(b"\0\4\1\1", 65_000)),
    "one long label stack": lambda: with_objects(struct.pack("!HBB", 65_000, 1, 1) + bytes(64_996)),
    "label stacks": lambda: with_objects(filled(b"\0\x7c\1\1" + bytes(120), 65_000)),
    "interfaces with every part": lambda: with_objects(filled(_EVERY_PART, 65_000)),
    "neighbour options of one unit": lambda: icmpv6(b"\x86" + bytes(15), filled(b"\1\1" + bytes(6), 65_000)),
    "resolvers": lambda: icmpv6(b"\x86" + bytes(15), filled(b"\x19\xff" + bytes(2038), 65_000)),
    "search lists": lambda: icmpv6(
        b"\x86" + bytes(15), filled(b"\x1f\xff" + bytes(6) + b"\1a\0" * 677 + b"\0", 65_000)
    ),
    "prefixes": lambda: icmpv6(b"\x86" + bytes(15), filled(b"\3\4" + bytes(30), 65_000)),
    "redirected headers": lambda: icmpv6(b"\x89" + bytes(39), filled(b"\4\1" + bytes(6), 65_000)),
    "records of listeners": lambda: icmpv6(b"\x8f\0\0\0\0\0\xff\xff", filled(b"\1\0\0\0" + bytes(16), 65_000)),
    "sources of listeners": lambda: icmpv6(
        b"\x8f\0\0\0\0\0\xff\xff", filled(b"\1\0\0\x7f" + bytes(16) + bytes(16) * 127, 65_000)
    ),
    "metrics": lambda: icmpv6(b"\x9b\1" + bytes(26), filled(b"\2\xff" + b"\1\0\0\xf8" * 1 + bytes(251), 65_000)),
    "small metrics": lambda: icmpv6(b"\x9b\1" + bytes(26), filled(b"\2\xfc" + b"\3\0\0\2\0\0" * 42, 65_000)),
    "RPL targets": lambda: icmpv6(b"\x9b\2" + bytes(6), filled(b"\5\2\0\0", 65_000)),
    "P2P routes of single bytes": lambda: icmpv6(b"\x9b\1" + bytes(26), filled(b"\x0a\xff\x0f\0" + bytes(253), 65_000)),
    "renumbering": lambda: icmpv6(b"\x8a" + bytes(15), filled(b"\1\x03" + bytes(22), 65_000)),
    "renumbering with many uses": lambda: icmpv6(b"\x8a" + bytes(15), filled(b"\1\xff" + bytes(2038), 65_000)),
    "seeds": lambda: icmpv6(b"\x9f\0\0\0", bytes(65_000)),
    "node names": lambda: icmpv6(b"\x8c\0\0\0\0\2\0\0" + bytes(8), bytes(4) + filled(b"\1a\0", 65_000)),
    "node addresses": lambda: icmpv6(b"\x8c\0\0\0\0\4\0\0" + bytes(8), bytes(65_000)),
    "domain names": lambda: icmp(b"\x26" + bytes(7), bytes(4) + filled(b"\1a\0", 65_000)),
    "routers": lambda: icmp(b"\x09\0\0\0\xff\2\0\0", bytes(65_000)),
    "agents' prefixes": lambda: icmp(b"\x0a" + bytes(7), filled(b"\x13\xff" + bytes(255), 65_000)),
    "agents' padding": lambda: icmp(b"\x0a" + bytes(7), bytes(65_000)),
    # Transports.
    "SCTP chunks of nothing": lambda: sctp(filled(b"\x0b\0\0\4", 65_000)),
    "SCTP parameters": lambda: sctp(chunk(1, bytes(16) + filled(b"\0\5\0\4", 65_000))),
    "SCTP parameters in parameters": lambda: sctp(chunk(1, bytes(16) + nested(partial(tlv, 8), 16_000))),
    "SCTP supported chunks": lambda: sctp(chunk(1, bytes(16) + struct.pack("!HH", 0x8008, 65_000) + bytes(64_996))),
    "SCTP acknowledgements": lambda: sctp(chunk(3, bytes(8) + struct.pack("!HH", 8000, 8000) + bytes(64_000))),
    "SCTP errors": lambda: sctp(filled(chunk(9, b"\0\2\0\x0c\0\0\0\2\0\1\0\2"), 65_000)),
    "SCTP chunks that are broken": lambda: sctp(filled(b"\3\0\0\5\0\0\0\0", 65_000)),
    "SCTP skipped streams": lambda: sctp(chunk(192, bytes(65_000))),
    "DCCP options": lambda: ip4(
        33, struct.pack("!HHBBHBBHI", 1, 2, 255, 0, 0, 0x85, 0, 0, 0) + bytes(4) + filled(b"\2", 65_000)
    ),
    "TCP options": lambda: tcp(80, bytes(65_000), b"\1" * 40),
    "UDP-Lite over everything": lambda: ip4(136, struct.pack("!HHHH", 1, 2, 0, 7) + bytes(65_000)),
    # Names.
    "DNS pointers in a stream": lambda: tcp(53, messages_of_dns(160)),
    "longer DNS pointers in a stream": lambda: tcp(53, messages_of_dns(2000)),
    "empty DNS messages in a stream": lambda: tcp(53, filled(b"\0\x0c" + bytes(12), 65_000)),
    "DNS pointers": lambda: udp(53, messages_of_dns(16_000)[2:]),
    "DNS addresses": lambda: resource_records(1, bytes(4)),
    "DNS name servers": lambda: resource_records(2, b"\xc0\x0c"),
    "DNS texts": lambda: resource_records(16, bytes(250)),
    "DNS authorities": lambda: resource_records(6, b"\xc0\x0c" * 2 + bytes(20)),
    "DNS services": lambda: resource_records(64, b"\0\1\0" + b"\0\1\0\xf0" + b"\1a" * 120),
    "DNS bitmaps": lambda: resource_records(47, b"\0" + b"\0\x20" + b"\xff" * 32),
    "DNS options": lambda: resource_records(41, b"\0\x0a\0\0" * 60, b"\0"),
    "DNS algorithms": lambda: resource_records(41, b"\0\5\xff\0" + bytes(0xFF00 // 2), b"\0"),
    "DNS names in a prefix list": lambda: resource_records(42, b"\0\1\0\0" * 200),
    "DHCP options": lambda: dhcp(filled(b"\x3d\1\1", 65_000)),
    "DHCP padding and options": lambda: dhcp(filled(b"\0\xe0\0", 65_000)),
    "DHCP search lists": lambda: dhcp(filled(b"\x77\xfe" + b"\1a\xc0\0" * 63 + b"\xc0\0", 65_000)),
    "DHCP routes": lambda: dhcp(filled(b"\x79\xff" + bytes(255), 65_000)),
    "DHCP relays": lambda: dhcp(filled(b"\x52\xfe" + b"\1\0" * 127, 65_000)),
    "DHCPv6 relays in relays": lambda: udp(547, nested(relayed, 1500)),
    "DHCPv6 options": lambda: dhcpv6(filled(b"\0\x0d\0\2\0\0", 65_000)),
    "DHCPv6 wishes": lambda: dhcpv6(tlv(6, bytes(65_000))),
    "DHCPv6 options in options": lambda: dhcpv6(nested(lambda a: tlv(3, bytes(12) + a), 3000)),
    "DHCPv6 domains": lambda: dhcpv6(tlv(24, filled(b"\1a\0", 65_000))),
    "NTP extensions": lambda: udp(123, b"\x23" + bytes(47) + filled(b"\1\4\0\x10" + bytes(12), 65_000)),
    "NTP variables": lambda: udp(123, b"\x16\x82\0\1\0\0\0\0\0\0\xff\xf0" + filled(b"a=1,", 65_000)),
    "SNMP variables": lambda: snmp(filled(ber(0x30, b"\6\1\x2b\5\0"), 64_000)),
    "SNMP long identifiers": lambda: snmp(filled(ber(0x30, ber(6, b"\x81" * 240 + b"\1") + b"\5\0"), 64_000)),
    "SNMP sequences in sequences": lambda: udp(161, nested(partial(ber, 0x30), 16_000)),
    "TFTP options": lambda: udp(69, b"\0\1a\0octet\0" + filled(b"a\0", 65_000)),
    # Routing.
    "OSPF neighbours": lambda: ospf(1, bytes(20) + bytes(65_000)),
    "OSPF empty LSAs": lambda: ospf(4, update(filled(lsa(1, b""), 65_000))),
    "OSPF one large LSA": lambda: ospf(4, update(lsa(1, bytes(2) + b"\xff\xff" + bytes(64_000)))),
    "OSPF LSAs that lie": lambda: ospf(4, update(filled(lsa(1, bytes(4))[:-6] + b"\xff\xff" + bytes(4), 65_000))),
    "OSPF requests": lambda: ospf(3, bytes(65_000)),
    "OSPF acknowledgments": lambda: ospf(5, filled(lsa(1, b""), 65_000)),
    "OSPF links in links": lambda: ospf(4, update(lsa(10, nested(partial(tlv, 2), 16_000)[:64_000], 1))),
    "OSPF TLVs of nothing": lambda: ospf(4, update(lsa(10, filled(tlv(1, b""), 64_000)))),
    "OSPF prefixes in TLVs": lambda: ospf(4, update(lsa(11, filled(tlv(1, bytes(8) + tlv(2, bytes(8))), 64_000), 7))),
    "OSPF link attributes": lambda: ospf(4, update(lsa(10, filled(tlv(1, bytes(12) + tlv(2, bytes(12))), 64_000), 8))),
    "OSPF traffic engineering": lambda: ospf(4, update(lsa(10, tlv(2, filled(tlv(9, bytes(4)), 64_000)), 1))),
    "OSPF signals": signals,
    "OSPF prefixes": lambda: ospf3(4, update(lsa3(0x2009, b"\xff\xff\x20\1" + bytes(8) + bytes(64_000)))),
    "OSPF router links": lambda: ospf3(4, update(lsa3(0x2001, bytes(4) + bytes(64_000)))),
    "OSPF extended TLVs": lambda: ospf3(
        4, update(lsa3(0xA021, bytes(4) + filled(tlv(1, bytes(16) + tlv(1, b"")), 64_000)))
    ),
    "RIP routes": lambda: udp(520, b"\2\2\0\0" + bytes(65_000)),
    "RIPng routes": lambda: udp(521, b"\2\1\0\0" + bytes(65_000)),
    "EIGRP TLVs": lambda: ip4(88, b"\2\1" + bytes(18) + filled(b"\0\xf5\0\4", 65_000)),
    "EIGRP routes": lambda: ip4(88, b"\2\1" + bytes(18) + filled(b"\1\2\0\x1c" + bytes(24), 65_000)),
    "EIGRP destinations": lambda: ip4(88, b"\2\1" + bytes(18) + struct.pack("!HH", 0x0102, 65_000) + bytes(65_000)),
    "VRRP addresses": lambda: ip4(112, b"\x31\1\1\xff\0\1\0\0" + bytes(65_000)),
    "HSRP TLVs": lambda: udp(1985, filled(b"\3\x08" + bytes(8), 65_000)),
    # Multicast.
    "IGMP sources": lambda: ip4(2, b"\x11\0\0\0\xe0\0\0\1\0\0\xff\xff" + bytes(65_000)),
    "IGMP records": lambda: ip4(2, b"\x22\0\0\0\0\0\xff\xff" + filled(b"\1\0\0\0\xe0\0\0\1", 65_000)),
    "DVMRP routes": lambda: ip4(2, b"\x13\2\0\0\0\0\3\xff" + bytes(65_000)),
    "DVMRP neighbours": lambda: ip4(2, b"\x13\6\0\0\0\0\3\xff" + filled(bytes(7) + b"\0", 65_000)),
    "traces of routers": lambda: ip4(2, b"\x1f\x20\0\0" + bytes(20) + bytes(65_000)),
    "PIM options": lambda: ip4(103, b"\x20\0\0\0" + filled(b"\0\x16\0\0", 65_000)),
    "PIM groups": lambda: ip4(103, b"\x23\0\0\0\1\0\0\0\0\0\0\xff\0\0" + filled(b"\1\0\0\x20\0\0\0\0\0\0\0\0", 65_000)),
    "PIM joins": lambda: ip4(
        103, b"\x23\0\0\0\1\0\0\0\0\0\0\1\0\0\1\0\0\x20\0\0\0\0\xff\xff\0\0" + filled(b"\1\0\0\x20\0\0\0\0", 65_000)
    ),
    "PIM rendezvous points": lambda: ip4(
        103,
        b"\x24\0\0\0\0\0\0\0\1\0\0\0\0\0"
        + filled(b"\1\0\0\x20\0\0\0\0\xff\xff\0\0" + filled(b"\1\0\0\0\0\0\0\0\0\0", 2550), 65_000),
    ),
    # Links.
    "LLDP TLVs": lambda: ethernet(EtherType.LLDP, filled(b"\x0a\0", 65_000)),
    "LLDP organizations": lambda: ethernet(EtherType.LLDP, filled(b"\xfe\4\0\x80\xc2\1", 65_000)),
    "PPPoE tags": lambda: ethernet(EtherType.PPPOE_DISCOVERY, b"\x11\x09\0\0\xff\xf0" + filled(b"\1\2\0\0", 65_000)),
    "ARP of long addresses": lambda: ethernet(EtherType.ARP, b"\0\1\x08\0\xff\xff\0\1" + bytes(65_000)),
    "LLC": lambda: ethernet(1500, b"\xaa\xaa\3\0\0\0\x81\0" + filled(b"\0\1\x81\0", 1400)),
    "cooked": lambda: (LinkType.LINUX_SLL, b"\0\4\xff\xff\xff\xff" + bytes(8) + b"\x08\0" + four(1, bytes(64_000))),
}


#: What datagrams are put into, one around the other.
WRAPPERS: tuple[Callable[[bytes], bytes], ...] = (
    lambda inside: four(4 if inside[:1] < b"\x60" else 41, inside),
    lambda inside: six(4 if inside[:1] < b"\x60" else 41, inside),
    lambda inside: four(1, b"\x0b" + bytes(7) + inside),
    lambda inside: four(1, bytes((3, 4, 0, 0, 0, 33, 5, 120)) + inside.ljust(132, b"\0") + _ONE_OF_EACH_OBJECT),
    lambda inside: six(58, b"\1\0\0\0\x20\0\0\0" + inside.ljust(256, b"\0") + _ONE_OF_EACH_OBJECT),
    lambda inside: six(58, b"\x89" + bytes(39) + b"\4" + bytes((min(255, len(inside) // 8 + 1), *bytes(6))) + inside),
    lambda inside: six(60, b"\x29\1\5\2\0\0\xc9\x10" + bytes(16) + inside),
    lambda inside: six(43, b"\x29\2\4\0\0\0\0\0" + bytes(16) + inside),
    lambda inside: six(44, b"\x29\0\0\1\0\0\0\0" + inside),
    lambda inside: six(51, b"\4\1" + bytes(10) + inside),
    lambda inside: four(47, (b"\0\0\x08\0" if inside[:1] < b"\x60" else b"\0\0\x86\xdd") + inside),
    lambda inside: four(47, b"\xb0\0\x08\0" + bytes(12) + inside),
    lambda inside: four(47, b"\0\0\x65\x58" + _LINK + b"\x81\0\0\1\x08\0" + inside),
    lambda inside: four(47, b"\x10\0\x88\xbe" + bytes(12) + _LINK + b"\x08\0" + inside),
    lambda inside: four(103, b"\x21\0\0\0" + bytes(4) + inside),
    lambda inside: six(103, b"\x21\0\xde\xff" + bytes(4) + inside),
    lambda inside: four(137, b"\0\0\x11\x40" + inside),
    lambda inside: four(143, _LINK + b"\x88\x64" + b"\x11\0\0\1\xff\xff\0\x21" + inside),
)


def monster(name: str) -> Frame:
    """One of them, cut at the largest size that a frame has."""
    link, data = MONSTERS[name]()
    return link, data[:LARGEST]
