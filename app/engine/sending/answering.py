"""Which packets that arrive answer one that was sent by hand: by every tie that its protocol has.

First by what names the very packet (`app.engine.pairing`: an echo's identifier and sequence, a DNS identifier, an
acknowledged SYN, the bytes that an error quotes), then by its ends: ports turned round, else addresses. What was
sent to a group is answered by anybody who speaks the same protocol.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from app.engine.pairing import ties_of
from app.packet.dissect import dissect
from app.packet.dissection import Dissection, Layer
from app.packet.link.linktype import LinkType

Key: TypeAlias = tuple[object, ...]

_IP = ("ip", "ipv6")
_ADDRESSES = {"ip": ("ip.src", "ip.dst"), "ipv6": ("ipv6.src", "ipv6.dst")}
_PORTS = {"udp": ("udp.srcport", "udp.dstport"), "tcp": ("tcp.srcport", "tcp.dstport")}
_PORTS |= {"udplite": _PORTS["udp"]}
_PORTS |= {name: (f"{name}.srcport", f"{name}.dstport") for name in ("sctp", "dccp")}
#: ICMP questions, and the types that answer them: RFC 792, 950, 1256, 8335; RFC 4861, 2710, 3810, 4620.
_ICMP_ANSWERS: dict[str, dict[int, tuple[int, ...]]] = {
    "icmp": {8: (0,), 10: (9,), 13: (14,), 15: (16,), 17: (18,), 37: (38,), 42: (43,)},
    "icmpv6": {128: (129,), 130: (131, 143), 133: (134,), 135: (136,), 139: (140,), 160: (161,)},
}
_ANYBODY = "anybody"
_EXTENSIONS = ("ipv6.hopopts", "ipv6.dstopts", "ipv6.routing", "ipv6.fraghdr", "ah", "data")


@dataclass(frozen=True, slots=True)
class Question:
    """By what a packet can be answered; `is_open`: by more than one, so that nobody knows when all have spoken."""

    keys: tuple[Key, ...]
    is_open: bool = False


def question_of(data: bytes, link: LinkType) -> Question:
    """By what the packet can be answered; a later fragment is answered by nothing."""
    asks = ties_of(data, link).asks
    dissection = dissect(data, link)
    outer = _outer(dissection)
    if outer is None:
        return Question(asks)
    source, destination = _ends(dissection, outer)
    if source is None or destination is None or _is_later_fragment(dissection):
        return Question(asks)
    upper = _upper(dissection, outer)
    if upper is None:
        return Question(asks)
    is_group = _is_group(destination)
    peer: object = _ANYBODY if is_group else destination
    quoted = ("quoted", source, destination, upper.name, data[upper.start : upper.start + 4])
    return Question((*asks, *_upper_keys(dissection, upper, source, peer, has_ties=bool(asks)), quoted), is_group)


def answers_of(data: bytes, link: LinkType) -> Iterator[Key]:
    """What a packet that arrived may answer, the surest first."""
    tie = ties_of(data, link).answers
    if tie is not None:
        yield tie
    dissection = dissect(data, link)
    outer = _outer(dissection)
    if outer is None:
        return
    source, destination = _ends(dissection, outer)
    quoting = next((layer for layer in dissection.layers if layer.is_quoted and layer.name in _IP), None)
    if quoting is not None:
        ends = _ends(dissection, quoting)
        upper = _upper(dissection, quoting)
        if upper is not None:
            yield "quoted", *ends, upper.name, data[upper.start : upper.start + 4]
        return
    upper = _upper(dissection, outer)
    if upper is None:
        return
    for peer in (source, _ANYBODY):
        to = destination if peer is not _ANYBODY or upper.name in _PORTS else _ANYBODY
        yield _answering_key(dissection, upper, to, peer)


def _upper_keys(dissection: Dissection, upper: Layer, source: object, peer: object, *, has_ties: bool) -> Iterator[Key]:
    ours = source if peer is not _ANYBODY or upper.name in _PORTS else _ANYBODY
    if upper.name in _PORTS:
        sent, to = (_value(dissection, name) for name in _PORTS[upper.name])
        yield upper.name, ours, sent, peer, to
    elif upper.name in _ICMP_ANSWERS:
        kind = _value(dissection, f"{upper.name}.type")
        for answer in _ICMP_ANSWERS[upper.name].get(kind if isinstance(kind, int) else -1, ()):
            if not (has_ties and peer is not _ANYBODY):
                yield upper.name, ours, peer, answer
    else:
        yield upper.name, ours, peer


def _answering_key(dissection: Dissection, upper: Layer, ours: object, peer: object) -> Key:
    if upper.name in _PORTS:
        theirs, to = (_value(dissection, name) for name in _PORTS[upper.name])
        return upper.name, ours, to, peer, theirs
    if upper.name in _ICMP_ANSWERS:
        return upper.name, ours, peer, _value(dissection, f"{upper.name}.type")
    return upper.name, ours, peer


def _outer(dissection: Dissection) -> Layer | None:
    return next((layer for layer in dissection.layers if layer.name in _IP), None)


def _upper(dissection: Dissection, ip: Layer) -> Layer | None:
    """The first layer behind an IP header that is no extension header."""
    behind = dissection.layers[dissection.layers.index(ip) + 1 :]
    return next((layer for layer in behind if layer.name not in _EXTENSIONS), None) or next(
        (layer for layer in behind if layer.name == "data"), None
    )


def _ends(dissection: Dissection, ip: Layer) -> tuple[object, object]:
    source, destination = (next((span.value for span in ip.spans_named(name)), None) for name in _ADDRESSES[ip.name])
    return source, destination


def _value(dissection: Dissection, name: str) -> object:
    return next((span.value for span in dissection.spans_named(name)), None)


def _is_later_fragment(dissection: Dissection) -> bool:
    offsets = (_value(dissection, name) for name in ("ip.frag_offset", "ipv6.fraghdr.offset"))
    return any(isinstance(offset, int) and offset for offset in offsets)


def _is_group(address: object) -> bool:
    return str(address) == "255.255.255.255" or bool(getattr(address, "is_multicast", False))
