"""The interface objects of multi-part ICMP messages as spans: RFC 5837 (which interface) and RFC 8335 (asked for)."""

from ipaddress import ip_address

from app.packet.dissection import Branch, Part, Placed, stretch
from app.packet.icmp.extension import AddressFamily, ExtensionObject, InterfaceRole, ObjectClass
from app.packet.layout import Group, Header, Span, flag, header, octets, unsigned
from app.packet.shape import bytes_span, heading
from app.packet.text import safe_bytes

C_TYPE = Group("icmp.ext.ctype", "C-Type")
_ADDRESS_SIZE: dict[int, int] = {AddressFamily.IP: 4, AddressFamily.IP6: 16}


@header("icmp.int_info", "interface information", "RFC 5837, section 4.1")
class InterfaceObject(Header):
    """The object's head; the C-Type's bits say which parts follow, in this order."""

    length: int = unsigned(16, name="icmp.ext.length", unit="bytes")
    object_class: int = unsigned(8, "class", name="icmp.ext.class", registry=ObjectClass)
    role: int = unsigned(2, registry=InterfaceRole, group=C_TYPE)
    reserved: int = unsigned(2, group=C_TYPE, default=0)
    has_index: int = flag("ifIndex", name="ifindex", group=C_TYPE, default=0)
    has_address: int = flag("IP address", name="ipaddr", group=C_TYPE, default=0)
    has_name: int = flag("interface name", name="name_present", group=C_TYPE, default=0)
    has_mtu: int = flag("MTU", name="mtu_present", group=C_TYPE, default=0)


@header("icmp.int_info", "interface index", "RFC 5837, section 4.1")
class InterfaceIndex(Header):
    """The MIB-II ifIndex."""

    index: int = unsigned(32, "interface index")


@header("icmp.int_info", "MTU", "RFC 5837, section 4.1")
class InterfaceMtu(Header):
    """The interface's MTU."""

    mtu: int = unsigned(32, "MTU", unit="bytes")


@header("icmp.int_info", "address", "RFC 5837, section 4.2")
class InterfaceAddress(Header):
    """Stands in front of an address."""

    family: int = unsigned(16, "address family", name="afi", registry=AddressFamily)
    reserved: bytes = octets(2, name="icmp.reserved", default=b"\0\0")


@header("icmp.int_ident", "address", "RFC 8335, section 2.1")
class IdentifiedAddress(Header):
    """Stands in front of the address of the interface that is asked for."""

    family: int = unsigned(16, "address family", name="afi", registry=AddressFamily)
    length: int = unsigned(8, "address length", name="addr_length", unit="bytes")
    reserved: bytes = octets(1, default=b"\0")


def interface_information(data: bytes, found: ExtensionObject) -> Branch:
    """An interface information object, its sub-objects as far as they reach."""
    start, at, stop = found.start - 4, found.start, found.stop
    head = InterfaceObject.decode(data, start)
    told: list[Part] = []
    if head.has_index and at + 4 <= stop:
        told.extend(InterfaceIndex.decode(data, at).spans(at))
        at += 4
    if head.has_address and at + 4 <= stop:
        at = _address_object(data, at, stop, told)
    if head.has_name and at < stop:
        at = _name_object(data, at, stop, told)
    if head.has_mtu and at + 4 <= stop:
        told.extend(InterfaceMtu.decode(data, at).spans(at))
        at += 4
    if at < stop:
        told.append(bytes_span("icmp.ext.data", "data", data, at, stop))
    title = f"interface information, {InterfaceRole(head.role).words}"
    return heading("icmp.int_info", title, start, stop, (*head.spans(start), *told), tuple(told))


def _address_object(data: bytes, at: int, stop: int, told: list[Part]) -> int:
    """Put down an address with its family (RFC 5837, section 4.2); the byte behind it."""
    prefix = InterfaceAddress.decode(data, at)
    end = at + 4 + min(_ADDRESS_SIZE.get(prefix.family, 0), stop - at - 4)
    parts = (*prefix.spans(at), *_address("icmp.int_info", data, at + 4, end))
    told.append(heading("icmp.int_info.address", "IP address", at, end, parts, parts[2:]))
    return end


def _name_object(data: bytes, at: int, stop: int, told: list[Part]) -> int:
    """Put down a name with its length (RFC 5837, section 4.3); the byte behind it."""
    end = at + min(max(1, data[at]), stop - at)
    parts = tuple(_name(data, at, end))
    told.append(heading("icmp.int_info.name_object", "name", at, end, parts, parts[1:]))
    return end


@header("icmp.node_id", "node identification", "draft-ietf-intarea-extended-icmp-nodeid")
class NodeObject(Header):
    """The object's head; the C-Type's bits say which parts follow, as those of RFC 5837 do."""

    length: int = unsigned(16, name="icmp.ext.length", unit="bytes")
    object_class: int = unsigned(8, "class", name="icmp.ext.class", registry=ObjectClass)
    reserved: int = unsigned(5, group=C_TYPE, default=0)
    has_address: int = flag("IP address", name="ipaddr", group=C_TYPE, default=0)
    has_name: int = flag("name", name="name_present", group=C_TYPE, default=0)
    reserved_end: int = flag("reserved", name="reserved", group=C_TYPE, default=0)


def node_identification(data: bytes, found: ExtensionObject) -> Branch:
    """A node identification object: an address and a name of the node that answers."""
    start, at, stop = found.start - 4, found.start, found.stop
    head = NodeObject.decode(data, start)
    told: list[Part] = []
    if head.has_address and at + 4 <= stop:
        at = _address_object(data, at, stop, told)
    if head.has_name and at < stop:
        at = _name_object(data, at, stop, told)
    if at < stop:
        told.append(bytes_span("icmp.ext.data", "data", data, at, stop))
    placed = Placed(head, start, start + 4)
    return heading("icmp.node_id", "node identification", start, stop, (placed, *told), told)


def interface_identification(data: bytes, found: ExtensionObject) -> list[Span]:
    """What an extended echo request names its interface by: C-Type 1 name, 2 index, 3 address."""
    at, stop = found.start, found.stop
    if found.object_type == 1:
        name = safe_bytes(data[at:stop].rstrip(b"\0"))
        return [stretch("icmp.int_ident.name", "interface name", at, stop, name, value=name)]
    if found.object_type == 2 and at + 4 <= stop:
        index = int.from_bytes(data[at : at + 4], "big")
        return [stretch("icmp.int_ident.index", "interface index", at, at + 4, str(index), value=index)]
    if found.object_type == 3 and at + 4 <= stop:
        head = IdentifiedAddress.decode(data, at)
        return [*head.spans(at), *_address("icmp.int_ident", data, at + 4, min(stop, at + 4 + head.length))]
    return [bytes_span("icmp.ext.data", "data", data, at, stop)] if at < stop else []


def _address(name: str, data: bytes, at: int, stop: int) -> list[Span]:
    if stop - at in (4, 16):
        address = ip_address(data[at:stop])
        return [stretch(f"{name}.ipv{address.version}", "address", at, stop, str(address), value=address)]
    return [bytes_span(f"{name}.address", "address", data, at, stop)] if at < stop else []


def _name(data: bytes, at: int, stop: int) -> list[Span]:
    length = stretch("icmp.int_info.name_length", "name length", at, at + 1, f"{data[at]} bytes", value=data[at])
    if at + 1 >= stop:
        return [length]
    name = safe_bytes(data[at + 1 : stop].rstrip(b"\0"))
    return [length, stretch("icmp.int_info.name", "interface name", at + 1, stop, name, value=name)]
