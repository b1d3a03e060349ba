"""`hopscope ping` in real networks: its numbers held against what was done to the packets, and against ping."""

import signal
import subprocess
from pathlib import Path

import pytest

from tests.lab.peers import ping_errors, ping_reply_ttl
from tests.lab.program import Running, hopscope
from tests.lab.rejections import REJECTIONS, Rejection
from tests.lab.topology import Lab
from tests.privileges import require_programs

QUICK = ("-i", "0.02", "-W", "0.3", "--json")


@pytest.mark.parametrize("version", [4, 6])
def test_every_reply_of_a_clean_path_is_counted_and_timed_by_the_kernel(six_hops: Lab, version: int) -> None:
    host, target = six_hops.nodes["h"], six_hops.nodes["t"].address(version)

    run = hopscope(host, "ping", target, "-c", "10", *QUICK)

    (row,) = run.document["targets"]
    assert (run.status, run.document["link"]) == (0, "raw")
    assert (row["host"], row["address"]) == (target, target)
    assert (row["sent"], row["replied"], row["loss"], row["duplicates"], row["late"]) == (10, 10, 0.0, 0, 0)
    assert row["errors"] == []
    assert row["clock"] == {"sent": "kernel", "received": "kernel"}
    rtt = row["rtt_ns"]
    assert 1_000 < rtt["min"] <= rtt["median"] <= rtt["p95"] <= rtt["max"] < 300_000_000
    assert rtt["min"] <= rtt["mean"] <= rtt["max"]
    assert run.document["started_at"] < run.document["ended_at"]


@pytest.mark.parametrize("version", [4, 6])
def test_the_ttl_of_a_reply_is_what_ping_reads(six_hops: Lab, version: int) -> None:
    host, target = six_hops.nodes["h"], six_hops.nodes["t"].address(version)

    run = hopscope(host, "ping", target, "-c", "2", "-i", "0.02", "--jsonl")

    replies = [event for event in run.events if event["event"] == "reply"]
    assert [event["reply_ttl"] for event in replies] == [ping_reply_ttl(host, target)] * 2
    assert [event["clock"] for event in replies] != []


@pytest.mark.parametrize("version", [4, 6])
def test_every_third_packet_dropped_is_a_third_lost(six_hops: Lab, version: int) -> None:
    host, target = six_hops.nodes["h"], six_hops.nodes["t"].address(version)

    with six_hops.nodes["r4"].rules('oifname "to-r5" numgen inc mod 3 == 0 drop'):
        run = hopscope(host, "ping", target, "-c", "30", *QUICK)

    (row,) = run.document["targets"]
    assert (row["sent"], row["replied"], row["lost"], row["loss"]) == (30, 20, 10, pytest.approx(1 / 3))


def test_random_loss_is_what_the_router_says_it_dropped(six_hops: Lab) -> None:
    host, target, router = six_hops.nodes["h"], six_hops.nodes["t"].address(), six_hops.nodes["r2"]

    with router.rules('oifname "to-r3" numgen random mod 100 < 30 counter drop'):
        run = hopscope(host, "ping", target, "-c", "50", *QUICK)
        dropped = router.counter("numgen random")

    (row,) = run.document["targets"]
    assert row["lost"] == dropped
    assert 0 < dropped < 50


def test_duplicates_are_counted_beside_the_replies(six_hops: Lab) -> None:
    host, target = six_hops.nodes["h"], six_hops.nodes["t"].address()
    router = six_hops.nodes["r1"]
    twice = f'iifname "to-h" dup to {six_hops.nodes["r2"].address(4, router)} device "to-r2"'

    with router.rules(twice, hook="prerouting", priority="mangle", family="ip"):
        run = hopscope(host, "ping", target, "-c", "5", *QUICK)

    (row,) = run.document["targets"]
    assert (row["replied"], row["lost"], row["duplicates"]) == (5, 0, 5)


@pytest.mark.parametrize("rejection", REJECTIONS, ids=str)
def test_a_rejected_echo_is_lost_and_its_error_told(six_hops: Lab, rejection: Rejection) -> None:
    host, target, router = six_hops.nodes["h"], six_hops.nodes["t"].address(rejection.version), six_hops.nodes["r3"]
    firewall = router.address(rejection.version, six_hops.nodes["r2"])

    with router.rules(rejection.rule):
        run = hopscope(host, "ping", target, "-c", "3", *QUICK)
        assert set(ping_errors(host, target)) == {firewall}

    (row,) = run.document["targets"]
    (error,) = row["errors"]
    assert (run.status, row["replied"], row["lost"]) == (1, 0, 3)
    assert (error["from"], error["type"], error["code"]) == (firewall, rejection.type, rejection.code)
    assert error["count"] == 3
    assert error["text"]


@pytest.mark.parametrize("version", [4, 6])
def test_a_hop_that_time_exceeds_is_named(six_hops: Lab, version: int) -> None:
    host, target = six_hops.nodes["h"], six_hops.nodes["t"].address(version)

    run = hopscope(host, "ping", target, "-c", "2", "-t", "2", *QUICK)

    (error,) = run.document["targets"][0]["errors"]
    assert (error["from"], error["type"]) == (six_hops.chain(version)[1], 11 if version == 4 else 3)


@pytest.mark.parametrize(("version", "rule"), [(4, "icmp type echo-request"), (6, "icmpv6 type echo-request")])
def test_the_first_router_sees_as_many_packets_as_were_sent(six_hops: Lab, version: int, rule: str) -> None:
    host, target, router = six_hops.nodes["h"], six_hops.nodes["t"].address(version), six_hops.nodes["r1"]
    wanted = f"{rule} ip{'6' if version == 6 else ''} dscp ef meta length {128 if version == 4 else 148}"

    with router.rules(f"{wanted} counter", hook="prerouting"):
        run = hopscope(host, "ping", target, "-c", "7", "-s", "100", "-Q", "46", *QUICK)
        seen = router.counter("dscp ef")

    assert run.document["targets"][0]["sent"] == seen == 7


@pytest.mark.parametrize("version", [4, 6])
def test_what_our_own_firewall_drops_was_not_sent(six_hops: Lab, version: int) -> None:
    host, target = six_hops.nodes["h"], six_hops.nodes["t"].address(version)

    with host.rules("icmp type echo-request drop\nicmpv6 type echo-request drop", hook="output"):
        run = hopscope(host, "ping", target, "-c", "3", "-i", "0.02", "-W", "0.3", "--jsonl")

    (row,) = run.document["targets"]
    assert (run.status, row["sent"], row["failed"], row["lost"]) == (1, 3, 3, 0)
    assert all(event["text"] for event in run.events if event["event"] == "failed")


@pytest.mark.parametrize("target", ["192.0.2.1", "2001:db8::1"])
def test_without_a_route_one_sentence_says_so(six_hops: Lab, target: str) -> None:
    run = hopscope(six_hops.nodes["h"], "ping", target, "-c", "2", *QUICK)

    assert run.status == 2
    assert target in run.stderr
    assert run.stderr.count("\n") == 1


@pytest.mark.parametrize(("version", "target"), [(4, "192.0.2.1"), (6, "2001:db8::1")])
def test_a_target_without_a_route_stands_in_nobodys_way(six_hops: Lab, version: int, target: str) -> None:
    host, known = six_hops.nodes["h"], six_hops.nodes["t"].address(version)

    run = hopscope(host, "ping", target, known, "-c", "2", *QUICK)

    lost, answered = run.document["targets"]
    assert (run.status, answered["replied"]) == (0, 2)
    assert (lost["address"], lost["sent"], lost["failed"], lost["loss"]) == (target, 2, 2, None)


def test_a_saved_ping_is_read_by_tshark(six_hops: Lab, tmp_path: Path) -> None:
    require_programs("tshark")
    host, target, file = six_hops.nodes["h"], six_hops.nodes["t"].address(6), tmp_path / "ping.pcapng"

    run = hopscope(host, "ping", target, "-c", "3", "--save", str(file), *QUICK)

    fields = ("-T", "fields", "-e", "icmpv6.type", "-e", "icmpv6.checksum.status", "-e", "ipv6.hlim")
    said = subprocess.run(["tshark", "-r", str(file), *fields], capture_output=True, text=True, check=True).stdout
    assert run.document["targets"][0]["replied"] == 3
    assert sorted(said.splitlines()) == ["128\t1\t64"] * 3 + ["129\t1\t59"] * 3


def test_several_targets_each_have_their_own_numbers(six_hops: Lab) -> None:
    host, names = six_hops.nodes["h"], ["r1.lab", "r4.lab", "t.lab"]

    with six_hops.nodes["r4"].rules('oifname "to-r5" drop'):
        run = hopscope(host, "ping", "-4", *names, "-c", "4", *QUICK)

    assert [(row["host"], row["replied"]) for row in run.document["targets"]] == list(
        zip(names, [4, 4, 0], strict=True)
    )
    assert run.status == 0


@pytest.mark.parametrize("version", [4, 6])
def test_an_interface_that_goes_down_fails_probes_and_recovers_by_itself(six_hops: Lab, version: int) -> None:
    host, target = six_hops.nodes["h"], six_hops.nodes["t"].address(version)

    running = Running(host, "ping", target, "-c", "200", "-i", "0.05", "-W", "0.5", "--jsonl")
    running.until("reply")
    host.ip("link set to-r1 down")
    failure = running.until("failed")
    running.until("failed")
    host.reconnect()
    running.until("reply")
    run = running.end(signal.SIGINT)

    row = run.document["targets"][0]
    assert run.status == 130
    assert row["failed"] > 0
    assert row["replied"] == sum(event["event"] == "reply" for event in run.events)
    reasons = {event["text"] for event in run.events if event["event"] == "failed"}
    assert reasons == {failure["text"]} == {"no route to it"}


@pytest.mark.parametrize("version", [4, 6])
def test_every_hop_that_could_not_be_asked_says_why(six_hops: Lab, version: int) -> None:
    host, target = six_hops.nodes["h"], six_hops.nodes["t"].address(version)

    running = Running(host, "trace", target, "-c", "60", "-i", "0.1", "-W", "0.5", "--jsonl")
    for _ in range(12):  # two rounds: every hop is known
        running.until("reply")
    host.ip("link set to-r1 down")
    for _ in range(12):
        running.until("failed")
    host.reconnect()
    run = running.end(signal.SIGINT)

    assert {event["text"] for event in run.events if event["event"] == "failed"} == {"no route to it"}
    assert all(hop["failed"] for hop in run.document["hops"])
