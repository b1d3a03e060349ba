"""What stands in front of an IP packet, and what does not lead to one."""

import pytest

from app.packet.link.linktype import LinkType
from app.packet.link.numbers import EtherType, PppProtocol
from tests.packet import probes
from tests.packet.link.frames import read, shown, texts

STATIONS = "020000000002 020000000001"


def ethernet(kind: str, payload: str) -> str:
    """A frame of Ethernet between two stations."""
    return f"{STATIONS} {kind} {payload}"


def names(digits: str, link: LinkType = LinkType.ETHERNET) -> list[str]:
    return [layer.name for layer in read(digits, link).layers]


PROBE = probes.udp_probe(4).hex()
PROBE6 = probes.udp_probe(6).hex()


@pytest.mark.parametrize(
    ("kind", "front", "layers"),
    [
        ("8100", "60640800", ["eth", "vlan"]),
        ("88a8", "b0c88100f0640800", ["eth", "ieee8021ad", "vlan"]),
        ("9100", "00c881000064 0800", ["eth", "vlan", "vlan"]),
        ("8847", "00010140", ["eth", "mpls"]),
        ("8848", "0001004000020340", ["eth", "mpls", "mpls"]),
        ("8847", "0000d1ff 10000021", ["eth", "mpls", "pwach"]),
        ("8847", "00010140 00000000 020000000003020000000004 0800", ["eth", "mpls", "pwethcw", "eth"]),
        ("8864", f"11000001{len(PROBE) // 2 + 2:04x}0021", ["eth", "pppoe", "ppp"]),
        ("6558", "020000000003020000000004 0800", ["eth", "eth"]),
    ],
)
def test_tags_and_labels_lead_to_the_datagram(kind: str, front: str, layers: list[str]) -> None:
    assert names(ethernet(kind, front + PROBE)) == [*layers, "ip", "udp", "data"]


def test_a_length_in_place_of_a_type_leads_through_llc_and_snap() -> None:
    size = len(PROBE) // 2 + 8

    dissection = read(ethernet(f"{size:04x}", f"aaaa03000000 0800 {PROBE}"), LinkType.ETHERNET)

    assert [layer.name for layer in dissection.layers] == ["eth", "llc", "ip", "udp", "data"]
    assert shown(dissection, "eth.len") == [f"{size} bytes"]


@pytest.mark.parametrize(
    ("front", "link"),
    [
        ("02000000", LinkType.NULL),
        ("00000002", LinkType.NULL),
        ("00000002", LinkType.LOOP),
        ("ff030021", LinkType.NULL),
        ("0f000800", LinkType.PPP_HDLC),
        ("8f000800", LinkType.CISCO_HDLC),
        ("ff0321", LinkType.PPP),
    ],
)
def test_framings_of_one_machine_and_of_serial_lines(front: str, link: LinkType) -> None:
    assert names(front + PROBE, link)[1:] == ["ip", "udp", "data"]


@pytest.mark.parametrize("family", ["18000000", "1c000000", "1e000000", "0a000000", "00000018", "0000001c", "0000001e"])
def test_every_bsd_numbers_ipv6_in_its_own_way(family: str) -> None:
    assert names(family + PROBE6, LinkType.NULL) == ["null", "ipv6", "udp", "data"]


def test_a_family_that_is_no_ip_is_shown_as_bytes() -> None:
    dissection = read("07000000 616263", LinkType.NULL)

    assert dissection.summary == "osi, 3 bytes"


def test_a_link_type_that_nobody_knows_is_bytes() -> None:
    assert names("00112233", LinkType(147)) == ["data"]
    assert read("00112233", LinkType(147)).summary == "link type 147, 4 bytes"


def test_a_type_without_a_name_is_told_in_digits() -> None:
    assert read(ethernet("1234", "616263"), LinkType.ETHERNET).summary == "unassigned 0x1234, 3 bytes"


def test_zeros_up_to_the_least_frame_are_padding_and_what_follows_a_trailer() -> None:
    small = "4500001c000040004011d21a7f0000017f000001" + "00350035000800 00".replace(" ", "")

    dissection = read(ethernet("0800", small + "00" * 18 + "deadbeef"), LinkType.ETHERNET)

    assert shown(dissection, "eth.padding") == ["00" * 18]
    assert shown(dissection, "eth.trailer") == ["deadbeef"]


def test_a_sender_that_is_a_group_is_odd() -> None:
    dissection = read(f"020000000002 010000000001 0800 {PROBE}", LinkType.ETHERNET)

    assert texts(dissection) == ["the sender's address is a group's"]


def test_a_search_for_an_access_concentrator_names_its_tags() -> None:
    tags = "01020006 636f6e633031 01010004 69737031"

    dissection = read(ethernet("8863", f"110700000012 {tags}"), LinkType.ETHERNET)

    assert dissection.summary == "pppoe active discovery offer"
    assert shown(dissection, "pppoed.tags.ac_name") == ["conc01"]


def test_numbers_without_a_name_keep_their_digits() -> None:
    assert EtherType(0x1234).words == "unassigned 0x1234"
    assert PppProtocol(0x8021).words == "ip control"
