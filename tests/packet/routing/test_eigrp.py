"""EIGRP, written from RFC 7868."""

import pytest

from app.packet.dissect import dissect
from app.packet.registry import Protocol
from tests.packet.link.frames import shown, texts
from tests.packet.routing.datagrams import ip, summed

PARAMETERS = "0001000c 01 00 01 00 00 00 000f"
METRIC = "0003e800 00000a00 0005dc 01 ff 01 00 00"


def eigrp(opcode: int, tlvs: str, sequence: int = 0, acknowledgment: int = 0) -> bytes:
    """A packet of autonomous system 77, its checksum right."""
    text = f"02{opcode:02x}0000 00000000 {sequence:08x} {acknowledgment:08x} 0000 004d {tlvs}"
    return summed(Protocol.EIGRP, text, 2)


@pytest.mark.parametrize(
    ("data", "summary"),
    [
        (eigrp(5, PARAMETERS), "EIGRP hello, AS 77"),
        (eigrp(5, "", acknowledgment=9), "EIGRP ack, AS 77, ack 9"),
        (eigrp(5, "0001000c ffffffffffff 000f"), "EIGRP hello, AS 77, goodbye"),
        (eigrp(10, ""), "EIGRP SIA query, AS 77"),
        (eigrp(1, f"0102001b 00000000 {METRIC} 10 0a01", 3), "EIGRP update, AS 77, seq 3, 1 route: 10.1.0.0/16"),
        (eigrp(1, f"01020019 00000000 {METRIC} 00", 3), "EIGRP update, AS 77, seq 3, 1 route: 0.0.0.0/0"),
    ],
)
def test_what_a_packet_says(data: bytes, summary: str) -> None:
    assert dissect(data).summary == summary
    assert texts(dissect(data)) == []
    assert dissect(data).checks[-1].status.value == "good"


def test_hello_tells_constants_version_and_stub() -> None:
    dissection = dissect(eigrp(5, f"{PARAMETERS} 00040008 0c04 0102 00060006 0009"))

    assert shown(dissection, "eigrp.tlv") == ["K 1 0 1 0 0 0, hold 15 s", "12.4, TLVs 1.2", "redistributed, connected"]


def test_an_unreachable_route_says_so() -> None:
    dissection = dissect(eigrp(3, f"0102001b 00000000 ffffffff {METRIC[9:]} 10 0a01"))

    assert dissection.summary == "EIGRP query, AS 77, 1 route: 10.1.0.0/16 unreachable"


def test_an_external_route_says_where_it_was() -> None:
    external = "0a000003 0000004d 00000005 00000014 0000 0b 01"

    dissection = dissect(eigrp(1, f"0103002f 00000000 {external} {METRIC} 10 0a01"))

    assert shown(dissection, "eigrp.extdata") == ["connected of 10.0.0.3"]
    assert shown(dissection, "eigrp.opaque.flag.ext") == ["set"]


def test_an_ipv6_prefix_takes_a_byte_more_than_it_needs() -> None:
    # RFC 7868, section 6.8: all but prefixes of 128 bits
    route = f"0402002a {'00' * 16} {METRIC} 20 20010db800"

    assert dissect(eigrp(1, route)).summary == "EIGRP update, AS 77, 1 route: 2001:db8::/32"


def test_a_wide_metric_is_read_by_its_address_family() -> None:
    wide = "00 00 ff 01 0005dc 01 0000000f4240 0000000f4240 0000 0004"

    dissection = dissect(eigrp(1, f"0602002b 0000 0001 0a000003 {wide} 00000000 10 0a01"))

    assert dissection.summary == "EIGRP update, AS 77, 1 route: 10.1.0.0/16"
    assert shown(dissection, "eigrp.metric.flags.active") == ["set"]


def test_addresses_of_a_sequence_are_listed() -> None:
    dissection = dissect(eigrp(5, "0003000e 04 0a000001 04 0a000002"))

    assert shown(dissection, "eigrp.seq.ipv4addr") == ["10.0.0.1", "10.0.0.2"]


@pytest.mark.parametrize("tlv", ["00010002", "0001000c 0100", "00"])
def test_a_tlv_that_cannot_be_ends_the_packet(tlv: str) -> None:
    assert dissect(eigrp(5, tlv)).summary == "EIGRP hello, AS 77, cut short"


def test_a_tlv_that_is_too_short_does_not_end_the_packet() -> None:
    dissection = dissect(eigrp(5, f"00010006 0100 {PARAMETERS}"))

    assert shown(dissection, "eigrp.par.holdtime") == ["15 s"]


def test_a_wrong_checksum_is_seen() -> None:
    dissection = dissect(ip(Protocol.EIGRP, "02051234 00000000 00000000 00000000 0000 004d"))

    assert dissection.checks[-1].status.value == "bad"
