"""The scenarios that come with the program show what they promise."""

from ipaddress import ip_address

import pytest

from app.engine.datagram import Datagram, Outgoing
from app.net.simulated.link import SimulatedLink
from app.net.simulated.network import SCENARIOS, open_simulation
from app.packet.answer import AnswerKind
from tests.simulated.probing import MILLISECOND, SECOND, addresses, answers, echo

#: What each target is like: hops to it and about how long a round trip takes, in milliseconds.
CHARACTERS = {
    "gateway.example": (1, 0.4),
    "resolver.example": (4, 2),
    "web.example": (8, 9),
    "far.example": (12, 288),
    "lossy.example": (8, 31),
    "jittery.example": (8, 32),
    "flapping.example": (8, 12),
    "v6.example": (9, 19),
    "ecmp.example": (11, 16.5),
    "mpls.example": (11, 35.5),
    "nat.example": (9, 17),
    "limited.example": (8, 20),
    "late.example": (8, 20),
}


@pytest.fixture
def link() -> SimulatedLink:
    return open_simulation(None, virtual=True).link()


def address(host: str) -> str:
    return str(open_simulation(None, virtual=True).resolve(host)[0])


@pytest.mark.parametrize("host", CHARACTERS)
def test_target_is_as_far_as_it_should_be(link: SimulatedLink, host: str) -> None:
    hops, milliseconds = CHARACTERS[host]
    host = address(host)
    rtts = [each.after for _ in range(20) for each in answers(link, echo(link, host), SECOND)]
    short = [each for ttl in range(1, hops) for each in answers(link, echo(link, host, ttl=ttl), SECOND)]
    enough = [each for _ in range(20) for each in answers(link, echo(link, host, ttl=hops), SECOND)]

    assert sorted(rtts)[len(rtts) // 2] == pytest.approx(milliseconds * MILLISECOND, rel=0.12)
    assert {each.answer.kind for each in short} <= {AnswerKind.ICMP_ERROR}
    assert {each.answer.kind for each in enough} == {AnswerKind.ECHO_REPLY}


def test_all_targets_are_named_here_or_prohibited(link: SimulatedLink) -> None:
    targets = open_simulation(None).defaults()
    assert set(targets) == {*CHARACTERS, "firewalled.example"}
    [refusal] = answers(link, echo(link, address("firewalled.example")))
    assert (refusal.answer.type, refusal.answer.code) == (3, 13)


def test_flapping_target_falls_within_the_first_minute_and_returns(link: SimulatedLink) -> None:
    flapping = address("flapping.example")
    states = [bool(answers(link, echo(link, flapping), SECOND)) for _ in range(90)]
    assert states[:36] == [True] * 36
    assert states[40:60] == [False] * 20
    assert states[64:] == [True] * 26


def test_lossy_target_loses_about_as_much_as_it_says(link: SimulatedLink) -> None:
    there = ip_address(address("lossy.example"))
    for sequence in range(1000):
        link.send([Outgoing(sequence, there, echo(link, str(there), sequence=sequence))])
    told = []
    while events := link.receive(link.now() + SECOND):
        told += [event for event in events if isinstance(event, Datagram)]
    assert 780 < len(told) < 860


def test_path_to_the_far_side_has_a_silent_hop_and_moves_to_another_cable(link: SimulatedLink) -> None:
    far = address("far.example")
    probes = [echo(link, far, ttl=ttl) for ttl in (7, 9)]
    before = addresses(link, probes)
    link.receive(link.now() + 100 * SECOND)
    after = addresses(link, probes)

    assert before == [None, "198.18.10.13"]
    assert after == [None, "198.18.10.21"]


def test_every_scenario_that_comes_along_can_be_read() -> None:
    paths = sorted(SCENARIOS.glob("*.toml"))
    assert [path.name for path in paths] == ["chain.toml", "internet.toml"]
    for path in paths:
        network = open_simulation(path)
        for host in network.defaults():
            assert network.resolve(host)
