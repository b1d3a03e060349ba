"""Probes of one flow: what routers hash stays the same, and yet each probe can be told from the others.

Load balancers hash addresses, protocol, ports, the flow label, and of ICMP the checksum (Augustin et al.,
"Avoiding traceroute anomalies with Paris traceroute", IMC 2006). So the key of a probe goes where they do
not look: ICMP has it in the sequence number, with the checksum steered back by two bytes of payload; UDP
in the checksum, steered likewise, and in the IPv4 identification; TCP in the sequence number of its SYN.
A tag in the payload, which only this run can make, proves an answer wherever it is long enough.

Several flows to one target differ just in what routers hash: ICMP in the checksum, UDP in the destination port,
TCP in the source port, and all of them over IPv6 in the flow label.
"""

import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Protocol as Interface

from app.engine.command import Method
from app.engine.header import Header
from app.engine.pinging.echo import REQUEST
from app.packet.answer import Answer, AnswerKind, Quote
from app.packet.checksum import steer
from app.packet.compose import (
    CHECKSUM_AT,
    Address,
    Envelope,
    covered,
    icmp_protocol,
    with_checksum,
)
from app.packet.registry import Protocol
from app.packet.transport.tcp import Tcp
from app.packet.transport.udp import Udp

HEADER = 8  #: bytes of an ICMP echo or UDP header
STEERED = 2  #: bytes of payload that make the checksum right
TAG = 16
MSS = bytes((2, 4, 0x05, 0xB4))  #: a SYN without a maximum segment size looks like a scan
SYN = 20 + len(MSS)  #: bytes of a whole one

#: What is behind the tag: each byte is its own place, in as many bytes as a datagram may have.
_FILLING = (bytes(range(256)) * 257)[STEERED + TAG :]


@dataclass(frozen=True, slots=True)
class Ends:
    """What all probes of a trace have in common."""

    source: Address
    target: Address
    identifier: int  #: of ICMP echo
    source_port: int
    destination_port: int
    size: int  #: bytes of payload, at least STEERED; TCP has none
    dscp: int
    secret: bytes
    dont_fragment: bool = False  #: IPv4; IPv6 routers never fragment
    flow: int = 0  #: which of several flows

    def keyed(self, what: bytes, size: int) -> bytes:
        """Bytes about `what` that only this run can make."""
        return blake2b(what + self.target.packed, key=self.secret, digest_size=size).digest()

    def number(self, what: bytes) -> int:
        """A number 1..0xfffe that only this run can know: a checksum may be any of these."""
        return 1 + int.from_bytes(self.keyed(what, 4), "big") % 0xFFFE

    def constant(self, what: bytes) -> int:
        """A number that is the same in all probes of this flow, and another in another flow."""
        return self.number(what + self.flow.to_bytes(1, "big") if self.flow else what)

    def payload(self, key: int) -> bytes:
        """Two bytes to steer with, the tag, and a filling."""
        tagged = bytes(STEERED) + self.keyed(key.to_bytes(4, "big"), TAG)
        return (tagged + _FILLING[: self.size - len(tagged)])[: max(self.size, STEERED)]

    def envelope(self) -> Envelope:
        """What IP says of all probes; the flow label is constant, and not 0, which would mean that there is none."""
        label = self.constant(b"flow label") if self.target.version == 6 else 0
        return Envelope(self.source, self.target, dscp=self.dscp, dont_fragment=self.dont_fragment, flow_label=label)

    def steered(self, protocol: Protocol, packet: bytes, checksum: int) -> bytes:
        """`packet` with its checksum field 0 made to have that checksum, by the first two bytes of its payload."""
        whole = covered(Envelope(self.source, self.target), protocol, packet)
        packet = steer(whole, len(whole) - len(packet) + HEADER, checksum)[len(whole) - len(packet) :]
        at = CHECKSUM_AT[protocol]
        return packet[:at] + checksum.to_bytes(2, "big") + packet[at + 2 :]


class Made:
    """The newest probes as they were made: an answer is compared with one of them, mostly soon."""

    KEPT = 64

    def __init__(self, make: Callable[[int], bytes]) -> None:
        self._make = make
        self._made: dict[int, bytes] = {}

    def __call__(self, key: int) -> bytes:
        """The probe of a key."""
        made = self._made.get(key)
        if made is None:
            made = self._made[key] = self._make(key)
            if len(self._made) > self.KEPT:
                del self._made[next(iter(self._made))]
        return made


class Flow(Interface):
    """The probes of one method. A key is what tells one from the others on the wire."""

    def key(self, serial: int) -> int:
        """The key of the trace's probe number `serial`; keys come round again after at least 65,534 probes."""

    @property
    def transport(self) -> Callable[[int], bytes]:
        """Makes the probe of a key, from its transport header on."""

    def datagram(self, ttl: int, key: int) -> bytes:
        """A whole probe."""

    def keys(self, answer: Answer) -> Sequence[int]:
        """The keys of the probes that an answer may be about, of whatever flow; none where it is about none."""

    def fits(self, answer: Answer) -> bool:
        """Whether an answer is about this flow, as far as its ports say."""

    def proves(self, answer: Answer, key: int) -> bool:
        """Whether an answer shows what only an answer to that probe can."""


class EchoFlow:
    """ICMP echo requests of constant identifier and checksum."""

    def __init__(self, ends: Ends) -> None:
        self._ends = ends
        self._protocol = icmp_protocol(ends.target)
        self._first = ends.number(b"sequence")
        self._checksum = ends.constant(b"checksum")
        self._kind = REQUEST[self._protocol]
        self._head = self._kind + bytes(3) + ends.identifier.to_bytes(2, "big")
        self._header = Header(ends.envelope(), self._protocol, HEADER + max(ends.size, STEERED))
        self.transport = Made(self._message)

    def key(self, serial: int) -> int:
        """A sequence number."""
        return (self._first + serial) & 0xFFFF

    def _message(self, key: int) -> bytes:
        """An echo request."""
        message = self._head + key.to_bytes(2, "big") + self._ends.payload(key)
        return self._ends.steered(self._protocol, message, self._checksum)

    def datagram(self, ttl: int, key: int) -> bytes:
        """A whole probe."""
        return self._header(ttl) + self.transport(key)

    def keys(self, answer: Answer) -> Sequence[int]:
        """The sequence number of an echo reply from the target, or of a quoted echo request to it."""
        if answer.quote is not None:
            message = _quoted(answer.quote, self._ends, self._protocol)
            if message[:1] != self._kind:
                return ()
        elif answer.kind is AnswerKind.ECHO_REPLY and answer.source.packed == self._ends.target.packed:
            message = answer.transport
        else:
            return ()
        identifier, sequence = struct.unpack_from(">HH", message, 4)
        return (sequence,) if identifier == self._ends.identifier else ()

    def fits(self, answer: Answer) -> bool:
        """Always: what flows differ in, a translator may have changed."""
        return answer.kind is not AnswerKind.TCP

    def proves(self, answer: Answer, key: int) -> bool:
        """By all that came back of a reply; by the tag of a quotation, or by its checksum where that is cut off."""
        sent = self.transport(key)
        if answer.quote is None:
            return answer.transport[4:] == sent[4:]
        return _has_tag(answer.quote, sent) or _is_short(answer.quote, sent, 2)


class UdpFlow:
    """UDP datagrams between two constant ports, told apart by their checksum."""

    def __init__(self, ends: Ends) -> None:
        self._ends = ends
        self._first = ends.number(b"sequence")
        self._header = Header(ends.envelope(), Protocol.UDP, HEADER + max(ends.size, STEERED))
        self.transport = Made(self._packet)

    def key(self, serial: int) -> int:
        """A checksum, and an IPv4 identification: neither 0 nor 0xffff, which mean something else."""
        return 1 + (self._first + serial) % 0xFFFE

    def _packet(self, key: int) -> bytes:
        """A UDP datagram."""
        payload = self._ends.payload(key)
        head = Udp(
            source_port=self._ends.source_port,
            destination_port=self._ends.destination_port,
            length=HEADER + len(payload),
        )
        return self._ends.steered(Protocol.UDP, head.build() + payload, key)

    def datagram(self, ttl: int, key: int) -> bytes:
        """A whole probe."""
        return self._header(ttl, key) + self.transport(key)

    def keys(self, answer: Answer) -> Sequence[int]:
        """The checksum, or after a translation, which changes that, the identification of a quoted probe.

        What the target echoes has the checksum of the probe: addresses and ports have only changed places.
        """
        if answer.quote is None:
            is_echo = answer.kind is AnswerKind.UDP and answer.source.packed == self._ends.target.packed
            return (int.from_bytes(answer.transport[6:8], "big"),) if is_echo else ()
        packet = _quoted(answer.quote, self._ends, Protocol.UDP)
        return (int.from_bytes(packet[6:8], "big"), answer.quote.identification) if packet else ()

    def fits(self, answer: Answer) -> bool:
        """By the destination port that is quoted, or that the target answers from."""
        port = self._ends.destination_port.to_bytes(2, "big")
        return (answer.transport[:2] if answer.quote is None else answer.quote.transport[2:4]) == port

    def proves(self, answer: Answer, key: int) -> bool:
        """By the tag; where that is cut off, by checksum or identification, 16 bits that only this run knows.

        Of the target's own answers an echo alone says which probe it is about, by all that it carries.
        """
        sent = self.transport(key)
        if answer.quote is None:
            return answer.transport[HEADER:] == sent[HEADER:] and len(sent) >= HEADER + STEERED + TAG
        is_named = answer.quote.identification == key and len(answer.quote.transport) < HEADER + STEERED + TAG
        return is_named or _has_tag(answer.quote, sent) or _is_short(answer.quote, sent, 6)


class TcpFlow:
    """TCP SYNs between two constant ports, told apart by their 32-bit sequence number."""

    def __init__(self, ends: Ends) -> None:
        self._ends = ends
        self._header = Header(ends.envelope(), Protocol.TCP, SYN)
        self.transport = Made(self._segment)

    def key(self, serial: int) -> int:
        """A sequence number that only this run knows."""
        return int.from_bytes(self._ends.keyed(serial.to_bytes(8, "big"), 4), "big")

    def _segment(self, key: int) -> bytes:
        """A SYN."""
        head = Tcp(
            source_port=self._ends.source_port,
            destination_port=self._ends.destination_port,
            sequence=key,
            data_offset=6,
            synchronize=1,
            window=64_240,
        )
        return with_checksum(Envelope(self._ends.source, self._ends.target), Protocol.TCP, head.build() + MSS)

    def datagram(self, ttl: int, key: int) -> bytes:
        """A whole probe."""
        return self._header(ttl) + self.transport(key)

    def keys(self, answer: Answer) -> Sequence[int]:
        """The sequence number of a quoted SYN, or one less than what a SYN/ACK or RST acknowledges."""
        ends = self._ends
        if answer.quote is not None:
            segment = _quoted(answer.quote, ends, Protocol.TCP)
            is_ours = segment[2:4] == ends.destination_port.to_bytes(2, "big")
            return (int.from_bytes(segment[4:8], "big"),) if is_ours else ()
        if answer.kind is not AnswerKind.TCP or answer.source.packed != ends.target.packed:
            return ()
        head = Tcp.decode(answer.transport)
        is_answer = head.acknowledge and (head.synchronize or head.reset)
        is_ours = head.source_port == ends.destination_port
        return ((head.acknowledgment - 1) & 0xFFFFFFFF,) if is_ours and is_answer else ()

    def fits(self, answer: Answer) -> bool:
        """By our port that a segment comes to; in a quotation a translator may have changed it."""
        return answer.quote is not None or answer.transport[2:4] == self._ends.source_port.to_bytes(2, "big")

    def proves(self, answer: Answer, key: int) -> bool:
        """The key is the proof: a stranger had to guess 32 bits."""
        return key in self.keys(answer)


FLOWS: dict[Method, type[EchoFlow] | type[UdpFlow] | type[TcpFlow]] = {
    Method.ICMP: EchoFlow,
    Method.UDP: UdpFlow,
    Method.TCP: TcpFlow,
}


def _quoted(quote: Quote, ends: Ends, protocol: Protocol) -> bytes:
    """The transport bytes that a quotation of ours has; none where it quotes something else."""
    is_ours = quote.protocol == protocol and quote.destination.packed == ends.target.packed
    return quote.transport if is_ours and not quote.is_fragment and len(quote.transport) >= HEADER else b""


def _has_tag(quote: Quote, sent: bytes) -> bool:
    start, stop = HEADER + STEERED, HEADER + STEERED + TAG
    return len(sent) >= stop and quote.transport[start:stop] == sent[start:stop]


def _is_short(quote: Quote, sent: bytes, checksum_at: int) -> bool:
    """Whether there is no whole tag to compare, and the checksum is the right one."""
    stop = HEADER + STEERED + TAG
    at = slice(checksum_at, checksum_at + 2)
    return min(len(quote.transport), len(sent)) < stop and quote.transport[at] == sent[at]


def is_translated(quote: Quote, sent: bytes, source: Address) -> bool | None:
    """Whether a quotation shows our source address or checksum rewritten: a NAT on the way. None: cannot be known."""
    if quote.source.packed != source.packed:
        return True
    at = CHECKSUM_AT[Protocol(quote.protocol)]
    return quote.transport[at : at + 2] != sent[at : at + 2] if len(quote.transport) >= at + 2 else None
