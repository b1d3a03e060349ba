import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.engine.snapshot import Ledger
from tests.screens.still import NOW, SECOND, samples
from widgets.windows import longest_outage, wilson, windows_of


@pytest.mark.parametrize(
    ("lost", "decided", "low", "high"),
    [(11, 59, 0.107, 0.304), (0, 10, 0.0, 0.278), (10, 10, 0.722, 1.0), (1, 1000, 0.00018, 0.00565)],
)
def test_interval_agrees_with_published_values_of_the_score_interval(
    lost: int, decided: int, low: float, high: float
) -> None:
    assert wilson(lost, decided) == pytest.approx((low, high), abs=0.0006)


def test_nothing_decided_has_no_interval() -> None:
    assert wilson(0, 0) is None


@settings(max_examples=100, deadline=None)
@given(st.integers(1, 5000).flatmap(lambda decided: st.tuples(st.integers(0, decided), st.just(decided))))
def test_interval_holds_the_ratio_and_stays_between_none_and_all(case: tuple[int, int]) -> None:
    lost, decided = case
    low, high = wilson(lost, decided) or (1.0, 0.0)
    assert 0 <= low <= lost / decided + 1e-12
    assert lost / decided - 1e-12 <= high <= 1


def test_outage_lasts_from_the_first_unanswered_probe_to_the_next_answer() -> None:
    assert longest_outage(samples("--xxx--x-", [1] * 5)) == 3 * SECOND


def test_an_outage_that_goes_on_lasts_until_the_newest_probe() -> None:
    assert longest_outage(samples("-xxxx.", [1])) == 4 * SECOND


def test_probes_in_flight_are_no_outage() -> None:
    assert longest_outage(samples("--..", [1, 1])) == 0


def test_windows_count_only_what_was_sent_in_them() -> None:
    measured = samples("x" * 60 + "-" * 54 + "xxxxx.", [10] * 54)
    ledger = Ledger(sent=120, replied=54, lost=65, in_flight=1)
    minute, five, everything = windows_of(measured, ledger, at=NOW)
    assert (minute.sent, minute.lost, minute.decided) == (60, 5, 59)
    assert (five.sent, five.lost, five.decided) == (120, 65, 119)
    assert (everything.sent, everything.lost, everything.outage) == (120, 65, 60 * SECOND)


def test_what_may_have_been_dropped_here_is_neither_lost_nor_an_outage() -> None:
    measured = samples("-??-", [10, 10])
    window = windows_of(measured, Ledger(sent=4, replied=2, failed=2, unknown=2), at=NOW)[0]
    assert (window.lost, window.decided, window.outage) == (0, 2, 0)
