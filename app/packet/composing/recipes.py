"""How a layer begins that nobody has said anything of: its numbers in other layers, its own words, whom it is for.

What stands here is in the language of `FIELD=VALUE`. `*` stands for chance, `@source` for the address that the
packet leaves from, `@mac` for the hardware address there. The protocols beyond IP begin with a whole message in
bytes (`seed`); a message of another kind, which the field `selector` chooses, is grown from its declaration.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from app.packet.icmp.neighbour import NEIGHBOUR_OPTIONS
from app.packet.ip.v4options import IPV4_OPTIONS
from app.packet.ip.v6optiontable import IPV6_OPTIONS
from app.packet.link.linktype import LinkType
from app.packet.link.numbers import EtherType, PppProtocol
from app.packet.reading import Space
from app.packet.registry import Protocol
from app.packet.shape import OptionTable
from app.packet.transport.tcpoptions import TCP_OPTIONS

_ETHERTYPE, _PROTOCOL, _UDP, _TCP = Space.ETHERTYPE, Space.PROTOCOL, Space.UDP_PORT, Space.TCP_PORT


@dataclass(frozen=True, slots=True)
class Options:
    """The options that a layer may have: how they are written, the field that opens one, and what they fill up to."""

    table: OptionTable
    opens: str  #: the field that names an option's type
    before: int  #: bytes of the header in front of the first option, as far as padding is concerned
    unit: int  #: the whole header has a multiple of so many bytes


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a layer of one name begins."""

    numbers: Mapping[Space, int]
    says: str = ""  #: FIELD=VALUE, as far as the message has that field
    seed: str = ""  #: its first bytes, in hex
    fronts: Mapping[Space, str] = field(default_factory=dict)  #: what stands before these in some places
    selector: str = ""  #: the field that chooses the kind of message
    kinds: Mapping[int, str] = field(default_factory=dict)  #: what is said more, by the selector's value
    owns: tuple[str, ...] = ()  #: what names of its fields begin with, where that is not the layer's name
    options: Options | None = None
    groups: tuple[str, str] = ("", "")  #: whom it is for, over IPv4 and over IPv6
    unit: int = 1  #: its bytes are a multiple of so many
    ttl: int | None = None  #: TTL or hop limit that the protocol asks for
    behind: tuple[Space, str] | None = None  #: the numbers that name what stands behind it, and their field


_ND = Options(NEIGHBOUR_OPTIONS, "icmpv6.opt.type", 0, 8)
_EXTENSION = Options(IPV6_OPTIONS, "ipv6.opt.type", 2, 8)
_QUERY_BODY = "0100000100000000000007{}00010001"
_EXAMPLE = "6578616d706c6503636f6d00"  # "example", "com", the root
_DHCP = "0101060039".ljust(56, "0") + "020000000001".ljust(416, "0") + "63825363350101ff"

RECIPES: Mapping[str, Recipe] = {
    "eth": Recipe(
        {Space.LINK: LinkType.ETHERNET, _ETHERTYPE: EtherType.TRANSPARENT_ETHERNET_BRIDGING},
        "eth.src=@mac",
        seed="0" * 24 + "88b5",
        behind=(_ETHERTYPE, "eth.type"),
    ),
    "vlan": Recipe({_ETHERTYPE: EtherType.VLAN}, "vlan.id=1", seed="000188b5", behind=(_ETHERTYPE, "vlan.etype")),
    "ieee8021ad": Recipe(
        {_ETHERTYPE: EtherType.SERVICE_VLAN},
        "ieee8021ad.id=1",
        seed="000188b5",
        owns=("ieee8021ah",),
        behind=(_ETHERTYPE, "ieee8021ah.etype"),
    ),
    "mpls": Recipe(
        {_ETHERTYPE: EtherType.MPLS, _PROTOCOL: Protocol.MPLS_IN_IP},
        "mpls.label=16 mpls.bottom=1 mpls.ttl=64",
        behind=(Space.IP_VERSION, ""),
    ),
    "pppoe": Recipe({_ETHERTYPE: EtherType.PPPOE_DISCOVERY}, seed="110900000004" + "01010000", owns=("pppoed",)),
    "lldp": Recipe({_ETHERTYPE: EtherType.LLDP}, seed="0207040200000000010403056c6f060200780000"),
    "arp": Recipe(
        {_ETHERTYPE: EtherType.ARP},
        "arp.src.hw_mac=@mac arp.src.proto_ipv4=@source",
        seed="0001080006040001".ljust(56, "0"),
    ),
    "ip": Recipe(
        {_ETHERTYPE: EtherType.IPV4, _PROTOCOL: Protocol.IPV4, Space.PPP: PppProtocol.IPV4, Space.IP_VERSION: 4},
        "ip.version=4 ip.id=*",
        options=Options(IPV4_OPTIONS, "ip.opt.type", 20, 4),
        owns=("ip.opt", "ip.options"),
        behind=(_PROTOCOL, "ip.proto"),
    ),
    "ipv6": Recipe(
        {_ETHERTYPE: EtherType.IPV6, _PROTOCOL: Protocol.IPV6, Space.PPP: PppProtocol.IPV6, Space.IP_VERSION: 6},
        "ipv6.version=6",
        behind=(_PROTOCOL, "ipv6.nxt"),
    ),
    "ipv6.hopopts": Recipe(
        {_PROTOCOL: Protocol.HOPOPT},
        options=_EXTENSION,
        owns=("ipv6.opt",),
        behind=(_PROTOCOL, "ipv6.hopopts.nxt"),
    ),
    "ipv6.dstopts": Recipe(
        {_PROTOCOL: Protocol.IPV6_OPTS},
        options=_EXTENSION,
        owns=("ipv6.opt",),
        behind=(_PROTOCOL, "ipv6.dstopts.nxt"),
    ),
    "ipv6.routing": Recipe(
        {_PROTOCOL: Protocol.IPV6_ROUTE},
        seed="00020201" + "0" * 40,
        selector="ipv6.routing.type",
        unit=8,
        behind=(_PROTOCOL, "ipv6.routing.nxt"),
    ),
    "ipv6.fraghdr": Recipe(
        {_PROTOCOL: Protocol.IPV6_FRAG}, "ipv6.fraghdr.ident=*", behind=(_PROTOCOL, "ipv6.fraghdr.nxt")
    ),
    "ah": Recipe(
        {_PROTOCOL: Protocol.AH}, "ah.spi=256 ah.sequence=1", seed="0".zfill(48), behind=(_PROTOCOL, "ah.next_header")
    ),
    "esp": Recipe({_PROTOCOL: Protocol.ESP}, "esp.spi=256 esp.sequence=1"),
    "icmp": Recipe(
        {_PROTOCOL: Protocol.ICMP},
        "icmp.type=8 icmp.ident=* icmp.seq=1",
        selector="icmp.type",
        kinds={9: "icmp.num_addrs=1 icmp.lifetime=1800", 42: "icmp.ext.echo.seq=1"},
        behind=(Space.IP_VERSION, ""),
    ),
    "icmpv6": Recipe(
        {_PROTOCOL: Protocol.IPV6_ICMP},
        "icmpv6.type=128 icmpv6.echo.identifier=* icmpv6.echo.sequence_number=1",
        selector="icmpv6.type",
        options=_ND,
        behind=(Space.IP_VERSION, ""),
    ),
    "igmp": Recipe(
        {_PROTOCOL: Protocol.IGMP},
        "igmp.type=0x11",
        seed="1164000000000000027d0000",
        selector="igmp.type",
        kinds={0x11: "igmp.max_resp=100 igmp.qrv=2 igmp.qqic=125", 0x22: "igmp.num_grp_recs=1 igmp.record_type=4"},
        owns=("dvmrp", "igmp.mtrace"),
        groups=("224.0.0.1", ""),
        ttl=1,
    ),
    "tcp": Recipe(
        {_PROTOCOL: Protocol.TCP},
        "tcp.srcport=* tcp.dstport=80 tcp.seq=* tcp.flags.syn=1 tcp.window_size_value=64240",
        options=Options(TCP_OPTIONS, "tcp.option_kind", 20, 4),
        behind=(_TCP, "tcp.dstport"),
    ),
    "udp": Recipe({_PROTOCOL: Protocol.UDP}, "udp.srcport=* udp.dstport=33434", behind=(_UDP, "udp.dstport")),
    "udplite": Recipe(
        {_PROTOCOL: Protocol.UDPLITE},
        "udp.srcport=* udp.dstport=33434",
        owns=("udp", "udplite"),
        behind=(_UDP, "udp.dstport"),
    ),
    "dccp": Recipe(
        {_PROTOCOL: Protocol.DCCP}, "dccp.srcport=* dccp.dstport=5001", seed="1389138905000000010000000000000100000000"
    ),
    "sctp": Recipe(
        {_PROTOCOL: Protocol.SCTP},
        "sctp.srcport=* sctp.dstport=7 sctp.init_initiate_tag=* sctp.init_initial_tsn=*",
        seed="0b59000700000000000000000100001400000000" + "0000ffff000a000a00000000",
    ),
    "gre": Recipe({_PROTOCOL: Protocol.GRE}, behind=(_ETHERTYPE, "gre.proto")),
    "eigrp": Recipe(
        {_PROTOCOL: Protocol.EIGRP},
        seed="0205".ljust(36, "0") + "0001" + "0001000c010001000000000f",
        groups=("224.0.0.10", "ff02::a"),
        ttl=1,
    ),
    "ospf": Recipe(
        {_PROTOCOL: Protocol.OSPF},
        "ospf.version=2 ospf.msg=1 ospf.srcrouter=@source ospf.hello.hello_interval=10"
        " ospf.hello.router_dead_interval=40 ospf.hello.router_priority=1 ospf.hello.network_mask=255.255.255.0",
        selector="ospf.msg",
        groups=("224.0.0.5", "ff02::5"),
        ttl=1,
    ),
    "pim": Recipe(
        {_PROTOCOL: Protocol.PIM},
        "pim.version=2",
        seed="20000000000100020069",
        selector="pim.type",
        groups=("224.0.0.13", "ff02::d"),
        ttl=1,
    ),
    "vrrp": Recipe(
        {_PROTOCOL: Protocol.VRRP},
        "vrrp.version=3 vrrp.type=1 vrrp.virt_rtr_id=1 vrrp.prio=100 vrrp.addr_count=1 vrrp.ip_addr=@source"
        " vrrp.short_adver_int=100 vrrp.adver_int=1",
        groups=("224.0.0.18", "ff02::12"),
        ttl=255,
    ),
    "mip6": Recipe({_PROTOCOL: Protocol.MOBILITY_HEADER}, "mip6.proto=59", selector="mip6.mhtype", unit=8),
    "hip": Recipe({_PROTOCOL: Protocol.HIP}, seed="3b040111".ljust(80, "0")),
    "shim6": Recipe({_PROTOCOL: Protocol.SHIM6}, seed="3b00800000000000"),
    "dns": Recipe({_UDP: 53, _TCP: 53}, "dns.id=*", fronts={_TCP: "0000"}, seed="0000" + _QUERY_BODY.format(_EXAMPLE)),
    "mdns": Recipe(
        {_UDP: 5353},
        seed="0000" + "0000" + _QUERY_BODY.format(_EXAMPLE)[4:],
        owns=("dns",),
        groups=("224.0.0.251", "ff02::fb"),
        ttl=255,
    ),
    "llmnr": Recipe(
        {_UDP: 5355},
        "dns.id=*",
        seed="0000" + "0000" + _QUERY_BODY.format(_EXAMPLE)[4:],
        owns=("dns",),
        groups=("224.0.0.252", "ff02::1:3"),
        ttl=1,
    ),
    "dhcp": Recipe({_UDP: 67}, "dhcp.id=* dhcp.hw.mac_addr=@mac", seed=_DHCP, groups=("255.255.255.255", "")),
    "dhcpv6": Recipe(
        {_UDP: 547},
        "dhcpv6.xid=*",
        seed="01000000" + "0001000a00030001020000000001" + "000800020000",
        groups=("", "ff02::1:2"),
    ),
    "tftp": Recipe({_UDP: 69}, seed="0001" + b"hello.txt\0octet\0".hex()),
    "ntp": Recipe({_UDP: 123}, seed="2300".ljust(96, "0")),
    "snmp": Recipe(
        {_UDP: 161}, seed="302602010104067075626c6963a019020101020100020100300e300c06082b060102010101000500"
    ),
    "rip": Recipe({_UDP: 520}, seed="01020000" + "10".zfill(40), groups=("224.0.0.9", ""), ttl=1),
    "ripng": Recipe({_UDP: 521}, seed="01010000" + "10".zfill(40), groups=("", "ff02::9"), ttl=255),
    "hsrp": Recipe(
        {_UDP: 1985}, seed="00000003" + "0a640100" + "636973636f000000" + "0a0000fe", groups=("224.0.0.2", ""), ttl=1
    ),
    "bfd": Recipe(
        {_UDP: 3784},
        "bfd.my_discriminator=*",
        seed="2040031800000001" + "00000000" + "000f4240" * 2 + "00000000",
        ttl=255,
    ),
    "bfd_echo": Recipe({_UDP: 3785}, seed=b"echo".hex(), ttl=255),
}

#: What is said in an IPv6 packet instead.
SAYS_OVER_IPV6: Mapping[str, str] = {
    "vrrp": "vrrp.version=3 vrrp.type=1 vrrp.virt_rtr_id=1 vrrp.prio=100 vrrp.addr_count=1 vrrp.ipv6_addr=@source"
    " vrrp.short_adver_int=100",
    "ospf": "ospf.version=3 ospf.msg=1 ospf.srcrouter=192.0.2.1 ospf.hello.hello_interval=10"
    " ospf.hello.router_dead_interval=40 ospf.hello.router_priority=1 ospf.hello.interface_id=1"
    " ospf.v3.options=0x000013",
}
#: Whom ICMPv6 messages of some types are for, and their hop limits (RFC 4861, RFC 2710, RFC 3810).
ICMPV6_GROUPS = {130: "ff02::1", 133: "ff02::2", 134: "ff02::1", 143: "ff02::16"}
ICMPV6_TTL = {130: 1, 131: 1, 132: 1, 133: 255, 134: 255, 135: 255, 136: 255, 137: 255, 143: 1}
