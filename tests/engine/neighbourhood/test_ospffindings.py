"""What is said of OSPF routers of one link that do not become neighbours."""

from dataclasses import replace
from ipaddress import ip_address
from typing import Any

import pytest

from app.engine.neighbourhood.facts import Ospf, RoleKind
from app.engine.neighbourhood.findings.finding import Found, Scene
from app.engine.neighbourhood.findings.ospf import MOST_SPEAKERS, find
from app.engine.neighbourhood.readers.ospf import MOST_NEIGHBOURS
from app.engine.neighbourhood.snapshot import Neighbour, Role

SECOND = 1_000_000_000
FACTS = Ospf("1.1.1.1", "0.0.0.0", 1, "10.0.0.1", "10.0.0.2", 10, 40, "255.255.255.0", "none")


def router(
    number: int,
    *neighbours: str,
    interface: str = "eth0",
    at: tuple[int, int] = (0, 60),
    kind: RoleKind = RoleKind.OSPF,
    suspicious: tuple[str, ...] = (),
    **facts: Any,
) -> Neighbour:
    """A router that was first and last heard at these seconds. The number makes its router ID and address."""
    address = ip_address(f"10.0.0.{number}" if kind is RoleKind.OSPF else f"fe80::{number}")
    says = replace(FACTS, router_id=f"{number}.{number}.{number}.{number}", neighbours=neighbours)
    role = Role(
        kind,
        replace(says, **facts),
        at[0] * SECOND,
        at[1] * SECOND,
        None,
        suspicious=suspicious,
        packet=number,
    )
    return Neighbour(f"{interface} {address}", interface, (address,), None, (role,))


def found(*routers: Neighbour, mtus: tuple[int, ...] = ()) -> list[Found]:
    """What is found of routers, and of the MTUs that the first of them told."""
    keys = [
        (each.key, each.roles[0].kind, f"{number}.{number}.{number}.{number}") for number, each in enumerate(routers, 1)
    ]
    return list(find(Scene(routers, mtus=dict(zip(keys, mtus, strict=False)))))


def texts(*routers: Neighbour, mtus: tuple[int, ...] = ()) -> list[str]:
    return [each.text for each in found(*routers, mtus=mtus)]


def test_routers_that_agree_and_hear_each_other_are_no_finding() -> None:
    assert found(router(1, "2.2.2.2"), router(2, "1.1.1.1")) == []


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"hello_s": 5}, "hello interval 10 s and 5 s"),
        ({"dead_s": 20}, "dead interval 40 s and 20 s"),
        ({"area": "0.0.0.1"}, "area 0 and 1"),
        ({"mask": "255.255.255.128"}, "mask 255.255.255.0 and 255.255.255.128"),
        ({"auth": "cryptographic"}, "auth none and cryptographic"),
        ({"hello_s": 5, "area": "1.2.3.4"}, "area 0 and 1.2.3.4, hello interval 10 s and 5 s"),
    ],
)
def test_what_keeps_two_routers_apart_is_named(facts: dict[str, Any], words: str) -> None:
    (mismatch,) = found(router(1), router(2, **facts))

    assert (mismatch.kind, mismatch.interface) == ("ospf-mismatch", "eth0")
    assert mismatch.text == f"1.1.1.1 and 2.2.2.2 form no adjacency: {words}"
    assert mismatch.neighbours == ("eth0 10.0.0.1", "eth0 10.0.0.2")


def test_an_mtu_that_differs_keeps_apart_routers_that_hear_each_other() -> None:
    one, other = router(1, "2.2.2.2"), router(2, "1.1.1.1")

    assert texts(one, other, mtus=(1500, 1400)) == ["1.1.1.1 and 2.2.2.2 form no adjacency: MTU 1500 and 1400"]
    assert texts(one, other, mtus=(1500, 1500)) == []
    assert texts(one, other, mtus=(1500, 0)) == []
    assert texts(one, other, mtus=(1500,)) == []


def test_between_two_routers_alone_masks_may_differ() -> None:
    assert texts(router(1, "2.2.2.2"), router(2, "1.1.1.1", mask="255.255.255.252")) == []


def test_each_pair_of_three_is_compared() -> None:
    assert texts(router(1, "2.2.2.2"), router(2, "1.1.1.1"), router(3, dead_s=20)) == [
        "1.1.1.1 and 3.3.3.3 form no adjacency: dead interval 40 s and 20 s",
        "2.2.2.2 and 3.3.3.3 form no adjacency: dead interval 40 s and 20 s",
    ]


def test_who_lists_nobody_though_it_is_listed_is_one_way() -> None:
    (one_way,) = found(router(1, "3.3.3.3"), router(3))

    assert one_way.kind == "ospf-one-way"
    assert one_way.text == "1.1.1.1 lists 3.3.3.3, 3.3.3.3 does not list 1.1.1.1: one-way"


def test_who_has_just_come_has_had_no_time_to_list_anybody() -> None:
    assert found(router(1, "3.3.3.3"), router(3, at=(59, 60))) == []
    assert found(router(1), router(3, at=(59, 60))) == []


def test_two_who_do_not_list_each_other_without_a_difference_may_have_two_keys() -> None:
    (deaf,) = found(router(1, auth="cryptographic"), router(2, auth="cryptographic"))

    assert deaf.kind == "ospf-mismatch"
    assert deaf.text == (
        "1.1.1.1 and 2.2.2.2 do not list each other, auth cryptographic; "
        "nothing else that they say differs: a key, the kind of area or a filter may"
    )


def test_of_a_list_that_was_cut_nothing_is_concluded() -> None:
    many = tuple(str(ip_address(number)) for number in range(MOST_NEIGHBOURS))

    assert found(router(1, "2.2.2.2"), router(2, *many)) == []


def test_a_router_id_used_twice_on_a_link_is_told() -> None:
    twin = router(2, router_id="1.1.1.1")

    (duplicate,) = found(router(1), twin)

    assert duplicate.kind == "duplicate-router-id"
    assert duplicate.text == "10.0.0.1 and 10.0.0.2 both call themselves 1.1.1.1: router IDs have to be unique"


@pytest.mark.parametrize(
    "other",
    [
        router(1, interface="eth1"),  # the same router on another link
        router(2, interface="eth1", dead_s=20),
        router(2, kind=RoleKind.OSPF6, dead_s=20),
        router(2, suspicious=("TTL 64 instead of 1",), dead_s=20),
    ],
)
def test_other_links_other_versions_and_forgeries_are_not_compared(other: Neighbour) -> None:
    assert found(router(1), other) == []


def test_routers_with_ttl_security_are_compared() -> None:
    doubt = ("TTL 255 instead of 1, unless it uses TTL security",)

    assert len(found(router(1, suspicious=doubt), router(2, suspicious=doubt, dead_s=20))) == 1


def test_version_3_has_no_masks_to_differ() -> None:
    one, other = (router(number, kind=RoleKind.OSPF6, mask=None, area=f"0.0.0.{number}") for number in (1, 2))

    assert texts(one, other) == ["1.1.1.1 and 2.2.2.2 form no OSPFv3 adjacency: area 1 and 2"]


def test_of_very_many_routers_the_first_are_compared() -> None:
    routers = [
        router(number % 200 + 1, router_id=f"9.9.{number >> 8}.{number & 255}", dead_s=number) for number in range(2000)
    ]

    assert len(found(*routers)) == MOST_SPEAKERS * (MOST_SPEAKERS - 1) // 2
