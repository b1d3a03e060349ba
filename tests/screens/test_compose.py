import pytest
from textual.pilot import Pilot

from app.engine.command import Transmit
from app.explorer import Explorer
from app.packet.composing.draft import Draft
from app.packet.composing.packet import Composed
from app.screens.compose import ComposeScreen
from app.screens.packets import PacketsScreen
from app.screens.sending import ConfirmScreen, TimesScreen
from tests.packet.composing.origin import packet
from tests.screens.stage import Scene, explorer, lines, play, settle
from tests.screens.still_composer import QUERY, StillComposer, answered_log, snapshot
from tests.screens.still_packets import log
from widgets.editing import EditDump, EditTree
from widgets.prompt import Prompt


def stage(
    scene: Scene,
    made: Composed | None = QUERY,
    *,
    composer: StillComposer | None = None,
    size: tuple[int, int] = (120, 35),
) -> None:
    """A compose screen over the dashboard."""
    app = explorer()
    composer = composer or StillComposer()

    async def opened(pilot: Pilot[None]) -> None:
        screen = ComposeScreen(composer) if made is None else ComposeScreen(composer, made.data, made.link)
        await app.push_screen(screen)
        await settle(pilot)
        await scene(pilot)

    play(app, opened, size)


def glass(pilot: Pilot[None]) -> str:
    assert isinstance(pilot.app, Explorer)
    return "\n".join(lines(pilot.app))


def tree(pilot: Pilot[None]) -> EditTree:
    return pilot.app.screen.query_one(EditTree)


def to_field(pilot: Pilot[None], bit: int) -> None:
    tree(pilot).select_bit(bit)


def draft(pilot: Pilot[None]) -> Draft:
    screen = pilot.app.screen
    assert isinstance(screen, ComposeScreen)
    assert screen.draft is not None
    return screen.draft


async def typed(pilot: Pilot[None], text: str) -> None:
    pilot.app.screen.query_one(Prompt).value = text
    await pilot.press("enter")
    await settle(pilot)


def told(composer: StillComposer) -> list[Transmit]:
    return [command for command in composer.still.told if isinstance(command, Transmit)]


@pytest.mark.parametrize("size", [(80, 24), (120, 35), (200, 50)])
def test_the_packet_and_how_it_would_leave_are_shown(size: tuple[int, int]) -> None:
    async def scene(pilot: Pilot[None]) -> None:
        shown = glass(pilot)
        assert "DNS query 0x1234 A? host.lab" in shown
        assert "lengths and checksums are made right" in shown
        assert "leaves by a raw socket" in shown
        assert "the kernel would change nothing" in shown

    stage(scene, size=size)


def test_enter_asks_for_the_value_of_a_field_and_what_counts_it_follows() -> None:
    async def scene(pilot: Pilot[None]) -> None:
        to_field(pilot, 41 * 8)
        await pilot.press("enter")
        assert pilot.app.screen.query_one(Prompt).value == "host.lab"
        await typed(pilot, "a.longer.name")
        shown = glass(pilot)
        assert "A? a.longer.name" in shown
        assert "59 bytes" in shown
        assert "bad" not in shown

    stage(scene)


def test_enter_on_a_layer_opens_it() -> None:
    async def scene(pilot: Pilot[None]) -> None:
        await pilot.press("home", "enter")
        await settle(pilot)
        assert "time to live" in glass(pilot)
        await pilot.press("o")
        await settle(pilot)
        assert "time to live" not in glass(pilot)

    stage(scene)


def test_a_value_that_does_not_fit_is_told() -> None:
    async def scene(pilot: Pilot[None]) -> None:
        to_field(pilot, 8 * 8)
        await pilot.press("enter")
        await typed(pilot, "300")
        assert "ip.ttl holds 0 to 255, not 300" in glass(pilot)

    stage(scene)


def test_digits_overwrite_the_bytes_and_can_be_taken_back() -> None:
    async def scene(pilot: Pilot[None]) -> None:
        await pilot.press("tab", "home")
        for _ in range(8):
            await pilot.press("right")
        await pilot.press("0", "9")
        await settle(pilot)
        dump = pilot.app.screen.query_one(EditDump)
        assert dump.byte == 9
        assert draft(pilot).data[8] == 9
        assert draft(pilot).data[10:12] != QUERY.data[10:12]
        await pilot.press("u", "u", "u")
        await settle(pilot)
        assert draft(pilot).data == QUERY.data

    stage(scene)


def test_bits_are_overwritten_one_by_one() -> None:
    async def scene(pilot: Pilot[None]) -> None:
        await pilot.press("tab", "v", "v", "v", "v")
        dump = pilot.app.screen.query_one(EditDump)
        dump.width_mode = "bits"
        dump.put_bit(6 * 8 + 1)
        await pilot.press("1")
        await settle(pilot)
        assert dump.bit == 6 * 8 + 2
        assert draft(pilot).data[6] == 0x40

    stage(scene)


def test_what_follows_by_itself_can_be_left_as_it_is() -> None:
    async def scene(pilot: Pilot[None]) -> None:
        await pilot.press("a")
        to_field(pilot, 8 * 8)
        await pilot.press("enter")
        await typed(pilot, "3")
        shown = glass(pilot)
        assert "lengths and checksums stay as they are" in shown
        assert "bad, should be" in shown
        assert "leaves eth0 as a frame, for the kernel would mend a datagram" in shown

    stage(scene)


def test_what_the_kernel_would_change_is_said() -> None:
    async def scene(pilot: Pilot[None]) -> None:
        to_field(pilot, 4 * 8)
        await pilot.press("enter")
        await typed(pilot, "0")
        assert "the kernel would change ip.id, ip.checksum" in glass(pilot)

    stage(scene)


def test_it_is_sent_once() -> None:
    composer = StillComposer()

    async def scene(pilot: Pilot[None]) -> None:
        await pilot.press("s")
        (command,) = told(composer)
        assert (command.count, command.shots[0].packet.data) == (1, QUERY.data)

    stage(scene, composer=composer)
    assert composer.is_closed


def test_it_is_sent_many_times_at_a_rate() -> None:
    composer = StillComposer()

    async def scene(pilot: Pilot[None]) -> None:
        await pilot.press("S")
        await settle(pilot)
        assert isinstance(pilot.app.screen, TimesScreen)
        await pilot.press(*"100 at 50", "enter")
        await settle(pilot)
        (command,) = told(composer)
        assert (command.count, command.interval) == (100, 20_000_000)

    stage(scene, composer=composer)


@pytest.mark.parametrize("answer", ["2000 at 1001", "0", "many"])
def test_no_rate_above_the_limit_is_taken(answer: str) -> None:
    composer = StillComposer()

    async def scene(pilot: Pilot[None]) -> None:
        await pilot.press("S")
        await settle(pilot)
        await pilot.press(*answer, "enter")
        await settle(pilot)
        assert isinstance(pilot.app.screen, TimesScreen)
        assert told(composer) == []

    stage(scene, composer=composer)


def test_what_is_dangerous_is_asked_for_in_a_word() -> None:
    composer = StillComposer()

    async def scene(pilot: Pilot[None]) -> None:
        await pilot.press("s")
        await settle(pilot)
        assert isinstance(pilot.app.screen, ConfirmScreen)
        assert "198.51.100.7 is no address of this host" in glass(pilot)
        await pilot.press("y", "enter")
        assert told(composer) == []
        await pilot.press("e", "s", "enter")
        await settle(pilot)
        assert len(told(composer)) == 1

    stage(scene, packet("ip/icmp", "ip.src=198.51.100.7", "ip.dst=192.0.2.1"), composer=composer)


def test_what_is_dangerous_is_not_sent_when_it_is_taken_back() -> None:
    composer = StillComposer()

    async def scene(pilot: Pilot[None]) -> None:
        await pilot.press("s")
        await settle(pilot)
        await pilot.press("escape")
        await settle(pilot)
        assert told(composer) == []

    stage(scene, packet("ip/ospf"), composer=composer)


def test_without_a_packet_a_template_is_asked_for() -> None:
    async def scene(pilot: Pilot[None]) -> None:
        await typed(pilot, "ip/icmp ip.dst=192.0.2.1 ip.ttl=3")
        assert "echo request, id 4660, seq 1" in glass(pilot)

    stage(scene, None)


def test_another_template_may_follow_and_a_wrong_one_is_told() -> None:
    async def scene(pilot: Pilot[None]) -> None:
        await pilot.press("t")
        await typed(pilot, "ip/icmq")
        assert pilot.app.screen.query_one(Prompt).display
        assert pilot.app.screen.query_one(Prompt).has_focus
        assert "there is no template for icmq; did you mean icmp?" in glass(pilot)
        assert pilot.app.screen.query_one(Prompt).value == "ip/icmq"
        await pilot.press("escape")
        await settle(pilot)
        assert "did you mean" not in glass(pilot)
        await pilot.press("t")
        await typed(pilot, "ip/igmp")
        assert "IGMPv3 query" in glass(pilot)

    stage(scene)


def test_answers_stand_below_and_open_in_the_inspector() -> None:
    composer = StillComposer(answered_log())
    composer.still.latest = snapshot(sent=1, answered=1)

    async def scene(pilot: Pilot[None]) -> None:
        await settle(pilot)
        shown = glass(pilot)
        assert "1 sent  1 answered  0 failed" in shown
        assert "192.0.2.53" in shown
        await pilot.press("tab", "tab", "end", "enter")
        await settle(pilot)
        assert isinstance(pilot.app.screen, PacketsScreen)

    stage(scene, composer=composer)


def test_the_keys_go_round_the_panes_and_the_picture_is_held() -> None:
    async def scene(pilot: Pilot[None]) -> None:
        await pilot.press("shift+tab", "space")
        await settle(pilot)
        assert "frozen, measuring goes on" in glass(pilot)
        await pilot.press("space", "tab")
        await settle(pilot)
        assert pilot.app.focused is tree(pilot)

    stage(scene)


def test_among_the_bytes_letters_are_digits() -> None:
    async def scene(pilot: Pilot[None]) -> None:
        await pilot.press("tab", "home", "a", "b")
        await settle(pilot)
        assert draft(pilot).data[0] == 0xAB
        assert draft(pilot).is_automatic

    stage(scene)


def test_the_inspector_hands_over_the_packet_under_its_cursor() -> None:
    app = explorer()
    handed: list[object] = []

    async def scene(pilot: Pilot[None]) -> None:
        app.open_compose = handed.append  # type: ignore[assignment,method-assign]  # to hear what would be opened
        screen = PacketsScreen(log())
        await app.push_screen(screen)
        await settle(pilot)
        await pilot.press("home", "e")
        assert handed == [screen.packets.selected]

    play(app, scene)


def test_whoever_composes_already_goes_on_with_the_packet_that_was_taken() -> None:
    composer = StillComposer(answered_log())
    app = explorer(hand=composer)

    async def scene(pilot: Pilot[None]) -> None:
        app.open_compose(None)
        await pilot.pause()
        await typed(pilot, "ip/icmp")
        below = app.screen
        await pilot.press("tab", "tab", "end", "enter")
        await settle(pilot)
        assert isinstance(app.screen, PacketsScreen)
        await pilot.press("e")
        await settle(pilot)
        assert app.screen is below
        assert draft(pilot).data == answered_log().get(2).data  # type: ignore[union-attr]  # it is there
        assert not composer.is_closed
        await pilot.press("u")
        assert draft(pilot).dissection.layers[1].name == "icmp"

    play(app, scene)


@pytest.mark.parametrize("panes", [0, 1, 2])
def test_eighty_columns_have_room_for_the_keys_of_each_pane(panes: int) -> None:
    async def scene(pilot: Pilot[None]) -> None:
        await pilot.press(*["tab"] * panes)
        await settle(pilot)
        assert glass(pilot).splitlines()[-1].endswith("u Undo t Template ? Help")

    stage(scene, size=(80, 24))


def test_whoever_goes_to_another_pane_takes_the_question_back() -> None:
    async def scene(pilot: Pilot[None]) -> None:
        await pilot.press("t")
        await settle(pilot)
        await pilot.press("tab")
        await settle(pilot)
        assert not pilot.app.screen.query_one(Prompt).display

    stage(scene)
