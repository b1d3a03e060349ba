from ipaddress import ip_address, ip_interface, ip_network

import pytest

from app.engine.command import Finish, Solicit
from app.engine.datagram import Clock, Departure, Direction, Failure, Fault
from app.engine.host import CachedNeighbour, Interface, Route, Surroundings
from app.engine.neighbourhood.facts import RoleKind
from app.engine.neighbourhood.machine import NeighbourhoodMachine
from tests.engine.neighbourhood.frames import datagram
from tests.engine.neighbourhood.packets import (
    OTHER_MAC,
    ROUTER_MAC,
    SECOND,
    addresses,
    advertisement,
    after,
    discovery,
    frame,
    heard,
    heard_raw,
    hello,
    machine,
    role_of,
    vrrp,
)

VIRTUAL_MAC = "00:00:5e:00:01:05"


def test_roles_of_one_mac_address_stand_in_one_neighbour() -> None:
    (neighbour,) = after(advertisement(), hello(), discovery("10.0.0.1", ("10.0.0.1", 0))).neighbours

    assert neighbour.mac == ROUTER_MAC
    assert neighbour.addresses == addresses("fe80::1", "10.0.0.1")
    assert [role.kind for role in neighbour.roles] == [
        RoleKind.ROUTER_ADVERTISEMENT,
        RoleKind.OSPF,
        RoleKind.ROUTER_DISCOVERY,
    ]


def test_one_mac_address_on_two_interfaces_is_two_neighbours() -> None:
    made = machine()
    made.receive(heard(frame(advertisement()), interface="eth0"))
    made.receive(heard(frame(advertisement()), interface="eth1"))

    assert [each.interface for each in made.snapshot(0).neighbours] == ["eth0", "eth1"]


def test_two_mac_addresses_that_claim_one_address_stay_two() -> None:
    made = machine()
    made.receive(heard(frame(hello(), ROUTER_MAC)))
    made.receive(heard(frame(hello(), OTHER_MAC)))

    assert [each.mac for each in made.snapshot(0).neighbours] == [ROUTER_MAC, OTHER_MAC]


def test_the_virtual_address_of_vrrp_is_the_router_who_speaks() -> None:
    made = machine()
    made.receive(heard(frame(hello())))
    made.receive(heard(frame(vrrp("10.0.0.1"), VIRTUAL_MAC)))

    (neighbour,) = made.snapshot(0).neighbours
    assert neighbour.mac == ROUTER_MAC
    assert [role.kind for role in neighbour.roles] == [RoleKind.OSPF, RoleKind.VRRP]


def test_a_virtual_address_gives_way_to_the_routers_own() -> None:
    made = machine()
    made.receive(heard(frame(vrrp("10.0.0.1"), VIRTUAL_MAC)))
    before = [each.mac for each in made.snapshot(0).neighbours]
    made.receive(heard(frame(hello())))

    (neighbour,) = made.snapshot(0).neighbours
    assert (before, neighbour.mac) == ([VIRTUAL_MAC], ROUTER_MAC)


def test_an_address_stays_with_who_had_it_first() -> None:
    made = machine()
    made.receive(heard(frame(hello())))
    made.receive(heard(frame(hello(), OTHER_MAC)))
    made.receive(heard(frame(vrrp("10.0.0.1"), VIRTUAL_MAC)))

    assert [len(each.roles) for each in made.snapshot(0).neighbours] == [2, 1]


def test_an_address_goes_to_another_when_who_had_it_is_gone() -> None:
    made = machine()
    made.receive(heard(frame(hello(dead=4))))
    made.expire(4 * SECOND)
    made.receive(heard(frame(hello(), OTHER_MAC), 4 * SECOND))
    made.receive(heard(frame(vrrp("10.0.0.1"), VIRTUAL_MAC), 4 * SECOND))

    assert [len(each.roles) for each in made.snapshot(4 * SECOND).neighbours] == [1, 2]


def test_two_masters_of_one_group_are_two_neighbours() -> None:
    made = machine()
    made.receive(heard(frame(vrrp("10.0.0.1"), VIRTUAL_MAC)))
    made.receive(heard(frame(vrrp("10.0.0.3"), VIRTUAL_MAC)))

    assert [each.addresses for each in made.snapshot(0).neighbours] == [addresses("10.0.0.1"), addresses("10.0.0.3")]


def test_groups_of_vrrp_are_roles_of_their_own() -> None:
    (neighbour,) = after(vrrp("10.0.0.1", 5), vrrp("10.0.0.1", 6)).neighbours

    assert [role.kind for role in neighbour.roles] == [RoleKind.VRRP, RoleKind.VRRP]


def _around(*cached: CachedNeighbour, gateway: str | None = None) -> Surroundings:
    interface = Interface("eth0", 2, (ip_interface("10.0.0.2/24"),), mac="02:00:00:00:00:02", mtu=1500)
    route = Route(ip_network("0.0.0.0/0"), "eth0", ip_address(gateway)) if gateway else None
    return Surroundings((interface,), cached, () if route is None else (route,))


def _cached(address: str, mac: str | None = ROUTER_MAC, state: str = "reachable") -> CachedNeighbour:
    return CachedNeighbour("eth0", ip_address(address), mac, state)


def test_a_raw_socket_sees_no_mac_address_and_the_kernel_tells_it() -> None:
    made = machine(_around(_cached("10.0.0.1"), _cached("fe80::1")))
    made.receive(heard_raw(hello()))
    made.receive(heard_raw(advertisement()))

    (neighbour,) = made.snapshot(0).neighbours
    assert neighbour.mac == ROUTER_MAC
    assert neighbour.addresses == addresses("10.0.0.1", "fe80::1")


def test_neighbours_turn_out_to_be_one_when_the_kernel_learns_it() -> None:
    known = [Surroundings()]
    made = NeighbourhoodMachine(lambda: known[0])
    made.expire(0)
    made.receive(heard_raw(hello(), 1))
    made.receive(heard_raw(advertisement(), 2))
    apart = made.snapshot(3).neighbours

    known[0] = _around(_cached("10.0.0.1"), _cached("fe80::1"))
    made.expire(2 * SECOND)

    (neighbour,) = made.snapshot(2 * SECOND).neighbours
    assert [each.mac for each in apart] == [None, None]
    assert (neighbour.key, neighbour.mac) == (apart[0].key, ROUTER_MAC)
    assert [role.kind for role in neighbour.roles] == [RoleKind.OSPF, RoleKind.ROUTER_ADVERTISEMENT]


def test_what_the_kernel_knows_of_a_neighbour_stands_beside_it() -> None:
    made = machine(_around(_cached("10.0.0.1"), _cached("10.0.0.7", "02:00:00:00:00:07"), gateway="10.0.0.1"))
    made.receive(heard(frame(advertisement())))
    made.expire(2 * SECOND)

    snapshot = made.snapshot(2 * SECOND)
    (neighbour,) = snapshot.neighbours
    assert neighbour.addresses == addresses("fe80::1", "10.0.0.1")
    assert neighbour.cached == (_cached("10.0.0.1"),)
    assert neighbour.is_gateway
    assert len(snapshot.surroundings.neighbours) == 2


def test_the_master_of_the_gateways_address_is_the_gateway() -> None:
    made = machine(_around(_cached("10.0.0.254", VIRTUAL_MAC), gateway="10.0.0.254"))
    made.receive(heard(frame(vrrp("10.0.0.1"), VIRTUAL_MAC)))
    made.receive(heard(frame(hello("10.0.0.3"), OTHER_MAC)))
    made.expire(2 * SECOND)

    assert [each.is_gateway for each in made.snapshot(2 * SECOND).neighbours] == [True, False]


def test_what_the_kernel_says_again_is_the_same_object() -> None:
    made = NeighbourhoodMachine(lambda: _around(_cached("10.0.0.1")))
    before = made.snapshot(0)
    made.expire(2 * SECOND)

    assert made.snapshot(2 * SECOND).surroundings is before.surroundings


def test_the_kernel_is_asked_every_two_seconds() -> None:
    asked: list[int] = []

    def ask() -> Surroundings:
        asked.append(len(asked))
        return Surroundings()

    made = NeighbourhoodMachine(ask)
    made.snapshot(0)
    for moment in range(0, 10 * SECOND, SECOND // 2):
        made.expire(moment)

    assert len(asked) == 1 + 4


def test_what_this_host_says_itself_is_no_neighbour() -> None:
    made = machine(_around())
    made.receive(heard(frame(advertisement()), direction=Direction.OUT))
    made.receive(heard(frame(hello("10.0.0.2"), "02:00:00:00:00:02")))
    made.receive(heard_raw(hello("10.0.0.2")))

    assert made.snapshot(0).neighbours == ()


def test_who_forges_this_hosts_address_is_a_neighbour() -> None:
    made = machine(_around())
    made.receive(heard(frame(hello("10.0.0.2"), OTHER_MAC)))

    assert [each.mac for each in made.snapshot(0).neighbours] == [OTHER_MAC]


def test_only_chosen_interfaces_are_heard_and_shown() -> None:
    made = NeighbourhoodMachine(lambda: _around(), interfaces=("eth1",))
    made.receive(heard(frame(advertisement()), interface="eth0"))

    snapshot = made.snapshot(0)
    assert (snapshot.neighbours, snapshot.interfaces) == ((), ())


def test_the_kernels_tables_are_those_of_the_chosen_interfaces() -> None:
    routes = tuple(Route(ip_network(f"10.{number}.0.0/16"), f"eth{number}") for number in (0, 1))
    cached = tuple(CachedNeighbour(f"eth{number}", ip_address("10.0.0.1"), None, "failed") for number in (0, 1))
    around = Surroundings(neighbours=cached, routes=routes, missing="half of it")
    made = NeighbourhoodMachine(lambda: around, interfaces=("eth1",))

    told = made.snapshot(0).surroundings
    assert (told.neighbours, told.routes, told.missing) == (cached[1:], routes[1:], "half of it")


def test_the_log_names_a_role_of_ipv6_by_an_address_of_ipv6() -> None:
    made = machine()
    made.receive(heard(frame(hello("10.0.0.1"))))
    made.receive(heard(frame(datagram("fe80::1", "ff02::d", 103, "2000 0000 0001 0002 0069"))))

    assert made.snapshot(0).log[-1].text == "PIM neighbour fe80::1 on eth0 is heard"


def test_a_suspicious_saying_does_not_take_the_place_of_a_sound_one() -> None:
    # A router passes on what somebody far away forged: it has the router's own MAC address.
    (neighbour,) = after(advertisement(lifetime=1800), advertisement(lifetime=0, hop_limit=63)).neighbours

    sound, forged = neighbour.roles
    assert (sound.is_goodbye, sound.suspicious) == (False, ())
    assert (forged.is_goodbye, len(forged.suspicious)) == (True, 1)


def test_every_fact_names_the_packet_that_proves_it() -> None:
    made = machine()
    made.receive(heard(bytes(60)))
    made.receive(Departure(1, 0, Clock.USER))
    made.receive(Fault(0, "the interface is down"))
    made.receive(heard(frame(advertisement())))
    made.receive(heard(frame(hello())))

    (neighbour,) = made.snapshot(0).neighbours
    assert [role.packet for role in neighbour.roles] == [2, 3]


def test_rows_that_did_not_change_are_the_same_objects() -> None:
    made = machine()
    made.receive(heard(frame(advertisement())))
    made.receive(heard(frame(hello("10.0.0.3", "3.3.3.3"), OTHER_MAC)))
    before = made.snapshot(0)
    made.receive(heard(frame(hello("10.0.0.3", "3.3.3.3"), OTHER_MAC), 5))
    made.expire(2 * SECOND)

    now = made.snapshot(2 * SECOND)
    assert now.neighbours[0] is before.neighbours[0]
    assert now.neighbours[1] is not before.neighbours[1]


def test_a_run_of_some_seconds_ends_then() -> None:
    made = NeighbourhoodMachine(Surroundings, duration=3 * SECOND)
    made.snapshot(100)
    made.expire(100)
    first = made.deadline()
    made.expire(2 * SECOND + 100)
    second = made.deadline()
    made.expire(3 * SECOND + 100)

    assert (first, second, made.deadline()) == (2 * SECOND + 100, 3 * SECOND + 100, None)


def test_finish_ends_a_run_without_end() -> None:
    made = machine()
    made.obey(Finish(), 0)

    assert made.deadline() is None


@pytest.mark.parametrize(
    "event", [Failure(1, 5, "ENETDOWN", "the interface is down"), Fault(5, "the interface is down")]
)
def test_trouble_of_the_link_is_logged(event: Failure | Fault) -> None:
    made = machine()

    made.receive(event)

    assert [(line.at, line.text) for line in made.snapshot(5).log] == [(5, "the interface is down")]


def test_a_neighbour_is_the_row_of_its_packets() -> None:
    made = machine()

    verdict = made.receive(heard(frame(advertisement())))

    assert verdict.row == made.snapshot(0).neighbours[0].key


def test_the_same_role_said_again_is_one_role_heard_later() -> None:
    made = machine()
    made.receive(heard(frame(advertisement()), 1))
    made.receive(heard(frame(advertisement()), 7))

    role = role_of(made.snapshot(7).neighbours[0], RoleKind.ROUTER_ADVERTISEMENT)
    assert (role.first_heard, role.last_heard, role.expires_at) == (1, 7, 7 + 1800 * SECOND)


def test_a_question_that_is_seen_leaving_is_the_one_that_the_log_has() -> None:
    eth0 = Interface("eth0", 2, (ip_interface("10.0.0.2/24"),), "02:00:00:00:00:02", 1500)
    made = machine(Surroundings(interfaces=(eth0,)))
    made.obey(Solicit(), 0)
    (question,) = made.poll(0)

    leaving = made.receive(heard_raw(question.data)._replace(direction=Direction.OUT))
    made.receive(heard(frame(advertisement())))

    assert (leaving.is_own, leaving.token) == (True, question.token)
    (neighbour,) = made.snapshot(0).neighbours
    assert neighbour.roles[0].packet == 2
