"""What capture files hold in front of packets of interfaces that have no link layer, or too many kinds of it.

LINKTYPE_LINUX_SLL and _SLL2 are Linux's own headers, LINKTYPE_NULL and _LOOP those of BSD's loopback.
"""

from collections.abc import Iterator
from ipaddress import IPv4Address

from app.packet.dissection import Severity, stretch
from app.packet.ip.reader import read_ip
from app.packet.layout import Header, Span, header, octets, unsigned
from app.packet.link.numbers import LEAST_TYPE, EtherType, HardwareType
from app.packet.link.ppp import read_ppp
from app.packet.link.reader import read_link_control
from app.packet.reading import Reading, Space, Step, read_data
from app.packet.registry import Registry
from app.packet.shape import bytes_span


class SllPacketType(Registry):
    """https://www.tcpdump.org/linktypes/LINKTYPE_LINUX_SLL.html"""

    TO_US = 0
    BROADCAST = 1
    MULTICAST = 2
    TO_SOMEONE_ELSE = 3
    SENT_BY_US = 4


class LinuxProtocol(Registry):
    """Linux's numbers for what has no Ethernet type (if_ether.h)."""

    NOVELL_802_3_FRAMES = 1
    IEEE_802_2_LLC = 4
    CAN = 0x0C
    CAN_FD = 0x0D


class AddressFamily(Registry):
    """How BSD, macOS and Windows number IPv4 and IPv6; each BSD chose its own number for IPv6."""

    UNSPECIFIED = 0
    IPV4 = 2
    OSI = 7
    IPV6_LINUX = 10
    APPLETALK = 16
    IPX = 23
    IPV6_NETBSD_OPENBSD = 24
    IPV6_FREEBSD = 28
    IPV6_MACOS = 30


_IP_FAMILIES = (
    AddressFamily.IPV4,
    AddressFamily.IPV6_LINUX,
    AddressFamily.IPV6_NETBSD_OPENBSD,
    AddressFamily.IPV6_FREEBSD,
    AddressFamily.IPV6_MACOS,
)


@header("sll", "Linux cooked capture", "tcpdump.org, LINKTYPE_LINUX_SLL")
class LinuxCooked(Header):
    """What Linux tells of a packet on any interface."""

    packet_type: int = unsigned(16, name="pkttype", registry=SllPacketType)
    hardware: int = unsigned(16, "ARPHRD type", name="hatype", registry=HardwareType)
    length: int = unsigned(16, "address length", name="halen", unit="bytes")
    address: int = unsigned(64, "link-layer address", name="src", style="hex")
    protocol: int = unsigned(16, name="etype", style="hex", registry=EtherType)


@header("sll", "Linux cooked capture v2", "tcpdump.org, LINKTYPE_LINUX_SLL2")
class LinuxCooked2(Header):
    """The same with the interface."""

    protocol: int = unsigned(16, name="etype", style="hex", registry=EtherType)
    reserved: bytes = octets(2, name="unused", default=b"\0\0")
    interface: int = unsigned(32, "interface index", name="ifindex")
    hardware: int = unsigned(16, "ARPHRD type", name="hatype", registry=HardwareType)
    packet_type: int = unsigned(8, name="pkttype", registry=SllPacketType)
    length: int = unsigned(8, "address length", name="halen", unit="bytes")
    address: int = unsigned(64, "link-layer address", name="src", style="hex")


@header("null", "BSD loopback", "tcpdump.org, LINKTYPE_NULL")
class Loopback(Header):
    """An address family in the byte order of the machine that captured."""

    family: bytes = octets(4)


def read_cooked(reading: Reading, at: int, stop: int) -> Step | None:
    """A Linux cooked packet."""
    head = reading.take(LinuxCooked, at, stop)
    *spans, _, protocol = head.spans(at)
    parts = (*spans, *_cooked_address(reading, at + 6, head.length, head.hardware), _named(protocol, head))
    reading.is_outgoing = head.packet_type == SllPacketType.SENT_BY_US
    reading.layer(LinuxCooked.LAYOUT, at, at + 16, parts, SllPacketType(head.packet_type).words)
    return _behind(reading, head, at + 16, stop)


def read_cooked2(reading: Reading, at: int, stop: int) -> Step | None:
    """A Linux cooked packet of the second kind."""
    head = reading.take(LinuxCooked2, at, stop)
    words = f"interface {head.interface}, {SllPacketType(head.packet_type).words}"
    protocol, *spans = head.spans(at)[:-1]
    parts = (_named(protocol, head), *spans, *_cooked_address(reading, at + 12, head.length, head.hardware))
    reading.is_outgoing = head.packet_type == SllPacketType.SENT_BY_US
    reading.layer(LinuxCooked2.LAYOUT, at, at + 20, parts, words)
    return _behind(reading, head, at + 20, stop)


def _named(protocol: Span, head: LinuxCooked | LinuxCooked2) -> Span:
    """The protocol field by what it holds: GRE's number, one of Linux's own, or an Ethernet type."""
    name = "sll.etype"
    if head.hardware in (HardwareType.IPV4_GRE, HardwareType.IPV6_GRE):
        name = "sll.gretype"
    elif head.protocol < LEAST_TYPE:
        name = "sll.ltype"
        told = f"0x{head.protocol:04x}  {LinuxProtocol(head.protocol).words}"
        at, stop = protocol.start_bit // 8, protocol.stop_bit // 8
        return stretch(name, "protocol", at, stop, told, value=head.protocol)
    if name == "sll.etype":
        return protocol
    at, stop = protocol.start_bit // 8, protocol.stop_bit // 8
    return stretch(name, "protocol", at, stop, protocol.shown, value=head.protocol)


def _behind(reading: Reading, head: LinuxCooked | LinuxCooked2, at: int, stop: int) -> Step | None:
    if head.protocol == LinuxProtocol.IEEE_802_2_LLC:
        return read_link_control(reading, at, stop)
    if head.protocol < LEAST_TYPE:
        read_data(reading, at, stop, LinuxProtocol(head.protocol).words)
        return None
    return Step(Space.ETHERTYPE, (head.protocol,), at, stop)


def _cooked_address(reading: Reading, at: int, length: int, hardware: int) -> Iterator[Span]:
    """The sender's address, as long as it says it is, and the unused rest of eight bytes."""
    size = min(length, 8)
    raw = reading.data[at : at + size]
    if size == 6:
        yield stretch("sll.src.eth", "source", at, at + 6, raw.hex(":"), value=raw)
    elif size == 4:
        address = IPv4Address(raw)
        yield stretch("sll.src.ipv4", "source", at, at + 4, str(address), value=address)
    elif size:
        yield bytes_span("sll.src.other", "source", reading.data, at, at + size)
    if size < 8:
        yield bytes_span("sll.unused", "unused", reading.data, at + size, at + 8)
    if length > 8:
        reading.note(Severity.NOTE, at, f"{length} bytes of address, the first 8 are here")


def read_loopback(reading: Reading, at: int, stop: int) -> Step | None:
    """A loopback packet: its family in either byte order."""
    if reading.data[at : at + 2] == b"\xff\x03":  # some capture PPP on links that are no loopback
        return read_ppp(reading, at, stop)
    head = reading.take(Loopback, at, stop)
    number = min(int.from_bytes(head.family, "little"), int.from_bytes(head.family, "big"))
    family = AddressFamily(number)
    placed = reading.placed(head, at, family=f"{number} {family.words}")
    reading.layer(Loopback.LAYOUT, at, at + 4, placed, f"loopback, {family.words}")
    if family in _IP_FAMILIES:
        return read_ip(reading, at + 4, stop)
    read_data(reading, at + 4, stop, family.words)
    return None
