"""Codes of times: how far they may be from the time, and in what order they stand."""

from hypothesis import given, settings
from hypothesis import strategies as st

from app.engine.samples.rttcode import CODES, EXACT_BELOW, GAPS, LONGEST, gap_code, time_code, time_of, times_of

times = st.integers(0, LONGEST)


@settings(max_examples=300, deadline=None)
@given(times)
def test_a_time_is_kept_within_a_two_thousandth(time: int) -> None:
    kept = time_of(time_code(time))

    assert abs(kept - time) <= (0 if time < EXACT_BELOW else time / 2_048)


def test_every_code_is_that_of_its_own_time_and_they_are_in_order() -> None:
    decoded = times_of(range(CODES))

    assert [time_code(time) for time in decoded] == list(range(CODES))
    assert list(decoded) == sorted(decoded) == [time_of(code) for code in range(CODES)]


def test_a_time_that_is_too_long_is_the_longest() -> None:
    assert time_code(LONGEST * 1_000) == CODES - 1


@settings(max_examples=300, deadline=None)
@given(st.integers(0, 2**47))
def test_a_gap_is_kept_within_a_sixteenth_and_its_unit(gap: int) -> None:
    assert abs(GAPS[gap_code(gap)] - gap) <= gap / 16 + (1 << 13)


def test_a_gap_that_is_too_long_or_negative_has_a_code_too() -> None:
    assert (gap_code(10**20), gap_code(-5)) == (255, 0)
