"""Hosts with an interval of their own, on the command line and in a file."""

from ipaddress import ip_address
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.engine.command import Target
from app.hostpace import Paced, paced, read_words, with_intervals
from app.targets import HostError
from tests.cli.program import documents, hopscope

MS = 1_000_000


@pytest.mark.parametrize(
    ("word", "host", "milliseconds"),
    [
        ("a.example@0.2", "a.example", 200),
        ("a.example@200ms", "a.example", 200),
        ("a.example@5s", "a.example", 5_000),
        ("192.0.2.0/30@5", "192.0.2.0/30", 5_000),
        ("2001:db8::1@.5", "2001:db8::1", 500),
        ("[2001:db8::1]:443@2", "[2001:db8::1]:443", 2_000),
        ("fe80::1%eth0@0.2", "fe80::1%eth0", 200),
        ("a.example 0.2", "a.example", 200),
        ("a.example\t200ms", "a.example", 200),
        ("https://user@a.example/ 0.2", "https://user@a.example/", 200),
    ],
)
def test_what_stands_behind_a_host_is_its_interval(word: str, host: str, milliseconds: int) -> None:
    assert paced(word) == Paced(host, milliseconds * MS)


@pytest.mark.parametrize(
    "word",
    [
        "a.example",
        "https://user@a.example",
        "https://1@192.0.2.1",
        "fe80::1%eth0.100@eth0",
        "@0.2",
        "a.example@",
        "a b 1",
    ],
)
def test_what_is_no_number_stays_a_part_of_the_host(word: str) -> None:
    assert paced(word) == Paced(word)


def test_an_interval_that_cannot_be_is_told_with_its_host() -> None:
    with pytest.raises(HostError, match=r"^a\.example@0\.001: 0\.001 s is too short: 0\.002 s is the least$"):
        paced("a.example@0.001")
    assert read_words(["a.example@0", "b"])[0] == [Paced("b")]


@given(st.text())
def test_no_word_whatever_raises_anything_else(word: str) -> None:
    read, wrong = read_words([word])
    assert len(read) + len(wrong) == 1


def test_every_target_of_a_word_has_its_interval_and_the_others_have_none() -> None:
    targets = [Target(host, host, ip_address(host)) for host in ("192.0.2.1", "192.0.2.2", "192.0.2.9")]

    found = with_intervals(targets, [Paced("192.0.2.0/30", 5 * MS), Paced("192.0.2.9"), Paced("no host", 7)])

    assert [target.interval for target in found] == [5 * MS, 5 * MS, None]


def test_a_file_of_hosts_says_how_often_each_is_asked(tmp_path: Path) -> None:
    file = tmp_path / "hosts"
    file.write_text("gateway.example 0.1  # the next hop\nresolver.example\n")

    run = hopscope("ping", "--simulate", "-F", str(file), "far.example@500ms", "-w", "2", "--json")

    [document] = documents(run.stdout)
    rows = {row["host"]: (row["interval_ns"], row["sent"]) for row in document["targets"]}
    assert rows == {
        "gateway.example": (100 * MS, 20),
        "resolver.example": (1_000 * MS, 2),
        "far.example": (500 * MS, 4),
    }
