"""Multicast membership: general queries of IGMP (RFC 3376) and MLD (RFC 3810), reports that follow, and leaves."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address

from app.net.simulated.lan.framing import alerted
from app.net.simulated.lan.manners import SECOND, Querier
from app.net.simulated.lan.voice import Room, Said, Voice
from app.packet.compose import Address
from app.packet.icmp.types import Icmpv6Type
from app.packet.icmp.v6messages import ListenerMessage, ListenerQuery, ListenerRecord, ListenerReport
from app.packet.multicast.igmp import GroupRecord, IgmpType, MembershipV1, MembershipV2, QueryV3, RecordType, ReportV3

_TTL = 1
#: How long apart the two reports of a change are (RFC 3376, section 8.11: one second at most).
_REPEAT = 700_000_000


@dataclass(frozen=True, slots=True)
class Family:
    """What differs between IGMP and MLD."""

    version: int
    latest: int  #: the version that is spoken where nothing else is asked for
    everybody: Address
    reported_to: Address  #: by the latest version
    query: Callable[[Querier, int], bytes]
    report: Callable[[tuple[tuple[Address, int], ...]], bytes]
    old_report: Callable[[Address, int], bytes]


def query_of(family: Family) -> Callable[[Voice, Querier, Room, int], Iterator[Said]]:
    """General queries of a family, and the reports that they cause."""

    def say(voice: Voice, manner: Querier, room: Room, at: int) -> Iterator[Said]:
        message = family.query(manner, manner.version or family.latest)
        yield voice.to_group(family.everybody, alerted(voice.envelope(family.everybody, _TTL), message))
        for member in room.voices:
            if member.is_up(at):
                yield from _reports(family, member, manner, at)

    return say


def _reports(family: Family, member: Voice, manner: Querier, at: int) -> Iterator[Said]:
    """One report of all groups by the latest version, at a random time; by an older one, one for each group."""
    groups = [group for group in member.at(at).groups if group.version == family.version]
    version = manner.version or family.latest
    if groups and version == family.latest:
        records = tuple((group, RecordType.MODE_IS_EXCLUDE.value) for group in groups)
        yield _report(family, member, records, int(member.chance.random() * manner.response))
        return
    for group in groups:
        after = int(member.chance.random() * manner.response)
        message = family.old_report(group, version)
        yield member.to_group(group, alerted(member.envelope(group, _TTL), message), after)


def change_groups(voice: Voice, before: tuple[Address, ...], after: tuple[Address, ...]) -> Iterator[Said]:
    """What a host says that has joined and left groups: state changes, twice (RFC 3376, section 5.1)."""
    for family in FAMILIES:
        changes = [(group, RecordType.CHANGE_TO_EXCLUDE_MODE) for group in after if group not in before]
        changes += [(group, RecordType.CHANGE_TO_INCLUDE_MODE) for group in before if group not in after]
        records = tuple((group, kind.value) for group, kind in changes if group.version == family.version)
        if records:
            yield _report(family, voice, records, 0)
            yield _report(family, voice, records, int(voice.chance.random() * _REPEAT))


def _report(family: Family, voice: Voice, records: tuple[tuple[Address, int], ...], after: int) -> Said:
    envelope = voice.envelope(family.reported_to, _TTL)
    return voice.to_group(family.reported_to, alerted(envelope, family.report(records)), after)


def _code(value: int, mantissa: int, exponent: int) -> int:
    """A value as a floating point where it does not fit below it (RFC 3376, section 4.1.1; RFC 3810, section 5.1.3)."""
    least = 1 << (mantissa + exponent)
    if value < least:
        return value
    shift = 0
    while (value >> (shift + 3)) >= 1 << (mantissa + 1) and shift < (1 << exponent) - 1:
        shift += 1
    return least | shift << mantissa | (value >> (shift + 3)) & ((1 << mantissa) - 1)


def _query4(manner: Querier, version: int) -> bytes:
    tenths = manner.response // (SECOND // 10)
    if version == 1:
        return MembershipV1(type=IgmpType.MEMBERSHIP_QUERY).build()
    if version == 2:
        return MembershipV2(type=IgmpType.MEMBERSHIP_QUERY, response=min(tenths, 255)).build()
    return QueryV3(
        type=IgmpType.MEMBERSHIP_QUERY,
        response=_code(tenths, 4, 3),
        robustness=manner.robustness,
        interval=_code(manner.every // SECOND, 4, 3),
    ).build()


def _query6(manner: Querier, version: int) -> bytes:
    milliseconds = manner.response // (SECOND // 1000)
    nobody = IPv6Address(0)
    if version == 1:
        delay = min(milliseconds, 0xFFFF)
        return ListenerMessage(type=Icmpv6Type.MULTICAST_LISTENER_QUERY, delay=delay, group=nobody).build()
    return ListenerQuery(
        type=Icmpv6Type.MULTICAST_LISTENER_QUERY,
        delay=_code(milliseconds, 12, 3),
        group=nobody,
        robustness=manner.robustness,
        interval=_code(manner.every // SECOND, 4, 3),
        count=0,
    ).build()


def _report4(records: tuple[tuple[Address, int], ...]) -> bytes:
    head = ReportV3(type=IgmpType.V3_MEMBERSHIP_REPORT, count=len(records)).build()
    return head + b"".join(GroupRecord(type=kind, group=IPv4Address(int(group))).build() for group, kind in records)


def _report6(records: tuple[tuple[Address, int], ...]) -> bytes:
    head = ListenerReport(type=Icmpv6Type.MULTICAST_LISTENER_REPORT_V2, count=len(records)).build()
    built = (ListenerRecord(type=kind, count=0, group=IPv6Address(int(group))).build() for group, kind in records)
    return head + b"".join(built)


def _old_report4(group: Address, version: int) -> bytes:
    own = IPv4Address(int(group))
    if version == 1:
        return MembershipV1(type=IgmpType.V1_MEMBERSHIP_REPORT, group=own).build()
    return MembershipV2(type=IgmpType.V2_MEMBERSHIP_REPORT, group=own).build()


def _old_report6(group: Address, _: int) -> bytes:
    own = IPv6Address(int(group))
    return ListenerMessage(type=Icmpv6Type.MULTICAST_LISTENER_REPORT, delay=0, group=own).build()


IGMP = Family(
    version=4,
    latest=3,
    everybody=IPv4Address("224.0.0.1"),
    reported_to=IPv4Address("224.0.0.22"),
    query=_query4,
    report=_report4,
    old_report=_old_report4,
)
MLD = Family(
    version=6,
    latest=2,
    everybody=IPv6Address("ff02::1"),
    reported_to=IPv6Address("ff02::16"),
    query=_query6,
    report=_report6,
    old_report=_old_report6,
)
FAMILIES = (IGMP, MLD)
