"""A packet as the expression that makes scapy build the very same bytes.

Only headers of which every bit is a named argument in scapy become constructors; lengths, checksums and types are
given, so that nothing is worked out anew. Options, and all behind the first header that is not known, are Raw.
"""

from collections.abc import Callable, Iterator
from typing import Any

from app.packet.dissection import Dissection, Layer, Placed
from app.packet.icmp.v4 import IcmpEcho
from app.packet.ip.v4 import Ipv4
from app.packet.ip.v6 import Ipv6
from app.packet.layout import Header
from app.packet.link.reader import Ethernet
from app.packet.transport.tcp import Tcp
from app.packet.transport.udp import Udp

#: Kinds of TCP options that scapy writes as they were: their size, its name for them, and how it takes the value.
_TCP_OPTIONS: dict[int, tuple[int, str, Callable[[bytes], str]]] = {
    2: (4, "MSS", lambda value: str(int.from_bytes(value, "big"))),
    3: (3, "WScale", lambda value: str(value[0])),
    4: (2, "SAckOK", lambda value: "b''"),
    8: (10, "Timestamp", lambda value: f"({int.from_bytes(value[:4], 'big')}, {int.from_bytes(value[4:], 'big')})"),
}
_NO_OPERATION = 1


def scapy_expression(dissection: Dissection) -> str:
    """The layers joined by slashes; bytes of an empty packet are an empty Raw."""
    return "/".join(_pieces(dissection)) or "Raw(b'')"


def _pieces(dissection: Dissection) -> Iterator[str]:
    data, at = dissection.data, 0
    for layer in dissection.layers:
        placed = _head(layer)
        if placed is None or placed.at != at or placed.at + placed.header.LAYOUT.size > placed.stop:
            break
        write = _WRITERS.get(type(placed.header))
        if write is None:
            break
        head_stop = at + placed.header.LAYOUT.size
        options = data[head_stop : layer.stop] if isinstance(placed.header, (Ipv4, Tcp)) else b""
        named = _tcp_options(options) if isinstance(placed.header, Tcp) else None
        yield write(placed.header) + (f", options=[{named}])" if named else ")")
        if options and named is None:
            yield _raw(options)
        at = head_stop + len(options)
    if at < len(data):
        yield _raw(data[at:])


def _head(layer: Layer) -> Placed | None:
    """The header that a layer begins with."""
    first = layer.parts[0] if layer.parts else None
    return first if isinstance(first, Placed) else None


def _raw(data: bytes) -> str:
    return f"Raw({data!r})"


def _tcp_options(data: bytes) -> str | None:
    """Options as scapy's list has them; None where it might write one in another way."""
    named, at = [], 0
    while at < len(data):
        if data[at] == _NO_OPERATION:
            named.append("('NOP', None)")
            at += 1
            continue
        size, name, value = _TCP_OPTIONS.get(data[at], (0, "", str))
        if not size or data[at + 1 : at + 2] != bytes((size,)) or at + size > len(data):
            return None
        named.append(f"('{name}', {value(data[at + 2 : at + size])})")
        at += size
    return ", ".join(named) if named and len(data) % 4 == 0 else None


# Constructors, without the bracket that closes them


def _ether(head: Any) -> str:
    return f"Ether(dst='{head.destination.hex(':')}', src='{head.source.hex(':')}', type=0x{head.type:04x}"


def _ipv4(head: Any) -> str:
    flags = head.reserved << 2 | head.dont_fragment << 1 | head.more_fragments
    return (
        f"IP(version={head.version}, ihl={head.header_length}, tos=0x{head.dscp << 2 | head.ecn:02x}, "
        f"len={head.total_length}, id={head.identification}, flags={flags}, frag={head.fragment_offset}, "
        f"ttl={head.ttl}, proto={head.protocol}, chksum=0x{head.checksum:04x}, "
        f"src='{head.source}', dst='{head.destination}'"
    )


def _ipv6(head: Any) -> str:
    return (
        f"IPv6(version={head.version}, tc=0x{head.dscp << 2 | head.ecn:02x}, fl=0x{head.flow_label:05x}, "
        f"plen={head.payload_length}, nh={head.next_header}, hlim={head.hop_limit}, "
        f"src='{head.source}', dst='{head.destination}'"
    )


def _icmp(head: Any) -> str:
    kind = f"type={head.type}, code={head.code}, chksum=0x{head.checksum:04x}"
    return f"ICMP({kind}, id={head.identifier}, seq={head.sequence}"


def _udp(head: Any) -> str:
    return (
        f"UDP(sport={head.source_port}, dport={head.destination_port}, len={head.length}, chksum=0x{head.checksum:04x}"
    )


def _tcp(head: Any) -> str:
    names = ("accurate_ecn", "congestion_window_reduced", "ecn_echo", "urgent", "acknowledge", "push", "reset")
    flags = 0
    for name in (*names, "synchronize", "final"):
        flags = flags << 1 | getattr(head, name)
    return (
        f"TCP(sport={head.source_port}, dport={head.destination_port}, seq={head.sequence}, ack={head.acknowledgment}, "
        f"dataofs={head.data_offset}, reserved={head.reserved}, flags=0x{flags:03x}, window={head.window}, "
        f"chksum=0x{head.checksum:04x}, urgptr={head.urgent_pointer}"
    )


_WRITERS: dict[type[Header], Callable[[Any], str]] = {
    Ethernet: _ether,
    Ipv4: _ipv4,
    Ipv6: _ipv6,
    IcmpEcho: _icmp,
    Udp: _udp,
    Tcp: _tcp,
}
