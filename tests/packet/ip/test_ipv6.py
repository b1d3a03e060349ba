"""IPv6: extension headers, the options in them, and the addresses that checksums are taken with."""

import pytest

from app.packet.compose import Envelope, ip_datagram, with_checksum
from app.packet.dissection import CheckStatus, Dissection
from app.packet.registry import Protocol
from tests.packet import probes
from tests.packet.link.frames import read, shown, texts

B = "fd000000000000000000000000000007"


def behind(next_header: int, digits: str) -> Dissection:
    """A datagram whose first header behind IPv6's is this one."""
    return read(ip_datagram(probes.outgoing(6), next_header, bytes.fromhex(digits)).hex())


def options(digits: str, kind: int = Protocol.HOPOPT) -> Dissection:
    """Options in front of nothing, padded."""
    body = bytes.fromhex(digits)
    body += bytes(-(len(body) + 2) % 8)
    return behind(kind, f"3b{(len(body) + 2) // 8 - 1:02x}" + body.hex())


@pytest.mark.parametrize(
    ("digits", "name", "values"),
    [
        ("05020000", "ipv6.opt.router_alert", ["0  datagram contains multicast listener discovery message"]),
        ("050200ff", "ipv6.opt.router_alert", ["255  unassigned 255"]),
        ("040105", "ipv6.opt.tel", ["5"]),
        ("c90420010db8", "ipv6.opt.mipv6.home_address", []),
        ("070c 00000001 01 05 1234 aabbccdd", "ipv6.opt.calipso.cmpt_bitmap", ["aabbccdd"]),
        ("0805 11 aabb 0001", "ipv6.opt.smf_dpd.tagger_id", ["aabb"]),
        ("0804 80112233", "ipv6.opt.smf_dpd.hav", ["80112233"]),
        ("0f0a 01020003000400050006", "ipv6.opt.pdm.psn_this_pkt", ["3"]),
        ("12041234 5c00", "ipv6.opt.altmark.flowmonid", ["0x12345"]),
        ("6304a01e0100", "ipv6.opt.rpl.flag.f", ["set"]),
        ("2606074012345678", "ipv6.opt.qs_ttl", ["64"]),
        ("300405dc05dd", "ipv6.opt.pmtu.rtn_mtu", ["1500 bytes"]),
        ("6d044005aabb", "ipv6.opt.mpl.seed_id", ["aabb"]),
        ("8b0401020304", "ipv6.opt.ilnp_nonce", ["01020304"]),
        ("8c06056c696e6531", "ipv6.opt.lio.line_id", ["line1"]),
        ("ee03301234", "ipv6.opt.dff.flag.dup", ["set"]),
        ("3e02aabb", "ipv6.opt.experimental", ["aabb"]),
        ("2a020102", "ipv6.opt.unknown", ["0102"]),
        ("ea020102", "ipv6.opt.type.action", ["3  discard and tell unless multicast", "0  skip", "0  skip"]),
    ],
)
def test_an_option_says_what_its_rfc_says(digits: str, name: str, values: list[str]) -> None:
    assert shown(options(digits), name) == values


def test_a_trace_is_read_node_by_node() -> None:
    # Two nodes, each a hop limit with an identifier and two interfaces (RFC 9197, section 4.4).
    trace = "0000 0001 1000 c00000 00" + "40000001 00010002" + "3f000002 00030004"

    dissection = options("311a" + trace)

    assert shown(dissection, "ipv6.opt.ioam.trace.node.id") == ["0x000001", "0x000002"]
    assert shown(dissection, "ipv6.opt.ioam.trace.node.eif") == ["2", "4"]


@pytest.mark.parametrize(
    ("digits", "name", "values"),
    [
        (f"3b020001 00000000 {B}", "ipv6.routing.src.addr", ["fd00::7"]),
        (f"3b020201 00000000 {B}", "ipv6.routing.mipv6.home_address", ["fd00::7"]),
        ("3b010302 ff300000 0102030000000000", "ipv6.routing.rpl.address", None),
        (f"3b020400 00000000 {B}", "ipv6.routing.srh.addr", ["fd00::7  segment 0, the next"]),
        (f"3b030400 00000000 {B} 0406000000000000", "ipv6.routing.srh.tlv.padding", ["000000000000"]),
        ("3b000501 00010002", "ipv6.routing.crh16.sid", ["0x0001", "0x0002"]),
        ("3b010601 0000000100000002 00000000", "ipv6.routing.crh32.current_sid", ["0x00000002"]),
        ("3b006301 61626364", "ipv6.routing.unknown_data", ["61626364"]),
    ],
)
def test_a_routing_header_of_every_type(digits: str, name: str, values: list[str] | None) -> None:
    found = shown(behind(Protocol.IPV6_ROUTE, digits), name)

    assert found == values if values is not None else len(found) == 5


def test_an_authenticated_segment_list_shows_its_key() -> None:
    hmac = "0526" + "8000" + "00000001" + "ab" * 32

    dissection = behind(Protocol.IPV6_ROUTE, f"3b07040000000000{B}{hmac}")

    assert shown(dissection, "ipv6.routing.srh.tlv.hmac.key_id") == ["0x00000001"]
    assert shown(dissection, "ipv6.routing.srh.tlv.hmac.d") == ["set"]


def test_a_compressed_last_address_is_the_one_that_checksums_are_taken_with() -> None:
    sent = probes.outgoing(6)
    last = type(sent.destination)(sent.destination.packed[:15] + b"\x07")
    route = bytes.fromhex("3a010301 ff700000 0700000000000000")
    message = with_checksum(Envelope(sent.source, last), Protocol.IPV6_ICMP, bytes.fromhex("8000000000040009"))

    dissection = read(ip_datagram(sent, Protocol.IPV6_ROUTE, route + message).hex())

    assert shown(dissection, "ipv6.routing.rpl.address") == [str(last)]
    assert dissection.checks[-1].status is CheckStatus.GOOD


def test_a_jumbo_payload_ends_where_its_option_says() -> None:
    digits = bytearray(ip_datagram(probes.outgoing(6), 0, bytes.fromhex("3b00c20400000008") + b"behind it"))
    digits[4:6] = b"\0\0"

    assert "9 bytes behind the end of the datagram" not in texts(read(digits.hex()))
    assert read(digits.hex()).layers[-1].name == "ipv6.hopopts"


def test_a_jumbo_payload_beside_a_length_is_told() -> None:
    assert any("beside a payload length" in text for text in texts(options("c20400010000")))


@pytest.mark.parametrize(
    ("protocol", "digits", "words"),
    [
        (Protocol.MOBILITY_HEADER, "3b010500 0000 0001f000003c 01020000", "mobility, binding update"),
        (Protocol.MOBILITY_HEADER, "3b006300 0000 6162", "mobility, unassigned 99"),
        (Protocol.HIP, "3b040121 0000 0000" + "11" * 32, "hip i1"),
        (Protocol.SHIM6, "3b008000 00000001", "shim6 payload"),
        (Protocol.SHIM6, "3b004300 00000000", "shim6 probe"),
        (Protocol.ESP, "00000100 00000002 aabb", "esp, spi 0x00000100, seq 2"),
    ],
)
def test_headers_that_carry_no_payload_are_named(protocol: int, digits: str, words: str) -> None:
    assert behind(protocol, digits).summary == words


def test_a_later_fragment_is_never_a_transport_header() -> None:
    assert behind(Protocol.IPV6_FRAG, "11000041 12345678" + "00" * 16).layers[-1].name == "data"
