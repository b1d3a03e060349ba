"""PIM of both versions, written from RFC 7761, 3973, 5015, 5059, 5384, 8364, 9465 unless a test says otherwise."""

import pytest

from app.packet.dissect import dissect
from tests.packet.multicast.datagrams import igmp, pim, pim6, shown, statuses, texts

GROUP, GROUP6 = "01000020ef010203", "02000080ff350000000000000000000000001234"
SOURCE, SOURCE6 = "01000a050505", "020020010db8000000000000000000000005"
INNER = "4500001c00010000101195c80a050505ef0102031388138900080000"


@pytest.mark.parametrize(
    ("text", "summary"),
    [
        ("20000000 000100020069 0013000400000001", "PIMv2 hello, holdtime 105 s, DR priority 1"),
        ("20000000 000100020000", "PIMv2 hello, goodbye"),
        ("20000000 00010002ffff", "PIMv2 hello, holdtime forever"),
        ("22000000" + GROUP + SOURCE, "PIMv2 register-stop, 10.5.5.5 to 239.1.2.3"),
        (
            "25000000" + GROUP + SOURCE + "8000006e00000014",
            "PIMv2 assert, 10.5.5.5 to 239.1.2.3 RP tree, preference 110 metric 20",
        ),
        (
            "28000000 01c00096 01000a090909 01000018ef070700",
            "PIMv2 candidate RP 10.9.9.9 priority 192 for 239.7.7.0/24",
        ),
        ("28000000 00c00096 01000a090909", "PIMv2 candidate RP 10.9.9.9 priority 192 for all groups"),
        (
            "29000000" + GROUP + SOURCE + "01000a090909 0000006e00000014 2010a03c",
            "PIMv2 state refresh, 10.5.5.5 to 239.1.2.3, by 10.9.9.9, ttl 16",
        ),
        ("2a100000 01000a090909 0000006e00000014", "PIMv2 DF election offer for RP 10.9.9.9, preference 110 metric 20"),
        (
            "2c000000 01000a090909 80010012" + GROUP + "000100d2" + SOURCE,
            "PIMv2 flooding by 10.9.9.9: 239.1.2.3 from 10.5.5.5",
        ),
        ("2d000000" + GROUP + SOURCE, "PIMv2 packed null register, 10.5.5.5 to 239.1.2.3"),
        ("2d100000" + GROUP + SOURCE, "PIMv2 packed register-stop, 10.5.5.5 to 239.1.2.3"),
        ("2f210000 31323334", "PIMv2 type 15.2"),
    ],
)
def test_what_a_message_says(text: str, summary: str) -> None:
    assert dissect(pim(text)).summary == summary
    assert statuses(pim(text)) == ["good", "good"]
    assert texts(pim(text)) == []


def test_a_join_says_whom_it_goes_to_and_what_it_wants() -> None:
    # as FRR 8.4 pimd sent it, a pruned source added
    data = pim("2300000001000a000002000100d2" + GROUP + "00010001010007200a090909010005200a060606")
    assert (
        dissect(data).summary
        == "PIMv2 join/prune to 10.0.0.2, 1 group: 239.1.2.3 join 10.9.9.9 (WR) prune 10.6.6.6 (R)"
    )
    assert shown(data, "pim.join_ip") == ["10.9.9.9 (WR)"]
    assert shown(data, "pim.prune_ip") == ["10.6.6.6 (R)"]


def test_addresses_of_ipv6_have_names_of_their_own() -> None:
    neighbour = "0200fe800000000000000000000000000002"
    data = pim6("23000000" + neighbour + "000100d2" + GROUP6 + "0001000002000480" + SOURCE6[4:])
    assert dissect(data).summary == "PIMv2 join/prune to fe80::2, 1 group: ff35::1234 join 2001:db8::5"
    assert shown(data, "pim.upstream_neighbor_ip6") == ["fe80::2"]
    assert shown(data, "pim.join_ip6") == ["2001:db8::5"]
    assert statuses(data) == ["good"]


def test_join_attributes_follow_until_one_says_that_it_is_the_last() -> None:
    source = "010104200a05050580040a000002430400000009"
    data = pim("2300000001000a000002000100d2" + GROUP + "00010001" + source + "010004200a060606")
    assert shown(data, "pim.source_ja") == ["rpf vector", "pop count"]
    assert shown(data, "pim.prune_ip") == ["10.6.6.6"]


def test_a_bootstrap_lists_rendezvous_points_by_group_range() -> None:
    # as Debian's pimd 2.3.2 sends it, a second point added
    data = pim("2400000012341e0501000a03000101000008ee0000000202000001000a0000030096140001000a00000400960a00")
    expected = "PIMv2 bootstrap, BSR 10.3.0.1 priority 5, 238.0.0.0/8 RP 10.0.0.3, 10.0.0.4"
    assert dissect(data).summary == expected
    assert shown(data, "pim.rp_set.rp") == ["10.0.0.3, priority 20", "10.0.0.4, priority 10"]


def test_a_register_is_summed_over_its_first_8_bytes_and_carries_a_datagram() -> None:
    data = pim("2100000000000000" + INNER, summed=8)
    assert [layer.name for layer in dissect(data).layers] == ["ip", "pim", "ip", "udp"]
    assert statuses(data)[:2] == ["good", "good"]


def test_a_register_of_ipv6_has_8_bytes_in_its_pseudo_header_too() -> None:
    data = pim6("210000000000000060000000003b4000" + SOURCE6[4:] + GROUP6[8:], summed=8)
    assert statuses(data)[0] == "good"


def test_a_register_that_is_summed_as_a_whole_is_wrong_and_accepted() -> None:
    data = pim("2100000000000000" + INNER)
    assert statuses(data)[1] == "bad"
    assert any("is accepted" in text for text in texts(data))


def test_a_null_register_that_says_pim_has_nothing_behind_its_header() -> None:
    # of the kind that FRR 8.4 pimd sends: only the header of a datagram, of protocol 103
    data = pim("210000004000000045000014000000000067ba750a050505ef010203", summed=8)
    assert [layer.name for layer in dissect(data).layers] == ["ip", "pim", "ip"]
    assert texts(data) == []


def test_options_that_only_later_rfcs_know_are_read_too() -> None:
    options = ["001a0000", "001b0008000100000a000001", "001e00020005", "001f00080a00000100000007", "00280000"]
    data = pim("20000000" + "".join(options))
    assert shown(data, "pim.interface_id.router") == ["10.0.0.1"]
    assert shown(data, "pim.mtid") == ["5"]
    assert shown(data, "pim.optiontype")[-1] == "40  packed assert capability"


def test_an_option_that_reaches_beyond_the_message_is_said_so() -> None:
    data = pim("20000000000100020069001300090000")
    assert dissect(data).summary == "PIMv2 hello, holdtime 105 s, cut short"
    assert texts(data) == ["9 bytes are said to follow, 2 do"]


def test_an_address_of_another_family_ends_the_reading() -> None:
    assert "family 9" in texts(pim("2200000009000020ef010203" + SOURCE))[0]


def test_another_version_is_not_judged() -> None:
    data = pim("3000000000000005")
    assert dissect(data).summary == "PIM version 3"
    assert statuses(data) == ["good", "unverified"]


def test_a_backoff_says_who_has_to_wait() -> None:
    data = pim("2a30000001000a0909090000006e00000014" + SOURCE + "0000000100000002012c0000")
    assert shown(data, "pim.bidir_offering_ip4") == ["10.5.5.5"]
    assert shown(data, "pim.bidir_offering_interval") == ["300 ms"]


@pytest.mark.parametrize(
    ("text", "summary"),
    [
        ("14000000 10000000 20000069", "PIMv1 query, sparse dense, holdtime 105 s"),
        ("14020000 10000000 ef010203 0a050505", "PIMv1 register-stop, 10.5.5.5 to 239.1.2.3"),
        ("14040000 10000000 ef010203 ffffffff 0a090909 0000010e", "PIMv1 RP 10.9.9.9 reachable for 239.1.2.3"),
        (
            "14050000 10000000 ef010203 ffffffff 80000065 00000014",
            "PIMv1 assert for 239.1.2.3, preference 101 metric 20",
        ),
        ("14090000 10000000", "PIMv1 code 9"),
    ],
)
def test_version_1_travels_in_igmp(text: str, summary: str) -> None:
    assert dissect(igmp(text)).summary == summary
    assert dissect(igmp(text)).protocol == "pim"


def test_a_graft_of_version_1_lists_its_sources() -> None:
    data = igmp("14060000100000000a0000020000000000200401ef010203ffffffff0001000000200a050505")
    assert dissect(data).summary == "PIMv1 graft to 10.0.0.2, 1 group: 239.1.2.3 join 10.5.5.5"


def test_a_register_that_ends_early_shows_what_is_there() -> None:
    assert dissect(pim("21000000")).summary == "PIMv2 register, cut short"
    assert shown(pim("21000000"), "pim.type") == ["1  register"]


def test_a_register_whose_datagram_is_cut_can_still_be_judged() -> None:
    data = pim(f"2100000000000000 {INNER}", summed=8)
    assert statuses(data[:40])[1] == "good"
    assert statuses(data[:28])[1] == "unverified"
    fragment = data[:6] + b"\x20" + data[7:]
    assert statuses(fragment)[1] == "unverified"
