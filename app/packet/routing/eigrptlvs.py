"""What EIGRP's TLVs look like (RFC 7868, section 6)."""

from ipaddress import IPv4Address, IPv6Address

from app.packet.layout import Field, Group, Header, flag, header, ipv4_address, ipv6_address, octets, unsigned
from app.packet.registry import Registry


class EigrpTlv(Registry):
    """RFC 7868, section 6.6 on: the first byte is the protocol, the second the type."""

    PARAMETERS = 0x0001
    AUTHENTICATION = 0x0002
    SEQUENCE = 0x0003
    SOFTWARE_VERSION = 0x0004
    NEXT_MULTICAST_SEQUENCE = 0x0005
    PEER_STUB_INFORMATION = 0x0006
    PEER_TERMINATION = 0x0007
    PEER_TOPOLOGY_IDENTIFIERS = 0x0008
    IPV4_INTERNAL_ROUTE = 0x0102
    IPV4_EXTERNAL_ROUTE = 0x0103
    IPV4_COMMUNITY = 0x0104
    APPLETALK_INTERNAL_ROUTE = 0x0202
    APPLETALK_EXTERNAL_ROUTE = 0x0203
    IPX_INTERNAL_ROUTE = 0x0302
    IPX_EXTERNAL_ROUTE = 0x0303
    IPV6_INTERNAL_ROUTE = 0x0402
    IPV6_EXTERNAL_ROUTE = 0x0403
    IPV6_COMMUNITY = 0x0404
    INTERNAL_ROUTE = 0x0602
    EXTERNAL_ROUTE = 0x0603


class ExternalProtocol(Registry):
    """RFC 7868, section 6.8.3.1."""

    IGRP = 1
    EIGRP = 2
    STATIC = 3
    RIP = 4
    HELLO = 5
    OSPF = 6
    ISIS = 7
    EGP = 8
    BGP = 9
    IDRP = 10
    CONNECTED = 11


class EigrpAuthentication(Registry):
    """RFC 7868, section 6.7.2."""

    MD5 = 2
    SHA2_256 = 3


class Afi(Registry):
    """RFC 7868, section 6.9; the numbers above 16000 are those of service families."""

    IPV4 = 1
    IPV6 = 2
    COMMON_SERVICE = 16384
    IPV4_SERVICE = 16385
    IPV6_SERVICE = 16386


#: RFC 7868, section 6.7.1: a peer that goes says so by constants that nobody can agree to.
GOODBYE = 255
UNREACHABLE = 0xFFFFFFFF


def _version(value: int) -> str:
    return f"{value >> 8}.{value & 0xFF}"


def _metric_bits(offset: int) -> tuple[Field, ...]:
    """The four flags of a metric, the last of which ends `offset` bits behind the field's start."""
    named = (("repl", "replicated"), ("active", "active"), ("cd", "candidate default"), ("srcwd", "source withdraws"))
    return tuple(
        Field("", f"eigrp.metric.flags.{name}", label, offset - 4 + place, 1, "unsigned", style="flag")
        for place, (name, label) in enumerate(named)
    )


_EXTERNAL_BITS = (
    Field("", "eigrp.opaque.flag.cd", "candidate default", 6, 1, "unsigned", style="flag"),
    Field("", "eigrp.opaque.flag.ext", "external", 7, 1, "unsigned", style="flag"),
)
_STUB = Group("eigrp.stub_options", "stub options")


@header("eigrp", "TLV", "RFC 7868, section 6.6")
class Tlv(Header):
    """What every TLV starts with; the length counts these four bytes."""

    type: int = unsigned(16, name="tlv_type", style="hex", registry=EigrpTlv)
    length: int = unsigned(16, name="eigrp.tlv.len", unit="bytes", default=4)


@header("eigrp", "parameters", "RFC 7868, section 6.7.1")
class Parameters(Tlv):
    """The constants that a metric is made with, on which neighbours have to agree, and the hold time."""

    k1: int = unsigned(8, "K1", name="eigrp.par.k1", default=1)
    k2: int = unsigned(8, "K2", name="eigrp.par.k2", default=0)
    k3: int = unsigned(8, "K3", name="eigrp.par.k3", default=1)
    k4: int = unsigned(8, "K4", name="eigrp.par.k4", default=0)
    k5: int = unsigned(8, "K5", name="eigrp.par.k5", default=0)
    k6: int = unsigned(8, "K6", name="eigrp.par.k6", default=0)
    hold: int = unsigned(16, "hold time", name="eigrp.par.holdtime", unit="s", default=15)


@header("eigrp", "authentication", "RFC 7868, section 6.7.2")
class Authentication(Tlv):
    """Which key made the digest that follows."""

    kind: int = unsigned(16, "authentication type", name="eigrp.auth.type", registry=EigrpAuthentication)
    size: int = unsigned(16, "digest length", name="eigrp.auth.length", unit="bytes")
    key: int = unsigned(32, "key identifier", name="eigrp.auth.keyid")
    sequence: int = unsigned(32, "key sequence", name="eigrp.auth.keyseq", default=0)
    padding: bytes = octets(8, name="nullpad", default=bytes(8))


@header("eigrp", "address length", "RFC 7868, section 6.7.3")
class AddressLength(Header):
    """The length of an address in a sequence TLV."""

    size: int = unsigned(8, "address length", name="eigrp.seq.addrlen", unit="bytes")


@header("eigrp", "software version", "RFC 7868, section 6.7.4")
class SoftwareVersion(Tlv):
    """The release of the sender's system and of its TLVs."""

    release: int = unsigned(16, name="release_version", words=_version)
    tlvs: int = unsigned(16, "TLV version", name="tlv_version", words=_version)


@header("eigrp", "next multicast sequence", "RFC 7868, section 6.7.5")
class NextMulticast(Tlv):
    """The sequence number of the multicast packet that follows."""

    sequence: int = unsigned(32, "multicast sequence", name="next_mcast_seq")


@header("eigrp", "peer stub information", "RFC 7868, section 6.7.6")
class Stub(Tlv):
    """Which routes alone a stub router advertises."""

    reserved: int = unsigned(10, group=_STUB, default=0)
    receive_only: int = flag("receive only", name="eigrp.stub_options.recvonly", group=_STUB, default=0)
    leak_map: int = flag("leak map", name="eigrp.stub_options.leakmap", group=_STUB, default=0)
    redistributed: int = flag(name="eigrp.stub_options.redist", group=_STUB, default=0)
    summary: int = flag(name="eigrp.stub_options.summary", group=_STUB, default=0)
    static: int = flag(name="eigrp.stub_options.static", group=_STUB, default=0)
    connected: int = flag(name="eigrp.stub_options.connected", group=_STUB, default=0)


@header("eigrp", "topology identifiers", "RFC 7868, section 6.7.8")
class Topologies(Tlv):
    """How many bytes of topology identifiers follow."""

    flags: int = unsigned(16, name="eigrp.tidlist.flags", style="hex", default=0)
    size: int = unsigned(16, "list length", name="eigrp.tidlist.len", unit="bytes")


@header("eigrp", "topology", "RFC 7868, section 6.7.8")
class Topology(Header):
    """One topology identifier."""

    identifier: int = unsigned(16, "topology identifier", name="tidlist")


@header("eigrp", "next hop", "RFC 7868, section 6.8")
class NextHop4(Header):
    """Zero for the sender itself."""

    address: IPv4Address = ipv4_address("next hop", name="eigrp.ipv4.nexthop")


@header("eigrp", "next hop", "RFC 7868, section 6.8")
class NextHop6(Header):
    """Zero for the sender itself."""

    address: IPv6Address = ipv6_address("next hop", name="eigrp.ipv6.nexthop")


@header("eigrp", "classic metric", "RFC 7868, section 6.8.2")
class ClassicMetric(Header):
    """The metric in 32 bits, and what it is made of."""

    delay: int = unsigned(32, "scaled delay", name="eigrp.old_metric.delay")
    bandwidth: int = unsigned(32, "scaled bandwidth", name="eigrp.old_metric.bw")
    mtu: int = unsigned(24, "MTU", name="eigrp.old_metric.mtu", unit="bytes")
    hops: int = unsigned(8, "hop count", name="eigrp.old_metric.hopcount")
    reliability: int = unsigned(8, name="eigrp.old_metric.rel")
    load: int = unsigned(8, name="eigrp.old_metric.load")
    tag: int = unsigned(8, "internal tag", name="eigrp.old_metric.intag", default=0)
    flags: int = unsigned(8, name="eigrp.metric.flags", style="hex", inner=_metric_bits(8), default=0)


@header("eigrp", "external data", "RFC 7868, section 6.8.3.1")
class External(Header):
    """Where a route was before EIGRP learned it."""

    router: IPv4Address = ipv4_address("originating router", name="eigrp.extdata.origrid")
    system: int = unsigned(32, "originating autonomous system", name="eigrp.extdata.as")
    tag: int = unsigned(32, "administrative tag", name="eigrp.extdata.tag")
    metric: int = unsigned(32, "external metric", name="eigrp.extdata.metric")
    reserved: int = unsigned(16, name="eigrp.extdata.reserved", default=0)
    protocol: int = unsigned(8, "external protocol", name="eigrp.extdata.proto", registry=ExternalProtocol)
    flags: int = unsigned(8, name="eigrp.opaque.flag", style="hex", inner=_EXTERNAL_BITS, default=0)


@header("eigrp", "route", "RFC 7868, section 6.9")
class WideRoute(Tlv):
    """What a route with a wide metric starts with."""

    topology: int = unsigned(16, "topology", name="tid", default=0)
    family: int = unsigned(16, "address family", name="afi", registry=Afi)
    router: IPv4Address = ipv4_address("router identifier", name="routerid")


@header("eigrp", "wide metric", "RFC 7868, section 6.9.1")
class WideMetric(Header):
    """The metric in 64 bits; its offset counts 16-bit words of attributes behind it."""

    offset: int = unsigned(8, name="eigrp.metric.offset", unit="words", default=0)
    priority: int = unsigned(8, name="eigrp.metric.priority", default=0)
    reliability: int = unsigned(8, name="eigrp.metric.reliability")
    load: int = unsigned(8, name="eigrp.metric.load")
    mtu: int = unsigned(24, "MTU", name="eigrp.metric.mtu", unit="bytes")
    hops: int = unsigned(8, "hop count", name="eigrp.metric.hopcount")
    delay: int = unsigned(48, name="eigrp.metric.delay", unit="ps")
    bandwidth: int = unsigned(48, name="eigrp.metric.bandwidth", unit="kbit/s")
    reserved: int = unsigned(16, name="eigrp.metric.reserved", style="hex", default=0)
    flags: int = unsigned(16, name="eigrp.metric.flags", style="hex", inner=_metric_bits(16), default=0)


@header("eigrp", "prefix length", "RFC 7868, section 6.8")
class PrefixLength4(Header):
    """As many bytes as these bits need follow."""

    length: int = unsigned(8, "prefix length", name="eigrp.ipv4.prefixlen", unit="bits")


@header("eigrp", "prefix length", "RFC 7868, section 6.8")
class PrefixLength6(Header):
    """As many bytes as these bits need follow, one more where they fill them but for 128 bits."""

    length: int = unsigned(8, "prefix length", name="eigrp.ipv6.prefixlen", unit="bits")
