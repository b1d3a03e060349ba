"""Packets as text for other programs. scapy 2.8.0 evaluated the expressions and built the same bytes."""

import ast
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.packet.copying import FORMS, Copied, c_array, field_value, hex_dump, hex_text, python_bytes
from app.packet.dissect import dissect
from app.packet.link.linktype import LinkType
from app.packet.scapy import scapy_expression
from tests.packet.probes import echo_request, error, tcp_probe, udp_probe

ETHERNET = bytes.fromhex("0200000000010200000000020800")


def made(key: str, copied: Copied) -> str:
    return next(form for form in FORMS if form.key == key).make(copied)


def test_bytes_are_written_as_other_programs_read_them() -> None:
    assert hex_text(b"\x45\x00\xff") == "45 00 ff"
    assert hex_dump(b"AB\x00").split() == ["0000", "41", "42", "00", "|AB.|"]
    assert c_array(b"\x45\x00") == "static const unsigned char packet[2] = {\n    0x45, 0x00,\n};"
    assert python_bytes(b"\x45\x00") == 'b"\\x45\\x00"'


@given(st.binary(max_size=80))
@settings(max_examples=50, deadline=None)
def test_python_reads_its_literal_back(data: bytes) -> None:
    assert ast.literal_eval(python_bytes(data)) == data


def test_a_field_is_copied_with_the_bytes_that_it_touches() -> None:
    read = dissect(udp_probe(4))
    flag = Copied(read, next(read.spans_named("ip.flags.df")))
    ttl = Copied(read, next(read.spans_named("ip.ttl")), number=3)

    assert flag.octets == read.data[6:7]
    assert ttl.words == "ip.ttl, 1 byte"
    assert made("x", ttl) == "03"
    assert made("v", ttl) == "3"
    assert made("x", Copied(read)) == hex_text(read.data)
    assert field_value(next(read.spans_named("ip.src"))) == "192.0.2.10"
    assert field_value(next(read.spans_named("data.data"))) == "75" * 24


def test_a_packet_is_copied_as_tree_summary_and_json() -> None:
    read = dissect(udp_probe(4))
    copied = Copied(read, number=7, time_ns=5)

    assert copied.words == "packet #7, 52 bytes"
    assert "source port: 40000" in made("t", copied)
    assert made("u", copied).startswith("192.0.2.10 → 198.51.100.20")
    document = json.loads(made("J", copied))
    assert (document["frame"], document["time_ns"], document["length"]) == (7, 5, 52)
    assert document["layers"][1]["name"] == "udp"


def test_each_form_has_a_key_of_its_own() -> None:
    assert len({form.key for form in FORMS}) == len(FORMS)


@pytest.mark.parametrize(
    ("data", "expression"),
    [
        (
            echo_request(4),
            (
                "IP(version=4, ihl=5, tos=0xb9, len=47, id=43981, flags=0, frag=0, ttl=3, proto=1, chksum=0x1ef6, "
                "src='192.0.2.10', dst='198.51.100.20')/ICMP(type=8, code=0, chksum=0x152c, id=1234, seq=7)/"
                "Raw(b'a secret of the run')"
            ),
        ),
        (
            udp_probe(6),
            (
                "IPv6(version=6, tc=0xb9, fl=0x00000, plen=32, nh=17, hlim=3, "
                "src='2001:db8::10', dst='2001:db8:1::20')/"
                "UDP(sport=40000, dport=33434, len=32, chksum=0x03af)/Raw(b'uuuuuuuuuuuuuuuuuuuuuuuu')"
            ),
        ),
        (
            tcp_probe(4, bytes.fromhex("020405b40402080a000000010000000201030307")),
            (
                "IP(version=4, ihl=5, tos=0xb9, len=60, id=43981, flags=0, frag=0, ttl=3, proto=6, chksum=0x1ee4, "
                "src='192.0.2.10', dst='198.51.100.20')/TCP(sport=40000, dport=443, seq=1000, ack=0, dataofs=10, "
                "reserved=0, flags=0x002, window=1024, chksum=0xb5c7, urgptr=0, options=[('MSS', 1460), "
                "('SAckOK', b''), ('Timestamp', (1, 2)), ('NOP', None), ('WScale', 7)])"
            ),
        ),
        (
            bytes.fromhex("46000019000000004011000a0a0000010a00000294040000") + b"U",
            (
                "IP(version=4, ihl=6, tos=0x00, len=25, id=0, flags=0, frag=0, ttl=64, proto=17, chksum=0x000a, "
                "src='10.0.0.1', dst='10.0.0.2')/Raw(b'\\x94\\x04\\x00\\x00')/Raw(b'U')"
            ),
        ),
        (b"\x45\x00", "Raw(b'E\\x00')"),
        (b"", "Raw(b'')"),
    ],
    ids=["icmp", "udp over ipv6", "tcp options", "ip options", "cut", "nothing"],
)
def test_a_packet_is_the_expression_that_scapy_builds_it_from(data: bytes, expression: str) -> None:
    assert scapy_expression(dissect(data)) == expression


def test_a_link_header_is_a_layer_of_the_expression_and_an_error_is_raw() -> None:
    of_frame = scapy_expression(dissect(ETHERNET + echo_request(4), LinkType.ETHERNET))
    of_error = scapy_expression(dissect(error(4, udp_probe(4))))

    assert of_frame.startswith("Ether(dst='02:00:00:00:00:01', src='02:00:00:00:00:02', type=0x0800)/IP(version=4, ")
    assert "/Raw(b'\\x0b\\x00" in of_error


@given(st.binary(max_size=120), st.sampled_from([LinkType.RAW, LinkType.ETHERNET, LinkType.LINUX_SLL]))
@settings(max_examples=100, deadline=None)
def test_anything_can_be_copied_in_every_form(data: bytes, link: LinkType) -> None:
    read = dissect(data, link)
    for span in (None, *(span for layer in read.layers for span in layer.spans)):
        for form in FORMS:
            text = form.make(Copied(read, span))
            assert text.replace("\n", "").isprintable()
