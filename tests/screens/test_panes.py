"""The fields and the bytes of one packet, joined to the bit."""

import pytest
from textual.app import App
from textual.pilot import Pilot

from app.packet.dissect import dissect
from tests.packet.probes import STACK, error, udp_probe
from tests.screens.panes import Panes, glass, play
from widgets.fieldtree import FieldTree
from widgets.hexdump import HexDump

ERROR = error(4, udp_probe(4), mpls=STACK)
SHORT = error(4, udp_probe(4)[:30])


def dump(app: App[None]) -> HexDump:
    return app.query_one(HexDump)


def selected(app: App[None]) -> str:
    line = app.query_one(FieldTree).selected
    assert line is not None
    return line.span.field.name if line.span is not None else line.label or line.shown


def stage(data: bytes = ERROR, size: tuple[int, int] = (120, 35)) -> Panes:
    return Panes(data)


def test_a_byte_under_the_cursor_selects_its_field_and_the_line_below_says_it() -> None:
    app = stage()

    async def scene(pilot: Pilot[None]) -> None:
        await pilot.press("tab", "home", *["right"] * 8)
        await pilot.pause()
        assert selected(app) == "ip.ttl"
        assert "ip.ttl · byte 8 · 250 hops · RFC 791, section 3.1" in glass(app)
        await pilot.press("left", "l", "h", "down", "k", "j", "up")
        await pilot.pause()
        assert dump(app).byte == 7
        await pilot.press("end", "pageup", "pagedown")
        await pilot.pause()
        assert dump(app).byte == len(ERROR) - 1

    play(app, scene)


def test_b_changes_how_many_bytes_stand_on_a_line_and_shows_bits() -> None:
    app = stage()

    async def scene(pilot: Pilot[None]) -> None:
        columns = []
        await pilot.press("tab", "home")
        for _ in range(4):
            columns.append((dump(app).layout_of_bytes.columns, dump(app).layout_of_bytes.is_bits))
            await pilot.press("b")
        assert columns == [(16, False), (8, False), (16, False), (4, True)]

    play(app, scene)


def test_the_cursor_moves_by_bits_where_digits_are_bits() -> None:
    app = stage(udp_probe(4))

    async def scene(pilot: Pilot[None]) -> None:
        dump(app).width_mode = "bits"
        await pilot.press("tab", "home", "down", *["right"] * 17)
        await pilot.pause()
        assert selected(app) == "ip.flags.df"
        assert dump(app)._lit == (49, 50)
        assert dump(app)._shades == [((0, 160), 1), ((48, 51), 2)]
        await pilot.press("left")
        await pilot.pause()
        assert selected(app) == "ip.flags.rb"

    play(app, scene)


@pytest.mark.parametrize(
    ("mode", "column", "digit", "name"), [("16", 0, 1, "ip.hdr_len"), ("bits", 1, 7, "ip.dsfield.ecn")]
)
def test_a_click_on_a_digit_selects_the_field_of_its_bits(mode: str, column: int, digit: int, name: str) -> None:
    app = stage()

    async def scene(pilot: Pilot[None]) -> None:
        dump(app).width_mode = mode
        await pilot.pause()
        await pilot.click(HexDump, offset=(dump(app).layout_of_bytes.cell(column, digit), 0))
        await pilot.pause()
        assert selected(app) == name

    play(app, scene)


def test_g_asks_for_a_byte_and_go_to_puts_the_cursor_there() -> None:
    asked: list[HexDump.Asked] = []

    class Asking(Panes):
        def on_hex_dump_asked(self, event: HexDump.Asked) -> None:
            asked.append(event)

    app = Asking(ERROR)

    async def scene(pilot: Pilot[None]) -> None:
        await pilot.press("tab", "home", "right", "g")
        await pilot.pause()
        assert [(event.here, event.size) for event in asked] == [(1, len(ERROR))]
        dump(app).go_to("0x10")
        dump(app).go_to("+2")
        await pilot.pause()
        assert dump(app).byte == 18
        assert selected(app) == "ip.dst"

    play(app, scene)


def test_what_was_found_is_marked_and_a_selected_layer_is_only_shaded() -> None:
    app = stage()

    async def scene(pilot: Pilot[None]) -> None:
        await pilot.press("home")
        await pilot.pause()
        assert dump(app)._lit == (0, 0)
        assert dump(app)._shades == (((0, 160), 3),)
        dump(app).mark([(8, 16)])
        await pilot.pause()
        backgrounds = {
            segment.style.bgcolor
            for segment in dump(app).strip(0, 80)
            if segment.style and segment.text.strip() == "00"
        }
        assert len(backgrounds) > 1

    play(app, scene)


def test_the_tree_opens_and_closes_below_a_branch_and_altogether() -> None:
    app = stage()

    async def scene(pilot: Pilot[None]) -> None:
        tree = app.query_one(FieldTree)
        usual = tree.lines()
        await pilot.press("minus")
        assert tree.lines() < usual
        assert all(line.span is None for line in tree._lines)
        await pilot.press("asterisk")
        opened = tree.lines()
        assert opened > usual
        app.show(dissect(SHORT))
        assert any(line.label == "more fragments" for line in tree._lines)
        app.show(dissect(ERROR))
        await pilot.press("minus", "home", "down", "plus")
        assert usual > tree.lines() > 5
        await pilot.press("enter", "right", "left", "l", "h")
        assert tree.lines() < 8

    play(app, scene)


def test_the_next_note_is_gone_to_wherever_it_hides() -> None:
    app = stage(SHORT)

    async def scene(pilot: Pilot[None]) -> None:
        await pilot.press("minus", "exclamation_mark")
        await pilot.pause()
        assert "the quotation ends here: 30 of 52 bytes" in selected(app)
        app.show(dissect(udp_probe(4)))
        await pilot.press("exclamation_mark")
        assert "nothing to note" in [notification.message for notification in app._notifications][-1]

    play(app, scene)


def test_bytes_that_were_not_on_the_wire_are_faint() -> None:
    app = Panes(ERROR, rebuilt=20)

    async def scene(pilot: Pilot[None]) -> None:
        await pilot.press("end")
        await pilot.pause()
        faint = dump(app).ink("faint").color
        first = list(dump(app).strip(0, 80))
        assert all(
            segment.style is not None and segment.style.color == faint for segment in first if segment.text.strip()
        )

    play(app, scene)


def test_a_page_of_the_largest_packet_is_drawn_at_its_end() -> None:
    app = Panes(udp_probe(4) + bytes(range(256)) * 250)

    async def scene(pilot: Pilot[None]) -> None:
        await pilot.press("tab", "end")
        await pilot.pause()
        assert dump(app).byte == len(app.dissection.data) - 1
        assert "fa30" in glass(app)

    play(app, scene)
