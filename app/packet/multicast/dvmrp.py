"""DVMRP in IGMP type 0x13: version 3 (draft-ietf-idmr-dvmrp-v3, mrinfo included) and version 1 (RFC 1075)."""

from collections.abc import Callable
from ipaddress import IPv4Address

from app.packet.layout import Group, Header, flag, header, ipv4_address, unsigned
from app.packet.multicast.dvmrp1 import read_commands
from app.packet.reading import Reading
from app.packet.registry import Protocol, Registry
from app.packet.walk import Walk, counted, few, read_message

_DRAFT = "draft-ietf-idmr-dvmrp-v3-11"
CAPABILITIES = Group("dvmrp.capabilities", "capabilities")
INTERFACE_FLAGS = Group("dvmrp.flags", "flags")
METRIC = Group("dvmrp.metric", "metric", "decimal")
#: What every version 1 message starts with: the command "address family", and IPv4 (RFC 1075, section 3.3).
_VERSION_1_START = b"\x02\x02"
#: Metrics from here to twice this are routes that are not to be used (draft-ietf-idmr-dvmrp-v3-11, section 3.4.6).
_INFINITY = 32
#: A netmask is sent without its first byte, which is 255.
_MASK_BYTES = 3


class DvmrpCode(Registry):
    """https://www.iana.org/assignments/igmp-type-numbers (codes of type 0x13)"""

    PROBE = 1
    ROUTE_REPORT = 2
    OLD_ASK_NEIGHBORS = 3
    OLD_NEIGHBORS_REPLY = 4
    ASK_NEIGHBORS = 5
    NEIGHBORS_REPLY = 6
    PRUNE = 7
    GRAFT = 8
    GRAFT_ACK = 9


@header("dvmrp", "DVMRP", f"{_DRAFT}, section 3.1")
class Dvmrp(Header):
    """The header of version 3. Routers of other makes answer mrinfo with their own version's two numbers."""

    type: int = unsigned(8, style="hex", default=0x13)
    code: int = unsigned(8, name="dvmrp.v3.code", registry=DvmrpCode)
    checksum: int = unsigned(16, style="hex", default=0)


@header("dvmrp", "reserved", f"{_DRAFT}, section 3.2")
class Reserved(Header):
    """What stands before the version: capabilities where a router tells them, else zero."""

    reserved: int = unsigned(8, name="dvmrp.reserved.high", style="hex", default=0)
    unused: int = unsigned(2, "reserved", name="dvmrp.cap.reserved", group=CAPABILITIES, default=0)
    netmask: int = flag("netmask", name="dvmrp.cap.netmask", group=CAPABILITIES, default=0)
    snmp: int = flag("SNMP", name="dvmrp.cap.snmp", group=CAPABILITIES, default=0)
    mtrace: int = flag("mtrace", name="dvmrp.cap.mtrace", group=CAPABILITIES, default=0)
    generation: int = flag("generation identifier", name="dvmrp.cap.genid", group=CAPABILITIES, default=0)
    prune: int = flag("prune", name="dvmrp.cap.prune", group=CAPABILITIES, default=0)
    leaf: int = flag("leaf", name="dvmrp.cap.leaf", group=CAPABILITIES, default=0)


@header("dvmrp", "version", f"{_DRAFT}, section 3.1")
class Version(Header):
    """The sender's version, the smaller part first."""

    minor: int = unsigned(8, "minor version", name="dvmrp.min_ver", default=0xFF)
    major: int = unsigned(8, "major version", name="dvmrp.maj_ver", default=3)


@header("dvmrp", "probe", f"{_DRAFT}, section 3.2")
class Generation(Header):
    """What a probe says before it lists neighbours."""

    identifier: int = unsigned(32, "generation identifier", name="dvmrp.genid", default=0)


@header("dvmrp", "neighbour", f"{_DRAFT}, section 3.2")
class Neighbour(Header):
    """A neighbour that was heard on this interface."""

    address: IPv4Address = ipv4_address("neighbour address", name="dvmrp.neighbor")


def _metric(metric: int) -> str:
    return f"{metric}  unreachable or poisoned" if metric >= _INFINITY else str(metric)


@header("dvmrp", "metric", f"{_DRAFT}, sections 3.4.5 and 3.4.6")
class RouteMetric(Header):
    """A route's metric; from 32 on it says that the route is not to be used, or that the sender depends on us."""

    is_last: int = flag("last of this netmask", name="dvmrp.metric.last", group=METRIC, default=0)
    metric: int = unsigned(7, name="dvmrp.metric.value", group=METRIC, words=_metric, default=1)


@header("dvmrp", "prune", f"{_DRAFT}, section 3.5")
class SourceAndGroup(Header):
    """The source and group of a prune, graft or graft acknowledgement."""

    source: IPv4Address = ipv4_address("source address", name="dvmrp.saddr")
    group: IPv4Address = ipv4_address("group address", name="dvmrp.maddr")


@header("dvmrp", "prune lifetime", f"{_DRAFT}, section 3.5.2")
class Lifetime(Header):
    """How long a prune holds."""

    lifetime: int = unsigned(32, "prune lifetime", name="dvmrp.lifetime", unit="s", default=7200)


@header("dvmrp", "netmask", f"{_DRAFT}, section 3.5.3")
class Mask(Header):
    """The netmask that makes the source address a network."""

    mask: IPv4Address = ipv4_address("netmask", name="dvmrp.netmask")


@header("dvmrp", "interface", f"{_DRAFT}, appendix B.2")
class OldInterface(Header):
    """An interface in an answer to the old question (code 4)."""

    address: IPv4Address = ipv4_address("local address", name="dvmrp.local")
    metric: int = unsigned(8, default=1)
    threshold: int = unsigned(8, default=1)
    count: int = unsigned(8, "number of neighbours", name="dvmrp.ncount", default=0)


@header("dvmrp", "interface", f"{_DRAFT}, appendix B.4")
class Interface(Header):
    """An interface in an answer to mrinfo (code 6)."""

    address: IPv4Address = ipv4_address("local address", name="dvmrp.local")
    metric: int = unsigned(8, default=1)
    threshold: int = unsigned(8, default=1)
    leaf: int = flag("leaf", name="dvmrp.flag.leaf", group=INTERFACE_FLAGS, default=0)
    querier: int = flag("querier", name="dvmrp.flag.querier", group=INTERFACE_FLAGS, default=0)
    disabled: int = flag("disabled", name="dvmrp.flag.disabled", group=INTERFACE_FLAGS, default=0)
    down: int = flag("down", name="dvmrp.flag.down", group=INTERFACE_FLAGS, default=0)
    reserved: int = unsigned(1, name="dvmrp.flag.reserved", group=INTERFACE_FLAGS, default=0)
    pim: int = flag("PIM", name="dvmrp.flag.pim", group=INTERFACE_FLAGS, default=0)
    source_route: int = flag("source route", name="dvmrp.flag.srcroute", group=INTERFACE_FLAGS, default=0)
    tunnel: int = flag("tunnel", name="dvmrp.flag.tunnel", group=INTERFACE_FLAGS, default=0)
    count: int = unsigned(8, "number of neighbours", name="dvmrp.ncount", default=0)


def read_dvmrp(reading: Reading, at: int, stop: int) -> None:
    """A DVMRP message of either version."""
    start = reading.data[at + 4 : min(at + 6, stop)]
    reading.verify(Protocol.IGMP, at, stop)
    is_old = start == _VERSION_1_START or stop - at < Dvmrp.LAYOUT.size + 4
    read_message(reading, at, stop, Dvmrp.LAYOUT, read_commands if is_old else _read_version_3)


def _read_version_3(walk: Walk) -> str:
    head = walk.take(Dvmrp)
    walk.says = _NAMES.get(head.code, f"DVMRP code {head.code}")
    with walk.under("dvmrp.reserved", "reserved"):
        walk.take(Reserved)
    walk.take(Version)
    return _MESSAGES.get(head.code, _read_unknown)(walk, head.code)


def _read_nothing(walk: Walk, _: int) -> str:
    return walk.says


def _read_unknown(walk: Walk, _: int) -> str:
    walk.rest("dvmrp.data")
    return walk.says


def _read_probe(walk: Walk, _: int) -> str:
    walk.take(Generation)
    neighbours = _neighbours(walk, (walk.stop - walk.at) // Neighbour.LAYOUT.size)
    told = f": {few(neighbours)}" if neighbours else ""
    return f"{walk.says}, {counted(len(neighbours), 'neighbour')}{told}"


def _neighbours(walk: Walk, count: int) -> list[str]:
    return [str(walk.take(Neighbour).address) for _ in range(count)]


def _read_report(walk: Walk, _: int) -> str:
    """Routes, sorted by netmask; each source network is cut to the bytes that its netmask covers."""
    routes = []
    while walk.lasts():
        with walk.under("dvmrp.route", "routes of a netmask") as words:
            mask = b"\xff" + walk.bytes_here(_MASK_BYTES)
            walk.put("dvmrp.netmask", "netmask", _MASK_BYTES, IPv4Address(mask))
            length = sum(byte.bit_count() for byte in mask) if any(mask[1:]) else 8
            width = max(index + 1 for index in range(4) if mask[index])
            is_last = False
            while not is_last:
                network = IPv4Address(walk.bytes_here(width).ljust(4, b"\0"))
                walk.put("dvmrp.saddr", "source network", width, network)
                route = walk.take(RouteMetric)
                is_last = bool(route.is_last)
                routes.append(_route(network, length, route.metric))
                words.append(routes[-1])
    return f"{walk.says}, {counted(len(routes), 'route')}: {few(routes)}"


def _route(network: IPv4Address, length: int, metric: int) -> str:
    if not int(network) and length <= 8:
        return f"default metric {metric}"  # the default route is sent as network 0 with netmask 255.0.0.0
    return f"{network}/{length} metric {metric}"


def _read_prune(walk: Walk, code: int) -> str:
    pair = walk.take(SourceAndGroup)
    told = ""
    if code == DvmrpCode.PRUNE:
        told = f", {walk.take(Lifetime).lifetime} s"
    if walk.stop - walk.at >= Mask.LAYOUT.size:
        walk.take(Mask)
    return f"{walk.says} {pair.source} to {pair.group}{told}"


def _read_interfaces(walk: Walk, code: int) -> str:
    interfaces = []
    kind: type[OldInterface | Interface] = Interface if code == DvmrpCode.NEIGHBORS_REPLY else OldInterface
    while walk.lasts():
        with walk.under("dvmrp.interface", "interface") as words:
            interface = walk.take(kind)
            interfaces.append(str(interface.address))
            words.append(interfaces[-1])
            words += _neighbours(walk, interface.count)
    told = f": {few(interfaces)}" if interfaces else ""
    return f"{walk.says}, {counted(len(interfaces), 'interface')}{told}"


_NAMES: dict[int, str] = {
    DvmrpCode.PROBE: "DVMRP probe",
    DvmrpCode.ROUTE_REPORT: "DVMRP report",
    DvmrpCode.OLD_ASK_NEIGHBORS: "DVMRP ask neighbours",
    DvmrpCode.OLD_NEIGHBORS_REPLY: "DVMRP neighbours",
    DvmrpCode.ASK_NEIGHBORS: "DVMRP ask neighbours 2",
    DvmrpCode.NEIGHBORS_REPLY: "DVMRP neighbours 2",
    DvmrpCode.PRUNE: "DVMRP prune",
    DvmrpCode.GRAFT: "DVMRP graft",
    DvmrpCode.GRAFT_ACK: "DVMRP graft ack",
}
_MESSAGES: dict[int, Callable[[Walk, int], str]] = {
    DvmrpCode.PROBE: _read_probe,
    DvmrpCode.ROUTE_REPORT: _read_report,
    DvmrpCode.OLD_ASK_NEIGHBORS: _read_nothing,
    DvmrpCode.OLD_NEIGHBORS_REPLY: _read_interfaces,
    DvmrpCode.ASK_NEIGHBORS: _read_nothing,
    DvmrpCode.NEIGHBORS_REPLY: _read_interfaces,
    DvmrpCode.PRUNE: _read_prune,
    DvmrpCode.GRAFT: _read_prune,
    DvmrpCode.GRAFT_ACK: _read_prune,
}
