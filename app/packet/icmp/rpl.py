"""RPL's control messages (RFC 6550, section 6): ICMPv6 type 155, told apart by their code.

A secured message has a security section between the ICMPv6 header and its base (section 6.1).
"""

from ipaddress import IPv6Address

from app.packet.dissection import Part, Placed
from app.packet.icmp.rploption import RPL_OPTIONS
from app.packet.icmp.v4messages import Message
from app.packet.icmp.v6 import Icmpv6
from app.packet.layout import Group, Header, flag, header, ipv6_address, octets, unsigned
from app.packet.registry import Registry
from app.packet.shape import bytes_span, read_options

DIO_FLAGS = Group("icmpv6.rpl.dio.flag", "flags")
DAO_FLAGS = Group("icmpv6.rpl.dao.flag", "flags")
DAO_ACK_FLAGS = Group("icmpv6.rpl.daoack.flag", "flags")
DRO_FLAGS = Group("icmpv6.rpl.p2p.dro.flag", "flags")
DRO_ACK_FLAGS = Group("icmpv6.rpl.p2p.droack.flag", "flags")
CHECK_FLAGS = Group("icmpv6.rpl.cc.flag", "flags")
SECURITY_FLAGS = Group("icmpv6.rpl.secure.flag", "flags")
LEVEL_FLAGS = Group("icmpv6.rpl.secure.flag", "level")
#: The bit of the code that says that a message is secured.
SECURED = 0x80
_TITLE = "Routing protocol for low-power networks"


class ModeOfOperation(Registry):
    """https://www.iana.org/assignments/rpl (Mode of Operation)"""

    NO_DOWNWARD_ROUTES = 0
    NON_STORING = 1
    STORING_WITHOUT_MULTICAST = 2
    STORING_WITH_MULTICAST = 3
    P2P_ROUTE_DISCOVERY = 4


@header("icmpv6.rpl", _TITLE, "RFC 6550, section 6.1")
class Security(Header):
    """How a secured message is secured; the key's source and index follow, as the mode says."""

    counter_is_time: int = flag("counter is time", name="icmpv6.rpl.secure.flag.t", group=SECURITY_FLAGS, default=0)
    reserved: int = unsigned(7, name="icmpv6.rpl.secure.flag.rsv", group=SECURITY_FLAGS, default=0)
    algorithm: int = unsigned(8, name="icmpv6.rpl.secure.algorithm")
    key_mode: int = unsigned(2, "key identifier mode", name="icmpv6.rpl.secure.kim", group=LEVEL_FLAGS, default=0)
    reserved_level: int = unsigned(3, "reserved", name="icmpv6.rpl.secure.rsv", group=LEVEL_FLAGS, default=0)
    level: int = unsigned(3, "security level", name="icmpv6.rpl.secure.lvl", group=LEVEL_FLAGS, default=0)
    flags: int = unsigned(8, name="icmpv6.rpl.secure.flag", style="hex", default=0)
    counter: int = unsigned(32, name="icmpv6.rpl.secure.counter")


@header("icmpv6.rpl", _TITLE, "RFC 6550, section 6.2.1")
class Solicitation(Header):
    """DODAG information solicitation (DIS)."""

    flags: int = unsigned(8, name="icmpv6.rpl.dis.flags", style="hex", default=0)
    reserved: bytes = octets(1, name="icmpv6.reserved", default=b"\0")


@header("icmpv6.rpl", _TITLE, "RFC 6550, section 6.3.1")
class Information(Header):
    """DODAG information object (DIO): what a router says of the graph it belongs to."""

    instance: int = unsigned(8, "RPL instance", name="icmpv6.rpl.dio.instance")
    version: int = unsigned(8, name="icmpv6.rpl.dio.version")
    rank: int = unsigned(16, name="icmpv6.rpl.dio.rank")
    grounded: int = flag("grounded", name="icmpv6.rpl.dio.flag.g", group=DIO_FLAGS, default=0)
    zero: int = flag("zero", name="icmpv6.rpl.dio.flag.0", group=DIO_FLAGS, default=0)
    mode: int = unsigned(
        3, "mode of operation", name="icmpv6.rpl.dio.flag.mop", registry=ModeOfOperation, group=DIO_FLAGS, default=0
    )
    preference: int = unsigned(3, name="icmpv6.rpl.dio.flag.preference", group=DIO_FLAGS, default=0)
    trigger: int = unsigned(8, "destination advertisement trigger sequence number", name="icmpv6.rpl.dio.dtsn")
    flags: int = unsigned(8, name="icmpv6.rpl.dio.flag", style="hex", default=0)
    reserved: bytes = octets(1, name="icmpv6.reserved", default=b"\0")
    identifier: IPv6Address = ipv6_address("DODAG identifier", name="icmpv6.rpl.dio.dagid")


@header("icmpv6.rpl", _TITLE, "RFC 6550, section 6.4.1")
class Advertisement(Header):
    """Destination advertisement object (DAO): who can be reached downwards."""

    instance: int = unsigned(8, "RPL instance", name="icmpv6.rpl.dao.instance")
    acknowledge: int = flag("acknowledgement wanted", name="icmpv6.rpl.dao.flag.k", group=DAO_FLAGS, default=0)
    has_identifier: int = flag("DODAG identifier present", name="icmpv6.rpl.dao.flag.d", group=DAO_FLAGS, default=0)
    reserved_flags: int = unsigned(6, "reserved", name="icmpv6.rpl.dao.flag.rsv", group=DAO_FLAGS, default=0)
    reserved: bytes = octets(1, name="icmpv6.reserved", default=b"\0")
    sequence: int = unsigned(8, name="icmpv6.rpl.dao.sequence")


@header("icmpv6.rpl", _TITLE, "RFC 6550, section 6.4.1")
class IdentifiedAdvertisement(Advertisement):
    """The same with the DODAG's identifier."""

    identifier: IPv6Address = ipv6_address("DODAG identifier", name="icmpv6.rpl.dao.dodagid")


@header("icmpv6.rpl", _TITLE, "RFC 6550, section 6.5.1")
class Acknowledgement(Header):
    """DAO acknowledgement."""

    instance: int = unsigned(8, "RPL instance", name="icmpv6.rpl.daoack.instance")
    has_identifier: int = flag(
        "DODAG identifier present", name="icmpv6.rpl.daoack.flag.d", group=DAO_ACK_FLAGS, default=0
    )
    reserved: int = unsigned(7, name="icmpv6.rpl.daoack.flag.rsv", group=DAO_ACK_FLAGS, default=0)
    sequence: int = unsigned(8, name="icmpv6.rpl.daoack.sequence")
    status: int = unsigned(8, name="icmpv6.rpl.daoack.status")


@header("icmpv6.rpl", _TITLE, "RFC 6550, section 6.5.1")
class IdentifiedAcknowledgement(Acknowledgement):
    """The same with the DODAG's identifier."""

    identifier: IPv6Address = ipv6_address("DODAG identifier", name="icmpv6.rpl.daoack.dodagid")


@header("icmpv6.rpl", _TITLE, "RFC 6997, section 8")
class DiscoveryReply(Header):
    """P2P discovery reply object (DRO)."""

    instance: int = unsigned(8, "RPL instance", name="icmpv6.rpl.p2p.dro.instance")
    version: int = unsigned(8, name="icmpv6.rpl.p2p.dro.version")
    stop: int = flag("stop", name="icmpv6.rpl.p2p.dro.flag.stop", group=DRO_FLAGS, default=0)
    acknowledge: int = flag("acknowledgement wanted", name="icmpv6.rpl.p2p.dro.flag.ack", group=DRO_FLAGS, default=0)
    sequence: int = unsigned(2, name="icmpv6.rpl.p2p.dro.flag.seq", group=DRO_FLAGS, default=0)
    reserved: int = unsigned(12, name="icmpv6.rpl.p2p.dro.flag.reserved", group=DRO_FLAGS, default=0)
    identifier: IPv6Address = ipv6_address("DODAG identifier", name="icmpv6.rpl.p2p.dro.dagid")


@header("icmpv6.rpl", _TITLE, "RFC 6997, section 10")
class DiscoveryReplyAcknowledgement(Header):
    """Acknowledges a DRO."""

    instance: int = unsigned(8, "RPL instance", name="icmpv6.rpl.p2p.dro.instance")
    version: int = unsigned(8, name="icmpv6.rpl.p2p.dro.version")
    sequence: int = unsigned(2, name="icmpv6.rpl.p2p.droack.flag.seq", group=DRO_ACK_FLAGS, default=0)
    reserved: int = unsigned(14, name="icmpv6.rpl.p2p.droack.flag.reserved", group=DRO_ACK_FLAGS, default=0)
    identifier: IPv6Address = ipv6_address("DODAG identifier", name="icmpv6.rpl.p2p.dro.dagid")


@header("icmpv6.rpl", _TITLE, "RFC 6550, section 6.6.1")
class ConsistencyCheck(Header):
    """Compares message counters; always secured."""

    instance: int = unsigned(8, "RPL instance", name="icmpv6.rpl.cc.instance")
    response: int = flag("response", name="icmpv6.rpl.cc.flag.r", group=CHECK_FLAGS, default=0)
    reserved: int = unsigned(7, name="icmpv6.rpl.cc.flag.rsv", group=CHECK_FLAGS, default=0)
    nonce: int = unsigned(16, name="icmpv6.rpl.cc.nonce", style="hex")
    identifier: IPv6Address = ipv6_address("DODAG identifier", name="icmpv6.rpl.cc.dodagid")
    counter: int = unsigned(32, "destination counter", name="icmpv6.rpl.cc.destination_counter")


#: The base of each message by its code, and the one it has where the flag at a byte says that there is more of it.
_BASES: dict[int, type[Header]] = {
    0: Solicitation,
    1: Information,
    2: Advertisement,
    3: Acknowledgement,
    4: DiscoveryReply,
    5: DiscoveryReplyAcknowledgement,
    10: ConsistencyCheck,
}
_IDENTIFIED: dict[int, tuple[int, type[Header]]] = {
    2: (0x40, IdentifiedAdvertisement),
    3: (0x80, IdentifiedAcknowledgement),
}
#: How many bytes name the key in each key identifier mode, the last of them its index (RFC 6550, section 6.1).
_KEY_IDENTIFIER = {0: 1, 1: 0, 2: 9, 3: 9}


def _base(data: bytes, at: int, stop: int, code: int) -> tuple[Part, ...]:
    """The base of a message and its options."""
    kind = _BASES.get(code)
    if kind is None:
        return (bytes_span("icmpv6.unknown_data", "data", data, at, stop),) if at < stop else ()
    flagged = _IDENTIFIED.get(code)
    if flagged is not None and at + 1 < stop and data[at + 1] & flagged[0]:
        kind = flagged[1]
    end = at + kind.LAYOUT.size
    if end > stop:
        return (Placed(kind.decode(data[at:stop].ljust(kind.LAYOUT.size, b"\0")), at, stop),) if at < stop else ()
    options, _ = read_options(RPL_OPTIONS, data, end, stop)
    return (Placed(kind.decode(data, at), at, end), *options)


def _plain(data: bytes, at: int, stop: int) -> tuple[Part, ...]:
    return _base(data, at, stop, data[at - 3])


def _secured(data: bytes, at: int, stop: int) -> tuple[Part, ...]:
    size = Security.LAYOUT.size
    if at + size > stop:
        return (bytes_span("icmpv6.unknown_data", "data", data, at, stop),)
    code = data[at - 3]
    head = Security.decode(data, at)
    parts: list[Part] = [Placed(head, at, at + size)]
    at += size
    end = min(stop, at + _KEY_IDENTIFIER[head.key_mode])
    if at + 1 < end:
        parts.append(bytes_span("icmpv6.rpl.secure.key.source", "key source", data, at, end - 1))
    if at < end:
        parts.append(bytes_span("icmpv6.rpl.secure.key.index", "key index", data, end - 1, end))
    return (*parts, *_base(data, end, stop, code & ~SECURED))


def rpl_message(data: bytes, at: int, stop: int) -> Message:
    """How the RPL message at `at` is read, by its code."""
    is_secured = at + 1 < stop and data[at + 1] & SECURED
    return Message(Icmpv6, tail=_secured if is_secured else _plain)
