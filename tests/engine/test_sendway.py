from ipaddress import ip_address, ip_interface, ip_network

import pytest

from app.engine.host import CachedNeighbour, Interface, Route, Surroundings
from app.engine.sending.way import danger, shot_of, way_to
from app.packet.composing.packet import Composed
from app.packet.link.linktype import LinkType
from tests.packet.composing.origin import packet

AROUND = Surroundings(
    interfaces=(
        Interface(
            "lo", 1, (ip_interface("127.0.0.1/8"), ip_interface("::1/128")), "00:00:00:00:00:00", is_loopback=True
        ),
        Interface(
            "eth0",
            2,
            (ip_interface("10.0.0.1/24"), ip_interface("2001:db8::1/64"), ip_interface("fe80::1/64")),
            "02:00:00:00:00:01",
        ),
        Interface("eth1", 3, (ip_interface("192.0.2.1/28"),), "02:00:00:00:01:01"),
    ),
    neighbours=(
        CachedNeighbour("eth0", ip_address("10.0.0.254"), "02:00:00:00:00:fe", "reachable", is_router=True),
        CachedNeighbour("eth1", ip_address("192.0.2.5"), None, "failed"),
    ),
    routes=(
        Route(ip_network("0.0.0.0/0"), "eth0", ip_address("10.0.0.254")),
        Route(ip_network("10.0.0.0/24"), "eth0"),
        Route(ip_network("192.0.2.0/28"), "eth1"),
    ),
)


def test_the_longest_route_is_taken() -> None:
    far, near = way_to(ip_address("198.51.100.1"), AROUND), way_to(ip_address("192.0.2.5"), AROUND)

    assert far is not None
    assert (far.interface.name, str(far.next_hop), far.mac) == ("eth0", "10.0.0.254", bytes.fromhex("0200000000fe"))
    assert near is not None
    assert (near.interface.name, str(near.next_hop), near.mac) == ("eth1", "192.0.2.5", None)


def test_a_group_leaves_by_the_interface_that_is_named() -> None:
    way = way_to(ip_address("224.0.0.5"), AROUND, "eth1")

    assert way is not None
    assert (way.interface.name, str(way.source), way.mac) == ("eth1", "192.0.2.1", bytes.fromhex("01005e000005"))


def test_what_stays_on_the_link_comes_from_its_own_address() -> None:
    way = way_to(ip_address("ff02::2"), AROUND)

    assert way is not None
    assert str(way.source) == "fe80::1"


def test_a_zone_names_the_interface() -> None:
    way = way_to(ip_address("fe80::9%eth1"), AROUND)

    assert way is not None
    assert way.interface.name == "eth1"
    assert shot_of(packet("ipv6/icmpv6", "ipv6.dst=fe80::9%eth1"), AROUND).interface == "eth1"


def test_an_interface_that_there_is_not_is_told() -> None:
    shot = shot_of(packet("ipv6/icmpv6", "ipv6.dst=fe80::9%eth7"), AROUND)

    assert shot.trouble == "there is no interface eth7: `ip link` lists them"


def test_a_packet_that_is_right_leaves_by_a_raw_socket() -> None:
    shot = shot_of(packet("ip/icmp", "ip.dst=198.51.100.1"), AROUND)

    assert (shot.link, shot.interface, shot.predicted, shot.trouble) == (LinkType.RAW, None, (), "")


def test_a_packet_that_is_wrong_leaves_as_a_frame() -> None:
    shot = shot_of(packet("ip/icmp", "ip.dst=198.51.100.1", "ip.checksum=1"), AROUND)

    assert shot.front.hex() == "0200000000fe" + "020000000001" + "0800"
    assert (shot.interface, shot.predicted) == ("eth0", ())


def test_a_frame_to_nobody_knows_where_is_told() -> None:
    shot = shot_of(packet("ip/icmp", "ip.dst=192.0.2.5", "ip.len=99"), AROUND)

    assert shot.trouble == (
        "the kernel would mend ip.len and ip.checksum, and the hardware address of 192.0.2.5 is not known for a frame: "
        "ping it first"
    )


def test_a_packet_of_another_version_finds_its_way_as_well() -> None:
    shot = shot_of(packet("ip/icmp", "ip.dst=198.51.100.1", "ip.version=5"), AROUND)

    assert (shot.link, shot.trouble) == (LinkType.ETHERNET, "")


def test_bytes_that_are_no_packet_are_told() -> None:
    assert (
        shot_of(Composed(b"\x45\x00", LinkType.RAW), AROUND).trouble == "it has no IP header that says whom it is for"
    )


@pytest.mark.parametrize(
    ("made", "why"),
    [
        (packet("ip/icmp", "ip.src=198.51.100.9"), "198.51.100.9 is no address of this host"),
        (packet("ipv6/icmpv6", "ipv6.src=2001:db8::9"), "2001:db8::9 is no address of this host"),
        (packet("ip/ospf"), "224.0.0.5 is a group, and all who have joined it are meant"),
        (packet("ipv6/icmpv6", "icmpv6.type=133"), "ff02::2 is a group, and all who have joined it are meant"),
        (packet("ip/udp/dhcp"), "255.255.255.255 is a broadcast address, and everybody there is meant"),
        (packet("ip/icmp", "ip.dst=192.0.2.15"), "192.0.2.15 is a broadcast address, and everybody there is meant"),
        (
            packet("eth/arp", "arp.dst.proto_ipv4=10.0.0.2"),
            "ff:ff:ff:ff:ff:ff is a group or broadcast address, and more than one host is meant",
        ),
        (
            packet("eth/ip/icmp", "ip.dst=10.0.0.2", "eth.src=02:00:00:00:00:99"),
            "02:00:00:00:00:99 is no hardware address of this host",
        ),
        (
            packet("eth/arp", "eth.dst=02:00:00:00:00:fe", "arp.src.proto_ipv4=10.0.0.77"),
            "10.0.0.77 is no address of this host",
        ),
        (packet("ip/icmp", "ip.src=198.51.100.9", "ip.version=5"), "198.51.100.9 is no address of this host"),
    ],
)
def test_what_is_not_ours_or_meant_for_many_is_dangerous(made: Composed, why: str) -> None:
    assert danger(made, AROUND) == why


@pytest.mark.parametrize(
    "made",
    [
        packet("ip/icmp", "ip.dst=198.51.100.1"),
        packet("ip/icmp", "ip.src=0.0.0.0"),
        packet("ip/icmp", "ip.src=127.0.0.1"),
        packet("eth/ip/icmp", "ip.dst=10.0.0.2"),
        packet("ip/ip/icmp", "ip.dst=198.51.100.1"),
    ],
)
def test_what_is_ours_to_one_host_is_not(made: Composed) -> None:
    assert danger(made, AROUND) == ""
