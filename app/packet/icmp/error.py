"""ICMP errors put together: the quotation, and the objects that RFC 4884 lets follow it.

What the simulated routers say is built here, and what the tests hold the readers against.
"""

from collections.abc import Sequence

from app.packet.answer import InterfaceInformation, MplsEntry
from app.packet.checksum import internet_checksum
from app.packet.compose import Envelope, icmp_protocol, with_checksum
from app.packet.errors import PacketError
from app.packet.icmp.extension import (
    ICMP_ERROR_SIZE,
    LEAST_QUOTE,
    LENGTH_FIELD,
    AddressFamily,
    ExtensionHeader,
    InterfaceRoleByte,
    LabelStackEntry,
    ObjectClass,
    ObjectHeader,
)

#: Bytes of a whole IP datagram that an error may fill: RFC 1812, section 4.3.2.3; RFC 4443, section 2.4 (c).
LARGEST_ERROR = {4: 576, 6: 1280}
_IP_HEADER = {4: 20, 6: 40}
#: "The name field ... MUST NOT exceed 63 octets" (RFC 5837, section 4.3).
_LONGEST_NAME = 63


def icmp_error(
    envelope: Envelope,
    type: int,  # noqa: A002  # the RFCs' word
    code: int,
    quoted: bytes,
    *,
    rest: int = 0,
    mpls: Sequence[MplsEntry] = (),
    interfaces: Sequence[InterfaceInformation] = (),
) -> bytes:
    """The ICMP message of the envelope's IP version that complains about the datagram `quoted`.

    `rest` is the second word: next-hop MTU, pointer or gateway. The quotation is cut where the error would
    outgrow what the RFCs allow; cut it before for a router that quotes less. With objects, the quotation is
    padded and its length told (RFC 4884, sections 3 to 5). Raises PacketError for a type that takes none.
    """
    version = envelope.source.version
    objects = (_mpls_object(mpls) if mpls else b"") + b"".join(map(_interface_object, interfaces))
    extension = _extension(objects) if objects else b""
    room = LARGEST_ERROR[version] - _IP_HEADER[version] - ICMP_ERROR_SIZE - len(extension)
    quoted = quoted[:room]
    if extension:
        length_at, unit, types = LENGTH_FIELD[version]
        if type not in types:
            raise PacketError(f"ICMP type {type} of IPv{version} takes no extension objects (RFC 4884, section 4)")
        quoted = quoted[: room - room % unit].ljust(LEAST_QUOTE, b"\0")
        quoted += bytes(-len(quoted) % unit)
        rest |= len(quoted) // unit << 8 * (7 - length_at)
    head = bytes((type, code, 0, 0)) + rest.to_bytes(4, "big")
    return with_checksum(envelope, icmp_protocol(envelope.source), head + quoted + extension)


def _extension(objects: bytes) -> bytes:
    checksum = internet_checksum(ExtensionHeader().build() + objects)
    return ExtensionHeader(checksum=checksum).build() + objects


def _object(object_class: ObjectClass, object_type: int, payload: bytes) -> bytes:
    head = ObjectHeader(length=4 + len(payload), object_class=object_class, object_type=object_type)
    return head.build() + payload


def _mpls_object(entries: Sequence[MplsEntry]) -> bytes:
    stack = (
        LabelStackEntry(label=entry.label, traffic_class=entry.traffic_class, is_bottom=entry.is_bottom, ttl=entry.ttl)
        for entry in entries
    )
    return _object(ObjectClass.MPLS_LABEL_STACK, 1, b"".join(entry.build() for entry in stack))


def _interface_object(told: InterfaceInformation) -> bytes:
    says = InterfaceRoleByte(
        role=told.role,
        has_index=told.index is not None,
        has_address=told.address is not None,
        has_name=told.name is not None,
        has_mtu=told.mtu is not None,
    )
    parts = []
    if told.index is not None:
        parts.append(told.index.to_bytes(4, "big"))
    if told.address is not None:
        family = AddressFamily.IP if told.address.version == 4 else AddressFamily.IP6
        parts.append(family.to_bytes(2, "big") + b"\0\0" + told.address.packed)
    if told.name is not None:
        parts.append(_name(told.name))
    if told.mtu is not None:
        parts.append(told.mtu.to_bytes(4, "big"))
    return _object(ObjectClass.INTERFACE_INFORMATION, says.build()[0], b"".join(parts))


def _name(name: str) -> bytes:
    """A name with its length in front, padded with zeros to a multiple of 4, which the length counts."""
    text = name.encode()[:_LONGEST_NAME]
    size = (len(text) + 4) // 4 * 4
    return bytes((size,)) + text.ljust(size - 1, b"\0")
