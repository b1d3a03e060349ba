"""HSRP: version 1 written from RFC 2281, version 2 as tshark 4.0.17 reads it."""

import pytest

from app.packet.dissect import dissect
from tests.packet.link.frames import shown
from tests.packet.routing.datagrams import V6, udp

HELLO = f"0000 10 03 0a 78 01 00 {b'cisco'.hex()}000000 0a0000fe"
GROUP = "0128 02 00 06 04 02bc 020000000001 00000064 00000bb8 00002710 0a0000fe 000000000000000000000000"
GROUP_V6 = "0128 02 01 05 06 02bc 020000000001 00000064 00000bb8 00002710 fe80000000000000000573fffea00001"
DIGEST = "041c 01 00 0000 0a000001 00000009 000102030405060708090a0b0c0d0e0f"


@pytest.mark.parametrize(
    ("text", "summary"),
    [
        (HELLO, "HSRP hello, group 1, active, priority 120, 10.0.0.254"),
        ("0002 08" + HELLO[7:], "HSRP resign, group 1, standby, priority 120, 10.0.0.254"),
        ("0003 0001 000a 01 00 0005 0006 00000000", "HSRP advertise, 5 active and 6 passive groups"),
        (GROUP, "HSRPv2 hello, group 700, active, priority 100, 10.0.0.254"),
        (GROUP_V6, "HSRPv2 coup, group 700, standby, priority 100, fe80::5:73ff:fea0:1"),
        ("0204 0003 0004", "HSRPv2 3 active and 4 passive groups"),
        (HELLO[:20], "HSRP hello, cut short"),
    ],
)
def test_what_a_message_says(text: str, summary: str) -> None:
    assert dissect(udp(1985, text)).summary == summary


def test_ipv6_has_a_port_of_its_own() -> None:
    assert dissect(udp(2029, GROUP_V6, V6)).protocol == "hsrp"


@pytest.mark.parametrize("text", [f"{HELLO} {DIGEST}", f"{GROUP} {DIGEST}"])
def test_a_digest_may_follow_in_both_versions(text: str) -> None:
    dissection = dissect(udp(1985, text))

    assert shown(dissection, "hsrp2.md5_key_id") == ["9"]
    assert shown(dissection, "hsrp2.md5_auth_data") == ["000102030405060708090a0b0c0d0e0f"]


def test_a_tlv_that_nobody_knows_ends_the_list() -> None:
    dissection = dissect(udp(1985, f"{GROUP} 0903010203"))

    assert shown(dissection, "data.data") == ["0903010203"]


def test_a_tlv_that_is_too_short_does_not_end_the_list() -> None:
    dissection = dissect(udp(1985, f"0102 0001 {GROUP}"))

    assert dissection.summary == "HSRPv2 hello, group 700, active, priority 100, 10.0.0.254"
