"""The blocks of pcapng that are no packets (draft-ietf-opsawg-pcapng, section 4), and the options of all blocks.

Whatever a block says becomes safe text here. A block too short for its fields raises struct.error.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address

from app.packet.capture.contents import Interface, Statistics
from app.packet.link.linktype import LinkType
from app.packet.registry import Registry
from app.packet.text import safe_bytes

END, COMMENT = 0, 1
#: Options of a section header.
HARDWARE, SYSTEM, APPLICATION = 2, 3, 4
#: Options of an interface description.
NAME, DESCRIPTION, SPEED, RESOLUTION, FILTER, INTERFACE_SYSTEM, OFFSET, INTERFACE_HARDWARE = 2, 3, 8, 9, 11, 12, 14, 15
#: Options of a packet.
FLAGS, DROPPED = 2, 4
#: Options of interface statistics.
STARTED, ENDED, RECEIVED, LOST, ACCEPTED, LOST_BY_SYSTEM, DELIVERED = 2, 3, 4, 5, 6, 7, 8
#: "if_tsresol ... if this option is not present, a resolution of 10^-6 is assumed" (section 4.2).
MICROSECONDS = 6
#: Comments of one block that are kept, and the characters of each.
_MOST_COMMENTS, _LONGEST_COMMENT = 100, 4096
_FILTER_STRING = b"\0"
_RECORD_END, _IPV4, _IPV6 = 0, 1, 2


class BlockType(Registry):
    """draft-ietf-opsawg-pcapng, section 10.1"""

    INTERFACE_DESCRIPTION = 1
    OBSOLETE_PACKET = 2
    SIMPLE_PACKET = 3
    NAME_RESOLUTION = 4
    INTERFACE_STATISTICS = 5
    ENHANCED_PACKET = 6
    IRIG_TIMESTAMP = 7
    ARINC_429 = 8
    SYSTEMD_JOURNAL_EXPORT = 9
    DECRYPTION_SECRETS = 10
    CUSTOM = 0x0BAD
    CUSTOM_NOT_TO_BE_COPIED = 0x40000BAD
    SECTION_HEADER = 0x0A0D0D0A


class SecretsType(Registry):
    """draft-ietf-opsawg-pcapng, section 10.3"""

    TLS_KEY_LOG = 0x544C534B
    SSH_KEY_LOG = 0x5353484B
    WIREGUARD_KEY_LOG = 0x57474B4C
    ZIGBEE_NETWORK_KEY = 0x5A4E574B
    ZIGBEE_APPLICATION_SUPPORT_KEY = 0x5A415053


@dataclass(frozen=True, slots=True)
class Options:
    """The options of one block: the first of each code, and all comments."""

    order: str
    first: dict[int, bytes]
    comments: tuple[str, ...]

    def text(self, code: int) -> str:
        """Text, made safe; empty where the option is not there."""
        return safe_bytes(self.first.get(code, b"").rstrip(b"\0"))

    def number(self, code: int, fields: str) -> int | None:
        """A number; None where the option is not there or has another size."""
        value = self.first.get(code, b"")
        if len(value) != struct.calcsize(self.order + fields):
            return None
        return int(struct.unpack(self.order + fields, value)[0])

    def moment(self, code: int, interface: Interface) -> int | None:
        """A stamp in two words, as nanoseconds since the epoch."""
        value = self.first.get(code, b"")
        if len(value) != 8:
            return None
        high, low = struct.unpack(self.order + "II", value)
        return interface.nanoseconds(high << 32 | low)


def read_options(order: str, data: bytes, at: int, end: int) -> Options:
    """The options from byte `at` on; a list that is cut ends there."""
    first: dict[int, bytes] = {}
    comments: list[str] = []
    while at + 4 <= end:
        code, size = struct.unpack_from(order + "HH", data, at)
        at += 4
        if code == END or at + size > end:
            break
        if code != COMMENT:
            first.setdefault(code, data[at : at + size])
        elif len(comments) < _MOST_COMMENTS:
            comments.append(safe_bytes(data[at : at + size].rstrip(b"\0"), _LONGEST_COMMENT))
        at += size + -size % 4
    return Options(order, first, tuple(comments))


def read_interface(order: str, body: bytes, *, number: int, section: int) -> Interface:
    """An interface description."""
    link, _, snap = struct.unpack_from(order + "HHI", body)
    options = read_options(order, body, 8, len(body))
    resolution = options.number(RESOLUTION, "B")
    told = options.first.get(FILTER, b"")
    return Interface(
        number=number,
        section=section,
        order=order,
        link=LinkType(link),
        name=options.text(NAME),
        snap=snap,
        resolution=MICROSECONDS if resolution is None else resolution,
        offset=options.number(OFFSET, "q") or 0,
        description=options.text(DESCRIPTION),
        capture_filter=safe_bytes(told[1:]) if told[:1] == _FILTER_STRING else "",
        system=options.text(INTERFACE_SYSTEM),
        hardware=options.text(INTERFACE_HARDWARE),
        speed=options.number(SPEED, "Q"),
        comments=options.comments,
    )


def read_statistics(order: str, body: bytes, interface: Interface) -> Statistics:
    """The counters of an interface."""
    high, low = struct.unpack_from(order + "II", body, 4)
    options = read_options(order, body, 12, len(body))
    return Statistics(
        interface.number,
        interface.nanoseconds(high << 32 | low),
        started_at=options.moment(STARTED, interface),
        ended_at=options.moment(ENDED, interface),
        received=options.number(RECEIVED, "Q"),
        dropped=options.number(LOST, "Q"),
        accepted=options.number(ACCEPTED, "Q"),
        dropped_by_system=options.number(LOST_BY_SYSTEM, "Q"),
        delivered=options.number(DELIVERED, "Q"),
        comments=options.comments,
    )


def read_names(order: str, body: bytes) -> Iterator[tuple[str, str]]:
    """Addresses and the first name of each, as far as the records of a name resolution block go."""
    at = 0
    while at + 4 <= len(body):
        kind, size = struct.unpack_from(order + "HH", body, at)
        at += 4
        if kind == _RECORD_END or at + size > len(body):
            return
        width = {_IPV4: 4, _IPV6: 16}.get(kind, size)
        address, name = body[at : at + width], body[at + width : at + size].split(b"\0", 1)[0]
        if len(address) == width and name:
            yield str(IPv4Address(address) if kind == _IPV4 else IPv6Address(address)), safe_bytes(name)
        at += size + -size % 4


def secrets_words(order: str, body: bytes) -> str:
    """What kind of decryption secrets a block holds. The secrets themselves are never read."""
    kind = SecretsType(struct.unpack_from(order + "I", body)[0])
    known = kind.words if kind.is_assigned else f"of type {kind:#010x}"
    return f"decryption secrets ({known}), not shown"


def passed_words(order: str, kind: int, body: bytes) -> str:
    """What a block is that is passed over."""
    known = BlockType(kind)
    if known in (BlockType.CUSTOM, BlockType.CUSTOM_NOT_TO_BE_COPIED):
        return f"custom block of enterprise {struct.unpack_from(order + 'I', body)[0]}, passed over"
    return f"{known.words if known.is_assigned else f'block of type {kind:#010x}'}, passed over"
