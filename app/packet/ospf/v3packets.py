"""The packets of OSPF version 3 up to the LSAs in them (RFC 5340, appendix A.3; RFC 5838)."""

from ipaddress import IPv4Address

from app.packet.layout import Group, Header, flag, header, ipv4_address, unsigned
from app.packet.ospf.registry import FloodingScope, FunctionCode
from app.packet.ospf.v2packets import ExchangeFlags, InterfaceMtu, OspfFront

OPTIONS = Group("ospf.v3.options", "options")
LS_TYPE = Group("ospf.v3.lsa", "LS type")
#: Instances of other address families than IPv6 unicast (RFC 5838, section 2.1).
_FAMILIES = (
    (range(32), "IPv6 unicast"),
    (range(32, 64), "IPv6 multicast"),
    (range(64, 96), "IPv4 unicast"),
    (range(96, 128), "IPv4 multicast"),
)


def _family(instance: int) -> str:
    """An instance and the address family that its number stands for."""
    words = next((words for numbers, words in _FAMILIES if instance in numbers), "")
    return f"{instance}  {words}".rstrip()


def address_version(instance: int) -> int:
    """The version of IP whose prefixes an instance carries."""
    return 4 if 64 <= instance < 128 else 6


@header("ospf", "OSPFv3", "RFC 5340, section A.3.1")
class Ospf3(OspfFront):
    """The header; who sent it is proved elsewhere."""

    instance: int = unsigned(8, "instance ID", name="instance_id", words=_family, default=0)
    reserved: int = unsigned(8, default=0)


@header("ospf.v3", "options", "RFC 5340, section A.2; RFC 5838, RFC 5613, RFC 7166")
class Options3(Header):
    """What a router can do; 24 bits."""

    reserved: int = unsigned(13, name="ospf.v3.options.reserved", group=OPTIONS, default=0)
    trailer: int = flag("AT", name="ospf.v3.options.at", doc="authentication trailer", group=OPTIONS, default=0)
    signaling: int = flag("L", name="ospf.v3.options.l", doc="an LLS block follows", group=OPTIONS, default=0)
    families: int = flag("AF", name="ospf.v3.options.af", doc="address families", group=OPTIONS, default=0)
    reserved_low: int = unsigned(2, "reserved", name="ospf.v3.options.reserved", group=OPTIONS, default=0)
    demand: int = flag("DC", name="ospf.v3.options.dc", doc="demand circuits", group=OPTIONS, default=0)
    routes: int = flag("R", name="ospf.v3.options.r", doc="an active router", group=OPTIONS, default=0)
    nssa: int = flag("N", name="ospf.v3.options.n", doc="not so stubby area", group=OPTIONS, default=0)
    multicast: int = flag("MC", name="ospf.v3.options.mc", doc="multicast", group=OPTIONS, default=0)
    external: int = flag("E", name="ospf.v3.options.e", doc="AS-external LSAs", group=OPTIONS, default=0)
    ipv6: int = flag("V6", name="ospf.v3.options.v6", doc="counts for IPv6 routes", group=OPTIONS, default=0)


@header("ospf.v3", "LS type", "RFC 5340, section A.4.2.1")
class LsType(Header):
    """What kind of LSA, how far it is flooded, and what those do who do not know it."""

    is_flooded: int = flag("U", name="ospf.v3.lsa.u", doc="flooded where it is not known", group=LS_TYPE, default=0)
    scope: int = unsigned(2, "flooding scope", name="ospf.v3.lsa.s12", registry=FloodingScope, group=LS_TYPE)
    function: int = unsigned(13, "function code", name="ospf.v3.lsa.fc", registry=FunctionCode, group=LS_TYPE)


@header("ospf.hello", "hello", "RFC 5340, section A.3.2")
class HelloFront3(Header):
    """What stands before the options."""

    interface: int = unsigned(32, "interface ID", name="interface_id")
    priority: int = unsigned(8, "router priority", name="router_priority")


@header("ospf.hello", "hello", "RFC 5340, section A.3.2")
class Hello3(HelloFront3, Options3):
    """A hello; the neighbours heard lately follow."""

    interval: int = unsigned(16, "hello interval", name="hello_interval", unit="s")
    dead_interval: int = unsigned(16, "router dead interval", name="router_dead_interval", unit="s")
    designated: IPv4Address = ipv4_address("designated router", name="designated_router")
    backup: IPv4Address = ipv4_address("backup designated router", name="backup_designated_router")


@header("ospf", "reserved", "RFC 5340, section A.3.3")
class Reserved(Header):
    """A byte that is always zero."""

    reserved_front: int = unsigned(8, "reserved", name="ospf.reserved", default=0)


@header("ospf", "reserved", "RFC 5340, section A.3.3")
class ReservedMiddle(Header):
    """Another one."""

    reserved_middle: int = unsigned(8, "reserved", name="ospf.reserved", default=0)


@header("ospf.db", "database description", "RFC 5340, section A.3.3")
class Description3(Reserved, Options3, InterfaceMtu, ReservedMiddle, ExchangeFlags):
    """A database description; headers of LSAs follow."""

    sequence: int = unsigned(32, "DD sequence number", name="dd_sequence")


@header("ospf", "reserved", "RFC 5340, section A.3.4")
class ReservedPair(Header):
    """Two bytes that are always zero."""

    reserved_front: int = unsigned(16, "reserved", name="ospf.reserved", default=0)


@header("ospf", "link state request", "RFC 5340, section A.3.4")
class Request3(ReservedPair, LsType):
    """An LSA that is asked for."""

    id: IPv4Address = ipv4_address("link state ID", name="link_state_id")
    advertising: IPv4Address = ipv4_address("advertising router", name="advrouter")
