"""Routers that advertise themselves: radvd, zebra, BIRD, and RFC 1256."""

import re
from typing import Any

from tests.lab.neighbours.page import Page
from tests.lab.neighbours.village import Village


def test_every_option_of_radvd_is_told(built: Village, page: Page) -> None:
    assert page.facts(built.host("radvd"), "router-advertisement") == {
        "router_lifetime_s": 600,
        "hop_limit": 63,
        "managed": True,
        "other": True,
        "preference": "high",
        "reachable_ms": 30000,
        "retransmit_ms": 1000,
        "mtu": 1480,
        "prefixes": [
            {"prefix": "fd00:9::/64", "on_link": True, "autonomous": True, "valid_s": 7200, "preferred_s": 3600},
            {"prefix": "fd00:a::/64", "on_link": True, "autonomous": False, "valid_s": 5000, "preferred_s": 4000},
        ],
        "rdnss": ["fd00:9::53", "fd00:9::54"],
        "dnssl": ["lab.example", "other.example"],
        "routes": [{"prefix": "fd00:b::/48", "preference": "low", "lifetime_s": 900}],
        "pref64": [],
    }


def test_zebra_is_told_as_it_tells_itself(built: Village, page: Page) -> None:
    said = built.frr["zebra"].text("interface ra")

    def number(before: str, after: str) -> int:
        found = re.search(rf"{before} (\d+) {after}", said)
        assert found, said
        return int(found[1])

    facts = page.facts(built.host("zebra"), "router-advertisement")

    assert {name: facts[name] for name in ("reachable_ms", "retransmit_ms", "hop_limit", "router_lifetime_s")} == {
        "reachable_ms": number("reachable time is", "milliseconds"),
        "retransmit_ms": number("retransmit interval is", "milliseconds"),
        "hop_limit": number("hop-count limit is", "hops"),
        "router_lifetime_s": number("advertisements live for", "seconds"),
    }
    assert f"default router preference is {facts['preference']}" in said
    assert ("Hosts use DHCP to obtain routable addresses" in said) == facts["managed"]
    assert facts["mtu"] == 1480
    assert (facts["rdnss"], facts["dnssl"]) == (["fd00:9::53", "fd00:9::54"], ["lab.example", "other.example"])
    # It adds the prefix of the interface.
    assert _prefixes(facts) == {"fd00:9::/64": (7200, 3600), "fd78:0:0:4::/64": (2592000, 604800)}


def test_routers_that_say_the_same_of_the_link_do_not_disagree(built: Village, page: Page) -> None:
    assert page.findings("routers-disagree", built.host("radvd").main) == []


def test_bird_is_told_as_it_was_configured(built: Village, page: Page) -> None:
    another = built.host("another")

    facts = page.facts(another, "router-advertisement")

    told = {name: facts[name] for name in ("router_lifetime_s", "hop_limit", "managed", "mtu", "rdnss", "dnssl")}
    assert told == {
        "router_lifetime_s": 500,
        "hop_limit": 32,
        "managed": True,
        "mtu": 1280,
        "rdnss": ["fd00:c::53"],
        "dnssl": ["bird.example"],
    }
    assert _prefixes(facts) == {"fd78:0:0:5::/64": (100, 50)}


def test_routers_that_disagree_are_told_with_what_differs(built: Village, page: Page) -> None:
    text = " ".join(page.findings("routers-disagree", built.host("one").main))

    assert all(host.link_local in text for host in (built.host("one"), built.host("another"))), text
    assert all(word in text for word in ("hop limit", "MTU", "valid 100 s")), text


def test_rfc_1256_is_told_with_lifetime_and_preferences(built: Village, page: Page) -> None:
    good, better = built.host("good"), built.host("better")

    assert page.facts(good, "router-discovery") == {
        "lifetime_s": 600,
        "routers": [{"address": good.address(), "preference": -5}],
    }
    assert page.facts(better, "router-discovery") == {
        "lifetime_s": 1800,
        "routers": [
            {"address": better.address(), "preference": 0},
            {"address": better.main.address(200), "preference": 7},
        ],
    }


def test_the_most_preferred_router_of_rfc_1256_is_the_one_to_take(built: Village, page: Page) -> None:
    (chosen,) = page.document["chosen"]

    expected = {"interface": "rdisc", "address": built.host("better").main.address(200), "preference": 7}
    assert {name: chosen[name] for name in expected} == expected


def test_zebra_as_a_router_of_rfc_1256_is_shown_as_what_it_is(built: Village, page: Page) -> None:
    """FRR 8.4 sends from its address with the bytes reversed: no host of this LAN, and nobody may believe it."""
    irdp = built.host("irdp")
    reversed_address = ".".join(reversed(irdp.address().split(".")))

    role = page.role(irdp, "router-discovery")

    assert role["facts"] == {"lifetime_s": 12, "routers": [{"address": irdp.address(), "preference": 0}]}
    assert any(reversed_address in why for why in role["suspicious"]), role["suspicious"]


def _prefixes(facts: dict[str, Any]) -> dict[str, tuple[int, int]]:
    return {each["prefix"]: (each["valid_s"], each["preferred_s"]) for each in facts["prefixes"]}
