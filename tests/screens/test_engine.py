"""The engine panel: it looks while it is shown, says what is wrong, and leads back."""

from textual.pilot import Pilot

from app.engine.condition import EngineCondition, Lateness, LinkCondition, ProcessCondition
from app.screens.dashboard import DashboardScreen
from app.screens.engine import EngineScreen
from tests.screens.stage import explorer, lines, play
from tests.screens.still import StillEngines

SECOND = 1_000_000_000


def condition(second: int, *, dropped: int = 0) -> ProcessCondition:
    link = LinkCondition("raw", calls="sendmmsg, recvmmsg", dropped=dropped)
    late = Lateness(1_000_000, 4_000_000, 9_000_000)
    engines = [
        EngineCondition(
            name, second * SECOND, second * 20_000_000, second * 10, second * 9, 10.0, 5_000_000, late, link
        )
        for name in ("ping", "trace far.example")
    ]
    return ProcessCondition(second * SECOND, second * 60_000_000, (), 46 << 20, 3, 1_000_000, tuple(engines))


def test_the_panel_shows_each_engine_and_what_is_wrong_and_leads_back() -> None:
    app = explorer()
    engines = app._engines
    assert isinstance(engines, StillEngines)

    async def scene(pilot: Pilot[None]) -> None:
        engines.process = condition(0)
        await pilot.press("E")
        panel = app.screen
        assert isinstance(panel, EngineScreen)
        panel.looks.pause()
        engines.process = condition(1, dropped=12)
        panel.look()
        panel.poll()
        await pilot.press("down")
        await pilot.pause()
        shown = "\n".join(lines(app))
        assert "2 engines · 20.0 probes/s · 6.0% of a core" in shown
        assert "─ trace far.example ─" in shown
        assert "24 packets" not in shown
        assert "12 packets dropped here, not on the network: a receive buffer of" in shown
        await pilot.press("E")
        assert isinstance(app.screen, DashboardScreen)

    play(app, scene, size=(80, 24))


def test_under_another_screen_it_looks_no_more() -> None:
    app = explorer()

    async def scene(pilot: Pilot[None]) -> None:
        await pilot.press("E")
        panel = app.screen
        assert isinstance(panel, EngineScreen)
        await pilot.press("question_mark")
        assert not panel.looks._active.is_set()
        await pilot.press("escape")
        assert panel.looks._active.is_set()
        await pilot.press("escape")
        assert isinstance(app.screen, DashboardScreen)

    play(app, scene)
