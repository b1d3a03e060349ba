"""Whether a packet may say something about a neighbour: decided by a few bytes, as most packets do not.

It is wrong in one direction only: what it turns away would have said nothing; what it lets through is dissected,
and may still say nothing.
"""

from app.engine.datagram import Datagram
from app.packet.icmp.types import IcmpType, Icmpv6Type
from app.packet.link.linktype import LinkType
from app.packet.link.numbers import EtherType
from app.packet.registry import Protocol

_ETHERNET = 14
_VLAN = 4
_TAGS = frozenset((int(EtherType.VLAN), 0x88A8))
_LLDP = 0x88CC
#: Routing protocols over IP whose every packet is looked at.
_PROTOCOLS = frozenset((Protocol.IGMP, Protocol.OSPF, Protocol.PIM, Protocol.VRRP))
#: RIP, RIPng, BFD over one hop, several hops, aggregated links.
_PORTS = frozenset((520, 521, 3784, 4784, 6784))
_ICMP = frozenset((IcmpType.ROUTER_ADVERTISEMENT,))
_ICMPV6 = frozenset(
    (
        Icmpv6Type.MULTICAST_LISTENER_QUERY,
        Icmpv6Type.MULTICAST_LISTENER_REPORT,
        Icmpv6Type.MULTICAST_LISTENER_DONE,
        Icmpv6Type.MULTICAST_LISTENER_REPORT_V2,
        Icmpv6Type.ROUTER_ADVERTISEMENT,
    )
)
#: Extension headers that may stand in front: who sends these is looked at closely.
_EXTENSIONS = frozenset(
    (Protocol.HOPOPT, Protocol.IPV6_ROUTE, Protocol.IPV6_FRAG, Protocol.AH, Protocol.IPV6_OPTS, Protocol.ESP)
)


def may_tell(datagram: Datagram) -> bool:
    """Whether it is worth a dissection."""
    data = datagram.data
    if datagram.link is LinkType.RAW:
        return _may_tell(data, 0)
    if datagram.link is not LinkType.ETHERNET:
        return True
    at = _ETHERNET
    kind = int.from_bytes(data[at - 2 : at])
    while kind in _TAGS and at < len(data):
        at += _VLAN
        kind = int.from_bytes(data[at - 2 : at])
    if kind in (EtherType.IPV4, EtherType.IPV6):
        return _may_tell(data, at)
    return kind == _LLDP


def _may_tell(data: bytes, at: int) -> bool:
    """The same of the IP datagram at a byte."""
    if len(data) < at + 20:
        return False
    version = data[at] >> 4
    if version == 4:
        if int.from_bytes(data[at + 6 : at + 8]) & 0x1FFF:
            return False  # a later fragment
        return _is_watched(data, at + (data[at] & 15) * 4, data[at + 9])
    if version == 6:
        return _is_watched(data, at + 40, data[at + 6])
    return False


def _is_watched(data: bytes, at: int, protocol: int) -> bool:
    """Whether what the protocol has at a byte is watched."""
    if protocol == Protocol.UDP:
        return int.from_bytes(data[at : at + 2]) in _PORTS or int.from_bytes(data[at + 2 : at + 4]) in _PORTS
    if protocol in (Protocol.ICMP, Protocol.IPV6_ICMP):
        kinds: frozenset[int] = _ICMP if protocol == Protocol.ICMP else _ICMPV6
        return at < len(data) and data[at] in kinds
    return protocol in _PROTOCOLS or protocol in _EXTENSIONS
