"""What changes while the page listens: goodbyes, deaths, takeovers, lies, and an interface that comes and goes."""

from collections.abc import Iterator

import pytest

from tests.lab.lan import QUERIER
from tests.lab.neighbours.hamlet import Hamlet, change, hamlet
from tests.lab.neighbours.page import Page
from tests.lab.neighbours.village import router_id


@pytest.fixture(scope="module")
def built(machine: None) -> Iterator[Hamlet]:
    with hamlet() as built:
        yield built


@pytest.fixture(scope="module")
def page(built: Hamlet) -> Page:
    return change(built)


def test_a_router_that_ends_is_told_to_be_leaving(built: Hamlet, page: Page) -> None:
    leaver = built.host("leaver")

    (text,) = page.findings("router-leaving", leaver.main)

    assert leaver.link_local in text
    assert page.facts(leaver, "router-advertisement")["router_lifetime_s"] == 0


@pytest.mark.parametrize(("name", "reason"), [("forger", "hop limit 64"), ("stranger", "link-local")])
def test_an_advertisement_that_no_router_here_can_have_sent_is_suspicious(
    name: str, reason: str, built: Hamlet, page: Page
) -> None:
    (why,) = page.role(built.host(name), "router-advertisement")["suspicious"]

    assert reason in why
    assert any(reason in text for text in page.findings("rogue-router", built.lan("forged")))


def test_an_honest_router_beside_forgers_is_not_suspicious(built: Hamlet, page: Page) -> None:
    honest = built.host("honest")

    assert page.role(honest, "router-advertisement")["suspicious"] == []
    assert not any(honest.link_local in text for text in page.findings("rogue-router", honest.main))


def test_two_queriers_at_once_are_told(built: Hamlet, page: Page) -> None:
    igmp = built.lan("igmp")

    (text,) = page.findings("two-queriers", igmp)

    assert igmp.address(QUERIER) in text
    assert igmp.address(200) in text


def test_who_leaves_a_group_reports_it_no_longer(built: Hamlet, page: Page) -> None:
    igmp, stays, leaves = built.lan("igmp"), built.host("stays"), built.host("leaves")

    groups = page.groups(igmp)

    assert groups["239.1.1.1"] == groups["239.2.2.2"] == {stays.address()}
    assert groups["ff15::1"] == {stays.link_local}
    for group, address in (("239.3.3.3", leaves.address()), ("ff15::3", leaves.link_local)):
        assert address not in groups.get(group, set())


def test_a_master_that_ends_has_priority_0_and_the_backup_takes_over(built: Hamlet, page: Page) -> None:
    told = {name: page.role(built.host(name), "vrrp") for name in ("master", "backup")}

    assert (told["master"]["facts"]["priority"], told["backup"]["facts"]["priority"]) == (0, 100)
    assert told["master"]["last_heard"] < told["backup"]["last_heard"]
    assert told["master"]["facts"]["group"] == told["backup"]["facts"]["group"] == 71


def test_a_priority_changed_while_it_runs_is_the_one_that_is_told(built: Hamlet, page: Page) -> None:
    assert page.facts(built.host("raised"), "vrrp")["priority"] == 222


def test_a_router_that_was_killed_is_gone_and_who_heard_it_says_so(built: Hamlet, page: Page) -> None:
    killed, survivor = built.host("killed"), built.host("survivor")

    assert page.facts(survivor, "ospf")["neighbours"] == []
    left = [role for one, role in page.everything() if one["mac"] == killed.mac and role["kind"] == "ospf"]
    assert all(role["expires_at"] < page.document["ended_at"] for role in left)
    assert router_id(survivor) == page.facts(survivor, "ospf")["router_id"]


def test_lldp_is_told_and_its_end(built: Hamlet, page: Page) -> None:
    expected = {"chassis": "core-1", "port": "ge-0/0/7", "system_name": "switch1.lab"}

    role = page.role(built.host("switch1"), "lldp")

    assert {name: role["facts"][name] for name in expected} == expected


def test_a_name_with_escapes_is_made_safe(built: Hamlet, page: Page) -> None:
    name = page.facts(built.host("evil"), "lldp")["system_name"]

    assert name.isprintable()
    assert "red" in name
    assert "[bold]name[/bold]" in name


def test_an_interface_that_comes_back_is_heard_again(built: Hamlet, page: Page) -> None:
    role = page.role(built.host("beacon"), "lldp")

    # It was away for a second, and says something each second.
    assert role["last_heard"] - role["first_heard"] > 4_000_000_000
    assert role["facts"]["system_name"] == "beacon.lab"
    assert any(one["name"] == "comes" and one["up"] for one in page.document["interfaces"])
