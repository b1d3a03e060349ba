"""What IGMP (RFC 3376, RFC 2236, RFC 1112) and MLD (RFC 9777, RFC 2710) say: who asks, and who is in which group.

Both are one protocol over two versions of IP. Only general queries tell of a querier; one about a group tells of
a group that somebody left, and its times are others. PIM's reader is in the table here too.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address

from app.engine.neighbourhood.facts import Querier, RoleKind
from app.engine.neighbourhood.readers.headers import headers, is_readable
from app.engine.neighbourhood.readers.manners import Manners, breaches
from app.engine.neighbourhood.readers.pim import read_pim
from app.engine.neighbourhood.saying import Heard, Membership, Reader, Said, Saying
from app.packet.compose import Address
from app.packet.dissection import Branch, Part
from app.packet.icmp.types import Icmpv6Type
from app.packet.icmp.v6messages import ListenerMessage, ListenerQuery, ListenerRecord, RecordSource
from app.packet.layout import Header
from app.packet.multicast.igmp import (
    GroupRecord,
    IgmpType,
    LongQueryV3,
    MembershipV1,
    MembershipV2,
    QueryV3,
    RecordType,
    Source,
    floating,
)

_SECOND = 1_000_000_000
_CHECKSUM = 2
#: RFC 3376, sections 8.1, 8.2 and 8.3: what holds where a query does not say.
_ROBUSTNESS, _INTERVAL, _RESPONSE_MS = 2, 125, 10_000
#: RFC 3376, section 7.1, and RFC 9777, section 8.1: the length of a query of an old version, exactly.
_OLD_QUERY = {4: 8, 6: 24}
#: Groups that are asked for with their sources (RFC 4607, section 1): 232.0.0.0/8 and ff3x::/32, x any scope.
_SPECIFIC = {4: (0xFF000000, 0xE8000000), 6: (0xFFF0FFFF << 96, 0xFF300000 << 96)}
_NOBODY = IPv4Address(0)


@dataclass(frozen=True, slots=True)
class Family:
    """What differs between the two."""

    querier: RoleKind
    everybody: Address  #: general queries go there
    routers: Address  #: who leaves says so there
    reports: Address  #: reports of the newest version go there


_IGMP = Family(RoleKind.IGMP_QUERIER, IPv4Address("224.0.0.1"), IPv4Address("224.0.0.2"), IPv4Address("224.0.0.22"))
_MLD = Family(RoleKind.MLD_QUERIER, IPv6Address("ff02::1"), IPv6Address("ff02::2"), IPv6Address("ff02::16"))

#: Of reports of one group: whether the sender is in it, and whether a router alert belongs to it (not in RFC 1112).
_OLD_REPORTS: Mapping[int, tuple[bool, bool]] = {
    IgmpType.V1_MEMBERSHIP_REPORT: (True, False),
    IgmpType.V2_MEMBERSHIP_REPORT: (True, True),
    IgmpType.V2_LEAVE_GROUP: (False, True),
}
_MLD_TYPES = frozenset(
    (
        Icmpv6Type.MULTICAST_LISTENER_QUERY,
        Icmpv6Type.MULTICAST_LISTENER_REPORT,
        Icmpv6Type.MULTICAST_LISTENER_DONE,
        Icmpv6Type.MULTICAST_LISTENER_REPORT_V2,
    )
)


def read_igmp(heard: Heard) -> Iterator[Said]:
    """Queries, reports and leaves of IGMP versions 1 to 3."""
    head = next(headers(heard.layer.parts), None)
    if head is None or not is_readable(heard):
        return
    kind: int = getattr(head, "type", 0)
    if kind == IgmpType.MEMBERSHIP_QUERY:
        yield from _queried(heard, _IGMP, head)
    elif kind == IgmpType.V3_MEMBERSHIP_REPORT:
        yield from _report(heard, _IGMP)
    elif kind in _OLD_REPORTS and isinstance(head, MembershipV1 | MembershipV2):
        is_member, needs_alert = _OLD_REPORTS[kind]
        yield _old_report(heard, _IGMP, head.group, is_member=is_member, needs_alert=needs_alert)


def read_mld(heard: Heard) -> Iterator[Said]:
    """Queries, reports and "done" of MLD versions 1 and 2; other ICMPv6 messages say nothing here."""
    head = next(headers(heard.layer.parts), None)
    kind = getattr(head, "type", None)
    if head is None or kind not in _MLD_TYPES or not is_readable(heard):
        return
    if kind == Icmpv6Type.MULTICAST_LISTENER_QUERY:
        yield from _queried(heard, _MLD, head)
    elif isinstance(head, ListenerMessage):
        yield _old_report(heard, _MLD, head.group, is_member=kind == Icmpv6Type.MULTICAST_LISTENER_REPORT)
    else:
        yield from _report(heard, _MLD)


def _queried(heard: Heard, family: Family, head: Header) -> Iterator[Saying]:
    """A general query of a version that its length tells; of other lengths "MUST be silently ignored"."""
    facts = _querier(head, heard.layer.stop - heard.layer.start)
    if facts is None or int(getattr(head, "group", 0)):
        return
    needs_alert = family is _MLD or facts.version > 1  # RFC 1112 knew no options
    manners = _manners(family.everybody, needs_alert=needs_alert)
    doubts = breaches(manners, heard)
    if heard.source == _NOBODY:
        doubts = (*doubts, "source 0.0.0.0: a bridge without an address of its own asks (RFC 4541, section 2.1.1)")
    yield Saying(family.querier, facts, _other_querier_present(facts), doubts)


def _querier(head: Header, size: int) -> Querier | None:
    """What a query says of the querier."""
    if isinstance(head, QueryV3 | LongQueryV3):
        return Querier(3, floating(head.interval) or None, floating(head.response) * 100, head.robustness or None)
    if isinstance(head, ListenerQuery):
        return Querier(2, floating(head.interval) or None, _long_floating(head.delay), head.robustness or None)
    if isinstance(head, ListenerMessage) and size == _OLD_QUERY[6]:
        return Querier(1, None, head.delay, None)
    if isinstance(head, MembershipV2) and size == _OLD_QUERY[4]:
        return Querier(2, None, head.response * 100, None)
    if isinstance(head, MembershipV1) and size == _OLD_QUERY[4]:
        return Querier(1, None, _RESPONSE_MS, None)
    return None


def _long_floating(code: int) -> int:
    """The milliseconds that MLD's code of 16 bits stands for (RFC 9777, section 5.1.3)."""
    return code if code < 0x8000 else (code & 0x0FFF | 0x1000) << ((code >> 12 & 0x07) + 3)


def _other_querier_present(facts: Querier) -> int:
    """How long other routers take the querier to be there (RFC 3376, section 8.5; RFC 9777, section 9.5)."""
    interval = _INTERVAL if facts.interval_s is None else facts.interval_s
    return (facts.robustness or _ROBUSTNESS) * interval * _SECOND + facts.max_response_ms * 1_000_000 // 2


def _manners(*groups: Address, needs_alert: bool = True, may_be_unspecified: bool = False) -> Manners:
    return Manners(
        ttl=1,
        groups=frozenset(groups),
        checksum=_CHECKSUM,
        only_groups=True,
        needs_alert=needs_alert,
        may_be_unspecified=may_be_unspecified,
    )


def _old_report(
    heard: Heard, family: Family, group: Address, *, is_member: bool, needs_alert: bool = True
) -> Membership:
    """A report of one group goes to the group itself; who leaves tells the routers, or some the group."""
    groups = (group,) if is_member else (group, family.routers)
    manners = _manners(*groups, needs_alert=needs_alert, may_be_unspecified=True)
    return _membership(heard, manners, group, is_member=is_member)


def _report(heard: Heard, family: Family) -> Iterator[Membership]:
    """All records of a report of the newest version that say who is in a group or is not."""
    manners = _manners(family.reports, may_be_unspecified=True)
    for record, sources in _records(heard.layer.parts):
        is_member = _is_member(record, sources)
        if is_member is not None:
            yield _membership(heard, manners, record.group, is_member=is_member)


def _records(parts: tuple[Part, ...]) -> Iterator[tuple[GroupRecord | ListenerRecord, int]]:
    """The records that hold as many sources as they say, and how many those are."""
    for part in parts:
        inside = list(headers(part.parts)) if isinstance(part, Branch) else []
        head = inside[0] if inside else None
        sources = sum(isinstance(header, Source | RecordSource) for header in inside)
        if isinstance(head, GroupRecord | ListenerRecord) and head.count == sources:
            yield head, sources


def _is_member(record: GroupRecord | ListenerRecord, sources: int) -> bool | None:
    """Whether the sender is in the group afterwards (RFC 3376, section 4.2.12); None where that is not said.

    Whoever wants a group without the traffic of some sources is in it, with that of no source is not. A change of
    sources adds to what was said before: of a source-specific group, which seldom has more than one, blocking
    is leaving.
    """
    match record.type:
        case RecordType.MODE_IS_INCLUDE | RecordType.CHANGE_TO_INCLUDE_MODE:
            return sources > 0
        case RecordType.MODE_IS_EXCLUDE | RecordType.CHANGE_TO_EXCLUDE_MODE:
            return True
        case RecordType.ALLOW_NEW_SOURCES if sources:
            return True
        case RecordType.BLOCK_OLD_SOURCES if _is_source_specific(record.group):
            return False
    return None


def _is_source_specific(group: Address) -> bool:
    mask, value = _SPECIFIC[group.version]
    return int(group) & mask == value


def _membership(heard: Heard, manners: Manners, group: Address, *, is_member: bool) -> Membership:
    doubts = breaches(manners, heard)
    return Membership(group, is_member, doubts if group.is_multicast else (*doubts, f"{group} is no group"))


READERS: Mapping[str, Reader] = {"igmp": read_igmp, "icmpv6": read_mld, "pim": read_pim}
