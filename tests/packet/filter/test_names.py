"""The names that filters know."""

from pathlib import Path

import pytest

from app.packet.capture.reader import read_capture
from app.packet.dissect import dissect
from app.packet.dissection import every
from app.packet.filter.names import Kind, known, known_names, near
from app.packet.filter.written import written
from tests.packet.filter.packets import ALL

CAPTURES = sorted((Path(__file__).parents[4] / "shared" / "pcaps").glob("*.pcap*"))


def test_every_field_of_a_packet_is_known() -> None:
    names = {span.field.name for dissection in ALL for layer in dissection.layers for span in every(layer.spans)}
    assert [name for name in names if known(name) is None] == []


@pytest.mark.skipif(not CAPTURES, reason="the captures of other people are not here")
def test_every_field_of_the_captures_is_known() -> None:
    unknown = set()
    for path in CAPTURES:
        with path.open("rb") as file:
            for packet in read_capture(file):
                for layer in dissect(packet.data, packet.link).layers:
                    unknown |= {span.field.name for span in every(layer.spans) if known(span.field.name) is None}
    assert unknown == set()


def test_declared_fields_say_what_kind_they_are() -> None:
    kinds = {name: known_names()[name].kind for name in ("ip.ttl", "ip.src", "ipv6.dst", "eth.dst", "ip", "ip.addr")}
    assert kinds == {
        "ip.ttl": Kind.NUMBER,
        "ip.src": Kind.IPV4,
        "ipv6.dst": Kind.IPV6,
        "eth.dst": Kind.MAC,
        "ip": Kind.LAYER,
        "ip.addr": Kind.IPV4,
    }


def test_names_that_readers_write_by_hand_are_known() -> None:
    assert {"eth.padding", "data.data", "ip.rec_rt", "tcp.options.mss"} <= set(known_names())


def test_a_slip_is_told_from_a_name_that_a_reader_may_make() -> None:
    assert near("icmp.typ") == "icmp.type"
    assert known("icmp.typ") is None
    assert known("icmp.tpye") is None
    assert known("icmp.something") is None
    assert known("icmp.something.else_entirely") is None
    assert known("icmp.int_info.made_up") is not None
    assert known("wlan.ssid") is None


def test_a_name_that_is_put_together_as_it_is_read_is_believed() -> None:
    assert known("dns.made_up") is not None
    assert known("ip.options.sid.malformed") is not None


def test_names_are_gathered_after_headers_were_read_too() -> None:
    assert set(written().fields) <= set(written.__wrapped__().fields)
