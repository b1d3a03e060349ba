"""Engines as the screens start them, over the simulated internet in real time."""

from collections.abc import Iterator

import pytest

from app.config import Config
from app.engine.command import Target
from app.engines import TRACES, LiveEngines
from app.net.simulated.network import open_simulation

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
    feeds = [engines.trace(target(host)) for host in HOSTS[:TRACES]]
    engines.trace(target(HOSTS[0]))
    engines.trace(target(HOSTS[TRACES]))

    assert engines.trace(target(HOSTS[0])) is feeds[0]
    assert engines.trace(target(HOSTS[1])) is not feeds[1]
