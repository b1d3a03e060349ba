"""What the IPv6 header around some ICMPv6 messages has to say, and a receiver must check: else anyone could send them.

Neighbour Discovery never crosses a router: hop limit 255 (RFC 4861, section 11.2). Multicast listeners speak to
their link: hop limit 1, a link-local source and a router alert (RFC 2710, section 3; RFC 9777, section 5).
"""

from ipaddress import IPv6Address

from app.packet.dissection import Layer, Severity
from app.packet.icmp.types import Icmpv6Type
from app.packet.ip.v6 import Ipv6
from app.packet.ip.v6options import HopByHop
from app.packet.reading import Reading

_DISCOVERY = frozenset(
    (
        Icmpv6Type.ROUTER_SOLICITATION,
        Icmpv6Type.ROUTER_ADVERTISEMENT,
        Icmpv6Type.NEIGHBOR_SOLICITATION,
        Icmpv6Type.NEIGHBOR_ADVERTISEMENT,
        Icmpv6Type.REDIRECT_MESSAGE,
        Icmpv6Type.INVERSE_NEIGHBOR_DISCOVERY_SOLICITATION,
        Icmpv6Type.INVERSE_NEIGHBOR_DISCOVERY_ADVERTISEMENT,
    )
)
#: Those of them that only routers send, from an address of the link.
_ROUTERS = frozenset((Icmpv6Type.ROUTER_ADVERTISEMENT, Icmpv6Type.REDIRECT_MESSAGE))
_LISTENERS = frozenset(
    (
        Icmpv6Type.MULTICAST_LISTENER_QUERY,
        Icmpv6Type.MULTICAST_LISTENER_REPORT,
        Icmpv6Type.MULTICAST_LISTENER_DONE,
        Icmpv6Type.MULTICAST_LISTENER_REPORT_V2,
        Icmpv6Type.MULTICAST_ROUTER_ADVERTISEMENT,
        Icmpv6Type.MULTICAST_ROUTER_SOLICITATION,
        Icmpv6Type.MULTICAST_ROUTER_TERMINATION,
    )
)
WATCHED = _DISCOVERY | _LISTENERS


def note_envelope(reading: Reading, kind: int, at: int) -> None:
    """Note what is wrong with the header around a message of a watched type at byte `at`."""
    layer = next((layer for layer in reversed(reading.layers) if layer.layout is Ipv6.LAYOUT), None)
    head = getattr(layer.parts[0], "header", None) if layer is not None else None
    if layer is None or not isinstance(head, Ipv6) or reading.is_quoted:
        return
    wanted = 255 if kind in _DISCOVERY else 1
    if head.hop_limit != wanted:
        said = f"hop limit {head.hop_limit} where {wanted} has to be"
        said += ": receivers drop this message" if wanted == 255 else ""
        reading.note(Severity.WARNING, layer.start + 7, said)
    source = head.source
    if kind in _ROUTERS and not source.is_link_local:
        reading.note(Severity.WARNING, layer.start + 8, "not from a link-local address: receivers drop this message")
    if kind in _LISTENERS:
        if not (source.is_link_local or source == IPv6Address(0)):
            reading.note(Severity.WARNING, layer.start + 8, "not from a link-local address: routers drop this message")
        if not any(_has_alert(found) for found in reading.layers):
            reading.note(Severity.WARNING, at, "no router alert in front: routers may overlook this message")


def _has_alert(layer: Layer) -> bool:
    return layer.layout is HopByHop.LAYOUT and next(layer.spans_named("ipv6.opt.router_alert"), None) is not None
