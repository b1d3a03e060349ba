from hypothesis import given, settings
from hypothesis import strategies as st

from widgets.whisker import scale_end, whisker

TIMES = st.lists(st.integers(1_000, 2_000_000_000), min_size=3, max_size=3).map(sorted)


@given(TIMES, st.integers(5, 60), st.integers(10_000, 1_000_000_000))
@settings(max_examples=100, deadline=None)
def test_a_range_never_leaves_its_column(times: list[int], width: int, scale: int) -> None:
    best, mean, worst = times
    before, left, mark, right = whisker(best, mean, worst, scale=scale, width=width)
    assert before >= 0
    assert before + len(left) + len(mark) + len(right) <= width


def test_a_range_is_drawn_from_best_over_mean_to_worst() -> None:
    assert whisker(10, 20, 30, scale=40, width=20) == (5, "├────", "┃", "────┤")
    assert whisker(10, 10, 10, scale=40, width=20) == (5, "", "┃", "")


def test_a_worst_beyond_the_scale_is_an_arrow() -> None:
    assert whisker(10, 20, 90, scale=40, width=20)[3] == "─────────→"[-9:]


@given(st.floats(1, 60e9))
@settings(max_examples=100, deadline=None)
def test_a_scale_holds_what_it_must_and_little_more(longest: float) -> None:
    end = scale_end(longest)
    assert longest <= end
    assert end <= max(1_000, longest * 2)


def test_a_scale_does_not_jump_with_every_sample() -> None:
    assert scale_end(31_000_000, 40_000_000) == 40_000_000
    assert scale_end(41_000_000, 40_000_000) == 50_000_000
    assert scale_end(5_000_000, 40_000_000) == 5_000_000
