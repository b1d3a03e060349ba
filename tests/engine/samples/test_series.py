"""The history of a row: what is kept exactly, what in codes, and what is rolled up, against all that was entered."""

import math
import statistics
from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from app.engine.samples.rollup import HOUR, MINUTE, RollUp
from app.engine.samples.series import NARROW, WIDE, Series
from app.engine.snapshot import Outcome

SECOND = 1_000_000_000
KINDS = (Outcome.REPLIED, Outcome.LOST, Outcome.LATE, Outcome.FAILED, Outcome.UNKNOWN)
ANSWERED = (Outcome.REPLIED, Outcome.LATE)
#: The gap before a probe, its outcome and its RTT where it has one.
probe = st.tuples(st.integers(0, 90 * SECOND), st.sampled_from(KINDS), st.integers(0, 3 * SECOND))
probes = st.lists(probe, max_size=120)
minutely = st.tuples(st.integers(1, 600), st.sampled_from(KINDS), st.integers(1, 3 * SECOND))
Entered = list[tuple[int, Outcome, int]]


def enter(series: Series, told: Sequence[tuple[int, Outcome, int]], start: int = 10**18) -> Entered:
    """Enter probes; each with the moment at which it was sent."""
    entered, now = [], start
    for gap, outcome, rtt in told:
        now += gap
        number = series.launch(now)
        if outcome is Outcome.REPLIED:
            series.reply(number, now + rtt, 10 * SECOND)
        else:
            series.decide(number, outcome, rtt if outcome is Outcome.LATE else -1)
        entered.append((now, outcome, rtt if outcome in ANSWERED else -1))
    return entered


@settings(max_examples=100, deadline=None)
@given(probes, st.sampled_from([20, 40, 200]), st.sampled_from([NARROW, WIDE]))
def test_samples_are_what_was_entered_as_exactly_as_is_promised(
    told: list[tuple[int, Outcome, int]], kept: int, width: int
) -> None:
    series = Series(1 << 32, kept=kept, width=width)
    entered = enter(series, told)

    samples, newest = series.samples(), entered[-kept:]
    assert len(samples) == len(samples.rtt) == len(samples.sent_at) == len(samples.token) == len(newest)
    exact = len(newest) - min(width, kept)
    longest = max((gap for gap, _, _ in told), default=0)
    for place, (sent_at, outcome, rtt) in enumerate(newest):
        assert samples.outcome[place] == outcome
        within = 0 if place >= exact else max(rtt, 0) / 2_048
        assert abs(samples.rtt[place] - rtt) <= within
        within = 0 if place >= exact else longest / 16 + (1 << 14)
        assert abs(samples.sent_at[place] - sent_at) <= within
        number = len(entered) - len(newest) + place
        assert (samples.token[place], series.outcome(number)) == ((1 << 32) + number, outcome)


@settings(max_examples=100, deadline=None)
@given(probes)
def test_the_ledger_counts_all_however_little_is_kept(told: list[tuple[int, Outcome, int]]) -> None:
    series = Series(0, kept=20, width=NARROW)
    enter(series, told)

    ledger, count = series.ledger(), [outcome for _, outcome, _ in told].count
    assert (ledger.sent, ledger.in_flight, ledger.late) == (len(told), 0, count(Outcome.LATE))
    assert (ledger.replied, ledger.lost) == (count(Outcome.REPLIED), count(Outcome.LOST) + count(Outcome.LATE))
    assert (ledger.failed, ledger.unknown) == (
        count(Outcome.FAILED) + count(Outcome.UNKNOWN),
        count(Outcome.UNKNOWN),
    )


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 2), st.sampled_from(KINDS)), min_size=1, max_size=80))
def test_a_fate_that_changes_moves_in_the_ledger_wherever_the_probe_stands(
    changes: list[tuple[int, Outcome]],
) -> None:
    series = Series(0, kept=60, width=NARROW)
    enter(series, [(SECOND, Outcome.LOST, -1)] * 80)
    fates = dict.fromkeys(range(series.first, 80), Outcome.LOST)
    for step, outcome in changes:
        number = series.first + step * 25
        series.decide(number, outcome, 1_000 if outcome in ANSWERED else -1)
        fates[number] = outcome

    assert {number: series.outcome(number) for number in fates} == fates
    lost = sum(fate in (Outcome.LOST, Outcome.LATE) for fate in fates.values())
    assert series.ledger().lost == 80 - len(fates) + lost


def test_a_window_that_grows_and_shrinks_loses_nothing() -> None:
    series = Series(0, kept=500, width=NARROW)
    enter(series, [(SECOND, Outcome.REPLIED, 1_000 + number) for number in range(100)])
    series.widen(WIDE)
    enter(series, [(SECOND, Outcome.REPLIED, 1_100 + number) for number in range(300)], 10**18 + 100 * SECOND)
    series.widen(NARROW)
    enter(series, [(SECOND, Outcome.REPLIED, 1_400 + number) for number in range(40)], 10**18 + 400 * SECOND)

    assert list(series.samples().rtt) == list(range(1_000, 1_440))


def test_percentiles_of_many_are_over_those_that_are_kept_and_near_the_truth() -> None:
    series = Series(0, kept=1_000, width=NARROW)
    rtts = [1_000_000 + 10_007 * number % 9_000_000 for number in range(3_000)]
    enter(series, [(SECOND, Outcome.REPLIED, rtt) for rtt in rtts])

    summary, newest = series.rtt.summary(), sorted(rtts[-1_000:])
    assert summary is not None
    assert math.isclose(summary.median, newest[499], rel_tol=0.004)
    assert math.isclose(summary.p95, newest[949], rel_tol=0.004)
    assert math.isclose(summary.mean, statistics.fmean(rtts), rel_tol=1e-9)


def parts(entered: Entered, rollup: RollUp) -> Entered:
    return [each for each in entered if rollup.at <= each[0] < rollup.at + rollup.span]


@settings(max_examples=30, deadline=None)
@given(st.lists(minutely, min_size=60, max_size=300))
def test_roll_ups_are_what_an_exact_computation_says(told: list[tuple[int, Outcome, int]]) -> None:
    series = Series(0, kept=20, width=NARROW, minutes=5)
    entered = enter(series, [(gap * SECOND, outcome, rtt) for gap, outcome, rtt in told], 10**18 // HOUR * HOUR)

    rollups = series.rollups()
    for name, kinds in (
        ("replied", (Outcome.REPLIED,)),
        ("lost", (Outcome.LOST, Outcome.LATE)),
        ("failed", (Outcome.FAILED, Outcome.UNKNOWN)),
    ):
        gone = sum(getattr(rollup, name) for rollup in rollups)
        all_gone = [each for each in entered[:-20] if each[1] in kinds]
        assert len(all_gone) - 60 <= gone <= len(all_gone)
    assert [rollup.span for rollup in rollups] == sorted((rollup.span for rollup in rollups), reverse=True)
    assert sum(rollup.span == MINUTE for rollup in rollups) <= 5
    for rollup in rollups:
        if rollup.replied:
            assert rollup.minimum is not None
            assert rollup.maximum is not None
            assert rollup.mean is not None
            assert rollup.minimum <= rollup.mean <= rollup.maximum
            assert 0.98 * rollup.minimum <= (rollup.percentile(50) or 0) <= 1.02 * rollup.maximum


def test_a_minute_and_an_hour_of_even_probes_are_summed_exactly() -> None:
    series = Series(0, kept=20, width=NARROW, minutes=60)
    start = 10**18 // HOUR * HOUR - SECOND
    rtts = [1_000_000 + 1_000 * number for number in range(3 * 3_600)]
    told = [(SECOND, Outcome.LOST if number % 10 == 0 else Outcome.REPLIED, rtt) for number, rtt in enumerate(rtts)]
    entered = enter(series, told, start)

    first_minute = min(rollup.at for rollup in series.rollups() if rollup.span == MINUTE)
    for rollup in series.rollups():
        if rollup.at < first_minute < rollup.at + rollup.span:
            continue  # an hour some of whose minutes are kept still
        inside = parts(entered, rollup)
        replied = sorted(rtt for _, outcome, rtt in inside if outcome is Outcome.REPLIED)
        assert abs(rollup.replied - len(replied)) <= 1  # the moment of one at the border is known within 1/16 s
        assert rollup.mean is not None
        assert math.isclose(rollup.mean, statistics.fmean(replied), rel_tol=0.001)
        assert math.isclose(rollup.percentile(50) or 0, replied[len(replied) // 2], rel_tol=0.018)
        assert math.isclose(rollup.minimum or 0, replied[0], rel_tol=0.002)
    assert {rollup.span for rollup in series.rollups()} == {MINUTE, HOUR}
