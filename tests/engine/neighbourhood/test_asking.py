import random
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_interface
from itertools import pairwise

from app.engine.command import AskMulticastPath, AskMulticastRouter, Command, Finish, Reset, Solicit
from app.engine.datagram import Direction, Outgoing
from app.engine.host import Interface, Surroundings
from app.engine.neighbourhood.machine import NeighbourhoodMachine
from app.packet.compose import Address
from app.packet.dissect import dissect
from tests.engine.neighbourhood.packets import SECOND, advertisement, discovery, frame, heard, hello

ETH0 = Interface(
    "eth0",
    2,
    (ip_interface("10.0.0.2/24"), ip_interface("fe80::2/64")),
    mac="02:00:00:00:00:02",
)
OTHERS = (
    Interface("lo", 1, (ip_interface("127.0.0.1/8"), ip_interface("::1/128")), is_loopback=True),
    Interface("eth1", 3, (ip_interface("10.1.0.2/24"),), is_up=False),
    Interface("eth2", 4, ()),
)


def _machine(*interfaces: Interface) -> NeighbourhoodMachine:
    around = Surroundings(interfaces)
    made = NeighbourhoodMachine(lambda: around, source=lambda _: IPv4Address("10.0.0.2"))
    made.snapshot(0)
    return made


def _said(outgoing: Outgoing) -> tuple[str, str, str, str | None]:
    dissection = dissect(outgoing.data)
    return dissection.source, dissection.destination, dissection.summary, outgoing.interface


def _until(made: NeighbourhoodMachine, end: int) -> list[tuple[int, str]]:
    """What is sent until then, and when."""
    now, sent = 0, []
    while now <= end:
        made.expire(now)
        sent += [(now, _said(outgoing)[1]) for outgoing in made.poll(now)]
        due = made.deadline()
        now = end + 1 if due is None else max(due, now + 1)
    return sent


def test_nothing_is_asked_unless_it_is_wanted() -> None:
    made = _machine(ETH0)
    made.receive(heard(frame(advertisement())))
    made.receive(heard(frame(hello())))

    assert _until(made, 60 * SECOND) == []


def test_routers_of_both_versions_are_solicited_on_links_that_are_up() -> None:
    made = _machine(ETH0, *OTHERS)

    made.obey(Solicit(), 0)

    assert [_said(outgoing) for outgoing in made.poll(0)] == [
        ("fe80::2", "ff02::2", "router solicitation", "eth0"),
        ("10.0.0.2", "224.0.0.2", "router solicitation", "eth0"),
    ]


def test_a_solicitation_by_ipv6_tells_the_link_layer_address() -> None:
    made = _machine(ETH0)
    made.obey(Solicit(), 0)

    told = [span.shown for span in dissect(next(iter(made.poll(0))).data).spans_named("icmpv6.opt.linkaddr")]

    assert told == ["02:00:00:00:00:02"]


def test_solicitations_say_what_receivers_check() -> None:
    made = _machine(ETH0)
    made.obey(Solicit("eth0"), 0)

    for outgoing in made.poll(0):
        dissection = dissect(outgoing.data)
        assert all(check.status.value == "good" for check in dissection.checks)
        assert dissection.notes == ()
        wanted = 255 if outgoing.destination.version == 6 else 1
        name = "ipv6.hlim" if outgoing.destination.version == 6 else "ip.ttl"
        assert [span.value for span in dissection.spans_named(name)] == [wanted]


def test_a_host_without_a_link_local_address_asks_from_nobody_and_tells_no_link_layer_address() -> None:
    made = _machine(Interface("eth0", 2, (ip_interface("2001:db8::2/64"),), mac="02:00:00:00:00:02"))

    made.obey(Solicit(), 0)

    (outgoing,) = made.poll(0)
    assert _said(outgoing) == ("::", "ff02::2", "router solicitation", "eth0")
    assert len(outgoing.data) == 40 + 8


def test_a_link_without_multicast_is_asked_by_broadcast() -> None:
    made = _machine(Interface("eth0", 2, (ip_interface("10.0.0.2/24"),), is_multicast=False))

    made.obey(Solicit(), 0)

    assert [_said(outgoing)[1] for outgoing in made.poll(0)] == ["255.255.255.255"]


def test_another_interface_is_not_asked() -> None:
    made = _machine(ETH0)

    made.obey(Solicit("eth1"), 0)

    assert list(made.poll(0)) == []


def test_a_silent_link_is_asked_three_times_at_the_distances_of_the_rfcs() -> None:
    made = _machine(ETH0)

    made.obey(Solicit(), 0)

    assert _until(made, 60 * SECOND) == [
        (0, "ff02::2"),
        (0, "224.0.0.2"),
        (3 * SECOND, "224.0.0.2"),
        (4 * SECOND, "ff02::2"),
        (6 * SECOND, "224.0.0.2"),
        (8 * SECOND, "ff02::2"),
    ]
    assert made.snapshot(60 * SECOND).asked == 6


def test_an_advertisement_ends_the_asking_of_its_own_kind() -> None:
    made = _machine(ETH0)
    made.obey(Solicit(), 0)
    list(made.poll(0))

    made.receive(heard(frame(advertisement()), 1))

    assert _until(made, 60 * SECOND) == [(3 * SECOND, "224.0.0.2"), (6 * SECOND, "224.0.0.2")]


def test_an_advertisement_that_is_not_to_be_believed_ends_nothing() -> None:
    made = _machine(ETH0)
    made.obey(Solicit(), 0)
    list(made.poll(0))

    made.receive(heard(frame(advertisement(hop_limit=3)), 1))
    made.receive(heard(frame(advertisement(lifetime=0)), 1))
    made.receive(heard(frame(discovery("10.0.0.9", ("10.0.0.1", 0))), 1))

    assert len(_until(made, 60 * SECOND)) == 4


def test_whoever_asks_again_and_again_asks_no_more_often_than_a_host_may() -> None:
    made, sent, now = _machine(ETH0), [], 0
    for now in range(0, 12 * SECOND, SECOND // 10):
        made.obey(Solicit(), now)
        made.expire(now)
        sent += [(now, outgoing.destination.version) for outgoing in made.poll(now)]
        made.receive(heard(frame(advertisement()), now))

    for version, least in ((6, 4 * SECOND), (4, 3 * SECOND)):
        moments = [at for at, asked in sent if asked == version]
        assert all(later - earlier >= least for earlier, later in pairwise(moments))
        assert len(moments) >= 3


def test_finish_ends_all_asking() -> None:
    made = _machine(ETH0)
    made.obey(Solicit(), 0)

    made.obey(Finish(), 0)

    assert list(made.poll(0)) == []
    assert made.deadline() is None


def test_nothing_but_solicitations_and_questions_to_one_router_is_ever_sent() -> None:
    chance = random.Random(4)
    allowed = {"router solicitation", "DVMRP ask neighbours 2", "mtrace query"}
    commands: tuple[Command, ...] = (
        Solicit(),
        Solicit("eth0"),
        AskMulticastRouter(ip_address("10.0.0.1")),
        AskMulticastRouter(ip_address("fe80::1")),
        AskMulticastPath(ip_address("10.0.0.1"), IPv4Address("10.9.0.1"), IPv4Address("239.1.1.1"), 7),
        Reset(),
    )
    packets = (advertisement(), advertisement(lifetime=0), hello(), discovery("10.0.0.1", ("10.0.0.1", 1)))
    for _ in range(50):
        made, now = _machine(ETH0, *OTHERS), 0
        for _ in range(40):
            now += chance.randrange(3 * SECOND)
            made.obey(chance.choice(commands), now)
            direction = chance.choice(tuple(Direction))
            made.receive(heard(frame(chance.choice(packets)), now, direction=direction))
            made.expire(now)
            for outgoing in made.poll(now):
                summary = dissect(outgoing.data).summary.partition(",")[0]
                assert summary in allowed
                assert outgoing.destination in _DESTINATIONS


_DESTINATIONS: tuple[Address, ...] = (IPv6Address("ff02::2"), IPv4Address("224.0.0.2"), IPv4Address("10.0.0.1"))
