"""Bytes that nobody would send: nothing raises, nothing grows without bound, nothing unsafe comes out."""

import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.packet.application.dns import Dns
from app.packet.dissect import dissect
from app.packet.link.linktype import LinkType
from tests.packet.application.messages import datagram, dhcp, dns, record, segment, spans
from tests.packet.application.test_golden import PACKETS

PORTS = (53, 67, 69, 123, 161, 547, 5353, 5355)
#: More spans than this of one datagram are more than anyone reads.
MOST_SPANS = 12_000
LABELS = b"\1a" * 126 + b"\0"
POINTERS = b"".join(struct.pack("!H", 0xC000 | max(12, 10 + 2 * index)) for index in range(8000))
SOA = record(6, b"\xc0\x0c" * 2 + bytes(20))
BITMAP = b"\0" + b"".join(bytes([window, 32]) + b"\xff" * 32 for window in range(256)) * 7

MONSTERS = {
    "a chain of pointers": (dns(b"\0" + POINTERS, flags=0, counts=(65535, 0)), 53),
    "long names repeated": (
        dns(LABELS + b"\0\1\0\1", SOA * 1500, counts=(1, 9999)),
        53,
    ),
    "a bitmap of all types": (dns(b"", record(47, BITMAP), counts=(0, 1)), 53),
    "options of no bytes": (dns(b"", b"\0\0\x29" + bytes(6) + b"\xf0\0" + b"\0\5\0\0" * 15360, counts=(0, 1)), 53),
    "many empty options": (dhcp(b"\xe0\0" * 30000), 67),
    "many user classes": (dhcp((b"\x4d\xfe" + b"\1a" * 127) * 250), 67),
    "empty DHCPv6 options": (b"\1\0\0\0" + b"\0\xc8\0\0" * 15000, 547),
    "empty user classes": (b"\1\0\0\0\0\x0f\xea\x60" + bytes(60000), 547),
    "tiny extension fields": (b"\x23" + bytes(47) + b"\0\1\0\4" * 15000, 123),
    "many pairs": (b"\x16\x81" + struct.pack("!5H", 1, 0, 0, 0, 64000) + bytes(64000), 123),
    "small items": (b"\x97\0\3\x2a" + struct.pack("!HH", 4095, 1) + bytes(60000), 123),
    "many TFTP options": (b"\0\6" + b"\0" * 60000, 69),
    "a long object identifier": (b"\x30\x82\xf0\0\2\1\0\4\0\xa0\x82\xef\0" + b"\6\x82\xe0\0" + b"\xff" * 57344, 161),
}


@pytest.mark.parametrize("name", MONSTERS)
def test_a_monster_is_read_within_bounds(name: str) -> None:
    payload, port = MONSTERS[name]

    dissection = dissect(datagram(payload[:65000], port))

    assert len(spans(dissection)) < MOST_SPANS
    assert len(dissection.notes) < 100
    assert dissection.summary.isprintable()


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300), st.sampled_from(PORTS))
def test_any_bytes_at_any_port_are_data(payload: bytes, port: int) -> None:
    everything_holds(datagram(payload, port), LinkType.RAW)


@settings(max_examples=50, deadline=None)
@given(st.binary(max_size=200), st.integers(0, 400))
def test_any_bytes_of_a_stream_are_data(payload: bytes, length: int) -> None:
    head = Dns(questions=1, answers=2).build()
    everything_holds(segment(struct.pack("!H", length) + head + payload, 53), LinkType.RAW)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_a_damaged_message_is_data(data: st.DataObject) -> None:
    frame = bytearray.fromhex(data.draw(st.sampled_from(PACKETS))["hex"])
    for place, byte in data.draw(st.lists(st.tuples(st.integers(42, len(frame) - 1), st.integers(0, 255)), max_size=8)):
        frame[place] = byte
    end = data.draw(st.integers(42, len(frame)))

    everything_holds(bytes(frame[:end]), LinkType.ETHERNET)


def everything_holds(frame: bytes, link: LinkType) -> None:
    """Every span has bytes that are there, and every word can be shown."""
    dissection = dissect(frame, link)

    found = spans(dissection)
    assert all(0 <= span.start_bit < span.stop_bit <= len(frame) * 8 for span in found)
    assert all(span.shown.isprintable() and span.field.label.isprintable() for span in found)
    assert all(note.text.isprintable() and 0 <= note.position <= len(frame) for note in dissection.notes)
    assert all(layer.summary.isprintable() for layer in dissection.layers)
