"""What is offered at the cursor of a filter."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.packet.filter.completion import MOST_ITEMS, Completion, Kind, complete


def inserts(text: str) -> list[str]:
    return [item.insert for item in complete(text, len(text)).items]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("icmp.ty", "icmp.type"),
        ("ip.tt", "ip.ttl"),
        ("udp && ip.tt", "ip.ttl"),
        ("!ip.tt", "ip.ttl"),
        ("(ip.tt", "ip.ttl"),
        ("len(ip.tt", "ip.ttl"),
        ("quoted.ip.tt", "quoted.ip.ttl"),
        ("frame.nu", "frame.number"),
        ("hopscope.r", "hopscope.row"),
        ("ip.ttl ", "=="),
        ("ip.ttl#1 ", "=="),
        ("ip[0:2] ", "=="),
        ("udp con", "contains"),
        ("udp ma", "matches"),
        ("ip.ttl i", "in"),
        ("ip.ttl == 3 ", "&&"),
        ("ip.ttl == 3 o", "||"),
        ("ip.ttl in {3} ", "&&"),
        ("icmp.type == ", '"echo reply"'),
        ('icmp.type == "time e', '"time exceeded"'),
        ("icmp.type == exc", '"time exceeded"'),
        ("icmp.type == 11", '"time exceeded"'),
        ("icmp.type in ", "{"),
        ("icmp.type in {", '"echo reply"'),
        ("icmp.type in {3, tim", '"time exceeded"'),
        ("quoted.icmp.type == tim", '"time exceeded"'),
        ("tcp.flags.syn == ", "1"),
        ("tcp.flags.syn == no", "0"),
        ("ip.checksum.status == b", '"bad"'),
        ("frame.p2p_dir == s", '"sent"'),
        ("no", "not"),
        ("cou", "count("),
        ("quot", "quoted."),
    ],
)
def test_the_likeliest_comes_first(text: str, first: str) -> None:
    assert first in inserts(text)[: 1 if first not in ("not", "count(", "quoted.") else None]


def test_a_later_part_of_a_name_is_enough() -> None:
    assert {"ip.ttl", "mpls.ttl"} <= set(inserts("ttl"))


def test_it_tells_where_it_starts_and_what_it_is() -> None:
    found = complete("udp && icmp.ty == 3", 14)
    assert found.start == 7
    assert found.items[0] == Completion("icmp.type", Kind.FIELD, "type")


def test_a_word_of_a_registry_says_its_number() -> None:
    assert complete("icmp.type == tim", 16).items[0] == Completion('"time exceeded"', Kind.VALUE, "11")


def test_a_number_offers_no_search_and_bytes_no_mask() -> None:
    assert "contains" not in inserts("ip.ttl ")
    assert "&" in inserts("ip.ttl ")
    assert "contains" in inserts("udp ")
    assert "&" not in inserts("udp ")


def test_nothing_is_offered_where_nothing_fits() -> None:
    assert inserts("ip.src == ") == []
    assert inserts("zzz") == []
    assert inserts("ip ; ") == []
    assert inserts('udp && "') == []


@settings(max_examples=200, deadline=None)
@given(st.text("ip.tcmyue=!<&|(){}[]#\"'\\12:,- ", max_size=20), st.integers(-2, 25))
def test_any_text_and_cursor_get_an_answer(text: str, cursor: int) -> None:
    found = complete(text, cursor)
    assert 0 <= found.start <= max(0, min(cursor, len(text)))
    assert len(found.items) <= MOST_ITEMS
