"""IGMP of every version. Messages are written from RFC 1112, 2236, 3376, 4286 and 9279 unless a test says otherwise."""

import pytest

from app.packet.dissect import dissect
from app.packet.multicast.igmp import floating
from tests.packet.multicast.datagrams import igmp, shown, statuses, texts


@pytest.mark.parametrize(
    ("text", "summary"),
    [
        ("1100000000000000", "IGMPv1 query"),
        ("12000000ef010203", "IGMPv1 report 239.1.2.3"),
        ("1164000000000000", "IGMPv2 query, max response 10 s"),
        ("110f0000ef010203", "IGMPv2 query for 239.1.2.3, max response 1.5 s"),
        ("16000000ef010203", "IGMPv2 report 239.1.2.3"),
        ("17000000ef010203", "IGMPv2 leave 239.1.2.3"),
        ("1164000000000000027d0000", "IGMPv3 query, max response 10 s, interval 125 s"),
        ("30140000007d0002", "multicast router advertisement"),
        ("31000000", "multicast router solicitation"),
        ("f5000000ef010203", "IGMP type 0xf5"),
    ],
)
def test_the_version_of_a_message_is_told_and_what_it_says(text: str, summary: str) -> None:
    assert dissect(igmp(text)).summary == summary
    assert statuses(igmp(text)) == ["good", "good"]


def test_a_report_says_of_each_group_what_is_wanted_and_from_whom() -> None:
    # captured from Linux 6.18, which joined one group for any source and another for one source
    data = igmp("220000000000000204000000ef01010105000001e80101010a010009")
    expected = "IGMPv3 report, 2 groups: 239.1.1.1 to exclude {}, 232.1.1.1 allow {10.1.0.9}"
    assert dissect(data).summary == expected


def test_auxiliary_data_of_a_record_is_skipped_before_the_next_record() -> None:
    data = igmp("220000000000000201010000ef0101016162636402000000ef010102")
    assert shown(data, "igmp.aux_data") == ["61626364"]
    assert shown(data, "igmp.maddr") == ["239.1.1.1", "239.1.1.2"]


@pytest.mark.parametrize(("code", "number"), [(127, 127), (128, 128), (0x8F, 248), (0xF4, 20480), (255, 31744)])
def test_a_code_from_128_on_is_a_floating_point(code: int, number: int) -> None:
    assert floating(code) == number


def test_a_long_response_time_is_said_in_words() -> None:
    data = igmp("11f40000000000000a9c0000")
    assert shown(data, "igmp.max_resp.mant") == ["4  2048 s"]
    assert shown(data, "igmp.qqic") == ["156  448 s"]
    assert "max response 2048 s, interval 448 s" in dissect(data).summary


def test_a_response_time_of_version_2_is_never_a_floating_point() -> None:
    assert dissect(igmp("1185000000000000")).summary == "IGMPv2 query, max response 13.3 s"


def test_a_query_of_ten_bytes_is_of_no_version() -> None:
    assert "of no version" in texts(igmp("11640000000000000000"))[0]


def test_a_checksum_covers_the_whole_payload() -> None:
    # RFC 2236, section 2.5: "computed over the whole IP payload, not just over the first 8 octets"; tshark sums 8
    assert statuses(igmp("16000000ef010203787878787878")) == ["good", "good"]


def test_extensions_follow_where_the_flag_says_so() -> None:
    data = igmp("220000008000000102000000ef01010100000002abcd")
    assert shown(data, "igmp.extension") == ["no operation"]
    assert shown(data, "igmp.extension.value") == ["abcd"]
    assert texts(data) == []


def test_bytes_behind_the_last_record_are_said_so() -> None:
    assert texts(igmp("220000000000000102000000ef010101abcd")) == ["2 bytes behind the message"]


def test_a_count_of_records_that_lies_is_shown_as_far_as_the_bytes_go() -> None:
    data = igmp("220000000000ffff02000000ef0101010200")
    assert dissect(data).summary == "IGMPv3 report, 65535 groups, cut short"
    assert shown(data, "igmp.maddr") == ["239.1.1.1"]
    assert texts(data) == ["the bytes end here: group record needs 8 bytes, 2 are there"]


def test_a_report_of_thousands_of_records_is_shown_in_part() -> None:
    data = igmp("2200000000001f40" + "02000000ef010101" * 8000)
    assert len(shown(data, "igmp.maddr")) < 3000
    assert texts(data) == ["more than 2000 parts: the rest is not shown"]


def test_a_message_of_the_first_igmp_has_its_fields() -> None:
    data = igmp("020300000000004def0102033132333435363738")
    assert dissect(data).summary == "IGMPv0 create group reply 239.1.2.3"
    assert shown(data, "igmp.reply") == ["3  invalid group address"]


def test_a_header_that_is_cut_shows_its_whole_fields() -> None:
    data = igmp("2200000000000001 02000001ef01")
    assert shown(data, "igmp.record_type") == ["2  mode is exclude"]
    assert shown(data, "igmp.num_src") == ["1"]
    assert shown(data, "igmp.data") == ["ef01"]
