import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.packet.dissect import dissect
from app.packet.errors import PacketError
from app.packet.finding import Kind, Needle, byte_at, matches, parse_needle, places
from tests.packet.probes import echo_request, error, udp_probe

ECHO = echo_request(4)
ERROR = error(4, udp_probe(4))


@pytest.mark.parametrize(
    ("text", "needle"),
    [
        ("time exceeded", Needle(Kind.TEXT, "time exceeded")),
        ("45 00", Needle(Kind.BYTES, octets=b"\x45\x00")),
        ("0x4500", Needle(Kind.BYTES, octets=b"\x45\x00")),
        ("AB:cd", Needle(Kind.BYTES, octets=b"\xab\xcd")),
        ("ab-cd-ef", Needle(Kind.BYTES, octets=b"\xab\xcd\xef")),
        ('"ab:cd"', Needle(Kind.TEXT, "ab:cd")),
        ("4500", Needle(Kind.TEXT, "4500")),
        ("2001:db8::1", Needle(Kind.TEXT, "2001:db8::1")),
        ("ttl=64", Needle(Kind.FIELD, "64", name="ttl")),
        ("time to live == 64", Needle(Kind.FIELD, "64", name="time to live")),
        ("icmp.type =", Needle(Kind.FIELD, "", name="icmp.type")),
    ],
)
def test_what_is_typed_is_taken_for_what_it_looks_like(text: str, needle: Needle) -> None:
    assert parse_needle(text) == needle


def test_a_kind_that_was_chosen_overrules_the_looks() -> None:
    assert parse_needle("45 00", Kind.TEXT) == Needle(Kind.TEXT, "45 00")
    assert parse_needle("4500", Kind.BYTES) == Needle(Kind.BYTES, octets=b"\x45\x00")
    assert parse_needle("ttl", Kind.FIELD) == Needle(Kind.FIELD, name="ttl")


@pytest.mark.parametrize(("text", "kind"), [("", None), ("0x450", None), ("45 0", Kind.BYTES), ("=64", Kind.FIELD)])
def test_what_cannot_be_looked_for_is_said_in_a_sentence(text: str, kind: Kind | None) -> None:
    with pytest.raises(PacketError, match=r"\w+ \w+"):
        parse_needle(text, kind)


@pytest.mark.parametrize(
    "text",
    [
        "secret of the RUN",
        "192.0.2.10",
        "45 b9",
        "0xabcd",
        "ttl=3",
        "ttl=0x3",
        "ip.ttl=3",
        "time to live=3",
        "src=192.0.2.10",
        "proto=icmp",
        "df=not set",
        "id=0xabcd",
        "icmp.seq=",
    ],
)
def test_a_needle_is_found_where_it_is(text: str) -> None:
    needle, read = parse_needle(text), dissect(ECHO)

    assert matches(needle, ECHO, read)
    assert places(needle, ECHO, read)


@pytest.mark.parametrize("text", ["SECRET of nobody", "de ad be ef", "ttl=4", "df=set", "nothing=1", "tl=3"])
def test_a_needle_is_not_found_where_it_is_not(text: str) -> None:
    assert not matches(parse_needle(text), ECHO, dissect(ECHO))


def test_case_counts_where_it_was_asked_for() -> None:
    read = dissect(ECHO)

    assert not matches(parse_needle("SECRET", matches_case=True), ECHO, read)
    assert matches(parse_needle("secret", matches_case=True), ECHO, read)


def test_the_place_of_a_field_is_its_bits_also_in_what_is_quoted() -> None:
    assert places(parse_needle("ip.ttl="), ERROR, dissect(ERROR)) == [(64, 72), (288, 296)]
    assert places(parse_needle("ip.flags.df="), ERROR, dissect(ERROR)) == [(49, 50), (273, 274)]


def test_the_summary_is_searched_too() -> None:
    assert matches(parse_needle("quotes"), ERROR, dissect(ERROR))


@given(st.binary(max_size=80), st.text(max_size=12))
@settings(max_examples=100, deadline=None)
def test_anything_may_be_looked_for_in_anything(data: bytes, text: str) -> None:
    try:
        needle = parse_needle(text)
    except PacketError:
        return
    found = places(needle, data, dissect(data))

    assert all(0 <= start <= stop <= len(data) * 8 for start, stop in found)


@pytest.mark.parametrize(
    ("text", "byte"), [("31", 31), ("0x1f", 31), ("+8", 18), ("-4", 6), (" + 0x10 ", 26), ("0", 0)]
)
def test_an_offset_names_a_byte(text: str, byte: int) -> None:
    assert byte_at(text, 10, 40) == byte


@pytest.mark.parametrize("text", ["", "x", "40", "-11", "+30", "1.5", "0x"])
def test_an_offset_that_names_no_byte_is_said(text: str) -> None:
    with pytest.raises(PacketError, match=r"offset|there is no byte"):
        byte_at(text, 10, 40)
