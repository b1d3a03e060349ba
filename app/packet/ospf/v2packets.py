"""The packets of OSPF version 2 up to the LSAs in them (RFC 2328, appendix A.3)."""

from ipaddress import IPv4Address

from app.packet.layout import Group, Header, flag, header, ipv4_address, octets, text, unsigned
from app.packet.ospf.registry import AuthenticationType, LsaType, PacketType

OPTIONS = Group("ospf.v2.options", "options")
EXCHANGE_FLAGS = Group("ospf.dbd", "flags")


@header("ospf", "OSPF", "RFC 2328, section A.3.1; RFC 5340, section A.3.1")
class OspfFront(Header):
    """What both versions start with."""

    version: int = unsigned(8)
    type: int = unsigned(8, "packet type", name="msg", registry=PacketType)
    length: int = unsigned(16, "packet length", name="packet_length", unit="bytes")
    router: IPv4Address = ipv4_address("router ID", name="srcrouter")
    area: IPv4Address = ipv4_address("area ID", name="area_id")
    checksum: int = unsigned(16, style="hex")


@header("ospf", "OSPFv2", "RFC 2328, section A.3.1")
class Ospf2(OspfFront):
    """An OSPFv2 header whose authentication nobody knows."""

    authentication: int = unsigned(
        16, "authentication type", name="ospf.auth.type", registry=AuthenticationType, default=0
    )
    unknown: bytes = octets(8, "authentication data", name="ospf.auth.unknown", default=bytes(8))


@header("ospf", "OSPFv2", "RFC 2328, section D.1")
class Ospf2Null(OspfFront):
    """Without authentication; the field may hold anything."""

    authentication: int = unsigned(
        16, "authentication type", name="ospf.auth.type", registry=AuthenticationType, default=0
    )
    none: bytes = octets(8, "authentication data", name="ospf.auth.none", default=bytes(8))


@header("ospf", "OSPFv2", "RFC 2328, section D.2")
class Ospf2Simple(OspfFront):
    """With a password that everybody on the link can read."""

    authentication: int = unsigned(
        16, "authentication type", name="ospf.auth.type", registry=AuthenticationType, default=1
    )
    password: bytes = text(8, "password", name="ospf.auth.simple")


@header("ospf", "OSPFv2", "RFC 2328, section D.3")
class Ospf2Cryptographic(OspfFront):
    """With a digest, which stands behind the packet and is not counted in its length."""

    authentication: int = unsigned(
        16, "authentication type", name="ospf.auth.type", registry=AuthenticationType, default=2
    )
    reserved: int = unsigned(16, name="ospf.auth.crypt.reserved", style="hex", default=0)
    key: int = unsigned(8, "key ID", name="ospf.auth.crypt.key_id")
    digest_length: int = unsigned(8, "authentication data length", name="ospf.auth.crypt.data_length", unit="bytes")
    sequence: int = unsigned(32, "cryptographic sequence number", name="ospf.auth.crypt.seq_nbr")


#: How the last eight bytes of the header are read.
HEADERS2: dict[int, type[OspfFront]] = {
    AuthenticationType.NULL_AUTHENTICATION: Ospf2Null,
    AuthenticationType.SIMPLE_PASSWORD: Ospf2Simple,
    AuthenticationType.CRYPTOGRAPHIC: Ospf2Cryptographic,
}


@header("ospf.v2", "options", "RFC 2328, section A.2; RFC 5250, RFC 5613, RFC 4576")
class Options2(Header):
    """What a router can do, or what an LSA is about."""

    down: int = flag("DN", name="ospf.v2.options.dn", doc="came from a VPN, not to return", group=OPTIONS, default=0)
    opaque: int = flag("O", name="ospf.v2.options.o", doc="opaque LSAs", group=OPTIONS, default=0)
    demand: int = flag("DC", name="ospf.v2.options.dc", doc="demand circuits", group=OPTIONS, default=0)
    signaling: int = flag("L", name="ospf.v2.options.l", doc="an LLS block follows", group=OPTIONS, default=0)
    nssa: int = flag("N", name="ospf.v2.options.n", doc="not so stubby area", group=OPTIONS, default=0)
    multicast: int = flag("MC", name="ospf.v2.options.mc", doc="multicast", group=OPTIONS, default=0)
    external: int = flag("E", name="ospf.v2.options.e", doc="AS-external LSAs", group=OPTIONS, default=0)
    topologies: int = flag("MT", name="ospf.v2.options.mt", doc="multi-topology routing", group=OPTIONS, default=0)


@header("ospf.hello", "hello", "RFC 2328, section A.3.2")
class HelloFront(Header):
    """What stands before the options."""

    mask: IPv4Address = ipv4_address("network mask", name="network_mask")
    interval: int = unsigned(16, "hello interval", name="hello_interval", unit="s")


@header("ospf.hello", "hello", "RFC 2328, section A.3.2")
class Hello2(HelloFront, Options2):
    """A hello; the neighbours heard lately follow."""

    priority: int = unsigned(8, "router priority", name="ospf.hello.router_priority")
    dead_interval: int = unsigned(32, "router dead interval", name="ospf.hello.router_dead_interval", unit="s")
    designated: IPv4Address = ipv4_address("designated router", name="ospf.hello.designated_router")
    backup: IPv4Address = ipv4_address("backup designated router", name="ospf.hello.backup_designated_router")


@header("ospf.hello", "neighbour", "RFC 2328, section A.3.2")
class HelloNeighbour(Header):
    """A router heard from within the dead interval."""

    router: IPv4Address = ipv4_address("neighbour", name="active_neighbor")


@header("ospf.db", "MTU", "RFC 2328, section A.3.3")
class InterfaceMtu(Header):
    """The largest datagram that the sender's interface takes unfragmented."""

    mtu: int = unsigned(16, "interface MTU", name="interface_mtu", unit="bytes")


@header("ospf.dbd", "flags", "RFC 2328, section A.3.3; RFC 4811")
class ExchangeFlags(Header):
    """Where in the exchange this packet stands."""

    reserved_flags: int = unsigned(4, "reserved", name="ospf.dbd.reserved", group=EXCHANGE_FLAGS, default=0)
    resynchronize: int = flag(
        "R", name="ospf.dbd.r", doc="out-of-band resynchronization", group=EXCHANGE_FLAGS, default=0
    )
    initial: int = flag("I", name="ospf.dbd.i", doc="the first packet", group=EXCHANGE_FLAGS, default=0)
    more: int = flag("M", name="ospf.dbd.m", doc="more follow", group=EXCHANGE_FLAGS, default=0)
    master: int = flag("MS", name="ospf.dbd.ms", doc="the sender is master", group=EXCHANGE_FLAGS, default=0)


@header("ospf.db", "database description", "RFC 2328, section A.3.3")
class Description2(InterfaceMtu, Options2, ExchangeFlags):
    """A database description; headers of LSAs follow."""

    sequence: int = unsigned(32, "DD sequence number", name="dd_sequence")


@header("ospf", "link state request", "RFC 2328, section A.3.4")
class Request2(Header):
    """An LSA that is asked for."""

    type: int = unsigned(32, "LS type", name="lsa", registry=LsaType)
    id: IPv4Address = ipv4_address("link state ID", name="link_state_id")
    advertising: IPv4Address = ipv4_address("advertising router", name="advrouter")


@header("ospf.ls", "link state update", "RFC 2328, section A.3.5; RFC 5340, section A.3.5")
class Update(Header):
    """A link state update; whole LSAs follow."""

    count: int = unsigned(32, "number of LSAs", name="number_of_lsas")
