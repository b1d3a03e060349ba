"""The options of IPv4 (RFC 791, section 3.1, and those that came later), as IANA registers them.

https://www.iana.org/assignments/ip-parameters
"""

from ipaddress import IPv4Address

from app.packet.dissection import stretch
from app.packet.layout import Group, Header, Span, flag, header, ipv4_address, octets, unsigned
from app.packet.registry import Registry
from app.packet.shape import OptionTable, Shape, bytes_span

_SLOTS = {
    "ip.rec_rt": "recorded",
    "ip.cur_rt": "next stop",
    "ip.src_rt": "later stop",
    "ip.empty_rt": "empty",
}
TYPE = Group("ip.opt.type", "type", "decimal")


class OptionClass(Registry):
    """RFC 791, section 3.1."""

    CONTROL = 0
    DEBUGGING_AND_MEASUREMENT = 2


class RouterAlert(Registry):
    """https://www.iana.org/assignments/ip-parameters (IPv4 Router Alert Option Values)"""

    ROUTER_SHALL_EXAMINE_PACKET = 0


@header("ip.opt", "option", "RFC 791, section 3.1")
class OneByteOption(Header):
    """End of options (0) and no operation (1)."""

    copied: int = flag("copy on fragmentation", name="ip.opt.type.copy", group=TYPE, default=0)
    option_class: int = unsigned(2, "class", name="ip.opt.type.class", registry=OptionClass, group=TYPE, default=0)
    number: int = unsigned(5, name="ip.opt.type.number", group=TYPE, default=0)


@header("ip.opt", "option", "RFC 791, section 3.1")
class Option(OneByteOption):
    """What every other option starts with; the length counts these two bytes."""

    length: int = unsigned(8, name="ip.opt.len", unit="bytes", default=2)


@header("ip.opt", "option with a pointer", "RFC 791, section 3.1")
class PointerOption(Option):
    """A route that is recorded or prescribed; the pointer counts from 1 to the next slot."""

    pointer: int = unsigned(8, name="ip.opt.ptr", default=4)


@header("ip.opt", "Internet timestamp", "RFC 791, section 3.1")
class TimestampOption(PointerOption):
    """Times at which routers saw the packet, in milliseconds since midnight UT."""

    overflow: int = unsigned(4, default=0)
    kind: int = unsigned(4, "flag", name="ip.opt.flag", style="hex", default=0)


@header("ip.opt", "time", "RFC 791, section 3.1")
class TimeSlot(Header):
    """A time alone."""

    time: int = unsigned(32, name="ip.opt.time_stamp", unit="ms")


@header("ip.opt", "stamp", "RFC 791, section 3.1")
class StampSlot(Header):
    """An address and its time."""

    address: IPv4Address = ipv4_address(name="ip.opt.time_stamp_addr")
    time: int = unsigned(32, name="ip.opt.time_stamp", unit="ms")


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

    function: int = unsigned(4, name="ip.opt.qs_func")
    rate: int = unsigned(4, name="ip.opt.qs_rate")
    ttl: int = unsigned(8, "QS TTL", name="ip.opt.qs_ttl")
    nonce: int = unsigned(30, "QS nonce", name="ip.opt.qs_nonce", style="hex")
    reserved: int = unsigned(2, name="ip.opt.qs_reserved", default=0)


@header("ip.opt", "security", "RFC 1108, section 2")
class SecurityOption(Option):
    """The basic security option: how secret the packet is."""

    level: int = unsigned(8, "classification level", name="ip.opt.sec_cl", style="hex")


@header("ip.cipso", "commercial security", "FIPS 188")
class CommercialSecurityOption(Option):
    """The commercial IP security option."""

    domain: int = unsigned(32, "domain of interpretation", name="ip.cipso.doi")


@header("ip.opt", "address extension", "RFC 1475")
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
        130: Shape("ip.options.security", "security", SecurityOption, rest="ip.opt.sec_prot_auth_flags"),
        131: Shape("ip.options.route", "loose source route", PointerOption, tail=_prescribed),
        133: _plain("ip.options.ext_security", "extended security", "ip.opt.ext_sec_add_sec_info"),
        134: Shape("ip.options.cipso", "commercial security", CommercialSecurityOption, rest="ip.cipso.tag_data"),
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
