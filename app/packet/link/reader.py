"""Link layers in front of an IP packet, by the numbers that capture files name them with."""

from collections.abc import Iterator
from dataclasses import replace

from app.packet.ip.reader import read_ip
from app.packet.layout import Field, Header, Span, flag, header, mac_address, octets, unsigned
from app.packet.reading import Reading, Space, Step
from app.packet.registry import Registry
from app.packet.shape import bytes_span


class LinkType(Registry):
    """https://www.tcpdump.org/linktypes.html"""

    NULL = 0
    ETHERNET = 1
    PPP = 9
    RAW_BSD = 12
    RAW_OPENBSD = 14
    PPP_HDLC = 50
    RAW = 101
    LOOP = 108
    LINUX_SLL = 113
    IPV4 = 228
    IPV6 = 229
    LINUX_SLL2 = 276


class EtherType(Registry):
    """https://www.iana.org/assignments/ieee-802-numbers"""

    IPV4 = 0x0800
    ARP = 0x0806
    VLAN = 0x8100
    IPV6 = 0x86DD
    PPPOE_DISCOVERY = 0x8863
    PPPOE_SESSION = 0x8864
    MPLS = 0x8847
    SERVICE_VLAN = 0x88A8
    LLDP = 0x88CC


class PppProtocol(Registry):
    """https://www.iana.org/assignments/ppp-numbers"""

    IPV4 = 0x0021
    IPV6 = 0x0057
    MPLS_UNICAST = 0x0281


class SllPacketType(Registry):
    """https://www.tcpdump.org/linktypes/LINKTYPE_LINUX_SLL.html"""

    TO_US = 0
    BROADCAST = 1
    MULTICAST = 2
    TO_SOMEONE_ELSE = 3
    SENT_BY_US = 4


@header("eth", "Ethernet", "IEEE 802.3, section 3.1")
class Ethernet(Header):
    """An Ethernet header; a number below 1536 is a length and no type."""

    destination: bytes = mac_address(name="dst")
    source: bytes = mac_address(name="src")
    type: int = unsigned(16, style="hex", registry=EtherType)


@header("vlan", "IEEE 802.1Q tag", "IEEE 802.1Q, section 9.6")
class Vlan(Header):
    """A VLAN tag and the type behind it."""

    priority: int = unsigned(3, default=0)
    drop_eligible: int = flag("drop eligible", name="dei", default=0)
    identifier: int = unsigned(12, name="id")
    type: int = unsigned(16, name="etype", style="hex", registry=EtherType)


@header("sll", "Linux cooked capture", "tcpdump.org, LINKTYPE_LINUX_SLL")
class LinuxCooked(Header):
    """What Linux tells of a packet on any interface."""

    packet_type: int = unsigned(16, name="pkttype", registry=SllPacketType)
    hardware: int = unsigned(16, "ARPHRD type", name="hatype")
    length: int = unsigned(16, "address length", name="halen")
    address: int = unsigned(64, "link-layer address", name="src", style="hex")
    protocol: int = unsigned(16, name="etype", style="hex", registry=EtherType)


@header("sll", "Linux cooked capture v2", "tcpdump.org, LINKTYPE_LINUX_SLL2")
class LinuxCooked2(Header):
    """The same with the interface."""

    protocol: int = unsigned(16, name="etype", style="hex", registry=EtherType)
    reserved: bytes = octets(2, name="unused", default=b"\0\0")
    interface: int = unsigned(32, "interface index", name="ifindex")
    hardware: int = unsigned(16, "ARPHRD type", name="hatype")
    packet_type: int = unsigned(8, name="pkttype", registry=SllPacketType)
    length: int = unsigned(8, "address length", name="halen")
    address: int = unsigned(64, "link-layer address", name="src", style="hex")


@header("ppp", "Point-to-Point Protocol", "RFC 1662, section 3.1")
class PppFraming(Header):
    """Address and control in front of PPP, in HDLC-like framing."""

    address: int = unsigned(8, style="hex", default=0xFF)
    control: int = unsigned(8, style="hex", default=3)


@header("ppp", "Point-to-Point Protocol", "RFC 1661, section 2")
class Ppp(Header):
    """The protocol in two bytes."""

    protocol: int = unsigned(16, style="hex", registry=PppProtocol)


@header("ppp", "Point-to-Point Protocol", "RFC 1661, section 6.5")
class ShortPpp(Header):
    """The protocol in one byte: an odd first byte ends it."""

    protocol: int = unsigned(8, style="hex", registry=PppProtocol)


@header("mpls", "Multiprotocol Label Switching", "RFC 3032, section 2.1")
class Mpls(Header):
    """One entry of the label stack."""

    label: int = unsigned(20)
    traffic_class: int = unsigned(3, name="exp", default=0)
    is_bottom: int = flag("bottom of stack", name="bottom", default=0)
    ttl: int = unsigned(8, "time to live", unit="hops", default=0)


@header("null", "BSD loopback", "tcpdump.org, LINKTYPE_NULL")
class Loopback(Header):
    """An address family in the byte order of the machine that captured."""

    family: bytes = octets(4)


def read_ethernet(reading: Reading, at: int, stop: int) -> Step:
    """An Ethernet frame."""
    head = reading.take(Ethernet, at, stop)
    spans = head.spans(at)
    parts = (*(_with_address_bits(span) for span in spans[:2]), *spans[2:])
    words = f"{head.source.hex(':')} → {head.destination.hex(':')}"
    reading.layer(Ethernet.LAYOUT, at, at + 14, parts, words)
    return Step(Space.ETHERTYPE, (head.type,), at + 14, stop)


def _with_address_bits(address: Span) -> Span:
    """An address and the two bits of its first byte that say what kind it is (IEEE 802, section 8.2)."""
    first = address.value[0] if isinstance(address.value, bytes) else 0
    bits = tuple(
        Span(
            Field("", f"{address.field.name}.{name}", label, bit, 1, "unsigned", "flag"),
            address.start_bit + bit,
            address.start_bit + bit + 1,
            value,
            words[value],
        )
        for name, label, bit, value, words in (
            ("lg", "administered", 6, first >> 1 & 1, ("globally unique", "locally")),
            ("ig", "addressed to", 7, first & 1, ("one station", "a group")),
        )
    )
    return replace(address, children=bits)


def read_vlan(reading: Reading, at: int, stop: int) -> Step:
    """A VLAN tag."""
    head = reading.take(Vlan, at, stop)
    reading.layer(Vlan.LAYOUT, at, at + 4, reading.placed(head, at), f"vlan {head.identifier}")
    return Step(Space.ETHERTYPE, (head.type,), at + 4, stop)


def read_cooked(reading: Reading, at: int, stop: int) -> Step:
    """A Linux cooked packet."""
    head = reading.take(LinuxCooked, at, stop)
    words = SllPacketType(head.packet_type).words
    *spans, _, protocol = head.spans(at)
    parts = (*spans, *_cooked_address(reading, at + 6, min(head.length, 8)), protocol)
    reading.layer(LinuxCooked.LAYOUT, at, at + 16, parts, words)
    return Step(Space.ETHERTYPE, (head.protocol,), at + 16, stop)


def _cooked_address(reading: Reading, at: int, length: int) -> Iterator[Span]:
    """The sender's address, as long as it says it is, and the unused rest of eight bytes."""
    if length:
        name = "sll.src.eth" if length == 6 else "sll.src.other"
        yield bytes_span(name, "source", reading.data, at, at + length)
    if length < 8:
        yield bytes_span("sll.unused", "unused", reading.data, at + length, at + 8)


def read_cooked2(reading: Reading, at: int, stop: int) -> Step:
    """A Linux cooked packet of the second kind."""
    head = reading.take(LinuxCooked2, at, stop)
    words = f"interface {head.interface}, {SllPacketType(head.packet_type).words}"
    parts = (*head.spans(at)[:-1], *_cooked_address(reading, at + 12, min(head.length, 8)))
    reading.layer(LinuxCooked2.LAYOUT, at, at + 20, parts, words)
    return Step(Space.ETHERTYPE, (head.protocol,), at + 20, stop)


def read_ppp(reading: Reading, at: int, stop: int) -> Step:
    """A PPP packet, with or without HDLC's two bytes in front, the protocol in one byte or two."""
    start, parts = at, []
    if reading.data[at : at + 2] == b"\xff\x03":
        parts += reading.placed(reading.take(PppFraming, at, stop), at)
        at += 2
    is_short = at < stop and reading.data[at] & 1
    head: Ppp | ShortPpp = reading.take(ShortPpp, at, stop) if is_short else reading.take(Ppp, at, stop)
    parts += reading.placed(head, at)
    at += head.LAYOUT.size
    reading.layer(Ppp.LAYOUT, start, at, parts, PppProtocol(head.protocol).words)
    return Step(Space.PPP, (head.protocol,), at, stop)


def read_mpls(reading: Reading, at: int, stop: int) -> Step:
    """One label stack entry; behind the bottom of the stack stands an IP packet, as far as anyone can tell."""
    head = reading.take(Mpls, at, stop)
    words = f"mpls label {head.label}, ttl {head.ttl}"
    reading.layer(Mpls.LAYOUT, at, at + 4, reading.placed(head, at), words)
    if not head.is_bottom:
        return Step(Space.ETHERTYPE, (EtherType.MPLS,), at + 4, stop)
    return read_ip(reading, at + 4, stop)


def read_loopback(reading: Reading, at: int, stop: int) -> Step:
    """A loopback packet: every BSD numbers IPv6 in its own way, so the version is read from the packet itself."""
    head = reading.take(Loopback, at, stop)
    reading.layer(Loopback.LAYOUT, at, at + 4, reading.placed(head, at), "loopback")
    return read_ip(reading, at + 4, stop)
