"""What readers make of OSPF packets that are odd, and what LSAs say in a few words."""

import pytest

from app.engine.neighbourhood.facts import Ospf, RoleKind
from app.engine.neighbourhood.readers.ospf import MOST_NEIGHBOURS
from app.engine.neighbourhood.saying import LinkState, Saying
from app.packet.editing import with_checksums
from app.packet.link.linktype import LinkType
from tests.engine.neighbourhood.frames import (
    DESTINATION4,
    DESTINATION6,
    HOP_LIMIT,
    SOURCE6,
    TTL4,
    changed,
    datagram,
    frame,
    said,
    saying,
)

HELLO = frame("FRR", "ospf.version=2", "ospf.hello.active_neighbor=2.2.2.2")
HELLO6 = frame("FRR", "ospf.version=3", "ospf.hello.active_neighbor=2.2.2.2")
UPDATE = frame("FRR", "ospf.lsa=1", "ospf.lsa=2", "ospf.srcrouter=2.2.2.2")
DESCRIPTION = frame("FRR", "ospf.db.interface_mtu=1500")
SECOND = 1_000_000_000
#: Where the OSPF header begins in a frame of IPv4 without options, and the options of a hello.
OSPF4 = 34


def test_a_hello_holds_for_its_dead_interval() -> None:
    hello = saying(HELLO)

    assert hello.kind is RoleKind.OSPF
    assert hello.lifetime == 4 * SECOND
    assert hello.suspicious == ()


def test_fast_hellos_have_a_hello_interval_of_zero_and_hold_for_a_second() -> None:
    hello = saying(frame("FRR", "ospf.srcrouter=9.9.9.9", "ospf.auth.type=0"))

    assert isinstance(hello.facts, Ospf)
    assert (hello.facts.hello_s, hello.facts.dead_s, hello.lifetime) == (0, 1, SECOND)
    assert hello.suspicious == ()


@pytest.mark.parametrize(
    ("data", "doubt"),
    [
        (changed(HELLO, TTL4, b"\x40"), "TTL 64 instead of 1"),
        (changed(HELLO, TTL4, b"\xff"), "TTL 255 instead of 1, unless it uses TTL security"),
        (changed(HELLO, DESTINATION4 + 3, b"\x06"), "sent to 224.0.0.6 instead of 224.0.0.5"),
        (changed(HELLO, OSPF4 + 4, bytes(4)), "router ID 0.0.0.0"),
        (HELLO[: OSPF4 + 12] + b"\xde\xad" + HELLO[OSPF4 + 14 :], "wrong checksum"),
        (changed(HELLO, OSPF4 + 32, b"\0\0\0\1"), "dead interval 1 s is no longer than hello interval 1 s"),
        (changed(HELLO6, HOP_LIMIT, b"\x40"), "hop limit 64 instead of 1"),
        (changed(HELLO6, SOURCE6, b"\xfd\0"), "source fd00::ff:fe00:1 is not link-local"),
        (changed(HELLO6, DESTINATION6 + 15, b"\x01"), "sent to ff02::1 instead of ff02::5"),
    ],
)
def test_a_hello_that_was_not_sent_as_hellos_are_is_suspicious(data: bytes, doubt: str) -> None:
    assert saying(data).suspicious == (doubt,)


def test_a_hello_to_one_neighbour_alone_is_not_suspicious() -> None:
    assert saying(changed(HELLO, DESTINATION4, bytes((10, 77, 0, 2)))).suspicious == ()


@pytest.mark.parametrize("size", range(14, len(HELLO)))
def test_a_hello_that_is_cut_says_nothing(size: int) -> None:
    assert said(HELLO[:size]) == []


@pytest.mark.parametrize("length", [0, 23, 45, 0xFFFF])
def test_a_hello_whose_length_cannot_be_lists_no_neighbour_that_it_has_not(length: int) -> None:
    for each in said(changed(HELLO, OSPF4 + 2, length.to_bytes(2))):
        assert isinstance(each, Saying)
        assert isinstance(each.facts, Ospf)
        assert each.facts.neighbours in ((), ("2.2.2.2",))


def test_of_thousands_of_neighbours_some_are_told() -> None:
    front = "0201 7d2c 01010101 00000000 0000 0000 0000000000000000 ffffff00 000a 02 01 00000028 00000000 00000000"
    neighbours = b"".join(number.to_bytes(4) for number in range(8000))

    facts = saying(datagram("10.0.0.1", "224.0.0.5", 89, bytes.fromhex(front) + neighbours), LinkType.RAW).facts

    assert isinstance(facts, Ospf)
    assert len(facts.neighbours) == MOST_NEIGHBOURS
    assert facts.neighbours[:2] == ("0.0.0.0", "0.0.0.1")


def test_another_instance_of_version_3_is_another_role() -> None:
    instance = 14 + 40 + 14

    assert saying(HELLO6).instance == ""
    assert saying(changed(HELLO6, instance, b"\x40")).instance == "64"


def test_the_trailer_of_version_3_is_cryptographic_authentication() -> None:
    options = 14 + 40 + 16 + 5

    facts = saying(changed(HELLO6, options, b"\0\x04\x13")).facts

    assert isinstance(facts, Ospf)
    assert facts.auth == "cryptographic"


@pytest.mark.parametrize(
    "data",
    [
        changed(UPDATE, TTL4, b"\x02"),
        UPDATE[: OSPF4 + 12] + b"\xde\xad" + UPDATE[OSPF4 + 14 :],
        changed(DESCRIPTION, TTL4, b"\x02"),
    ],
)
def test_what_is_suspicious_tells_neither_link_states_nor_an_mtu(data: bytes) -> None:
    assert said(data) == []


def test_link_states_of_a_router_with_ttl_security_are_told() -> None:
    assert len(said(changed(UPDATE, TTL4, b"\xff"))) == 2


@pytest.mark.parametrize("length", [0, 19, 21, 0xFFFF])
def test_an_lsa_whose_length_is_absurd_is_not_told(length: int) -> None:
    lsa_length = OSPF4 + 24 + 4 + 18

    assert _types(changed(UPDATE, lsa_length, length.to_bytes(2))) != ["router", "network"]


def test_an_lsa_with_a_wrong_checksum_is_not_told() -> None:
    lsa = OSPF4 + 24 + 4
    data = UPDATE[: lsa + 12] + b"\x80\0\0\x77" + UPDATE[lsa + 16 :]

    mended = with_checksums(data, LinkType.ETHERNET, kept={lsa + 16})

    assert _types(mended) == ["network"]


def test_updates_say_what_their_lsas_hold() -> None:
    external = frame("FRR", "ospf.lsa=5", "ospf.lsa.id=192.0.2.2", "ospf.srcrouter=2.2.2.2")
    version_3 = frame("FRR", "ospf.v3.lsa.fc=9", "ospf.lsa.seqnum=0x80000003", "ospf.srcrouter=2.2.2.2")

    assert _summaries(UPDATE) == ["ASBR, 1 link: transit 10.77.0.2", "10.77.0.0/24, 2 routers: 1.1.1.1, 2.2.2.2"]
    assert _summaries(external) == ["ASBR, 1 link: stub 10.77.0.0/24", "192.0.2.2/32 metric 20 type 2"]
    assert _summaries(version_3) == [
        "fe80::ff:fe00:1, fd00:77::/64",
        "fe80::ff:fe00:2, fd00:77::/64",
        "ASBR, 0 links",
        "ASBR, 0 links",
        "2001:db8:1::1/128, fd00:77::/64",
        "2001:db8:2::1/128",
        "2001:db8:1::1/128 metric 20 type 2",
        "fd00:77::/64 metric 20 type 2",
        "2001:db8:2::1/128 metric 20 type 2",
        "fd00:77::/64 metric 20 type 2",
    ]


@pytest.mark.parametrize(
    ("kind", "body", "words", "summary"),
    [
        ("03 0a010000", "ffff0000 0000000a", "summary", "10.1.0.0/16 metric 10"),
        ("03 00000000", "00000000 00000001", "summary", "0.0.0.0/0 metric 1"),
        ("04 04040404", "00000000 00000014", "summary ASBR", "4.4.4.4 metric 20"),
        ("07 c0000201", "ffffff00 00000005 00000000 00000000", "NSSA external", "192.0.2.0/24 metric 5 type 1"),
        (
            "05 c0000201",
            "ff00ff00 80000005 00000000 00000000",
            "external",
            "192.0.2.1 mask 255.0.255.0 metric 5 type 2",
        ),
        ("0a 04000001", "0001 0004 80000000", "opaque (area)", "router information"),
        ("63 0a000001", "", "type 99", ""),
    ],
)
def test_each_kind_of_lsa_is_said_in_a_few_words(kind: str, body: str, words: str, summary: str) -> None:
    (lsa,) = _told(_update(kind, body))

    assert (lsa.type_words, lsa.summary) == (words, summary)


def test_an_lsa_of_the_whole_as_belongs_to_no_area() -> None:
    (external,) = _told(_update("05 c0000200", "ffffff00 00000005 00000000 00000000"))
    (summary,) = _told(_update("03 c0000200", "ffffff00 00000005"))

    assert (external.area, summary.area) == ("", "0.0.0.7")


def test_age_keeps_the_bit_that_stops_it_and_sequence_is_unsigned() -> None:
    (lsa,) = _told(_update("01 01010101", "0000 0000", age="8003"))

    assert (lsa.age, lsa.sequence) == (0x8003, 0x80000001)


def _told(data: bytes, link: LinkType = LinkType.RAW) -> list[LinkState]:
    return [each for each in said(data, link) if isinstance(each, LinkState)]


def _types(data: bytes) -> list[str]:
    return [lsa.type_words for lsa in _told(data, LinkType.ETHERNET)]


def _summaries(data: bytes) -> list[str]:
    return [lsa.summary for lsa in _told(data, LinkType.ETHERNET)]


def _update(kind: str, body: str, *, age: str = "0001") -> bytes:
    """A link state update of area 0.0.0.7 with one LSA, its checksums right."""
    inside = bytes.fromhex(body)
    lsa = bytes.fromhex(f"{age} 02 {kind} 01010101 80000001 0000") + (20 + len(inside)).to_bytes(2) + inside
    head = bytes.fromhex("0204") + (28 + len(lsa)).to_bytes(2) + bytes.fromhex("01010101 00000007 0001 0000") + bytes(8)
    return datagram("10.0.0.1", "224.0.0.5", 89, head + bytes.fromhex("00000001") + lsa)
