"""Lies by the thousand: no number moves, whatever a stranger sends who knows all but the secret."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.lab.program import ENVIRONMENT, hopscope
from tests.lab.topology import Lab, Node

RATE = 3000


@contextmanager
def under_attack(router: Node, *, seconds: float) -> Iterator[None]:
    """Have the next hop lie while the block runs, and see afterwards that it did."""
    words = router.command(sys.executable, "-m", "tests.lab.hostile", "to-h", str(seconds), str(RATE))
    attacker = subprocess.Popen(words, stdout=subprocess.PIPE, text=True, env=ENVIRONMENT)
    try:
        yield
        said = json.loads(attacker.communicate(timeout=seconds + 10)[0])
    finally:
        attacker.kill()
    assert said["overheard"] > 0
    assert said["sent"] > RATE / 2
    assert len(said["kinds"]) == 7


@pytest.mark.parametrize("version", [4, 6])
def test_a_ping_under_attack_counts_its_own_replies_only(six_hops: Lab, version: int) -> None:
    host, target = six_hops.nodes["h"], six_hops.nodes["t"].address(version)

    with under_attack(six_hops.nodes["r1"], seconds=3):
        run = hopscope(host, "ping", target, "-c", "40", "-i", "0.05", "--json")

    (row,) = run.document["targets"]
    assert (row["sent"], row["replied"], row["lost"], row["failed"]) == (40, 40, 0, 0)
    assert (row["late"], row["duplicates"], row["errors"]) == (0, 0, [])


@pytest.mark.parametrize("version", [4, 6])
def test_the_lies_fail_no_send_of_nobodys_sockets(six_hops: Lab, as_nobody: tuple[str, ...], version: int) -> None:
    host, target = six_hops.nodes["h"], six_hops.nodes["t"].address(version)

    with under_attack(six_hops.nodes["r1"], seconds=3):
        run = hopscope(host, "ping", target, "-c", "40", "-i", "0.05", "--json", program=as_nobody)

    (row,) = run.document["targets"]
    assert (row["sent"], row["replied"], row["lost"], row["failed"]) == (40, 40, 0, 0)
    assert row["errors"] == []


@pytest.mark.parametrize("version", [4, 6])
@pytest.mark.parametrize("method", ["icmp", "udp", "tcp"])
def test_a_trace_under_attack_shows_its_own_path_only(six_hops: Lab, version: int, method: str) -> None:
    host, target = six_hops.nodes["h"], six_hops.nodes["t"].address(version)

    with under_attack(six_hops.nodes["r1"], seconds=2):
        run = hopscope(host, "trace", target, "--method", method, "-c", "10", "-i", "0.1", "-W", "0.5", "--json")

    found = [[responder["address"] for responder in hop["responders"]] for hop in run.document["hops"]]
    assert found == [[address] for address in six_hops.chain(version)]
    assert {hop["lost"] for hop in run.document["hops"]} == {0}
    assert run.document["end"] == "reached"
