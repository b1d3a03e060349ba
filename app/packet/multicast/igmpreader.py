"""Reading IGMP messages out of a frame; what only travels in IGMP is handed on: DVMRP, mtrace, PIM version 1."""

from collections.abc import Mapping

from app.packet.dissection import Severity
from app.packet.layout import Header
from app.packet.multicast.dvmrp import read_dvmrp
from app.packet.multicast.igmp import (
    CreateGroup,
    Extension,
    ExtensionType,
    GroupRecord,
    GroupReply,
    GroupRequest,
    Igmp,
    IgmpType,
    LongQueryV3,
    MembershipV1,
    MembershipV2,
    QueryV3,
    RecordType,
    ReportV3,
    RouterAdvertisement,
    RouterSolicitation,
    Source,
    Unread,
    floating,
    tenths,
)
from app.packet.multicast.mtrace import read_trace
from app.packet.multicast.pim1 import read_pim1
from app.packet.reading import Reading, Step
from app.packet.registry import Protocol
from app.packet.walk import Message, Walk, counted, few, read_message

#: RFC 3376, section 7.1: lengths that tell the versions of a query apart.
_SHORT_QUERY, _LONG_QUERY = 8, 12
_VERBS: dict[int, str] = {
    RecordType.MODE_IS_INCLUDE: "is include",
    RecordType.MODE_IS_EXCLUDE: "is exclude",
    RecordType.CHANGE_TO_INCLUDE_MODE: "to include",
    RecordType.CHANGE_TO_EXCLUDE_MODE: "to exclude",
    RecordType.ALLOW_NEW_SOURCES: "allow",
    RecordType.BLOCK_OLD_SOURCES: "block",
}


def read_igmp(reading: Reading, at: int, stop: int) -> Step | None:
    """An IGMP message, or one of the protocols that travel in it."""
    kind = reading.take(Igmp, at, stop).type
    if kind == IgmpType.DVMRP:
        read_dvmrp(reading, at, stop)
        return None
    if kind == IgmpType.PIM_VERSION_1:
        return read_pim1(reading, at, stop)
    reading.verify(Protocol.IGMP, at, stop)
    read_message(reading, at, stop, Igmp.LAYOUT, _MESSAGES.get(kind, _unread))
    return None


def _query(walk: Walk) -> str:
    size = walk.stop - walk.at
    if size >= _LONG_QUERY:
        return _query_v3(walk)
    if size > _SHORT_QUERY:
        text = f"a query of {size} bytes is of no version (RFC 3376, section 7.1)"
        walk.reading.note(Severity.ERROR, walk.at, text)
    if walk.reading.data[walk.at + 1 : walk.at + 2] == b"\0":
        return f"IGMPv1 query{_about(walk.take(MembershipV1))}"
    query = walk.take(MembershipV2)
    return f"IGMPv2 query{_about(query)}, max response {tenths(query.response)}"


def _query_v3(walk: Walk) -> str:
    is_long = walk.reading.data[walk.at + 1] >= 0x80
    query: QueryV3 | LongQueryV3 = walk.take(LongQueryV3) if is_long else walk.take(QueryV3)
    walk.says = f"IGMPv3 query{_about(query)}"
    sources = _sources(walk, query.count)
    if query.has_extensions:
        _extensions(walk)
    told = f", sources {few(sources)}" if sources else ""
    response = tenths(floating(query.response))
    return f"{walk.says}{told}, max response {response}, interval {floating(query.interval)} s"


def _about(query: MembershipV1 | MembershipV2 | LongQueryV3) -> str:
    return f" for {query.group}" if int(query.group) else ""


def _sources(walk: Walk, count: int) -> list[str]:
    return [str(walk.take(Source).address) for _ in range(count)]


def _report_v3(walk: Walk) -> str:
    report = walk.take(ReportV3)
    walk.says = f"IGMPv3 report, {counted(report.count, 'group')}"
    told = [_record(walk) for _ in range(report.count)]
    if report.has_extensions:
        _extensions(walk)
    return f"{walk.says}{': ' if told else ''}{few(told)}"


def _record(walk: Walk) -> str:
    """One group record, and what it says: the group, the verb and the sources."""
    with walk.under("igmp.record", "group record") as words:
        record = walk.take(GroupRecord)
        words.append(f"{record.group} {RecordType(record.type).words}")
        sources = _sources(walk, record.count)
        walk.rest("igmp.aux_data", "auxiliary data", walk.at + record.auxiliary * 4)
    return f"{record.group} {_VERBS.get(record.type, f'type {record.type}')} {{{few(sources)}}}"


def _extensions(walk: Walk) -> None:
    """The extensions that RFC 9279 lets follow where its E flag is set."""
    while walk.lasts():
        with walk.under("igmp.extension", "extension") as words:
            head = walk.take(Extension)
            words.append(ExtensionType(head.type).words)
            walk.rest("igmp.extension.value", "value", walk.at + head.length)


def _membership(kind: type[MembershipV1 | MembershipV2], words: str) -> Message:
    return lambda walk: f"{words} {walk.take(kind).group}"


def _old(kind: type[CreateGroup | GroupReply | GroupRequest]) -> Message:
    def read(walk: Walk) -> str:
        message = walk.take(kind)
        return f"IGMPv0 {IgmpType(message.type).words} {message.group}"

    return read


def _router(kind: type[Header]) -> Message:
    def read(walk: Walk) -> str:
        words = IgmpType(walk.take(Igmp).type).words
        with walk.under("igmp.data", "router discovery"):
            walk.take(kind)
            walk.rest("igmp.data")
        return words

    return read


def _unread(walk: Walk) -> str:
    kind = IgmpType(walk.take(Igmp).type)
    if walk.lasts():
        with walk.under("igmp.data", "data"):
            walk.take(Unread)
            walk.rest("igmp.data")
    return f"IGMP {kind.words}" if kind.is_assigned else f"IGMP type 0x{kind:02x}"


_MESSAGES: Mapping[int, Message] = {
    IgmpType.CREATE_GROUP_REQUEST: _old(CreateGroup),
    IgmpType.CREATE_GROUP_REPLY: _old(GroupReply),
    IgmpType.JOIN_GROUP_REQUEST: _old(GroupRequest),
    IgmpType.JOIN_GROUP_REPLY: _old(GroupReply),
    IgmpType.LEAVE_GROUP_REQUEST: _old(GroupRequest),
    IgmpType.LEAVE_GROUP_REPLY: _old(GroupReply),
    IgmpType.CONFIRM_GROUP_REQUEST: _old(GroupRequest),
    IgmpType.CONFIRM_GROUP_REPLY: _old(GroupReply),
    IgmpType.MEMBERSHIP_QUERY: _query,
    IgmpType.V1_MEMBERSHIP_REPORT: _membership(MembershipV1, "IGMPv1 report"),
    IgmpType.V2_MEMBERSHIP_REPORT: _membership(MembershipV2, "IGMPv2 report"),
    IgmpType.V2_LEAVE_GROUP: _membership(MembershipV2, "IGMPv2 leave"),
    IgmpType.MULTICAST_TRACEROUTE_RESPONSE: read_trace,
    IgmpType.MULTICAST_TRACEROUTE: read_trace,
    IgmpType.V3_MEMBERSHIP_REPORT: _report_v3,
    IgmpType.MULTICAST_ROUTER_ADVERTISEMENT: _router(RouterAdvertisement),
    IgmpType.MULTICAST_ROUTER_SOLICITATION: _router(RouterSolicitation),
    IgmpType.MULTICAST_ROUTER_TERMINATION: _router(RouterSolicitation),
}
