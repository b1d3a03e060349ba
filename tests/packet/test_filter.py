"""Display filters: Wireshark's words, and what is wrong with other words."""

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.packet.dissect import dissect
from app.packet.filter.expression import FilterError, compile_filter
from tests.packet import probes

UDP = dissect(probes.udp_probe(4))
ECHO6 = dissect(probes.echo_request(6))
ERROR = dissect(probes.error(4, probes.tcp_probe(4), mpls=probes.STACK))


@pytest.mark.parametrize(
    "expression",
    [
        "",
        "udp",
        "ip && udp",
        "ip.ttl == 3",
        "ip.ttl eq 0x03",
        "ip.ttl < 4 and ip.ttl >= 3",
        "ip.ttl in {1, 2, 3}",
        "ip.ttl in {2 3}",
        "!icmp",
        "not (icmp or tcp)",
        "ip.src == 192.0.2.10",
        "ip.src == 192.0.2.0/24",
        "ip.addr == 198.51.100.20",
        "ip.dst != 192.0.2.10",
        "udp.port == 33434",
        "udp contains uuuu",
        "udp.dstport > 33433 && udp.dstport <= 33434",
        'data.data contains "uuu"',
        "data.data contains 75:75:75",
        "ip.flags.df == false",
        "tcp || udp && ip",
        "ip.dsfield.dscp==46",
        "ip.id == 43981",
        "((((ip))))",
    ],
)
def test_it_holds_for_a_udp_probe(expression: str) -> None:
    assert compile_filter(expression)(UDP)


@pytest.mark.parametrize(
    "expression",
    [
        "tcp",
        "ipv6",
        "ip.ttl == 4",
        "ip.ttl != 3",
        "ip.src == 10.0.0.0/8",
        "ip.src == 2001:db8::/32",
        "tcp.port != 80",
        "udp && !ip",
        "udp contains nothing",
        "ip.ttl in {1, 2}",
        "ip.ttl == 192.0.2.10",
        "not udp or icmp",
    ],
)
def test_it_does_not_hold_for_a_udp_probe(expression: str) -> None:
    assert not compile_filter(expression)(UDP)


@pytest.mark.parametrize(
    "expression",
    [
        "ipv6.src == 2001:db8::10",
        "ipv6.src == 2001:db8::/32",
        "ipv6.addr == 2001:db8:1::20",
        "icmpv6.type == 128",
        "icmpv6.echo.sequence_number == 7",
    ],
)
def test_it_holds_for_an_ipv6_echo(expression: str) -> None:
    assert compile_filter(expression)(ECHO6)


def test_a_name_stands_for_the_quoted_fields_too() -> None:
    assert compile_filter("tcp.dstport == 443 && icmp.type == 11")(ERROR)
    assert compile_filter("ip.ttl == 250 && ip.ttl == 3")(ERROR)
    assert compile_filter("icmp.mpls.label == 16")(ERROR)


def test_a_difference_needs_every_field_to_differ() -> None:
    assert not compile_filter("ip.ttl != 3")(ERROR)
    assert compile_filter("ip.ttl != 4")(ERROR)


@pytest.mark.parametrize(
    ("expression", "column"),
    [
        ("ip.ttl ==", 10),
        ("ip.ttl == ==", 11),
        ("(ip", 4),
        ("ip)", 3),
        ("ip &&", 6),
        ("== 3", 1),
        ("ip.src == 300.1.1.1/8", 11),
        ("ip.ttl in 3", 11),
        ("ip.ttl in {", 12),
        ("ip ; udp", 4),
        ("ip && wlan.ssid == 3", 7),
        ("ip.ttl contains 3", 8),
        ("1.2.3.4", 1),
        ('ip.src == "open', 11),
        ("(" * 1000, 66),
        ("!" * 1000 + "ip", 66),
    ],
)
def test_what_cannot_be_understood_is_told_with_its_column(expression: str, column: int) -> None:
    with pytest.raises(FilterError) as raised:
        compile_filter(expression)
    assert raised.value.column == column
    assert f"at column {column}" in str(raised.value)


words = st.sampled_from(
    [
        "ip",
        "udp.port",
        "==",
        "!=",
        "<",
        "(",
        ")",
        "{",
        "}",
        "in",
        "not",
        "&&",
        "||",
        "53",
        "10.0.0.0/8",
        '"a"',
        "contains",
    ]
)


@settings(max_examples=100, deadline=None)
@given(st.lists(words, max_size=12).map(" ".join) | st.text(max_size=30))
def test_no_expression_raises_anything_but_a_filter_error(expression: str) -> None:
    with contextlib.suppress(FilterError):
        assert compile_filter(expression)(UDP) in (True, False)
