"""Which frames a listening socket is given, decided in the kernel: a classic BPF program made of what is wanted.

What is not wanted costs a tenth of a microsecond and no room in the ring. The program may let more through than was
wanted, never less: a fragment behind the first has no ports and no ICMP type, and is left out where these decide.
Frames of Ethernet and of loopback are read at their own offsets, those of other links from where the kernel has found
the network layer: in a packet whose front is scattered only the former always finds its bytes.
"""

from collections.abc import Iterable, Sequence

from app.engine.wanted import InIp, Wanted
from app.net.bpf import (
    ADD_INDEX,
    DROP,
    ETHER_TYPE,
    FROM_INDEX,
    HARDWARE_TYPE,
    INTERFACE_INDEX,
    KEEP,
    MASK_LENGTH,
    NETWORK_LAYER,
    PACKET_TYPE,
    RECALL,
    STORE,
    TIMES_EIGHT,
    TIMES_FOUR,
    TO_INDEX,
    Line,
    add,
    assemble,
    drop_if_any,
    far_if,
    far_if_below,
    jump,
    jump_if,
    keep_if,
    load_beside,
    load_byte_behind,
    load_half,
    load_half_behind,
    set_index,
)
from app.packet.link.numbers import LEAST_TYPE, EtherType, HardwareType
from app.packet.registry import Protocol

OUTGOING = 4  #: PACKET_OUTGOING (packet(7))
_ETHERNET_HEADER, _TAGGED_HEADER, _IPV6_HEADER = 14, 18, 40
_FRAGMENT_OFFSET = 0x1FFF
#: From an IPv4 header at X to what is behind it, in the first fragment.
_BEHIND_IPV4: Sequence[Line] = (
    load_half_behind(6),
    *drop_if_any(_FRAGMENT_OFFSET),
    load_byte_behind(0),
    MASK_LENGTH,
    TIMES_FOUR,
    ADD_INDEX,
    TO_INDEX,
)
#: Headers of IPv6 between its own and the upper layer's whose length is in units of 8 bytes (RFC 8200, section 4).
_EXTENSIONS = (Protocol.HOPOPT, Protocol.IPV6_ROUTE, Protocol.IPV6_FRAG, Protocol.IPV6_OPTS)
_MOST_EXTENSIONS = 4


def prefilter(wanted: Wanted | None, interfaces: Iterable[int] | None = None) -> bytes:
    """The program that keeps what is wanted (None: everything) of the interfaces of these indices (None: of all).

    Loopback shows each packet twice, going out and coming in; the former is left out, as libpcap does.
    """
    lines: list[Line] = [*_once_on_loopback()]
    if interfaces is not None:
        lines += _only_on(interfaces)
    if wanted is None:
        return assemble([*lines, KEEP])
    lines += [*_find_network_layer(), *_dispatch(wanted)]
    if 4 in wanted.ip:
        lines += _ipv4(wanted.ip[4])
    if 6 in wanted.ip:
        lines += _ipv6(wanted.ip[6])
    return assemble(lines)


def raw_filter(wanted: InIp, version: int, protocol: int, interfaces: Iterable[int] | None = None) -> bytes:
    """The same for the raw socket of a protocol, which is given the IPv4 header and no IPv6 header."""
    lines: list[Line] = [] if interfaces is None else _only_on(interfaces)
    if protocol in wanted.protocols:
        return assemble([*lines, KEEP])
    lines.append(set_index(0))
    upper = _BEHIND_IPV4 if version == 4 else []
    for number, label, values in _asked(wanted, version):
        if number == protocol:
            return assemble([*lines, *_values(label, values, upper)])
    return assemble([*lines, DROP])


def _once_on_loopback() -> list[Line]:
    return [
        load_beside(PACKET_TYPE),
        jump_if(OUTGOING, 0, "once"),
        load_beside(HARDWARE_TYPE),
        jump_if(HardwareType.LOOPBACK, 0, "once"),
        DROP,
        "once",
    ]


def _only_on(interfaces: Iterable[int]) -> list[Line]:
    lines: list[Line] = [load_beside(INTERFACE_INDEX)]
    for index in sorted(interfaces):
        lines += far_if(index, "here")
    return [*lines, DROP, "here"]


def _find_network_layer() -> list[Line]:
    """X <- where it begins, A <- its type; a VLAN tag that is still in the frame is passed over."""
    return [
        load_beside(HARDWARE_TYPE),
        jump_if(HardwareType.ETHERNET, "ethernet"),
        jump_if(HardwareType.LOOPBACK, "ethernet"),
        set_index(NETWORK_LAYER),
        load_beside(ETHER_TYPE),
        jump("dispatch"),
        "ethernet",
        set_index(_ETHERNET_HEADER),
        load_beside(ETHER_TYPE),
        jump_if(EtherType.VLAN, "tagged"),
        jump_if(EtherType.SERVICE_VLAN, "tagged"),
        jump("dispatch"),
        "tagged",
        set_index(_TAGGED_HEADER),
        load_half(_TAGGED_HEADER - 2),
    ]


def _dispatch(wanted: Wanted) -> list[Line]:
    """By the type of the network layer; a number below the least type is a length, and LLC follows (IEEE 802.2)."""
    lines: list[Line] = ["dispatch"]
    for kind in sorted(wanted.ether_types):
        lines += keep_if(kind)
    lines += far_if(EtherType.IPV4, "version 4") if 4 in wanted.ip else []
    lines += far_if(EtherType.IPV6, "version 6") if 6 in wanted.ip else []
    if not wanted.services:
        return [*lines, DROP]
    lines += [*far_if_below(LEAST_TYPE, "services"), DROP, "services", load_half_behind(0)]
    for point in sorted(wanted.services):
        lines += keep_if(point << 8 | point)
    return [*lines, DROP]


def _ipv4(wanted: InIp) -> list[Line]:
    return [
        "version 4",
        load_byte_behind(9),
        *_protocols(wanted, 4),
        DROP,
        *_messages(wanted, 4, _BEHIND_IPV4),
    ]


def _ipv6(wanted: InIp) -> list[Line]:
    """Past the extension headers, with M[0] as the number of the next one."""
    lines: list[Line] = ["version 6", load_byte_behind(6), STORE, FROM_INDEX, add(_IPV6_HEADER), TO_INDEX, RECALL]
    for step in range(_MOST_EXTENSIONS):
        lines += [
            *_protocols(wanted, 6),
            *(jump_if(number, f"extension {step}") for number in _EXTENSIONS),
            jump_if(Protocol.AH, f"authentication {step}"),
            DROP,
            f"authentication {step}",  # RFC 4302, section 2.2: in units of 4 bytes, less 2
            load_byte_behind(0),
            STORE,
            load_byte_behind(1),
            add(2),
            TIMES_FOUR,
            jump(f"next {step}"),
            f"extension {step}",
            load_byte_behind(0),
            STORE,
            load_byte_behind(1),
            add(1),
            TIMES_EIGHT,
            f"next {step}",
            ADD_INDEX,
            TO_INDEX,
            RECALL,
        ]
    return [*lines, *_protocols(wanted, 6), DROP, *_messages(wanted, 6, [])]


def _asked(wanted: InIp, version: int) -> list[tuple[int, str, frozenset[int]]]:
    """The protocols of which only some messages are wanted: number, label, and the values that are wanted."""
    icmp = Protocol.ICMP if version == 4 else Protocol.IPV6_ICMP
    every = ((icmp, "types", wanted.icmp), (Protocol.UDP, "udp", wanted.udp), (Protocol.TCP, "tcp", wanted.tcp))
    return [(number, f"{label} {version}", values) for number, label, values in every if values]


def _protocols(wanted: InIp, version: int) -> list[Line]:
    """By the number of the protocol, which is in A."""
    lines: list[Line] = []
    for number in sorted(wanted.protocols):
        lines += keep_if(number)
    for number, label, _ in _asked(wanted, version):
        lines += far_if(number, label)
    return lines


def _messages(wanted: InIp, version: int, upper: Sequence[Line]) -> list[Line]:
    """By what stands in the upper layer's header, once `upper` has moved X to it."""
    lines: list[Line] = []
    for _, label, values in _asked(wanted, version):
        lines += [label, *_values(label, values, upper)]
    return lines


def _values(label: str, values: Iterable[int], upper: Sequence[Line]) -> list[Line]:
    """By the type, or by either port."""
    lines = [*upper]
    for place in [load_byte_behind(0)] if label.startswith("types") else [load_half_behind(0), load_half_behind(2)]:
        lines.append(place)
        for value in sorted(values):
            lines += keep_if(value)
    return [*lines, DROP]
