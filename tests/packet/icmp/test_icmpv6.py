"""ICMPv6: Neighbour Discovery, multicast listeners and the rest, in a line and to the option."""

from dataclasses import replace
from ipaddress import IPv6Address

import pytest

from app.packet.dissection import Severity
from tests.packet import probes
from tests.packet.icmp.messages import LINK, NOBODY, ROUTER, icmpv6, listener
from tests.packet.link.frames import shown, texts

TARGET = "fe80000000000000000000000000000a"
GROUP = "ff020000000000000000000000000016"
PREFIX = "0304 40c0 00015180 00003840 00000000 fd000000000000000000000000000000"
ADVERTISEMENT = "8600 40000708 00000000 00000000"


@pytest.mark.parametrize(
    ("digits", "summary"),
    [
        ("8500 00000000", "router solicitation"),
        (f"{ADVERTISEMENT} {PREFIX}", "router advertisement, lifetime 1800 s, prefix fd00::/64"),
        (f"8600 40c00000 {'00' * 8}", "router advertisement, lifetime 0 s, managed, other"),
        (f"8700 00000000 {TARGET}", "neighbour solicitation, who has fe80::a"),
        (
            f"8800 e0000000 {TARGET} 0201020000000001",
            "neighbour advertisement, fe80::a is at 02:00:00:00:00:01 (router, solicited, override)",
        ),
        (f"8900 00000000 {TARGET} {TARGET}", "redirect, fe80::a is on this link"),
        ("8d00 00000000", "inverse neighbour solicitation"),
        ("9b01 1ef00100 88010000 fd000000000000000000000000000001", "rpl DODAG information object, rank 256"),
        ("9b80 80004007 00000001 0000", "rpl secured DODAG information solicitation"),
        (f"9d00 00000078 0001020304050607 {TARGET}", "duplicate address request, fe80::a"),
    ],
)
def test_a_message_in_a_line(digits: str, summary: str) -> None:
    assert icmpv6(digits, LINK).summary == summary


def test_who_has_no_address_yet_asks_whether_one_is_free() -> None:
    dissection = icmpv6(f"8700 00000000 {TARGET}", replace(LINK, source=NOBODY))

    assert dissection.summary == "neighbour solicitation, is fe80::a free?"


@pytest.mark.parametrize(
    ("digits", "summary"),
    [
        (f"8200 27100000 {'00' * 16}", "multicast listener query, general"),
        (f"8200 03e80000 {GROUP} 0a7d0000", "multicast listener query, ff02::16"),
        (f"8300 00000000 {GROUP}", "multicast listener report, ff02::16"),
        (f"8f00 00000001 04000000 {GROUP}", "multicast listener report v2, group ff02::16 joined"),
        ("9714 007d0002", "multicast router advertisement, every 20 s"),
    ],
)
def test_a_listener_in_a_line(digits: str, summary: str) -> None:
    dissection = listener(digits, replace(LINK, ttl=1))

    assert dissection.summary == summary
    assert dissection.notes == ()


@pytest.mark.parametrize(
    ("option", "name", "values"),
    [
        ("0101020000000001", "icmpv6.opt.linkaddr", ["02:00:00:00:00:01"]),
        ("0102000102030405060700 0000000000", "icmpv6.opt.linkaddr_eui64", ["0001020304050607"]),
        ("0304 40c0 ffffffff 00000000 00000000" + "00" * 16, "icmpv6.opt.prefix.valid_lifetime", ["for ever"]),
        ("0601030000000000", "icmpv6.opt.nbma.shortcut_limit", ["3 hops"]),
        ("0d02000000000000 00006553f1008000", "icmpv6.opt.timestamp.seconds", ["1700000000 s"]),
        ("0f020200 0263610665786d706c6500 00", "icmpv6.opt.name_type.fqdn", ["ca.exmple"]),
        ("1803 0140 00000000 " + TARGET, "icmpv6.opt.route_info.flag.route_preference", ["0  medium"]),
        ("1302010200000000 0100000000000000", "icmpv6.opt.lla.option_code", ["1  new access point"]),
        ("1703 1f80 00000e10 " + TARGET, "icmpv6.opt.map.global_address", ["fe80::a"]),
        ("1903000000000e10 " + TARGET, "icmpv6.opt.rdnss", ["fe80::a"]),
        ("1a01800000000000", "icmpv6.opt.efo.m", ["set"]),
        ("1f03000000000e10 076578616d706c6503636f6d00000000", "icmpv6.opt.dnssl", ["example.com"]),
        ("2102010000000078 0001020304050607", "icmpv6.opt.aro.status", ["1  duplicate address"]),
        ("220240120000000a fd00000000000000", "icmpv6.opt.6co.context_prefix", ["fd00::"]),
        ("2303000100022710 " + TARGET, "icmpv6.opt.abro.6lbr_address", ["fe80::a"]),
        ("2401000100000000", "icmpv6.opt.6cio.flag_g", ["set"]),
        ("2502 75726e3a783a79 00000000000000", "icmpv6.opt.captive_portal", ["urn:x:y"]),
        ("26020708 0064ff9b0000000000000000", "icmpv6.opt.pref64.prefix", ["64:ff9b::/96"]),
        ("26020709 20010db8006400000000 0000", "icmpv6.opt.pref64.plc", ["1  64 bits"]),
        ("26020708 0064ff9b0000000000000000", "icmpv6.opt.pref64.scaled_lifetime", ["225  1800 s"]),
        ("90030002 00000708 000a 03646f7404746573 7400 00000000", "icmpv6.opt.dnr.adn", ["dot.test"]),
        ("fd01aabbccddeeff", "icmpv6.data", ["aabbccddeeff"]),
    ],
)
def test_an_option_says_what_its_rfc_says(option: str, name: str, values: list[str]) -> None:
    assert shown(icmpv6(f"{ADVERTISEMENT} {option}", LINK), name) == values


@pytest.mark.parametrize(
    ("digits", "name", "values"),
    [
        ("8b00 00020000 0001020304050607 " + TARGET, "icmpv6.ni.query.subject_ipv6", ["fe80::a"]),
        ("8c00 00020000 0001020304050607 0000012c 04686f7374036c616200", "icmpv6.ni.reply.node_name", ["host.lab"]),
        ("8c00 00040000 0001020304050607 0000012c 0a000001", "icmpv6.ni.reply.ipv4_address", ["10.0.0.1"]),
        ("8a01 00000007 010003e8 00000000 0003 05 30 00000003 " + TARGET, "icmpv6.rr.rm.interfaceindex", ["3"]),
        ("9100 00010000 " + TARGET, "icmpv6.mip6.home_agent_address", ["fe80::a"]),
        ("9c00 01000000 20010db800000000 000a 0e10", "icmpv6.ilnp.nb_preference", ["10"]),
        ("9f00 0706 0001020304050607 c0", "icmpv6.mpl.seed_info.seed_id", ["0001020304050607"]),
        ("9b02 1e800006 05121180" + TARGET, "icmpv6.rpl.opt.target.prefix", ["fe80::a"]),
        ("9b02 1e800006 0604 800001ff", "icmpv6.rpl.opt.transit.flag.e", ["set"]),
        ("9d01 00050078 0001020304050607 " + TARGET, "icmpv6.6lowpannd.da.reg_addr", ["fe80::a"]),
    ],
)
def test_a_field_of_a_rare_message(digits: str, name: str, values: list[str]) -> None:
    assert shown(icmpv6(digits), name) == values


def test_discovery_from_beyond_the_link_is_told() -> None:
    dissection = icmpv6(f"8700 00000000 {TARGET}", replace(LINK, ttl=64))

    assert "hop limit 64 where 255 has to be: receivers drop this message" in texts(dissection)
    assert {note.severity for note in dissection.notes} == {Severity.WARNING}


def test_an_advertisement_that_is_not_from_the_link_is_told() -> None:
    dissection = icmpv6(ADVERTISEMENT, replace(LINK, source=IPv6Address("2001:db8::1")))

    assert texts(dissection) == ["not from a link-local address: receivers drop this message"]


def test_a_listener_without_a_router_alert_is_told() -> None:
    dissection = icmpv6(f"8300 00000000 {GROUP}", replace(LINK, ttl=1))

    assert texts(dissection) == ["no router alert in front: routers may overlook this message"]


def test_the_datagram_in_a_redirect_is_a_quotation() -> None:
    quoted = probes.udp_probe(6)[:64]
    option = f"04{(len(quoted) + 8) // 8:02x}" + "00" * 6 + quoted.hex()

    dissection = icmpv6(f"8900 00000000 {TARGET} {TARGET} {option}", LINK)

    assert [layer.is_quoted for layer in dissection.layers] == [False, False, True, True, True]
    assert dissection.source == str(ROUTER)
