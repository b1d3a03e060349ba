"""hopscope as nobody: datagram sockets where the kernel allows them, else a sentence that says how to be allowed."""

import signal

import pytest

from tests.lab.program import Running, hopscope
from tests.lab.topology import Lab

VERSIONS = pytest.mark.parametrize("version", [4, 6])


@VERSIONS
def test_nobody_pings_by_datagram_sockets(six_hops: Lab, as_nobody: tuple[str, ...], version: int) -> None:
    host, target = six_hops.nodes["h"], six_hops.nodes["t"].address(version)

    run = hopscope(host, "ping", target, "-c", "5", "-i", "0.02", "--json", program=as_nobody)

    (row,) = run.document["targets"]
    assert (run.status, run.document["link"]) == (0, "dgram")
    assert (row["sent"], row["replied"], row["duplicates"]) == (5, 5, 0)
    assert row["clock"]["received"] == "kernel"


@VERSIONS
@pytest.mark.parametrize("method", ["icmp", "udp"])
def test_nobody_traces_by_the_error_queue(six_hops: Lab, as_nobody: tuple[str, ...], version: int, method: str) -> None:
    host, target = six_hops.nodes["h"], six_hops.nodes["t"].address(version)

    run = hopscope(host, "trace", target, "--method", method, "-W", "0.5", "--json", program=as_nobody)

    found = [[responder["address"] for responder in hop["responders"]] for hop in run.document["hops"]]
    assert (run.status, run.document["link"], run.document["end"]) == (0, "dgram", "reached")
    assert found == [[address] for address in six_hops.chain(version)]


@VERSIONS
def test_nobody_is_told_of_a_prohibiting_hop(six_hops: Lab, as_nobody: tuple[str, ...], version: int) -> None:
    host, target, router = six_hops.nodes["h"], six_hops.nodes["t"].address(version), six_hops.nodes["r3"]

    with router.rules(f"reject with icmp{'v6' if version == 6 else ''} type admin-prohibited"):
        run = hopscope(host, "ping", target, "-c", "2", "-i", "0.02", "-W", "0.5", "--json", program=as_nobody)

    (error,) = run.document["targets"][0]["errors"]
    assert (run.status, error["from"]) == (1, six_hops.chain(version)[2])
    assert (error["type"], error["code"]) == ((3, 13) if version == 4 else (1, 1))


def test_nobody_cannot_send_syns(six_hops: Lab, as_nobody: tuple[str, ...]) -> None:
    run = hopscope(
        six_hops.nodes["h"], "trace", six_hops.nodes["t"].address(), "--method", "tcp", "--json", program=as_nobody
    )

    assert run.status == 2
    assert "tcp" in run.stderr.lower()


@pytest.mark.parametrize("command", ["ping", "trace"])
def test_without_any_socket_one_sentence_names_what_would_allow_them(
    six_hops: Lab, as_nobody: tuple[str, ...], command: str
) -> None:
    host, target = six_hops.nodes["h"], six_hops.nodes["t"].address()

    with host.setting("net.ipv4.ping_group_range", "1 0"):
        run = hopscope(host, command, target, "-c", "1", "--json", program=as_nobody)

    assert run.status == 2
    for word in ("sudo", "setcap", "ping_group_range", "--simulate"):
        assert word in run.stderr
    assert run.stderr.count("\n") <= 5


def test_root_gives_its_privileges_up_before_it_measures(six_hops: Lab) -> None:
    host, target = six_hops.nodes["h"], six_hops.nodes["t"].address()

    running = Running(host, "ping", target, "-c", "100", "-i", "0.05", "--jsonl")
    running.until("reply")
    status = running.status()
    running.end(signal.SIGTERM)

    assert {status[name] for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")} == {"0" * 16}
    assert status["NoNewPrivs"] == "1"
