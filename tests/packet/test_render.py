"""What machines and people are given to read of a packet."""

import json

from app.packet.answer import InterfaceInformation
from app.packet.dissect import dissect
from app.packet.link.linktype import LinkType
from app.packet.render import hex_lines, packet_document, summary_line, tree_lines
from tests.packet import probes


def test_the_document_has_the_keys_of_the_contract() -> None:
    data = probes.udp_probe(4)
    document = packet_document(3, 17, 60, "raw", dissect(data))
    assert {key: document[key] for key in ("frame", "time_ns", "length", "captured", "link")} == {
        "frame": 3,
        "time_ns": 17,
        "length": 60,
        "captured": 52,
        "link": "raw",
    }
    assert [layer["name"] for layer in document["layers"]] == ["ip", "udp", "data"]
    assert document["checks"] == [
        {"pos": 10, "status": "good", "expected": None},
        {"pos": 26, "status": "good", "expected": None},
    ]
    assert document["notes"] == []


def test_a_field_has_its_place_value_and_words() -> None:
    ip = packet_document(1, None, 52, "raw", dissect(probes.udp_probe(4)))["layers"][0]
    fields = {field["name"]: field for field in ip["fields"]}
    assert fields["ip.ttl"] == {"name": "ip.ttl", "pos": 8, "size": 1, "value": 3, "shown": "3 hops"}
    assert fields["ip.version"] == {"name": "ip.version", "pos": 0, "size": 1, "bits": [0, 4], "value": 4, "shown": "4"}
    assert fields["ip.src"]["value"] == "192.0.2.10"
    assert [field["name"] for field in fields["ip.flags"]["fields"]] == ["ip.flags.rb", "ip.flags.df", "ip.flags.mf"]


def test_a_quoted_datagram_is_a_layer_behind_the_error() -> None:
    layers = packet_document(1, 0, 0, "raw", dissect(probes.error(6, probes.udp_probe(6))))["layers"]
    assert [(layer["name"], layer["quoted"]) for layer in layers] == [
        ("ipv6", False),
        ("icmpv6", False),
        ("ipv6", True),
        ("udp", True),
        ("data", True),
    ]


def test_the_document_is_json_and_holds_no_control_characters() -> None:
    hostile = InterfaceInformation(0, name="\x1b]0;owned\x07\n")
    document = packet_document(1, 0, 0, "raw", dissect(probes.error(4, probes.udp_probe(4), interfaces=(hostile,))))
    assert json.dumps(document, ensure_ascii=False).isprintable()


def test_one_line_says_who_and_what() -> None:
    assert summary_line(dissect(probes.echo_request(4))) == "192.0.2.10 → 198.51.100.20  echo request, id 1234, seq 7"
    assert summary_line(dissect(b"\xff")) == "data: 1 byte"
    assert summary_line(dissect(b"")) == "data: 0 bytes"


def test_the_tree_shows_layers_fields_verdicts_and_notes() -> None:
    damaged = bytearray(probes.udp_probe(4))
    damaged[26] ^= 0xFF
    lines = list(tree_lines(dissect(bytes(damaged))))
    assert lines[0] == "Internet Protocol version 4: 192.0.2.10 → 198.51.100.20  [bytes 0..19, 20]"
    assert "    version: 4" in lines
    assert "        DSCP: 46  EF" in lines
    assert any(line.startswith("    checksum: 0x") and "bad, should be 0x" in line for line in lines)
    assert lines[-1].startswith("error at byte 26: checksum")
    assert all(line.isprintable() for line in lines)


def test_the_tree_says_an_address_of_nothing_but_zeros() -> None:
    lines = list(tree_lines(dissect(bytes.fromhex("6000000000003bff") + bytes(32))))
    assert "    source: ::" in lines


def test_the_tree_says_what_is_quoted() -> None:
    lines = list(tree_lines(dissect(probes.error(4, probes.udp_probe(4)))))
    assert any(line.startswith("quoted Internet Protocol version 4") for line in lines)


def test_a_hex_dump_has_offsets_halves_and_text() -> None:
    assert list(hex_lines(bytes(range(0x41, 0x41 + 18)) + b"\x1b\xff")) == [
        "0000  41 42 43 44 45 46 47 48  49 4a 4b 4c 4d 4e 4f 50  |ABCDEFGHIJKLMNOP|",
        "0010  51 52 1b ff                                       |QR..|",
    ]
    assert list(hex_lines(b"")) == []


def test_every_position_counts_from_the_link_header() -> None:
    frame = bytes.fromhex("0203040506070a0b0c0d0e0f0800") + probes.udp_probe(4)
    document = packet_document(1, 0, len(frame), "ethernet", dissect(frame, LinkType.ETHERNET))
    assert [(layer["name"], layer["pos"]) for layer in document["layers"]] == [
        ("eth", 0),
        ("ip", 14),
        ("udp", 34),
        ("data", 42),
    ]
    assert [check["pos"] for check in document["checks"]] == [24, 40]
