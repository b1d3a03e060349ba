"""LLDP (IEEE 802.1AB): a station's own words about itself, TLV by TLV; of the organizations' TLVs the common ones."""

from collections.abc import Callable
from ipaddress import IPv4Address, IPv6Address
from typing import NamedTuple

from app.packet.layout import Header, header, unsigned
from app.packet.link.lldporganizations import CONTENTS
from app.packet.link.lldptypes import (
    AddressFamily,
    ChassisSubtype,
    InterfaceSubtype,
    LldpTlv,
    Organization,
    PortSubtype,
    capability_bits,
)
from app.packet.reading import Reading
from app.packet.text import safe_bytes
from app.packet.walk import Walk, read_element, read_message, told

TITLE = "Link Layer Discovery Protocol"


@header("lldp", TITLE, "IEEE 802.1AB, section 8.4")
class Tlv(Header):
    """What stands in front of every value; the length counts the value alone."""

    type: int = unsigned(7, name="lldp.tlv.type", registry=LldpTlv)
    length: int = unsigned(9, name="lldp.tlv.len", unit="bytes")


@header("lldp", "chassis identifier", "IEEE 802.1AB, section 8.5.2")
class Chassis(Tlv):
    """Which kind of identifier follows."""

    subtype: int = unsigned(8, name="lldp.chassis.subtype", registry=ChassisSubtype)


@header("lldp", "port identifier", "IEEE 802.1AB, section 8.5.3")
class Port(Tlv):
    """Which kind of identifier follows."""

    subtype: int = unsigned(8, name="lldp.port.subtype", registry=PortSubtype)


@header("lldp", "time to live", "IEEE 802.1AB, section 8.5.4")
class TimeToLive(Tlv):
    """How long what is said here holds; zero takes it back."""

    seconds: int = unsigned(16, "time to live", name="time_to_live", unit="s")


@header("lldp", "system capabilities", "IEEE 802.1AB, section 8.5.8")
class Capabilities(Tlv):
    """What the station can do, and what of it is in use."""

    capabilities: int = unsigned(
        16, style="hex", name="lldp.tlv.system_cap", inner=capability_bits("lldp.tlv.system_cap")
    )
    enabled: int = unsigned(
        16,
        "in use",
        style="hex",
        name="lldp.tlv.enable_system_cap",
        inner=capability_bits("lldp.tlv.enable_system_cap"),
    )


@header("lldp", "management address", "IEEE 802.1AB, section 8.5.9")
class Management(Tlv):
    """An address to manage the station by; its length counts the family too."""

    size: int = unsigned(8, "address length", name="lldp.mgn.address.len", unit="bytes")
    family: int = unsigned(8, "address family", name="lldp.mgn.address.subtype", registry=AddressFamily)


@header("lldp", "interface", "IEEE 802.1AB, section 8.5.9")
class ManagementInterface(Header):
    """The interface that the address belongs to, and the length of the object identifier behind it."""

    subtype: int = unsigned(8, "interface numbering", name="lldp.mgn.interface.subtype", registry=InterfaceSubtype)
    number: int = unsigned(32, "interface number", name="lldp.mgn.interface.number")
    size: int = unsigned(8, "object identifier length", name="lldp.mgn.obj.len", unit="bytes")


@header("lldp", "organization's TLV", "IEEE 802.1AB, section 8.6")
class Organizational(Tlv):
    """Whose TLV this is; what it holds is that organization's business."""

    organization: int = unsigned(24, name="lldp.orgtlv.oui", style="hex", registry=Organization)


@header("lldp", "network address", "IEEE 802.1AB, section 8.5.2")
class NetworkAddress(Header):
    """The family of a network address."""

    family: int = unsigned(8, "address family", name="lldp.network_address.subtype", registry=AddressFamily)


def read_lldp(reading: Reading, at: int, stop: int) -> None:
    """An LLDP data unit. It ends itself; what stands behind it is the link's padding."""
    end = _end(reading.data, at, stop)
    if reading.end is None:
        reading.end = end
    read_message(reading, at, end, Tlv.LAYOUT, _unit)


def _end(data: bytes, at: int, stop: int) -> int:
    """The byte behind the TLV that ends the unit, else the end of what there is."""
    while at + Tlv.SIZE <= stop:
        head = int.from_bytes(data[at : at + Tlv.SIZE])
        at += Tlv.SIZE + (head & 0x1FF)
        if head >> 9 == LldpTlv.END:
            return min(at, stop)
    return stop


def _unit(walk: Walk) -> str:
    said: dict[int, str] = {}
    while walk.lasts():
        head = int.from_bytes(walk.bytes_here(Tlv.SIZE))
        kind = LldpTlv(head >> 9)
        body, rest = _TLVS.get(kind, (_plain, "lldp.tlv.value"))
        with walk.under("lldp.tlv", kind.words) as words:
            words.append(read_element(walk, Tlv.SIZE + (head & 0x1FF), body, rest))
        said.setdefault(kind, words[0])
        walk.says = _summary(said)
    return walk.says or "LLDP"


def _summary(said: dict[int, str]) -> str:
    """The name, else the chassis, then the port."""
    name = said.get(LldpTlv.SYSTEM_NAME) or said.get(LldpTlv.CHASSIS_IDENTIFIER)
    port = said.get(LldpTlv.PORT_IDENTIFIER)
    words = f"LLDP, {name}" if name else "LLDP"
    words += f", port {port}" if port else ""
    return f"{words}, is leaving" if said.get(LldpTlv.TIME_TO_LIVE) == "0 s" else words


def _plain(walk: Walk) -> str:
    walk.take(Tlv)
    return ""


def _text(name: str) -> Callable[[Walk], str]:
    def read(walk: Walk) -> str:
        walk.take(Tlv)
        return _words(walk, name)

    return read


def _words(walk: Walk, name: str) -> str:
    """The rest as text."""
    text = safe_bytes(walk.reading.data[walk.at : walk.stop])
    if walk.lasts():
        walk.put(name, "text", walk.stop - walk.at, text)
    return text


class _Names(NamedTuple):
    """How a filter names an identifier of each kind."""

    other: str
    mac: str
    ipv4: str
    ipv6: str


_CHASSIS = _Names("lldp.chassis.id", "lldp.chassis.id.mac", "lldp.chassis.id.ip4", "lldp.chassis.id.ip6")
_PORT = _Names("lldp.port.id", "lldp.port.id.mac", "lldp.port.id.ip4", "lldp.port.id.ip6")
_MANAGEMENT = _Names("lldp.mgn.addr.hex", "lldp.mgn.addr.hex", "lldp.mgn.addr.ip4", "lldp.mgn.addr.ip6")


def _identifier(walk: Walk, names: _Names, subtype: ChassisSubtype | PortSubtype) -> str:
    """An identifier by its subtype: an address of hardware or network, else text."""
    left = walk.stop - walk.at
    if subtype.name == "MAC_ADDRESS" and left == 6:
        text = walk.bytes_here(6).hex(":")
        walk.put(names.mac, "MAC address", 6, text)
        return text
    if subtype.name == "NETWORK_ADDRESS" and left:
        family = walk.take(NetworkAddress).family
        return _address(walk, family, names)
    return _words(walk, names.other)


def _address(walk: Walk, family: int, names: _Names) -> str:
    """The bytes that are left, as an address of that family."""
    packed = walk.reading.data[walk.at : walk.stop]
    address: IPv4Address | IPv6Address
    if family == AddressFamily.IPV4 and len(packed) == 4:
        name, address = names.ipv4, IPv4Address(packed)
    elif family == AddressFamily.IPV6 and len(packed) == 16:
        name, address = names.ipv6, IPv6Address(packed)
    else:
        walk.rest(names.other, "address")
        return packed[:32].hex(":")
    walk.put(name, "address", len(packed), address)
    return str(address)


def _chassis(walk: Walk) -> str:
    return _identifier(walk, _CHASSIS, ChassisSubtype(walk.take(Chassis).subtype))


def _port(walk: Walk) -> str:
    return _identifier(walk, _PORT, PortSubtype(walk.take(Port).subtype))


def _time(walk: Walk) -> str:
    return f"{walk.take(TimeToLive).seconds} s"


def _capabilities(walk: Walk) -> str:
    head = walk.take(Capabilities)
    return f"0x{head.capabilities:04x}, in use 0x{head.enabled:04x}"


def _management(walk: Walk) -> str:
    head = walk.take(Management)
    with walk.within(max(head.size - 1, 0)):
        text = _address(walk, head.family, _MANAGEMENT)
    interface = walk.take(ManagementInterface)
    walk.rest("lldp.mgn.obj.id", "object identifier", walk.at + interface.size)
    return f"{text}, interface {interface.number}"


def _organizational(walk: Walk) -> str:
    organization = Organization(walk.take(Organizational).organization)
    subtype = walk.bytes_here(1)[0]
    if walk.lasts():
        walk.put(organization.subtype_field, "subtype", 1, subtype)
    content = CONTENTS.get((organization, subtype))
    if content is None:
        walk.rest("lldp.unknown_subtype.content")
        return f"{organization.words} {subtype}"
    if content.head is not None:
        walk.take(content.head)
    if content.text:
        return told(content.title, _words(walk, content.text))
    walk.rest(content.rest)
    return content.title


_TLVS: dict[int, tuple[Callable[[Walk], str], str]] = {
    LldpTlv.CHASSIS_IDENTIFIER: (_chassis, "lldp.chassis.id"),
    LldpTlv.PORT_IDENTIFIER: (_port, "lldp.port.id"),
    LldpTlv.TIME_TO_LIVE: (_time, "lldp.tlv.value"),
    LldpTlv.PORT_DESCRIPTION: (_text("lldp.port.desc"), "lldp.tlv.value"),
    LldpTlv.SYSTEM_NAME: (_text("lldp.tlv.system.name"), "lldp.tlv.value"),
    LldpTlv.SYSTEM_DESCRIPTION: (_text("lldp.tlv.system.desc"), "lldp.tlv.value"),
    LldpTlv.SYSTEM_CAPABILITIES: (_capabilities, "lldp.tlv.value"),
    LldpTlv.MANAGEMENT_ADDRESS: (_management, "lldp.tlv.value"),
    LldpTlv.ORGANIZATION_SPECIFIC: (_organizational, "lldp.tlv.value"),
}
