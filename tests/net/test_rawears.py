"""The link that hears by raw sockets, on real interfaces."""

import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import ip_address

import pytest

from app.engine.datagram import Clock, Direction
from app.engine.hearing import Ear, Hearing
from app.engine.wanted import InIp
from app.net.link import LinkError, ListeningLink
from app.net.listening.ears import Ears
from app.net.listening.groups import Memberships
from app.net.listening.prefilter import raw_filter
from app.net.options import LinkOptions
from app.packet.link.linktype import LinkType
from tests.net.bpf import Seen, keeps
from tests.net.listening import add_pair, datagram, frame, hear, ip, pair, say, silence


@pytest.fixture
def network() -> Iterator[None]:
    with pair():
        yield


@contextmanager
def listening(*protocols: str, on: tuple[str, ...] = ()) -> Iterator[ListeningLink]:
    hearing = Hearing(protocols, on, Ear.RAW)
    ears = Ears.open(LinkOptions(hearing=hearing))
    link = ears.listen(hearing)
    try:
        yield link
    finally:
        link.close()
        ears.close()


def group_frame(data: bytes) -> bytes:
    """A datagram to a group, in a frame to that group."""
    if data[0] >> 4 == 4:
        return b"\x01\x00\x5e" + bytes([data[17] & 0x7F]) + data[18:20] + bytes.fromhex("020000000001 0800") + data
    return b"\x33\x33" + data[36:40] + bytes.fromhex("020000000001 86dd") + data


@pytest.mark.parametrize("data", [datagram("203.0.113.9", "224.0.0.5", 89), datagram("fe80::9", "ff02::5", 89)])
def test_hellos_are_heard_as_the_group_is_joined(network: None, data: bytes) -> None:
    with listening("ospf", on=("far",)) as link:
        silence(link)  # the kernel takes a moment to begin with its stamps
        say(group_frame(data))
        (heard,) = hear(link, 1)
    assert heard.data == data
    assert (heard.interface, heard.direction, heard.link) == ("far", Direction.IN, LinkType.RAW)
    assert heard.clock is Clock.KERNEL
    assert heard.rebuilt == (0 if data[0] >> 4 == 4 else 40)


def test_only_the_chosen_interfaces_are_heard(network: None) -> None:
    with listening("ospf", on=("near",)) as link:
        say(group_frame(datagram("203.0.113.9", "224.0.0.5", 89)))
        assert not silence(link)


def test_groups_are_joined_on_interfaces_that_come_later(network: None) -> None:
    with listening("ospf") as link:
        add_pair("new", "newer")
        silence(link)
        say(group_frame(datagram("203.0.113.9", "224.0.0.6", 89)), by="new")
        (heard,) = hear(link, 1)
    assert heard.interface == "newer"


def test_an_interface_is_called_by_its_new_name(network: None) -> None:
    with listening("ospf") as link:
        say(group_frame(datagram("192.0.2.1", "224.0.0.5", 89)))
        before = hear(link, 1)
        ip("link set far down", "link set far name other", "link set other up")
        silence(link)
        say(group_frame(datagram("192.0.2.1", "224.0.0.5", 89)))
        after = hear(link, 1)
    assert [heard.interface for heard in before + after] == ["far", "other"]


def test_groups_are_left_at_the_end(network: None) -> None:
    def groups() -> str:
        return subprocess.run(["ip", "maddress", "show", "far"], capture_output=True, text=True, check=True).stdout

    with listening("vrrp"):
        assert "224.0.0.18" in groups()
        assert "ff02::12" in groups()
    assert "224.0.0.18" not in groups()


def test_more_groups_than_one_socket_may_join_are_joined(network: None) -> None:
    wanted = [ip_address(f"239.1.1.{number}") for number in range(1, 51)]
    memberships = Memberships()
    memberships.join(wanted, [socket.if_nametoindex("far")])
    shown = subprocess.run(["ip", "maddress", "show", "far"], capture_output=True, text=True, check=True).stdout
    memberships.close()
    assert all(f" {group}" in shown for group in wanted)


@pytest.mark.parametrize(
    ("name", "wanted", "unwanted"),
    [
        ("rip", datagram("203.0.113.9", "224.0.0.9", 17, b"\x02\x08\x02\x08\0\x08\0\0"), b"\x02\x07\x02\x07\0\x08\0\0"),
        ("irdp", datagram("203.0.113.9", "224.0.0.1", 1, b"\x09\0\xf6\xff" + bytes(4)), b"\x0d\0\xf2\xff" + bytes(4)),
    ],
)
def test_of_some_protocols_only_some_messages_are_heard(
    network: None, name: str, wanted: bytes, unwanted: bytes
) -> None:
    other = datagram("203.0.113.9", f"224.0.0.{wanted[19]}", wanted[9], unwanted)
    with listening(name, on=("far",)) as link:
        say(group_frame(other), group_frame(wanted))
        assert [each.data for each in hear(link, 1)] == [wanted]
        assert not silence(link)


def test_drops_are_counted(network: None) -> None:
    sent = 9_000
    data = datagram("192.0.2.1", "192.0.2.2", 222, bytes(1_400), ttl=9)
    whole = frame(0x0800, data)
    with listening("222", on=("far",)) as link:
        for _ in range(sent // 100):
            say(*[whole] * 100)
        seen = 0
        while some := silence(link):
            seen += len(some)
        assert link.dropped > 0
        assert seen + link.dropped == sent


def test_what_is_to_be_heard_must_be_known_ahead(network: None) -> None:
    ears = Ears.open(LinkOptions(ears=1))
    with pytest.raises(LinkError, match="raw sockets hear what they were opened for"):
        ears.listen(Hearing(("ospf",), ear=Ear.RAW))
    ears.close()


@pytest.mark.parametrize(("interface", "is_heard"), [(2, True), (3, False)])
def test_the_program_looks_at_the_interface(interface: int, is_heard: bool) -> None:
    program = raw_filter(InIp(protocols=frozenset((89,))), 4, 89, (2,))
    assert keeps(program, Seen(b"\x45", interface=interface)) is is_heard


def test_the_program_of_ipv6_begins_at_the_message() -> None:
    program = raw_filter(InIp(icmp=frozenset((143,))), 6, 58)
    assert keeps(program, Seen(b"\x8f\0"))
    assert not keeps(program, Seen(b"\x86\0"))
