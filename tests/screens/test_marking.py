"""Marks, notes, names, places, comparisons and files of the packet screen."""

from pathlib import Path

import pytest
from textual.pilot import Pilot

from app.packet.capture.reader import read_capture
from app.screens.compare import CompareScreen
from app.screens.copying import CopyScreen
from app.screens.headerpage import HeaderScreen
from app.screens.help import HelpScreen
from app.screens.packets import PacketsScreen
from tests.screens.stage import explorer, play, settle
from tests.screens.still import StillNetwork
from tests.screens.still_packets import log
from tests.screens.test_filtering import glass, stage, until


def number(screen: PacketsScreen) -> int:
    selected = screen.packets.selected
    assert selected is not None
    return selected.number


def said(pilot: Pilot[None]) -> str:
    return ["", *(each.message for each in pilot.app._notifications)][-1]


def test_packets_are_marked_noted_and_found_again() -> None:
    screen = PacketsScreen(log())

    async def scene(pilot: Pilot[None]) -> None:
        await pilot.press("M", "home", "m", "down", "down", "m", "o", *"why so late?", "enter")
        await settle(pilot)
        assert "no packet that is shown is marked" in said(pilot)
        assert "why so late?" in glass(pilot)
        assert glass(pilot).count("◈") == 2
        await pilot.press("M")
        assert number(screen) == 1
        await pilot.press("M")
        assert number(screen) == 3
        await pilot.press("m", "M")
        assert number(screen) == 1

    stage(scene, screen)


def test_marks_and_notes_are_there_when_one_comes_back() -> None:
    source = log()
    first, second = PacketsScreen(source), PacketsScreen(source)

    async def scene(pilot: Pilot[None]) -> None:
        await pilot.press("home", "m", "escape")
        await pilot.app.push_screen(second)
        await settle(pilot)
        assert second.packets.notebook.marks == {1}

    stage(scene, first)


def test_t_tells_times_from_other_beginnings() -> None:
    screen = PacketsScreen(log())

    async def scene(pilot: Pilot[None]) -> None:
        await pilot.press("home", "down", "down")
        await settle(pilot)
        assert "0.020200" in glass(pilot)
        await pilot.press("t")
        await settle(pilot)
        assert "delta s" in glass(pilot)
        assert "0.020000" in glass(pilot)
        await pilot.press("t")
        await settle(pilot)
        assert "22:13:20.021200" in glass(pilot)
        await pilot.press("t")
        await settle(pilot)
        assert "#3 +s" in glass(pilot)
        assert "-0.020200" in glass(pilot)

    stage(scene, screen)


def test_g_goes_to_a_number_or_a_time_and_r_shows_names() -> None:
    screen = PacketsScreen(log())
    app = explorer(network=StillNetwork(names={"198.18.4.2": "lossy.example"}))

    async def scene(pilot: Pilot[None]) -> None:
        await app.push_screen(screen)
        await pilot.press("g", *"4", "enter")
        assert number(screen) == 4
        await pilot.press("g", *"0.0203 s", "enter")
        assert number(screen) == 4
        await pilot.press("g", *"12345", "enter", "g", "escape")
        assert "there is no packet 12345" in said(pilot)
        await pilot.press("r", "home")
        await settle(pilot)
        assert "lossy.example" in glass(pilot)
        await pilot.press("r")
        await settle(pilot)
        assert "lossy.example" not in glass(pilot)

    play(app, scene)


def test_c_puts_a_probe_beside_its_answer_or_two_marked_packets() -> None:
    screen = PacketsScreen(log())

    async def scene(pilot: Pilot[None]) -> None:
        await pilot.press("home", "c")
        await settle(pilot)
        assert isinstance(pilot.app.screen, CompareScreen)
        assert "sent #1 · quoted in #3 · reply #3" in glass(pilot)
        await pilot.press("escape", "m", "down", "m", "c")
        await settle(pilot)
        assert "#1 · #2" in glass(pilot)
        await pilot.press("escape", "m", "end", "c")
        assert screen.is_current
        assert "nothing answers this packet" in said(pilot)

    stage(scene, screen)


def test_copies_and_headers_are_a_key_away() -> None:
    screen = PacketsScreen(log())

    async def scene(pilot: Pilot[None]) -> None:
        await pilot.press("home", "y")
        assert isinstance(pilot.app.screen, CopyScreen)
        await pilot.press("escape", "tab", "question_mark")
        await settle(pilot)
        assert isinstance(pilot.app.screen, HeaderScreen)
        await pilot.press("escape", "f1")
        assert isinstance(pilot.app.screen, HelpScreen)

    stage(scene, screen)


def test_marked_packets_are_written_into_a_new_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    screen = PacketsScreen(log())

    async def scene(pilot: Pilot[None]) -> None:
        await pilot.press("home", "m", "down", "m", "x", *"a.pcap", "enter")
        await until(pilot, lambda: said(pilot) == "2 packets written to a.pcap")
        await pilot.press("x", *"a.pcap", "enter")
        await until(pilot, lambda: said(pilot) == "a.pcap exists already: choose another name")

    stage(scene, screen)
    with Path("a.pcap").open("rb") as file:
        assert [packet.data for packet in read_capture(file)] == [packet.data for packet in log().since(1)][:2]


def test_w_records_what_is_here_and_what_comes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    app = explorer()

    async def scene(pilot: Pilot[None]) -> None:
        feed = app._dashboard.feed
        assert feed is not None
        for packet in log().since(1):
            feed.packets.append(packet)
        await pilot.press("w", *"all", "enter")
        await pilot.pause()
        assert said(pilot) == "recording into all: w ends it"
        await pilot.press("w")
        assert said(pilot) == "9 packets are in all"
        await pilot.press("w", *"all", "enter")
        await pilot.pause()
        assert "exists already" in said(pilot)

    play(app, scene)
    with Path("all").open("rb") as file:
        assert len(list(read_capture(file))) == 9
