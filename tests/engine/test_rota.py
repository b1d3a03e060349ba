"""Slots: even spacing, skipping, coming and going."""

from hypothesis import given, settings
from hypothesis import strategies as st

from app.engine.rota import PATIENCE, TICKS, Rota

SECOND = 1_000_000_000
LONGEST = TICKS[0][1]


def turns(rota: Rota[str], until: int) -> list[tuple[int, str]]:
    """All turns up to a moment, taken exactly when they are due."""
    taken: list[tuple[int, str]] = []
    while (due := rota.deadline()) is not None and due <= until:
        taken += [(due, row) for row in rota.due(due)]
    return taken


@settings(max_examples=50, deadline=None)
@given(st.integers(1, 50), st.integers(50 * LONGEST, 100 * SECOND))
def test_each_row_has_one_turn_an_interval_evenly_spaced(count: int, interval: int) -> None:
    rota: Rota[str] = Rota(interval)
    rota.extend([str(row) for row in range(count)], 0)

    taken = turns(rota, 3 * interval - 1)

    assert taken == [(slot * interval // count, str(slot % count)) for slot in range(3 * count)]


@settings(max_examples=50, deadline=None)
@given(st.integers(51, 5_000), st.integers(1_000_000, SECOND))
def test_slots_closer_than_a_tick_wait_for_it_and_rows_keep_their_interval(count: int, interval: int) -> None:
    rota: Rota[str] = Rota(interval)
    rota.extend([str(row) for row in range(count)], 0)

    taken = turns(rota, 3 * interval - 1)

    longest = next(tick for most, tick in TICKS if count * SECOND <= most * interval)
    assert len({moment for moment, _ in taken}) <= 3 * -(-interval // longest)
    ends = {row: moment for moment, row in taken}
    for slot, (moment, row) in enumerate(taken):
        assert row == str(slot % count)
        assert 0 <= moment - slot * interval // count <= longest
        assert (ends[row] - moment) % interval == 0


def test_a_moment_is_brought_to_a_tick_only_where_one_wakes_up_at_ticks() -> None:
    few: Rota[str] = Rota(SECOND)
    few.extend(["a", "b"], 7)
    many: Rota[str] = Rota(SECOND)
    many.extend([str(row) for row in range(100)], 7)

    assert few.tick(SECOND) == SECOND
    assert many.tick(SECOND) == SECOND + 7
    assert many.tick(SECOND + 7) == SECOND + 7
    assert many.tick(SECOND + 8) == SECOND + 7 + LONGEST


def test_without_spreading_all_have_their_turn_at_once() -> None:
    rota: Rota[str] = Rota(SECOND, is_spread=False)
    rota.extend(["a", "b"], 0)

    assert turns(rota, SECOND) == [(0, "a"), (0, "b"), (SECOND, "a"), (SECOND, "b")]


def test_slots_missed_in_a_stall_are_skipped_and_not_made_up_for() -> None:
    rota: Rota[str] = Rota(SECOND)
    rota.extend([str(row) for row in range(20)], 0)
    turns(rota, SECOND - 1)

    after = rota.due(10 * SECOND + SECOND // 2)

    assert len(after) <= 20 * PATIENCE // SECOND + 1
    assert rota.deadline() == 10 * SECOND + SECOND // 2 + SECOND // 20


def test_no_row_has_two_turns_in_one_call_however_late_it_comes() -> None:
    rota: Rota[str] = Rota(1_000_000)
    rota.extend(["a", "b"], 0)

    assert sorted(rota.due(200_000_000)) == ["a", "b"]


def test_a_row_that_is_added_is_next_at_once_and_the_others_go_on() -> None:
    rota: Rota[str] = Rota(SECOND)
    rota.extend(["a", "b"], 0)
    turns(rota, 0)

    rota.add("new", 100)

    assert turns(rota, SECOND) == [(100, "new"), (100 + SECOND // 3, "b"), (100 + 2 * SECOND // 3, "a")]


def test_a_row_that_is_removed_has_no_more_turns() -> None:
    rota: Rota[str] = Rota(SECOND)
    rota.extend(["a", "b"], 0)

    rota.remove("a")

    assert {row for _, row in turns(rota, 5 * SECOND)} == {"b"}


def test_a_shorter_interval_does_not_wait_for_the_longer_one_to_end() -> None:
    rota: Rota[str] = Rota(100 * SECOND)
    rota.extend(["a"], 0)
    turns(rota, 0)

    rota.change(SECOND, 5)

    assert rota.deadline() == 5 + SECOND
