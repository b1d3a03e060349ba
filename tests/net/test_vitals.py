"""What an engine says of its own work: how late its probes were handed over, how many, and only when it is asked."""

from collections.abc import Sequence
from ipaddress import IPv4Address

import pytest

from app.engine.datagram import Outgoing
from app.net.runner import Runner
from app.net.vitals import WHILE, Tally, Vitals
from tests.net.test_runner import CountingMachine, EchoLink

HERE = IPv4Address("192.0.2.1")
MILLISECOND = 1_000_000


def batch(*moments: int | None) -> Sequence[Outgoing]:
    return [Outgoing(token, HERE, b"probe", due_at=due_at) for token, due_at in enumerate(moments)]


@pytest.mark.parametrize("lateness", [9, 100, 40_123, 1_700_000, 3_000_000_000])
def test_a_lateness_is_told_true_to_a_sixteenth(lateness: int) -> None:
    tally = Tally()
    tally.add(lateness, 99)
    tally.add(10 * lateness, 1)
    assert tally.quantile(0.5) == pytest.approx(lateness, rel=1 / 16)
    assert tally.most == 10 * lateness


def test_quantiles_weigh_each_probe() -> None:
    tally = Tally()
    tally.add(MILLISECOND, 980)
    tally.add(20 * MILLISECOND, 20)
    assert tally.quantile(0.5) == pytest.approx(MILLISECOND, rel=1 / 16)
    assert tally.quantile(0.99) == pytest.approx(20 * MILLISECOND, rel=1 / 16)


def test_a_probe_before_its_moment_is_not_late() -> None:
    tally = Tally()
    tally.add(-5, 1)
    assert (tally.quantile(0.5), tally.most) == (0, 0)


def test_lateness_is_from_a_probe_s_moment_to_its_handing_over() -> None:
    vitals = Vitals("ping", 0)
    vitals.handed(batch(0, 2 * MILLISECOND), 3 * MILLISECOND)
    vitals.ask()
    vitals.answer(EchoLink(), 4 * MILLISECOND, 0)
    assert vitals.condition is not None
    assert vitals.condition.lateness is not None
    assert vitals.condition.lateness.most == 3 * MILLISECOND
    assert vitals.condition.lateness.median == pytest.approx(MILLISECOND, rel=1 / 16)


def test_probes_without_a_moment_are_counted_and_never_late() -> None:
    vitals = Vitals("ping", 0)
    vitals.handed(batch(None, None), 3 * MILLISECOND)
    vitals.ask()
    vitals.answer(EchoLink(), 4 * MILLISECOND, logged=3)
    assert vitals.condition is not None
    assert vitals.condition.lateness is None
    assert (vitals.condition.sent, vitals.condition.received) == (2, 1)


def test_what_was_long_ago_is_forgotten() -> None:
    vitals = Vitals("ping", 0)
    vitals.handed(batch(0), 900 * MILLISECOND)
    for now in (WHILE, 2 * WHILE):
        vitals.turned(now)
    vitals.handed(batch(2 * WHILE), 2 * WHILE + MILLISECOND)
    vitals.ask()
    vitals.answer(EchoLink(), 3 * WHILE, 0)
    assert vitals.condition is not None
    assert vitals.condition.lateness is not None
    assert vitals.condition.lateness.most == MILLISECOND
    assert vitals.condition.rate == pytest.approx(0.1)


def test_nobody_asks_and_nothing_is_made() -> None:
    vitals = Vitals("ping", 0)
    vitals.answer(EchoLink(), 1, 0)
    assert vitals.condition is None


def test_two_who_ask_at_once_are_one_reason_to_wake() -> None:
    vitals = Vitals("ping", 0)
    assert vitals.ask()
    assert not vitals.ask()
    vitals.answer(EchoLink(), 1, 0)
    assert vitals.ask()


def test_a_runner_that_was_asked_tells_how_it_does() -> None:
    runner = Runner(CountingMachine(3), EchoLink(), name="ping")
    assert runner.condition is None
    runner.run()
    condition = runner.condition
    assert condition is not None
    assert (condition.name, condition.link.name) == ("ping", "simulated")
    assert condition.cpu is not None
