import unicodedata
from collections.abc import Callable
from dataclasses import replace
from ipaddress import ip_address

import pytest
from rich.cells import cell_len
from textual.pilot import Pilot

from app.engine.neighbourhood.facts import Lldp, RoleKind
from app.engine.neighbourhood.snapshot import ChosenRouter, Neighbour, NeighbourFinding, Omitted
from app.explorer import Explorer
from app.screens.links import LinksScreen
from tests.screens.linkstage import ALONE, TROUBLE, StillClock, glass, put_cursor, row, said, show, stage, table, traces
from tests.screens.stage import explorer, lines, play, settle
from tests.screens.still import SECOND, START, StillFeed
from tests.screens.still_links import (
    AROUND,
    FINDINGS,
    GATEWAY,
    GONE,
    NEIGHBOURS,
    QUERIER,
    SPEAKER,
    many,
    neighbour,
    neighbourhood,
    packets,
    role,
)
from tests.screens.test_hostile import HOSTILE, all_text
from widgets.glyphs import ASCII

# What is told


@pytest.mark.parametrize("size", [(60, 15), (80, 24), (120, 35), (160, 45), (200, 50)])
def test_who_routes_is_on_the_glass_at_every_size(size: tuple[int, int]) -> None:
    async def scene(pilot: Pilot[None]) -> None:
        text = glass(pilot)
        for words in ("eth0", "gateway", "10.0.0.1", "1795 s left", "only listens", "OSPF: 10.0.0.3"):
            assert words in text
        assert all(cell_len(line) <= size[0] for line in text.splitlines())

    stage(neighbourhood(), scene, size)


def test_every_role_of_a_router_has_a_line() -> None:
    async def scene(pilot: Pilot[None]) -> None:
        assert "gateway  10.0.0.1      fe80::1" in row(pilot, " RA ")
        assert "preference high, fd00::/64 on-link auto, MTU 1500" in row(pilot, " RA ")
        assert "hop 1 of 11 traces            OSPF    neighbour 1.1.1.1, area 0, DR" in glass(pilot)
        for words in ("VRRP    master of group 5 (10.0.0.254), priority 200", "IGMP    querier version 3, every 125 s"):
            assert words in glass(pilot)

    stage(neighbourhood(), scene)


def test_what_should_not_be_believed_says_why() -> None:
    async def scene(pilot: Pilot[None]) -> None:
        assert "▲ OSPF    neighbour 1.1.1.3" in glass(pilot)
        assert "└ TTL 64: it may come from another link" in glass(pilot)
        assert "▲ RA      lifetime 0: no default router, said 12 s ago" in glass(pilot)

    stage(neighbourhood(), scene)


def test_who_is_gone_is_dim_and_says_since_when() -> None:
    async def scene(pilot: Pilot[None]) -> None:
        assert "✖ OSPF    gone 12 s ago, neighbour 1.1.1.6" in glass(pilot)

    stage(neighbourhood(), scene)


def test_groups_are_below_their_link_and_beside_it_where_there_is_room() -> None:
    async def scene(pilot: Pilot[None]) -> None:
        is_wide = pilot.app.size.width >= 160
        assert ("groups on eth0  3" in glass(pilot)) is is_wide
        assert "239.7.7.7" in glass(pilot)
        assert "10.0.0.9, 10.0.0.12, 10.0.0.14, and 2 more hosts" in glass(pilot) or is_wide

    stage(neighbourhood(), scene, (120, 45))
    stage(neighbourhood(), scene, (200, 50))


def test_hosts_that_only_the_kernel_knows_are_told_apart() -> None:
    async def scene(pilot: Pilot[None]) -> None:
        assert "hosts  3 more in the kernel's neighbour cache" in glass(pilot)
        assert row(pilot, "10.0.0.77").split()[1:] == ["02:00:00:00:00:77", "kernel:", "stale"]

    stage(neighbourhood(), scene, (120, 50))


def test_a_gateway_that_says_nothing_stands_first_among_the_hosts() -> None:
    around = replace(AROUND, neighbours=AROUND.neighbours[::-1])

    async def scene(pilot: Pilot[None]) -> None:
        view = table(pilot)
        place = next(index for index in range(view.lines()) if view._lines[index].key == "eth0/hosts")
        await put_cursor(pilot, view._lines[place + 1].key)
        assert row(pilot, "02:00:00:00:00:01  ").split()[-3:] == ["kernel:", "reachable,", "gateway"]
        assert "gateway  10.0.0.1  02:00:00:00:00:01" in glass(pilot)

    stage(neighbourhood(neighbours=(), surroundings=around), scene, (120, 50))


def test_nothing_can_be_heard_without_privileges_and_what_would_allow_it_is_named() -> None:
    async def scene(pilot: Pilot[None]) -> None:
        text = glass(pilot)
        assert "hears nothing: the kernel's tables alone" in text
        assert "cap_net_raw+ep" in text
        assert "via 10.0.0.1, metric 100, from dhcp" in text
        await pilot.press("s")
        await settle(pilot)
        assert "no answer would be heard" in said(pilot)

    assert stage(ALONE, scene, (80, 24), trouble=TROUBLE).told == []


def test_what_could_not_be_read_is_said() -> None:
    async def scene(pilot: Pilot[None]) -> None:
        assert "no netlink here: routes are not shown" in glass(pilot)

    stage(neighbourhood(surroundings=replace(AROUND, missing="no netlink here: routes are not shown")), scene)


def test_an_engine_that_ended_says_so() -> None:
    async def scene(pilot: Pilot[None]) -> None:
        screen = pilot.app.screen
        assert isinstance(screen, LinksScreen)
        screen.feed.failure = "the link went down"  # type: ignore[misc]  # a still feed lets a test do that
        await settle(pilot)
        assert "the link went down" in glass(pilot)

    stage(neighbourhood(), scene)


def test_a_silent_link_says_so() -> None:
    async def scene(pilot: Pilot[None]) -> None:
        assert "nobody has said anything here yet" in glass(pilot)

    stage(ALONE, scene)


def test_the_router_that_hosts_of_rfc_1256_take_is_said() -> None:
    async def scene(pilot: Pilot[None]) -> None:
        assert "IRDP    1500 s left, taken by hosts, 10.0.0.4 preference 0" in glass(pilot)

    chosen = ChosenRouter("eth0", ip_address("10.0.0.4"), 0, SPEAKER.key)
    stage(neighbourhood(chosen=(chosen,)), scene)


def test_what_did_not_fit_is_counted() -> None:
    async def scene(pilot: Pilot[None]) -> None:
        assert "and 12,000 more neighbours that there was no room for" in glass(pilot)
        assert "and 7 more findings" in glass(pilot)

    stage(neighbourhood(omitted=Omitted(neighbours=12_000, findings=7)), scene, (120, 50))


def test_signs_are_ascii_where_they_have_to_be() -> None:
    feed = StillFeed(neighbourhood(), packets())
    app = explorer()
    app.glyphs = ASCII

    async def scene(pilot: Pilot[None]) -> None:
        await app.push_screen(LinksScreen(feed, clock=StillClock()))
        await settle(pilot)
        assert "! OSPF    neighbour 1.1.1.3" in glass(pilot)
        assert "- groups  3" in glass(pilot)

    play(app, scene, (120, 45))


# Time


def test_lifetimes_count_down_while_no_snapshot_comes() -> None:
    clock = StillClock()

    async def scene(pilot: Pilot[None]) -> None:
        assert "1795 s left" in row(pilot, " RA ")
        clock.now += 3 * SECOND
        await settle(pilot)
        assert "1792 s left" in row(pilot, " RA ")
        assert "gone 15 s ago" in glass(pilot)

    stage(neighbourhood(), scene, clock=clock)


def test_a_frozen_picture_does_not_count() -> None:
    clock = StillClock()

    async def scene(pilot: Pilot[None]) -> None:
        await pilot.press("space")
        clock.now += 3 * SECOND
        await settle(pilot)
        assert "1795 s left" in row(pilot, " RA ")

    stage(neighbourhood(), scene, clock=clock)


# Nothing jumps


def test_the_cursor_stays_on_its_line_when_others_come_above() -> None:
    async def scene(pilot: Pilot[None]) -> None:
        await put_cursor(pilot, f"wlan0/{QUERIER.key}/mld-querier/")
        early = neighbour(200, role(RoleKind.LLDP, Lldp("a", "b", "early"), first=0))
        await show(pilot, neighbourhood(neighbours=(early, *NEIGHBOURS)))
        line = table(pilot).selected
        assert line is not None
        assert line.subject is QUERIER
        assert "early" in glass(pilot)

    stage(neighbourhood(), scene)


def test_the_gateway_and_routers_come_first_and_then_who_was_heard_first() -> None:
    second = neighbour(11, role(RoleKind.LLDP, Lldp("a", "b", "second"), first=2))
    first = neighbour(12, role(RoleKind.LLDP, Lldp("a", "b", "first"), first=1))

    async def scene(pilot: Pilot[None]) -> None:
        text = glass(pilot)
        assert text.index("gateway") < text.index("LLDP    first") < text.index("LLDP    second") < text.index("hosts")

    stage(neighbourhood(neighbours=(second, first, GATEWAY)), scene)


def test_a_line_that_went_away_leaves_the_cursor_on_its_heading() -> None:
    async def scene(pilot: Pilot[None]) -> None:
        await put_cursor(pilot, f"eth0/{GONE.key}/ospf/")
        await show(pilot, neighbourhood(neighbours=(GATEWAY,)))
        line = table(pilot).selected
        assert line is not None
        assert line.key == "eth0"

    stage(neighbourhood(), scene)


def test_ten_thousand_neighbours_cost_a_frame_no_more_than_the_lines_in_sight() -> None:
    neighbours = tuple(many(10_000))
    crowd = neighbourhood(neighbours=neighbours, lsas=(), groups=(), surroundings=replace(AROUND, neighbours=()))
    drawn: list[int] = []

    async def scene(pilot: Pilot[None]) -> None:
        view = table(pilot)
        render = view.render_row

        def counted(index: int, width: int, *, selected: bool) -> object:
            drawn.append(index)
            return render(index, width, selected=selected)

        view.render_row = counted  # type: ignore[assignment,method-assign]  # to see what is drawn
        await pilot.press("end")
        await settle(pilot)
        assert 0 < len(drawn) <= view.page + 2
        assert "fe80::2710" in glass(pilot)
        before = dict(view._source._blocks)
        drawn.clear()
        await show(
            pilot, replace(crowd, neighbours=(*neighbours[:-1], replace(neighbours[-1], mac="02:00:00:00:27:0f")))
        )
        assert view._source._blocks[neighbours[0]] is before[neighbours[0]]
        assert 0 < len(drawn) <= 3

    stage(crowd, scene)


def test_a_frame_in_which_nothing_changed_draws_nothing() -> None:
    drawn: list[int] = []

    async def scene(pilot: Pilot[None]) -> None:
        view = table(pilot)
        view.render_row = lambda index, *_, **__: drawn.append(index)  # type: ignore[assignment,method-assign]
        await settle(pilot)
        await show(pilot, neighbourhood(heard=215))
        assert drawn == []
        assert "heard 215 packets" in glass(pilot)

    stage(neighbourhood(), scene)


# Hostile


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_words_are_only_text(name: str) -> None:
    text = HOSTILE[name]
    liar = neighbour(66, role(RoleKind.LLDP, Lldp(text, text, text), suspicious=(text,)))
    finding = NeighbourFinding("rogue-router", "eth0", text, START)

    async def scene(pilot: Pilot[None]) -> None:
        await pilot.press("down", "down", "down")
        await settle(pilot)
        assert isinstance(pilot.app, Explorer)
        bad = {sign for sign in all_text(pilot.app) if unicodedata.category(sign) in {"Cc", "Cf", "Cs", "Co"}}
        assert not bad
        assert "gateway" in glass(pilot)
        assert all(cell_len(line) <= pilot.app.size.width for line in lines(pilot.app))

    stage(neighbourhood(neighbours=(GATEWAY, liar), findings=(finding, *FINDINGS)), scene, (80, 24))


def test_a_neighbour_with_a_thousand_addresses_takes_few_lines() -> None:
    crowd = Neighbour(
        "02:00:00:00:00:66",
        "eth0",
        tuple(ip_address(f"fe80::{number:x}") for number in range(1, 1_001)),
        "02:00:00:00:00:66",
        (role(RoleKind.LLDP, Lldp("a", "b", "crowd")),),
    )

    async def scene(pilot: Pilot[None]) -> None:
        assert "and 992 more" in glass(pilot)
        assert table(pilot).lines() < 20

    stage(neighbourhood(neighbours=(crowd,)), scene)


# Pictures


@pytest.mark.parametrize("size", [(80, 24), (120, 35), (200, 50)], ids=["80x24", "120x35", "200x50"])
def test_the_picture_of_the_links(snap_compare: Callable[..., bool], size: tuple[int, int]) -> None:
    app = explorer()

    async def scene(pilot: Pilot[None]) -> None:
        await app.push_screen(LinksScreen(StillFeed(neighbourhood(), packets()), traces, clock=StillClock()))
        await settle(pilot)
        await pilot.press("down", "down")
        await settle(pilot)

    assert snap_compare(app, terminal_size=size, run_before=scene)
