"""Daemons that are killed say no goodbye: each neighbour is given up at the moment that its own words named."""

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.lab.daemons import Yard, require_daemons
from tests.lab.lan import Lans
from tests.lab.neighbours.hamlet import KEEPALIVED
from tests.lab.neighbours.village import router_id, speak
from tests.lab.program import ENVIRONMENT, PROGRAM

SECOND = 1_000_000_000
#: Who is killed, in what role it was known, and the seconds that its last words held.
LIFETIMES = {
    ("bird", "ospf"): 2,
    ("minimal", "ospf"): 1,
    ("pimd", "pim"): 2,
    ("rdisc", "router-discovery"): 2,
    ("lldp", "lldp"): 3,
    ("keepalived", "vrrp"): 0.75 + 0.25 * (256 - 200) / 256,  # the master down interval (RFC 5798, section 6.1)
}


@pytest.fixture(scope="module")
def expired(machine: None) -> Iterator[tuple[int, dict[tuple[str, str], Any]]]:
    """When all were killed, and what became of each."""
    require_daemons()
    lans = Lans()
    lan = lans.lan("vrrp")
    watcher = lans.plug("watcher", lan)
    hosts = {name: lans.plug(name, lan, forwards=True) for name, _ in LIFETIMES}
    with lans, Yard() as yard:
        bird = f'router id {router_id(hosts["bird"])}; protocol ospf v2 {{ ipv4 {{ }}; area 0 {{ interface "vrrp" '
        minimal = "interface vrrp / ip ospf area 0 / ip ospf dead-interval minimal hello-multiplier 4"
        daemons = [
            yard.bird(hosts["bird"], bird + "{ hello 1; dead 2; }; }; }").daemon,
            yard.frr(hosts["minimal"], ospfd=f"{minimal} / router ospf / ospf router-id 10.255.0.77").daemons["ospfd"],
            yard.frr(hosts["pimd"], pimd="interface vrrp / ip pim / ip pim hello 1 2").daemons["pimd"],
            speak(yard, hosts["rdisc"], "discovery", "1", "2", f"{hosts['rdisc'].address()}=0"),
            speak(yard, hosts["lldp"], "lldp", "chassis", "port", "name", "3"),
            yard.keepalived(hosts["keepalived"], KEEPALIVED.format(name="one", group=73, priority=200)),
        ]
        words = (PROGRAM[0], "-m", "tests.lab.neighbours.watching", str(len(LIFETIMES)))
        running = watcher.start(*words, env=ENVIRONMENT)
        assert running.stdout is not None
        assert running.stdout.readline() == "ready\n", running.communicate()
        for daemon in daemons:
            daemon.kill()
        killed_at = time.time_ns()
        stdout, stderr = running.communicate(timeout=20)
        assert running.returncode == 0, stderr
        names = {host.mac: name for name, host in hosts.items()}
        told = [json.loads(line) for line in stdout.splitlines()]
        yield killed_at, {(names[one["mac"]], one["kind"]): one for one in told}


@pytest.mark.parametrize("who", LIFETIMES)
def test_a_killed_daemon_is_gone_when_its_last_words_end(
    who: tuple[str, str], expired: tuple[int, dict[tuple[str, str], Any]]
) -> None:
    killed_at, roles = expired
    role = roles[who]

    assert role["expires_at"] - role["last_heard"] == pytest.approx(LIFETIMES[who] * SECOND, abs=1)
    assert role["gone_at"] == role["expires_at"]
    assert role["last_heard"] < killed_at + SECOND // 10
    # It is neither given up before that moment nor kept until something else happens.
    assert role["expires_at"] <= role["noticed_at"] < role["expires_at"] + SECOND
