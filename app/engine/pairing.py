"""Which packets of a capture belong together: a question on the wire, and the first answer to it.

Joined are echo requests and replies, SYN segments and what answers them, DNS queries and answers, ARP requests and
neighbour solicitations with who answers, and ICMP errors with the datagram that they quote. Only the bytes that
tell are looked at: a packet costs a few microseconds and four bytes, and no more than `MOST_WAITING` questions
wait for an answer.
"""

from array import array
from dataclasses import dataclass
from itertools import islice
from typing import TypeAlias

from app.packet.link.linktype import LinkType
from app.packet.link.numbers import EtherType, PppProtocol
from app.packet.registry import Protocol

Key: TypeAlias = tuple[object, ...]

MOST_WAITING = 65_536
_DOMAIN = 53
_SYN, _RST, _ACK = 0x02, 0x04, 0x10
_FRAGMENT_OFFSET = 0x1FFF

#: Where the number of what follows stands behind a link header, and how long that header is.
_ETHERTYPES = {LinkType.ETHERNET: (12, 14), LinkType.LINUX_SLL: (14, 16), LinkType.LINUX_SLL2: (0, 20)}
_NO_HEADER = frozenset((LinkType.RAW, LinkType.RAW_BSD, LinkType.RAW_OPENBSD, LinkType.IPV4, LinkType.IPV6))
_TAGS = frozenset((EtherType.VLAN, EtherType.SERVICE_VLAN))
_IP_ETHERTYPES = frozenset((EtherType.IPV4, EtherType.IPV6))
_PPP_IP = frozenset((PppProtocol.IPV4, PppProtocol.IPV6))
_EXTENSIONS = frozenset((Protocol.HOPOPT, Protocol.IPV6_ROUTE, Protocol.IPV6_OPTS))
_MOST_EXTENSIONS = 8

_ARP, _ARP_SIZES, _ARP_REQUEST = b"\x08\x06", b"\6\4", b"\0\1"
_SOLICITATION, _ADVERTISEMENT = 135, 136
#: ICMP types: echo request and reply, and the errors that quote a datagram.
_ECHO = {Protocol.ICMP: (8, 0), Protocol.IPV6_ICMP: (128, 129)}
_ERRORS = {Protocol.ICMP: frozenset((3, 4, 5, 11, 12)), Protocol.IPV6_ICMP: frozenset((1, 2, 3, 4))}


@dataclass(frozen=True, slots=True)
class Ties:
    """By what a packet can be answered, and what it answers."""

    asks: tuple[Key, ...] = ()
    answers: Key | None = None


_NOTHING = Ties()


class Pairing:
    """The partners of the packets of one source. One thread takes and forgets packets, any thread asks."""

    def __init__(self, first: int = 1, *, most_waiting: int = MOST_WAITING) -> None:
        self._most_waiting = most_waiting
        self._kept = first, array("I")  # number of the first packet, and the partner of each; replaced as one
        self._waiting: dict[Key, int] = {}

    @property
    def first(self) -> int:
        """Number of the first packet that is not forgotten."""
        return self._kept[0]

    @property
    def next(self) -> int:
        """Number of the next packet to be taken."""
        first, partners = self._kept
        return first + len(partners)

    def forget(self, first: int) -> None:
        """Know nothing of the packets before number `first` any more, of which not all need have been taken."""
        before, partners = self._kept
        if first > before:
            self._kept = first, partners[first - before :]

    def take(self, data: bytes, link: LinkType) -> None:
        """Take the next packet."""
        number = self.next
        first, partners = self._kept
        ties = ties_of(data, link)
        question = 0 if ties.answers is None else self._waiting.get(ties.answers, 0)
        partners.append(question)
        if question >= first and not partners[question - first]:
            partners[question - first] = number
        for key in ties.asks:
            self._waiting[key] = number
        if len(self._waiting) > self._most_waiting:
            for key in list(islice(self._waiting, self._most_waiting // 4)):
                del self._waiting[key]

    def partner(self, number: int) -> int | None:
        """The question of an answer, the first answer to a question; None where neither is known."""
        first, partners = self._kept
        place = number - first
        return (partners[place] or None) if 0 <= place < len(partners) else None


def ties_of(data: bytes, link: LinkType) -> Ties:
    """By what a packet is joined with others. Never raises."""
    if link == LinkType.ETHERNET and data[12:14] == _ARP:
        return _arp_ties(data)
    at = _network_offset(data, link)
    return _NOTHING if at is None else _ties(data, at, is_quoted=False)


def _network_offset(data: bytes, link: LinkType) -> int | None:
    """Where the IP header starts; None where there is none, or none that is easily found."""
    if link in _NO_HEADER:
        return 0
    if (stands := _ETHERTYPES.get(link)) is not None:
        place, at = stands
        kind = _number(data, place)
        while kind in _TAGS:
            kind, at = _number(data, at + 2), at + 4
        if kind == EtherType.MPLS:
            return _behind_labels(data, at)
        return at if kind in _IP_ETHERTYPES else None
    if link in (LinkType.NULL, LinkType.LOOP):
        return 4
    if link in (LinkType.PPP, LinkType.PPP_HDLC):
        at = 4 if data[:1] == b"\xff" else 2
        kind = _number(data, at - 2)
        if kind == PppProtocol.MPLS_UNICAST:
            return _behind_labels(data, at)
        return at if kind in _PPP_IP else None
    return None


def _arp_ties(data: bytes) -> Ties:
    """Who has an address, asked by whom; and who answers that (RFC 826). Of IPv4 behind Ethernet alone."""
    if data[18:20] != _ARP_SIZES or len(data) < 42:
        return _NOTHING
    sender, target = data[28:32], data[38:42]
    if data[20:22] == _ARP_REQUEST:
        return Ties(asks=(("arp", target, sender),))
    return Ties(answers=("arp", sender, target))


def _behind_labels(data: bytes, at: int) -> int:
    """Where the label stack at `at` ends."""
    while at + 4 <= len(data) and not data[at + 2] & 1:
        at += 4
    return at + 4


def _number(data: bytes, at: int) -> int:
    return int.from_bytes(data[at : at + 2], "big")


def _ties(data: bytes, at: int, *, is_quoted: bool) -> Ties:
    version = data[at] >> 4 if at < len(data) else 0
    if version == 4 and at + 20 <= len(data):
        if _number(data, at + 6) & _FRAGMENT_OFFSET:
            return _NOTHING
        ends = data[at + 12 : at + 16], data[at + 16 : at + 20]
        protocol, start = data[at + 9], at + (data[at] & 0xF) * 4
        identification = data[at + 4 : at + 6]
    elif version == 6 and at + 40 <= len(data):
        ends = data[at + 8 : at + 24], data[at + 24 : at + 40]
        protocol, start = _behind_extensions(data, data[at + 6], at + 40)
        identification = b""
    else:
        return _NOTHING
    if protocol in _ECHO:
        return _icmp_ties(data, start, protocol, ends, is_quoted=is_quoted)
    if protocol == Protocol.UDP:
        return _udp_ties(data, start, ends, identification)
    if protocol == Protocol.TCP:
        return _tcp_ties(data, start, ends)
    return _NOTHING


def _behind_extensions(data: bytes, protocol: int, at: int) -> tuple[int, int]:
    """The upper protocol and where it starts; protocol 0 where a fragment or too long a chain hides it."""
    for _ in range(_MOST_EXTENSIONS):
        if protocol == Protocol.IPV6_FRAG and at + 8 <= len(data):
            if _number(data, at + 2) & 0xFFF8:
                break
            protocol, at = data[at], at + 8
        elif protocol in _EXTENSIONS and at + 8 <= len(data):
            protocol, at = data[at], at + (data[at + 1] + 1) * 8
        else:
            return protocol, at
    return 0, at


def _icmp_ties(data: bytes, at: int, protocol: int, ends: tuple[bytes, bytes], *, is_quoted: bool) -> Ties:
    if at + 8 > len(data):
        return _NOTHING
    kind = data[at]
    request, reply = _ECHO[Protocol(protocol)]
    if kind == request:
        return Ties(asks=(("echo", *ends, data[at + 4 : at + 8]),))
    if kind == reply:
        return Ties(answers=("echo", *reversed(ends), data[at + 4 : at + 8]))
    if protocol == Protocol.IPV6_ICMP and at + 24 <= len(data):
        target = data[at + 8 : at + 24]
        if kind == _SOLICITATION:
            return Ties(asks=(("neighbour", target, ends[0]),))
        if kind == _ADVERTISEMENT:
            return Ties(answers=("neighbour", target, ends[1]))
    if kind in _ERRORS[Protocol(protocol)] and not is_quoted:
        quoted = _ties(data, at + 8, is_quoted=True)
        return Ties(answers=quoted.asks[0] if quoted.asks else None)
    return _NOTHING


def _udp_ties(data: bytes, at: int, ends: tuple[bytes, bytes], identification: bytes) -> Ties:
    if at + 8 > len(data):
        return _NOTHING
    # The checksum tells apart what has no identification: tracers keep the ports and vary the payload.
    sent: Key = ("udp", *ends, data[at : at + 4], identification, data[at + 6 : at + 8])
    source, destination = _number(data, at), _number(data, at + 2)
    if _DOMAIN not in (source, destination) or at + 12 > len(data):
        return Ties(asks=(sent,))
    identifier = data[at + 8 : at + 10]
    if data[at + 10] & 0x80:
        return Ties((sent,), ("dns", *reversed(ends), destination, source, identifier))
    return Ties((sent, ("dns", *ends, source, destination, identifier)))


def _tcp_ties(data: bytes, at: int, ends: tuple[bytes, bytes]) -> Ties:
    """A quotation may end behind the sequence number (RFC 792: 64 bits of the datagram's data)."""
    if at + 8 > len(data):
        return _NOTHING
    source, destination = _number(data, at), _number(data, at + 2)
    sequence = int.from_bytes(data[at + 4 : at + 8], "big")
    asks: Key = ("tcp", *ends, source, destination, sequence)
    flags = data[at + 13] if at + 14 <= len(data) else 0
    if flags & _ACK and flags & (_SYN | _RST):
        acknowledged = (int.from_bytes(data[at + 8 : at + 12], "big") - 1) % (1 << 32)
        return Ties((asks,), ("tcp", *reversed(ends), destination, source, acknowledged))
    return Ties((asks,))
