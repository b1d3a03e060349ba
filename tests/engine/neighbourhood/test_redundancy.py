"""What readers make of VRRP."""

import pytest

from app.engine.neighbourhood.facts import Vrrp
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

V2 = frame("keepalived", "vrrp.version=2", "vrrp.prio=150")
V3 = frame("keepalived", "vrrp.version=3", "vrrp.prio=255")
V6 = frame("keepalived", "vrrp.virt_rtr_id=61", "vrrp.prio=150")
SECOND = 1_000_000_000


@pytest.mark.parametrize(
    ("data", "lifetime"),
    [
        (V2, 3 * SECOND + 106 * SECOND // 256),
        (V3, 750_000_000 + 250_000_000 // 256),
        (V6, 750_000_000 + 106 * 250_000_000 // 256),
    ],
)
def test_a_master_is_believed_for_three_intervals_and_the_skew_time(data: bytes, lifetime: int) -> None:
    assert saying(data).lifetime == lifetime


def test_priority_0_says_that_the_master_leaves() -> None:
    goodbye = saying(frame("keepalived", "vrrp.version=2", "vrrp.prio=0"))

    assert (goodbye.is_goodbye, goodbye.lifetime) == (True, 0)


def test_groups_versions_and_families_are_roles_of_their_own() -> None:
    assert [saying(data).instance for data in (V2, V3, V6)] == ["51 v2 IPv4", "52 v3 IPv4", "61 v3 IPv6"]


@pytest.mark.parametrize(
    ("data", "doubt"),
    [
        (changed(V2, TTL4, b"\xfe"), "TTL 254 instead of 255"),
        (changed(V2, DESTINATION4 + 3, b"\x01"), "sent to 224.0.0.1 instead of 224.0.0.18"),
        (changed(V6, HOP_LIMIT, b"\x40"), "hop limit 64 instead of 255"),
        (changed(V6, SOURCE6, b"\xfd\0"), "source fd00::ff:fe00:3 is not link-local"),
        (V3[:40] + b"\xde\xad" + V3[42:], "wrong checksum"),
    ],
)
def test_an_advertisement_that_was_not_sent_as_they_are_is_suspicious(data: bytes, doubt: str) -> None:
    assert saying(data).suspicious == (doubt,)


def test_an_advertisement_of_no_address_is_suspicious() -> None:
    told = saying(datagram("10.0.0.1", "224.0.0.18", 112, "3101 64 00 0064 0000", ttl=255), LinkType.RAW)

    assert isinstance(told.facts, Vrrp)
    assert told.facts.addresses == ()
    assert told.suspicious == ("it names no address",)


@pytest.mark.parametrize(
    "message", ["4101 64 01 0064 0000 0a000001", "3201 64 01 0064 0000 0a000001", "3101 64 ff 0064 0000 0a000001"]
)
def test_other_versions_other_types_and_lists_that_end_early_say_nothing(message: str) -> None:
    assert said(datagram("10.0.0.1", "224.0.0.18", 112, message, ttl=255), LinkType.RAW) == []


@pytest.mark.parametrize("data", [V2, V3, V6])
def test_what_is_cut_says_nothing(data: bytes) -> None:
    end = 14 + int.from_bytes(data[16:18]) if data[14] >> 4 == 4 else len(data)

    assert [size for size in range(14, end) if said(data[:size])] == []
