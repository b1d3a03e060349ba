"""Who reads what: the space of numbers that a protocol is named in, its number there, and its dissector.

What stands in front of nearly every packet is here at once. The families beyond are loaded when one of their
numbers is first met, for most captures hold few of them and a program has to start quickly.
"""

from importlib import import_module

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
)
from app.packet.ip.routing import read_routing
from app.packet.link.arp import read_arp
from app.packet.link.cooked import read_cooked, read_cooked2, read_loopback
from app.packet.link.linktype import LinkType
from app.packet.link.mpls import read_mpls
from app.packet.link.numbers import EtherType, PppProtocol
from app.packet.link.ppp import read_ppp, read_pppoe_discovery, read_pppoe_session
from app.packet.link.reader import read_ethernet, read_service_vlan, read_vlan
from app.packet.reading import Dissector, Reading, Space, Way
from app.packet.registry import Protocol
from app.packet.transport.reader import read_tcp, read_udp


class _Later:
    """A dissector by its name, "module:function" below this package, loaded at its first packet."""

    def __init__(self, name: str) -> None:
        self._module, _, self._function = name.partition(":")
        self._dissector: Dissector | None = None

    def load(self) -> Dissector:
        """The dissector itself."""
        if self._dissector is None:
            dissector: Dissector = getattr(import_module(f"app.packet.{self._module}"), self._function)
            self._dissector = dissector
        return self._dissector

    def __call__(self, reading: Reading, at: int, stop: int) -> Way | None:
        return self.load()(reading, at, stop)


_LINKS: dict[int, Dissector] = {
    LinkType.NULL: read_loopback,
    LinkType.ETHERNET: read_ethernet,
    LinkType.PPP: read_ppp,
    LinkType.RAW_BSD: read_ip,
    LinkType.RAW_OPENBSD: read_ip,
    LinkType.PPP_HDLC: read_ppp,
    LinkType.PPP_ETHER: read_pppoe_session,
    LinkType.RAW: read_ip,
    LinkType.CISCO_HDLC: read_ppp,
    LinkType.LOOP: read_loopback,
    LinkType.LINUX_SLL: read_cooked,
    LinkType.IPV4: read_ip,
    LinkType.IPV6: read_ip,
    LinkType.LINUX_SLL2: read_cooked2,
}
_ETHERTYPES: dict[int, Dissector] = {
    EtherType.IPV4: read_ipv4,
    EtherType.ARP: read_arp,
    EtherType.REVERSE_ARP: read_arp,
    EtherType.TRANSPARENT_ETHERNET_BRIDGING: read_ethernet,
    EtherType.VLAN: read_vlan,
    EtherType.IPV6: read_ipv6,
    EtherType.PPP: read_ppp,
    EtherType.MPLS: read_mpls,
    EtherType.MPLS_UPSTREAM_ASSIGNED: read_mpls,
    EtherType.PPPOE_DISCOVERY: read_pppoe_discovery,
    EtherType.PPPOE_SESSION: read_pppoe_session,
    EtherType.SERVICE_VLAN: read_service_vlan,
    EtherType.LLDP: _Later("link.lldp:read_lldp"),
    EtherType.OLD_QINQ: read_vlan,
    EtherType.VLAN_STACK: read_vlan,
}
_PPP: dict[int, Dissector] = {
    PppProtocol.IPV4: read_ip,
    PppProtocol.IPV6: read_ip,
    PppProtocol.MPLS_UNICAST: read_mpls,
    PppProtocol.MPLS_MULTICAST: read_mpls,
}
_PROTOCOLS: dict[int, Dissector] = {
    Protocol.HOPOPT: read_hop_by_hop,
    Protocol.ICMP: read_icmp,
    Protocol.IGMP: _Later("multicast.igmpreader:read_igmp"),
    Protocol.IPV4: read_ipv4,
    Protocol.TCP: read_tcp,
    Protocol.UDP: read_udp,
    Protocol.DCCP: _Later("transport.dccp:read_dccp"),
    Protocol.IPV6: read_ipv6,
    Protocol.IPV6_ROUTE: read_routing,
    Protocol.IPV6_FRAG: read_fragment,
    Protocol.GRE: _Later("transport.gre:read_gre"),
    Protocol.ESP: read_encapsulation,
    Protocol.AH: read_authentication,
    Protocol.IPV6_ICMP: read_icmpv6,
    Protocol.IPV6_NONXT: read_nothing,
    Protocol.IPV6_OPTS: read_destination_options,
    Protocol.EIGRP: _Later("routing.eigrp:read_eigrp"),
    Protocol.OSPF: _Later("ospf.reader:read_ospf"),
    Protocol.PIM: _Later("multicast.pimreader:read_pim"),
    Protocol.VRRP: _Later("routing.vrrp:read_vrrp"),
    Protocol.SCTP: _Later("transport.sctp:read_sctp"),
    Protocol.MOBILITY_HEADER: _Later("ip.mobilityreader:read_mobility"),
    Protocol.UDPLITE: _Later("transport.udplite:read_udplite"),
    Protocol.MPLS_IN_IP: read_mpls,
    Protocol.HIP: _Later("ip.mobilityreader:read_hip"),
    Protocol.SHIM6: _Later("ip.mobilityreader:read_shim6"),
    Protocol.ETHERNET: read_ethernet,
}
#: https://www.iana.org/assignments/service-names-port-numbers
_UDP_PORTS: dict[int, Dissector] = {
    53: _Later("application.dnsreader:read_dns"),
    67: _Later("application.dhcpreader:read_dhcp"),
    68: _Later("application.dhcpreader:read_dhcp"),
    69: _Later("application.tftp:read_tftp"),
    123: _Later("application.ntp:read_ntp"),
    161: _Later("application.snmp:read_snmp"),
    162: _Later("application.snmp:read_snmp"),
    520: _Later("routing.rip:read_rip"),
    521: _Later("routing.ripng:read_ripng"),
    546: _Later("application.dhcpv6reader:read_dhcpv6"),
    547: _Later("application.dhcpv6reader:read_dhcpv6"),
    1985: _Later("routing.hsrp:read_hsrp"),
    2029: _Later("routing.hsrp:read_hsrp"),
    3784: _Later("routing.bfd:read_bfd"),
    3785: _Later("routing.bfd:read_bfd_echo"),
    4784: _Later("routing.bfd:read_bfd"),
    5353: _Later("application.dnsreader:read_mdns"),
    5355: _Later("application.dnsreader:read_llmnr"),
    6784: _Later("routing.bfd:read_bfd"),
    7784: _Later("routing.bfd:read_bfd"),
}
_TCP_PORTS: dict[int, Dissector] = {53: _Later("application.dnsreader:read_dns_stream")}

DISSECTORS: dict[Space, dict[int, Dissector]] = {
    Space.LINK: _LINKS,
    Space.ETHERTYPE: _ETHERTYPES,
    Space.PPP: _PPP,
    Space.IP_VERSION: {4: read_ipv4, 6: read_ipv6},
    Space.PROTOCOL: _PROTOCOLS,
    Space.UDP_PORT: _UDP_PORTS,
    Space.TCP_PORT: _TCP_PORTS,
}


def load_all() -> None:
    """Load every family, for whoever asks what there is: filters complete names, the book prints all headers."""
    for table in DISSECTORS.values():
        for dissector in table.values():
            if isinstance(dissector, _Later):
                dissector.load()
