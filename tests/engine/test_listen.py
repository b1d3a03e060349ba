"""The machine that listens: what it counts, by any bytes."""

import random
from ipaddress import IPv4Address, IPv6Address

import pytest

from app.engine.command import Finish, Reset
from app.engine.datagram import Clock, Datagram, Direction, Fault
from app.engine.listen import ListenMachine, ListenSnapshot
from app.engine.traffic import KEPT_ADDRESSES, MOST_ADDRESSES, MOST_STRANGE, Traffic
from app.engine.verdict import NOTHING
from app.packet.compose import Envelope, ip_datagram
from app.packet.link.linktype import LinkType

SECOND = 1_000_000_000
V4 = Envelope(IPv4Address("192.0.2.1"), IPv4Address("192.0.2.9"))
V6 = Envelope(IPv6Address("2001:db8::1"), IPv6Address("2001:db8::9"))
MACS = bytes.fromhex("020000000002020000000001")


class Link:
    name = "packet"
    dropped = 0

    def now(self) -> int:
        return 100 * SECOND


@pytest.fixture
def link() -> Link:
    return Link()


def heard(
    data: bytes, kind: LinkType = LinkType.RAW, *, way: Direction = Direction.IN, length: int | None = None
) -> Datagram:
    return Datagram(data, 100 * SECOND, Clock.KERNEL, direction=way, link=kind, length=length)


def frame(ether_type: str, payload: bytes) -> Datagram:
    return heard(MACS + bytes.fromhex(ether_type) + payload, LinkType.ETHERNET)


def ip(protocol: int, payload: bytes = bytes(8), envelope: Envelope = V4) -> bytes:
    return ip_datagram(envelope, protocol, payload)


def counted(*datagrams: Datagram) -> dict[str, int]:
    machine = ListenMachine(Link())
    for datagram in datagrams:
        assert machine.receive(datagram) is NOTHING
    return {row.name: row.packets for row in machine.snapshot(101 * SECOND).protocols}


@pytest.mark.parametrize(
    ("datagram", "name"),
    [
        (heard(ip(1)), "icmp"),
        (heard(ip(58, envelope=V6)), "icmpv6"),
        (heard(ip(89, envelope=V6)), "ospf"),
        (heard(ip(222)), "ip 222"),
        (heard(ip(17, b"\x00\x35\xc0\x00" + bytes(4))), "dns"),
        (heard(ip(17, b"\xc0\x00\x02\x08" + bytes(4))), "rip"),
        (heard(ip(6, b"\xc0\x00\x00\xb3" + bytes(16))), "bgp"),
        (heard(ip(17, b"\xc0\x00\xc0\x01" + bytes(4))), "udp"),
        (frame("0806", bytes(28)), "arp"),
        (frame("0800", ip(103)), "pim"),
        (frame("81000007 0800", ip(103)), "pim"),
        (frame("86dd", ip(0, b"\x3a\0\x05\x02\0\0\0\0\x8f", V6)), "icmpv6"),
        (frame("0026", b"\x42\x42\x03"), "stp"),
        (frame("88b5", b""), "0x88b5"),
        (frame("0003", b"\xe0\xe0\x03"), "llc 0xe0"),
        (heard(b"\x08\x06" + bytes(18), LinkType.LINUX_SLL2), "arp"),
        (frame("0800", b"\x45"), "too short"),
        (heard(b""), "too short"),
    ],
)
def test_a_packet_is_counted_under_its_protocol(datagram: Datagram, name: str) -> None:
    assert counted(datagram) == {name: 1}


def test_a_later_fragment_is_counted_under_its_protocol_alone() -> None:
    whole = ip(17, b"\x00\x35\xc0\x00" + bytes(4))
    assert counted(heard(whole[:6] + b"\x00\x10" + whole[8:])) == {"udp": 1}


def test_bytes_are_those_on_the_wire(link: Link) -> None:
    machine = ListenMachine(link)
    machine.receive(heard(ip(1), length=9_000))
    assert machine.snapshot(101 * SECOND).total.octets == 9_000


def test_seen_and_dropped_are_told_apart_since_the_beginning(link: Link) -> None:
    link.dropped = 7
    machine = ListenMachine(link)
    machine.receive(heard(ip(1)))
    link.dropped = 10
    snapshot = machine.snapshot(101 * SECOND)
    assert (snapshot.seen, snapshot.dropped) == (1, 3)


def test_directions_are_counted(link: Link) -> None:
    machine = ListenMachine(link)
    for way in (Direction.IN, Direction.OUT, Direction.OUT, Direction.OTHER):
        machine.receive(heard(ip(1), way=way))
    assert machine.snapshot(101 * SECOND).directions == (1, 2, 1)


def rates(snapshot: ListenSnapshot, name: str) -> tuple[int, ...]:
    return next(row.rates for row in snapshot.protocols if row.name == name)


def test_each_second_has_its_rate_and_a_late_comer_has_nothing_before(link: Link) -> None:
    machine = ListenMachine(link)
    for _ in range(3):
        machine.receive(heard(ip(1)))
    machine.expire(101 * SECOND)
    machine.receive(heard(ip(89)))
    machine.expire(102 * SECOND)
    snapshot = machine.snapshot(102 * SECOND)
    assert rates(snapshot, "icmp") == (3, 0)
    assert rates(snapshot, "ospf") == (0, 1)
    assert snapshot.total.rates == (3, 1)


def test_packets_of_a_long_turn_are_shared_out_over_its_seconds(link: Link) -> None:
    machine = ListenMachine(link)
    for _ in range(7):
        machine.receive(heard(ip(1)))
    machine.expire(103 * SECOND)
    assert machine.snapshot(103 * SECOND).total.rates == (3, 2, 2)


def test_a_row_that_did_not_change_is_the_same_object(link: Link) -> None:
    machine = ListenMachine(link)
    machine.receive(heard(ip(1)))
    first = machine.snapshot(100 * SECOND).protocols[0]
    machine.receive(heard(ip(89)))
    assert first in machine.snapshot(100 * SECOND).protocols


def test_talkers_are_those_who_sent_most_bytes(link: Link) -> None:
    machine = ListenMachine(link)
    for _ in range(2):
        machine.receive(heard(ip(1, bytes(8), V4)))
    machine.receive(heard(ip(58, bytes(1000), V6)))
    machine.receive(frame("0806", bytes(28)))
    talkers = machine.snapshot(101 * SECOND).talkers
    assert [(each.address, each.packets) for each in talkers] == [
        ("2001:db8::1", 1),
        ("192.0.2.1", 2),
        ("02:00:00:00:00:01", 1),
    ]


def test_a_flood_of_forged_addresses_hides_no_loud_one_and_takes_little_room() -> None:
    traffic = Traffic(0)
    chance = random.Random(1)
    for number in range(20_000):
        source = IPv4Address("198.51.100.7") if number % 10 == 0 else IPv4Address(chance.getrandbits(32))
        traffic.take(heard(ip(1, bytes(8), Envelope(source, V4.destination))))
    assert len(traffic._senders) <= MOST_ADDRESSES
    assert KEPT_ADDRESSES < MOST_ADDRESSES
    (loudest,) = traffic.talkers(1)
    assert (loudest.address, loudest.packets) == ("198.51.100.7", 2_000)


def test_protocols_without_a_name_fill_no_more_than_their_lines() -> None:
    names = counted(*(frame(f"{0x9100 + number:04x}", bytes(20)) for number in range(500)), frame("0806", bytes(28)))
    assert len(names) <= MOST_STRANGE + 2
    assert names["other"] == 500 - MOST_STRANGE
    assert names["arp"] == 1


def test_it_ends_in_time_and_hears_no_more(link: Link) -> None:
    machine = ListenMachine(link, duration=SECOND // 2)
    assert machine.deadline() == 100 * SECOND + SECOND // 2
    machine.receive(heard(ip(1)))
    machine.expire(101 * SECOND)
    machine.receive(heard(ip(1)))
    assert machine.deadline() is None
    assert machine.snapshot(101 * SECOND).seen == 1


def test_it_ends_when_it_is_told_to(link: Link) -> None:
    machine = ListenMachine(link)
    machine.obey(Finish(), 100 * SECOND)
    assert machine.deadline() is None


def test_it_begins_again_from_nothing(link: Link) -> None:
    machine = ListenMachine(link)
    machine.receive(heard(ip(1)))
    link.dropped = 4
    machine.obey(Reset(), 105 * SECOND)
    snapshot = machine.snapshot(105 * SECOND)
    assert (snapshot.seen, snapshot.dropped, snapshot.started_at, snapshot.protocols) == (0, 0, 105 * SECOND, ())


def test_a_fault_of_the_link_is_a_line_of_the_log(link: Link) -> None:
    machine = ListenMachine(link)
    machine.receive(Fault(7, "nothing is heard"))
    assert [line.text for line in machine.snapshot(101 * SECOND).log] == ["nothing is heard"]


def test_any_bytes_are_counted(link: Link) -> None:
    machine = ListenMachine(link)
    chance = random.Random(4)
    for _ in range(3_000):
        data = chance.randbytes(chance.randrange(60))
        machine.receive(heard(data, chance.choice((LinkType.ETHERNET, LinkType.RAW, LinkType.LINUX_SLL2))))
    snapshot = machine.snapshot(101 * SECOND)
    assert snapshot.seen == sum(row.packets for row in snapshot.protocols) == 3_000
