"""How numbers read on the glass and in reports."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.engine.wording import clock, duration, percent


@pytest.mark.parametrize(
    ("nanoseconds", "words"),
    [
        (None, "—"),
        (0, "0 µs"),
        (0.4, "0 ns"),
        (513, "513 ns"),
        (999.6, "1.00 µs"),
        (9_996, "10.0 µs"),
        (410_000, "410 µs"),
        (999_600, "1.00 ms"),
        (30_234_000, "30.2 ms"),
        (1_920_000_000, "1.92 s"),
        (-2_500_000, "-2.50 ms"),
    ],
)
def test_a_duration_has_three_digits_and_the_unit_that_reads_best(nanoseconds: float | None, words: str) -> None:
    assert duration(nanoseconds) == words


@given(st.floats(0, 999_000_000_000))
def test_a_duration_fits_its_column(nanoseconds: float) -> None:
    assert len(duration(nanoseconds)) <= len("1.92 ms")


def test_a_ratio_and_a_clock_are_written_out() -> None:
    assert (percent(0.186), percent(None)) == ("18.6%", "—")
    assert clock(3_723_000_000_000) == "01:02:03"
