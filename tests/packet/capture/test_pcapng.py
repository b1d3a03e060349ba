"""The newer capture format: sections, interfaces, packets of three kinds, and what is told besides."""

import struct

import pytest

from app.packet.capture.captured import Way
from app.packet.link.linktype import LinkType
from tests.packet.capture.making import (
    START,
    block,
    catalogued,
    enhanced,
    everything,
    interface,
    names,
    obsolete,
    option,
    read_until_fault,
    section,
    simple,
)


@pytest.mark.parametrize("order", ["<", ">"])
def test_two_interfaces_have_stamps_of_their_own_resolution(order: str) -> None:
    data = (
        section(order)
        + interface(order, LinkType.ETHERNET)
        + interface(order, LinkType.RAW, options=option(order, 9, b"\x09") + option(order, 2, b"eth1"))
        + enhanced(order, 0, 1_700_000_000_000_001, b"ether")
        + enhanced(order, 1, START, b"raw")
    )
    (first, second), _ = read_until_fault(data)
    assert (first.time_ns, first.link, first.interface) == (1_700_000_000_000_001_000, LinkType.ETHERNET, "0")
    assert (second.time_ns, second.link, second.interface) == (START, LinkType.RAW, "eth1")
    assert (first.interface_number, second.interface_number) == (0, 1)


@pytest.mark.parametrize(
    ("resolution", "stamp", "time_ns"),
    [
        (0, 17, 17_000_000_000),
        (3, 17, 17_000_000),
        (9, START, START),
        (12, 17_999, 17),
        (127, 1 << 60, 0),
        (0x80, 17, 17_000_000_000),
        (0x80 | 10, 512, 500_000_000),
        (0x80 | 63, 1 << 62, 500_000_000),
    ],
)
def test_every_resolution_becomes_nanoseconds(resolution: int, stamp: int, time_ns: int) -> None:
    described = interface("<", LinkType.RAW, options=option("<", 9, bytes((resolution,))))
    read, _ = read_until_fault(section("<") + described + enhanced("<", 0, stamp, b"x"))
    assert read[0].time_ns == time_ns


@pytest.mark.parametrize("offset", [1_700_000_000, -60])
def test_an_offset_in_seconds_is_added(offset: int) -> None:
    described = interface("<", LinkType.RAW, options=option("<", 14, struct.pack("<q", offset)))
    read, _ = read_until_fault(section("<") + described + enhanced("<", 0, 250_000, b"x"))
    assert read[0].time_ns == offset * 1_000_000_000 + 250_000_000


def test_a_simple_packet_has_no_time_and_is_cut_at_the_snap_length() -> None:
    data = section("<") + interface("<", LinkType.RAW, snap=4) + simple("<", 9, b"four")
    (packet,), _ = read_until_fault(data)
    assert (packet.time_ns, packet.data, packet.length) == (None, b"four", 9)


def test_an_obsolete_packet_tells_how_many_were_lost_before_it() -> None:
    data = section("<") + interface("<", LinkType.RAW) + obsolete("<", 0, 7, 1, b"a") + obsolete("<", 0, 0xFFFF, 2, b"")
    (told, untold), _ = read_until_fault(data)
    assert (told.time_ns, told.data, told.dropped) == (1000, b"a", 7)
    assert (untold.time_ns, untold.data, untold.dropped) == (2000, b"", None)


def test_an_enhanced_packet_tells_direction_losses_and_all_its_comments() -> None:
    told = b"".join(
        (
            option("<", 1, "grüß\x1bgott".encode()),
            option("<", 2, struct.pack("<I", 0x8000_0002)),
            option("<", 4, struct.pack("<Q", 3)),
            option("<", 1, b"again"),
        )
    )
    data = section("<") + interface("<", LinkType.RAW) + enhanced("<", 0, 1, b"odd", told)
    (packet,), _ = read_until_fault(data)
    assert packet.comments == ("grüß␛gott", "again")
    assert (packet.direction, packet.flags, packet.dropped) == (Way.OUT, 0x8000_0002, 3)


def test_a_second_section_starts_its_interfaces_anew_and_counts_them_on() -> None:
    one = section("<") + interface("<", LinkType.RAW) + enhanced("<", 0, 1, b"a")
    two = section(">") + interface(">", LinkType.ETHERNET) + enhanced(">", 0, 2, b"b")
    read, _ = read_until_fault(one + two)
    assert [(packet.link, packet.interface_number) for packet in read] == [(LinkType.RAW, 0), (LinkType.ETHERNET, 1)]


@pytest.mark.parametrize("order", ["<", ">"])
def test_names_counters_and_comments_of_the_file_are_kept(order: str) -> None:
    catalogue = catalogued(everything(order))
    assert catalogue.names == {"192.0.2.1": "router.example", "::1": "localhost"}
    assert [(each.interface, each.at, each.received) for each in catalogue.statistics] == [(0, (1 << 32) + 2, 99)]
    assert [each.name for each in catalogue.interfaces] == ["eth0", ""]
    assert catalogue.fault is None


def test_what_is_passed_over_is_said_and_secrets_are_not() -> None:
    remarks = catalogued(everything("<") + block("<", 0xBAD, struct.pack("<I", 32473))).remarks
    assert remarks == (
        "of the file",
        "written by by hand",
        "2 × custom block of enterprise 32473, passed over",
        "1 × decryption secrets (tls key log), not shown",
        "1 × block of type 0x12345678, passed over",
    )


def test_names_that_lie_about_their_length_are_ignored() -> None:
    catalogue = catalogued(section("<") + names("<", (1, b"\1\2"), (2, bytes(16)), (1, b"\1\2\3\4ok")))
    assert catalogue.names == {"1.2.3.4": "ok"}


def test_five_thousand_interfaces_are_told_apart() -> None:
    many = b"".join(interface("<", number) for number in range(5000))
    (packet,), fault = read_until_fault(section("<") + many + enhanced("<", 4321, 1, b"x"))
    assert (packet.link, packet.interface_number, fault) == (4321, 4321, None)


def test_more_interfaces_than_any_capture_has_end_the_file() -> None:
    many = interface("<", 1) * 0x10001
    _, fault = read_until_fault(section("<") + many)
    assert fault == "at byte 1310748: more than 65536 interfaces, which no capture has"
