"""Scenario files: what is wrong with one is told by file, key and reason, and what is right is read."""

import re
from pathlib import Path

import pytest

from app.net.link import LinkError
from app.net.simulated import toml
from app.net.simulated.network import open_simulation
from app.net.simulated.toml import ScenarioError
from tests.simulated.probing import addresses, echo, network

DOCUMENT = Path(__file__).parent.parent.parent / "docs" / "simulation.md"

GOOD = """
[here]
address = "10.0.0.2"
[routers.r]
address = "10.0.1.1"
[routers]
s = "10.0.2.1"
[hosts]
h = "10.0.9.9"
[[links]]
path = ["here", "r", "s", "h"]
"""


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("x = [", "is not TOML: "),
        ("", "here: is missing"),
        ('[here]\naddress = "10.0.0"', "here.address: '10.0.0' is no address"),
        ("[here]", "here.address: is missing"),
        ("here = 3", "here: must be a table"),
        ("sede = 3\n" + GOOD, "sede: no such key; did you mean 'seed'?"),
        ("seed = -1\n" + GOOD, "seed: -1 is no whole number from 0 to 9223372036854775808"),
        ('targets = ["h", "hh"]' + GOOD, "targets: there is no router or host 'hh'; did you mean 'h'?"),
        (GOOD + "[hosts.k]\naddress = '10.0.9.8'\nnat = {}", "hosts.k.nat: no such key"),
        (GOOD + 'delai = "2 ms"', "links.1.delai: no such key; did you mean 'delay'?"),
        (GOOD + "delay = 2", "links.1.delay: 2 is no duration; write one such as '2 ms' or '1.5 s'"),
        (GOOD + 'delay = ["1 ms", "2 ms"]', "links.1.delay: 2 values for 3 links"),
        (GOOD + 'loss = "180 %"', "links.1.loss: '180 %' is not between 0 % and 100 %"),
        (GOOD + "loss = true", "links.1.loss: True is no share; write one such as '18 %' or 0.18"),
        (GOOD + "down = 1", "links.1.down: 1 is neither true nor false"),
        (GOOD + "back.delya = 1", "links.1.back.delya: no such key; did you mean 'delay'?"),
        (GOOD + '[[links]]\npath = ["r", "h2"]', "links.2.path: there is no router or host 'h2'; did you mean 'h'?"),
        (GOOD + '[[links]]\npath = ["s", "r"]', "links.2.path: s and r are linked already"),
        (GOOD + '[[links]]\npath = "r"', "links.2.path: must name at least 2 nodes"),
        (GOOD + '[[events]]\nat = "1 s"\ndown = true', "events.1: must have one of 'node', 'link' and 'speaker'"),
        (GOOD + '[[events]]\nat = "1 s"\nnode = "h"', "events.1: changes nothing"),
        (GOOD + '[[events]]\nnode = "h"', "events.1.at: is missing"),
        (
            GOOD + '[[events]]\nat = "1 s"\nevery = "2 s"\nnode = "h"\ndown = true',
            "events.1.every: must be longer than 'for', which must be given",
        ),
        (
            GOOD + '[[events]]\nat = "1 s"\nlink = ["r", "h"]\ndown = true',
            "events.1.link: r and h are not linked",
        ),
        (
            GOOD + '[[tunnels]]\npath = ["r", "s", "h"]\nlabels = [16, 17, 18]',
            "tunnels.1.labels: 3 for 2 links",
        ),
        (
            GOOD + '[[tunnels]]\npath = ["r", "s", "h"]\nlabels = [3]',
            "tunnels.1.labels: 3 is no whole number from 16 to 1048575",
        ),
        (
            GOOD + '[[filters]]\nat = "r"\nanswer = "prohibit"',
            "filters.1.answer: 'prohibit' is none of ",
        ),
        (GOOD + '[[filters]]\nat = "h"', "filters.1.at: there is no router or host 'h'"),
        (GOOD + '[routers.t]\naddress = "10.0.9.9"', "h: 10.0.9.9 is the address of 't' already"),
        (GOOD + '[routers.h]\naddress = "10.0.3.1"', "hosts.h: is the name of another node"),
        (
            GOOD.replace('"10.0.1.1"', '"10.0.1.1"\nlimit = { rate = 0 }'),
            "routers.r.limit.rate: 0 is no number above zero",
        ),
        (GOOD.replace('"10.0.1.1"', '"10.0.1.1"\nroutes.h = "h"'), "routers.r.routes.h: there is no neighbour 'h'"),
        (
            GOOD.replace('"10.0.1.1"', '"10.0.1.1"\nnat = { inside = "her" }'),
            "routers.r.nat.inside: there is no neighbour 'her'; did you mean 'here'?",
        ),
    ],
)
def test_mistake_is_told_by_file_key_and_reason(tmp_path: Path, text: str, reason: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        network(tmp_path, text)
    assert str(caught.value).startswith(f"{tmp_path / 'test.toml'}: {reason}")
    assert "\n" not in str(caught.value)


def test_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match=r"nowhere\.toml: cannot be read: No such file or directory"):
        open_simulation(tmp_path / "nowhere.toml")
    (tmp_path / "latin.toml").write_bytes(b"title = '\xe9'")
    with pytest.raises(ScenarioError, match=r"latin\.toml: is not UTF-8 text"):
        open_simulation(tmp_path / "latin.toml")


@pytest.mark.parametrize(
    ("text", "nanoseconds"),
    [("400us", 400_000), ("0.4 ms", 400_000), ("1.5 s", 1_500_000_000), ("2 min", 120 * 10**9), ("1h", 3600 * 10**9)],
)
def test_durations_read_as_people_write_them(text: str, nanoseconds: int) -> None:
    assert toml.duration(text) == nanoseconds


def test_hosts_are_found_by_name_key_and_literal(tmp_path: Path) -> None:
    world = network(tmp_path, GOOD.replace('r]\naddress = "10.0.1.1"', 'r]\nname = "r.example"\naddress = "10.0.1.1"'))

    assert [str(address) for host in ("R.example.", "r", "h", "192.0.2.1") for address in world.resolve(host)] == [
        "10.0.1.1",
        "10.0.1.1",
        "10.0.9.9",
        "192.0.2.1",
    ]
    [router] = world.resolve("r")
    assert world.names.name(router) == "r.example"
    assert list(world.defaults()) == ["h"]
    with pytest.raises(LinkError, match=re.escape("r.exampel: no such name in this simulation; did you mean 'r.exam")):
        world.resolve("r.exampel")


def test_seed_on_the_command_line_replaces_the_file_s(tmp_path: Path) -> None:
    assert network(tmp_path, "seed = 5\n" + GOOD).badge == "SIMULATED seed 5"
    assert network(tmp_path, "seed = 5\n" + GOOD, seed=9).badge == "SIMULATED seed 9"


def test_the_example_of_the_documentation_works(tmp_path: Path) -> None:
    [example] = re.findall(r"```toml\n(# office\.toml\n.*?)```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL)
    world = network(tmp_path, example)
    link = world.link()

    assert list(world.defaults()) == ["www.example", "old.example"]
    [www] = [address for address in world.resolve("www.example") if address.version == 4]
    path = addresses(link, [echo(link, str(www), ttl=ttl) for ttl in range(1, 6)])
    assert path[0] == "10.0.0.1"
    assert path[-1] == str(www)
