"""Bytes to a Dissection: every layer, field, checksum and contradiction of a frame. Never raises.

A protocol is one line in the table: the space of numbers it is named in, its number, and the function
that reads it. Reading goes from layer to layer without recursion, through at most `MOST_LAYERS`.
"""

from app.packet.dissection import Dissection, Layer, Severity
from app.packet.frames import (
    EtherType,
    LinkType,
    PppProtocol,
    read_cooked,
    read_cooked2,
    read_ethernet,
    read_loopback,
    read_ppp,
    read_vlan,
)
from app.packet.internet import (
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
from app.packet.messages import read_icmp, read_icmpv6
from app.packet.reading import CutError, Dissector, Reading, Space, Step, read_data
from app.packet.registry import Protocol
from app.packet.transport import read_tcp, read_udp

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
    (Space.ETHERTYPE, EtherType.SERVICE_VLAN): read_vlan,
    (Space.PPP, PppProtocol.IPV4): read_ip,
    (Space.PPP, PppProtocol.IPV6): read_ip,
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


def dissect(data: bytes, link: LinkType = LinkType.RAW) -> Dissection:
    """All that `data` says, as a frame of that link type; RAW starts with an IP header of either version."""
    reading = Reading(data)
    step: Step | None = Step(Space.LINK, (link,), 0, len(data))
    try:
        for _ in range(MOST_LAYERS):
            if step is None:
                break
            step = dissector(step)(reading, step.start, step.stop)
        if step is not None:
            reading.note(Severity.WARNING, step.start, f"more than {MOST_LAYERS} layers: the rest is not shown")
            read_data(reading, step.start, step.stop)
    except CutError:
        pass
    return _dissection(reading)


def dissector(step: Step) -> Dissector:
    """Who reads what stands at a step; whoever shows bytes, where nobody does."""
    for number in step.numbers:
        found = DISSECTORS.get((step.space, number))
        if found is not None:
            return found
    return read_data


def _dissection(reading: Reading) -> Dissection:
    known = [layer for layer in reading.layers if layer.name != "data"]
    own = [layer for layer in known if not layer.is_quoted]
    last = own[-1] if own else None
    summary = last.summary if last else f"{len(reading.data)} bytes"
    if known and known[-1].is_quoted:
        summary += f", quotes {known[-1].summary}"
    source, destination = _ends(own)
    name = last.name if last else "data"
    return Dissection(
        reading.data,
        tuple(reading.layers),
        tuple(reading.checks),
        tuple(reading.notes),
        source,
        destination,
        name,
        summary,
    )


def _ends(layers: list[Layer]) -> tuple[str, str]:
    """Source and destination of the outermost IP header, else of the link; empty where there is neither."""
    for wanted in (("ip", "ipv6"), ("eth",)):
        for layer in layers:
            if layer.name in wanted and " → " in layer.summary:
                source, _, destination = layer.summary.partition(" → ")
                return source, destination
    return "", ""
