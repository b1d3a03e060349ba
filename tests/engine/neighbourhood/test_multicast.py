"""What readers make of IGMP, MLD and PIM: queriers and their times, members, designated routers, and oddities."""

from ipaddress import IPv4Address, ip_address

import pytest

from app.engine.neighbourhood.facts import Bootstrap, Pim, Querier, RoleKind
from app.engine.neighbourhood.readers.pim import elected_dr
from app.engine.neighbourhood.saying import Membership
from app.packet.link.linktype import LinkType
from tests.engine.neighbourhood.frames import (
    DESTINATION4,
    HOP_LIMIT,
    SOURCE6,
    TTL4,
    changed,
    datagram,
    frame,
    said,
    saying,
)

SECOND = 1_000_000_000
QUERY = frame("bridge", "igmp.version=3", "igmp.type=0x11")
QUERY_V2 = frame("bridge", "igmp.version=2")
MLD_QUERY = frame("bridge", "icmpv6.mld.qqi=3")
REPORT = frame("Linux", "igmp.record_type=5")
REPORT_V2 = frame("Linux", "igmp.type=0x16")
MLD_REPORT = frame("Linux", "icmpv6.mldr.mar.record_type=4")
HELLO = frame("FRR", "pim.holdtime=3")
#: Where the IGMP message begins behind an IP header with router alert.
IGMP = 38


@pytest.mark.parametrize(
    ("data", "seconds"),
    [
        (QUERY, 2 * 3 + 0.5),
        (QUERY_V2, 2 * 125 + 0.5),
        (changed(QUERY_V2, IGMP + 1, b"\x64"), 255),
        (changed(QUERY_V2, IGMP + 1, b"\x00"), 255),
        (changed(QUERY, IGMP + 8, b"\x00"), 2 * 3 + 0.5),  # a robustness that does not fit is not told
        (changed(QUERY, IGMP + 9, b"\x00"), 2 * 125 + 0.5),
        (MLD_QUERY, 2 * 3 + 0.5),
        (frame("bridge", "icmpv6.mld.maximum_response_delay=1000"), 2 * 125 + 0.5),
    ],
)
def test_a_querier_is_believed_for_the_other_querier_present_interval(data: bytes, seconds: float) -> None:
    assert saying(data).lifetime == seconds * SECOND


@pytest.mark.parametrize(
    ("data", "facts"),
    [
        (changed(QUERY_V2, IGMP + 1, b"\x00"), Querier(1, None, 10_000, None)),
        (QUERY_V2, Querier(2, None, 1000, None)),
        (changed(QUERY, IGMP + 1, b"\xff"), Querier(3, 3, 3_174_400, 2)),
        (changed(QUERY, IGMP + 9, b"\x8f"), Querier(3, 31 << 3, 1000, 2)),
        (changed(MLD_QUERY, 14 + 40 + 8 + 4, b"\x9f\xff"), Querier(2, 3, 0x1FFF << 4, 2)),
    ],
)
def test_version_and_times_follow_from_length_and_codes(data: bytes, facts: Querier) -> None:
    assert saying(data).facts == facts


@pytest.mark.parametrize(
    ("data", "doubts"),
    [
        (changed(QUERY, TTL4, b"\x02"), ("TTL 2 instead of 1",)),
        (changed(QUERY, DESTINATION4, bytes((10, 88, 0, 9))), ("sent to 10.88.0.9 instead of 224.0.0.1",)),
        (changed(QUERY, IGMP - 4, bytes(4)), ("no router alert option",)),
        (changed(MLD_QUERY, HOP_LIMIT, b"\xff"), ("hop limit 255 instead of 1",)),
        (changed(MLD_QUERY, SOURCE6, b"\xfd\0"), ("source fd00::e421:cff:fe9f:7ac6 is not link-local",)),
    ],
)
def test_a_query_that_was_not_sent_as_queries_are_is_suspicious(data: bytes, doubts: tuple[str, ...]) -> None:
    assert saying(data).suspicious == doubts


def test_a_query_of_version_1_needs_no_router_alert() -> None:
    old = datagram("10.0.0.1", "224.0.0.1", 2, "1100 0000 00000000")

    assert saying(old, LinkType.RAW).suspicious == ()


def test_options_that_the_kernel_did_not_show_are_not_missed() -> None:
    message = datagram("fe80::1", "ff02::1", 58, "8200 0000 03e8 0000 00000000000000000000000000000000 02 7d 0000")

    (shown,), (rebuilt,) = said(message, LinkType.RAW), said(message, LinkType.RAW, rebuilt=40)

    assert getattr(shown, "suspicious", None) == ("no router alert option",)
    assert getattr(rebuilt, "suspicious", None) == ()


@pytest.mark.parametrize("length", [9, 11])
def test_a_query_of_no_version_says_nothing(length: int) -> None:
    assert said(datagram("10.0.0.1", "224.0.0.1", 2, bytes((0x11, 1)) + bytes(length - 2)), LinkType.RAW) == []


@pytest.mark.parametrize("data", [QUERY, MLD_QUERY, REPORT, MLD_REPORT, HELLO])
def test_what_is_cut_says_nothing(data: bytes) -> None:
    assert [said(data[:size]) for size in range(14, len(data)) if said(data[:size])] == []


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        ("01 00 0001 e8010101 c0000201", True),
        ("01 00 0000 ef010101", False),
        ("02 00 0000 ef010101", True),
        ("02 00 0001 ef010101 c0000201", True),
        ("03 00 0001 ef010101 c0000201", True),
        ("03 00 0000 ef010101", False),
        ("04 00 0000 ef010101", True),
        ("05 00 0001 ef010101 c0000201", True),
        ("05 00 0000 ef010101", None),
        ("06 00 0001 ef010101 c0000201", None),  # an exclude list grows: it stays in the group
        ("06 00 0001 e8010101 c0000201", False),
        ("63 00 0000 ef010101", None),
        ("04 01 0000 ef010101 deadbeef", True),
    ],
)
def test_each_record_says_whether_its_sender_is_in_the_group(record: str, expected: bool | None) -> None:
    told = said(_report(record), LinkType.RAW)

    assert [each.is_member for each in told if isinstance(each, Membership)] == [] if expected is None else [expected]


@pytest.mark.parametrize("record", ["04 00 0005 ef010101 c0000201", "03 00 ffff ef010101"])
def test_a_report_whose_record_ends_too_early_says_nothing(record: str) -> None:
    assert said(_report(record), LinkType.RAW) == []


@pytest.mark.parametrize(
    ("data", "doubts"),
    [
        (changed(REPORT_V2, DESTINATION4 + 3, b"\x08"), ("sent to 232.7.7.8 instead of 232.7.7.7",)),
        (changed(REPORT_V2, TTL4, b"\x40"), ("TTL 64 instead of 1",)),
        (changed(REPORT_V2, IGMP + 4, b"\x0a"), ("sent to 232.7.7.7 instead of 10.7.7.7", "10.7.7.7 is no group")),
        (changed(MLD_REPORT, SOURCE6, bytes(16)), ()),  # RFC 9777, section 5.2.13
    ],
)
def test_a_report_that_was_not_sent_as_reports_are_is_suspicious(data: bytes, doubts: tuple[str, ...]) -> None:
    (told,) = said(data)

    assert isinstance(told, Membership)
    assert told.suspicious == doubts


def test_thousands_of_records_are_bounded() -> None:
    records = b"".join(bytes.fromhex("04000000") + (0xEF000000 + number).to_bytes(4) for number in range(7000))
    head = bytes.fromhex("2200 0000 0000") + (7000).to_bytes(2)

    assert len(said(datagram("10.0.0.1", "224.0.0.22", 2, head + records), LinkType.RAW)) <= 2000


def test_a_hello_holds_for_its_hold_time_and_0_says_goodbye() -> None:
    lasting, goodbye = saying(HELLO), saying(frame("FRR", "pim.holdtime=0"))

    assert (lasting.lifetime, lasting.is_goodbye) == (3 * SECOND, False)
    assert (goodbye.lifetime, goodbye.is_goodbye) == (0, True)


@pytest.mark.parametrize(("options", "lifetime"), [("0001 0002 ffff", None), ("", 105 * SECOND)])
def test_a_hold_time_may_be_endless_or_the_default(options: str, lifetime: int | None) -> None:
    assert saying(datagram("10.0.0.1", "224.0.0.13", 103, f"2000 0000 {options}"), LinkType.RAW).lifetime == lifetime


def test_a_hello_whose_option_is_longer_than_the_message_says_nothing() -> None:
    message = datagram("10.0.0.1", "224.0.0.13", 103, "2000 0000 0001 0002 0069 0013 0004 00")

    assert said(message, LinkType.RAW) == []


@pytest.mark.parametrize(
    ("source", "destination", "ttl", "doubts"),
    [
        ("10.0.0.1", "224.0.0.13", 64, ("TTL 64 instead of 1",)),
        ("10.0.0.1", "10.0.0.2", 1, ("sent to 10.0.0.2 instead of 224.0.0.13",)),
        ("fd00::1", "ff02::d", 1, ("source fd00::1 is not link-local",)),
    ],
)
def test_a_hello_that_was_not_sent_as_hellos_are_is_suspicious(
    source: str, destination: str, ttl: int, doubts: tuple[str, ...]
) -> None:
    message = datagram(source, destination, 103, "2000 0000 0001 0002 0069", ttl=ttl)

    assert saying(message, LinkType.RAW).suspicious == doubts


def test_a_bootstrap_message_names_the_router_and_its_points() -> None:
    message = (
        "2400 0000 1234 1e 05 0100 c0000201"  # BSR 192.0.2.1, priority 5
        "0100 0004 e0000000 02 02 0000 0100 c0000202 0096 01 00 0100 c0000203 0096 01 00"
    )

    told = saying(datagram("10.0.0.1", "224.0.0.13", 103, message), LinkType.RAW)

    points = (IPv4Address("192.0.2.2"), IPv4Address("192.0.2.3"))
    assert told.kind is RoleKind.PIM_BOOTSTRAP
    assert told.facts == Bootstrap(IPv4Address("192.0.2.1"), 5, points)
    assert told.lifetime == 130 * SECOND


def test_bootstrap_messages_of_both_families_are_two_roles() -> None:
    four = datagram("10.0.0.1", "224.0.0.13", 103, "2400 0000 1234 1e 05 0100 c0000201")
    six = datagram("fe80::1", "ff02::d", 103, "2400 0000 1234 7e 05 0200 20010db8000000000000000000000001")

    assert [saying(each, LinkType.RAW).instance for each in (four, six)] == ["", "IPv6"]


@pytest.mark.parametrize(
    ("hellos", "expected"),
    [
        ({}, None),
        ({"10.0.0.1": 1, "10.0.0.2": 1}, "10.0.0.2"),
        ({"10.0.0.1": 5, "10.0.0.2": 1}, "10.0.0.1"),
        ({"10.0.0.1": 5, "10.0.0.2": 1, "10.0.0.3": None}, "10.0.0.3"),
        ({"10.0.0.1": 4_294_967_295, "10.0.0.2": 0}, "10.0.0.1"),
        ({"fe80::9": 1, "fe80::10": 1}, "fe80::10"),
    ],
)
def test_the_designated_router_is_elected_as_the_rfc_says(hellos: dict[str, int | None], expected: str | None) -> None:
    elected = elected_dr((ip_address(address), Pim(105, priority, 1)) for address, priority in hellos.items())

    assert elected == (None if expected is None else ip_address(expected))


def _report(record: str) -> bytes:
    return datagram("10.0.0.1", "224.0.0.22", 2, f"2200 0000 0000 0001 {record}")
