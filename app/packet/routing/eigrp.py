"""EIGRP (RFC 7868): the header, what hellos tell, and routes with classic and wide metrics."""

from collections.abc import Callable
from ipaddress import IPv4Address, IPv6Address

from app.packet.dissection import Check, CheckStatus
from app.packet.layout import Group, Header, flag, header, unsigned
from app.packet.reading import CutError, Reading
from app.packet.registry import Registry
from app.packet.routing.eigrptlvs import (
    GOODBYE,
    UNREACHABLE,
    AddressLength,
    Afi,
    Authentication,
    ClassicMetric,
    EigrpAuthentication,
    EigrpTlv,
    External,
    ExternalProtocol,
    NextHop4,
    NextHop6,
    NextMulticast,
    Parameters,
    PrefixLength4,
    PrefixLength6,
    SoftwareVersion,
    Stub,
    Tlv,
    Topologies,
    Topology,
    WideMetric,
    WideRoute,
)
from app.packet.walk import Walk, counted, few, read_element, read_message

TITLE = "Enhanced Interior Gateway Routing Protocol"
FLAGS = Group("eigrp.flags", "flags")
_CHECKSUM = 2
_ROUTES = (0x02, 0x03)
_DESTINATIONS = {4: "eigrp.ipv4.destination", 6: "eigrp.ipv6.destination"}


class EigrpOpcode(Registry):
    """https://www.iana.org/assignments/eigrp (Opcodes)"""

    UPDATE = 1
    REQUEST = 2
    QUERY = 3
    REPLY = 4
    HELLO = 5
    IPX_SAP = 6
    PROBE = 7
    ACK = 8
    STUB_INFO = 9
    SIA_QUERY = 10
    SIA_REPLY = 11

    @property
    def words(self) -> str:
        """The name; what is stuck in active stays SIA."""
        return super().words.replace("sia", "SIA").replace("ipx sap", "IPX SAP")


@header("eigrp", TITLE, "RFC 7868, section 6.2")
class Eigrp(Header):
    """What every packet starts with."""

    version: int = unsigned(8, default=2)
    opcode: int = unsigned(8, registry=EigrpOpcode)
    checksum: int = unsigned(16, style="hex", default=0)
    reserved: int = unsigned(28, group=FLAGS, default=0)
    end_of_table: int = flag("end of table", name="eigrp.flags.eot", group=FLAGS, default=0)
    restart: int = flag(name="eigrp.flags.restart", group=FLAGS, default=0)
    conditional: int = flag("conditional receive", name="eigrp.flags.condrecv", group=FLAGS, default=0)
    initial: int = flag("init", name="eigrp.flags.init", group=FLAGS, default=0)
    sequence: int = unsigned(32, "sequence number", name="seq", default=0)
    acknowledgment: int = unsigned(32, "acknowledgment", name="ack", default=0)
    router: int = unsigned(16, "virtual router", name="vrid", default=0)
    system: int = unsigned(16, "autonomous system", name="as")


def read_eigrp(reading: Reading, at: int, stop: int) -> None:
    """An EIGRP packet, whose checksum covers no pseudo-header."""
    read_message(reading, at, stop, Eigrp.LAYOUT, _message)
    if at + Eigrp.SIZE > stop:
        return
    if reading.is_whole:
        reading.verify_sum(at + _CHECKSUM, at, stop)
    else:
        reading.checks.append(Check(at + _CHECKSUM, CheckStatus.UNVERIFIED))


def _message(walk: Walk) -> str:
    walk.says = "EIGRP"
    head = walk.take(Eigrp)
    opcode = EigrpOpcode(head.opcode)
    is_ack = opcode is EigrpOpcode.HELLO and head.acknowledgment
    walk.says = f"EIGRP {'ack' if is_ack else opcode.words}, AS {head.system}"
    if head.sequence:
        walk.says += f", seq {head.sequence}"
    if head.acknowledgment:
        walk.says += f", ack {head.acknowledgment}"
    routes = []
    while walk.lasts():
        kind = EigrpTlv(int.from_bytes(walk.bytes_here(2)))
        length = int.from_bytes(walk.bytes_here(4)[2:])
        if length < Tlv.SIZE:
            walk.rest("eigrp.data", "TLV of no length")
            raise CutError
        with walk.under("eigrp.tlv", kind.words) as words:
            words.append(read_element(walk, length, _TLVS.get(kind, _plain), "eigrp.data"))
        if kind & 0xFF in _ROUTES and kind > 0xFF:
            routes.append(words[0])
        elif words[0] == "goodbye":
            walk.says += ", goodbye"
    return f"{walk.says}, {counted(len(routes), 'route')}: {few(routes)}" if routes else walk.says


def _plain(walk: Walk) -> str:
    walk.take(Tlv)
    return ""


def _parameters(walk: Walk) -> str:
    head = walk.take(Parameters)
    constants = (head.k1, head.k2, head.k3, head.k4, head.k5)
    if all(constant == GOODBYE for constant in constants):
        return "goodbye"
    return f"K {' '.join(map(str, constants))} {head.k6}, hold {head.hold} s"


def _authentication(walk: Walk) -> str:
    head = walk.take(Authentication)
    walk.rest("eigrp.auth.digest", "digest")
    return f"{EigrpAuthentication(head.kind).words}, key {head.key}"


def _sequence(walk: Walk) -> str:
    """The addresses of those that are to ignore the next multicast packet."""
    walk.take(Tlv)
    told = []
    while walk.lasts():
        size = walk.take(AddressLength).size
        packed = walk.bytes_here(size)
        if size == 4:
            told.append(str(IPv4Address(packed)))
            walk.put("eigrp.seq.ipv4addr", "address", 4, IPv4Address(packed))
        elif size == 16:
            told.append(str(IPv6Address(packed)))
            walk.put("eigrp.seq.ipv6addr", "address", 16, IPv6Address(packed))
        else:
            break
    return few(told)


def _software(walk: Walk) -> str:
    head = walk.take(SoftwareVersion)
    return f"{head.release >> 8}.{head.release & 0xFF}, TLVs {head.tlvs >> 8}.{head.tlvs & 0xFF}"


def _next_multicast(walk: Walk) -> str:
    return str(walk.take(NextMulticast).sequence)


def _stub(walk: Walk) -> str:
    head = walk.take(Stub)
    named = ("receive_only", "leak_map", "redistributed", "summary", "static", "connected")
    return ", ".join(name.replace("_", " ") for name in named if getattr(head, name))


def _topologies(walk: Walk) -> str:
    head = walk.take(Topologies)
    end = min(walk.at + head.size, walk.stop)
    told = []
    while walk.at + Topology.SIZE <= end:
        told.append(str(walk.take(Topology).identifier))
    return few(told)


def _classic(*, is_v6: bool, is_external: bool) -> Callable[[Walk], str]:
    def read(walk: Walk) -> str:
        walk.take(Tlv)
        walk.take(NextHop6 if is_v6 else NextHop4)
        if is_external:
            _external(walk)
        with walk.under("eigrp.old_metric", "metric") as words:
            metric = walk.take(ClassicMetric)
            is_gone = metric.delay == UNREACHABLE
            words.append("unreachable" if is_gone else f"delay {metric.delay}, bandwidth {metric.bandwidth}")
        told = _destinations(walk, is_v6=is_v6)
        return f"{told} unreachable" if is_gone else told

    return read


def _wide(*, is_external: bool) -> Callable[[Walk], str]:
    def read(walk: Walk) -> str:
        family = walk.take(WideRoute).family
        with walk.under("eigrp.metric", "metric") as words:
            metric = walk.take(WideMetric)
            words.append(f"delay {metric.delay}, bandwidth {metric.bandwidth}")
            walk.rest("eigrp.attr", "attributes", walk.at + metric.offset * 2)
        if family not in (Afi.IPV4, Afi.IPV6):
            return Afi(family).words
        is_v6 = family == Afi.IPV6
        walk.take(NextHop6 if is_v6 else NextHop4)
        if is_external:
            _external(walk)
        return _destinations(walk, is_v6=is_v6)

    return read


def _external(walk: Walk) -> None:
    with walk.under("eigrp.extdata", "external data") as words:
        data = walk.take(External)
        words.append(f"{ExternalProtocol(data.protocol).words} of {data.router}")


def _destinations(walk: Walk, *, is_v6: bool) -> str:
    """The prefixes that share a metric, each as many bytes long as its bits need."""
    told = []
    while walk.lasts():
        length = walk.take(PrefixLength6).length if is_v6 else walk.take(PrefixLength4).length
        size = min(_size6(length) if is_v6 else (length + 7) // 8, walk.stop - walk.at)
        packed = walk.bytes_here(size)
        address = _address(packed, 16 if is_v6 else 4)
        if address is None:
            break
        if size:
            walk.put(_DESTINATIONS[address.version], "destination", size, address)
        told.append(f"{address}/{length}")
    return few(told)


def _size6(length: int) -> int:
    """RFC 7868, section 6.8: an IPv6 prefix takes a byte more than it needs, but for one of 128 bits."""
    return 16 if length == 128 else length // 8 + 1


def _address(packed: bytes, size: int) -> IPv4Address | IPv6Address | None:
    """The address that these first bytes begin; None where they are too many."""
    if len(packed) > size:
        return None
    whole = packed.ljust(size, b"\0")
    return IPv4Address(whole) if size == 4 else IPv6Address(whole)


_TLVS: dict[int, Callable[[Walk], str]] = {
    EigrpTlv.PARAMETERS: _parameters,
    EigrpTlv.AUTHENTICATION: _authentication,
    EigrpTlv.SEQUENCE: _sequence,
    EigrpTlv.SOFTWARE_VERSION: _software,
    EigrpTlv.NEXT_MULTICAST_SEQUENCE: _next_multicast,
    EigrpTlv.PEER_STUB_INFORMATION: _stub,
    EigrpTlv.PEER_TOPOLOGY_IDENTIFIERS: _topologies,
    EigrpTlv.IPV4_INTERNAL_ROUTE: _classic(is_v6=False, is_external=False),
    EigrpTlv.IPV4_EXTERNAL_ROUTE: _classic(is_v6=False, is_external=True),
    EigrpTlv.IPV6_INTERNAL_ROUTE: _classic(is_v6=True, is_external=False),
    EigrpTlv.IPV6_EXTERNAL_ROUTE: _classic(is_v6=True, is_external=True),
    EigrpTlv.INTERNAL_ROUTE: _wide(is_external=False),
    EigrpTlv.EXTERNAL_ROUTE: _wide(is_external=True),
}
