"""What changes with time and chance: clocks, limits, losses, late answers and events, all repeatable."""

import threading
from ipaddress import ip_address
from pathlib import Path

import pytest

from app.engine.datagram import Clock, Datagram, Departure, Event, Failure, Outgoing
from app.net.simulated.clock import VirtualClock, WallClock
from app.net.simulated.link import SimulatedLink
from app.net.simulated.network import VIRTUAL_BEGIN, SimulatedNetwork, open_simulation
from app.net.simulated.schedule import FOREVER, Schedule
from tests.simulated.probing import MILLISECOND, SECOND, addresses, answers, echo, network, udp

HOST = "10.0.9.9"
WORLD = """
seed = 3
[here]
address = "10.0.0.2"
[routers.r]
address = "10.0.1.1"
{router}
[routers]
slow = "10.0.2.1"
[hosts.h]
address = "10.0.9.9"
{host}
[[links]]
path = ["here", "r", "h"]
{links}
[[links]]
path = ["r", "slow", "h"]
cost = 5
delay = "20 ms"
"""


def world(tmp_path: Path, *, router: str = "", host: str = "", links: str = "", more: str = "") -> SimulatedLink:
    return network(tmp_path, WORLD.format(router=router, host=host, links=links) + more).link()


def chancy(tmp_path: Path, seed: int | None = None) -> SimulatedNetwork:
    host = 'duplicates = "20 %"\nlate = { share = "10 %", delay = "30 ms" }'
    links = 'jitter = "1 ms"\nloss = 0.1'
    return network(tmp_path, WORLD.format(router="", host=host, links=links), seed)


def events(link: SimulatedLink, count: int) -> list[Event]:
    """Echo requests 10 ms apart, and all that came of them."""
    told: list[Event] = []
    for sequence in range(count):
        link.send([Outgoing(sequence, ip_address(HOST), echo(link, HOST, sequence=sequence))])
        until = link.now() + 10 * MILLISECOND
        while link.now() < until:
            told += link.receive(until)
    return told


def answered(link: SimulatedLink, moments: list[int]) -> list[bool]:
    """Whether an echo request sent so many seconds after the beginning is answered with an echo reply."""
    found = []
    for moment in moments:
        while link.now() < VIRTUAL_BEGIN + moment * SECOND:
            link.receive(VIRTUAL_BEGIN + moment * SECOND)
        found.append([each.answer.type for each in answers(link, echo(link, HOST), SECOND // 2)] == [0])
    return found


def test_same_seed_same_bytes_at_the_same_times(tmp_path: Path) -> None:
    assert events(chancy(tmp_path).link(), 200) == events(chancy(tmp_path).link(), 200)


def test_another_seed_is_another_run(tmp_path: Path) -> None:
    first, second = events(chancy(tmp_path).link(), 200), events(chancy(tmp_path, seed=4).link(), 200)
    assert [type(event) for event in first] != [type(event) for event in second]


def test_links_of_one_network_do_not_disturb_each_other(tmp_path: Path) -> None:
    alone, beside = chancy(tmp_path), chancy(tmp_path)
    first, other = beside.link(), beside.link()
    events(other, 50)

    assert events(first, 100) == events(alone.link(), 100)


def test_loss_is_near_its_share(tmp_path: Path) -> None:
    link = world(tmp_path, links='loss = ["0 %", "30 %"]\nback.loss = 0')
    replies = [event for event in events(link, 2000) if isinstance(event, Datagram)]
    assert 1300 < len(replies) < 1500


def test_late_and_duplicate_answers_come_when_they_should(tmp_path: Path) -> None:
    late = world(tmp_path, host='late = { share = 1, delay = "2 s" }')
    twice = world(tmp_path, host="duplicates = 1")

    assert [each.after for each in answers(late, echo(late, HOST))] == [4 * MILLISECOND + 2 * SECOND]
    first, second = answers(twice, echo(twice, HOST))
    assert first.data == second.data
    assert second.after > first.after


def test_answers_are_told_in_the_order_of_their_arrival(tmp_path: Path) -> None:
    link = world(tmp_path)
    for ttl in (9, 1):
        link.send([Outgoing(ttl, ip_address(HOST), echo(link, HOST, ttl=ttl))])
    told: list[Event] = []
    while more := link.receive(link.now() + SECOND):
        told += more
    assert [event.received_at for event in told if isinstance(event, Datagram)] == [
        VIRTUAL_BEGIN + 2 * MILLISECOND,
        VIRTUAL_BEGIN + 4 * MILLISECOND,
    ]


def test_limited_router_complains_by_its_bucket(tmp_path: Path) -> None:
    link = world(tmp_path, router="limit = { rate = 2, burst = 3 }")
    probe = echo(link, HOST, ttl=1)
    at_once = [len(answers(link, probe, MILLISECOND * 10)) for _ in range(6)]
    link.receive(link.now() + SECOND)
    a_second_later = [len(answers(link, probe, MILLISECOND * 10)) for _ in range(4)]

    assert at_once == [1, 1, 1, 0, 0, 0]
    assert a_second_later == [1, 1, 0, 0]


def test_host_dies_comes_back_and_dies_again(tmp_path: Path) -> None:
    event = '[[events]]\nat = "10 s"\nfor = "5 s"\nevery = "20 s"\nnode = "h"\ndown = true\n'
    link = world(tmp_path, more=event)
    assert answered(link, [1, 9, 11, 14, 16, 29, 31, 36]) == [True, True, False, False, True, True, False, True]


def test_route_moves_when_the_routers_have_converged(tmp_path: Path) -> None:
    text = """
    convergence = "3 s"
    [here]
    address = "10.0.0.2"
    [routers]
    a = "10.0.1.1"
    short = "10.0.2.1"
    long = "10.0.3.1"
    b = "10.0.4.1"
    [hosts]
    h = "10.0.9.9"
    [[links]]
    path = ["here", "a", "short", "b", "h"]
    [[links]]
    path = ["a", "long", "b"]
    cost = 2
    [[events]]
    at = "10 s"
    link = ["a", "short"]
    down = true
    """
    link = network(tmp_path, text).link()
    before = addresses(link, [echo(link, HOST, ttl=2)])
    is_answered = answered(link, [11, 14])

    assert before == ["10.0.2.1"]
    assert is_answered == [False, True]
    assert addresses(link, [echo(link, HOST, ttl=2)]) == ["10.0.3.1"]


def test_delay_changes_for_a_while(tmp_path: Path) -> None:
    event = '[[events]]\nat = "10 s"\nfor = "10 s"\nlink = ["here", "r"]\ndelay = "50 ms"\n'
    link = world(tmp_path, more=event)
    rtts = []
    for _ in range(3):
        rtts.append(answers(link, echo(link, HOST), SECOND)[0].after // MILLISECOND)
        link.receive(link.now() + 10 * SECOND)
    assert rtts == [4, 102, 4]


@pytest.mark.parametrize(
    ("moment", "window"),
    [
        (5, (False, -FOREVER, 10)),
        (10, (True, 10, 14)),
        (13, (True, 10, 14)),
        (14, (False, 14, 30)),
        (30, (True, 30, 34)),
    ],
)
def test_schedule_says_how_long_its_answer_holds(moment: int, window: tuple[bool, int, int]) -> None:
    assert Schedule(10, 4, 20).window(moment) == window


def test_what_a_kernel_would_refuse_is_a_failure(tmp_path: Path) -> None:
    link = world(tmp_path)
    big = echo(link, HOST, size=1480)
    for data, errno in ((big, "EMSGSIZE"), (b"\x45" + bytes(30), "EINVAL"), (b"", "EINVAL")):
        link.send([Outgoing(1, ip_address(HOST), data)])
        [failure] = link.receive(link.now())
        assert isinstance(failure, Failure)
        assert failure.errno == errno
    link.send([Outgoing(2, ip_address("2001:db8::9"), b"\x60" + bytes(23) + ip_address("2001:db8::9").packed)])
    [failure] = link.receive(link.now())
    assert isinstance(failure, Failure)
    assert failure.errno == "ENETUNREACH"


def test_departure_is_told_at_once_and_the_clock_jumps_to_the_reply(tmp_path: Path) -> None:
    link = world(tmp_path)
    link.send([Outgoing(9, ip_address(HOST), echo(link, HOST))])
    begin = link.now()

    [departure] = link.receive(begin + SECOND)
    [reply] = link.receive(begin + SECOND)
    nothing = link.receive(begin + SECOND)
    assert isinstance(departure, Departure)
    assert (departure.token, departure.sent_at) == (9, begin)
    assert isinstance(reply, Datagram)
    assert reply.received_at == begin + 4 * MILLISECOND
    assert (list(nothing), link.now()) == ([], begin + SECOND)


def test_woken_virtual_clock_does_not_jump() -> None:
    clock = VirtualClock(100)
    clock.wake()
    clock.wait(500)
    assert clock.now() == 100
    clock.wait(500)
    assert clock.now() == 500


def test_wake_ends_the_wait_of_another_thread() -> None:
    clock = WallClock()
    waiter = threading.Thread(target=clock.wait, args=(clock.now() + 3600 * SECOND,))
    waiter.start()
    clock.wake()
    waiter.join(timeout=30)
    assert not waiter.is_alive()


def test_wall_clock_link_tells_a_reply_after_its_round_trip() -> None:
    link = open_simulation(None).link()
    gateway = ip_address("10.0.0.1")
    link.send([Outgoing(1, gateway, echo(link, str(gateway)))])
    told: list[Event] = []
    end = link.now() + 30 * SECOND
    while len(told) < 2 and link.now() < end:
        told += link.receive(end)

    departure, reply = told
    assert isinstance(departure, Departure)
    assert isinstance(reply, Datagram)
    assert 380_000 < reply.received_at - departure.sent_at <= link.now() - departure.sent_at


def test_closed_link_tells_nothing_more(tmp_path: Path) -> None:
    link = world(tmp_path)
    link.send([Outgoing(1, ip_address(HOST), udp(link, HOST, 9))])
    link.close()
    link.close()
    assert not link.receive(link.now() + SECOND)


def test_a_simulated_link_stamps_both_ways_by_its_own_clock(tmp_path: Path) -> None:
    (stamping,) = world(tmp_path).condition().stampings

    assert (stamping.device, stamping.sent, stamping.received) == ("sim0", Clock.KERNEL, Clock.KERNEL)
