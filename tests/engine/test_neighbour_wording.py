from dataclasses import replace
from ipaddress import ip_address, ip_network

import pytest

from app.engine.host import Route, Surroundings
from app.engine.neighbourhood.facts import (
    AdvertisedPrefix,
    AdvertisedRoute,
    AdvertisedRouter,
    Bfd,
    Bootstrap,
    Facts,
    HeardRoute,
    Lldp,
    Ospf,
    Pim,
    Querier,
    Rip,
    RoleKind,
    RouterAdvertisement,
    RouterDiscovery,
    Vrrp,
)
from app.engine.neighbourhood.identity import what_it_is
from app.engine.neighbourhood.snapshot import Group, HeardLsa, Neighbour, NeighbourhoodSnapshot, Role
from app.engine.neighbourhood.wording import (
    ago,
    area_words,
    clauses,
    label,
    lsa_age,
    reporters_words,
    role_words,
)

SECOND = 1_000_000_000
NOW = 1_000 * SECOND

ADVERTISEMENT = RouterAdvertisement(
    router_lifetime_s=1800,
    hop_limit=64,
    managed=False,
    other=False,
    preference="high",
    reachable_ms=0,
    retransmit_ms=0,
    mtu=1500,
    prefixes=(AdvertisedPrefix(ip_network("fd00::/64"), True, True, 86400, 14400),),
    rdnss=(ip_address("fd00::53"),),
)
HELLO = Ospf("1.1.1.1", "0.0.0.0", 1, "10.0.0.1", "0.0.0.0", 10, 40, "255.255.255.0", "none", ("1.1.1.2",))


def role(kind: RoleKind, facts: Facts, lifetime: int | None = 1800, *, last: int = 5) -> Role:
    heard = NOW - last * SECOND
    expires = None if lifetime is None else heard + lifetime * SECOND
    return Role(kind, facts, first_heard=heard, last_heard=heard, expires_at=expires)


def neighbour(*roles: Role, gateway: bool = False) -> Neighbour:
    addresses = (ip_address("10.0.0.1"), ip_address("fe80::1"))
    return Neighbour("02:00:00:00:00:01", "eth0", addresses, "02:00:00:00:00:01", roles, is_gateway=gateway)


def words(kind: RoleKind, facts: Facts, lifetime: int | None = 1800, *, last: int = 5) -> str:
    told = role(kind, facts, lifetime, last=last)
    return role_words(neighbour(told), told, NOW)


def test_a_router_advertisement_counts_down_and_tells_what_it_offers() -> None:
    assert words(RoleKind.ROUTER_ADVERTISEMENT, ADVERTISEMENT) == (
        "RA 1795 s left, preference high, fd00::/64 on-link auto, MTU 1500, DNS fd00::53, hop limit 64"
    )


def test_what_an_advertisement_takes_back_is_said() -> None:
    facts = replace(
        ADVERTISEMENT,
        preference="medium",
        managed=True,
        mtu=None,
        hop_limit=0,
        prefixes=(
            AdvertisedPrefix(ip_network("fd00::/64"), True, True, 0, 0),
            AdvertisedPrefix(ip_network("fd01::/64"), False, True, 600, 0),
        ),
        rdnss=(),
        dnssl=("lab.example",),
        routes=(
            AdvertisedRoute(ip_network("fd00:8::/48"), "low", 0),
            AdvertisedRoute(ip_network("fd00:9::/48"), "high", 0xFFFFFFFF),
        ),
        pref64=(ip_network("64:ff9b::/96"),),
    )
    assert words(RoleKind.ROUTER_ADVERTISEMENT, facts) == (
        "RA 1795 s left, fd00::/64 on-link auto withdrawn, fd01::/64 auto deprecated, addresses by DHCPv6, "
        "route fd00:8::/48 withdrawn, route fd00:9::/48 high for ever, NAT64 64:ff9b::/96, search lab.example"
    )


def test_a_thousand_prefixes_are_counted() -> None:
    prefixes = tuple(AdvertisedPrefix(ip_network(f"fd00:{number:x}::/64"), True, True, 1, 1) for number in range(1_003))
    assert "fd00:2::/64 on-link auto, and 1,000 more prefixes, MTU" in words(
        RoleKind.ROUTER_ADVERTISEMENT, replace(ADVERTISEMENT, prefixes=prefixes)
    )


def test_a_router_of_lifetime_zero_that_was_never_one_is_no_default_router() -> None:
    facts = replace(ADVERTISEMENT, router_lifetime_s=0)
    assert words(RoleKind.ROUTER_ADVERTISEMENT, facts, None).startswith("RA no default router, preference high")


@pytest.mark.parametrize(
    ("facts", "place"),
    [
        (HELLO, "DR"),
        (replace(HELLO, dr="10.0.0.9", bdr="10.0.0.1"), "BDR"),
        (replace(HELLO, dr="10.0.0.9"), "DR 10.0.0.9"),
        (replace(HELLO, dr="0.0.0.0"), "no DR"),
    ],
)
def test_an_ospf_neighbour_says_its_place_on_the_link(facts: Ospf, place: str) -> None:
    assert words(RoleKind.OSPF, facts, 40, last=1) == (
        f"OSPF neighbour 1.1.1.1, area 0, {place}, hello 10 dead 40, priority 1, hears 1.1.1.2, mask 255.255.255.0"
    )


def test_the_dr_of_version_3_is_named_by_its_router_id() -> None:
    facts = replace(HELLO, dr="1.1.1.1", mask=None, auth="cryptographic", neighbours=())
    assert words(RoleKind.OSPF6, facts, 40, last=1) == (
        "OSPFv3 neighbour 1.1.1.1, area 0, DR, hello 10 dead 40, cryptographic authentication, priority 1, hears nobody"
    )


def test_half_a_dead_interval_of_silence_is_told() -> None:
    assert words(RoleKind.OSPF, HELLO, 40, last=21).endswith(", 19 s left")


@pytest.mark.parametrize(
    ("kind", "facts", "said"),
    [
        (
            RoleKind.ROUTER_DISCOVERY,
            RouterDiscovery(
                1800,
                (AdvertisedRouter(ip_address("10.0.0.1"), 10), AdvertisedRouter(ip_address("10.0.0.2"), -(1 << 31))),
            ),
            "IRDP 1795 s left, 10.0.0.1 preference 10, 10.0.0.2 no default router",
        ),
        (
            RoleKind.IGMP_QUERIER,
            Querier(3, 125, 10_000, 2),
            "IGMP querier version 3, every 125 s, answers within 10 s, robustness 2",
        ),
        (RoleKind.MLD_QUERIER, Querier(1, None, 500, None), "MLD querier version 1, answers within 0.5 s"),
        (
            RoleKind.PIM,
            Pim(105, 1, 0x5EED, dr=True),
            "PIM neighbour, DR, priority 1, hold 105 s, generation 0x00005eed",
        ),
        (RoleKind.PIM, Pim(0xFFFF, None, None), "PIM neighbour, holds for ever"),
        (
            RoleKind.PIM_BOOTSTRAP,
            Bootstrap(ip_address("10.0.0.1"), 5, (ip_address("10.0.0.2"),)),
            "BSR bootstrap router 10.0.0.1, priority 5, RP 10.0.0.2",
        ),
        (
            RoleKind.VRRP,
            Vrrp(3, 5, 200, 250, (ip_address("10.0.0.254"),)),
            "VRRP master of group 5 (10.0.0.254), priority 200, every 0.25 s, version 3",
        ),
        (
            RoleKind.VRRP,
            Vrrp(2, 5, 255, 1000),
            "VRRP master of group 5, priority 255: owns the address, every 1 s, version 2",
        ),
        (
            RoleKind.RIP,
            Rip((HeardRoute(ip_network("10.9.0.0/16"), 2, None), HeardRoute(ip_network("10.8.0.0/16"), 16, None))),
            "RIP 2 routes, 10.9.0.0/16 metric 2, 10.8.0.0/16 unreachable",
        ),
        (RoleKind.RIP, Rip(version=1), "RIP 0 routes, version 1: knows no masks"),
        (RoleKind.RIPNG, Rip(version=1), "RIPng 0 routes"),
        (RoleKind.BFD, Bfd("down", 0x1234, 3), "BFD down, discriminator 0x00001234, multiplier 3"),
        (RoleKind.LLDP, Lldp("02:00", "swp1", "core"), "LLDP core, port swp1, chassis 02:00"),
    ],
)
def test_every_role_has_its_words(kind: RoleKind, facts: Facts, said: str) -> None:
    assert words(kind, facts) == said
    told = NeighbourhoodSnapshot(at=NOW, started_at=0, neighbours=(neighbour(role(kind, facts)),))
    assert what_it_is(told, ip_address("10.0.0.1"), NOW)


def test_two_families_of_pim_are_told_apart() -> None:
    told = replace(role(RoleKind.PIM, Pim(105, 1, 7)), instance="IPv6")
    assert clauses(neighbour(told), told, NOW)[0] == "neighbour over IPv6"


def test_a_goodbye_comes_first_and_drops_what_it_contradicts() -> None:
    facts = replace(ADVERTISEMENT, router_lifetime_s=0, prefixes=(), rdnss=())
    leaving = replace(role(RoleKind.ROUTER_ADVERTISEMENT, facts, 60, last=12), is_goodbye=True)
    said = ("lifetime 0: no default router, said 12 s ago", "preference high")
    assert clauses(neighbour(leaving), leaving, NOW)[:2] == said


def test_a_master_that_resigns_still_says_of_which_group() -> None:
    facts = Vrrp(2, 5, 0, 1000)
    resigning = replace(role(RoleKind.VRRP, facts, None), is_goodbye=True)
    assert clauses(neighbour(resigning), resigning, NOW)[:2] == (
        "priority 0: resigning, said 5 s ago",
        "master of group 5",
    )


def test_who_is_gone_says_since_when() -> None:
    gone = replace(role(RoleKind.OSPF, HELLO, 40, last=52), gone_at=NOW - 12 * SECOND)
    assert clauses(neighbour(gone), gone, NOW)[:2] == ("gone 12 s ago", "neighbour 1.1.1.1")


def test_what_it_is_names_the_roles_that_hold() -> None:
    known = neighbour(
        role(RoleKind.OSPF, HELLO, 40),
        role(RoleKind.ROUTER_ADVERTISEMENT, ADVERTISEMENT),
        role(RoleKind.BFD, Bfd("up", 1, 3), 1),
        replace(role(RoleKind.RIP, Rip()), gone_at=NOW),
    )
    snapshot = NeighbourhoodSnapshot(at=NOW, started_at=0, neighbours=(known,))
    said = what_it_is(snapshot, ip_address("fe80::1"), NOW)
    assert said == "OSPF neighbour 1.1.1.1, DR, RA lifetime 1800 s"
    assert what_it_is(snapshot, ip_address("10.0.0.2"), NOW) == ""


def test_who_has_an_address_now_is_told_before_who_had_it() -> None:
    before = neighbour(replace(role(RoleKind.OSPF, HELLO, 40), gone_at=NOW))
    forged = neighbour(replace(role(RoleKind.RIP, Rip()), suspicious=("TTL 3 instead of 1",)))
    there = neighbour(role(RoleKind.ROUTER_ADVERTISEMENT, ADVERTISEMENT))
    snapshot = NeighbourhoodSnapshot(at=NOW, started_at=0, neighbours=(before, forged, there))
    assert what_it_is(snapshot, ip_address("10.0.0.1"), NOW) == "RA lifetime 1800 s"
    assert what_it_is(replace(snapshot, neighbours=(before, forged)), ip_address("10.0.0.1"), NOW) == ""


def test_a_gateway_that_says_nothing_is_still_named() -> None:
    around = Surroundings(routes=(Route(ip_network("0.0.0.0/0"), "eth0", ip_address("10.0.0.1")),))
    snapshot = NeighbourhoodSnapshot(at=NOW, started_at=0, surroundings=around)
    assert what_it_is(snapshot, ip_address("10.0.0.1"), NOW) == "gateway"
    assert what_it_is(snapshot, ip_address("10.0.0.2"), NOW) == ""


@pytest.mark.parametrize(
    ("told", "word"),
    [
        (neighbour(gateway=True), "gateway"),
        (neighbour(role(RoleKind.PIM, Pim(1, 1, 1))), "router"),
        (neighbour(role(RoleKind.MLD_QUERIER, Querier(2, 1, 1, 1))), "querier"),
        (neighbour(role(RoleKind.LLDP, Lldp("a", "b", None))), "speaker"),
    ],
)
def test_one_word_says_what_a_neighbour_is(told: Neighbour, word: str) -> None:
    assert label(told) == word


@pytest.mark.parametrize(
    ("area", "said"), [("0.0.0.0", "0"), ("0.0.0.7", "7"), ("10.0.0.0", "10.0.0.0"), ("\x1b", "\x1b")]
)
def test_small_areas_are_numbers(area: str, said: str) -> None:
    assert area_words(area) == said


@pytest.mark.parametrize(
    ("passed", "said"), [(0, "just now"), (1, "1 s ago"), (119, "119 s ago"), (3700, "01:01:40 ago")]
)
def test_ages_are_said_as_people_say_them(passed: int, said: str) -> None:
    assert ago(NOW, NOW - passed * SECOND) == said


def test_a_link_state_ages_until_it_is_flushed() -> None:
    lsa = HeardLsa("eth0", 2, "0.0.0.0", 1, "router", "1.1.1.1", "1.1.1.1", 1, 3590, NOW - 4 * SECOND)
    assert lsa_age(lsa, NOW) == 3594
    assert lsa_age(lsa, NOW + 60 * SECOND) == 3600


def test_some_reporters_of_a_group_are_named_and_the_rest_counted() -> None:
    hosts = tuple(ip_address(f"10.0.0.{number}") for number in range(1, 7))
    group = Group("eth0", ip_address("239.1.1.1"), hosts, NOW)
    assert reporters_words(group) == "10.0.0.1, 10.0.0.2, 10.0.0.3, and 3 more hosts"
    assert reporters_words(replace(group, reporters=())) == "nobody any more"
