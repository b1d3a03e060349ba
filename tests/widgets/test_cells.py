"""What a cell says of a target."""

from math import nan

import pytest

from app.engine.snapshot import STATES, State
from widgets.cells import KINDS, Look, cells_of
from widgets.glyphs import ASCII, UNICODE

MILLISECOND = 1_000_000


def words(look: Look, *rows: tuple[State, float, float]) -> list[str]:
    """What the cells of targets mean, each by its state, its newest RTT in milliseconds and its loss."""
    states = bytes(STATES.index(state) for state, _, _ in rows)
    last = [round(rtt * MILLISECOND) if rtt >= 0 else -1 for _, rtt, _ in rows]
    codes = cells_of(look, states, last, [loss for _, _, loss in rows])
    return [KINDS[look][code - 1].word for code in codes]


def test_what_never_answered_is_told_from_what_went_down() -> None:
    rows = ((State.DOWN, -1, 1), (State.DOWN, 3, 0.5), (State.UP, 3, 0), (State.WAITING, -1, nan))
    for look in Look:
        said = words(look, *rows)
        assert (said[0], said[1], said[3]) == ("never answered", "down", "waiting")


@pytest.mark.parametrize(
    ("rtt", "word"), [(0.05, "<0.1 ms"), (0.1, "<0.1 ms"), (2, "<3 ms"), (99, "<100 ms"), (101, ">100 ms")]
)
def test_round_trip_times_fall_into_classes(rtt: float, word: str) -> None:
    assert words(Look.RTT, (State.LOSING, rtt, 0.2)) == [word]


@pytest.mark.parametrize(("loss", "word"), [(0, "none lost"), (0.005, "<1 %"), (0.2, "<25 %"), (0.9, ">50 %")])
def test_losses_fall_into_classes(loss: float, word: str) -> None:
    assert words(Look.LOSS, (State.LOSING, 1, loss)) == [word]


def test_the_worst_of_many_is_the_greatest() -> None:
    order = [kind.word for kind in KINDS[Look.STATE]]
    assert order == ["never answered", "waiting", "up", "unknown", "slow", "losing", "down"]


def test_every_kind_has_a_sign_of_its_own() -> None:
    for glyphs in (UNICODE, ASCII):
        for kinds in KINDS.values():
            assert len({kind.glyph(glyphs) for kind in kinds}) == len(kinds)
