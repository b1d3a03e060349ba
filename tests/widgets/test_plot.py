import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.engine.snapshot import Samples
from tests.screens.still import NOW, SECOND, samples
from widgets.axis import ago, level_labels, levels, time_step
from widgets.braille import Dots
from widgets.chart import fitting_span
from widgets.glyphs import UNICODE
from widgets.histogram import histogram
from widgets.plot import Plot, View, plot

MINUTE = 60 * SECOND


def draw(measured: Samples, *, width: int = 30, height: int = 4, from_zero: bool = False) -> Plot:
    return plot(measured, View(NOW, MINUTE), width=width, height=height, glyphs=UNICODE, from_zero=from_zero)


def test_dots_are_the_bits_of_a_braille_cell() -> None:
    dots = Dots(1, 1)
    dots.rise(0, 0, 0)
    dots.rise(1, 3, 3)
    assert dots.line(0, braille=True) == "⡈"


def test_dots_outside_are_left_out() -> None:
    dots = Dots(2, 1)
    dots.rise(7, 0, 3)
    dots.rise(-1, 0, 3)
    dots.rise(0, -5, 99)
    assert dots.line(0, braille=True) == "⡇ "


def test_lost_probes_are_marked_under_their_moment() -> None:
    assert draw(samples("-" * 58 + "x-", [10] * 59)).marks == " " * 29 + "×"


def test_the_line_is_broken_where_a_probe_was_not_answered() -> None:
    drawn = draw(samples("-" * 28 + "xxxx" + "-" * 28, [10] * 56))
    line = drawn.answered.line(drawn.line_of(10_000_000), braille=True)
    assert line[14:16] == "  "
    assert " " not in line[:14]
    assert " " not in line[16:]


def test_answers_that_lie_close_together_are_looked_at_closely() -> None:
    measured = samples("-" * 60, [288 + index % 3 for index in range(60)])
    assert draw(measured).low > 250_000_000
    assert draw(measured, from_zero=True).low == 0


def test_a_late_answer_does_not_press_the_others_flat() -> None:
    assert draw(samples("-" * 59 + "l", [10] * 59 + [4000])).high < 20_000_000


def test_the_picture_moves_by_whole_dots() -> None:
    first, second = View(NOW, MINUTE).snapped(60), View(NOW + SECOND // 3, MINUTE).snapped(60)
    assert (second.until - first.until) % (MINUTE // 60) == 0


@settings(max_examples=100, deadline=None)
@given(
    st.text("-xl!.", max_size=80),
    st.lists(st.floats(0.0001, 90_000), min_size=80, max_size=80),
    st.integers(8, 60),
    st.integers(1, 12),
)
def test_any_history_is_drawn_in_its_place(letters: str, times: list[float], width: int, height: int) -> None:
    drawn = draw(samples(letters, times), width=width, height=height)
    assert len(drawn.marks) == width
    assert drawn.low < drawn.high
    replied = [rtt for letter, rtt in zip(letters, times, strict=False) if letter == "-"]
    assert all(len(drawn.answered.line(y, braille=True)) == width for y in range(height))
    assert not replied or any(drawn.answered.line(y, braille=True).strip() for y in range(height)) or len(letters) > 50


@pytest.mark.parametrize(
    ("low", "high", "most", "ticks"),
    [(0, 47e6, 6, [0, 10, 20, 30, 40, 50]), (286e6, 291e6, 3, [286, 288, 290, 292]), (0, 0.9e6, 4, [0, 0.5, 1])],
)
def test_levels_are_round(low: float, high: float, most: int, ticks: list[float]) -> None:
    assert [value / 1e6 for value in levels(low, high, most)] == pytest.approx(ticks)


def test_levels_are_labelled_in_one_unit() -> None:
    assert level_labels([0, 500_000, 1_000_000]) == ["0.0 ms", "0.5 ms", "1.0 ms"]
    assert level_labels([0, 200_000, 400_000]) == ["0 µs", "200 µs", "400 µs"]


@pytest.mark.parametrize(
    ("seconds", "said"), [(0, "now"), (30, "−30 s"), (90, "−1:30"), (300, "−5 min"), (7200, "−2 h")]
)
def test_moments_are_said_as_short_as_can_be(seconds: int, said: str) -> None:
    assert ago(seconds * SECOND) == said


def test_time_is_labelled_at_round_distances() -> None:
    assert time_step(10 * MINUTE, 6) == 2 * MINUTE


@settings(max_examples=100, deadline=None)
@given(st.lists(st.integers(1, 10**11), max_size=200), st.integers(1, 20))
def test_a_histogram_counts_every_answer_once(rtts: list[int], bins: int) -> None:
    assert sum(each.count for each in histogram(rtts, bins)) == len(rtts)


@pytest.mark.parametrize(("seconds", "shown"), [(5, 30), (31, 60), (400, 600), (90_000, 600)])
def test_a_chart_begins_with_all_there_is_up_to_ten_minutes(seconds: int, shown: int) -> None:
    assert fitting_span(seconds * SECOND) == shown * SECOND


def test_the_area_under_the_answers_is_open_where_none_came() -> None:
    drawn = draw(samples("-" * 28 + "xxxx" + "-" * 28, [10] * 56), from_zero=True)
    bottom = drawn.area.line(3, braille=True)
    assert " " in bottom
    assert set(bottom.strip()) <= set("⣿⡇⢸ ")


def test_what_may_have_been_dropped_here_has_a_mark_of_its_own() -> None:
    assert draw(samples("-" * 58 + "?-", [10] * 59)).marks == " " * 29 + "?"
