"""The sizes of a sweep, as many as there are lines for."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from textual.pilot import Pilot

from app.engine.snapshot import Ledger, SizeRow
from tests.screens.stage import explorer, play, settle, shown, still_feed
from tests.screens.still import ROWS, snapshot, summary
from widgets.sizes import spread

MS = 1_000_000


@given(st.integers(0, 3_000), st.integers(2, 60))
def test_the_ends_are_seen_and_no_more_than_fit(count: int, lines: int) -> None:
    sizes = [SizeRow(size, Ledger(), None) for size in range(count)]

    seen = [row.size for row in spread(sizes, lines)]

    assert len(seen) == min(count, lines)
    assert seen == sorted(set(seen))
    if count:
        assert (seen[0], seen[-1]) == (0, count - 1)


def test_a_page_without_height_has_no_sizes() -> None:
    assert spread([SizeRow(1, Ledger(), None)], -1) == []


def test_the_page_of_a_target_shows_its_sweep() -> None:
    sweep = (
        SizeRow(64, Ledger(sent=3, replied=3), summary([2 * MS] * 3)),
        SizeRow(1_472, Ledger(sent=2, lost=2), None),
    )
    feed = still_feed()
    feed.latest = snapshot([replace(ROWS[0], sweep=sweep), *ROWS[1:]])
    app = explorer(feed)

    async def scene(pilot: Pilot[None]) -> None:
        await pilot.press("enter")
        await settle(pilot)
        lines = [line for line in shown(app).splitlines() if line.split()[:1] in (["64"], ["1472"])]
        assert [line.split()[1:5] for line in lines] == [["3", "0.0%", "2.00", "ms"], ["2", "100.0%", "—"]]

    play(app, scene, (120, 50))
