"""The bodies of PIM version 2 messages, the hello aside (RFC 7761, 3973, 5015, 5059, 6754, 8364, 9465)."""

from collections.abc import Callable, Mapping
from ipaddress import IPv4Address
from typing import TypeAlias

from app.packet.dissection import Placed
from app.packet.ip.v4 import Ipv4
from app.packet.ip.v6options import Fragment
from app.packet.layout import Group, Header, flag, header, ipv4_address, octets, unsigned
from app.packet.multicast.pim import (
    ElectionPim,
    ElectionSubtype,
    ExtendedPim,
    PimStart,
    PimType,
    take_group,
    take_source,
    take_unicast,
)
from app.packet.multicast.pimhello import hold_words, read_hello
from app.packet.reading import Reading
from app.packet.walk import Walk, counted, few

#: Reads what follows the header of a message and says the message in a line.
Body: TypeAlias = Callable[[Walk, PimStart], str]
REGISTER_FLAGS = Group("pim.register_flag", "flags")


@header("pim", "register", "RFC 7761, section 4.9.3")
class Register(Header):
    """What a register (1) says of the datagram in it."""

    is_border: int = flag("border", name="pim.register_flag.border", group=REGISTER_FLAGS, default=0)
    is_null: int = flag("null register", name="pim.register_flag.null_register", group=REGISTER_FLAGS, default=0)
    reserved: int = unsigned(30, name="pim.register_flag.reserved", style="hex", group=REGISTER_FLAGS, default=0)


@header("pim", "join/prune", "RFC 7761, section 4.9.5")
class JoinPrune(Header):
    """Behind the neighbour of a join/prune (3), graft (6) or graft acknowledgement (7)."""

    reserved: int = unsigned(8, name="pim.res_bytes", default=0)
    count: int = unsigned(8, "number of groups", name="pim.numgroups", default=0)
    hold: int = unsigned(16, "hold time", name="pim.holdtime", words=hold_words, default=210)


@header("pim", "group set", "RFC 7761, section 4.9.5")
class GroupSet(Header):
    """How many sources of a group are joined and pruned."""

    joins: int = unsigned(16, "joined sources", name="pim.numjoins", default=0)
    prunes: int = unsigned(16, "pruned sources", name="pim.numprunes", default=0)


@header("pim", "bootstrap", "RFC 5059, section 4.1")
class Bootstrap(Header):
    """What a bootstrap message (4) says first."""

    tag: int = unsigned(16, "fragment tag", name="pim.fragment_tag", style="hex", default=0)
    hash_mask: int = unsigned(8, "hash mask length", name="pim.hash_mask_len", default=30)
    priority: int = unsigned(8, "BSR priority", name="pim.bsr_priority", default=0)


@header("pim", "RP set", "RFC 5059, section 4.1")
class RpSet(Header):
    """How many rendezvous points a group range has, and how many of them are here."""

    count: int = unsigned(8, "RP count", name="pim.rp_count", default=0)
    here: int = unsigned(8, "RPs in this fragment", name="pim.frp_count", default=0)
    reserved: int = unsigned(16, name="pim.rp_set.reserved", default=0)


@header("pim", "rendezvous point", "RFC 5059, section 4.1")
class RpFacts(Header):
    """What follows the address of a rendezvous point."""

    hold: int = unsigned(16, "hold time", name="pim.holdtime", words=hold_words, default=150)
    priority: int = unsigned(8, default=192)
    reserved: int = unsigned(8, name="pim.res_bytes", default=0)


@header("pim", "metric", "RFC 7761, section 4.9.6")
class Metric(Header):
    """How far the sender has it to the source or rendezvous point."""

    is_rp_tree: int = flag("RP tree", name="pim.rpt", default=0)
    preference: int = unsigned(31, "metric preference", name="pim.metric_pref", default=0)
    metric: int = unsigned(32, default=0)


@header("pim", "candidate RP", "RFC 5059, section 4.2")
class CandidateRp(Header):
    """What a candidate-RP-advertisement (8) says first; no prefixes stand for all groups."""

    count: int = unsigned(8, "number of prefixes", name="pim.prefix_count", default=0)
    priority: int = unsigned(8, default=192)
    hold: int = unsigned(16, "hold time", name="pim.holdtime", words=hold_words, default=150)


@header("pim", "state refresh", "RFC 3973, section 4.7.10")
class StateRefresh(Header):
    """How far a state refresh (9) goes, and what is known of the state."""

    mask: int = unsigned(8, "mask length", name="pim.mask_len", default=32)
    ttl: int = unsigned(8, "TTL", default=1)
    is_pruned: int = flag("prune indicator", name="pim.prune_indicator", default=0)
    prune_now: int = flag("prune now", name="pim.prune_now", default=0)
    assert_override: int = flag("assert override", name="pim.assert_override", default=0)
    reserved: int = unsigned(5, name="pim.state_refresh.reserved", default=0)
    interval: int = unsigned(8, unit="s", default=60)


@header("pim", "metric", "RFC 5015, section 3.7.5")
class OfferedMetric(Header):
    """The metric of who is told to wait."""

    preference: int = unsigned(32, "offering metric preference", name="pim.bidir_off_metric_pref", default=0)
    metric: int = unsigned(32, "offering metric", name="pim.bidir_off_metric", default=0)
    interval: int = unsigned(16, "interval", name="pim.bidir_offering_interval", unit="ms", default=0)


@header("pim", "metric", "RFC 5015, section 3.7.6")
class WinnerMetric(Header):
    """The metric of who takes over."""

    preference: int = unsigned(32, "winner's metric preference", name="pim.bidir_win_metric_pref", default=0)
    metric: int = unsigned(32, "winner's metric", name="pim.bidir_win_metric", default=0)


@header("pim", "interface and preference", "RFC 6754, section 3.4")
class Redirected(Header):
    """Where an ECMP redirect (11) points to, and how well it likes it; a metric follows."""

    router: int = unsigned(32, "interface's router", name="pim.ecmp.router", style="hex", default=0)
    interface: int = unsigned(32, name="pim.ecmp.interface", default=0)
    preference: int = unsigned(8, name="pim.ecmp.preference", default=0)


@header("pim", "flooded TLV", "RFC 8364, section 3.1")
class FloodedTlv(Header):
    """What stands in front of a flooded value."""

    is_transitive: int = flag("transitive", name="pim.transitivetype", default=0)
    type: int = unsigned(15, name="pim.optiontype", default=1)
    length: int = unsigned(16, name="pim.optionlength", unit="bytes", default=0)


@header("pim", "sources of a group", "RFC 8364, section 4.1")
class GroupSources(Header):
    """How many sources a group has, and for how long."""

    count: int = unsigned(16, "source count", name="pim.srccount", default=0)
    hold: int = unsigned(16, "source hold time", name="pim.srcholdtime", words=hold_words, default=210)


@header("pim", "dummy header", "RFC 2362, section 4.2")
class DummyHeader(Header):
    """What old routers put into a null register: an IPv4 header without its version."""

    version: int = unsigned(4, "IP version", name="pim.ip_version", default=0)
    ignored: int = unsigned(4, name="pim.dummy_header.ignored", default=0)
    unused: bytes = octets(11, name="pim.dummy_header.unused", default=bytes(11))
    source: IPv4Address = ipv4_address(name="pim.source")
    group: IPv4Address = ipv4_address(name="pim.group")


@header("pim", "datagram", "RFC 7761, section 4.9.3")
class InnerVersion(Header):
    """The first byte of the datagram in a register: another layer reads the rest of it."""

    version: int = unsigned(4, "IP version", name="pim.ip_version")
    ignored: int = unsigned(4, name="pim.dummy_header.ignored")


def is_fragment(reading: Reading) -> bool:
    """Whether the message is part of a datagram in pieces: what a reassembled one would sum to is not known."""
    for layer in reversed(reading.layers):
        part = layer.parts[0]
        if isinstance(part, Placed) and isinstance(part.header, Ipv4 | Fragment):
            return bool(part.header.more_fragments)
    return False


def read_datagram(walk: Walk) -> int:
    """What a register carries, shown as far as another layer does not; the version of it, zero where it is none."""
    if not walk.lasts():
        return 0
    version = walk.bytes_here(1)[0] >> 4
    if version:
        walk.take(InnerVersion)
        walk.at = walk.stop
    elif walk.stop - walk.at >= DummyHeader.LAYOUT.size:
        with walk.under("pim.dummy_header", "dummy header"):
            walk.take(DummyHeader)
            walk.rest("pim.data")
    walk.rest("pim.data")
    return version


def _read_hello(walk: Walk, _: PimStart) -> str:
    return read_hello(walk)


def _read_register_stop(walk: Walk, _: PimStart) -> str:
    group = take_group(walk)
    return f"{walk.says}, {take_unicast(walk, 'pim.source', 'source')} to {group}"


def _read_join_prune(walk: Walk, _: PimStart) -> str:
    neighbour = take_unicast(walk, "pim.upstream_neighbor", "upstream neighbour")
    counts = walk.take(JoinPrune)
    if counts.count > 1:
        with walk.under("pim.group_set", "groups"):
            told = [_read_group_set(walk) for _ in range(counts.count)]
    else:
        told = [_read_group_set(walk) for _ in range(counts.count)]
    return f"{walk.says} to {neighbour}, {counted(counts.count, 'group')}: {few(told, 2)}".removesuffix(": ")


def _read_group_set(walk: Walk) -> str:
    with walk.under("pim.group_set", "group") as words:
        group = take_group(walk)
        words.append(group)
        counts = walk.take(GroupSet)
        joins = [take_source(walk, "pim.join_ip", "join") for _ in range(counts.joins)]
        prunes = [take_source(walk, "pim.prune_ip", "prune") for _ in range(counts.prunes)]
        told = [f"join {few(joins)}"] * bool(joins) + [f"prune {few(prunes)}"] * bool(prunes)
        words += told
    return " ".join([group, *told])


def _read_bootstrap(walk: Walk, _: PimStart) -> str:
    head = walk.take(Bootstrap)
    router = take_unicast(walk, "pim.bsr", "bootstrap router")
    told = []
    while walk.lasts():
        with walk.under("pim.rp_set", "group range") as words:
            words.append(take_group(walk))
            points = [_read_point(walk) for _ in range(walk.take(RpSet).here)]
            words += points
        told.append(f"{words[0]} RP {few(points)}" if points else words[0])
    sets = f", {few(told, 2)}" if told else ""
    return f"{walk.says}, BSR {router} priority {head.priority}{sets}"


def _read_point(walk: Walk) -> str:
    with walk.under("pim.rp_set.rp", "rendezvous point") as words:
        words.append(take_unicast(walk, "pim.rp", "address"))
        words.append(f"priority {walk.take(RpFacts).priority}")
    return words[0]


def _read_assert(walk: Walk, _: PimStart) -> str:
    group = take_group(walk)
    source = take_unicast(walk, "pim.source", "source")
    metric = walk.take(Metric)
    tree = " RP tree" if metric.is_rp_tree else ""
    return f"{walk.says}, {source} to {group}{tree}, preference {metric.preference} metric {metric.metric}"


def _read_candidate(walk: Walk, _: PimStart) -> str:
    head = walk.take(CandidateRp)
    point = take_unicast(walk, "pim.rp", "rendezvous point")
    groups = [take_group(walk) for _ in range(head.count)]
    told = few(groups) if groups else "all groups"
    return f"{walk.says} {point} priority {head.priority} for {told}"


def _read_state_refresh(walk: Walk, _: PimStart) -> str:
    group = take_group(walk)
    source = take_unicast(walk, "pim.source", "source")
    originator = take_unicast(walk, "pim.originator", "originator")
    walk.take(Metric)
    return f"{walk.says}, {source} to {group}, by {originator}, ttl {walk.take(StateRefresh).ttl}"


def _read_election(walk: Walk, head: PimStart) -> str:
    point = take_unicast(walk, "pim.rp", "rendezvous point")
    metric = walk.take(Metric)
    subtype = ElectionSubtype(head.subtype) if isinstance(head, ElectionPim) else ElectionSubtype(0)
    told = ""
    if subtype == ElectionSubtype.BACKOFF:
        told = f", to {take_unicast(walk, 'pim.bidir_offering_ip4', 'offering router', 'pim.bidir_offering_ip6')}"
        walk.take(OfferedMetric)
        walk.rest("pim.res_bytes", "reserved")
    elif subtype == ElectionSubtype.PASS:
        told = f", to {take_unicast(walk, 'pim.bidir_winner_ip4', 'new winner', 'pim.bidir_winner_ip6')}"
        walk.take(WinnerMetric)
    words = f"preference {metric.preference} metric {metric.metric}"
    return f"{walk.says} {subtype.words} for RP {point}{told}, {words}"


def _read_redirect(walk: Walk, _: PimStart) -> str:
    group = take_group(walk)
    source = take_unicast(walk, "pim.source", "source")
    neighbour = take_unicast(walk, "pim.ecmp.neighbor", "neighbour")
    walk.take(Redirected)
    walk.rest("pim.ecmp.metric", "metric")
    return f"{walk.says}, {source} to {group} by {neighbour}"


def _read_flooded(walk: Walk, _: PimStart) -> str:
    originator = take_unicast(walk, "pim.originator", "originator")
    told = []
    while walk.lasts():
        with walk.under("pim.pfm.tlv", "flooded TLV") as words:
            head = walk.take(FloodedTlv)
            with walk.within(head.length):
                words.append(_read_sources(walk) if head.type == 1 else f"type {head.type}")
                walk.rest("pim.optionvalue", "value")
            told += words
    return f"{walk.says} by {originator}: {few(told, 2)}".removesuffix(": ")


def _read_sources(walk: Walk) -> str:
    """A group and who sends to it: the group source holdtime TLV (RFC 8364, section 4.1)."""
    group = take_group(walk)
    count = walk.take(GroupSources).count
    sources = [take_unicast(walk, "pim.source", "source") for _ in range(count)]
    return f"{group} from {few(sources)}"


def _read_extended(walk: Walk, head: PimStart) -> str:
    """Types 13 to 15. Packed null registers (13.0) and register-stops (13.1) list pairs (RFC 9465)."""
    subtype = head.subtype if isinstance(head, ExtendedPim) else 0
    if head.type != PimType.EXTENDED_13 or subtype > 1:
        walk.rest("pim.data")
        return f"PIMv2 type {head.type}.{subtype}"
    told = []
    while walk.lasts():
        group = take_group(walk)
        told.append(f"{take_unicast(walk, 'pim.source', 'source')} to {group}")
    return f"PIMv2 packed {'register-stop' if subtype else 'null register'}, {few(told, 2)}"


BODIES: Mapping[int, Body] = {
    PimType.HELLO: _read_hello,
    PimType.REGISTER_STOP: _read_register_stop,
    PimType.JOIN_PRUNE: _read_join_prune,
    PimType.BOOTSTRAP: _read_bootstrap,
    PimType.ASSERT: _read_assert,
    PimType.GRAFT: _read_join_prune,
    PimType.GRAFT_ACK: _read_join_prune,
    PimType.CANDIDATE_RP_ADVERTISEMENT: _read_candidate,
    PimType.STATE_REFRESH: _read_state_refresh,
    PimType.DF_ELECTION: _read_election,
    PimType.ECMP_REDIRECT: _read_redirect,
    PimType.PIM_FLOODING_MECHANISM: _read_flooded,
    PimType.EXTENDED_13: _read_extended,
    PimType.EXTENDED_14: _read_extended,
    PimType.EXTENDED_15: _read_extended,
}
