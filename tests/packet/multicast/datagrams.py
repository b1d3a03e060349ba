"""Multicast messages within datagrams whose checksums are right: what the tests of this folder dissect."""

from ipaddress import ip_address

from app.packet.checksum import internet_checksum, pseudo_header
from app.packet.compose import Envelope, ip_datagram
from app.packet.dissect import dissect
from app.packet.dissection import Dissection, every
from app.packet.registry import Protocol


def sealed(message: bytes, front: bytes = b"", summed: int | None = None) -> bytes:
    """`message` with the checksum at byte 2 made right, over its first `summed` bytes and `front`."""
    checksum = internet_checksum(front + message[:2] + b"\0\0" + message[4:summed])
    return message[:2] + checksum.to_bytes(2, "big") + message[4:]


def igmp(text: str) -> bytes:
    """A datagram around the IGMP message that `text` writes in hex."""
    envelope = Envelope(ip_address("10.0.0.1"), ip_address("224.0.0.1"), ttl=1)
    return ip_datagram(envelope, Protocol.IGMP, sealed(bytes.fromhex(text)))


def pim(text: str, summed: int | None = None) -> bytes:
    """An IPv4 datagram around the PIM message that `text` writes in hex."""
    envelope = Envelope(ip_address("10.0.0.1"), ip_address("224.0.0.13"), ttl=1)
    return ip_datagram(envelope, Protocol.PIM, sealed(bytes.fromhex(text), summed=summed))


def pim6(text: str, summed: int | None = None) -> bytes:
    """An IPv6 datagram around the PIM message that `text` writes in hex."""
    source, destination = ip_address("fe80::1"), ip_address("ff02::d")
    message = bytes.fromhex(text)
    front = pseudo_header(source, destination, Protocol.PIM, summed or len(message))
    return ip_datagram(Envelope(source, destination, ttl=1), Protocol.PIM, sealed(message, front, summed))


def shown(data: bytes, name: str) -> list[str]:
    """The words of every field of that name."""
    return [span.shown for span in dissect(data).spans_named(name)]


def texts(data: bytes) -> list[str]:
    """What the notes say."""
    return [note.text for note in dissect(data).notes]


def statuses(data: bytes) -> list[str]:
    """The verdicts on the checksums, in the order of the layers."""
    return [check.status.value for check in dissect(data).checks]


def assert_is_sound(dissection: Dissection) -> None:
    """Spans lie within the frame, children within their parents, and everything can be printed."""
    bits = len(dissection.data) * 8
    assert dissection.summary.isprintable()
    for layer in dissection.layers:
        for span in every(layer.spans):
            assert 0 <= span.start_bit < span.stop_bit <= bits
            assert span.shown.isprintable()
            assert all(span.start_bit <= child.start_bit for child in span.children)
            assert all(child.stop_bit <= span.stop_bit for child in span.children)
