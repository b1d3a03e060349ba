"""From a packet to what readers are asked: who sent it, how far it may have come, and the layers worth reading.

What stands within a tunnel was said on another link, and what an error quotes was said by somebody else: neither
is heard here.
"""

from collections.abc import Collection, Iterator

from app.engine.datagram import Datagram, Direction
from app.engine.host import Interface
from app.engine.neighbourhood.readers.headers import headers
from app.engine.neighbourhood.saying import Heard
from app.packet.compose import Address
from app.packet.dissect import dissect
from app.packet.dissection import Dissection, Layer
from app.packet.ip.v4 import Ipv4
from app.packet.ip.v6 import Ipv6

_IP = frozenset((Ipv4.LAYOUT.name, Ipv6.LAYOUT.name))


def overheard(datagram: Datagram, names: Collection[str], interface: Interface | None) -> Iterator[Heard]:
    """What readers of the layers of these names are to be asked. `interface` is this host's, where it is known."""
    dissection = dissect(datagram.data, datagram.link)
    outer, layers = _outermost(dissection)
    mac = _mac(dissection)
    head = None if outer is None else next(headers(outer.parts), None)
    source: Address | None = None
    destination: Address | None = None
    ttl: int | None = None
    if isinstance(head, Ipv4):
        source, destination, ttl = head.source, head.destination, head.ttl
    elif isinstance(head, Ipv6):
        source, destination, ttl = head.source, head.destination, head.hop_limit
    own = () if interface is None else tuple(each.ip for each in interface.addresses)
    # Raw sockets are given this host's own multicast as if it had come from elsewhere.
    is_own_address = mac is None and source is not None and source in own
    is_own_mac = mac is not None and interface is not None and mac == interface.mac
    for layer in layers:
        if layer.name in names:
            yield Heard(
                dissection=dissection,
                layer=layer,
                at=datagram.received_at,
                interface=datagram.interface or "",
                source=source,
                destination=destination,
                ttl=ttl,
                mac=mac,
                is_ours=datagram.direction is Direction.OUT or is_own_address or is_own_mac,
                is_rebuilt=datagram.rebuilt > 0,
            )


def _outermost(dissection: Dissection) -> tuple[Layer | None, list[Layer]]:
    """The outermost IP header where there is one, and the layers that this link's neighbours said."""
    outer: Layer | None = None
    layers: list[Layer] = []
    for layer in dissection.layers:
        if layer.is_quoted or (layer.name in _IP and outer is not None):
            break
        if layer.name in _IP:
            outer = layer
        layers.append(layer)
    return outer, layers


def _mac(dissection: Dissection) -> str | None:
    """The sender's address on the link, unless it is a group's or nobody's, as no sender's can be."""
    first = dissection.layers[0] if dissection.layers else None
    head = next(headers(first.parts), None) if first is not None and first.name == "eth" else None
    source = getattr(head, "source", None)
    if not isinstance(source, bytes) or source[0] & 1 or not any(source):
        return None
    return source.hex(":")
