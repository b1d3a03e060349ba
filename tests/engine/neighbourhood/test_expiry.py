from app.engine.host import Surroundings
from app.engine.neighbourhood.facts import RoleKind
from app.engine.neighbourhood.machine import NeighbourhoodMachine
from tests.engine.neighbourhood.packets import (
    OTHER_MAC,
    SECOND,
    advertisement,
    after,
    discovery,
    frame,
    heard,
    hello,
    machine,
    role_of,
)


def test_who_was_no_default_router_from_the_beginning_is_not_told_to_leave() -> None:
    assert [line.text for line in after(advertisement(lifetime=0)).log] == ["router fe80::1 on eth0 is heard"]


def test_a_neighbour_expires_at_the_very_moment_that_it_named() -> None:
    made = machine()
    made.receive(heard(frame(hello(dead=4)), 10))
    end = 10 + 4 * SECOND
    made.expire(end - 1)
    before = role_of(made.snapshot(end - 1).neighbours[0], RoleKind.OSPF)

    made.expire(end)

    after = role_of(made.snapshot(end).neighbours[0], RoleKind.OSPF)
    assert (before.gone_at, before.expires_at) == (None, end)
    assert (after.gone_at, after.expires_at) == (end, end)


def test_the_machine_asks_to_be_called_at_that_moment() -> None:
    made = machine()
    made.receive(heard(frame(hello(dead=1)), 10))

    assert made.deadline() == 10 + SECOND


def test_a_late_call_says_when_it_was_and_not_when_it_was_noticed() -> None:
    made = machine()
    made.receive(heard(frame(hello(dead=4))))
    made.expire(9 * SECOND)

    snapshot = made.snapshot(9 * SECOND)
    assert role_of(snapshot.neighbours[0], RoleKind.OSPF).gone_at == 4 * SECOND
    assert [(line.at, line.text) for line in snapshot.log] == [
        (0, "OSPF neighbour 1.1.1.1 on eth0 is heard"),
        (4 * SECOND, "OSPF neighbour 1.1.1.1 on eth0 expired: silent for 4 s"),
    ]


def test_who_is_heard_again_in_time_does_not_expire() -> None:
    made = machine()
    for moment in range(0, 20 * SECOND, 3 * SECOND):
        made.expire(moment)
        made.receive(heard(frame(hello(dead=4)), moment))

    snapshot = made.snapshot(20 * SECOND)
    assert [line.text for line in snapshot.log] == ["OSPF neighbour 1.1.1.1 on eth0 is heard"]


def test_nobody_expires_whose_next_packet_waits_to_be_read() -> None:
    made = machine()
    made.receive(heard(frame(hello(dead=4))))
    made.expire(3 * SECOND)
    for late in range(1, 10):  # of what came in the second behind 3 s, a tenth is read in half a second
        made.receive(heard(frame(advertisement()), 3 * SECOND + late * SECOND // 10))
        made.expire(3 * SECOND + late * SECOND // 5)
    made.receive(heard(frame(hello(dead=4)), 4 * SECOND - 1))
    made.expire(5 * SECOND)

    snapshot = made.snapshot(5 * SECOND)
    assert [line.text for line in snapshot.log if "OSPF" in line.text] == ["OSPF neighbour 1.1.1.1 on eth0 is heard"]


def test_a_flood_keeps_nobody_alive_for_more_than_two_seconds() -> None:
    made = machine()
    made.receive(heard(frame(hello(dead=4))))
    made.expire(4 * SECOND - 1)
    made.receive(heard(frame(advertisement()), 3 * SECOND))
    made.expire(6 * SECOND - 1)
    before = role_of(made.snapshot(6 * SECOND - 1).neighbours[0], RoleKind.OSPF).gone_at
    made.receive(heard(frame(advertisement()), 3 * SECOND + 1))

    made.expire(6 * SECOND)

    assert (before, role_of(made.snapshot(6 * SECOND).neighbours[0], RoleKind.OSPF).gone_at) == (None, 4 * SECOND)


def test_when_all_is_read_the_silent_expire_at_once() -> None:
    made = machine()
    made.receive(heard(frame(hello(dead=4))))
    made.expire(4 * SECOND - 1)
    made.receive(heard(frame(advertisement()), 3 * SECOND))
    made.expire(4 * SECOND)
    before = role_of(made.snapshot(4 * SECOND).neighbours[0], RoleKind.OSPF).gone_at

    made.expire(4 * SECOND + 1)

    assert (before, role_of(made.snapshot(4 * SECOND + 1).neighbours[0], RoleKind.OSPF).gone_at) == (None, 4 * SECOND)


def test_the_time_to_listen_ends_in_time_whatever_waits_to_be_read() -> None:
    made = NeighbourhoodMachine(Surroundings, duration=5 * SECOND)
    made.expire(0)
    made.receive(heard(frame(hello(dead=4))))
    made.expire(4 * SECOND)
    made.receive(heard(frame(advertisement()), 3 * SECOND))

    made.expire(5 * SECOND)

    assert made.deadline() is None


def test_what_has_gone_is_shown_for_a_minute() -> None:
    made = machine()
    made.receive(heard(frame(hello(dead=4))))
    made.expire(4 * SECOND)
    made.expire(64 * SECOND - 1)
    before = made.snapshot(64 * SECOND - 1).neighbours

    made.expire(64 * SECOND)

    assert len(before) == 1
    assert made.snapshot(64 * SECOND).neighbours == ()


def test_who_comes_back_is_said_to_be_heard_again() -> None:
    made = machine()
    made.receive(heard(frame(hello(dead=4))))
    made.expire(4 * SECOND)
    made.receive(heard(frame(hello(dead=4)), 9 * SECOND))

    snapshot = made.snapshot(9 * SECOND)
    assert role_of(snapshot.neighbours[0], RoleKind.OSPF).gone_at is None
    assert snapshot.log[-1].text == "OSPF neighbour 1.1.1.1 on eth0 is heard again"


def test_one_role_of_a_neighbour_may_end_and_another_go_on() -> None:
    made = machine()
    made.receive(heard(frame(hello(dead=4))))
    made.receive(heard(frame(advertisement())))
    made.expire(70 * SECOND)

    (neighbour,) = made.snapshot(70 * SECOND).neighbours
    assert [role.kind for role in neighbour.roles] == [RoleKind.ROUTER_ADVERTISEMENT]


def test_a_lifetime_of_0_is_a_goodbye_and_logged_once() -> None:
    made = machine()
    made.receive(heard(frame(advertisement())))
    made.receive(heard(frame(advertisement(lifetime=0)), 5))
    made.receive(heard(frame(advertisement(lifetime=0)), 6))
    made.expire(6)

    snapshot = made.snapshot(6)
    role = role_of(snapshot.neighbours[0], RoleKind.ROUTER_ADVERTISEMENT)
    assert (role.is_goodbye, role.gone_at, role.expires_at) == (True, 6, 6)
    assert [line.text for line in snapshot.log] == [
        "router fe80::1 on eth0 is heard",
        "router fe80::1 on eth0 is leaving",
    ]


def test_a_shorter_lifetime_replaces_a_longer_one() -> None:
    made = machine()
    made.receive(heard(frame(advertisement(lifetime=1800))))
    made.receive(heard(frame(advertisement(lifetime=3)), SECOND))
    made.expire(4 * SECOND)

    assert role_of(made.snapshot(4 * SECOND).neighbours[0], RoleKind.ROUTER_ADVERTISEMENT).gone_at == 4 * SECOND


def test_many_neighbours_expire_each_at_its_own_moment() -> None:
    made = machine()
    for number in range(1, 6):
        made.receive(
            heard(
                frame(
                    discovery(f"10.0.0.{number}", (f"10.0.0.{number}", 0), lifetime=number),
                    OTHER_MAC[:-1] + str(number),
                )
            )
        )
    ends = []
    while (due := made.deadline()) is not None and due <= 6 * SECOND:
        made.expire(due)
        ends += [line.at for line in made.snapshot(due).log if "expired" in line.text and line.at not in ends]

    assert ends == [number * SECOND for number in range(1, 6)]
