"""What a run may send is said before it begins, and is polite to a network that nobody has thought about."""

from dataclasses import replace

import pytest

from app.budget import Budget, budget_of
from app.config import SECOND, USUAL_RATE, Config
from app.hostpace import read_words, with_intervals
from app.targets import Choice, Found, find_targets


def found(*words: str) -> Found:
    return find_targets(words, lambda host: (), Choice())


def test_a_block_stretches_the_interval_to_500_probes_a_second() -> None:
    budget = budget_of(Config(), found("198.18.0.0/20"))
    assert budget.interval == 4_094 * SECOND // 500
    assert budget.sentence() == (
        "4,094 addresses, 500 probes a second: each is asked every 8.19 s; --rate changes that"
    )


def test_a_block_that_is_polite_already_keeps_the_interval() -> None:
    budget = budget_of(replace(Config(), interval=2 * SECOND), found("198.18.0.0/24"))
    assert budget.interval == 2 * SECOND
    assert budget.sentence() == (
        "254 addresses, 127 probes a second: each is asked every 2.00 s; -i and --rate change that"
    )


def test_hosts_that_were_named_one_by_one_have_the_usual_rate() -> None:
    words = [f"10.0.{number // 250}.{number % 250 + 1}" for number in range(1_000)]
    budget = budget_of(Config(), found(*words))
    assert (budget.interval, budget.rate, budget.swept) == (SECOND, USUAL_RATE, 0)


def test_a_rate_that_was_asked_for_goes_before_politeness() -> None:
    budget = budget_of(replace(Config(), rate=2_000), found("198.18.0.0/20"))
    assert budget.interval == 4_094 * SECOND // 2_000
    assert budget.sentence(is_timed=False) == "4,094 addresses, at most 2,000 probes a second; --rate changes that"


@pytest.mark.parametrize(("interval", "allowed"), [(8_188_000_000, True), (5 * SECOND, False)])
def test_a_shorter_interval_needs_a_higher_rate(interval: int, *, allowed: bool) -> None:
    assert Budget(4_094, 500, 8_188_000_000).allows(interval, 4_094) is allowed


def test_hosts_with_an_interval_of_their_own_count_for_what_they_want() -> None:
    slow, quick = found("10.0.0.1", "10.0.0.2").targets
    mixed = Found((slow, replace(quick, interval=SECOND // 99)), ())

    assert budget_of(replace(Config(), rate=50), mixed).interval == pytest.approx(2 * SECOND, rel=1e-6)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["198.18.0.0/28@5"], "14 addresses, 3 probes a second: each is asked every 5.00 s; -i and --rate change that"),
        (["198.18.0.0/24@0.1"], "254 addresses, 500 probes a second: each is asked every 508 ms; --rate changes that"),
        (
            ["198.18.0.0/24@0.1", "192.0.2.1"],
            "255 addresses, 500 probes a second: each is asked every 508 ms to 5.08 s; --rate changes that",
        ),
    ],
)
def test_what_is_told_is_true_of_intervals_of_their_own(words: list[str], told: str) -> None:
    read, _ = read_words(words)
    named = found(*[each.word for each in read])
    targets = tuple(with_intervals(named.targets, read))
    assert budget_of(Config(), replace(named, targets=targets)).sentence() == told
