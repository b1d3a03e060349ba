"""Classic BPF programs that let a socket hear the answers to its own probes and nothing else.

A foreign ICMP packet costs about 5 µs where Python reads it and 0.1 µs where the kernel drops it. The
program only saves work: an engine still checks all that it reads. Raw IPv4 sockets show the filter the
IPv4 header first, raw IPv6 sockets start at the upper-layer header.
"""

from collections.abc import Sequence

from app.net.bpf import (
    ADD_INDEX,
    DROP,
    KEEP,
    MASK_LENGTH,
    RECALL,
    SKIP_IP_HEADER,
    STORE,
    TIMES_EIGHT,
    TIMES_FOUR,
    TO_INDEX,
    Line,
    add,
    assemble,
    jump_if,
    jump_if_within,
    load_byte,
    load_byte_behind,
    load_half,
    load_half_behind,
    set_index,
)
from app.packet.icmp.types import IcmpType, Icmpv6Type
from app.packet.registry import Protocol

#: Headers that may stand between a quoted IPv6 header and its probe's: a probe that this host fragmented has one.
_EXTENSIONS = (Protocol.HOPOPT, Protocol.IPV6_ROUTE, Protocol.IPV6_FRAG, Protocol.IPV6_OPTS)
_MOST_EXTENSIONS = 3


def icmp_answers(version: int, identifier: int, port: int, flows: int = 1) -> bytes:
    """Echo replies to `identifier`, and errors that quote an echo of it or a UDP or TCP packet from `port`, or from
    the ports behind it that further flows have.
    """
    ports = jump_if_within(port, flows, "keep", "drop")
    return assemble(_icmpv4(identifier, ports) if version == 4 else _icmpv6(identifier, ports))


def _icmpv4(identifier: int, ports: Sequence[Line]) -> list[Line]:
    errors = (IcmpType.DESTINATION_UNREACHABLE, IcmpType.TIME_EXCEEDED, IcmpType.PARAMETER_PROBLEM)
    return [
        SKIP_IP_HEADER,
        load_byte_behind(0),
        jump_if(IcmpType.ECHO_REPLY, "reply"),
        *(jump_if(kind, "error") for kind in errors),
        DROP,
        "reply",
        load_half_behind(4),
        jump_if(identifier, "keep", "drop"),
        "error",  # the quoted IPv4 header starts at X + 8; its transport header at X + 8 once X has skipped it
        load_byte_behind(17),
        STORE,
        load_byte_behind(8),
        MASK_LENGTH,
        TIMES_FOUR,
        ADD_INDEX,
        TO_INDEX,
        RECALL,
        jump_if(Protocol.ICMP, "echo"),
        jump_if(Protocol.UDP, "port"),
        jump_if(Protocol.TCP, "port", "drop"),
        "echo",
        load_half_behind(12),
        jump_if(identifier, "keep", "drop"),
        "port",
        load_half_behind(8),
        *ports,
        "drop",
        DROP,
        "keep",
        KEEP,
    ]


def _icmpv6(identifier: int, ports: Sequence[Line]) -> list[Line]:
    errors = (
        Icmpv6Type.DESTINATION_UNREACHABLE,
        Icmpv6Type.PACKET_TOO_BIG,
        Icmpv6Type.TIME_EXCEEDED,
        Icmpv6Type.PARAMETER_PROBLEM,
    )
    return [
        load_byte(0),
        jump_if(Icmpv6Type.ECHO_REPLY, "reply"),
        *(jump_if(kind, "error") for kind in errors),
        DROP,
        "reply",
        load_half(4),
        jump_if(identifier, "keep", "drop"),
        "error",  # the quoted IPv6 header is bytes 8..47; X is where the header behind it begins
        load_byte(14),
        set_index(48),
        *(line for step in range(_MOST_EXTENSIONS) for line in _beyond_extension(step)),
        *_transports(),
        DROP,
        "echo",
        load_half_behind(4),
        jump_if(identifier, "keep", "drop"),
        "port",
        load_half_behind(0),
        *ports,
        "drop",
        DROP,
        "keep",
        KEEP,
    ]


def _transports() -> list[Line]:
    return [jump_if(Protocol.IPV6_ICMP, "echo"), jump_if(Protocol.UDP, "port"), jump_if(Protocol.TCP, "port")]


def _beyond_extension(step: int) -> list[Line]:
    """By the kind of the header at X, which is in A; past it, where it is an extension header (RFC 8200, section 4).

    A fragment header counts its length as the others do, in units of 8 bytes beyond the first: it is always 0.
    """
    return [
        *_transports(),
        *(jump_if(number, f"extension {step}") for number in _EXTENSIONS),
        DROP,
        f"extension {step}",
        load_byte_behind(0),
        STORE,
        load_byte_behind(1),
        add(1),
        TIMES_EIGHT,
        ADD_INDEX,
        TO_INDEX,
        RECALL,
    ]


def tcp_answers(version: int, port: int, flows: int = 1) -> bytes:
    """Segments to `port`, or to the ports behind it that further flows have."""
    head: list[Line] = [SKIP_IP_HEADER, load_half_behind(2)] if version == 4 else [load_half(2)]
    return assemble([*head, *jump_if_within(port, flows, "keep", "drop"), "drop", DROP, "keep", KEEP])
