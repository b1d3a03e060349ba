"""DVMRP and mtrace, written from draft-ietf-idmr-dvmrp-v3-11, RFC 1075 and draft-fenner-traceroute-ipm-01."""

import pytest

from app.packet.dissect import dissect
from tests.packet.multicast.datagrams import igmp, shown, texts


@pytest.mark.parametrize(
    ("text", "summary"),
    [
        ("13010000000eff035f0000000a000002", "DVMRP probe, 1 neighbour: 10.0.0.2"),
        ("130300000000ff03", "DVMRP ask neighbours"),
        ("130500000000ff03", "DVMRP ask neighbours 2"),
        ("130700000000ff030a010100ef01020300001c20", "DVMRP prune 10.1.1.0 to 239.1.2.3, 7200 s"),
        ("130800000000ff030a010100ef010203", "DVMRP graft 10.1.1.0 to 239.1.2.3"),
        ("130900000000ff030a010100ef010203ffffff00", "DVMRP graft ack 10.1.1.0 to 239.1.2.3"),
        ("130c00000000ff03", "DVMRP code 12"),
    ],
)
def test_what_a_message_says(text: str, summary: str) -> None:
    assert dissect(igmp(text)).summary == summary
    assert texts(igmp(text)) == []


def test_an_answer_to_mrinfo_lists_interfaces_with_their_neighbours() -> None:
    # two interfaces as Debian's pimd 2.3.2 wrote them, flags changed so that each stands once
    data = igmp("13060000000e0c030a000003010155010a0000010a0300010101a200")
    assert dissect(data).summary == "DVMRP neighbours 2, 2 interfaces: 10.0.0.3, 10.3.0.1"
    assert shown(data, "dvmrp.interface") == ["10.0.0.3, 10.0.0.1", "10.3.0.1"]
    assert shown(data, "dvmrp.flag.querier") == ["set", "not set"]
    assert shown(data, "dvmrp.flag.pim") == ["set", "not set"]
    assert shown(data, "dvmrp.flag.leaf") == ["not set", "set"]


def test_routes_are_cut_to_the_bytes_of_their_netmask() -> None:
    data = igmp("130200000000ff030000000081ff0000ac1003ac11a2fffff0 0a01041005 0a02042085")
    routes = "default metric 1, 172.16.0.0/16 metric 3, 172.17.0.0/16 metric 34, 10.1.4.16/28 metric 5, …"
    assert dissect(data).summary == f"DVMRP report, 5 routes: {routes}"
    assert shown(data, "dvmrp.netmask") == ["255.0.0.0", "255.255.0.0", "255.255.255.240"]
    assert shown(data, "dvmrp.metric.value") == ["1", "3", "34  unreachable or poisoned", "5", "5"]


def test_version_1_is_a_list_of_commands() -> None:
    # tshark reads every message of 8 bytes or more as version 3; RFC 1075, section 3.3: each starts with a family
    data = igmp("1301000002020301ffffff0004050503062007020a0101000a010200")
    assert dissect(data).summary == "DVMRPv1 response, 2 addresses"
    assert shown(data, "dvmrp.daddr") == ["10.1.1.0", "10.1.2.0"]
    assert shown(data, "dvmrp.split_horiz") == ["set"]


def test_a_command_that_nobody_knows_ends_the_list() -> None:
    data = igmp("13020000020263010203")
    assert shown(data, "dvmrp.data") == ["010203"]


BLOCK = "83aa00000a0000010a0001020a000101000003e8000007d00000012c03015800"
QUERY = "ef0102030a0101010a0202020a02020920123456"


def test_a_trace_on_its_way_says_its_hops() -> None:
    data = igmp("1f0f0000" + QUERY + BLOCK + BLOCK[:-2] + "05")
    expected = "mtrace request, 10.1.1.1 to 10.2.2.2 by 239.1.2.3, 2 hops: 10.0.1.2, 10.0.1.2 (no route)"
    assert dissect(data).summary == expected
    assert shown(data, "igmp.mtrace.q_s") == ["set", "set"]
    assert shown(data, "igmp.mtrace.q_src_mask") == ["24", "24"]


@pytest.mark.parametrize(("text", "kind"), [("1f0f0000" + QUERY, "query"), ("1e0f0000" + QUERY, "response")])
def test_a_trace_without_blocks_is_a_query_or_an_empty_answer(text: str, kind: str) -> None:
    assert dissect(igmp(text)).summary == f"mtrace {kind}, 10.1.1.1 to 10.2.2.2 by 239.1.2.3"


def test_a_block_that_is_cut_is_bytes_behind_the_message() -> None:
    assert texts(igmp("1e0f0000" + QUERY + BLOCK[:40])) == ["20 bytes behind the message"]
