"""Turns by the clock: even spacing, skipping, coming and going, intervals of their own, one budget."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.engine.pacing.backoff import Backoff
from app.engine.pacing.ring import PATIENCE
from app.engine.pacing.rota import TICKS, Rota

SECOND = 1_000_000_000
MS = 1_000_000
LONGEST = TICKS[0][1]


def turns(rota: Rota[str], until: int) -> list[tuple[int, str]]:
    """All turns up to a moment, taken exactly when they are due."""
    taken: list[tuple[int, str]] = []
    while (due := rota.deadline()) is not None and due <= until:
        taken += [(moment, row) for moment, rows in rota.due(due) for row in rows]
    return taken


def rows(count: int) -> list[str]:
    return [str(row) for row in range(count)]


@settings(max_examples=50, deadline=None)
@given(st.integers(1, 50), st.integers(50 * LONGEST, 100 * SECOND))
def test_each_row_has_one_turn_an_interval_evenly_spaced(count: int, interval: int) -> None:
    rota: Rota[str] = Rota(interval)
    rota.extend(rows(count), 0)

    taken = turns(rota, 3 * interval - 1)

    assert taken == [(slot * interval // count, str(slot % count)) for slot in range(3 * count)]


@settings(max_examples=50, deadline=None)
@given(st.integers(51, 5_000), st.integers(1_000_000, SECOND))
def test_slots_closer_than_a_tick_wait_for_it_and_rows_keep_their_interval(count: int, interval: int) -> None:
    rota: Rota[str] = Rota(interval)
    rota.extend(rows(count), 0)

    taken = turns(rota, 3 * interval - 1)

    longest = next(tick for most, tick in TICKS if count * SECOND <= most * interval)
    assert len({moment for moment, _ in taken}) <= 3 * -(-interval // longest)
    ends = {row: moment for moment, row in taken}
    for slot, (moment, row) in enumerate(taken):
        assert row == str(slot % count)
        assert 0 <= moment - slot * interval // count <= longest
        assert (ends[row] - moment) % interval == 0


@pytest.mark.parametrize(("count", "most"), [(1_000, 100), (4_000, 200), (10_000, 200), (12_800, 256)])
def test_no_step_is_a_burst(count: int, most: int) -> None:
    rota: Rota[str] = Rota(SECOND)
    rota.extend(rows(count), 0)

    assert max(Counter(moment for moment, _ in turns(rota, SECOND)).values()) <= most


def test_a_turn_names_the_moment_that_was_planned_however_late_it_is_taken() -> None:
    rota: Rota[str] = Rota(SECOND)
    rota.extend(["a", "b"], 0)

    assert list(rota.due(3 * MS)) == [(0, ["a"])]
    assert list(rota.due(SECOND // 2 + 7)) == [(SECOND // 2, ["b"])]


def test_a_moment_is_brought_to_a_tick_only_where_one_wakes_up_at_ticks() -> None:
    few: Rota[str] = Rota(SECOND)
    few.extend(["a", "b"], 7)
    many: Rota[str] = Rota(SECOND)
    many.extend(rows(100), 7)

    assert few.tick(SECOND) == SECOND
    assert many.tick(SECOND) == SECOND + 7
    assert many.tick(SECOND + 7) == SECOND + 7
    assert many.tick(SECOND + 8) == SECOND + 7 + LONGEST


def test_without_spreading_all_have_their_turn_at_once() -> None:
    rota: Rota[str] = Rota(SECOND, is_spread=False)
    rota.extend(["a", "b"], 0)

    assert turns(rota, SECOND) == [(0, "a"), (0, "b"), (SECOND, "a"), (SECOND, "b")]


def test_slots_missed_in_a_stall_are_not_made_up_for_and_nobody_is_passed_over() -> None:
    rota: Rota[str] = Rota(SECOND)
    rota.extend(rows(10), 0)
    turns(rota, 5 * SECOND // 10)
    late = 11 * SECOND

    assert list(rota.due(late)) == [(10 * SECOND + 6 * SECOND // 10, ["6"])]
    assert turns(rota, late + 2 * SECOND // 10) == [(late + SECOND // 10, "7"), (late + 2 * SECOND // 10, "8")]


def test_a_short_stall_is_made_up_for() -> None:
    rota: Rota[str] = Rota(SECOND)
    rota.extend(rows(10), 0)
    turns(rota, 0)

    after = [row for _, some in rota.due(PATIENCE) for row in some]

    assert after == ["1", "2"]
    assert rota.deadline() == 3 * SECOND // 10


@settings(max_examples=80, deadline=None)
@given(
    st.integers(1, 300),
    st.integers(2 * MS, 3 * SECOND),
    st.lists(st.integers(1, 4 * SECOND), min_size=1, max_size=60),
    st.booleans(),
)
def test_no_stall_brings_two_turns_of_a_row_closer_than_half_its_interval(
    count: int, interval: int, stalls: list[int], is_spread: bool
) -> None:
    rota: Rota[str] = Rota(interval, is_spread=is_spread)
    rota.extend(rows(count), 0)
    last: dict[str, int] = {}
    now = 0

    for stall in stalls:
        now += stall
        for moment, some in rota.due(now):
            assert 0 <= now - moment < interval
            for row in some:
                assert now - last.get(row, -interval) >= interval // 2
                last[row] = now
        deadline = rota.deadline()
        assert deadline is not None
        assert now < deadline <= now + interval + 1


def test_no_row_has_two_turns_in_one_call_however_late_it_comes() -> None:
    rota: Rota[str] = Rota(1_000_000)
    rota.extend(["a", "b"], 0)

    taken = [row for _, some in rota.due(200_000_000) for row in some]

    assert 1 <= len(taken) == len(set(taken))


def test_a_row_that_is_added_is_next_at_once_and_the_others_go_on() -> None:
    rota: Rota[str] = Rota(SECOND)
    rota.extend(["a", "b"], 0)
    turns(rota, 0)

    rota.add("new", 100)

    assert turns(rota, SECOND) == [(100, "new"), (100 + SECOND // 3, "b"), (100 + 2 * SECOND // 3, "a")]


def test_a_row_that_is_removed_has_no_more_turns() -> None:
    rota: Rota[str] = Rota(SECOND)
    rota.extend(["a", "b"], 0)

    rota.remove("a", 0)
    rota.remove("a", 0)

    assert {row for _, row in turns(rota, 5 * SECOND)} == {"b"}


def test_a_shorter_interval_does_not_wait_for_the_longer_one_to_end() -> None:
    rota: Rota[str] = Rota(100 * SECOND)
    rota.extend(["a"], 0)
    turns(rota, 0)

    rota.change(SECOND, 5)

    assert rota.deadline() == 5 + SECOND


def test_a_row_with_an_interval_of_its_own_keeps_it_whatever_the_others_are_told() -> None:
    rota: Rota[str] = Rota(SECOND)
    rota.extend(["a", "b"], 0)
    rota.extend(["quick"], 0, 200 * MS)
    turns(rota, SECOND - 1)

    rota.change(5 * SECOND, SECOND)
    counts = Counter(row for _, row in turns(rota, 11 * SECOND - 1))

    assert (rota.own("quick"), rota.own("a"), rota.interval) == (200 * MS, None, 5 * SECOND)
    assert counts["quick"] == 50
    assert 2 <= counts["a"] <= 3


def test_a_row_that_is_told_another_pace_has_its_next_turn_no_sooner_than_that() -> None:
    rota: Rota[str] = Rota(SECOND)
    rota.extend(["a", "b"], 0)
    turns(rota, 0)

    rota.change(100 * MS, 10 * MS, "a")

    assert turns(rota, 250 * MS) == [(110 * MS, "a"), (210 * MS, "a")]


@settings(max_examples=50, deadline=None)
@given(
    st.dictionaries(st.integers(2 * MS, SECOND), st.integers(1, 40), min_size=1, max_size=5),
    st.integers(50, 20_000),
    st.integers(1, 5),
)
def test_all_rows_together_never_exceed_the_budget(groups: dict[int, int], rate: int, preload: int) -> None:
    rota: Rota[str] = Rota(SECOND, rate=rate, preload=preload)
    for interval, count in groups.items():
        rota.extend([f"{interval} {row}" for row in range(count)], 0, interval)

    taken = turns(rota, 3 * SECOND - 1)

    at_start = preload * sum(groups.values())
    assert len(taken) <= 3 * rate + at_start + len(groups)


def test_a_budget_stretches_every_interval_by_the_same_factor() -> None:
    rota: Rota[str] = Rota(SECOND, rate=100)
    rota.extend(rows(300), 0)
    rota.extend(["quick"], 0, 10 * MS)

    assert rota.interval == 4 * SECOND
    assert rota.own("quick") == 40 * MS


def test_a_preload_is_sent_at_the_first_turn_of_each_row_and_never_again() -> None:
    rota: Rota[str] = Rota(SECOND, preload=3)
    rota.extend(["a", "b"], 0)

    taken = turns(rota, 2 * SECOND - 1)

    assert [row for _, row in taken] == ["a", "a", "a", "b", "b", "b", "a", "b"]


def test_a_row_that_rests_has_no_turn_until_it_is_reset() -> None:
    rota: Rota[str] = Rota(SECOND)
    rota.extend(["a", "b"], 0)
    rota.rest("a")
    resting = {row for _, row in turns(rota, 2 * SECOND)}

    rota.reset("a", 2 * SECOND)

    assert resting == {"b"}
    assert {row for _, row in turns(rota, 4 * SECOND)} == {"a", "b"}


def test_a_silent_row_is_asked_less_often_and_at_its_own_pace_again_once_it_answers() -> None:
    rota: Rota[str] = Rota(SECOND, backoff=Backoff(2.0))
    rota.extend(["a"], 0)
    moments = []
    for number in range(8):
        due = rota.deadline()
        assert due is not None
        while not (taken := list(rota.due(due))):
            due = rota.deadline()
            assert due is not None
        moments.append(taken[0][0] // SECOND)
        rota.missed("a", number, due + SECOND // 2)

    rota.answered("a", 8, 200 * SECOND)
    after = [moment for moment, _ in turns(rota, (moments[-1] + 3) * SECOND)]

    assert moments == [0, 1, 2, 4, 8, 16, 32, 64]
    assert after == [(moments[-1] + wait) * SECOND for wait in (1, 2, 3)]


def test_no_row_is_left_alone_for_longer_than_a_minute() -> None:
    rota: Rota[str] = Rota(SECOND, backoff=Backoff(10.0))
    rota.extend(["a"], 0)
    last = longest = 0
    for second in range(600):
        for moment, _ in rota.due(second * SECOND):
            longest, last = max(longest, moment - last), moment
            rota.missed("a", 0, moment)

    assert longest == 60 * SECOND
