"""Every declaration keeps what it promises: records, bytes and spans say the same."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.packet.dissection import every
from app.packet.errors import PacketError, ShortHeaderError
from app.packet.icmp.v4 import IcmpEcho
from app.packet.ip.v4 import Ipv4
from app.packet.layout import Header, header, octets, unsigned
from app.packet.reference import headers
from tests.packet.declared import records

HEADERS = headers()


def test_headers_are_found_in_every_module_that_declares_some() -> None:
    names = {kind.__module__.removeprefix("app.packet.") for kind in HEADERS}
    assert {"ip.v4", "ip.v6options", "transport.tcpoptions", "icmp.neighbour", "icmp.extension", "link.reader"} <= names


@pytest.mark.parametrize("kind", HEADERS, ids=lambda kind: f"{kind.__module__[11:]}.{kind.__name__}")
@settings(max_examples=12, deadline=None)
@given(data=st.data())
def test_what_was_built_is_what_is_decoded(kind: type[Header], data: st.DataObject) -> None:
    record = data.draw(records(kind))
    built = record.build()
    assert len(built) == kind.LAYOUT.size
    assert kind.decode(b"\xff" + built, 1) == record


@pytest.mark.parametrize("kind", HEADERS, ids=lambda kind: f"{kind.__module__[11:]}.{kind.__name__}")
@settings(max_examples=8, deadline=None)
@given(data=st.data())
def test_any_bytes_of_the_right_size_come_back_unchanged(kind: type[Header], data: st.DataObject) -> None:
    size = kind.LAYOUT.size
    raw = data.draw(st.binary(min_size=size, max_size=size))
    assert kind.decode(raw).build() == raw


@pytest.mark.parametrize("kind", HEADERS, ids=lambda kind: f"{kind.__module__[11:]}.{kind.__name__}")
def test_spans_cover_every_bit_once_and_hold_the_bits_they_cover(kind: type[Header]) -> None:
    raw = bytes((37 * index + 11) & 0xFF for index in range(kind.LAYOUT.size))
    frame = b"\0\0\0" + raw
    spans = kind.decode(frame, 3).spans(3)
    leaves = [span for span in every(spans) if span.field.attribute]
    assert [leaf.start_bit for leaf in leaves] == [24, *(leaf.stop_bit for leaf in leaves[:-1])]
    assert leaves[-1].stop_bit == len(frame) * 8
    whole = int.from_bytes(frame, "big")
    for span in every(spans):
        if isinstance(span.value, int):
            width = span.stop_bit - span.start_bit
            assert span.value % (1 << width) == whole >> (len(frame) * 8 - span.stop_bit) & ((1 << width) - 1)


@pytest.mark.parametrize("kind", HEADERS, ids=lambda kind: f"{kind.__module__[11:]}.{kind.__name__}")
def test_bytes_that_end_too_early_are_a_short_header(kind: type[Header]) -> None:
    with pytest.raises(ShortHeaderError, match=f"needs {kind.LAYOUT.size} bytes, {kind.LAYOUT.size - 1} are there"):
        kind.decode(bytes(kind.LAYOUT.size - 1))


def test_a_value_that_does_not_fit_its_bits_is_refused() -> None:
    with pytest.raises(PacketError):
        IcmpEcho(type=8, identifier=0x10000).build()
    with pytest.raises(PacketError):
        IcmpEcho(type=-1).build()


def test_a_bit_field_that_does_not_fit_spills_into_no_neighbour() -> None:
    header_of_probe = Ipv4.decode(bytes.fromhex("4500001c000040004001000000000000" + "00000000"))
    with pytest.raises(PacketError, match="does not fit 6 bits"):
        header_of_probe.replace(dscp=64).build()


def test_a_declaration_of_no_whole_bytes_is_refused() -> None:
    with pytest.raises(PacketError, match="7 bits"):

        @header("odd", "odd", "nowhere")
        class _Odd(Header):
            value: int = unsigned(7)


def test_octets_of_a_wrong_length_are_refused() -> None:
    @header("pair", "pair", "nowhere")
    class Pair(Header):
        value: bytes = octets(2)

    with pytest.raises(PacketError, match="does not fit 16 bits"):
        Pair(value=b"abc").build()
