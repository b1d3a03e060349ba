from dataclasses import replace

import pytest
from textual.pilot import Pilot

from app.engine.command import Method, Reset, SetInterval, SetMethod
from app.engine.snapshot import End, TraceSnapshot
from app.explorer import Explorer
from app.screens.packets import PacketsScreen
from app.screens.trace import TraceScreen
from tests.screens.stage import Scene, explorer, lines, play, settle, shown
from tests.screens.still import SECOND, StillFeed, StillNetwork, noisy
from tests.screens.still_trace import HOPS, NAMES, building, hop, responder, silent, trace
from widgets.hops import HopTable


def stage(
    snapshot: TraceSnapshot, scene: Scene, size: tuple[int, int] = (120, 35), *, methods: tuple[Method, ...] = ()
) -> StillFeed[TraceSnapshot]:
    """A trace screen over the dashboard."""
    feed = StillFeed(snapshot)
    app = explorer(network=StillNetwork(names=NAMES))

    async def opened(pilot: Pilot[None]) -> None:
        await app.push_screen(TraceScreen(feed, methods or tuple(Method)))
        await settle(pilot)
        await scene(pilot)

    play(app, opened, size)
    return feed


def glass(pilot: Pilot[None]) -> str:
    assert isinstance(pilot.app, Explorer)
    return shown(pilot.app)


def row(pilot: Pilot[None], text: str) -> list[str]:
    assert isinstance(pilot.app, Explorer)
    return next(line for line in lines(pilot.app) if text in line).split()


@pytest.mark.parametrize("size", [(60, 15), (80, 24), (120, 35), (160, 45), (200, 50)])
def test_every_hop_is_on_the_glass_at_every_size(size: tuple[int, int]) -> None:
    async def scene(pilot: Pilot[None]) -> None:
        text = glass(pilot)
        for words in ("gw.example", "no answer", "2 hosts answer here", "MPLS 24001 tc 0 bottom ttl 1"):
            assert words in text
        assert "reached: 6 hops" in text

    stage(trace(), scene, size)


def test_a_hop_says_what_was_measured() -> None:
    async def scene(pilot: Pilot[None]) -> None:
        times = ["5.05", "ms", "4.89", "ms", "4.81", "ms", "5.05", "ms"]
        assert row(pilot, "10.1.0.1")[:12] == ["2", "10.1.0.1", "0.0%", "42", *times]
        assert row(pilot, "no answer")[:6] == ["3", "no", "answer", "?", "42", "—"]

    stage(trace(), scene)


@pytest.mark.parametrize(("width", "is_whole"), [(80, False), (120, True), (200, True)])
def test_a_name_is_shown_whole_and_its_address_where_there_is_room(width: int, *, is_whole: bool) -> None:
    host = "landing.east.carrier.example"

    async def scene(pilot: Pilot[None]) -> None:
        assert (f"{host}  10.0.0.1" in glass(pilot)) is is_whole
        assert host in glass(pilot)

    app = explorer(network=StillNetwork(names={"10.0.0.1": host}))

    async def opened(pilot: Pilot[None]) -> None:
        await app.push_screen(TraceScreen(StillFeed(trace())))
        await settle(pilot)
        await scene(pilot)

    play(app, opened, (width, 24))


def test_the_method_is_told_with_its_port() -> None:
    async def scene(pilot: Pilot[None]) -> None:
        assert "udp 33434, one flow" in glass(pilot)

    stage(trace(), scene)


def test_several_flows_are_told() -> None:
    async def scene(pilot: Pilot[None]) -> None:
        assert "udp 33434, 8 flows" in glass(pilot)

    stage(replace(trace(), flows=8), scene)


def test_only_hops_up_to_the_farthest_answer_are_shown_while_the_path_is_found() -> None:
    async def scene(pilot: Pilot[None]) -> None:
        assert pilot.app.screen.query_one(HopTable).lines() == 5
        assert row(pilot, "  3  ")[:3] == ["3", "·", "—"]
        assert "asking 1-12, 2 answered" in glass(pilot)

    stage(building(), scene)


def test_a_silent_end_is_told_in_one_line() -> None:
    hops = [*HOPS[:2], *(hop(ttl, silent("xx")) for ttl in range(3, 31))]

    async def scene(pilot: Pilot[None]) -> None:
        assert "no answer from 3 to 30" in glass(pilot)
        assert "no answer beyond hop 2" in glass(pilot)

    stage(trace(hops, End.SILENT), scene)


def test_a_refusal_is_said_in_words_with_who_said_it() -> None:
    measured = noisy(3, "---", 5, 0.1)
    refusal = responder("10.1.0.1", measured, text="communication administratively prohibited", type=3, code=13)

    async def scene(pilot: Pilot[None]) -> None:
        text = glass(pilot)
        assert "prohibited: communication administratively prohibited, said 10.1.0.1 at hop 2" in text
        assert "└ communication administratively prohibited" in text

    stage(trace([HOPS[0], hop(2, measured, refusal)], End.PROHIBITED), scene)


def test_a_note_that_is_longer_than_its_line_says_that_it_goes_on() -> None:
    measured = noisy(3, "---", 5, 0.1)
    refusal = responder("10.1.0.1", measured, text="communication administratively prohibited", type=3, code=13)

    async def scene(pilot: Pilot[None]) -> None:
        note = next(line for line in glass(pilot).splitlines() if "└ communication" in line)
        assert (len(note), note[-13:]) == (60, "ed, and no e…")

    words = replace(refusal, text=f"{refusal.text}, and no exceptions allowed here or anywhere")
    stage(trace([HOPS[0], hop(2, measured, words)], End.PROHIBITED), scene, (60, 15))


def test_the_cursor_stays_on_its_hop_while_the_table_grows() -> None:
    async def scene(pilot: Pilot[None]) -> None:
        table = pilot.app.screen.query_one(HopTable)
        await pilot.press("end")
        before = table.selected
        assert before is not None
        assert before.hop.ttl == 5
        screen = pilot.app.screen
        assert isinstance(screen, TraceScreen)
        screen.feed.latest = trace()  # type: ignore[misc]  # a still feed lets a test do that
        await settle(pilot)
        assert table.selected is not None
        assert table.selected.hop.ttl == 5
        assert "gw.example" in glass(pilot)

    stage(building(), scene)


def test_keys_tell_the_engine_what_to_do() -> None:
    async def scene(pilot: Pilot[None]) -> None:
        await pilot.press("m", "r", "plus", "minus")

    feed = stage(trace(), scene)
    assert feed.told == [SetMethod(Method.TCP), Reset(), SetInterval(SECOND // 2), SetInterval(2 * SECOND)]


def test_only_methods_that_the_link_can_are_offered() -> None:
    async def scene(pilot: Pilot[None]) -> None:
        await pilot.press("m")

    assert stage(trace(), scene, methods=(Method.ICMP, Method.UDP)).told == [SetMethod(Method.ICMP)]


def test_n_shows_addresses_alone_and_names_again() -> None:
    async def scene(pilot: Pilot[None]) -> None:
        await pilot.press("n")
        await settle(pilot)
        assert "gw.example" not in glass(pilot)
        await pilot.press("n")
        await settle(pilot)
        assert "gw.example" in glass(pilot)

    stage(trace(), scene)


def test_a_frozen_picture_does_not_change_and_says_so() -> None:
    async def scene(pilot: Pilot[None]) -> None:
        await pilot.press("space")
        screen = pilot.app.screen
        assert isinstance(screen, TraceScreen)
        screen.feed.latest = trace()  # type: ignore[misc]  # a still feed lets a test do that
        await settle(pilot)
        assert "frozen" in glass(pilot)
        assert "2 hosts" not in glass(pilot)
        await pilot.press("space")
        await settle(pilot)
        assert "2 hosts" in glass(pilot)

    stage(building(), scene)


def test_enter_opens_the_packets_of_the_hop_and_escape_returns_to_it() -> None:
    async def scene(pilot: Pilot[None]) -> None:
        await pilot.press("down", "enter")
        await settle(pilot)
        assert isinstance(pilot.app.screen, PacketsScreen)
        assert "hop 2 to lossy.example" in glass(pilot)
        await pilot.press("escape")
        await settle(pilot)
        assert pilot.app.screen.query_one(HopTable).cursor == 1
        await pilot.press("i")
        await settle(pilot)
        assert isinstance(pilot.app.screen, PacketsScreen)

    stage(trace(), scene)


def test_the_target_stands_at_the_last_hop_that_answers_with_its_address() -> None:
    measured = noisy(3, "---", 5, 0.1)
    hops = [hop(ttl, measured, responder("198.18.4.2", measured, is_target=True)) for ttl in (1, 2, 3)]

    async def scene(pilot: Pilot[None]) -> None:
        assert "reached: 3 hops" in glass(pilot)

    stage(trace(hops), scene)


def test_a_router_that_limits_its_answers_does_not_cry_loss() -> None:
    async def scene(pilot: Pilot[None]) -> None:
        table = pilot.app.screen.query_one(HopTable)
        styles = {
            segment.text.strip(): segment.style
            for y in range(table.size.height)
            for segment in table.strip(y, table.size.width)
        }
        assert styles["66.7%"] != styles["21.4%"]

    stage(trace(), scene)


def test_the_picture_of_a_trace(snap_compare: object) -> None:
    app = explorer(network=StillNetwork(names=NAMES))

    async def opened(pilot: Pilot[None]) -> None:
        await app.push_screen(TraceScreen(StillFeed(trace())))
        await settle(pilot)

    assert snap_compare(app, terminal_size=(120, 35), run_before=opened)  # type: ignore[operator]  # an untyped fixture


def test_a_hop_gets_an_interval_of_its_own() -> None:
    async def scene(pilot: Pilot[None]) -> None:
        await pilot.press("down", "greater_than_sign", "less_than_sign")

    feed = stage(trace(), scene)

    key = trace().hops[1].key
    assert feed.told == [SetInterval(SECOND // 2, key), SetInterval(2 * SECOND, key)]


def test_what_was_not_asked_says_from_where_it_is_known() -> None:
    shared = [replace(hop, inferred_from="web.example") for hop in trace().hops[:2]]
    slowly = replace(trace().hops[3], interval=5 * SECOND)
    snapshot = replace(trace(), hops=(*shared, trace().hops[2], slowly, *trace().hops[4:]))

    async def scene(pilot: Pilot[None]) -> None:
        assert "hops 1 to 2 not asked yet: as on the path to web.example" in glass(pilot)
        assert "asked every 5 s" in glass(pilot)

    stage(snapshot, scene)
