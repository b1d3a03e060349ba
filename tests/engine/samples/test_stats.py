"""The statistics, held against the definitions written out plainly."""

import math
import statistics

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.engine.samples.series import Series
from app.engine.samples.stats import RttStatistics
from app.engine.snapshot import Outcome

rtts = st.lists(st.integers(0, 10**10), min_size=1, max_size=200)


def fed(values: list[int]) -> RttStatistics:
    measured = RttStatistics()
    for value in values:
        measured.add(value)
    return measured


@settings(max_examples=100, deadline=None)
@given(rtts)
def test_mean_deviation_and_extremes_are_those_of_the_whole_population(values: list[int]) -> None:
    summary = fed(values).summary()

    assert summary is not None
    assert (summary.last, summary.minimum, summary.maximum) == (values[-1], min(values), max(values))
    assert math.isclose(summary.mean, statistics.fmean(values), rel_tol=1e-9, abs_tol=1e-3)
    assert math.isclose(summary.stddev, statistics.pstdev(values), rel_tol=1e-6, abs_tol=1)


@settings(max_examples=100, deadline=None)
@given(rtts, st.sampled_from([1, 50, 95, 99, 100]))
def test_a_percentile_is_the_smallest_value_that_so_many_do_not_exceed(values: list[int], percent: int) -> None:
    enough = [value for value in values if 100 * sum(other <= value for other in values) >= percent * len(values)]

    assert fed(values).percentile(percent) == min(enough)


def test_jitter_takes_a_sixteenth_of_each_change_and_none_from_the_first() -> None:
    summary = fed([20_000, 20_000, 36_000, 36_000]).summary()

    assert summary is not None
    assert summary.jitter == 1_000 - 1_000 / 16


def test_a_forgotten_rtt_leaves_the_percentiles_and_stays_in_the_mean() -> None:
    measured = fed([10, 20, 90])

    measured.forget(90)

    summary = measured.summary()
    assert summary is not None
    assert (summary.p99, summary.maximum, summary.mean) == (20, 90, 40)


def test_a_summary_is_the_same_object_until_something_changes() -> None:
    measured = fed([10])
    before = measured.summary()

    assert measured.summary() is before
    measured.add(11)
    assert measured.summary() is not before


def test_nothing_is_known_before_the_first_reply() -> None:
    assert RttStatistics().summary() is None


@settings(max_examples=50, deadline=None)
@given(st.lists(st.sampled_from([Outcome.REPLIED, Outcome.LOST, Outcome.LATE, Outcome.FAILED]), max_size=300))
def test_a_series_keeps_the_newest_samples_and_counts_all(outcomes: list[Outcome]) -> None:
    series = Series(1 << 32, kept=50)
    for moment, outcome in enumerate(outcomes):
        number = series.launch(moment)
        series.decide(number, outcome, 7 if outcome in (Outcome.REPLIED, Outcome.LATE) else -1)

    samples, newest = series.samples(), outcomes[-50:]
    assert list(samples.outcome) == [int(outcome) for outcome in newest]
    assert list(samples.sent_at) == list(range(len(outcomes) - len(newest), len(outcomes)))
    assert list(samples.token) == [(1 << 32) + moment for moment in samples.sent_at]
    ledger = series.ledger()
    assert ledger.sent == len(outcomes)
    assert ledger.lost == sum(outcome in (Outcome.LOST, Outcome.LATE) for outcome in outcomes)
    assert (ledger.replied, ledger.failed) == (outcomes.count(Outcome.REPLIED), outcomes.count(Outcome.FAILED))


def test_a_probe_in_flight_is_never_forgotten() -> None:
    series = Series(0, kept=10)
    first = series.launch(0)
    for moment in range(1, 200):
        series.decide(series.launch(moment), Outcome.LOST)

    assert series.outcome(first) is Outcome.IN_FLIGHT
    series.decide(first, Outcome.LOST)
    series.launch(200)
    assert series.outcome(first) is None
    assert len(series.samples()) == 10


@pytest.mark.parametrize("number", [-1, 3, 4, 1_000])
def test_a_number_that_was_never_sent_has_no_outcome(number: int) -> None:
    series = Series(0)
    for moment in range(3):
        series.launch(moment)

    assert series.outcome(number) is None


@pytest.mark.parametrize("exact", [2, 240])
def test_a_moment_that_is_read_later_says_what_it_was(exact: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.engine.samples.stats.EXACT", exact)
    measured, same = fed([30, 10, 20, 90, 40]), fed([30, 10, 20, 90, 40])
    moment, summary = measured.frozen(), same.summary()

    measured.add(10**9)
    measured.forget(30)

    assert moment is not None
    assert repr(moment.summary()) == repr(summary)
    assert moment.summary() is moment.summary()
    assert measured.frozen() is not moment
