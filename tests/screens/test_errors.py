"""The screen of errors: who is told what of whom, at every size, and what its keys do."""

from collections.abc import Callable
from dataclasses import replace
from ipaddress import ip_address

import pytest
from rich.cells import cell_len
from textual.pilot import Pilot

from app.engine.command import Reset
from app.engine.errors.snapshot import ErrorsSnapshot, Owner, Process
from app.explorer import Explorer
from app.packet.text import safe
from app.screens.errors import ErrorsScreen
from app.screens.packets import PacketsScreen
from tests.engine.errors.making import START, KnownKernel, error, udp
from tests.screens.stage import explorer, lines, play, settle, shown
from tests.screens.still import StillFeed
from tests.screens.still_errors import feed
from tests.screens.test_hostile import HOSTILE
from widgets.errortable import ErrorSums, ErrorTable
from widgets.packetlist import PacketList

SIZES = [(80, 24), (120, 35), (200, 50)]
App = Pilot[None]


def stage(
    scene: Callable[[App], object], errors: StillFeed[ErrorsSnapshot] | None = None, size: tuple[int, int] = (120, 35)
) -> None:
    app = explorer()

    async def perform(pilot: App) -> None:
        await app.push_screen(ErrorsScreen(errors or feed()))
        await settle(pilot)
        result = scene(pilot)
        if hasattr(result, "__await__"):
            await result

    play(app, perform, size)


def glass(pilot: App) -> str:
    assert isinstance(pilot.app, Explorer)
    return shown(pilot.app)


@pytest.mark.parametrize("size", [(60, 15), *SIZES])
def test_the_newest_error_is_told_whole_at_every_size(size: tuple[int, int]) -> None:
    def scene(pilot: App) -> None:
        text = glass(pilot)
        assert "host unreachable" in text
        assert "203.0.113.7 is no address of this host" in " ".join(text.split())
        assert "10 errors" in text
        assert "2 forged or too late" in text
        assert isinstance(pilot.app, Explorer)
        assert all(cell_len(line) <= size[0] for line in lines(pilot.app))

    stage(scene, size=size)


def test_a_line_names_the_process_and_what_it_wanted() -> None:
    def scene(pilot: App) -> None:
        line = next(line for line in glass(pilot).splitlines() if "00:00:04" in line)
        for words in ("▲", "198.51.100.9", "port unreachable", "firefox (pid 4242)", "UDP 198.51.100.9:53"):
            assert words in line

    stage(scene)


def test_counts_path_mtus_and_redirects_stand_below() -> None:
    def scene(pilot: App) -> None:
        text = glass(pilot)
        assert "      2  198.51.100.9  port unreachable" in text
        assert "      1  198.51.100.9  1400 said 192.0.2.1, the route has 1400" in text
        assert "      1  198.51.100.9  to 192.0.2.2 said 192.0.2.1, accepted" in text

    stage(scene, size=(200, 50))


def test_nothing_is_said_of_errors_where_none_came() -> None:
    def scene(pilot: App) -> None:
        assert "none has come yet" in glass(pilot)

    stage(scene, feed([]))


def test_enter_opens_the_packet_that_proves_a_line() -> None:
    async def scene(pilot: App) -> None:
        await pilot.press("up", "up", "enter")
        await settle(pilot)
        assert isinstance(pilot.app.screen, PacketsScreen)
        packet = pilot.app.screen.query_one(PacketList).selected
        assert packet is not None
        assert packet.number == 8
        await pilot.press("escape")
        await settle(pilot)
        assert isinstance(pilot.app.screen, ErrorsScreen)
        assert pilot.app.screen.query_one(ErrorTable).cursor == 7

    stage(scene)


def test_tab_goes_to_the_counts_whose_lines_open_their_newest_packet() -> None:
    async def scene(pilot: App) -> None:
        await pilot.press("tab", "end")
        assert pilot.app.screen.query_one(ErrorSums).has_focus
        await pilot.press("enter")
        await settle(pilot)
        assert isinstance(pilot.app.screen, PacketsScreen)
        packet = pilot.app.screen.query_one(PacketList).selected
        assert packet is not None
        assert packet.number == 5
        await pilot.press("escape", "tab")
        assert pilot.app.screen.query_one(ErrorTable).has_focus

    stage(scene, size=(200, 50))


def test_i_shows_the_packets_of_all_errors() -> None:
    async def scene(pilot: App) -> None:
        await pilot.press("i")
        await settle(pilot)
        assert isinstance(pilot.app.screen, PacketsScreen)

    stage(scene)


def test_r_counts_anew() -> None:
    errors = feed()

    async def scene(pilot: App) -> None:
        await pilot.press("R")
        assert errors.told == [Reset()]
        errors.latest = ErrorsSnapshot(START, START)
        await settle(pilot)
        assert "none has come yet" in glass(pilot)

    stage(scene, errors)


def test_the_cursor_stays_on_its_error_when_the_oldest_fall_out() -> None:
    errors = feed()

    async def scene(pilot: App) -> None:
        await pilot.press("home", "down", "down", "down")
        table = pilot.app.screen.query_one(ErrorTable)
        here = table.selected
        rows, omitted = errors.latest.rows, errors.latest.omitted
        errors.latest = replace(errors.latest, rows=rows[2:], omitted=replace(omitted, rows=2))
        await settle(pilot)
        assert table.selected is here

    stage(scene, errors)


def test_the_cursor_on_the_newest_goes_with_it() -> None:
    errors = feed()

    async def scene(pilot: App) -> None:
        first, *others = errors.latest.rows
        omitted = replace(errors.latest.omitted, rows=1)
        errors.latest = replace(errors.latest, rows=(*others, first), omitted=omitted)
        await settle(pilot)
        assert pilot.app.screen.query_one(ErrorTable).selected is first

    stage(scene, errors)


def test_an_engine_that_broke_says_so() -> None:
    errors = feed()
    errors.failure = "errors stopped: the interface is gone"

    def scene(pilot: App) -> None:
        assert "the interface is gone" in glass(pilot)

    stage(scene, errors)


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_process_name_draws_no_more_than_its_cells(name: str) -> None:
    process = Process(1, safe(HOSTILE[name], 64), 0)
    errors = feed([error(3, 3, udp())], KnownKernel({(17, 5300): Owner("connected", 0, process)}))

    def scene(pilot: App) -> None:
        assert isinstance(pilot.app, Explorer)
        for line in lines(pilot.app):
            assert cell_len(line) <= 120
            assert line.isprintable()

    stage(scene, errors)


def test_addresses_of_ipv6_are_cut_and_never_wrap() -> None:
    long = ip_address("2001:db8:1111:2222:3333:4444:5555:6666")
    errors = feed([error(3, 3, udp(destination=ip_address("198.51.100.9")))])
    row = replace(errors.latest.rows[0], source=long)
    errors.latest = replace(errors.latest, rows=(row,))

    def scene(pilot: App) -> None:
        assert isinstance(pilot.app, Explorer)
        assert all(cell_len(line) <= 80 for line in lines(pilot.app))

    stage(scene, errors, (80, 24))


@pytest.mark.parametrize("size", SIZES, ids=["80x24", "120x35", "200x50"])
def test_errors(snap_compare: Callable[..., bool], size: tuple[int, int]) -> None:
    app = explorer()

    async def scene(pilot: App) -> None:
        await app.push_screen(ErrorsScreen(feed()))
        await settle(pilot)
        await pilot.press("up", "up", "up", "up", "up", "up")
        await settle(pilot)

    assert snap_compare(app, terminal_size=size, run_before=scene)
