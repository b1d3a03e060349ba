"""The typed headers of a packet, and what of the packet is missing: nothing is read of bytes that are not there."""

from collections.abc import Iterable, Iterator
from typing import TypeVar

from app.engine.neighbourhood.saying import Heard
from app.packet.dissection import Branch, CheckStatus, Layer, Part, Placed, Severity
from app.packet.ip.v4 import Ipv4
from app.packet.ip.v6 import Ipv6
from app.packet.ip.v6options import Fragment
from app.packet.layout import Header

H = TypeVar("H", bound=Header)


def placed(parts: Iterable[Part]) -> Iterator[Placed]:
    """Every header among parts and below their headings that is wholly there, in the order of the wire."""
    for part in parts:
        if isinstance(part, Branch):
            yield from placed(part.parts)
        elif isinstance(part, Placed) and part.at + part.header.SIZE <= part.stop:
            yield part


def headers(parts: Iterable[Part]) -> Iterator[Header]:
    """The same without their places."""
    return (part.header for part in placed(parts))


def first(kind: type[H], parts: Iterable[Part]) -> H | None:
    """The first whole header of a kind."""
    return next((header for header in headers(parts) if isinstance(header, kind)), None)


def layers_before(heard: Heard) -> Iterator[Layer]:
    """The layers around the one that a reader is asked about, outermost first."""
    for layer in heard.dissection.layers:
        if layer is heard.layer:
            return
        yield layer


def around(heard: Heard, kind: type[H]) -> H | None:
    """The innermost header of a kind around the layer, such as the UDP header of a RIP message."""
    found = None
    for layer in layers_before(heard):
        found = first(kind, layer.parts) or found
    return found


def is_whole(heard: Heard) -> bool:
    """Whether all bytes of the datagram are here, and no part of it went in another fragment."""
    size = len(heard.dissection.data)
    for layer in layers_before(heard):
        for header in headers(layer.parts):
            if isinstance(header, Ipv4):
                if header.more_fragments or header.fragment_offset or layer.start + header.total_length > size:
                    return False
            elif isinstance(header, Ipv6):
                if layer.start + Ipv6.SIZE + header.payload_length > size:
                    return False
            elif isinstance(header, Fragment) and (header.more_fragments or header.offset):
                return False
    return True


def is_sound(heard: Heard) -> bool:
    """Whether the message contradicts itself nowhere, such as in a list that ends before its count does.

    A wrong checksum does not count here: it says that the bytes may be others, not that they make no sense.
    """
    start, stop = heard.layer.start, heard.layer.stop
    sums = {check.start for check in heard.dissection.checks}
    return not any(
        note.severity is Severity.ERROR and start <= note.position <= stop and note.position not in sums
        for note in heard.dissection.notes
    )


def is_readable(heard: Heard) -> bool:
    """Whether the layer may be read at all: whole, and without contradiction."""
    return is_whole(heard) and is_sound(heard)


def is_bad_sum(heard: Heard, at: int) -> bool:
    """Whether the checksum field at byte `at` of the frame does not hold."""
    return any(check.start == at and check.status is CheckStatus.BAD for check in heard.dissection.checks)
