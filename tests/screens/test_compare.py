"""Sent, quoted and reply side by side."""

import pytest
from textual.pilot import Pilot

from app.packet.compare.comparison import parts_of
from app.packet.dissect import dissect
from app.packet.editing import with_checksums, with_field
from app.screens.compare import CompareScreen
from tests.packet.probes import echo_request, error, udp_probe
from tests.screens.panes import Panes, Scene, glass, play

SENT = udp_probe(4)
KEPT = with_checksums(with_field(SENT, 64, 72, 1))
QUOTED = with_checksums(with_field(with_field(KEPT, 8, 14, 0), 160, 176, 51722))


def stage(scene: Scene, size: tuple[int, int] = (120, 35), quoted: bytes = QUOTED) -> None:
    parts = parts_of(dissect(SENT), dissect(error(4, quoted)), numbers=(412, 413))
    app = Panes(SENT, opens=CompareScreen(parts, hop=3, earlier=[(2, dissect(error(4, KEPT)))]))
    play(app, scene, size)


@pytest.mark.parametrize("size", [(80, 24), (120, 35), (200, 50)])
def test_differences_and_their_meaning_are_on_the_glass_at_every_size(size: tuple[int, int]) -> None:
    async def scene(pilot: Pilot[None]) -> None:
        text = glass(pilot.app)
        assert "sent #412" in text
        assert "bleached between hop 2 and 3" in text
        assert "0x72ff" in text
        assert "ip.version" not in text
        assert "5 of 24 fields differ, 2 unexpected" in text

    stage(scene, size)


def test_a_shows_all_fields_and_n_goes_from_difference_to_difference() -> None:
    async def scene(pilot: Pilot[None]) -> None:
        screen = pilot.app.screen
        assert isinstance(screen, CompareScreen)
        await pilot.press("a", "home", "n")
        await pilot.pause()
        assert "ip.version" in glass(pilot.app)
        assert "ip.dsfield.dscp · 46 EF → 0 CS0" in glass(pilot.app)
        await pilot.press("N")
        await pilot.pause()
        assert "udp.checksum · 0x72ff" in glass(pilot.app)
        await pilot.press("a")
        await pilot.pause()
        assert "ip.version" not in glass(pilot.app)

    stage(scene)


def test_the_bytes_of_the_field_are_shown_in_every_part() -> None:
    async def scene(pilot: Pilot[None]) -> None:
        assert "byte 29, bits 0-5" in glass(pilot.app)
        assert "0000 0001" in glass(pilot.app)
        await pilot.press("down")
        await pilot.pause()
        text = glass(pilot.app)
        assert "03 11 1e e1" in text
        assert "01 11" in text
        await pilot.press("down", "down")
        await pilot.pause()
        assert "not there" in glass(pilot.app)

    stage(scene)


def test_packets_that_are_the_same_are_said_to_be() -> None:
    async def scene(pilot: Pilot[None]) -> None:
        assert "nothing differs in what these packets both have" in glass(pilot.app)
        await pilot.press("n", "escape")
        assert not isinstance(pilot.app.screen, CompareScreen)

    parts = parts_of(dissect(echo_request(4)), dissect(echo_request(4)), is_answer=False)
    play(Panes(SENT, opens=CompareScreen(parts)), scene)
