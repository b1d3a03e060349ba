"""Sketches against the times that they stand for."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.engine.samples.rttcode import time_code
from app.engine.samples.sketch import COARSE, FINE, Sketch

times = st.lists(st.integers(0, 10**11), min_size=1, max_size=150)
PERCENTS = (1, 50, 95, 99, 100)


def exact(values: list[int], percent: int) -> int:
    return sorted(values)[max(1, -(-percent * len(values) // 100)) - 1]


@pytest.mark.parametrize("bits", [FINE, COARSE])
@settings(max_examples=80, deadline=None)
@given(values=times)
def test_a_percentile_is_as_near_as_is_promised(bits: int, values: list[int]) -> None:
    found = Sketch.of(values, bits).percentiles(PERCENTS)

    for percent, value in zip(PERCENTS, found, strict=True):
        true = exact(values, percent)
        assert abs(value - true) <= true * 2**bits / 2_048 + 2**bits / 2


@settings(max_examples=80, deadline=None)
@given(times, times)
def test_sketches_of_parts_are_a_sketch_of_the_whole(first: list[int], second: list[int]) -> None:
    merged = Sketch.of(first, COARSE)
    merged.merge(Sketch.of(second, FINE))

    whole = Sketch.of(first + second, COARSE)
    assert (merged.buckets, merged.counts, len(merged)) == (whole.buckets, whole.counts, len(first) + len(second))


@settings(max_examples=80, deadline=None)
@given(times, st.lists(st.integers(0, 10**11), max_size=50))
def test_what_is_taken_away_was_never_there(values: list[int], others: list[int]) -> None:
    sketch = Sketch.of(values + others)
    for other in others:
        sketch.remove(time_code(other))

    assert (sketch.buckets, sketch.counts) == (Sketch.of(values).buckets, Sketch.of(values).counts)


@settings(max_examples=50, deadline=None)
@given(times)
def test_a_dumped_sketch_is_loaded_again(values: list[int]) -> None:
    sketch = Sketch.of(values, COARSE)
    loaded = Sketch.load(sketch.dump(), COARSE)

    assert (loaded.buckets, loaded.counts) == (sketch.buckets, sketch.counts)


def test_what_was_never_counted_is_not_taken_away() -> None:
    sketch = Sketch.of([1_000_000])
    sketch.remove(time_code(5_000_000))

    assert len(sketch) == 1


def test_a_flood_is_dumped_with_its_shape() -> None:
    sketch = Sketch(COARSE)
    for time, count in ((1_000_000, 100_000), (2_000_000, 300_000), (9_000_000, 500_000), (90_000_000, 1)):
        sketch.add(time_code(time), count)
    percents = (1, 20, 40, 50, 99, 100)
    assert Sketch.load(sketch.dump(), COARSE).percentiles(percents) == sketch.percentiles(percents)
