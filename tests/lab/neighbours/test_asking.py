"""The page asks only when told to, and whoever may not listen is shown what the kernel knows."""

from collections.abc import Iterator

import pytest

from tests.lab.capturing import Capturing, rows
from tests.lab.daemons import Yard, require_daemons
from tests.lab.lan import Host, Lans
from tests.lab.neighbours.page import listen
from tests.lab.neighbours.village import speak
from tests.lab.program import hopscope

#: It says something as it begins, and then not for minutes unless it is asked.
RADVD = """
    interface quiet { AdvSendAdvert on; MinRtrAdvInterval 400; MaxRtrAdvInterval 600; AdvDefaultLifetime 900;
        prefix fd00:f::/64 { }; };
"""


@pytest.fixture(scope="module")
def quiet(machine: None) -> Iterator[tuple[Host, Host, Host]]:
    """Who listens, radvd, and a router of RFC 1256: all silent from here on."""
    require_daemons()
    lans = Lans()
    lan = lans.lan("quiet")
    hosts = lans.plug("watcher", lan), lans.plug("radvd", lan, forwards=True), lans.plug("rdisc", lan, forwards=True)
    watcher, radvd, rdisc = hosts
    with lans, Yard() as yard:
        with Capturing(watcher, "quiet", yard.file(watcher, "begin.pcap")) as capture:
            yard.radvd(radvd, RADVD)
            speak(yard, rdisc, "discovery", "600", "900", f"{rdisc.address()}=3")
            capture.wait_for("ICMP6, router advertisement", "ICMP router advertisement")
        yield hosts


def test_solicited_routers_answer_at_once(quiet: tuple[Host, Host, Host]) -> None:
    watcher, radvd, rdisc = quiet

    # radvd leaves 3 s between two advertisements (MinDelayBetweenRAs), its first one included.
    page = listen(watcher, 3, "--solicit")

    assert page.facts(radvd, "router-advertisement")["router_lifetime_s"] == 900
    assert page.facts(rdisc, "router-discovery") == {
        "lifetime_s": 900,
        "routers": [{"address": rdisc.address(), "preference": 3}],
    }


def test_who_is_not_told_to_ask_sends_nothing(quiet: tuple[Host, Host, Host]) -> None:
    watcher, _, _ = quiet
    with Yard() as yard:
        path = yard.file(watcher, "silence.pcap")
        with Capturing(watcher, "quiet", path, "ether", "src", watcher.mac):
            page = listen(watcher, 1)
        sent = rows(path, "ip.proto", "icmpv6.type")

    assert page.ended.status == 1
    # The kernel reports its own groups, and says who it is to those who ask; nothing is the program's.
    assert [row for row in sent if row["icmpv6.type"] not in ([], ["136"], ["143"]) or row["ip.proto"]] == []


def test_without_privileges_the_kernels_tables_are_shown(
    quiet: tuple[Host, Host, Host], as_nobody: tuple[str, ...]
) -> None:
    watcher, radvd, _ = quiet
    watcher.run("ping", "-n", "-c", "1", "-W", "1", radvd.address())

    ended = hopscope(watcher, "neighbours", "-t", "1", "--json", program=as_nobody)

    assert {one["name"] for one in ended.document["interfaces"]} >= {"lo", "quiet"}
    (known,) = (one for one in ended.document["kernel"]["neighbours"] if one["address"] == radvd.address())
    assert (known["interface"], known["mac"]) == ("quiet", radvd.mac)
    assert any(one["interface"] == "quiet" for one in ended.document["kernel"]["routes"])
    assert ended.document["neighbours"] == []
    assert "setcap" in ended.stderr or "sudo" in ended.stderr, ended.stderr
