from dataclasses import replace

import pytest
from textual.pilot import Pilot

from app.engine.datagram import Clock, Direction
from app.engine.packetlog import Packet, PacketLog
from app.engine.verdict import Meaning
from app.explorer import Explorer
from app.packet.dissect import dissect
from app.packet.dissection import every
from app.screens.dashboard import DashboardScreen
from app.screens.packets import PacketsScreen
from tests.screens.stage import Scene, explorer, play, settle, shown
from tests.screens.still import START
from tests.screens.still_packets import log, packets
from widgets.fieldtree import FieldTree
from widgets.hexdump import HexDump
from widgets.packetlist import PacketList
from widgets.treelines import path_to, tree_lines


def stage(
    scene: Scene,
    size: tuple[int, int] = (120, 35),
    *,
    row: str | None = None,
    token: int | None = None,
    from_log: PacketLog | None = None,
) -> None:
    """A packets screen over the dashboard."""
    app = explorer()

    async def opened(pilot: Pilot[None]) -> None:
        await app.push_screen(PacketsScreen(from_log or log(), row, token, "hop 5" if row else ""))
        await settle(pilot)
        await scene(pilot)

    play(app, opened, size)


def test_a_packet_that_proves_something_is_shown_first_and_newer_ones_leave_it_alone() -> None:
    async def scene(pilot: Pilot[None]) -> None:
        source = log()
        last = source.last
        assert isinstance(pilot.app, Explorer)
        pilot.app.open_packets(source, None, None, "proof", number=last)
        await pilot.pause()
        source.append(replace(next(iter(packets())), number=last + 1))
        await settle(pilot)
        assert number(pilot) == last

    play(explorer(), scene)


def test_a_packet_that_has_fallen_out_of_the_log_is_said_to_be_gone() -> None:
    async def scene(pilot: Pilot[None]) -> None:
        assert isinstance(pilot.app, Explorer)
        pilot.app.open_packets(log(), None, None, "proof", number=4_000)
        await pilot.pause()
        (said,) = pilot.app._notifications
        assert said.message == "packet 4000 has fallen out of the log: newer ones took its place"

    play(explorer(), scene)


def glass(pilot: Pilot[None]) -> str:
    assert isinstance(pilot.app, Explorer)
    return shown(pilot.app)


def list_of(pilot: Pilot[None]) -> PacketList:
    return pilot.app.screen.query_one(PacketList)


def number(pilot: Pilot[None]) -> int:
    selected = list_of(pilot).selected
    assert selected is not None
    return selected.number


def field(pilot: Pilot[None]) -> str:
    line = pilot.app.screen.query_one(FieldTree).selected
    assert line is not None
    return line.span.field.name if line.span is not None else ""


@pytest.mark.parametrize("data", [packet.data for packet in packets()])
def test_every_byte_of_a_layer_has_a_field_and_every_field_its_bytes(data: bytes) -> None:
    read = dissect(data)
    for bit in range(len(data) * 8):
        path = path_to(read, bit)
        span = read.span_at(bit)
        opened = {path[:length]: True for length in range(1, len(path))} if path else {}
        line = next((line for line in tree_lines(read, opened) if line.path == path), None)
        assert (line.span if line else None) == span
    for layer in read.layers:
        for span in every(layer.spans):
            assert 0 <= span.start_bit <= span.stop_bit <= len(data) * 8


@pytest.mark.parametrize("size", [(60, 15), (80, 24), (120, 35), (160, 45), (200, 50)])
def test_list_and_fields_are_on_the_glass_at_every_size(size: tuple[int, int]) -> None:
    async def scene(pilot: Pilot[None]) -> None:
        await pilot.press("home", "down", "down")
        await settle(pilot)
        text = glass(pilot)
        assert "10.3.0.1" in text
        assert "time exceeded" in text
        assert ("0000  45 00 00 a8" in text) == (size[0] >= 100)

    stage(scene, size)


def test_it_begins_on_the_answer_of_the_probe_that_was_asked_for() -> None:
    async def scene(pilot: Pilot[None]) -> None:
        assert number(pilot) == 3

    stage(scene, row="hop 5", token=1)


def test_a_row_shows_its_own_packets_and_a_shows_all() -> None:
    async def scene(pilot: Pilot[None]) -> None:
        assert list_of(pilot).lines() == 3
        await pilot.press("a")
        await settle(pilot)
        assert list_of(pilot).lines() == 9
        assert "stranger" in glass(pilot)
        await pilot.press("a")
        await settle(pilot)
        assert list_of(pilot).lines() == 3

    stage(scene, row="hop 5")


def test_p_goes_from_an_answer_to_its_probe_and_back() -> None:
    async def scene(pilot: Pilot[None]) -> None:
        await pilot.press("home", "p")
        assert number(pilot) == 3
        await pilot.press("p")
        assert number(pilot) == 1

    stage(scene)


def test_a_selected_field_lights_its_bits_and_says_what_it_is() -> None:
    async def scene(pilot: Pilot[None]) -> None:
        await pilot.press("home", "down", "down", "tab", "down")
        await settle(pilot)
        assert field(pilot) == "icmp.type"
        assert pilot.app.screen.query_one(HexDump)._lit == (160, 168)
        text = glass(pilot)
        assert "icmp.type · byte 20 · 11 time exceeded · RFC 792" in text
        assert "bits 0000 1011" in text
        assert "proves hop 5" in text

    stage(scene)


def test_a_byte_under_the_cursor_selects_its_innermost_field() -> None:
    async def scene(pilot: Pilot[None]) -> None:
        await pilot.press("home", "down", "down", "tab", "tab", "home")
        await settle(pilot)
        assert field(pilot) == "ip.version"
        await pilot.press("right")
        await settle(pilot)
        assert field(pilot) == "ip.dsfield.dscp"
        await pilot.press("down", "left", "left")
        await settle(pilot)
        assert pilot.app.screen.query_one(HexDump).byte == 15
        assert field(pilot) == "ip.src"
        await pilot.press("end")
        await settle(pilot)
        assert "mpls" in field(pilot)

    stage(scene)


def test_a_click_on_a_byte_selects_its_field() -> None:
    async def scene(pilot: Pilot[None]) -> None:
        await pilot.press("home", "down", "down")
        await settle(pilot)
        layout = pilot.app.screen.query_one(HexDump).layout_of_bytes
        await pilot.click(HexDump, offset=(layout.cell(8), 0))
        await settle(pilot)
        assert field(pilot) == "ip.ttl"

    stage(scene)


def test_a_group_opened_in_one_packet_is_open_in_the_next() -> None:
    async def scene(pilot: Pilot[None]) -> None:
        await pilot.press("home", "tab", "home", "right")
        await settle(pilot)
        assert "time to live" in glass(pilot)
        await pilot.press("shift+tab", "down", "down")
        await settle(pilot)
        assert number(pilot) == 3
        assert "251 hops" in glass(pilot)
        await pilot.press("tab", "home", "enter")
        await settle(pilot)
        assert "251 hops" not in glass(pilot)

    stage(scene)


def test_a_damaged_packet_has_its_checksum_called_bad_with_the_right_one() -> None:
    async def scene(pilot: Pilot[None]) -> None:
        await pilot.press("home", *["down"] * 6)
        await settle(pilot)
        assert "bad, should be 0x" in glass(pilot)

    stage(scene)


def test_what_the_kernel_did_not_hand_over_is_said() -> None:
    async def scene(pilot: Pilot[None]) -> None:
        await pilot.press("home", *["down"] * 4)
        await settle(pilot)
        assert "the first 40 bytes are rebuilt from what the kernel told" in glass(pilot)

    stage(scene)


def test_in_a_narrow_terminal_fields_and_bytes_take_turns() -> None:
    async def scene(pilot: Pilot[None]) -> None:
        await pilot.press("home", "down", "down", "tab")
        await settle(pilot)
        assert "0000  45 00" not in glass(pilot)
        await pilot.press("tab")
        await settle(pilot)
        assert "0000  45 00 00 a8" in glass(pilot)
        assert "icmp · bytes 20-167" in glass(pilot)
        await pilot.press("tab")
        await settle(pilot)
        assert pilot.app.screen.focused is list_of(pilot)

    stage(scene, (80, 24))


@pytest.mark.parametrize("size", [(80, 24), (120, 35), (200, 50)])
def test_a_zoomed_pane_has_the_whole_screen(size: tuple[int, int]) -> None:
    async def scene(pilot: Pilot[None]) -> None:
        await pilot.press("z")
        for pane in ("list", "tree", "bytes"):
            await settle(pilot)
            zoomed = pilot.app.screen.query_one(f"#{pane}")
            assert zoomed.size.width == size[0]
            assert zoomed.size.height >= size[1] - 7
            await pilot.press("tab")
        await pilot.press("z")
        await settle(pilot)
        assert list_of(pilot).size.height < size[1] - 7 or list_of(pilot).size.width < size[0]

    stage(scene, size)


def test_the_lines_between_panes_move_by_keys_and_by_the_mouse() -> None:
    async def scene(pilot: Pilot[None]) -> None:
        screen = pilot.app.screen
        tree, hexes = screen.query_one(FieldTree), screen.query_one("#bytes-pane")
        height, width = list_of(pilot).size.height, tree.size.width
        await pilot.press("right_square_bracket", "right_square_bracket", "left_square_bracket", "less_than_sign")
        await settle(pilot)
        assert list_of(pilot).size.height == height + 1
        assert tree.size.width == width - 4
        await pilot.press("greater_than_sign", "greater_than_sign")
        await settle(pilot)
        assert (tree.size.width, hexes.size.width) == (width + 4, 119 - width - 4)
        await pilot.mouse_down("#list-rule", offset=(5, 0))
        await pilot.hover("#list", offset=(5, 6))
        await pilot.mouse_up("#list", offset=(5, 6))
        await settle(pilot)
        assert list_of(pilot).size.height == 6
        await pilot.press("z")
        await settle(pilot)
        assert list_of(pilot).size.height > 20
        await pilot.press("z", *["left_square_bracket"] * 9)
        await settle(pilot)
        assert list_of(pilot).size.height == 3

    stage(scene)


def test_space_holds_the_list_while_packets_come() -> None:
    growing = log()

    async def scene(pilot: Pilot[None]) -> None:
        await pilot.press("space")
        newest = growing.get(growing.last)
        assert newest is not None
        growing.append(replace(newest, number=newest.number + 1))
        await settle(pilot)
        assert list_of(pilot).lines() == 9
        await pilot.press("space")
        await settle(pilot)
        assert list_of(pilot).lines() == 10

    stage(scene, from_log=growing)


def test_pages_of_packets_and_of_bytes_are_turned() -> None:
    long = Packet(1, START, Clock.USER, Direction.OUT, bytes(2_000), 0, None, None, Meaning.NOTHING)
    many = PacketLog(1_000)
    for index in range(100):
        many.append(replace(long, number=index + 1))

    async def scene(pilot: Pilot[None]) -> None:
        page = list_of(pilot).page
        await pilot.press("home", "pagedown", "pagedown", "pageup")
        assert list_of(pilot).cursor == page
        await pilot.press("tab", "tab", "home", "pagedown", "pagedown")
        far = pilot.app.screen.query_one(HexDump).byte
        await pilot.press("pageup")
        assert pilot.app.screen.query_one(HexDump).byte == far // 2 > 16
        await pilot.press("escape")
        assert isinstance(pilot.app.screen, DashboardScreen)

    stage(scene, from_log=many)


def test_the_list_follows_the_newest_until_the_cursor_leaves_it() -> None:
    growing = log()

    def append() -> None:
        newest = growing.get(growing.last)
        assert newest is not None
        growing.append(replace(newest, number=newest.number + 1, at=newest.at + 1))

    async def scene(pilot: Pilot[None]) -> None:
        assert "following the newest" in glass(pilot)
        append()
        await settle(pilot)
        assert number(pilot) == 10
        await pilot.press("up")
        append()
        await settle(pilot)
        assert number(pilot) == 9
        assert "9 of 11" in glass(pilot)
        await pilot.press("end", "tab")
        await settle(pilot)
        append()
        await settle(pilot)
        assert number(pilot) == 11

    stage(scene, from_log=growing)


def test_the_cursor_stays_on_its_packet_while_the_oldest_fall_out() -> None:
    full = log(capacity=9)

    async def scene(pilot: Pilot[None]) -> None:
        await pilot.press("up", "up")
        assert number(pilot) == 7
        for each in packets():
            newest = full.last + 1
            if newest <= 14:
                full.append(replace(each, number=newest))
        await settle(pilot)
        assert number(pilot) == 7
        assert list_of(pilot).cursor == 1

    stage(scene, from_log=full)


@pytest.mark.parametrize("size", [(80, 24), (120, 35), (200, 50)], ids="{0[0]}x{0[1]}".format)
def test_the_picture_of_a_packet(snap_compare: object, size: tuple[int, int]) -> None:
    app = explorer()

    async def opened(pilot: Pilot[None]) -> None:
        await app.push_screen(PacketsScreen(log()))
        await settle(pilot)
        await pilot.press("home", "down", "down", "tab", "down")
        await settle(pilot)

    assert snap_compare(app, terminal_size=size, run_before=opened)  # type: ignore[operator]  # an untyped fixture


def test_a_probe_tells_its_ttl_and_what_became_of_it() -> None:
    async def scene(pilot: Pilot[None]) -> None:
        await pilot.press("home")
        await settle(pilot)
        assert "answered by #3 after" in glass(pilot)
        assert ", ttl 5" in glass(pilot)

    stage(scene)
