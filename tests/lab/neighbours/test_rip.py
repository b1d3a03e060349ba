"""RIP and RIPng between FRR and BIRD."""

import re

from tests.lab.neighbours.page import Page
from tests.lab.neighbours.village import Village


def test_routes_of_ripd_are_those_that_it_redistributes(built: Village, page: Page) -> None:
    ripd = built.host("ripd")
    own = re.findall(r"^C\(r\) (\S+) .* (\d+) self", built.frr["ripd"].text("ip rip"), re.MULTILINE)

    assert _metrics(page, "ripd", "rip", built) == {prefix: int(metric) for prefix, metric in own}
    assert page.role(ripd, "rip")["facts"]["routes"] != []


def test_routes_of_ripngd_are_its_own(built: Village, page: Page) -> None:
    own = re.findall(r"^C\([ri]\) (\S+)", built.frr["ripd"].text("ipv6 ripng"), re.MULTILINE)

    assert _metrics(page, "ripd", "ripng", built) == dict.fromkeys(own, 1)


def test_routes_of_bird_are_its_own_and_the_others_poisoned(built: Village, page: Page) -> None:
    lan = built.host("birdrip").main

    assert _metrics(page, "birdrip", "rip", built) == {
        lan.address(0) + "/24": 1,
        "198.51.100.1/32": 1,
        "192.0.2.1/32": 16,
    }
    assert _metrics(page, "birdrip", "ripng", built) == {
        f"fd78:0:0:{lan.number}::/64": 1,
        "2001:db8:2::1/128": 1,
        "2001:db8:1::1/128": 16,
    }


def _metrics(page: Page, host: str, kind: str, built: Village) -> dict[str, int]:
    routes = page.facts(built.host(host), kind)["routes"]
    return {route["prefix"]: route["metric"] for route in routes}
