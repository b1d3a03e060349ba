"""Bytes that nobody sends on purpose: every reader of links, IP and ICMP ends, soundly, whatever they are."""

from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.packet.dissect import dissect
from app.packet.dissection import Dissection, every
from app.packet.icmp.types import IcmpType, Icmpv6Type
from app.packet.ip.v4options import IPV4_OPTIONS
from app.packet.ip.v6optiontable import IPV6_OPTIONS
from app.packet.link.linktype import LinkType
from app.packet.registry import Protocol
from tests.packet.golden import golden
from tests.packet.icmp.messages import FOUR, SIX, datagram

HERE = Path(__file__).parent
LINKS = st.sampled_from([*LinkType])


@cache
def packets() -> list[dict[str, Any]]:
    return [packet for family in ("link", "ip", "icmp") for packet in golden(HERE.parent / family / "golden.jsonl")]


def assert_is_sound(dissection: Dissection) -> None:
    """Spans lie within the frame and within their parents, and nothing shown could harm a terminal."""
    bits = len(dissection.data) * 8
    assert dissection.summary.isprintable()
    for layer in dissection.layers:
        assert 0 <= layer.start <= layer.stop <= len(dissection.data)
        for span in every(layer.spans):
            assert 0 <= span.start_bit < span.stop_bit <= bits
            assert span.shown.isprintable()
            for child in span.children:
                assert span.start_bit <= child.start_bit
                assert child.stop_bit <= span.stop_bit


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=200), LINKS)
def test_no_bytes_make_a_link_layer_raise(data: bytes, link: LinkType) -> None:
    assert_is_sound(dissect(data, link))


@settings(max_examples=100, deadline=None)
@given(st.sampled_from([*IcmpType, IcmpType(200)]), st.binary(max_size=200))
def test_no_bytes_make_an_icmp_message_raise(kind: int, rest: bytes) -> None:
    assert_is_sound(dissect(datagram(Protocol.ICMP, bytes((kind, 0)).hex() + rest.hex(), FOUR)))


@settings(max_examples=150, deadline=None)
@given(st.sampled_from([*Icmpv6Type, Icmpv6Type(250)]), st.integers(0, 255), st.binary(max_size=200))
def test_no_bytes_make_an_icmpv6_message_raise(kind: int, code: int, rest: bytes) -> None:
    assert_is_sound(dissect(datagram(Protocol.IPV6_ICMP, bytes((kind, code)).hex() + rest.hex(), SIX)))


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(range(256)), st.integers(0, 255), st.binary(max_size=60))
def test_no_bytes_make_an_option_raise(kind: int, length: int, rest: bytes) -> None:
    advertisement = f"86004000000000000000000000{kind:02x}{length % 8:02x}{rest.hex()}00"
    assert_is_sound(dissect(datagram(Protocol.IPV6_ICMP, advertisement, SIX)))
    for table in (IPV4_OPTIONS, IPV6_OPTIONS):
        shape = table.kinds.get(kind, table.unknown)
        data = bytes((kind, len(rest) + 2 - table.added)) + rest
        chosen = shape(data, 0, len(data)) if callable(shape) else shape
        assert chosen.parts(data, 0, len(data))


@settings(max_examples=150, deadline=None)
@given(st.data(), st.lists(st.tuples(st.integers(0, 300), st.integers(0, 255)), min_size=1, max_size=6))
def test_no_damage_to_a_golden_packet_makes_it_raise(data: st.DataObject, changes: list[tuple[int, int]]) -> None:
    packet = data.draw(st.sampled_from(packets()))
    frame = bytearray.fromhex(packet["hex"])
    for at, value in changes:
        frame[at % len(frame)] = value
    cut = data.draw(st.integers(0, len(frame)))
    assert_is_sound(dissect(bytes(frame[:cut]), LinkType(packet["link"])))


@pytest.mark.parametrize("number", range(0, 220, 3))
def test_a_golden_packet_cut_anywhere_is_read_as_far_as_it_reaches(number: int) -> None:
    packet = packets()[number % len(packets())]
    frame = bytes.fromhex(packet["hex"])
    for size in range(0, len(frame), 3):
        assert_is_sound(dissect(frame[:size], LinkType(packet["link"])))
