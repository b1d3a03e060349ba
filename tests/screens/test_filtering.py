"""The filter and the search of the packet screen, as a user writes them."""

from collections.abc import Callable

from textual import events
from textual.pilot import Pilot
from textual.widgets import Input

from app.screens.finding import FindScreen
from app.screens.packets import PacketsScreen
from tests.screens.stage import Scene, explorer, play, settle, shown
from tests.screens.still_capture import StillCapture, file_of, many
from tests.screens.still_packets import log
from widgets.fieldtree import FieldTree
from widgets.filterbar import FilterBar, Offers


def stage(scene: Scene, screen: PacketsScreen, size: tuple[int, int] = (120, 35)) -> None:
    app = explorer()

    async def opened(pilot: Pilot[None]) -> None:
        await app.push_screen(screen)
        await settle(pilot)
        await scene(pilot)

    play(app, opened, size)


def glass(pilot: Pilot[None]) -> str:
    return shown(pilot.app)  # type: ignore[arg-type]  # the stage has no other


async def until(pilot: Pilot[None], holds: Callable[[], bool]) -> None:
    """Frames, until something holds."""
    for _ in range(500):
        await settle(pilot)
        if holds():
            return
    raise AssertionError(glass(pilot))


async def done(pilot: Pilot[None], screen: PacketsScreen) -> None:
    await until(pilot, lambda: screen._sieve is None or screen._sieve.is_done)
    await settle(pilot)


def test_a_filter_is_completed_applied_and_taken_back_with_the_cursor_on_its_packet() -> None:
    screen = PacketsScreen(log())

    async def scene(pilot: Pilot[None]) -> None:
        await pilot.press("home", "down", "down", "slash", *"icmp.typ")
        await settle(pilot)
        assert screen.query_one(Offers).items[0].insert == "icmp.type"
        await pilot.press("tab", *" == 11")
        await settle(pilot)
        assert screen.query_one(FilterBar).query_one(Input).value == "icmp.type == 11"
        await pilot.press("enter")
        await done(pilot, screen)
        assert [screen.packets.index.number(place) for place in range(screen.packets.lines())] == [3, 7, 8]
        assert "3 of 9  icmp.type == 11" in glass(pilot)
        await pilot.press("down", "ctrl+u")
        await settle(pilot)
        assert screen.packets.selected is not None
        assert screen.packets.selected.number == 7
        assert screen.packets.lines() == 9

    stage(scene, screen)


def test_a_wrong_filter_is_told_at_its_place_and_never_applied() -> None:
    screen = PacketsScreen(log())

    async def scene(pilot: Pilot[None]) -> None:
        await pilot.press("slash", *"icmp.type == 11 )", "enter")
        await settle(pilot)
        lines = glass(pilot).splitlines()
        place = next(number for number, line in enumerate(lines) if "icmp.type == 11 )" in line)
        assert lines[place + 1].index("^") == lines[place].index(")")
        assert screen.query_one(FilterBar).display
        await pilot.press("escape")
        await settle(pilot)
        assert not screen.query_one(FilterBar).display
        assert screen.packets.lines() == 9
        assert screen.focused is screen.packets

    stage(scene, screen)


def test_filters_asked_before_are_offered_again_also_on_another_screen() -> None:
    first, second = PacketsScreen(log()), PacketsScreen(log())

    async def scene(pilot: Pilot[None]) -> None:
        await pilot.press("slash", *"udp", "enter", "slash", "ctrl+u", *"icmp", "enter", "escape")
        await pilot.app.push_screen(second)
        await settle(pilot)
        await pilot.press("slash", "down", "down", "down", "up", "up", "down", "enter")
        await done(pilot, second)
        assert second.expression == "udp"
        await pilot.press("slash", "ctrl+u", "enter")
        await settle(pilot)
        assert second.expression == ""

    stage(scene, first)


def test_filters_are_made_from_the_field_under_the_cursor() -> None:
    screen = PacketsScreen(log())

    async def scene(pilot: Pilot[None]) -> None:
        await pilot.press("home", "down", "down", "tab", "down")
        await settle(pilot)

        async def made() -> tuple[str, int]:
            await done(pilot, screen)
            return screen.expression, screen.packets.lines()

        await pilot.press("equals_sign")
        assert await made() == ("icmp.type == 11", 3)
        await pilot.press("ampersand")
        assert await made() == ("icmp.type == 11 && icmp.type == 11", 3)
        await pilot.press("vertical_line")
        assert await made() == ("icmp.type == 11 && icmp.type == 11 || icmp.type == 11", 3)
        await pilot.press("tilde")
        assert await made() == ("!(icmp.type == 11)", 6)
        assert screen.navigator.filters.expressions[0] == screen.expression

    stage(scene, screen)


def test_what_is_looked_for_is_found_around_the_end_and_its_field_selected() -> None:
    screen = PacketsScreen(log())

    async def found(pilot: Pilot[None]) -> int:
        await until(pilot, lambda: screen._seeker is None)
        assert screen.packets.selected is not None
        return screen.packets.selected.number

    async def scene(pilot: Pilot[None]) -> None:
        await pilot.press("home", "f")
        assert isinstance(pilot.app.screen, FindScreen)
        await pilot.press(*"icmp.type=11", "enter")
        assert await found(pilot) == 3
        line = screen.query_one(FieldTree).selected
        assert line is not None
        assert line.span is not None
        assert line.span.field.name == "icmp.type"
        await pilot.press("n")
        assert await found(pilot) == 7
        await pilot.press("N")
        assert await found(pilot) == 3
        await pilot.press("shift+f3")
        assert await found(pilot) == 8
        await pilot.press("f3")
        assert await found(pilot) == 3
        await pilot.press("f", "end", "ctrl+u", *"nosuchtext", "enter")
        await until(pilot, lambda: screen._seeker is None)
        assert [each.message for each in pilot.app._notifications] == ['"nosuchtext" is in none of 9 packets']

    stage(scene, screen)


def test_a_filter_over_many_packets_tells_how_far_it_is_and_escape_stops_it() -> None:
    capture = StillCapture(file_of(many(3_000)))
    screen = PacketsScreen(capture, expression="icmpv6.type == 129")

    async def scene(pilot: Pilot[None]) -> None:
        await done(pilot, screen)
        assert "300 of 3,000" in glass(pilot)
        screen._background.end()  # what follows is not looked at, so that it can be seen to wait
        await pilot.press("slash", "ctrl+u", *"frame.number > 10", "enter")
        await settle(pilot)
        assert "of 3,000 looked at" in glass(pilot)
        await pilot.press("escape")
        await settle(pilot)
        assert "stopped at" in glass(pilot)
        assert pilot.app.screen is screen

    stage(scene, screen)


def test_a_capture_that_grows_goes_on_being_filtered() -> None:
    whole = file_of(many(40))
    capture = StillCapture(whole[: len(file_of(many(20)))])
    screen = PacketsScreen(capture, expression="icmpv6.type == 129")

    async def scene(pilot: Pilot[None]) -> None:
        await done(pilot, screen)
        assert screen.packets.lines() == 2
        capture.grow(whole[len(file_of(many(20))) :])
        await until(pilot, lambda: screen.packets.lines() == 4)

    stage(scene, screen)


def test_in_a_file_the_cursor_goes_to_the_first_match_and_back_to_its_packet() -> None:
    screen = PacketsScreen(StillCapture(file_of(many(40))))

    async def scene(pilot: Pilot[None]) -> None:
        packets = screen.packets
        await pilot.press("slash", *"frame.number > 10", "enter")
        await done(pilot, screen)
        assert packets.cursor == 0
        assert packets.index.number(packets.cursor) == 11
        await pilot.press("end", "ctrl+u")
        await settle(pilot)
        assert packets.index.number(packets.cursor) == 40
        await pilot.press("home", "slash", *"frame.number < 20", "enter")
        await done(pilot, screen)
        await pilot.press("end", "ctrl+u")
        await settle(pilot)
        assert packets.index.number(packets.cursor) == 19

    stage(scene, screen)


def test_keys_that_come_in_one_burst_reach_the_line_that_the_first_of_them_opens() -> None:
    async def scene(pilot: Pilot[None]) -> None:
        await pilot.press("3")
        for key, character in (("slash", "/"), *((letter, letter) for letter in "icmp"), ("enter", "\r")):
            pilot.app.post_message(events.Key(key, character))
        await pilot.pause()
        await settle(pilot)
        screen = pilot.app.screen
        assert isinstance(screen, PacketsScreen)
        assert screen.expression == "icmp"

    play(explorer(), scene)
