"""Whether a frame is one of those that a link was asked to hear, as the kernel's filter would decide it."""

from app.engine.wanted import InIp, Wanted
from app.net.simulated.parcel import read_parcel
from app.packet.compose import icmp_protocol
from app.packet.link.numbers import EtherType
from app.packet.registry import Protocol

_HEAD = 14
#: Below this the two bytes are a length, and the access point of LLC follows (IEEE 802.3, section 3.2.6).
_LEAST_TYPE = 0x600


def is_wanted(frame: bytes, wanted: Wanted | None) -> bool:
    """Whether a frame is wanted; None wants all."""
    if wanted is None:
        return True
    kind = int.from_bytes(frame[12:14], "big")
    if kind < _LEAST_TYPE:
        return frame[_HEAD] in wanted.services
    if kind in wanted.ether_types:
        return True
    return kind in (EtherType.IPV4, EtherType.IPV6) and is_datagram_wanted(frame[_HEAD:], wanted)


def is_datagram_wanted(datagram: bytes, wanted: Wanted) -> bool:
    """Whether a frame is wanted for the IP datagram in it."""
    parcel = read_parcel(datagram)
    inside = wanted.ip.get(parcel.version) if parcel is not None else None
    if parcel is None or inside is None:
        return False
    if parcel.protocol in inside.protocols:
        return True
    transport = parcel.transport
    if parcel.is_fragment or not transport:
        return False
    if parcel.protocol == icmp_protocol(parcel.from_address):
        return transport[0] in inside.icmp
    return bool(_ports(parcel.protocol, inside) & {_port(transport, 0), _port(transport, 2)})


def _ports(protocol: int, inside: InIp) -> frozenset[int]:
    return {Protocol.UDP: inside.udp, Protocol.TCP: inside.tcp}.get(Protocol(protocol), frozenset())


def _port(transport: bytes, at: int) -> int:
    return int.from_bytes(transport[at : at + 2], "big")
