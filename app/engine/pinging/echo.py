"""Echo probes of one row: made from a template, and told from what strangers send.

The payload begins with a tag that only this run can make, a keyed hash of row and number; an answer is
ours if it carries back what was sent. Where a payload or a router's quotation is too short for the tag,
the ICMP checksum of the probe stands in for it (RFC 792 promises eight bytes of a quoted datagram).
"""

import struct
from copy import copy
from hashlib import blake2b
from typing import TypeAlias

from app.packet.answer import ECHO_REPLY, Answer, AnswerKind
from app.packet.checksum import internet_checksum, ones_sum
from app.packet.compose import Address, Envelope, covered, echo_message, icmp_protocol, ip_datagram
from app.packet.icmp.types import IcmpType, Icmpv6Type
from app.packet.registry import Protocol

HEADER = 8  #: bytes of an echo message before its payload
TAG = 16  #: bytes of the keyed tag
CYCLE = 1 << 16  #: sequence numbers there are
_TAGS_BITS = 2  #: 2^2 tags of probes in a row are made at once: one hash of 64 bytes costs what one of 16 does
_TAGS = 1 << _TAGS_BITS

#: The first byte of an echo request, by IP protocol.
REQUEST: dict[int, bytes] = {
    Protocol.ICMP: bytes([IcmpType.ECHO]),
    Protocol.IPV6_ICMP: bytes([Icmpv6Type.ECHO_REQUEST]),
}
#: Two bytes in network order, at half the price of `int.to_bytes`.
_WORD = struct.Struct(">H").pack
#: What is in a payload behind its tag: each byte says where it stands.
_PATTERN = bytes(range(256))


#: One probe, a whole datagram, and by what the ordinary reply to it is known: what that carries behind its checksum,
#: which is identifier, sequence number and payload, and what stands before that where there are no IP options, which is
#: addresses, type, code and checksum. (A tuple with names would cost a tenth of the probe.)
EchoRequest: TypeAlias = tuple[bytes, bytes, bytes]


class EchoTemplate:
    """The probes of one row from one source address. Probe n of the row that starts at `token` is `token + n`."""

    __slots__ = ("_block", "_destination", "_fill", "_front", "_head", "_identifier", "_odd", "_secret", "_shift",
                 "_sum", "_tag_size", "_tags", "source")  # fmt: skip

    def __init__(self, envelope: Envelope, identifier: int, secret: bytes, size: int) -> None:
        self.source: Address = envelope.source
        self._destination = envelope.destination.packed
        self._identifier = identifier.to_bytes(2, "big")
        self._secret = secret
        self._tag_size = min(size, TAG)
        self._odd = (self._tag_size & 1) * 8  # bits of a last word that only half is there of
        self._fill = (_PATTERN * (size // len(_PATTERN) + 1))[TAG:size]
        blank = echo_message(envelope, identifier, 0, b"\0" * min(size, TAG) + self._fill)
        protocol = icmp_protocol(envelope.source)
        self._head = ip_datagram(envelope, protocol, blank)[: -len(blank)] + blank[:2]
        self._sum = ones_sum(covered(envelope, protocol, blank[:2] + b"\0\0" + blank[4:]))
        reply = ECHO_REPLY[envelope.source.version]
        self._front = self._destination + envelope.source.packed + bytes((reply, 0))
        self._shift = (blank[0] - reply) << 8  # the sum of a reply is less than that of its request by its type
        self._block, self._tags = -1, b""

    def aimed_at(self, destination: Address) -> "EchoTemplate":
        """The same with another destination of the same family, at a tenth of the price."""
        other = copy(self)
        other._aim(destination.packed)  # noqa: SLF001  # of its own class
        return other

    def _aim(self, destination: bytes) -> None:
        self._front = destination + self._front[len(destination) :]
        self._block = -1
        if len(destination) == 4:
            blank = self._head[:10] + b"\0\0" + self._head[12:16] + destination
            self._head = blank[:10] + internet_checksum(blank).to_bytes(2, "big") + blank[12:] + self._head[20:]
        else:
            moved = int.from_bytes(destination, "big") - int.from_bytes(self._destination, "big")
            self._head = self._head[:24] + destination + self._head[40:]
            self._sum = (self._sum + moved) % 0xFFFF or 0xFFFF
        self._destination = destination

    def _tag(self, token: int) -> bytes:
        block = token >> _TAGS_BITS
        if block != self._block:
            self._tags = blake2b(block.to_bytes(8, "big") + self._destination, key=self._secret).digest()
            self._block = block
        at = (token & _TAGS - 1) * TAG
        return self._tags[at : at + self._tag_size]

    def request(self, token: int, sequence: int) -> EchoRequest:
        """One probe."""
        tag = self._tag(token)
        word = int.from_bytes(tag, "big") << self._odd
        # The sum of all words modulo 0xffff is the sum of the parts: see app.packet.checksum.
        checksum = ((self._sum + sequence + word) % 0xFFFF or 0xFFFF) ^ 0xFFFF
        echoed = self._identifier + _WORD(sequence) + tag + self._fill
        datagram = self._head + _WORD(checksum) + echoed
        front = self._front + _WORD((checksum + self._shift) % 0xFFFF)
        return datagram, echoed, front

    def message(self, token: int, sequence: int) -> bytes:
        """The echo request of one probe: an ICMP message, checksum included."""
        return self.datagram(token, sequence)[len(self._head) - 2 :]

    def datagram(self, token: int, sequence: int) -> bytes:
        """The whole IP datagram of one probe."""
        return self.request(token, sequence)[0]


def sequence_of(answer: Answer, identifier: int) -> int | None:
    """The sequence number of the echo request that an answer names; None where it names none with our identifier."""
    message = answer.transport
    if (quote := answer.quote) is not None:
        message = quote.transport
        if quote.is_fragment or message[:1] != REQUEST.get(quote.protocol):
            return None
    elif answer.kind is not AnswerKind.ECHO_REPLY:
        return None
    if len(message) < HEADER:
        return None
    theirs, sequence = struct.unpack_from(">HH", message, 4)
    return sequence if theirs == identifier else None


def carries(answer: Answer, sent: bytes) -> bool:
    """Whether an echo reply or a quotation carries what the ICMP message `sent` carried.

    Of a quotation nothing behind the tag is compared: routers cut it, and pad it (RFC 4884), as they like.
    """
    if answer.quote is None:
        return answer.transport[4:] == sent[4:]
    theirs = answer.quote.transport
    if theirs[4:HEADER] != sent[4:HEADER]:
        return False
    end = HEADER + TAG
    if len(theirs) >= end and len(sent) >= end:
        return theirs[HEADER:end] == sent[HEADER:end]
    return theirs[2:4] == sent[2:4]


def is_truncated(answer: Answer, sent: bytes) -> bool:
    """Whether an echo reply is a true reply whose end is missing: RFC 792 wants all data returned."""
    theirs = answer.transport[4:]
    return answer.quote is None and len(theirs) < len(sent) - 4 and sent[4:].startswith(theirs)
