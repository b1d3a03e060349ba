"""IPv4: its options, its lengths that lie, its fragments."""

import pytest

from app.packet.compose import ip_datagram
from app.packet.dissection import CheckStatus, Dissection, Severity
from app.packet.ip.v4 import Ipv4
from app.packet.registry import Protocol
from tests.packet import probes
from tests.packet.link.frames import read, shown, texts


def with_options(digits: str) -> Dissection:
    """An echo request whose header has these options, the header's checksum left out."""
    options = bytes.fromhex(digits)
    options += bytes(-len(options) % 4)
    whole = probes.echo_request(4)
    length = len(whole) + len(options)
    head = Ipv4.decode(whole).replace(header_length=5 + len(options) // 4, total_length=length)
    return read((head.build() + options + whole[20:]).hex())


@pytest.mark.parametrize(
    ("digits", "name", "values"),
    [
        ("070b0c 0a000001 0a000002", "ip.rec_rt", ["10.0.0.1", "10.0.0.2"]),
        ("070b08 0a000001 00000000", "ip.empty_rt", ["0.0.0.0"]),
        ("830b08 0a000001 0a000002", "ip.cur_rt", ["10.0.0.2"]),
        ("890b04 0a000001 0a000002", "ip.src_rt", ["10.0.0.2"]),
        ("440c0d01 0a000001 00abcdef", "ip.opt.time_stamp", ["03:07:39.375 UT"]),
        ("44080900 80000005", "ip.opt.time_stamp", ["5, not in milliseconds since midnight UT"]),
        ("94040000", "ip.opt.ra", ["0  router shall examine packet"]),
        ("8204ab80", "ip.opt.sec_cl", ["0xab  unclassified"]),
        ("8204ab81", "ip.opt.sec_prot_auth_fti", ["set"]),
        ("820bd788 1234 6162 78797a", "ip.opt.sec_rfc791_sec", ["0xd788  secret"]),
        ("850501aabb", "ip.opt.ext_sec_add_sec_info", ["aabb"]),
        ("860b00000003 01050005f0", "ip.cipso.categories", ["0, 1, 2, 3"]),
        ("860e00000003 0208000700010005", "ip.cipso.categories", ["1, 5"]),
        ("861000000003 050a0009 0010 0002 0001", "ip.cipso.categories", ["2-16, 0-1"]),
        ("860b00000003 0605aabbcc", "ip.cipso.tag_data", ["aabbcc"]),
        ("0b0405dc", "ip.opt.mtu", ["1500 bytes"]),
        ("520c0001 0002ffff 0a000001", "ip.opt.originator", ["10.0.0.1"]),
        ("19080740 12345678", "ip.opt.qs_rate", ["7  5120 kbit/s"]),
        ("950a0a0000010a000002", "ip.opt.addr", ["10.0.0.1", "10.0.0.2"]),
        ("88041234", "ip.opt.sid", ["0x1234"]),
    ],
)
def test_an_option_says_what_its_rfc_says(digits: str, name: str, values: list[str]) -> None:
    assert shown(with_options(digits), name) == values


@pytest.mark.parametrize(
    ("digits", "length"),
    [("0702", 2), ("8302", 2), ("440305", 3), ("860401aa", 4), ("190407aa", 4), ("520600010002", 6)],
)
def test_an_option_that_is_too_short_shows_what_there_is(digits: str, length: int) -> None:
    dissection = with_options(digits)

    assert shown(dissection, "ip.opt.len")[0] == f"{length} bytes"
    assert dissection.protocol == "icmp"


@pytest.mark.parametrize("digits", ["63000000", "63010000", "63ff0000", "07280400"])
def test_an_option_whose_length_cannot_be_ends_the_options(digits: str) -> None:
    dissection = with_options(digits)

    assert f"option {int(digits[:2], 16)} has a length that cannot be" in texts(dissection)
    assert dissection.protocol == "icmp"


def test_a_later_fragment_is_never_a_transport_header() -> None:
    whole = Ipv4.decode(probes.udp_probe(4)).replace(fragment_offset=4).build() + probes.udp_probe(4)[20:]

    assert read(whole.hex()).summary == "fragment at byte 32, 32 bytes"


def test_a_length_of_zero_was_left_to_the_network_card() -> None:
    whole = Ipv4.decode(probes.udp_probe(4)).replace(total_length=0).build() + probes.udp_probe(4)[20:]

    dissection = read(whole.hex())

    assert dissection.protocol == "udp"
    assert dissection.checks[1].status is CheckStatus.GOOD


def test_a_header_that_is_cut_behind_its_checksum_is_not_judged() -> None:
    assert [check.status for check in read(probes.udp_probe(4)[:14].hex()).checks] == [CheckStatus.UNVERIFIED]


def test_a_ttl_of_zero_has_no_place_on_the_wire() -> None:
    whole = Ipv4.decode(probes.udp_probe(4)).replace(ttl=0).build() + probes.udp_probe(4)[20:]

    assert (Severity.WARNING, 8) in [(note.severity, note.position) for note in read(whole.hex()).notes]


def test_mpls_and_ethernet_stand_behind_ip_too() -> None:
    inner = probes.udp_probe(4)

    labelled = ip_datagram(probes.outgoing(4), Protocol.MPLS_IN_IP, bytes.fromhex("00010140") + inner)

    assert [layer.name for layer in read(labelled.hex()).layers] == ["ip", "mpls", "ip", "udp", "data"]
