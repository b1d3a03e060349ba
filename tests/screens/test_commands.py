"""What keys do beyond the dashboard: they tell the engine, open other screens and come back."""

from dataclasses import replace

import pytest
from textual.pilot import Pilot

from app.engine.command import AddTarget, Focus, RemoveTarget, Reset, SetInterval
from app.engine.pacing.making import Mode
from app.engine.snapshot import State
from app.explorer import Explorer
from app.screens.compose import ComposeScreen
from app.screens.dashboard import DashboardScreen
from app.screens.errors import ErrorsScreen
from app.screens.help import HelpScreen
from app.screens.links import LinksScreen
from app.screens.listen import ListenScreen
from app.screens.pace import how_often
from app.screens.packets import PacketsScreen
from app.screens.page import Page
from app.screens.target import TargetScreen
from app.screens.trace import TraceScreen
from tests.screens.stage import explorer, lines, play, settle, shown, still_feed
from tests.screens.still import ROWS, SECOND, StillNetwork, samples, snapshot, target_row
from tests.screens.still_composer import StillComposer
from widgets.prompt import Prompt
from widgets.targets import TargetTable


def table(app: Explorer) -> TargetTable:
    return app.screen.query_one(TargetTable)


def selected(app: Explorer) -> str | None:
    row = table(app).selected
    return None if row is None else row.target.host


def test_a_run_that_opens_with_a_trace_pings_only_once_the_dashboard_is_seen() -> None:
    app = explorer(opens="trace")

    async def scene(pilot: Pilot[None]) -> None:
        assert isinstance(app.screen, TraceScreen)
        assert app._dashboard.feed is None
        await pilot.press("escape")
        await settle(pilot)
        assert "gateway" in shown(app)

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


@pytest.mark.parametrize(
    ("mode", "words"), [(Mode.TIMED, "every 1 s"), (Mode.ADAPTIVE, "as answers come"), (Mode.FLOOD, "flood")]
)
def test_the_screens_say_what_a_probe_waits_for(mode: Mode, words: str) -> None:
    assert how_often(replace(snapshot(ROWS), mode=mode), ROWS[0]) == words


def test_the_interval_of_one_target_changes_by_steps() -> None:
    feed = still_feed()
    app = explorer(feed)

    async def scene(pilot: Pilot[None]) -> None:
        await pilot.press("down", "greater_than_sign", "less_than_sign")
        feed.latest = snapshot([replace(row, interval=SECOND // 5) for row in ROWS])
        await settle(pilot)
        await pilot.press("greater_than_sign")
        assert [each for each in feed.told if isinstance(each, SetInterval)] == [
            SetInterval(SECOND // 2, "resolver"),
            SetInterval(2 * SECOND, "resolver"),
            SetInterval(SECOND // 10, "resolver"),
        ]
        assert "every 200 ms" in shown(app)

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


@pytest.mark.parametrize(
    ("host", "told"),
    [
        ("no[such]", "no[such]: no such host"),
        ("192.0.2.0/24", "192.0.2.0/24 is no single host: blocks are named when hopscope starts"),
    ],
)
def test_an_unknown_host_is_one_sentence_and_changes_nothing(host: str, told: str) -> None:
    feed = still_feed()
    app = explorer(feed)

    async def scene(pilot: Pilot[None]) -> None:
        await pilot.press("a", *host, "enter")
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert [each.message for each in app._notifications] == [told]
        assert not [each for each in feed.told if isinstance(each, AddTarget)]
        prompt = app.screen.query_one(Prompt)
        assert (app.focused, prompt.value) == (prompt, host)
        await pilot.press("escape")
        assert app.focused is table(app)

    play(app, scene)


def test_escape_takes_a_question_back() -> None:
    app = explorer()

    async def scene(pilot: Pilot[None]) -> None:
        await pilot.press("a", "x", "escape")
        assert not app.screen.query_one(Prompt).display
        assert app.focused is table(app)

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
        assert [each.host for each in app._engines.asked] == ["far.example"]  # type: ignore[attr-defined]

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
        assert len({each.key for each in app._engines.asked}) == 1

    play(app, scene)


@pytest.mark.parametrize(
    ("keys", "screen"),
    [
        ("4", ListenScreen),
        ("l", ListenScreen),
        ("5", LinksScreen),
        ("n", LinksScreen),
    ],
)
def test_what_listens_is_a_key_away(keys: str, screen: type[Page]) -> None:
    app = explorer()

    async def scene(pilot: Pilot[None]) -> None:
        await pilot.press(keys)
        assert isinstance(app.screen, screen)
        await pilot.press("1")
        assert isinstance(app.screen, DashboardScreen)

    play(app, scene)


@pytest.mark.parametrize(("opens", "screen"), [("listen", ListenScreen), ("links", LinksScreen)])
def test_a_program_that_listens_measures_only_when_its_dashboard_is_asked_for(opens: str, screen: type[Page]) -> None:
    app = explorer(opens=opens)

    async def scene(pilot: Pilot[None]) -> None:
        assert isinstance(app.screen, screen)
        await pilot.press("5", "4", "5")
        await pilot.pause()
        assert app._dashboard.feed is None
        await pilot.press("1")
        await pilot.pause()
        assert app._dashboard.feed is not None

    play(app, scene)


def test_e_makes_a_packet_by_hand_from_anywhere() -> None:
    app = explorer(hand=StillComposer())

    async def scene(pilot: Pilot[None]) -> None:
        await pilot.press("e")
        assert isinstance(app.screen, ComposeScreen)

    play(app, scene)


def test_where_nothing_can_be_sent_the_reason_is_said_where_one_is() -> None:
    app = explorer()

    async def scene(pilot: Pilot[None]) -> None:
        await pilot.press("e")
        assert isinstance(app.screen, DashboardScreen)
        assert "nothing can be sent: nothing moves here" in [each.message for each in app._notifications]

    play(app, scene)


def test_an_exclamation_mark_shows_the_errors_that_came() -> None:
    app = explorer()

    async def scene(pilot: Pilot[None]) -> None:
        await pilot.press("l", "exclamation_mark")
        assert isinstance(app.screen, ErrorsScreen)
        await pilot.press("4")
        assert isinstance(app.screen, ListenScreen)

    play(app, scene)


def test_where_nothing_can_be_heard_the_reason_is_said_where_one_is() -> None:
    app = explorer(trouble="nobody may listen here")

    async def scene(pilot: Pilot[None]) -> None:
        await pilot.press("4")
        assert isinstance(app.screen, DashboardScreen)
        assert "nobody may listen here" in [each.message for each in app._notifications]

    play(app, scene)


def test_1_leads_from_a_target_to_all_of_them() -> None:
    app = explorer()

    async def scene(pilot: Pilot[None]) -> None:
        await pilot.press("enter")
        assert isinstance(app.screen, TargetScreen)
        await pilot.press("1")
        assert isinstance(app.screen, DashboardScreen)

    play(app, scene)


def test_help_is_read_to_its_end_in_a_small_terminal() -> None:
    app = explorer()

    async def scene(pilot: Pilot[None]) -> None:
        await pilot.press("question_mark")
        await pilot.pause()
        assert "could not be sent" not in shown(app)
        await pilot.press("pagedown", "j", "end")
        await pilot.pause()
        assert "could not be sent" in shown(app)
        await pilot.press("up", "home")
        await pilot.pause()
        assert "Open this target" in shown(app)

    play(app, scene, (80, 24))


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
        assert app.focused is table(app)

    play(app, scene, (40, 10))


def test_a_terminal_that_was_too_small_for_a_while_leaves_the_keys_where_they_were() -> None:
    app = explorer()

    async def scene(pilot: Pilot[None]) -> None:
        await pilot.press("slash", "x")
        for size in ((40, 10), (30, 5), (80, 24)):
            await pilot.resize_terminal(*size)
            await settle(pilot)
        assert app.focused is app.screen.query_one(Prompt)

    play(app, scene)


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


def test_the_engines_end_with_the_program() -> None:
    app = explorer()

    async def scene(pilot: Pilot[None]) -> None:
        await pilot.press("q")

    play(app, scene)
    assert app._engines.is_closed  # type: ignore[attr-defined]
