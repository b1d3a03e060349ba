"""The labs themselves, proven by the peers alone: what the other tests call the truth."""

import json

import pytest

from tests.lab.peers import mtr_hops, ping_counts, traceroute_hops
from tests.lab.topology import Lab, Node


@pytest.mark.parametrize("version", [4, 6])
def test_traceroute_and_mtr_see_the_chain_as_it_was_declared(six_hops: Lab, version: int) -> None:
    host, target = six_hops.nodes["h"], six_hops.nodes["t"].address(version)

    assert traceroute_hops(host, target) == six_hops.chain(version)
    assert mtr_hops(host, target) == six_hops.chain(version)


@pytest.mark.parametrize("version", [4, 6])
def test_traceroute_sees_both_ways_of_the_diamond(two_ways: Lab, version: int) -> None:
    host, target = two_ways.nodes["h"], two_ways.nodes["t"]
    first = two_ways.nodes["r1"]

    words = ("traceroute", "-n", "-q", "10", target.address(version))
    said = [host.run(*words).stdout.splitlines()[2].split() for _ in range(3)]  # ten flows may all go one way

    assert {two_ways.nodes[way].address(version, first) for way in ("up", "down")} <= set().union(*said)


def test_rules_apply_inside_the_block_and_only_there(six_hops: Lab) -> None:
    host, target = six_hops.nodes["h"], six_hops.nodes["t"].address()

    with six_hops.nodes["r3"].rules('oifname "to-r4" numgen inc mod 3 == 0 drop'):
        assert ping_counts(host, target, 12) == (12, 8)

    assert ping_counts(host, target, 3) == (3, 3)


def test_names_are_known_at_once(six_hops: Lab) -> None:
    host: Node = six_hops.nodes["h"]

    assert host.run("getent", "hosts", "r5.lab").stdout.split()[1] == "r5.lab"
    assert json.loads(host.run("ip", "-json", "addr", "show", "to-r1").stdout)[0]["mtu"] == 1500
