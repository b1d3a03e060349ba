"""The questions: what to look for, and which byte to go to."""

from textual.pilot import Pilot

from app.packet.finding import Kind, Needle
from app.screens.finding import ByteScreen, FindScreen
from tests.packet.probes import udp_probe
from tests.screens.panes import Panes, glass, play


def test_what_is_typed_is_understood_as_it_is_typed_and_enter_answers() -> None:
    app = Panes(udp_probe(4))
    answers: list[Needle | None] = []

    async def scene(pilot: Pilot[None]) -> None:
        await app.push_screen(FindScreen(), answers.append)
        await pilot.pause()
        await pilot.press(*"45 00")
        await pilot.pause()
        assert "bytes: 45 00" in glass(app)
        await pilot.press("tab", "ctrl+t")
        await pilot.pause()
        assert 'text: "45 00"' in glass(app)
        await pilot.press("enter")
        await pilot.pause()

    play(app, scene)
    assert answers == [Needle(Kind.TEXT, "45 00", matches_case=True)]


def test_what_cannot_be_read_is_said_and_enter_waits() -> None:
    app = Panes(udp_probe(4))
    answers: list[Needle | None] = []

    async def scene(pilot: Pilot[None]) -> None:
        await app.push_screen(FindScreen("0x4"), answers.append)
        await pilot.pause()
        await pilot.press("enter")
        await pilot.pause()
        assert "no whole bytes" in glass(app)
        assert answers == []
        await pilot.press("shift+tab", "escape")
        await pilot.pause()

    play(app, scene)
    assert answers == [None]


def test_a_byte_is_named_from_the_start_or_from_here() -> None:
    app = Panes(udp_probe(4))
    answers: list[int | None] = []

    async def scene(pilot: Pilot[None]) -> None:
        await app.push_screen(ByteScreen(10, 52), answers.append)
        await pilot.pause()
        await pilot.press(*"+50", "enter")
        await pilot.pause()
        assert "there is no byte 60: the last byte is 51" in glass(app)
        await pilot.press("backspace", "backspace", "8")
        await pilot.pause()
        assert "byte 18 = 0x12" in glass(app)
        await pilot.press("enter")
        await pilot.pause()

    play(app, scene)
    assert answers == [18]
