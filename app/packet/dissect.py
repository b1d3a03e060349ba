"""Bytes to a Dissection: every layer, field, checksum and contradiction of a frame. Never raises.

A protocol is one line in the table: the space of numbers it is named in, its number, and the function
that reads it. Reading goes from layer to layer without recursion, through at most `MOST_LAYERS`.
"""

from dataclasses import replace

from app.packet.dissection import Dissection, Layer, Severity
from app.packet.icmp.reader import read_icmp, read_icmpv6
from app.packet.ip.reader import (
    read_authentication,
    read_destination_options,
    read_encapsulation,
    read_fragment,
    read_hop_by_hop,
    read_ip,
    read_ipv4,
    read_ipv6,
    read_nothing,
    read_routing,
)
from app.packet.link.reader import (
    EtherType,
    LinkType,
    PppProtocol,
    read_cooked,
    read_cooked2,
    read_ethernet,
    read_loopback,
    read_mpls,
    read_ppp,
    read_vlan,
)
from app.packet.reading import DATA, CutError, Dissector, Reading, Space, Step, read_data
from app.packet.registry import Protocol, Registry
from app.packet.shape import bytes_span
from app.packet.text import bytes_words
from app.packet.transport.reader import read_tcp, read_udp

#: Tunnels in tunnels, options behind options: more layers than this are somebody's joke.
MOST_LAYERS = 40

DISSECTORS: dict[tuple[Space, int], Dissector] = {
    (Space.LINK, LinkType.NULL): read_loopback,
    (Space.LINK, LinkType.ETHERNET): read_ethernet,
    (Space.LINK, LinkType.PPP): read_ppp,
    (Space.LINK, LinkType.RAW_BSD): read_ip,
    (Space.LINK, LinkType.RAW_OPENBSD): read_ip,
    (Space.LINK, LinkType.PPP_HDLC): read_ppp,
    (Space.LINK, LinkType.RAW): read_ip,
    (Space.LINK, LinkType.LOOP): read_loopback,
    (Space.LINK, LinkType.LINUX_SLL): read_cooked,
    (Space.LINK, LinkType.IPV4): read_ip,
    (Space.LINK, LinkType.IPV6): read_ip,
    (Space.LINK, LinkType.LINUX_SLL2): read_cooked2,
    (Space.ETHERTYPE, EtherType.IPV4): read_ip,
    (Space.ETHERTYPE, EtherType.IPV6): read_ip,
    (Space.ETHERTYPE, EtherType.VLAN): read_vlan,
    (Space.ETHERTYPE, EtherType.MPLS): read_mpls,
    (Space.ETHERTYPE, EtherType.SERVICE_VLAN): read_vlan,
    (Space.PPP, PppProtocol.IPV4): read_ip,
    (Space.PPP, PppProtocol.IPV6): read_ip,
    (Space.PPP, PppProtocol.MPLS_UNICAST): read_mpls,
    (Space.IP_VERSION, 4): read_ipv4,
    (Space.IP_VERSION, 6): read_ipv6,
    (Space.PROTOCOL, Protocol.HOPOPT): read_hop_by_hop,
    (Space.PROTOCOL, Protocol.ICMP): read_icmp,
    (Space.PROTOCOL, Protocol.IPV4): read_ip,
    (Space.PROTOCOL, Protocol.TCP): read_tcp,
    (Space.PROTOCOL, Protocol.UDP): read_udp,
    (Space.PROTOCOL, Protocol.IPV6): read_ip,
    (Space.PROTOCOL, Protocol.IPV6_ROUTE): read_routing,
    (Space.PROTOCOL, Protocol.IPV6_FRAG): read_fragment,
    (Space.PROTOCOL, Protocol.ESP): read_encapsulation,
    (Space.PROTOCOL, Protocol.AH): read_authentication,
    (Space.PROTOCOL, Protocol.IPV6_ICMP): read_icmpv6,
    (Space.PROTOCOL, Protocol.IPV6_NONXT): read_nothing,
    (Space.PROTOCOL, Protocol.IPV6_OPTS): read_destination_options,
}

#: Layers whose own summary says less than what they carry, even where nobody can read it.
_CARRIERS = frozenset(
    ("eth", "vlan", "sll", "ppp", "mpls", "null", "ip", "ipv6", "ipv6.hopopts", "ipv6.dstopts", "ipv6.routing")
)
#: Whose words say what was not read.
_REGISTRIES: dict[Space, type[Registry]] = {
    Space.ETHERTYPE: EtherType,
    Space.PPP: PppProtocol,
    Space.PROTOCOL: Protocol,
}


def dissect(data: bytes, link: LinkType = LinkType.RAW) -> Dissection:
    """All that `data` says, as a frame of that link type; RAW starts with an IP header of either version."""
    reading = Reading(data)
    step: Step | None = Step(Space.LINK, (link,), 0, len(data))
    try:
        for _ in range(MOST_LAYERS):
            if step is None:
                break
            step = read_step(reading, step)
        if step is not None:
            reading.note(Severity.WARNING, step.start, f"more than {MOST_LAYERS} layers: the rest is not shown")
            read_data(reading, step.start, step.stop)
    except CutError:
        pass
    return _dissection(reading)


def read_step(reading: Reading, step: Step) -> Step | None:
    """Let whoever knows the first of a step's numbers read it; bytes that nobody knows are shown as such."""
    for number in step.numbers:
        found = DISSECTORS.get((step.space, number))
        if found is not None:
            return found(reading, step.start, step.stop)
    named = _REGISTRIES.get(step.space)
    read_data(reading, step.start, step.stop, named(step.numbers[0]).words if named else "")
    return None


def _read_trailer(reading: Reading) -> None:
    """Bytes behind the outermost IP datagram: padding to the least size of an Ethernet frame, a checksum, or a lie."""
    end, stop = reading.end, len(reading.data)
    if end is None or end >= stop:
        return
    data = reading.data[end:]
    name, label = ("eth.trailer", "trailer") if any(data) else ("eth.padding", "padding")
    span = bytes_span(name, label, reading.data, end, stop)
    first = reading.layers[0]
    if first.name == "eth":
        reading.layers[0] = replace(first, parts=(*first.parts, span))
    else:
        reading.note(Severity.WARNING, end, f"{bytes_words(stop - end)} behind the end of the datagram")


def _dissection(reading: Reading) -> Dissection:
    _read_trailer(reading)
    own = [layer for layer in reading.layers if not layer.is_quoted]
    last = own[-1] if own else None
    if last is not None and last.name == DATA.name and len(own) > 1 and own[-2].name not in _CARRIERS:
        last = own[-2]
    summary = last.summary if last else bytes_words(len(reading.data))
    quoted = [layer for layer in reading.layers if layer.is_quoted and layer.name != DATA.name]
    if quoted:
        summary += f", quotes {quoted[-1].summary}"
    source, destination = _ends(own)
    return Dissection(
        reading.data,
        tuple(reading.layers),
        tuple(reading.checks),
        tuple(reading.notes),
        source,
        destination,
        last.name if last else DATA.name,
        summary,
    )


def _ends(layers: list[Layer]) -> tuple[str, str]:
    """Source and destination of the outermost IP header, else of the link; empty where there is neither."""
    for wanted in (("ip", "ipv6"), ("eth",)):
        for layer in layers:
            if layer.name in wanted:
                source, _, destination = layer.summary.partition(" → ")
                return source, destination
    return "", ""
