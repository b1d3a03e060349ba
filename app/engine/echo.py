"""Echo probes of one row: made from a template, and told from what strangers send.

The payload begins with a tag that only this run can make, a keyed hash of row and number; an answer is
ours if it carries back what was sent. Where a payload or a router's quotation is too short for the tag,
the ICMP checksum of the probe stands in for it (RFC 792 promises eight bytes of a quoted datagram).
"""

import struct
from hashlib import blake2b

from app.packet.answer import Answer, AnswerKind
from app.packet.checksum import ones_sum
from app.packet.compose import Address, Envelope, covered, echo_message, icmp_protocol, ip_datagram
from app.packet.icmp.types import IcmpType, Icmpv6Type
from app.packet.registry import Protocol

HEADER = 8  #: bytes of an echo message before its payload
TAG = 16  #: bytes of the keyed tag
CYCLE = 1 << 16  #: sequence numbers there are

#: The first byte of an echo request, by IP protocol.
_REQUEST: dict[int, bytes] = {
    Protocol.ICMP: bytes([IcmpType.ECHO]),
    Protocol.IPV6_ICMP: bytes([Icmpv6Type.ECHO_REQUEST]),
}
#: What is in a payload behind its tag: each byte says where it stands.
_PATTERN = bytes(range(256))
_FIELDS = struct.Struct(">HHH")


class EchoTemplate:
    """The probes of one row from one source address. Probe n of the row that starts at `token` is `token + n`."""

    __slots__ = ("_destination", "_fill", "_head", "_identifier", "_kind", "_secret", "_size", "_sum", "source")

    def __init__(self, envelope: Envelope, identifier: int, secret: bytes, size: int) -> None:
        self.source: Address = envelope.source
        self._destination = envelope.destination.packed
        self._identifier = identifier
        self._secret = secret
        self._size = size
        self._fill = (_PATTERN * (size // len(_PATTERN) + 1))[TAG:size]
        blank = echo_message(envelope, identifier, 0, b"\0" * min(size, TAG) + self._fill)
        protocol = icmp_protocol(envelope.source)
        self._head = ip_datagram(envelope, protocol, blank)[: -len(blank)]
        self._kind = blank[:2]
        self._sum = ones_sum(covered(envelope, protocol, blank[:2] + b"\0\0" + blank[4:]))

    def _tag(self, token: int) -> bytes:
        named = token.to_bytes(8, "big") + self._destination
        return blake2b(named, key=self._secret, digest_size=TAG).digest()[: self._size]

    def message(self, token: int, sequence: int) -> bytes:
        """The echo request of one probe: an ICMP message, checksum included."""
        tag = self._tag(token)
        word = int.from_bytes(tag, "big") << (len(tag) & 1) * 8
        # The sum of all words modulo 0xffff is the sum of the parts: see app.packet.checksum.
        checksum = ((self._sum + sequence + word) % 0xFFFF or 0xFFFF) ^ 0xFFFF
        return self._kind + _FIELDS.pack(checksum, self._identifier, sequence) + tag + self._fill

    def datagram(self, token: int, sequence: int) -> bytes:
        """The whole IP datagram of one probe."""
        return self._head + self.message(token, sequence)


def sequence_of(answer: Answer, identifier: int) -> int | None:
    """The sequence number of the echo request that an answer names; None where it names none with our identifier."""
    message = answer.transport
    if (quote := answer.quote) is not None:
        message = quote.transport
        if quote.is_fragment or message[:1] != _REQUEST.get(quote.protocol):
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
