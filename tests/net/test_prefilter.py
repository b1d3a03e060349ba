"""What the program of a listening socket lets through. tests/lab/test_listen.py has the kernel run the same."""

from ipaddress import IPv4Address, IPv6Address

import pytest

from app.engine.wanted import PROTOCOL_NAMES, wanted_of
from app.net.listening.prefilter import prefilter
from app.packet.compose import Envelope, ip_datagram
from tests.net.bpf import Seen, keeps

V4 = Envelope(IPv4Address("192.0.2.1"), IPv4Address("192.0.2.9"))
V6 = Envelope(IPv6Address("2001:db8::1"), IPv6Address("2001:db8::9"))
ADDRESSES = bytes.fromhex("020000000002020000000001")


def frame(ether_type: int, payload: bytes) -> Seen:
    return Seen(ADDRESSES + ether_type.to_bytes(2, "big") + payload, ether_type)


def ip(version: int, protocol: int, payload: bytes = bytes(40)) -> Seen:
    envelope = {4: V4, 6: V6}[version]
    return frame({4: 0x0800, 6: 0x86DD}[version], ip_datagram(envelope, protocol, payload))


def hears(names: str, seen: Seen) -> bool:
    return keeps(prefilter(wanted_of(names.split(","))), seen)


def udp(source: int, destination: int) -> bytes:
    return source.to_bytes(2, "big") + destination.to_bytes(2, "big") + b"\0\x08\0\0"


def test_everything_is_heard_where_nothing_is_named() -> None:
    assert keeps(prefilter(None), frame(0x1234, b""))


def test_loopback_is_heard_once() -> None:
    going, coming = Seen(b"\x45", kind=4, hardware=772), Seen(b"\x45", kind=0, hardware=772)
    assert [keeps(prefilter(None), seen) for seen in (going, coming)] == [False, True]


def test_own_packets_on_other_links_are_heard() -> None:
    assert keeps(prefilter(None), Seen(b"\x45", kind=4))


@pytest.mark.parametrize(("index", "is_heard"), [(1, False), (2, True), (3, False), (300, True)])
def test_only_the_chosen_interfaces_are_heard(index: int, is_heard: bool) -> None:
    assert keeps(prefilter(None, (2, 300)), Seen(b"", interface=index)) is is_heard


def test_five_hundred_interfaces_may_be_chosen() -> None:
    program = prefilter(wanted_of(["ospf"]), range(10, 510))
    assert keeps(program, Seen(ip(4, 89).data, interface=509))
    assert not keeps(program, Seen(ip(4, 89).data, interface=9))


@pytest.mark.parametrize("version", [4, 6])
def test_a_protocol_is_told_by_its_number(version: int) -> None:
    assert hears("ospf", ip(version, 89))
    assert not hears("ospf", ip(version, 88))
    assert hears("222", ip(version, 222))


def test_all_numbers_together_fit_into_one_program() -> None:
    names = ",".join((*map(str, range(256)), *PROTOCOL_NAMES))
    assert hears(names, ip(6, 255))


@pytest.mark.parametrize(("kind", "is_heard"), [(0, False), (3, True), (8, False), (11, True), (12, True)])
def test_an_icmp_error_is_told_by_its_type(kind: int, is_heard: bool) -> None:
    assert hears("icmp-errors", ip(4, 1, bytes((kind, 0)) + bytes(6))) is is_heard


@pytest.mark.parametrize(("kind", "is_heard"), [(1, True), (2, True), (128, False), (135, False), (137, True)])
def test_an_icmpv6_error_is_told_by_its_type(kind: int, is_heard: bool) -> None:
    assert hears("icmp-errors", ip(6, 58, bytes((kind, 0)) + bytes(6))) is is_heard


def test_ip_options_are_passed_over() -> None:
    with_option = bytes.fromhex("46c0002000000000010200000a000001e0000016940400001100eeff00000000")
    assert hears("igmp", frame(0x0800, with_option))
    error = b"\x46" + with_option[1:9] + b"\x01" + with_option[10:24] + b"\x03\x03"
    assert hears("icmp-errors", frame(0x0800, error))


def test_a_multicast_listener_report_is_found_behind_its_router_alert() -> None:
    report = ip(6, 0, bytes.fromhex("3a00050200000000") + b"\x8f\0" + bytes(6))
    assert hears("mld", report)
    assert not hears("nd", report)


@pytest.mark.parametrize(
    "extension",
    [
        "5900000000000000",  # hop-by-hop options
        "5904" + "00" * 14 + "59000000000000000000",  # AH, 6 words
        "3c00000000000000" * 3 + "5900000000000000",
    ],
)
def test_extension_headers_are_passed_over(extension: str) -> None:
    first = {"59": 0, "3c": 60}[extension[:2]] if not extension.startswith("5904") else 51
    assert hears("ospf", ip(6, first, bytes.fromhex(extension) + bytes(8)))


def test_a_chain_of_headers_without_end_is_left_out() -> None:
    assert not hears("ospf", ip(6, 60, bytes.fromhex("3c00000000000000") * 64))


@pytest.mark.parametrize(("version", "name", "port"), [(4, "rip", 520), (6, "ripng", 521), (4, "bfd", 3784)])
def test_a_service_is_told_by_either_port(version: int, name: str, port: int) -> None:
    assert hears(name, ip(version, 17, udp(port, 40_000)))
    assert hears(name, ip(version, 17, udp(40_000, port)))
    assert not hears(name, ip(version, 17, udp(40_000, 40_001)))
    assert not hears(name, ip(version, 6, udp(port, port)))


def test_a_later_fragment_has_no_ports() -> None:
    whole = ip(4, 17, udp(520, 520))
    fragment = whole.data[:20] + b"\x00\x10" + whole.data[22:]
    assert not hears("rip", Seen(fragment))
    assert hears("udp", Seen(fragment))


@pytest.mark.parametrize(("name", "ether_type"), [("arp", 0x0806), ("lldp", 0x88CC), ("ipv6", 0x86DD)])
def test_a_frame_is_told_by_its_type(name: str, ether_type: int) -> None:
    assert hears(name, frame(ether_type, b""))
    assert not hears(name, frame(0x1234, b""))


@pytest.mark.parametrize("ether_type", [4, 1, 38])
def test_spanning_tree_is_told_by_its_service_whatever_stands_for_the_type(ether_type: int) -> None:
    assert hears("stp", Seen(ADDRESSES + b"\x00\x26\x42\x42\x03", ether_type))
    assert not hears("isis", Seen(ADDRESSES + b"\x00\x26\x42\x42\x03", ether_type))


def test_a_tag_that_is_still_in_the_frame_is_passed_over() -> None:
    tagged = ADDRESSES + b"\x81\x00\x00\x07\x08\x00" + ip(4, 89).data[14:]
    assert hears("ospf", Seen(tagged, 0x8100))


def test_a_link_without_a_header_is_read_from_the_network_layer() -> None:
    bare = Seen(ip(6, 89).data[14:], 0x86DD, hardware=65534, network=0)
    assert hears("ospf", bare)
    assert not hears("icmpv6", bare)


def test_a_packet_that_ends_before_what_is_asked_is_left_out() -> None:
    assert not hears("icmp-errors", Seen(ip(4, 1).data[:34]))


@pytest.mark.parametrize(
    "seen",
    [
        ip(6, 58, b"\x86\0" + bytes(14)),
        ip(4, 2),
        ip(4, 103),
        ip(4, 112),
        ip(4, 17, udp(520, 520)),
        ip(6, 17, udp(521, 521)),
        ip(4, 17, udp(49_152, 3784)),
        frame(0x0806, b""),
        frame(0x88CC, b""),
        ip(4, 1, b"\x09\0" + bytes(14)),
    ],
)
def test_the_neighbourhood_is_all_that_speakers_say(seen: Seen) -> None:
    assert hears("neighbourhood", seen)


@pytest.mark.parametrize("seen", [ip(4, 6), ip(6, 6), ip(4, 17, udp(53, 999)), ip(4, 1, b"\x08\0" + bytes(14))])
def test_the_neighbourhood_has_nothing_of_data_traffic(seen: Seen) -> None:
    assert not hears("neighbourhood", seen)
