"""Reading UDP (RFC 768) and TCP (RFC 9293) out of a frame."""

from app.packet.dissection import Check, CheckStatus
from app.packet.reading import Reading, Space, Step, option_list
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


def read_udp(reading: Reading, at: int, stop: int) -> Step:
    """A UDP datagram; what its ports name stands behind it."""
    head = reading.take(Udp, at, stop, _udp_words)
    end = stop
    if head.length:
        end = reading.bounded(at, head.length, stop, least=8, what="UDP length")
    summary = _udp_words(head) if reading.is_quoted else f"{_udp_words(head)}, {bytes_words(end - at - 8)}"
    reading.layer(Udp.LAYOUT, at, at + 8, reading.placed(head, at), summary)
    if head.checksum:
        reading.verify(Protocol.UDP, at, end)
    else:
        reading.checks.append(Check(at + 6, CheckStatus.NONE))
    return Step(Space.UDP_PORT, (head.destination_port, head.source_port), at + 8, end)


def read_tcp(reading: Reading, at: int, stop: int) -> Step:
    """A TCP segment; what its ports name stands behind it."""
    head = reading.take(Tcp, at, stop, _tcp_words)
    size = head.data_offset * 4
    payload = reading.bounded(at, size, stop, least=20, what="TCP data offset")
    summary = (
        _tcp_words(head)
        if reading.is_quoted
        else f"{_tcp_words(head)}{_tcp_state(head)}, {bytes_words(stop - payload)}"
    )
    parts = reading.placed(head, at)
    if at + 20 < payload:
        parts.append(option_list(reading, TCP_OPTIONS, "tcp.options", at + 20, payload))
    reading.layer(Tcp.LAYOUT, at, payload, parts, summary)
    reading.verify(Protocol.TCP, at, stop)
    return Step(Space.TCP_PORT, (head.destination_port, head.source_port), payload, stop)


def _udp_words(head: Udp) -> str:
    return f"udp {head.source_port} → {head.destination_port}"


def _tcp_words(head: Tcp) -> str:
    return f"tcp {head.source_port} → {head.destination_port}"


def _tcp_state(head: Tcp) -> str:
    flags = " ".join(words for name, words in _FLAG_WORDS.items() if getattr(head, name))
    acknowledged = f" ack {head.acknowledgment}" if head.acknowledge else ""
    return f" [{flags}] seq {head.sequence}{acknowledged} win {head.window}"
