"""The link that hears at the device, on real interfaces."""

import os
import select
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from app.engine.datagram import Clock, Datagram, Departure, Direction, Failure, Fault
from app.engine.hearing import Ear, Hearing
from app.engine.wanted import wanted_of
from app.net.link import LinkError, ListeningLink
from app.net.listening.ears import Ears
from app.net.listening.packetlink import PacketLink
from app.net.listening.packetring import FEW, Frame, FrameSource, Messages, Ring
from app.net.listening.packetsocket import begin_to_hear, choose, open_packet_socket
from app.net.options import LinkOptions
from app.net.real import RealNetwork
from app.packet.dissect import dissect
from app.packet.link.linktype import LinkType
from tests.net.descriptors import descriptors_left, open_descriptors
from tests.net.listening import add_pair, datagram, events, frame, hear, ip, outgoing, pair, say, silence, tunnel

OSPF = datagram("192.0.2.1", "224.0.0.5", 89)
GROUP_FRAME = bytes.fromhex("01005e000005 020000000001 0800") + OSPF
Listen = Callable[..., ListeningLink]


@pytest.fixture
def network() -> Iterator[None]:
    with pair():
        yield


@contextmanager
def listening(*protocols: str, on: tuple[str, ...] = ()) -> Iterator[ListeningLink]:
    ears = Ears.open(LinkOptions(ears=1))
    link = ears.listen(Hearing(protocols, on))
    try:
        yield link
    finally:
        link.close()
        ears.close()


def test_a_frame_is_heard_where_it_leaves_and_where_it_arrives(network: None) -> None:
    with listening("ospf") as link:
        assert isinstance(link, PacketLink)
        link.send([outgoing(7, OSPF)])
        told = events(link, 2)
    departed, *heard = told
    assert isinstance(departed, Departure)
    assert departed.token == 7
    assert [(each.interface, each.direction) for each in heard if isinstance(each, Datagram)] == [
        ("near", Direction.OUT),
        ("far", Direction.IN),
    ]
    for each in heard:
        assert isinstance(each, Datagram)
        assert each.link is LinkType.ETHERNET
        assert each.clock is Clock.KERNEL
        assert each.data[14:] == OSPF
        assert each.length is None
        assert 0 <= each.received_at - departed.sent_at < 1_000_000_000


def test_loopback_is_heard_once(network: None) -> None:
    with listening("udp") as link, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.sendto(b"one", ("127.0.0.1", 9))
        heard = hear(link, 1)
        assert not silence(link)
    assert [(each.interface, each.direction) for each in heard] == [("lo", Direction.IN)]


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_checksums_that_were_left_to_the_card_are_right(network: None, host: str) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with listening("udp", on=("lo",)) as link, socket.socket(family, socket.SOCK_DGRAM) as sock:
        sock.sendto(b"one", (host, 9))
        (heard,) = hear(link, 1)
    assert [check.status.value for check in dissect(heard.data, heard.link).checks][-1] == "good"


def test_only_what_is_wanted_is_heard(network: None) -> None:
    with listening("ospf", "arp", on=("far",)) as link:
        say(
            frame(0x0800, datagram("192.0.2.1", "224.0.0.13", 103)),
            frame(0x0806, bytes(28)),
            frame(0x88B5, bytes(50)),
            frame(0x0800, OSPF),
        )
        heard = hear(link, 2)
        assert not silence(link)
    assert [each.data[12:14].hex() for each in heard] == ["0806", "0800"]
    assert {each.interface for each in heard} == {"far"}


@pytest.mark.parametrize(
    ("names", "payload"),
    [
        ("mld", datagram("fe80::1", "ff02::16", 0, bytes.fromhex("3a000502000000008f00000000000000"))),
        ("icmp-errors", datagram("192.0.2.1", "192.0.2.2", 1, b"\x03\x03" + bytes(30))),
        ("icmp-errors", datagram("fe80::1", "fe80::2", 58, b"\x02\x00" + bytes(50))),
        ("rip", datagram("192.0.2.1", "224.0.0.9", 17, b"\x02\x08\x02\x08\x00\x08\x00\x00")),
        ("222", datagram("fe80::1", "ff02::1", 222)),
        ("neighbourhood", datagram("192.0.2.1", "224.0.0.18", 112)),
    ],
)
def test_the_kernel_runs_the_program_as_it_is_meant(network: None, names: str, payload: bytes) -> None:
    ether_type = 0x0800 if payload[0] >> 4 == 4 else 0x86DD
    decoy = datagram("192.0.2.1", "192.0.2.2", 6, bytes(20))
    with listening(names, on=("far",)) as link:
        say(frame(0x0800, decoy), frame(ether_type, payload), frame(0x0800, decoy))
        heard = [each.data[14:] for each in [*hear(link, 1), *silence(link)] if isinstance(each, Datagram)]
    assert payload in heard  # beside what the kernel itself may have said
    assert decoy not in heard


def test_spanning_tree_is_heard_by_its_service(network: None) -> None:
    with listening("stp", on=("far",)) as link:
        say(frame(0x0026, b"\x42\x42\x03" + bytes(35)), frame(0x0026, b"\xfe\xfe\x03" + bytes(35)))
        heard = hear(link, 1)
    assert [each.data[14:17] for each in heard] == [b"\x42\x42\x03"]


def test_a_vlan_tag_that_the_kernel_took_off_is_back_in_its_place(network: None) -> None:
    tagged = frame(0x8100, b"\x60\x07\x08\x00" + OSPF)
    with listening("ospf", on=("far",)) as link:
        say(tagged)
        (heard,) = hear(link, 1)
    assert heard.data == tagged


def test_frames_to_others_are_told_apart(network: None) -> None:
    with listening("222", on=("far",)) as link:
        say(b"\x02\0\0\0\0\x77" + frame(0x0800, datagram("192.0.2.1", "192.0.2.7", 222))[6:])
        (heard,) = hear(link, 1)
    assert heard.direction is Direction.OTHER


def test_a_link_without_a_header_gives_bare_datagrams_and_the_rest_under_one_for_captures(network: None) -> None:
    with tunnel("tun7") as descriptor, listening(on=("tun7",)) as link:
        silence(link)
        os.write(descriptor, b"\0\0\x08\0" + OSPF)
        os.write(descriptor, b"\0\0\x88\xb5" + b"whatever")
        bare, cooked = hear(link, 2)
    assert (bare.link, bare.data, bare.length) == (LinkType.RAW, OSPF, None)
    assert cooked.link is LinkType.LINUX_SLL2
    assert (cooked.data[:2], cooked.data[8:11], cooked.data[20:]) == (b"\x88\xb5", b"\xff\xfe\0", b"whatever")


def test_interfaces_that_come_later_are_heard(network: None) -> None:
    with listening("ospf") as link:
        add_pair("new", "newer")
        silence(link)
        say(frame(0x0800, OSPF), by="new")
        assert [each.interface for each in hear(link, 2)] == ["new", "newer"]


def test_an_interface_that_is_chosen_may_go_and_come_back(network: None) -> None:
    with listening("ospf", on=("far",)) as link:
        ip("link del near")
        (gone,) = silence(link)
        add_pair("other", "another")
        add_pair("near", "far")
        (back,) = silence(link)
        say(frame(0x0800, OSPF), by="other")
        say(frame(0x0800, OSPF), by="near")
        assert [each.interface for each in hear(link, 1)] == ["far"]
        assert not silence(link)
    assert isinstance(gone, Fault)
    assert gone.text == "far is gone: nothing is heard there until it comes back"
    assert isinstance(back, Fault)
    assert back.text == "far is back"


def test_a_chosen_interface_that_is_not_there_is_said(network: None) -> None:
    with pytest.raises(LinkError, match="no interface nosuch0"), listening(on=("nosuch0",)):
        pass


def description(interface: str) -> str:
    """What `ip` tells of an interface."""
    words = ["ip", "-d", "link", "show", interface]
    return subprocess.run(words, capture_output=True, text=True, check=True).stdout


def test_more_than_the_kernel_can_filter_by_is_said(network: None) -> None:
    batch = [f"link add a{number} type veth peer name b{number}" for number in range(250)]
    ip(*batch)
    named = tuple(f"{end}{number}" for end in "ab" for number in range(250))
    with pytest.raises(LinkError, match="name fewer"), listening(*map(str, range(256)), on=named):
        pass


def test_the_name_of_an_interface_is_safe_to_show(network: None) -> None:
    subprocess.run([b"ip", *b"link set near down name a\xff\x1b[1m up".split()], check=True)
    with listening("ospf") as link:
        say(frame(0x0800, OSPF), by="far")
        names = [heard.interface or "" for heard in hear(link, 2)]
    assert sorted(name == "far" for name in names) == [False, True]
    assert all(name.isprintable() for name in names)


def test_cards_pass_on_all_groups_while_somebody_listens(network: None) -> None:
    with listening():
        assert "allmulti 1" in description("near")
    assert "allmulti 0" in description("near")


def test_seen_and_dropped_are_all_that_came(network: None) -> None:
    sent = 40_000
    with listening("dns", on=("lo",)) as link, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        for _ in range(sent):
            sock.sendto(b"query", ("127.0.0.1", 53))
        seen = 0
        while some := silence(link):
            seen += len(some)
        assert link.dropped > 0
        assert seen + link.dropped == sent


def test_what_was_not_read_before_the_end_is_counted(network: None) -> None:
    with listening("ospf", on=("far",)) as link:
        say(*[frame(0x0800, OSPF)] * 5)
    assert (link.unread, link.dropped) == (5, 0)


def test_without_a_ring_the_same_is_heard(network: None) -> None:
    tagged = frame(0x8100, b"\x60\x07\x08\x00" + OSPF)
    sources: list[tuple[socket.socket, FrameSource]] = []
    for is_ring in (True, False):
        sock = open_packet_socket()
        choose(sock, wanted_of(["ospf", "stp"]), frozenset((socket.if_nametoindex("far"),)))
        ring = Ring.of(sock, FEW) if is_ring else None
        assert (ring is not None) is is_ring
        sources.append((sock, ring or Messages(sock)))
        begin_to_hear(sock)
    say(frame(0x0800, OSPF), tagged, frame(0x0026, b"\x42\x42\x03"))
    heard = []
    for sock, source in sources:
        frames: list[Frame] = []
        while len(frames) < 3 and select.select((sock,), (), (), 3)[0]:
            frames += source.read(3)
        assert all(each.stamp for each in frames)
        heard.append([each._replace(stamp=0) for each in frames])
        source.close()
        sock.close()
    assert heard[0] == heard[1]


# Sending by hand


def test_a_datagram_that_does_not_fit_fails(network: None) -> None:
    with listening("ospf") as link:
        link.send([outgoing(1, datagram("192.0.2.1", "192.0.2.2", 89, bytes(2_000)))])
        (failure,) = link.receive(link.now())
    assert isinstance(failure, Failure)
    assert (failure.token, failure.errno) == (1, "EMSGSIZE")


def test_an_interface_that_is_not_there_fails(network: None) -> None:
    with listening("ospf") as link:
        link.send([outgoing(1, OSPF, by="nosuch0")])
        (failure,) = link.receive(link.now())
    assert isinstance(failure, Failure)
    assert failure.errno == "ENODEV"


@pytest.mark.parametrize(
    "data",
    [
        datagram("192.0.2.1", "192.0.2.255", 222),
        datagram("192.0.2.1", "255.255.255.255", 222),
        datagram("203.0.113.9", "224.0.0.5", 222),
        datagram("fe80::1", "ff02::5", 222),
        datagram("2001:db8::9", "fe80::2", 222),
    ],
)
def test_what_is_made_by_hand_leaves_as_it_is(network: None, data: bytes) -> None:
    ip("neigh replace fe80::2 lladdr 02:00:00:00:00:02 dev near") if data[0] >> 4 == 6 else None
    with listening("222", on=("far",)) as link:
        link.send([outgoing(1, data)])
        told = events(link, 1)
    assert isinstance(told[0], Departure), told
    (heard,) = (each for each in told if isinstance(each, Datagram))
    assert heard.data[14:16] + heard.data[18:] in (data[:2] + data[4:], heard.data[14:16] + data[4:])


# The pool


def test_as_many_links_as_were_asked_for_can_be_open_at_once(network: None) -> None:
    ears = Ears.open(LinkOptions(ears=2))
    first, second = ears.listen(Hearing()), ears.listen(Hearing(("arp",)))
    with pytest.raises(LinkError, match="2 parts listen already"):
        ears.listen(Hearing())
    first.close()
    third = ears.listen(Hearing(("ospf",)))
    for link in (second, third):
        link.close()
    ears.close()


def test_a_socket_that_is_used_again_hears_nothing_of_before(network: None) -> None:
    ears = Ears.open(LinkOptions(ears=1))
    before = ears.listen(Hearing())
    say(frame(0x0806, bytes(28)), frame(0x0800, OSPF))
    before.close()
    say(frame(0x0800, OSPF))
    after = ears.listen(Hearing(("ospf",), ("far",)))
    say(frame(0x0800, OSPF))
    assert len(hear(after, 1)) == 1
    assert not silence(after)
    assert (after.dropped, after.unread) == (0, 0)
    after.close()
    ears.close()


def test_an_ear_without_a_ring_leaves_nothing_to_who_listens_next(network: None) -> None:
    prompt = Hearing(("ospf",), ("far",), is_prompt=True)
    ears = Ears.open(LinkOptions(ears=1))
    before = ears.listen(prompt)
    say(frame(0x0800, OSPF), frame(0x0800, OSPF))
    before.close()
    after = ears.listen(prompt)
    assert before.unread == 2
    assert not silence(after)
    after.close()
    assert after.unread == 0
    ears.close()


@pytest.mark.parametrize(("ear", "needs"), [(Ear.PACKET, 3), (Ear.RAW, 5)])
def test_a_link_that_cannot_be_opened_gives_back_what_it_took(network: None, ear: Ear, needs: int) -> None:
    hearing = Hearing(("ospf",), ("far",), ear)
    ears = Ears.open(LinkOptions(ears=1, hearing=hearing))
    before = open_descriptors()
    for room in range(needs):
        with descriptors_left(room), pytest.raises(LinkError, match="too many open files"):
            ears.listen(hearing)
    assert open_descriptors() == before
    assert "allmulti 0" in description("far")
    say(GROUP_FRAME)
    link = ears.listen(hearing)
    say(GROUP_FRAME)
    assert len(hear(link, 1)) == 1
    assert not silence(link)
    link.close()
    ears.close()


def test_the_card_of_an_interface_that_is_no_longer_chosen_filters_again(network: None) -> None:
    with listening(on=("far",)) as link:
        assert "allmulti 1" in description("far")
        ip("link set far down", "link set far name other", "link set other up")
        silence(link)
        assert "allmulti 0" in description("other")


def test_a_link_that_is_closed_after_its_network_closes_its_socket(network: None) -> None:
    ears = Ears.open(LinkOptions(ears=1))
    link = ears.listen(Hearing())
    ears.close()
    link.close()
    link.close()


def test_an_unknown_protocol_is_a_sentence(network: None) -> None:
    ears = Ears.open(LinkOptions(ears=1))
    with pytest.raises(LinkError, match="did you mean ospf"):
        ears.listen(Hearing(("ospff",)))
    ears.close()


def test_where_none_was_opened_it_is_said() -> None:
    with pytest.raises(LinkError, match="no socket was opened"):
        RealNetwork(LinkOptions(), None).listen(Hearing())
