"""The map of a block: what is dead, slow or lossy at one glance, and the way from there to one address."""

from collections.abc import Sequence

from rich.segment import Segment
from textual.pilot import Pilot

from app.config import Config
from app.engine.command import Focus, Watch
from app.engine.snapshot import State, TargetRow
from app.explorer import Explorer
from app.screens.target import TargetScreen
from app.targets import Choice, find_targets
from tests.screens.stage import explorer, lines, play, settle, shown, still_feed
from tests.screens.still import (
    NOW,
    ROWS,
    SECOND,
    FocusingFeed,
    StillEngines,
    StillNetwork,
    samples,
    snapshot,
    target_row,
)
from widgets.grid import TargetGrid

UP, GONE, NEVER = samples("--", [1, 1]), samples("-xxx", [1]), samples("xxx")


def row(address: str, state: State = State.UP) -> TargetRow:
    """One address: up, down since a while where its state says so; .9 never answered."""
    if address.endswith(".9"):
        return target_row(address, address, State.DOWN, NEVER)
    return target_row(address, address, state, GONE if state is State.DOWN else UP)


def block(prefix: str, down: Sequence[str] = ()) -> list[TargetRow]:
    found = find_targets([prefix], lambda host: (), Choice()).targets
    return [row(each.host, State.DOWN if each.host in down else State.UP) for each in found]


def mapped(rows: Sequence[TargetRow], config: Config | None = None) -> tuple[Explorer, FocusingFeed]:
    feed = still_feed(rows)
    targets = [each.target for each in rows]
    app = Explorer(StillNetwork(), targets, config or Config(), engines=StillEngines(feed), is_map=True)
    app.animation_level = "none"
    return app, feed


def grid(app: Explorer) -> TargetGrid:
    return app.screen.query_one(TargetGrid)


def here(app: Explorer) -> str | None:
    selected = grid(app).selected
    return None if selected is None else selected.target.host


def test_a_block_is_a_map_with_a_cell_an_address() -> None:
    app, _ = mapped(block("198.18.4.0/24", down=["198.18.4.18"]))

    async def scene(pilot: Pilot[None]) -> None:
        await settle(pilot)
        text = lines(app)
        assert "254 targets · every 1 s · by state" in text[1]
        assert text[3].split() == ["▌198.18.4.0/28", *"●●●●●●●●·●●●●●●"]
        assert text[4].split() == ["198.18.4.16/28", "●", "●", "✖", *"●●●●●●●●●●●●●"]
        assert "· never answered 1  ● up 252  ✖ down 1" in shown(app)
        assert "+4" in text[2]

    play(app, scene, (80, 24))


def test_the_cursor_goes_over_addresses_and_opens_one() -> None:
    app, feed = mapped(block("198.18.4.0/24"))

    async def scene(pilot: Pilot[None]) -> None:
        assert here(app) == "198.18.4.1"
        await pilot.press("down", "right", "l", "h", "left", "left", "left")
        assert here(app) == "198.18.4.15"
        await settle(pilot)
        assert "198.18.4.15" in lines(app)[1]
        assert feed.told[-1] == Focus("198.18.4.15")
        await pilot.press("enter")
        assert isinstance(app.screen, TargetScreen)
        assert app.screen.target.host == "198.18.4.15"

    play(app, scene, (80, 24))


def test_a_cell_of_many_shows_the_worst_and_leads_to_a_block_to_rows_and_back() -> None:
    app, _ = mapped(block("198.18.0.0/21", down=["198.18.5.83"]))

    async def scene(pilot: Pilot[None]) -> None:
        await settle(pilot)
        assert "worst of 2" in lines(app)[1]
        await pilot.click(TargetGrid, offset=(17 + 41, 1 + 10))
        await settle(pilot)
        assert (lines(app)[1].split()[-1], here(app)) == ("198.18.5.82/31", "198.18.5.83")
        await pilot.press("enter")
        await settle(pilot)
        assert here(app) == "198.18.5.83"
        assert "198.18.5.0/24" in lines(app)[2]
        await pilot.press("z")
        await settle(pilot)
        assert "256 of 2,046 targets in 198.18.5.0/24" in shown(app)
        assert next(line for line in lines(app) if "▌" in line).split()[1] == "198.18.5.83"
        await pilot.press("escape", "backspace")
        await settle(pilot)
        assert here(app) == "198.18.5.83"
        assert "198.18.0.0/21" in lines(app)[2]

    play(app, scene, (120, 35))


def test_c_draws_by_round_trip_time_and_by_loss() -> None:
    app, _ = mapped(block("198.18.4.0/28"), Config(ascii=True))

    async def scene(pilot: Pilot[None]) -> None:
        await pilot.press("c")
        await settle(pilot)
        assert "by RTT" in shown(app)
        assert "3 <1 ms 13" in shown(app)
        await pilot.press("c")
        await settle(pilot)
        assert "1 none lost 13" in shown(app)
        assert shown(app).isascii()

    play(app, scene, (80, 24))


def test_g_turns_from_the_table_to_the_map_and_back_on_the_same_target() -> None:
    app = explorer()

    async def scene(pilot: Pilot[None]) -> None:
        await pilot.press("down", "down", "g")
        await settle(pilot)
        assert here(app) == "far.example"
        await pilot.press("right", "g")
        await settle(pilot)
        assert next(line for line in lines(app) if "▌" in line).split()[1] == "unsent.example"

    play(app, scene)


def test_a_frame_draws_only_the_lines_of_the_map_that_changed() -> None:
    rows = block("198.18.4.0/24")
    app, feed = mapped(rows)

    async def scene(pilot: Pilot[None]) -> None:
        drawn: list[int] = []
        view = grid(app)
        render = view.render_row

        def counted(index: int, width: int, *, selected: bool) -> Sequence[Segment]:
            drawn.append(index)
            return render(index, width, selected=selected)

        view.render_row = counted  # type: ignore[method-assign]  # to see what is drawn
        changed = [row("198.18.4.83", State.DOWN) if each.target.host == "198.18.4.83" else each for each in rows]
        feed.latest = snapshot(changed, at=NOW + SECOND)
        await settle(pilot)
        assert drawn == [83 // 16]

    play(app, scene, (80, 24))


def test_of_thousands_only_the_rows_in_sight_are_looked_at_and_watched() -> None:
    rows = block("198.18.0.0/20")
    feed = still_feed(rows)
    app = explorer(feed)

    async def scene(pilot: Pilot[None]) -> None:
        await settle(pilot)
        watched = [command for command in feed.told if isinstance(command, Watch)][-1].keys
        assert watched[0] == "198.18.0.1"
        assert len(watched) < 100
        await pilot.press("end")
        await settle(pilot)
        assert [command for command in feed.told if isinstance(command, Watch)][-1].keys[-1] == "198.18.15.254"
        assert ROWS[0].target.host not in shown(app)

    play(app, scene)


def test_a_filter_that_is_asked_for_on_the_map_is_typed_into() -> None:
    app, _ = mapped(block("198.18.4.0/24"))

    async def scene(pilot: Pilot[None]) -> None:
        await settle(pilot)
        await pilot.press("slash")
        await settle(pilot)
        await pilot.press(*".18", "enter")
        await settle(pilot)
        assert "with “.18”" in lines(app)[1]

    play(app, scene, (80, 24))
