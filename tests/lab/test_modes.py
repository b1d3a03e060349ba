"""Adaptive, flood and sweep in real networks, held against ping and against what a router counts."""

import re

import pytest

from tests.lab.program import ENVIRONMENT, PROGRAM, hopscope
from tests.lab.topology import Lab, Node

VERSIONS = pytest.mark.parametrize("version", [4, 6])
ECHO = {4: "icmp type echo-request", 6: "icmpv6 type echo-request"}


def ping_sent(node: Node, address: str, *options: str) -> tuple[int, int]:
    """How many echo requests ping sent, and how many replies it received."""
    said = node.run("ping", "-n", "-q", *options, address, check=False).stdout
    found = re.search(r"(\d+) packets transmitted, (\d+) received", said)
    assert found, said
    return int(found[1]), int(found[2])


@VERSIONS
@pytest.mark.parametrize("mode", ["-A", "-f"])
def test_a_quick_path_is_asked_as_fast_as_it_answers_and_every_packet_counted(
    six_hops: Lab, mode: str, version: int
) -> None:
    host, target, router = six_hops.nodes["h"], six_hops.nodes["t"].address(version), six_hops.nodes["r1"]

    with router.rules(f"{ECHO[version]} counter", hook="prerouting"):
        # With waits of a tick between two answers this would take more than the deadline.
        run = hopscope(host, "ping", target, mode, "-c", "500", "-w", "20", "--json")
        seen = router.counter("echo-request")
    peer = ping_sent(host, target, mode, "-c", "500", "-w", "20")

    (row,) = run.document["targets"]
    assert (run.status, row["replied"], row["lost"], row["failed"]) == (0, 500, 0, 0)
    assert row["sent"] == seen
    assert (row["replied"], row["clock"]) == (peer[1], {"sent": "kernel", "received": "kernel"})


def test_a_flood_that_nothing_answers_is_as_fast_as_pings(six_hops: Lab) -> None:
    host, target = six_hops.nodes["h"], six_hops.nodes["t"].address()

    with six_hops.nodes["r4"].rules('oifname "to-r5" drop'):
        run = hopscope(host, "ping", target, "-f", "-w", "1", "--json")
        sent, received = ping_sent(host, target, "-f", "-w", "1")

    (row,) = run.document["targets"]
    assert (run.status, row["replied"], received) == (1, 0, 0)
    assert row["sent"] <= 101  # never more than a hundred a second, however busy the machine
    assert row["sent"] > sent // 5


def test_an_adaptive_ping_loses_what_a_router_drops(six_hops: Lab) -> None:
    host, target = six_hops.nodes["h"], six_hops.nodes["t"].address()

    with six_hops.nodes["r4"].rules('oifname "to-r5" numgen inc mod 20 == 19 counter drop'):
        run = hopscope(host, "ping", target, "-A", "-c", "100", "-W", "0.3", "-i", "0.01", "--json")

    (row,) = run.document["targets"]
    assert (row["sent"], row["replied"], row["lost"]) == (100, 95, 5)


@VERSIONS
def test_sizes_that_a_path_swallows_are_the_ones_that_are_lost(six_hops: Lab, version: int) -> None:
    host, target = six_hops.nodes["h"], six_hops.nodes["t"].address(version)

    with six_hops.nodes["r3"].rules("meta length > 1000 drop"):
        run = hopscope(host, "ping", target, "--sweep", "200-1400:400", "-c", "8", "-i", "0.02", "-W", "0.3", "--json")

    (row,) = run.document["targets"]
    assert [(size["size"], size["replied"], size["lost"]) for size in row["sweep"]] == [
        (200, 2, 0),
        (600, 2, 0),
        (1000, 0, 2),
        (1400, 0, 2),
    ]


def test_a_flood_prints_a_dot_for_what_stays_unanswered(six_hops: Lab) -> None:
    host, target = six_hops.nodes["h"], six_hops.nodes["t"].address()

    with six_hops.nodes["r4"].rules('oifname "to-r5" numgen inc mod 5 == 4 drop'):
        running = host.start(*PROGRAM, "ping", target, "-f", "-c", "50", "-W", "1", env=ENVIRONMENT)
        said, _ = running.communicate(timeout=30)

    line = said.splitlines()[1]
    assert line.count(".") - line.count("\b \b") == 10
    assert "50 packets transmitted, 40 received" in said


def test_nobody_has_what_is_for_all_and_not_what_is_for_root(six_hops: Lab, as_nobody: tuple[str, ...]) -> None:
    host, target = six_hops.nodes["h"], six_hops.nodes["t"].address()

    flood = hopscope(host, "ping", target, "-f", "-c", "3", "--json", program=as_nobody)
    preload = hopscope(host, "ping", target, "-l", "4", "-c", "4", "--json", program=as_nobody)
    adaptive = hopscope(host, "ping", target, "-A", "-l", "3", "-c", "40", "--json", program=as_nobody)

    assert (flood.status, preload.status) == (2, 2)
    assert "-f floods the network, which is for root alone" in flood.stderr
    assert "-l 4 is for root alone: 3 is the most" in preload.stderr
    assert (adaptive.status, adaptive.document["targets"][0]["replied"]) == (0, 40)
    # Thirty-seven waits of at least 2 ms each, behind the three at the beginning.
    assert adaptive.document["ended_at"] - adaptive.document["started_at"] >= 37 * 2_000_000
