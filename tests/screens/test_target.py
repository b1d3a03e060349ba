import pytest
from textual.pilot import Pilot

from app.engine.command import Focus, Reset, SetInterval
from app.engine.snapshot import State
from app.explorer import Explorer
from app.screens.dashboard import DashboardScreen
from app.screens.packets import PacketsScreen
from app.screens.target import TargetScreen
from app.screens.trace import TraceScreen
from tests.screens.stage import explorer, lines, play, settle, shown, still_feed
from tests.screens.still import LOSSY as LOSSY_PROBES
from tests.screens.still import ROWS, SECOND, noisy, snapshot, target_row
from widgets.chart import RttChart

LOSSY = ROWS[3]


async def open_lossy(pilot: Pilot[None]) -> None:
    await pilot.press("down", "down", "down", "enter")
    await settle(pilot)


def chart(app: Explorer) -> RttChart:
    return app.screen.query_one(RttChart)


@pytest.mark.parametrize("size", [(60, 15), (80, 24), (120, 35), (200, 50)])
def test_the_target_is_charted_with_its_losses_and_windows(size: tuple[int, int]) -> None:
    app = explorer()

    async def scene(pilot: Pilot[None]) -> None:
        await open_lossy(pilot)
        text = shown(app)
        for words in ("lossy.example", "p50 30.4", "loss ┤", "×", "1 min", "5 min", "now"):
            assert words in text

    play(app, scene, size)


def test_the_history_in_focus_is_asked_for() -> None:
    feed = still_feed()
    app = explorer(feed)

    async def scene(pilot: Pilot[None]) -> None:
        await open_lossy(pilot)
        assert feed.told[-1] == Focus("lossy.example")
        assert "loss above 10 % since 00:02:31" in shown(app)
        assert "host unreachable" not in shown(app)

    play(app, scene)


def test_the_cursor_walks_from_probe_to_probe() -> None:
    app = explorer()

    async def scene(pilot: Pilot[None]) -> None:
        await open_lossy(pilot)
        await pilot.press("left_square_bracket")
        assert "#240  in flight" in shown(app)
        await pilot.press(*["left_square_bracket"] * 5)
        assert "#235  not answered in time" in shown(app)
        await pilot.press("right_square_bracket")
        assert "#236  answered after" in shown(app)

    play(app, scene)


def test_walking_out_of_sight_takes_the_chart_along() -> None:
    app = explorer()

    async def scene(pilot: Pilot[None]) -> None:
        await open_lossy(pilot)
        await pilot.press("plus", "plus", "plus", *["left_square_bracket"] * 35)
        assert "#206" in shown(app)
        drawn = chart(app)._plot
        assert drawn is not None
        assert chart(app)._cursor_cell(drawn) is not None
        await pilot.press("end")
        assert chart(app).token is None
        assert "now" in shown(app)

    play(app, scene)


def test_enter_on_a_probe_leads_to_its_packets_and_escape_back_to_it() -> None:
    app = explorer()

    async def scene(pilot: Pilot[None]) -> None:
        await open_lossy(pilot)
        await pilot.press(*["left_square_bracket"] * 6, "enter")
        assert isinstance(app.screen, PacketsScreen)
        await pilot.press("escape")
        assert isinstance(app.screen, TargetScreen)
        assert chart(app).token == 235

    play(app, scene)


def test_zoom_changes_the_time_that_is_shown() -> None:
    app = explorer()

    async def scene(pilot: Pilot[None]) -> None:
        await open_lossy(pilot)
        span = chart(app).span
        await pilot.press("minus")
        assert chart(app).span > span
        assert "−4 min" in shown(app) or "−3 min" in shown(app)
        await pilot.press("plus", "plus")
        assert chart(app).span < span

    play(app, scene)


def test_pan_goes_back_in_time_and_stops_at_the_oldest_probe() -> None:
    app = explorer()

    async def scene(pilot: Pilot[None]) -> None:
        await open_lossy(pilot)
        assert "now" in shown(app)
        await pilot.press("left", "left")
        assert "now" not in shown(app)
        await pilot.press(*["left"] * 12)
        assert "×" in shown(app)
        await pilot.press(*["right"] * 12)
        assert "now" in shown(app)

    play(app, scene)


def test_a_click_puts_the_cursor_on_the_nearest_probe() -> None:
    app = explorer()

    async def scene(pilot: Pilot[None]) -> None:
        await open_lossy(pilot)
        mark = next(line for line in lines(app) if "loss ┤" in line)
        await pilot.click(RttChart, offset=(mark.rindex("×"), 3))
        assert "not answered in time" in shown(app)

    play(app, scene)


def test_keys_of_the_target_reach_engine_trace_and_packets() -> None:
    feed = still_feed()
    app = explorer(feed)

    async def scene(pilot: Pilot[None]) -> None:
        await open_lossy(pilot)
        await pilot.press("r")
        assert feed.told[-1] == Reset("lossy.example")
        await pilot.press("greater_than_sign", "less_than_sign")
        assert feed.told[-2:] == [SetInterval(SECOND // 2, "lossy.example"), SetInterval(2 * SECOND, "lossy.example")]
        await pilot.press("i")
        assert isinstance(app.screen, PacketsScreen)
        await pilot.press("escape", "t")
        assert isinstance(app.screen, TraceScreen)
        await pilot.press("escape", "escape")
        assert isinstance(app.screen, DashboardScreen)

    play(app, scene)


def test_y_draws_from_zero() -> None:
    app = explorer()

    async def scene(pilot: Pilot[None]) -> None:
        await open_lossy(pilot)
        assert "0 ms ┤" not in [line.strip()[:6] for line in lines(app)]
        await pilot.press("y")
        assert "0 ms ┤" in [line.strip()[:6] for line in lines(app)]

    play(app, scene)


def test_new_samples_move_the_chart() -> None:
    feed = still_feed()
    app = explorer(feed)

    async def scene(pilot: Pilot[None]) -> None:
        await open_lossy(pilot)
        newer = target_row("lossy.example", "198.18.4.2", State.LOSING, noisy(4, LOSSY_PROBES + "xxxx", 30, 0.6))
        feed.latest = snapshot([newer if row is LOSSY else row for row in ROWS], focus="lossy.example")
        await settle(pilot)
        mark = next(line for line in lines(app) if "loss ┤" in line)
        assert "××" in mark[-16:]
        assert "sent 244" in shown(app)

    play(app, scene)


def test_a_target_that_was_removed_is_said_to_be_gone() -> None:
    feed = still_feed()
    app = explorer(feed)

    async def scene(pilot: Pilot[None]) -> None:
        await open_lossy(pilot)
        feed.latest = snapshot(ROWS[:2])
        await settle(pilot)
        assert "lossy.example is not measured any more" in shown(app)

    play(app, scene)
