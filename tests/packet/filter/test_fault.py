"""What is wrong with a filter is said in a sentence, with the column and the width of the words at fault."""

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.packet.filter.expression import compile_filter
from app.packet.filter.facts import Facts
from app.packet.filter.fault import FilterError
from tests.packet.filter.packets import ALL, UDP


@pytest.mark.parametrize(
    ("expression", "column", "width"),
    [
        ("ip.ttl ==", 10, 1),
        ("ip.ttl == ==", 11, 2),
        ("(ip", 4, 1),
        ("ip)", 3, 1),
        ("ip &&", 6, 1),
        ("ip && || udp", 7, 2),
        ("== 3", 1, 2),
        ("ip udp", 4, 3),
        ("ip.ttl = 3", 8, 1),
        ("ip | udp", 4, 1),
        ("ip ; udp", 4, 1),
        ("ip.src == 300.1.1.1/8", 11, 11),
        ("ip.src == 10.0.0.0/33", 11, 11),
        ("ip.src == 10", 11, 2),
        ("ip.src == ::1", 11, 3),
        ("ipv6.src == 10.0.0.1", 13, 8),
        ("ip.ttl == 192.0.2.10", 11, 10),
        ("ip.ttl == 256", 11, 3),
        ("ip.ttl == 1.5", 11, 3),
        ("ip.ttl == 09", 11, 2),
        ("ip.ttl == 0x", 11, 2),
        ("ip.ttl == abc", 11, 3),
        ('ip.ttl == "three"', 11, 7),
        ("ip.proto == teleport", 13, 8),
        ("ip.flags.df == maybe", 16, 5),
        ("ip.ttl in 3", 11, 1),
        ("ip.ttl in {", 12, 1),
        ("ip.ttl in {}", 12, 1),
        ("ip.ttl in {1, 2", 16, 1),
        ("ip.ttl in {1..}", 15, 1),
        ("ip.ttl in {1..ip.id}", 15, 5),
        ("ip.ttl in {1, 300}", 15, 3),
        ("ip.ttl not 3", 8, 3),
        ("ip && wlan.ssid == 3", 7, 9),
        ("icmp.typ == 3", 1, 8),
        ("ip.src == 1.2.3.4 && ip.tll == 3", 22, 6),
        ("ip.ttl-1 == 3", 1, 8),
        ("1.2.3.4", 1, 7),
        ('"text"', 1, 6),
        ("1 == 1", 1, 1),
        ("5 in {5}", 1, 1),
        ('ip.src == "open', 11, 1),
        ("ip.ttl == 'ab'", 11, 4),
        (r'udp contains "\."', 14, 4),
        ("ip.ttl contains 3", 1, 6),
        ("ip.src contains 10", 1, 6),
        ('ip.ttl matches "3"', 1, 6),
        ("udp matches 3", 13, 1),
        ('udp matches "("', 13, 3),
        ("eth.src == 00:11", 12, 5),
        ("eth.src == ip.src", 12, 6),
        ("ip.src == ip.ttl", 11, 6),
        ("ip.ttl[0] == 3", 1, 9),
        ("ip[0:0]", 3, 5),
        ("ip[3-1]", 3, 5),
        ("ip[]", 3, 2),
        ("ip[-]", 3, 3),
        ("ip[a]", 3, 3),
        ("ip[0", 3, 1),
        ("ip.ttl#", 8, 1),
        ("ip.ttl#a", 8, 1),
        ("frame.number#1", 1, 12),
        ("quoted.frame.number", 1, 19),
        ("ip.src + 1", 1, 6),
        ("ip.ttl + ip.src", 10, 6),
        ("ip.ttl + a", 10, 1),
        ("frame.time_delta * 2", 1, 16),
        ("-ip.src", 2, 6),
        ("len(ip)", 1, 7),
        ("len()", 1, 5),
        ("len(ip, udp) == 1", 1, 12),
        ("len(3) == 1", 5, 1),
        ("size(ip) == 1", 1, 8),
        ("upper(ip.ttl) == 1", 7, 6),
        ("count(ip.ttl + 1) == 1", 7, 10),
        ("any ip.ttl", 11, 1),
        ("any (ip or udp)", 16, 1),
        ("(ip.ttl == 3) == 3", 2, 11),
        ("(ip or udp) + 3", 2, 9),
        ("(" * 1000, 34, 1),
        ("!" * 1000 + "ip", 34, 1),
        ("-" * 1000 + "ip.ttl == 1", 34, 1),
        ("ip.ttl" + " + 1" * 1000, 136, 1),
        ("frame" + "[0:]" * 1000, 134, 4),
        ("x" * 20_000, 16_385, 1),
    ],
)
def test_what_cannot_be_understood_is_told_with_its_place(expression: str, column: int, width: int) -> None:
    with pytest.raises(FilterError) as raised:
        compile_filter(expression)
    assert (raised.value.column, raised.value.width) == (column, width)
    assert f"at column {column}" in str(raised.value)


@pytest.mark.parametrize(
    ("expression", "sentence"),
    [
        ("icmp.typ == 3", "icmp.typ is no field; did you mean icmp.type?"),
        ("quoted.ip.tll == 3", "quoted.ip.tll is no field; did you mean ip.ttl?"),
        ("frame.numbr == 3", "frame.numbr is no field; did you mean frame.number?"),
        ("ip.ttl-1 == 3", "ip.ttl-1 is no field; to subtract, put spaces around -"),
        ("wlan.ssid", "wlan.ssid is no field or protocol"),
        ("tcp.analysis.flags", "tcp.analysis.flags is no field or protocol"),
        ("ip.ttl == 256", "256 is more than ip.ttl can hold, which is 255"),
        ("ip.src == 10", "10 is not an IPv4 address or a network such as 10.0.0.0/8, which ip.src has"),
        ("ip.proto == teleport", "teleport is not a number, and no word that ip.proto has for one"),
        ("ip.ttl contains 3", "contains looks in text and bytes; ip.ttl is a number"),
        ("ip.ttl = 3", "= alone compares nothing: write =="),
        ('ip.src == "open', 'the " that ends this text is missing'),
        ("ip[0", "the ] that ends this range is missing"),
        ("ip)", "this ) closes nothing"),
        ("(ip", ") is missing before the end"),
        ('udp matches "(a"', "this pattern cannot be used: missing ) at its character 3"),
        ("size(ip) == 1", "there is no function size; there are len, count, lower, upper, string, max, min, abs"),
    ],
)
def test_the_sentence_helps(expression: str, sentence: str) -> None:
    with pytest.raises(FilterError) as raised:
        compile_filter(expression)
    assert raised.value.sentence == sentence


NAMES = ("ip", "udp", "udp.port", "icmp.type", "tcp.flags", "data", "eth.src", "ip.opt", "frame.number", "hopscope.rtt")
PLACES = ("quoted.ip.ttl", "ip.ttl#2", "ip#[1-2]", "[0:2]", "[-1]", "[0:2,3]", "(", ")", "{", "}", ",", "..")
RELATIONS = ("==", "!=", "===", "!==", "~=", "<", "<=", "in", "contains", "matches", "~", "any", "all")
JOINTS = ("not", "!", "and", "or", "xor", "&&", "||", "^^", "&", "+", "-", "*", "/", "%")
LITERALS = ("53", "0x1f", "1.5", "10.0.0.0/8", "::1", "aa:bb", "'a'", '"a"', '"a+"', 'r"\\d"', "true", "echo")
CALLS = ("len(", "count(", "max(", "string(", "upper(")
WORDS = st.sampled_from((*NAMES, *PLACES, *RELATIONS, *JOINTS, *LITERALS, *CALLS))


@settings(max_examples=300, deadline=None)
@given(
    st.lists(WORDS, max_size=12).map(" ".join)
    | st.text(max_size=30)
    | st.text("ip.tl=!<&|(){}[]#\"'\\12:,- ", max_size=20)
)
def test_any_text_is_a_filter_or_raises_a_filter_error(expression: str) -> None:
    with contextlib.suppress(FilterError):
        passes = compile_filter(expression)
        for dissection in ALL:
            assert passes(dissection) in (True, False)
            assert passes(dissection, Facts(number=1)) in (True, False)


@pytest.mark.parametrize("depth", [20, 30])
def test_what_is_not_too_deep_is_understood(depth: int) -> None:
    assert compile_filter("(" * depth + "ip" + ")" * depth)(UDP)
    assert compile_filter("!" * depth + "ip")(UDP)
