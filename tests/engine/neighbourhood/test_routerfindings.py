from ipaddress import IPv4Address, ip_interface

from app.engine.host import Interface, Surroundings
from app.engine.neighbourhood.snapshot import ChosenRouter, NeighbourFinding
from tests.engine.neighbourhood.packets import (
    OTHER_MAC,
    ROUTER_MAC,
    SECOND,
    advertisement,
    discovery,
    frame,
    heard,
    machine,
    mtu,
    prefix,
)

RDNSS_53 = "1903000000000e10fd000000000000000000000000000053"
RDNSS_54 = "1903000000000e10fd000000000000000000000000000054"


def _found(*said: tuple[str, bytes]) -> list[tuple[str, str]]:
    """What is found after packets of these MAC addresses."""
    made = machine()
    for mac, packet in said:
        made.receive(heard(frame(packet, mac)))
    return [(found.kind, found.text) for found in made.snapshot(0).findings]


def test_routers_that_agree_are_not_mentioned() -> None:
    options = [prefix("fd00::"), mtu(1500), RDNSS_53]

    assert (
        _found(
            (ROUTER_MAC, advertisement("fe80::1", options=options)),
            (OTHER_MAC, advertisement("fe80::3", options=options)),
        )
        == []
    )


def test_what_routers_disagree_on_is_said_with_who_says_what() -> None:
    assert _found(
        (ROUTER_MAC, advertisement("fe80::1", flags=0x80, options=[mtu(1500), RDNSS_53])),
        (OTHER_MAC, advertisement("fe80::3", cur_hop_limit=32, options=[mtu(1480), RDNSS_54])),
    ) == [
        ("routers-disagree", "managed flag: fe80::1 says yes, fe80::3 says no"),
        ("routers-disagree", "hop limit: fe80::1 says 64, fe80::3 says 32"),
        ("routers-disagree", "MTU: fe80::1 says 1500, fe80::3 says 1480"),
        ("routers-disagree", "DNS servers: fe80::1 says fd00::53, fe80::3 says fd00::54"),
    ]


def test_one_prefix_with_two_lifetimes_is_a_disagreement() -> None:
    assert _found(
        (ROUTER_MAC, advertisement("fe80::1", options=[prefix("fd00::", valid=7200, preferred=3600)])),
        (OTHER_MAC, advertisement("fe80::3", options=[prefix("fd00::", flags=0x80, valid=7200, preferred=3600)])),
    ) == [
        (
            "routers-disagree",
            (
                "prefix fd00::/64: fe80::1 says on-link, autonomous, valid 7200 s, preferred 3600 s, "
                "fe80::3 says on-link, not autonomous, valid 7200 s, preferred 3600 s"
            ),
        )
    ]


def test_lifetimes_that_decrement_to_one_moment_agree() -> None:
    made = machine()
    first, later = prefix("fd00::", valid=7200, preferred=3600), prefix("fd00::", valid=7139, preferred=3539)
    made.receive(heard(frame(advertisement("fe80::1", options=[first]), ROUTER_MAC)))
    made.receive(heard(frame(advertisement("fe80::3", options=[later]), OTHER_MAC), 60 * SECOND))

    assert made.snapshot(60 * SECOND).findings == ()


def test_lifetimes_that_differ_little_by_little_are_a_disagreement() -> None:
    said = [(f"02:00:00:00:00:{i:02x}", prefix("fd00::", valid=86400 + i * 4)) for i in range(1, 9)]

    found = _found(*((mac, advertisement(f"fe80::{mac[-1]}", options=[option])) for mac, option in said))

    assert [kind for kind, _ in found] == ["routers-disagree"]


def test_lifetimes_that_end_at_two_moments_are_a_disagreement() -> None:
    made = machine()
    first, later = prefix("fd00::", valid=7200, preferred=3600), prefix("fd00::", valid=7140, preferred=3000)
    made.receive(heard(frame(advertisement("fe80::1", options=[first]), ROUTER_MAC)))
    made.receive(heard(frame(advertisement("fe80::3", options=[later]), OTHER_MAC), 60 * SECOND))

    assert [found.kind for found in made.snapshot(60 * SECOND).findings] == ["routers-disagree"]


def test_who_leaves_something_open_contradicts_nobody() -> None:
    assert (
        _found(
            (ROUTER_MAC, advertisement("fe80::1", options=[mtu(1500), prefix("fd00::"), RDNSS_53])),
            (OTHER_MAC, advertisement("fe80::3", cur_hop_limit=0, options=[prefix("fd01::")])),
        )
        == []
    )


def test_many_routers_of_one_opinion_are_named_and_counted() -> None:
    said = [(f"02:00:00:00:00:{number:02x}", advertisement(f"fe80::{number:x}")) for number in range(1, 8)]

    assert _found(*said, (OTHER_MAC[:-2] + "ff", advertisement("fe80::ff", cur_hop_limit=1))) == [
        ("routers-disagree", "hop limit: fe80::1, fe80::2, fe80::3 and 4 more say 64, fe80::ff says 1")
    ]


def test_a_router_that_ended_disagrees_with_nobody() -> None:
    made = machine()
    made.receive(heard(frame(advertisement("fe80::1", cur_hop_limit=32, lifetime=3))))
    made.receive(heard(frame(advertisement("fe80::3"), OTHER_MAC)))
    before = [found.kind for found in made.snapshot(0).findings]
    made.expire(3 * SECOND)

    assert before == ["routers-disagree"]
    assert made.snapshot(3 * SECOND).findings == ()


def test_routers_of_two_links_may_say_what_they_like() -> None:
    made = machine()
    made.receive(heard(frame(advertisement("fe80::1", cur_hop_limit=32)), interface="eth0"))
    made.receive(heard(frame(advertisement("fe80::3"), OTHER_MAC), interface="eth1"))

    assert made.snapshot(0).findings == ()


def test_an_advertisement_that_fails_validation_is_a_rogue() -> None:
    assert _found((ROUTER_MAC, advertisement("fe80::1")), (OTHER_MAC, advertisement("fe80::bad", hop_limit=64))) == [
        (
            "rogue-router",
            (
                "fe80::bad (02:00:00:00:00:03) advertises itself as a router, and is not to be believed: "
                "hop limit 64 instead of 255: it may come from afar, hosts drop it"
            ),
        )
    ]


def test_one_address_from_two_mac_addresses_is_a_rogue() -> None:
    assert _found((ROUTER_MAC, advertisement("fe80::1")), (OTHER_MAC, advertisement("fe80::1"))) == [
        (
            "rogue-router",
            (
                "fe80::1 advertises itself from 2 MAC addresses, 02:00:00:00:00:01, 02:00:00:00:00:03: "
                "one of them is not the router"
            ),
        )
    ]


def test_a_router_of_rfc_1256_that_reverses_its_address_is_told_as_that() -> None:
    assert _found((ROUTER_MAC, discovery("1.0.0.10", ("10.0.0.1", 0)))) == [
        (
            "rogue-router",
            (
                "1.0.0.10 (02:00:00:00:00:01) advertises itself as a router, and is not to be believed: "
                "its source address 1.0.0.10 is 10.0.0.1 reversed"
            ),
        )
    ]


def test_a_router_that_leaves_is_told_until_it_is_forgotten() -> None:
    made = machine()
    made.receive(heard(frame(advertisement())))
    made.receive(heard(frame(advertisement(lifetime=0)), SECOND))
    made.expire(SECOND)
    told = made.snapshot(2 * SECOND).findings
    made.expire(61 * SECOND)

    assert [(found.kind, found.text, found.since) for found in told] == [
        (
            "router-leaving",
            "router fe80::1 says lifetime 0: it is leaving, or is no default router",
            2 * SECOND,
        )
    ]
    assert made.snapshot(61 * SECOND).findings == ()


def test_a_finding_remembers_since_when_it_holds_and_stays_the_same_object() -> None:
    made = machine()
    made.receive(heard(frame(advertisement("fe80::1"))))
    made.receive(heard(frame(advertisement("fe80::3", cur_hop_limit=32), OTHER_MAC)))
    (first,) = made.snapshot(5).findings
    made.expire(3 * SECOND)

    (later,) = made.snapshot(3 * SECOND).findings
    assert isinstance(later, NeighbourFinding)
    assert (later is first, later.since) == (True, 5)
    assert later.neighbours == ("eth0 02:00:00:00:00:01", "eth0 02:00:00:00:00:03")


def _chosen(*packets: bytes) -> tuple[ChosenRouter, ...]:
    around = Surroundings((Interface("eth0", 2, (ip_interface("10.0.0.2/24"),)),))
    made = machine(around)
    for number, packet in enumerate(packets):
        made.receive(heard(frame(packet, f"02:00:00:00:00:{number:02x}")))
    return made.snapshot(0).chosen


def test_the_most_preferred_router_of_the_subnet_is_chosen() -> None:
    chosen = _chosen(
        discovery("10.0.0.1", ("10.0.0.1", 5)),
        discovery("10.0.0.3", ("10.0.0.3", 9), ("10.9.0.1", 100)),
        discovery("10.0.0.4", ("10.0.0.4", -1)),
    )

    assert chosen == (ChosenRouter("eth0", IPv4Address("10.0.0.3"), 9, "eth0 02:00:00:00:00:01"),)


def test_who_asks_not_to_be_a_default_router_is_not_chosen() -> None:
    assert _chosen(discovery("10.0.0.1", ("10.0.0.1", -(1 << 31)))) == ()


def test_who_cannot_be_believed_is_not_chosen() -> None:
    assert _chosen(discovery("1.0.0.10", ("10.0.0.1", 5))) == ()
