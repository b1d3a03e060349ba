from ipaddress import ip_address

from textual.pilot import Pilot

from app.engine.command import AskMulticastRouter, Solicit
from app.engine.neighbourhood.snapshot import Omitted
from app.screens.packets import PacketsScreen
from tests.screens.linkstage import glass, put_cursor, row, said, show, stage, table
from tests.screens.stage import explorer, play, settle
from tests.screens.still_links import (
    GATEWAY,
    MRINFO,
    neighbourhood,
)
from widgets.attention import Attention


def test_a_heading_folds_and_unfolds() -> None:
    async def scene(pilot: Pilot[None]) -> None:
        await put_cursor(pilot, "eth0/2.0.0.0.0/lsas")
        assert "OSPF link states of area 0  2 router, 1 network, 1 AS external" in glass(pilot)
        await pilot.press("enter")
        await settle(pilot)
        assert row(pilot, "AS external   ").split()[2:6] == ["192.0.2.0", "from", "1.1.1.4", "34"]
        assert "3600 s" in row(pilot, "from 1.1.1.3")
        await pilot.press("left")
        await settle(pilot)
        assert "from 1.1.1.4" not in glass(pilot)
        await pilot.press("right")
        await settle(pilot)
        assert "from 1.1.1.4" in glass(pilot)

    stage(neighbourhood(), scene, (120, 50))


def test_left_goes_from_a_line_to_its_heading_and_folds_it() -> None:
    async def scene(pilot: Pilot[None]) -> None:
        await pilot.press("down", "down", "left")
        line = table(pilot).selected
        assert line is not None
        assert line.key == "eth0"
        await pilot.press("left")
        await settle(pilot)
        assert "gateway" not in glass(pilot)
        assert "3 routers, 0 others" in glass(pilot)
        await pilot.press("right")
        await settle(pilot)
        assert "gateway" in glass(pilot)

    stage(neighbourhood(), scene)


def test_routes_that_rip_tells_unfold() -> None:
    async def scene(pilot: Pilot[None]) -> None:
        await put_cursor(pilot, "eth0/told")
        await pilot.press("enter")
        await settle(pilot)
        assert row(pilot, "10.10.0.0/16  ").split() == [
            "10.10.0.0/16",
            "metric",
            "3",
            "said",
            "10.0.0.4",
            "via",
            "10.0.0.7",
        ]
        assert "unreachable" in row(pilot, "0.0.0.0/0   ")

    stage(neighbourhood(), scene, (120, 50))


def test_enter_opens_the_packet_that_proves_a_line() -> None:
    async def scene(pilot: Pilot[None]) -> None:
        await put_cursor(pilot, f"eth0/{GATEWAY.key}/vrrp/5")
        assert "packet #6" in glass(pilot)
        await pilot.press("enter")
        await settle(pilot)
        screen = pilot.app.screen
        assert isinstance(screen, PacketsScreen)
        assert screen.packets.selected is not None
        assert screen.packets.selected.number == 6
        await pilot.press("escape")
        await settle(pilot)
        line = table(pilot).selected
        assert line is not None
        assert line.packet == 6

    stage(neighbourhood(), scene)


def test_what_only_the_kernel_says_has_no_packet() -> None:
    async def scene(pilot: Pilot[None]) -> None:
        await put_cursor(pilot, "eth0/hosts/10.0.0.77")
        assert "stale in the kernel's neighbour cache; it said nothing of itself that was heard" in glass(pilot)
        await pilot.press("enter")
        await settle(pilot)
        assert "no packet says so" in said(pilot)

    stage(neighbourhood(), scene)


def test_what_did_not_fit_has_no_packet_and_the_kernel_knows_nothing_of_it() -> None:
    async def scene(pilot: Pilot[None]) -> None:
        await put_cursor(pilot, "more/neighbours")
        await pilot.press("enter")
        await settle(pilot)
        assert said(pilot) == "there is no packet behind this line"

    stage(neighbourhood(omitted=Omitted(neighbours=5)), scene)


def test_the_page_is_as_it_was_left_when_somebody_comes_back() -> None:
    app = explorer()

    async def scene(pilot: Pilot[None]) -> None:
        await pilot.press("n")
        await settle(pilot)
        await show(pilot, neighbourhood())
        await put_cursor(pilot, "eth0/hosts")
        await pilot.press("enter")
        for keys in (("escape", "n"), ("4", "5"), ("i", "1", "n")):
            await pilot.press(*keys)
            await settle(pilot)
            line = table(pilot).selected
            assert line is not None
            assert line.key == "eth0/hosts"
            assert "10.0.0.77" not in glass(pilot)

    play(app, scene, (120, 50))


def test_a_finding_opens_its_packet_too() -> None:
    async def scene(pilot: Pilot[None]) -> None:
        await pilot.press("tab")
        await settle(pilot)
        assert pilot.app.screen.query_one(Attention).has_focus
        assert "ospf-mismatch on eth0" in glass(pilot)
        await pilot.press("enter")
        await settle(pilot)
        screen = pilot.app.screen
        assert isinstance(screen, PacketsScreen)
        assert screen.packets.selected is not None
        assert screen.packets.selected.number == 11
        await pilot.press("escape", "tab")
        await settle(pilot)
        assert table(pilot).has_focus

    stage(neighbourhood(), scene)


def test_all_packets_can_be_seen() -> None:
    async def scene(pilot: Pilot[None]) -> None:
        await pilot.press("i")
        await settle(pilot)
        assert isinstance(pilot.app.screen, PacketsScreen)

    stage(neighbourhood(), scene)


def test_soliciting_says_what_is_asked() -> None:
    async def scene(pilot: Pilot[None]) -> None:
        await pilot.press("s")
        await settle(pilot)
        assert "a router solicitation (RFC 4861)" in said(pilot)
        assert "nothing else" not in said(pilot)  # m asks routers, too

    assert stage(neighbourhood(), scene).told == [Solicit()]


def test_a_router_is_asked_for_its_multicast_neighbours() -> None:
    async def scene(pilot: Pilot[None]) -> None:
        await pilot.press("m")
        await settle(pilot)
        assert "put the cursor on a router" in said(pilot)
        await pilot.press("down", "m")
        await settle(pilot)
        await show(pilot, neighbourhood(mrinfo=(MRINFO,)))
        assert "10.0.0.1 answered: a multicast router of 2 interfaces" in said(pilot)
        assert "multicast router 10.0.0.1  version 3.255, prune generation-id mtrace, 2 interfaces" in glass(pilot)
        assert "metric 1, threshold 1, pim, querier, neighbours 10.0.0.3" in row(pilot, "     10.0.0.1   ")

    assert stage(neighbourhood(), scene).told == [AskMulticastRouter(ip_address("10.0.0.1"))]


def test_a_filter_shows_what_has_a_text_and_escape_takes_it_back() -> None:
    async def scene(pilot: Pilot[None]) -> None:
        await pilot.press("slash", *"bfd", "enter")
        await settle(pilot)
        assert "10.0.0.4" in glass(pilot)
        assert "gateway" not in glass(pilot)
        assert "with 'bfd'" in glass(pilot)
        await pilot.press("slash", "escape")
        await settle(pilot)
        assert "gateway" in glass(pilot)

    stage(neighbourhood(), scene)
