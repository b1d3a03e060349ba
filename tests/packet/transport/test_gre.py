"""GRE, written from RFC 1701, RFC 2784, RFC 2890 and RFC 2637."""

import pytest

from app.packet.compose import echo_message, ip_datagram
from app.packet.dissect import dissect
from app.packet.registry import Protocol
from tests.packet.link.frames import shown, texts
from tests.packet.routing.datagrams import V4, ip, summed

INNER = ip_datagram(V4, Protocol.ICMP, echo_message(V4, 1, 2, b"")).hex()
#: Behind the header of an Ethernet frame, and behind all of what GRE carries.
IP = ["ip", "icmp"]
FRAME = f"020000000002 020000000001 0800 {INNER}"


def names(data: bytes) -> list[str]:
    """The layers behind the outer IP header."""
    return [layer.name for layer in dissect(data).layers[1:]]


def header(data: bytes) -> str:
    """What the GRE header says."""
    return next(layer.summary for layer in dissect(data).layers if layer.name == "gre")


@pytest.mark.parametrize(
    ("text", "words", "layers"),
    [
        (f"0000 0800 {INNER}", "GRE, ipv4", ["gre", *IP]),
        (f"2000 0800 00000007 {INNER}", "GRE, key 7, ipv4", ["gre", *IP]),
        (f"3000 0800 00000007 00000009 {INNER}", "GRE, key 7, seq 9, ipv4", ["gre", *IP]),
        (f"0000 6558 {FRAME}", "GRE, transparent ethernet", ["gre", "eth", *IP]),
        (f"3001 880b 00200005 00000001 ff03 0021 {INNER}", "PPTP GRE, call 5, seq 1, ppp", ["gre", "ppp", *IP]),
        ("2081 880b 00000005 00000002", "PPTP GRE, call 5, ack 2, ppp", ["gre"]),
        (f"1000 88be 00000001 1064 0005 00000003 {FRAME}", "GRE, seq 1, erspan", ["gre", "erspan", "eth", *IP]),
        (f"0000 88be {FRAME}", "GRE, erspan", ["gre", "eth", *IP]),
        (f"0000 22eb 2064 0005 {'00' * 8} {FRAME}", "GRE, erspan iii", ["gre", "erspan", "eth", *IP]),
        (f"0000 883e 01020304 {INNER}", "GRE, wccp", ["gre", *IP]),
        ("0000 0000", "GRE, keepalive", ["gre"]),
        ("0000 1234 616263", "GRE, unassigned 0x1234", ["gre", "data"]),
    ],
)
def test_what_a_header_says_and_what_follows(text: str, words: str, layers: list[str]) -> None:
    data = ip(Protocol.GRE, text)

    assert header(data) == words
    assert names(data) == layers


def test_a_checksum_covers_header_and_payload() -> None:
    good = summed(Protocol.GRE, f"8000 0800 0000 0000 {INNER}", 4)
    bad = ip(Protocol.GRE, f"8000 0800 1234 0000 {INNER}")

    assert [check.status.value for check in dissect(good).checks][1] == "good"
    assert [check.status.value for check in dissect(bad).checks][1] == "bad"


def test_source_route_entries_end_with_one_of_zeros() -> None:
    data = ip(Protocol.GRE, f"4000 0800 0000 0000 0800 04 08 0a0000010a000002 0000 00 00 {INNER}")

    assert shown(dissect(data), "gre.routing.information") == ["0a0000010a000002"]
    assert names(data) == ["gre", *IP]


def test_a_source_route_that_lies_ends_the_reading() -> None:
    data = ip(Protocol.GRE, "4000 0800 0000 0000 0800 04 ff 0a000001")

    assert header(data) == "GRE, cut short"


def test_a_version_that_nobody_has_described_is_noted() -> None:
    assert texts(dissect(ip(Protocol.GRE, f"0003 0800 {INNER}"))) == ["GRE version 3 is of no RFC"]


def test_tunnels_in_tunnels_come_to_an_end() -> None:
    dissection = dissect(ip(Protocol.GRE, "0000 6558" + "020000000002 020000000001 6558" * 300))

    assert texts(dissection)[-1] == "more than 40 layers: the rest is not shown"
