"""Display filters: what each relation, literal and name asks of a packet."""

import pytest

from app.packet.capture.captured import Way
from app.packet.dissection import Dissection
from app.packet.filter.expression import compile_filter
from app.packet.filter.facts import Facts
from tests.packet.filter.packets import ECHO, ECHO6, ERROR, ETHERNET, TCP, UDP, WRONG


@pytest.mark.parametrize(
    "expression",
    [
        "",
        "   ",
        "udp",
        "ip && udp",
        "ip.ttl == 3",
        "ip.ttl eq 0x03",
        "ip.ttl == 0b11",
        "ip.ttl == 003",
        "ip.ttl == '\\x03'",
        "ip.ttl == '\\003'",
        "3 == ip.ttl",
        "4 > ip.ttl",
        "ip.ttl < 4 and ip.ttl >= 3",
        "ip.ttl gt 2 && ip.ttl le 3 && ip.ttl lt 4 && ip.ttl ge 3 && ip.ttl ne 2",
        "2 < ip.ttl < 4",
        "ip.ttl in {1, 2, 3}",
        "ip.ttl in {2 3}",
        "ip.ttl in {1..5}",
        "ip.ttl in {10, 1 .. 3}",
        "ip.ttl not in {4..255}",
        "tcp.port not in {1}",
        "!icmp",
        "not (icmp or tcp)",
        "ip.src == 192.0.2.10",
        "ip.src == 192.0.2.0/24",
        "ip.src in {10.0.0.0/8, 192.0.2.0/24}",
        "ip.src in {192.0.2.1..192.0.2.20}",
        'ip.src == "192.0.2.10"',
        "ip.src & 255.255.255.0 == 192.0.2.0",
        "ip.src > 192.0.1.0/24 && ip.src <= 192.0.2.0/24 && !(ip.src > 192.0.2.0/24)",
        "ip.addr == 198.51.100.20",
        "ip.dst != 192.0.2.10",
        "ip.src != ip.dst",
        "udp.port == 33434",
        "udp contains uuuu",
        "ip contains uuuu",
        "frame contains uuuu",
        'udp matches "U{24}$"',
        "udp.dstport > 33433 && udp.dstport <= 33434",
        'data.data contains "uuu"',
        "data.data contains 75:75:75",
        "data.data[0:2] == 75.75",
        "ip.flags.df == false",
        "ip.flags.df == 0",
        'ip.flags.df == "Not set"',
        "ip.flags.df == FALSE",
        "tcp || udp && ip",
        "ip.dsfield.dscp==46",
        "ip.id == 43981",
        "((((ip))))",
        "ip.proto == UDP",
        "ip.proto == udp",
        'ip.proto == "Udp"',
        "ip.proto in {tcp, udp}",
        "ip.hdr_len == 20",
        "udp xor tcp",
        "udp ^^ ip ^^ ip",
        "ip.ttl & 1",
        "ip.ttl & 2 == 2",
        "(ip.ttl & 1) == 1",
        "ip.ttl bitwise_and 3 == 3",
        "ip.ttl + 1 == 4",
        "ip.ttl * 2 - 1 == 5",
        "ip.ttl / 2 == 1",
        "7 % ip.ttl == 1",
        "-ip.ttl == -3",
        "ip.ttl - 5 == -2",
        "!(ip.ttl / 0 == 1)",
        "ip.len - 20 == udp.length",
        "ip[0] == 45",
        "ip[0:2] == 45:b9",
        "ip[0-1] == 45b9",
        "ip[:1] == 0x45",
        "ip[-4:] == c6:33:64:14",
        "ip[-4--3] == c6:33",
        "ip[0,2:2] == 45:00:34",
        "ip[9:1] == 11",
        "ip[19:] == 14",
        "!ip[20:]",
        "!ip[19:2]",
        "ip.dst[0] == c6",
        "len(ip) == 20",
        "len(ip.ttl) == 1",
        "len(frame) == 52",
        "count(ip.addr) == 2",
        "max(ip.ttl, 200) == 200",
        "min(udp.srcport, udp.dstport) == 33434",
        "abs(ip.ttl - 10) == 7",
        'string(ip.src) matches r"\\.10$"',
        'string(ip.ttl) == "3"',
        'string(ip.src)[0:3] == "192"',
        "ip.ttl#1 == 3",
        "ip.ttl#[1] == 3",
        "!ip.ttl#2",
        "outer.ip.ttl == 3",
        "!quoted",
        "!quoted.ip.ttl",
        'frame.protocols == "ip:udp:data"',
        "frame.cap_len == 52",
        "ip.checksum.status == Good",
        "udp.checksum.status == 1",
    ],
)
def test_it_holds_for_a_udp_probe(expression: str) -> None:
    assert compile_filter(expression)(UDP)


@pytest.mark.parametrize(
    "expression",
    [
        "tcp",
        "ipv6",
        "ip.ttl == 4",
        "ip.ttl != 3",
        "ip.src == 10.0.0.0/8",
        "tcp.port != 80",
        "tcp.port !== 80",
        "tcp.port == 80",
        "all tcp.port == 80",
        "tcp.port in {80}",
        "count(tcp.port) == 0",
        "len(tcp) >= 0",
        "tcp.port & 0",
        "ip.ttl & 4",
        "ip.ttl - 3",
        "udp && !ip",
        "udp contains nothing",
        "ip.ttl in {1, 2}",
        "not udp or icmp",
        "ip.src == ip.dst",
        "ip[0] == 46",
        "frame.number == 1",
        "frame.number != 1",
        "frame.comment",
        "hopscope.rtt < 1000",
        "_ws.malformed",
        "hopscope.note",
    ],
)
def test_it_does_not_hold_for_a_udp_probe(expression: str) -> None:
    assert not compile_filter(expression)(UDP)


@pytest.mark.parametrize(
    "expression",
    [
        "ipv6.src == 2001:db8::10",
        "ipv6.src == 2001:db8::/32",
        "ipv6.src != ::/8",
        "ipv6.addr == 2001:db8:1::20",
        "ipv6.src[0:2] == 20:01",
        "icmpv6.type == 128",
        'icmpv6.type == "echo request"',
        "icmpv6.echo.sequence_number == 7",
        "icmpv6.checksum.status == good",
        'icmpv6 contains "secret"',
        'icmpv6 matches "SECRET|nothing"',
        'icmpv6 contains "a\\x20secret"',
        r'icmpv6 matches "\\bof\\b"',
    ],
)
def test_it_holds_for_an_ipv6_echo(expression: str) -> None:
    assert compile_filter(expression)(ECHO6)


@pytest.mark.parametrize(
    "expression",
    [
        "tcp.dstport == 443 && icmp.type == 11",
        "ip.ttl == 250 && ip.ttl == 3",
        "icmp.mpls.label == 16",
        "ip.ttl != 4",
        "ip.ttl ~= 3",
        "ip.ttl !== 3",
        "ip.ttl any_ne 3",
        "any ip.ttl != 3",
        "all ip.ttl >= 3",
        "all ip.ttl in {3, 250}",
        "any ip.ttl in {3}",
        "ip.src == ip.dst",
        "ip.ttl > ip.proto",
        "ip.ttl#1 == 250 && ip.ttl#2 == 3",
        "ip.ttl#-1 == 3 && ip.ttl#-2 == 250",
        "ip.ttl#[1-2] == 3",
        "ip.ttl#[2:] == 3",
        "ip.src#2 == ip.dst#1",
        "quoted",
        "quoted.ip.dst == 198.51.100.20",
        "outer.ip.src == 203.0.113.1",
        "quoted.tcp && !outer.tcp",
        "quoted.ip.addr != 203.0.113.1",
        "count(ip.ttl) == 2 && count(quoted.ip.ttl) == 1",
        "count(icmp.mpls.label) == 2",
        "max(ip.ttl) == 250 && min(ip.ttl) == 3",
        'icmp.type == "Time Exceeded"',
        "icmp.type == time_exceeded",
        "quoted.ip.checksum.status == good",
    ],
)
def test_it_holds_for_an_error_that_quotes(expression: str) -> None:
    assert compile_filter(expression)(ERROR)


@pytest.mark.parametrize(
    "expression",
    [
        "ip.ttl != 3",
        "ip.ttl all_ne 3",
        "ip.ttl === 3",
        "ip.ttl all_eq 3",
        "all ip.ttl > 3",
        "all ip.ttl in {3}",
        "ip.ttl not in {3}",
        "ip.src != ip.dst",
        "all ip.ttl > ip.proto",
        "outer.ip.ttl == 3",
        "quoted.ip.ttl == 250",
        "ip.ttl#3",
        "quoted.icmp",
    ],
)
def test_it_does_not_hold_for_an_error_that_quotes(expression: str) -> None:
    assert not compile_filter(expression)(ERROR)


@pytest.mark.parametrize(
    ("expression", "dissection"),
    [
        ("eth.src == 00:00:5e:00:53:01", ETHERNET),
        ("eth.src == 00-00-5e-00-53-01", ETHERNET),
        ("eth.src == 0000.5e00.5301", ETHERNET),
        ("eth.src[0:3] == 00:00:5e", ETHERNET),
        ("eth.addr[3:3] == 00:53:01", ETHERNET),
        ("eth.dst[0] & 1", ETHERNET),
        ("eth.dst & 01:00:00:00:00:00", ETHERNET),
        ("!(eth.src[0] & 1)", ETHERNET),
        ("eth.dst > 01:00:00:00:00:00", ETHERNET),
        ("eth.dst contains 45:67", ETHERNET),
        ("eth.type == ipv4", ETHERNET),
        ("eth contains uuu", ETHERNET),
        ("frame[14] == 45", ETHERNET),
        ("tcp.flags & 0x12", TCP),
        ("tcp.flags.syn == 1 && tcp.flags.ack == false", TCP),
        ("tcp.flags.syn == 7", TCP),
        ("tcp.options.mss_val == 1460", TCP),
        ("tcp.options.mss == 02:04:05:b4", TCP),
        ("tcp.options contains 05:b4", TCP),
        ("tcp.hdr_len == 36", TCP),
        ("tcp.port in {443, 80}", TCP),
        ("icmp.checksum.status == Bad", WRONG),
        ('hopscope.note contains "checksum"', WRONG),
        ("!_ws.malformed", WRONG),
        ("icmp.ident == 1234 && icmp.seq == 7", ECHO),
    ],
)
def test_it_holds(expression: str, dissection: Dissection) -> None:
    assert compile_filter(expression)(dissection)


FACTS = Facts(
    number=7,
    length=1500,
    time_ns=1_700_000_000_250_000_000,
    relative_ns=1_500_000_000,
    delta_ns=2_000,
    comment="a remark",
    interface="eth0",
    direction=Way.IN,
    row="far.example",
    meaning="reply",
    rtt_ns=20_200_000,
)


@pytest.mark.parametrize(
    "expression",
    [
        "frame.number == 7",
        "frame.number in {5..9}",
        "frame.len > frame.cap_len",
        "frame.len - 1448 == 52",
        "frame.time_relative == 1.5",
        "frame.time_relative > 1 && frame.time_relative < 2",
        "frame.time_delta == 0.000002",
        "frame.time_delta - 0.000001 == 0.000001",
        "frame.time_epoch == 1700000000.25",
        'frame.comment contains "mark"',
        "frame.interface_name == eth0",
        'frame.direction == "in"',
        "frame.p2p_dir == 1",
        "frame.p2p_dir == received",
        "frame.packet_flags_direction == 1",
        'hopscope.row matches "^FAR"',
        "hopscope.meaning == reply",
        "hopscope.rtt >= 0.0202",
        "max(hopscope.rtt, 1.0) == 1",
    ],
)
def test_facts_are_asked_for_by_name(expression: str) -> None:
    assert compile_filter(expression)(UDP, FACTS)


@pytest.mark.parametrize(
    "expression",
    [
        "icmp.ext.made_as_it_is_read == 3",
        "icmp.ext.made_as_it_is_read & 3",
        "icmp.ext.made_as_it_is_read in {3}",
        "len(icmp.ext.made_as_it_is_read) == 3",
        "quoted.icmp.ext.made_as_it_is_read contains 00",
    ],
)
def test_a_name_that_nobody_declares_may_be_asked_for(expression: str) -> None:
    assert not compile_filter(expression)(ERROR)
