"""Modes on the command line: what they mean, what contradicts them, who may have them, and what they print."""

from dataclasses import replace
from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.arguments import Request, read_arguments
from app.argumenttypes import UsageError
from app.config import MOST_SIZES, ConfigError, Course, sweep
from app.engine.command import Target
from app.engine.pacing.making import Mode
from app.permission import crowds_among, permitted
from tests.cli.program import documents, hopscope

MS = 1_000_000
SECOND = 1_000 * MS


def request(line: str) -> Request:
    return read_arguments(line.split())


def test_every_mode_reaches_the_course() -> None:
    assert request("ping a -A -l 3 --sweep 10-30:10 -w 2.5").course == Course(
        Mode.ADAPTIVE, preload=3, sizes=(10, 20, 30), deadline=2_500 * MS
    )
    assert request("a -f").course == Course(Mode.FLOOD, is_flood=True)
    assert request("a").course == Course()


def test_a_flood_with_an_interval_keeps_it() -> None:
    asked = request("ping a -f -i 0.01")
    assert (asked.course.mode, asked.course.is_flood, asked.config.interval) == (Mode.TIMED, True, 10 * MS)


def test_budget_and_back_off_are_choices_that_a_file_may_make() -> None:
    assert (request("ping a").config.rate, request("ping a").config.backoff) == (None, 1.0)
    config = request("ping a --rate 500 --backoff 1.5").config
    assert (config.rate, config.backoff) == (500, 1.5)


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("ping a -A -f", "-A and -f contradict each other: an adaptive ping waits for answers, a flood does not"),
        ("-f", "-f is for hosts that you name, and not for what this machine depends on"),
        ("ping a -s 100 --sweep 1-2", "-s and --sweep contradict each other: give one of them"),
        ("ping a -A --backoff 2", "-A asks no sooner than answers come: --backoff is for probes by the clock"),
        ("ping a -l 0", "-l/--preload: 0 is not between 1 and 65536"),
        ("ping a -w 0", "-w/--deadline: 0 s is too short: 0.000001 s is the least"),
        ("ping a --rate 0", "--rate: 0 is not between 1 and 1000000"),
        ("ping a --backoff 0.5", "--backoff: 0.5 is not between 1 and 100"),
        ("ping a --backoff nan", "--backoff: nan is not between 1 and 100"),
        ("ping a --sweep 64", "--sweep: '64' is no range of sizes such as 64-1472 or 64-1472:16"),
        ("ping a --sweep 9-5", "--sweep: 9-5 does not go up to at most 65507 bytes"),
        ("ping a --sweep 5-9:0", "--sweep: 5-9:0 never gets further: its step is 0"),
        ("ping a --sweep 0-9999:1", "--sweep: 0-9999:1 has 10000 sizes: 2048 are the most, take longer steps"),
    ],
)
def test_what_cannot_be_is_told_in_one_sentence(line: str, sentence: str) -> None:
    with pytest.raises(UsageError) as caught:
        request(line)
    assert str(caught.value) == sentence


@given(st.integers(0, 70_000), st.integers(0, 70_000), st.integers(0, 5_000))
def test_a_sweep_has_its_ends_and_no_size_twice(first: int, last: int, step: int) -> None:
    try:
        sizes = sweep(f"{first}-{last}:{step}")
    except ConfigError:
        return
    assert (sizes[0], sizes[-1]) == (first, last)
    assert list(sizes) == sorted(set(sizes))
    assert len(sizes) <= MOST_SIZES


def test_root_may_have_it_faster_than_everybody() -> None:
    asked = request("ping a -A")
    assert permitted(asked, is_root=True).course.gap == 0
    assert permitted(asked, is_root=False).course.gap == 2 * MS
    assert permitted(replace(asked, simulate=""), is_root=False).course.gap == 0


@pytest.mark.parametrize("line", ["ping a -f", "ping a -l 4"])
def test_what_floods_is_for_root_alone(line: str) -> None:
    with pytest.raises(UsageError, match="is for root alone"):
        permitted(request(line), is_root=False)
    assert permitted(request(line), is_root=True)


@pytest.mark.parametrize("line", ["ping a -f -i 0.002", "ping a -l 3", "ping a -A"])
def test_what_does_not_flood_is_for_everybody(line: str) -> None:
    assert permitted(request(line), is_root=False)


def test_a_crowd_is_not_asked_as_fast_as_it_answers() -> None:
    targets = [
        Target(host, host, ip_address(host)) for host in ("192.0.2.1", "224.0.0.1", "ff02::1", "255.255.255.255")
    ]

    assert list(crowds_among(targets, Mode.FLOOD)) == ["224.0.0.1", "ff02::1", "255.255.255.255"]
    assert crowds_among(targets[1:2], Mode.ADAPTIVE) == {
        "224.0.0.1": "224.0.0.1 is a multicast group: -A is for single hosts"
    }
    assert crowds_among(targets, Mode.TIMED) == {}


def test_an_adaptive_ping_ends_as_soon_as_its_answers_have_come() -> None:
    [document] = documents(
        hopscope("ping", "--simulate", "--seed", "1", "-A", "-c", "50", "--json", "far.example").stdout
    )
    [row] = document["targets"]

    assert row["sent"] == 50
    assert document["ended_at"] - document["started_at"] < 50 * SECOND  # which is what the clock alone would take


def test_a_sweep_tells_of_every_size_in_text_and_json() -> None:
    common = ("ping", "--simulate", "--seed", "1", "--sweep", "0-1400:700", "-c", "7", "-i", "0.002", "gateway.example")
    said = hopscope(*common).stdout.splitlines()
    [document] = documents(hopscope(*common, "--json").stdout)

    assert said[0] == "PING gateway.example (10.0.0.1): 0 to 1400 bytes of payload"
    assert [line.split()[:3] for line in said[-3:]] == [["0", "3", "3"], ["700", "2", "2"], ["1400", "2", "2"]]
    [row] = document["targets"]
    assert [(size["size"], size["sent"]) for size in row["sweep"]] == [(0, 3), (700, 2), (1_400, 2)]
    assert sum(size["replied"] for size in row["sweep"]) == row["replied"]


@pytest.mark.parametrize(("count", "status"), [("2", 0), ("9", 1)])
def test_with_a_deadline_status_0_takes_all_answers(count: str, status: int) -> None:
    ended = hopscope("ping", "--simulate", "-i", "0.5", "-w", "1.8", "-c", count, "--json", "gateway.example")

    assert ended.returncode == status


def test_a_stretched_interval_is_told() -> None:
    ended = hopscope("ping", "--simulate", "--rate", "1", "-w", "3", "--json", "gateway.example", "resolver.example")

    [document] = documents(ended.stdout)
    assert ended.stderr == "hopscope: 2 addresses, a probe a second: each is asked every 2.00 s; --rate changes that\n"
    assert [(row["interval_ns"], row["sent"]) for row in document["targets"]] == [(2 * SECOND, 2), (2 * SECOND, 1)]


def test_a_flood_prints_what_its_answers_do_not_take_back() -> None:
    ended = hopscope("ping", "--simulate", "--seed", "3", "-f", "-c", "30", "lossy.example")

    dots = ended.stdout.splitlines()[1]
    lost = 30 - int(ended.stdout.split(" received")[0].split()[-1])
    assert dots.count(".") - dots.count("\b \b") == lost > 0
    assert "icmp_seq" not in ended.stdout
