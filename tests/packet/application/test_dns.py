"""DNS: names, records, the line of the list, and messages that lie."""

import struct

import pytest

from app.packet.dissect import dissect
from tests.packet.application.messages import dns, read, record, segment, spans, values

EXAMPLE = b"\7example\3com\0"
QUESTION = EXAMPLE + b"\0\1\0\1"


def test_a_query_reads_like_a_sentence() -> None:
    dissection = read(dns(QUESTION, flags=0x0100, counts=(1, 0)), 53)

    assert dissection.summary == "DNS query 0x1a2b A? example.com"
    assert dissection.protocol == "dns"
    assert dissection.notes == ()


def test_an_answer_tells_its_records() -> None:
    dissection = read(dns(QUESTION, record(1, bytes([192, 0, 2, 1]))), 53)

    assert dissection.summary == "DNS answer 0x1a2b A example.com → 192.0.2.1, ttl 300 s"


def test_an_answer_without_records_tells_why() -> None:
    refused = read(dns(QUESTION, flags=0x8183, counts=(1, 0)), 53)
    empty = read(dns(QUESTION, flags=0x8180, counts=(1, 0)), 53)

    assert refused.summary == "DNS answer 0x1a2b A? example.com (NXDOMAIN)"
    assert empty.summary == "DNS answer 0x1a2b A? example.com (no data)"


def test_the_response_code_has_its_upper_bits_in_the_opt_record() -> None:
    opt = b"\0" + struct.pack("!HHBBHH", 41, 1232, 1, 0, 0x8000, 0)
    message = struct.pack("!6H", 1, 0x8180, 1, 0, 0, 1) + QUESTION + opt

    assert read(message, 53).summary == "DNS answer 0x0001 A? example.com (BADVERS)"


def test_a_pointer_says_the_rest_of_a_name_again() -> None:
    dissection = read(dns(QUESTION, record(5, b"\3www\xc0\x0c")), 53)

    assert values(dissection, "dns.resp.name") == ["example.com"]
    assert values(dissection, "dns.cname") == ["www.example.com"]


def test_bytes_of_a_label_that_are_no_text_are_escaped() -> None:
    dissection = read(dns(b"\5a.b\x1b\\\0\0\1\0\1", counts=(1, 0)), 53)

    assert values(dissection, "dns.qry.name") == ["a\\.b\\027\\\\"]


def test_names_of_multicast_dns_are_unicode() -> None:
    label = "Büro 1".encode()
    question = bytes([len(label)]) + label + b"\0\0\1\x80\1"
    multicast = read(dns(question, flags=0, counts=(1, 0)), 5353)
    unicast = read(dns(question, flags=0, counts=(1, 0)), 53)

    assert values(multicast, "dns.qry.name") == ["Büro 1"]
    assert values(multicast, "dns.qry.qu") == [1]
    assert values(unicast, "dns.qry.name") == ["B\\195\\188ro\\0321"]


@pytest.mark.parametrize(
    "pointer", [b"\xc0\x0c", b"\xc0\x40", b"\xff\xff"], ids=["itself", "forward", "beyond the end"]
)
def test_a_pointer_that_does_not_point_back_ends_the_name(pointer: bytes) -> None:
    dissection = read(dns(b"\1a" + pointer + b"\0\1\0\1", counts=(1, 0)), 53)

    assert values(dissection, "dns.qry.name") == ["a.…"]
    assert "not before it" in dissection.notes[0].text


def test_a_name_of_more_than_255_bytes_is_no_name() -> None:
    dissection = read(dns(b"\77" + b"a" * 63 + (b"\77" + b"a" * 63) * 4 + b"\0\0\1\0\1", counts=(1, 0)), 53)

    assert values(dissection, "dns.qry.name") == []
    assert any("more than 255 bytes" in note.text for note in dissection.notes)


def test_records_that_are_not_there_are_missed() -> None:
    dissection = read(dns(QUESTION, record(1, bytes(4)), counts=(1, 3)), 53)

    assert [note.text for note in dissection.notes] == ["answers: 1 of 3 are there"]


def test_a_record_of_an_unknown_type_keeps_its_number() -> None:
    dissection = read(dns(QUESTION, record(65280, b"\1\2")), 53)

    assert values(dissection, "dns.data") == [b"\1\2"]
    assert "TYPE65280" in dissection.summary


def test_the_types_of_an_nsec_record_stand_at_their_bits() -> None:
    dissection = read(dns(QUESTION, record(47, b"\0" + b"\0\2\x60\1")), 53)

    types = [span for span in spans(dissection) if span.field.name == "dns.resp.type" and isinstance(span.value, int)]
    assert [(span.shown, span.stop_bit - span.start_bit) for span in types[1:]] == [("A", 1), ("NS", 1), ("MX", 1)]


def test_two_messages_of_one_segment_are_two_layers() -> None:
    message = dns(QUESTION, flags=0x0100, counts=(1, 0))
    dissection = dissect(segment((struct.pack("!H", len(message)) + message) * 2, 53))

    assert [layer.name for layer in dissection.layers] == ["ip", "tcp", "dns", "dns"]
    assert values(dissection, "dns.length") == [len(message)] * 2


def test_a_segment_from_amid_a_message_is_data() -> None:
    dissection = dissect(segment(b"\0\0middle of something", 53))

    assert [layer.name for layer in dissection.layers] == ["ip", "tcp", "data"]


def test_a_segment_without_data_has_no_dns() -> None:
    assert [layer.name for layer in dissect(segment(b"", 53)).layers] == ["ip", "tcp"]


def test_flags_of_llmnr_have_their_own_names() -> None:
    dissection = read(dns(QUESTION, flags=0x8500, counts=(1, 0)), 5355)

    assert dissection.protocol == "llmnr"
    assert values(dissection, "dns.flags.conflict") == [1]
    assert values(dissection, "dns.flags.tentative") == [1]


def test_more_records_than_anyone_reads_are_not_shown() -> None:
    dissection = read(dns(QUESTION, record(1, bytes(4)) * 3000, counts=(1, 3000)), 53)

    assert len(values(dissection, "dns.a")) < 500
    assert any("the rest is not shown" in note.text for note in dissection.notes)
