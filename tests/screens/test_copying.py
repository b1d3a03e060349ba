"""The menu of copies: a key a form, to the clipboard or into a file."""

import json
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from app.packet.copying import FORMS, Copied
from app.packet.dissect import dissect
from app.screens.copying import CopyScreen
from tests.packet.probes import udp_probe
from tests.screens.panes import Panes, glass, play

READ = dissect(udp_probe(4))
FIELD = Copied(READ, next(READ.spans_named("udp.checksum")), number=3)


def copy(copied: Copied, *keys: str) -> tuple[str, str | None]:
    """What is in the clipboard after these keys, and what was said."""
    app = Panes(READ.data)
    said: list[str | None] = []

    async def scene(pilot: Pilot[None]) -> None:
        await app.push_screen(CopyScreen(copied), said.append)
        await pilot.pause()
        await pilot.press(*keys)
        await pilot.pause()

    play(app, scene)
    return app.clipboard, said[0] if said else None


@pytest.mark.parametrize(("key", "text"), [("x", "72 ff"), ("v", "29439"), ("p", 'b"\\x72\\xff"')])
def test_a_key_copies_the_field_and_says_so(key: str, text: str) -> None:
    clipboard, said = copy(FIELD, key)

    assert clipboard == text
    assert said is not None
    assert said.startswith("copied udp.checksum, 2 bytes, as ")


def test_every_form_has_its_key() -> None:
    app = Panes(READ.data)
    texts: list[str] = []

    async def scene(pilot: Pilot[None]) -> None:
        presses: tuple[Callable[[], Awaitable[None]], ...] = (
            lambda: pilot.press("f", "x"),
            lambda: pilot.press("f", "d"),
            lambda: pilot.press("f", "c"),
            lambda: pilot.press("f", "p"),
            lambda: pilot.press("s"),
            lambda: pilot.press("f", "v"),
            lambda: pilot.press("t"),
            lambda: pilot.press("u"),
            lambda: pilot.press("J"),
        )
        for press in presses:
            await app.push_screen(CopyScreen(FIELD))
            await press()
            await pilot.pause()
            texts.append(app.clipboard)

    play(app, scene)
    starts = [
        "45 b9 00",
        "0000  45",
        "static const",
        "(\n",
        "IP(version=4",
        "29439",
        "Internet Protocol",
        "192.0.2.10 →",
        "{\n",
    ]
    assert [text[: len(start)] for text, start in zip(texts, starts, strict=True)] == starts
    assert len(texts) == len(FORMS)


def test_the_value_of_no_field_cannot_be_copied() -> None:
    assert copy(Copied(READ), "v") == ("", None)


def test_a_copy_goes_into_a_new_file_and_never_over_an_old_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "packet-3.json").write_text("mine")
    app = Panes(READ.data)
    said: list[str | None] = []

    async def scene(pilot: Pilot[None]) -> None:
        await app.push_screen(CopyScreen(FIELD), said.append)
        await pilot.pause()
        await pilot.press("w")
        await pilot.pause()
        assert "into a file" in glass(app)
        await pilot.press("J", "enter")
        await pilot.pause()
        assert said == []
        app.screen.query_one(Input).value = "none/of/these.json"
        await pilot.press("enter")
        await pilot.pause()
        assert said == []
        app.screen.query_one(Input).value = "other.json"
        await pilot.press("enter")
        await pilot.pause()

    play(app, scene)

    assert said == ["wrote packet #3, 52 bytes, as JSON, to other.json"]
    assert json.loads((tmp_path / "other.json").read_text())["frame"] == 3
    assert (tmp_path / "packet-3.json").read_text() == "mine"


def test_escape_copies_nothing() -> None:
    app = Panes(READ.data)
    said: list[str | None] = []

    async def scene(pilot: Pilot[None]) -> None:
        await app.push_screen(CopyScreen(FIELD), said.append)
        await pilot.press("escape")
        await pilot.pause()

    play(app, scene)
    assert (app.clipboard, said) == ("", [None])
