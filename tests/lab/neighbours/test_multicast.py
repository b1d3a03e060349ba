"""Queriers, members and PIM: the kernel's bridge, FRR's pimd, Debian's pimd, and mrinfo."""

import re

from tests.lab.lan import QUERIER
from tests.lab.neighbours.page import Page
from tests.lab.neighbours.village import Village
from tests.lab.program import hopscope


def test_the_bridge_is_the_querier_of_both_families(built: Village, page: Page) -> None:
    lan = built.lans.lans["igmp"]

    neighbour = page.at(lan, lan.mac(QUERIER))

    expected = {"interval_s": 3, "max_response_ms": 1000, "robustness": 2}
    assert {role["kind"]: role["facts"] for role in neighbour["roles"]} == {
        "igmp-querier": {"version": 3, **expected},
        "mld-querier": {"version": 2, **expected},
    }
    assert set(neighbour["addresses"]) == {lan.address(QUERIER), lan.link_local(QUERIER)}


def test_groups_and_their_members_are_those_that_the_bridge_knows(built: Village, page: Page) -> None:
    lan = built.lans.lans["igmp"]
    known = re.findall(r"port p\d+-(\d+) grp (\S+) temp", built.lans.switch.run("bridge", "mdb", "show").stdout)
    expected: dict[str, set[str]] = {}
    for number, group in known:
        address = lan.link_local(int(number)) if ":" in group else lan.address(int(number))
        expected.setdefault(group, set()).add(address)
    watcher = {lan.address(built.watcher.number), lan.link_local(built.watcher.number)}

    told = page.groups(lan)

    assert {"239.7.7.7", "239.8.8.8", "232.1.1.1", "239.9.9.9", "ff15::77", "ff15::99", "ff35::1"} <= set(expected)
    assert {group: told.get(group, set()) - watcher for group in expected} == {
        group: members - watcher for group, members in expected.items()
    }


def test_pim_is_told_as_frr_tells_it(built: Village, page: Page) -> None:
    said = built.frr["frrpim"].show("ip pim interface pim")["pim"]

    assert page.facts(built.host("frrpim"), "pim") == {
        "holdtime_s": said["holdTime"],
        "dr_priority": said["drPriority"],
        "generation_id": said["helloGenerationId"],
        "dr": said["drAddress"] == built.host("frrpim").address(),
    }


def test_pim_of_debian_is_told_as_frr_hears_it(built: Village, page: Page) -> None:
    pimd = built.host("pimd")
    said = built.frr["frrpim"].show("ip pim neighbor detail")["pim"][pimd.address()]

    facts = page.facts(pimd, "pim")

    assert facts == {
        "holdtime_s": 17,  # 3.5 times the hello interval (RFC 7761, section 4.11), in whole seconds
        "dr_priority": said["drPriority"],
        "generation_id": said["generationId"],
        "dr": False,
    }


def test_the_querier_is_frr_by_its_own_word(built: Village, page: Page) -> None:
    said = built.frr["frrpim"].show("ip igmp interface pim")["pim"]

    assert page.facts(built.host("frrpim"), "igmp-querier") == {
        "version": said["version"],
        "interval_s": said["timerQueryInterval"],
        "max_response_ms": said["timerQueryResponseIntervalMsec"],
        "robustness": said["timerRobustnessVariable"],
    }


def test_mrinfo_is_answered_by_pimd(built: Village, page: Page) -> None:
    pimd, frr = built.host("pimd"), built.host("frrpim")

    ended = hopscope(built.watcher, "mrinfo", pimd.address(), "--json")

    assert ended.status == 0
    assert (ended.document["router"], ended.document["suspicious"]) == (pimd.address(), [])
    pim, stub = (port.lan.address(pimd.number) for port in pimd.ports)
    assert ended.document["interfaces"] == [
        {"address": pim, "metric": 1, "threshold": 1, "flags": ["pim"], "neighbours": [frr.address()]},
        {"address": stub, "metric": 1, "threshold": 1, "flags": ["querier"], "neighbours": []},
        # What it wraps into registers, as a rendezvous point.
        {"address": pim, "metric": 1, "threshold": 1, "flags": [], "neighbours": []},
    ]


def test_mrinfo_is_not_answered_by_a_host_that_knows_it_not(built: Village) -> None:
    ended = hopscope(built.watcher, "mrinfo", built.host("frrpim").address(), "--json")

    assert ended.status == 1
    assert ended.document["interfaces"] == []
