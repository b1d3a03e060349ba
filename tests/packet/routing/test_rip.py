"""RIP and RIPng, written from RFC 1058, RFC 2453, RFC 4822 and RFC 2080."""

import pytest

from app.packet.dissect import dissect
from tests.packet.link.frames import shown, texts
from tests.packet.routing.datagrams import V6, udp

NET = "00020007 0a010000 ffff0000 00000000 00000003"
POISONED = "00020000 0a020000 ff00ff00 0a000009 00000010"


@pytest.mark.parametrize(
    ("text", "summary"),
    [
        ("01010000 0000000000000000000000000000000000000010", "RIPv1 request, whole table"),
        ("01020000 0000000000000000000000000000000000000010", "RIPv2 request, whole table"),
        ("02010000 000200000a0000000000000000000000 00000001", "RIPv1 response, 1 route"),
        (f"02020000 {NET} {POISONED} {NET}", "RIPv2 response, 3 routes"),
        ("02020000", "RIPv2 response, 0 routes"),
        (f"02020000 {NET} 00020000", "RIPv2 response, cut short"),
    ],
)
def test_what_a_message_says(text: str, summary: str) -> None:
    assert dissect(udp(520, text)).summary == summary


def test_a_route_says_its_prefix_or_its_odd_netmask() -> None:
    dissection = dissect(udp(520, f"02020000 {NET} {POISONED}"))

    assert shown(dissection, "rip.entry") == ["10.1.0.0/16 metric 3", "10.2.0.0 mask 255.0.255.0 unreachable"]
    assert shown(dissection, "rip.route_tag") == ["7", "0"]


def test_a_password_is_no_route() -> None:
    dissection = dissect(udp(520, f"02020000 ffff0002 {b'secret'.hex()}00000000000000000000 {NET}"))

    assert dissection.summary == "RIPv2 response, 1 route"
    assert shown(dissection, "rip.auth.passwd") == ["secret"]


def test_a_digest_stands_where_the_authentication_says() -> None:
    # RFC 4822, section 2.2; the digest is shorter than any function makes it
    text = f"02020000 ffff0003 002c 01 14 65644c1c 0000000000000000 {NET} ffff0001 00112233"

    dissection = dissect(udp(520, text))

    assert dissection.summary == "RIPv2 response, 1 route"
    assert shown(dissection, "rip.key_id") == ["1"]
    assert shown(dissection, "rip.authentication_data") == ["00112233"]


def test_a_digest_beyond_the_end_hides_no_route() -> None:
    dissection = dissect(udp(520, f"02020000 ffff0003 ffff 01 14 65644c1c 0000000000000000 {NET}"))

    assert dissection.summary == "RIPv2 response, 1 route"


def test_an_entry_of_another_family_is_named_so() -> None:
    dissection = dissect(udp(520, f"02020000 00070000{'00' * 16}"))

    assert shown(dissection, "rip.unknown_address_family") == ["family 7"]


def test_routes_without_end_come_to_an_end() -> None:
    dissection = dissect(udp(520, f"02020000 {NET * 3000}"))

    assert dissection.summary == "RIPv2 response, cut short"
    assert texts(dissection)[-1] == "more than 2000 parts: the rest is not shown"


PREFIX = "20010db8000000000000000000000000 0000 20 01"
NEXT_HOP = "fe800000000000000000000000000009 0000 00 ff"
EVERYTHING = "00000000000000000000000000000000 0000 00 10"


@pytest.mark.parametrize(
    ("text", "summary"),
    [
        (f"01010000 {EVERYTHING}", "RIPng request, whole table"),
        (f"02010000 {NEXT_HOP} {PREFIX} {PREFIX}", "RIPng response, 2 routes"),
        (f"02010000 {PREFIX} 2001", "RIPng response, cut short"),
    ],
)
def test_what_a_message_for_ipv6_says(text: str, summary: str) -> None:
    assert dissect(udp(521, text, V6)).summary == summary


def test_a_next_hop_is_told_from_a_route() -> None:
    dissection = dissect(udp(521, f"02010000 {NEXT_HOP} {PREFIX}", V6))

    assert shown(dissection, "ripng.rte") == ["next hop fe80::9", "2001:db8::/32 metric 1"]
