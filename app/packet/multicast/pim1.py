"""PIM version 1, which travelled in IGMP (type 0x14), as routers of the nineties spoke it and tools still read it."""

from collections.abc import Mapping
from ipaddress import IPv4Address

from app.packet.layout import Group, Header, flag, header, ipv4_address, octets, unsigned
from app.packet.multicast.pim import Pim
from app.packet.multicast.pimhello import hold_words
from app.packet.multicast.pimmessages import is_fragment, read_datagram
from app.packet.reading import Reading, Space, Step
from app.packet.registry import Protocol, Registry
from app.packet.walk import Message, Walk, counted, few, read_message

_DRAFT = "draft-ietf-idmr-pim-spec-02"
SOURCE_FLAGS = Group("pim.src_flags", "flags")


class Pim1Code(Registry):
    """https://www.iana.org/assignments/igmp-type-numbers (codes of type 0x14)"""

    QUERY = 0
    REGISTER = 1
    REGISTER_STOP = 2
    JOIN_PRUNE = 3
    RP_REACHABLE = 4
    ASSERT = 5
    GRAFT = 6
    GRAFT_ACK = 7


class Mode(Registry):
    """draft-ietf-idmr-pim-spec-02: how the sender of a query forwards."""

    DENSE = 0
    SPARSE = 1
    SPARSE_DENSE = 2


@header("pim", "PIM", _DRAFT)
class Pim1(Header):
    """The header of version 1."""

    type: int = unsigned(8, "IGMP type", name="pim.igmp_type", style="hex", default=0x14)
    code: int = unsigned(8, registry=Pim1Code)
    checksum: int = unsigned(16, name="pim.cksum", style="hex", default=0)
    version: int = unsigned(4, default=1)
    unused: int = unsigned(4, "reserved", name="pim.unused", default=0)
    reserved: bytes = octets(3, name="pim.res_bytes", default=bytes(3))


@header("pim", "query", _DRAFT)
class Query1(Header):
    """What became the hello."""

    mode: int = unsigned(4, registry=Mode, default=0)
    unused: int = unsigned(12, "reserved", name="pim.unused", default=0)
    hold: int = unsigned(16, "hold time", name="pim.holdtime", words=hold_words, default=105)


@header("pim", "register-stop", _DRAFT)
class RegisterStop1(Header):
    """Of which source and group nothing more is to be registered."""

    group: IPv4Address = ipv4_address(name="pim.group")
    source: IPv4Address = ipv4_address(name="pim.source")


@header("pim", "join/prune", _DRAFT)
class JoinPrune1(Header):
    """To whom a join/prune or graft goes; groups follow."""

    neighbour: IPv4Address = ipv4_address("upstream neighbour", name="pim.upstream_neighbor")
    reserved: bytes = octets(2, name="pim.res_bytes", default=bytes(2))
    hold: int = unsigned(16, "hold time", name="pim.holdtime", words=hold_words, default=210)
    reserved_end: bytes = octets(1, "reserved", name="pim.res_bytes", default=bytes(1))
    mask: int = unsigned(8, "mask length", name="pim.mask_len", default=32)
    length: int = unsigned(8, "address length", name="pim.addr_len", unit="bytes", default=4)
    count: int = unsigned(8, "number of groups", name="pim.numgroups", default=0)


@header("pim", "group", _DRAFT)
class Group1(Header):
    """A group, and how many of its sources are joined and pruned."""

    group: IPv4Address = ipv4_address(name="pim.group")
    mask: IPv4Address = ipv4_address("group mask", name="pim.group_mask")
    joins: int = unsigned(16, "joined sources", name="pim.numjoins", default=0)
    prunes: int = unsigned(16, "pruned sources", name="pim.numprunes", default=0)


@header("pim", "source", _DRAFT)
class SourceStart1(Header):
    """The flags of a source."""

    reserved: int = unsigned(4, name="pim.src_flags.rsv", group=SOURCE_FLAGS, default=0)
    is_annotated: int = flag("annotated", name="pim.src_flags.a", group=SOURCE_FLAGS, default=0)
    is_sparse: int = flag("sparse", name="pim.src_flags.s", group=SOURCE_FLAGS, default=1)
    is_wildcard: int = flag("wildcard", name="pim.src_flags.w", group=SOURCE_FLAGS, default=0)
    is_rp_tree: int = flag("RP tree", name="pim.src_flags.r", group=SOURCE_FLAGS, default=0)
    mask: int = unsigned(8, "mask length", name="pim.mask_len", default=32)


@header("pim", "source", _DRAFT)
class Join1(SourceStart1):
    """A source that is joined."""

    address: IPv4Address = ipv4_address(name="pim.join_ip")


@header("pim", "source", _DRAFT)
class Prune1(SourceStart1):
    """A source that is pruned."""

    address: IPv4Address = ipv4_address(name="pim.prune_ip")


@header("pim", "RP reachable", _DRAFT)
class RpReachable1(Header):
    """That the rendezvous point of a group is alive."""

    group: IPv4Address = ipv4_address("group address", name="pim.group_address")
    mask: IPv4Address = ipv4_address("group mask", name="pim.group_mask")
    point: IPv4Address = ipv4_address("rendezvous point", name="pim.rp")
    reserved: bytes = octets(2, name="pim.res_bytes", default=bytes(2))
    hold: int = unsigned(16, "hold time", name="pim.holdtime", words=hold_words, default=270)


@header("pim", "assert", _DRAFT)
class Assert1(Header):
    """How far the sender has it to the source."""

    group: IPv4Address = ipv4_address("group address", name="pim.group_address")
    mask: IPv4Address = ipv4_address("group mask", name="pim.group_mask")
    is_rp_tree: int = flag("RP tree", name="pim.rpt", default=0)
    preference: int = unsigned(31, "metric preference", name="pim.metric_pref", default=0)
    metric: int = unsigned(32, default=0)


def read_pim1(reading: Reading, at: int, stop: int) -> Step | None:
    """A PIM message of version 1."""
    head = reading.take(Pim1, at, stop)
    body = at + Pim1.LAYOUT.size
    if head.code == Pim1Code.REGISTER and body < stop and not is_fragment(reading):
        reading.verify_sum(at + 2, at, body)
    else:
        reading.verify(Protocol.IGMP, at, stop)
    read_message(reading, at, stop, Pim.LAYOUT, _read_body)
    version = reading.data[body] >> 4 if head.code == Pim1Code.REGISTER and body < stop else 0
    return Step(Space.IP_VERSION, (version,), body, stop) if version else None


def _read_body(walk: Walk) -> str:
    head = walk.take(Pim1)
    walk.says = f"PIMv1 {_NAMES.get(head.code, f'code {head.code}')}"
    with walk.under("pim.option", "body"):
        words = _BODIES.get(head.code, _read_unknown)(walk)
        walk.rest("pim.data")
    return words


def _read_unknown(walk: Walk) -> str:
    walk.rest("pim.data")
    return walk.says


def _read_query(walk: Walk) -> str:
    query = walk.take(Query1)
    return f"{walk.says}, {Mode(query.mode).words}, holdtime {hold_words(query.hold)}"


def _read_register(walk: Walk) -> str:
    read_datagram(walk)
    return walk.says


def _read_register_stop(walk: Walk) -> str:
    pair = walk.take(RegisterStop1)
    return f"{walk.says}, {pair.source} to {pair.group}"


def _read_join_prune(walk: Walk) -> str:
    counts = walk.take(JoinPrune1)
    told = []
    for _ in range(counts.count):
        with walk.under("pim.group_set", "group") as words:
            group = walk.take(Group1)
            words.append(str(group.group))
            joins = [_read_source(walk, Join1) for _ in range(group.joins)]
            prunes = [_read_source(walk, Prune1) for _ in range(group.prunes)]
            words += [f"join {few(joins)}"] * bool(joins) + [f"prune {few(prunes)}"] * bool(prunes)
        told.append(" ".join(words))
    return f"{walk.says} to {counts.neighbour}, {counted(counts.count, 'group')}: {few(told, 2)}".removesuffix(": ")


def _read_source(walk: Walk, kind: type[Join1 | Prune1]) -> str:
    with walk.under("pim.source_set", "source") as words:
        source = walk.take(kind)
        flags = "W" * source.is_wildcard + "R" * source.is_rp_tree
        words.append(f"{source.address}{f' ({flags})' if flags else ''}")
    return words[0]


def _read_reachable(walk: Walk) -> str:
    facts = walk.take(RpReachable1)
    return f"PIMv1 RP {facts.point} reachable for {facts.group}"


def _read_assert(walk: Walk) -> str:
    facts = walk.take(Assert1)
    return f"{walk.says} for {facts.group}, preference {facts.preference} metric {facts.metric}"


_NAMES: Mapping[int, str] = {
    Pim1Code.QUERY: "query",
    Pim1Code.REGISTER: "register",
    Pim1Code.REGISTER_STOP: "register-stop",
    Pim1Code.JOIN_PRUNE: "join/prune",
    Pim1Code.RP_REACHABLE: "RP reachable",
    Pim1Code.ASSERT: "assert",
    Pim1Code.GRAFT: "graft",
    Pim1Code.GRAFT_ACK: "graft ack",
}
_BODIES: Mapping[int, Message] = {
    Pim1Code.QUERY: _read_query,
    Pim1Code.REGISTER: _read_register,
    Pim1Code.REGISTER_STOP: _read_register_stop,
    Pim1Code.JOIN_PRUNE: _read_join_prune,
    Pim1Code.RP_REACHABLE: _read_reachable,
    Pim1Code.ASSERT: _read_assert,
    Pim1Code.GRAFT: _read_join_prune,
    Pim1Code.GRAFT_ACK: _read_join_prune,
}
