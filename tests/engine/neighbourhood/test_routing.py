"""What readers make of RIP, RIPng and BFD."""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

import pytest

from app.engine.neighbourhood.facts import Bfd, HeardRoute, Rip
from app.engine.neighbourhood.readers.routing import MOST_ROUTES
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
RIP = frame("BIRD", "rip.command=2")
RIPNG = frame("BIRD", "ripng.rte.metric=255")
UP = frame("FRR", "bfd.sta=0x03")
#: Where UDP begins behind IPv4 and IPv6.
UDP4, UDP6 = 34, 54


def test_a_response_holds_for_three_minutes() -> None:
    assert [saying(data).lifetime for data in (RIP, RIPNG)] == [180 * SECOND, 180 * SECOND]


@pytest.mark.parametrize(
    ("entry", "routes"),
    [
        ("0002 0000 0a010000 ffff0000 00000000 00000003", [HeardRoute(IPv4Network("10.1.0.0/16"), 3, None)]),
        (
            "0002 0000 0a010001 ffff0000 0a000009 00000010",
            [HeardRoute(IPv4Network("10.1.0.0/16"), 16, IPv4Address("10.0.0.9"))],
        ),
        ("0002 0000 00000000 00000000 00000000 00000001", [HeardRoute(IPv4Network("0.0.0.0/0"), 1, None)]),
        ("0001 0000 0a010000 ffff0000 00000000 00000003", []),
    ],
)
def test_an_entry_is_a_route_by_its_mask(entry: str, routes: list[HeardRoute]) -> None:
    assert _routes(f"0202 0000 {entry}") == tuple(routes)


@pytest.mark.parametrize(
    "entry",
    [
        "0002 0000 0a010000 ff00ff00 00000000 00000003",  # a mask with gaps
        "0002 0000 0a010000 ffff0000 00000000 00000000",
        "0002 0000 0a010000 ffff0000 00000000 00000011",
        "0002 0000 e0000005 ffffffff 00000000 00000001",
        "0002 0000 7f000000 ff000000 00000000 00000001",
    ],
)
def test_a_route_that_no_router_takes_is_left_out_and_said(entry: str) -> None:
    told = saying(_rip(f"0202 0000 {entry}"), LinkType.RAW)

    assert isinstance(told.facts, Rip)
    assert told.facts.routes == ()
    assert told.suspicious == ("a route that cannot be",)


@pytest.mark.parametrize(
    ("address", "prefix"),
    [
        ("0a000000", "10.0.0.0/8"),
        ("ac100000", "172.16.0.0/16"),
        ("c0000200", "192.0.2.0/24"),
        ("c0000201", "192.0.2.1/32"),
        ("00000000", "0.0.0.0/0"),
    ],
)
def test_version_1_means_a_class_or_a_host(address: str, prefix: str) -> None:
    entry = f"0002 0000 {address} 00000000 00000000 00000001"

    assert _routes(f"0201 0000 {entry}", "10.0.0.255") == (HeardRoute(IPv4Network(prefix), 1, None),)


def test_a_next_hop_holds_for_the_routes_behind_it() -> None:
    facts = saying(RIPNG).facts

    assert isinstance(facts, Rip)
    assert facts.routes == (
        HeardRoute(IPv6Network("fd00:77::/64"), 1, None),
        HeardRoute(IPv6Network("2001:db8:1::1/128"), 1, IPv6Address("fe80::ff:fe00:1")),
        HeardRoute(IPv6Network("2001:db8:2::1/128"), 1, IPv6Address("fe80::ff:fe00:2")),
    )


@pytest.mark.parametrize(
    ("data", "doubt"),
    [
        (changed(RIP, TTL4, b"\x40"), "TTL 64 instead of 1"),
        (changed(RIP, DESTINATION4 + 3, b"\x01"), "sent to 224.0.0.1 instead of 224.0.0.9"),
        (changed(RIP, UDP4, b"\x10\x00"), "from port 4096 instead of 520"),
        (changed(RIPNG, HOP_LIMIT, b"\xfe"), "hop limit 254 instead of 255"),
        (changed(RIPNG, SOURCE6, b"\xfd\0"), "source fd00::ff:fe00:4 is not link-local"),
        (changed(RIPNG, UDP6, b"\x10\x00"), "from port 4096 instead of 521"),
        (RIP[: UDP4 + 6] + b"\xde\xad" + RIP[UDP4 + 8 :], "wrong UDP checksum"),
        (changed(UP, TTL4, b"\xfe"), "TTL 254 instead of 255"),
        (changed(UP, UDP4 + 8 + 2, b"\x00"), "detect multiplier 0"),
        (changed(UP, UDP4 + 8 + 4, bytes(4)), "my discriminator 0"),
        (changed(UP, UDP4 + 8 + 8, bytes(4)), "state up without your discriminator"),
        (changed(UP, UDP4 + 8 + 1, b"\xc1"), "the multipoint bit is set"),
    ],
)
def test_what_was_not_sent_as_it_has_to_be_is_suspicious(data: bytes, doubt: str) -> None:
    assert saying(data).suspicious == (doubt,)


def test_a_checksum_that_was_left_to_the_network_card_is_not_suspicious() -> None:
    pseudo_header = sum((0x0A4D, 0x0004, 0xE000, 0x0009, 17, 72))
    left = (pseudo_header & 0xFFFF) + (pseudo_header >> 16)

    assert saying(RIP[: UDP4 + 6] + left.to_bytes(2) + RIP[UDP4 + 8 :]).suspicious == ()


def test_an_answer_to_one_router_may_have_any_hop_limit() -> None:
    answer = frame("FRR", "ripng.rte.prefix_length=128")

    assert answer[HOP_LIMIT] == 64
    assert saying(answer).suspicious == ()


def test_thousands_of_routes_are_bounded() -> None:
    entries = b"".join(
        bytes.fromhex("00020000") + (0x0A000000 + n).to_bytes(4) + b"\xff" * 4 + bytes(7) + b"\1" for n in range(3000)
    )

    facts = saying(_rip(bytes.fromhex("02020000") + entries), LinkType.RAW)

    assert isinstance(facts.facts, Rip)
    assert len(facts.facts.routes) == MOST_ROUTES


@pytest.mark.parametrize("data", [RIP, RIPNG, UP])
def test_what_is_cut_says_nothing(data: bytes) -> None:
    assert [size for size in range(14, len(data)) if said(data[:size])] == []


def test_a_session_holds_for_its_detection_time() -> None:
    session = saying(UP)

    assert session.facts == Bfd("up", 0xE7B559BD, 5)
    assert session.lifetime == 5 * 300_000_000
    assert session.instance == str(0xE7B559BD)


def test_a_session_that_is_administratively_down_says_goodbye() -> None:
    down = saying(changed(UP, UDP4 + 8 + 1, b"\x00"))

    assert isinstance(down.facts, Bfd)
    assert (down.facts.state, down.is_goodbye) == ("admin down", True)


@pytest.mark.parametrize("change", [(UDP4 + 2, b"\x12\xb0"), (UDP4 + 8, b"\x00"), (UDP4 + 8 + 3, b"\x17")])
def test_sessions_over_several_hops_other_versions_and_absurd_lengths_say_nothing(change: tuple[int, bytes]) -> None:
    assert said(changed(UP, *change)) == []


def _rip(message: str | bytes, destination: str = "224.0.0.9") -> bytes:
    payload = message if isinstance(message, bytes) else bytes.fromhex(message)
    udp = bytes.fromhex("0208 0208") + (8 + len(payload)).to_bytes(2) + bytes(2)
    return datagram("10.0.0.1", destination, 17, udp + payload)


def _routes(message: str, destination: str = "224.0.0.9") -> tuple[HeardRoute, ...]:
    told = saying(_rip(message, destination), LinkType.RAW)
    assert isinstance(told.facts, Rip)
    assert told.suspicious == ()
    return told.facts.routes
