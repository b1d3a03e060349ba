"""What `--mtu` and `--flows` print, over the simulated internet."""

import json
import re
from subprocess import CompletedProcess

import pytest

from tests.cli.program import hopscope


def trace(words: str) -> "CompletedProcess[str]":
    return hopscope("trace", "--simulate", "--seed", "7", *words.split())


@pytest.mark.parametrize("method", ["icmp", "udp", "tcp"])
def test_the_path_mtu_is_in_the_document(method: str) -> None:
    ended = trace(f"--mtu --method {method} --json narrow.example")

    document = json.loads(ended.stdout)
    told = {said["mtu"]: said["address"] for hop in document["hops"] for said in hop["responders"] if said["mtu"]}
    assert (ended.returncode, document["path_mtu"], told) == (0, 1400, {1400: "198.18.60.1"})
    assert [found["ttl"] for found in document["findings"] if found["kind"] == "mtu"] == [7]


def test_the_path_mtu_is_a_line_of_the_report() -> None:
    ended = trace("--mtu narrow.example")

    assert "path MTU 1400, named by 198.18.60.1 at hop 7" in ended.stdout.splitlines()


def test_without_a_search_there_is_no_path_mtu() -> None:
    ended = trace("--json narrow.example")

    assert json.loads(ended.stdout)["path_mtu"] is None


def test_the_routers_of_all_flows_are_in_the_document() -> None:
    ended = trace("--flows 8 --method udp --json ecmp.example")

    document = json.loads(ended.stdout)
    assert [len(hop["responders"]) for hop in document["hops"]] == [1] * 6 + [2, 1, 3, 1, 1]
    assert {hop["sent"] for hop in document["hops"]} == {8}
    assert [found["ttl"] for found in document["findings"] if found["kind"] == "ecmp"] == [7, 9]
    assert len(document["paths"]) > 3


def test_the_report_says_how_many_flows_there_were() -> None:
    ended = trace("--flows 4 ecmp.example")

    assert re.match(r"ecmp\.example \(.*\): icmp, 1 round, 4 flows, times in ms", ended.stdout)


@pytest.mark.parametrize("options", ["--mtu", "--flows 4", "--mtu --flows 3 -c 2"])
def test_events_and_document_agree(options: str) -> None:
    ended = trace(f"{options} --jsonl -i 0.2 -W 0.3 narrow.example")

    *events, document = map(json.loads, ended.stdout.splitlines())
    probes = [event for event in events if event["event"] == "sent" and event["ttl"] != 255]
    asked = sum(event["ttl"] <= len(document["hops"]) for event in probes)
    assert asked == sum(hop["sent"] for hop in document["hops"])
