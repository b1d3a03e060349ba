"""VRRP: keepalived in three kinds, FRR's vrrpd by its virtual MAC addresses."""

import pytest

from tests.lab.neighbours.page import Page
from tests.lab.neighbours.village import Village


def test_each_group_of_keepalived_is_told(built: Village, page: Page) -> None:
    master = built.host("master")
    lan = master.main

    told = {role["facts"]["group"]: role["facts"] for role in page.roles(master, "vrrp")}

    expected = {
        51: (2, 1000, [lan.address(151)]),
        52: (3, 250, [lan.address(152)]),
        61: (3, 250, [lan.link_local(61), lan.address(161, 6)]),
    }
    assert told == {
        group: {"version": version, "group": group, "priority": 150, "interval_ms": interval, "addresses": addresses}
        for group, (version, interval, addresses) in expected.items()
    }


def test_a_backup_is_silent(built: Village, page: Page) -> None:
    assert [one for one in page.document["neighbours"] if one["mac"] == built.host("backup").mac and one["roles"]] == []


@pytest.mark.parametrize("family", ["v4", "v6"])
def test_vrrpd_is_told_as_it_tells_itself(family: str, built: Village, page: Page) -> None:
    (said,) = built.frr["vrrpd"].show("vrrp")

    neighbour = page.at(built.host("vrrpd").main, said[family]["vmac"])

    (facts,) = (role["facts"] for role in neighbour["roles"] if role["kind"] == "vrrp")
    assert facts == {
        "version": said["version"],
        "group": said["vrid"],
        "priority": said[family]["effectivePriority"],
        "interval_ms": said["advertisementInterval"],
        "addresses": said[family]["addresses"],
    }
    assert said[family]["primaryAddress"] in neighbour["addresses"]
