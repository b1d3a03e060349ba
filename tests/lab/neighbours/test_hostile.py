"""What is thrown at whoever listens: routers by the ten thousand, prefixes by the thousand, absurd lengths, escapes."""

import json
import os
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

import pytest

from tests.lab.daemons import Yard
from tests.lab.lan import Host, Lans
from tests.lab.neighbours.page import until_listening
from tests.lab.neighbours.village import speak
from tests.lab.program import ENVIRONMENT, PROGRAM, ROOT

ROUTERS, PREFIXES, GROUPS = 10_000, 4_400, 10_000


@dataclass(frozen=True)
class Attacked:
    """What came of a run under attack: what it printed, and the most memory that it held, in MiB."""

    attacker: Host
    honest: Host
    status: int
    stdout: str
    stderr: str
    mebibytes: float

    @property
    def document(self) -> Any:
        """The printed JSON."""
        return json.loads(self.stdout)


@pytest.fixture(scope="module")
def attacked(machine: None) -> Iterator[Attacked]:
    lans = Lans()
    lan = lans.lan("hostile")
    watcher, attacker, honest = (lans.plug(name, lan) for name in ("watcher", "attacker", "honest"))
    with (
        lans,
        _sheltered(watcher),
        _sheltered(honest),
        Yard() as yard,
        tempfile.TemporaryFile("w+") as stdout,
        tempfile.TemporaryFile("w+") as stderr,
    ):
        speak(yard, honest, "discovery", "0.2", "900", f"{honest.address()}=1")
        running = subprocess.Popen(
            watcher.command(*PROGRAM, "neighbours", "-t", "5", "--json"),
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=stderr,
            env=ENVIRONMENT,
            cwd=ROOT,
        )
        until_listening(watcher)
        time.sleep(0.5)  # the honest one was there before
        name = r"\x1b[2J\x1b]0;owned\x07\x9b31m\x00end"
        for words in (
            ("updates", lan.address(66)),
            ("prefixes", lan.link_local(66), str(PREFIXES)),
            ("lldp", "a" * 200, "b" * 200, name, "120"),
            ("routers", str(ROUTERS)),
            ("crowd", lan.address(66), str(GROUPS)),
        ):
            speak(yard, attacker, *words)
        _, status, usage = os.wait4(running.pid, 0)
        running.returncode = os.waitstatus_to_exitcode(status)
        stdout.seek(0)
        stderr.seek(0)
        memory = usage.ru_maxrss / 1024
        yield Attacked(attacker, honest, running.returncode, stdout.read(), stderr.read(), memory)


def _sheltered(host: Host) -> AbstractContextManager[None]:
    """Keep the advertisements from a host's kernel, though not from who listens at the device.

    The table of IPv6 neighbours is one for all namespaces: a thousand entries, and others send no hellos any more.
    """
    return host.rules("icmpv6 type nd-router-advert drop", hook="prerouting", priority="-400")


def test_a_run_under_attack_ends_well(attacked: Attacked) -> None:
    assert attacked.status == 0
    assert "Traceback" not in attacked.stderr
    assert attacked.document["neighbours"]


def test_memory_is_bounded_under_attack(attacked: Attacked) -> None:
    assert attacked.mebibytes < 250


def test_what_there_is_no_room_for_is_counted(attacked: Attacked) -> None:
    document = attacked.document

    # How much of it was read in time depends on the machine.
    for name, most in (("neighbours", ROUTERS), ("groups", GROUPS), ("lsas", GROUPS)):
        assert 100 < len(document[name]) < most / 2
        assert document["omitted"][name] > 0
    assert sum((one["mac"] or "").startswith("06:") for one in document["neighbours"]) > 100


def test_routes_are_those_of_the_last_packet(attacked: Attacked) -> None:
    routes = [
        len(role["facts"]["routes"])
        for one in attacked.document["neighbours"]
        for role in one["roles"]
        if role["kind"] == "rip"
    ]
    assert routes == [25]


def test_thousands_of_prefixes_are_bounded(attacked: Attacked) -> None:
    lists = [
        len(role["facts"]["prefixes"])
        for one in attacked.document["neighbours"]
        for role in one["roles"]
        if role["kind"] == "router-advertisement"
    ]

    assert 0 < max(lists) <= 100


def test_the_honest_are_not_driven_out(attacked: Attacked) -> None:
    (honest,) = (one for one in attacked.document["neighbours"] if one["mac"] == attacked.honest.mac)

    assert [role["kind"] for role in honest["roles"]] == ["router-discovery"]


def test_nothing_that_is_printed_controls_a_terminal(attacked: Attacked) -> None:
    def texts(value: Any) -> Iterator[str]:
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict):
            for name, each in value.items():
                yield name
                yield from texts(each)
        elif isinstance(value, list):
            for each in value:
                yield from texts(each)

    assert [text for text in texts(attacked.document) if not text.isprintable()] == []
    assert [line for line in attacked.stdout.splitlines() if not line.isprintable()] == []


def test_absurd_link_states_leave_the_hello_beside_them(attacked: Attacked) -> None:
    roles = [
        role
        for one in attacked.document["neighbours"]
        for role in one["roles"]
        if role["kind"] == "ospf" and role["facts"]["router_id"] == "6.6.6.6"
    ]

    assert {(role["facts"]["hello_s"], role["facts"]["dead_s"]) for role in roles} == {(10, 40)}
