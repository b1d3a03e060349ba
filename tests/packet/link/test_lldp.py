"""LLDP, written from IEEE 802.1AB."""

import pytest

from app.packet.link.linktype import LinkType
from tests.packet.link.frames import read, shown, texts

CHASSIS, PORT, TIME, END = "0207 04 020000000001", f"0405 05 {b'eth0'.hex()}", "0602 0078", "0000"


def frame(*tlvs: str) -> str:
    """An Ethernet frame around these TLVs."""
    return f"0180c200000e 020000000001 88cc {' '.join(tlvs)}"


def test_a_unit_says_name_and_port() -> None:
    name = f"0a04 {b'host'.hex()}"

    assert read(frame(CHASSIS, PORT, TIME, END), LinkType.ETHERNET).summary == "LLDP, 02:00:00:00:00:01, port eth0"
    assert read(frame(CHASSIS, PORT, TIME, name, END), LinkType.ETHERNET).summary == "LLDP, host, port eth0"


def test_a_unit_that_lives_for_no_time_takes_all_back() -> None:
    dissection = read(frame(CHASSIS, PORT, "0602 0000", END), LinkType.ETHERNET)

    assert dissection.summary == "LLDP, 02:00:00:00:00:01, port eth0, is leaving"


@pytest.mark.parametrize(
    ("tlv", "name", "words"),
    [
        ("0206 05 01 0a000001", "lldp.chassis.id.ip4", "10.0.0.1"),
        ("0212 05 02 fe800000000000000000000000000001", "lldp.chassis.id.ip6", "fe80::1"),
        ("0405 01 75701b5b", "lldp.port.id", "up␛["),
        ("100c 05 01 0a000001 02 00000003 00", "lldp.mgn.addr.ip4", "10.0.0.1"),
        ("0e04 0014 0010", "lldp.tlv.system_cap.router", "set"),
        ("fe06 0080c2 01 0005", "lldp.ieee.802_1.port_vlan.id", "5"),
        (f"fe0b 0080c2 03 0009 04 {b'blue'.hex()}", "lldp.tlv", "VLAN name blue"),
        ("fe09 00120f 01 03 8000 001e", "lldp.ieee.802_3.pmd_auto_neg_advertised_caps.other", "set"),
        ("fe08 0012bb 02 01 400b6e", "lldp.media.vlan_id", "5"),
        (f"fe07 0012bb 0a {b'box'.hex()}", "lldp.media.model", "box"),
        ("fe05 aabbcc 07 ff", "lldp.unknown_subtype.content", "ff"),
    ],
)
def test_what_a_tlv_says(tlv: str, name: str, words: str) -> None:
    assert words in shown(read(frame(CHASSIS, tlv, END), LinkType.ETHERNET), name)


def test_padding_behind_the_end_is_the_link_s() -> None:
    unit = frame(CHASSIS, PORT, TIME, END)
    missing = 60 - len(bytes.fromhex(unit))

    dissection = read(unit + "00" * missing, LinkType.ETHERNET)

    assert texts(dissection) == []
    assert shown(dissection, "eth.padding") == ["00" * missing]


def test_a_length_that_lies_ends_the_unit() -> None:
    dissection = read(frame(CHASSIS, "0aff 6162"), LinkType.ETHERNET)

    assert dissection.summary == "LLDP, 02:00:00:00:00:01, cut short"
