from collections.abc import Sequence

import pytest
from rich.segment import Segment
from textual.pilot import Pilot

from app.config import Config
from app.engine.command import AddTarget, Focus, RemoveTarget, Reset, SetInterval
from app.engine.snapshot import State
from app.explorer import Explorer
from app.screens.dashboard import DashboardScreen
from app.screens.help import HelpScreen
from app.screens.packets import PacketsScreen
from app.screens.target import TargetScreen
from app.screens.trace import TraceScreen
from tests.screens.stage import explorer, lines, play, settle, shown, still_feed
from tests.screens.still import NOW, ROWS, SECOND, StillNetwork, samples, snapshot, target_row
from widgets.prompt import Prompt
from widgets.targets import TargetTable

HOSTS = [row.target.host for row in ROWS]


def table(app: Explorer) -> TargetTable:
    return app.screen.query_one(TargetTable)


def order(app: Explorer) -> list[str]:
    return [row.target.host for row in table(app)._rows]


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
        assert "SIMULATED seed 7" in text
        assert "00:04:12" in text
        assert "5 up · 1 slow · 1 losing" in text or size[0] == 60

    play(app, scene, size)


def test_a_row_says_what_was_measured() -> None:
    app = explorer()

    async def scene(pilot: Pilot[None]) -> None:
        row = next(line for line in lines(app) if "slow.example" in line)
        assert row.split()[:8] == ["◆", "slow.example", "50.0", "ms", "18.3", "ms", "12.0", "50.0"]
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


def test_a_run_that_opens_with_a_trace_pings_only_once_the_dashboard_is_seen() -> None:
    app = explorer(opens="trace")

    async def scene(pilot: Pilot[None]) -> None:
        assert isinstance(app.screen, TraceScreen)
        assert app._dashboard.feed is None
        await pilot.press("escape")
        await settle(pilot)
        assert "gateway" in shown(app)

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


def test_reset_and_remove_speak_of_the_selected_target() -> None:
    feed = still_feed()
    app = explorer(feed)

    async def scene(pilot: Pilot[None]) -> None:
        await pilot.press("down", "r", "R", "x")
        told = [each for each in feed.told if not isinstance(each, Focus)]
        assert told == [Reset("resolver"), Reset(None), RemoveTarget("resolver")]

    play(app, scene)


def test_the_interval_changes_by_steps() -> None:
    feed = still_feed()
    app = explorer(feed)

    async def scene(pilot: Pilot[None]) -> None:
        await pilot.press("plus", "minus")
        assert [each for each in feed.told if isinstance(each, SetInterval)] == [
            SetInterval(SECOND // 2),
            SetInterval(2 * SECOND),
        ]

    play(app, scene)


def test_a_target_is_added_by_name() -> None:
    feed = still_feed()
    app = explorer(feed, network=StillNetwork({"more.example": "198.18.0.77"}))

    async def scene(pilot: Pilot[None]) -> None:
        await pilot.press("a", *"more.example", "enter")
        await app.workers.wait_for_complete()
        added = [each.target for each in feed.told if isinstance(each, AddTarget)]
        assert [(each.host, str(each.address)) for each in added] == [("more.example", "198.18.0.77")]
        newcomer = target_row("more.example", "198.18.0.77", State.WAITING, samples("."))
        feed.latest = snapshot([*ROWS, newcomer])
        await settle(pilot)
        assert selected(app) == "more.example"

    play(app, scene)


def test_an_unknown_host_is_one_sentence_and_changes_nothing() -> None:
    feed = still_feed()
    app = explorer(feed)

    async def scene(pilot: Pilot[None]) -> None:
        await pilot.press("a", *"no[such]", "enter")
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert [each.message for each in app._notifications] == ["no[such]: no such host"]
        assert not [each for each in feed.told if isinstance(each, AddTarget)]
        assert app.focused is table(app)

    play(app, scene)


def test_escape_takes_a_question_back() -> None:
    app = explorer()

    async def scene(pilot: Pilot[None]) -> None:
        await pilot.press("a", "x", "escape")
        assert not app.screen.query_one(Prompt).display
        assert app.focused is table(app)

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


def test_escape_comes_back_to_the_same_row() -> None:
    app = explorer()

    async def scene(pilot: Pilot[None]) -> None:
        await pilot.press("s", "j", "enter")
        assert isinstance(app.screen, TargetScreen)
        await pilot.press("escape")
        assert isinstance(app.screen, DashboardScreen)
        assert selected(app) == "resolver"
        assert table(app).order is not None

    play(app, scene)


def test_t_traces_the_selected_target() -> None:
    app = explorer()

    async def scene(pilot: Pilot[None]) -> None:
        await pilot.press("down", "down", "t")
        assert isinstance(app.screen, TraceScreen)
        assert [each.host for each in app._engines.traced] == ["far.example"]  # type: ignore[attr-defined]

    play(app, scene)


def test_i_shows_the_packets_of_the_selected_target() -> None:
    app = explorer()

    async def scene(pilot: Pilot[None]) -> None:
        await pilot.press("down", "i")
        assert isinstance(app.screen, PacketsScreen)

    play(app, scene)


def test_numbers_go_from_mode_to_mode() -> None:
    app = explorer()

    async def scene(pilot: Pilot[None]) -> None:
        await pilot.press("2")
        assert isinstance(app.screen, TraceScreen)
        await pilot.press("3")
        assert isinstance(app.screen, PacketsScreen)
        await pilot.press("1")
        assert isinstance(app.screen, DashboardScreen)
        await pilot.press("2", "1", "2")
        assert len(app._engines.traced) == 1

    play(app, scene)


def test_help_lists_every_key_with_what_it_does() -> None:
    app = explorer()

    async def scene(pilot: Pilot[None]) -> None:
        await pilot.press("question_mark")
        assert isinstance(app.screen, HelpScreen)
        await pilot.pause()
        text = shown(app)
        for words in ("Open this target", "Measure one more target", "Hold the picture", "answering, far above"):
            assert words in text
        await pilot.press("escape")
        assert isinstance(app.screen, DashboardScreen)

    play(app, scene, (120, 60))


def test_a_terminal_too_small_is_told_in_one_line() -> None:
    app = explorer()

    async def scene(pilot: Pilot[None]) -> None:
        assert [line for line in lines(app) if line] == ["terminal too small: 40x10, needs 60x15"]
        await pilot.resize_terminal(80, 24)
        await pilot.pause()
        assert "gateway" in shown(app)

    play(app, scene, (40, 10))


def test_a_network_that_cannot_be_used_is_told_in_one_sentence() -> None:
    app = explorer(trouble="no link can be had: run it as root")

    async def scene(pilot: Pilot[None]) -> None:
        await settle(pilot)
        assert "no link can be had: run it as root" in shown(app)

    play(app, scene)


def test_an_engine_that_failed_is_told_and_its_numbers_stay() -> None:
    feed = still_feed()
    app = explorer(feed)

    async def scene(pilot: Pilot[None]) -> None:
        feed.failure = "the engine stopped: a defect"
        await settle(pilot)
        assert "the engine stopped: a defect" in shown(app)
        assert "gateway" in shown(app)

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


def test_the_engines_end_with_the_program() -> None:
    app = explorer()

    async def scene(pilot: Pilot[None]) -> None:
        await pilot.press("q")

    play(app, scene)
    assert app._engines.is_closed  # type: ignore[attr-defined]
