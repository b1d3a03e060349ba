"""Engines as the screens start them, over the simulated internet in real time."""

import time
from collections.abc import Iterator
from ipaddress import ip_address

import pytest

from app.config import Config
from app.engine.command import Method, SetMethod, Target
from app.engine.sending.composer import transmit
from app.engines import LiveEngines
from app.net.simulated.network import open_simulation
from app.sharedtraces import TRACES

NETWORK = open_simulation(None)
HOSTS = NETWORK.defaults()


def target(host: str) -> Target:
    return Target(host, host, NETWORK.resolve(host)[0])


@pytest.fixture
def engines() -> Iterator[LiveEngines]:
    engines = LiveEngines(NETWORK, Config())
    yield engines
    engines.close()


def test_a_trace_goes_on_while_another_is_looked_at(engines: LiveEngines) -> None:
    first = engines.trace(target(HOSTS[0]))
    engines.trace(target(HOSTS[1]))

    assert engines.trace(target(HOSTS[0])) is first


def test_of_too_many_traces_the_one_not_looked_at_for_longest_ends(engines: LiveEngines) -> None:
    many = [Target(f"198.18.9.{place}", "many", ip_address(f"198.18.9.{place}")) for place in range(TRACES + 1)]
    feeds = [engines.trace(each) for each in many[:TRACES]]
    engines.trace(many[0])
    engines.trace(many[TRACES])

    assert engines.trace(many[0]) is feeds[0]
    assert engines.trace(many[1]) is not feeds[1]


def test_all_traces_share_one_engine_and_each_obeys_for_itself(engines: LiveEngines) -> None:
    first, second = (engines.trace(target(host)) for host in HOSTS[:2])

    first.tell(SetMethod(Method.UDP))

    ends_at = time.monotonic() + 5
    while first.latest.method is not Method.UDP and time.monotonic() < ends_at:
        time.sleep(0.01)
    assert (first.latest.method, second.latest.method) == (Method.UDP, Method.ICMP)
    assert first.packets is second.packets


def test_who_composes_again_has_a_composer_that_works(engines: LiveEngines) -> None:
    left = engines.composer()
    left.close()
    composer = engines.composer()
    composer.look()
    made = composer.made("ip/icmp", [("ip.dst", "10.0.0.1")])

    composer.feed.tell(transmit(composer.shot(made)))

    ends_at = time.monotonic() + 5
    while not composer.feed.latest.answered and time.monotonic() < ends_at:
        time.sleep(0.01)
    assert composer.feed.latest.answered == 1


def test_every_engine_that_runs_says_how_it_is_doing_once_it_is_asked(engines: LiveEngines) -> None:
    assert engines.condition().engines == ()
    engines.ping([target(HOSTS[0])])
    engines.trace(target(HOSTS[1]))
    engines.errors()

    ends_at = time.monotonic() + 5
    while len(told := engines.condition().engines) < 3 and time.monotonic() < ends_at:
        time.sleep(0.01)
    assert [condition.name for condition in told] == ["ping", "traces", "errors"]
    assert {condition.link.name for condition in told} == {"simulated"}
