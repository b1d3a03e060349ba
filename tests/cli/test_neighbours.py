"""`hopscope neighbours` and `hopscope mrinfo` over the simulated LAN, as a user runs them."""

import json

import pytest

from app.engine.neighbourhood.facts import RoleKind
from app.report.neighbours import Heard, neighbours_document, neighbours_text
from tests.cli.program import hopscope
from tests.cli.schema import MRINFO, MTRACE, NEIGHBOURS, ROLE_FACTS, faults
from tests.engine.neighbourhood.packets import (
    OTHER_MAC,
    SECOND,
    advertisement,
    frame,
    heard,
    hello,
    machine,
    prefix,
    report,
)

SIMULATED = ("--simulate", "--seed", "7")


def test_the_document_is_as_promised() -> None:
    ended = hopscope("neighbours", *SIMULATED, "-t", "40", "--json")

    (document,) = (json.loads(line) for line in ended.stdout.splitlines())
    assert (ended.returncode, ended.stderr) == (0, "")
    assert faults(document, NEIGHBOURS) == []
    roles = [role for neighbour in document["neighbours"] for role in neighbour["roles"]]
    for role in roles:
        assert faults(role["facts"], ROLE_FACTS.get(role["kind"], {}), role["kind"]) == []
    assert {role["kind"] for role in roles} >= {"router-advertisement", "ospf", "ospf6", "vrrp", "pim", "igmp-querier"}
    assert (document["link"], document["asked"]) == ("simulated", 0)
    assert document["ended_at"] - document["started_at"] == 40 * SECOND


def test_pim_of_both_families_is_told_apart() -> None:
    ended = hopscope("neighbours", *SIMULATED, "-t", "40", "--json")

    gateway = next(each for each in json.loads(ended.stdout)["neighbours"] if each["gateway"])
    assert [role["instance"] for role in gateway["roles"] if role["kind"] == "pim"] in ([None, "IPv6"], ["IPv6", None])


def test_the_same_seed_gives_the_same_bytes() -> None:
    first, second = (hopscope("neighbours", *SIMULATED, "-t", "20", "--json") for _ in range(2))

    assert first.stdout == second.stdout


def test_every_kind_of_role_has_its_promise() -> None:
    assert set(ROLE_FACTS) | {"pim-bootstrap"} == {kind.value for kind in RoleKind}


def test_asking_is_counted_and_answered() -> None:
    ended = hopscope("neighbours", *SIMULATED, "-t", "2", "--solicit", "--json")

    document = json.loads(ended.stdout)
    kinds = {role["kind"] for neighbour in document["neighbours"] for role in neighbour["roles"]}
    assert document["asked"] >= 2
    assert kinds >= {"router-advertisement", "router-discovery"}


def test_the_text_names_links_neighbours_and_findings() -> None:
    ended = hopscope("neighbours", *SIMULATED, "-t", "40")

    lines = ended.stdout.splitlines()
    assert ended.returncode == 0
    assert lines[0].startswith("sim0 10.0.0.2/24")
    assert any(line.lstrip().startswith("RA ") for line in lines)
    assert any("! ospf-mismatch: " in line for line in lines)
    assert all(line.isprintable() for line in lines)


def test_mrinfo_tells_interfaces_and_neighbours() -> None:
    ended = hopscope("mrinfo", "10.0.0.1", *SIMULATED, "--json")

    document = json.loads(ended.stdout)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert faults(document, MRINFO) == []
    assert document["router"] == "10.0.0.1"
    assert document["interfaces"][0]["neighbours"]


def test_mrinfo_says_that_nobody_answers() -> None:
    ended = hopscope("mrinfo", "10.0.0.9", *SIMULATED)

    assert (ended.returncode, ended.stdout) == (1, "10.0.0.9 does not answer\n")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("neighbours", *SIMULATED, "-I", "nosuch0", "-t", "1"), "nosuch0"),
        (("mrinfo", *SIMULATED, "fe80::1"), "no IPv4 address of a router"),
        (("mrinfo", *SIMULATED, "224.0.0.1"), "no IPv4 address of a router"),
        (("mtrace", *SIMULATED, "10.0.0.1", "fe80::1"), "no IPv4 address of a source"),
        (("mtrace", *SIMULATED, "10.0.0.1", "10.0.0.9", "10.0.0.1"), "no IPv4 group"),
        (("mtrace", *SIMULATED, "10.0.0.1"), "hopscope mtrace ROUTER SOURCE"),
    ],
)
def test_what_cannot_be_run_is_said_in_a_sentence(arguments: tuple[str, ...], sentence: str) -> None:
    ended = hopscope(*arguments)

    assert (ended.returncode, ended.stdout) == (2, "")
    assert sentence in ended.stderr
    assert ended.stderr.count("\n") == 1


def test_who_has_expired_is_left_out_of_the_document_and_who_said_goodbye_is_not() -> None:
    made = machine()
    made.receive(heard(frame(hello(dead=4))))
    made.receive(heard(frame(advertisement("fe80::3"), OTHER_MAC)))
    made.receive(heard(frame(advertisement("fe80::3", lifetime=0), OTHER_MAC), SECOND))
    made.expire(5 * SECOND)
    document = neighbours_document(made.snapshot(5 * SECOND), Heard("packet"), 5 * SECOND)

    (neighbour,) = json.loads(json.dumps(document))["neighbours"]
    assert neighbour["mac"] == OTHER_MAC
    assert [(role["kind"], role["goodbye"]) for role in neighbour["roles"]] == [("router-advertisement", True)]


def test_facts_stand_in_the_order_of_the_promise() -> None:
    made = machine()
    made.receive(heard(frame(advertisement(options=[prefix("fd00::")]))))
    document = json.loads(json.dumps(neighbours_document(made.snapshot(0), Heard("packet"), 0)))

    facts = document["neighbours"][0]["roles"][0]["facts"]
    assert list(facts) == list(ROLE_FACTS["router-advertisement"])
    assert facts["prefixes"] == [
        {"prefix": "fd00::/64", "on_link": True, "autonomous": True, "valid_s": 86400, "preferred_s": 14400}
    ]


def test_text_of_hostile_neighbours_holds_no_control_character() -> None:
    names = "1f02000000000e10051b5b316d410000"
    made = machine()
    made.receive(heard(frame(advertisement(hop_limit=1, options=[names]))))
    made.receive(heard(frame(report("10.0.0.9", "239.7.7.7"))))

    lines = list(neighbours_text(made.snapshot(0), Heard("packet", 3, 4)))

    assert all(line.isprintable() for line in lines)
    assert "  group 239.7.7.7: 10.0.0.9" in lines
    heard_in_all = "heard 2 packets that said something, asked 0"
    assert f"{heard_in_all}, 3 packets dropped by the kernel, 4 came too late to be read" in lines
    assert any(line.startswith("  ! rogue-router: ") for line in lines)


def test_mtrace_tells_the_way_router_by_router() -> None:
    ended = hopscope("mtrace", "10.0.0.1", "198.51.100.7", "239.7.7.7", *SIMULATED, "--json")

    document = json.loads(ended.stdout)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert faults(document, MTRACE) == []
    assert (document["router"], document["source"], document["group"]) == ("10.0.0.1", "198.51.100.7", "239.7.7.7")
    assert [hop["code"] for hop in document["routers"]] == ["no error"]


def test_mtrace_in_words() -> None:
    ended = hopscope("mtrace", "10.0.0.1", "198.51.100.7", *SIMULATED)

    assert ended.stdout.startswith("198.51.100.7 to 10.0.0.2, any group: the way back\n  -1  10.0.0.1 <- ")
