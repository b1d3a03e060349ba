"""Filters made from a field pass the packet that they were made from."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.packet.dissection import Dissection, Layer, every, stretch
from app.packet.filter.expression import compile_filter
from app.packet.filter.grammar import parse
from app.packet.filter.making import How, combined, filter_of
from app.packet.layout import Span
from tests.packet.filter.packets import ALL, ERROR, ETHERNET, TCP


def field(dissection: Dissection, name: str, index: int = 0) -> tuple[Span, Layer]:
    found = [(span, layer) for layer in dissection.layers for span in layer.spans_named(name)]
    return found[index]


@pytest.mark.parametrize(
    ("dissection", "name", "index", "expression"),
    [
        (ERROR, "icmp.type", 0, "icmp.type == 11"),
        (ERROR, "ip.dst", 0, "ip.dst == 192.0.2.10"),
        (ERROR, "ip.dst", 1, "quoted.ip.dst == 198.51.100.20"),
        (ERROR, "ip.ttl", 1, "quoted.ip.ttl == 3"),
        (ETHERNET, "eth.src", 0, "eth.src == 00:00:5e:00:53:01"),
        (ETHERNET, "ip.id", 0, "ip.id == 0xabcd"),
        (ETHERNET, "ip.hdr_len", 0, "ip.hdr_len == 20"),
        (TCP, "tcp.flags.syn", 0, "tcp.flags.syn == 1"),
        (TCP, "tcp.options.mss", 0, "tcp.options.mss"),
    ],
)
def test_a_field_becomes_a_filter(dissection: Dissection, name: str, index: int, expression: str) -> None:
    assert filter_of(*field(dissection, name, index)) == expression


def test_a_field_of_the_second_layer_may_be_asked_for_by_number() -> None:
    assert filter_of(*field(ERROR, "ip.ttl", 1), 2) == "ip.ttl#2 == 3"


def test_a_field_becomes_a_filter_that_it_does_not_pass() -> None:
    assert filter_of(*field(ERROR, "icmp.type"), relation="!=") == "icmp.type != 11"
    assert filter_of(*field(TCP, "tcp.options.mss"), relation="!=") == "!tcp.options.mss"


def test_every_field_of_every_packet_passes_its_own_filter() -> None:
    for dissection in ALL:
        for layer in dissection.layers:
            for span in every(layer.spans):
                expression = filter_of(span, layer)
                assert compile_filter(expression)(dissection), expression


@given(st.text(max_size=100) | st.binary(max_size=100))
def test_text_and_bytes_of_any_kind_become_filters(value: str | bytes) -> None:
    made = stretch("data.data", "data", 0, len(value), "", value=value)
    assert parse(filter_of(made, ERROR.layers[0])) is not None


@pytest.mark.parametrize(
    ("old", "how", "new", "expression"),
    [
        ("", "and", "b == 1", "b == 1"),
        ("", "or not", "b == 1", "!(b == 1)"),
        ("a", "replace", "b", "b"),
        ("a", "replace not", "b", "!b"),
        ("a", "and", "b == 1", "a && b == 1"),
        ("a && c", "and", "b", "a && c && b"),
        ("a || c", "and", "b", "(a || c) && b"),
        ("a && c", "or", "b", "a && c || b"),
        ("a", "and not", "b == 1", "a && !(b == 1)"),
        ("a", "or not", "quoted.b", "a || !quoted.b"),
        ("a", "and", "b || c", "a && (b || c)"),
        ("a ==", "and", "b", "b"),
    ],
)
def test_filters_are_put_together(old: str, how: How, new: str, expression: str) -> None:
    assert combined(old, new, how) == expression
