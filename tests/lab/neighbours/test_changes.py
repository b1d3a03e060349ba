"""What changes while the page listens: goodbyes, deaths, takeovers, lies, and an interface that comes and goes."""

import pytest

from tests.lab.lan import QUERIER
from tests.lab.neighbours.hamlet import Hamlet
from tests.lab.neighbours.page import Page
from tests.lab.neighbours.village import router_id


def test_a_router_that_ends_is_told_to_be_leaving(changing: Hamlet, changed: Page) -> None:
    leaver = changing.host("leaver")

    (text,) = changed.findings("router-leaving", leaver.main)

    assert leaver.link_local in text
    assert changed.facts(leaver, "router-advertisement")["router_lifetime_s"] == 0


@pytest.mark.parametrize(("name", "reason"), [("forger", "hop limit 64"), ("stranger", "link-local")])
def test_an_advertisement_that_no_router_here_can_have_sent_is_suspicious(
    name: str, reason: str, changing: Hamlet, changed: Page
) -> None:
    (why,) = changed.role(changing.host(name), "router-advertisement")["suspicious"]

    assert reason in why
    assert any(reason in text for text in changed.findings("rogue-router", changing.lan("forged")))


def test_an_honest_router_beside_forgers_is_not_suspicious(changing: Hamlet, changed: Page) -> None:
    honest = changing.host("honest")

    assert changed.role(honest, "router-advertisement")["suspicious"] == []
    assert not any(honest.link_local in text for text in changed.findings("rogue-router", honest.main))


def test_two_queriers_at_once_are_told(changing: Hamlet, changed: Page) -> None:
    igmp = changing.lan("igmp")

    (text,) = changed.findings("two-queriers", igmp)

    assert igmp.address(QUERIER) in text
    assert igmp.address(200) in text


def test_who_leaves_a_group_reports_it_no_longer(changing: Hamlet, changed: Page) -> None:
    igmp, stays, leaves = changing.lan("igmp"), changing.host("stays"), changing.host("leaves")

    groups = changed.groups(igmp)

    assert groups["239.1.1.1"] == groups["239.2.2.2"] == {stays.address()}
    assert groups["ff15::1"] == {stays.link_local}
    for group, address in (("239.3.3.3", leaves.address()), ("ff15::3", leaves.link_local)):
        assert address not in groups.get(group, set())


def test_a_master_that_ends_has_priority_0_and_the_backup_takes_over(changing: Hamlet, changed: Page) -> None:
    told = {name: changed.role(changing.host(name), "vrrp") for name in ("master", "backup")}

    assert (told["master"]["facts"]["priority"], told["backup"]["facts"]["priority"]) == (0, 100)
    assert told["master"]["last_heard"] < told["backup"]["last_heard"]
    assert told["master"]["facts"]["group"] == told["backup"]["facts"]["group"] == 71


def test_a_priority_changed_while_it_runs_is_the_one_that_is_told(changing: Hamlet, changed: Page) -> None:
    assert changed.facts(changing.host("raised"), "vrrp")["priority"] == 222


def test_a_router_that_was_killed_is_gone_and_who_heard_it_says_so(changing: Hamlet, changed: Page) -> None:
    killed, survivor = changing.host("killed"), changing.host("survivor")

    assert changed.facts(survivor, "ospf")["neighbours"] == []
    left = [role for one, role in changed.everything() if one["mac"] == killed.mac and role["kind"] == "ospf"]
    assert all(role["expires_at"] < changed.document["ended_at"] for role in left)
    assert router_id(survivor) == changed.facts(survivor, "ospf")["router_id"]


def test_lldp_is_told_and_its_end(changing: Hamlet, changed: Page) -> None:
    expected = {"chassis": "core-1", "port": "ge-0/0/7", "system_name": "switch1.lab"}

    role = changed.role(changing.host("switch1"), "lldp")

    assert {name: role["facts"][name] for name in expected} == expected


def test_a_name_with_escapes_is_made_safe(changing: Hamlet, changed: Page) -> None:
    name = changed.facts(changing.host("evil"), "lldp")["system_name"]

    assert name.isprintable()
    assert "red" in name
    assert "[bold]name[/bold]" in name


def test_an_interface_that_comes_back_is_heard_again(changing: Hamlet, changed: Page) -> None:
    role = changed.role(changing.host("beacon"), "lldp")

    # It was away for a second, and says something each second.
    assert role["last_heard"] - role["first_heard"] > 4_000_000_000
    assert role["facts"]["system_name"] == "beacon.lab"
    assert any(one["name"] == "comes" and one["up"] for one in changed.document["interfaces"])
