"""Reading UDP (RFC 768) and TCP (RFC 9293) out of a frame."""

from functools import partial

from app.packet.dissection import Check, CheckStatus, Severity
from app.packet.reading import Reading, Space, Step, Way, option_list
from app.packet.registry import Protocol
from app.packet.text import bytes_words
from app.packet.transport.tcp import Tcp
from app.packet.transport.tcpoptions import TCP_OPTIONS
from app.packet.transport.udp import Udp

#: Flags in the order of tcpdump's letters.
_FLAG_WORDS = {
    "synchronize": "SYN",
    "final": "FIN",
    "reset": "RST",
    "push": "PSH",
    "urgent": "URG",
    "ecn_echo": "ECE",
    "congestion_window_reduced": "CWR",
    "acknowledge": "ACK",
}


_UDP_PORT = Space.UDP_PORT  # a member of an enumeration takes long to look up


def read_udp(reading: Reading, at: int, stop: int) -> Way:
    """A UDP datagram; what its ports name stands behind it."""
    head = reading.take(Udp, at, stop, _udp_words)
    end = stop
    if head.length:
        end = reading.bounded(at, head.length, stop, least=8, what="UDP length")
    words = partial(_udp_words, head, None if reading.is_quoted else end - at - 8)
    reading.header(head, at, words)
    if head.checksum:
        reading.verify(Protocol.UDP, at, end)
    elif reading.is_quoted or reading.source is None or reading.source.version == 4:
        reading.checks.append(Check(at + 6, CheckStatus.NONE))
    else:
        reading.checks.append(Check(at + 6, CheckStatus.BAD))
        reading.note(Severity.ERROR, at + 6, "no checksum: over IPv6, UDP has to have one (RFC 8200, section 8.1)")
    return _UDP_PORT, (head.destination_port, head.source_port), at + 8, end


def read_tcp(reading: Reading, at: int, stop: int) -> Step:
    """A TCP segment; what its ports name stands behind it."""
    head = reading.take(Tcp, at, stop, _tcp_words)
    size = head.data_offset * 4
    payload = reading.bounded(at, size, stop, least=20, what="TCP data offset")
    words = partial(_tcp_words, head, None if reading.is_quoted else stop - payload)
    parts = reading.placed(head, at)
    if at + 20 < payload:
        parts.append(option_list(reading, TCP_OPTIONS, "tcp.options", at + 20, payload))
    reading.layer(Tcp.LAYOUT, at, payload, parts, words)
    reading.verify(Protocol.TCP, at, stop)
    return Step(Space.TCP_PORT, (head.destination_port, head.source_port), payload, stop)


def _udp_words(head: Udp, size: int | None = None) -> str:
    """The ports, and the size of the payload where all of it is here."""
    ports = f"udp {head.source_port} → {head.destination_port}"
    return ports if size is None else f"{ports}, {bytes_words(size)}"


def _tcp_words(head: Tcp, size: int | None = None) -> str:
    """The ports; flags, numbers and the size of the payload where all of it is here."""
    ports = f"tcp {head.source_port} → {head.destination_port}"
    return ports if size is None else f"{ports}{_tcp_state(head)}, {bytes_words(size)}"


def _tcp_state(head: Tcp) -> str:
    flags = " ".join(words for name, words in _FLAG_WORDS.items() if getattr(head, name))
    acknowledged = f" ack {head.acknowledgment}" if head.acknowledge else ""
    return f" [{flags}] seq {head.sequence}{acknowledged} win {head.window}"
