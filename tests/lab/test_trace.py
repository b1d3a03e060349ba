"""`hopscope trace` among real routers: every hop, address and end, held against what was built and the peers."""

import itertools
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest

from tests.lab.peers import mtr_hops, traceroute_hops
from tests.lab.program import Ended, hopscope
from tests.lab.rejections import REJECTIONS, Rejection
from tests.lab.topology import Lab, Node, chain

QUICK = ("-W", "0.4", "--json")
VERSIONS = pytest.mark.parametrize("version", [4, 6])
METHODS = pytest.mark.parametrize("method", ["icmp", "udp", "tcp"])

#: What traceroute calls our methods.
TRACEROUTE = {"icmp": "-I", "udp": "-U", "tcp": "-T"}


def addresses(run: Ended) -> list[list[str]]:
    """Who answered at each hop."""
    return [[responder["address"] for responder in hop["responders"]] for hop in run.document["hops"]]


def finding(run: Ended, kind: str) -> dict[str, Any]:
    """The one finding of a kind."""
    (found,) = [finding for finding in run.document["findings"] if finding["kind"] == kind]
    assert isinstance(found, dict)
    assert found["text"]
    return found


@VERSIONS
@METHODS
def test_every_hop_of_the_chain_is_found(six_hops: Lab, version: int, method: str) -> None:
    host, target = six_hops.nodes["h"], six_hops.nodes["t"].address(version)

    run = hopscope(host, "trace", target, "--method", method, *QUICK)

    assert (run.status, run.document["reached"], run.document["end"]) == (0, True, "reached")
    assert (run.document["method"], run.document["link"]) == (method, "raw")
    assert [hop["ttl"] for hop in run.document["hops"]] == [1, 2, 3, 4, 5, 6]
    assert addresses(run) == [[address] for address in six_hops.chain(version)]
    assert run.document["paths"] == [six_hops.chain(version)]
    assert [hop["responders"][0]["names"] for hop in run.document["hops"]] == [
        [f"{name}.lab"] for name in ("r1", "r2", "r3", "r4", "r5", "t")
    ]
    assert [hop["responders"][0]["nat"] for hop in run.document["hops"]].count(True) == 0


@VERSIONS
def test_the_peers_see_the_same_hops(six_hops: Lab, version: int) -> None:
    host, target = six_hops.nodes["h"], six_hops.nodes["t"].address(version)

    run = hopscope(host, "trace", target, "--method", "udp", *QUICK)
    ours = [responders[0] for responders in addresses(run)]

    assert ours == traceroute_hops(host, target, TRACEROUTE["udp"])
    assert ours == mtr_hops(host, target, "--udp")


@VERSIONS
def test_reply_and_quoted_ttls_count_the_hops(six_hops: Lab, version: int) -> None:
    host, target = six_hops.nodes["h"], six_hops.nodes["t"].address(version)

    run = hopscope(host, "trace", target, "--method", "udp", *QUICK)

    responders = [hop["responders"][0] for hop in run.document["hops"]]
    assert [responder["quoted_ttl"] for responder in responders] == [1] * 6
    assert [responder["reply_ttl"] for responder in responders] == [64, 63, 62, 61, 60, 59]
    assert responders[-1]["icmp"]["type"] == (3 if version == 4 else 1)


@VERSIONS
@METHODS
def test_rounds_go_on_measuring_each_hop(six_hops: Lab, version: int, method: str) -> None:
    host, target = six_hops.nodes["h"], six_hops.nodes["t"].address(version)

    run = hopscope(host, "trace", target, "--method", method, "-c", "5", "-i", "0.1", *QUICK)

    for hop in run.document["hops"]:
        assert hop["sent"] >= 5
        assert (hop["replied"], hop["loss"]) == (hop["sent"], 0.0)
        assert hop["rtt_ns"]["min"] <= hop["rtt_ns"]["median"] <= hop["rtt_ns"]["max"]


@VERSIONS
def test_many_hosts_have_the_tables_that_each_has_alone(six_hops: Lab, version: int) -> None:
    host, *_, fourth, fifth, target = six_hops.nodes.values()
    hosts = [target.address(version), fifth.address(version, six_hops.nodes["r4"]), fourth.address(version, fifth)]
    alone = [addresses(hopscope(host, "trace", each, "-n", *QUICK)) for each in hosts]

    run = hopscope(host, "trace", *hosts, "-n", *QUICK)

    traces = run.document["traces"]
    found = [[[said["address"] for said in hop["responders"]] for hop in trace["hops"]] for trace in traces]
    assert (run.status, found) == (0, alone)
    assert [trace["target"]["host"] for trace in traces] == hosts
    assert all(hop["inferred_from"] is None for hop in traces[0]["hops"])
    inferred = [hop for trace in traces[1:] for hop in trace["hops"] if hop["inferred_from"] is not None]
    assert inferred
    assert {(hop["sent"], hop["inferred_from"]) for hop in inferred} == {(0, hosts[0])}


@pytest.mark.parametrize("method", ["icmp", "udp"])
@pytest.mark.parametrize("rejection", REJECTIONS, ids=str)
def test_a_rejecting_hop_ends_the_trace_and_is_named(six_hops: Lab, rejection: Rejection, method: str) -> None:
    host, target, router = six_hops.nodes["h"], six_hops.nodes["t"].address(rejection.version), six_hops.nodes["r3"]

    with router.rules(rejection.rule):
        run = hopscope(host, "trace", target, "--method", method, *QUICK)

    last = run.document["hops"][-1]
    (said,) = [one["icmp"] for one in last["responders"] if one["icmp"]["type"] == rejection.type]
    assert (run.status, run.document["reached"]) == (1, False)
    assert run.document["end"] == ("prohibited" if rejection.is_prohibition else "unreachable")
    assert addresses(run)[:3] == [[address] for address in six_hops.chain(rejection.version)[:3]]
    assert {one["address"] for one in last["responders"]} == {six_hops.chain(rejection.version)[2]}
    assert last["ttl"] == 4
    assert said["code"] == rejection.code
    assert said["text"]


@VERSIONS
def test_a_silent_hop_is_shown_as_silent(six_hops: Lab, version: int) -> None:
    host, target = six_hops.nodes["h"], six_hops.nodes["t"].address(version)
    silence = "icmp type { time-exceeded, destination-unreachable } drop\nicmpv6 type time-exceeded drop"

    with six_hops.nodes["r3"].rules(silence, hook="output"):
        run = hopscope(host, "trace", target, "-c", "2", "-i", "0.2", *QUICK)

    truth = [[address] for address in six_hops.chain(version)]
    truth[2] = []
    assert run.document["reached"]
    assert addresses(run) == truth
    assert run.document["hops"][2]["rtt_ns"] is None
    assert finding(run, "silent-hop")["ttl"] == 3


@VERSIONS
def test_a_hop_that_limits_its_answers_is_no_path_loss(six_hops: Lab, version: int) -> None:
    host, target = six_hops.nodes["h"], six_hops.nodes["t"].address(version)
    limit = "limit rate over 1/second burst 3 packets drop"

    with six_hops.nodes["r3"].rules(
        f"icmp type time-exceeded {limit}\nicmpv6 type time-exceeded {limit}", hook="output"
    ):
        run = hopscope(host, "trace", target, "-c", "12", "-i", "0.1", *QUICK)

    losses = {hop["ttl"]: hop["lost"] for hop in run.document["hops"]}
    assert losses.pop(3) >= 6
    assert set(losses.values()) == {0}
    assert finding(run, "rate-limited")["ttl"] == 3


@VERSIONS
@METHODS
def test_a_flow_keeps_its_way_through_the_diamond(two_ways: Lab, version: int, method: str) -> None:
    host, target = two_ways.nodes["h"], two_ways.nodes["t"].address(version)
    ways = {two_ways.nodes[way].address(version, two_ways.nodes["r1"]) for way in ("up", "down")}

    run = hopscope(host, "trace", target, "--method", method, "-c", "8", "-i", "0.05", *QUICK)

    found = addresses(run)
    assert [len(responders) for responders in found] == [1, 1, 1, 1]
    assert found[1][0] in ways
    assert len(run.document["paths"]) == 1
    assert run.document["reached"]


@VERSIONS
def test_packets_that_are_spread_show_every_responder(two_ways: Lab, version: int) -> None:
    host, target, router = two_ways.nodes["h"], two_ways.nodes["t"].address(version), two_ways.nodes["r1"]
    ways = {two_ways.nodes[way].address(version, router) for way in ("up", "down")}

    with spreading(router, two_ways.links[-1].prefix(version), sorted(ways), version):
        run = hopscope(host, "trace", target, "-c", "8", "-i", "0.05", *QUICK)

    assert set(addresses(run)[1]) == ways
    assert len(run.document["paths"]) > 1
    assert run.document["reached"]


@contextmanager
def spreading(router: Node, prefix: str, gateways: Sequence[str], version: int) -> Iterator[None]:
    """Have a router ignore flows: its packets take one gateway and the other in turn."""
    family = f"-{version}"
    for mark, gateway in enumerate(gateways, start=1):
        router.run("ip", family, "rule", "add", "fwmark", str(mark), "lookup", str(100 + mark))
        router.ip(f"route replace table {100 + mark} {prefix} via {gateway}")
    try:
        with router.rules("meta mark set numgen inc mod 2 offset 1", hook="prerouting", priority="mangle"):
            yield
    finally:
        for mark in range(1, len(gateways) + 1):
            router.run("ip", family, "rule", "del", "fwmark", str(mark))


@pytest.fixture(scope="module")
def circle() -> Iterator[Lab]:
    """A chain of three routers, the last two of which pass 10.99.0.0/24 and fd99::/64 to each other."""
    lab = chain(3)
    host, first, second, third = (lab.nodes[name] for name in ("h", "r1", "r2", "r3"))
    for version, prefix in ((4, "10.99.0.0/24"), (6, "fd99::/64")):
        for node, gateway in ((host, first), (first, second), (second, third), (third, second)):
            node.routes.append(f"route replace {prefix} via {gateway.address(version, node)}")
    with lab:
        yield lab


@VERSIONS
@METHODS
def test_a_loop_ends_the_trace(circle: Lab, version: int, method: str) -> None:
    target = "10.99.0.9" if version == 4 else "fd99::9"
    known = circle.chain(version)

    run = hopscope(circle.nodes["h"], "trace", target, "--method", method, *QUICK)

    assert (run.status, run.document["reached"], run.document["end"]) == (1, False, "loop")
    assert addresses(run)[:3] == [[address] for address in known[:3]]
    assert finding(run, "loop")["ttl"] is not None


@pytest.fixture(scope="module")
def dead_ends() -> Iterator[Lab]:
    """A chain of three routers, each of which refuses another prefix.

    Linux limits the errors of a route to nowhere by the same bucket that its other errors empty, whatever the
    settings say: so each router is asked for one thing, once, and nothing else is done in this lab.
    """
    lab = chain(3)
    host, *routers = (lab.nodes[name] for name in ("h", "r1", "r2", "r3"))
    for version, prefix in ((4, "10.99.{}.0/24"), (6, "fd99:0:0:{}::/64")):
        for number, kind in enumerate(("unreachable", "prohibit", "blackhole"), start=1):
            there = prefix.format(number)
            for node, gateway in itertools.pairwise([host, *routers[:number]]):
                node.routes.append(f"route replace {there} via {gateway.address(version, node)}")
            routers[number - 1].routes.append(f"route replace {kind} {there}")
    with lab:
        yield lab


@VERSIONS
@pytest.mark.parametrize(("number", "end"), [(1, "unreachable"), (2, "prohibited"), (3, "silent")])
def test_a_route_to_nowhere_ends_the_trace(dead_ends: Lab, version: int, number: int, end: str) -> None:
    target = f"10.99.{number}.9" if version == 4 else f"fd99:0:0:{number}::9"
    path = [[address] for address in dead_ends.chain(version)[: 2 if end == "silent" else number]]

    run = hopscope(dead_ends.nodes["h"], "trace", target, *QUICK)

    assert (run.status, run.document["end"]) == (1, end)
    assert [found for found in addresses(run) if found] == path


@VERSIONS
@pytest.mark.parametrize("method", ["udp", "tcp"])
def test_several_flows_find_both_ways_of_the_diamond(two_ways: Lab, version: int, method: str) -> None:
    host, target = two_ways.nodes["h"], two_ways.nodes["t"].address(version)

    run = hopscope(host, "trace", target, "--method", method, "--flows", "16", *QUICK)

    assert (run.status, [hop["sent"] for hop in run.document["hops"]]) == (0, [16] * 4)
    assert [hop["replied"] for hop in run.document["hops"]] == [16] * 4
    assert set(addresses(run)[1]) == {
        two_ways.nodes[way].address(version, two_ways.nodes["r1"]) for way in ("up", "down")
    }
    assert [addresses(run)[0], addresses(run)[3]] == [[two_ways.nodes["r1"].address(version)], [target]]
    assert {path[1] for path in run.document["paths"]} == set(addresses(run)[1])
    assert finding(run, "ecmp")["ttl"] == 2


@pytest.fixture(scope="module")
def narrow() -> Iterator[Lab]:
    """h - r1 - r2 - t, where the last wire carries 1,400 bytes."""
    lab = Lab()
    nodes = [lab.host("h"), lab.router("r1"), lab.router("r2"), lab.host("t")]
    for (first, second), mtu in zip(itertools.pairwise(nodes), (1500, 1500, 1400), strict=True):
        lab.link(first, second, mtu=mtu)
    with lab:
        yield lab


@VERSIONS
@METHODS
def test_the_path_mtu_is_named_confirmed_and_shown(narrow: Lab, version: int, method: str) -> None:
    host, target = narrow.nodes["h"], narrow.nodes["t"].address(version)

    for _ in range(2):  # once more with what the kernel has learned
        run = hopscope(host, "trace", target, "--mtu", "--method", method, *QUICK)

        assert (run.status, run.document["path_mtu"]) == (0, 1400)
        assert [hop["responders"][0]["mtu"] for hop in run.document["hops"]] == [None, 1400, None]
        assert [hop["sent"] for hop in run.document["hops"]] == [1, 1, 1]
        assert finding(run, "mtu")["ttl"] == 2


@VERSIONS
@pytest.mark.parametrize("method", ["icmp", "udp"])
def test_nobody_finds_the_path_mtu_too(narrow: Lab, as_nobody: tuple[str, ...], version: int, method: str) -> None:
    host, target = narrow.nodes["h"], narrow.nodes["t"].address(version)

    for _ in range(2):
        run = hopscope(host, "trace", target, "--mtu", "--method", method, *QUICK, program=as_nobody)

        assert (run.document["link"], run.document["path_mtu"]) == ("dgram", 1400)
        assert finding(run, "mtu")["ttl"] == 2


@VERSIONS
def test_a_black_hole_is_found_and_told(narrow: Lab, version: int) -> None:
    host, target, router = narrow.nodes["h"], narrow.nodes["t"].address(version), narrow.nodes["r2"]
    silence = "icmp type destination-unreachable icmp code frag-needed drop\nicmpv6 type packet-too-big drop"

    with router.rules(silence, hook="output"):
        run = hopscope(host, "trace", target, "--mtu", *QUICK)

    assert (run.status, run.document["path_mtu"]) == (0, 1400)
    assert "1401 bytes vanish" in finding(run, "mtu-black-hole")["text"]


def test_a_packet_too_big_names_the_mtu_behind_the_hop(narrow: Lab) -> None:
    host, target = narrow.nodes["h"], narrow.nodes["t"].address(6)

    run = hopscope(host, "trace", target, "-s", "1440", *QUICK)

    told = [one for hop in run.document["hops"] for one in hop["responders"] if one["mtu"] is not None]
    assert {(one["address"], one["mtu"]) for one in told} == {(narrow.chain(6)[1], 1400)}
    assert not run.document["reached"]
    assert finding(run, "mtu")
