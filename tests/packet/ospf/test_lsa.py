"""LSAs of both versions: their checksums, what they say, and what of them contradicts itself."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.packet.dissect import dissect
from app.packet.dissection import Check, CheckStatus, Dissection
from app.packet.ospf.lsa import fletcher, fletcher_bytes
from tests.packet.ospf import packets as make
from tests.packet.test_dissect import assert_is_sound, shown, texts

#: A network LSA that FRR 8.4.4 sent, of the same runs as the golden packets; its neighbours took it.
NETWORK = bytes.fromhex("000102020a000c020202020280000001b07d0020ffffff000101010102020202")


def lsa_check(dissection: Dissection) -> Check:
    """The verdict on the first LSA of an update of version 2."""
    (check,) = (check for check in dissection.checks if check.start == make.AT2 + 24 + 4 + 16)
    return check


def branches(dissection: Dissection, name: str) -> list[str]:
    return [f"{span.field.label}: {span.shown}" for span in dissection.spans_named(name) if span.children]


def test_the_checksum_of_a_real_lsa_is_the_one_that_is_computed() -> None:
    assert fletcher(NETWORK[2:]) == (0, 0)
    assert fletcher_bytes(NETWORK[2:], 14) == int.from_bytes(NETWORK[16:18], "big")


@given(st.binary(min_size=18, max_size=300))
def test_a_block_with_its_checksum_sums_to_zero(block: bytes) -> None:
    checksum = fletcher_bytes(block, 14).to_bytes(2, "big")
    assert fletcher(block[:14] + checksum + block[16:]) == (0, 0)
    assert 0 not in checksum


def test_the_age_of_an_lsa_is_not_in_its_checksum() -> None:
    older = b"\x0e\x10" + NETWORK[2:]
    assert lsa_check(dissect(make.update2(older))).status is CheckStatus.GOOD


def test_a_wrong_lsa_checksum_is_noted_with_the_right_one() -> None:
    dissection = dissect(make.update2(NETWORK[:16] + b"\x12\x34" + NETWORK[18:]))
    assert lsa_check(dissection)[1:] == (CheckStatus.BAD, 0xB07D)
    assert "LSA checksum 0x1234 is wrong, it should be 0xb07d" in texts(dissection)


def test_an_lsa_checksum_of_zero_is_never_right() -> None:
    dissection = dissect(make.update2(NETWORK[:16] + b"\0\0" + NETWORK[18:]))
    assert lsa_check(dissection).status is CheckStatus.BAD


def test_an_update_names_its_first_lsas() -> None:
    dissection = dissect(make.update2(*[NETWORK] * 5))
    assert dissection.summary == f"OSPFv2 LSU, 5 LSAs: {'network 10.0.12.2, ' * 4}…"


def test_a_router_lsa_has_a_branch_for_each_link() -> None:
    transit = make.address("10.0.0.1") + make.address("10.0.0.2") + bytes((2, 0, 0, 10))
    stub = make.address("10.2.0.0") + make.address("255.255.0.0") + bytes((3, 1, 0, 20, 8, 0, 0, 5))
    dissection = dissect(make.update2(make.lsa2(1, b"\x13\0\0\2" + transit + stub)))
    assert branches(dissection, "ospf.lsa.router.link") == [
        "link: transit 10.0.0.1, data 10.0.0.2, metric 10",
        "link: stub 10.2.0.0, data 255.255.0.0, metric 20",
    ]
    assert shown(dissection, "ospf.v2.router.lsa.flags.n") == ["set"]
    assert len(shown(dissection, "ospf.ls.metric")) == 1
    assert texts(dissection) == []


def test_links_that_are_announced_and_missing_are_noted() -> None:
    dissection = dissect(make.update2(make.lsa2(1, b"\0\0\xff\xff" + bytes(12))))
    assert texts(dissection) == ["65535 links are announced, 1 are there"]


def test_lsas_that_are_announced_and_missing_are_noted() -> None:
    dissection = dissect(make.ospf2(4, make.number(3, 4) + NETWORK))
    assert texts(dissection) == ["3 LSAs are announced, 1 are there"]


def test_bytes_behind_the_last_lsa_are_noted() -> None:
    dissection = dissect(make.ospf2(4, make.number(1, 4) + NETWORK + b"more"))
    assert texts(dissection) == ["4 bytes behind the last LSA"]


@pytest.mark.parametrize("length", [0, 19, 21, 65535])
def test_an_lsa_length_that_lies_ends_the_update(length: int) -> None:
    dissection = dissect(make.update2(make.lsa2(5, bytes(16), length=length), NETWORK))
    assert_is_sound(dissection)
    assert texts(dissection)


def test_the_same_option_bit_is_called_by_what_it_means_in_an_nssa_lsa() -> None:
    dissection = dissect(make.update2(make.lsa2(7, bytes(16)), make.lsa2(5, bytes(16))))
    assert len(shown(dissection, "ospf.v2.options.p")) == 1
    assert len(shown(dissection, "ospf.v2.options.n")) == 1


def test_the_name_of_an_opaque_lsa_is_its_type_and_number() -> None:
    body = make.tlv(7, b"router-9")
    dissection = dissect(make.update2(make.lsa2(10, body, id="4.0.1.2"), make.lsa2(11, b"abcd", id="99.0.0.5")))
    assert dissection.summary == "OSPFv2 LSU, 2 LSAs: router information 258, opaque type 99 5"
    assert shown(dissection, "ospf.dynhostname") == ["router-9"]


def test_control_characters_of_a_hostname_are_shown_as_signs() -> None:
    dissection = dissect(make.update2(make.lsa2(10, make.tlv(7, b"a\x1b[31mb\n"), id="4.0.0.1")))
    assert shown(dissection, "ospf.dynhostname") == ["a␛[31mb␊"]


def test_a_bandwidth_is_a_floating_point_number() -> None:
    link = make.tlv(2, make.tlv(6, bytes.fromhex("4cee6b28")) + make.tlv(9, make.number(0x81, 4)))
    dissection = dissect(make.update2(make.lsa2(10, link, id="1.0.0.1")))
    assert shown(dissection, "ospf.mpls.link_max_bw") == ["125000000 bytes/s"]
    assert shown(dissection, "ospf.mpls.linkcolor") == ["0x00000081  groups 0, 7"]


@pytest.mark.parametrize("bits", ["7f800000", "ff800000", "7fc00000", "00000001", "ffffffff"])
def test_bandwidths_that_are_no_numbers_are_shown(bits: str) -> None:
    link = make.tlv(2, make.tlv(6, bytes.fromhex(bits)))
    assert_is_sound(dissect(make.update2(make.lsa2(10, link, id="1.0.0.1"))))


def test_tlvs_between_autonomous_systems_name_the_other_one() -> None:
    link = make.tlv(2, make.tlv(21, make.number(64500, 4)) + make.tlv(22, make.address("9.9.9.9")))
    dissection = dissect(make.update2(make.lsa2(10, link, id="6.0.0.1")))
    assert shown(dissection, "ospf.mpls.remote_as") == ["64500"]
    assert shown(dissection, "ospf.mpls.remote_asbr") == ["9.9.9.9"]


@pytest.mark.parametrize("opaque", ["1.0.0.1", "3.0.0.1", "4.0.0.1", "6.0.0.1", "7.0.0.1", "8.0.0.1"])
def test_an_unknown_tlv_is_a_number_and_bytes(opaque: str) -> None:
    dissection = dissect(make.update2(make.lsa2(10, make.tlv(4000, b"abc"), id=opaque)))
    assert any(
        "4000" in line
        for line in shown(dissection, "ospf.tlv_type")
        + shown(dissection, "ospf.tlv_type.opaque")
        + shown(dissection, "ospf.tlv.extpfx.tlv_type")
        + shown(dissection, "ospf.tlv.extlink.tlv_type")
    )
    assert shown(dissection, "ospf.tlv_value") + shown(dissection, "ospf.tlv.unknown") == ["616263"]
    assert texts(dissection) == []


def test_a_tlv_longer_than_its_lsa_is_cut_and_noted() -> None:
    dissection = dissect(make.update2(make.lsa2(10, b"\0\7\1\0name", id="4.0.0.1")))
    assert texts(dissection) == ["TLV length says 256 bytes, 4 are there"]
    assert shown(dissection, "ospf.tlv_malformed") == ["6e616d65"]


def test_the_segment_of_a_prefix_is_a_label_or_an_index_by_its_size() -> None:
    sub = make.tlv(2, bytes((0x0C, 0, 0, 0)) + make.number(16001, 3)) + make.tlv(2, bytes(4) + make.number(5, 4))
    prefix = make.tlv(1, bytes((1, 32, 0, 0x40)) + make.address("10.9.9.1") + sub)
    dissection = dissect(make.update2(make.lsa2(10, prefix, id="7.0.0.1")))
    assert shown(dissection, "ospf.tlv.sid_label") == ["16001", "5"]
    assert shown(dissection, "ospf.tlv.pfxsid.flags.v") == ["set", "not set"]


def test_a_grace_lsa_of_version_3_is_read_too() -> None:
    body = make.tlv(1, make.number(120, 4)) + make.tlv(2, b"\1")
    dissection = dissect(make.update3(make.lsa3(0x000B, body)))
    assert shown(dissection, "ospf.v2.grace.period") == ["120 s"]
    assert shown(dissection, "ospf.v2.grace.reason") == ["1  software restart"]


def test_flags_of_an_external_lsa_of_version_3_say_what_follows() -> None:
    prefix = bytes((48, 0, 0x20, 0x01)) + make.address("2001:db8:1::")[:8]
    tail = make.address("2001:db8::9") + make.number(88, 4) + make.address("0.0.0.7")
    dissection = dissect(make.update3(make.lsa3(0x4005, b"\7\0\0\x14" + prefix + tail)))
    assert shown(dissection, "ospf.v3.address_prefix.ipv6") == ["2001:db8:1::/48"]
    assert shown(dissection, "ospf.v3.lsa.forwarding_address.ipv6") == ["2001:db8::9"]
    assert shown(dissection, "ospf.v3.lsa.external_route_tag") == ["88"]
    assert shown(dissection, "ospf.v3.lsa.referenced_link_state_id") == ["0.0.0.7"]


def test_an_instance_for_ipv4_has_prefixes_of_ipv4() -> None:
    body = b"\1\0\1\x13" + make.address("10.0.0.1") + bytes(12) + make.number(1, 4) + b"\x10\0\0\0\x0a\1\0\0"
    dissection = dissect(make.update3(make.lsa3(8, body), instance=64))
    assert shown(dissection, "ospf.v3.address_prefix.ipv4") == ["10.1.0.0/16"]
    assert shown(dissection, "ospf.v3.lsa.link_local_interface_address.ipv4") == ["10.0.0.1"]
    assert shown(dissection, "ospf.instance_id") == ["64  IPv4 unicast"]


def test_a_prefix_longer_than_an_address_is_noted() -> None:
    dissection = dissect(make.update3(make.lsa3(0x2003, bytes(4) + b"\xff\0\0\0" + bytes(32))))
    assert_is_sound(dissection)
    assert "a prefix of 255 bits is longer than an IPv6 address" in texts(dissection)


def test_an_extended_lsa_is_tlvs_with_tlvs_in_them() -> None:
    prefix = bytes((4, 0, 0, 20, 48, 8, 0, 0)) + make.address("2001:db8:5::")[:8]
    body = make.tlv(5, prefix + make.tlv(1, make.address("fe80::9")) + make.tlv(3, make.number(77, 4)))
    dissection = dissect(make.update3(make.lsa3(0xC025, body)))
    assert dissection.summary == "OSPFv3 LSU, 1 LSA: E-AS external 2.2.2.2"
    assert shown(dissection, "ospf.v3.address_prefix.ipv6") == ["2001:db8:5::/48"]
    assert shown(dissection, "ospf.v3.lsa.extended_ipv6") == ["fe80::9"]
    assert shown(dissection, "ospf.v3.lsa.external_route_tag") == ["77"]
    assert texts(dissection) == []


def test_a_function_code_that_nobody_knows_stays_a_number() -> None:
    dissection = dissect(make.update3(make.lsa3(0xE123, b"abcd")))
    assert dissection.summary == "OSPFv3 LSU, 1 LSA: type 291 2.2.2.2"
    assert shown(dissection, "ospf.data") == ["61626364"]
