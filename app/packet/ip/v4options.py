"""The options of IPv4 (RFC 791, section 3.1, and those that came later), as IANA registers them.

https://www.iana.org/assignments/ip-parameters
"""

from ipaddress import IPv4Address

from app.packet.dissection import stretch
from app.packet.ip.security import COMMERCIAL_SECURITY, EXTENDED_SECURITY, security
from app.packet.ip.v4option import OneByteOption, Option
from app.packet.layout import Header, Span, header, ipv4_address, octets, unsigned
from app.packet.registry import Registry
from app.packet.shape import OptionTable, Shape, bytes_span

_DAY_MS = 86_400_000
_SLOTS = {
    "ip.rec_rt": "recorded",
    "ip.cur_rt": "next stop",
    "ip.src_rt": "later stop",
    "ip.empty_rt": "empty",
}


class RouterAlert(Registry):
    """https://www.iana.org/assignments/ip-parameters (IPv4 Router Alert Option Values; RFC 5350)"""

    ROUTER_SHALL_EXAMINE_PACKET = 0
    AGGREGATED_RESERVATION_NESTING_LEVEL_0 = 1
    AGGREGATED_RESERVATION_NESTING_LEVEL_31 = 32
    QOS_NSLP_AGGREGATION_LEVEL_0 = 33
    QOS_NSLP_AGGREGATION_LEVEL_31 = 64
    NSIS_NATFW_NSLP = 65


class StampKind(Registry):
    """RFC 791, section 3.1: what the Internet timestamp option collects."""

    TIMES_ONLY = 0
    ADDRESSES_AND_TIMES = 1
    PRESPECIFIED_ADDRESSES = 3


class QuickStartFunction(Registry):
    """RFC 4782, section 3.1."""

    RATE_REQUEST = 0
    REPORT_OF_APPROVED_RATE = 8


def stamp_words(time: int) -> str:
    """Milliseconds since midnight UT as a time of day, or what the highest bit says instead (RFC 791, section 3.1)."""
    if time >> 31:
        return f"{time & 0x7FFFFFFF}, not in milliseconds since midnight UT"
    if time >= _DAY_MS:
        return f"{time} ms, more than a day"
    seconds, milliseconds = divmod(time, 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{milliseconds:03} UT"


def rate_words(rate: int) -> str:
    """A quick-start rate in words (RFC 4782, section 3.1)."""
    return f"{rate}  {40 << rate} kbit/s" if rate else "0  none"


@header("ip.opt", "option with a pointer", "RFC 791, section 3.1")
class PointerOption(Option):
    """A route that is recorded or prescribed; the pointer counts from 1 to the next slot."""

    pointer: int = unsigned(8, name="ip.opt.ptr", default=4)


@header("ip.opt", "Internet timestamp", "RFC 791, section 3.1")
class TimestampOption(PointerOption):
    """Times at which routers saw the packet, in milliseconds since midnight UT."""

    overflow: int = unsigned(4, default=0)
    kind: int = unsigned(4, "flag", name="ip.opt.flag", style="hex", registry=StampKind, default=0)


@header("ip.opt", "time", "RFC 791, section 3.1")
class TimeSlot(Header):
    """A time alone."""

    time: int = unsigned(32, name="ip.opt.time_stamp", words=stamp_words)


@header("ip.opt", "stamp", "RFC 791, section 3.1")
class StampSlot(Header):
    """An address and its time."""

    address: IPv4Address = ipv4_address(name="ip.opt.time_stamp_addr")
    time: int = unsigned(32, name="ip.opt.time_stamp", words=stamp_words)


@header("ip.opt", "router alert", "RFC 2113, section 2.1")
class RouterAlertOption(Option):
    """Routers shall look at this packet though it is not for them."""

    value: int = unsigned(16, name="ip.opt.ra", registry=RouterAlert, default=0)


@header("ip.opt", "stream identifier", "RFC 791, section 3.1")
class StreamOption(Option):
    """The SATNET stream identifier; obsolete (RFC 6814)."""

    stream: int = unsigned(16, name="ip.opt.sid", style="hex")


@header("ip.opt", "MTU", "RFC 1063")
class MtuOption(Option):
    """MTU probe (11) and reply (12); obsolete (RFC 1191)."""

    mtu: int = unsigned(16, "MTU", unit="bytes")


@header("ip.opt", "traceroute", "RFC 1393, section 2.2")
class TracerouteOption(Option):
    """Asks each router for an ICMP traceroute message; obsolete (RFC 6814)."""

    identifier: int = unsigned(16, name="ip.opt.id_number")
    outbound_hops: int = unsigned(16, "outbound hop count", name="ip.opt.ohc")
    return_hops: int = unsigned(16, "return hop count", name="ip.opt.rhc")
    originator: IPv4Address = ipv4_address(name="ip.opt.originator")


@header("ip.opt", "quick-start", "RFC 4782, section 3.1")
class QuickStartOption(Option):
    """The rate that a sender asks routers for."""

    function: int = unsigned(4, name="ip.opt.qs_func", registry=QuickStartFunction)
    rate: int = unsigned(4, name="ip.opt.qs_rate", words=rate_words)
    ttl: int = unsigned(8, "QS TTL", name="ip.opt.qs_ttl")
    nonce: int = unsigned(30, "QS nonce", name="ip.opt.qs_nonce", style="hex")
    reserved: int = unsigned(2, name="ip.opt.qs_reserved", default=0)


@header("ip.opt", "selective directed broadcast", "RFC 1770")
class AddressesOption(Option):
    """Addresses that the packet is copied to (selective directed broadcast)."""


@header("ip.opt", "address", "RFC 1770")
class ListedAddress(Header):
    """One of those addresses."""

    address: IPv4Address = ipv4_address(name="ip.opt.addr")


@header("ip.opt", "experiment", "RFC 4727, section 2.1")
class ExperimentOption(Option):
    """An experiment, told by its first two bytes where it follows RFC 3692."""

    data: bytes = octets(2, name="ip.opt.experiment")


def _slots(data: bytes, at: int, stop: int, past: str, current: str, ahead: str) -> tuple[Span, ...]:
    """The addresses of a route, named by where the pointer stands: it counts from the option's first byte as 1."""
    pointer = at - 4 + data[at - 1]
    spans = []
    while at + 4 <= stop:
        name = past if at < pointer else current if at == pointer else ahead
        address = IPv4Address(data[at : at + 4])
        spans.append(stretch(name, _SLOTS[name], at, at + 4, str(address), value=address))
        at += 4
    if at < stop:
        spans.append(bytes_span("ip.opt.padding", "padding", data, at, stop))
    return tuple(spans)


def _recorded(data: bytes, at: int, stop: int) -> tuple[Span, ...]:
    return _slots(data, at, stop, "ip.rec_rt", "ip.empty_rt", "ip.empty_rt")


def _prescribed(data: bytes, at: int, stop: int) -> tuple[Span, ...]:
    return _slots(data, at, stop, "ip.rec_rt", "ip.cur_rt", "ip.src_rt")


def _timestamp(data: bytes, at: int, stop: int) -> Shape:
    """Flag 0: times alone. Flags 1 and 3: each behind its address (RFC 791, section 3.1)."""
    has_addresses = at + 3 < stop and data[at + 3] & 15 in (1, 3)
    slot = StampSlot if has_addresses else TimeSlot
    return Shape("ip.options.timestamp", "Internet timestamp", TimestampOption, each=slot, rest="ip.opt.padding")


def _plain(name: str, title: str, rest: str = "ip.opt.data") -> Shape:
    return Shape(name, title, Option, rest=rest)


IPV4_OPTIONS = OptionTable(
    kinds={
        0: Shape("ip.options.eol", "end of options", OneByteOption),
        1: Shape("ip.options.nop", "no operation", OneByteOption),
        7: Shape("ip.options.record_route", "record route", PointerOption, tail=_recorded),
        10: _plain("ip.opt.zsu", "experimental measurement"),
        11: Shape("ip.options.mtu_probe", "MTU probe", MtuOption),
        12: Shape("ip.options.mtu_reply", "MTU reply", MtuOption),
        15: _plain("ip.opt.encode", "encode"),
        25: Shape("ip.options.qs", "quick-start", QuickStartOption),
        30: Shape("ip.opt.exp", "experiment", ExperimentOption),
        68: _timestamp,
        82: Shape("ip.options.traceroute", "traceroute", TracerouteOption),
        94: Shape("ip.opt.exp", "experiment", ExperimentOption),
        130: security,
        131: Shape("ip.options.route", "loose source route", PointerOption, tail=_prescribed),
        133: EXTENDED_SECURITY,
        134: COMMERCIAL_SECURITY,
        136: Shape("ip.options.sid", "stream identifier", StreamOption),
        137: Shape("ip.options.source_route", "strict source route", PointerOption, tail=_prescribed),
        142: _plain("ip.opt.visa", "experimental access control"),
        144: _plain("ip.opt.imitd", "IMI traffic descriptor"),
        145: _plain("ip.opt.eip", "extended Internet protocol"),
        147: _plain("ip.opt.addext", "address extension"),
        148: Shape("ip.options.routeralert", "router alert", RouterAlertOption),
        149: Shape("ip.options.sdb", "selective directed broadcast", AddressesOption, each=ListedAddress),
        151: _plain("ip.opt.dps", "dynamic packet state"),
        152: _plain("ip.opt.ump", "upstream multicast packet"),
        158: Shape("ip.opt.exp", "experiment", ExperimentOption),
        205: _plain("ip.opt.finn", "experimental flow control"),
        222: Shape("ip.opt.exp", "experiment", ExperimentOption),
    },
    unknown=_plain("ip.opt", "unknown option"),
    single=frozenset((0, 1)),
    end=0,
    padding="ip.opt.padding",
)
