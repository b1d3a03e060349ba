"""OSPFv2 and OSPFv3: FRR twice and BIRD on one LAN, and one LAN of those that differ."""

import re
from collections.abc import Collection
from typing import Any

import pytest

from tests.lab.neighbours.page import Page, mask
from tests.lab.neighbours.village import Village, router_id

MAX_AGE = 3600  # s: an LSA of this age is being flushed (RFC 2328, appendix B)


@pytest.mark.parametrize("name", ["first", "second"])
def test_ospf_is_told_as_frr_tells_it(name: str, built: Village, page: Page) -> None:
    said = built.frr[name].show("ip ospf interface ospf")["interfaces"]["ospf"]
    neighbours = built.frr[name].show("ip ospf neighbor")["neighbors"]

    facts = page.facts(built.host(name), "ospf")

    assert said["authentication"] == "authenticationMessageDigest"
    assert facts.pop("auth") == "cryptographic"
    assert set(facts.pop("neighbours")) == set(neighbours)
    assert facts == {
        "router_id": said["routerId"],
        "area": said["area"],
        "priority": said["priority"],
        "dr": said["drAddress"],
        "bdr": said["bdrAddress"],
        "hello_s": said["timerMsecs"] // 1000,
        "dead_s": said["timerDeadSecs"],
        "mask": mask(said["ipAddressPrefixlen"]),
    }
    assert said["ipAddress"] in page.of(built.host(name))["addresses"]


@pytest.mark.parametrize("name", ["first", "second"])
def test_ospf6_is_told_as_frr_tells_it(name: str, built: Village, page: Page) -> None:
    said = built.frr[name].show("ipv6 ospf6 interface ospf")["ospf"]
    neighbours = built.frr[name].show("ipv6 ospf6 neighbor")["neighbors"]

    facts = page.facts(built.host(name), "ospf6")

    assert set(facts.pop("neighbours")) == {each["neighborId"] for each in neighbours}
    assert facts == {
        "router_id": router_id(built.host(name)),
        "area": said["areaId"],
        "priority": said["priority"],
        "dr": said["dr"],
        "bdr": said["bdr"],
        "hello_s": said["timerIntervalsConfigHello"],
        "dead_s": said["timerIntervalsConfigDead"],
        "mask": None,
        "auth": "none",
    }


@pytest.mark.parametrize(("kind", "protocol", "named"), [("ospf", "o4", "IP"), ("ospf6", "o6", "ID")])
def test_ospf_is_told_as_bird_tells_it(kind: str, protocol: str, named: str, built: Village, page: Page) -> None:
    said = built.bird["third"].sections(f"ospf interface {protocol}")["ospf"]
    neighbours = re.findall(r"^[\d.]+", built.bird["third"].show(f"ospf neighbors {protocol}"), re.MULTILINE)

    facts = page.facts(built.host("third"), kind)

    assert set(facts["neighbours"]) == set(neighbours)
    told = {name: facts[name] for name in ("area", "priority", "hello_s", "dead_s", "dr", "bdr")}
    assert told == {
        "area": said["Area"].split()[0],
        "priority": int(said["Priority"]),
        "hello_s": int(said["Hello timer"]),
        "dead_s": int(said["Dead timer"]),
        "dr": said[f"Designated router ({named})"],
        "bdr": said[f"Backup designated router ({named})"],
    }


def test_link_states_that_were_heard_are_those_of_frrs_database(built: Village, page: Page) -> None:
    areas = built.frr["first"].show("ip ospf database")["areas"]
    known = {
        (area, kind, lsa["lsId"], lsa["advertisedRouter"], int(lsa["sequenceNumber"], 16))
        for area, database in areas.items()
        for kind, name in ((1, "routerLinkStates"), (2, "networkLinkStates"))
        for lsa in database[name]
        if lsa["lsaAge"] < MAX_AGE
    }

    assert known
    assert _link_states(page, 2, (1, 2)) == known


def test_link_states_of_ospf6_are_those_of_frrs_database(built: Village, page: Page) -> None:
    database = built.frr["first"].show("ipv6 ospf6 database")
    kinds = {"Rtr": 0x2001, "Net": 0x2002, "Lnk": 0x0008}
    known = {
        ("0.0.0.0", kinds[lsa["type"]], lsa["lsId"], lsa["advRouter"], lsa["seqNum"])
        for scope in ("areaScopedLinkStateDb", "interfaceScopedLinkStateDb")
        for lsa in database[scope][0]["lsa"]
        if lsa["type"] in kinds and lsa["age"] < MAX_AGE
    }

    assert known
    assert _link_states(page, 3, kinds.values()) == known


def _link_states(page: Page, version: int, types: Collection[int]) -> set[tuple[str, int, str, str, int]]:
    return {
        (lsa["area"], lsa["type"], lsa["id"], lsa["advertising_router"], lsa["sequence"])
        for lsa in page.document["lsas"]
        if (lsa["interface"], lsa["version"]) == ("ospf", version) and lsa["type"] in types
    }


def test_routers_that_agree_are_no_mismatch(built: Village, page: Page) -> None:
    assert page.findings("ospf-mismatch", built.lans.lans["ospf"]) == []


@pytest.mark.parametrize(
    ("name", "word", "theirs", "ours"),
    [
        ("slow", "hello", "2", "1"),
        ("dying", "dead", "8", "4"),
        ("elsewhere", "area", "1", "0"),
        ("narrow", "mask", "255.255.255.128", "255.255.255.0"),
        ("locked", "auth", "simple", "none"),
        ("small", "MTU", "1400", "1500"),
    ],
)
def test_what_keeps_routers_apart_is_named(
    name: str, word: str, theirs: str, ours: str, built: Village, page: Page
) -> None:
    """With "plain", which says the usual, each has one difference, and no adjacency by FRR's own word."""
    plain, odd = built.host("plain"), built.host(name)
    states = built.frr["plain"].show("ip ospf neighbor")["neighbors"].get(router_id(odd), [])
    assert not any("Full" in each["state"] for each in states)

    (text,) = (
        text
        for text in page.findings("ospf-mismatch", plain.main)
        if {router_id(plain), router_id(odd)} <= set(re.findall(r"[\d.]+\d", text))
    )

    assert word in text
    assert {theirs, ours} <= set(re.findall(r"[\w.]*\w", text)), text
    others = {"hello", "dead", "area", "mask", "auth", "MTU"} - {word}
    assert [other for other in others if re.search(rf"\b{other}", text)] == []


def test_two_routers_of_one_identifier_are_told(built: Village, page: Page) -> None:
    (text,) = page.findings("duplicate-router-id", built.host("castor").main)

    assert "10.255.0.222" in text


def test_bfd_is_told_as_frr_and_bird_tell_it(built: Village, page: Page) -> None:
    (session,) = built.frr["first"].show("bfd peers")

    told = {name: page.facts(built.host(name), "bfd") for name in ("first", "third")}

    assert told == {
        "first": _bfd(session, "id", "detect-multiplier"),
        "third": _bfd(session, "remote-id", "remote-detect-multiplier"),
    }


def _bfd(session: dict[str, Any], discriminator: str, multiplier: str) -> dict[str, Any]:
    return {
        "state": session["status"],
        "my_discriminator": session[discriminator],
        "detect_multiplier": session[multiplier],
    }
