"""What Linux changes of a datagram that a program has made whole, said before it is sent and read off afterwards.

raw(7): with IP_HDRINCL the kernel fills in the total length and the checksum always, the source address and the
identification where they are zero. Of IPv6 datagrams (IPV6_HDRINCL) and of whole frames (packet(7)) it changes nothing.
"""

from app.packet.checksum import internet_checksum
from app.packet.compose import Address
from app.packet.dissect import dissect
from app.packet.dissection import every
from app.packet.link.linktype import LinkType

_HEADER = 20
_DONT_FRAGMENT = 0x4000
_NOBODY = bytes(4)
#: How a packet is called that has other bytes than were made, where no field differs.
LENGTH = "frame.len"


def is_header_heeded(data: bytes) -> bool:
    """Whether the kernel takes the header for one of IPv4, and so fills it in."""
    return len(data) >= _HEADER and data[0] >> 4 == 4 and _HEADER <= (data[0] & 15) * 4 <= len(data)


def as_sent(data: bytes, source: Address | None = None) -> bytes:
    """What leaves by a raw socket when `data` is handed over; `source` is the address that the kernel would choose.

    An identification of zero that the kernel replaces is not known before: it stays zero here.
    """
    if not is_header_heeded(data):
        return data
    size = (data[0] & 15) * 4
    address = data[12:16]
    if address == _NOBODY and source is not None and source.version == 4:
        address = source.packed
    head = data[:2] + len(data).to_bytes(2) + data[4:10] + b"\0\0" + address + data[16:size]
    return head[:10] + internet_checksum(head).to_bytes(2) + head[12:] + data[size:]


def predicted(data: bytes, source: Address | None = None) -> tuple[str, ...]:
    """The fields that the kernel will change, by their filter names."""
    names = list(changes(data, as_sent(data, source), LinkType.RAW))
    is_chosen = is_header_heeded(data) and data[4:6] == b"\0\0"
    if is_chosen and not int.from_bytes(data[6:8]) & _DONT_FRAGMENT:
        names = [*dict.fromkeys(("ip.id", *names, "ip.checksum"))]
    return tuple(names)


def unsendable(data: bytes) -> tuple[str, ...]:
    """The fields whose values a raw socket cannot send as they are: lengths, checksums and versions that are wrong."""
    if not data or data[0] >> 4 not in (4, 6):
        return ("ip.version",) if data else ()
    if data[0] >> 4 == 6:
        return ()
    if not is_header_heeded(data):
        return ("ip.hdr_len",)
    sent = as_sent(data)
    return tuple(name for name in changes(data, sent, LinkType.RAW) if name in ("ip.len", "ip.checksum"))


def changes(made: bytes, seen: bytes, link: LinkType) -> tuple[str, ...]:
    """The fields of a packet that was made which are others in the one that was seen, in the order of the bytes."""
    if made == seen:
        return ()
    names: dict[str, None] = {}
    for layer in dissect(made, link).layers:
        for span in every(layer.spans):
            if not span.children and _bits(made, span.start_bit, span.stop_bit) != _bits(
                seen, span.start_bit, span.stop_bit
            ):
                names[span.field.name] = None
    if len(made) != len(seen) or not names:
        names[LENGTH] = None
    return tuple(names)


def _bits(data: bytes, start: int, stop: int) -> int | None:
    """Bits of a packet; None where it ends before."""
    if stop > len(data) * 8:
        return None
    first, last = start // 8, -(-stop // 8)
    return (int.from_bytes(data[first:last]) >> (last * 8 - stop)) & ((1 << (stop - start)) - 1)
