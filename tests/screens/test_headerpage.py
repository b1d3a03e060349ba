"""The page of the selected header."""

import pytest
from textual.pilot import Pilot

from app.packet.dissect import dissect
from app.screens.headerpage import HeaderScreen
from tests.packet.probes import STACK, error, tcp_probe, udp_probe
from tests.screens.panes import Panes, glass, play
from widgets.treelines import TreeLine, tree_lines


def line_of(data: bytes, label: str) -> TreeLine:
    return next(line for line in tree_lines(dissect(data), {}, standard=True) if line.label == label)


def lit(screen: HeaderScreen) -> list[str]:
    return [text.strip() for line in screen._lines for ink, text in line if ink == "match"]


def test_the_selected_field_is_lit_in_the_diagram_in_the_table_and_among_its_values() -> None:
    screen = HeaderScreen.of(line_of(udp_probe(4), "protocol"))

    assert screen is not None
    diagram, row, value = lit(screen)
    assert diagram == "protocol"
    assert row.split()[:3] == ["72-79", "protocol", "ip.proto"]
    assert value == "17  udp"


@pytest.mark.parametrize(
    ("data", "label", "title"),
    [
        (udp_probe(4), "UDP", "User Datagram Protocol"),
        (udp_probe(4), "flags", "Internet Protocol version 4"),
        (tcp_probe(4), "maximum segment size", "maximum segment size"),
        (error(4, udp_probe(4), mpls=STACK), "label", "MPLS label stack entry"),
    ],
    ids=["layer", "group", "option", "extension"],
)
def test_layers_groups_and_options_have_the_page_of_their_header(data: bytes, label: str, title: str) -> None:
    screen = HeaderScreen.of(line_of(data, label))

    assert screen is not None
    assert screen.record.LAYOUT.title == title


def test_what_no_declaration_tells_of_has_no_page() -> None:
    assert HeaderScreen.of(line_of(udp_probe(4), "payload")) is None


def test_the_page_scrolls_and_escape_leads_back() -> None:
    screen = HeaderScreen.of(line_of(udp_probe(4), "protocol"))
    app = Panes(udp_probe(4), opens=screen)

    async def scene(pilot: Pilot[None]) -> None:
        assert "RFC 791, section 3.1" in glass(app)
        assert "|version|" in glass(app)
        await pilot.press("end")
        await pilot.pause()
        assert "142" in glass(app) or "140" in glass(app)
        await pilot.press("home", "down", "pagedown", "pageup", "escape")
        await pilot.pause()
        assert not isinstance(app.screen, HeaderScreen)

    play(app, scene, (80, 24))
