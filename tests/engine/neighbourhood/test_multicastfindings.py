"""Two queriers, two masters, two versions of RIP."""

from ipaddress import ip_address

import pytest

from app.engine.neighbourhood.facts import Facts, Querier, Rip, RoleKind, Vrrp
from app.engine.neighbourhood.findings.finding import Found, Scene
from app.engine.neighbourhood.findings.multicast import MOST_SPEAKERS, find
from app.engine.neighbourhood.snapshot import Neighbour, Role

SECOND = 1_000_000_000
QUERIER = Querier(3, 5, 1000, 2)
MASTER = Vrrp(3, 51, 100, 1000, (ip_address("10.0.0.100"),))


def speaker(
    address: str, facts: Facts, kind: RoleKind, at: tuple[float, float] = (0, 10), interface: str = "eth0"
) -> Neighbour:
    """A neighbour that was first and last heard at these seconds."""
    role = Role(kind, facts, int(at[0] * SECOND), int(at[1] * SECOND), None, packet=1)
    return Neighbour(f"{interface} {address}", interface, (ip_address(address),), None, (role,))


def querier(address: str, at: tuple[float, float] = (0, 10), facts: Querier = QUERIER) -> Neighbour:
    kind = RoleKind.MLD_QUERIER if ":" in address else RoleKind.IGMP_QUERIER
    return speaker(address, facts, kind, at)


def master(address: str, at: tuple[float, float] = (0, 10), facts: Vrrp = MASTER) -> Neighbour:
    return speaker(address, facts, RoleKind.VRRP, at)


def found(*neighbours: Neighbour) -> list[Found]:
    return list(find(Scene(neighbours)))


def test_two_queriers_at_once_are_told_and_which_is_to_be_it() -> None:
    (two,) = found(querier("10.0.0.254"), querier("10.0.0.99", (1, 11)))

    assert two.kind == "two-queriers"
    assert two.text == ("10.0.0.99 and 10.0.0.254 both ask for IGMP groups: the lower address is to be the querier")
    assert two.neighbours == ("eth0 10.0.0.99", "eth0 10.0.0.254")


def test_queriers_of_mld_are_told_too() -> None:
    (two,) = found(querier("fe80::1"), querier("fe80::2"))

    assert two.text == "fe80::1 and fe80::2 both ask for MLD groups: the lower address is to be the querier"


def test_versions_of_queriers_that_differ_are_said() -> None:
    (two,) = found(querier("10.0.0.1"), querier("10.0.0.2", facts=Querier(2, None, 1000, None)))

    assert two.text.endswith("; their versions are 3 and 2")


@pytest.mark.parametrize(
    "other",
    [
        querier("10.0.0.99", (11, 20)),  # the election went as it should: the first is silent from then on
        querier("10.0.0.99", (1, 18)),  # the first has missed its turn
        querier("fe80::1"),
        querier("0.0.0.0"),  # takes no part in the election
        speaker("10.0.0.99", QUERIER, RoleKind.IGMP_QUERIER, interface="eth1"),
    ],
)
def test_a_querier_alone_is_no_finding(other: Neighbour) -> None:
    assert found(querier("10.0.0.254"), other) == []


def test_two_masters_of_a_group_are_told() -> None:
    (two,) = found(master("10.0.0.1"), master("10.0.0.2", (3, 10.2)))

    assert (two.kind, two.text) == ("two-masters", "10.0.0.1 and 10.0.0.2 are both master of VRRP group 51")


def test_a_master_that_takes_a_group_from_one_that_still_speaks_has_preempted_it() -> None:
    higher = Vrrp(3, 51, 200, 1000, MASTER.addresses)

    (taken,) = found(master("10.0.0.1"), master("10.0.0.2", (10.4, 13), facts=higher))

    assert taken.kind == "master-preempted"
    assert taken.text == (
        "10.0.0.2, priority 200, took VRRP group 51 over from 10.0.0.1, priority 100, while that still spoke"
    )


def test_a_master_that_follows_a_silent_one_has_preempted_nobody() -> None:
    higher = Vrrp(3, 51, 200, 1000, MASTER.addresses)

    assert found(master("10.0.0.1"), master("10.0.0.2", (13.4, 16), facts=higher)) == []


@pytest.mark.parametrize(
    "other",
    [
        master("10.0.0.2", (10.1, 13)),  # it has taken over
        master("10.0.0.2", facts=Vrrp(3, 52, 100, 1000, MASTER.addresses)),
        master("fe80::2", facts=Vrrp(3, 51, 100, 1000, (ip_address("fe80::100"),))),
    ],
)
def test_a_master_alone_is_no_finding(other: Neighbour) -> None:
    assert found(master("10.0.0.1"), other) == []


def test_two_versions_of_rip_are_told() -> None:
    one, other = (speaker(f"10.0.0.{number}", Rip((), number), RoleKind.RIP) for number in (1, 2))

    assert found(one) == found(other) == []
    (mix,) = found(one, other)
    assert (mix.kind, mix.text) == (
        "rip-versions",
        "10.0.0.1 speaks RIP version 1, 10.0.0.2 version 2: version 1 knows no masks",
    )


def test_of_very_many_the_first_are_compared() -> None:
    queriers = [querier(str(ip_address(0x0A000001 + number))) for number in range(2000)]

    assert len(found(*queriers)) == MOST_SPEAKERS * (MOST_SPEAKERS - 1) // 2
