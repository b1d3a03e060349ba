"""The dashboard: what is on the glass, sorted, filtered, frozen and drawn again."""

from collections.abc import Sequence

import pytest
from rich.segment import Segment
from textual.pilot import Pilot

from app.config import Config
from app.engine.snapshot import State
from app.explorer import Explorer
from tests.screens.stage import explorer, lines, play, settle, shown, still_feed
from tests.screens.still import NOW, ROWS, SECOND, samples, snapshot, target_row
from widgets.targets import TargetTable

HOSTS = [row.target.host for row in ROWS]


def table(app: Explorer) -> TargetTable:
    return app.screen.query_one(TargetTable)


def order(app: Explorer) -> list[str]:
    view = table(app)
    return [view._row(index).target.host for index in range(view.lines())]


def selected(app: Explorer) -> str | None:
    row = table(app).selected
    return None if row is None else row.target.host


@pytest.mark.parametrize("size", [(60, 15), (80, 24), (120, 35), (160, 45), (200, 50)])
def test_every_target_and_how_it_stands_is_on_the_glass(size: tuple[int, int]) -> None:
    app = explorer()

    async def scene(pilot: Pilot[None]) -> None:
        text = shown(app)
        visible = HOSTS if size[1] > 15 else HOSTS[:6]
        assert all(host in text for host in visible)
        assert ("SIMULATED seed 7" if size[0] > 80 else "SIMULATED") in text
        assert "00:04:12" in text
        assert "5 up · 1 slow · 1 losing" in text or size[0] == 60

    play(app, scene, size)


def test_a_row_says_what_was_measured() -> None:
    app = explorer()

    async def scene(pilot: Pilot[None]) -> None:
        row = next(line for line in lines(app) if "slow.example" in line)
        assert row.split()[:10] == ["◆", "slow.example", "50.0", "ms", "18.3", "ms", "12.0", "ms", "50.0", "ms"]
        assert "0.0%" in row

    play(app, scene)


def test_the_ledger_of_the_selected_target_adds_up_on_the_glass() -> None:
    app = explorer()

    async def scene(pilot: Pilot[None]) -> None:
        await pilot.press("down", "down", "down")
        row = ROWS[3]
        ledger = row.ledger
        assert ledger.sent == ledger.replied + ledger.lost + ledger.in_flight + ledger.failed
        said = f"sent {ledger.sent} = replied {ledger.replied} + lost {ledger.lost} + in flight 1 + failed 0"
        assert said in shown(app)

    play(app, scene, (80, 24))


def test_numbers_stand_under_one_another_at_the_decimal_point() -> None:
    app = explorer()

    async def scene(pilot: Pilot[None]) -> None:
        rows = [line for line in lines(app) if any(host in line for host in HOSTS[:5])][:5]
        assert len({line.index("%") for line in rows}) == 1
        assert len({line.index("ms") for line in rows if "µs" not in line}) == 1

    play(app, scene)


def test_a_frame_draws_only_the_rows_that_changed() -> None:
    feed = still_feed()
    app = explorer(feed)

    async def scene(pilot: Pilot[None]) -> None:
        drawn: list[int] = []
        view = table(app)
        render = view.render_row

        def counted(index: int, width: int, *, selected: bool) -> Sequence[Segment]:
            drawn.append(index)
            return render(index, width, selected=selected)

        view.render_row = counted  # type: ignore[method-assign]  # to see what is drawn
        changed = target_row("v6.example", "2001:db8:4::2", State.UP, samples("--", [1, 2]))
        feed.latest = snapshot([changed if row is ROWS[6] else row for row in ROWS], at=NOW + SECOND)
        await settle(pilot)
        assert drawn == [6]

    play(app, scene)


def test_sorting_keeps_the_cursor_on_its_target() -> None:
    app = explorer()

    async def scene(pilot: Pilot[None]) -> None:
        await pilot.press("j", "j", "s")
        assert selected(app) == "far.example"
        assert order(app)[:3] == ["flapping.example", "lossy.example", "slow.example"]
        await pilot.press("s")
        assert order(app) == sorted(HOSTS)
        await pilot.press("S")
        assert order(app) == sorted(HOSTS, reverse=True)
        assert selected(app) == "far.example"

    play(app, scene)


def test_the_cursor_goes_to_the_neighbour_of_a_removed_target_and_stays_there() -> None:
    feed = still_feed()
    app = explorer(feed)

    async def scene(pilot: Pilot[None]) -> None:
        await pilot.press("down")
        feed.latest = snapshot([ROWS[0], *ROWS[2:]], at=NOW + 2 * SECOND)
        await settle(pilot)
        assert selected(app) == "far.example"
        await pilot.press("s")
        assert selected(app) == "far.example"

    play(app, scene)


def test_what_is_not_known_sorts_behind_what_is() -> None:
    app = explorer()

    async def scene(pilot: Pilot[None]) -> None:
        await pilot.press("s", "s", "s")
        assert order(app)[0] == "gateway"
        assert set(order(app)[-3:]) == {"flapping.example", "unsent.example", "new.example"}

    play(app, scene)


def test_a_click_on_a_title_sorts_by_it() -> None:
    app = explorer()

    async def scene(pilot: Pilot[None]) -> None:
        heading = next(line for line in lines(app) if "target" in line and "last" in line)
        await pilot.click(TargetTable, offset=(heading.index("mean") + 1, 0))
        assert order(app)[0] == "gateway"
        assert "mean↑" in shown(app)

    play(app, scene)


def test_filter_shows_the_rows_with_a_text_while_it_is_typed() -> None:
    app = explorer()

    async def scene(pilot: Pilot[None]) -> None:
        await pilot.press("slash", "l", "o", "s")
        assert order(app) == ["lossy.example"]
        await pilot.press("enter")
        assert app.focused is table(app)
        assert "1 of 10 targets with “los”" in shown(app)
        await pilot.press("slash", "escape")
        assert order(app) == HOSTS

    play(app, scene)


def test_filter_finds_addresses_and_states() -> None:
    app = explorer()

    async def scene(pilot: Pilot[None]) -> None:
        await pilot.press("slash", *"2001:")
        assert order(app) == ["v6.example"]
        await pilot.press(*["backspace"] * 5, *"down")
        assert order(app) == ["flapping.example"]

    play(app, scene)


def test_frozen_picture_stands_still_while_measuring_goes_on() -> None:
    feed = still_feed()
    app = explorer(feed)

    async def scene(pilot: Pilot[None]) -> None:
        await pilot.press("space")
        feed.latest = snapshot(ROWS[:2], at=NOW + SECOND)
        await settle(pilot)
        assert "new.example" in shown(app)
        assert "‖ frozen" in shown(app)
        await pilot.press("space")
        await settle(pilot)
        assert "new.example" not in shown(app)

    play(app, scene)


def test_y_puts_all_rows_on_one_scale() -> None:
    app = explorer()

    async def scene(pilot: Pilot[None]) -> None:
        def bars(host: str) -> str:
            return next(line for line in lines(app) if host in line)[-8:]

        assert bars("gateway") == bars("far.example")
        await pilot.press("y")
        assert bars("gateway") < bars("far.example")
        assert "one scale" in shown(app)

    play(app, scene)


def test_ascii_is_enough() -> None:
    app = explorer(config=Config(ascii=True))

    async def scene(pilot: Pilot[None]) -> None:
        assert shown(app).isascii()
        assert "SIMULATED seed 7" in shown(app)

    play(app, scene, (200, 50))


def test_a_resize_keeps_the_cursor_in_sight() -> None:
    app = explorer()

    async def scene(pilot: Pilot[None]) -> None:
        await pilot.press("end")
        for size in ((80, 15), (200, 50), (61, 16), (120, 35)):
            await pilot.resize_terminal(*size)
            await pilot.pause()
            assert "new.example" in shown(app)

    play(app, scene)


@pytest.mark.parametrize(("size", "is_shown"), [((120, 35), False), ((200, 50), True)])
def test_the_windows_of_the_selected_target_stand_where_there_is_room(size: tuple[int, int], *, is_shown: bool) -> None:
    app = explorer()

    async def scene(pilot: Pilot[None]) -> None:
        await settle(pilot)
        assert ("loss (95 % interval)" in shown(app)) is is_shown

    play(app, scene, size)


def test_what_happened_stands_in_one_column() -> None:
    app = explorer()

    async def scene(pilot: Pilot[None]) -> None:
        await settle(pilot)
        found = [line.index(words) for line in lines(app) for words in ("down since", "loss above") if words in line]
        assert len(set(found)) == 1

    play(app, scene)


def test_the_log_stays_in_sight_below_many_targets() -> None:
    rows = [target_row(f"host{each}", f"10.0.0.{each}", State.UP, ROWS[0].recent) for each in range(1, 61)]
    app = explorer(still_feed(rows))

    async def scene(pilot: Pilot[None]) -> None:
        await settle(pilot)
        assert "down: host unreachable" in shown(app)

    play(app, scene, (200, 50))
